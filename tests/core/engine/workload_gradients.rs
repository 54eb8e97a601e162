//! First losses and gradients of the workloads against PyTorch's in f64; tests/reference/workloads.py writes the data.

use std::sync::Arc;

use equiscope::bench::{Prepared, WORKLOADS, find};
use equiscope::engine::exec::{CpuExecutor, Executor};
use equiscope::engine::kernels::Element;
use equiscope::engine::plan::Plan;
use equiscope::maths::real::Real;
use serde::Deserialize;

/// A workload of the reference.
#[derive(Deserialize)]
struct Entry {
    id: String,
    loss: f64,
    /// Of parameters, in order of declaration.
    shapes: Vec<Vec<usize>>,
}

/// Entries with the gradients of their parameters.
fn reference() -> Vec<(Entry, Vec<Vec<f64>>)> {
    const INDEX: &str = include_str!("../../reference/workloads.json");
    const DATA: &[u8] = include_bytes!("../../reference/workloads.f32");
    let mut numbers = DATA.chunks_exact(4).map(|b| f64::from(f32::from_le_bytes(b.try_into().unwrap())));
    let entries: Vec<Entry> = serde_json::from_str(INDEX).unwrap();
    let with_gradients = entries.into_iter().map(|entry| {
        let take = |shape: &Vec<usize>| numbers.by_ref().take(shape.iter().product()).collect();
        let gradients = entry.shapes.iter().map(take).collect();
        (entry, gradients)
    });
    let all = with_gradients.collect();
    assert_eq!(numbers.next(), None);
    all
}

/// A gradient with its shape.
type Gradient = (Vec<usize>, Vec<f64>);

/// Loss and gradients of the first step, in order of declaration.
fn first_step<T: Element>(prepared: &Prepared) -> (f64, Vec<Gradient>) {
    let plan = Arc::new(Plan::compile(&prepared.graph).unwrap());
    let mut exec = CpuExecutor::<T>::new(Arc::clone(&plan));
    prepared.start(&plan, &mut exec).unwrap();
    exec.run(1).unwrap();
    let grads: Vec<f64> = exec.read("grads").unwrap().into_iter().map(Real::to_f64).collect();
    let gradient = |path: &String| {
        let e = plan.params().find(path).unwrap();
        (e.shape.clone(), grads[e.offset..e.offset + e.len].to_vec())
    };
    let gradients = prepared.first_params().iter().map(|(path, _)| gradient(path)).collect();
    (exec.read("history:loss").unwrap()[0].to_f64(), gradients)
}

fn relative(a: &[f64], b: &[f64]) -> f64 {
    let norm = |v: &mut dyn Iterator<Item = f64>| v.map(|x| x * x).sum::<f64>().sqrt();
    norm(&mut a.iter().zip(b).map(|(a, b)| a - b)) / norm(&mut b.iter().copied())
}

/// The fused plans of all workloads in a precision: loss within a relative bound, gradients within another, by norm and
/// per tensor.
fn agree<T: Element>(loss_bound: f64, bound: f64) {
    let reference = reference();
    assert_eq!(reference.len(), WORKLOADS.len());
    for (entry, expected) in reference {
        let prepared = find(&entry.id).unwrap().prepare().unwrap();
        let (loss, gradients) = first_step::<T>(&prepared);
        let error = (loss - entry.loss).abs() / entry.loss;
        assert!(error < loss_bound, "{}: loss {loss}, not {}", entry.id, entry.loss);
        assert_eq!(gradients.len(), entry.shapes.len());
        for (i, (shape, gradient)) in gradients.iter().enumerate() {
            assert_eq!(*shape, entry.shapes[i], "{} p{i}", entry.id);
            let error = relative(gradient, &expected[i]);
            assert!(error < bound, "{} p{i} {shape:?}: {error:e}", entry.id);
        }
    }
}

#[test]
fn gradients_in_double_precision_are_those_of_pytorch() {
    agree::<f64>(1e-6, 1e-5);
}

#[test]
fn gradients_in_single_precision_are_those_of_pytorch() {
    agree::<f32>(1e-6, 2e-5);
}
