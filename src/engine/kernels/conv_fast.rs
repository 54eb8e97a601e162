//! Fast convolutions on the CPU. For each image and group the windows are laid out as the columns of a matrix
//! `[Ci/groups·Kh·Kw, Oh·Ow]`, so that the rest is a product of matrices.

use std::ops::Range;

use super::Call;
use super::conv2d::GEOMETRY;
use super::sliding::{Sliding, pairs};
use lanes::{Matrix, Product};

/// The sizes of a convolution, per group.
struct Sizes {
    geometry: Sliding,
    targets: [usize; 2],
    groups: usize,
    /// Channels of x.
    cg: usize,
    /// Channels of y.
    og: usize,
    /// Rows of the matrix of windows: channels of x times places of the window.
    taps: usize,
    /// Columns of it: targets.
    columns: usize,
}

impl Sizes {
    fn of(call: &Call<'_, f32>) -> Self {
        let (geometry, targets) = Sliding::from_words(call, GEOMETRY);
        let (cg, og, groups) = (call.size(1), call.size(2), call.size(3));
        let (taps, columns) = (cg * geometry.window.iter().product::<usize>(), targets.iter().product());
        Self { geometry, targets, groups, cg, og, taps, columns }
    }

    /// Numbers of a group's images, of its matrix of windows, of its weights, of its targets.
    fn lengths(&self) -> [usize; 4] {
        let image = self.cg * self.geometry.image.iter().product::<usize>();
        [image, self.taps * self.columns, self.og * self.taps, self.og * self.columns]
    }

    /// The stretches of the matrix of windows that lie inside of the image: each `len` numbers from `at` on, which are
    /// every `stride`-th of the image from `from` on.
    fn stretches(&self, mut each: impl FnMut(usize, usize, usize)) {
        let (g, [oh, ow], [h, w]) = (&self.geometry, self.targets, self.geometry.image);
        let rows = (0..self.cg).flat_map(|c| pairs(g.window).map(move |k| (c, k)));
        for (row, (c, [ky, kx])) in rows.enumerate() {
            let (down, right) = (ky * g.dilation[0], kx * g.dilation[1]);
            let across = inside(right, g.before[1], g.stride[1], w, ow);
            if across.is_empty() {
                continue;
            }
            let x = across.start * g.stride[1] + right - g.before[1];
            for t in inside(down, g.before[0], g.stride[0], h, oh) {
                let y = t * g.stride[0] + down - g.before[0];
                each((row * oh + t) * ow + across.start, (c * h + y) * w + x, across.len());
            }
        }
    }

    /// Lays out the windows of an image; what lies outside is left as it is.
    fn unfold(&self, image: &[f32], windows: &mut [f32]) {
        let stride = self.geometry.stride[1];
        self.stretches(|at, from, len| {
            let to = &mut windows[at..at + len];
            if stride == 1 {
                to.copy_from_slice(&image[from..from + len]);
            } else {
                to.iter_mut().zip(image[from..].iter().step_by(stride)).for_each(|(t, &v)| *t = v);
            }
        });
    }

    /// Adds up windows to an image: the transpose of `unfold`.
    fn fold(&self, windows: &[f32], image: &mut [f32]) {
        let stride = self.geometry.stride[1];
        image.fill(0.0);
        self.stretches(|at, to, len| {
            let from = &windows[at..at + len];
            if stride == 1 {
                image[to..to + len].iter_mut().zip(from).for_each(|(t, &v)| *t += v);
            } else {
                image[to..].iter_mut().step_by(stride).zip(from).for_each(|(t, &v)| *t += v);
            }
        });
    }
}

/// Targets t for which 0 ≤ t·stride + offset − before < extent.
fn inside(offset: usize, before: usize, stride: usize, extent: usize, targets: usize) -> Range<usize> {
    let first = before.saturating_sub(offset).div_ceil(stride);
    let end = (extent + before).saturating_sub(offset).div_ceil(stride);
    first..end.min(targets).max(first)
}

/// Twin of the shader `conv2d`.
pub(crate) fn conv2d(call: &mut Call<'_, f32>) {
    let s = Sizes::of(call);
    let [image, matrix, weights, target] = s.lengths();
    let transposed = call.overrides[0] == 1;
    let (from, to) = if transposed { (target, image) } else { (image, target) };
    let windows = zeros(call.scratch, matrix);
    let out = call.writes[0].chunks_exact_mut(to);
    for (n, (source, out)) in call.reads[0].chunks_exact(from).zip(out).enumerate() {
        let w = &call.reads[1][n % s.groups * weights..][..weights];
        if transposed {
            let (w, source) = (Matrix::columns(w, s.taps), Matrix::rows(source, s.columns));
            let product = Product::new((s.taps, s.og, s.columns), w, source);
            product.run(windows, s.columns, call.registers, &mut |_, _| {});
            s.fold(windows, out);
        } else {
            s.unfold(source, windows);
            let (w, windows) = (Matrix::rows(w, s.taps), Matrix::rows(windows, s.columns));
            let product = Product::new((s.og, s.taps, s.columns), w, windows);
            product.run(out, s.columns, call.registers, &mut |_, _| {});
        }
    }
}

/// Twin of the shader `conv2d_weight`.
pub(crate) fn conv2d_weight(call: &mut Call<'_, f32>) {
    let s = Sizes::of(call);
    let [image, matrix, weights, target] = s.lengths();
    let windows = zeros(call.scratch, matrix);
    call.writes[0].fill(0.0);
    let pairs = call.reads[0].chunks_exact(image).zip(call.reads[1].chunks_exact(target));
    for (n, (x, y)) in pairs.enumerate() {
        s.unfold(x, windows);
        let out = &mut call.writes[0][n % s.groups * weights..][..weights];
        let (y, turned) = (Matrix::rows(y, s.columns), Matrix::columns(windows, s.columns));
        let product = Product::new((s.og, s.columns, s.taps), y, turned);
        Product { add: true, ..product }.run(out, s.taps, call.registers, &mut |_, _| {});
    }
}

/// Zeros for the matrix of windows, so that what lies outside of the image is 0 in every one.
fn zeros(scratch: &mut Vec<f32>, matrix: usize) -> &mut [f32] {
    if scratch.len() < matrix {
        scratch.resize(matrix, 0.0);
    }
    scratch[..matrix].fill(0.0);
    &mut scratch[..matrix]
}
