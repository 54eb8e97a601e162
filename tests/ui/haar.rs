//! Random elements of the groups in the lab Decompositions.

use eframe::egui;
use egui_kittest::kittest::Queryable;

use crate::harness::{open, open_at, settle, shot};

#[test]
fn random_elements_follow_the_exact_marginals() {
    let (mut harness, _) = open("#/decompositions");
    harness.get_by_label("Haar samples").click();
    settle(&mut harness);
    assert!(harness.state().state().contains("panel=haar"));
    assert!(harness.query_all_by_label_contains("exp misses").next().is_some());
    shot(&mut harness, "decompositions-haar");
    harness.get_by_label("New samples").click();
    settle(&mut harness);
    assert!(harness.state().state().contains("seed=1"));
}

#[test]
fn the_elements_come_in_over_some_frames() {
    let (mut harness, _) = open("#/decompositions?panel=haar&group=GL+(3)");
    assert!(harness.query_all_by_label_contains("1500 samples").count() == 1);
    // Where they are costly to take apart there are a few at first.
    harness.get_by_label("New samples").click();
    harness.run_steps(4);
    assert!(harness.state_mut().lab().unwrap().busy());
    assert!(harness.query_all_by_label_contains("1500 samples").count() == 0);
    settle(&mut harness);
    assert!(!harness.state_mut().lab().unwrap().busy());
    assert!(harness.query_all_by_label_contains("1500 samples").count() == 1);
}

#[test]
fn every_group_of_the_plane_has_its_random_elements() {
    for (group, marginals) in [
        ("SL(2)", vec!["Turn", "Stretch"]),
        ("GL+(2)", vec!["Turn", "Stretch", "Scale"]),
        ("Aff+(2)", vec!["Turn", "Move", "Stretch", "Scale"]),
    ] {
        let (mut harness, _) = open(&format!("#/decompositions?panel=haar&group={group}"));
        let text = "bars of the samples under the exact density";
        for name in &marginals {
            assert!(harness.query_all_by_label(&format!("{name}: {text}")).count() == 1, "{group} {name}");
        }
        assert_eq!(harness.query_all_by_label_contains(text).count(), marginals.len(), "{group}");
        assert!(harness.query_all_by_label_contains("cut off at ‖X‖ ≤ 2.43").count() == 1, "{group}");
        assert!(harness.query_all_by_label_contains("exactly").count() == 1, "{group}");
        shot(&mut harness, &format!("decompositions-haar-{group}"));
    }
    for (name, state, size) in [
        ("phone", "#/decompositions?panel=haar&group=Aff+(2)", [390.0, 844.0]),
        ("embed", "#/decompositions?panel=haar&group=GL+(2)&embed=1", [720.0, 400.0]),
    ] {
        let (mut harness, _) = open_at(state, size, 1.0, egui::Theme::Dark);
        for tab in ["Map", "Ways"].into_iter().filter(|_| name == "phone") {
            harness.get_by_label(tab).click();
            harness.run_steps(3);
            shot(&mut harness, &format!("decompositions-haar-{name}-{tab}"));
        }
        shot(&mut harness, &format!("decompositions-haar-{name}"));
    }
}

#[test]
fn compact_own_groups_have_theirs_with_exact_moments() {
    for (name, own, marginals, moments) in [
        ("circle", "0,-1;1,0", vec!["Angle of column 1", "Trace"], ["exactly 0", "exactly 2"]),
        ("mirrors", "0,-4;1,0_*1,0;0,-1", vec!["Angle of column 1", "Trace"], ["exactly 0", "exactly 1"]),
        ("square", "*0,-1;1,0_*1,0;0,-1", vec!["Angle of column 1", "Trace"], ["exactly 0", "exactly 1"]),
        (
            "space",
            "0,-1,0;1,0,0;0,0,0_0,0,0;0,0,-1;0,1,0",
            vec!["Turn", "First entry", "Trace"],
            ["exactly 0", "exactly 1"],
        ),
    ] {
        let state = format!("#/decompositions?panel=haar&group=own&own={own}");
        let (mut harness, _) = open(&state);
        let text = "bars of the samples under the exact density";
        for title in &marginals {
            assert_eq!(harness.query_all_by_label(&format!("{title}: {text}")).count(), 1, "{name} {title}");
        }
        assert_eq!(harness.query_all_by_label_contains(text).count(), marginals.len(), "{name}");
        // In full behind each mean, or in short where a line is too long.
        let whole = |text: &str| text.trim_start_matches("exactly ").to_owned();
        let exact = format!("means, exactly {} and {}", whole(moments[0]), whole(moments[1]));
        let said = |text: &str| harness.query_all_by_label_contains(text).next().is_some();
        assert!(moments.iter().all(|m| said(m)) || said(&exact), "{name}");
        assert!(harness.query_all_by_label_contains("1500 samples").count() == 1, "{name}");
        shot(&mut harness, &format!("own-haar-{name}"));
        harness.get_by_label("New samples").click();
        settle(&mut harness);
        assert!(harness.state().state().contains("seed=1"));
        for (size, place) in [([390.0, 844.0], "phone"), ([720.0, 400.0], "embed")] {
            let state = if place == "embed" { format!("{state}&embed=1") } else { state.clone() };
            let (mut harness, _) = open_at(&state, size, 1.0, egui::Theme::Dark);
            for tab in ["Map", "Ways"].into_iter().filter(|_| place == "phone") {
                harness.get_by_label(tab).click();
                harness.run_steps(3);
                shot(&mut harness, &format!("own-haar-{name}-phone-{tab}"));
            }
            assert!(harness.query_all_by_label_contains(&exact).next().is_some(), "{name} {place}");
            shot(&mut harness, &format!("own-haar-{name}-{place}"));
        }
    }
}

#[test]
fn another_own_group_has_other_elements_and_one_that_is_not_compact_says_why() {
    let (mut harness, _) = open("#/decompositions?panel=haar&group=own&own=0.25,-1;1,0.25");
    let why = "infinite and not compact";
    assert!(harness.query_all_by_label_contains(why).next().is_some());
    assert_eq!(harness.query_all_by_label_contains("bars of the samples").count(), 0);
    assert!(!harness.state_mut().lab().unwrap().busy());
    shot(&mut harness, "own-haar-spiral");
    let (mut phone, _) = open_at(
        "#/decompositions?panel=haar&group=own&own=0,-1,0;1,0,0;0,0,0.3",
        [390.0, 844.0],
        1.0,
        egui::Theme::Dark,
    );
    for tab in ["Map", "Ways"] {
        phone.get_by_label(tab).click();
        phone.run_steps(3);
        shot(&mut phone, &format!("own-haar-screw-phone-{tab}"));
    }
    assert!(phone.query_all_by_label_contains(why).next().is_some());
}
