//! The lab Decompositions as a visitor uses it.

use eframe::egui::{self, Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use equiscope::app::Shell;

use crate::harness::{drag, metrics, named_controls, number, open, open_at, place, settle, shot};

fn entry(harness: &mut Harness<'_, Shell>, i: usize, j: usize) -> f64 {
    metrics(harness)["g"][i][j].as_f64().unwrap()
}

fn det(harness: &mut Harness<'_, Shell>) -> f64 {
    entry(harness, 0, 0) * entry(harness, 1, 1) - entry(harness, 0, 1) * entry(harness, 1, 0)
}

fn agrees(harness: &mut Harness<'_, Shell>) -> bool {
    metrics(harness)["agrees"].as_bool().unwrap()
}

#[test]
fn the_chain_of_the_first_element() {
    let (mut harness, _) = open("#/decompositions");
    assert!(agrees(&mut harness));
    assert!((number(&mut harness, "turn") - 85f64.to_radians()).abs() < 1e-9);
    assert!((number(&mut harness, "stretch") - 1.72f64.ln()).abs() < 1e-9);
    assert_eq!(metrics(&mut harness)["reachable"], true);
    for name in
        ["Vᵀ, rotate −25°, acts first", "Σ, stretch 1.72 · 0.58, acts second", "U, rotate 110°, acts third"]
    {
        let plain = name.replace("Vᵀ", "V^T");
        assert!(harness.query_all_by_label(&plain).next().is_some(), "{plain}");
    }
}

#[test]
fn a_typed_entry_changes_g_and_keeps_its_determinant() {
    let (mut harness, world) = open("#/decompositions");
    harness.get_by_label("Row 1, column 1 of g").click();
    harness.run_steps(3);
    for _ in 0..20 {
        harness.key_press(Key::Backspace);
    }
    harness.event(egui::Event::Text("0.8".to_owned()));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!(entry(&mut harness, 0, 0), 0.8);
    assert!((det(&mut harness) - 1.0).abs() < 1e-9);
    assert!(harness.state().state().contains("g=0.8,"), "{}", harness.state().state());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    settle(&mut harness);
    assert!((entry(&mut harness, 0, 0) + 0.30).abs() < 0.01);
    drop(world);
}

#[test]
fn the_picture_follows_the_pointer() {
    let (mut harness, _) = open("#/decompositions");
    let column = place(&harness, "column1").center();
    let before = metrics(&mut harness)["g"].clone();
    drag(&mut harness, column, column + vec2(30.0, 20.0));
    assert_ne!(metrics(&mut harness)["g"], before);
    assert!((det(&mut harness) - 1.0).abs() < 1e-9);
    let middle = place(&harness, "image");
    let before = metrics(&mut harness)["g"].clone();
    drag(&mut harness, middle.center() + vec2(0.0, 30.0), middle.center() + vec2(20.0, 40.0));
    assert_ne!(metrics(&mut harness)["g"], before);
    assert!((det(&mut harness) - 1.0).abs() < 1e-9);
}

#[test]
fn the_dot_on_the_map_can_be_dragged_out_of_reach() {
    let (mut harness, _) = open("#/decompositions");
    let (map, dot) = (place(&harness, "map"), place(&harness, "dot").center());
    let there = map.center() + vec2(-110.0, 0.0);
    drag(&mut harness, dot, there);
    assert_eq!(metrics(&mut harness)["reachable"], false);
    assert!(harness.query_all_by_label("out of reach of exp").next().is_some());
    let now = place(&harness, "dot").center();
    assert!((now - there).length() < 2.0, "{now} {there}");
    assert!((det(&mut harness) - 1.0).abs() < 1e-9);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    settle(&mut harness);
    assert_eq!(metrics(&mut harness)["reachable"], true);
}

#[test]
fn another_order_is_another_product() {
    let (mut harness, _) = open("#/decompositions");
    let (first, second) = (place(&harness, "tile1").center(), place(&harness, "tile2").center());
    drag(&mut harness, first, second);
    assert!(!agrees(&mut harness));
    harness.run_steps(20);
    assert_eq!(metrics(&mut harness)["chain"][0]["symbol"], "Σ");
    assert!(harness.state().state().contains("order="), "{}", harness.state().state());
    assert!(harness.query_all_by_label("≠").next().is_some());
    shot(&mut harness, "decompositions-reordered");
    // By the keyboard it goes back.
    let tile = harness.get_by_label_contains("V^T, rotate");
    tile.focus();
    harness.run_steps(2);
    harness.key_press(Key::ArrowLeft);
    settle(&mut harness);
    assert!(agrees(&mut harness));
    assert!(!harness.state().state().contains("order="));
}

#[test]
fn sliders_move_along_the_algebra() {
    let (mut harness, _) = open("#/decompositions");
    harness.get_by_label_contains("Turn: rotation part").focus();
    harness.run_steps(2);
    harness.key_press(Key::ArrowLeft);
    settle(&mut harness);
    let log = metrics(&mut harness)["log"].clone();
    let turn = (log[1][0].as_f64().unwrap() - log[0][1].as_f64().unwrap()) / 2.0;
    assert!((turn - (1.6926 - 0.0628)).abs() < 1e-2, "{turn}");
    assert!((det(&mut harness) - 1.0).abs() < 1e-9);
}

#[test]
fn the_switch_frees_the_determinant() {
    let (mut harness, _) = open("#/decompositions");
    harness.get_by_label("Keep det g = 1").click();
    settle(&mut harness);
    assert_eq!(metrics(&mut harness)["group"], "GL+(2)");
    let column = place(&harness, "column1").center();
    drag(&mut harness, column, column + vec2(-20.0, -30.0));
    assert!((det(&mut harness) - 1.0).abs() > 1e-2);
    harness.get_by_label("Keep det g = 1").click();
    settle(&mut harness);
    assert!((det(&mut harness) - 1.0).abs() < 1e-9);
}

#[test]
fn space_plays_the_factors_and_r_brings_everything_back() {
    let (mut harness, _) = open("#/decompositions?g=1,1;0,1&order=1,2,3");
    harness.key_press(Key::Space);
    harness.run_steps(4);
    assert_eq!(metrics(&mut harness)["state"], "playing");
    harness.key_press(Key::Space);
    harness.run_steps(2);
    assert_eq!(metrics(&mut harness)["state"], "paused");
    harness.key_press(Key::R);
    settle(&mut harness);
    assert_eq!(harness.state().state(), "#/decompositions");
}

#[test]
fn every_decomposition_has_its_chain_and_the_product_is_g() {
    let all = ["polar", "polar-left", "kak", "iwasawa", "qr", "ldu", "bruhat", "schur", "jordan-chevalley"];
    for show in all {
        for (name, g) in [("", ""), ("-far", "&g=-2,0.3;0,-0.5"), ("-shear", "&g=1,0.8;0,1")] {
            for group in ["SL(2)", "GL+(2)"] {
                let (mut harness, _) = open(&format!("#/decompositions?show={show}&group={group}{g}"));
                assert!(agrees(&mut harness), "{show} {g}");
                if group == "SL(2)" {
                    shot(&mut harness, &format!("decompositions-{show}{name}"));
                }
            }
        }
    }
    // No L D U where the first entry vanishes: the reason is said.
    let (mut harness, _) = open("#/decompositions?show=ldu&g=0,-1;1,0");
    assert!(!metrics(&mut harness)["warnings"].as_array().unwrap().is_empty());
    shot(&mut harness, "decompositions-ldu-none");
}

fn lengths(harness: &mut Harness<'_, Shell>) -> [Option<f64>; 2] {
    let both = metrics(harness)["lengths"].clone();
    [both[0].as_f64(), both[1].as_f64()]
}

#[test]
fn the_geodesic_is_shorter_than_the_subgroup_and_goes_where_exp_does_not() {
    for group in ["SL(2)", "GL+(2)", "Aff+(2)"] {
        let (mut harness, _) = open(&format!("#/decompositions?group={group}"));
        let [one, two] = lengths(&mut harness).map(Option::unwrap);
        assert!(two < 0.95 * one, "{group}: {two} {one}");
        let claim = if group == "Aff+(2)" { "the shortest found" } else { "the shortest" };
        let text = format!("Geodesic, length {two:.2}, {claim}, five pictures from x to g·x");
        assert!(harness.query_all_by_label(&text).count() == 1, "{text}");
        let text = format!("One subgroup, length {one:.2}, five pictures from x to g·x");
        assert!(harness.query_all_by_label(&text).count() == 1, "{text}");
    }
    let (mut harness, _) = open("#/decompositions?g=-2,0.3;0,-0.5");
    let [one, two] = lengths(&mut harness);
    assert!(one.is_none() && two.unwrap() > 1.0);
    assert!(harness.query_all_by_label("One subgroup: none").count() == 1);
    shot(&mut harness, "decompositions-geodesic-far");
}

#[test]
fn the_logarithm_is_printed_or_said_to_be_missing() {
    for group in ["SL(2)", "Aff+(2)"] {
        let (harness, _) = open(&format!("#/decompositions?group={group}"));
        assert!(harness.query_all_by_label("The matrix of X").count() == 1, "{group}");
    }
    let far = "#/decompositions?group=Aff+(2)&g=-2,0.3,-1;0,-0.5,0.5;0,0,1";
    let (mut harness, _) = open(far);
    assert!(harness.query_all_by_label("The matrix of X").count() == 0);
    assert!(harness.query_all_by_label("no X with exp X = g").count() == 1);
    shot(&mut harness, "decompositions-affine-far");
    for (state, name) in [(AFFINE, "The matrix of X"), (far, "no X with exp X = g")] {
        let (harness, _) = open_at(state, [390.0, 844.0], 1.0, egui::Theme::Light);
        assert!(harness.query_all_by_label(name).count() == 1, "{name}");
    }
}

#[test]
fn corners_are_dragged_and_moved_by_keys() {
    let (mut harness, _) = open("#/decompositions?group=GL+(2)");
    let (first, second) = (place(&harness, "corner1").center(), place(&harness, "corner2").center());
    drag(&mut harness, first, first + vec2(24.0, 12.0));
    assert!((place(&harness, "corner1").center() - first - vec2(24.0, 12.0)).length() < 2.0);
    assert!((place(&harness, "corner2").center() - second).length() < 1.0);
    assert!(harness.state().state().contains("g="), "{}", harness.state().state());
    shot(&mut harness, "decompositions-corner");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    settle(&mut harness);
    assert!((place(&harness, "corner1").center() - first).length() < 1.0);
    // By the keyboard, where determinants are kept.
    let (mut harness, _) = open("#/decompositions");
    let before = place(&harness, "corner3").center();
    harness.get_by_label("Lower left corner of the picture").focus();
    harness.run_steps(2);
    harness.key_press(Key::ArrowLeft);
    settle(&mut harness);
    assert!(place(&harness, "corner3").center().x < before.x - 1.0);
    assert!((det(&mut harness) - 1.0).abs() < 1e-9);
}

#[test]
fn the_picture_is_turned_or_moved_by_keys() {
    for (group, index) in [("SL(2)", 1), ("GL+(2)", 1), ("Aff+(2)", 2)] {
        let (mut harness, _) = open(&format!("#/decompositions?group={group}"));
        let before = metrics(&mut harness)["g"].clone();
        harness.get_by_label_contains("The picture of g·x").focus();
        harness.run_steps(2);
        harness.key_press(Key::ArrowRight);
        settle(&mut harness);
        let (now, was) = (entry(&mut harness, 0, index), before[0][index].as_f64().unwrap());
        assert!((now - was).abs() > 1e-2, "{group}");
        assert_eq!((now - was - 0.05).abs() < 1e-9, group == "Aff+(2)");
        assert!(harness.state().state().contains("g="), "{}", harness.state().state());
    }
}

#[test]
fn corners_are_large_enough_for_a_finger() {
    let (harness, _) = open_at("#/decompositions", [390.0, 844.0], 1.0, egui::Theme::Light);
    for name in ["corner1", "corner2", "corner3", "corner4"] {
        assert!(place(&harness, name).size().min_elem() > 43.9, "{name}");
    }
}

#[test]
fn two_boosts_leave_a_turn() {
    let (mut harness, _) = open("#/decompositions?panel=boosts");
    let angle = |harness: &Harness<'_, Shell>| {
        let all: Vec<_> = harness.query_all_by_label_contains("Wigner rotation").collect();
        assert_eq!(all.len(), 1);
        format!("{:?}", all[0])
    };
    let before = angle(&harness);
    shot(&mut harness, "decompositions-boosts");
    let tip = place(&harness, "boost1").center();
    drag(&mut harness, tip, tip + vec2(-60.0, 40.0));
    assert_ne!(angle(&harness), before);
    assert!(harness.state().state().contains("boosts="), "{}", harness.state().state());
    let (mut phone, _) = open_at("#/decompositions?panel=boosts", [390.0, 844.0], 1.0, egui::Theme::Dark);
    for tab in ["Map", "Ways"] {
        phone.get_by_label(tab).click();
        phone.run_steps(3);
        shot(&mut phone, &format!("decompositions-boosts-phone-{tab}"));
    }
    let (mut embed, _) =
        open_at("#/decompositions?panel=boosts&embed=1", [720.0, 400.0], 1.0, egui::Theme::Light);
    shot(&mut embed, "decompositions-boosts-embed");
    let (mut gallery, _) = open("#/");
    shot(&mut gallery, "decompositions-gallery");
}

#[test]
fn the_inverse_takes_the_last_step_back() {
    let (mut harness, _) = open("#/decompositions?g=1,0.4;0.5,1.2");
    assert!(harness.query_all_by_value("no step yet").next().is_some());
    let before = metrics(&mut harness)["g"].clone();
    let dot = place(&harness, "dot").center();
    drag(&mut harness, dot, dot + vec2(40.0, 10.0));
    assert_ne!(metrics(&mut harness)["g"], before);
    harness.get_by_label("Composition").click();
    harness.run_steps(3);
    shot(&mut harness, "decompositions-steps");
    harness.get_by_label_contains("Undo: multiply by").click();
    settle(&mut harness);
    for (a, b) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let was = before[a][b].as_f64().unwrap();
        assert!((entry(&mut harness, a, b) - was).abs() < 1e-9);
    }
}

const AFFINE: &str = "#/decompositions?group=Aff+(2)";

#[test]
fn every_affine_chain_begins_with_the_linear_part_and_ends_with_the_translation() {
    let all = [
        ("affine", 2),
        ("polar", 3),
        ("polar-left", 3),
        ("kak", 4),
        ("iwasawa", 4),
        ("qr", 3),
        ("ldu", 4),
        ("bruhat", 4),
        ("schur", 4),
    ];
    for (show, tiles) in all {
        for (name, g) in [("", ""), ("-far", "&g=-2,0.3,-1;0,-0.5,0.5;0,0,1")] {
            let (mut harness, _) = open(&format!("{AFFINE}&show={show}{g}"));
            assert!(agrees(&mut harness), "{show} {g}");
            let chain = metrics(&mut harness)["chain"].as_array().unwrap().clone();
            assert_eq!(chain.len(), tiles, "{show}");
            assert_eq!(chain[tiles - 1]["symbol"], "T");
            assert!(harness.query_all_by_label_contains("T, move").next().is_some(), "{show}");
            shot(&mut harness, &format!("decompositions-affine-{show}{name}"));
        }
    }
}

#[test]
fn an_affine_sum_is_that_of_the_whole_map() {
    let (mut harness, _) = open(&format!("{AFFINE}&show=jordan-chevalley&g=1,0.8,0.5;0,1,0.5;0,0,1"));
    let m = metrics(&mut harness);
    assert_eq!((&m["composition"], m["agrees"].as_bool()), (&"sum".into(), Some(true)));
    assert_eq!(m["product"], m["g"]);
    assert!(harness.query_all_by_label_contains("a term of the sum").count() == 2);
    shot(&mut harness, "decompositions-affine-sum");
}

#[test]
fn an_affine_picture_is_moved_and_its_columns_are_dragged() {
    let (mut harness, _) = open(AFFINE);
    let before = metrics(&mut harness)["g"].clone();
    let middle = place(&harness, "image").center();
    drag(&mut harness, middle + vec2(0.0, 12.0), middle + vec2(-30.0, 2.0));
    let moved = metrics(&mut harness)["g"].clone();
    for (i, j) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        assert_eq!(moved[i][j], before[i][j]);
    }
    assert!(moved[0][2].as_f64() < before[0][2].as_f64() && moved[1][2].as_f64() > before[1][2].as_f64());
    let column = place(&harness, "column1").center();
    drag(&mut harness, column, column + vec2(20.0, 10.0));
    let now = metrics(&mut harness)["g"].clone();
    assert!(now[0][0] != moved[0][0] && now[0][1] == moved[0][1] && now[0][2] == moved[0][2]);
    // The dot on the map changes the linear part alone.
    let dot = place(&harness, "dot").center();
    drag(&mut harness, dot, dot + vec2(-30.0, 30.0));
    let last = metrics(&mut harness)["g"].clone();
    assert!(last[0][0] != now[0][0] && last[0][2] == now[0][2] && last[2] == before[2]);
    assert!(agrees(&mut harness));
}

#[test]
fn a_translation_is_typed_slid_and_reordered() {
    let (mut harness, _) = open(AFFINE);
    assert!(harness.query_all_by_label("Row 3, column 3 of g").next().is_none());
    harness.get_by_label("Row 1, column 3 of g").click();
    harness.run_steps(3);
    for _ in 0..20 {
        harness.key_press(Key::Backspace);
    }
    harness.event(egui::Event::Text("-0.5".to_owned()));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!(entry(&mut harness, 0, 2), -0.5);
    let log = metrics(&mut harness)["log"].clone();
    harness.get_by_label_contains("Move along the second axis").focus();
    harness.run_steps(2);
    harness.key_press(Key::ArrowRight);
    settle(&mut harness);
    let next = metrics(&mut harness)["log"].clone();
    assert!((next[0][2].as_f64().unwrap() - log[0][2].as_f64().unwrap()).abs() < 1e-9);
    assert!(next[1][2].as_f64().unwrap() > log[1][2].as_f64().unwrap() + 0.01);
    let (last, before) = (place(&harness, "tile4").center(), place(&harness, "tile3").center());
    drag(&mut harness, last, before);
    assert!(!agrees(&mut harness));
    harness.run_steps(20);
    shot(&mut harness, "decompositions-affine-reordered");
    harness.key_press(Key::R);
    settle(&mut harness);
    assert!(agrees(&mut harness));
}

#[test]
fn the_group_menu_leads_to_affine_maps_and_back() {
    let (mut harness, _) = open("#/decompositions?show=ldu");
    let before = metrics(&mut harness)["g"].clone();
    harness.get_by_label("Group").click();
    harness.run_steps(3);
    harness.get_by_label("Aff⁺(2, R)").click();
    settle(&mut harness);
    assert!(harness.state().state().contains("group=Aff+(2)"), "{}", harness.state().state());
    assert_eq!(metrics(&mut harness)["g"][0][0], before[0][0]);
    assert_eq!(metrics(&mut harness)["decomposition"], "ldu");
    harness.get_by_label("Group").click();
    harness.run_steps(3);
    harness.get_by_label("SL(2, R)").click();
    settle(&mut harness);
    let state = harness.state().state();
    assert!(state.contains("show=ldu") && !state.contains("group=") && !state.contains("g="), "{state}");
    assert!(agrees(&mut harness));
}

#[test]
fn every_picture_is_drawn() {
    for picture in ["photo", "points"] {
        let (mut harness, _) = open(&format!("#/decompositions?picture={picture}"));
        shot(&mut harness, &format!("decompositions-{picture}"));
    }
}

#[test]
fn every_control_has_a_name() {
    for (state, size) in [
        ("#/decompositions", [1280.0, 800.0]),
        ("#/decompositions", [390.0, 844.0]),
        ("#/decompositions?embed=1", [720.0, 400.0]),
        (AFFINE, [1280.0, 800.0]),
        (AFFINE, [390.0, 844.0]),
        ("#/decompositions?group=Aff+(2)&embed=1", [720.0, 400.0]),
    ] {
        let (harness, _) = open_at(state, size, 1.0, egui::Theme::Light);
        let count = named_controls(&harness, state);
        assert!(count > 10, "{state}: only {count} controls");
    }
}

#[test]
fn it_opens_at_every_size_in_both_themes() {
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        for (name, state, size, scale) in [
            ("desktop", "#/decompositions", [1280.0, 800.0], 1.0),
            ("hidpi", "#/decompositions", [1280.0, 800.0], 2.0),
            ("wide", "#/decompositions", [1800.0, 1000.0], 1.0),
            ("low", "#/decompositions", [1024.0, 640.0], 1.0),
            ("phone", "#/decompositions", [390.0, 844.0], 1.0),
            ("embed", "#/decompositions?embed=1", [720.0, 400.0], 1.0),
            ("affine", AFFINE, [1280.0, 800.0], 1.0),
            ("affine-phone", AFFINE, [390.0, 844.0], 1.0),
            ("affine-embed", "#/decompositions?group=Aff+(2)&embed=1", [720.0, 400.0], 1.0),
        ] {
            let (mut harness, _) = open_at(state, size, scale, theme);
            shot(&mut harness, &format!("decompositions-{name}-{theme:?}"));
            for tab in ["Factors", "Map", "Ways"].into_iter().filter(|_| name.ends_with("phone")) {
                harness.get_by_label(tab).click();
                harness.run_steps(3);
                shot(&mut harness, &format!("decompositions-{name}-{tab}-{theme:?}"));
            }
        }
    }
}

#[test]
fn extreme_elements_are_drawn() {
    for g in ["20,0;0,0.05", "-1,0;0,-1", "-1,0.3;0,-1", "1,20;0,1", "0,-1;1,0", "-20,1;0,-0.05"] {
        for show in ["polar", "kak", "iwasawa", "ldu", "schur"] {
            for group in ["SL(2)", "GL+(2)"] {
                let (mut harness, _) = open(&format!("#/decompositions?g={g}&show={show}&group={group}"));
                harness.key_press(Key::Space);
                harness.run_steps(3);
                assert!(number(&mut harness, "stretch").is_finite(), "{g} {show}");
            }
        }
    }
    let (mut harness, _) = open("#/decompositions?g=-20,1;0,-0.05");
    shot(&mut harness, "decompositions-extreme");
}
