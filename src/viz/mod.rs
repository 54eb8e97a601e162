//! Drawing: arrows, plates, balls, boxes, Minkowski diagrams. Knows pictures, not models.
//!
//! A [`Scene`] says what the commuting square shows; a [`View`] says how one of its plates maps vectors to points.
//! Everything else paints.

pub mod ball;
pub mod block;
pub mod ellipsoid;
pub mod gauge;
pub mod minkowski;
pub mod motion;
pub mod pen;
pub mod plate;
pub mod scene;
pub mod shapes;
pub mod sheet;
pub mod vectors;

pub use motion::{Fit, Glide, Sway};
pub use pen::Pen;
pub use scene::{Camera, Output, Scene, Space, Verdict, VerdictState, View};
