//! The commuting square and the group handle under a mouse, a keyboard and a screen reader.
//!
//! With `EQUISCOPE_SHOTS=DIR` the pictures are also written to DIR.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use eframe::egui::{self, Key, Modifiers, Pos2, Rect, UiBuilder, Vec2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use equiscope::labs::lab::LayoutKind;
use equiscope::maths::{Coords, Group, Matrix};
use equiscope::ui::handle::{self, Handle, HandleResponse};
use equiscope::ui::square::{self, Square, SquareResponse};
use equiscope::ui::square_layout::SquareLayout;
use equiscope::ui::{fonts, theme::Theme};
use equiscope::viz::{Camera, Fit, Output, Scene, Space, Verdict, VerdictState};

/// A small exhibit: springs between the tips, f(x)_i = Σ_j k_ij (⟨d, d⟩ − 1.2) d / 2 with d = x_j − x_i; equivariant
/// under every group that keeps the metric. A bias or its invariants in place of its vectors on request.
struct Demo {
    group: Group,
    coords: Coords,
    x: Vec<Vec<f64>>,
    bias: f64,
    invariants: bool,
    stabilised: bool,
    charges: Vec<f64>,
    square: Square,
    handle: Handle,
    fits: [Fit; 2],
    last: SquareResponse,
    held: HandleResponse,
}

fn inner(eta: &[f64], a: &[f64], b: &[f64]) -> f64 {
    eta.iter().zip(a).zip(b).map(|((e, a), b)| e * a * b).sum()
}

impl Demo {
    fn new(group: Group, coords: Coords) -> Self {
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

    fn f(&self, x: &[Vec<f64>]) -> Vec<Vec<f64>> {
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

    fn scalars(&self, x: &[Vec<f64>]) -> Vec<f64> {
        let eta = self.group.metric();
        let y = self.f(x);
        (0..x.len()).map(|i| inner(&eta, &x[i], &y[i])).collect()
    }

    fn square_ui(&mut self, ui: &mut egui::Ui, kind: LayoutKind) {
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

    fn handle_ui(&mut self, ui: &mut egui::Ui, size: Vec2, touch: bool) {
        let shown = self.coords;
        self.handle.camera = self.square.camera;
        self.held = self.handle.ui(ui, self.group, &mut self.coords, &shown, size, touch);
    }

    fn data(&self) -> Data {
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

struct Data {
    g: Matrix,
    gx: Vec<Vec<f64>>,
    y: Vec<Vec<f64>>,
    ygx: Vec<Vec<f64>>,
    gy: Vec<Vec<f64>>,
    bars: [Vec<f64>; 2],
    residual: f64,
    longest: [f64; 2],
}

impl Data {
    fn scene<'a>(&'a self, demo: &'a Demo, scales: [f64; 2]) -> Scene<'a> {
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
fn page(ui: &mut egui::Ui, demo: &mut Demo, kind: LayoutKind) {
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

fn harness(demo: Demo, kind: LayoutKind, size: Vec2, theme: egui::Theme) -> Harness<'static, Demo> {
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

fn desktop(demo: Demo) -> Harness<'static, Demo> {
    harness(demo, LayoutKind::Desktop, vec2(1280.0, 576.0), egui::Theme::Light)
}

fn shoot(h: &mut Harness<'static, Demo>, name: &str) -> f64 {
    let image = h.render().expect("a picture");
    if let Some(dir) = std::env::var_os("EQUISCOPE_SHOTS") {
        std::fs::create_dir_all(&dir).unwrap();
        image.save(std::path::Path::new(&dir).join(format!("{name}.png"))).unwrap();
    }
    // The share of pixels that are not background: an empty picture is a failure.
    let back = *image.get_pixel(1, 1);
    image.pixels().filter(|p| **p != back).count() as f64 / f64::from(image.width() * image.height())
}

fn place(places: &[(&'static str, Rect)], name: &str) -> Pos2 {
    places.iter().find(|p| p.0 == name).unwrap_or_else(|| panic!("no place {name}")).1.center()
}

fn drag(h: &mut Harness<'static, Demo>, from: Pos2, to: Pos2) {
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

fn turned(degrees: f64) -> Coords {
    Coords { angle: degrees.to_radians(), ..Coords::default() }
}

#[test]
fn dragging_the_ring_turns_g() {
    let mut h = desktop(Demo::new(Group::Orthogonal(2), turned(37.0)));
    let centre = place(&h.state().held.places, "ring");
    let knob = place(&h.state().held.places, "knob");
    let radius = (knob - centre).length();
    drag(&mut h, knob, centre + vec2(0.0, -radius));
    let degrees = h.state().coords.angle.to_degrees();
    assert!((degrees - 90.0).abs() < 1.0, "{degrees}");
    assert!(!h.state().coords.mirror);
}

#[test]
fn a_click_on_the_ring_jumps_there() {
    let mut h = desktop(Demo::new(Group::Rotation(2), turned(0.0)));
    let centre = place(&h.state().held.places, "ring");
    let radius = (place(&h.state().held.places, "knob") - centre).length();
    let at = centre - vec2(radius, 0.0);
    h.hover_at(at);
    h.run_steps(1);
    h.drag_at(at);
    h.drop_at(at);
    h.run_steps(2);
    let degrees = h.state().coords.angle.to_degrees();
    assert!((degrees - 180.0).abs() < 1.0, "{degrees}");
}

#[test]
fn a_finite_group_stops_at_its_elements() {
    let mut h = desktop(Demo::new(Group::Cyclic(4), turned(0.0)));
    let centre = place(&h.state().held.places, "ring");
    let knob = place(&h.state().held.places, "knob");
    let radius = (knob - centre).length();
    drag(&mut h, knob, centre + Vec2::angled(-70f32.to_radians()) * radius);
    let degrees = h.state().coords.angle.to_degrees();
    assert!((degrees - 90.0).abs() < 1e-6, "{degrees}");
}

#[test]
fn the_mirror_line_stands_at_half_the_angle() {
    let mut h = desktop(Demo::new(Group::Orthogonal(2), Coords { mirror: true, ..turned(40.0) }));
    let centre = place(&h.state().held.places, "ring");
    let knob = place(&h.state().held.places, "mirror");
    let radius = (knob - centre).length();
    drag(&mut h, knob, centre + Vec2::angled(-60f32.to_radians()) * radius);
    let degrees = h.state().coords.angle.to_degrees();
    assert!((degrees - 120.0).abs() < 3.0, "{degrees}");
}

#[test]
fn dragging_a_tip_moves_x_and_the_square_still_commutes() {
    let mut h = desktop(Demo::new(Group::Rotation(2), turned(37.0)));
    let before = h.state().x.clone();
    let tip = place(&h.state().last.places, "x1");
    drag(&mut h, tip, tip + vec2(-30.0, -40.0));
    let x = &h.state().x;
    let scale = 1.7;
    assert!(x[0][0] < before[0][0] - 0.2 * scale && x[0][1] > before[0][1] + 0.2 * scale, "{:?}", x[0]);
    assert_eq!(x[1..], before[1..]);
    assert!(h.state().data().residual < 1e-12);
}

#[test]
fn tips_and_handle_obey_the_keyboard() {
    let mut h = desktop(Demo::new(Group::Orthogonal(2), turned(37.0)));
    let x = h.state().x[1].clone();
    h.get_by_label("arrow x2").focus();
    h.run_steps(2);
    h.key_press(Key::ArrowRight);
    h.run_steps(2);
    assert!(h.state().x[1][0] > x[0] + 0.01 && (h.state().x[1][1] - x[1]).abs() < 1e-3);

    h.get_by_label("group element").focus();
    h.run_steps(2);
    for (modifiers, degrees) in [(Modifiers::NONE, 38.0), (Modifiers::SHIFT, 38.1), (Modifiers::CTRL, 48.1)] {
        h.key_press_modifiers(modifiers, Key::ArrowRight);
        h.run_steps(2);
        let now = h.state().coords.angle.to_degrees();
        assert!((now - degrees).abs() < 1e-6, "{modifiers:?}: {now}");
    }
    h.key_press(Key::ArrowUp);
    h.run_steps(2);
    assert!(h.state().coords.mirror);
}

#[test]
fn screen_readers_hear_the_element_the_arrows_and_the_verdict() {
    let h = desktop(Demo::new(Group::Orthogonal(2), Coords { mirror: true, ..turned(37.0) }));
    let value = |label: &str| h.get_by_label(label).accesskit_node().value();
    assert_eq!(value("group element").as_deref(), Some("θ = 37°, mirrored"));
    assert_eq!(value("arrow x1").as_deref(), Some("(1.52, 0.34)"));
    h.get_by_label("mirror line");
    h.get_by_label("Why is it not zero?");
    for plate in ["x", "f(x)", "g·x", "f(g·x) over ρ(g) f(x)"] {
        h.get_by_label(plate);
    }
}

#[test]
fn the_question_can_be_asked() {
    let mut h = desktop(Demo { bias: 1.0, ..Demo::new(Group::Rotation(2), turned(74.0)) });
    let at = place(&h.state().last.places, "question");
    h.hover_at(at);
    h.drag_at(at);
    h.run_steps(1);
    h.event(egui::Event::PointerButton {
        pos: at,
        button: egui::PointerButton::Primary,
        pressed: false,
        modifiers: Modifiers::NONE,
    });
    h.step();
    assert!(h.state().last.question_clicked);
}

#[test]
fn the_other_handles_follow_the_pointer() {
    let mut h = desktop(Demo::new(Group::Lorentz(1), Coords::default()));
    let knob = place(&h.state().held.places, "knob");
    drag(&mut h, knob, knob + vec2(25.0, -12.0));
    assert!(h.state().coords.rapidity > 0.5, "{}", h.state().coords.rapidity);

    let mut h = desktop(Demo::new(Group::Lorentz(2), Coords::default()));
    let knob = place(&h.state().held.places, "boost");
    drag(&mut h, knob, knob + vec2(0.0, -30.0));
    let c = h.state().coords;
    assert!(c.rapidity > 0.5 && (c.direction.to_degrees() - 90.0).abs() < 1.0, "{c:?}");

    let mut h = desktop(Demo::new(Group::GeneralLinear2, Coords::default()));
    let (knob, centre) = (place(&h.state().held.places, "scale"), place(&h.state().held.places, "ring"));
    drag(&mut h, knob, centre + (knob - centre) * 1.5);
    assert!((h.state().coords.scale - 1.5).abs() < 0.02, "{}", h.state().coords.scale);

    let mut h = desktop(Demo::new(Group::Rotation(3), turned(118.0)));
    let axis = h.state().coords.unit_axis();
    let knob = place(&h.state().held.places, "axis");
    drag(&mut h, knob, knob + vec2(15.0, 10.0));
    assert_ne!(h.state().coords.unit_axis(), axis);
    assert!((h.state().coords.angle.to_degrees() - 118.0).abs() < 1e-9);
}

#[test]
fn an_empty_ball_turns_the_camera_and_a_tip_moves_facing_it() {
    let mut h = desktop(Demo::new(Group::Rotation(3), turned(60.0)));
    let camera = h.state().square.camera;
    let plate = place(&h.state().last.places, "plate_y");
    drag(&mut h, plate + vec2(5.0, 60.0), plate + vec2(45.0, 60.0));
    assert!((h.state().square.camera.yaw - camera.yaw).abs() > 0.1);
    let x = h.state().x[0].clone();
    let tip = place(&h.state().last.places, "x1");
    drag(&mut h, tip, tip + vec2(-12.0, 14.0));
    let rows = h.state().square.camera.rows();
    let d: Vec<f64> = h.state().x[0].iter().zip(&x).map(|(a, b)| a - b).collect();
    let along = |r: [f64; 3]| inner(&[1.0, 1.0, 1.0], &r, &d);
    assert!(along(rows[0]) < -0.05 && along(rows[1]) < -0.05 && along(rows[2]).abs() < 1e-9);
}

#[test]
fn two_fingers_turn_g() {
    let mut h = desktop(Demo::new(Group::Rotation(2), turned(30.0)));
    let centre = place(&h.state().held.places, "ring");
    let touch = |h: &mut Harness<'static, Demo>, degrees: f32, phase| {
        for (id, side) in [(1u64, 1.0), (2, -1.0)] {
            h.event(egui::Event::Touch {
                device_id: egui::TouchDeviceId(0),
                id: egui::TouchId(id),
                phase,
                pos: centre + Vec2::angled(-degrees.to_radians()) * (40.0 * side),
                force: None,
            });
        }
        h.run_steps(1);
    };
    touch(&mut h, 0.0, egui::TouchPhase::Start);
    for i in 1..=20 {
        touch(&mut h, i as f32, egui::TouchPhase::Move);
    }
    touch(&mut h, 20.0, egui::TouchPhase::End);
    let degrees = h.state().coords.angle.to_degrees();
    assert!((degrees - 50.0).abs() < 2.0, "{degrees}");
}

#[test]
fn a_tap_on_a_phone_enlarges_a_plate_and_back() {
    let demo = Demo::new(Group::Orthogonal(2), turned(52.0));
    let mut h = harness(demo, LayoutKind::Phone, vec2(390.0, 616.0), egui::Theme::Light);
    let width = |h: &Harness<'static, Demo>| {
        h.state().last.places.iter().find(|p| p.0 == "plate_gy").map(|p| p.1.width())
    };
    let small = width(&h).unwrap();
    for large in [true, false] {
        h.get_by_label("f(g·x) over ρ(g) f(x)").click();
        h.run_steps(3);
        assert_eq!(width(&h).unwrap() > 1.5 * small, large);
        if large {
            shoot(&mut h, "enlarged-light");
        }
    }
}

#[test]
fn infinite_outputs_do_no_harm() {
    let mut demo = Demo::new(Group::Rotation(3), turned(52.0));
    demo.x[0] = vec![f64::NAN, 1.0, 0.0];
    demo.x[1] = vec![f64::INFINITY, 1.0, 0.0];
    let mut h = desktop(demo);
    assert!(shoot(&mut h, "infinite-light") > 0.1);
}

#[test]
fn elements_are_said_in_words() {
    assert_eq!(handle::spoken(Group::Lorentz(1), &Coords { rapidity: 0.6, ..Coords::default() }), "η = 0.60");
    assert_eq!(handle::spoken(Group::Cyclic(4), &turned(80.0)), "θ = 90°");
}

/// Every picture, in both modes: each must show something, and the pictures of one mode must differ.
#[test]
fn every_picture_is_drawn() {
    let boosted = Coords { rapidity: 0.6, direction: 0.8, ..turned(30.0) };
    let linear = Coords { scale: 1.1, stretch: 0.2, shear: 0.4, ..turned(25.0) };
    let tilted = Coords { axis: [0.55, -0.5, 0.6], ..turned(118.0) };
    let demos: Vec<(&str, Demo, LayoutKind, Vec2)> = vec![
        ("vectors", Demo::new(Group::Orthogonal(2), turned(37.0)), LayoutKind::Desktop, vec2(1280.0, 576.0)),
        (
            "broken",
            Demo { bias: 1.0, ..Demo::new(Group::Orthogonal(2), turned(74.0)) },
            LayoutKind::Desktop,
            vec2(1280.0, 576.0),
        ),
        ("phone", Demo::new(Group::Orthogonal(2), turned(52.0)), LayoutKind::Phone, vec2(390.0, 616.0)),
        ("embed", Demo::new(Group::Orthogonal(2), turned(37.0)), LayoutKind::Embed, vec2(720.0, 400.0)),
        (
            "mirror",
            Demo {
                charges: vec![1.0, -0.6, 0.8],
                ..Demo::new(Group::Dihedral(6), Coords { mirror: true, ..turned(60.0) })
            },
            LayoutKind::Desktop,
            vec2(1600.0, 824.0),
        ),
        (
            "bars",
            Demo { invariants: true, bias: 0.6, ..Demo::new(Group::Rotation(2), turned(37.0)) },
            LayoutKind::Desktop,
            vec2(976.0, 504.0),
        ),
        (
            "stabilised",
            Demo { stabilised: true, ..Demo::new(Group::Rotation(2), turned(37.0)) },
            LayoutKind::Desktop,
            vec2(976.0, 504.0),
        ),
        ("ball", Demo::new(Group::Orthogonal(3), tilted), LayoutKind::Desktop, vec2(1280.0, 576.0)),
        ("boost", Demo::new(Group::Lorentz(1), boosted), LayoutKind::Desktop, vec2(1280.0, 576.0)),
        ("cone", Demo::new(Group::Lorentz(2), boosted), LayoutKind::Desktop, vec2(1280.0, 576.0)),
        (
            "linear",
            Demo { bias: 0.0, ..Demo::new(Group::GeneralLinear2, linear) },
            LayoutKind::Desktop,
            vec2(1280.0, 576.0),
        ),
    ];
    for (name, demo, kind, size) in demos {
        for theme in [egui::Theme::Light, egui::Theme::Dark] {
            let fresh = Demo {
                x: demo.x.clone(),
                bias: demo.bias,
                invariants: demo.invariants,
                stabilised: demo.stabilised,
                charges: demo.charges.clone(),
                ..Demo::new(demo.group, demo.coords)
            };
            let mode = if theme == egui::Theme::Dark { "dark" } else { "light" };
            let share = shoot(&mut harness(fresh, kind, size, theme), &format!("{name}-{mode}"));
            assert!(share > 0.1, "{name} {mode}: {share}");
        }
    }
}

#[test]
fn the_gallery_has_its_picture() {
    let demo = Demo::new(Group::Orthogonal(2), turned(37.0));
    let mut h = Harness::builder()
        .with_size(vec2(480.0, 260.0))
        .with_theme(egui::Theme::Light)
        .with_context_setup(fonts::install)
        .wgpu()
        .build_ui_state(
            |ui, demo: &mut Demo| {
                let theme = Theme::of(ui.ctx());
                let all = ui.ctx().content_rect();
                ui.painter().rect_filled(all, 0.0, theme.bg);
                let data = demo.data();
                let layout = SquareLayout::picture(all.shrink(10.0));
                let scene = data.scene(demo, [data.longest[0] / 0.8, data.longest[1] / 0.8]);
                square::paint(ui.painter(), theme, &scene, &layout, Camera::default());
            },
            demo,
        );
    h.run_steps(2);
    assert!(shoot(&mut h, "gallery") > 0.1);
}
