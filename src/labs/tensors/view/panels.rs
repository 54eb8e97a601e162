//! The side panel: group element, task, model, break-it switches.

use super::{Tab, Tensors, column};
use crate::data::Task;
use crate::labs::lab::{LabCx, LayoutKind, Request};
use crate::labs::tensors::element::{self, Element, PLANES};
use crate::labs::tensors::options::{SWITCHES, matters, serves, title};
use crate::labs::tensors::settings::{
    BATCH, LAYERS, LEARNING_RATE, MORE, SEEDS, Settings, TRAIN, TRAIN_SIZES, WIDTH,
};
use crate::labs::tensors::task;
use crate::maths::{Coordinate, Group};
use crate::nn::tensors;
use crate::ui::controls::{
    Kind, NumberField, Unit, hairline, icon_button, menu_item, menu_title, number_field, section_header,
    segmented, switch, text_button, value_menu,
};
use crate::ui::icons::Icon;
use crate::ui::numbers::{count, shortest};
use crate::ui::style::MARGIN;
use crate::ui::theme::Theme;
use eframe::egui::{self, Align, Layout, Ui, UiBuilder, vec2};

impl Tensors {
    pub(super) fn side_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            inset(ui, 16.0, |ui| {
                self.element_ui(ui, cx);
                hairline(ui);
                self.task_ui(ui, cx);
                hairline(ui);
                self.model_ui(ui, cx);
                hairline(ui);
                self.break_ui(ui, cx);
                hairline(ui);
                self.view_ui(ui, cx);
            });
        });
    }

    pub(super) fn embed_side_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        inset(ui, 16.0, |ui| {
            let bottom = ui.max_rect().bottom() - 32.0 - 16.0;
            let height = bottom - ui.cursor().top() - 8.0;
            egui::ScrollArea::vertical().auto_shrink(false).max_height(height).show(ui, |ui| {
                self.handle_ui(ui, cx, vec2(ui.available_width(), (height - 168.0).clamp(128.0, 176.0)));
                ui.add_space(8.0);
                self.fields_ui(ui, cx);
                ui.add_space(8.0);
                self.break_ui(ui, cx);
            });
            ui.add_space((bottom - ui.cursor().top()).max(0.0));
            ui.horizontal(|ui| {
                if text_button(ui, "Open in Equiscope").clicked() {
                    cx.requests.push(Request::OpenFull);
                }
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| self.identity_button(ui, cx));
            });
        });
    }

    pub(super) fn tab_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        match self.tab {
            Tab::Element => {
                inset(ui, 16.0, |ui| {
                    ui.horizontal_top(|ui| {
                        self.handle_ui(ui, cx, vec2(176.0, 160.0));
                        ui.add_space(8.0);
                        ui.vertical(|ui| {
                            self.coordinate_fields(ui, cx, false);
                            ui.add_space(8.0);
                            self.group_menu(ui, cx);
                        });
                    });
                    self.coordinate_fields(ui, cx, true);
                });
                self.orbit_ui(ui, cx, 160.0);
            }
            Tab::Model => inset(ui, 16.0, |ui| {
                self.task_ui(ui, cx);
                hairline(ui);
                self.model_ui(ui, cx);
            }),
            Tab::BreakIt => inset(ui, 16.0, |ui| {
                self.break_ui(ui, cx);
                hairline(ui);
                self.view_ui(ui, cx);
            }),
            Tab::Train => {
                inset(ui, 16.0, |ui| self.trainer_ui(ui, cx));
                column::row(self, ui);
                self.error_ui(ui, 176.0);
                self.orbit_ui(ui, cx, 140.0);
            }
        }
    }

    fn element_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let theme = Theme::of(ui.ctx());
        let header = section_header(ui, "GROUP ELEMENT", theme.g).rect;
        // The menu's own padding lies outside the column, so that its chevron stands on the edge.
        let right = egui::Rect::from_min_max(header.center_top(), header.max + vec2(10.0, 0.0));
        let place = UiBuilder::new().max_rect(right).layout(Layout::right_to_left(Align::Center));
        self.group_menu(&mut ui.new_child(place), cx);
        self.handle_ui(ui, cx, vec2(ui.available_width(), 160.0));
        ui.add_space(8.0);
        self.fields_ui(ui, cx);
    }

    fn group_menu(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let s = &mut self.settings;
        let pretty = |proper: bool| task::group(s.task, proper).replace('+', "⁺");
        let (whole, part, present) = (pretty(false), pretty(true), pretty(s.proper));
        let mut chosen = s.proper;
        let items = |ui: &mut Ui| {
            for (proper, name) in [(false, &whole), (true, &part)] {
                if menu_item(ui, name, proper == s.proper).clicked() {
                    chosen = proper;
                }
            }
        };
        if cx.layout == LayoutKind::Phone {
            value_menu(ui, "Group", &present, items);
        } else {
            menu_title(ui, &present, "Group", items);
        }
        if chosen != s.proper {
            s.set_proper(chosen);
            self.commit(cx);
        }
    }

    fn handle_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>, size: egui::Vec2) {
        let touch = cx.layout == LayoutKind::Phone;
        let s = &mut self.settings;
        let (task, group) = (s.task, Element::handle_group(s.task, s.proper));
        let (mut coords, shown) = (s.g.handle(task), self.shown.handle(task));
        let r = self.handle.ui(ui, group, &mut coords, &shown, size, touch);
        if r.changed {
            s.g.set_handle(task, coords);
        }
        if group.dim() == 3 {
            self.points.camera = self.handle.camera;
        }
        if r.jumped {
            self.glide(ui.ctx());
        } else if r.dragging {
            self.glide = None;
        }
        let area = r.places.iter().find(|p| p.0 == "handle").map(|p| p.1);
        cx.places.extend(r.places);
        if r.committed {
            self.commit(cx);
        }
        // The corner of the handle is free; an embed has the button at its foot.
        if let (Some(area), LayoutKind::Desktop) = (area, cx.layout) {
            let corner = egui::Rect::from_min_max(area.max - vec2(32.0, 32.0), area.max);
            self.identity_button(&mut ui.new_child(UiBuilder::new().max_rect(corner)), cx);
        }
    }

    /// The plane of R⁵, a field for each coordinate, turn or mirror; the axis of a rotation comes last.
    fn fields_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        self.coordinate_fields(ui, cx, false);
        self.coordinate_fields(ui, cx, true);
    }

    /// The plane that the handle turns, one of ten.
    fn plane_menu(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let name = |k: usize| format!("{} – {}", PLANES[k].0 + 1, PLANES[k].1 + 1);
        let (mut plane, turns) = (self.settings.g.plane, self.settings.g.turns);
        value_menu(ui, "Plane", &name(plane), |ui| {
            for (k, turn) in turns.iter().enumerate() {
                let angle = shortest(turn.to_degrees(), 0);
                let text = if *turn == 0.0 { name(k) } else { format!("{}, {angle}°", name(k)) };
                if menu_item(ui, &text, k == plane).clicked() {
                    plane = k;
                }
            }
        });
        if plane != self.settings.g.plane {
            self.settings.g.plane = plane;
            self.commit(cx);
        }
    }

    fn coordinate_fields(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>, axis: bool) {
        let (before, task) = (self.settings.g.clone(), self.settings.task);
        let group = Element::handle_group(task, self.settings.proper);
        let is_axis = |k: &Coordinate| matches!(k, Coordinate::AxisX | Coordinate::AxisY | Coordinate::AxisZ);
        let fields: Vec<Coordinate> =
            group.coordinates().iter().copied().filter(|k| is_axis(k) == axis).collect();
        let mut committed = false;
        let in_a_row = match (axis, ui.available_width() >= 220.0) {
            (true, true) => 3,
            _ if fields.len() == 3 => 3,
            (false, false) => 1,
            _ => 2,
        };
        for (i, row) in fields.chunks(in_a_row).enumerate() {
            ui.add_space(if axis || i > 0 { 8.0 } else { 0.0 });
            ui.columns(row.len(), |columns| {
                for (ui, k) in columns.iter_mut().zip(row) {
                    committed |= self.coordinate_ui(ui, group, *k);
                }
            });
        }
        if axis && task.is_nbody() {
            ui.add_space(8.0);
            ui.columns(3, |columns| {
                for (i, ui) in columns.iter_mut().enumerate() {
                    let (symbol, name) = [
                        ("$t_\\x$", "translation x"),
                        ("$t_\\y$", "translation y"),
                        ("$t_\\z$", "translation z"),
                    ][i];
                    committed |= shift_ui(ui, symbol, name, &mut self.settings.g.shift[i]);
                }
            });
        }
        if !axis && group.dim() == 2 && matches!(task, Task::O5 | Task::O5Plus) {
            self.plane_menu(ui, cx);
        }
        if self.settings.g != before && self.settings.g.plane == before.plane {
            self.glide(ui.ctx());
        }
        if committed {
            self.commit(cx);
        }
    }

    fn coordinate_ui(&mut self, ui: &mut Ui, group: Group, k: Coordinate) -> bool {
        let task = self.settings.task;
        let mut coords = self.settings.g.handle(task);
        let (changed, committed) = if k == Coordinate::Mirror && group.has_mirror() {
            let options = [(false, "turn"), (true, "mirror")];
            let changed = segmented(ui, "Turn or mirror", &mut coords.mirror, &options).changed();
            (changed, changed)
        } else {
            let mut value = k.get(&coords);
            let (low, high) = k.range();
            let (symbol, angle) = (format!("${}$", k.symbol()), k.is_angle());
            let f = NumberField {
                symbol: &symbol,
                name: k.name(),
                value: &mut value,
                unit: if angle { Unit::Angle } else { Unit::Plain },
                range: low..=high,
                wrap: angle,
                step: if angle { 1.0 } else { 0.05 },
                decimals: if angle { 1 } else { 2 },
            };
            let r = number_field(ui, f);
            k.set(&mut coords, value);
            (r.response.changed(), r.committed)
        };
        if changed {
            self.settings.g.set_handle(task, coords);
        }
        committed
    }

    fn identity_button(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        if icon_button(ui, Icon::Reset, "Back to the identity", false).clicked() {
            self.settings.g = self.settings.g.at_rest();
            self.glide(ui.ctx());
            self.commit(cx);
        }
    }

    fn task_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        section_header(ui, "TASK", Theme::of(ui.ctx()).ink3);
        let (mut task, mut committed) = (self.settings.task, false);
        value_menu(ui, "Target", task.title(), |ui| {
            for t in Task::ALL {
                if menu_item(ui, t.title(), t == self.settings.task).clicked() {
                    task = t;
                }
            }
        });
        if task != self.settings.task {
            self.settings.set_task(task);
            self.forget_scales();
            committed = true;
        }
        let s = &mut self.settings;
        value_menu(ui, "Train samples", &count(s.n as u64), |ui| {
            for n in TRAIN_SIZES {
                if menu_item(ui, &count(n as u64), n == s.n).clicked() {
                    s.n = n;
                    committed = true;
                }
            }
            committed |= whole(ui, "$n$", "Training samples", &mut s.n, TRAIN);
        });
        value_menu(ui, "Seeds", &s.seeds.to_string(), |ui| {
            for n in SEEDS {
                let name = if n == 1 { "one run".to_owned() } else { format!("{n} runs, median and band") };
                if menu_item(ui, &name, n == s.seeds).clicked() {
                    s.seeds = n;
                    committed = true;
                }
            }
        });
        if committed {
            self.commit(cx);
        }
    }

    fn model_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        section_header(ui, "MODEL", Theme::of(ui.ctx()).ink3);
        let s = &mut self.settings;
        let mut committed = kind_menu(ui, "Equivariant", s.task, &mut s.model);
        committed |= compare_menu(ui, s);
        s.part();
        value_menu(ui, "Width · layers", &format!("{} · {}", s.width, s.layers), |ui| {
            committed |= whole(ui, "Width", "Channels of each type", &mut s.width, WIDTH);
            committed |= whole(ui, "Layers", "Number of layers", &mut s.layers, LAYERS);
            committed |= whole(ui, "Batch", "Samples per step", &mut s.batch, BATCH);
            let f = NumberField {
                symbol: "Learning rate",
                name: "Learning rate",
                value: &mut s.learning_rate,
                unit: Unit::Plain,
                range: LEARNING_RATE.0..=LEARNING_RATE.1,
                wrap: false,
                step: 0.001,
                decimals: 5,
            };
            committed |= number_field(ui, f).committed;
        });
        if committed {
            self.commit(cx);
        }
    }

    fn break_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        section_header(ui, "BREAK IT", Theme::of(ui.ctx()).ink3);
        let s = &mut self.settings;
        let mut changed = false;
        if s.task.is_chiral() {
            let mut wrong = !s.proper;
            let hint = "The model is built for O(3), which has mirrors; the data change their sign in one";
            if switch(ui, "Wrong group: O(3)", &mut wrong, Kind::Break, hint).changed() {
                s.set_proper(!wrong);
                changed = true;
            }
        }
        for (slug, label, hint, place) in SWITCHES {
            if matters(slug, s.task) {
                changed |= switch(ui, label, place(&mut s.breaks), Kind::Break, hint).changed();
            }
        }
        if !s.task.is_nbody() {
            let mut cut = !s.wiring.t1_to_t2;
            let hint = "No tensors from outer products of vectors: training begins anew";
            if s.task.shapes().rank == 2
                && switch(ui, "No outer products", &mut cut, Kind::Plain, hint).changed()
            {
                s.wiring.t1_to_t2 = !cut;
                changed = true;
            }
        }
        if changed {
            self.commit(cx);
        }
    }

    fn view_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        section_header(ui, "VIEW", Theme::of(ui.ctx()).ink3);
        let hint = "Draws g⁻¹ of the lower row, so that both rows are the same picture";
        let stabilised = &mut self.settings.stabilised;
        if switch(ui, "Lower row turned back", stabilised, Kind::Group, hint).changed() {
            self.commit(cx);
        }
    }
}

/// A menu of the networks that take a task.
fn kind_menu(ui: &mut Ui, label: &str, task: Task, kind: &mut tensors::Kind) -> bool {
    let before = *kind;
    value_menu(ui, label, title(before), |ui| {
        for k in tensors::Kind::ALL.into_iter().filter(|k| serves(*k, task)) {
            if menu_item(ui, title(k), k == before).clicked() {
                *kind = k;
            }
        }
    });
    *kind != before
}

/// A menu of the twin, and below it of what else is trained beside model and twin.
fn compare_menu(ui: &mut Ui, s: &mut Settings) -> bool {
    let (twin, before) = (s.twin, s.more.clone());
    let more = if before.is_empty() { String::new() } else { format!(" + {}", before.len()) };
    let kinds = || tensors::Kind::ALL.into_iter().filter(|k| serves(*k, s.task));
    let (mut chosen, mut others) = (twin, before.clone());
    value_menu(ui, "Compare with", &format!("{}{more}", title(twin)), |ui| {
        for k in kinds() {
            if menu_item(ui, title(k), k == twin).clicked() {
                chosen = k;
            }
        }
        hairline(ui);
        for k in kinds().filter(|k| *k != s.model && *k != twin) {
            if menu_item(ui, &format!("and {}", title(k)), before.contains(&k)).clicked() {
                match before.contains(&k) {
                    true => others.retain(|other| *other != k),
                    // The one that has been there longest makes room.
                    false => {
                        let rest = before.iter().copied().skip((before.len() + 1).saturating_sub(MORE));
                        others = rest.chain([k]).collect();
                    }
                }
            }
        }
    });
    (s.twin, s.more) = (chosen, others);
    s.twin != twin || s.more != before
}

/// A component of the translation.
fn shift_ui(ui: &mut Ui, symbol: &str, name: &str, value: &mut f64) -> bool {
    let f = NumberField {
        symbol,
        name,
        value,
        unit: Unit::Plain,
        range: -element::SHIFT..=element::SHIFT,
        wrap: false,
        step: 0.05,
        decimals: 2,
    };
    number_field(ui, f).committed
}

/// A field for a whole number.
fn whole(ui: &mut Ui, symbol: &str, name: &str, value: &mut usize, (low, high): (usize, usize)) -> bool {
    let mut number = *value as f64;
    let f = NumberField {
        symbol,
        name,
        value: &mut number,
        unit: Unit::Plain,
        range: low as f64..=high as f64,
        wrap: false,
        step: 1.0,
        decimals: 0,
    };
    let committed = number_field(ui, f).committed;
    *value = number.round() as usize;
    committed
}

/// Contents with the panel's margin at the sides and `top` above.
pub(super) fn inset(ui: &mut Ui, top: f32, content: impl FnOnce(&mut Ui)) {
    let side = if ui.available_width() > 250.0 && ui.available_width() < 300.0 { MARGIN } else { 16.0 };
    let margin = egui::Margin { left: side as i8, right: side as i8, top: top as i8, bottom: 8 };
    egui::Frame::new().inner_margin(margin).show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 0.0);
        content(ui);
    });
}
