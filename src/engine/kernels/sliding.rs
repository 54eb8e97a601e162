//! Windows that slide over images: what convolutions and pools share. Window k of target t lies, along either axis, at
//! the source place `t·stride + k·dilation − before`; places outside of the image count as zeros, or not at all.

use super::{Attrs, Call};

/// Extents of an image and of a window, and how the window moves; pairs are (rows, columns).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sliding {
    /// Rows and columns of the image.
    pub image: [usize; 2],
    /// Places of the window.
    pub window: [usize; 2],
    /// Steps from one target to the next.
    pub stride: [usize; 2],
    /// Steps from one place of the window to the next.
    pub dilation: [usize; 2],
    /// Rows above and columns to the left of the image that the window reaches.
    pub before: [usize; 2],
    /// Rows below and columns to the right of it.
    pub after: [usize; 2],
}

impl Sliding {
    /// How many integers of the attributes it takes.
    pub const INTS: usize = 12;

    /// The geometry as attributes, followed by more.
    pub fn attrs(&self, more: &[u32]) -> Attrs {
        let pairs = [self.image, self.window, self.stride, self.dilation, self.before, self.after];
        let ints = pairs.iter().flatten().map(|&n| n as u32).chain(more.iter().copied());
        Attrs { ints: ints.collect(), reals: vec![] }
    }

    /// Back.
    pub fn of(attrs: &Attrs) -> Self {
        let pair = |i: usize| [attrs.int(i) as usize, attrs.int(i + 1) as usize];
        let (image, window, stride) = (pair(0), pair(2), pair(4));
        Self { image, window, stride, dilation: pair(6), before: pair(8), after: pair(10) }
    }

    /// Rows and columns of targets, ⌊(before + image + after − reach)/stride⌋ + 1, or why there are none.
    pub fn targets(&self) -> Result<[usize; 2], String> {
        let all = [self.image, self.window, self.stride, self.dilation];
        if all.as_flattened().contains(&0) {
            return Err(format!("image, window, stride and dilation must be at least 1: {self:?}"));
        }
        let along = |i: usize| {
            let room = self.before[i] + self.image[i] + self.after[i];
            let reach = (self.window[i] - 1) * self.dilation[i] + 1;
            let steps = room.checked_sub(reach).map(|free| free / self.stride[i] + 1);
            steps.ok_or_else(|| format!("a window that reaches {reach} does not fit into {room}"))
        };
        Ok([along(0)?, along(1)?])
    }

    /// The words that shaders and CPU twins read: h, w, oh, ow, kh, kw, sy, sx, py, px, dy, dx.
    pub(crate) fn words(&self) -> impl Iterator<Item = u32> {
        let targets = self.targets().unwrap_or_default();
        let pairs = [self.image, targets, self.window, self.stride, self.before, self.dilation];
        pairs.into_iter().flatten().map(|n| n as u32)
    }

    /// The geometry and the targets from these words, the first of which is `first`.
    pub(crate) fn from_words<T>(call: &Call<'_, T>, first: usize) -> (Self, [usize; 2]) {
        let pair = |i: usize| [call.size(first + 2 * i), call.size(first + 2 * i + 1)];
        let (image, targets, window, stride, before) = (pair(0), pair(1), pair(2), pair(3), pair(4));
        // What lies behind the image is settled by the targets.
        (Self { image, window, stride, dilation: pair(5), before, after: [0; 2] }, targets)
    }

    /// Row and column of the image at place `k` of target `t`, if inside.
    #[inline]
    pub(crate) fn place(&self, t: [usize; 2], k: [usize; 2]) -> Option<[usize; 2]> {
        let along = |i: usize| {
            let place = (t[i] * self.stride[i] + k[i] * self.dilation[i]).wrapping_sub(self.before[i]);
            (place < self.image[i]).then_some(place)
        };
        Some([along(0)?, along(1)?])
    }
}

/// All pairs below two extents, row by row.
pub(crate) fn pairs([rows, columns]: [usize; 2]) -> impl Iterator<Item = [usize; 2]> {
    (0..rows).flat_map(move |y| (0..columns).map(move |x| [y, x]))
}

/// Geometries to be tested: one pixel; 3 × 3 that keeps the extents; strides, dilation and uneven sides.
#[rustfmt::skip]
pub(crate) const CASES: [Sliding; 4] = [
    Sliding { image: [1, 1], window: [1, 1], stride: [1, 1], dilation: [1, 1], before: [0, 0], after: [0, 0] },
    Sliding { image: [5, 6], window: [3, 3], stride: [1, 1], dilation: [1, 1], before: [1, 1], after: [1, 1] },
    Sliding { image: [7, 9], window: [3, 2], stride: [2, 3], dilation: [1, 1], before: [1, 0], after: [0, 1] },
    Sliding { image: [8, 5], window: [2, 3], stride: [1, 2], dilation: [3, 2], before: [0, 2], after: [2, 1] },
];
