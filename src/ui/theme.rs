//! Colours, type sizes and spacing: the only place that names a colour.

use eframe::egui::{self, Color32};

/// Colour tokens of one mode (light or dark).
///
/// Input is blue, output vermilion, the group element plum; green, amber and crimson belong to the verdict alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Theme {
    /// True for the dark set.
    pub dark: bool,
    /// Window.
    pub bg: Color32,
    /// Plates and cards.
    pub surf: Color32,
    /// Fields and tracks.
    pub ctl: Color32,
    /// Tinted half of a plate.
    pub half: Color32,
    /// Grid of a plate or plot.
    pub grid: Color32,
    /// Axes and rims.
    pub axis: Color32,
    /// Hairlines.
    pub line: Color32,
    /// Text.
    pub ink: Color32,
    /// Secondary text.
    pub ink2: Color32,
    /// Captions and ticks.
    pub ink3: Color32,
    /// Marks that are never text.
    pub ink4: Color32,
    /// Input: x and g·x.
    pub x: Color32,
    /// Tint of the input.
    pub x_tint: Color32,
    /// Output: f(x), the equivariant model's curves.
    pub y: Color32,
    /// Tint of the output.
    pub y_tint: Color32,
    /// Outline and text of the output.
    pub y_line: Color32,
    /// The group element: g, ρ(g), θ, knobs, the cursor of the orbit plot.
    pub g: Color32,
    /// Tint of the group element.
    pub g_tint: Color32,
    /// The plain twin, always dashed.
    pub twin: Color32,
    /// The twin where it is filled.
    pub twin_fill: Color32,
    /// Verdict: holds (✓).
    pub ok: Color32,
    /// Verdict: nearly (~).
    pub warn: Color32,
    /// Verdict: broken (✗), and a break-it switch that is on.
    pub bad: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// The light set.
pub const LIGHT: Theme = Theme {
    dark: false,
    bg: rgb(0xFAFAF8),
    surf: rgb(0xFFFFFF),
    ctl: rgb(0xEFEFEB),
    half: rgb(0xF5F5F1),
    grid: rgb(0xECECE8),
    axis: rgb(0xD6D6D0),
    line: rgb(0xE3E3DE),
    ink: rgb(0x1B1C20),
    ink2: rgb(0x4E5058),
    ink3: rgb(0x6C6F78),
    ink4: rgb(0xA9ABB1),
    x: rgb(0x0072B2),
    x_tint: rgb(0xE4F1F9),
    y: rgb(0xD55E00),
    y_tint: rgb(0xFBE7D9),
    y_line: rgb(0xA84300),
    g: rgb(0x882E72),
    g_tint: rgb(0xF6E7F2),
    twin: rgb(0x8A8C94),
    twin_fill: rgb(0x8A8C94),
    ok: rgb(0x14784A),
    warn: rgb(0x8F5A00),
    bad: rgb(0xB0103E),
};

/// The dark set.
pub const DARK: Theme = Theme {
    dark: true,
    bg: rgb(0x131419),
    surf: rgb(0x1A1C22),
    ctl: rgb(0x272A33),
    half: rgb(0x20242C),
    grid: rgb(0x24272F),
    axis: rgb(0x3A3E4A),
    line: rgb(0x2C2F39),
    ink: rgb(0xEDEEF2),
    ink2: rgb(0xB4B7C2),
    ink3: rgb(0x8E92A0),
    ink4: rgb(0x5C606D),
    x: rgb(0x45A0E6),
    x_tint: rgb(0x142C42),
    y: rgb(0xF28C4B),
    y_tint: rgb(0x452816),
    y_line: rgb(0xFFB98C),
    g: rgb(0xF0A8D8),
    g_tint: rgb(0x3D2338),
    twin: rgb(0x80848F),
    twin_fill: rgb(0x565B68),
    ok: rgb(0x4FCB90),
    warn: rgb(0xE7B75A),
    bad: rgb(0xFF5566),
};

impl Theme {
    /// The set that belongs to the present egui theme.
    pub fn of(ctx: &egui::Context) -> &'static Theme {
        match ctx.theme() {
            egui::Theme::Dark => &DARK,
            egui::Theme::Light => &LIGHT,
        }
    }
}
