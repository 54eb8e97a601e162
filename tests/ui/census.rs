//! How much a frame uploads while a handle is dragged: vertices and indices, counted by what they draw. Time depends on
//! the machine; this does not, and most of a frame's time goes with it.
//!
//! What fills the window counts by its pixels: there is none. And names of labs lie free of what stands beside them.
//!
//! With `EQUISCOPE_CENSUS` set the whole table is printed.

use std::collections::BTreeMap;

use eframe::App;
use eframe::egui::epaint::{ClippedShape, Primitive};
use eframe::egui::{Color32, Rect, Shape, Theme, vec2};
use egui_kittest::Harness;
use equiscope::app::Shell;
use equiscope::labs::registry;

use crate::harness::{open, open_at, place};

/// States, the handle that is dragged in each (as in `tests/web/fluency.mjs`), and the most kilobytes of a frame.
const STATES: [(&str, &str, usize); 8] = [
    ("vectors", "knob", 310),
    ("decompositions", "dot", 420),
    ("decompositions?group=SL(3)", "column1", 350),
    ("decompositions?group=Aff%2B(2)", "image", 460),
    ("decompositions?group=SO%2B(1,3)", "time", 530),
    ("decompositions?group=GL%2B(3)&panel=haar", "column1", 440),
    ("tensors?task=inertia", "knob", 520),
    ("tensors?task=lorentz", "knob", 460),
];
/// Bytes of a vertex (place, place on the texture, colour) and of an index.
const BYTES: [usize; 2] = [20, 4];

/// What a shape is, as far as its cost goes.
fn kind(shape: &Shape) -> &'static str {
    match shape {
        Shape::Circle(c) if c.stroke.is_empty() => "discs",
        Shape::Circle(_) | Shape::Ellipse(_) => "circles",
        Shape::LineSegment { .. } => "segments",
        Shape::Path(p) if p.fill == Color32::TRANSPARENT => "lines",
        Shape::Path(_) => "polygons",
        Shape::Rect(_) => "rectangles",
        Shape::Text(_) => "text",
        Shape::Mesh(_) => "meshes",
        _ => "other",
    }
}

/// Every shape on its own.
fn flat(clipped: &ClippedShape, out: &mut Vec<ClippedShape>) {
    if let Shape::Vec(shapes) = &clipped.shape {
        shapes.iter().for_each(|s| flat(&ClippedShape { shape: s.clone(), ..clipped.clone() }, out));
    } else {
        out.push(clipped.clone());
    }
}

/// Vertices and indices.
fn size(harness: &Harness<'_, Shell>, shapes: Vec<ClippedShape>) -> [usize; 2] {
    let primitives = harness.ctx.tessellate(shapes, harness.ctx.pixels_per_point());
    primitives.iter().fold([0, 0], |[v, i], p| match &p.primitive {
        Primitive::Mesh(m) => [v + m.vertices.len(), i + m.indices.len()],
        Primitive::Callback(_) => [v, i],
    })
}

fn bytes(counts: [usize; 2]) -> usize {
    counts[0] * BYTES[0] + counts[1] * BYTES[1]
}

#[test]
fn a_frame_stays_small_while_a_handle_is_dragged() {
    let mut over = Vec::new();
    for (state, handle, most) in STATES {
        let (mut harness, _) = open(&format!("#/{state}"));
        let at = place(&harness, handle).center();
        harness.drag_at(at);
        harness.step();
        for k in 1..=5 {
            harness.hover_at(at + vec2(3.0, 2.0) * k as f32);
            harness.step();
        }
        let mut shapes = Vec::new();
        harness.output().shapes.iter().for_each(|s| flat(s, &mut shapes));
        let mut table: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
        for shape in shapes {
            let (kind, [v, i]) = (kind(&shape.shape), size(&harness, vec![shape]));
            let row = table.entry(kind).or_default();
            *row = [row[0] + 1, row[1] + v, row[2] + i];
        }
        let all = size(&harness, harness.output().shapes.clone());
        if std::env::var_os("EQUISCOPE_CENSUS").is_some() {
            eprintln!("{state}: {} vertices, {} indices, {} kB", all[0], all[1], bytes(all) / 1000);
            for (kind, [n, v, i]) in &table {
                eprintln!("   {kind:12} {n:6} shapes {v:7} vertices {i:7} indices");
            }
        }
        if bytes(all) > 1000 * most {
            over.push(format!("{state}: {} kB, at most {most}: {table:?}", bytes(all) / 1000));
        }
    }
    assert!(over.is_empty(), "{over:#?}");
}

#[test]
fn the_ground_is_cleared_to_and_not_drawn() {
    for theme in [Theme::Light, Theme::Dark] {
        for state in ["#/", "#/vectors", "#/decompositions", "#/tensors", "#/vectors?embed=1"] {
            let (harness, _) = open_at(state, [1280.0, 800.0], 1.0, theme);
            let visuals = harness.ctx.global_style().visuals.clone();
            let cleared = harness.state().clear_color(&visuals);
            let ground = equiscope::ui::theme::Theme::of(&harness.ctx).bg;
            assert_eq!(cleared, ground.to_normalized_gamma_f32(), "{state}");
            let most = harness.ctx.content_rect().shrink(20.0);
            let covers = |s: &ClippedShape| match &s.shape {
                Shape::Rect(r) => r.fill.a() > 0 && s.clip_rect.intersect(r.rect).contains_rect(most),
                _ => false,
            };
            let mut shapes = Vec::new();
            harness.output().shapes.iter().for_each(|s| flat(s, &mut shapes));
            assert!(!shapes.iter().any(covers), "{state}: a shape fills the window");
        }
    }
}

#[test]
fn no_group_lies_over_the_name_of_its_lab() {
    for width in [320.0, 390.0, 700.0, 960.0, 1280.0, 1920.0] {
        let (harness, _) = open_at("#/", [width, 2000.0], 1.0, Theme::Light);
        let plate = equiscope::ui::theme::Theme::of(&harness.ctx).g_tint;
        let mut shapes = Vec::new();
        harness.output().shapes.iter().for_each(|s| flat(s, &mut shapes));
        for make in registry() {
            let lab = make();
            let meta = lab.meta();
            let card = place(&harness, &format!("shell.card.{}", meta.slug));
            let inside = |s: &&ClippedShape| card.contains_rect(s.shape.visual_bounding_rect());
            let named = |s: &ClippedShape| match &s.shape {
                Shape::Text(t) if t.galley.text() == meta.title => Some(s.shape.visual_bounding_rect()),
                _ => None,
            };
            let name = shapes.iter().filter(inside).find_map(named).expect(meta.title);
            let groups: Vec<Rect> = shapes
                .iter()
                .filter(inside)
                .filter(|s| matches!(&s.shape, Shape::Rect(r) if r.fill == plate))
                .map(|s| s.shape.visual_bounding_rect())
                .collect();
            assert!(!groups.is_empty(), "{} shows no group at {width}", meta.title);
            assert!(groups.iter().all(|g| !g.intersects(name)), "{} at {width}", meta.title);
        }
    }
}
