//! The lab Decompositions with maps of space and Lorentz transformations, as a visitor uses it.

use eframe::egui::{self, Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use equiscope::app::Shell;

use crate::harness::{drag, metrics, named_controls, open, open_at, place, settle, shot};

/// Groups of the lab beyond the plane, with a short name for pictures and the kinds they show.
const GROUPS: [(&str, &str, usize); 6] = [
    ("SL(3)", "sl3", 3),
    ("GL+(3)", "gl3", 3),
    ("SO(3)", "so3", 3),
    ("SO+(1,1)", "so11", 2),
    ("SO+(1,2)", "so12", 3),
    ("SO+(1,3)", "so13", 4),
];
const SPACE: [&str; 11] = [
    "polar",
    "polar-left",
    "kak",
    "iwasawa",
    "qr",
    "ldu",
    "bruhat",
    "schur",
    "jordan-chevalley",
    "euler",
    "axis-angle",
];
const EVENTS: [&str; 11] = [
    "boost-rotation",
    "lorentz-kak",
    "polar",
    "polar-left",
    "kak",
    "iwasawa",
    "qr",
    "ldu",
    "bruhat",
    "schur",
    "jordan-chevalley",
];

fn at(group: &str, more: &str) -> String {
    format!("#/decompositions?group={group}{more}")
}

#[test]
fn they_open_at_every_size_in_both_themes() {
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        for (group, short, _) in GROUPS {
            for (name, more, size) in [
                ("desktop", "", [1280.0, 800.0]),
                ("phone", "", [390.0, 844.0]),
                ("embed", "&embed=1", [720.0, 400.0]),
            ] {
                let (mut harness, _) = open_at(&at(group, more), size, 1.0, theme);
                shot(&mut harness, &format!("families-{short}-{name}-{theme:?}"));
                for tab in ["Factors", "Map", "Ways"].into_iter().filter(|_| name == "phone") {
                    harness.get_by_label(tab).click();
                    harness.run_steps(3);
                    shot(&mut harness, &format!("families-{short}-phone-{tab}-{theme:?}"));
                }
            }
        }
    }
}

type Rows = Vec<Vec<f64>>;

fn matrix(harness: &mut Harness<'_, Shell>, key: &str) -> Rows {
    serde_json::from_value(metrics(harness)[key].clone()).unwrap()
}

/// aᵀ d b.
fn form(a: &Rows, d: &[f64], b: &Rows) -> Rows {
    let n = d.len();
    let entry = |i: usize, j: usize| (0..n).map(|k| a[k][i] * d[k] * b[k][j]).sum();
    (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect()
}

fn apart(a: &Rows, b: &Rows) -> f64 {
    a.iter().flatten().zip(b.iter().flatten()).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
}

fn diagonal(d: &[f64]) -> Rows {
    let n = d.len();
    (0..n).map(|i| (0..n).map(|j| if i == j { d[i] } else { 0.0 }).collect()).collect()
}

fn det(g: &Rows) -> f64 {
    let minor = |a: usize, b: usize| g[1][a] * g[2][b] - g[1][b] * g[2][a];
    g[0][0] * minor(1, 2) - g[0][1] * minor(0, 2) + g[0][2] * minor(0, 1)
}

/// How far g is from keeping diag(1, −1, …).
fn lorentz_defect(g: &Rows) -> f64 {
    let d: Vec<f64> = (0..g.len()).map(|i| if i == 0 { 1.0 } else { -1.0 }).collect();
    apart(&form(g, &d, g), &diagonal(&d))
}

fn agrees(harness: &mut Harness<'_, Shell>) -> bool {
    metrics(harness)["agrees"].as_bool().unwrap()
}

/// Focuses what has this name and presses a key.
fn press(harness: &mut Harness<'_, Shell>, name: &str, key: Key) {
    harness.get_by_label_contains(name).focus();
    harness.run_steps(2);
    harness.key_press(key);
    settle(harness);
}

fn type_entry(harness: &mut Harness<'_, Shell>, name: &str, text: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(3);
    for _ in 0..20 {
        harness.key_press(Key::Backspace);
    }
    harness.event(egui::Event::Text(text.to_owned()));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    settle(harness);
}

#[test]
fn every_kind_has_its_chain_in_every_group() {
    for (group, short, size) in GROUPS {
        for show in if short.starts_with("so1") { EVENTS } else { SPACE } {
            let (mut harness, _) = open(&at(group, &format!("&show={show}")));
            let m = metrics(&mut harness);
            assert_eq!((&m["group"], &m["decomposition"]), (&group.into(), &show.into()));
            assert!(m["agrees"] == true && m["exists"] == true, "{group} {show}");
            assert_eq!(m["composition"], if show == "jordan-chevalley" { "sum" } else { "product" });
            let (g, made) = (matrix(&mut harness, "g"), matrix(&mut harness, "product"));
            assert!(g.len() == size && apart(&g, &made) < 1e-9, "{group} {show}");
            if show != "jordan-chevalley" {
                harness.key_press(Key::Space);
                harness.run_steps(2);
                assert_eq!(metrics(&mut harness)["state"], "playing");
                harness.key_press(Key::Space);
                harness.run_steps(2);
            }
            shot(&mut harness, &format!("families-{short}-{show}"));
        }
    }
}

#[test]
fn what_does_not_exist_says_why_and_what_is_not_unique_too() {
    let quarter = "&g=0,-1,0;1,0,0;0,0,1";
    let (mut harness, _) = open(&at("GL+(3)", &format!("&show=ldu{quarter}")));
    let m = metrics(&mut harness);
    assert_eq!(m["exists"], false);
    let why = m["warnings"][0].as_str().unwrap().to_owned();
    assert!(harness.query_all_by_label(&why).count() > 0, "{why}");
    shot(&mut harness, "families-gl3-ldu-none");
    let (mut harness, _) = open(&at("GL+(3)", &format!("&show=bruhat{quarter}")));
    assert_eq!(metrics(&mut harness)["exists"], true);
    // Gimbal lock: there are angles, and a warning.
    let (mut harness, _) = open(&at("SO(3)", quarter));
    let m = metrics(&mut harness);
    assert_eq!(m["exists"], true);
    assert!(m["warnings"][0].as_str().unwrap().contains("gimbal lock"));
    assert!(harness.query_all_by_label_contains("gimbal lock").count() > 0);
}

#[test]
fn a_sum_is_shown_and_not_played() {
    // A shear: S = 1 and N is nilpotent.
    let (mut harness, _) = open(&at("SL(3)", "&show=jordan-chevalley&g=1,0.8,0.3;0,1,-0.5;0,0,1"));
    assert!(harness.query_all_by_label_contains("N, nilpotent N³ = 0, a term of the sum").count() > 0);
    harness.key_press(Key::Space);
    harness.run_steps(4);
    assert_eq!(metrics(&mut harness)["state"], "paused");
    assert!(harness.query_all_by_label_contains("nothing to play").count() > 0);
    shot(&mut harness, "families-sum");
    let (mut plane, _) = open("#/decompositions?show=jordan-chevalley&g=1,0.8;0,1");
    shot(&mut plane, "families-sum-plane");
}

#[test]
fn columns_of_space_are_dragged_inside_their_group() {
    for (group, short, _) in GROUPS.into_iter().filter(|g| g.1.ends_with('3') && !g.1.starts_with("so1")) {
        let (mut harness, _) = open(&at(group, ""));
        for key in ["column1", "column2", "column3"] {
            let (before, from) = (matrix(&mut harness, "g"), place(&harness, key).center());
            drag(&mut harness, from, from + vec2(14.0, 16.0));
            let g = matrix(&mut harness, "g");
            assert!(apart(&g, &before) > 1e-2, "{short} {key}");
            if short != "gl3" {
                assert!((det(&g) - 1.0).abs() < 1e-9);
            }
            if short == "so3" {
                assert!(apart(&form(&g, &[1.0; 3], &g), &diagonal(&[1.0; 3])) < 1e-9);
            }
        }
        // By the keyboard, to the right of the screen: the other columns stay where determinants are free.
        let before = matrix(&mut harness, "g");
        press(&mut harness, "First column of g", Key::ArrowRight);
        let g = matrix(&mut harness, "g");
        assert!(apart(&g, &before) > 1e-3);
        assert!(short != "gl3" || (g[0][1] == before[0][1] && g[2][2] == before[2][2]));
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        settle(&mut harness);
        assert!(apart(&matrix(&mut harness, "g"), &before) < 1e-12);
    }
}

#[test]
fn the_last_box_turns_g_and_the_ground_turns_the_view() {
    let (mut harness, _) = open(&at("GL+(3)", ""));
    let (before, image) = (matrix(&mut harness, "g"), place(&harness, "image"));
    let from = image.left_bottom() + vec2(14.0, -14.0);
    drag(&mut harness, from, from + vec2(30.0, -20.0));
    let g = matrix(&mut harness, "g");
    assert!(apart(&g, &before) > 0.1);
    // A turn from the left keeps gᵀ g.
    assert!(apart(&form(&g, &[1.0; 3], &g), &form(&before, &[1.0; 3], &before)) < 1e-9);
    press(&mut harness, "drag it to turn g", Key::ArrowUp);
    let turned = matrix(&mut harness, "g");
    assert!(apart(&turned, &g) > 1e-2);
    let view = metrics(&mut harness)["view"].clone();
    let ground = egui::pos2(340.0, 300.0);
    drag(&mut harness, ground, ground + vec2(60.0, 10.0));
    let moved = metrics(&mut harness)["view"].clone();
    assert_ne!(moved, view);
    press(&mut harness, "Direction of view", Key::ArrowUp);
    assert_ne!(metrics(&mut harness)["view"], moved);
    assert_eq!(matrix(&mut harness, "g"), turned);
}

#[test]
fn events_are_boosted_and_turned_by_hand() {
    for (group, short, size) in GROUPS.into_iter().filter(|g| g.1.starts_with("so1")) {
        let (mut harness, _) = open(&at(group, ""));
        let (before, tip) = (matrix(&mut harness, "g"), place(&harness, "time").center());
        drag(&mut harness, tip, tip + vec2(-24.0, 3.0));
        let g = matrix(&mut harness, "g");
        assert!(apart(&g, &before) > 1e-2 && lorentz_defect(&g) < 1e-9, "{short}");
        // On a line the tip keeps to its hyperbola; elsewhere it stays under the pointer.
        let off = place(&harness, "time").center() - tip - vec2(-24.0, 3.0);
        assert!(size == 2 || off.length() < 1.0, "{short}: {off}");
        press(&mut harness, "Axis of time of g", Key::ArrowLeft);
        let stepped = matrix(&mut harness, "g");
        assert!(stepped[1][0] < g[1][0] && lorentz_defect(&stepped) < 1e-9);
        // Far out it is as fast as it may be here.
        let tip = place(&harness, "time").center();
        drag(&mut harness, tip, tip + vec2(-300.0, 200.0));
        let fast = matrix(&mut harness, "g");
        assert!(fast[0][0] <= 2.5f64.cosh() + 1e-6 && fast[0][0] > 2.0, "{short}: {}", fast[0][0]);
        // The first column is the axis of time, which a turn about it keeps at its height, and a boost does not.
        harness.key_press(Key::R);
        settle(&mut harness);
        let before = matrix(&mut harness, "g");
        let image = place(&harness, "image").center();
        drag(&mut harness, image + vec2(-10.0, 26.0), image + vec2(12.0, 26.0));
        let g = matrix(&mut harness, "g");
        assert!(apart(&g, &before) > 1e-2 && lorentz_defect(&g) < 1e-9, "{short}");
        assert_eq!((g[0][0] - before[0][0]).abs() < 1e-9, size > 2, "{short}");
        assert!(
            agrees(&mut harness) && harness.state().state().contains("&g="),
            "{}",
            harness.state().state()
        );
    }
}

#[test]
fn the_dot_in_the_ball_is_the_turn_or_the_boost() {
    for (group, short, _) in GROUPS {
        let (mut harness, _) = open(&at(group, ""));
        let (before, dot) = (matrix(&mut harness, "g"), place(&harness, "dot").center());
        drag(&mut harness, dot, dot + vec2(-40.0, -20.0));
        let g = matrix(&mut harness, "g");
        assert!(apart(&g, &before) > 1e-2, "{short}");
        let there = place(&harness, "dot").center();
        let aim = dot + vec2(-40.0, if short == "so11" { 0.0 } else { -20.0 });
        assert!((there - aim).length() < 1.0, "{short}: {there} {aim}");
        if short.starts_with("so1") {
            assert!(lorentz_defect(&g) < 1e-9);
        } else {
            // The stretch stays.
            assert!(apart(&form(&g, &[1.0; 3], &g), &form(&before, &[1.0; 3], &before)) < 1e-9);
        }
        let name = if short.starts_with("so1") { "Boost of g" } else { "Turn of g" };
        press(&mut harness, name, Key::ArrowLeft);
        assert!(apart(&matrix(&mut harness, "g"), &g) > 1e-3, "{short}");
    }
}

#[test]
fn entries_are_typed_where_the_group_leaves_a_choice() {
    let (mut harness, _) = open(&at("SL(3)", ""));
    type_entry(&mut harness, "Row 2, column 3 of g", "0.7");
    let g = matrix(&mut harness, "g");
    assert!(g[1][2] == 0.7 && (det(&g) - 1.0).abs() < 1e-9);
    let (mut harness, _) = open(&at("SO(3)", ""));
    type_entry(&mut harness, "Row 1, column 1 of g", "0.25");
    let g = matrix(&mut harness, "g");
    assert!((g[0][0] - 0.25).abs() < 1e-9 && apart(&form(&g, &[1.0; 3], &g), &diagonal(&[1.0; 3])) < 1e-9);
    let (mut harness, _) = open(&at("SO+(1,3)", ""));
    assert!(harness.query_all_by_label("Row 2, column 2 of g").next().is_none());
    assert!(harness.query_all_by_label_contains("Row 2, column 2 of g:").next().is_some());
    type_entry(&mut harness, "Row 4, column 1 of g", "-0.5");
    let g = matrix(&mut harness, "g");
    assert!((g[3][0] + 0.5).abs() < 1e-9 && lorentz_defect(&g) < 1e-9);
    // What is no element is refused.
    type_entry(&mut harness, "Row 1, column 2 of g", "15");
    assert!(matrix(&mut harness, "g")[0][0] <= 2.5f64.cosh() + 1e-6);
}

#[test]
fn sliders_move_along_every_algebra() {
    for (group, name, more) in [
        ("SL(3)", "Turn about y", None),
        ("GL+(3)", "Scale", Some("Stretch")),
        ("GL+(3)", "diagonal of y and z", Some("Slant")),
        ("SO(3)", "Turn about z", None),
        ("SO+(1,1)", "Boost along x", None),
        ("SO+(1,2)", "Boost along y", None),
        ("SO+(1,3)", "Boost along z", None),
        ("SO+(1,3)", "Turn about x", Some("Turn")),
    ] {
        let (mut harness, _) = open(&at(group, ""));
        if let Some(part) = more {
            harness.get_by_label(part).click();
            harness.run_steps(2);
        }
        let (g, log) = (matrix(&mut harness, "g"), matrix(&mut harness, "log"));
        press(&mut harness, name, Key::ArrowRight);
        assert!(apart(&matrix(&mut harness, "g"), &g) > 1e-3, "{group} {name}");
        assert!(apart(&matrix(&mut harness, "log"), &log) > 1e-3, "{group} {name}");
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        settle(&mut harness);
        assert!(apart(&matrix(&mut harness, "g"), &g) < 1e-12, "{group} {name}");
    }
}

#[test]
fn another_order_is_another_product_in_space_and_of_events() {
    for (group, short) in [("GL+(3)", "gl3"), ("SO+(1,2)", "so12"), ("SO+(1,3)", "so13")] {
        let (mut harness, _) = open(&at(group, ""));
        let (first, second) = (place(&harness, "tile1").center(), place(&harness, "tile2").center());
        drag(&mut harness, first, second);
        assert!(!agrees(&mut harness));
        harness.run_steps(20);
        assert!(harness.state().state().contains("order="), "{}", harness.state().state());
        shot(&mut harness, &format!("families-{short}-reordered"));
        harness.key_press(Key::R);
        settle(&mut harness);
        assert!(agrees(&mut harness));
    }
}

#[test]
fn the_group_menu_leads_everywhere_and_back() {
    let (mut harness, _) = open("#/decompositions?panel=haar&picture=photo");
    for (title, slug) in [
        ("SO⁺(1,3)", "SO+(1,3)"),
        ("SL(3, R)", "SL(3)"),
        ("Aff⁺(2, R)", "Aff+(2)"),
        ("SO(3)", "SO(3)"),
        ("SO⁺(1,1)", "SO+(1,1)"),
        ("GL⁺(2, R)", "GL+(2)"),
    ] {
        harness.get_by_label("Group").click();
        harness.run_steps(3);
        harness.get_by_label(title).click();
        settle(&mut harness);
        assert_eq!(metrics(&mut harness)["group"], slug);
        assert!(agrees(&mut harness), "{slug}");
        assert!(harness.query_all_by_value("no step yet").next().is_some(), "{slug}");
    }
}

#[test]
fn what_lies_in_the_pictures_can_be_chosen() {
    for (group, short) in [("SL(3)", "sl3"), ("SO+(1,1)", "so11"), ("SO+(1,2)", "so12")] {
        for picture in ["photo", "points"] {
            let (mut harness, _) = open(&at(group, &format!("&picture={picture}")));
            shot(&mut harness, &format!("families-{short}-{picture}"));
            let kept = harness.state().state().contains("picture=");
            assert_eq!(kept, picture == "points" || short == "sl3", "{group} {picture}");
        }
    }
}

#[test]
fn extreme_elements_are_drawn() {
    for (group, g) in [
        ("GL+(3)", "20,0,0;0,0.05,0;0,0,1"),
        ("GL+(3)", "-1,0,0;0,-1,0;0,0,1"),
        ("SL(3)", "1,20,0;0,1,20;0,0,1"),
        ("SL(3)", "-2,0,0;0,-0.5,0;0,0,1"),
        ("SO(3)", "-1,0,0;0,-1,0;0,0,1"),
        ("SO(3)", "1,0,0;0,1,0;0,0,1"),
        ("SO+(1,1)", "6.132289479663686,6.050204481039788;6.050204481039788,6.132289479663686"),
        ("SO+(1,2)", "1,0,0;0,-1,0;0,0,-1"),
        ("SO+(1,3)", "1,0,0,0;0,1,0,0;0,0,1,0;0,0,0,1"),
    ] {
        for show in if group.contains(',') { EVENTS } else { SPACE } {
            let (mut harness, _) = open(&at(group, &format!("&g={g}&show={show}")));
            harness.key_press(Key::Space);
            harness.run_steps(3);
            let m = metrics(&mut harness);
            assert!(m["turn"].as_f64().unwrap().is_finite() && m["stretch"].as_f64().unwrap().is_finite());
            assert!(m["exists"] == true || !m["warnings"].as_array().unwrap().is_empty(), "{group} {show}");
            let (shown, wanted) = (m["g"][0][0].as_f64().unwrap(), g.split(',').next().unwrap());
            assert!((shown - wanted.parse::<f64>().unwrap()).abs() < 1e-9, "{group} {g}");
        }
    }
    let (mut harness, _) = open(&at("SL(3)", "&g=-2,0,0;0,-0.5,0;0,0,1"));
    assert_eq!(metrics(&mut harness)["reachable"], false);
    shot(&mut harness, "families-sl3-unreached");
}

#[test]
fn every_control_has_a_name() {
    for (group, _, _) in GROUPS {
        for (more, size) in [("", [1280.0, 800.0]), ("", [390.0, 844.0]), ("&embed=1", [720.0, 400.0])] {
            let state = at(group, more);
            let (harness, _) = open_at(&state, size, 1.0, egui::Theme::Light);
            assert!(named_controls(&harness, &state) > 10, "{state}");
        }
    }
}
