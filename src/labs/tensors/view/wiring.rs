//! The diagram of a layer: T0, T1, T2 in and out, each conversion a wire that can be cut; cutting trains anew.

use super::{Tensors, words};
use crate::labs::lab::LabCx;
use crate::nn::tensors::{Kind, Wiring};
use crate::ui::controls::focus_ring;
use crate::ui::fonts;
use crate::ui::theme::Theme;
use crate::ui::typeset;
use crate::viz::shapes;
use eframe::egui::{
    Align2, Color32, Painter, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};

/// A wire on the diagram: its name, from and to which type, where on its way the label sits, the label, what it does.
struct Wire {
    slug: &'static str,
    from: usize,
    to: usize,
    at: f32,
    label: &'static str,
    says: &'static str,
}

const fn wire(
    slug: &'static str,
    (from, to): (usize, usize),
    at: f32,
    label: &'static str,
    says: &'static str,
) -> Wire {
    Wire { slug, from, to, at, label, says }
}

/// Conversions between types, drawn from left to right.
const WIRES: [Wire; 7] = [
    wire("t1-t0", (1, 0), 0.30, "⟨a,b⟩", "T1 to T0: inner products of two mixtures of vectors"),
    wire("t1-norm", (1, 0), 0.62, "‖a‖", "T1 to T0: lengths of vectors"),
    wire("t2-trace", (2, 0), 0.20, "\\tr T", "T2 to T0: traces of tensors"),
    wire("t2-norm", (2, 0), 0.80, "‖T‖", "T2 to T0: sizes of tensors"),
    wire("t1-t2", (1, 2), 0.32, "a⊗b", "T1 to T2: outer products of vectors"),
    wire("cross", (1, 2), 0.66, "b≠a", "Products of different mixtures: antisymmetric parts appear"),
    wire("t0-t2", (0, 2), 0.52, "hη^{-1}", "T0 to T2: scalars times the invariant tensor"),
];

/// Gates, from the scalar network to the row that they scale.
const GATES: [(&str, usize, &str); 2] =
    [("gate-t1", 1, "Scalars scale the vectors"), ("gate-t2", 2, "Scalars scale the tensors")];

/// Where the nodes stand.
struct Diagram {
    rect: Rect,
    node: Vec2,
}

impl Diagram {
    fn row(&self, t: usize) -> f32 {
        self.rect.top() + self.rect.height() * (0.14 + 0.36 * t as f32)
    }

    fn narrow(&self) -> bool {
        self.rect.width() < 440.0
    }

    /// Centre of a node, in or out.
    fn node(&self, t: usize, out: bool) -> Pos2 {
        let x =
            if out { self.rect.right() - self.node.x / 2.0 } else { self.rect.left() + self.node.x / 2.0 };
        pos2(x, self.row(t))
    }

    /// A point on the way from type `from` to type `to`; the wires end before the gates.
    fn on(&self, from: usize, to: usize, t: f32) -> Pos2 {
        let a = self.node(from, false) + vec2(self.node.x / 2.0 + 6.0, 0.0);
        let b = pos2(self.rect.left() + self.rect.width() * 0.64, self.row(to));
        // An S between two rows.
        let s = t * t * (3.0 - 2.0 * t);
        pos2(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * s)
    }
}

impl Tensors {
    pub(super) fn wiring_ui(&mut self, ui: &mut Ui, rect: Rect, cx: &mut LabCx<'_>) {
        let theme = Theme::of(ui.ctx());
        let narrow = rect.width() < 500.0;
        let inside = rect.shrink2(vec2(if narrow { 16.0 } else { 56.0 }, 24.0));
        let diagram = Diagram {
            rect: Rect::from_min_max(inside.min + vec2(0.0, 32.0), inside.max - vec2(0.0, 28.0)),
            node: vec2(if narrow { 48.0 } else { 76.0 }, 56.0),
        };
        self.fixed_parts(ui.painter(), theme, &diagram);
        let mut wiring = self.settings.wiring;
        let works = self.settings.model == Kind::Grepsnet && !self.settings.task.is_nbody();
        let painter = ui.painter().clone();
        // All wires first: labels stand on top of them.
        for w in &WIRES {
            let points: Vec<Pos2> = (0..=32).map(|k| diagram.on(w.from, w.to, k as f32 / 32.0)).collect();
            stroke(&painter, theme, &points, is_on(&mut wiring, w.slug));
        }
        for (slug, row, _) in GATES {
            let x = gate_x(&diagram, row);
            let points = [pos2(x, diagram.row(0) + 22.0), pos2(x, diagram.row(row) - 10.0)];
            stroke(&painter, theme, &points, is_on(&mut wiring, slug));
        }
        let mut changed = false;
        for w in &WIRES {
            let at = diagram.on(w.from, w.to, w.at);
            changed |= chip(ui, theme, at, w.label, w.says, flag(&mut wiring, w.slug), works);
        }
        for (slug, row, says) in GATES {
            let at = pos2(gate_x(&diagram, row), (diagram.row(0) + diagram.row(1)) / 2.0 + 8.0);
            changed |= chip(ui, theme, at, "×h", says, flag(&mut wiring, slug), works);
        }
        let note = if works {
            "Click a wire to cut it or to mend it: training begins anew."
        } else {
            "These are the wires of G-RepsNet: choose it as the model to cut them."
        };
        let at = pos2(inside.left(), inside.bottom() - 4.0);
        let font = fonts::regular(fonts::SMALL);
        painter.text(at, Align2::LEFT_CENTER, note, font, theme.ink3);
        cx.places.push(("wiring", rect));
        if changed {
            self.settings.wiring = wiring;
            self.replay = true;
            self.commit(cx);
        }
    }

    /// Nodes and what is always there: mixing of channels within a type, the network of the scalars.
    fn fixed_parts(&self, painter: &Painter, theme: &Theme, d: &Diagram) {
        let rank = self.settings.task.shapes().rank as usize;
        let has = [self.settings.task.shapes().t0 > 0, true, false];
        for t in 0..3 {
            let (from, to) = (d.node(t, false), d.node(t, true));
            let ends = [from + vec2(d.node.x / 2.0, 0.0), to - vec2(d.node.x / 2.0 + 6.0, 0.0)];
            painter.line_segment(ends, Stroke::new(2.0, theme.ink2));
            let head = shapes::arrow(ends[1] - vec2(24.0, 0.0), ends[1], shapes::ArrowStyle::SMALL, 0.0);
            shapes::fill(painter, &head, theme.ink2);
            node(painter, theme, from, d.node, t, if has[t] { theme.x } else { theme.ink4 });
            node(painter, theme, to, d.node, t, if t == rank { theme.y } else { theme.ink4 });
        }
        let net = Rect::from_center_size(
            pos2(d.rect.left() + d.rect.width() * 0.74, d.row(0)),
            vec2(if d.narrow() { 76.0 } else { 96.0 }, 36.0),
        );
        painter.rect(net, 6.0, theme.surf, Stroke::new(1.5, theme.ink), StrokeKind::Middle);
        let font = fonts::regular(fonts::SMALL);
        painter.text(net.center(), Align2::CENTER_CENTER, "scalar net", font, theme.ink);
        for t in 1..3 {
            let at = pos2(gate_x(d, t), d.row(t));
            shapes::disc(painter, at, 9.0, theme.surf, Stroke::new(1.5, theme.ink));
            typeset::layout(painter.ctx(), "×", 15.0, theme.ink).paint(painter, at, Align2::CENTER_CENTER);
        }
    }

    /// What the wires do to the error, in words.
    pub(super) fn wiring_words(&self, ui: &Ui, rect: Rect) {
        let (theme, painter) = (Theme::of(ui.ctx()), ui.painter());
        let left = rect.left() + 24.0;
        let mut y = rect.top() + 40.0;
        let mut line = |text: &str, font, color: Color32, gap: f32| {
            let galley = painter.layout(text.to_owned(), font, color, rect.width() - 48.0);
            let height = galley.size().y;
            painter.galley(pos2(left, y), galley, color);
            y += height + gap;
        };
        line("One layer", fonts::semibold(fonts::SMALL), theme.ink, 12.0);
        for text in [
            "T0 scalars, T1 vectors, T2 tensors of rank two. Channels of one type are mixed by weights that do not see \
             components, so that g passes through.",
            "Every wire commutes with g. Cutting one keeps the symmetry and takes away what the layer can say.",
            match self.settings.task.shapes().rank {
                2 => {
                    "The answer is a T2. Without outer products it can only be a multiple of the invariant tensor."
                }
                _ => "The answer is a T0. Without inner products nothing of the vectors reaches it.",
            },
        ] {
            line(text, fonts::regular(fonts::BODY), theme.ink2, 10.0);
        }
        if let Some(exhibit) = &self.exhibit {
            for (k, name) in self.names().into_iter().enumerate() {
                let last = exhibit.examiner().summary(k).last().map(|p| p[1]);
                let number = last.map(crate::ui::numbers::fmt_residual).unwrap_or_default();
                let text = format!("{name}: test error {}", crate::ui::markup::plain(&number));
                line(&text, fonts::medium(fonts::BODY), theme.ink, 6.0);
            }
        }
        words::rule(ui, rect.left_top() + vec2(0.0, 24.0), rect.left_bottom() - vec2(0.0, 24.0));
    }
}

fn gate_x(d: &Diagram, row: usize) -> f32 {
    let shares = if d.narrow() { [0.67, 0.79] } else { [0.70, 0.79] };
    d.rect.left() + d.rect.width() * if row == 1 { shares[0] } else { shares[1] }
}

fn flag<'a>(wiring: &'a mut Wiring, slug: &str) -> Option<&'a mut bool> {
    let found = Wiring::WIRES.iter().find(|w| w.0 == slug)?;
    Some(found.1(wiring))
}

fn is_on(wiring: &mut Wiring, slug: &str) -> bool {
    flag(wiring, slug).is_some_and(|f| *f)
}

fn stroke(painter: &Painter, theme: &Theme, points: &[Pos2], on: bool) {
    if on {
        painter.line(points.to_vec(), Stroke::new(2.0, theme.ink2));
    } else {
        shapes::dashed(painter, points, Stroke::new(1.25, theme.ink4), 4.0, 4.0);
    }
}

fn node(painter: &Painter, theme: &Theme, at: Pos2, size: Vec2, t: usize, color: Color32) {
    let rect = Rect::from_center_size(at, size);
    painter.rect(rect, 6.0, theme.surf, Stroke::new(1.5, color), StrokeKind::Middle);
    let set = typeset::layout(painter.ctx(), &format!("T_{t}"), 20.0, theme.ink);
    set.paint(painter, at, Align2::CENTER_CENTER);
}

/// A wire's label, a switch. True when it was worked.
fn chip(
    ui: &Ui,
    theme: &Theme,
    at: Pos2,
    label: &str,
    says: &str,
    flag: Option<&mut bool>,
    works: bool,
) -> bool {
    let Some(on) = flag else { return false };
    let ink = if *on { theme.ink } else { theme.ink3 };
    let set = typeset::layout(ui.ctx(), label, 15.0, ink);
    let rect = Rect::from_center_size(at, vec2(set.size().x + 16.0, 26.0));
    let sense = if works { Sense::click() } else { Sense::hover() };
    let response = ui.interact(rect.expand(3.0), ui.scope_id().with(("wire", says)), sense);
    let clicked = response.clicked();
    if clicked {
        *on = !*on;
    }
    response.widget_info(|| WidgetInfo::selected(Role::Switch, works, *on, says));
    let line = match (response.hovered() && works, *on) {
        (true, _) => Stroke::new(2.0, theme.ink),
        (false, true) => Stroke::new(1.25, theme.ink2),
        (false, false) => Stroke::new(1.0, theme.ink4),
    };
    ui.painter().rect(rect, 13.0, if *on { theme.surf } else { theme.bg }, line, StrokeKind::Middle);
    set.paint(ui.painter(), rect.center(), Align2::CENTER_CENTER);
    if !*on {
        let (a, b) = (rect.left_center() + vec2(6.0, 0.0), rect.right_center() - vec2(6.0, 0.0));
        ui.painter().line_segment([a, b], Stroke::new(1.25, theme.ink3));
    }
    focus_ring(ui, &response.clone().with_new_rect(rect.expand(2.0)), 13.0);
    response.on_hover_text(says);
    clicked
}
