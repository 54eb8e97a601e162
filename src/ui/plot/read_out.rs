//! The values under the pointer, in a small plate beside it.

use eframe::egui::{Align2, Id, LayerId, Order, Rangef, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use super::{Frame, scale};
use crate::ui::line::Line;
use crate::ui::numbers::fmt_residual;
use crate::ui::{fonts, style};

const ROW: f32 = 18.0;
const PAD: f32 = 8.0;

/// Paints a hairline at `x`, a dot on every curve, and their values.
pub fn paint(ui: &Ui, frame: &Frame<'_>, x: f64, id: Id) {
    let theme = frame.theme;
    let px = frame.x(x);
    let span = Rangef::new(frame.rect.top(), frame.rect.bottom());
    frame.painter.vline(px, span, Stroke::new(1.0, theme.ink4));
    let small = fonts::regular(fonts::SMALL);
    let head = Line::layout(ui.ctx(), &(frame.plot.x_format)(x), &small, theme.ink3);
    let mut rows = Vec::new();
    for series in frame.plot.series {
        let Some(value) = scale::at(series.points, x) else { continue };
        let (color, _, _) = series.look.pen(theme);
        if let Some(at) = frame.point(x, value) {
            frame.painter.circle_filled(at, 3.0, color);
        }
        let text = format!("{}  ${}$", series.name, fmt_residual(value));
        rows.push((color, Line::layout(ui.ctx(), &text, &small, theme.ink)));
    }
    if rows.is_empty() {
        return;
    }
    let widest = rows.iter().map(|(_, line)| line.size().x + 14.0).fold(head.size().x, f32::max);
    let size = vec2(widest + 2.0 * PAD, (rows.len() + 1) as f32 * ROW + PAD);
    let left =
        if px + 12.0 + size.x <= ui.ctx().content_rect().right() { px + 12.0 } else { px - 12.0 - size.x };
    let plate = Rect::from_min_size(pos2(left, frame.rect.top()), size);
    // Above the neighbours: a plot is often narrower than its read-out.
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Tooltip, id));
    let rim = Stroke::new(1.0, theme.line);
    painter.rect(plate, style::RADIUS, theme.surf, rim, StrokeKind::Inside);
    let row = |i: usize| pos2(plate.left() + PAD, plate.top() + PAD / 2.0 + (i as f32 + 0.5) * ROW);
    head.paint(&painter, row(0), Align2::LEFT_CENTER);
    for (i, (color, line)) in rows.iter().enumerate() {
        let at = row(i + 1);
        painter.circle_filled(at + vec2(4.0, 0.0), 3.0, *color);
        line.paint(&painter, at + vec2(14.0, 0.0), Align2::LEFT_CENTER);
    }
}
