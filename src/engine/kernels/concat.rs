//! Up to six tensors one after the other along an axis: x₀, x₁, …; their other extents agree. Attributes:
//! ints = `[axis, number of tensors]`; the bindings beyond that number are fed with anything and not read.

use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid, rows};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::{around_axis, numel};
use crate::maths::real::Real;

/// Most tensors of one launch.
pub const MOST: usize = 6;

/// The kernel.
pub struct Concat;
/// Its registry entry.
pub static KERNEL: Concat = Concat;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let runs: [usize; MOST] = std::array::from_fn(|k| c.size(1 + k));
    for (i, y) in c.writes[0].chunks_exact_mut(runs.iter().sum()).enumerate() {
        let mut start = 0;
        for (x, run) in c.reads.iter().zip(runs) {
            y[start..start + run].copy_from_slice(&x[i * run..(i + 1) * run]);
            start += run;
        }
    }
}

impl Kernel for Concat {
    fn stem(&self) -> &'static str {
        "concat"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[
                ("count", Ty::U32),
                ("run0", Ty::U32),
                ("run1", Ty::U32),
                ("run2", Ty::U32),
                ("run3", Ty::U32),
                ("run4", Ty::U32),
                ("run5", Ty::U32),
            ],
            overrides: &[],
            bindings: const {
                &[
                    Binding::read("x0"),
                    Binding::read("x1"),
                    Binding::read("x2"),
                    Binding::read("x3"),
                    Binding::read("x4"),
                    Binding::read("x5"),
                    Binding::write("y"),
                ]
            },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let axis = rows::axis(attrs, reads[0])?;
        let mut out = reads[0].to_vec();
        for other in &reads[1..(attrs.int(1) as usize).clamp(1, MOST)] {
            out[axis] += other.get(axis).copied().unwrap_or(0);
            let differs = |d: usize| d != axis && other[d] != out[d];
            if other.len() != out.len() || (0..out.len()).any(differs) {
                return Err(format!("{:?} and {other:?} differ beside axis {axis}", reads[0]));
            }
        }
        Ok(out)
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (axis, used) = (attrs.int(0) as usize, attrs.int(1) as usize);
        let count = numel(shapes[MOST]);
        let run = |(k, shape): (usize, &&[usize])| {
            let (_, n, inner) = if k < used { around_axis(shape, axis) } else { (1, 0, 1) };
            (n * inner) as u32
        };
        let runs = shapes[..MOST].iter().enumerate().map(run);
        Launch {
            uniforms: std::iter::once(count as u32).chain(runs).collect(),
            overrides: vec![],
            workgroups: grid(count, 64),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (axis, used) = (cx.attrs.int(0) as usize, cx.attrs.int(1) as usize);
        let mut start = 0;
        let slice = |(k, x): (usize, &crate::engine::graph::Var<'b>)| {
            let len = if k < used { x.shape()[axis] } else { return None };
            start += len;
            cx.needs[k].then(|| cx.g.slice(axis, start - len, len))
        };
        Ok(cx.inputs.iter().enumerate().map(slice).collect())
    }

    fn cases(&self) -> Vec<Case> {
        let case = |axis: u32, shapes: &[&[usize]]| {
            let mut feeds: Vec<Feed> = shapes.iter().map(|s| Feed::of(s)).collect();
            feeds.resize(MOST, Feed::of(&[1]));
            Case::new(Attrs::ints(&[axis, shapes.len() as u32]), feeds)
        };
        vec![
            case(0, &[&[1]]),
            case(0, &[&[1], &[1]]),
            case(0, &[&[3, 2], &[1, 2], &[4, 2]]),
            case(1, &[&[13, 2], &[13, 7], &[13, 1], &[13, 3]]),
            case(1, &[&[2, 1, 3], &[2, 2, 3], &[2, 1, 3], &[2, 3, 3], &[2, 1, 3], &[2, 5, 3]]),
            case(3, &[&[2, 3, 2, 4], &[2, 3, 2, 3]]),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::EXACT
    }
}
