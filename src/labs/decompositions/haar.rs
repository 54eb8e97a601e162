//! Random elements of a group by Haar measure, and the exact laws of their coordinates.
//!
//! In GL⁺(n) and its kin g = exp(X) k with X symmetric, ‖X‖ ≤ ρ, and k a uniform rotation. The eigenvalues of X are
//! m + lᵢ with m = ln det g / n and Σ lᵢ = 0; on the ball n m² + Σ lᵢ² ≤ ρ² their density is
//! e^{−cm} ∏_{i<j} |sinh(lᵢ − lⱼ)|, c = n for the left Haar measure of Aff⁺(n) and 0 otherwise. In SO⁺(1,n) g is a boost of
//! rapidity η ≤ ρ after a uniform rotation, and the density of η is sinhⁿ⁻¹ η. See [`crate::maths::haar`].

use super::density::{self, Density, bars};
use super::map::SMALLEST;
use crate::maths::exp::reach::{edge, reaches, stretch_and_turn, unreached_share};
use crate::maths::exp::{log, path::StretchTurn};
use crate::maths::haar::{HaarLaw, Truncation};
use crate::maths::lorentz::BoostRotation;
use crate::maths::matrix_group::Family as Named;
use crate::maths::rng::Rng;
use crate::maths::rotation::Quaternion;
use crate::maths::{Matrix, MatrixGroup};
use std::f64::consts::PI;

/// Elements that are drawn.
pub const SAMPLES: usize = 1500;
/// Largest rapidity of a Lorentz transformation.
const RAPIDITY: f64 = 2.0;
/// Largest component of a translation.
const TRANSLATION: f64 = 1.0;

/// A group as far as its random elements go.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    /// GL⁺(n), or SL(n), n = 2 or 3.
    Linear { n: usize, scales: bool },
    /// Aff⁺(2).
    Affine,
    /// SO(3).
    Rotation,
    /// SO⁺(1,n), n = 1, 2 or 3.
    Lorentz { n: usize },
    /// A compact group by its own generators; see [`super::own_haar`].
    Own,
}

/// What is read off an element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Coordinate {
    /// The angle of the rotation: in the plane of either sign, in space not.
    Turn,
    /// The largest of the lᵢ; of an own group the first entry.
    Stretch,
    /// m; of an own group the trace.
    Scale,
    /// The components of the translation.
    Move,
    /// η; on a line of either sign.
    Rapidity,
    /// The last component of the axis.
    Axis,
}

/// A coordinate of random elements and its law.
#[derive(Clone, Debug)]
pub struct Marginal {
    /// Its name.
    pub title: &'static str,
    /// Its density up to a factor, as formula markup.
    pub formula: &'static str,
    /// Whether it is an angle in radians.
    pub angle: bool,
    /// The exact density.
    pub density: Density,
    coordinate: Coordinate,
}

/// A random element and what it counts.
#[derive(Clone, Debug)]
pub struct Sample {
    /// g.
    pub g: Matrix,
    /// Its weight; only ratios matter.
    pub weight: f64,
    /// Whether exp reaches it.
    pub reached: bool,
    turn: f64,
    stretch: f64,
    scale: f64,
    moves: Vec<f64>,
    axis: f64,
}

/// Random elements of one group.
#[derive(Clone, Debug)]
pub struct Law {
    shape: Shape,
    law: HaarLaw,
    /// Its coordinates.
    pub marginals: Vec<Marginal>,
    /// The exact share of elements that exp does not reach, where it is known.
    pub missed: Option<f64>,
    /// Where the measure is cut off, in a few words with formulas between dollar signs; empty for a compact group.
    pub cut: String,
    /// The exact means of tr g and (tr g)² over an own group.
    pub moments: Option<[f64; 2]>,
    /// To the coordinates in which an own group is orthogonal, and back.
    coordinates: Option<[Matrix; 2]>,
    batch: usize,
}

impl Law {
    /// The law of the group of that name; none for groups other than those of [`Shape`].
    pub fn of(name: &str) -> Option<Self> {
        let group: MatrixGroup = name.parse().ok()?;
        let [factor] = group.named()?.factors() else { return None };
        let shape = match (factor.family(), factor.size()) {
            (Named::SpecialLinear, n @ 2..=3) => Shape::Linear { n, scales: false },
            (Named::PositiveLinear, n @ 2..=3) => Shape::Linear { n, scales: true },
            (Named::PositiveAffine, 2) => Shape::Affine,
            (Named::Rotation, 3) => Shape::Rotation,
            (Named::Lorentz, n @ 1..=3) => Shape::Lorentz { n },
            _ => return None,
        };
        let law =
            HaarLaw::new(&group, Truncation { radius: shape.radius(), translation: TRANSLATION }).ok()?;
        let marginals = shape.marginals();
        let stretches = marginals.iter().find(|m| m.coordinate == Coordinate::Stretch).map(|m| &m.density);
        let missed = match shape {
            Shape::Linear { n: 2, scales: false } => Some(unreached_share(SMALLEST)),
            Shape::Linear { n: 2, .. } | Shape::Affine => stretches.map(|d| d.mean(|t| (PI - edge(t)) / PI)),
            Shape::Linear { .. } => None,
            Shape::Rotation | Shape::Lorentz { .. } | Shape::Own => Some(0.0),
        };
        // Those of GL⁺(3) have to be taken apart.
        let batch = if matches!(shape, Shape::Linear { n: 3, .. }) { 30 } else { 300 };
        let (moments, coordinates, cut) = (None, None, shape.cut());
        Some(Self { shape, law, marginals, missed, cut, moments, coordinates, batch })
    }

    /// The law of a compact own group.
    pub(super) fn of_own(
        law: HaarLaw,
        coordinates: [Matrix; 2],
        marginals: Vec<Marginal>,
        moments: Option<[f64; 2]>,
        cut: String,
        batch: usize,
    ) -> Self {
        let (shape, coordinates) = (Shape::Own, Some(coordinates));
        Self { shape, law, marginals, missed: None, cut, moments, coordinates, batch }
    }

    /// The next elements of a sequence of random numbers.
    pub fn draw(&self, rng: &mut Rng, count: usize) -> Vec<Sample> {
        let draws = (0..count).map(|_| self.law.draw(rng));
        draws
            .map(|d| match &self.coordinates {
                Some(coordinates) => Sample::of_own(d.element, d.log_weight.exp(), coordinates),
                None => Sample::read(self.shape, d.element, d.log_weight.exp()),
            })
            .collect()
    }

    /// Elements that can be drawn and read in a frame.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// The coordinate that says most: the stretch or the rapidity, else the first one.
    pub fn principal(&self) -> Option<&Marginal> {
        let far = |m: &&Marginal| matches!(m.coordinate, Coordinate::Stretch | Coordinate::Rapidity);
        self.marginals.iter().find(far).or_else(|| self.marginals.first())
    }

    /// Whether the elements have a place on the map of SL(2, R).
    pub fn on_map(&self) -> bool {
        matches!(self.shape, Shape::Linear { n: 2, .. } | Shape::Affine)
    }
}

impl Shape {
    /// ‖X‖ ≤ √2 · 1.72 in the plane, so that t ends at the rim of the map.
    fn radius(self) -> f64 {
        match self {
            Self::Lorentz { .. } => RAPIDITY,
            _ => SMALLEST * std::f64::consts::SQRT_2,
        }
    }

    fn cut(self) -> String {
        match self {
            Self::Linear { .. } => format!("cut off at $‖X‖ ≤ {:.2}$", self.radius()),
            Self::Affine => {
                let (radius, most) = (self.radius(), TRANSLATION);
                format!("left Haar measure, cut off at $‖X‖ ≤ {radius:.2}$ and $|t_{{i}}| ≤ {most}$")
            }
            Self::Lorentz { .. } => format!("cut off at $η ≤ {RAPIDITY}$"),
            Self::Rotation | Self::Own => String::new(),
        }
    }

    fn marginals(self) -> Vec<Marginal> {
        let radius = self.radius();
        match self {
            Self::Own => Vec::new(),
            Self::Linear { n: 2, scales: false } => {
                vec![turn2(), stretch(r"t ∼ \sinh 2t", density::stretch(2, radius, None))]
            }
            Self::Linear { n: 2, .. } => vec![
                turn2(),
                stretch(r"t ∼ \sinh 2t √(r^{2} − t^{2})", density::stretch(2, radius, Some(0.0))),
                scale(r"m ∼ \cosh 2√(r^{2} − m^{2}) − 1", density::scale(2, radius, 0.0)),
            ],
            Self::Affine => vec![
                turn2(),
                marginal(
                    "Move",
                    r"t_{1}, t_{2}: \uniform",
                    Coordinate::Move,
                    density::even(-TRANSLATION, TRANSLATION),
                ),
                stretch(r"\sinh 2t \sinh 2√(r^{2} − t^{2})", density::stretch(2, radius, Some(2.0))),
                scale(r"e^{−2m}(\cosh 2√(r^{2} − m^{2}) − 1)", density::scale(2, radius, 2.0)),
            ],
            Self::Linear { n, scales } => {
                let mut all = vec![turn3()];
                let shear = scales.then_some(0.0);
                all.push(stretch(r"l_{1}: ∏ \sinh(l_{i} − l_{j})", density::stretch(n, radius, shear)));
                all.extend(scales.then(|| scale("m = \\ln \\det g / 3", density::scale(n, radius, 0.0))));
                all
            }
            Self::Rotation => vec![
                turn3(),
                marginal("Axis", r"u_{z}: \uniform", Coordinate::Axis, density::even(-1.0, 1.0)),
            ],
            Self::Lorentz { n } => {
                let rapidity =
                    |formula, density| marginal("Rapidity", formula, Coordinate::Rapidity, density);
                match n {
                    1 => vec![rapidity(r"η: \uniform", density::even(-radius, radius))],
                    2 => vec![turn2(), rapidity(r"η ∼ \sinh η", density::new(0.0, radius, f64::sinh))],
                    _ => {
                        let square = density::new(0.0, radius, |v| v.sinh().powi(2));
                        vec![turn3(), rapidity(r"η ∼ \sinh^{2} η", square)]
                    }
                }
            }
        }
    }
}

pub(super) fn marginal(
    title: &'static str,
    formula: &'static str,
    coordinate: Coordinate,
    density: Density,
) -> Marginal {
    Marginal { title, formula, angle: coordinate == Coordinate::Turn, density, coordinate }
}

fn turn2() -> Marginal {
    marginal("Turn", r"p: \uniform", Coordinate::Turn, density::even(-PI, PI))
}

fn turn3() -> Marginal {
    marginal("Turn", r"θ ∼ 1 − \cos θ", Coordinate::Turn, density::new(0.0, PI, |v| 1.0 - v.cos()))
}

fn stretch(formula: &'static str, density: Density) -> Marginal {
    marginal("Stretch", formula, Coordinate::Stretch, density)
}

fn scale(formula: &'static str, density: Density) -> Marginal {
    marginal("Scale", formula, Coordinate::Scale, density)
}

impl Sample {
    /// An element whose turn, stretch and scale are known.
    pub(super) fn with(g: Matrix, weight: f64, [turn, stretch, scale]: [f64; 3]) -> Self {
        Self { weight, reached: true, turn, stretch, scale, moves: Vec::new(), axis: 0.0, g }
    }

    fn read(shape: Shape, g: Matrix, weight: f64) -> Self {
        let mut sample = Self::with(g, weight, [0.0; 3]);
        match shape {
            Shape::Linear { n: 3, .. } => sample.read_space(),
            Shape::Linear { .. } | Shape::Affine => sample.read_plane(),
            Shape::Rotation => {
                let turned = Quaternion::from_matrix(&sample.g).axis_angle();
                (sample.turn, sample.axis) = (turned.angle, turned.axis[2]);
            }
            Shape::Lorentz { n } => sample.read_lorentz(n),
            Shape::Own => {}
        }
        sample
    }

    fn read_plane(&mut self) {
        let a = self.g.block(0, 0, 2, 2);
        (self.stretch, self.turn) = stretch_and_turn(&a).unwrap_or_default();
        self.scale = 0.5 * a.determinant().ln();
        self.reached = reaches(self.stretch, self.turn);
        if self.g.cols() > 2 {
            self.moves = vec![self.g[(0, 2)], self.g[(1, 2)]];
        }
    }

    fn read_space(&mut self) {
        if let Ok(Some(parts)) = StretchTurn::of(&self.g) {
            self.scale = parts.stretch.trace() / 3.0;
            let even = Matrix::identity(3).scaled(self.scale);
            let values = crate::maths::linalg::symmetric_eigen(&(&parts.stretch - &even)).map(|e| e.values);
            self.stretch = values.ok().and_then(|v| v.first().copied()).unwrap_or_default();
            // A turn by θ has the norm √2 θ.
            self.turn = parts.turn.frobenius() * std::f64::consts::FRAC_1_SQRT_2;
        }
        self.reached = log::reachable(&self.g);
    }

    fn read_lorentz(&mut self, n: usize) {
        let Ok(parts) = BoostRotation::left(&self.g) else { return };
        self.stretch = if n == 1 { parts.rapidity[0] } else { parts.size() };
        self.turn = match n {
            1 => 0.0,
            2 => parts.turn[(1, 0)].atan2(parts.turn[(0, 0)]),
            _ => Quaternion::from_matrix(&parts.turn).axis_angle().angle,
        };
    }

    /// Turn p and log-stretch t, as on the map of SL(2, R).
    pub fn place(&self) -> (f64, f64) {
        (self.turn, self.stretch)
    }

    /// The values of a coordinate: two of a translation, else one.
    pub fn values<'a>(&'a self, marginal: &Marginal) -> &'a [f64] {
        std::slice::from_ref(match marginal.coordinate {
            Coordinate::Move => return &self.moves,
            Coordinate::Turn => &self.turn,
            Coordinate::Stretch | Coordinate::Rapidity => &self.stretch,
            Coordinate::Scale => &self.scale,
            Coordinate::Axis => &self.axis,
        })
    }
}

/// Weighted share of the samples' values in each of equally wide bars, divided by a bar's width: a density.
pub fn histogram(samples: &[Sample], marginal: &Marginal, count: usize) -> Vec<f64> {
    let values = samples.iter().flat_map(|s| s.values(marginal).iter().map(|v| (*v, s.weight)));
    bars(marginal.density.range(), count, values)
}

/// Weighted share of the samples that exp does not reach.
pub fn missed(samples: &[Sample]) -> f64 {
    let all: f64 = samples.iter().map(|s| s.weight).sum();
    samples.iter().filter(|s| !s.reached).map(|s| s.weight).sum::<f64>() / all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::super::density::BARS;
    use super::*;

    const GROUPS: [&str; 9] =
        ["SL(2)", "GL+(2)", "Aff+(2)", "SL(3)", "GL+(3)", "SO(3)", "SO+(1,1)", "SO+(1,2)", "SO+(1,3)"];

    /// Standard error of a share that is estimated with these weights, at most.
    fn error(samples: &[Sample]) -> f64 {
        let (sum, squares) =
            samples.iter().fold((0.0, 0.0), |(a, b), s| (a + s.weight, b + s.weight * s.weight));
        0.5 * f64::sqrt(squares) / sum
    }

    #[test]
    fn the_marginals_are_those_of_the_haar_measure() {
        for name in GROUPS {
            let law = Law::of(name).unwrap();
            let samples: Vec<Sample> =
                (0..8).flat_map(|seed| law.draw(&mut Rng::new(seed, 0), SAMPLES)).collect();
            let bound = 4.0 * error(&samples);
            assert!(bound < 0.06, "{name}: {bound}");
            for m in &law.marginals {
                let bars = histogram(&samples, m, BARS);
                let [lo, hi] = m.density.range();
                let width = (hi - lo) / BARS as f64;
                let (mut seen, mut worst) = (0.0, 0.0f64);
                for (k, bar) in bars.iter().enumerate() {
                    seen += bar * width;
                    worst = worst.max((seen - m.density.below(lo + width * (k + 1) as f64)).abs());
                }
                assert!((seen - 1.0).abs() < 1e-9);
                assert!(worst < bound, "{name}, {}: {worst} of {bound}", m.title);
            }
        }
    }

    #[test]
    fn a_wrong_law_would_be_seen() {
        // Without its weights the stretch of SL(2, R) is uniform on a disc: a density 2t/ρ².
        let law = Law::of("SL(2)").unwrap();
        let mut samples = law.draw(&mut Rng::new(3, 0), SAMPLES);
        samples.iter_mut().for_each(|s| s.weight = 1.0);
        let bars = histogram(&samples, &law.marginals[1], BARS);
        let width = SMALLEST / BARS as f64;
        let seen: f64 = bars.iter().take(BARS / 2).sum::<f64>() * width;
        assert!((seen - law.marginals[1].density.below(0.5 * SMALLEST)).abs() > 0.05);
    }

    #[test]
    fn the_share_that_exp_misses_is_exact_in_the_plane() {
        for name in GROUPS {
            let law = Law::of(name).unwrap();
            let samples: Vec<Sample> =
                (0..8).flat_map(|seed| law.draw(&mut Rng::new(seed, 0), SAMPLES)).collect();
            let (seen, bound) = (missed(&samples), 4.0 * error(&samples));
            match law.missed {
                Some(exact) => assert!((seen - exact).abs() <= bound, "{name}: {seen} {exact} {bound}"),
                None => assert!(name.ends_with("(3)") && seen > 0.05, "{name}: {seen}"),
            }
            assert_eq!(law.on_map(), name.contains("(2)"), "{name}");
        }
        // By integration as in closed form.
        let closed = Law::of("SL(2)").unwrap();
        let by_integral = closed.marginals[1].density.mean(|t| (PI - edge(t)) / PI);
        assert!((by_integral - closed.missed.unwrap()).abs() < 1e-3, "{by_integral}");
    }

    #[test]
    fn other_groups_have_no_law_here() {
        for name in ["SL(4)", "SO(2)", "Sp(4)", "SO(3) x SO(3)", "nonsense"] {
            assert!(Law::of(name).is_none(), "{name}");
        }
    }
}
