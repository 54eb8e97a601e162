//! The square of the lab.

use super::column;
use super::inputs::{self, Input};
use super::outputs;
use super::points::{self, Moved, Point};
use super::{Tensors, words};
use crate::data::Task;
use crate::labs::lab::{LabCx, LayoutKind};
use crate::labs::tensors::audit::bound;
use crate::labs::tensors::element::{self, Element};
use crate::labs::tensors::probe::Square;
use crate::labs::tensors::settings::{Page, REACH, Settings, default_input};
use crate::labs::tensors::task::{Motion, act_outputs, act_vectors_of};
use crate::maths::Matrix;
use crate::ui::square::{KeyShape, Surround, surround, verdict_ui};
use crate::ui::square_layout::{Design, SquareLayout};
use crate::ui::theme::Theme;
use crate::ui::twist;
use crate::ui::{controls, fonts};
use crate::viz::ellipsoid::Skin;
use crate::viz::scene::longest;
use crate::viz::{Camera, Space, Verdict, VerdictState, View};
use eframe::egui::{Align2, Painter, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// Residuals up to this many times the audit's bound count as rounding: training makes the terms that cancel larger.
const MARGIN: f64 = 5.0;
/// Residuals above this are seen with the naked eye.
const VISIBLE: f64 = 1e-2;
/// Share of the stage that the square takes where the third column has room.
const SQUARE: f32 = 688.0 / 992.0;
/// Stages narrower than this have no third column.
const ROOMY: f32 = 760.0;

/// What the verdict is, given the residual, where there is one.
pub(super) fn state(task: Task, square: Option<&Square>, measured: bool) -> VerdictState {
    match square.map(|s| s.residual[0]) {
        Some(Some(r)) if r < MARGIN * bound(task) => VerdictState::Holds,
        Some(Some(r)) if r < VISIBLE => VerdictState::Nearly,
        Some(Some(_)) => VerdictState::Broken,
        Some(None) if measured => VerdictState::Vanishes,
        _ => VerdictState::Pending,
    }
}

/// The four plates: `[x, f(x), g·x, f(g·x)]`.
struct Plates {
    views: [View; 4],
}

impl Plates {
    fn new(layout: &SquareLayout, space: [Space; 2], camera: Camera, scale: [f64; 2]) -> Self {
        let view = |row: usize, column: usize| View {
            space: space[column],
            camera,
            centre: layout.centres[row][column],
            radius: layout.radius,
            scale: scale[column],
        };
        Self { views: [view(0, 0), view(0, 1), view(1, 0), view(1, 1)] }
    }
}

/// The picture of a task's outputs; gauges do not turn.
pub(super) fn output_space(task: Task) -> Space {
    if task.shapes().rank == 0 { Space::Plane } else { Space::Ball }
}

impl Tensors {
    pub(super) fn stage_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let mut size = ui.available_size();
        // The tabs of the pages stand above the square.
        let above = match cx.layout {
            LayoutKind::Desktop => 14.0,
            LayoutKind::Phone => 32.0,
            LayoutKind::Embed => 0.0,
        };
        if cx.layout == LayoutKind::Phone {
            size.y = size.y.min(SquareLayout::column_height(size.x) + above);
        }
        let (stage, _) = ui.allocate_exact_size(size, Sense::hover());
        let wide = cx.layout == LayoutKind::Desktop && stage.width() >= ROOMY;
        let width = if wide { stage.width() * SQUARE } else { stage.width() };
        let rect = Rect::from_min_size(stage.min + vec2(0.0, above), vec2(width, stage.height() - above));
        let mut layout = SquareLayout::fit(cx.layout, rect);
        if ui.input(|s| s.has_touch_screen()) {
            layout.hit = 44.0;
        }
        let column = Rect::from_min_max(pos2(rect.right(), stage.top()), stage.max);
        let page = Rect::from_min_max(pos2(stage.left(), rect.top()), stage.max);
        match self.settings.page {
            Page::Square => {
                cx.places.push(("square", rect));
                self.square_ui(ui, cx, &layout);
                if wide {
                    let ends = [column.left_top() + vec2(0.0, 24.0), column.left_bottom() - vec2(0.0, 24.0)];
                    words::rule(ui, ends[0], ends[1]);
                    column::paint(self, ui, column);
                }
                self.answer_ui(ui, rect, cx);
            }
            Page::Wiring => {
                self.wiring_ui(ui, rect, cx);
                if wide {
                    self.wiring_words(ui, column);
                }
            }
            Page::Data => self.data_ui(ui, page, cx),
            Page::Constraint => self.constraint_ui(ui, page, cx),
        }
        if cx.layout != LayoutKind::Embed {
            self.pages_ui(ui, stage, cx);
        }
    }

    /// The tabs of the pages, small, in the upper left corner of the stage.
    fn pages_ui(&mut self, ui: &Ui, stage: Rect, cx: &mut LabCx<'_>) {
        let theme = Theme::of(ui.ctx());
        let phone = cx.layout == LayoutKind::Phone;
        let mut x = stage.left() + if phone { 16.0 } else { 24.0 };
        let high = controls::row_height(ui);
        for page in Page::ALL {
            let on = page == self.settings.page;
            let words = if phone { page.short() } else { page.title() };
            let font = if on { fonts::semibold(fonts::SMALL) } else { fonts::regular(fonts::SMALL) };
            let galley = ui.painter().layout_no_wrap(words.to_owned(), font, theme.ink);
            let middle = stage.top() + 18.0;
            let place = Rect::from_min_size(pos2(x, middle - high / 2.0), vec2(galley.size().x, high));
            let id = ui.scope_id().with(("page", words));
            let response = ui.interact(place.expand2(vec2(6.0, 0.0)), id, Sense::click());
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, on, page.title()));
            let ink = if on || response.hovered() { theme.ink } else { theme.ink3 };
            let corner = Align2::LEFT_CENTER.anchor_size(place.left_center(), galley.size()).min;
            ui.painter().galley_with_override_text_color(corner, galley, ink);
            controls::focus_ring(ui, &response.clone().with_new_rect(place.shrink2(vec2(0.0, 6.0))), 3.0);
            if response.clicked() && !on {
                self.settings.page = page;
                self.commit(cx);
            }
            x = place.right() + 18.0;
        }
    }

    fn square_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>, layout: &SquareLayout) {
        let Some(exhibit) = &self.exhibit else { return };
        let (square, sweep) = (exhibit.prober().square().cloned(), exhibit.prober().sweep());
        let (worst, median) = sweep.map_or((0.0, 0.0), |w| (w.worst[0], w.median[0]));
        let state = state(self.settings.task, square.as_ref(), sweep.is_some());
        let scale = self.scales(square.as_ref());
        let task = self.settings.task;
        let spaces = [inputs::space(task), output_space(task)];
        let plates = Plates::new(layout, spaces, self.points.camera, scale);
        let moved = self.interact(ui, &plates, layout);
        let plates = Plates::new(layout, spaces, self.points.camera, scale);
        let picture = Picture {
            settings: &self.settings,
            shown: &self.shown,
            square: square.as_ref(),
            moved: &moved,
            broken: state == VerdictState::Broken,
        };
        picture.paint(ui.painter(), Theme::of(ui.ctx()), layout, &plates);
        if !self.points.dragged && layout.design == Design::Full {
            hint(ui.painter(), layout, task);
        }
        let residual = square.as_ref().and_then(|q| q.residual[0]);
        let verdict = Verdict {
            state,
            residual: residual.unwrap_or(0.0),
            worst,
            median,
            question: words::question(state, &self.settings),
        };
        let asked = verdict_ui(ui, &verdict, layout);
        self.answer ^= asked.clicked;
        cx.places.extend(asked.places);
        self.take(ui, moved, &plates, layout, cx);
    }

    /// Lengths that map to the radii of the plates: held while something is dragged.
    fn scales(&mut self, square: Option<&Square>) -> [f64; 2] {
        let s = &self.settings;
        let flat: Vec<Vec<f64>> = s.x.iter().map(|v| inputs::flat(s.task, s.g.plane, v)).collect();
        let wanted = if s.task == Task::O5 { longest(&s.x) } else { longest(&flat) };
        let shift = if s.task.is_nbody() { longest(&[s.g.shift.to_vec()]) } else { 0.0 };
        let x = self.fit_x.hold(wanted + shift, self.dragging);
        // What is compared is seen at once, small as it is before training; the column beside it has the true size.
        let y = square.map_or(0.0, |q| outputs::size(s.task, &q.y[0]) + shift);
        [x, self.fit_y.hold(y, self.dragging)]
    }

    fn interact(&mut self, ui: &Ui, plates: &Plates, layout: &SquareLayout) -> Moved {
        let mut out = Moved::default();
        let keys = [
            ("plate_x", "x"),
            ("plate_y", "f(x)"),
            ("plate_gx", "g·x"),
            ("plate_gy", "f(g·x) over ρ(g) f(x)"),
        ];
        for (view, (key, name)) in plates.views.iter().zip(keys) {
            self.points.plate(ui, view, key, name, &mut out);
        }
        let view = View { camera: self.points.camera, ..plates.views[0] };
        let s = &self.settings;
        let movable = if s.task.is_nbody() { s.x.len() / 2 } else { s.x.len() };
        let points: Vec<Point> = s.x[..movable]
            .iter()
            .enumerate()
            .map(|(i, v)| {
                let parts: Vec<String> = v.iter().map(|c| format!("{c:.2}")).collect();
                Point {
                    at: view.project(&inputs::flat(s.task, s.g.plane, v)).0,
                    name: format!("{} {}", words::input(s.task), i + 1),
                    value: format!("({})", parts.join(", ")),
                }
            })
            .collect();
        self.points.points(ui, &view, &points, layout.hit, &mut out);
        if s.task.is_nbody() && !s.stabilised {
            let view = View { camera: self.points.camera, ..plates.views[2] };
            let [x, y, z] = s.g.shift;
            let point = Point {
                at: view.project(&s.g.shift).0,
                name: "translation".to_owned(),
                value: format!("({x:.2}, {y:.2}, {z:.2})"),
            };
            out.shift = Some(self.points.point(ui, &view, points::SHIFT, &point, layout.hit, &mut out));
        }
        out
    }

    fn take(&mut self, ui: &Ui, moved: Moved, plates: &Plates, layout: &SquareLayout, cx: &mut LabCx<'_>) {
        let s = &mut self.settings;
        if let Some((points::SHIFT, to)) = moved.to {
            let new = plates.views[2].unproject(to, &s.g.shift);
            let most = element::SHIFT;
            s.g.shift.iter_mut().zip(new).for_each(|(t, v)| *t = v.clamp(-most, most));
            self.glide = None;
        } else if let Some((i, to)) = moved.to
            && let Some(old) = s.x.get(i)
        {
            let flat = plates.views[0].unproject(to, &inputs::flat(s.task, s.g.plane, old));
            let new = inputs::lift(s.task, s.g.plane, old, &flat);
            s.x[i] = new.iter().map(|c| c.clamp(-REACH, REACH)).collect();
        }
        let mut coords = s.g.handle(s.task);
        let group = Element::handle_group(s.task, s.proper);
        let fingers = twist::fingers(ui, layout.rect);
        let twisted = self.twist.turn(group, &mut coords, fingers);
        if fingers.is_some() {
            s.g.set_handle(s.task, coords);
            self.glide = None;
        }
        self.dragging = moved.dragging;
        self.handle.camera = self.points.camera;
        cx.places.extend(moved.places);
        if moved.committed || twisted {
            self.commit(cx);
        }
    }
}

/// What the four plates show.
struct Picture<'a> {
    settings: &'a Settings,
    shown: &'a Element,
    square: Option<&'a Square>,
    moved: &'a Moved,
    broken: bool,
}

impl Picture<'_> {
    fn paint(&self, painter: &Painter, theme: &Theme, layout: &SquareLayout, plates: &Plates) {
        let s = self.settings;
        let (group, coords) = inputs::dial(s.task, s.proper, self.shown);
        let key = if s.task.shapes().rank == 0 { KeyShape::Bar } else { KeyShape::Ellipse };
        let around = Surround { group, coords: &coords, stabilised: false, key };
        surround(painter, theme, layout, &around);
        self.inputs(painter, theme, plates);
        let [_, y, _, gy] = &plates.views;
        let m = inputs::carrier(s.task, self.shown);
        outputs::ground(painter, theme, s.task, y, None);
        outputs::ground(painter, theme, s.task, gy, (!s.stabilised).then_some(&m));
        let Some(q) = self.square else { return };
        let draw = |view: &View, value: &[f64], skin: Skin, x: &[Vec<f64>]| {
            outputs::paint(painter, theme, s.task, view, value, skin, Some((x, &s.scalars)));
        };
        outputs::ways(painter, theme, y, &q.ways, None);
        outputs::ways(painter, theme, gy, &q.ways, (!s.stabilised).then_some(&q.g));
        draw(y, &q.y[0], Skin::Hollow, &s.x);
        let back = s.stabilised.then(|| q.g.inverse()).flatten();
        let undo = |v: &[f64]| match &back {
            Some(g) => act_outputs(s.task, g, v),
            None => v.to_vec(),
        };
        let x = if back.is_some() { s.x.clone() } else { self.moved_by(&q.g) };
        let (hollow, filled) = (undo(&q.rho_y[0]), undo(&q.f_gx[0]));
        draw(gy, &hollow, Skin::Hollow, &x);
        draw(gy, &filled, Skin::Filled, &x);
        if self.broken {
            outputs::gap(painter, theme, s.task, gy, &filled, &hollow);
        }
    }

    fn moved_by(&self, g: &Motion) -> Vec<Vec<f64>> {
        act_vectors_of(self.settings.task, g, &self.settings.x)
    }

    fn inputs(&self, painter: &Painter, theme: &Theme, plates: &Plates) {
        let s = self.settings;
        // The lower left plate follows the hand at once; results follow when they have been computed.
        let gx = self.moved_by(&self.shown.motion(s.task));
        let input = |x, looks, carried| Input {
            task: s.task,
            plane: s.g.plane,
            x,
            scalars: &s.scalars,
            looks,
            direction: self.shown.coords.direction,
            carried,
        };
        inputs::paint(painter, theme, &plates.views[0], &input(&s.x, &self.moved.looks, None));
        let rest = Matrix::identity(plates.views[2].space.dim());
        let (x, m) = if s.stabilised { (&s.x, rest) } else { (&gx, inputs::carrier(s.task, self.shown)) };
        inputs::paint(painter, theme, &plates.views[2], &input(x, &[], Some(m)));
        if let Some(look) = self.moved.shift {
            inputs::shift(painter, theme, &plates.views[2], &self.shown.shift, look);
        }
    }
}

/// The hint beside the upper left plate.
fn hint(painter: &Painter, layout: &SquareLayout, task: Task) {
    let theme = Theme::of(painter.ctx());
    let at = layout.centres[0][0] + vec2(-1.25 * layout.radius, -0.55 * layout.radius);
    for (i, line) in ["drag the", words::inputs(task)].into_iter().enumerate() {
        let at = pos2(at.x.max(layout.rect.left() + 36.0), at.y + 16.0 * i as f32);
        painter.text(at, Align2::CENTER_CENTER, line, fonts::regular(fonts::SMALL), theme.ink3);
    }
}

/// The fourth plate of the opening task: the true tensor, turned.
pub(super) fn thumbnail(painter: &Painter, rect: Rect) {
    let theme = Theme::of(painter.ctx());
    let task = Task::Inertia;
    let (scalars, x) = default_input(task);
    let g = Element::default();
    let m = g.matrix(task);
    let gx: Vec<Vec<f64>> = x.iter().map(|v| m.apply(v)).collect();
    let (from, to) = (task.target(&scalars, &x), task.target(&scalars, &gx));
    let radius = rect.height() / 2.0 - 6.0;
    let at = |k: f32, scale: f64| View {
        space: Space::Ball,
        camera: Camera::default(),
        centre: rect.center() + vec2(k * (radius + 14.0), 0.0),
        radius,
        scale,
    };
    let (input, output) = (at(-1.0, longest(&x) / 0.8), at(1.0, outputs::size(task, &from) / 0.8));
    let picture = Input {
        task,
        plane: 0,
        x: &gx,
        scalars: &scalars,
        looks: &[],
        direction: 0.0,
        carried: Some(m.clone()),
    };
    inputs::paint(painter, theme, &input, &picture);
    outputs::ground(painter, theme, task, &output, Some(&m));
    outputs::paint(painter, theme, task, &output, &to, Skin::Hollow, None);
    outputs::paint(painter, theme, task, &output, &to, Skin::Filled, None);
}
