//! What is drawn has a place: no coordinate is infinite or not a number, whatever the size of the window and wherever
//! the pointer stands. Dashes along an endless line would be counted out for ever.

use eframe::egui::{Rect, Theme, pos2};
use egui_kittest::Harness;
use equiscope::app::Shell;

use crate::harness::open_at;

const STATES: [&str; 10] = [
    "#/",
    "#/vectors",
    "#/vectors?group=SO%2B(1,1)",
    "#/vectors?group=SO%2B(1,2)",
    "#/vectors?group=O(3)",
    "#/decompositions",
    "#/decompositions?panel=haar",
    "#/decompositions?group=SL(3)",
    "#/decompositions?group=SO%2B(1,1)",
    "#/decompositions?group=SO%2B(1,3)",
];

/// Every shape of the last frame lies within a few windows of the origin.
fn assert_finite(harness: &Harness<'_, Shell>, what: &str) {
    for clipped in &harness.output().shapes {
        let rect = clipped.shape.visual_bounding_rect();
        let sane = rect == Rect::NOTHING || rect.is_finite() && rect.size().max_elem() < 1e4;
        assert!(sane, "{what}: {rect:?} of {:?}", clipped.shape);
    }
}

#[test]
fn at_every_size_of_the_window() {
    for state in STATES {
        for width in [0.0, 1.0, 10.0, 200.0, 390.0, 700.0, 1280.0] {
            for height in [0.0, 1.0, 10.0, 60.0, 170.0, 240.0, 400.0, 800.0] {
                let (harness, _) = open_at(state, [width, height], 1.0, Theme::Light);
                assert_finite(&harness, &format!("{state} at {width} × {height}"));
            }
        }
    }
}

#[test]
fn wherever_the_pointer_stands() {
    for state in STATES {
        let (mut harness, _) = open_at(state, [1280.0, 800.0], 1.0, Theme::Light);
        for (row, column) in (0..14).flat_map(|row| (0..22).map(move |column| (row, column))) {
            let at = pos2(10.0 + 60.0 * column as f32, 10.0 + 60.0 * row as f32);
            harness.hover_at(at);
            harness.run_steps(2);
            assert_finite(&harness, &format!("{state} with the pointer at {at}"));
        }
    }
}
