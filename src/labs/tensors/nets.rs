//! Which network stands behind which name.

use super::model::ModelError;
use super::options;
use super::settings::Settings;
use super::task::io;
use crate::engine::{Builder, Var};
use crate::nn::tensors::{Breaks, Kind, Network, NetworkError, Spec, Wiring};

/// What the model under test is made of, by the settings.
pub fn model(s: &Settings) -> Result<Network, NetworkError> {
    network(s, s.model, s.width, s.breaks, s.wiring)
}

/// What the model is compared with, at a width, whole and with all its wires.
pub fn twin(s: &Settings, kind: Kind, width: usize) -> Result<Network, NetworkError> {
    network(s, kind, width, Breaks::default(), options::opening_wires(s.task))
}

fn network(
    s: &Settings,
    kind: Kind,
    width: usize,
    breaks: Breaks,
    wiring: Wiring,
) -> Result<Network, NetworkError> {
    let io = io(s.task, s.proper)?;
    let published = Spec::published(kind, &io);
    // The proportions are the published ones.
    let hidden = if kind == Kind::Grepsnet { 2 * width } else { width };
    Network::new(Spec { width, hidden, depth: s.layers, breaks, wiring, ..published }, io)
}

/// Adds a network to a graph; its one output as rows [B, k], k as [D, n] for vectors and [D, D] for a tensor.
pub fn build<'b>(
    b: &'b Builder,
    path: &str,
    s: &Settings,
    network: &Network,
    t0: Option<Var<'b>>,
    t1: Var<'b>,
) -> Result<Var<'b>, ModelError> {
    let batch = t1.shape().first().copied().unwrap_or(1);
    let out = network.build(b, path, t0, Some(t1))?;
    match out.t0.or(out.t1).or(out.t2) {
        Some(y) => Ok(y.reshape(&[batch, s.task.shapes().outputs()])),
        None => Err(ModelError::Unfit("The network gives nothing.".to_owned())),
    }
}
