//! The shortest geodesic in SL(2,R), and by it those of GL⁺(2,R) and SO⁺(1,2), from one equation in one unknown.
//!
//! With X = S + ωJ, S symmetric and traceless with eigenvalues ± σ, and q = σ² − ω², the end of the geodesic is
//! exp(S − ωJ) R(2ω) = (C − ω s J + s S) R(2ω), C = cosh √q, s = sinh √q / √q. For an end with log-stretch t and turn p
//! this says
//!
//! - σ s = sinh t, which has one root σ for each ω in [0, π], since the left side grows with σ as long as q > −π²;
//! - 2ω + arg(C − iωs) = p, whose left side then grows with ω from 0 to π or more.
//!
//! Where q = −π² at some point of a geodesic with σ > 0, s = 0 there and a circle of geodesics meets: none of them is
//! shortest beyond. So the shortest geodesic has q ≥ −π², and since its length, √2 √(σ² + ω²) = √2 √(2σ² − q), grows with
//! |ω|, it is the one with |p| ≤ π. For p = π its mirror image, with −ω, is as short.

use std::f64::consts::PI;

/// The rates of stretch and turn, σ ≥ 0 and ω, of the shortest geodesic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rates {
    pub(super) stretch: f64,
    pub(super) turn: f64,
}

/// The rates of the shortest geodesic in SL(2,R) to an element of log-stretch t ≥ 0 and turn p in [−π, π].
pub(super) fn rates(t: f64, p: f64) -> Rates {
    let wanted = p.abs().min(PI);
    let turn = increasing_root(0.0, PI, |w| 2.0 * w + lag(stretch_rate(t, w), w) - wanted);
    Rates { stretch: stretch_rate(t, turn), turn: turn.copysign(p) }
}

/// arg(C − iωs): how far the turn of the end stays behind 2ω.
pub(super) fn lag(stretch: f64, turn: f64) -> f64 {
    let (cosh, sinhc) = cosh_sinhc(stretch, turn);
    (-turn * sinhc).atan2(cosh)
}

/// The root σ of σ s(σ² − ω²) = sinh t.
fn stretch_rate(t: f64, turn: f64) -> f64 {
    let most = t.hypot(turn);
    if t == 0.0 { 0.0 } else { increasing_root(0.0, most, |x| x * cosh_sinhc(x, turn).1 - t.sinh()) }
}

/// cosh √q and sinh √q / √q for q = σ² − ω².
fn cosh_sinhc(stretch: f64, turn: f64) -> (f64, f64) {
    let q = (stretch - turn) * (stretch + turn);
    let root = q.abs().sqrt();
    if root < 1e-4 {
        (1.0 + q / 2.0, 1.0 + q / 6.0)
    } else if q > 0.0 {
        (root.cosh(), root.sinh() / root)
    } else {
        (root.cos(), root.sin() / root)
    }
}

/// Rounds of the search for a root: bisections alone would need 64.
const ROUNDS: usize = 128;

/// The root of an increasing function between `low` and `high`, or the end that is nearer to one: false position, with
/// half the value of an end that has stayed (Dowell & Jarratt 1971), and a bisection every third round.
fn increasing_root(low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let ([mut a, mut b], [mut fa, mut fb]) = ([low, high], [f(low), f(high)]);
    if fa >= 0.0 {
        return a;
    }
    if fb <= 0.0 {
        return b;
    }
    let mut best = if -fa < fb { (a, -fa) } else { (b, fb) };
    let mut last = 0.0;
    for round in 0..ROUNDS {
        let chord = (a * fb - b * fa) / (fb - fa);
        let x = if round % 3 < 2 && chord > a && chord < b { chord } else { 0.5 * a + 0.5 * b };
        if x <= a || x >= b {
            break;
        }
        let fx = f(x);
        if fx.abs() < best.1 {
            best = (x, fx.abs());
        }
        if fx == 0.0 {
            break;
        }
        // The end that stays a second time counts half.
        let stayed = if fx * last > 0.0 { 0.5 } else { 1.0 };
        (a, fa, b, fb) = if fx < 0.0 { (x, fx, b, fb * stayed) } else { (a, fa * stayed, x, fx) };
        last = fx;
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_turn_of_the_end_grows_with_the_rate_of_turn() {
        for t in [0.0, 1e-9, 1e-3, 0.1, 0.5, 1.0, 2.0, 5.0, 12.0] {
            let ends: Vec<f64> = (0..=2000)
                .map(|i| PI * f64::from(i) / 2000.0)
                .map(|w| 2.0 * w + lag(stretch_rate(t, w), w))
                .collect();
            assert!(ends[0].abs() < 1e-12 && ends[2000] >= PI - 1e-9, "{t}");
            let least = ends.windows(2).map(|w| w[1] - w[0]).fold(f64::INFINITY, f64::min);
            assert!(least > 0.0, "stretch {t}: the turn falls by {least:e}");
        }
    }

    #[test]
    fn the_rates_of_pure_stretches_and_pure_turns() {
        for (t, p, stretch, turn) in
            [(0.7, 0.0, 0.7, 0.0), (0.0, 2.0, 0.0, 2.0), (0.0, -PI, 0.0, -PI), (0.0, 0.0, 0.0, 0.0)]
        {
            let found = rates(t, p);
            assert!(
                (found.stretch - stretch).abs() < 1e-14 && (found.turn - turn).abs() < 1e-14,
                "{found:?}"
            );
        }
        // Far out half the turn is enough: the stretch carries the rest.
        let far = rates(14.0, 2.0);
        assert!((far.turn - 1.0).abs() < 0.1 && far.stretch > 14.0, "{far:?}");
    }

    #[test]
    fn roots_are_found_to_rounding() {
        let root = increasing_root(0.0, 10.0, |x| x * x * x - 2.0);
        assert!((root - 2f64.cbrt()).abs() < 1e-15);
        assert_eq!(increasing_root(1.0, 2.0, |x| x), 1.0);
        assert_eq!(increasing_root(1.0, 2.0, |x| x - 3.0), 2.0);
        let steep = increasing_root(0.0, 700.0, |x| x.exp() - 1e200);
        assert!((steep - 1e200f64.ln()).abs() < 1e-12, "{steep}");
    }
}
