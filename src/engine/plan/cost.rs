//! What a plan costs: counted from its launches, and turned into a time by three numbers of a device.

use super::{Dispatch, HISTORY, Plan};
use crate::engine::kernels::{self, Access};
use crate::engine::shape::numel;

/// What launches do, by counting.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// Launches.
    pub dispatches: usize,
    /// Bytes of the tensors they read: each tensor whole, once for each launch that is bound to it.
    pub bytes_read: u64,
    /// Bytes of the tensors they write. What is changed in place counts on both sides.
    pub bytes_written: u64,
    /// Multiplications and additions of matrix products and convolutions; 0 for all other kernels.
    pub flops: f64,
}

impl Cost {
    /// Bytes moved, both ways.
    pub fn bytes(&self) -> u64 {
        self.bytes_read + self.bytes_written
    }
}

impl std::iter::Sum for Cost {
    fn sum<I: Iterator<Item = Self>>(costs: I) -> Self {
        costs.fold(Self::default(), |a, b| Self {
            dispatches: a.dispatches + b.dispatches,
            bytes_read: a.bytes_read + b.bytes_read,
            bytes_written: a.bytes_written + b.bytes_written,
            flops: a.flops + b.flops,
        })
    }
}

impl Dispatch {
    /// What this step costs in a launch of its own; nothing but the launch where the kernel is not known.
    pub fn cost(&self) -> Cost {
        let mut cost = Cost { dispatches: 1, ..Cost::default() };
        let Some(kernel) = kernels::find(&self.stem) else { return cost };
        for (slice, binding) in self.args.iter().zip(kernel.signature(&self.attrs).bindings) {
            let bytes = 4 * numel(&slice.shape) as u64;
            if slice.buffer == HISTORY {
                // Of a ring, one number in each row.
                cost.bytes_written += 4 * slice.shape.first().copied().unwrap_or(1) as u64;
                continue;
            }
            if binding.access != Access::Write {
                cost.bytes_read += bytes;
            }
            if binding.access != Access::Read {
                cost.bytes_written += bytes;
            }
        }
        let shapes: Vec<&[usize]> = self.args.iter().map(|s| s.shape.as_slice()).collect();
        cost.flops = kernel.flops(&self.attrs, &shapes);
        cost
    }
}

impl Plan {
    /// What one step of training or simulation costs.
    pub fn cost(&self) -> Cost {
        let mut total = Cost::default();
        for (launches, times) in self.passages() {
            let inside = self.by_launch().filter(|(l, _)| launches.contains(l)).map(|(_, d)| d.cost());
            let once = Cost { dispatches: launches.len(), ..inside.sum() };
            total.dispatches += once.dispatches * times as usize;
            total.bytes_read += once.bytes_read * u64::from(times);
            total.bytes_written += once.bytes_written * u64::from(times);
            total.flops += once.flops * f64::from(times);
        }
        total
    }
}

/// A device in three numbers. A step takes about T = N·c + F/r + S/w, for N launches, F operations of products and S
/// bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed {
    /// c: seconds for a launch that does next to nothing.
    pub launch: f64,
    /// r: operations of products in a second.
    pub flops: f64,
    /// w: bytes in a second, read and written.
    pub bytes: f64,
}

impl Speed {
    /// T in seconds. Nothing overlaps in this model, and nothing stays in a cache that is not there while the three
    /// numbers are measured: a real step may be faster.
    pub fn seconds(&self, cost: &Cost) -> f64 {
        cost.dispatches as f64 * self.launch + cost.flops / self.flops + cost.bytes() as f64 / self.bytes
    }
}
