//! The third column: what each network predicts at g·x over what is true there.

use super::Tensors;
use super::outputs;
use super::stage::output_space;
use crate::data::Task;
use crate::labs::tensors::options;
use crate::labs::tensors::task::act_vectors_of;
use crate::ui::fonts;
use crate::ui::numbers::fmt_residual;
use crate::ui::theme::Theme;
use crate::ui::typeset;
use crate::viz::View;
use crate::viz::ellipsoid::Skin;
use eframe::egui::{
    Align, Align2, Painter, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};

/// Half the room that the words beside a plate take.
const WORDS: f32 = 116.0;

/// The symbol of the true value at g·x.
fn symbol(task: Task) -> &'static str {
    match task {
        Task::Inertia => "I(g·x)",
        _ => "y(g·x)",
    }
}

/// Paints the column.
pub(super) fn paint(lab: &Tensors, ui: &Ui, rect: Rect) {
    let theme = Theme::of(ui.ctx());
    let painter = ui.painter();
    let left = rect.left() + 24.0;
    let title = fonts::semibold(fonts::SMALL);
    painter.text(pos2(left, rect.top() + 40.0), Align2::LEFT_CENTER, "Predicted over true", title, theme.ink);
    let set = typeset::layout(painter.ctx(), symbol(lab.settings.task), 15.0, theme.ink);
    set.paint(painter, pos2(rect.right() - 24.0, rect.top() + 40.0), Align2::RIGHT_CENTER);
    let radius = (rect.height() * 0.159).min((rect.width() - 24.0 - WORDS - 20.0) / 2.0).max(24.0);
    for (k, share) in [0.302, 0.698].into_iter().enumerate() {
        let centre = pos2(left + radius, rect.top() + rect.height() * share);
        network(lab, ui, centre, radius, 20.0, k);
    }
    legend(painter, theme, pos2(left, rect.bottom() - 40.0));
}

/// The same side by side, for a narrow screen.
pub(super) fn row(lab: &Tensors, ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 128.0), Sense::hover());
    for k in 0..2 {
        let left = rect.left() + 16.0 + k as f32 * (rect.width() - 16.0) / 2.0;
        network(lab, ui, pos2(left + 44.0, rect.center().y), 44.0, 10.0, k);
    }
}

fn network(lab: &Tensors, ui: &Ui, centre: Pos2, radius: f32, gap: f32, k: usize) {
    let (s, theme, painter) = (&lab.settings, Theme::of(ui.ctx()), ui.painter());
    let Some(exhibit) = &lab.exhibit else { return };
    let square = exhibit.prober().square();
    let scale = square.map_or(1.0, |q| outputs::size(s.task, &q.truth).max(1e-9) / 0.6);
    let space = output_space(s.task);
    let view = View { space, camera: lab.points.camera, centre, radius, scale };
    outputs::ground(painter, theme, s.task, &view, None);
    if let Some(q) = square {
        let x = act_vectors_of(s.task, &q.g, &s.x);
        let skins = [Skin::Filled, Skin::Twin];
        let draw = |y: &[f64], skin| {
            outputs::paint(painter, theme, s.task, &view, y, skin, Some((&x, &s.scalars)));
        };
        outputs::ways(painter, theme, &view, &q.ways, Some(&q.g));
        draw(&q.f_gx[k], skins[k]);
        draw(&q.truth, Skin::Truth);
    }
    let kind = [s.model, s.twin][k];
    let width = exhibit.model().networks().get(k).map_or(0, |n| n.spec().width);
    let what = match (k, options::exact(kind), s.breaks.any()) {
        (0, true, true) => "broken",
        _ if options::blind(kind, s.task, s.proper, width) => "blind to mirrors",
        (_, true, _) => "equivariant",
        (0, false, _) => "not equivariant",
        _ => "twin",
    };
    let error = square.map(|q| q.error[k]);
    let number = error.map(fmt_residual).unwrap_or_default();
    let at = pos2(centre.x + radius + gap, centre.y);
    let name = lab.names()[k];
    painter.text(at - vec2(0.0, 26.0), Align2::LEFT_CENTER, name, fonts::medium(fonts::BODY), theme.ink);
    let small = fonts::regular(fonts::SMALL);
    painter.text(at - vec2(0.0, 4.0), Align2::LEFT_CENTER, what, small.clone(), theme.ink3);
    let set = typeset::layout(painter.ctx(), &number, 18.0, theme.ink);
    set.paint_at_baseline(painter, at + vec2(0.0, 32.0), Align::LEFT);
    painter.text(at + vec2(0.0, 46.0), Align2::LEFT_CENTER, "error here", small, theme.ink3);
    let area = Rect::from_center_size(centre, vec2(2.0 * radius, 2.0 * radius));
    let response = ui.interact(area, ui.scope_id().with(("predicted", k)), Sense::hover());
    let said = format!("{name}, {what}, error here {}", crate::ui::markup::plain(&number));
    response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &said));
}

fn legend(painter: &Painter, theme: &Theme, at: Pos2) {
    let font = fonts::regular(fonts::SMALL);
    let word = |x: f32, text: &str| {
        painter.text(pos2(x, at.y), Align2::LEFT_CENTER, text, font.clone(), theme.ink2).right()
    };
    let line = [at, at + vec2(24.0, 0.0)];
    painter.add(Shape::Vec(Shape::dashed_line(&line, Stroke::new(2.0, theme.ink), 2.0, 3.5)));
    let mut x = word(at.x + 32.0, "true") + 22.0;
    for (fill, stroke, text) in [(theme.y, theme.y, "predicted"), (theme.twin_fill, theme.twin, "twin")] {
        let chip = Rect::from_min_size(pos2(x, at.y - 6.0), vec2(24.0, 12.0));
        painter.rect(chip, 4.0, fill, Stroke::new(1.0, stroke), eframe::egui::StrokeKind::Inside);
        x = word(x + 32.0, text) + 22.0;
    }
}
