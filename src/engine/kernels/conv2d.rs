//! Convolution of images (cross-correlation, as networks say it), and its transpose:
//!
//! `y[b, o, t]` = Σ over c, k of `w[o, c, k]` `x[b, c, t·stride + k·dilation − before]`, zeros outside,
//!
//! x: `[B, Ci, H, W]`, w: `[Co, Ci/groups, Kh, Kw]`, y: `[B, Co, Oh, Ow]`; the channels of a group of y see the
//! channels of the same group of x alone. The transpose takes y and w to x, `x[s]` = Σ `w[o, c, k]` `y[b, o, t]` over what
//! reads x at s. Attributes: the geometry ([`Sliding`]), then ints = [groups, 1 for the transpose]. With
//! `conv2d_weight`, each is the derivative of the others.

use super::sliding::{self, Sliding, pairs};
use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, conv_fast, grid};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Real;

/// The kernel.
pub struct Conv2d;
/// Its registry entry.
pub static KERNEL: Conv2d = Conv2d;

/// First word of the geometry.
pub(crate) const GEOMETRY: usize = 4;

/// Uniforms of the convolutions: invocations or tiles, channels of a group on either side, groups, geometry.
pub(crate) const UNIFORMS: &[(&str, Ty)] = &[
    ("columns", Ty::U32),
    ("cg", Ty::U32),
    ("og", Ty::U32),
    ("groups", Ty::U32),
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

/// Attributes of a convolution.
pub fn attrs(geometry: &Sliding, groups: usize, transposed: bool) -> Attrs {
    geometry.attrs(&[groups as u32, u32::from(transposed)])
}

/// Channels of a group on both sides and groups, from the shape of the weights.
pub(crate) fn channels(attrs: &Attrs, w: &[usize]) -> Result<(usize, usize, usize), String> {
    let groups = attrs.int(Sliding::INTS) as usize;
    let window = Sliding::of(attrs).window;
    match *w {
        [co, cg, kh, kw] if [kh, kw] == window && groups > 0 && co % groups == 0 => Ok((cg, co / groups, groups)),
        _ => Err(format!("{w:?} are not weights [Co, Ci/groups, {}, {}] in {groups} groups", window[0], window[1])),
    }
}

/// The batch of a tensor of images with these channels and extents.
pub(crate) fn batch(shape: &[usize], channels: usize, extents: [usize; 2]) -> Result<usize, String> {
    match *shape {
        [b, c, h, w] if c == channels && [h, w] == extents => Ok(b),
        _ => Err(format!("{shape:?} are not images [B, {channels}, {}, {}]", extents[0], extents[1])),
    }
}

/// Operations of a convolution with these weights over a batch: all products of the window, also those with the zeros
/// outside.
pub(crate) fn flops(attrs: &Attrs, batch: usize, w: &[usize]) -> f64 {
    let targets = Sliding::of(attrs).targets().unwrap_or_default();
    2.0 * (batch * numel(&targets)) as f64 * numel(w) as f64
}

/// The words of a launch.
pub(crate) fn words(attrs: &Attrs, columns: usize, w: &[usize]) -> Vec<u32> {
    let (cg, og, groups) = channels(attrs, w).unwrap_or_default();
    let sizes = [columns, cg, og, groups].into_iter().map(|n| n as u32);
    sizes.chain(Sliding::of(attrs).words()).collect()
}

fn run<T: Real>(call: &mut Call<'_, T>) {
    let (cg, og, groups) = (call.size(1), call.size(2), call.size(3));
    let (geometry, targets) = Sliding::from_words(call, GEOMETRY);
    let ([_, w], [_, ow], [_, kw]) = (geometry.image, targets, geometry.window);
    let [image, target, window] = [geometry.image, targets, geometry.window].map(|s| numel(&s));
    let (source, weights, out) = (call.reads[0], call.reads[1], &mut *call.writes[0]);
    out.fill(T::ZERO);
    let transposed = call.overrides[0] == 1;
    let batch = out.len() / (groups * if transposed { cg * image } else { og * target });
    for [n, o] in pairs([batch, groups * og]) {
        for c in 0..cg {
            let x = (n * groups * cg + o / og * cg + c) * image;
            let y = (n * groups * og + o) * target;
            for (t, k) in pairs(targets).flat_map(|t| pairs(geometry.window).map(move |k| (t, k))) {
                let Some([row, column]) = geometry.place(t, k) else { continue };
                let weight = weights[(o * cg + c) * window + k[0] * kw + k[1]];
                let (x, y) = (x + row * w + column, y + t[0] * ow + t[1]);
                let (from, to) = if transposed { (y, x) } else { (x, y) };
                out[to] += weight * source[from];
            }
        }
    }
}

impl Kernel for Conv2d {
    fn stem(&self) -> &'static str {
        "conv2d"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: UNIFORMS,
            overrides: &["TRANSPOSED", "STRIDED", "QUADS"],
            bindings: const {
                &[Binding::read("source"), Binding::read("weights"), Binding::write("y")]
            },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let (geometry, (cg, og, groups)) = (Sliding::of(attrs), channels(attrs, reads[1])?);
        let targets = geometry.targets()?;
        let sides = [(cg * groups, geometry.image), (og * groups, targets)];
        let [from, to] = if attrs.int(Sliding::INTS + 1) == 1 { [sides[1], sides[0]] } else { sides };
        let batch = batch(reads[0], from.0, from.1)?;
        Ok(vec![batch, to.0, to.1[0], to.1[1]])
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let out = shapes[2];
        let columns = out[0] * out[2] * out[3];
        let groups = attrs.int(Sliding::INTS) as usize;
        let transposed = attrs.int(Sliding::INTS + 1);
        let strided = transposed == 1 && Sliding::of(attrs).stride != [1, 1];
        // An invocation computes eight channels, or sixteen, at eight pixels.
        let channels = out[1] / groups;
        let quads = if channels > 8 { 4 } else { 2 };
        let tiles = groups * channels.div_ceil(4 * quads) * columns.div_ceil(8);
        Launch {
            uniforms: words(attrs, columns, shapes[1]),
            overrides: vec![transposed, u32::from(strided), quads as u32],
            workgroups: grid(tiles, 64),
        }
    }

    fn flops(&self, attrs: &Attrs, shapes: &[&[usize]]) -> f64 {
        flops(attrs, shapes[0][0], shapes[1])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn fast(&self) -> Option<fn(&mut Call<'_, f32>)> {
        Some(conv_fast::conv2d)
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (source, w, g, b) = (cx.inputs[0], cx.inputs[1], cx.g, cx.g.builder());
        let (geometry, groups) = (Sliding::of(&cx.attrs), cx.attrs.int(Sliding::INTS) as usize);
        let transposed = cx.attrs.int(Sliding::INTS + 1) == 1;
        let (x, y) = if transposed { (g, source) } else { (source, g) };
        let back = attrs(&geometry, groups, !transposed);
        let to_source = cx.needs[0].then(|| b.kernel("conv2d", back, &[g, w]));
        let to_weights = cx.needs[1].then(|| b.kernel("conv2d_weight", attrs(&geometry, groups, false), &[x, y]));
        Ok(vec![to_source, to_weights])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |geometry: &Sliding, transposed: bool, batch: usize, groups: usize, [cg, og]: [usize; 2]| {
            let [h, w] = if transposed { geometry.targets().unwrap_or_default() } else { geometry.image };
            let from = groups * if transposed { og } else { cg };
            let [kh, kw] = geometry.window;
            let feeds = vec![Feed::of(&[batch, from, h, w]), Feed::of(&[groups * og, cg, kh, kw])];
            Case::new(attrs(geometry, groups, transposed), feeds)
        };
        let sizes = [(1, 1, [1, 1]), (2, 1, [3, 5]), (1, 2, [2, 3]), (3, 3, [1, 1])];
        let both = [false, true].into_iter();
        let mut cases: Vec<Case> = both
            .clone()
            .flat_map(|t| sliding::CASES.iter().zip(sizes).map(move |(g, (b, n, c))| case(g, t, b, n, c)))
            .collect();
        cases.extend(both.clone().map(|t| case(&sliding::CASES[1], t, 9, 1, [9, 9])));
        cases.extend(both.map(|t| case(&sliding::CASES[2], t, 2, 2, [17, 13])));
        cases
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
