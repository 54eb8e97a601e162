//! The order of the functions in a bundle: like beside like.
//!
//! gzip finds what repeats within the last 32 kB. Code in the order of its compilation, or of how often it is called,
//! has its repetitions megabytes apart: the many copies of a generic function, the panels of two labs. An order in which
//! each function follows what it resembles most costs nothing and takes a twentieth off what a visitor downloads.

use std::collections::HashMap;

/// Functions are alike by the runs of so many bytes that they share: an instruction or two with their constants.
const RUN: usize = 6;

/// Runs in more functions than this tell nothing.
const COMMON: usize = 150;

/// Bytes that are looked back for likeness: gzip's window, less what the next function itself takes.
const WINDOW: usize = 26_000;

/// Added to the number of a function's runs, of which the share that is in the window counts: small functions, of which
/// all may be there by chance, would come first otherwise.
const DOUBT: f64 = 60.0;

/// An order of the functions with these bodies, as their numbers. It begins with the first, and follows from the bodies
/// alone.
pub fn by_likeness(bodies: &[&[u8]]) -> Vec<usize> {
    let runs = shared_runs(bodies);
    let mut holders = vec![Vec::new(); runs.iter().flatten().max().map_or(0, |last| last + 1)];
    for (function, runs) in runs.iter().enumerate() {
        runs.iter().for_each(|&run| holders[run].push(function));
    }
    let mut window = Window { count: vec![0; holders.len()], holders, met: vec![0; bodies.len()] };
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    let (mut order, mut oldest, mut inside) = (Vec::with_capacity(bodies.len()), 0, 0);
    while !left.is_empty() {
        // Of equals, the one that is first as things are.
        let mut best = (0, 0.0);
        for (at, &function) in left.iter().enumerate().filter(|(_, function)| window.met[**function] > 0) {
            let share = f64::from(window.met[function]) / (runs[function].len() as f64 + DOUBT);
            if share > best.1 {
                best = (at, share);
            }
        }
        let next = left.remove(best.0);
        order.push(next);
        window.add(&runs[next]);
        inside += bodies[next].len();
        while inside > WINDOW && oldest + 1 < order.len() {
            window.remove(&runs[order[oldest]]);
            inside -= bodies[order[oldest]].len();
            oldest += 1;
        }
    }
    order
}

/// What the functions placed last have in common with all others.
struct Window {
    /// Functions that have a run, by run.
    holders: Vec<Vec<usize>>,
    /// How many functions in the window have a run.
    count: Vec<u32>,
    /// How many of a function's runs are in the window.
    met: Vec<u32>,
}

impl Window {
    fn add(&mut self, runs: &[usize]) {
        for &run in runs {
            self.count[run] += 1;
            if self.count[run] == 1 {
                self.holders[run].iter().for_each(|&function| self.met[function] += 1);
            }
        }
    }

    fn remove(&mut self, runs: &[usize]) {
        for &run in runs {
            self.count[run] -= 1;
            if self.count[run] == 0 {
                self.holders[run].iter().for_each(|&function| self.met[function] -= 1);
            }
        }
    }
}

/// For every function the runs that it shares with some, but not with too many; runs are numbered.
fn shared_runs(bodies: &[&[u8]]) -> Vec<Vec<usize>> {
    let runs: Vec<Vec<u64>> = bodies.iter().map(|body| different_runs(body)).collect();
    let mut holders: HashMap<u64, usize> = HashMap::new();
    runs.iter().flatten().for_each(|run| *holders.entry(*run).or_default() += 1);
    let mut numbers: HashMap<u64, usize> = HashMap::new();
    let mut number = |run: u64| {
        let next = numbers.len();
        *numbers.entry(run).or_insert(next)
    };
    let shared = |run: &u64| (2..=COMMON).contains(&holders[run]);
    runs.into_iter().map(|runs| runs.into_iter().filter(shared).map(&mut number).collect()).collect()
}

/// The runs of a function, each once and as a number.
fn different_runs(body: &[u8]) -> Vec<u64> {
    let number = |run: &[u8]| run.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
    let mut runs: Vec<u64> = body.windows(RUN).map(number).collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes without a pattern.
    fn noise(seed: u64, length: usize) -> Vec<u8> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn like_comes_beside_like() {
        // Three families of four, one after the other; half of a body belongs to its family.
        let body = |i: usize| [noise(i as u64 % 3, 300), noise(100 + i as u64, 300)].concat();
        let bodies: Vec<Vec<u8>> = (0..12).map(body).collect();
        let order = by_likeness(&bodies.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let families: Vec<Vec<usize>> =
            order.chunks(4).map(|chunk| chunk.iter().map(|i| i % 3).collect()).collect();
        assert_eq!(families, [[0; 4], [1; 4], [2; 4]]);
    }

    #[test]
    fn everything_is_placed_once_and_what_left_the_window_counts_no_more() {
        // The first and the last are one; what lies between is longer than the window.
        let mut bodies: Vec<Vec<u8>> = (0..40).map(|i| noise(i, 1_000)).collect();
        bodies.push([noise(0, 500), noise(77, 500)].concat());
        bodies.push(Vec::new());
        let order = by_likeness(&bodies.iter().map(Vec::as_slice).collect::<Vec<_>>());
        assert_eq!(order[..2], [0, 40], "at once, while its like is in the window");
        let mut sorted = order;
        sorted.sort_unstable();
        assert_eq!(sorted, (0..42).collect::<Vec<_>>());
        assert_eq!(by_likeness(&[]), []);
    }
}
