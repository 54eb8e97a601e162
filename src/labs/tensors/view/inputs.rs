//! How each task's input is drawn on a plate: masses, momenta, vectors, charges in motion.

use super::points::Look;
use crate::data::Task;
use crate::labs::tensors::element::{Element, PLANES};
use crate::maths::{Coords, Group, Matrix};
use crate::ui::theme::Theme;
use crate::ui::typeset;
use crate::viz::scene::longest;
use crate::viz::shapes::{self, ArrowStyle};
use crate::viz::vectors::{self, Kind};
use crate::viz::{Pen, Space, View, plate};
use eframe::egui::{Align2, Color32, Painter, Pos2, Rect, Stroke, pos2, vec2};

/// The picture of a task's base space: its plane of the moment for R⁵, time and the plane 12 for momenta.
pub(super) fn space(task: Task) -> Space {
    match task {
        Task::O5 | Task::O5Plus => Space::Plane,
        Task::Lorentz => Space::Minkowski3,
        _ => Space::Ball,
    }
}

/// The two components that a flat picture shows.
fn shown(plane: usize) -> (usize, usize) {
    PLANES.get(plane).copied().unwrap_or((0, 1))
}

/// A vector as its picture takes it.
pub(super) fn flat(task: Task, plane: usize, v: &[f64]) -> Vec<f64> {
    if space(task).is_3d() {
        return v.iter().take(3).copied().collect();
    }
    let (i, j) = shown(plane);
    vec![v.get(i).copied().unwrap_or(0.0), v.get(j).copied().unwrap_or(0.0)]
}

/// The vector whose picture was moved; what the picture does not show stays.
pub(super) fn lift(task: Task, plane: usize, old: &[f64], moved: &[f64]) -> Vec<f64> {
    let ((i, j), mut v) = (shown(plane), old.to_vec());
    let places = if space(task).is_3d() { vec![0, 1, 2] } else { vec![i, j] };
    for (k, value) in places.into_iter().zip(moved) {
        if let Some(place) = v.get_mut(k) {
            *place = *value;
        }
    }
    v
}

/// What carries the lower plates: g, or the part of it that the picture's plane shows.
pub(super) fn carrier(task: Task, g: &Element) -> Matrix {
    match task {
        Task::O5 | Task::O5Plus => Group::Orthogonal(2).element(&g.handle(task)),
        Task::Lorentz => Group::Lorentz(2).element(&g.handle(task)),
        _ => g.matrix(task),
    }
}

/// Everything that an input plate shows.
pub(super) struct Input<'a> {
    pub(super) task: Task,
    pub(super) plane: usize,
    pub(super) x: &'a [Vec<f64>],
    pub(super) scalars: &'a [f64],
    /// How the points look where they can be dragged; empty on the lower plate.
    pub(super) looks: &'a [Look],
    /// Direction of the boost that slides momenta along.
    pub(super) direction: f64,
    /// The plate's matrix; `None` at rest.
    pub(super) carried: Option<Matrix>,
}

/// Draws a plate of inputs.
pub(super) fn paint(painter: &Painter, theme: &Theme, view: &View, input: &Input<'_>) {
    let rest = Matrix::identity(view.space.dim());
    let (m, carried) = (input.carried.as_ref().unwrap_or(&rest), input.carried.is_some());
    plate::plate(painter, theme, view, m, carried);
    match input.task {
        Task::Inertia => masses(painter, theme, view, input),
        Task::NBody | Task::NBodyComponents => charges(painter, theme, view, input),
        Task::Lorentz => momenta(painter, theme, view, input),
        Task::Chirality => arrows(painter, theme, view, input),
        Task::O5 | Task::O5Plus => {
            arrows(painter, theme, view, input);
            components(painter, theme, view, input);
        }
    }
}

/// Radius of a mass on the screen.
pub(super) fn mass_radius(view: &View, mass: f64) -> f32 {
    let r = (mass.abs().cbrt() as f32).clamp(0.35, 2.0);
    (r * 0.105 * view.radius).max(4.0)
}

fn pale(theme: &Theme, color: Color32, depth: f32) -> Color32 {
    shapes::mix(color, theme.surf, (-depth * 0.5).clamp(0.0, 0.4))
}

/// Spheres joined to the origin, those further from the eye first.
fn masses(painter: &Painter, theme: &Theme, view: &View, input: &Input<'_>) {
    let mut order: Vec<(usize, Pos2, f32)> = projected(view, input);
    order.sort_by(|a, b| a.2.total_cmp(&b.2));
    for (_, at, depth) in &order {
        painter.line_segment([view.centre, *at], Stroke::new(1.0, pale(theme, theme.x, *depth)));
    }
    painter.circle_filled(view.centre, 2.0, theme.ink);
    for (i, at, depth) in order {
        let r = mass_radius(view, input.scalars.get(i).copied().unwrap_or(1.0));
        let look = input.looks.get(i).copied().unwrap_or_default();
        shapes::disc(painter, at, r + 1.0, pale(theme, theme.x, depth), Stroke::new(2.0, theme.surf));
        ring_of(painter, theme, at, r, look);
    }
}

fn ring_of(painter: &Painter, theme: &Theme, at: Pos2, r: f32, look: Look) {
    if look.hot {
        shapes::ring(painter, at, r + 4.0, Stroke::new(1.5, theme.x));
    }
    if look.focus {
        shapes::ring(painter, at, r + 6.0, Stroke::new(2.0, theme.ink));
    }
}

/// Index, place and depth of every point that is on the screen.
fn projected(view: &View, input: &Input<'_>) -> Vec<(usize, Pos2, f32)> {
    let at = |(i, v): (usize, &Vec<f64>)| {
        let (p, depth) = view.project(v);
        (i, p, depth)
    };
    input.x.iter().enumerate().map(at).filter(|(_, p, _)| p.is_finite()).collect()
}

/// Positive charges filled, negative ones hollow, each with its velocity; positions come first, velocities after them.
fn charges(painter: &Painter, theme: &Theme, view: &View, input: &Input<'_>) {
    let bodies = input.x.len() / 2;
    let mut order = projected(view, input);
    order.retain(|(i, _, _)| *i < bodies);
    order.sort_by(|a, b| a.2.total_cmp(&b.2));
    for (i, at, depth) in order {
        let color = pale(theme, theme.x, depth);
        if let (Some(x), Some(v)) = (input.x.get(i), input.x.get(i + bodies)) {
            let there: Vec<f64> = x.iter().zip(v).map(|(x, v)| x + v).collect();
            let tip = view.project(&there).0;
            shapes::fill(painter, &shapes::arrow(at, tip, ArrowStyle::SMALL, 0.0), color);
        }
        let negative = input.scalars.get(i).is_some_and(|q| *q < 0.0);
        charge(painter, theme, at, color, negative);
        ring_of(painter, theme, at, 7.0, input.looks.get(i).copied().unwrap_or_default());
    }
}

/// A disc with its sign.
pub(super) fn charge(painter: &Painter, theme: &Theme, at: Pos2, color: Color32, negative: bool) {
    let (fill, pen) = if negative { (theme.surf, color) } else { (color, theme.surf) };
    shapes::disc(painter, at, 7.0, fill, Stroke::new(1.75, color));
    painter.line_segment([at - vec2(3.0, 0.0), at + vec2(3.0, 0.0)], Stroke::new(1.5, pen));
    if !negative {
        painter.line_segment([at - vec2(0.0, 3.0), at + vec2(0.0, 3.0)], Stroke::new(1.5, pen));
    }
}

/// Arrows of the events, each on the hyperbola that the boost slides it along.
fn momenta(painter: &Painter, theme: &Theme, view: &View, input: &Input<'_>) {
    let ink = shapes::mix(theme.x, theme.surf, 0.55);
    Pen::draw(painter, |pen| {
        for p in input.x.iter().map(|v| flat(input.task, input.plane, v)) {
            let boosted = |rapidity: f64| {
                let c = Coords { rapidity, direction: input.direction, ..Coords::default() };
                Group::Lorentz(2).element(&c).apply(&p)
            };
            let inside = |v: &Vec<f64>| longest(std::slice::from_ref(v)) <= view.scale;
            let side = |sign: f64| {
                let way = (1..=24).map(|k| boosted(sign * f64::from(k) / 8.0)).take_while(inside);
                way.map(|v| view.project(&v).0).collect::<Vec<Pos2>>()
            };
            let (back, ahead) = (side(-1.0), side(1.0));
            let points = back.into_iter().rev().chain([view.project(&p).0]).chain(ahead);
            pen.line(&points.collect::<Vec<_>>(), Stroke::new(1.0, ink));
        }
    });
    arrows(painter, theme, view, input);
}

/// Arrows with handles where they can be dragged, named where there is room.
fn arrows(painter: &Painter, theme: &Theme, view: &View, input: &Input<'_>) {
    let flat: Vec<Vec<f64>> = input.x.iter().map(|v| flat(input.task, input.plane, v)).collect();
    let upper = input.carried.is_none();
    let style = if view.radius >= 88.0 { ArrowStyle::LARGE } else { ArrowStyle::SMALL };
    vectors::arrows(painter, theme, view, &flat, Kind::Input, style, if upper { 6.0 } else { 0.0 });
    vectors::origin(painter, theme, view);
    for (i, v) in flat.iter().enumerate().filter(|_| upper) {
        let at = view.project(v).0;
        if !at.is_finite() {
            continue;
        }
        let look = input.looks.get(i).copied().unwrap_or_default();
        vectors::tip_handle(painter, theme, at, look.hot, look.focus, None);
        let d = at - view.centre;
        if view.radius > 70.0 && d.length() > 12.0 && d.length() < view.radius {
            let letter = if input.task == Task::Lorentz { "p" } else { "x" };
            let set = typeset::layout(painter.ctx(), &format!("{letter}_{}", i + 1), 15.0, theme.ink);
            set.paint(painter, at + d.normalized() * 17.0, Align2::CENTER_CENTER);
        }
    }
}

/// All components of both vectors as bars left of the plate; those of the plane are stronger.
fn components(painter: &Painter, theme: &Theme, view: &View, input: &Input<'_>) {
    if view.radius < 70.0 {
        return;
    }
    let (i, j) = shown(input.plane);
    let (row, half) = (9.0, 24.0);
    let top = view.centre.y + view.radius * 0.02;
    let middle = view.centre.x - view.radius * 0.94 - half;
    for (n, v) in input.x.iter().enumerate() {
        let y = top + n as f32 * (row * 5.0 + 10.0);
        painter.vline(middle, y..=y + row * 5.0, Stroke::new(1.0, theme.axis));
        for (k, value) in v.iter().enumerate() {
            let length = ((value / view.scale) as f32 * half).clamp(-half, half);
            let y = y + (k as f32 + 0.5) * row;
            let bar = Rect::from_two_pos(pos2(middle, y - 2.5), pos2(middle + length, y + 2.5));
            let strong = k == i || k == j;
            painter.rect_filled(
                bar,
                0.0,
                if strong { theme.x } else { shapes::mix(theme.x, theme.bg, 0.55) },
            );
        }
    }
}

/// Coordinates for the two small dials.
pub(super) fn dial(task: Task, proper: bool, g: &Element) -> (Group, Coords) {
    (Element::handle_group(task, proper), g.handle(task))
}

/// The translation: an arrow from the middle of the plate to where g takes it, with a handle at its tip.
pub(super) fn shift(painter: &Painter, theme: &Theme, view: &View, t: &[f64], look: Look) {
    let at = view.project(t).0;
    let d = at - view.centre;
    if d.length() > 8.0 {
        let end = view.centre + d * (1.0 - 6.0 / d.length());
        shapes::fill(painter, &shapes::arrow(view.centre, end, ArrowStyle::SMALL, 0.0), theme.g);
    }
    if look.hot {
        painter.circle_filled(at, 10.0, theme.g_tint);
    }
    shapes::disc(painter, at, 6.0, theme.surf, Stroke::new(2.0, theme.g));
    if look.focus {
        shapes::ring(painter, at, 10.5, Stroke::new(2.0, theme.ink));
    }
}
