//! The wrong group for the data: what is invariant under O(3) stays at the variance of a target that is odd under mirrors.

use equiscope::data::tasks::{Part, Samples, Task};
use equiscope::engine::{CpuExecutor, Executor, Plan};
use equiscope::labs::tensors::model::{NETS, Pair};
use equiscope::labs::tensors::settings::Settings;
use equiscope::nn::tensors::Kind;
use std::sync::Arc;

/// Samples, and after them their images under the mirror x ↦ −x, with the targets that they really have.
fn with_mirror_images(count: usize) -> Samples {
    let mut s = Task::Chirality.draw(7, Part::Test, count);
    s.t1.extend(s.t1.clone().iter().map(|v| -v));
    let vectors = |i: usize| equiscope::data::tasks::unpack(&s.t1[9 * i..9 * (i + 1)], 3);
    let images: Vec<f64> =
        (count..2 * count).flat_map(|i| Task::Chirality.target(&[], &vectors(i))).collect();
    s.y.extend(images);
    s.count = 2 * count;
    s
}

/// Mean squared errors of the model and of its twin on such samples after some steps, and the mean square of the targets.
fn trained(s: &Settings, steps: u32) -> ([f64; 2], f64) {
    let pair = Pair::new(s).unwrap();
    let plan = Arc::new(Plan::compile(&pair.training(s.n).unwrap()).unwrap());
    let mut training = CpuExecutor::<f32>::new(Arc::clone(&plan));
    training.set_params(&plan.params().init(s.init)).unwrap();
    training.set_seed(s.seed);
    training.set_knob("lr", s.learning_rate).unwrap();
    let samples = s.task.draw(s.seed, Part::Train, s.n);
    for (name, values) in pair.data(&samples).into_iter().filter(|(_, v)| !v.is_empty()) {
        training.write(name, &values).unwrap();
    }
    training.run(steps).unwrap();

    let test = with_mirror_images(1000);
    let forward_plan = Arc::new(Plan::compile(&pair.forward(test.count).unwrap()).unwrap());
    let mut values = vec![0.0; forward_plan.params().len];
    forward_plan.params().transfer(plan.params(), &training.read("params").unwrap(), &mut values);
    let mut forward = CpuExecutor::<f32>::new(forward_plan);
    forward.set_params(&values).unwrap();
    forward.write("t1", &test.t1.iter().map(|v| *v as f32).collect::<Vec<_>>()).unwrap();
    forward.run(1).unwrap();
    let mean = |v: &mut dyn Iterator<Item = f64>| v.sum::<f64>() / test.count as f64;
    let error = |name: &str| {
        let y = forward.read(name).unwrap();
        mean(&mut y.iter().zip(&test.y).map(|(f, y)| (f64::from(*f) - y).powi(2)))
    };
    (NETS.map(error), mean(&mut test.y.iter().map(|y| y * y)))
}

fn settings(model: Kind, proper: bool) -> Settings {
    let mut s = Settings::default();
    s.set_task(Task::Chirality);
    assert!(s.proper, "the task opens with the symmetry of its data");
    Settings { model, proper, n: 3000, batch: 100, ..s }
}

#[test]
fn blind_to_mirrors_means_stuck_at_the_variance_and_a_plain_network_is_not() {
    for (model, proper) in [(Kind::Emlp, false), (Kind::Grepsnet, true), (Kind::GrepsnetReleased, false)] {
        let ([blind, plain], variance) = trained(&settings(model, proper), 600);
        // (f − y)² + (f + y)² = 2f² + 2y²: exact on samples that come with their mirror images.
        assert!(blind > variance * (1.0 - 1e-5), "{model}: {blind} of {variance}");
        assert!(plain < 0.8 * variance, "{plain} of {variance}");
    }
}

#[test]
fn the_group_of_the_data_tells_left_from_right() {
    let ([emlp, _], variance) = trained(&settings(Kind::Emlp, true), 600);
    assert!(emlp < 0.1 * variance, "{emlp} of {variance}");
}
