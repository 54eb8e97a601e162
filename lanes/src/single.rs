//! Elementary functions in single precision without a branch, so that loops over them vectorise. Each is within a few
//! units in the last place; NaN stays NaN.

/// Adding and taking away 1.5·2²³ rounds to an integer, which then sits in the low bits.
const ROUND: f32 = 12_582_912.0;
/// ln 2 in two parts; multiples of the first by up to 2⁸ are exact.
const LN2_HIGH: f32 = 0.693_145_75;
const LN2_LOW: f32 = 1.428_606_8e-6;

/// 2ⁿ for −126 ≤ n ≤ 127.
#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) << 23) as u32)
}

/// (n, eʳ − 1) for x = n ln 2 + r, |r| ≤ ½ ln 2, from a Taylor polynomial of degree 7.
#[inline(always)]
fn reduced_exp(x: f32) -> (i32, f32) {
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN2_HIGH) - n * LN2_LOW;
    // In powers of r², because the chain of dependent operations is what takes the time.
    let z = r * r;
    let tail = (1.0 / 24.0 + r * (1.0 / 120.0)) + z * (1.0 / 720.0 + r * (1.0 / 5040.0));
    let series = r + z * ((0.5 + r * (1.0 / 6.0)) + z * tail);
    ((shifted.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32), series)
}

/// eˣ with a relative error below 3e-7; overflow gives infinity, underflow 0.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    // Comparisons with NaN are false, so that NaN passes through.
    let x = if x > 90.0 { 90.0 } else { x };
    let x = if x < -105.0 { -105.0 } else { x };
    let (n, series) = reduced_exp(x);
    // In two halves, because 2ⁿ itself may be out of range.
    let half = n >> 1;
    (1.0 + series) * power_of_two(half) * power_of_two(n.wrapping_sub(half))
}

/// 1/(1 + e⁻ˣ) with a relative error below 4e-7; below −87 it stays at e⁻⁸⁷, 1.6e-38.
#[inline(always)]
pub(super) fn sigmoid(x: f32) -> f32 {
    // Then e⁻ˣ and its power of two are in range.
    let x = if x > 87.0 { 87.0 } else { x };
    let x = if x < -87.0 { -87.0 } else { x };
    let (n, series) = reduced_exp(-x);
    let power = power_of_two(n);
    1.0 / ((1.0 + power) + power * series)
}

/// tanh x = x·p(x²)/q(x²) with polynomials of degree 4, within 2.3e-8 of it up to |x| = 9.02, where tanh is 1 to the last
/// bit; relative error below 4e-7 with what is rounded. Fitted to the least largest relative error, with p(0) = q(0) = 1,
/// so that small numbers are their own tangents: half the operations of a quotient of exponentials.
#[inline(always)]
pub(super) fn tanh(x: f32) -> f32 {
    const END: f32 = 9.02 * 9.02;
    const P: [f32; 4] = [0.133_826_03, 3.497_353_7e-3, 2.063_400_6e-5, 1.338_162_3e-8];
    const Q: [f32; 4] = [0.467_159_24, 2.588_397_4e-2, 3.288_342_4e-4, 7.789_186_5e-7];
    let z = x * x;
    let z = if z > END { END } else { z };
    let w = z * z;
    let p = (1.0 + z * P[0]) + w * ((P[1] + z * P[2]) + w * P[3]);
    let q = (1.0 + z * Q[0]) + w * ((Q[1] + z * Q[2]) + w * Q[3]);
    // Beyond the end, and for what is rounded up short of it. Comparisons with NaN are false.
    let t = x * p / q;
    let t = if t > 1.0 { 1.0 } else { t };
    if t < -1.0 { -1.0 } else { t }
}

/// ln x: −∞ at 0, NaN below. From x = 2ᵏ(1 + f), 1 + f within √½ … √2, and ln(1 + f) = 2 artanh s, s = f/(2 + f).
#[inline(always)]
pub(super) fn ln(x: f32) -> f32 {
    const SQRT_HALF: i32 = 0x3f35_04f3;
    let subnormal = x < f32::MIN_POSITIVE;
    let scaled = if subnormal { x * 8_388_608.0 } else { x };
    let bits = scaled.to_bits() as i32;
    let k = bits.wrapping_sub(SQRT_HALF) >> 23;
    let f = f32::from_bits(bits.wrapping_sub(k << 23) as u32) - 1.0;
    let k = k as f32 - if subnormal { 23.0 } else { 0.0 };
    let s = f / (2.0 + f);
    let z = s * s;
    let tail = z * ((2.0 / 3.0 + z * (2.0 / 5.0)) + z * z * (2.0 / 7.0 + z * (2.0 / 9.0)));
    // 2 artanh s = f − s·(f − tail), with f²/2 taken out so that the large terms are exact.
    let half = 0.5 * f * f;
    let value = k * LN2_HIGH - ((half - (s * (half + tail) + k * LN2_LOW)) - f);
    let value = if x < f32::INFINITY { value } else { x };
    if x > 0.0 {
        value
    } else if x == 0.0 {
        f32::NEG_INFINITY
    } else {
        f32::NAN
    }
}

/// (q mod 4, sin r, cos r) for x = q π/2 + r, |r| ≤ π/4. The remainder is formed in double precision: exact to 1e-7
/// up to |x| = 10⁹.
#[inline(always)]
fn quarter_turns(x: f32) -> (u32, f32, f32) {
    /// π/2 in two parts; multiples of the first by up to 2²⁰ are exact.
    const HIGH: f64 = 1.570_796_326_734_125_6;
    const LOW: f64 = 6.077_100_506_506_192e-11;
    /// 1.5·2⁵².
    const ROUND: f64 = 6_755_399_441_055_744.0;
    let x = f64::from(x);
    let shifted = x * std::f64::consts::FRAC_2_PI + ROUND;
    let q = shifted - ROUND;
    let r = ((x - q * HIGH) - q * LOW) as f32;
    let z = r * r;
    let sin = r + r * z * (-1.0 / 6.0 + z * (1.0 / 120.0 + z * (-1.0 / 5040.0 + z * (1.0 / 362_880.0))));
    let tail = 1.0 / 24.0 + z * (-1.0 / 720.0 + z * (1.0 / 40_320.0 + z * (-1.0 / 3_628_800.0)));
    let cos = 1.0 + z * (-0.5 + z * tail);
    (shifted.to_bits() as u32, sin, cos)
}

/// sin x; NaN for an infinite x.
#[inline(always)]
pub(super) fn sin(x: f32) -> f32 {
    let (q, sin, cos) = quarter_turns(x);
    let value = if q & 1 == 0 { sin } else { cos };
    f32::from_bits(value.to_bits() ^ ((q & 2) << 30))
}

/// cos x; NaN for an infinite x.
#[inline(always)]
pub(super) fn cos(x: f32) -> f32 {
    let (q, sin, cos) = quarter_turns(x);
    let value = if q & 1 == 0 { cos } else { sin };
    f32::from_bits(value.to_bits() ^ ((q.wrapping_add(1) & 2) << 30))
}
