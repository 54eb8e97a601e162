//! What stands at the first maximum of each window, and its transpose: `y[b, c, t]` = `v[b, c, p]`, p the place of the
//! largest `x[b, c, t·stride + k − before]`, the first by rows if there are several. x, v: `[B, C, H, W]`, y:
//! `[B, C, Oh, Ow]`. With v = x this is max-pooling; the transpose adds every `v[b, c, t]` up at its place p. Places
//! outside of the image do not count, and every window must reach into it. Attributes: the geometry ([`Sliding`], without
//! dilation), then ints = [1 for the transpose, which reads x and v: `[B, C, Oh, Ow]`].

use super::pool_average::{UNIFORMS, attrs, infer, launch, transposed};
use super::sliding::{self, Sliding, pairs};
use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Smoothness, Tolerance, grid};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Real;
use lanes::pool;

/// The kernel.
pub struct PoolMax;
/// Its registry entry.
pub static KERNEL: PoolMax = PoolMax;

/// Place of the first maximum in the window of a target.
#[inline]
fn first_maximum<T: Real>(x: &[T], geometry: &Sliding, t: [usize; 2]) -> usize {
    let inside = pairs(geometry.window).filter_map(|k| geometry.place(t, k));
    let mut places = inside.map(|[row, column]| row * geometry.image[1] + column);
    let first = places.next().unwrap_or(0);
    places.fold(first, |best, p| if x[p] > x[best] { p } else { best })
}

fn run<T: Real>(call: &mut Call<'_, T>) {
    each_plane(call, |x, v, out, geometry, targets, transposed| {
        if transposed {
            out.fill(T::ZERO);
            pairs(targets).zip(v).for_each(|(t, &v)| out[first_maximum(x, geometry, t)] += v);
        } else {
            pairs(targets).zip(out).for_each(|(t, out)| *out = v[first_maximum(x, geometry, t)]);
        }
    });
}

/// Calls `f` with x, v, the result, the geometry, the targets and whether it is the transpose, for every image.
#[inline(always)]
fn each_plane<T: Real>(
    call: &mut Call<'_, T>,
    f: impl Fn(&[T], &[T], &mut [T], &Sliding, [usize; 2], bool),
) {
    let (geometry, targets) = Sliding::from_words(call, 1);
    let (image, target) = (numel(&geometry.image), numel(&targets));
    let transposed = call.overrides[0] > 0;
    let (from, to) = if transposed { (target, image) } else { (image, target) };
    let (x, v) = (call.reads[0].chunks_exact(image), call.reads[1].chunks_exact(from));
    for ((x, v), out) in x.zip(v).zip(call.writes[0].chunks_exact_mut(to)) {
        f(x, v, out, &geometry, targets, transposed);
    }
}

/// Windows of 2 × 2 side by side, without anything outside: two rows of x at a time; else the reference.
fn fast(call: &mut Call<'_, f32>) {
    let (g, targets) = Sliding::from_words(call, 1);
    if g.window != [2, 2] || g.stride != [2, 2] || g.before != [0, 0] || g.image != targets.map(|n| 2 * n) {
        return run(call);
    }
    each_plane(call, |x, v, out, geometry, [_, ow], transposed| {
        let w = geometry.image[1];
        let x = x.chunks_exact(2 * w).map(|rows| rows.split_at(w));
        if transposed {
            for (((above, below), v), out) in x.zip(v.chunks_exact(ow)).zip(out.chunks_exact_mut(2 * w)) {
                let (first, second) = out.split_at_mut(w);
                pool::put((above, below), v, first, second);
            }
        } else {
            let v = v.chunks_exact(2 * w).map(|rows| rows.split_at(w));
            for ((x, v), out) in x.zip(v).zip(out.chunks_exact_mut(ow)) {
                pool::pick(x, v, out);
            }
        }
    });
}

impl Kernel for PoolMax {
    fn stem(&self) -> &'static str {
        "pool_max"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: UNIFORMS,
            overrides: &["TRANSPOSED"],
            bindings: const { &[Binding::read("x"), Binding::read("v"), Binding::write("out")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let g = Sliding::of(attrs);
        let outside = |i: usize| g.before[i].max(g.after[i]) >= g.window[i];
        if outside(0) || outside(1) || g.dilation != [1, 1] {
            return Err(format!("every window must reach into the image, without gaps: {g:?}"));
        }
        let out = infer(attrs, reads[1])?;
        let image = if transposed(attrs) { &out } else { reads[1] };
        match reads[0] {
            x if x == image => Ok(out),
            x => Err(format!("{x:?} and {:?} do not belong together", reads[1])),
        }
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let g = Sliding::of(attrs);
        let apart = g.before == [0, 0] && g.window[0] <= g.stride[0] && g.window[1] <= g.stride[1];
        let whole = launch(attrs, shapes[2]);
        if !transposed(attrs) || !apart {
            return whole;
        }
        // Each invocation writes all places from one window's first to the next ones'.
        let across = |i: usize| g.image[i].div_ceil(g.stride[i]);
        let planes = numel(shapes[2]) / numel(&g.image);
        Launch { overrides: vec![2], workgroups: grid(planes * across(0) * across(1), 64), ..whole }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn fast(&self) -> Option<fn(&mut Call<'_, f32>)> {
        Some(fast)
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        // Linear in v; by x it is constant but for jumps.
        let back = attrs(&Sliding::of(&cx.attrs), !transposed(&cx.attrs));
        let to_v = || cx.g.builder().kernel("pool_max", back, &[cx.inputs[0], cx.g]);
        Ok(vec![None, cx.needs[1].then(to_v)])
    }

    fn smoothness(&self, _attrs: &Attrs) -> Smoothness {
        Smoothness::AlmostEverywhere
    }

    fn cases(&self) -> Vec<Case> {
        let plain = |image: [usize; 2], window: [usize; 2]| Sliding {
            image,
            window,
            stride: window,
            dilation: [1, 1],
            before: [0, 0],
            after: [0, 0],
        };
        let case = |geometry: &Sliding, transposed: bool, batch: usize| {
            let ([h, w], [oh, ow]) = (geometry.image, geometry.targets().unwrap_or_default());
            let v = if transposed { [batch, 3, oh, ow] } else { [batch, 3, h, w] };
            Case::new(attrs(geometry, transposed), vec![Feed::of(&[batch, 3, h, w]), Feed::of(&v)])
        };
        let gaps = Sliding { stride: [2, 3], ..plain([6, 8], [1, 2]) };
        let uneven = [plain([6, 8], [2, 2]), plain([5, 7], [2, 2]), plain([4, 4], [4, 4]), gaps];
        let all = sliding::CASES.into_iter().take(3).chain(uneven);
        all.flat_map(|g| [case(&g, false, 2), case(&g, true, 2)]).collect()
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::ELEMENTWISE
    }
}
