//! How the commuting square is painted.

use super::dial::dial;
use super::square::Corner;
use super::square_layout::{Design, SquareLayout};
use super::square_text as text;
use super::theme::Theme;
use crate::maths::{Coords, Group, Matrix};
use crate::viz::shapes::ArrowStyle;
use crate::viz::vectors::{self, Kind};
use crate::viz::{Camera, Output, Scene, VerdictState, View, plate, shapes};
use eframe::egui::Painter;

/// How a tip looks at the moment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TipLook {
    pub(super) hot: bool,
    pub(super) focus: bool,
}

/// The view of one plate.
pub(super) fn view(scene: &Scene<'_>, layout: &SquareLayout, camera: Camera, corner: Corner) -> View {
    let (row, column) = corner.place();
    View {
        space: scene.space,
        camera,
        centre: layout.centres[row][column],
        radius: layout.radius,
        scale: if column == 0 { scene.scale_x } else { scene.scale_y },
    }
}

/// Draws a square without taking input: for the gallery, thumbnails and saved pictures.
pub fn paint(painter: &Painter, theme: &Theme, scene: &Scene<'_>, layout: &SquareLayout, camera: Camera) {
    paint_with(painter, theme, scene, layout, camera, &[]);
    text::verdict(painter, theme, &scene.verdict, layout);
}

/// Draws everything but the verdict, with handles as they look at the moment.
pub(super) fn paint_with(
    painter: &Painter,
    theme: &Theme,
    scene: &Scene<'_>,
    layout: &SquareLayout,
    camera: Camera,
    tips: &[TipLook],
) {
    let key = match scene.gy {
        Output::Vectors(_) => KeyShape::Arrow,
        Output::Scalars(_) => KeyShape::Bar,
    };
    let around = Surround { group: scene.group, coords: scene.coords, stabilised: scene.stabilised, key };
    surround(painter, theme, layout, &around);
    let named = layout.design == Design::Full;
    for corner in Corner::ALL {
        let view = view(scene, layout, camera, corner);
        one_plate(painter, theme, scene, corner, &view, layout.style, tips, named);
    }
}

/// Draws one of the four plates; `named` writes x₁ … and y₁ … beside the arrows of the upper row.
pub(super) fn one_plate(
    painter: &Painter,
    theme: &Theme,
    scene: &Scene<'_>,
    corner: Corner,
    view: &View,
    style: ArrowStyle,
    tips: &[TipLook],
    named: bool,
) {
    match corner {
        Corner::X => plate_x(painter, theme, scene, view, style, tips),
        Corner::Y => plate_y(painter, theme, scene, view, style),
        Corner::Gx => plate_gx(painter, theme, scene, view, style),
        Corner::Gy => plate_gy(painter, theme, scene, view, style),
    }
    if named {
        text::names(painter, theme, scene, corner, view);
    }
}

/// What frames four plates into a square, whatever the plates show.
#[derive(Clone, Copy, Debug)]
pub struct Surround<'a> {
    /// Group and coordinates of g, for the two dials.
    pub group: Group,
    /// See `group`.
    pub coords: &'a Coords,
    /// The lower row is drawn as g⁻¹ sees it.
    pub stabilised: bool,
    /// What is filled and what is hollow in the fourth plate.
    pub key: KeyShape,
}

/// The shape in the key of the fourth plate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyShape {
    /// An arrow in its sleeve.
    Arrow,
    /// A bar in its sleeve.
    Bar,
    /// An ellipse in its outline.
    Ellipse,
}

/// Draws the roads, the f boxes, the dials, the captions and the key. Plates are the caller's: labs whose fields are
/// not vectors put their own at [`SquareLayout::centres`].
pub fn surround(painter: &Painter, theme: &Theme, layout: &SquareLayout, around: &Surround<'_>) {
    let [top, bottom, left, right] = [layout.across(0), layout.across(1), layout.down(0), layout.down(1)];
    shapes::road(painter, top[0], top[1], theme.ink, Some(theme.bg));
    shapes::road(painter, right[0], right[1], theme.g, Some(theme.bg));
    shapes::road(painter, left[0], left[1], theme.g, None);
    shapes::road(painter, bottom[0], bottom[1], theme.ink, None);
    for row in 0..2 {
        shapes::f_box(painter, theme, layout.f_centre(row), layout.f_box);
    }
    if layout.design != Design::Picture {
        for at in text::dials(layout) {
            dial(painter, theme, at, layout.dial, around.group, around.coords);
        }
    }
    text::captions(painter, theme, layout, around);
}

fn plate_x(
    painter: &Painter,
    theme: &Theme,
    scene: &Scene<'_>,
    view: &View,
    style: ArrowStyle,
    tips: &[TipLook],
) {
    plate::plate(painter, theme, view, &Matrix::identity(scene.space.dim()), false);
    vectors::arrows(painter, theme, view, scene.x, Kind::Input, style, 6.0);
    vectors::origin(painter, theme, view);
    for (i, x) in scene.x.iter().enumerate() {
        let look = tips.get(i).copied().unwrap_or_default();
        let (at, charge) = (view.project(x).0, scene.charges.get(i).copied());
        if at.x.is_finite() && at.y.is_finite() {
            vectors::tip_handle(painter, theme, at, look.hot, look.focus, charge);
        }
    }
}

fn plate_y(painter: &Painter, theme: &Theme, scene: &Scene<'_>, view: &View, style: ArrowStyle) {
    let rest = Matrix::identity(scene.space.dim());
    output_plate(painter, theme, view, &scene.y, &rest, false);
    vectors::output(painter, theme, view, &scene.y, Kind::Hollow, style);
    output_origin(painter, theme, view, &scene.y);
}

/// g⁻¹ where the lower row is drawn as g⁻¹ sees it, and what carries its plates.
fn lower(scene: &Scene<'_>) -> (Option<Matrix>, Matrix) {
    match scene.stabilised.then(|| scene.g.inverse()).flatten() {
        Some(back) => (Some(back), Matrix::identity(scene.space.dim())),
        None => (None, scene.g.clone()),
    }
}

fn undo(back: Option<&Matrix>, vs: &[Vec<f64>]) -> Vec<Vec<f64>> {
    vs.iter().map(|v| back.map_or_else(|| v.clone(), |b| b.apply(v))).collect()
}

fn plate_gx(painter: &Painter, theme: &Theme, scene: &Scene<'_>, view: &View, style: ArrowStyle) {
    let (back, g) = lower(scene);
    plate::plate(painter, theme, view, &g, true);
    vectors::arrows(painter, theme, view, &undo(back.as_ref(), scene.gx), Kind::Input, style, 0.0);
    vectors::origin(painter, theme, view);
}

fn plate_gy(painter: &Painter, theme: &Theme, scene: &Scene<'_>, view: &View, style: ArrowStyle) {
    let (back, g) = lower(scene);
    let (filled, hollow) = (undone(&scene.ygx, back.as_ref()), undone(&scene.gy, back.as_ref()));
    let (filled, hollow) = (borrow(&filled, &scene.ygx), borrow(&hollow, &scene.gy));
    output_plate(painter, theme, view, &hollow, &g, true);
    vectors::output(painter, theme, view, &hollow, Kind::Hollow, style);
    vectors::output(painter, theme, view, &filled, Kind::Filled, style);
    if scene.verdict.state == VerdictState::Broken {
        vectors::gaps(painter, theme, view, &filled, &hollow);
    }
    output_origin(painter, theme, view, &hollow);
}

fn undone(out: &Output<'_>, back: Option<&Matrix>) -> Option<Vec<Vec<f64>>> {
    match out {
        Output::Vectors(v) => Some(undo(back, v)),
        Output::Scalars(_) => None,
    }
}

fn borrow<'a>(undone: &'a Option<Vec<Vec<f64>>>, original: &Output<'a>) -> Output<'a> {
    undone.as_ref().map_or(*original, |v| Output::Vectors(v))
}

fn output_plate(painter: &Painter, theme: &Theme, view: &View, out: &Output<'_>, g: &Matrix, carried: bool) {
    match out {
        Output::Vectors(_) => plate::plate(painter, theme, view, g, carried),
        Output::Scalars(_) => plate::scalar_plate(painter, theme, view),
    }
}

fn output_origin(painter: &Painter, theme: &Theme, view: &View, out: &Output<'_>) {
    if matches!(out, Output::Vectors(_)) {
        vectors::origin(painter, theme, view);
    }
}
