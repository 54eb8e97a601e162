//! Every registered lab under the harness, and the lab Vectors as a visitor uses it.
//!
//! With `EQUISCOPE_SHOTS=DIR` the pictures are written to DIR.

use std::path::Path;
use std::sync::Arc;

use eframe::egui::{self, Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use equiscope::app::Shell;
use equiscope::labs::REGISTRY;

use crate::harness::{drag, metrics, named_controls, number, open, open_at, place, settle, shot};

#[test]
fn a_drag_on_the_ring_turns_g_and_the_picture_stays_the_same() {
    let (mut harness, _) = open("#/vectors");
    let ring = place(&harness, "ring");
    let before = metrics(&mut harness)["g"].clone();
    let knob = place(&harness, "knob").center();
    drag(&mut harness, knob, ring.center() + vec2(-0.5, -0.87) * ring.width() / 2.0);
    assert_ne!(metrics(&mut harness)["g"], before);
    assert!(number(&mut harness, "residual") < 1e-5);
    assert!(number(&mut harness, "worst") < 1e-5);
    assert!(harness.state().state().contains("theta="), "{}", harness.state().state());
}

#[test]
fn a_tip_can_be_dragged_and_the_change_undone() {
    let (mut harness, _) = open("#/vectors");
    let before = metrics(&mut harness)["x"].clone();
    let tip = place(&harness, "x1").center();
    drag(&mut harness, tip, tip + vec2(-40.0, 30.0));
    let after = metrics(&mut harness)["x"].clone();
    assert_ne!(after, before);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    settle(&mut harness);
    assert_eq!(metrics(&mut harness)["x"], before);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Y);
    settle(&mut harness);
    assert_eq!(metrics(&mut harness)["x"], after);
}

#[test]
fn every_switch_breaks_the_symmetry_and_mends_it_again() {
    for label in ["Bias on vectors", "ReLU on components", "One weight per component", "Flip the metric"] {
        let (mut harness, _) = open("#/vectors");
        assert!(number(&mut harness, "worst") < 1e-5);
        harness.get_by_label(label).click();
        settle(&mut harness);
        settle(&mut harness);
        assert!(number(&mut harness, "worst") > 1e-2, "{label}");
        assert!(harness.query_all_by_label_contains("the roads part").next().is_some(), "{label}");
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        settle(&mut harness);
        settle(&mut harness);
        assert!(number(&mut harness, "worst") < 1e-5, "{label} undone");
    }
}

#[test]
fn the_question_is_answered_and_the_answer_closed() {
    let (mut harness, _) = open("#/vectors");
    harness.get_by_label("Why is it not zero?").click();
    harness.run_steps(3);
    assert!(harness.query_all_by_label_contains("24 bits").next().is_some());
    assert!(harness.query_all_by_label_contains("in f64").next().is_some());
    harness.get_by_label("Close the answer").click();
    harness.run_steps(3);
    assert!(harness.query_all_by_label_contains("24 bits").next().is_none());
}

#[test]
fn space_plays_and_pauses_and_r_resets() {
    let (mut harness, _) = open("#/vectors");
    harness.key_press(Key::Space);
    harness.run_steps(8);
    let step = number(&mut harness, "step");
    assert!(step > 0.0);
    harness.key_press(Key::Space);
    settle(&mut harness);
    let paused = number(&mut harness, "step");
    harness.run_steps(4);
    assert_eq!(number(&mut harness, "step"), paused);
    harness.key_press(Key::R);
    settle(&mut harness);
    assert_eq!(number(&mut harness, "step"), 0.0);
}

#[test]
fn after_a_drag_space_plays_r_resets_and_escape_leaves_an_embed() {
    for (state, place_of) in [("#/vectors", "knob"), ("#/vectors", "x1"), ("#/vectors?embed=1", "knob")] {
        let (mut harness, world) = open_at(state, [1280.0, 800.0], 1.0, egui::Theme::Light);
        let at = place(&harness, place_of).center();
        drag(&mut harness, at, at + vec2(-30.0, 20.0));
        assert!(harness.ctx.memory(|m| m.focused()).is_some(), "{place_of} takes the focus");
        harness.key_press(Key::Space);
        harness.run_steps(8);
        assert!(number(&mut harness, "step") > 0.0, "Space after a drag of {place_of}");
        harness.key_press(Key::R);
        settle(&mut harness);
        assert_eq!(number(&mut harness, "step"), 0.0, "R after a drag of {place_of}");
        if state.contains("embed") {
            drag(&mut harness, at, at + vec2(10.0, 20.0));
            harness.key_press(Key::Escape);
            harness.run_steps(2);
            assert_eq!(world.borrow().opened.len(), 1);
        }
    }
}

#[test]
fn space_on_a_focused_button_presses_it_and_nothing_else() {
    let (mut harness, _) = open("#/vectors");
    harness.get_by_label("One step").focus();
    harness.run_steps(2);
    harness.key_press(Key::Space);
    settle(&mut harness);
    harness.run_steps(4);
    assert_eq!(number(&mut harness, "step"), 1.0);
}

#[test]
fn what_is_to_be_seen_is_announced_when_it_changes() {
    let (mut harness, world) = open("#/vectors?group=SO(2)&theta=0.5");
    harness.run_steps(8);
    let heard = || world.borrow().heard.last().cloned().unwrap_or_default();
    for part in ["Vectors. SO(2)", "29°", "same picture, residual", "Paused at step 0."] {
        assert!(heard().contains(part), "‘{part}’ is not in ‘{}’", heard());
    }
    let before = world.borrow().heard.len();
    harness.run_steps(12);
    assert_eq!(world.borrow().heard.len(), before, "nothing changed");
    harness.get_by_label("Bias on vectors").click();
    for _ in 0..20 {
        settle(&mut harness);
    }
    assert!(heard().contains("the roads part"), "{}", heard());
    assert!(world.borrow().heard.len() <= before + 6, "{:?}", world.borrow().heard);
}

#[test]
fn the_curves_are_saved_as_csv() {
    let (mut harness, world) = open("#/vectors");
    harness.get_by_label("One step").click();
    settle(&mut harness);
    harness.get_by_label("Save").click();
    harness.run_steps(2);
    harness.get_by_label("Save the curves as CSV").click();
    harness.run_steps(2);
    let saved = world.borrow().saved.clone();
    let (name, bytes) = saved.first().unwrap();
    assert_eq!(name, "vectors-curves.csv");
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.starts_with("step,equivariant,twin\n0,"), "{text}");
}

/// A file that exists in memory only.
#[derive(Debug)]
struct Memory(Vec<u8>);

impl egui::DroppedFile for Memory {
    fn path(&self) -> &Path {
        Path::new("folder/run.safetensors")
    }
    fn bytes(&self) -> Result<Vec<u8>, String> {
        Ok(self.0.clone())
    }
}

#[test]
fn a_run_is_saved_and_dropped_on_the_lab_it_goes_on() {
    let (mut harness, world) = open("#/vectors?width=4");
    harness.get_by_label("One step").click();
    settle(&mut harness);
    harness.get_by_label("Save").click();
    harness.run_steps(2);
    harness.get_by_label_contains("Save the run").click();
    settle(&mut harness);
    harness.run_steps(2);
    let (name, bytes) = world.borrow().saved.first().unwrap().clone();
    assert_eq!(name, "vectors-step-1.safetensors");

    let (mut harness, _) = open("#/vectors");
    let drop = |harness: &mut Harness<'_, Shell>, bytes: &[u8]| {
        harness.input_mut().dropped_files.push(Arc::new(Memory(bytes.to_vec())));
        harness.step();
        settle(harness);
    };
    drop(&mut harness, &bytes[..99]);
    assert!(harness.query_all_by_label_contains("no checkpoint").next().is_some());
    assert_eq!(number(&mut harness, "step"), 0.0);
    drop(&mut harness, &bytes);
    assert_eq!(number(&mut harness, "step"), 1.0);
    assert!(harness.state().state().contains("width=4"));
}

#[test]
fn wrong_settings_are_said_and_the_rest_is_kept() {
    let (mut harness, _) = open("#/vectors?group=SU(9)&theta=NaN&width=8&future=kept");
    assert!(harness.query_all_by_label_contains("SU(9)").next().is_some());
    assert!(harness.query_all_by_label_contains("NaN").next().is_some());
    assert!(number(&mut harness, "worst") < 1e-5);
    let state = harness.state().state();
    assert!(state.contains("width=8") && state.contains("future=kept"), "{state}");
}

#[test]
fn every_control_has_a_name() {
    for (state, size) in
        [("#/vectors", [1280.0, 800.0]), ("#/vectors", [390.0, 844.0]), ("#/vectors?embed=1", [720.0, 400.0])]
    {
        let (harness, _) = open_at(state, size, 1.0, egui::Theme::Light);
        let count = named_controls(&harness, state);
        assert!(count > 8, "{state}: only {count} controls");
    }
}

#[test]
fn every_lab_opens_at_every_size_in_both_themes() {
    let sizes =
        [("desktop", [1280.0, 800.0], 1.0), ("hidpi", [1280.0, 800.0], 2.0), ("phone", [390.0, 844.0], 1.0)];
    for entry in REGISTRY {
        for theme in [egui::Theme::Light, egui::Theme::Dark] {
            for (name, size, scale) in sizes {
                let state = format!("#/{}", entry.meta.slug);
                let (mut harness, _) = open_at(&state, size, scale, theme);
                shot(&mut harness, &format!("{}-{name}-{theme:?}", entry.meta.slug));
            }
            let state = format!("#/{}?embed=1", entry.meta.slug);
            let (mut harness, _) = open_at(&state, [720.0, 400.0], 1.0, theme);
            shot(&mut harness, &format!("{}-embed-{theme:?}", entry.meta.slug));
        }
    }
}

#[test]
fn every_group_has_its_picture() {
    for group in equiscope::maths::group::MENU {
        let (mut harness, _) = open(&format!("#/vectors?group={group}"));
        shot(&mut harness, &format!("vectors-{}", group.to_string().replace(['(', ')', ',', '+'], "")));
        let limit = if group.compact() { 1e-5 } else { 1e-4 };
        let worst = number(&mut harness, "worst");
        assert_eq!(worst < limit, group.keeps_metric(), "{group}: {worst}");
    }
}

#[test]
fn the_last_movement_before_a_release_counts() {
    let (mut harness, world) = open("#/vectors");
    let (ring, knob) = (place(&harness, "ring"), place(&harness, "knob").center());
    harness.drag_at(knob);
    harness.step();
    harness.hover_at(knob + vec2(-6.0, -6.0));
    harness.step();
    // The pointer arrives at the top of the ring and is released within one frame.
    let top = ring.center_top();
    harness.hover_at(top);
    harness.drop_at(top);
    settle(&mut harness);
    let g = metrics(&mut harness)["g"].clone();
    let sine = g[1][0].as_f64().unwrap();
    assert!((sine - 1.0).abs() < 1e-2, "{g}");
    // The address follows within a second, without another touch.
    std::thread::sleep(std::time::Duration::from_millis(400));
    harness.run_steps(2);
    assert!(!world.borrow().writes.is_empty());
}
