//! Widgets: the commuting square, the group handle, the orbit plot, the trainer, fields and switches.

pub mod controls;
pub mod dial;
pub mod dropped;
pub mod fonts;
pub mod handle;
mod handle_ball;
mod handle_boost;
mod handle_linear;
mod handle_ring;
pub mod icons;
pub mod kept;
pub mod line;
pub mod markup;
pub mod numbers;
pub mod plot;
pub mod square;
pub mod square_layout;
mod square_paint;
mod square_text;
pub mod style;
pub mod theme;
pub mod twist;
pub mod typeset;
