//! Widgets: the commuting square, the group handle, the orbit plot, the trainer, fields and switches.

pub mod fonts;
pub mod style;
pub mod theme;
