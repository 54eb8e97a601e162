//! A window along one axis: `y[o, k, i]` = `x[o, k + shift, i]`, or 0 outside of x. Slices and, as its transpose, pads.
//! Attributes: ints = `[axis, extent of y, shift in two's complement]`.

use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::{around_axis, numel};
use crate::maths::real::Real;

/// The kernel.
pub struct Window;
/// Its registry entry.
pub static KERNEL: Window = Window;

/// Attributes for a window of `len` places, place 0 of which shows place `shift` of the axis.
pub fn attrs(axis: usize, len: usize, shift: i32) -> Attrs {
    Attrs::ints(&[axis as u32, len as u32, shift as u32])
}

fn run<T: Real>(c: &mut Call<'_, T>) {
    let (n_out, n_in, inner, shift) = (c.size(1), c.size(2), c.size(3), c.uniforms[4]);
    let (x, y) = (c.reads[0], &mut *c.writes[0]);
    for (x, y) in x.chunks_exact(n_in * inner).zip(y.chunks_exact_mut(n_out * inner)) {
        for (k, y) in y.chunks_exact_mut(inner).enumerate() {
            // A negative place wraps around to a large one.
            let place = (k as u32).wrapping_add(shift) as usize;
            if place < n_in {
                y.copy_from_slice(&x[place * inner..(place + 1) * inner]);
            } else {
                y.fill(T::ZERO);
            }
        }
    }
}

impl Kernel for Window {
    fn stem(&self) -> &'static str {
        "window"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[
                ("count", Ty::U32),
                ("n_out", Ty::U32),
                ("n_in", Ty::U32),
                ("inner", Ty::U32),
                ("shift", Ty::U32),
            ],
            overrides: &[],
            bindings: const { &[Binding::read("x"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let mut out = reads[0].to_vec();
        match out.get_mut(attrs.int(0) as usize) {
            Some(extent) => *extent = attrs.int(1) as usize,
            None => return Err(format!("shape {out:?} has no axis {}", attrs.int(0))),
        }
        Ok(out)
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (_, n_in, inner) = around_axis(shapes[0], attrs.int(0) as usize);
        let count = numel(shapes[1]);
        Launch {
            uniforms: vec![count as u32, attrs.int(1), n_in as u32, inner as u32, attrs.int(2)],
            overrides: vec![],
            workgroups: grid(count, 64),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let axis = cx.attrs.int(0) as usize;
        let n_in = cx.inputs[0].shape()[axis];
        Ok(vec![Some(cx.g.window(axis, n_in, (cx.attrs.int(2) as i32).wrapping_neg()))])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |shape: &[usize], axis: usize, len: usize, shift: i32| {
            Case::new(attrs(axis, len, shift), vec![Feed::of(shape)])
        };
        vec![
            case(&[1], 0, 1, 0),
            case(&[9], 0, 4, 5),
            case(&[5, 7, 3], 1, 2, 3),
            case(&[5, 2, 3], 1, 7, -3),
            case(&[4, 70], 1, 80, -10),
            case(&[3, 6], 0, 4, 1),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::EXACT
    }
}
