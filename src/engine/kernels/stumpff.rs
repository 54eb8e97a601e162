//! Stumpff's functions, elementwise: `c_k(x)` = Σᵢ (−x)ⁱ / (k + 2i)!, so c₀ = cos √x, c₁ = sin √x / √x,
//! c₂ = (1 − cos √x)/x, and hyperbolic for x < 0; smooth through 0. Attributes: ints = [k], k ≤ 12.
//!
//! `c_k′` = (k `c_(k+2)` − `c_(k+1)`)/2, so that derivatives of all orders are the same functions again, up to k = 12.
//! Domain: −7000 < x < 1e5. Exponentials of so(3), sl(2) and of boosts are 1 + c₁ X + c₂ X².
//!
//! Accuracy of the shader (k = 0, 1, 2; −100 < x < 100): |Δ| ≤ 4 ε K, K = |`c_k`| + 1/k! + 2 |x `c_k`′|, ε = 2⁻²⁴;
//! measured 1.1, 1.2 and 1.7 ε K over 10⁵ samples.

use super::small::choice;
use super::{
    Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Real;

/// The kernel.
pub struct Stumpff;
/// Its registry entry.
pub static KERNEL: Stumpff = Stumpff;

/// Largest k.
const MOST: u32 = 12;
/// Terms of the series: enough for f64 where it is used.
const TERMS: u32 = 22;

/// `c_k(x)`.
pub fn stumpff<T: Real>(k: u32, x: T) -> T {
    let number = |i: u32| T::from_f64(f64::from(i));
    if T::from_f64(2.0) * x.abs() <= number((k + 1) * (k + 2)) {
        let series = (1..=TERMS).rev().fold(T::ONE, |sum, i| {
            let n = k + 2 * i;
            T::ONE - x / number((n - 1) * n) * sum
        });
        return (2..=k).fold(series, |sum, i| sum / number(i));
    }
    let (s, half) = (x.abs().sqrt(), T::from_f64(0.5));
    let e = s.exp();
    let mut value = match (k.is_multiple_of(2), x > T::ZERO) {
        (true, true) => s.cos(),
        (false, true) => s.sin() / s,
        (true, false) => half * (e + T::ONE / e),
        (false, false) => half * (e - T::ONE / e) / s,
    };
    // From one to the next but one; x is large enough for this to keep the digits.
    let mut factorial = T::ONE;
    for j in (k % 2..k).step_by(2) {
        value = (T::ONE / factorial - value) / x;
        factorial *= number((j + 1) * (j + 2));
    }
    value
}

fn run<T: Real>(call: &mut Call<'_, T>) {
    let k = call.overrides[0];
    call.writes[0].iter_mut().zip(call.reads[0]).for_each(|(y, &x)| *y = stumpff(k, x));
}

impl Kernel for Stumpff {
    fn stem(&self) -> &'static str {
        "stumpff"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("count", Ty::U32)],
            overrides: &["K"],
            bindings: const { &[Binding::read("x"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        choice(attrs, MOST + 1)?;
        Ok(reads[0].to_vec())
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[0]);
        Launch {
            uniforms: vec![count as u32],
            overrides: vec![attrs.int(0)],
            workgroups: grid(count, 64),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        Ok(vec![Some(cx.g * cx.inputs[0].stumpff_slope(cx.attrs.int(0)))])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |k: u32, shape: &[usize], most: f64| {
            Case::new(Attrs::ints(&[k]), vec![Feed::on(shape, Domain::Range(-most, most))])
        };
        let mut cases: Vec<Case> = (0..=5).map(|k| case(k, &[7, 13], 12.0)).collect();
        cases.extend([case(0, &[1], 1.0), case(8, &[70], 60.0), case(2, &[3, 5, 2], 0.1)]);
        cases
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::ELEMENTWISE
    }
}
