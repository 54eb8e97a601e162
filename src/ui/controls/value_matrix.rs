//! Matrices of numbers that can be copied.

use super::{focus_ring, menu_item};
use crate::ui::numbers;
use crate::ui::theme::Theme;
use crate::ui::typeset::Matrix;
use eframe::egui::{Context, Popup, Response, Role, Sense, Ui, Vec2, WidgetInfo};

/// A matrix of numbers that has been set: measure it, then show it.
pub struct ValueMatrix {
    rows: Vec<Vec<f64>>,
    cells: Vec<Vec<String>>,
    set: Matrix,
}

impl ValueMatrix {
    /// Sets rows of numbers with `decimals` decimals.
    pub fn layout(ctx: &Context, rows: Vec<Vec<f64>>, decimals: usize) -> Self {
        let line = |row: &Vec<f64>| row.iter().map(|v| numbers::fixed(*v, decimals)).collect();
        let cells: Vec<Vec<String>> = rows.iter().map(line).collect();
        let set = Matrix::layout(ctx, &cells);
        Self { rows, cells, set }
    }

    /// Width and height.
    pub fn size(&self) -> Vec2 {
        self.set.size()
    }

    /// Shows it; a click offers it at full precision as NumPy or LaTeX.
    pub fn show(&self, ui: &mut Ui, name: &str) -> Response {
        let (rect, response) = ui.allocate_exact_size(self.size(), Sense::click());
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Button, ui.is_enabled(), name);
            let lines = self.cells.iter().map(|row| row.join(", "));
            info.current_text_value = Some(lines.collect::<Vec<_>>().join("; "));
            info
        });
        if response.hovered() {
            ui.painter().rect_filled(rect.expand(2.0), 4.0, Theme::of(ui.ctx()).ctl);
        }
        self.set.paint(ui.painter(), rect.min);
        focus_ring(ui, &response, 4.0);
        Popup::menu(&response).gap(4.0).show(|ui| {
            ui.set_min_width(160.0);
            ui.spacing_mut().item_spacing.y = 0.0;
            if menu_item(ui, "Copy as NumPy", false).clicked() {
                ui.ctx().copy_text(numbers::numpy(&self.rows));
            }
            if menu_item(ui, "Copy as LaTeX", false).clicked() {
                ui.ctx().copy_text(numbers::latex(&self.rows));
            }
        });
        response.on_hover_text("Click to copy")
    }
}
