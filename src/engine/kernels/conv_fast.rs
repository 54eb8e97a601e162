//! Fast convolutions on the CPU. For each image and group the windows are laid out as the columns of a matrix
//! `[Ci/groups·Kh·Kw, Oh·Ow]`, so that the rest is a product of matrices.

use super::Call;
use super::conv2d::GEOMETRY;
use super::sliding::Sliding;
use lanes::windows::Windows;
use lanes::{Matrix, Onto, Product};

/// The sizes of a convolution, per group.
struct Sizes {
    windows: Windows,
    groups: usize,
    /// Channels of y.
    og: usize,
    /// Rows of the matrix of windows: channels of x times places of the window.
    taps: usize,
    /// Columns of it: targets.
    columns: usize,
}

impl Sizes {
    fn of(call: &Call<'_, f32>) -> Self {
        let (g, targets) = Sliding::from_words(call, GEOMETRY);
        let (cg, og, groups) = (call.size(1), call.size(2), call.size(3));
        let (taps, columns) = (cg * g.window.iter().product::<usize>(), targets.iter().product());
        let windows = Windows {
            channels: cg,
            image: g.image,
            window: g.window,
            stride: g.stride,
            dilation: g.dilation,
            before: g.before,
            targets,
        };
        Self { windows, groups, og, taps, columns }
    }

    /// Numbers of a group's images, of its matrix of windows, of its weights, of its targets.
    fn lengths(&self) -> [usize; 4] {
        let image = self.windows.channels * self.windows.image.iter().product::<usize>();
        [image, self.taps * self.columns, self.og * self.taps, self.og * self.columns]
    }
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
            s.windows.fold(windows, out);
        } else {
            s.windows.unfold(source, windows);
            let (w, windows) = (Matrix::rows(w, s.taps), Matrix::rows(windows, s.columns));
            let product = Product::new((s.og, s.taps, s.columns), w, windows);
            product.run(out, s.columns, call.registers, &mut |_, _| {});
        }
    }
}

/// Twin of the shader `conv2d_weight`. The sum over the images is formed with the weights as columns, `[taps, og]`:
/// then the smaller factor of each product is the one that is packed.
pub(crate) fn conv2d_weight(call: &mut Call<'_, f32>) {
    let s = Sizes::of(call);
    let [image, matrix, weights, target] = s.lengths();
    let (windows, sums) = zeros(call.scratch, matrix + s.groups * weights).split_at_mut(matrix);
    let pairs = call.reads[0].chunks_exact(image).zip(call.reads[1].chunks_exact(target));
    for (n, (x, y)) in pairs.enumerate() {
        s.windows.unfold(x, windows);
        let sums = &mut sums[n % s.groups * weights..][..weights];
        let (turned, y) = (Matrix::rows(windows, s.columns), Matrix::columns(y, s.columns));
        let product = Product::new((s.taps, s.columns, s.og), turned, y);
        Product { onto: Onto::Itself, ..product }.run(sums, s.og, call.registers, &mut |_, _| {});
    }
    for (out, sums) in call.writes[0].chunks_exact_mut(weights).zip(sums.chunks_exact(weights)) {
        for (o, out) in out.chunks_exact_mut(s.taps).enumerate() {
            out.iter_mut().zip(sums[o..].iter().step_by(s.og)).for_each(|(out, &sum)| *out = sum);
        }
    }
}

/// Zeros, so that what lies outside of the image is 0 in every window.
fn zeros(scratch: &mut Vec<f32>, count: usize) -> &mut [f32] {
    if scratch.len() < count {
        scratch.resize(count, 0.0);
    }
    scratch[..count].fill(0.0);
    &mut scratch[..count]
}
