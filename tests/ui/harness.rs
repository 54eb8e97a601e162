//! Opens the registered labs under the harness, drives them and takes pictures.
//!
//! With `EQUISCOPE_SHOTS=DIR` the pictures are written to DIR.

use std::cell::RefCell;
use std::rc::Rc;

use eframe::egui::accesskit::Role;
use eframe::egui::{self, Pos2, Rect};
use egui_kittest::Harness;
use egui_kittest::kittest::NodeT;
use equiscope::app::health::Inbox;
use equiscope::app::{Options, Shell};
use equiscope::labs::registry;

use crate::shell::{TestHost, World};

/// What the shell did to its surroundings.
pub type Shared = Rc<RefCell<World>>;

/// The app at a state, of a size in points and pixels per point.
pub fn open_at(
    state: &str,
    size: [f32; 2],
    scale: f32,
    theme: egui::Theme,
) -> (Harness<'static, Shell>, Shared) {
    let world = Shared::default();
    let host = Box::new(TestHost(Rc::clone(&world)));
    let state = state.to_owned();
    let builder = Harness::builder().with_size(size).with_pixels_per_point(scale).with_theme(theme);
    let mut harness = builder.with_max_steps(64).build_eframe(move |cc| {
        let (drawing, inbox) = ("Vulkan".to_owned(), Inbox::default());
        Shell::new(cc, &registry(), Options { host, open: state, device: None, drawing, inbox })
    });
    settle(&mut harness);
    (harness, world)
}

/// The app at a state on a desk.
pub fn open(state: &str) -> (Harness<'static, Shell>, Shared) {
    open_at(state, [1280.0, 800.0], 1.0, egui::Theme::Light)
}

/// Runs frames until the lab has measured what there is to measure.
pub fn settle(harness: &mut Harness<'_, Shell>) {
    for _ in 0..64 {
        harness.step();
        if !harness.state_mut().lab().is_some_and(|lab| lab.busy()) {
            break;
        }
    }
    harness.run_steps(2);
}

/// What the lab says of itself.
pub fn metrics(harness: &mut Harness<'_, Shell>) -> serde_json::Value {
    harness.state_mut().lab().unwrap().metrics()
}

/// One number of the metrics, NaN where there is none.
pub fn number(harness: &mut Harness<'_, Shell>, key: &str) -> f64 {
    metrics(harness)[key].as_f64().unwrap_or(f64::NAN)
}

/// Where a named control lies.
pub fn place(harness: &Harness<'_, Shell>, name: &str) -> Rect {
    harness.state().places().iter().find(|(n, _)| n == name).unwrap_or_else(|| panic!("no place {name}")).1
}

/// Presses, moves in five steps, and lets go.
pub fn drag(harness: &mut Harness<'_, Shell>, from: Pos2, to: Pos2) {
    harness.drag_at(from);
    harness.step();
    for k in 1..=5 {
        harness.hover_at(from + (to - from) * (k as f32 / 5.0));
        harness.step();
    }
    harness.drop_at(to);
    settle(harness);
}

/// Lays the pixels of a picture on the colour that the app clears its window to; the harness draws over nothing.
pub fn lay_on_ground<'a>(ctx: &egui::Context, pixels: impl Iterator<Item = &'a mut [u8; 4]>) {
    let ground = ctx.global_style().visuals.panel_fill.to_array();
    for pixel in pixels {
        let rest = 1.0 - f32::from(pixel[3]) / 255.0;
        for (value, under) in pixel.iter_mut().zip(ground) {
            *value = (f32::from(*value) + rest * f32::from(under)).round().min(255.0) as u8;
        }
    }
}

/// A picture, checked not to be blank.
pub fn shot(harness: &mut Harness<'_, Shell>, name: &str) {
    let mut image = harness.render().unwrap();
    lay_on_ground(&harness.ctx, image.pixels_mut().map(|pixel| &mut pixel.0));
    // A blank picture would be one colour.
    let first = *image.get_pixel(0, 0);
    let other = image.pixels().filter(|p| **p != first).count();
    assert!(other > image.pixels().len() / 50, "{name} is almost blank");
    if let Ok(folder) = std::env::var("EQUISCOPE_SHOTS") {
        image.save(format!("{folder}/{name}.png")).unwrap();
    }
}

/// Roles of what can be worked.
pub const CONTROLS: [Role; 8] = [
    Role::Button,
    Role::ComboBox,
    Role::Switch,
    Role::RadioButton,
    Role::SpinButton,
    Role::Slider,
    Role::Tab,
    Role::Link,
];

/// Every control of the harness has a name; answers with their number.
pub fn named_controls(harness: &Harness<'_, Shell>, state: &str) -> usize {
    let mut count = 0;
    let mut queue: Vec<_> = harness.root().children().collect();
    while let Some(node) = queue.pop() {
        let a = node.accesskit_node();
        if CONTROLS.contains(&a.role()) {
            count += 1;
            assert!(a.label().is_some_and(|l| !l.trim().is_empty()), "{state}: {a:?} has no name");
        }
        queue.extend(node.children());
    }
    count
}
