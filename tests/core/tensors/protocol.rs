//! Seeds, scales, batches and recipes.

use equiscope::data::tasks::{Part, Task};
use equiscope::labs::tensors::protocol::{Feed, Presentation, Rows, Scaler, Seeds};
use equiscope::labs::tensors::recipe::{Length, Recipe};
use equiscope::labs::tensors::task::{Motion, act_inputs, act_outputs, motions};
use equiscope::maths::rng::Rng;
use equiscope::nn::tensors::Kind;
use std::collections::BTreeSet;

const SCALED: Presentation = Presentation::Scaled;

#[test]
fn one_seed_gives_four_different_ones() {
    let s = Seeds::split(3);
    let all = BTreeSet::from([s.data, s.init, s.order, s.noise]);
    assert_eq!(all.len(), 4);
    assert_eq!(s, Seeds::split(3));
    assert_ne!(s.data, Seeds::split(4).data);
    // What JSON can hold in every language.
    assert!(all.iter().all(|&v| v < 1 << 53));
}

#[test]
fn scaled_samples_have_unit_size_and_predictions_come_back_in_their_own_units() {
    for task in [Task::O5, Task::Inertia, Task::Lorentz, Task::NBody] {
        let s = task.draw(2, Part::Train, 50);
        let scaler = Scaler::fit(task, SCALED, &s);
        let mut rows = Rows::default();
        scaler.push(&mut rows, &s.t0, &s.t1, &s.y);
        let size = |v: &[f32]| (v.iter().map(|x| x * x).sum::<f32>() / v.len() as f32).sqrt();
        assert!((size(&rows.t1) - 1.0).abs() < 1e-4, "{task:?}");
        for (seen, own) in rows.y.iter().zip(&s.y) {
            let back = scaler.prediction(f64::from(*seen));
            assert!((back - own).abs() < 1e-5 * (1.0 + own.abs()), "{task:?}");
        }
        if task.shapes().rank == 0 {
            let mean = rows.y.iter().sum::<f32>() / rows.y.len() as f32;
            assert!(mean.abs() < 1e-4 && (size(&rows.y) - 1.0).abs() < 1e-4, "{task:?}");
        }
    }
}

#[test]
fn scaling_commutes_with_the_symmetry() {
    // Vectors and tensors are only ever multiplied; a shift of their components would show here.
    let task = Task::Inertia;
    let s = task.draw(2, Part::Train, 1);
    let scaler = Scaler::fit(task, SCALED, &task.draw(2, Part::Train, 50));
    let seen = |t1: &[f64], y: &[f64]| {
        let mut rows = Rows::default();
        scaler.push(&mut rows, &s.t0, t1, y);
        (rows.t1, rows.y)
    };
    let as_f64 = |v: &[f32]| v.iter().map(|&x| f64::from(x)).collect::<Vec<_>>();
    for g in motions(task, 10, 1.0, false, &mut Rng::new(0, 0)) {
        let (x, y) = seen(&s.t1, &s.y);
        let (gx, gy) = seen(&act_inputs(task, &g, &s.t1), &act_outputs(task, &g, &s.y));
        let then = [act_inputs(task, &g, &as_f64(&x)), act_outputs(task, &g, &as_f64(&y))].concat();
        let first = [as_f64(&gx), as_f64(&gy)].concat();
        assert!(then.iter().zip(&first).all(|(a, b)| (a - b).abs() < 1e-5));
    }
}

#[test]
fn epochs_hold_every_sample_once_in_an_order_of_their_own() {
    let feed = |n| Feed::new(Task::O5, SCALED, n, 250, Seeds::split(1), false);
    let f = feed(300);
    assert_eq!((f.batch, f.batches), (150, 2));
    assert_eq!((feed(1000).batch, feed(1000).batches), (250, 4));
    assert_eq!((feed(30).batch, feed(30).batches), (30, 1));
    let (a, b) = (f.epoch(0), f.epoch(1));
    assert_eq!(a, feed(300).epoch(0));
    assert_ne!(a.y, b.y);
    let sorted = |v: &[f32]| {
        let mut v = v.to_vec();
        v.sort_by(f32::total_cmp);
        v
    };
    assert_eq!(sorted(&a.y), sorted(&b.y));
    assert_eq!(a.y.len(), 300);
}

#[test]
fn augmented_epochs_move_every_sample_and_its_target() {
    for task in [Task::Inertia, Task::Lorentz, Task::O5] {
        let feed = |augmented| Feed::new(task, Presentation::Raw, 20, 20, Seeds::split(1), augmented);
        let (still, moved) = (feed(false).epoch(3), feed(true).epoch(3));
        let shapes = task.shapes();
        let (width, k) = (shapes.dim * shapes.t1, shapes.outputs());
        for i in 0..20 {
            let part = |v: &[f32], w: usize| v[i * w..(i + 1) * w].to_vec();
            assert_ne!(part(&still.t1, width), part(&moved.t1, width), "{task:?}");
            // The target of the moved sample is the moved target.
            let t0: Vec<f64> = part(&moved.t0, shapes.t0).iter().map(|&v| f64::from(v)).collect();
            let t1: Vec<f64> = part(&moved.t1, width).iter().map(|&v| f64::from(v)).collect();
            let truth = task.target(&t0, &equiscope::data::tasks::unpack(&t1, shapes.dim));
            for (a, b) in truth.iter().zip(part(&moved.y, k)) {
                assert!((a - f64::from(b)).abs() < 1e-4 * (1.0 + a.abs()), "{task:?}: {a} {b}");
            }
        }
    }
}

#[test]
fn particles_are_shifted_and_their_velocities_are_not() {
    let g = Motion {
        shift: vec![1.0, 2.0, 3.0],
        ..motions(Task::NBody, 1, 1.0, false, &mut Rng::new(5, 0))[0].clone()
    };
    let zero = vec![0.0; 30];
    let moved = act_inputs(Task::NBody, &g, &zero);
    for (i, row) in moved.chunks(10).enumerate() {
        assert!(row[..5].iter().all(|&v| v == g.shift[i]) && row[5..].iter().all(|&v| v == 0.0));
    }
    assert_eq!(act_outputs(Task::NBody, &g, &[0.0; 15])[5], 2.0);
}

#[test]
fn recipes_have_names_and_lengths() {
    for recipe in Recipe::ALL {
        assert_eq!(Recipe::named(recipe.name), Some(recipe));
    }
    assert_eq!(Length::Steps(2400).epochs(1000, 4), 600);
    assert_eq!(Length::Samples(900_000, 1000).epochs(30, 1), 1000);
    assert_eq!(Length::Samples(900_000, 1000).epochs(3000, 6), 300);
    let recipe = Recipe::of(Kind::Grepsnet, Task::Lorentz, 1000);
    assert!(recipe.course(0, 2400) < 0.03 && recipe.course(49, 2400) == 1.0);
    assert!(recipe.course(2399, 2400) < 1e-5);
}
