//! What egui itself draws (menus, tooltips, text fields, scroll bars), in the project's tokens: flat, hairlines,
//! radius 6, an 8-pixel grid.

use eframe::egui::style::{Selection, Spacing, TextCursorStyle, WidgetVisuals, Widgets};
use eframe::egui::{self, Color32, CornerRadius, FontId, Margin, Shadow, Stroke, TextStyle, Visuals, vec2};

use super::fonts;
use super::theme::{DARK, LIGHT, Theme};

/// Radius of fields, buttons and boxes of f.
pub const RADIUS: u8 = 6;
/// Radius of cards.
pub const RADIUS_CARD: u8 = 8;
/// Radius of chips.
pub const RADIUS_CHIP: u8 = 4;
/// Height of rows, buttons and fields with a mouse.
pub const ROW: f32 = 32.0;
/// Height of rows, buttons and fields under a finger.
pub const ROW_TOUCH: f32 = 44.0;
/// Margin of the side panel and the stage.
pub const MARGIN: f32 = 24.0;

/// The whole style of one mode.
pub fn style(theme: egui::Theme) -> egui::Style {
    let tokens = if theme == egui::Theme::Dark { &DARK } else { &LIGHT };
    egui::Style {
        text_styles: text_styles(),
        spacing: spacing(),
        visuals: visuals(tokens),
        animation_time: 0.08,
        explanation_tooltips: false,
        interaction: egui::style::Interaction {
            selectable_labels: false,
            tooltip_delay: 0.4,
            ..Default::default()
        },
        ..Default::default()
    }
}

fn text_styles() -> std::collections::BTreeMap<TextStyle, FontId> {
    [
        (TextStyle::Small, fonts::regular(fonts::SMALL)),
        (TextStyle::Body, fonts::regular(fonts::BODY)),
        (TextStyle::Button, fonts::regular(fonts::BODY)),
        (TextStyle::Monospace, fonts::regular(fonts::BODY)),
        (TextStyle::Heading, fonts::semibold(fonts::LEAD)),
        (TextStyle::Name("lead".into()), fonts::regular(fonts::LEAD)),
        (TextStyle::Name("maths".into()), fonts::maths(fonts::LARGE)),
    ]
    .into()
}

fn spacing() -> Spacing {
    Spacing {
        item_spacing: vec2(8.0, 8.0),
        window_margin: Margin::same(16),
        button_padding: vec2(10.0, 6.0),
        menu_margin: Margin::same(4),
        interact_size: vec2(ROW, ROW),
        icon_spacing: 8.0,
        tooltip_width: 280.0,
        menu_width: 280.0,
        scroll: egui::style::ScrollStyle { bar_width: 6.0, ..egui::style::ScrollStyle::floating() },
        ..Default::default()
    }
}

fn visuals(t: &Theme) -> Visuals {
    let base = if t.dark { Visuals::dark() } else { Visuals::light() };
    Visuals {
        override_text_color: None,
        weak_text_color: Some(t.ink3),
        widgets: widgets(t),
        selection: Selection { bg_fill: t.axis, stroke: Stroke::new(1.5, t.ink) },
        hyperlink_color: t.ink2,
        faint_bg_color: t.half,
        extreme_bg_color: t.ctl,
        text_edit_bg_color: Some(t.ctl),
        code_bg_color: t.ctl,
        warn_fg_color: t.warn,
        error_fg_color: t.bad,
        window_corner_radius: CornerRadius::same(RADIUS_CARD),
        window_shadow: shadow(t),
        window_fill: t.surf,
        window_stroke: Stroke::new(1.0, t.line),
        window_highlight_topmost: false,
        menu_corner_radius: CornerRadius::same(RADIUS_CARD),
        panel_fill: t.bg,
        popup_shadow: shadow(t),
        text_cursor: TextCursorStyle { stroke: Stroke::new(1.5, t.ink), ..Default::default() },
        button_frame: true,
        collapsing_header_frame: false,
        indent_has_left_vline: false,
        striped: false,
        interact_cursor: Some(egui::CursorIcon::PointingHand),
        ..base
    }
}

/// The one shadow there is: under menus and windows.
fn shadow(t: &Theme) -> Shadow {
    let alpha = if t.dark { 120 } else { 28 };
    Shadow { offset: [0, 6], blur: 24, spread: 0, color: Color32::from_black_alpha(alpha) }
}

fn widgets(t: &Theme) -> Widgets {
    let flat = |fill: Color32, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::NONE,
        corner_radius: CornerRadius::same(RADIUS),
        fg_stroke: Stroke::new(1.5, text),
        expansion: 0.0,
    };
    Widgets {
        noninteractive: WidgetVisuals { bg_stroke: Stroke::new(1.0, t.line), ..flat(t.bg, t.ink) },
        inactive: flat(t.ctl, t.ink),
        hovered: flat(t.line, t.ink),
        active: flat(t.axis, t.ink),
        open: flat(t.line, t.ink),
    }
}
