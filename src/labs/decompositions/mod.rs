#![doc = include_str!("about.md")]

pub mod chain;
pub mod check;
mod choices;
pub mod density;
pub mod element;
pub mod haar;
pub mod map;
pub mod settings;
#[cfg(feature = "app")]
mod view;

#[cfg(feature = "app")]
pub use view::make;

use super::check::Backend;
use super::lab::{LabMeta, Section};

/// What the gallery and the command line say.
pub const META: LabMeta = LabMeta {
    slug: "decompositions",
    title: "Decompositions",
    summary: "Take a matrix apart into turns, stretches and shears. Does their order matter?",
    source: "Lie Group Decompositions for Equivariant Neural Networks",
    groups: &["SL(2)", "GL+(2)", "Aff+(2)"],
    chips: &["SL(2)", "Aff+(2)"],
    section: Section::Geometry,
    backends: &[Backend::Cpu],
};

/// The cloud of points that may be printed on the sheets: two arms of a spiral, one of them short, and a knot.
pub fn cloud() -> &'static [[f64; 2]] {
    static CLOUD: std::sync::LazyLock<Vec<[f64; 2]>> = std::sync::LazyLock::new(|| {
        let mut rng = crate::maths::rng::Rng::new(11, 0);
        let mut blur = |[x, y]: [f64; 2], s: f64| [x + s * rng.normal(), y + s * rng.normal()];
        let arm = |r: f64, a: f64| [r * a.cos(), r * a.sin()];
        let mut points: Vec<[f64; 2]> = (0..90)
            .map(|i| f64::from(i) / 90.0)
            .map(|t| blur(arm(0.12 + 0.72 * t, 0.4 + 4.4 * t), 0.03))
            .collect();
        points.extend(
            (0..45).map(|i| f64::from(i) / 90.0).map(|t| blur(arm(0.12 + 0.72 * t, 3.5 + 4.4 * t), 0.03)),
        );
        points.extend((0..25).map(|_| blur([0.45, -0.55], 0.06)));
        points
    });
    &CLOUD
}
