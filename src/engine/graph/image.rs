//! Images on graphs, `[B, C, H, W]`: convolutions, pools, resampling, symmetries of the square, Fourier transforms.

use super::Var;
use crate::engine::kernels::dihedral::Dihedral;
use crate::engine::kernels::sliding::Sliding;
use crate::engine::kernels::warp::{Interpolation, Warp};
use crate::engine::kernels::{conv2d, fft, pool_average};
use crate::engine::shape::MAX_RANK;

/// How a convolution's window moves; pairs are (rows, columns).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv {
    /// Steps from one target to the next.
    pub stride: [usize; 2],
    /// Steps from one place of the window to the next.
    pub dilation: [usize; 2],
    /// Zeros above and to the left of the image.
    pub before: [usize; 2],
    /// Zeros below and to the right of it.
    pub after: [usize; 2],
    /// Groups of channels that do not see each other.
    pub groups: usize,
}

impl Default for Conv {
    fn default() -> Self {
        Self { stride: [1, 1], dilation: [1, 1], before: [0, 0], after: [0, 0], groups: 1 }
    }
}

impl Conv {
    /// Padding with which a window of this odd extent, not dilated, keeps the extents of an image.
    pub fn same(window: usize) -> Self {
        Self { before: [window / 2; 2], after: [window / 2; 2], ..Self::default() }
    }

    fn sliding(&self, image: [usize; 2], window: [usize; 2]) -> Sliding {
        let Self { stride, dilation, before, after, .. } = *self;
        Sliding { image, window, stride, dilation, before, after }
    }
}

/// Batch and channels, and rows and columns.
fn split(shape: &[usize]) -> Option<([usize; 2], [usize; 2])> {
    match *shape {
        [a, b, h, w] => Some(([a, b], [h, w])),
        _ => None,
    }
}

impl<'b> Var<'b> {
    #[track_caller]
    fn not_images(self, op: &str) -> Self {
        self.builder.fail(op, format!("images and weights must have rank 4, not {:?}", self.shape()))
    }

    /// Convolution, `y[b, o, t]` = Σ `w[o, c, k]` `x[b, c, t·stride + k·dilation − before]`; x: `[B, Ci, H, W]`, w:
    /// `[Co, Ci/groups, Kh, Kw]` → `[B, Co, Oh, Ow]`.
    #[track_caller]
    pub fn conv2d(self, w: Var<'b>, conv: &Conv) -> Self {
        let (Some((_, image)), Some((_, window))) = (split(&self.shape()), split(&w.shape())) else {
            return self.not_images("conv2d");
        };
        let attrs = conv2d::attrs(&conv.sliding(image, window), conv.groups, false);
        self.builder.kernel("conv2d", attrs, &[self, w])
    }

    /// Transposed convolution: the adjoint of [`Var::conv2d`] for images of the extents `image`; y: `[B, Co, Oh, Ow]`, w:
    /// `[Co, Ci/groups, Kh, Kw]` → `[B, Ci, H, W]`.
    #[track_caller]
    pub fn conv2d_transposed(self, w: Var<'b>, conv: &Conv, image: [usize; 2]) -> Self {
        let Some((_, window)) = split(&w.shape()) else { return w.not_images("conv2d_transposed") };
        let attrs = conv2d::attrs(&conv.sliding(image, window), conv.groups, true);
        self.builder.kernel("conv2d", attrs, &[self, w])
    }

    /// Repeats an image beyond its edges as if it were a torus: `before` rows and columns above and to the left, `after`
    /// below and to the right, each at most the image's extents. A convolution without zeros then is a circular one.
    #[track_caller]
    pub fn pad_circular(self, before: [usize; 2], after: [usize; 2]) -> Self {
        let Some((_, image)) = split(&self.shape()) else { return self.not_images("pad_circular") };
        let mut v = self;
        for (i, axis) in [(0, 2), (1, 3)] {
            let mut parts = Vec::with_capacity(3);
            if before[i] > 0 {
                parts.push(v.slice(axis, image[i].saturating_sub(before[i]), before[i]));
            }
            parts.push(v);
            if after[i] > 0 {
                parts.push(v.slice(axis, 0, after[i]));
            }
            v = parts[0].concat(axis, &parts[1..]);
        }
        v
    }

    #[track_caller]
    fn pool(self, op: &str, inputs: &[Var<'b>], [window, stride, padding]: [[usize; 2]; 3]) -> Self {
        let Some((_, image)) = split(&self.shape()) else { return self.not_images(op) };
        let conv = Conv { stride, before: padding, after: padding, ..Conv::default() };
        self.builder.kernel(op, pool_average::attrs(&conv.sliding(image, window), false), inputs)
    }

    /// Largest number of each window, `[B, C, H, W]` → `[B, C, Oh, Ow]`; what lies outside of the image does not count. The
    /// derivative goes to the first maximum, by rows.
    #[track_caller]
    pub fn pool_max(self, window: [usize; 2], stride: [usize; 2], padding: [usize; 2]) -> Self {
        self.pool("pool_max", &[self, self], [window, stride, padding])
    }

    /// Mean of each window, `[B, C, H, W]` → `[B, C, Oh, Ow]`; zeros outside of the image count.
    #[track_caller]
    pub fn pool_average(self, window: [usize; 2], stride: [usize; 2], padding: [usize; 2]) -> Self {
        self.pool("pool_average", &[self], [window, stride, padding])
    }

    /// Mean over all pixels, `[B, C, H, W]` → `[B, C]`.
    #[track_caller]
    pub fn pool_global_average(self) -> Self {
        let Some(([b, c], [h, w])) = split(&self.shape()) else {
            return self.not_images("pool_global_average");
        };
        self.reshape(&[b * c, h * w]).mean_axis(1).reshape(&[b, c])
    }

    /// Largest number of all pixels, `[B, C, H, W]` → `[B, C]`.
    #[track_caller]
    pub fn pool_global_max(self) -> Self {
        let Some(([b, c], image)) = split(&self.shape()) else { return self.not_images("pool_global_max") };
        self.pool_max(image, image, [0, 0]).reshape(&[b, c])
    }

    /// Images under an affine map each, `[B, C, H, W]` and `[B or 1, 2, 3]` → `[B, C, Oh, Ow]`: pixel p of the result shows
    /// the point m·(x, y, 1) of the source, 0 outside of it, in coordinates that span [−1, 1] along columns and rows
    /// (`affine_grid` and `grid_sample` of PyTorch, `align_corners=False`). Differentiable by both, once by the map.
    #[track_caller]
    pub fn resample(self, m: Var<'b>, result: [usize; 2], interpolation: Interpolation) -> Self {
        let Some((_, source)) = split(&self.shape()) else { return self.not_images("resample") };
        let warp = Warp { source, result, interpolation };
        self.builder.kernel("resample", warp.attrs(0), &[self, m])
    }

    /// Images under a symmetry of the square, exact in every bit.
    #[track_caller]
    pub fn dihedral(self, g: Dihedral) -> Self {
        self.builder.kernel("dihedral", g.attrs(), &[self])
    }

    /// Real numbers as complex ones: a further, last dimension of 2.
    #[track_caller]
    pub fn to_complex(self) -> Self {
        let mut shape = self.shape();
        if shape.len() == MAX_RANK {
            return self.builder.fail("to_complex", format!("{shape:?} has no room for another dimension"));
        }
        shape.push(1);
        self.reshape(&shape).window(shape.len() - 1, 2, 0)
    }

    /// Real parts of complex numbers, without the last dimension.
    #[track_caller]
    pub fn real_part(self) -> Self {
        let mut shape = self.shape();
        let part = self.slice(shape.len() - 1, 0, 1);
        shape.pop();
        part.reshape(&shape)
    }

    /// Discrete Fourier transform along an axis of complex numbers, `[.., N, .., 2]`, N a power of 2 up to 1024: Σₙ
    /// exp(−2πi kn/N) `x[n]`.
    #[track_caller]
    pub fn fft(self, axis: usize) -> Self {
        self.builder.kernel("fft", fft::attrs(axis, false, false), &[self])
    }

    /// Its inverse, 1/N Σₖ exp(2πi kn/N) `x[k]`.
    #[track_caller]
    pub fn ifft(self, axis: usize) -> Self {
        self.builder.kernel("fft", fft::attrs(axis, true, true), &[self])
    }

    /// Transform along the last two complex axes, `[.., H, W, 2]`.
    #[track_caller]
    pub fn fft2(self) -> Self {
        match self.shape().len() {
            rank @ 3.. => self.fft(rank - 2).fft(rank - 3),
            _ => self.builder.fail("fft2", format!("{:?} has no two complex axes", self.shape())),
        }
    }

    /// Its inverse.
    #[track_caller]
    pub fn ifft2(self) -> Self {
        match self.shape().len() {
            rank @ 3.. => self.ifft(rank - 2).ifft(rank - 3),
            _ => self.builder.fail("ifft2", format!("{:?} has no two complex axes", self.shape())),
        }
    }
}
