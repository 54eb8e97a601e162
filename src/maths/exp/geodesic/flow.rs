//! Geodesics of Aff⁺(2), whose Lie algebra is not closed under transposition: there the equation is integrated.
//!
//! With γ = [[L, t], [0, 1]] and ξ = [[A, u], [0, 0]] it says L′ = L A, t′ = L u, A′ = AᵀA − AAᵀ − uuᵀ, u′ = Aᵀu. Classical
//! Runge–Kutta steps of at most 1/40 of a unit of length leave errors below 1e-6 of γ; the search for X uses the same
//! steps, so that the end is g all the same.

use crate::maths::matrix::Matrix;

/// L, t, A, u; matrices by rows.
type State = [f64; 12];

/// Steps for a geodesic of about this length.
pub(super) fn steps(length: f64) -> usize {
    (40.0 * length).ceil().clamp(8.0, 4000.0) as usize
}

/// γ(1) for γ(0) = 1, γ′(0) = X in homogeneous coordinates.
pub(super) fn end(x: &Matrix, steps: usize) -> Matrix {
    let steps = steps.max(1);
    let h = 1.0 / steps as f64;
    place(&(0..steps).fold(start(x), |state, _| step(&state, h)))
}

/// γ(0), γ(1/n), …, γ(1) in one integration: a point between two steps is reached by a shorter step from the one before.
pub(super) fn points(x: &Matrix, steps: usize, n: usize) -> Vec<Matrix> {
    let steps = steps.max(1);
    let h = 1.0 / steps as f64;
    let (mut state, mut taken) = (start(x), 0);
    let mut points = Vec::with_capacity(n + 1);
    for i in 0..=n {
        let (whole, left) = (i * steps / n, i * steps % n);
        state = (taken..whole).fold(state, |state, _| step(&state, h));
        taken = whole;
        let share = left as f64 / n as f64;
        points.push(place(&if left == 0 { state } else { step(&state, h * share) }));
    }
    points
}

fn start(x: &Matrix) -> State {
    let [a, b, u] = [0, 1, 2].map(|j| x[(0, j)]);
    let [c, d, v] = [0, 1, 2].map(|j| x[(1, j)]);
    [1.0, 0.0, 0.0, 1.0, 0.0, 0.0, a, b, c, d, u, v]
}

fn place(&[l, m, n, o, s, t, ..]: &State) -> Matrix {
    Matrix::from_rows(&[[l, m, s], [n, o, t], [0.0, 0.0, 1.0]])
}

/// One step of Runge and Kutta.
fn step(state: &State, h: f64) -> State {
    let k1 = slope(state);
    let k2 = slope(&along(state, &k1, 0.5 * h));
    let k3 = slope(&along(state, &k2, 0.5 * h));
    let k4 = slope(&along(state, &k3, h));
    std::array::from_fn(|i| state[i] + h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]))
}

fn along(state: &State, slope: &State, h: f64) -> State {
    std::array::from_fn(|i| state[i] + h * slope[i])
}

fn slope(&[l, m, n, o, _, _, a, b, c, d, u, v]: &State) -> State {
    // AᵀA − AAᵀ is symmetric and traceless.
    let (diagonal, beside) = (c * c - b * b, (a - d) * (b - c));
    [
        l * a + m * c,
        l * b + m * d,
        n * a + o * c,
        n * b + o * d,
        l * u + m * v,
        n * u + o * v,
        diagonal - u * u,
        beside - u * v,
        beside - u * v,
        -diagonal - v * v,
        a * u + c * v,
        b * u + d * v,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maths::exp::path;
    use crate::maths::rng::Rng;

    #[test]
    fn the_steps_are_fine_enough() {
        let mut rng = Rng::new(1, 0);
        for _ in 0..50 {
            let x = Matrix::from_fn(3, 3, |i, _| if i < 2 { 1.2 * rng.normal() } else { 0.0 });
            let count = steps(x.frobenius());
            let (coarse, fine) = (end(&x, count), end(&x, 8 * count));
            assert!((&coarse - &fine).frobenius() < 1e-6 * fine.frobenius(), "{x:?}");
            // Without translation it is the geodesic of the linear part.
            let mut linear = x.clone();
            (linear[(0, 2)], linear[(1, 2)]) = (0.0, 0.0);
            let closed = path::geodesic(&linear.block(0, 0, 2, 2), 1.0).unwrap_or(Matrix::zeros(2, 2));
            let error = (&end(&linear, count).block(0, 0, 2, 2) - &closed).frobenius();
            assert!(error < 1e-6 * closed.frobenius(), "{error:e}");
        }
    }
}
