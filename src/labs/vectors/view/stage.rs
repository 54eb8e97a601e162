//! The square of the lab.

use super::Vectors;
use super::words;
use crate::labs::lab::LabCx;
use crate::labs::vectors::audit::bound;
use crate::labs::vectors::measure::act;
use crate::labs::vectors::model::{pack, unpack};
use crate::labs::vectors::probe::{self, Square};
use crate::labs::vectors::settings::{REACH, Settings};
use crate::maths::{Coords, Group, Matrix};
use crate::ui::square::{SquareResponse, paint};
use crate::ui::square_layout::SquareLayout;
use crate::ui::theme::Theme;
use crate::viz::scene::longest;
use crate::viz::shapes::ArrowStyle;
use crate::viz::vectors::{self, Kind};
use crate::viz::{Camera, Output, Scene, Space, Verdict, VerdictState, View, plate};
use eframe::egui::{Painter, Rect, Ui};

/// Residuals up to this many times the audit's bound count as rounding. The bound is for networks at their start on the
/// opening input; training and long arrows make the terms that cancel larger.
const MARGIN: f64 = 5.0;
/// Residuals above this are seen with the naked eye.
const VISIBLE: f64 = 1e-2;

/// Arrows or bars of one corner of the square.
enum Shapes {
    Vectors(Vec<Vec<f64>>),
    Scalars(Vec<f64>),
}

impl Shapes {
    fn new(packed: &[f64], s: &Settings) -> Self {
        if s.target.output(s.x.len()).1 > 0 {
            Self::Vectors(unpack(packed, s.group.dim()))
        } else {
            Self::Scalars(packed.to_vec())
        }
    }

    fn output(&self) -> Output<'_> {
        match self {
            Self::Vectors(v) => Output::Vectors(v),
            Self::Scalars(v) => Output::Scalars(v),
        }
    }
}

/// What the verdict is, given the residual, where there is one.
pub(super) fn state(group: Group, square: Option<&Square>, measured: bool) -> VerdictState {
    match square.map(|s| s.residual[0]) {
        Some(Some(r)) if r < MARGIN * bound(group, false) => VerdictState::Holds,
        Some(Some(r)) if r < VISIBLE => VerdictState::Nearly,
        Some(Some(_)) => VerdictState::Broken,
        Some(None) if measured => VerdictState::Vanishes,
        _ => VerdictState::Pending,
    }
}

impl Vectors {
    pub(super) fn stage_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let Some(exhibit) = &self.exhibit else { return };
        let s = &self.settings;
        let (square, sweep) = (exhibit.prober().square(), exhibit.prober().sweep());
        let state = state(s.group, square, sweep.is_some());
        // The lower left plate follows the hand at once; results follow when they have been computed.
        let g = s.group.element(&self.shown);
        let gx = unpack(&act(&g, &pack(&s.x)), s.group.dim());
        let empty: &[f64] = &[];
        let part = |get: fn(&Square) -> &Vec<f64>| Shapes::new(square.map_or(empty, |q| get(q)), s);
        let (y, ygx, gy) = (part(|q| &q.y), part(|q| &q.f_gx), part(|q| &q.rho_y));
        let scale_x = self.fit_x.hold(longest(&s.x).max(longest_compact(&gx, &g)), self.dragging);
        let scale_y = self.fit_y.hold(y.output().longest(), self.dragging);
        let scene = Scene {
            space: Space::of(s.group),
            group: s.group,
            coords: &self.shown,
            g: &g,
            x: &s.x,
            charges: &s.scalars,
            gx: &gx,
            y: y.output(),
            ygx: ygx.output(),
            gy: gy.output(),
            scale_x,
            scale_y,
            verdict: Verdict {
                state,
                residual: square.and_then(|q| q.residual[0]).unwrap_or(0.0),
                worst: sweep.map_or(0.0, |w| w.worst[0]),
                median: sweep.map_or(0.0, |w| w.median[0]),
                question: words::question(state, s, square.and_then(|q| q.residual[0])),
            },
            stabilised: s.stabilised,
        };
        let response = self.square.ui(ui, &scene, cx.layout);
        self.take_square(response, cx);
        self.answer_ui(ui, cx);
        self.save_ui(ui, cx);
    }

    fn take_square(&mut self, r: SquareResponse, cx: &mut LabCx<'_>) {
        if let Some((i, v)) = r.moved_x
            && let Some(place) = self.settings.x.get_mut(i)
        {
            *place = v.iter().map(|c| c.clamp(-REACH, REACH)).collect();
        }
        let twisted = self.twist.turn(self.settings.group, &mut self.settings.coords, r.twist);
        if r.twist.is_some() {
            self.glide.stop();
        }
        self.dragging = r.dragging;
        self.touched |= r.touched;
        self.answer ^= r.question_clicked;
        self.handle.camera = self.square.camera;
        cx.places.extend(r.places);
        if r.committed || twisted {
            self.commit(cx);
        }
    }
}

/// Longest g·x where g keeps lengths; a boost may leave the plate, the scale of x stays readable.
fn longest_compact(gx: &[Vec<f64>], g: &Matrix) -> f64 {
    if g.operator_norm() < 1.0 + 1e-9 { longest(gx) } else { 0.0 }
}

/// The whole square where there is room, else its fourth plate; computed from the lab's own network.
pub(super) fn thumbnail(painter: &Painter, rect: Rect, cached: &mut Option<Square>) {
    let s =
        Settings { coords: Coords { angle: 37f64.to_radians(), ..Coords::default() }, ..Settings::default() };
    if cached.is_none() {
        // A picture that cannot be computed is left out; opening the lab then says why.
        *cached = probe::once(&s).ok().flatten();
    }
    let Some(q) = cached.as_ref() else { return };
    let gx = unpack(&act(&q.g, &pack(&s.x)), s.group.dim());
    let (y, ygx, gy) = (Shapes::new(&q.y, &s), Shapes::new(&q.f_gx, &s), Shapes::new(&q.rho_y, &s));
    let residual = q.residual[0].unwrap_or(0.0);
    let scene = Scene {
        space: Space::of(s.group),
        group: s.group,
        coords: &s.coords,
        g: &q.g,
        x: &s.x,
        charges: &s.scalars,
        gx: &gx,
        y: y.output(),
        ygx: ygx.output(),
        gy: gy.output(),
        scale_x: longest(&s.x) / 0.8,
        scale_y: y.output().longest() / 0.8,
        verdict: Verdict {
            state: state(s.group, Some(q), true),
            residual,
            worst: residual,
            median: residual,
            question: "",
        },
        stabilised: false,
    };
    let theme = Theme::of(painter.ctx());
    if rect.height() >= 150.0 {
        paint(painter, theme, &scene, &SquareLayout::picture(rect), Camera::default());
    } else {
        let (centre, radius) = (rect.center(), rect.height() / 2.0 - 6.0);
        let view =
            View { space: scene.space, camera: Camera::default(), centre, radius, scale: scene.scale_y };
        plate::plate(painter, theme, &view, &q.g, true);
        vectors::output(painter, theme, &view, &scene.gy, Kind::Hollow, ArrowStyle::SMALL);
        vectors::output(painter, theme, &view, &scene.ygx, Kind::Filled, ArrowStyle::SMALL);
        vectors::origin(painter, theme, &view);
    }
}
