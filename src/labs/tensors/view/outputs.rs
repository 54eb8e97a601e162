//! How each task's output is drawn on a plate: an ellipsoid, a needle, places of charges.

use super::inputs::charge;
use crate::data::Task;
use crate::data::tasks::unpack;
use crate::labs::tensors::task::Motion;
use crate::maths::Matrix;
use crate::ui::theme::Theme;
use crate::viz::ellipsoid::{Ellipsoid, Skin};
use crate::viz::gauge::Gauge;
use crate::viz::{View, plate, shapes};
use eframe::egui::{Color32, Painter, Pos2, Stroke};
use std::f64::consts::TAU;

/// The range of a task's needle, and its labelled values.
fn scale(task: Task) -> ((f64, f64), [f64; 3]) {
    match task {
        Task::Lorentz => ((-1.5, 1.5), [-1.0, 0.0, 1.0]),
        Task::Chirality => ((-9.0, 9.0), [-6.0, 0.0, 6.0]),
        Task::O5Plus => ((-4.0, 16.0), [0.0, 6.0, 12.0]),
        _ => ((-16.0, 4.0), [-12.0, -6.0, 0.0]),
    }
}

/// The plate under an output: the ball that g carries, or a gauge's face, which it leaves alone.
pub(super) fn ground(painter: &Painter, theme: &Theme, task: Task, view: &View, carried: Option<&Matrix>) {
    if task.shapes().rank == 0 {
        let gauge = gauge(task, view);
        let marks = scale(task).1.map(|v| (v, crate::ui::numbers::shortest(v, 1)));
        gauge.face(painter, theme, &marks);
    } else {
        let rest = Matrix::identity(3);
        plate::plate(painter, theme, view, carried.unwrap_or(&rest), carried.is_some());
    }
}

fn gauge(task: Task, view: &View) -> Gauge {
    Gauge { centre: view.centre, radius: view.radius, range: scale(task).0 }
}

/// Draws one value. `from` are the places where charges start, for their trails.
pub(super) fn paint(
    painter: &Painter,
    theme: &Theme,
    task: Task,
    view: &View,
    y: &[f64],
    skin: Skin,
    from: Option<(&[Vec<f64>], &[f64])>,
) {
    match task.shapes().rank {
        0 => {
            let gauge = gauge(task, view);
            gauge.needle(painter, theme, y.first().copied().unwrap_or(f64::NAN), skin);
            gauge.pin(painter, theme);
        }
        2 => {
            if let Some(e) = Ellipsoid::of(y) {
                e.paint(painter, theme, view, skin);
            }
        }
        _ => places(painter, theme, view, &unpack(y, 3), skin, from),
    }
}

fn places(
    painter: &Painter,
    theme: &Theme,
    view: &View,
    places: &[Vec<f64>],
    skin: Skin,
    from: Option<(&[Vec<f64>], &[f64])>,
) {
    let color = match skin {
        Skin::Filled => theme.y,
        Skin::Hollow => theme.y_line,
        Skin::Twin => theme.twin,
        Skin::Truth => theme.ink,
    };
    for (i, place) in places.iter().enumerate() {
        let at = view.project(place).0;
        if !at.is_finite() || (at - view.centre).length() > 1.1 * view.radius {
            continue;
        }
        if let Some(start) = from.and_then(|(x, _)| x.get(i)) {
            trail(painter, view.project(start).0, at, color, skin);
        }
        let negative = from.and_then(|(_, q)| q.get(i)).is_some_and(|q| *q < 0.0);
        match skin {
            Skin::Truth => {
                let circle = shapes::arc(at, 9.0, 0.0, TAU);
                shapes::dashed(painter, &circle, Stroke::new(2.0, color), 2.0, 3.0);
            }
            Skin::Hollow => shapes::disc(painter, at, 9.0, theme.y_tint, Stroke::new(1.25, color)),
            Skin::Filled | Skin::Twin => charge(painter, theme, at, color, negative),
        }
    }
}

/// The true ways of charges, carried by g where one is given.
pub(super) fn ways(
    painter: &Painter,
    theme: &Theme,
    view: &View,
    ways: &[Vec<Vec<f64>>],
    g: Option<&Motion>,
) {
    for way in ways {
        let place = |x: &Vec<f64>| view.project(&g.map_or_else(|| x.clone(), |g| g.apply(x, true))).0;
        let inside = |p: &Pos2| p.is_finite() && (*p - view.centre).length() < 1.1 * view.radius;
        let points: Vec<Pos2> = way.iter().map(place).take_while(inside).collect();
        shapes::dashed(painter, &points, Stroke::new(1.5, theme.ink3), 2.0, 3.0);
    }
}

/// From where a charge was to where it will be.
fn trail(painter: &Painter, from: Pos2, to: Pos2, color: Color32, skin: Skin) {
    let ends = [from, to];
    if !from.is_finite() {
        return;
    }
    // The true way is drawn by itself: it is not straight.
    if skin != Skin::Truth {
        painter.line_segment(ends, Stroke::new(1.25, color));
    }
}

/// The gap between the two results, where they part: crimson dashes.
pub(super) fn gap(painter: &Painter, theme: &Theme, task: Task, view: &View, filled: &[f64], hollow: &[f64]) {
    shapes::ring(painter, view.centre, view.radius, Stroke::new(1.5, theme.bad));
    if task.shapes().rank != 2 {
        return;
    }
    let (Some(a), Some(b)) = (Ellipsoid::of(filled), Ellipsoid::of(hollow)) else { return };
    let (from, to) = (a.ends(view), b.ends(view));
    // An axis has two ends; each is joined to the nearer one.
    let crossed = from[0].distance(to[1]) < from[0].distance(to[0]);
    for k in 0..2 {
        let end = if crossed { to[1 - k] } else { to[k] };
        if from[k].distance(end) > 6.0 && from[k].is_finite() && end.is_finite() {
            shapes::dashed(painter, &[from[k], end], Stroke::new(1.5, theme.bad), 4.0, 3.0);
        }
    }
}

/// The size that a plate of outputs must hold.
pub(super) fn size(task: Task, y: &[f64]) -> f64 {
    match task.shapes().rank {
        2 => Ellipsoid::of(y).map_or(0.0, |e| e.longest()),
        1 => crate::viz::scene::longest(&unpack(y, 3)),
        _ => 1.0,
    }
}
