//! Widgets: the commuting square, the group handle, the orbit plot, the trainer, fields and switches.

pub mod fonts;
pub mod style;
pub mod theme;
pub mod dial;
pub mod handle;
pub mod handle_ball;
pub mod handle_boost;
pub mod handle_linear;
pub mod handle_ring;
pub mod square;
pub mod square_layout;
mod square_text;
