//! Householder reflections H = 1 − β v vᵀ.

use crate::maths::matrix::Matrix;

/// H = 1 − β v vᵀ on the coordinates start, start + 1, ….
pub struct Reflector {
    v: Vec<f64>,
    beta: f64,
    start: usize,
}

impl Reflector {
    /// The reflection of the coordinates from `start` on that takes x to a multiple of the first of them.
    pub fn new(x: &[f64], start: usize) -> Self {
        let largest = x.iter().fold(0.0, |most: f64, v| most.max(v.abs()));
        if largest == 0.0 {
            return Self { v: vec![0.0; x.len()], beta: 0.0, start };
        }
        let mut v: Vec<f64> = x.iter().map(|c| c / largest).collect();
        let length = v.iter().map(|c| c * c).sum::<f64>().sqrt();
        // Away from x, so that nothing cancels.
        v[0] += length.copysign(v[0]);
        let beta = 2.0 / v.iter().map(|c| c * c).sum::<f64>();
        Self { v, beta, start }
    }

    /// M ← H M.
    pub fn apply_left(&self, m: &mut Matrix) {
        for j in 0..m.cols() {
            let along: f64 = self.v.iter().enumerate().map(|(k, v)| v * m[(self.start + k, j)]).sum();
            for (k, v) in self.v.iter().enumerate() {
                m[(self.start + k, j)] -= self.beta * along * v;
            }
        }
    }

    /// M ← M H.
    pub fn apply_right(&self, m: &mut Matrix) {
        for i in 0..m.rows() {
            let along: f64 = self.v.iter().enumerate().map(|(k, v)| v * m[(i, self.start + k)]).sum();
            for (k, v) in self.v.iter().enumerate() {
                m[(i, self.start + k)] -= self.beta * along * v;
            }
        }
    }
}
