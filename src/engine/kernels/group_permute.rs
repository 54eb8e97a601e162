//! A finite group acting on places: `y[b, g, n, c]` = `x[b, table[g, n], c]`, or its sum, mean or largest element over g,
//! `[B, N, C]`; x: `[B, N, C]`, table and inverse: `[G, N]`. Attributes: ints = `[GroupReduce]`.
//!
//! Each row of `table` is a permutation of 0 … N − 1, the row of `inverse` its inverse: `table[g, inverse[g, n]]` = n. Only
//! the derivative reads the inverse. An index out of range gives 0. The derivative of the largest element goes to the first
//! g that has it.

use super::{
    Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Smoothness, Tolerance, Ty, grid,
    rows,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::kernels::extreme::Extreme;
use crate::engine::shape::numel;
use crate::maths::real::Real;

/// What becomes of the group's dimension; the numbers are those of the shader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupReduce {
    /// It is kept.
    Keep = 0,
    /// Sum.
    Sum = 1,
    /// Mean.
    Mean = 2,
    /// Largest element.
    Max = 3,
}

impl GroupReduce {
    /// All, by number.
    pub const ALL: [Self; 4] = [Self::Keep, Self::Sum, Self::Mean, Self::Max];

    fn of(number: u32) -> Option<Self> {
        Self::ALL.get(number as usize).copied()
    }
}

/// The kernel.
pub struct GroupPermute;
/// Its registry entry.
pub static KERNEL: GroupPermute = GroupPermute;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let (order, n, width) = (c.size(1), c.size(2), c.size(3));
    let (x, table, y) = (c.reads[0], c.reads[1], &mut *c.writes[0]);
    let row = |b: usize, index: T| {
        rows::place(index, n).map(|row| &x[(b * n + row) * width..(b * n + row + 1) * width])
    };
    let reduce = GroupReduce::of(c.overrides[0]);
    for (i, y) in y.chunks_exact_mut(width).enumerate() {
        if reduce == Some(GroupReduce::Keep) {
            match row(i / (order * n), table[i % (order * n)]) {
                Some(x) => y.copy_from_slice(x),
                None => y.fill(T::ZERO),
            }
            continue;
        }
        y.fill(T::ZERO);
        for g in 0..order {
            let x = row(i / n, table[g * n + i % n]);
            let at = |c: usize| x.map_or(T::ZERO, |x| x[c]);
            if reduce == Some(GroupReduce::Max) && g > 0 {
                y.iter_mut().enumerate().for_each(|(c, y)| *y = y.max(at(c)));
            } else {
                y.iter_mut().enumerate().for_each(|(c, y)| *y += at(c));
            }
        }
        if reduce == Some(GroupReduce::Mean) {
            y.iter_mut().for_each(|y| *y /= T::from_f64(order as f64));
        }
    }
}

/// Checks the tables of a group that acts on `n` places; gives its order.
pub(crate) fn tables(n: usize, table: &[usize], inverse: &[usize]) -> Result<usize, String> {
    match (table, inverse) {
        (&[order, places], other) if places == n && other == table => Ok(order),
        _ => Err(format!("tables {table:?} and {inverse:?} do not permute {n} places")),
    }
}

/// Permutations of 7 places, and of 13, with their inverses: n ↦ a·n + b.
pub(crate) fn feeds(n: usize) -> [Feed; 2] {
    const fn affine<const L: usize>(n: u32, maps: &[(u32, u32)]) -> [u32; L] {
        let mut table = [0; L];
        let mut i = 0;
        while i < L {
            let (a, b) = maps[i / n as usize];
            table[i] = (a * (i as u32 % n) + b) % n;
            i += 1;
        }
        table
    }
    static SEVEN: [u32; 21] = affine(7, &[(1, 0), (3, 2), (2, 1)]);
    static SEVEN_BACK: [u32; 21] = affine(7, &[(1, 0), (5, 4), (4, 3)]);
    static THIRTEEN: [u32; 52] = affine(13, &[(1, 0), (1, 5), (12, 0), (2, 1)]);
    static THIRTEEN_BACK: [u32; 52] = affine(13, &[(1, 0), (1, 8), (12, 0), (7, 6)]);
    let tables: [&[u32]; 2] = match n {
        1 => [&[0], &[0]],
        7 => [&SEVEN, &SEVEN_BACK],
        _ => [&THIRTEEN, &THIRTEEN_BACK],
    };
    tables.map(|table| Feed::on(&[table.len() / n, n], Domain::Given(table)))
}

impl Kernel for GroupPermute {
    fn stem(&self) -> &'static str {
        "group_permute"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("count", Ty::U32), ("order", Ty::U32), ("n", Ty::U32), ("width", Ty::U32)],
            overrides: &["REDUCE"],
            bindings: const {
                &[Binding::read("x"), Binding::read("table"), Binding::read("inverse"), Binding::write("y")]
            },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let &[batch, n, width] = reads[0] else {
            return Err(format!("x must have rank 3, not {:?}", reads[0]));
        };
        let order = tables(n, reads[1], reads[2])?;
        let keeps = attrs.int(0) == GroupReduce::Keep as u32;
        Ok(if keeps { vec![batch, order, n, width] } else { vec![batch, n, width] })
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[3]);
        let sizes = [count, shapes[1][0], shapes[0][1], shapes[0][2]];
        Launch {
            uniforms: sizes.iter().map(|&s| s as u32).collect(),
            overrides: vec![attrs.int(0)],
            workgroups: grid(count, 64),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (x, table, inverse, g) = (cx.inputs[0], cx.inputs[1], cx.inputs[2], cx.g);
        let order = table.shape()[0];
        let dx = match GroupReduce::of(cx.attrs.int(0)) {
            Some(GroupReduce::Keep) => g.group_fold(table, inverse),
            Some(GroupReduce::Max) => {
                let first = x.group_permute(table, inverse, GroupReduce::Keep).extreme(1, Extreme::ArgMax);
                let shape = first.shape();
                (first.one_hot(1, order) * g.reshape(&shape)).group_fold(table, inverse)
            }
            // Summed over the group, going there and going back are the same but for the table.
            Some(reduce) => g.group_permute(inverse, table, reduce),
            None => return Ok(vec![None; 3]),
        };
        Ok(vec![Some(dx), None, None])
    }

    fn smoothness(&self, attrs: &Attrs) -> Smoothness {
        match GroupReduce::of(attrs.int(0)) {
            Some(GroupReduce::Max) => Smoothness::AlmostEverywhere,
            _ => Smoothness::Smooth,
        }
    }

    fn cases(&self) -> Vec<Case> {
        let case = |reduce: GroupReduce, x: &[usize]| {
            let [table, inverse] = feeds(x[1]);
            Case::new(Attrs::ints(&[reduce as u32]), vec![Feed::of(x), table, inverse])
        };
        let of = |r| [case(r, &[1, 1, 1]), case(r, &[2, 7, 3]), case(r, &[3, 13, 5])];
        GroupReduce::ALL.into_iter().flat_map(of).collect()
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::ELEMENTWISE
    }
}
