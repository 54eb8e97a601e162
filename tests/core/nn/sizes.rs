//! Parameter counts and allocations against published numbers, and the start.

use super::support::{Data, more, network, run, tasks};
use equiscope::engine::kernels::EVERYWHERE;
use equiscope::engine::{Builder, Init, Optimiser, Plan};
use equiscope::nn::init::uniform_fan_in;
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
            for seed in 0..2 {
                let out = run::<f64>(&net, seed, &Data::normal(&io, 20, seed));
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

#[test]
fn uniform_starts_fill_their_interval() {
    let Init::Uniform { low, high } = uniform_fan_in(16) else { panic!("not uniform") };
    assert_eq!((low, high), (-0.25, 0.25));
    let b = Builder::new();
    b.output("w", b.param("w", &[4000], uniform_fan_in(16)));
    let values = Plan::compile(&b.finish().unwrap()).unwrap().params().init(3);
    let values: Vec<f64> = values[..4000].iter().map(|v| f64::from(*v)).collect();
    let moment = |k: i32| values.iter().map(|v| (v / high).powi(k)).sum::<f64>() / 4000.0;
    assert!(values.iter().all(|v| (low..=high).contains(v)));
    // Four standard errors of 4000 draws.
    assert!(moment(1).abs() < 0.04 && (moment(2) - 1.0 / 3.0).abs() < 0.02, "{} {}", moment(1), moment(2));
}

#[test]
fn training_needs_no_kernel_that_the_browser_lacks() {
    for (name, io) in tasks() {
        for kind in Kind::ALL.into_iter().filter(|k| k.takes(&io)) {
            let b = Builder::new();
            let t0 = (io.t0_in > 0).then(|| b.input("t0", &[3, io.t0_in]));
            let t1 = b.input("t1", &[3, io.space.dim(), io.t1_in]);
            let out = network(kind, &io).build(&b, "net", t0, Some(t1)).unwrap();
            let losses = [out.t0, out.t1, out.t2].into_iter().flatten().map(|v| v.square().mean());
            b.train(&[("loss", losses.reduce(|a, c| a + c).unwrap())], Optimiser::Adam);
            for step in &Plan::compile(&b.finish().unwrap()).unwrap().steps {
                assert!(EVERYWHERE.contains(&step.stem.as_str()), "{kind} on {name} needs {}", step.stem);
            }
        }
    }
}
