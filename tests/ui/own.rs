//! Groups that a visitor types in.

use eframe::egui::{self, Key, Modifiers, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use equiscope::app::Shell;

use crate::harness::{metrics, named_controls, open, open_at, place, settle, shot};

/// Opens the editor by the group menu.
fn edit(harness: &mut Harness<'_, Shell>) {
    harness.get_by_label("Group").click();
    harness.run_steps(3);
    harness.get_by_label("Own generators…").click();
    harness.run_steps(3);
}

/// Puts a text into a field that is empty or not.
fn write(harness: &mut Harness<'_, Shell>, field: &str, text: &str) {
    harness.get_by_label(field).focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(1);
    harness.key_press(Key::Delete);
    harness.run_steps(1);
    harness.event(egui::Event::Text(text.to_owned()));
    harness.run_steps(2);
}

fn apply(harness: &mut Harness<'_, Shell>) {
    harness.get_by_label("Use this group").click();
    settle(harness);
}

fn det(harness: &mut Harness<'_, Shell>) -> f64 {
    let g = metrics(harness)["g"].clone();
    let at = |i: usize, j: usize| g[i][j].as_f64().unwrap();
    at(0, 0) * at(1, 1) - at(0, 1) * at(1, 0)
}

#[test]
fn generators_are_typed_and_what_is_known_of_the_group_is_computed() {
    let (mut harness, _) = open("#/decompositions");
    edit(&mut harness);
    shot(&mut harness, "own-editor");
    write(&mut harness, "Lie generators", "0 -1; 1");
    apply(&mut harness);
    let said =
        "Lie generators, line 1: the number of rows is 2, that of entries in row 2 is 1; it must be square.";
    assert!(harness.query_all_by_label(said).next().is_some());
    shot(&mut harness, "own-editor-wrong");
    assert_eq!(metrics(&mut harness)["group"], "SL(2)", "nothing has changed yet");
    write(&mut harness, "Lie generators", "0 -1; 1 0");
    write(&mut harness, "Discrete generators", "1 0; 0 -1");
    apply(&mut harness);
    let seen = metrics(&mut harness);
    assert_eq!(seen["group"], "own");
    let known = ["dimension 1", "orthogonal", "compact", "not connected", "unimodular"];
    assert_eq!(seen["known"], serde_json::json!(known));
    let state = harness.state().state();
    assert!(state.contains("group=own") && state.contains("own=0,-1;1,0_*1,0;0,-1"), "{state}");
    shot(&mut harness, "own-circle");
    // Undo leads back to the group before, redo to this one.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    settle(&mut harness);
    assert_eq!(metrics(&mut harness)["group"], "SL(2)");
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    settle(&mut harness);
    assert_eq!(harness.state().state(), state);
}

#[test]
fn sliders_and_buttons_move_g_and_the_history_takes_it_back() {
    let (mut harness, _) = open("#/decompositions?group=own&own=0,-1;1,0_*1,0;0,-1");
    let before = metrics(&mut harness);
    assert!((det(&mut harness) - 1.0).abs() < 1e-12);
    harness.get_by_label("Coordinate 1 of X").focus();
    harness.run_steps(2);
    harness.key_press(Key::ArrowRight);
    settle(&mut harness);
    let turned = metrics(&mut harness);
    assert_ne!(turned["g"], before["g"]);
    assert!(harness.state().state().contains("at="), "{}", harness.state().state());
    harness.get_by_label("h₁").click();
    settle(&mut harness);
    harness.run_steps(20);
    assert!((det(&mut harness) + 1.0).abs() < 1e-12);
    assert_eq!(metrics(&mut harness)["reachable"], false);
    assert_eq!(metrics(&mut harness)["agrees"], true);
    let state = harness.state().state();
    assert!(state.contains("word=1"), "{state}");
    shot(&mut harness, "own-mirrored");
    // What stands in the link is what is seen.
    let g = metrics(&mut harness)["g"].clone();
    let (mut again, _) = open(&state);
    assert_eq!(metrics(&mut again)["g"], g);
    // The last step back is its inverse.
    harness.get_by_label("Composition").scroll_to_me();
    harness.run_steps(3);
    harness.get_by_label("Composition").click();
    harness.run_steps(3);
    harness.get_by_label_contains("Undo: multiply by").click();
    settle(&mut harness);
    harness.run_steps(20);
    assert_eq!(metrics(&mut harness)["g"], turned["g"]);
}

#[test]
fn every_decomposition_of_an_own_element_makes_it() {
    for (group, shows) in [
        (
            "own=0.25,-1;1,0.25_*-1,0;0,1",
            vec!["polar", "polar-left", "kak", "iwasawa", "qr", "bruhat", "schur"],
        ),
        ("own=0,-1,0;1,0,0;0,0,0.3_*0,1,0;1,0,0;0,0,1", vec!["polar", "kak", "qr", "euler", "axis-angle"]),
    ] {
        for word in ["", "&word=1"] {
            for show in &shows {
                let (mut harness, _) = open(&format!("#/decompositions?group=own&{group}{word}&show={show}"));
                let seen = metrics(&mut harness);
                assert_eq!(
                    (&seen["group"], &seen["agrees"]),
                    (&"own".into(), &true.into()),
                    "{group} {show}"
                );
                named_controls(&harness, show);
            }
        }
    }
}

#[test]
fn a_link_that_makes_no_group_says_so_and_opens_another() {
    for bad in ["own=0,x;1,0", "own=", "own=1,2,3;4,5,6", "own=0,-1;1,0&at=99", "own=0,-1;1,0&word=3"] {
        let (mut harness, _) = open(&format!("#/decompositions?group=own&{bad}"));
        let seen = metrics(&mut harness)["group"].clone();
        assert!(seen == "SL(2)" || seen == "own", "{bad}");
        assert!(harness.query_all_by_label_contains("was not used").next().is_some(), "{bad}");
    }
}

#[test]
fn on_all_screens_in_both_themes() {
    let spiral = "#/decompositions?group=own&own=0.25,-1;1,0.25_*-1,0;0,1&name=Spirals";
    let screw = "#/decompositions?group=own&own=0,-1,0;1,0,0;0,0,0.3&name=Screws%20about%20z";
    for theme in [Theme::Light, Theme::Dark] {
        for (name, state) in [("spiral", spiral), ("screw", screw)] {
            for (size, place) in
                [([1280.0, 800.0], "desktop"), ([390.0, 844.0], "phone"), ([720.0, 400.0], "embed")]
            {
                let state = if place == "embed" { format!("{state}&embed=1") } else { state.to_owned() };
                let (mut harness, _) = open_at(&state, size, 1.0, theme);
                shot(&mut harness, &format!("own-{name}-{place}-{theme:?}"));
                named_controls(&harness, &state);
            }
        }
        let (mut harness, _) = open_at("#/decompositions", [390.0, 844.0], 1.0, theme);
        edit(&mut harness);
        shot(&mut harness, &format!("own-editor-phone-{theme:?}"));
    }
    // Nothing on the pictures invites a drag that could leave the group.
    let (harness, _) = open(spiral);
    assert!(harness.state().places().iter().all(|(name, _)| name != "image" && name != "column1"));
    place(&harness, "dot");
}

/// Opens the field for entries and looks for what is typed.
fn look_for(harness: &mut Harness<'_, Shell>, matrix: &str) {
    if harness.query_all_by_label("Entries of g").next().is_none() {
        harness.get_by_label("Type a matrix").scroll_to_me();
        harness.run_steps(3);
        harness.get_by_label("Type a matrix").click();
        harness.run_steps(3);
    }
    write(harness, "Entries of g", matrix);
    harness.get_by_label("Find it in the group").scroll_to_me();
    harness.run_steps(3);
    harness.get_by_label("Find it in the group").click();
    settle(harness);
    harness.run_steps(20);
}

#[test]
fn a_typed_matrix_is_found_in_the_group_or_said_to_be_missing() {
    let (mut harness, _) = open("#/decompositions?group=own&own=0,-1;1,0_*1,0;0,-1");
    let before = metrics(&mut harness)["g"].clone();
    for (typed, says) in [
        ("0 0; 0 0", "The matrix has no inverse: its determinant is 0.0e0."),
        ("1 nan; 0 1", "Row 1, entry 2 is NaN; at most 20 is drawn here."),
        ("1 0 0; 0 1 0; 0 0 1", "The matrix is 3 × 3; those of this group are 2 × 2."),
        ("1 0; 0", "The matrix: the number of rows is 2, that of entries in row 2 is 1; it must be square."),
        (
            "1.2 0; 0 1",
            "Not found in the group: the nearest element, exp X, is off by 0.2 in row 1, column 1.",
        ),
    ] {
        look_for(&mut harness, typed);
        assert!(harness.query_all_by_label(says).next().is_some(), "{typed}");
        assert_eq!(metrics(&mut harness)["g"], before, "{typed}: nothing is lost");
    }
    shot(&mut harness, "own-typed-refused");
    look_for(&mut harness, "0.6 0.8; 0.8 -0.6");
    let seen = metrics(&mut harness);
    assert_eq!(seen["made_of"], r"h_{1} \exp X");
    assert!((seen["g"][0][1].as_f64().unwrap() - 0.8).abs() < 1e-9 && (det(&mut harness) + 1.0).abs() < 1e-9);
    assert!(harness.query_all_by_label("Entries of g").next().is_none(), "the field closes");
    // Rounded entries: the element nearby is offered, and taken by a click.
    look_for(&mut harness, "0.71 -0.71; 0.71 0.71");
    harness.get_by_label("Take the nearest element").scroll_to_me();
    harness.run_steps(3);
    harness.get_by_label("Take the nearest element").click();
    settle(&mut harness);
    harness.run_steps(20);
    assert!((det(&mut harness) - 1.0).abs() < 1e-9);
    let state = harness.state().state();
    let g = metrics(&mut harness)["g"].clone();
    let (mut again, _) = open(&state);
    assert_eq!(metrics(&mut again)["g"], g);
}

#[test]
fn what_exp_does_not_reach_is_shown_as_a_product() {
    let special = "#/decompositions?group=own&own=1,0;0,-1_0,1;0,0_0,0;1,0&name=My%20SL(2)";
    for (size, place) in [([1280.0, 800.0], "desktop"), ([390.0, 844.0], "phone")] {
        for theme in [Theme::Light, Theme::Dark] {
            let (mut harness, _) = open_at(special, size, 1.0, theme);
            look_for(&mut harness, "-2 0\n0 -0.5");
            let seen = metrics(&mut harness);
            assert_eq!(seen["made_of"], r"\exp Y_{1} \exp Y_{2}");
            assert_eq!((&seen["reachable"], &seen["agrees"]), (&false.into(), &true.into()));
            assert!((seen["g"][0][0].as_f64().unwrap() + 2.0).abs() < 1e-8);
            assert!(harness.query_all_by_label("The matrix of Y 2").next().is_some());
            named_controls(&harness, special);
            shot(&mut harness, &format!("own-product-{place}-{theme:?}"));
        }
    }
}
