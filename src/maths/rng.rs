//! Counter-based random numbers: a draw is a function of (seed, stream, step, index), never of what was drawn before.
//!
//! Threefry-2×32 with 20 rounds (Salmon et al. 2011, *Parallel random numbers: as easy as 1, 2, 3*), which needs only
//! additions, rotations and exclusive-ors of 32-bit words; `shaders/lib/rng.wgsl` gives the same bits.

use std::f64::consts::TAU;

/// Rotation distances of Threefry-2×32.
const ROTATIONS: [u32; 8] = [13, 15, 26, 6, 17, 29, 16, 24];
/// Skein's key-schedule parity word.
const PARITY: u32 = 0x1BD1_1BDA;

/// Two words of Threefry-2×32-20 for a key and a counter.
#[inline]
pub fn threefry2x32(key: [u32; 2], counter: [u32; 2]) -> [u32; 2] {
    let ks = [key[0], key[1], PARITY ^ key[0] ^ key[1]];
    let mut x0 = counter[0].wrapping_add(ks[0]);
    let mut x1 = counter[1].wrapping_add(ks[1]);
    for block in 0..5_usize {
        for round in 0..4 {
            x0 = x0.wrapping_add(x1);
            x1 = x1.rotate_left(ROTATIONS[(block % 2) * 4 + round]) ^ x0;
        }
        x0 = x0.wrapping_add(ks[(block + 1) % 3]);
        x1 = x1.wrapping_add(ks[(block + 2) % 3]).wrapping_add(block as u32 + 1);
    }
    [x0, x1]
}

/// The low and the high word of a seed.
pub fn seed_words(seed: u64) -> [u32; 2] {
    [seed as u32, (seed >> 32) as u32]
}

/// Key of one stream of a seed.
pub fn stream_key(seed: u64, stream: u64) -> [u32; 2] {
    threefry2x32(seed_words(seed), seed_words(stream))
}

/// Random word number (`step`, `index`) of a stream of a seed; stateless, the twin of `rng_bits` in WGSL.
pub fn bits(seed: u64, stream: u32, step: u32, index: u32) -> u32 {
    threefry2x32(stream_key(seed, u64::from(stream)), [step, index])[0]
}

/// A uniform number in [0, 1) from the upper 24 bits of a word: exact, and the same, in f32 and in f64.
pub fn uniform_from_bits(word: u32) -> f64 {
    f64::from(word >> 8) / f64::from(1_u32 << 24)
}

/// A standard normal number from two words (Box & Muller 1958): √(−2 ln u) cos 2πv with u in (0, 1], v in [0, 1).
pub fn normal_from_bits(words: [u32; 2]) -> f64 {
    let u = f64::from((words[0] >> 8) + 1) / f64::from(1_u32 << 24);
    (-2.0 * u.ln()).sqrt() * (TAU * uniform_from_bits(words[1])).cos()
}

/// One standard normal number, element `index` of draw `step` of a keyed stream.
#[inline]
pub fn normal_at(key: [u32; 2], step: u32, index: u32) -> f64 {
    normal_from_bits(threefry2x32(key, [step, index]))
}

/// A whole number below `n` from a word, ⌊word·n / 2³²⌋: exact on every machine, uneven by less than n/2³².
#[inline]
pub fn below_from_bits(word: u32, n: u32) -> u32 {
    ((u64::from(word) * u64::from(n)) >> 32) as u32
}

/// A bijection of 0 … n − 1 that is evaluated place by place, without a table: the order of the rows in one epoch.
///
/// A balanced Feistel network of eight rounds (Luby & Rackoff 1988) on the smallest square of a power of two that holds
/// n, walked along its cycle until it is below n again (Black & Rogaway 2002), in four evaluations on average at most, and
/// thirteen where n is below 16.
/// `rng_permute` in WGSL gives the same places.
#[derive(Clone, Debug)]
pub struct Permutation {
    keys: [u32; 8],
    half: u32,
    n: u32,
}

impl Permutation {
    /// The order of `epoch` in a keyed stream ([`stream_key`]), n ≥ 1.
    pub fn new(key: [u32; 2], epoch: u32, n: u32) -> Self {
        let mut keys = [0; 8];
        for (pair, words) in keys.chunks_exact_mut(2).enumerate() {
            words.copy_from_slice(&threefry2x32(key, [epoch, pair as u32]));
        }
        Self { keys, half: Self::half_bits(n), n }
    }

    /// Bits of half a word of the network: the least h with 4ʰ ≥ n, but not 2, as sixteen places have even orders only,
    /// which shows in walks among a few of them.
    pub fn half_bits(n: u32) -> u32 {
        let half = (32 - n.saturating_sub(1).leading_zeros()).div_ceil(2);
        if half == 2 { 3 } else { half.max(1) }
    }

    /// What lies at a place below n; any other place is taken for 0.
    pub fn at(&self, place: u32) -> u32 {
        let mut x = if place < self.n { place } else { 0 };
        loop {
            x = self.encrypt(x);
            if x < self.n {
                return x;
            }
        }
    }

    fn encrypt(&self, x: u32) -> u32 {
        let mask = (1_u32 << self.half) - 1;
        let (mut left, mut right) = (x >> self.half, x & mask);
        for key in self.keys {
            (left, right) = (right, left ^ (mix(right ^ key) & mask));
        }
        left << self.half | right
    }
}

/// A word in which every bit depends on every bit of x (the finaliser of MurmurHash3).
#[inline]
fn mix(x: u32) -> u32 {
    let x = (x ^ x >> 16).wrapping_mul(0x85EB_CA6B);
    let x = (x ^ x >> 13).wrapping_mul(0xC2B2_AE35);
    x ^ x >> 16
}

/// A sequence of random numbers on the host; two of the same seed and stream agree for ever.
#[derive(Clone, Debug)]
pub struct Rng {
    key: [u32; 2],
    counter: u64,
}

impl Rng {
    /// The sequence of a seed and a stream; different streams of one seed are independent.
    pub fn new(seed: u64, stream: u64) -> Self {
        Self { key: stream_key(seed, stream), counter: 0 }
    }

    fn next_pair(&mut self) -> [u32; 2] {
        let [low, high] = seed_words(self.counter);
        self.counter += 1;
        threefry2x32(self.key, [high, low])
    }

    /// The next word, uniform over all 2³² values.
    pub fn next_u32(&mut self) -> u32 {
        self.next_pair()[0]
    }

    /// The next number in [0, 1), a multiple of 2⁻²⁴.
    pub fn uniform(&mut self) -> f64 {
        uniform_from_bits(self.next_u32())
    }

    /// The next standard normal number.
    pub fn normal(&mut self) -> f64 {
        normal_from_bits(self.next_pair())
    }
}
