//! Random numbers on graphs: fresh every step, a function of (seed, stream, step, place), the same bits on every device.

use super::{Builder, Var};
use crate::engine::kernels::Attrs;
use crate::engine::kernels::random::Law;

impl Builder {
    /// Independent numbers of a law.
    #[track_caller]
    pub fn random(&self, law: Law, stream: u32, shape: &[usize]) -> Var<'_> {
        self.kernel("random", law.attrs(stream, shape), &[])
    }

    /// `count` rows of n for a minibatch, `[count]`, whole numbers. They go through all rows in an order that is new every
    /// epoch, so that each epoch visits every row once. For draws with replacement see [`Law::Below`].
    #[track_caller]
    pub fn random_rows(&self, stream: u32, n: u32, count: u32) -> Var<'_> {
        self.kernel("random_rows", Attrs::ints(&[stream, n, count]), &[])
    }
}

impl Var<'_> {
    /// Dropout (Srivastava et al. 2014): every element is 0 with probability `rate`, 0 ≤ rate < 1, the others are divided
    /// by 1 − rate, which keeps the mean. For training; leave it out where the model is measured.
    #[track_caller]
    pub fn dropout(self, stream: u32, rate: f64) -> Self {
        if !(0.0..1.0).contains(&rate) {
            return self.builder.fail("dropout", format!("the rate is {rate}; it must be in [0, 1)"));
        }
        let keep = self.builder.random(Law::Bernoulli(1.0 - rate), stream, &self.shape());
        self * keep * (1.0 / (1.0 - rate))
    }
}
