//! Products with what stands behind them in one launch, made ready once.

use super::program::{Space, register_count};
use super::team::{MOST, Room, Team, rows_of_a_part};
use super::{Lanes, Matrix, Product, Tape};
use std::sync::Mutex;

/// Most tensors a program writes.
const MOST_STORES: usize = 8;
/// Multiplications from which on a team shares a product: some 150 µs of one thread, far more than waking another takes.
const SHARED: usize = 4_000_000;
/// Rows of a part are a multiple of this, so that all tiles but the last are whole.
const UNIT: usize = 24;

/// A batch of products C = op(A)·op(B), a program over C, and the sums over the rows of B.
#[derive(Clone, Debug)]
pub struct Fused {
    /// M, K, N: C is `[M, N]`.
    pub size: (usize, usize, usize),
    /// Whether A is stored as `[K, M]`, and B as `[N, K]`.
    pub turned: (bool, bool),
    /// How many products.
    pub batch: usize,
    /// Distances from a factor of one product to that of the next; 0 where one serves all.
    pub steps: (usize, usize),
    /// The program, for what is carried in its first store, and how many lines it has.
    pub behind: Option<(Tape<f32>, usize)>,
    /// How many tensors there are beside C that the program writes.
    pub others: usize,
    /// Whether the last result is the sums.
    pub sums: bool,
}

/// Rows of C, and of what else the program writes, that one thread computes.
struct Part<'a> {
    /// The first row, and where it lies in the whole batch.
    row: usize,
    at: usize,
    rows: usize,
    c: &'a mut [f32],
    others: [&'a mut [f32]; MOST_STORES],
}

impl Fused {
    /// Reads A, B and the tensors of the program; writes those of the program, or C, and the sums. `room` grows to what
    /// packing and the program take. Each element is computed in the same way whatever the team.
    #[inline(never)]
    pub fn run(
        &self,
        team: &Team,
        reads: &[&[f32]],
        writes: &mut [&mut [f32]],
        room: (&mut Vec<f32>, &mut Vec<f32>),
    ) {
        let ([a, b, reads @ ..], [main, others @ ..]) = (reads, &mut *writes) else { return };
        let (m, k, n) = self.size;
        let share = if m * k * n < SHARED { None } else { rows_of_a_part(team.size(), m, UNIT) };
        for batch in 0..self.batch {
            let (a, b) = (&a[batch * self.steps.0..], &b[batch * self.steps.1..]);
            let a = if self.turned.0 { Matrix::columns(a, m) } else { Matrix::rows(a, k) };
            let b = if self.turned.1 { Matrix::columns(b, k) } else { Matrix::rows(b, n) };
            let at = batch * m * n;
            let mut whole: [&mut [f32]; MOST_STORES] = Default::default();
            for (part, other) in whole.iter_mut().zip(others.iter_mut()).take(self.others) {
                *part = &mut other[at..at + m * n];
            }
            let part = Part { row: 0, at, rows: m, c: &mut main[at..at + m * n], others: whole };
            match share {
                Some(rows) => self.shared(team, rows, (a, b), reads, part),
                None => self.part((a, b), reads, part, &mut *room.0, &mut *room.1),
            }
        }
        if let (true, Some(sums)) = (self.sums, writes.last_mut()) {
            sums.fill(0.0);
            f32::sum_rows(sums, b);
        }
    }

    fn part(
        &self,
        (a, b): (Matrix<'_>, Matrix<'_>),
        reads: &[&[f32]],
        part: Part<'_>,
        scratch: &mut Vec<f32>,
        registers: &mut Vec<f32>,
    ) {
        let Part { row, at, rows, c, mut others } = part;
        let (_, k, n) = self.size;
        let a = Matrix { data: &a.data[row * a.row..], ..a };
        let product = Product::new((rows, k, n), a, b);
        let Some((tape, lines)) = &self.behind else { return product.run(c, n, scratch, &mut |_, _| {}) };
        if registers.len() < register_count(*lines) {
            registers.resize(register_count(*lines), 0.0);
        }
        product.run(c, n, scratch, &mut |rows, block| {
            let (local, n) = (rows.start * n, rows.len() * n);
            let mut stores: [&mut [f32]; MOST_STORES] = Default::default();
            for (store, whole) in stores[1..].iter_mut().zip(&mut others).take(self.others) {
                *store = &mut whole[local..local + n];
            }
            stores[0] = &mut block[..n];
            let stores = &mut stores[..=self.others];
            f32::program(tape, Space { first: at + local, n, carried: &[], reads, stores }, registers);
        });
    }

    /// So many rows to each thread.
    fn shared(
        &self,
        team: &Team,
        rows: usize,
        factors: (Matrix<'_>, Matrix<'_>),
        reads: &[&[f32]],
        whole: Part<'_>,
    ) {
        let (mut rest, n) = (Some(whole), self.size.2);
        let parts: [Mutex<Option<Part<'_>>>; MOST] = std::array::from_fn(|_| {
            let Some(Part { row, at, rows: left, c, others }) = rest.take() else { return Mutex::new(None) };
            if left <= rows {
                return Mutex::new(Some(Part { row, at, rows: left, c, others }));
            }
            let (c, behind) = c.split_at_mut(rows * n);
            let (mut here, mut there): ([&mut [f32]; MOST_STORES], [&mut [f32]; MOST_STORES]) =
                Default::default();
            for ((other, here), there) in others.into_iter().zip(&mut here).zip(&mut there).take(self.others)
            {
                (*here, *there) = other.split_at_mut(rows * n);
            }
            rest = Some(Part {
                row: row + rows,
                at: at + rows * n,
                rows: left - rows,
                c: behind,
                others: there,
            });
            Mutex::new(Some(Part { row, at, rows, c, others: here }))
        });
        team.share(self.size.0.div_ceil(rows), &|number, Room { scratch, registers }| {
            let part = parts.get(number).and_then(|part| part.lock().ok()?.take());
            if let Some(part) = part {
                self.part(factors, reads, part, scratch, registers);
            }
        });
    }
}
