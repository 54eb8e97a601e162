//! Type: Inter for the interface, STIX Two for symbols, and how both are registered with egui.
//!
//! The files are subsets with tabular digits in the default glyphs (`assets/fonts/README.md`).

use std::sync::{Arc, LazyLock};

use eframe::egui::{self, FontData, FontDefinitions, FontFamily, FontId, FontTweak};

use super::style;

/// Captions and ticks.
pub const SMALL: f32 = 12.0;
/// Interface.
pub const BODY: f32 = 14.0;
/// Lead and small formulas.
pub const LEAD: f32 = 18.0;
/// Formulas and the residual.
pub const LARGE: f32 = 24.0;
/// The title of the gallery, only.
pub const TITLE: f32 = 32.0;

/// The faces: name of the family, file, names of the families that stand in for missing characters.
const FACES: [(&str, &[u8], &[&str]); 5] = [
    ("Inter", include_bytes!("../../assets/fonts/Inter-Regular.ttf"), &["Stix"]),
    ("Inter-Medium", include_bytes!("../../assets/fonts/Inter-Medium.ttf"), &["Inter", "Stix"]),
    ("Inter-SemiBold", include_bytes!("../../assets/fonts/Inter-SemiBold.ttf"), &["Inter", "Stix"]),
    ("Stix", include_bytes!("../../assets/fonts/STIXTwo-Regular.ttf"), &["Inter"]),
    ("Stix-Italic", include_bytes!("../../assets/fonts/STIXTwo-Italic.ttf"), &["Stix", "Inter"]),
];

static MEDIUM: LazyLock<FontFamily> = LazyLock::new(|| FontFamily::Name("Inter-Medium".into()));
static SEMIBOLD: LazyLock<FontFamily> = LazyLock::new(|| FontFamily::Name("Inter-SemiBold".into()));
static STIX: LazyLock<FontFamily> = LazyLock::new(|| FontFamily::Name("Stix".into()));
static STIX_ITALIC: LazyLock<FontFamily> = LazyLock::new(|| FontFamily::Name("Stix-Italic".into()));

/// Inter, weight 400.
pub fn regular(size: f32) -> FontId {
    FontId::proportional(size)
}

/// Inter, weight 500: values that are on, names of labs, buttons that act.
pub fn medium(size: f32) -> FontId {
    FontId::new(size, MEDIUM.clone())
}

/// Inter, weight 600: titles and verdicts.
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, SEMIBOLD.clone())
}

/// STIX Two, upright: digits, brackets and names in formulas.
pub fn maths(size: f32) -> FontId {
    FontId::new(size, STIX.clone())
}

/// STIX Two, italic: letters in formulas.
pub fn maths_italic(size: f32) -> FontId {
    FontId::new(size, STIX_ITALIC.clone())
}

/// The faces as egui takes them. `Monospace` is Inter too: nothing here is set in a typewriter face.
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    for (name, bytes, fallback) in FACES {
        // Half a space, egui's own choice, is too little between tabular digits.
        // The faces bring no hints, and guessing them takes code that a visitor would download for it.
        let tweak = FontTweak { thin_space_width: 0.9, hinting: Some(false), ..Default::default() };
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes).tweak(tweak)));
        let chain: Vec<String> = std::iter::once(&name).chain(fallback).map(ToString::to_string).collect();
        if name == "Inter" {
            fonts.families.insert(FontFamily::Proportional, chain.clone());
            fonts.families.insert(FontFamily::Monospace, chain.clone());
        }
        fonts.families.insert(FontFamily::Name(name.into()), chain);
    }
    fonts
}

/// Registers the faces and the style of both modes: call once, before the first frame.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(definitions());
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        ctx.set_style_of(theme, style::style(theme));
    }
}
