//! The strip below the square: the trainer, the error on unseen samples, the error on the orbit.

use super::{Tensors, words};
use crate::engine::Backend;
use crate::labs::lab::{Command, Lab, LabCx, LayoutKind, Request};
use crate::labs::tensors::element::{Element, PLANES};
use crate::labs::tensors::options::title;
use crate::maths::Coordinate;
use crate::ui::controls::{icon_button, row};
use crate::ui::fonts;
use crate::ui::icons::Icon;
use crate::ui::numbers::{count, degrees, fixed};
use crate::ui::plot::{Axis, Band, Cursor, End, Look, Mark, Plot, Series};
use crate::ui::theme::Theme;
use crate::viz::shapes::mix;
use eframe::egui::{Rect, RichText, Ui, UiBuilder, pos2};
use std::f64::consts::FRAC_PI_2;

/// Width of the trainer's part.
const TRAINER: f32 = 208.0;
/// Errors below this are drawn at the foot of a plot.
const FLOOR: f64 = 1e-9;

impl Tensors {
    pub(super) fn strip_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let all = ui.max_rect();
        let part = |from: f32, to: f32| {
            Rect::from_min_max(pos2(all.left() + from, all.top()), pos2(all.left() + to, all.bottom()))
        };
        let middle = TRAINER + (all.width() - TRAINER) * 0.52;
        ui.scope_builder(UiBuilder::new().max_rect(part(24.0, TRAINER - 16.0)), |ui| {
            ui.add_space(16.0);
            self.trainer_ui(ui, cx);
        });
        let height = all.height() - 8.0;
        ui.scope_builder(UiBuilder::new().max_rect(part(TRAINER, middle)), |ui| self.error_ui(ui, height));
        ui.scope_builder(UiBuilder::new().max_rect(part(middle, all.width() - 12.0)), |ui| {
            self.orbit_ui(ui, cx, height);
        });
    }

    pub(super) fn trainer_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let Some(exhibit) = &self.exhibit else { return };
        let playing = exhibit.playing();
        let csv = exhibit.curves_csv();
        let mut command = None;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let (icon, name) = if playing { (Icon::Pause, "Pause") } else { (Icon::Play, "Train") };
            if icon_button(ui, icon, name, true).clicked() {
                command = Some(if playing { Command::Pause } else { Command::Play });
            }
            if icon_button(ui, Icon::Step, "One step", false).clicked() {
                command = Some(Command::Step(1));
            }
            if icon_button(ui, Icon::Reset, "Reset to the same start", false).clicked() {
                command = Some(Command::Reset);
            }
            if icon_button(ui, Icon::Dice, "New seed", false).clicked() {
                command = Some(Command::NewSeed);
            }
            if icon_button(ui, Icon::Download, "Save the curves as CSV", false).clicked() {
                let name = format!("tensors-{}.csv", self.settings.task.slug());
                cx.requests.push(Request::Save(name, "text/csv", csv.into_bytes()));
            }
        });
        ui.add_space(8.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        self.rows_ui(ui);
        if let Some(c) = command {
            Lab::command(self, c);
            if c == Command::NewSeed {
                self.commit(cx);
            }
        }
    }

    fn rows_ui(&self, ui: &mut Ui) {
        let Some(exhibit) = &self.exhibit else { return };
        let (s, step) = (&self.settings, exhibit.step());
        let batch = s.batch.min(s.n).max(1);
        let place = exhibit.runs().first().map(|r| r.trainer().backend());
        let place = if place == Some(Backend::Cpu) { "CPU" } else { "GPU" };
        let rate = count(exhibit.steps_per_second().round() as u64);
        let parameters: Vec<String> = exhibit.model().parameters().iter().map(|n| count(*n as u64)).collect();
        row(ui, "Step", &count(u64::from(step)));
        row(ui, "Speed", &format!("{rate} / s · {place}"));
        row(ui, "Epoch", &count(u64::from(step) * batch as u64 / s.n.max(1) as u64));
        row(ui, "Time", &format!("{} s", fixed(exhibit.wall(), 1)));
        for (k, pair) in parameters.chunks(2).enumerate() {
            row(ui, if k == 0 { "Weights" } else { "Others" }, &pair.join(" · "));
        }
        let theme = Theme::of(ui.ctx());
        let (text, color) = match (exhibit.diverged(), exhibit.drawing()) {
            (Some(d), _) => (words::diverged(d.step, d.back_to), theme.bad),
            (None, Some((have, want))) => {
                (format!("Drawing samples: {} of {}.", count(have as u64), count(want as u64)), theme.ink3)
            }
            (None, None) => (words::trend(&exhibit.examiner().summary(0)).to_owned(), theme.ink3),
        };
        ui.add_space(4.0);
        ui.label(RichText::new(text).font(fonts::regular(fonts::SMALL)).color(color));
    }

    pub(super) fn error_ui(&mut self, ui: &mut Ui, height: f32) {
        let Some(exhibit) = &self.exhibit else { return };
        let theme = Theme::of(ui.ctx());
        let kinds: Vec<_> = exhibit.settings().kinds().collect();
        let summary: Vec<_> = (0..kinds.len()).map(|k| exhibit.examiner().summary(k)).collect();
        let line =
            |k: usize| -> Vec<[f64; 2]> { summary[k].iter().map(|p| [p[0], p[1].max(FLOOR)]).collect() };
        let band = |k: usize| -> Vec<[f64; 3]> {
            summary[k].iter().map(|p| [p[0], p[2].max(FLOOR), p[3].max(FLOOR)]).collect()
        };
        let lines: Vec<_> = (0..kinds.len()).map(line).collect();
        let bands = [band(1), band(0)];
        let seeds = self.settings.seeds;
        let colors = [mix(theme.twin, theme.bg, 0.75), mix(theme.y, theme.bg, 0.75)];
        let bands: Vec<Band<'_>> = bands
            .iter()
            .zip(colors)
            .filter(|_| seeds > 1)
            .map(|(points, color)| Band { points, color })
            .collect();
        let end = nice_end(exhibit.step());
        let at = |i: u32| f64::from(end) * f64::from(i) / 4.0;
        let ticks: Vec<(f64, String)> = (0..=3).map(|i| (at(i), count(at(i) as u64))).collect();
        let named = kinds.iter().zip(self.looks(theme)).zip(&lines);
        let series: Vec<Series<'_>> = named
            .enumerate()
            // More than two values would lie on each other.
            .map(|(k, ((kind, look), points))| {
                (kind, look, points, if k < 2 { End::Value } else { End::Dot })
            })
            .map(|(kind, look, points, end)| Series { name: title(*kind), points, look, end })
            .collect();
        let before = exhibit.before().map(|b| Mark { x: f64::from(b.step), label: "switch" });
        let caption = if seeds > 1 { format!("{seeds} seeds") } else { String::new() };
        let plot = Plot {
            title: "Test error",
            caption: if ui.available_width() > 380.0 { &caption } else { "" },
            x: 0.0..=f64::from(end),
            x_ticks: &ticks,
            x_name: "steps",
            x_format: |x| format!("step {}", count(x.max(0.0) as u64)),
            y: if lines[0].len() < 2 { Axis::Decades(-2, 2) } else { Axis::Auto },
            bands: &bands,
            series: &series,
            marks: before.as_slice(),
            cursor: None,
            height,
            key: true,
        };
        plot.show(ui);
    }

    pub(super) fn orbit_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>, height: f32) {
        let Some(exhibit) = &self.exhibit else { return };
        let task = self.settings.task;
        let Some(sweep) = exhibit.prober().sweep() else { return };
        let pairs = |values: &[f64]| -> Vec<[f64; 2]> {
            sweep.values.iter().zip(values).map(|(x, y)| [*x, y.max(FLOOR)]).collect()
        };
        let (model, twin) = (pairs(&sweep.error[0]), pairs(&sweep.error[1]));
        let before = exhibit.before().map(|b| pairs(&b.error)).unwrap_or_default();
        let names = self.names();
        let mut series = vec![Series { name: names[0], points: &model, look: Look::Model, end: End::Bare }];
        if !before.is_empty() {
            let name = "before the switch";
            series.push(Series { name, points: &before, look: Look::Before, end: End::Bare });
        }
        series.push(Series { name: names[1], points: &twin, look: Look::Twin, end: End::Bare });
        let angle = Element::swept(task) == Coordinate::Angle;
        let (low, high) = Element::range(task);
        let ticks: Vec<(f64, String)> = if angle {
            (0..=4).map(|q| f64::from(q) * FRAC_PI_2).map(|v| (v, degrees(v, 0))).collect()
        } else {
            (low as i32..=high as i32).map(|v| (f64::from(v), fixed(f64::from(v), 0))).collect()
        };
        let present = exhibit.prober().square().map(|q| q.error[0].max(FLOOR));
        let caption =
            if ui.available_width() > 300.0 { caption(task, self.settings.g.plane) } else { String::new() };
        let plot = Plot {
            title: "Error on the orbit",
            caption: &caption,
            x: low..=high,
            x_ticks: &ticks,
            x_name: "",
            x_format: if angle { |x| degrees(x, 0) } else { |x| fixed(x, 2) },
            y: Axis::Decades(bottom(&sweep.error), top(&sweep.error)),
            bands: &[],
            series: &series,
            marks: &[],
            cursor: Some(Cursor { group: true, x: self.shown.value(task), y: present, broken: false }),
            height,
            key: false,
        };
        let r = plot.show(ui);
        cx.places.push(("orbit", r.response.rect));
        let phone = cx.layout == LayoutKind::Phone;
        // Hover shows the element there, a click chooses it.
        let looked_at = r.hover_x.filter(|_| r.clicked_x.is_none() && !r.response.dragged() && !phone);
        if looked_at != self.preview {
            self.preview = looked_at;
            ui.ctx().request_repaint();
        }
        if let Some(x) = r.clicked_x {
            self.settings.g = self.settings.g.with_value(task, x);
            if !r.response.dragged() {
                self.glide(ui.ctx());
            }
        }
        if r.clicked_x.is_some() && !r.response.dragged() || r.response.drag_stopped() {
            self.commit(cx);
        }
    }
}

/// What moves along the orbit.
fn caption(task: crate::data::Task, plane: usize) -> String {
    use crate::data::Task;
    match task {
        Task::O5 | Task::O5Plus => {
            let (i, j) = PLANES.get(plane).copied().unwrap_or((0, 1));
            format!("turn in the plane {}{}", i + 1, j + 1)
        }
        Task::Lorentz => "rapidity of the boost".to_owned(),
        _ => "turn about the axis".to_owned(),
    }
}

/// The end of the axis of steps: a round number that leaves room to go on.
fn nice_end(step: u32) -> u32 {
    let wanted = (f64::from(step) * 1.25).max(200.0);
    let decade = 10f64.powf(wanted.log10().floor());
    let nice = [1.0, 2.0, 4.0, 8.0, 10.0].into_iter().map(|k| k * decade).find(|v| *v >= wanted);
    nice.unwrap_or(wanted) as u32
}

fn decades(errors: &[Vec<f64>; 2]) -> (f64, f64) {
    let all = errors.iter().flatten().copied().filter(|v| v.is_finite() && *v > 0.0);
    all.fold((f64::INFINITY, 0.0), |(low, high), v| (v.min(low), v.max(high)))
}

/// The decade above the largest error.
fn top(errors: &[Vec<f64>; 2]) -> i32 {
    let (_, high) = decades(errors);
    (high.max(FLOOR).log10().ceil() as i32).clamp(-6, 12)
}

/// The decade below the smallest, at least three below the top.
fn bottom(errors: &[Vec<f64>; 2]) -> i32 {
    let (low, _) = decades(errors);
    (low.clamp(FLOOR, 1e9).log10().floor() as i32).min(top(errors) - 3).clamp(-9, 9)
}
