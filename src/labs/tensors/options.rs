//! Models, switches and wires under the names they have on screen and in the URL.

use super::task::io;
use crate::data::Task;
use crate::nn::tensors::emlp::uniform;
use crate::nn::tensors::{Breaks, Kind, Spec, Wiring};

/// Name of a model on screen.
pub fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Grepsnet => "G-RepsNet",
        Kind::GrepsnetReleased => "G-RepsNet, released",
        Kind::Emlp => "EMLP",
        Kind::Mlp => "plain MLP",
        Kind::MlpAug => "augmented MLP",
        Kind::Egnn => "EGNN",
        Kind::Gnn => "plain GNN",
    }
}

/// Whether a model is equivariant by its construction.
pub fn exact(kind: Kind) -> bool {
    !matches!(kind, Kind::Mlp | Kind::MlpAug | Kind::Gnn)
}

/// Whether a model is the same at x and at its mirror image, where the target is not: it was built for O(3), or of inner
/// products alone. Its error stays at the variance of the target ([`Task::Chirality`]). EMLP under SO(3) makes cross products
/// by tensors of rank two, for which its layers need some width.
pub fn blind(kind: Kind, task: Task, proper: bool, width: usize) -> bool {
    let cross = proper && kind == Kind::Emlp && uniform(width, 3).len() > 2;
    task.is_chiral() && exact(kind) && !cross
}

/// Whether a model takes a task.
pub fn serves(kind: Kind, task: Task) -> bool {
    io(task, false).is_ok_and(|io| kind.takes(&io))
}

/// The model under test that a task opens with, and its twin.
pub fn opening(task: Task) -> (Kind, Kind) {
    match task {
        Task::NBody | Task::NBodyComponents => (Kind::Egnn, Kind::Gnn),
        // Inner products are the same in a mirror: only maps of SO(3) that are none of O(3) tell left from right.
        Task::Chirality => (Kind::Emlp, Kind::Mlp),
        _ => (Kind::Grepsnet, Kind::Mlp),
    }
}

/// The wires that a task opens with.
pub fn opening_wires(task: Task) -> Wiring {
    io(task, false).map_or_else(|_| Wiring::default(), |io| Spec::published(Kind::Grepsnet, &io).wiring)
}

/// A switch that breaks the symmetry: name in the URL, on screen, what it does, its place.
pub type Switch = (&'static str, &'static str, &'static str, fn(&mut Breaks) -> &mut bool);

/// The switches, in the order of the panel.
pub const SWITCHES: [Switch; 3] = [
    ("bias", "Bias on vectors", "Adds a constant vector to every channel of T1", |b| &mut b.bias),
    (
        "batch",
        "Whole-batch norm",
        "Divides by the norm of the whole batch: neighbours change the answer",
        |b| &mut b.whole_batch,
    ),
    ("metric", "Euclidean norm", "Inner products without the minus signs of the metric", |b| {
        &mut b.euclidean
    }),
];

/// Whether a switch does anything to a task.
pub fn matters(switch: &str, task: Task) -> bool {
    switch != "metric" || task == Task::Lorentz
}

/// A flag's name in the URL and its place.
pub type Flag<T> = (&'static str, fn(&mut T) -> &mut bool);

/// Names of the flags that two values do not share.
pub fn flipped<T: Copy>(a: T, b: T, flags: impl Iterator<Item = Flag<T>>) -> String {
    let (mut a, mut b) = (a, b);
    let names: Vec<&str> = flags.filter(|(_, at)| *at(&mut a) != *at(&mut b)).map(|f| f.0).collect();
    names.join(",")
}
