//! Places along one axis by an affine map: `y[o, k, i]` = `x[o, p, i]`, p = shift + step·k, with a rule for places outside.
//! Flips, rolls, pads and strided slices. Attributes: ints = `[axis, extent of y, shift, step, Outside]`, shift and step
//! in two's complement.

use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::{around_axis, numel};
use crate::maths::real::Real;

/// What there is outside of a tensor; the numbers are those of the shader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// Zeros.
    Zero = 0,
    /// The nearest place.
    Edge = 1,
    /// The tensor again: … 1 2 | 0 1 2 | 0 1 ….
    Wrap = 2,
    /// Its mirror image, without the edge twice: … 2 1 | 0 1 2 | 1 0 ….
    Reflect = 3,
}

impl Outside {
    /// All, by number.
    pub const ALL: [Self; 4] = [Self::Zero, Self::Edge, Self::Wrap, Self::Reflect];

    /// The place 0 … n − 1 that is seen at place p, if there is one.
    pub fn place(self, p: i64, n: usize) -> Option<usize> {
        let n = n as i64;
        let seen = match self {
            Self::Zero => p,
            Self::Edge => p.clamp(0, n - 1),
            Self::Wrap => p.rem_euclid(n),
            Self::Reflect => {
                let period = (2 * n - 2).max(1);
                let p = p.rem_euclid(period);
                p.min(period - p).min(n - 1)
            }
        };
        usize::try_from(seen).ok().filter(|&seen| seen < n as usize)
    }
}

/// The places that the elements of y show.
pub(crate) struct Places {
    /// The axis.
    pub(crate) axis: usize,
    /// Extent of y.
    pub(crate) len: usize,
    /// What element 0 shows.
    pub(crate) shift: i32,
    /// How much further the next one looks.
    pub(crate) step: i32,
    /// The rule outside.
    pub(crate) outside: Outside,
}

impl Places {
    /// As attributes.
    pub(crate) fn attrs(&self) -> Attrs {
        let Self { axis, len, shift, step, outside } = *self;
        Attrs::ints(&[axis as u32, len as u32, shift as u32, step as u32, outside as u32])
    }

    /// From attributes.
    pub(crate) fn of(attrs: &Attrs) -> Self {
        let outside = Outside::ALL.get(attrs.int(4) as usize).copied().unwrap_or(Outside::Zero);
        let (axis, len) = (attrs.int(0) as usize, attrs.int(1) as usize);
        Self { axis, len, shift: attrs.int(2) as i32, step: attrs.int(3) as i32, outside }
    }

    /// The map back, if this one goes once around.
    fn inverse(&self, n: usize) -> Option<Self> {
        let around = self.outside == Outside::Wrap && self.step.abs() == 1 && self.len == n;
        around.then(|| Self { shift: self.shift.wrapping_mul(-self.step), ..*self })
    }
}

/// The place of x that element k of y shows, from the words of the uniforms.
#[inline]
pub(crate) fn shown<T>(c: &Call<'_, T>, k: usize) -> Option<usize> {
    let (shift, step) = (c.uniforms[4] as i32, c.uniforms[5] as i32);
    Outside::ALL[c.overrides[0] as usize].place(i64::from(shift) + i64::from(step) * k as i64, c.size(2))
}

/// The uniforms of map and transpose.
pub(crate) const UNIFORMS: &[(&str, Ty)] = &[
    ("count", Ty::U32),
    ("n_out", Ty::U32),
    ("n_in", Ty::U32),
    ("inner", Ty::U32),
    ("shift", Ty::U32),
    ("step", Ty::U32),
];

/// The launch of map and transpose for tensors `[outer, n_in, inner]` and `[outer, n_out, inner]`.
pub(crate) fn launch(attrs: &Attrs, inside: &[usize], written: &[usize]) -> Launch {
    let (_, n_in, inner) = around_axis(inside, attrs.int(0) as usize);
    let count = numel(written);
    Launch {
        uniforms: vec![count as u32, attrs.int(1), n_in as u32, inner as u32, attrs.int(2), attrs.int(3)],
        overrides: vec![attrs.int(4)],
        workgroups: grid(count, 64),
    }
}

/// Shapes and maps of cases of all kinds.
pub(crate) fn samples() -> Vec<(Vec<usize>, Attrs)> {
    let mut all = Vec::new();
    for outside in Outside::ALL {
        let mut of = |shape: &[usize], axis: usize, len: usize, shift: i32, step: i32| {
            all.push((shape.to_vec(), Places { axis, len, shift, step, outside }.attrs()));
        };
        of(&[1], 0, 3, -1, 1);
        of(&[5, 7], 1, 7, 6, -1);
        of(&[4, 7, 3], 1, 7, 3, 1);
        of(&[3, 9, 2], 1, 4, 1, 2);
        of(&[2, 5, 2, 3], 1, 19, -7, 1);
        of(&[6, 3], 0, 5, 9, -3);
    }
    all
}

/// The kernel.
pub struct AxisMap;
/// Its registry entry.
pub static KERNEL: AxisMap = AxisMap;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let (n_out, n_in, inner) = (c.size(1), c.size(2), c.size(3));
    for o in 0..c.size(0) / (n_out * inner) {
        let x = &c.reads[0][o * n_in * inner..];
        for k in 0..n_out {
            let place = shown(c, k);
            let y = &mut c.writes[0][(o * n_out + k) * inner..][..inner];
            match place {
                Some(place) => y.copy_from_slice(&x[place * inner..(place + 1) * inner]),
                None => y.fill(T::ZERO),
            }
        }
    }
}

impl Kernel for AxisMap {
    fn stem(&self) -> &'static str {
        "axis_map"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: UNIFORMS,
            overrides: &["OUTSIDE"],
            bindings: const { &[Binding::read("x"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        if attrs.int(3) == 0 {
            return Err("a step of 0 goes nowhere".to_owned());
        }
        let mut out = reads[0].to_vec();
        out[super::rows::axis(attrs, reads[0])?] = attrs.int(1) as usize;
        Ok(out)
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        launch(attrs, shapes[0], shapes[1])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let places = Places::of(&cx.attrs);
        let n = cx.inputs[0].shape()[places.axis];
        Ok(vec![Some(match places.inverse(n) {
            Some(back) => cx.g.axis_map(&back),
            None => cx.g.axis_fold(&places, n),
        })])
    }

    fn cases(&self) -> Vec<Case> {
        samples().into_iter().map(|(shape, attrs)| Case::new(attrs, vec![Feed::of(&shape)])).collect()
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::EXACT
    }
}
