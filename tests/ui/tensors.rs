//! The lab Tensors as a visitor uses it.
//!
//! With `EQUISCOPE_SHOTS=DIR` the pictures are written to DIR.

use eframe::egui::{self, Key, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use equiscope::app::Shell;
use equiscope::data::Task;
use equiscope::engine::Plan;
use equiscope::engine::kernels::EVERYWHERE;
use equiscope::labs::Command;
use equiscope::labs::tensors::model::Pair;
use equiscope::labs::tensors::options::serves;
use equiscope::labs::tensors::settings::Settings;
use equiscope::nn::tensors::{Breaks, Kind};

use crate::harness::{drag, metrics, named_controls, number, open, open_at, place, settle, shot};

/// Runs frames until the step is reached, at most so many.
fn train(harness: &mut Harness<'_, Shell>, step: f64, frames: usize) {
    harness.key_press(Key::Space);
    for _ in 0..frames {
        harness.step();
        if number(harness, "step") >= step {
            break;
        }
    }
    harness.key_press(Key::Space);
    settle(harness);
    settle(harness);
}

/// A number in the metrics by a path of keys.
fn at(harness: &mut Harness<'_, Shell>, path: [&str; 2]) -> f64 {
    metrics(harness)[path[0]][path[1]].as_f64().unwrap_or(f64::NAN)
}

#[test]
fn training_parts_the_curves_and_the_picture_stays_the_same() {
    let (mut harness, _) = open("#/tensors?seeds=1&width=16");
    assert!(number(&mut harness, "worst") < 1e-5, "{}", number(&mut harness, "worst"));
    assert!(number(&mut harness, "twin_worst") > 1e-2);
    let before = at(&mut harness, ["test_error", "model"]);
    train(&mut harness, 200.0, 2000);
    let (model, twin) = (at(&mut harness, ["test_error", "model"]), at(&mut harness, ["test_error", "twin"]));
    assert!(model < 0.5 * twin && model < 0.5 * before, "{before} → {model}, twin {twin}");
    assert!(number(&mut harness, "worst") < 1e-5);
    let step = number(&mut harness, "step");
    harness.run_steps(4);
    assert_eq!(number(&mut harness, "step"), step, "paused");
    harness.key_press(Key::R);
    settle(&mut harness);
    settle(&mut harness);
    assert_eq!(number(&mut harness, "step"), 0.0);
    assert_eq!(at(&mut harness, ["test_error", "model"]), before, "reset returns to the same start");
}

#[test]
fn a_mass_can_be_dragged_and_the_ring_turns_g() {
    for (state, point) in [("#/tensors", "x2"), ("#/tensors?task=o5", "x1"), ("#/tensors?task=lorentz", "x3")]
    {
        let (mut harness, _) =
            open(&format!("{state}{}seeds=1", if state.contains('?') { "&" } else { "?" }));
        let before = metrics(&mut harness);
        let tip = place(&harness, point).center();
        drag(&mut harness, tip, tip + vec2(-14.0, 11.0));
        let after = metrics(&mut harness);
        assert_ne!(before["x"], after["x"], "{state}");
        assert_ne!(before["truth"], after["truth"], "{state}");
        let (knob, area) = (place(&harness, "knob").center(), place(&harness, "handle"));
        drag(&mut harness, knob, area.center() + vec2(-0.3, -0.3) * area.height());
        assert_ne!(metrics(&mut harness)["g"], after["g"], "{state}");
        let bound = if state.contains("lorentz") { 1e-3 } else { 1e-5 };
        assert!(number(&mut harness, "residual") < bound, "{state}");
    }
}

#[test]
fn the_wrong_group_holds_and_is_wrong() {
    let (mut harness, _) = open("#/tensors?task=chirality&seeds=1");
    assert_eq!(metrics(&mut harness)["group"], "SO(3)");
    harness.get_by_label("Wrong group: O(3)").click();
    settle(&mut harness);
    settle(&mut harness);
    assert_eq!(metrics(&mut harness)["group"], "O(3)");
    let truth = |harness: &mut Harness<'_, Shell>| metrics(harness)["truth"][0].as_f64().unwrap();
    let before = truth(&mut harness);
    harness.get_by_label("mirror").click();
    for _ in 0..4 {
        settle(&mut harness);
    }
    assert!((truth(&mut harness) + before).abs() < 1e-9, "the target changes its sign");
    assert!(number(&mut harness, "residual") < 1e-5, "the model does not");
    assert!(harness.query_all_by_label_contains("blind to mirrors").next().is_some());
    harness.get_by_label("Why can it not learn?").click();
    harness.run_steps(2);
    assert!(harness.query_all_by_label_contains("Both roads agree").next().is_some());
    shot(&mut harness, "tensors-chirality-answer");
}

#[test]
fn charges_are_translated_by_hand_and_by_key() {
    for size in [[1280.0, 800.0], [390.0, 844.0]] {
        let (mut harness, _) =
            open_at("#/tensors?task=nbody&seeds=1&n=30&width=8", size, 1.0, egui::Theme::Light);
        let shift = |harness: &mut Harness<'_, Shell>| metrics(harness)["shift"].clone();
        let before = shift(&mut harness);
        let knob = place(&harness, "shift");
        drag(&mut harness, knob.center(), knob.center() + vec2(18.0, -12.0));
        let dragged = shift(&mut harness);
        assert_ne!(dragged, before, "{size:?}");
        assert!(number(&mut harness, "residual") < 1e-4, "{size:?}");
        harness.get_by_label("translation").focus();
        harness.step();
        harness.key_press(Key::ArrowRight);
        settle(&mut harness);
        assert_ne!(shift(&mut harness), dragged, "{size:?}");
        assert!(harness.state().state().contains("shift="), "{}", harness.state().state());
    }
}

#[test]
fn momenta_are_boosted_in_any_direction_and_turned() {
    let (mut harness, _) = open("#/tensors?task=lorentz&seeds=1");
    let ring = place(&harness, "ring");
    for knob in ["boost", "knob"] {
        let before = metrics(&mut harness)["g"].clone();
        let from = place(&harness, knob).center();
        drag(&mut harness, from, ring.center() + vec2(-0.2, -0.25) * ring.height());
        assert_ne!(metrics(&mut harness)["g"], before, "{knob}");
        assert!(number(&mut harness, "residual") < 1e-3, "{knob}");
    }
    let state = harness.state().state();
    assert!(state.contains("phi=") && state.contains("turn="), "{state}");
}

#[test]
fn others_are_trained_beside_the_pair() {
    let (mut harness, _) = open("#/tensors?seeds=1&width=6&layers=1&n=100&batch=20");
    for name in ["and augmented MLP", "and EMLP"] {
        harness.get_by_label_contains("Compare with").click();
        harness.run_steps(2);
        harness.get_by_label(name).click();
        settle(&mut harness);
    }
    assert!(harness.state().state().contains("more=mlp-aug"), "{}", harness.state().state());
    train(&mut harness, 20.0, 1500);
    for net in ["model", "twin", "third", "fourth"] {
        assert!(at(&mut harness, ["test_error", net]) > 0.0, "{net}");
    }
    shot(&mut harness, "tensors-several-light");
}

#[test]
fn switches_part_the_roads_and_mend_them_again() {
    for (state, label) in [
        ("#/tensors?seeds=1", "Bias on vectors"),
        ("#/tensors?seeds=1", "Whole-batch norm"),
        ("#/tensors?seeds=1&task=lorentz&eta=1.2", "Euclidean norm"),
    ] {
        let (mut harness, _) = open(state);
        assert!(number(&mut harness, "residual") < 1e-4, "{label}");
        harness.get_by_label(label).click();
        settle(&mut harness);
        settle(&mut harness);
        let residual = number(&mut harness, "residual");
        assert!(residual > 1e-3, "{label}: {residual}");
        harness.get_by_label(label).click();
        settle(&mut harness);
        settle(&mut harness);
        assert!(number(&mut harness, "residual") < 1e-4, "{label} off again");
    }
}

#[test]
fn extreme_inputs_give_finite_pictures() {
    for state in [
        "#/tensors?seeds=1&x=0,0,0;0,0,0;0,0,0;0,0,0;0,0,0",
        "#/tensors?seeds=1&x=8,8,8;8,8,8;8,8,8;8,8,8;8,8,8&m=8,8,8,8,8",
        "#/tensors?seeds=1&task=lorentz&eta=6&x=1,1,0,0;1,-1,0,0;1,0,1,0;0,0,0,0",
        "#/tensors?seeds=1&task=o5&x=1,2,0,0,0;2,4,0,0,0",
        "#/tensors?seeds=1&task=o5&x=0,0,0,0,0;0,0,0,0,0",
    ] {
        let (mut harness, _) = open(state);
        harness.run_steps(2);
        let values = metrics(&mut harness);
        assert_ne!(values["state"], "failed", "{state}: {values}");
        assert!(values["truth"].as_array().is_some_and(|v| !v.is_empty()), "{state}");
        shot(&mut harness, &format!("tensors-extreme-{}", state.len()));
    }
}

#[test]
fn a_rate_that_is_too_large_is_said_and_undone() {
    let (mut harness, _) = open("#/tensors?seeds=1&lr=10&width=8");
    harness.key_press(Key::Space);
    for _ in 0..400 {
        harness.step();
        if metrics(&mut harness)["state"] == "diverged" {
            break;
        }
    }
    let values = metrics(&mut harness);
    // Adam moves no weight further than the rate in a step: it may also stay finite, and large.
    if values["state"] == "diverged" {
        assert!(harness.query_all_by_label_contains("Diverged at step").next().is_some());
        assert!(values["diverged"]["back_to"].as_u64() <= values["diverged"]["step"].as_u64());
    }
    assert!(values["step"].as_f64().is_some());
    harness.key_press(Key::R);
    settle(&mut harness);
    assert_eq!(number(&mut harness, "step"), 0.0);
}

#[test]
fn every_layout_names_its_controls_and_is_a_picture() {
    let trained = "#/tensors?width=8";
    for (name, state, size, theme) in [
        ("inertia-dark", trained, [1280.0, 800.0], egui::Theme::Dark),
        ("inertia-light", trained, [1440.0, 900.0], egui::Theme::Light),
        ("lorentz-light", "#/tensors?task=lorentz&width=8&seeds=1", [1280.0, 800.0], egui::Theme::Light),
        ("o5-dark", "#/tensors?task=o5&width=8&seeds=1", [1280.0, 800.0], egui::Theme::Dark),
        ("broken-light", "#/tensors?break=bias&seeds=1", [1280.0, 800.0], egui::Theme::Light),
        ("phone-light", "#/tensors?seeds=1", [390.0, 844.0], egui::Theme::Light),
        ("phone-dark", "#/tensors?seeds=1&task=lorentz", [390.0, 844.0], egui::Theme::Dark),
        ("embed-light", "#/tensors?embed=1&seeds=1", [720.0, 400.0], egui::Theme::Light),
        ("nbody-light", "#/tensors?task=nbody&seeds=1&n=30&width=8", [1280.0, 800.0], egui::Theme::Light),
        ("wiring-dark", "#/tensors?page=wiring&seeds=1", [1280.0, 800.0], egui::Theme::Dark),
        ("data-light", "#/tensors?page=data&seeds=1", [1280.0, 800.0], egui::Theme::Light),
        ("chirality-light", "#/tensors?task=chirality&seeds=1", [1280.0, 800.0], egui::Theme::Light),
        (
            "chirality-wrong-dark",
            "#/tensors?task=chirality&seeds=1&proper=0&mirror=1&width=32",
            [1280.0, 800.0],
            egui::Theme::Dark,
        ),
        ("several-dark", "#/tensors?more=mlp-aug,emlp&width=8", [1280.0, 800.0], egui::Theme::Dark),
        (
            "phone-several",
            "#/tensors?more=mlp-aug,emlp&seeds=1&width=9&task=chirality",
            [390.0, 844.0],
            egui::Theme::Light,
        ),
        (
            "nbody-shift-dark",
            "#/tensors?task=nbody&seeds=1&n=30&shift=0.5,-0.4,0.6",
            [1280.0, 800.0],
            egui::Theme::Dark,
        ),
        (
            "phone-nbody",
            "#/tensors?task=nbody&seeds=1&n=30&shift=0.5,-0.4,0.6",
            [390.0, 844.0],
            egui::Theme::Light,
        ),
        (
            "lorentz-turned-dark",
            "#/tensors?task=lorentz&seeds=1&phi=0.9&turn=1.2&eta=0.8",
            [1280.0, 800.0],
            egui::Theme::Dark,
        ),
        ("phone-train", "#/tensors?page=wiring&seeds=1", [390.0, 844.0], egui::Theme::Light),
    ] {
        let (mut harness, _) = open_at(state, size, 1.0, theme);
        for _ in 0..4 {
            settle(&mut harness);
        }
        if state.contains("width") {
            train(&mut harness, 60.0, 400);
        }
        assert!(named_controls(&harness, state) > 6, "{name}");
        shot(&mut harness, &format!("tensors-{name}"));
    }
}

#[test]
fn a_cut_wire_trains_anew() {
    let (mut harness, _) = open("#/tensors?page=wiring&seeds=1&width=8");
    let before = at(&mut harness, ["parameters", "model"]);
    harness.get_by_label("T1 to T2: outer products of vectors").click();
    for _ in 0..40 {
        harness.step();
        if number(&mut harness, "step") > 0.0 {
            break;
        }
    }
    assert!(number(&mut harness, "step") > 0.0, "training began by itself");
    assert!(at(&mut harness, ["parameters", "model"]) <= before);
    harness.key_press(Key::Space);
    settle(&mut harness);
    assert!(harness.state().state().contains("wires=t1-t2"), "{}", harness.state().state());
    shot(&mut harness, "tensors-wiring-light");
}

#[test]
fn a_drawn_matrix_is_projected_onto_the_space() {
    let (mut harness, _) = open("#/tensors?page=constraint&seeds=1");
    assert!(harness.query_all_by_label_contains("Project my matrix").next().is_some());
    shot(&mut harness, "tensors-constraint-light");
    harness.get_by_label("Project my matrix").click();
    settle(&mut harness);
}

#[test]
fn the_audit_of_the_present_networks_arrives() {
    let (mut harness, _) = open("#/tensors?seeds=1&width=8");
    harness.state_mut().lab().unwrap().start_check(150);
    settle(&mut harness);
    let report = harness.state_mut().lab().unwrap().check_result().unwrap();
    assert_eq!(report["passed"], true, "{report}");
    assert_eq!(report["groups"][0]["samples"], 150);
    assert!(report["groups"][1]["worst"].as_f64().unwrap() > 1e-2, "{report}");
}

#[test]
fn plans_need_no_kernel_that_the_browser_lacks() {
    let mut missing = std::collections::BTreeSet::new();
    for task in Task::MAIN.into_iter().chain([Task::Chirality]) {
        for kind in Kind::ALL.into_iter().filter(|k| serves(*k, task)) {
            let mut s = Settings { width: 8, ..Settings::default() };
            s.set_task(task);
            (s.model, s.twin) = (kind, if task.is_nbody() { Kind::Gnn } else { Kind::MlpAug });
            s.breaks = Breaks { bias: true, whole_batch: true, euclidean: true };
            let pair = Pair::new(&s).unwrap();
            for graph in [pair.training(50).unwrap(), pair.forward(3).unwrap()] {
                for step in &Plan::compile(&graph).unwrap().steps {
                    if !EVERYWHERE.contains(&step.stem.as_str()) {
                        missing.insert(format!("{task:?} {kind}: {}", step.stem));
                    }
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn three_runs_are_measured_at_the_same_steps_and_saved() {
    let (mut harness, world) = open("#/tensors?width=4&layers=1&n=100&batch=20");
    train(&mut harness, 20.0, 1500);
    assert!(number(&mut harness, "step") >= 20.0);
    assert!(at(&mut harness, ["test_error", "model"]) > 0.0);
    harness.get_by_label("Save the curves as CSV").click();
    harness.run_steps(2);
    let world = world.borrow();
    let (name, bytes) = world.saved.last().unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert_eq!(name, "tensors-inertia.csv");
    for step in [0, 10, 20] {
        let lines = text.lines().filter(|l| l.split(',').nth(2) == Some(&step.to_string())).count();
        assert_eq!(lines, 6, "three runs of two networks at step {step}: {text}");
    }
}

#[test]
fn training_is_paired_and_repeats() {
    let end = |state: &str| {
        let (mut harness, _) = open(state);
        // So many steps and no more: one that plays is stopped wherever it is.
        harness.state_mut().lab().unwrap().command(Command::Step(20));
        for _ in 0..1500 {
            harness.step();
            if !harness.state_mut().lab().unwrap().busy() {
                break;
            }
        }
        assert_eq!(number(&mut harness, "step"), 20.0);
        (at(&mut harness, ["test_error", "model"]), at(&mut harness, ["test_error", "twin"]))
    };
    let state = "#/tensors?width=6&layers=1&n=100&batch=20&seeds=1";
    let (first, again) = (end(state), end(state));
    assert_eq!(first.1, again.1, "the same seeds give the same run");
    let cut = end(&format!("{state}&wires=t1-t2"));
    assert_ne!(first.0, cut.0, "a cut wire changes the model");
}
