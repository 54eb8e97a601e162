//! Texts that have been set are kept for a while.
//!
//! egui keeps what the last frame showed. A number that changes while something is moved is then set anew in every
//! frame, although it comes again soon: with two decimals there are not many.
//!
//! Nor are digits drawn one by one as they first come, in the middle of somebody's movement, but all at once when their
//! font shows its first number.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use eframe::egui::mutex::Mutex;
use eframe::egui::text::{LayoutJob, TextFormat};
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

/// A font by its family and the bits of its size.
type Face = (FontFamily, u32);

fn face(font: &FontId) -> Face {
    (font.family.clone(), font.size.to_bits())
}

/// Text, font and colour.
type Line = (String, Face, Color32);

/// What is kept in a context.
#[derive(Default)]
struct Shelf {
    /// A text that egui sets anew when it sets everything anew, as for another resolution: what was kept is worthless then.
    witness: Option<(u64, Arc<Galley>)>,
    formulas: Kept<(String, Style), Formula>,
    lines: Kept<Line, Arc<Galley>>,
    /// Fonts that have shown a number.
    numbers: HashSet<Face>,
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
            for size in [fonts::SMALL, fonts::BODY] {
                self.draw_digits(ctx, &fonts::regular(size));
            }
        }
        self.witness = Some((pass, witness));
    }

    /// Whether a text that has just been set shows the first number of a font.
    fn learn(&mut self, ctx: &Context, set: &Galley) {
        for section in &set.job.sections {
            let (from, to) = (section.byte_range.start.0, section.byte_range.end.0);
            if set.job.text.get(from..to).is_some_and(|text| text.contains(|c: char| c.is_ascii_digit())) {
                self.draw_digits(ctx, &section.format.font_id);
            }
        }
    }

    /// Has what numbers are made of drawn on egui's texture, if it has not been: in each of the places between two pixels
    /// that egui tells apart.
    fn draw_digits(&mut self, ctx: &Context, font: &FontId) {
        const PLACES: u8 = 4;
        if self.numbers.insert(face(font)) {
            for place in 0..PLACES {
                let before = f32::from(place) / (f32::from(PLACES) * ctx.pixels_per_point());
                for part in "0123456789.+−".split_inclusive(|_| true) {
                    let mut job = LayoutJob::default();
                    job.append(part, before, TextFormat::simple(font.clone(), Color32::WHITE));
                    ctx.fonts_mut(|fonts| fonts.layout_job(job));
                }
            }
        }
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
    let mut shelf = shelf.lock();
    made.galleys().for_each(|galley| shelf.learn(ctx, galley));
    shelf.formulas.put(key, made.clone());
    made
}

/// Paints a line of text that changes often; returns its box.
pub fn text(painter: &Painter, at: Pos2, align: Align2, text: String, font: FontId, color: Color32) -> Rect {
    let shelf = Shelf::of(painter.ctx());
    let key = (text, face(&font), color);
    let known = shelf.lock().lines.get(&key);
    let galley = known.unwrap_or_else(|| {
        let made = set(painter.ctx(), key.0.clone(), font, color);
        let mut shelf = shelf.lock();
        shelf.learn(painter.ctx(), &made);
        shelf.lines.put(key, made.clone());
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
                    let key = ("-1.25".to_owned(), face(&font), Color32::RED);
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

    #[test]
    fn numbers_draw_no_letter_after_the_first_one() {
        let ctx = Context::default();
        fonts::install(&ctx);
        let frame = |line: &str, markup: &str| {
            let mut output = ctx.run_ui(RawInput::default(), |ui| {
                let (painter, white) = (ui.painter(), Color32::WHITE);
                text(painter, Pos2::ZERO, Align2::LEFT_TOP, line.to_owned(), fonts::medium(17.0), white);
                super::super::typeset::layout(ui.ctx(), markup, 21.0, white);
            });
            let drawn = !output.textures_delta.set.is_empty();
            output.textures_delta.clear();
            drawn
        };
        assert!(frame("0", "det = 1.00"));
        for k in 0..200 {
            let value = f64::from(k) * 0.37 - 31.0;
            let text = format!("{value:.3}").replace('-', "−");
            assert!(!frame(&text, &format!("det = {text}")), "{text}");
        }
    }
}
