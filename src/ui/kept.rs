//! Texts that have been set are kept for a while.
//!
//! egui keeps what the last frame showed. A number that changes while something is moved is then set anew in every
//! frame, although it comes again soon: with two decimals there are not many.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use eframe::egui::mutex::Mutex;
use eframe::egui::{Align2, Color32, Context, FontFamily, FontId, Galley, Id, Painter, Pos2, Rect};

use super::fonts;
use super::typeset::{Formula, Style};

/// The last new values, and as many from before them.
struct Kept<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new() }
    }
}

impl<K: Eq + Hash, V: Clone> Kept<K, V> {
    /// Values of one age.
    const MOST: usize = 500;

    /// The value under a key, and if it is old, as a young one.
    fn get(&mut self, key: &K) -> Option<V> {
        if let Some(value) = self.young.get(key) {
            return Some(value.clone());
        }
        let (key, value) = self.old.remove_entry(key)?;
        self.put(key, value.clone());
        Some(value)
    }

    fn put(&mut self, key: K, value: V) {
        if self.young.len() >= Self::MOST {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

/// Text, font by its family and the bits of its size, and colour.
type Line = (String, FontFamily, u32, Color32);

/// What is kept in a context.
#[derive(Default)]
struct Shelf {
    /// A text that egui sets anew when it sets everything anew, as for another resolution: what was kept is worthless then.
    witness: Option<(u64, Arc<Galley>)>,
    formulas: Kept<(String, Style), Formula>,
    lines: Kept<Line, Arc<Galley>>,
}

impl Shelf {
    fn of(ctx: &Context) -> Arc<Mutex<Self>> {
        let id = Id::unique("texts that are kept");
        let shelf = ctx.data_mut(|data| data.get_temp_mut_or_default::<Arc<Mutex<Self>>>(id).clone());
        shelf.lock().look(ctx);
        shelf
    }

    /// Once a pass: whether the letters still stand where they stood on egui's texture.
    fn look(&mut self, ctx: &Context) {
        let pass = ctx.cumulative_pass_nr();
        if self.witness.as_ref().is_some_and(|(seen, _)| *seen == pass) {
            return;
        }
        let witness = set(ctx, "0".to_owned(), fonts::regular(fonts::BODY), Color32::WHITE);
        if !self.witness.as_ref().is_some_and(|(_, before)| Arc::ptr_eq(before, &witness)) {
            *self = Self::default();
        }
        self.witness = Some((pass, witness));
    }
}

fn set(ctx: &Context, text: String, font: FontId, color: Color32) -> Arc<Galley> {
    ctx.fonts_mut(|fonts| fonts.layout_no_wrap(text, font, color))
}

/// The formula of this markup in this style, set by `make` where it is not kept.
pub(super) fn formula(ctx: &Context, markup: &str, style: Style, make: impl FnOnce() -> Formula) -> Formula {
    let shelf = Shelf::of(ctx);
    let key = (markup.to_owned(), style);
    if let Some(known) = shelf.lock().formulas.get(&key) {
        return known;
    }
    let made = make();
    shelf.lock().formulas.put(key, made.clone());
    made
}

/// Paints a line of text that changes often; returns its box.
pub fn text(painter: &Painter, at: Pos2, align: Align2, text: String, font: FontId, color: Color32) -> Rect {
    let shelf = Shelf::of(painter.ctx());
    let key = (text, font.family.clone(), font.size.to_bits(), color);
    let known = shelf.lock().lines.get(&key);
    let galley = known.unwrap_or_else(|| {
        let made = set(painter.ctx(), key.0.clone(), font, color);
        shelf.lock().lines.put(key, made.clone());
        made
    });
    let rect = align.anchor_size(at, galley.size());
    painter.galley(rect.min, galley, color);
    rect
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use eframe::egui::RawInput;

    #[test]
    fn what_is_used_is_kept_and_the_oldest_is_dropped() {
        const MOST: u32 = Kept::<u32, u32>::MOST as u32;
        let mut kept = Kept::default();
        for k in 0..3 * MOST {
            kept.put(k, 2 * k);
            assert_eq!(kept.get(&0), Some(0), "asked for all the time");
        }
        assert_eq!(kept.get(&1), None);
        assert_eq!(kept.get(&(3 * MOST - 1)), Some(6 * MOST - 2));
        assert!(kept.young.len() + kept.old.len() <= 2 * MOST as usize);
    }

    #[test]
    fn a_text_is_set_once_and_anew_at_another_resolution() {
        let ctx = Context::default();
        fonts::install(&ctx);
        let frame = |pixels: f32, show: bool| {
            let mut input = RawInput::default();
            input.viewports.get_mut(&input.viewport_id).unwrap().native_pixels_per_point = Some(pixels);
            let mut seen = None;
            let mut output = ctx.run_ui(input, |ui| {
                if show {
                    let font = fonts::maths(15.0);
                    text(
                        ui.painter(),
                        Pos2::ZERO,
                        Align2::LEFT_TOP,
                        "-1.25".into(),
                        font.clone(),
                        Color32::RED,
                    );
                    let key = ("-1.25".to_owned(), font.family, font.size.to_bits(), Color32::RED);
                    seen = Shelf::of(ui.ctx()).lock().lines.get(&key);
                } else {
                    // Something else is shown, and egui forgets.
                    text(
                        ui.painter(),
                        Pos2::ZERO,
                        Align2::LEFT_TOP,
                        "x".into(),
                        fonts::maths(15.0),
                        Color32::RED,
                    );
                }
            });
            output.textures_delta.clear();
            seen
        };
        let first = frame(1.0, true).unwrap();
        frame(1.0, false);
        frame(1.0, false);
        assert!(Arc::ptr_eq(&first, &frame(1.0, true).unwrap()), "kept");
        let finer = frame(2.0, true).unwrap();
        assert!(!Arc::ptr_eq(&first, &finer), "set anew");
        assert_eq!(finer.pixels_per_point, 2.0);
    }
}
