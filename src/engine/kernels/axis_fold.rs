//! The transpose of `axis_map`: `y[o, p, i]` = Σ `x[o, k, i]` over the k whose place is p, in ascending order.
//! Attributes: those of the map, then the extent of y.
//!
//! Each element looks through all k, except with zeros outside, where there is at most one.

use super::axis_map::{UNIFORMS, launch, samples, shown};
use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, rows};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::kernels::axis_map::Places;
use crate::maths::real::Real;

/// The kernel.
pub struct AxisFold;
/// Its registry entry.
pub static KERNEL: AxisFold = AxisFold;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let (n_out, n_in, inner) = (c.size(1), c.size(2), c.size(3));
    c.writes[0].fill(T::ZERO);
    for o in 0..c.size(0) / (n_in * inner) {
        for k in 0..n_out {
            let Some(place) = shown(c, k) else { continue };
            let x = &c.reads[0][(o * n_out + k) * inner..][..inner];
            let y = &mut c.writes[0][(o * n_in + place) * inner..][..inner];
            y.iter_mut().zip(x).for_each(|(y, &x)| *y += x);
        }
    }
}

impl Kernel for AxisFold {
    fn stem(&self) -> &'static str {
        "axis_fold"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: UNIFORMS,
            overrides: &["OUTSIDE"],
            bindings: const { &[Binding::read("x"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let (axis, mut out) = (rows::axis(attrs, reads[0])?, reads[0].to_vec());
        if out[axis] != attrs.int(1) as usize {
            return Err(format!("axis {axis} of {out:?} is not {} long", attrs.int(1)));
        }
        out[axis] = attrs.int(5) as usize;
        Ok(out)
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        launch(attrs, shapes[1], shapes[1])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        Ok(vec![Some(cx.g.axis_map(&Places::of(&cx.attrs)))])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |(mut shape, mut attrs): (Vec<usize>, Attrs)| {
            let axis = attrs.int(0) as usize;
            attrs.ints.push(shape[axis] as u32);
            shape[axis] = attrs.int(1) as usize;
            Case::new(attrs, vec![Feed::of(&shape)])
        };
        samples().into_iter().map(case).collect()
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::ELEMENTWISE
    }
}
