//! The strip below the square: the trainer, the losses, the orbit plot.

use super::Vectors;
use super::panels::save_button;
use crate::engine::Backend;
use crate::labs::lab::{Command, LabCx, LayoutKind, Request};
use crate::labs::vectors::model::NETS;
use crate::maths::{Coordinate, Coords};
use crate::session::RunState;
use crate::ui::controls::{icon_button, menu_below, menu_item, row, text_button};
use crate::ui::fonts;
use crate::ui::icons::Icon;
use crate::ui::numbers::{count, degrees, fixed};
use crate::ui::plot::{Axis, Cursor, End, Look, Plot, Series};
use crate::ui::theme::Theme;
use eframe::egui::{Rect, RichText, Ui, UiBuilder, pos2, vec2};

/// Widths of the strip's parts at the width of the reference picture.
const TRAINER: f32 = 216.0;

impl Vectors {
    pub(super) fn strip_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let all = ui.max_rect();
        let plots = all.width() - TRAINER;
        let part = |from: f32, to: f32| {
            Rect::from_min_max(pos2(all.left() + from, all.top()), pos2(all.left() + to, all.bottom()))
        };
        let middle = TRAINER + plots * 0.465;
        ui.scope_builder(UiBuilder::new().max_rect(part(24.0, TRAINER - 16.0)), |ui| {
            ui.add_space(16.0);
            self.trainer_ui(ui, cx);
        });
        ui.scope_builder(UiBuilder::new().max_rect(part(TRAINER, middle)), |ui| {
            self.loss_ui(ui, all.height())
        });
        ui.scope_builder(UiBuilder::new().max_rect(part(middle, all.width())), |ui| {
            self.orbit_ui(ui, cx, all.height())
        });
    }

    pub(super) fn trainer_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let Some(exhibit) = &self.exhibit else { return };
        let trainer = exhibit.trainer();
        let playing = *trainer.state() == RunState::Playing;
        let (step, rate) = (trainer.step(), trainer.steps_per_second());
        let parameters = exhibit.model().parameters;
        let state = trainer.state().clone();
        let good = trainer.last_good_step();
        let place = if trainer.backend() == Backend::Cpu { "CPU" } else { "GPU" };
        let csv = exhibit.curves_csv();
        let (mut command, mut saving) = (None, false);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
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
            let save = icon_button(ui, Icon::Download, "Save", false);
            menu_below(&save, |ui| {
                if menu_item(ui, "Save the curves as CSV", false).clicked() {
                    let csv = csv.into_bytes();
                    cx.requests.push(Request::Save("vectors-curves.csv".to_owned(), "text/csv", csv));
                }
                saving = menu_item(ui, "Save the run (drop it here to load it)", false).clicked();
            });
        });
        if let (true, Some(exhibit)) = (saving, &mut self.exhibit) {
            exhibit.save();
        }
        ui.add_space(8.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        row(ui, "Step", &count(u64::from(step)));
        match state {
            RunState::Diverged { step, loss } => self.diverged_ui(ui, step, &loss, good),
            RunState::Failed(why) => {
                ui.label(RichText::new(why).font(fonts::regular(12.0)).color(Theme::of(ui.ctx()).bad));
            }
            _ => {
                row(ui, "Speed", &format!("{} / s · {place}", count(rate.round() as u64)));
                row(
                    ui,
                    "Parameters",
                    &format!("{} · {}", count(parameters.0 as u64), count(parameters.1 as u64)),
                );
            }
        }
        if let Some(c) = command {
            crate::labs::lab::Lab::command(self, c);
            if c == Command::NewSeed {
                self.commit(cx);
            }
        }
    }

    fn diverged_ui(&mut self, ui: &mut Ui, step: u32, loss: &str, good: u32) {
        let theme = Theme::of(ui.ctx());
        let text = format!(
            "The {loss} loss stopped being a number at step {}: the learning rate is too large.",
            count(u64::from(step))
        );
        ui.label(RichText::new(text).font(fonts::regular(12.0)).color(theme.bad));
        if text_button(ui, &format!("Back to step {}", count(u64::from(good)))).clicked()
            && let Some(exhibit) = &mut self.exhibit
        {
            let result = exhibit.restore_last_good();
            self.report(result);
        }
    }

    pub(super) fn loss_ui(&mut self, ui: &mut Ui, height: f32) {
        let Some(exhibit) = &self.exhibit else { return };
        let trainer = exhibit.trainer();
        let points = |k: usize| -> Vec<[f64; 2]> {
            let curve = trainer.curve(NETS[k]).map_or(&[][..], |c| c.points());
            curve.iter().map(|p| [f64::from(p.0), f64::from(p.1)]).collect()
        };
        let (model, twin) = (points(0), points(1));
        let jump: Vec<[f64; 2]> = exhibit
            .before()
            .and_then(|b| b.jump.map(|after| [b.loss.1, after].map(|y| [f64::from(b.loss.0), y]).to_vec()))
            .unwrap_or_default();
        let end = nice_end(trainer.step());
        let at = |i: u32| f64::from(end) * f64::from(i) / 4.0;
        let ticks: Vec<(f64, String)> = (0..=3).map(|i| (at(i), count(at(i) as u64))).collect();
        let plot = Plot {
            title: "Loss",
            caption: "",
            x: 0.0..=f64::from(end),
            x_ticks: &ticks,
            x_name: "steps",
            x_format: |x| format!("step {}", count(x.max(0.0) as u64)),
            y: if model.is_empty() { Axis::Decades(-4, 0) } else { Axis::Auto },
            bands: &[],
            series: &[
                Series { name: "equivariant", points: &model, look: Look::Model, end: End::Dot },
                Series { name: "plain twin", points: &twin, look: Look::Twin, end: End::Dot },
                Series { name: "the switch", points: &jump, look: Look::Jump, end: End::Dot },
            ],
            marks: &[],
            cursor: None,
            height,
            key: true,
        };
        plot.show(ui);
    }

    pub(super) fn orbit_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>, height: f32) {
        let Some(exhibit) = &self.exhibit else { return };
        let first = self.settings.group.coordinates()[0];
        let angle = first.is_angle();
        let Some(sweep) = exhibit.prober().sweep().filter(|s| s.orbit.coordinate == first) else { return };
        let pairs = |values: &[f64]| -> Vec<[f64; 2]> {
            sweep.orbit.values.iter().zip(values).map(|(x, y)| [*x, *y]).collect()
        };
        let (model, twin) = (pairs(&sweep.along[0]), pairs(&sweep.along[1]));
        let before = exhibit.before().map(|b| pairs(&b.along)).unwrap_or_default();
        let now = first.get(&self.shown);
        let now = if angle { now.rem_euclid(std::f64::consts::TAU) } else { now };
        let present = exhibit.prober().square().and_then(|q| q.residual[0]);
        let broken = present.is_some_and(|r| r > 1e-2);
        let mut series =
            vec![Series { name: "equivariant", points: &model, look: Look::Model, end: End::Bare }];
        if !before.is_empty() {
            series.push(Series {
                name: "before the switch",
                points: &before,
                look: Look::Before,
                end: End::Bare,
            });
        }
        series.push(Series { name: "plain twin", points: &twin, look: Look::Twin, end: End::Bare });
        let ticks: Vec<(f64, String)> = orbit_ticks(first);
        let (lo, hi) = if angle { (0.0, std::f64::consts::TAU) } else { first.range() };
        let plot = Plot {
            title: "Residual on the orbit",
            caption: orbit_caption(first),
            x: lo..=hi,
            x_ticks: &ticks,
            x_name: "",
            x_format: if angle { |x| degrees(x, 0) } else { |x| fixed(x, 2) },
            y: Axis::Decades(-8, top_decade(&sweep.along)),
            bands: &[],
            series: &series,
            marks: &[],
            cursor: Some(Cursor { group: true, x: now, y: present, broken }),
            height,
            key: false,
        };
        let r = plot.show(ui);
        cx.places.push(("orbit", r.response.rect));
        // Hover shows the element there, a click chooses it.
        let looked_at = r.hover_x.filter(|_| r.clicked_x.is_none() && !r.response.dragged());
        if looked_at != self.preview {
            self.preview = looked_at;
            ui.ctx().request_repaint();
        }
        self.touched |= looked_at.is_some();
        if let Some(x) = r.clicked_x {
            first.set(&mut self.settings.coords, x);
            self.settings.snap();
            if !r.response.dragged() {
                self.glide(ui.ctx());
            }
            self.touched = true;
        }
        if r.clicked_x.is_some() && !r.response.dragged() || r.response.drag_stopped() {
            self.commit(cx);
        }
    }

    /// The element under the pointer on the orbit plot.
    pub(super) fn looked_at(&self) -> Option<Coords> {
        let group = self.settings.group;
        let mut coords = self.settings.coords;
        group.coordinates()[0].set(&mut coords, self.preview?);
        Some(coords.snapped(group))
    }

    /// The button that saves the square in the corner of the stage, where that is free.
    pub(super) fn save_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        if cx.layout != LayoutKind::Desktop {
            return;
        }
        let corner = Rect::from_min_size(ui.max_rect().right_bottom() - vec2(44.0, 44.0), vec2(32.0, 32.0));
        cx.places.push(("save_square", corner));
        ui.scope_builder(UiBuilder::new().max_rect(corner), |ui| save_button(ui, cx));
    }
}

/// The end of the axis of steps: a round number that leaves room to go on.
fn nice_end(step: u32) -> u32 {
    let wanted = (f64::from(step) * 1.25).max(400.0);
    let decade = 10f64.powf(wanted.log10().floor());
    let nice = [1.0, 2.0, 4.0, 8.0, 10.0].into_iter().map(|k| k * decade).find(|v| *v >= wanted);
    nice.unwrap_or(wanted) as u32
}

/// The decade above the largest residual, at least 10⁰.
fn top_decade(along: &[Vec<f64>; 2]) -> i32 {
    let largest = along.iter().flatten().copied().filter(|v| v.is_finite()).fold(1.0, f64::max);
    (largest.log10().ceil() as i32).clamp(0, 8)
}

fn orbit_ticks(k: Coordinate) -> Vec<(f64, String)> {
    if k.is_angle() {
        (0..=4).map(|q| f64::from(q) * std::f64::consts::FRAC_PI_2).map(|v| (v, degrees(v, 0))).collect()
    } else {
        let (lo, hi) = k.range();
        (lo as i32..=hi as i32).map(|v| (f64::from(v), fixed(f64::from(v), 0))).collect()
    }
}

fn orbit_caption(k: Coordinate) -> &'static str {
    match k {
        Coordinate::Rapidity => "$g = B(η)$",
        _ => "$g = R(θ)$",
    }
}
