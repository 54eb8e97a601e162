//! Random elements by Haar measure: uniform on compact groups, weighted and truncated on the others.
//!
//! A linear group that is closed under transposition is g = exp(X) k with X symmetric in its Lie algebra and k in its
//! largest compact subgroup K, in one way only. In these coordinates the Haar measure, left and right, is
//! J(X) dX dk, where dk is the uniform law of K and J = ∏ sinh(μ)/μ over the eigenvalues μ² of (ad X)² on the
//! symmetric matrices (Helgason, *Groups and Geometric Analysis*, ch. I, § 5):
//!
//! | group | X | J(X), lᵢ the eigenvalues of X | k |
//! |---|---|---|---|
//! | GL⁺(n), GL(n) | symmetric | ∏_{i<j} sinh(lᵢ − lⱼ)/(lᵢ − lⱼ) | SO(n), O(n) |
//! | SL(n) | symmetric, traceless | the same | SO(n) |
//! | Sp(2n) | [[A, B], [B, −A]], A and B symmetric, eigenvalues ± lᵢ | ∏_{i<j} of lᵢ − lⱼ and lᵢ + lⱼ, ∏ᵢ of 2 lᵢ | U(n) |
//! | SO⁺(1,n), O(1,n) | boost of rapidity η = ‖b‖ | (sinh η/η)ⁿ⁻¹ | SO(n), reflections |
//! | Scale(n) | log s | 1 | – |
//!
//! Groups with translations, g = translation by t after A, have the left Haar measure dt dA / |det A|; it is a right
//! one too where |det A| = 1.
//!
//! Of groups that were given by generators the finite ones are listed, and the infinite ones that are found to be compact
//! are drawn from by a random walk (`walk`), which leaves 5e-16 of the means that Haar measure makes 0.

pub mod compact;
mod factor;
pub mod integrate;
pub mod residual;
mod walk;

pub use integrate::{Integral, integrate};

use super::matrix::Matrix;
use super::matrix_group::{Factor, MatrixGroup, Order};
use super::rng::Rng;
use walk::Walk;

/// Where the Haar measure of a group that is not compact is cut off, since no law is uniform on all of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truncation {
    /// Largest ‖X‖: the rapidity of a boost, |log s| of a scaling, the Frobenius norm of X otherwise.
    pub radius: f64,
    /// Largest |tᵢ| of a translation.
    pub translation: f64,
}

impl Default for Truncation {
    fn default() -> Self {
        Self { radius: 2.0, translation: 1.0 }
    }
}

/// Largest radius: a boost of rapidity 16 keeps its form to three digits in f64.
pub const MAX_RADIUS: f64 = 16.0;

/// Why a group has no law here.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum HaarError {
    /// A group that was given by generators and was not found to be finite or compact.
    #[error(
        "no Haar law for {group}: elements of a group given by generators can be drawn where it is finite or compact, \
         and this one is {order}"
    )]
    NoLaw {
        /// The group.
        group: String,
        /// How large it is.
        order: String,
    },
    /// A bound that is no bound.
    #[error("the {what} must lie between 0 and {most}, found {found}")]
    Truncation {
        /// Which of the bounds.
        what: &'static str,
        /// Largest value.
        most: f64,
        /// What was given.
        found: f64,
    },
}

/// A random element and what it counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    /// The element.
    pub element: Matrix,
    /// log (density of the Haar measure / density of the sampling law), up to one constant for the whole law.
    pub log_weight: f64,
}

/// How to draw from the Haar measure of a group.
#[derive(Clone, Debug)]
pub struct HaarLaw {
    source: Source,
    truncation: Truncation,
    measure: String,
}

#[derive(Clone, Debug)]
enum Source {
    /// A product of named groups.
    Factors(Vec<Factor>),
    /// All elements of a finite group.
    Elements(Vec<Matrix>),
    /// A compact group by its generators.
    Walk(Walk),
}

impl HaarLaw {
    /// The law of a named group, or of a finite or compact one.
    ///
    /// # Errors
    /// A group given by its generators that is neither finite (and not too large to list) nor known to be compact (with
    /// discrete generators of a group that can be listed), or a truncation that is not positive and finite.
    pub fn new(group: &MatrixGroup, truncation: Truncation) -> Result<Self, HaarError> {
        let Truncation { radius, translation } = truncation;
        for (what, found, most) in
            [("radius", radius, MAX_RADIUS), ("bound of translations", translation, f64::MAX)]
        {
            if !(found > 0.0 && found <= most) {
                return Err(HaarError::Truncation { what, most, found });
            }
        }
        if let Some(named) = group.named() {
            let factors = named.factors().to_vec();
            let measure = describe(&factors, truncation);
            return Ok(Self { source: Source::Factors(factors), truncation, measure });
        }
        if let Some(elements) = group.elements() {
            let measure = format!("uniform on the {} elements", elements.len());
            return Ok(Self { source: Source::Elements(elements), truncation, measure });
        }
        let infinite = group.order() == Order::Infinite;
        match infinite.then(|| Walk::new(group)).flatten() {
            Some(walk) => {
                let measure = describe_walk(&walk);
                Ok(Self { source: Source::Walk(walk), truncation, measure })
            }
            None => Err(HaarError::NoLaw { group: group.name().to_owned(), order: lawless(group) }),
        }
    }

    /// The measure in words: where it was cut off, and whether it is the left one only.
    pub fn measure(&self) -> &str {
        &self.measure
    }

    /// Whether draws have different weights.
    pub fn weighted(&self) -> bool {
        match &self.source {
            Source::Factors(factors) => factors.iter().any(|&f| factor::weighted(f)),
            Source::Elements(_) | Source::Walk(_) => false,
        }
    }

    /// The next random element.
    pub fn draw(&self, rng: &mut Rng) -> Draw {
        match &self.source {
            Source::Elements(list) => {
                Draw { element: list[compact::pick(rng, list.len())].clone(), log_weight: 0.0 }
            }
            // No turn is known that fails to be computed; a draw without one would count nothing.
            Source::Walk(walk) => walk
                .draw(rng)
                .map(|element| Draw { element, log_weight: 0.0 })
                .unwrap_or_else(|_| Draw { element: walk.identity(), log_weight: f64::NEG_INFINITY }),
            Source::Factors(factors) => {
                let parts: Vec<Draw> =
                    factors.iter().map(|&f| factor::draw(f, self.truncation, rng)).collect();
                let blocks: Vec<&Matrix> = parts.iter().map(|p| &p.element).collect();
                let log_weight = parts.iter().map(|p| p.log_weight).sum();
                Draw { element: Matrix::direct_sum(&blocks), log_weight }
            }
        }
    }
}

/// The measure of a walk: what is multiplied.
fn describe_walk(walk: &Walk) -> String {
    let mut text = format!(
        "uniform: Haar measure of total mass 1, by products of {} random one-parameter elements",
        walk::STEPS
    );
    if walk.finite_elements() > 1 {
        text += &format!(" and one of the {} that the discrete generators make", walk.finite_elements());
    }
    text
}

/// Why a group given by generators has no law here.
fn lawless(group: &MatrixGroup) -> String {
    match (group.order(), group.compact()) {
        (Order::MoreThan(most), _) => format!("infinite or has more than {most} elements"),
        (_, Some(false)) => "infinite and not compact".to_owned(),
        (_, Some(true)) => {
            format!("compact, but its discrete generators make more than {} elements", group.most_elements())
        }
        (_, None) => "infinite, and was not found to be closed".to_owned(),
    }
}

/// The measure of a product: that of its only factor, or each behind the factor's name.
fn describe(factors: &[Factor], truncation: Truncation) -> String {
    match factors {
        [one] => factor::describe(*one, truncation),
        _ => {
            let parts = factors.iter().map(|&f| format!("{f}: {}", factor::describe(f, truncation)));
            parts.collect::<Vec<_>>().join("; ")
        }
    }
}
