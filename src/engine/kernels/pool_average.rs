//! Average pooling and its transpose: `y[b, c, t]` = 1/(Kh·Kw) Σ over k of `x[b, c, t·stride + k − before]`, x:
//! `[B, C, H, W]`, y: `[B, C, Oh, Ow]`. Zeros outside of the image count. Attributes: the geometry ([`Sliding`]), then
//! ints = [1 for the transpose, which takes y to x].

use super::sliding::{self, Sliding, pairs};
use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Real;

/// The kernel.
pub struct PoolAverage;
/// Its registry entry.
pub static KERNEL: PoolAverage = PoolAverage;

/// Uniforms of the pools.
pub(crate) const UNIFORMS: &[(&str, Ty)] = &[
    ("count", Ty::U32),
    ("h", Ty::U32),
    ("w", Ty::U32),
    ("oh", Ty::U32),
    ("ow", Ty::U32),
    ("kh", Ty::U32),
    ("kw", Ty::U32),
    ("sy", Ty::U32),
    ("sx", Ty::U32),
    ("py", Ty::U32),
    ("px", Ty::U32),
    ("dy", Ty::U32),
    ("dx", Ty::U32),
];

/// Attributes of a pool.
pub fn attrs(geometry: &Sliding, transposed: bool) -> Attrs {
    geometry.attrs(&[u32::from(transposed)])
}

/// Whether a pool is the transpose.
pub(crate) fn transposed(attrs: &Attrs) -> bool {
    attrs.int(Sliding::INTS) == 1
}

/// Shape of what is pooled, or spread by the transpose.
pub(crate) fn infer(attrs: &Attrs, shape: &[usize]) -> Result<Vec<usize>, String> {
    let geometry = Sliding::of(attrs);
    let (image, targets) = (geometry.image, geometry.targets()?);
    let (from, to) = if transposed(attrs) { (targets, image) } else { (image, targets) };
    match *shape {
        [b, c, h, w] if [h, w] == from => Ok(vec![b, c, to[0], to[1]]),
        _ => Err(format!("{shape:?} are not images [B, C, {}, {}]", from[0], from[1])),
    }
}

/// An invocation for each element of the result.
pub(crate) fn launch(attrs: &Attrs, out: &[usize]) -> Launch {
    let count = numel(out);
    Launch {
        uniforms: std::iter::once(count as u32).chain(Sliding::of(attrs).words()).collect(),
        overrides: vec![attrs.int(Sliding::INTS)],
        workgroups: grid(count, 64),
    }
}

fn run<T: Real>(call: &mut Call<'_, T>) {
    let (geometry, targets) = Sliding::from_words(call, 1);
    let ([_, w], [_, ow]) = (geometry.image, targets);
    let (image, target) = (numel(&geometry.image), numel(&targets));
    let share = T::ONE / T::from_f64(numel(&geometry.window) as f64);
    let transposed = call.overrides[0] == 1;
    let (from, to) = if transposed { (target, image) } else { (image, target) };
    let out = call.writes[0].chunks_exact_mut(to);
    for (source, out) in call.reads[0].chunks_exact(from).zip(out) {
        out.fill(T::ZERO);
        for (t, k) in pairs(targets).flat_map(|t| pairs(geometry.window).map(move |k| (t, k))) {
            let Some([row, column]) = geometry.place(t, k) else { continue };
            let (x, y) = (row * w + column, t[0] * ow + t[1]);
            let (from, to) = if transposed { (y, x) } else { (x, y) };
            out[to] += share * source[from];
        }
    }
}

impl Kernel for PoolAverage {
    fn stem(&self) -> &'static str {
        "pool_average"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: UNIFORMS,
            overrides: &["TRANSPOSED"],
            bindings: const { &[Binding::read("source"), Binding::write("out")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        infer(attrs, reads[0])
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        launch(attrs, shapes[1])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let back = attrs(&Sliding::of(&cx.attrs), !transposed(&cx.attrs));
        Ok(vec![Some(cx.g.builder().kernel("pool_average", back, &[cx.g]))])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |geometry: &Sliding, transposed: bool, batch: usize, channels: usize| {
            let [h, w] = if transposed { geometry.targets().unwrap_or_default() } else { geometry.image };
            Case::new(attrs(geometry, transposed), vec![Feed::of(&[batch, channels, h, w])])
        };
        let both = [false, true].into_iter();
        both.flat_map(|t| sliding::CASES.iter().zip([1, 2, 3, 1]).map(move |(g, n)| case(g, t, n, 3))).collect()
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::ELEMENTWISE
    }
}
