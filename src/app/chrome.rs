//! What the pages of the shell share: places that can be pressed, widths of text, names of groups.

use eframe::egui::{Color32, FontId, Id, Rect, Response, Role, Sense, Ui, WidgetInfo};

/// A place that can be pressed: pointer, keyboard and assistive technology alike.
pub fn pressable(ui: &mut Ui, rect: Rect, id: &str, name: &str) -> Response {
    let response = ui.interact(rect, Id::unique(("shell", id)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    response
}

/// The width of one line of text.
pub fn width(ui: &Ui, text: &str, font: FontId) -> f32 {
    ui.painter().layout_no_wrap(text.to_owned(), font, Color32::PLACEHOLDER).size().x
}

/// The name of a group as markup: `SO+(1,2)` as `\SO^+(1,2)`, upright with its plus raised.
pub fn group_markup(name: &str) -> String {
    let mut markup = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.chars() {
        match c {
            'A'..='Z' if !before.is_alphanumeric() => {
                markup.push('\\');
                markup.push(c);
            }
            '+' => markup.push_str("^+"),
            'x' if before == ' ' => markup.push('×'),
            _ => markup.push(c),
        }
        before = c;
    }
    markup
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_set_in_proper_type() {
        for (name, markup) in [
            ("O(2)", r"\O(2)"),
            ("SO+(1,2)", r"\SO^+(1,2)"),
            ("Aff+(2)", r"\Aff^+(2)"),
            ("S(n)", r"\S(n)"),
            ("SO(2) x C(4)", r"\SO(2) × \C(4)"),
        ] {
            assert_eq!(group_markup(name), markup);
        }
    }
}
