// Functions that keep the digits of f32 where the built-in ones need not: WGSL allows sin and cos an absolute error of
// 2^-11, and exp one that grows with its argument. Relative errors here are a few units in the last place.

// e^x for |x| < 87: x = n ln 2 + r, |r| <= ln 2 / 2, a Taylor polynomial in r, and 2^n from bits.
fn precise_exp(x: f32) -> f32 {
    let n = round(clamp(x, -87.0, 88.0) * 1.44269504);
    let r = (clamp(x, -87.0, 88.0) - n * 0.693145752) - n * 1.42860677e-6;
    let tail = 0.0416666667 + r * (0.00833333333 + r * (0.00138888889 + r * 1.98412698e-4));
    let series = 1.0 + r * (1.0 + r * (0.5 + r * (0.166666667 + r * tail)));
    let half = i32(n) >> 1u;
    let low = bitcast<f32>((half + 127) << 23u);
    return series * low * bitcast<f32>((i32(n) - half + 127) << 23u);
}

// artanh(sqrt z) / sqrt z for 0 <= z, arctan(sqrt -z) / sqrt -z below: one polynomial, for |z| <= tan(pi/8)^2 = 0.1716.
fn precise_arc(z: f32) -> f32 {
    let tail = 0.142823532 + z * (0.111081421 + z * (0.0939317346 + z * 0.079591915));
    return 1.0 + z * (0.333333403 + z * (0.200000048 + z * tail));
}

// Natural logarithm of a positive normal number: exponent and mantissa by bits, 2 artanh((m - 1) / (m + 1)).
fn precise_log(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let up = (bits & 0x007FFFFFu) > 0x003504F3u;
    let m = bitcast<f32>((bits & 0x007FFFFFu) | select(0x3F800000u, 0x3F000000u, up));
    let n = f32(i32(bits >> 23u) - select(127, 126, up));
    let s = (m - 1.0) / (m + 1.0);
    return n * 0.693145752 + (n * 1.42860677e-6 + 2.0 * s * precise_arc(s * s));
}

// The angle in [0, pi] of cosine c and sine s >= 0, up to a common factor, divided by s: 1 at the angle 0 and factor 1.
fn precise_angle_over_sine(s: f32, c: f32) -> f32 {
    let a = abs(c);
    let steep = s > 2.41421356 * a;
    if !steep && s <= 0.414213562 * a {
        let ratio = s / a;
        let small = precise_arc(-ratio * ratio) / a;
        return select(small, 3.14159265 / max(s, 1e-30) - small, c < 0.0);
    }
    let top = select(s - a, -a, steep);
    let bottom = select(s + a, s, steep);
    let t = top / max(bottom, 1e-30);
    let first = select(0.785398163, 1.57079633, steep) + t * precise_arc(-t * t);
    return select(first, 3.14159265 - first, c < 0.0) / max(s, 1e-30);
}

// Stumpff's functions c_k(x) = sum over i of (-x)^i / (k + 2i)!, k <= 12: c_0 = cos sqrt x, c_1 = sin sqrt x / sqrt x,
// c_2 = (1 - cos sqrt x) / x, ..., hyperbolic for x < 0. For |x| <= 1e5, and x > -7000.
fn stumpff(k: u32, x: f32) -> f32 {
    if 2.0 * abs(x) <= f32((k + 1u) * (k + 2u)) {
        return stumpff_series(k, x);
    }
    let s = sqrt(abs(x));
    let even = (k & 1u) == 0u;
    var value: f32 = 0.0;
    if x > 0.0 {
        value = stumpff_circular(even, s);
    } else {
        let e = precise_exp(s);
        value = select((e - 1.0 / e) / s, e + 1.0 / e, even) * 0.5;
    }
    // c_(j+2) = (1/j! - c_j) / x keeps the digits, as x is large.
    var factorial: f32 = 1.0;
    for (var j: u32 = k & 1u; j < k; j += 2u) {
        value = (1.0 / factorial - value) / x;
        factorial *= f32((j + 1u) * (j + 2u));
    }
    return value;
}

fn stumpff_series(k: u32, x: f32) -> f32 {
    var sum: f32 = 1.0;
    for (var i: u32 = k + 22u; i > k; i -= 2u) {
        sum = 1.0 - x / f32((i - 1u) * i) * sum;
    }
    for (var i: u32 = 2u; i <= k; i += 1u) {
        sum /= f32(i);
    }
    return sum;
}

// cos s, or sin s / s: pi/2 in three pieces (Cody and Waite), and the series within an eighth of a turn.
fn stumpff_circular(even: bool, s: f32) -> f32 {
    let n = round(s * 0.636619772);
    let r = ((s - n * 1.5703125) - n * 4.83751297e-4) - n * 7.54978995e-8;
    let turns = u32(n) + select(3u, 0u, even);
    let odd = (turns & 1u) == 1u;
    let value = stumpff_series(u32(odd), r * r) * select(1.0, r, odd);
    return select(value, -value, ((turns + 1u) & 2u) == 2u) / select(s, 1.0, even);
}
