//! The lab Vectors worked by hand: drags, hover, typing, two fingers, and the keyboard alone.

use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, TouchDeviceId, TouchId, TouchPhase, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use equiscope::app::Shell;
use equiscope::maths::group::MENU;

use crate::harness::{drag, metrics, number, open, open_at, place, settle, shot};

fn state(harness: &Harness<'_, Shell>) -> String {
    harness.state().state()
}

fn undo(harness: &mut Harness<'_, Shell>) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    settle(harness);
}

/// The angle in the address, in steps of a full turn over n.
fn steps(state: &str, n: f64) -> f64 {
    let value = state.split("theta=").nth(1).and_then(|t| t.split('&').next()).unwrap();
    value.parse::<f64>().unwrap() / (std::f64::consts::TAU / n)
}

#[test]
fn turning_the_handle_keeps_the_residual_below_the_bound_for_every_group() {
    for group in MENU.into_iter().filter(|g| g.keeps_metric()) {
        let (mut harness, _) = open(&format!("#/vectors?group={group}"));
        let before = metrics(&mut harness)["g"].clone();
        let (knob, ring) = (place(&harness, "knob").center(), place(&harness, "ring"));
        let to = if group.compact() {
            ring.center() + vec2(-0.6, 0.8) * ring.width() / 2.0
        } else {
            knob + vec2(-14.0, -6.0)
        };
        drag(&mut harness, knob, to);
        settle(&mut harness);
        assert_ne!(metrics(&mut harness)["g"], before, "{group}");
        let bound = if group.compact() { 1e-5 } else { 1e-4 };
        for name in ["residual", "worst"] {
            let r = number(&mut harness, name);
            assert!(r < bound, "{group}: {name} {r:e}");
        }
        assert!(number(&mut harness, "residual_f64") < 1e-11, "{group}");
    }
}

#[test]
fn hover_on_the_orbit_shows_the_element_and_a_click_chooses_it() {
    let (mut harness, world) = open("#/vectors");
    let before = (metrics(&mut harness)["g"].clone(), state(&harness));
    let plot = place(&harness, "orbit");
    let at = plot.left_center() + vec2(plot.width() * 0.7, 0.0);
    harness.hover_at(at);
    settle(&mut harness);
    let looked_at = metrics(&mut harness)["g"].clone();
    assert_ne!(looked_at, before.0);
    assert_eq!(state(&harness), before.1, "a look is not a choice");
    harness.hover_at(Pos2::new(300.0, 60.0));
    settle(&mut harness);
    assert_eq!(metrics(&mut harness)["g"], before.0);
    assert!(world.borrow().writes.is_empty());

    drag(&mut harness, at, at);
    settle(&mut harness);
    assert_eq!(metrics(&mut harness)["g"], looked_at);
    assert!(state(&harness).contains("theta="));
    harness.hover_at(Pos2::new(300.0, 60.0));
    undo(&mut harness);
    assert_eq!((metrics(&mut harness)["g"].clone(), state(&harness)), before);
}

#[test]
fn a_finite_group_has_only_its_elements() {
    let (mut harness, _) = open("#/vectors?group=C(4)");
    let plot = place(&harness, "orbit");
    let at = plot.left_center() + vec2(plot.width() * 0.6, 0.0);
    drag(&mut harness, at, at);
    settle(&mut harness);
    let n = steps(&state(&harness), 4.0);
    assert!((n - 2.0).abs() < 1e-9, "{n} quarter turns");
}

/// Two fingers turn by `angle` about `centre` in small steps and are lifted. The first is the pointer too, as in egui's
/// integrations.
fn twist(harness: &mut Harness<'_, Shell>, centre: Pos2, angle: f32) {
    let at = |a: f32| 50.0 * vec2(a.cos(), -a.sin());
    let fingers = |harness: &mut Harness<'_, Shell>, phase: TouchPhase, a: f32| {
        for (id, sign) in [(1, 1.0), (2, -1.0)] {
            let pos = centre + sign * at(a);
            if id == 1 {
                harness.event(Event::PointerMoved(pos));
                let pressed = phase == TouchPhase::Start;
                if phase != TouchPhase::Move {
                    let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
                    harness.event(Event::PointerButton { pos, button, pressed, modifiers });
                }
            }
            let (device_id, id) = (TouchDeviceId(0), TouchId(id));
            harness.event(Event::Touch { device_id, id, phase, pos, force: None });
        }
        if phase == TouchPhase::End {
            harness.event(Event::PointerGone);
        }
        harness.step();
    };
    fingers(harness, TouchPhase::Start, 0.0);
    (1..=20).for_each(|k| fingers(harness, TouchPhase::Move, angle * k as f32 / 20.0));
    fingers(harness, TouchPhase::End, angle);
    settle(harness);
}

#[test]
fn a_twist_turns_g_and_can_be_undone() {
    for (name, group, place_of_fingers) in
        [("square", "O(2)", "plate_x"), ("handle", "O(2)", "handle"), ("square", "C(4)", "plate_x")]
    {
        let (mut harness, world) = open(&format!("#/vectors?group={group}&theta=0.0001"));
        let before = (metrics(&mut harness)["g"].clone(), state(&harness));
        let centre = place(&harness, place_of_fingers).center();
        twist(&mut harness, centre, 1.4);
        let g = metrics(&mut harness)["g"].clone();
        let angle = g[1][0].as_f64().unwrap().atan2(g[0][0].as_f64().unwrap());
        let want = if group == "C(4)" { std::f64::consts::FRAC_PI_2 } else { 1.4 };
        assert!((angle - want).abs() < 0.02, "{name} {group}: turned by {angle}");
        assert_ne!(state(&harness), before.1);
        std::thread::sleep(std::time::Duration::from_millis(400));
        harness.run_steps(2);
        assert!(!world.borrow().writes.is_empty(), "{name} {group}: the address does not follow");
        undo(&mut harness);
        assert_eq!((metrics(&mut harness)["g"].clone(), state(&harness)), before, "{name} {group}");
    }
}

#[test]
fn a_long_drag_of_a_number_is_one_step_of_undo() {
    for (menu, field) in [
        ("Network", "Channels of each type"),
        ("Learning rate", "Samples per step"),
        ("Learning rate", "Spread of the data around x"),
        ("Input", "Scalar of vector 1"),
        ("Input", "y of vector 1"),
    ] {
        let (mut harness, _) = open("#/vectors");
        let before = state(&harness);
        harness.get_by_label(menu).click();
        harness.run_steps(3);
        let from = harness.get_by_label(field).rect().center();
        harness.drag_at(from);
        harness.step();
        for k in 1..=12 {
            harness.hover_at(from + vec2(k as f32, 0.0));
            harness.step();
        }
        harness.drop_at(from + vec2(12.0, 0.0));
        settle(&mut harness);
        harness.key_press(Key::Escape);
        settle(&mut harness);
        assert_ne!(state(&harness), before, "{field}");
        undo(&mut harness);
        assert_eq!(state(&harness), before, "{field} takes more than one undo");
    }
}

fn type_into(harness: &mut Harness<'_, Shell>, field: &str, text: &str) {
    harness.get_by_label(field).click();
    harness.run_steps(3);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.event(Event::Text(text.to_owned()));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    settle(harness);
}

#[test]
fn components_are_typed_in_the_menu_and_nan_is_refused() {
    let (mut harness, _) = open("#/vectors");
    harness.get_by_label("Input").click();
    harness.run_steps(3);
    type_into(&mut harness, "x of vector 1", "sqrt(2)/2");
    let x = metrics(&mut harness)["x"].clone();
    assert!((x[0][0].as_f64().unwrap() - 0.5f64.sqrt()).abs() < 1e-12, "{x}");
    harness.get_by_label("2").click();
    harness.run_steps(3);
    type_into(&mut harness, "y of vector 2", "-0.5");
    assert_eq!(metrics(&mut harness)["x"][1][1], -0.5);

    let kept = metrics(&mut harness)["x"].clone();
    type_into(&mut harness, "y of vector 2", "NaN");
    let alert = harness.query_all_by_role(eframe::egui::accesskit::Role::Alert);
    let said: Vec<String> = alert.filter_map(|n| n.accesskit_node().label()).collect();
    assert!(said.iter().any(|s| s.contains("NaN") || s.contains("number")), "{said:?}");
    assert_eq!(metrics(&mut harness)["x"], kept);
    assert!(number(&mut harness, "worst") < 1e-5);
}

#[test]
fn a_harmless_element_of_a_broken_net_is_said_to_be_one() {
    let (mut harness, _) = open(&format!("#/vectors?break=component&theta={}", std::f64::consts::PI));
    assert!(number(&mut harness, "residual") < 1e-5);
    assert!(number(&mut harness, "worst") > 1e-2);
    harness.get_by_label("Why does it hold here?").click();
    harness.run_steps(3);
    assert!(harness.query_all_by_label_contains("happens not to show it").next().is_some());
    assert!(harness.query_all_by_label_contains("24 bits").next().is_none());
}

#[test]
fn a_phone_and_an_embed_reach_every_number() {
    for (address, size) in
        [("#/vectors?group=O(3)", [390.0, 844.0]), ("#/vectors?group=O(3)&embed=1", [720.0, 400.0])]
    {
        let (harness, _) = open_at(address, size, 1.0, eframe::egui::Theme::Light);
        for name in [
            "axis x",
            "axis y",
            "axis z",
            "The matrix of g",
            "Back to the identity",
            "Save the square as a picture",
        ] {
            assert!(harness.query_by_label(name).is_some(), "{address}: no {name}");
        }
    }
}

#[test]
fn the_menu_of_the_input_and_the_answer_have_their_pictures() {
    let (mut harness, _) = open("#/vectors?group=SO(3)");
    harness.get_by_label("Input").click();
    harness.run_steps(3);
    shot(&mut harness, "vectors-input-menu");
    let (mut harness, _) = open("#/vectors?group=SO+(1,1)");
    harness.get_by_label("Why is it not zero?").click();
    harness.run_steps(3);
    shot(&mut harness, "vectors-answer");
    for (name, size) in [("phone", [390.0, 844.0]), ("embed", [720.0, 400.0])] {
        let address = format!("#/vectors?group=O(3){}", if name == "embed" { "&embed=1" } else { "" });
        let (mut harness, _) = open_at(&address, size, 1.0, eframe::egui::Theme::Light);
        shot(&mut harness, &format!("vectors-O3-{name}"));
    }
}
