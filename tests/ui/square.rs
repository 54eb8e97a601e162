//! The commuting square and the group handle under a mouse, a keyboard, two fingers and a screen reader.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::demo::{Demo, desktop, drag, harness, inner, place, shoot, turned};
use eframe::egui::{self, Key, Modifiers, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use equiscope::labs::lab::LayoutKind;
use equiscope::maths::{Coords, Group};
use equiscope::ui::square_layout::SquareLayout;
use equiscope::ui::{fonts, handle, square, theme::Theme};
use equiscope::viz::Camera;

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
    assert!((h.state().square.camera.yaw() - camera.yaw()).abs() > 0.1);
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
    // The first finger is a pointer too.
    h.hover_at(centre);
    h.run_steps(1);
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
