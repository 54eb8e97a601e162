//! The lab Decompositions with maps of space and Lorentz transformations, as a visitor uses it.

use eframe::egui::{self, Key, Modifiers, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use equiscope::app::Shell;

use crate::harness::{drag, metrics, named_controls, number, open, open_at, place, settle, shot};

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
