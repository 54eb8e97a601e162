//! Where searches begin.

use super::plane::rates;
use super::{Geodesic, Space, linear2};
use crate::maths::exp::path::StretchTurn;
use crate::maths::exp::reach::stretch_and_turn;
use crate::maths::exp::{ExpError, log};
use crate::maths::linalg::{rotation_log, schur};
use crate::maths::lorentz::BoostRotation;
use crate::maths::matrix::Matrix;
use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// Velocities from which searches begin: the factors of g = exp(Ω) exp(S) added up, the same with its turning planes as
/// they would move by themselves, that also with the larger turns the other way round, and log g where there is one.
pub(super) fn starts(g: &Matrix, space: Space) -> Result<Vec<Matrix>, ExpError> {
    let mut starts = match space {
        Space::Linear | Space::Rotation => linear(g)?,
        Space::Lorentz => lorentz(g)?,
        Space::Affine => {
            // The linear part along its own shortest geodesic, the translation at an even pace.
            let (linear, shift) = (g.block(0, 0, 2, 2), g.block(0, 2, 2, 1));
            let straight = Geodesic::to(&linear, Space::Linear)?.map(|way| way.velocity);
            let other = StretchTurn::of(&linear)?.map(|way| &way.turn + &way.stretch);
            straight.into_iter().chain(other).map(|a| with_translation(&a, &shift)).collect()
        }
    };
    starts.extend(log(g)?.matrix.map(|x| match space {
        // The last row of such a logarithm is zero up to rounding.
        Space::Affine => with_translation(&x.block(0, 0, 2, 2), &x.block(0, 2, 2, 1)),
        _ => x,
    }));
    Ok(starts)
}

/// [[A, u], [0, 0]].
fn with_translation(a: &Matrix, u: &Matrix) -> Matrix {
    let mut x = Matrix::zeros(3, 3);
    x.set_block(0, 0, a);
    x.set_block(0, 2, u);
    x
}

fn linear(g: &Matrix) -> Result<Vec<Matrix>, ExpError> {
    let Some(StretchTurn { turn, stretch }) = StretchTurn::of(g)? else { return Ok(Vec::new()) };
    let mut starts = vec![&turn + &stretch];
    let parts = schur(&turn)?;
    let (q, back) = (&parts.q, parts.q.transpose());
    let seen = &(&back * g) * q;
    let mut planar = &(&back * &starts[0]) * q;
    let mut other = planar.clone();
    let mut far = false;
    for (i, _) in parts.blocks().into_iter().filter(|(_, size)| *size == 2) {
        let block = seen.block(i, i, 2, 2);
        let (Some(x), Some((t, p))) = (linear2(&block)?, stretch_and_turn(&block)) else { continue };
        planar.set_block(i, i, &x);
        // Rates of turn grow with the angle as far as π, and beyond it as they came.
        let rate = 0.5 * (x[(1, 0)] - x[(0, 1)]);
        let around = rate - 2.0 * rates(t, PI).turn.copysign(p);
        let pull = Matrix::from_rows(&[[0.0, rate - around], [around - rate, 0.0]]);
        far |= p.abs() > FRAC_PI_2;
        other.set_block(i, i, &if p.abs() > FRAC_PI_2 { &x + &pull } else { x });
    }
    starts.push(&(q * &planar) * &back);
    if far {
        starts.push(&(q * &other) * &back);
    }
    Ok(starts)
}

/// Boost and rotation of SO⁺(1,n) as one velocity: the rotation as it is, at half its pace, and the other way round.
fn lorentz(g: &Matrix) -> Result<Vec<Matrix>, ExpError> {
    let Ok(parts) = BoostRotation::left(g) else { return Ok(Vec::new()) };
    let Some(turn) = rotation_log(&parts.turn)? else { return Ok(Vec::new()) };
    let angle = turn.frobenius() * std::f64::consts::FRAC_1_SQRT_2;
    let shares = [1.0, 0.5, if angle > FRAC_PI_2 { 1.0 - TAU / angle } else { 0.75 }];
    let with = |share: f64| {
        let n = turn.rows();
        let mut x = Matrix::zeros(n + 1, n + 1);
        x.set_block(1, 1, &turn.scaled(share));
        for (k, v) in parts.rapidity.iter().enumerate() {
            (x[(0, k + 1)], x[(k + 1, 0)]) = (*v, *v);
        }
        x
    };
    Ok(shares.map(with).to_vec())
}
