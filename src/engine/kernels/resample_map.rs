//! Derivative of a resampling by its maps: `d[b]` = Σ over c, p of `y[b, c, p]` ∂/∂`m[b]` of what `resample` gives for x
//! and m at p; x: `[B, C, H, W]`, m: `[B or 1, 2, 3]`, y: `[B, C, Oh, Ow]` → `[B, 2, 3]`. Attributes: those of [`Warp`].
//! It has no derivative of its own: second derivatives by the map are not defined for bilinear weights.

use super::warp::{self, UNIFORMS, Warp};
use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Smoothness, Tolerance};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Real;

/// The kernel.
pub struct ResampleMap;
/// Its registry entry.
pub static KERNEL: ResampleMap = ResampleMap;

fn run<T: Real>(call: &mut Call<'_, T>) {
    let (warp, map_batch) = Warp::from_words(call);
    let channels = call.size(1);
    let (image, result) = (numel(&warp.source), numel(&warp.result));
    let (x, y) = (call.reads[0].chunks_exact(channels * image), call.reads[2].chunks_exact(channels * result));
    for (b, ((x, y), out)) in x.zip(y).zip(call.writes[0].chunks_exact_mut(6)).enumerate() {
        out.fill(T::ZERO);
        warp.points(&call.reads[1][b * map_batch..], |point| {
            let mut along = [T::ZERO; 2];
            point.each(warp.source[1], |q, _, slopes| {
                let pairs = x.iter().skip(q).step_by(image).zip(y.iter().skip(point.pixel).step_by(result));
                let product: T = pairs.map(|(&x, &y)| x * y).sum();
                along.iter_mut().zip(slopes).for_each(|(a, s)| *a += s * product);
            });
            let parts = along.iter().zip(point.slopes).flat_map(|(&a, s)| s.map(|s| a * s));
            out.iter_mut().zip(parts).for_each(|(o, v)| *o += v);
        });
    }
}

impl Kernel for ResampleMap {
    fn stem(&self) -> &'static str {
        "resample_map"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: UNIFORMS,
            overrides: &["CUBIC"],
            bindings: const {
                &[Binding::read("x"), Binding::read("m"), Binding::read("y"), Binding::write("out")]
            },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let warp = Warp::of(attrs);
        let x = warp::sizes(reads[0], warp.source, reads[1])?;
        let y = warp::sizes(reads[2], warp.result, reads[1])?;
        if x != y {
            return Err(format!("{:?} and {:?} differ in batch or channels", reads[0], reads[2]));
        }
        Ok(vec![x[0], 2, 3])
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        // A workgroup for each sample.
        Warp::of(attrs).launch(shapes[3][0], 1, shapes[0][1], shapes[1], &[])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, _cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        Err("there are no second derivatives by the map of a resampling".to_owned())
    }

    fn smoothness(&self, _attrs: &Attrs) -> Smoothness {
        Smoothness::None
    }

    fn cases(&self) -> Vec<Case> {
        let case = |warp: &Warp, batch: usize, maps: usize| {
            let ([h, w], [oh, ow]) = (warp.source, warp.result);
            let feeds = [vec![batch, 3, h, w], vec![maps, 2, 3], vec![batch, 3, oh, ow]];
            Case::new(warp.attrs(0), feeds.iter().map(|s| Feed::of(s)).collect())
        };
        let maps = [(1, 1), (3, 3), (2, 1), (2, 2)].into_iter().cycle();
        warp::cases().zip(maps).map(|(w, (b, m))| case(&w, b, m)).collect()
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
