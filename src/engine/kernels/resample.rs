//! Images under affine maps, one for each sample, and the transpose: `y[b, c, p]` = Σ over q of `k(m[b]·p − q)`
//! `x[b, c, q]`, with the weights k and the coordinates of [`Warp`]; x: `[B, C, H, W]`, m: `[B or 1, 2, 3]`, y:
//! `[B, C, Oh, Ow]`. Attributes: those of [`Warp`], then 1 for the transpose, which takes y and m to x. The shader of the
//! transpose gathers: for each pixel of x it visits every row of y, and in it the pixels that reach it.

use super::warp::{self, UNIFORMS, Warp};
use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Smoothness, Tolerance};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Real;

/// The kernel.
pub struct Resample;
/// Its registry entry.
pub static KERNEL: Resample = Resample;

fn run<T: Real>(call: &mut Call<'_, T>) {
    let (warp, map_batch) = Warp::from_words(call);
    let (channels, transposed) = (call.size(1), call.overrides[1] == 1);
    let (image, result) = (numel(&warp.source), numel(&warp.result));
    let (from, to) = if transposed { (result, image) } else { (image, result) };
    let samples = call.reads[0].chunks_exact(channels * from).zip(call.writes[0].chunks_exact_mut(channels * to));
    for (b, (source, out)) in samples.enumerate() {
        out.fill(T::ZERO);
        warp.points(&call.reads[1][b * map_batch..], |point| {
            point.each(warp.source[1], |q, weight, _| {
                let (from_pixel, to_pixel) = if transposed { (point.pixel, q) } else { (q, point.pixel) };
                let channels = source.iter().skip(from_pixel).step_by(from);
                let out = out.iter_mut().skip(to_pixel).step_by(to);
                out.zip(channels).for_each(|(o, &s)| *o += weight * s);
            });
        });
    }
}

impl Kernel for Resample {
    fn stem(&self) -> &'static str {
        "resample"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: UNIFORMS,
            overrides: &["CUBIC", "TRANSPOSED"],
            bindings: const { &[Binding::read("source"), Binding::read("m"), Binding::write("out")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let warp = Warp::of(attrs);
        let (from, to) = if attrs.int(5) == 1 { (warp.result, warp.source) } else { (warp.source, warp.result) };
        let [b, c] = warp::sizes(reads[0], from, reads[1])?;
        Ok(vec![b, c, to[0], to[1]])
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (m, out) = (shapes[1], shapes[2]);
        // An invocation computes one pixel of four channels.
        let count = out[0] * out[1].div_ceil(4) * out[2] * out[3];
        Warp::of(attrs).launch(count, 64, out[1], m, &[attrs.int(5)])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (source, m, g, b) = (cx.inputs[0], cx.inputs[1], cx.g, cx.g.builder());
        let (warp, transposed) = (Warp::of(&cx.attrs), cx.attrs.int(5) == 1);
        let to_source = || b.kernel("resample", warp.attrs(u32::from(!transposed)), &[g, m]);
        let (x, y) = if transposed { (g, source) } else { (source, g) };
        let to_map = || b.kernel("resample_map", warp.attrs(0), &[x, m, y]).sum_to(&m.shape());
        Ok(vec![cx.needs[0].then(to_source), cx.needs[1].then(to_map)])
    }

    fn smoothness(&self, _attrs: &Attrs) -> Smoothness {
        // Weights have kinks (bilinear), or their slopes have (bicubic), where a point crosses a pixel.
        Smoothness::AlmostEverywhere
    }

    fn cases(&self) -> Vec<Case> {
        let case = |warp: &Warp, transposed: bool, batch: usize, maps: usize| {
            let [h, w] = if transposed { warp.result } else { warp.source };
            let feeds = vec![Feed::of(&[batch, 5, h, w]), Feed::of(&[maps, 2, 3])];
            Case::new(warp.attrs(u32::from(transposed)), feeds)
        };
        let maps = [(1, 1), (3, 3), (2, 1), (2, 2)].into_iter().cycle();
        let both = [false, true].into_iter();
        let all = both.flat_map(|t| warp::cases().zip(maps.clone()).map(move |(w, (b, m))| (w, t, b, m)));
        all.map(|(w, t, b, m)| case(&w, t, b, m)).collect()
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
