//! Parameter counts and allocations against published numbers, and the start.

use super::support::{Data, more, network, run, tasks};
use equiscope::nn::tensors::emlp::uniform;
use equiscope::nn::tensors::{Io, Kind};

#[test]
fn parameter_counts_are_the_published_ones() {
    let [o5, inertia, lorentz, _] = tasks().map(|(_, io)| io);
    let count = |kind, io: &Io| network(kind, io).parameters();
    let strong = [&o5, &inertia, &lorentz].map(|io| count(Kind::Grepsnet, io));
    assert_eq!(strong, [79_249, 94_320, 65_713]);
    let released = [&o5, &inertia, &lorentz].map(|io| count(Kind::GrepsnetReleased, io));
    assert_eq!(released, [30_300, 233_200, 30_500]);
    // 10-384-384-384-1.
    assert_eq!(count(Kind::Mlp, &o5), 11 * 384 + 2 * 385 * 384 + 385);
}

#[test]
fn channels_are_shared_among_ranks_as_published() {
    assert_eq!(uniform(384, 5), [134, 25, 5]);
    assert_eq!(uniform(384, 3), [102, 34, 11, 3]);
    assert_eq!(uniform(384, 4), [112, 28, 6, 1]);
    for d in 2..6 {
        for channels in 1..600 {
            let counts = uniform(channels, d);
            let total: usize = counts.iter().enumerate().map(|(r, n)| n * d.pow(r as u32)).sum();
            assert_eq!(total, channels, "{channels} on R^{d}: {counts:?}");
        }
    }
}

#[test]
fn outputs_start_neither_tiny_nor_huge() {
    for (name, io) in tasks().into_iter().chain(more()) {
        for kind in Kind::ALL.into_iter().filter(|k| k.takes(&io)) {
            let net = network(kind, &io);
            let (mut square, mut count) = (0.0, 0);
            for seed in 0..4 {
                let out = run::<f64>(&net, seed, &Data::normal(&io, 30, seed));
                for part in out.parts.iter().filter(|p| !p.is_empty()) {
                    square += part.iter().map(|v| v * v).sum::<f64>();
                    count += part.len();
                }
            }
            let size = (square / count as f64).sqrt();
            assert!((0.01..10.0).contains(&size), "{kind} on {name}: {size:.1e}");
        }
    }
}
