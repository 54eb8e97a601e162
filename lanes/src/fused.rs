//! Products with what stands behind them in one launch, made ready once.

use super::program::{BLOCK, Space};
use super::team::{MOST, Room, Team, rows_of_a_part};
use super::{Behind, Lanes, Matrix, Onto, Product};
use std::sync::Mutex;

/// Most tensors a program writes.
const MOST_STORES: usize = 8;
/// Multiplications from which on a team shares a product: some 150 µs of one thread, far more than waking another takes.
const SHARED: usize = 4_000_000;
/// Rows of a part are a multiple of this, so that all tiles but the last are whole.
const UNIT: usize = 24;

/// A batch of products C = op(A)·op(B), what stands behind them, and the sums over the rows of B.
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
    /// What becomes of C.
    pub behind: Behind,
    /// How many tensors are written: C, or those of the program.
    pub stores: usize,
    /// Whether the last result is the sums.
    pub sums: bool,
}

/// Rows of C, and of what else the program writes, that one thread of several computes.
struct Part<'a> {
    /// The first row, and where it lies in the whole batch.
    row: usize,
    at: usize,
    rows: usize,
    stores: [&'a mut [f32]; MOST_STORES],
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
        let [a, b, reads @ ..] = reads else { return };
        let (m, k, n) = self.size;
        let share = if m * k * n < SHARED { None } else { rows_of_a_part(team.size(), m, UNIT) };
        let matrices = |batch: usize| {
            let (a, b) = (&a[batch * self.steps.0..], &b[batch * self.steps.1..]);
            let a = if self.turned.0 { Matrix::columns(a, m) } else { Matrix::rows(a, k) };
            let b = if self.turned.1 { Matrix::columns(b, k) } else { Matrix::rows(b, n) };
            (a, b)
        };
        if self.batch == 1 && share.is_none() {
            // Then the tensors need not be cut.
            self.part((0, 0, m), matrices(0), reads, &mut writes[..self.stores], room);
        } else {
            for batch in 0..self.batch {
                let at = batch * m * n;
                let mut stores: [&mut [f32]; MOST_STORES] = Default::default();
                for (part, whole) in stores.iter_mut().zip(writes.iter_mut()).take(self.stores) {
                    *part = &mut whole[at..at + m * n];
                }
                if let Some(rows) = share {
                    let whole = Part { row: 0, at, rows: m, stores };
                    self.shared(team, rows, matrices(batch), reads, whole);
                } else {
                    let (stores, room) = (&mut stores[..self.stores], (&mut *room.0, &mut *room.1));
                    self.part((0, at, m), matrices(batch), reads, stores, room);
                }
            }
        }
        if let (true, Some(sums)) = (self.sums, writes.last_mut()) {
            f32::sum_rows(sums, b, true);
        }
    }

    /// So many rows from `row` on, of which the first number lies at `at` in the whole batch.
    #[inline(always)]
    fn part(
        &self,
        (row, at, rows): (usize, usize, usize),
        (a, b): (Matrix<'_>, Matrix<'_>),
        reads: &[&[f32]],
        stores: &mut [&mut [f32]],
        (scratch, registers): (&mut Vec<f32>, &mut Vec<f32>),
    ) {
        let (_, k, n) = self.size;
        let a = Matrix { data: &a.data[row * a.row..], ..a };
        let onto = self.behind.row.map_or(Onto::Nothing, |read| Onto::Row(reads[read]));
        let product = Product { onto, ..Product::new((rows, k, n), a, b) };
        let Some(rest) = &self.behind.rest else {
            return product.go(stores[0], n, scratch, &mut |_, _| {});
        };
        if registers.len() < rest.room {
            registers.resize(rest.room, 0.0);
        }
        if rest.apart {
            let (carried, registers) = registers.split_at_mut(BLOCK);
            let carried = &mut carried[..rows * n];
            product.go(carried, n, scratch, &mut |_, _| {});
            let space = Space { first: at, n: rows * n, carried, reads, stores };
            return f32::program(&rest.tape, space, registers);
        }
        let Some((c, others)) = stores.split_first_mut() else { return };
        product.go(c, n, scratch, &mut |rows, block| {
            let (local, n) = (rows.start * n, rows.len() * n);
            let mut stores: [&mut [f32]; MOST_STORES] = Default::default();
            for (store, whole) in stores[1..].iter_mut().zip(&mut *others) {
                *store = &mut whole[local..local + n];
            }
            stores[0] = &mut block[..n];
            let stores = &mut stores[..self.stores];
            f32::program(&rest.tape, Space { first: at + local, n, carried: &[], reads, stores }, registers);
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
            let Some(Part { row, at, rows: left, stores }) = rest.take() else { return Mutex::new(None) };
            if left <= rows {
                return Mutex::new(Some(Part { row, at, rows: left, stores }));
            }
            let (mut here, mut there): ([&mut [f32]; MOST_STORES], [&mut [f32]; MOST_STORES]) =
                Default::default();
            for ((store, here), there) in stores.into_iter().zip(&mut here).zip(&mut there).take(self.stores)
            {
                (*here, *there) = store.split_at_mut(rows * n);
            }
            let behind = Part { row: row + rows, at: at + rows * n, rows: left - rows, stores: there };
            rest = Some(behind);
            Mutex::new(Some(Part { row, at, rows, stores: here }))
        });
        team.share(self.size.0.div_ceil(rows), &|number, Room { scratch, registers }| {
            let part = parts.get(number).and_then(|part| part.lock().ok()?.take());
            if let Some(Part { row, at, rows, mut stores }) = part {
                let stores = &mut stores[..self.stores];
                self.part((row, at, rows), factors, reads, stores, (scratch, registers));
            }
        });
    }
}
