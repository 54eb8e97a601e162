//! The windows of images as the columns of a matrix `[channels·Kh·Kw, Oh·Ow]`, by which convolutions are products.

use std::ops::Range;

/// Windows that slide over images `[channels, H, W]`.
#[derive(Clone, Copy, Debug)]
pub struct Windows {
    /// How many channels.
    pub channels: usize,
    /// H and W.
    pub image: [usize; 2],
    /// Extents of the window.
    pub window: [usize; 2],
    /// Steps from one window to the next.
    pub stride: [usize; 2],
    /// Steps within the window.
    pub dilation: [usize; 2],
    /// Zeros before the image.
    pub before: [usize; 2],
    /// How many windows.
    pub targets: [usize; 2],
}

/// A stretch of the matrix that lies inside of the image: `len` numbers from `at` on, which are every `stride`-th of the
/// image from `from` on.
struct Stretch {
    at: usize,
    from: usize,
    len: usize,
}

impl Windows {
    #[inline(always)]
    fn stretches(&self, mut each: impl FnMut(Stretch)) {
        let ([oh, ow], [h, w]) = (self.targets, self.image);
        let mut row = 0;
        for c in 0..self.channels {
            for ky in 0..self.window[0] {
                let down = ky * self.dilation[0];
                let lines = inside(down, self.before[0], self.stride[0], h, oh);
                for kx in 0..self.window[1] {
                    let right = kx * self.dilation[1];
                    let across = inside(right, self.before[1], self.stride[1], w, ow);
                    if !across.is_empty() {
                        let x = across.start * self.stride[1] + right - self.before[1];
                        for t in lines.clone() {
                            let y = t * self.stride[0] + down - self.before[0];
                            each(Stretch {
                                at: (row * oh + t) * ow + across.start,
                                from: (c * h + y) * w + x,
                                len: across.len(),
                            });
                        }
                    }
                    row += 1;
                }
            }
        }
    }

    /// Lays out the windows of an image; what lies outside is left as it is.
    #[inline(never)]
    pub fn unfold(&self, image: &[f32], windows: &mut [f32]) {
        let stride = self.stride[1];
        self.stretches(|s| {
            let to = &mut windows[s.at..s.at + s.len];
            if stride == 1 {
                // A sum, because a loop that only copies becomes a call, which takes longer than a row of an image.
                for (t, &v) in to.iter_mut().zip(&image[s.from..s.from + s.len]) {
                    *t = v + 0.0;
                }
            } else {
                to.iter_mut().zip(image[s.from..].iter().step_by(stride)).for_each(|(t, &v)| *t = v);
            }
        });
    }

    /// Adds up windows to an image: the transpose of [`Windows::unfold`].
    #[inline(never)]
    pub fn fold(&self, windows: &[f32], image: &mut [f32]) {
        let stride = self.stride[1];
        image.fill(0.0);
        self.stretches(|s| {
            let from = &windows[s.at..s.at + s.len];
            if stride == 1 {
                for (t, &v) in image[s.from..s.from + s.len].iter_mut().zip(from) {
                    *t += v;
                }
            } else {
                image[s.from..].iter_mut().step_by(stride).zip(from).for_each(|(t, &v)| *t += v);
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
