//! Where parameters lie in their one buffer, how they start, and how they move from one plan to another.

use super::{ALIGN, aligned};
use crate::engine::graph::{Init, Param};
use crate::engine::shape::numel;
use crate::maths::rng::Rng;
use serde::{Deserialize, Serialize};

/// One parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParamEntry {
    /// Stable dotted path.
    pub path: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// First element in the buffer, a multiple of 64.
    pub offset: usize,
    /// Number of elements.
    pub len: usize,
    /// How it starts.
    pub init: Init,
    /// Whether the losses (or, without training, the outputs) depend on it.
    pub used: bool,
}

/// All parameters of a plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ParamLayout {
    /// Parameters in order of declaration.
    pub entries: Vec<ParamEntry>,
    /// Length of the buffer.
    pub len: usize,
}

impl ParamLayout {
    pub(super) fn new(params: &[Param], used: impl Fn(usize) -> bool) -> Self {
        let mut layout = Self::default();
        for (index, p) in params.iter().enumerate() {
            let (offset, len) = (layout.len, numel(&p.shape));
            layout.len += aligned(len);
            let (path, shape, init) = (p.path.clone(), p.shape.clone(), p.init);
            layout.entries.push(ParamEntry { path, shape, offset, len, init, used: used(index) });
        }
        layout.len = layout.len.max(ALIGN);
        layout
    }

    /// First values under a seed. Each parameter has a random stream of its own, from its path, so that it keeps its
    /// values when others come or go. Padding is 0.
    pub fn init(&self, seed: u64) -> Vec<f32> {
        let mut values = vec![0.0; self.len];
        for e in &self.entries {
            let part = &mut values[e.offset..e.offset + e.len];
            match e.init {
                Init::Zeros => {}
                Init::Constant(value) => part.fill(value as f32),
                Init::Normal { std } => {
                    let mut rng = Rng::new(seed, hash(&e.path));
                    part.iter_mut().for_each(|v| *v = (std * rng.normal()) as f32);
                }
                Init::Uniform { low, high } => {
                    let mut rng = Rng::new(seed, hash(&e.path));
                    part.iter_mut().for_each(|v| *v = (low + (high - low) * rng.uniform()) as f32);
                }
            }
        }
        values
    }

    /// Number of parameters in use, as scalars.
    pub fn count(&self) -> usize {
        self.entries.iter().filter(|e| e.used).map(|e| e.len).sum()
    }

    /// The parameter of a path.
    pub fn find(&self, path: &str) -> Option<&ParamEntry> {
        self.entries.iter().find(|e| e.path == path)
    }

    /// Copies every parameter that the old layout has under the same path and shape; the others are left alone.
    pub fn transfer(&self, old: &ParamLayout, old_values: &[f32], new_values: &mut [f32]) {
        for e in &self.entries {
            let Some(o) = old.find(&e.path).filter(|o| o.shape == e.shape) else { continue };
            let source = old_values.get(o.offset..o.offset + o.len);
            let target = new_values.get_mut(e.offset..e.offset + e.len);
            if let (Some(source), Some(target)) = (source, target) {
                target.copy_from_slice(source);
            }
        }
    }
}

/// FNV-1a, 64 bits: a stable number for a path.
fn hash(path: &str) -> u64 {
    path.bytes().fold(0xCBF2_9CE4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3))
}
