//! Widgets: the commuting square, the group handle, the orbit plot, the trainer, fields and switches.

pub mod controls;
pub mod fonts;
pub mod icons;
pub mod line;
pub mod markup;
pub mod numbers;
pub mod plot;
pub mod style;
pub mod theme;
pub mod typeset;
