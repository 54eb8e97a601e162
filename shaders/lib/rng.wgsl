// Counter-based random numbers, bit for bit those of src/maths/rng.rs (Threefry-2x32, 20 rounds).

fn rng_round(x: vec2u, distance: u32) -> vec2u {
    let sum = x.x + x.y;
    return vec2u(sum, ((x.y << distance) | (x.y >> (32u - distance))) ^ sum);
}

fn rng_rounds_even(x: vec2u) -> vec2u {
    return rng_round(rng_round(rng_round(rng_round(x, 13u), 15u), 26u), 6u);
}

fn rng_rounds_odd(x: vec2u) -> vec2u {
    return rng_round(rng_round(rng_round(rng_round(x, 17u), 29u), 16u), 24u);
}

fn rng_threefry(key: vec2u, counter: vec2u) -> vec2u {
    let parity = 0x1BD11BDAu ^ key.x ^ key.y;
    var x: vec2u = rng_rounds_even(counter + key);
    x = rng_rounds_odd(x + vec2u(key.y, parity + 1u));
    x = rng_rounds_even(x + vec2u(parity, key.x + 2u));
    x = rng_rounds_odd(x + vec2u(key.x, key.y + 3u));
    x = rng_rounds_even(x + vec2u(key.y, parity + 4u));
    return x + vec2u(parity, key.x + 5u);
}

fn rng_key(seed: vec2u, stream: u32) -> vec2u {
    return rng_threefry(seed, vec2u(stream, 0u));
}

fn rng_bits(seed: vec2u, stream: u32, step: u32, index: u32) -> u32 {
    return rng_threefry(rng_key(seed, stream), vec2u(step, index)).x;
}

// A multiple of 2^-24 in [0, 1), exact.
fn rng_uniform(word: u32) -> f32 {
    return f32(word >> 8u) * 5.9604644775390625e-8;
}

// Natural logarithm of n * 2^-24 for 1 <= n <= 2^24: exponent and mantissa by bits, 2 artanh(s) by its series.
fn rng_ln(n: u32) -> f32 {
    let bits = bitcast<u32>(f32(n));
    var exponent: i32 = i32(bits >> 23u) - 127 - 24;
    var mantissa: f32 = bitcast<f32>((bits & 0x007FFFFFu) | 0x3F800000u);
    if mantissa > 1.41421356 {
        mantissa = mantissa * 0.5;
        exponent = exponent + 1;
    }
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let z = s * s;
    let series = z * (0.333333333 + z * (0.2 + z * (0.142857143 + z * (0.111111111 + z * 0.0909090909))));
    return f32(exponent) * 0.693147181 + 2.0 * (s + s * series);
}

// cos(2 pi n / 2^24) for n < 2^24: the quarter turn by integers, the rest, within an eighth, by series.
fn rng_cos_turn(n: u32) -> f32 {
    let quarter = (n + 0x200000u) >> 22u;
    let x = f32(i32(n) - i32(quarter << 22u)) * 3.7450703e-7;
    let z = x * x;
    let cosine = 1.0 - z * (0.5 - z * (0.0416666667 - z * (0.00138888889 - z * 2.48015873e-5)));
    let sine = x * (1.0 - z * (0.166666667 - z * (0.00833333333 - z * (1.98412698e-4 - z * 2.75573192e-6))));
    let value = select(cosine, sine, (quarter & 1u) == 1u);
    return select(value, -value, ((quarter + 1u) & 2u) == 2u);
}

fn rng_normal(words: vec2u) -> f32 {
    return sqrt(-2.0 * rng_ln((words.x >> 8u) + 1u)) * rng_cos_turn(words.y >> 8u);
}

// A whole number below n: the high word of word * n, from products of half words.
fn rng_below(word: u32, n: u32) -> u32 {
    let low = (word & 0xFFFFu) * (n & 0xFFFFu);
    let mid = (word >> 16u) * (n & 0xFFFFu) + (low >> 16u);
    let other = (word & 0xFFFFu) * (n >> 16u) + (mid & 0xFFFFu);
    return (word >> 16u) * (n >> 16u) + (mid >> 16u) + (other >> 16u);
}

fn rng_mix(x: u32) -> u32 {
    let a = (x ^ (x >> 16u)) * 0x85EBCA6Bu;
    let b = (a ^ (a >> 13u)) * 0xC2B2AE35u;
    return b ^ (b >> 16u);
}

// Two rounds of a Feistel network on (left, right), each below mask + 1.
fn rng_feistel(x: vec2u, keys: vec2u, mask: u32) -> vec2u {
    let right = x.x ^ (rng_mix(x.y ^ keys.x) & mask);
    return vec2u(right, x.y ^ (rng_mix(right ^ keys.y) & mask));
}

// What lies at a place of the order of 0 ... n - 1 in an epoch; n <= 4^half.
fn rng_permute(key: vec2u, epoch: u32, n: u32, half: u32, place: u32) -> u32 {
    let mask = (1u << half) - 1u;
    let a = rng_threefry(key, vec2u(epoch, 0u));
    let b = rng_threefry(key, vec2u(epoch, 1u));
    let c = rng_threefry(key, vec2u(epoch, 2u));
    let d = rng_threefry(key, vec2u(epoch, 3u));
    var x: u32 = place;
    loop {
        var w: vec2u = vec2u(x >> half, x & mask);
        w = rng_feistel(rng_feistel(w, a, mask), b, mask);
        w = rng_feistel(rng_feistel(w, c, mask), d, mask);
        x = (w.x << half) | w.y;
        if x < n {
            break;
        }
    }
    return x;
}
