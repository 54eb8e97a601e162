//! The page of the constraint picker: tiles of the basis, sliders that blend them, a matrix to draw on.

use super::Tensors;
use super::panels::inset;
use crate::labs::lab::LabCx;
use crate::labs::tensors::picker::{GROUPS, Picker, SLIDERS, TYPES};
use crate::maths::Matrix;
use crate::ui::controls::{Kind, Slider, icon_button, menu_item, value_menu, wide_button};
use crate::ui::fonts;
use crate::ui::icons::Icon;
use crate::ui::numbers::fmt_residual;
use crate::ui::theme::Theme;
use crate::ui::typeset;
use crate::viz::shapes::mix;
use eframe::egui::{
    Align2, Color32, Painter, Pos2, Rect, RichText, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

/// Tiles that are drawn.
const TILES: usize = 18;
/// Below this, W commutes up to rounding.
const COMMUTES: f64 = 1e-6;

impl Tensors {
    pub(super) fn constraint_ui(&mut self, ui: &mut Ui, rect: Rect, cx: &mut LabCx<'_>) {
        let theme = Theme::of(ui.ctx());
        let narrow = rect.width() < 600.0;
        let (left, right) = if narrow {
            let y = rect.top() + rect.height() * 0.42;
            (
                Rect::from_min_max(rect.min, pos2(rect.right(), y)),
                Rect::from_min_max(pos2(rect.left(), y), rect.max),
            )
        } else {
            let x = rect.left() + rect.width() * 0.56;
            (
                Rect::from_min_max(rect.min, pos2(x, rect.bottom())),
                Rect::from_min_max(pos2(x, rect.top()), rect.max),
            )
        };
        let picker = self.picker.get_or_insert_with(Picker::default);
        tiles(ui, theme, left.shrink2(vec2(24.0, 0.0)), picker);
        ui.scope_builder(UiBuilder::new().max_rect(right), |ui| {
            inset(ui, 40.0, |ui| {
                menus(ui, picker);
                ui.add_space(8.0);
                if let Some(why) = picker.trouble() {
                    ui.label(why.to_owned());
                    return;
                }
                sliders(ui, picker);
                ui.add_space(8.0);
                matrix(ui, theme, picker);
            });
        });
        cx.places.push(("constraint", rect));
    }
}

fn menus(ui: &mut Ui, picker: &mut Picker) {
    let mut choice = picker.choice();
    let lists: [(&str, &[&str], &mut usize); 3] = [
        ("Group", &GROUPS, &mut choice.group),
        ("From", &TYPES, &mut choice.from),
        ("To", &TYPES, &mut choice.to),
    ];
    for (label, list, place) in lists {
        let present = list.get(*place).copied().unwrap_or_default().replace("O+", "O⁺");
        value_menu(ui, label, &present, |ui| {
            for (k, name) in list.iter().enumerate() {
                if menu_item(ui, &name.replace("O+", "O⁺"), k == *place).clicked() {
                    *place = k;
                }
            }
        });
    }
    picker.choose(choice);
}

fn sliders(ui: &mut Ui, picker: &mut Picker) {
    let mut coefficients = picker.coefficients();
    let mut changed = false;
    for (i, c) in coefficients.iter_mut().take(SLIDERS).enumerate() {
        let (label, name) = (format!("$w_{}$", i + 1), format!("Coefficient {}", i + 1));
        let slider = Slider {
            label: &label,
            name: &name,
            hint: "",
            value: c,
            range: -3.0..=3.0,
            log: false,
            origin: 0.0,
            decimals: 2,
            kind: Kind::Plain,
        };
        changed |= slider.show(ui).response.changed();
    }
    if changed {
        picker.combine(&coefficients);
    }
}

/// W itself, whose cells can be clicked through −1, 0, 1, with its commutator.
fn matrix(ui: &mut Ui, theme: &Theme, picker: &mut Picker) {
    let Some(w) = picker.matrix().cloned() else { return };
    let across = (ui.available_width() - 130.0).max(72.0) / w.cols().max(1) as f32;
    let cell = across.min(132.0 / w.rows().max(1) as f32).min(26.0);
    let size = vec2(cell * w.cols() as f32, cell * w.rows() as f32);
    let room = vec2(ui.available_width(), size.y.max(60.0));
    let (rect, response) = ui.allocate_exact_size(room, Sense::click());
    let area = Rect::from_min_size(rect.min, size);
    tile(ui.painter(), theme, area, &w);
    response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, "W: click an entry to change it"));
    if let Some(p) = response.interact_pointer_pos().filter(|p| response.clicked() && area.contains(*p)) {
        let (row, column) = (((p.y - area.top()) / cell) as usize, ((p.x - area.left()) / cell) as usize);
        if row < w.rows() && column < w.cols() {
            let next = match w[(row, column)] {
                v if v < -0.5 => 0.0,
                v if v < 0.5 => 1.0,
                _ => -1.0,
            };
            picker.write(row, column, next);
        }
    }
    let commutator = picker.commutator().unwrap_or(0.0);
    let holds = commutator < COMMUTES;
    let ink = if holds { theme.ok } else { theme.bad };
    let x = area.right() + 20.0;
    let painter = ui.painter();
    let number = typeset::layout(painter.ctx(), &fmt_residual(commutator), 18.0, ink);
    number.paint(painter, pos2(x, area.top() + 20.0), Align2::LEFT_CENTER);
    let sign = if holds { "✓ commutes" } else { "✗ does not commute" };
    let font = fonts::regular(fonts::SMALL);
    painter.text(pos2(x, area.top() + 44.0), Align2::LEFT_CENTER, sign, font, ink);
    ui.add_space(6.0);
    typeset::formula(ui, "‖W ρ_1(g) − ρ_2(g) W‖", 16.0);
    let hint = RichText::new("Click an entry of W to draw on it.").font(fonts::regular(fonts::SMALL));
    ui.label(hint.color(theme.ink3));
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        let width = ui.available_width() - 40.0;
        ui.scope(|ui| {
            ui.set_max_width(width);
            if wide_button(ui, "Project my matrix").clicked() {
                picker.project();
            }
        });
        if icon_button(ui, Icon::Dice, "Another element g", false).clicked() {
            picker.new_element(1);
        }
    });
}

/// The basis as tiles.
fn tiles(ui: &Ui, theme: &Theme, rect: Rect, picker: &Picker) {
    let painter = ui.painter();
    let count = picker.dimension();
    let text = match count {
        0 => "No equivariant map but zero".to_owned(),
        1 => "One equivariant map, up to a factor".to_owned(),
        n => format!("{n} independent equivariant maps"),
    };
    let at = pos2(rect.left(), rect.top() + 48.0);
    painter.text(at, Align2::LEFT_CENTER, &text, fonts::semibold(fonts::SMALL), theme.ink);
    let list = picker.tiles(TILES);
    let Some(first) = list.first() else { return };
    let area = Rect::from_min_max(pos2(rect.left(), rect.top() + 68.0), rect.max - vec2(0.0, 28.0));
    let cell = cell_size(area, first, list.len());
    let step = vec2(cell * first.cols() as f32 + 20.0, cell * first.rows() as f32 + 26.0);
    let columns = ((area.width() + 20.0) / step.x).floor().max(1.0) as usize;
    for (i, m) in list.iter().enumerate() {
        let corner = area.min + vec2((i % columns) as f32 * step.x, (i / columns) as f32 * step.y);
        if corner.y + step.y > area.bottom() + 28.0 {
            break;
        }
        let size = vec2(cell * m.cols() as f32, cell * m.rows() as f32);
        let place = Rect::from_min_size(corner, size);
        tile(painter, theme, place, m);
        let name = typeset::layout(painter.ctx(), &format!("B_{{{}}}", i + 1), 14.0, theme.ink3);
        name.paint(painter, pos2(place.left(), place.bottom() + 11.0), Align2::LEFT_CENTER);
    }
    if count > list.len() {
        let more = format!("and {} more", count - list.len());
        let at = pos2(area.left(), rect.bottom() - 12.0);
        painter.text(at, Align2::LEFT_CENTER, more, fonts::regular(fonts::SMALL), theme.ink3);
    }
}

/// The largest cells with which all tiles fit.
fn cell_size(area: Rect, m: &Matrix, count: usize) -> f32 {
    let fits = |cell: f32| {
        let step = vec2(cell * m.cols() as f32 + 20.0, cell * m.rows() as f32 + 26.0);
        let columns = ((area.width() + 20.0) / step.x).floor() as usize;
        let rows = ((area.height() + 26.0) / step.y).floor() as usize;
        columns * rows >= count
    };
    (2..=30).rev().map(|k| k as f32).find(|cell| fits(*cell)).unwrap_or(2.0)
}

/// A matrix as colours: vermilion above zero, blue below.
fn tile(painter: &Painter, theme: &Theme, rect: Rect, m: &Matrix) {
    let largest = m.data().iter().fold(1e-12, |a: f64, v| a.max(v.abs()));
    let cell = vec2(rect.width() / m.cols().max(1) as f32, rect.height() / m.rows().max(1) as f32);
    for i in 0..m.rows() {
        for j in 0..m.cols() {
            let corner: Pos2 = rect.min + vec2(j as f32 * cell.x, i as f32 * cell.y);
            let place = Rect::from_min_size(corner, cell);
            painter.rect_filled(place, 0.0, shade(theme, m[(i, j)] / largest));
        }
    }
    painter.rect_stroke(rect, 0.0, Stroke::new(1.0, theme.axis), StrokeKind::Outside);
}

fn shade(theme: &Theme, v: f64) -> Color32 {
    let color = if v >= 0.0 { theme.y } else { theme.x };
    mix(theme.surf, color, (v.abs() as f32).clamp(0.0, 1.0))
}
