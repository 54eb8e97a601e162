//! Which network stands behind which name.

use super::model::ModelError;
use super::settings::Settings;
use crate::engine::{Builder, Var};
use crate::nn::layers::dense;

#[derive(Clone, Copy)]
pub struct Net {
    pub width: usize,
    pub layers: usize,
}

pub fn model(s: &Settings) -> Net {
    Net { width: s.width, layers: s.layers }
}
pub fn twin(s: &Settings, width: usize) -> Net {
    Net { width, layers: s.layers }
}

pub fn build<'b>(
    b: &'b Builder,
    path: &str,
    s: &Settings,
    net: Net,
    t0: Option<Var<'b>>,
    t1: Var<'b>,
) -> Result<Var<'b>, ModelError> {
    let sh = s.task.shapes();
    let batch = t1.shape()[0];
    let flat = t1.reshape(&[batch, sh.dim * sh.t1]);
    let flat = match t0 {
        Some(t0) => flat.concat(1, &[t0]),
        None => flat,
    };
    let mut h = dense(b, &format!("{path}.0"), flat, net.width, 1.0).silu();
    for i in 1..=net.layers {
        h = dense(b, &format!("{path}.{i}"), h, net.width, 1.6).silu();
    }
    Ok(dense(b, &format!("{path}.out"), h, sh.outputs(), 1.6))
}
