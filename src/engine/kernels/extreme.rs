//! Largest or smallest element along one axis, kept as extent 1, or its place (the first, of several).
//! Attributes: ints = `[axis, Extreme]`. The derivative of a value goes to the place alone.

use super::{
    Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Smoothness, Tolerance, Ty, rows,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::around_axis;
use crate::maths::real::Real;

/// What is taken of a row; the numbers are those of the shader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extreme {
    /// The largest element.
    Max = 0,
    /// The smallest element.
    Min = 1,
    /// Place of the largest element, 0 … n − 1.
    ArgMax = 2,
    /// Place of the smallest element, 0 … n − 1.
    ArgMin = 3,
}

impl Extreme {
    /// All, by number.
    pub const ALL: [Self; 4] = [Self::Max, Self::Min, Self::ArgMax, Self::ArgMin];

    /// What tells the place of a value.
    fn place(self) -> Self {
        if matches!(self, Self::Max | Self::ArgMax) { Self::ArgMax } else { Self::ArgMin }
    }
}

/// The kernel.
pub struct ExtremeKernel;
/// Its registry entry.
pub static KERNEL: ExtremeKernel = ExtremeKernel;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let (n, inner, what) = (c.size(1), c.size(2), c.overrides[1]);
    let sign = if what % 2 == 0 { T::ONE } else { -T::ONE };
    rows::each([c.reads[0]], c.writes[0], [n, 1, inner], c.scratch, |[x], y| {
        let (mut place, mut top) = (0, sign * x[0]);
        for (k, &v) in x.iter().enumerate() {
            if sign * v > top {
                (place, top) = (k, sign * v);
            }
        }
        y[0] = if what < 2 { sign * top } else { T::from_f64(place as f64) };
    });
}

impl Kernel for ExtremeKernel {
    fn stem(&self) -> &'static str {
        "extreme"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("rows", Ty::U32), ("n", Ty::U32), ("inner", Ty::U32)],
            overrides: &["TREE", "WHAT"],
            bindings: const { &[Binding::read("x"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let mut out = reads[0].to_vec();
        out[rows::axis(attrs, reads[0])?] = 1;
        Ok(out)
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (outer, n, inner) = around_axis(shapes[0], attrs.int(0) as usize);
        rows::launch(outer * inner, n, &[(outer * inner) as u32, n as u32, inner as u32], &[attrs.int(1)])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (x, axis) = (cx.inputs[0], cx.attrs.int(0) as usize);
        Ok(vec![match Extreme::ALL.get(cx.attrs.int(1) as usize) {
            Some(what @ (Extreme::Max | Extreme::Min)) => {
                Some(cx.g * x.extreme(axis, what.place()).one_hot(axis, x.shape()[axis]))
            }
            _ => None,
        }])
    }

    fn smoothness(&self, _attrs: &Attrs) -> Smoothness {
        Smoothness::AlmostEverywhere
    }

    fn cases(&self) -> Vec<Case> {
        // Random numbers have no ties: the distance of two is far above the step of the differences.
        let case = |shape: &[usize], axis: u32, what: Extreme| {
            Case::new(Attrs::ints(&[axis, what as u32]), vec![Feed::of(shape)])
        };
        let mut cases = vec![case(&[1], 0, Extreme::Max), case(&[9, 70], 0, Extreme::Max), case(&[300, 2], 0, Extreme::Max)];
        for what in Extreme::ALL {
            cases.extend([case(&[3, 5], 1, what), case(&[2, 3, 4, 5], 2, what), case(&[2, 515], 1, what)]);
        }
        cases
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::EXACT
    }
}
