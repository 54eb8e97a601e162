//! Discrete Fourier transform along an axis of complex numbers, which are a last dimension of 2, (real, imaginary):
//! `y[k]` = s Σₙ exp(∓2πi kn/N) `x[n]`, − forwards, + for the inverse, s = 1 or 1/N. N is a power of 2 up to 1024.
//! Attributes: ints = [axis, 1 for the inverse, 1 for the factor 1/N].
//!
//! Radix 2, by decimation in time. In single precision the error is about 1e-7 log₂ N of the root mean square of y.

use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::around_axis;
use crate::maths::real::Real;

/// The longest transform: its numbers fill half of a workgroup's memory.
pub const MOST: usize = 1024;
/// Numbers that a workgroup of 64 transforms at least, two for each invocation.
const PER_GROUP: usize = 128;

/// The kernel.
pub struct Fft;
/// Its registry entry.
pub static KERNEL: Fft = Fft;

/// Attributes of a transform.
pub fn attrs(axis: usize, inverse: bool, scaled: bool) -> Attrs {
    Attrs::ints(&[axis as u32, u32::from(inverse), u32::from(scaled)])
}

/// Sets the factors of all stages: for half = 1, 2, 4, … those of exp(∓πi j/half), j < half, from place half on.
fn factors<T: Real>(inverse: bool, re: &mut [T], im: &mut [T]) {
    let sign = if inverse { 1.0 } else { -1.0 };
    for (place, (re, im)) in re.iter_mut().zip(im).enumerate().skip(1) {
        let half = 1 << place.ilog2();
        let angle = sign * std::f64::consts::PI * (place - half) as f64 / half as f64;
        (*re, *im) = (T::from_f64(angle.cos()), T::from_f64(angle.sin()));
    }
}

/// One stage: pairs at a distance of `half`.
fn stage<T: Real>(half: usize, re: &mut [T], im: &mut [T], w_re: &[T], w_im: &[T]) {
    for (re, im) in re.chunks_exact_mut(2 * half).zip(im.chunks_exact_mut(2 * half)) {
        let ((re0, re1), (im0, im1)) = (re.split_at_mut(half), im.split_at_mut(half));
        let first = re0.iter_mut().zip(im0);
        let second = re1.iter_mut().zip(im1).zip(w_re.iter().zip(w_im));
        for ((a_re, a_im), ((b_re, b_im), (&w_re, &w_im))) in first.zip(second) {
            let (t_re, t_im) = (*b_re * w_re - *b_im * w_im, *b_re * w_im + *b_im * w_re);
            (*b_re, *b_im) = (*a_re - t_re, *a_im - t_im);
            (*a_re, *a_im) = (*a_re + t_re, *a_im + t_im);
        }
    }
}

fn run<T: Real>(call: &mut Call<'_, T>) {
    let (n, bits, inner) = (call.size(1), call.uniforms[2], call.size(3));
    let scale = if call.overrides[1] == 1 { T::ONE / T::from_f64(n as f64) } else { T::ONE };
    call.scratch.resize(4 * n, T::ZERO);
    let (re, rest) = call.scratch.split_at_mut(n);
    let (im, rest) = rest.split_at_mut(n);
    let (w_re, w_im) = rest.split_at_mut(n);
    factors(call.overrides[0] == 1, w_re, w_im);
    let reversed = |k: usize| if bits == 0 { 0 } else { (k as u32).reverse_bits() as usize >> (32 - bits) };
    let blocks = call.reads[0].chunks_exact(2 * n * inner).zip(call.writes[0].chunks_exact_mut(2 * n * inner));
    for (x, y) in blocks {
        for i in 0..inner {
            for (k, v) in x[2 * i..].chunks(2 * inner).enumerate() {
                let at = reversed(k);
                (re[at], im[at]) = (v[0], v[1]);
            }
            let mut half = 1;
            while half < n {
                stage(half, re, im, &w_re[half..2 * half], &w_im[half..2 * half]);
                half *= 2;
            }
            let numbers = re.iter().zip(im.iter());
            for (y, (&re, &im)) in y[2 * i..].chunks_mut(2 * inner).zip(numbers) {
                (y[0], y[1]) = (scale * re, scale * im);
            }
        }
    }
}

impl Kernel for Fft {
    fn stem(&self) -> &'static str {
        "fft"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("lines", Ty::U32), ("n", Ty::U32), ("bits", Ty::U32), ("inner", Ty::U32), ("per", Ty::U32)],
            overrides: &["INVERSE", "SCALED"],
            bindings: const { &[Binding::read("x"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let (shape, axis) = (reads[0], attrs.int(0) as usize);
        let Some((&2, before)) = shape.split_last() else {
            return Err(format!("complex numbers are a last dimension of 2, {shape:?} has none"));
        };
        match before.get(axis) {
            Some(&n) if n.is_power_of_two() && n <= MOST => Ok(shape.to_vec()),
            Some(n) => Err(format!("the length must be a power of 2 up to {MOST}, not {n}")),
            None => Err(format!("{shape:?} has no complex axis {axis}")),
        }
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (outer, n, inner) = around_axis(shapes[0], attrs.int(0) as usize);
        let (inner, per) = (inner / 2, (PER_GROUP / n).max(1));
        let lines = outer * inner;
        let words = [lines, n, n.ilog2() as usize, inner, per].map(|w| w as u32);
        Launch {
            uniforms: words.to_vec(),
            overrides: vec![attrs.int(1), attrs.int(2)],
            workgroups: grid(lines, per),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        // The transpose of a real-linear map of (real, imaginary) is the conjugate transpose.
        let back = attrs(cx.attrs.int(0) as usize, cx.attrs.int(1) == 0, cx.attrs.int(2) == 1);
        Ok(vec![Some(cx.g.builder().kernel("fft", back, &[cx.g]))])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |shape: &[usize], axis: usize, inverse: bool, scaled: bool| {
            Case::new(attrs(axis, inverse, scaled), vec![Feed::of(shape)])
        };
        vec![
            case(&[1, 2], 0, false, false),
            case(&[3, 2, 2], 1, false, false),
            case(&[5, 4, 2], 1, true, true),
            case(&[3, 8, 5, 2], 1, false, false),
            case(&[70, 8, 2], 1, true, true),
            case(&[2, 3, 16, 2], 2, true, false),
            case(&[64, 3, 2], 0, false, true),
            case(&[2, 256, 2], 1, false, false),
            case(&[1024, 2], 0, true, true),
            case(&[1024, 2], 0, false, false),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
