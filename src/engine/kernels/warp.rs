//! What kernels that move images by affine maps share: the twin of `shaders/lib/warp.wgsl`.
//!
//! Coordinates are those of PyTorch's `affine_grid` and `grid_sample` with `align_corners=False`: an image spans [−1, 1]
//! along x (columns, to the right) and y (rows, downwards), pixel j of n has its centre at (2j + 1)/n − 1, and the map m,
//! `[2, 3]`, takes a point of the result to a point of the source: (x, y) ← m·(x, y, 1). Outside of the source is 0.

use super::sliding::pairs;
use super::{Attrs, Call, Launch, Ty, grid};
use crate::maths::real::Real;

/// How values between pixels are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// 2 × 2 pixels, weights 1 − |d|.
    Bilinear = 0,
    /// 4 × 4 pixels, the cubic convolution kernel of Keys (1981) with a = −0.75, as PyTorch has it; weights are negative
    /// from distance 1 to 2.
    Bicubic = 1,
}

/// Rows and columns of the source and of the result, and the kind of interpolation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Warp {
    /// Rows and columns of the source.
    pub source: [usize; 2],
    /// Rows and columns of the result.
    pub result: [usize; 2],
    /// How values between pixels are found.
    pub interpolation: Interpolation,
}

/// Uniforms: the ratios are extents of the source to extents of the result, `wh` being columns to rows.
pub(crate) const UNIFORMS: &[(&str, Ty)] = &[
    ("count", Ty::U32),
    ("channels", Ty::U32),
    ("h", Ty::U32),
    ("w", Ty::U32),
    ("oh", Ty::U32),
    ("ow", Ty::U32),
    ("map_batch", Ty::U32),
    ("ww", Ty::F32),
    ("wh", Ty::F32),
    ("hw", Ty::F32),
    ("hh", Ty::F32),
];

impl Warp {
    /// As attributes, followed by one more.
    pub fn attrs(&self, more: u32) -> Attrs {
        let [[h, w], [oh, ow]] = [self.source, self.result].map(|s| s.map(|n| n as u32));
        Attrs::ints(&[h, w, oh, ow, self.interpolation as u32, more])
    }

    /// Back.
    pub fn of(attrs: &Attrs) -> Self {
        let at = |i: usize| attrs.int(i) as usize;
        let interpolation = if at(4) == 1 { Interpolation::Bicubic } else { Interpolation::Bilinear };
        Self { source: [at(0), at(1)], result: [at(2), at(3)], interpolation }
    }

    /// The launch for maps of shape `m`, in workgroups for `per_group` of `count` things; with further overrides.
    pub(crate) fn launch(
        &self,
        count: usize,
        per_group: usize,
        channels: usize,
        m: &[usize],
        more: &[u32],
    ) -> Launch {
        let ([h, w], [oh, ow]) = (self.source, self.result);
        let map_batch = if m[0] == 1 { 0 } else { 6 };
        let sizes = [count, channels, h, w, oh, ow, map_batch].map(|n| n as u32);
        let ratios = [(w, ow), (w, oh), (h, ow), (h, oh)].map(|(a, b)| (a as f32 / b as f32).to_bits());
        Launch {
            uniforms: sizes.into_iter().chain(ratios).collect(),
            overrides: std::iter::once(self.interpolation as u32).chain(more.iter().copied()).collect(),
            workgroups: grid(count, per_group),
        }
    }

    /// Back from the words and overrides of a launch; with the distance between the maps of two samples.
    pub(crate) fn from_words<T>(call: &Call<'_, T>) -> (Self, usize) {
        let ints = [2, 3, 4, 5].map(|i| call.uniforms[i]);
        let attrs = Attrs { ints: ints.into_iter().chain([call.overrides[0]]).collect(), reals: vec![] };
        (Self::of(&attrs), call.size(6))
    }

    /// Calls `f` with every pixel of the result and what a map makes it of.
    pub(crate) fn points<T: Real>(&self, m: &[T], mut f: impl FnMut(Point<T>)) {
        let ([h, w], [oh, ow]) = (self.source, self.result);
        for (pixel, [i, j]) in pairs([oh, ow]).enumerate() {
            let (x, x_slopes) = self.along(w, &m[..3], [i, j]);
            let (y, y_slopes) = self.along(h, &m[3..6], [i, j]);
            f(Point { pixel, x, y, slopes: [x_slopes, y_slopes] });
        }
    }

    /// Along one axis of the source: the pixels near the place that a row of the map gives for pixel (i, j) of the result,
    /// and the derivatives of that place by the row.
    fn along<T: Real>(&self, extent: usize, row: &[T], [i, j]: [usize; 2]) -> (Taps<T>, [T; 3]) {
        let [oh, ow] = self.result.map(|n| n as f64);
        let scale = 0.5 * extent as f64;
        // Twice the distances from the middle, in pixels, are whole numbers.
        let (px, py) = ((2 * j + 1) as f64 - ow, (2 * i + 1) as f64 - oh);
        let slopes = [scale / ow * px, scale / oh * py, scale].map(T::from_f64);
        let turned: T = row.iter().zip(slopes).map(|(&m, s)| m * s).sum();
        (self.taps(turned + T::from_f64(scale - 0.5), extent), slopes)
    }

    /// The pixels near a place along an axis.
    fn taps<T: Real>(&self, place: T, extent: usize) -> Taps<T> {
        let reach = if self.interpolation == Interpolation::Bicubic { 2 } else { 1 };
        // Far outside is outside.
        let place = place.max(T::from_f64(-4.0)).min(T::from_f64(extent as f64 + 3.0));
        let first = place.to_f64().floor() as i64 + 1 - reach;
        let mut taps = Taps { pixels: [usize::MAX; 4], weights: [T::ZERO; 4], slopes: [T::ZERO; 4] };
        for t in 0..2 * reach {
            let d = place - T::from_f64((first + t) as f64);
            let (weight, slope) = weight_and_slope(self.interpolation, d);
            let slot = t as usize;
            (taps.weights[slot], taps.slopes[slot]) = (weight, slope);
            taps.pixels[slot] = usize::try_from(first + t).ok().filter(|&p| p < extent).unwrap_or(usize::MAX);
        }
        taps
    }
}

/// The pixels near a place along an axis, `usize::MAX` for those outside; weights, and their slopes by the place.
pub(crate) struct Taps<T> {
    pixels: [usize; 4],
    weights: [T; 4],
    slopes: [T; 4],
}

/// A pixel of the result with what it is made of.
pub(crate) struct Point<T> {
    /// Its number.
    pub(crate) pixel: usize,
    x: Taps<T>,
    y: Taps<T>,
    /// Derivatives of the place along x by the first row of the map, and along y by the second.
    pub(crate) slopes: [[T; 3]; 2],
}

impl<T: Real> Point<T> {
    /// Calls `f(source pixel, weight, [slope of the weight along x, along y])` for every source pixel of weight.
    pub(crate) fn each(&self, width: usize, mut f: impl FnMut(usize, T, [T; 2])) {
        for (i, &row) in self.y.pixels.iter().enumerate().filter(|&(_, &p)| p != usize::MAX) {
            for (j, &column) in self.x.pixels.iter().enumerate().filter(|&(_, &p)| p != usize::MAX) {
                let (wx, wy) = (self.x.weights[j], self.y.weights[i]);
                f(row * width + column, wx * wy, [self.x.slopes[j] * wy, wx * self.y.slopes[i]]);
            }
        }
    }
}

/// Weight of a pixel at signed distance d, and its derivative.
fn weight_and_slope<T: Real>(interpolation: Interpolation, d: T) -> (T, T) {
    let sign = if d < T::ZERO { -T::ONE } else { T::ONE };
    let s = d.abs();
    let real = T::from_f64;
    match interpolation {
        _ if s >= real(2.0) => (T::ZERO, T::ZERO),
        Interpolation::Bilinear if s >= T::ONE => (T::ZERO, T::ZERO),
        Interpolation::Bilinear => (T::ONE - s, -sign),
        Interpolation::Bicubic if s <= T::ONE => {
            let value = (real(1.25) * s - real(2.25)) * s * s + T::ONE;
            (value, sign * (real(3.75) * s - real(4.5)) * s)
        }
        Interpolation::Bicubic => {
            let value = ((real(-0.75) * s + real(3.75)) * s - real(6.0)) * s + real(3.0);
            (value, sign * ((real(-2.25) * s + real(7.5)) * s - real(6.0)))
        }
    }
}

/// Sizes of images and maps, `[B, C, H, W]` and `[B or 1, 2, 3]`: the batch and the channels.
pub(crate) fn sizes(image: &[usize], extents: [usize; 2], m: &[usize]) -> Result<[usize; 2], String> {
    let &[b, c, h, w] = image else { return Err(format!("images must have rank 4, not {image:?}")) };
    match *m {
        [n, 2, 3] if (n == b || n == 1) && [h, w] == extents => Ok([b, c]),
        _ => Err(format!(
            "{image:?} and {m:?} are not images [B, C, {}, {}] and maps [B, 2, 3]",
            extents[0], extents[1]
        )),
    }
}

/// Geometries to be tested: one pixel, the same extents, smaller, larger.
pub(crate) fn cases() -> impl Iterator<Item = Warp> {
    use Interpolation::{Bicubic, Bilinear};
    let sizes = [([1, 1], [1, 1]), ([5, 6], [5, 6]), ([7, 8], [4, 3]), ([3, 4], [9, 8])];
    let both = [Bilinear, Bicubic].into_iter();
    both.flat_map(move |interpolation| sizes.map(|(source, result)| Warp { source, result, interpolation }))
}
