//! A small exhibit to try the square and the handles with, and the hands and eyes to do it.
//!
//! With `EQUISCOPE_SHOTS=DIR` the pictures are also written to DIR, with `EQUISCOPE_ZOOM` at two pixels a point.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use eframe::egui::{self, Pos2, Rect, UiBuilder, Vec2, pos2, vec2};
use egui_kittest::Harness;
use equiscope::labs::lab::LayoutKind;
use equiscope::maths::{Coords, Group, Matrix};
use equiscope::ui::handle::{Handle, HandleResponse};
use equiscope::ui::square::{Square, SquareResponse};
use equiscope::ui::{fonts, theme::Theme};
use equiscope::viz::{Fit, Output, Scene, Space, Verdict, VerdictState};

/// A small exhibit: springs between the tips, f(x)_i = Σ_j k_ij (⟨d, d⟩ − 1.2) d / 2 with d = x_j − x_i; equivariant
/// under every group that keeps the metric. A bias or its invariants in place of its vectors on request.
pub struct Demo {
    pub group: Group,
    pub coords: Coords,
    pub x: Vec<Vec<f64>>,
    pub bias: f64,
    pub invariants: bool,
    pub stabilised: bool,
    pub charges: Vec<f64>,
    pub square: Square,
    pub handle: Handle,
    pub fits: [Fit; 2],
    pub last: SquareResponse,
    pub held: HandleResponse,
}

pub fn inner(eta: &[f64], a: &[f64], b: &[f64]) -> f64 {
    eta.iter().zip(a).zip(b).map(|((e, a), b)| e * a * b).sum()
}

impl Demo {
    pub fn new(group: Group, coords: Coords) -> Self {
        let x: &[[f64; 3]] = match Space::of(group) {
            Space::Plane => &[[1.52, 0.34, 0.0], [-0.42, 1.36, 0.0], [-0.82, -1.02, 0.0]],
            Space::Ball => &[[1.1, 0.4, 0.7], [-0.9, 1.0, 0.5], [-0.3, -1.3, -0.4]],
            Space::Minkowski2 => &[[1.1, 0.4, 0.0], [0.2, -1.0, 0.0], [-0.7, 0.2, 0.0]],
            Space::Minkowski3 => &[[1.2, 0.3, 0.4], [0.3, -1.0, 0.5], [0.6, 0.5, -0.9]],
        };
        let x = x.iter().map(|v| v[..group.dim()].to_vec()).collect();
        Self {
            group,
            coords,
            x,
            bias: 0.0,
            invariants: false,
            stabilised: false,
            charges: vec![],
            square: Square::default(),
            handle: Handle::default(),
            fits: Default::default(),
            last: SquareResponse::default(),
            held: HandleResponse::default(),
        }
    }

    pub fn f(&self, x: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let eta = self.group.metric();
        let k = [[0.0, 0.62, 0.34], [0.62, 0.0, 0.5], [0.34, 0.5, 0.0]];
        let mut y = vec![vec![0.0; self.group.dim()]; x.len()];
        for i in 0..x.len() {
            for j in 0..x.len() {
                let d: Vec<f64> = x[j].iter().zip(&x[i]).map(|(a, b)| a - b).collect();
                let q = inner(&eta, &d, &d);
                let w = 0.62 * k[i][j] * (q - 1.2) / (1.0 + 0.45 * q.abs());
                for c in 0..d.len() {
                    y[i][c] += w * d[c] + self.bias * [0.55, 0.28, 0.2][c] / x.len() as f64;
                }
            }
        }
        y
    }

    pub fn scalars(&self, x: &[Vec<f64>]) -> Vec<f64> {
        let eta = self.group.metric();
        let y = self.f(x);
        (0..x.len()).map(|i| inner(&eta, &x[i], &y[i])).collect()
    }

    pub fn square_ui(&mut self, ui: &mut egui::Ui, kind: LayoutKind) {
        let data = self.data();
        let dragging = self.last.dragging || self.held.dragging;
        let scales =
            [self.fits[0].hold(data.longest[0], dragging), self.fits[1].hold(data.longest[1], dragging)];
        let mut square = std::mem::take(&mut self.square);
        self.last = square.ui(ui, &data.scene(self, scales), kind);
        self.square = square;
        if let Some((i, v)) = self.last.moved_x.clone() {
            self.x[i] = v;
        }
    }

    pub fn handle_ui(&mut self, ui: &mut egui::Ui, size: Vec2, touch: bool) {
        let shown = self.coords;
        self.handle.camera = self.square.camera;
        self.held = self.handle.ui(ui, self.group, &mut self.coords, &shown, size, touch);
    }

    pub fn data(&self) -> Data {
        let g = self.group.element(&self.coords);
        let carry = |v: &[Vec<f64>]| -> Vec<Vec<f64>> { v.iter().map(|v| g.apply(v)).collect() };
        let gx = carry(&self.x);
        let y = self.f(&self.x);
        let (ygx, gy) = (self.f(&gx), carry(&y));
        let bars = [self.scalars(&self.x), self.scalars(&gx)];
        let flat = |v: &[Vec<f64>]| v.concat();
        let difference: f64 =
            flat(&ygx).iter().zip(flat(&gy)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
        let size = flat(&y).iter().map(|v| v * v).sum::<f64>().sqrt();
        let residual = difference / (g.operator_norm() * size);
        let longest = [
            equiscope::viz::scene::longest(&self.x),
            match self.invariants {
                false => equiscope::viz::scene::longest(&y),
                true => bars[0].iter().fold(0.0, |m, v| v.abs().max(m)),
            },
        ];
        Data { g, gx, y, ygx, gy, bars, residual, longest }
    }
}

pub struct Data {
    pub g: Matrix,
    pub gx: Vec<Vec<f64>>,
    pub y: Vec<Vec<f64>>,
    pub ygx: Vec<Vec<f64>>,
    pub gy: Vec<Vec<f64>>,
    pub bars: [Vec<f64>; 2],
    pub residual: f64,
    pub longest: [f64; 2],
}

impl Data {
    pub fn scene<'a>(&'a self, demo: &'a Demo, scales: [f64; 2]) -> Scene<'a> {
        let pick = |v: &'a [Vec<f64>], s: &'a [f64]| {
            if demo.invariants { Output::Scalars(s) } else { Output::Vectors(v) }
        };
        let broken = self.residual > 1e-3;
        Scene {
            space: Space::of(demo.group),
            group: demo.group,
            coords: &demo.coords,
            g: &self.g,
            x: &demo.x,
            charges: &demo.charges,
            gx: &self.gx,
            y: pick(&self.y, &self.bars[0]),
            ygx: pick(&self.ygx, &self.bars[1]),
            gy: pick(&self.gy, &self.bars[0]),
            scale_x: scales[0],
            scale_y: scales[1],
            verdict: Verdict {
                state: if broken { VerdictState::Broken } else { VerdictState::Holds },
                residual: self.residual,
                worst: self.residual * 1.4,
                median: self.residual,
                question: if broken { "What broke it?" } else { "Why is it not zero?" },
            },
            stabilised: demo.stabilised,
        }
    }
}

/// A page like that of the lab: the square, and the handle in a side panel (below on a phone).
pub fn page(ui: &mut egui::Ui, demo: &mut Demo, kind: LayoutKind) {
    let theme = Theme::of(ui.ctx());
    let all = ui.ctx().content_rect();
    ui.painter().rect_filled(all, 0.0, theme.bg);
    let (stage, at, size) = match kind {
        LayoutKind::Desktop => {
            let stage = Rect::from_min_max(all.min, pos2(all.right() - 288.0, all.bottom()));
            (stage, pos2(stage.right() + 24.0, 48.0), vec2(240.0, 184.0))
        }
        LayoutKind::Phone => {
            let stage = Rect::from_min_size(all.min, vec2(all.width(), 416.0));
            (stage, pos2(8.0, 424.0), vec2(184.0, 176.0))
        }
        LayoutKind::Embed => {
            let stage = Rect::from_min_max(all.min, pos2(all.right() - 232.0, all.bottom()));
            (stage, pos2(stage.right() + 24.0, 16.0), vec2(184.0, 176.0))
        }
    };
    ui.scope_builder(UiBuilder::new().max_rect(stage), |ui| demo.square_ui(ui, kind));
    ui.scope_builder(UiBuilder::new().max_rect(Rect::from_min_size(at, size)), |ui| {
        demo.handle_ui(ui, size, kind == LayoutKind::Phone);
    });
}

pub fn harness(demo: Demo, kind: LayoutKind, size: Vec2, theme: egui::Theme) -> Harness<'static, Demo> {
    let mut h = Harness::builder()
        .with_size(size)
        .with_theme(theme)
        .with_pixels_per_point(if std::env::var_os("EQUISCOPE_ZOOM").is_some() { 2.0 } else { 1.0 })
        .with_context_setup(fonts::install)
        .with_accessibility_check(true)
        .wgpu()
        .build_ui_state(move |ui, demo| page(ui, demo, kind), demo);
    h.run_steps(3);
    h
}

pub fn desktop(demo: Demo) -> Harness<'static, Demo> {
    harness(demo, LayoutKind::Desktop, vec2(1280.0, 576.0), egui::Theme::Light)
}

pub fn shoot(h: &mut Harness<'static, Demo>, name: &str) -> f64 {
    let image = h.render().expect("a picture");
    if let Some(dir) = std::env::var_os("EQUISCOPE_SHOTS") {
        std::fs::create_dir_all(&dir).unwrap();
        image.save(std::path::Path::new(&dir).join(format!("{name}.png"))).unwrap();
    }
    // The share of pixels that are not background: an empty picture is a failure.
    let back = *image.get_pixel(1, 1);
    image.pixels().filter(|p| **p != back).count() as f64 / f64::from(image.width() * image.height())
}

pub fn place(places: &[(&'static str, Rect)], name: &str) -> Pos2 {
    places.iter().find(|p| p.0 == name).unwrap_or_else(|| panic!("no place {name}")).1.center()
}

pub fn drag(h: &mut Harness<'static, Demo>, from: Pos2, to: Pos2) {
    h.hover_at(from);
    h.run_steps(1);
    h.drag_at(from);
    h.run_steps(1);
    for i in 1..=4 {
        h.hover_at(from + (to - from) * (i as f32 / 4.0));
        h.run_steps(1);
    }
    h.drop_at(to);
    h.run_steps(2);
}

pub fn turned(degrees: f64) -> Coords {
    Coords { angle: degrees.to_radians(), ..Coords::default() }
}
