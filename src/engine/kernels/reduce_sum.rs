//! Sum or mean along one axis, kept as extent 1: `y[o, i]` = Σₙ `x[o, n, i]`. Attributes: ints = `[axis, 1 for a mean]`.

use super::{
    Attrs, Binding, Call, Case, Family, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::around_axis;
use lanes::widest;
use crate::maths::real::Lanes;

/// From this length on, and with few sums to form, a workgroup shares each sum.
const TREE_FROM: usize = 256;
/// With more sums than this, one invocation each keeps the device busy.
const TREE_SUMS: usize = 1024;

/// The kernel.
pub struct ReduceSum;
/// Its registry entry.
pub static KERNEL: ReduceSum = ReduceSum;

/// On adapters that are programs on the CPU so many sums side by side, of not too many terms each, are formed by an invocation
/// each, whose neighbours read neighbours: there a barrier costs, and a joint shader runs all of its lines for every workgroup
/// (a step of W6 in Chromium: 1007 → 849 ms).
const SIDE_BY_SIDE: usize = 32;
/// Longer sums, formed in one line, would lose digits that a tree keeps.
const NOT_TOO_MANY: usize = 8192;

/// Whether a workgroup shares each of so many sums of n terms.
pub(super) fn tree(family: Family, n: usize, sums: usize) -> bool {
    let beside = family == Family::Registers && sums >= SIDE_BY_SIDE && n <= NOT_TOO_MANY;
    n >= TREE_FROM && sums <= TREE_SUMS && !beside
}

#[inline(always)]
fn run<T: Lanes>(c: &mut Call<'_, T>) {
    let (n, inner) = (c.size(1), c.size(2));
    let divisor = if c.overrides[1] == 1 { T::from_f64(n as f64) } else { T::ONE };
    let (x, y) = (c.reads[0], &mut *c.writes[0]);
    for (x, y) in x.chunks_exact(n * inner).zip(y.chunks_exact_mut(inner)) {
        if inner == 1 {
            y[0] = T::total(x) / divisor;
            continue;
        }
        y.fill(T::ZERO);
        for row in x.chunks_exact(inner) {
            T::accumulate(y, row);
        }
        y.iter_mut().for_each(|y| *y /= divisor);
    }
}

impl Kernel for ReduceSum {
    fn stem(&self) -> &'static str {
        "reduce_sum"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("sums", Ty::U32), ("n", Ty::U32), ("inner", Ty::U32)],
            overrides: &["TREE", "MEAN"],
            bindings: const { &[Binding::read("x"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let mut out = reads[0].to_vec();
        match out.get_mut(attrs.int(0) as usize) {
            Some(extent) => *extent = 1,
            None => return Err(format!("shape {out:?} has no axis {}", attrs.int(0))),
        }
        Ok(out)
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        self.launch_in(Family::Registers, attrs, shapes)
    }

    fn launch_in(&self, family: Family, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (outer, n, inner) = around_axis(shapes[0], attrs.int(0) as usize);
        let sums = outer * inner;
        let tree = tree(family, n, sums);
        Launch {
            uniforms: vec![sums as u32, n as u32, inner as u32],
            overrides: vec![u32::from(tree), attrs.int(1)],
            workgroups: grid(sums, if tree { 1 } else { 64 }),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn fast(&self) -> Option<fn(&mut Call<'_, f32>)> {
        Some(widest!(run::<f32>: fn(&mut Call<'_, f32>)))
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let shape = cx.inputs[0].shape();
        let n = shape[cx.attrs.int(0) as usize];
        let g = if cx.attrs.int(1) == 1 { cx.g * (1.0 / n as f64) } else { cx.g };
        Ok(vec![Some(g.expand(&shape))])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |shape: &[usize], axis: u32, mean: u32| {
            Case::new(Attrs::ints(&[axis, mean]), vec![Feed::of(shape)])
        };
        vec![
            case(&[1], 0, 0),
            case(&[7], 0, 1),
            case(&[3, 5], 1, 0),
            case(&[9, 70], 0, 0),
            case(&[2, 3, 4, 5], 2, 1),
            case(&[255, 3], 0, 0),
            case(&[1000], 0, 1),
            case(&[3, 300, 2], 1, 0),
            case(&[300, 40], 0, 0),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
