//! The side panel: group element, break-it switches, model and data.

use super::{Tab, Vectors};
use crate::data::Target;
use crate::labs::lab::{LabCx, LayoutKind, Request};
use crate::labs::vectors::settings::{
    BATCH, LAYERS, LEARNING_RATE, OPTIMISERS, REACH, SPREAD, TrainOn, VECTORS, WIDTH, optimiser_slug,
};
use crate::maths::group::MENU;
use crate::maths::{Coordinate, Coords, Group};
use crate::ui::controls::{
    Kind, NumberField, Unit, ValueMatrix, hairline, icon_button, menu_item, menu_title, number_field,
    section_header, segmented, switch, text_button, value_menu,
};
use crate::ui::icons::Icon;
use crate::ui::numbers::{fixed, shortest};
use crate::ui::style::MARGIN;
use crate::ui::theme::Theme;
use crate::ui::typeset;
use eframe::egui::{self, Align, Layout, Ui, UiBuilder, vec2};

impl Vectors {
    pub(super) fn side_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            inset(ui, 16.0, |ui| {
                self.element_ui(ui, cx);
                hairline(ui);
                self.break_ui(ui, cx);
                hairline(ui);
                self.model_ui(ui, cx);
            });
        });
    }

    pub(super) fn embed_side_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        inset(ui, 16.0, |ui| {
            let bottom = ui.max_rect().bottom() - 32.0 - 16.0;
            let height = bottom - ui.cursor().top() - 8.0;
            egui::ScrollArea::vertical().auto_shrink(false).max_height(height).show(ui, |ui| {
                // The fields, the switch and the matrix below the handle; a group of three dimensions scrolls.
                let below = 40.0 * self.settings.group.coordinates().len() as f32 + 100.0;
                self.handle_ui(ui, cx, vec2(ui.available_width(), (height - below).clamp(144.0, 176.0)));
                ui.add_space(8.0);
                self.fields_ui(ui, cx);
                ui.add_space(8.0);
                self.break_switch(ui, cx, "Bias on vectors", "", |s| &mut s.breaks.bias);
                ui.add_space(8.0);
                self.matrix_ui(ui);
            });
            ui.add_space((bottom - ui.cursor().top()).max(0.0));
            ui.horizontal(|ui| {
                if text_button(ui, "Open in Equiscope").clicked() {
                    cx.requests.push(Request::OpenFull);
                }
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    self.identity_button(ui, cx);
                    save_button(ui, cx);
                });
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
                    ui.add_space(8.0);
                    ui.horizontal(|ui| {
                        self.matrix_ui(ui);
                        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                            self.identity_button(ui, cx);
                            save_button(ui, cx);
                        });
                    });
                });
                self.orbit_ui(ui, cx, 140.0);
            }
            Tab::BreakIt => inset(ui, 16.0, |ui| self.break_ui(ui, cx)),
            Tab::Model => inset(ui, 16.0, |ui| self.model_ui(ui, cx)),
            Tab::Train => {
                inset(ui, 16.0, |ui| self.trainer_ui(ui, cx));
                self.loss_ui(ui, 176.0);
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
        self.handle_ui(ui, cx, vec2(ui.available_width(), 184.0));
        ui.add_space(8.0);
        self.fields_ui(ui, cx);
        ui.add_space(8.0);
        self.matrix_ui(ui);
    }

    fn group_menu(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let mut chosen = None;
        let present = self.settings.group.pretty();
        let items = |ui: &mut Ui| {
            for group in MENU {
                let name = if group.keeps_metric() {
                    group.pretty()
                } else {
                    format!("{}, not a symmetry of f", group.pretty())
                };
                if menu_item(ui, &name, same_family(group, self.settings.group)).clicked() {
                    chosen = Some(group);
                }
            }
            for (name, make) in
                [("Order of C(n)", Group::Cyclic as fn(u32) -> Group), ("Order of D(n)", Group::Dihedral)]
            {
                let (Group::Cyclic(n) | Group::Dihedral(n)) = self.settings.group else { continue };
                if !same_family(make(n), self.settings.group) {
                    continue;
                }
                let mut order = f64::from(n);
                let f = field("$n$", name, &mut order, 1.0..=64.0, 1.0, 0);
                if number_field(ui, f).committed {
                    chosen = Some(make(order.round() as u32));
                }
            }
        };
        if cx.layout == LayoutKind::Phone {
            value_menu(ui, "Group", &present, items);
        } else {
            menu_title(ui, &present, "Group", items);
        }
        if let Some(group) = chosen.filter(|g| *g != self.settings.group) {
            self.settings.set_group(group);
            self.fit_x.reset();
            self.fit_y.reset();
            self.commit(cx);
        }
    }

    fn handle_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>, size: egui::Vec2) {
        let touch = cx.layout == LayoutKind::Phone;
        let (group, shown) = (self.settings.group, self.shown);
        let r = self.handle.ui(ui, group, &mut self.settings.coords, &shown, size, touch);
        if r.jumped {
            self.glide(ui.ctx());
        } else if r.dragging {
            self.glide.stop();
        }
        self.touched |= r.changed || r.dragging;
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

    /// A field for each coordinate, and turn/mirror where the group has a mirror; the axis of a rotation comes last.
    fn fields_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        self.coordinate_fields(ui, cx, false);
        self.coordinate_fields(ui, cx, true);
    }

    /// The fields of the components of the axis, or those of all other coordinates, as many in a row as fit.
    fn coordinate_fields(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>, axis: bool) {
        let before = self.settings.coords;
        let mut committed = false;
        let is_axis = |k: &Coordinate| matches!(k, Coordinate::AxisX | Coordinate::AxisY | Coordinate::AxisZ);
        let coordinates = self.settings.group.coordinates().iter().copied();
        let fields: Vec<Coordinate> = coordinates.filter(|k| is_axis(k) == axis).collect();
        let in_a_row = match (axis, ui.available_width() >= 220.0) {
            (true, true) => 3,
            (false, false) => 1,
            _ => 2,
        };
        for (i, row) in fields.chunks(in_a_row).enumerate() {
            ui.add_space(if axis || i > 0 { 8.0 } else { 0.0 });
            ui.columns(row.len(), |columns| {
                for (ui, k) in columns.iter_mut().zip(row) {
                    committed |= self.coordinate_ui(ui, *k);
                }
            });
        }
        if self.settings.coords != before {
            self.touched = true;
            self.glide(ui.ctx());
        }
        if committed {
            self.commit(cx);
        }
    }

    fn coordinate_ui(&mut self, ui: &mut Ui, k: Coordinate) -> bool {
        if k == Coordinate::Mirror {
            let options = [(false, "turn"), (true, "mirror")];
            return segmented(ui, "Turn or mirror", &mut self.settings.coords.mirror, &options).changed();
        }
        let mut value = k.get(&self.settings.coords);
        let (lo, hi) = k.range();
        let symbol = format!("${}$", k.symbol());
        let angle = k.is_angle();
        let mut f = field(
            &symbol,
            k.name(),
            &mut value,
            lo..=hi,
            if angle { 1.0 } else { 0.05 },
            if angle { 1 } else { 3 },
        );
        f.unit = if angle { Unit::Angle } else { Unit::Plain };
        f.wrap = angle;
        let r = number_field(ui, f);
        if r.response.changed() {
            k.set(&mut self.settings.coords, value);
            self.settings.snap();
        }
        r.committed
    }

    fn matrix_ui(&mut self, ui: &mut Ui) {
        let g = self.settings.group.element(&self.shown);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            typeset::formula(ui, "g =", 18.0);
            ValueMatrix::layout(ui.ctx(), g.to_rows(), 2).show(ui, "The matrix of g");
            let exp = exponential(self.settings.group, &self.shown).unwrap_or_default();
            if typeset::layout(ui.ctx(), &exp, 16.0, egui::Color32::BLACK).size().x <= ui.available_width() {
                typeset::formula(ui, &exp, 16.0);
            }
        });
    }

    fn identity_button(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        if icon_button(ui, Icon::Reset, "Back to the identity", false).clicked() {
            self.settings.coords = self.settings.coords.at_rest();
            self.glide(ui.ctx());
            self.touched = true;
            self.commit(cx);
        }
    }

    fn break_switch(
        &mut self,
        ui: &mut Ui,
        cx: &mut LabCx<'_>,
        label: &str,
        hint: &str,
        place: fn(&mut crate::labs::vectors::settings::Settings) -> &mut bool,
    ) {
        if switch(ui, label, place(&mut self.settings), Kind::Break, hint).changed() {
            self.commit(cx);
        }
    }

    fn break_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        section_header(ui, "BREAK IT", Theme::of(ui.ctx()).ink3);
        self.break_switch(ui, cx, "Bias on vectors", "Adds a constant arrow to every channel", |s| {
            &mut s.breaks.bias
        });
        self.break_switch(ui, cx, "ReLU on components", "Sets negative components to zero", |s| {
            &mut s.breaks.relu
        });
        let hint = "Each component of a vector gets weights of its own";
        self.break_switch(ui, cx, "One weight per component", hint, |s| &mut s.breaks.component);
        let hint = "Changes the sign of the metric's last entry";
        self.break_switch(ui, cx, "Flip the metric", hint, |s| &mut s.breaks.metric);
    }

    fn model_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let (target, vectors) = (self.settings.target, self.settings.x.len());
        let mut committed = false;
        section_header(ui, "MODEL AND DATA", Theme::of(ui.ctx()).ink3);
        self.input_menu(ui, &mut committed);
        self.network_menu(ui, &mut committed);
        value_menu(ui, "Target", self.settings.target.title(), |ui| {
            for t in Target::ALL {
                if menu_item(ui, t.title(), t == self.settings.target).clicked() {
                    self.settings.target = t;
                    committed = true;
                }
            }
        });
        self.training_menu(ui, &mut committed);
        let hint = "Draws g⁻¹ of the lower row, so that both rows are the same picture";
        let stabilised = &mut self.settings.stabilised;
        committed |= switch(ui, "Lower row turned back", stabilised, Kind::Group, hint).changed();
        let s = &self.settings;
        if s.target != target || s.x.len() != vectors {
            self.fit_y.reset();
        }
        if committed {
            self.commit(cx);
        }
    }

    fn input_menu(&mut self, ui: &mut Ui, committed: &mut bool) {
        let space = match self.settings.group {
            Group::Lorentz(n) => format!("\\R^{{1,{n}}}"),
            g => format!("\\R^{}", g.dim()),
        };
        let n = self.settings.x.len();
        value_menu(ui, "Input", &format!("{n} vectors in ${space}$"), |ui| {
            for k in VECTORS.0..=VECTORS.1 {
                if menu_item(ui, &format!("{k} vectors, each with a scalar"), k == n).clicked() {
                    self.settings.set_vectors(k);
                    *committed = true;
                }
            }
            self.vector_fields(ui, committed);
        });
    }

    /// The numbers of one input vector: its components and its scalar; a row of numerals chooses the vector.
    fn vector_fields(&mut self, ui: &mut Ui, committed: &mut bool) {
        let s = &mut self.settings;
        let numerals: Vec<String> = (1..=s.x.len()).map(|i| i.to_string()).collect();
        let options: Vec<(usize, &str)> = numerals.iter().map(String::as_str).enumerate().collect();
        let chosen = ui.scope_id().with("vector");
        let mut i = ui.data(|d| d.get_temp::<usize>(chosen)).unwrap_or(0).min(s.x.len().saturating_sub(1));
        ui.add_space(8.0);
        ui.spacing_mut().item_spacing.x = 8.0;
        segmented(ui, "Vector", &mut i, &options);
        ui.data_mut(|d| d.insert_temp(chosen, i));
        let (Some(vector), Some(scalar)) = (s.x.get_mut(i), s.scalars.get_mut(i)) else { return };
        let axes = if matches!(s.group, Group::Lorentz(_)) { ["t", "x", "y"] } else { ["x", "y", "z"] };
        let mut numbers: Vec<(String, String, &mut f64)> = vector
            .iter_mut()
            .zip(axes)
            .map(|(v, a)| (format!("$x_{{{}\\{a}}}$", i + 1), format!("{a} of vector {}", i + 1), v))
            .collect();
        numbers.push((format!("$m_{}$", i + 1), format!("Scalar of vector {}", i + 1), scalar));
        for row in numbers.chunks_mut(2) {
            ui.add_space(8.0);
            ui.columns(2, |columns| {
                for (ui, (symbol, name, value)) in columns.iter_mut().zip(row) {
                    let f = field(symbol, name, value, -REACH..=REACH, 0.05, 3);
                    *committed |= number_field(ui, f).committed;
                }
            });
        }
    }

    fn network_menu(&mut self, ui: &mut Ui, committed: &mut bool) {
        let s = &mut self.settings;
        value_menu(ui, "Network", &format!("{} layers · {}", s.layers, s.width), |ui| {
            let (mut layers, mut width) = (s.layers as f64, s.width as f64);
            let f =
                field("Layers", "Number of layers", &mut layers, LAYERS.0 as f64..=LAYERS.1 as f64, 1.0, 0);
            *committed |= number_field(ui, f).committed;
            let f =
                field("Width", "Channels of each type", &mut width, WIDTH.0 as f64..=WIDTH.1 as f64, 1.0, 0);
            *committed |= number_field(ui, f).committed;
            (s.layers, s.width) = (layers.round() as usize, width.round() as usize);
        });
    }

    fn training_menu(&mut self, ui: &mut Ui, committed: &mut bool) {
        let s = &mut self.settings;
        value_menu(ui, "Learning rate", &shortest(s.learning_rate, 5), |ui| {
            let range = LEARNING_RATE.0..=LEARNING_RATE.1;
            let f = field("Learning rate", "Learning rate", &mut s.learning_rate, range, 0.001, 5);
            *committed |= number_field(ui, f).committed;
            let mut batch = s.batch as f64;
            let f = field("Batch", "Samples per step", &mut batch, BATCH.0 as f64..=BATCH.1 as f64, 8.0, 0);
            *committed |= number_field(ui, f).committed;
            s.batch = batch.round() as usize;
            let f =
                field("Spread", "Spread of the data around x", &mut s.spread, SPREAD.0..=SPREAD.1, 0.05, 3);
            *committed |= number_field(ui, f).committed;
            for o in OPTIMISERS {
                let name = match optimiser_slug(o) {
                    "sgd" => "Gradient descent",
                    "momentum" => "Momentum",
                    _ => "Adam",
                };
                if menu_item(ui, name, o == s.optimiser).clicked() {
                    s.optimiser = o;
                    *committed = true;
                }
            }
            for (t, name) in [
                (TrainOn::Auto, "Train where it is fastest"),
                (TrainOn::Cpu, "Train on the CPU"),
                (TrainOn::Gpu, "Train on the GPU"),
            ] {
                if menu_item(ui, name, t == s.train_on).clicked() {
                    s.train_on = t;
                    *committed = true;
                }
            }
        });
    }
}

/// The button that saves the square as a picture.
pub(super) fn save_button(ui: &mut Ui, cx: &mut LabCx<'_>) {
    let square = cx.places.iter().find(|p| p.0 == "square").map(|p| p.1);
    if icon_button(ui, Icon::Download, "Save the square as a picture", false).clicked()
        && let Some(square) = square
    {
        cx.requests.push(Request::Picture("vectors-square.png".to_owned(), square));
    }
}

fn field<'a>(
    symbol: &'a str,
    name: &'a str,
    value: &'a mut f64,
    range: std::ops::RangeInclusive<f64>,
    step: f64,
    decimals: usize,
) -> NumberField<'a> {
    NumberField { symbol, name, value, unit: Unit::Plain, range, wrap: false, step, decimals }
}

/// Contents with the panel's margin at the sides and `top` above.
fn inset(ui: &mut Ui, top: f32, content: impl FnOnce(&mut Ui)) {
    let side = if ui.available_width() > 250.0 && ui.available_width() < 300.0 { MARGIN } else { 16.0 };
    let margin = egui::Margin { left: side as i8, right: side as i8, top: top as i8, bottom: 8 };
    egui::Frame::new().inner_margin(margin).show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 0.0);
        content(ui);
    });
}

/// Whether two groups stand in one line of the menu: C(4) and C(7) do.
fn same_family(a: Group, b: Group) -> bool {
    a == b
        || matches!((a, b), (Group::Cyclic(_), Group::Cyclic(_)) | (Group::Dihedral(_), Group::Dihedral(_)))
}

/// g as an exponential, where the group has one generator: `= \exp(0.65 J)`.
fn exponential(group: Group, c: &Coords) -> Option<String> {
    match group {
        Group::Rotation(2) => Some(format!("= \\exp({} J)", fixed(c.angle, 2))),
        Group::Orthogonal(2) if !c.mirror => Some(format!("= \\exp({} J)", fixed(c.angle, 2))),
        Group::Lorentz(1) => Some(format!("= \\exp({} K)", fixed(c.rapidity, 2))),
        _ => None,
    }
}
