//! The shell with two small labs of its own.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::cell::RefCell;
use std::rc::Rc;

use eframe::egui::{self, Key, Modifiers, Rect, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use equiscope::app::health::Inbox;
use equiscope::app::router::Write;
use equiscope::app::{Host, Options, Shell};
use equiscope::labs::check::Backend;
use equiscope::labs::{Applied, Command, Lab, LabCx, LabMeta, LayoutKind, Pairs, Request, Section};
use equiscope::ui::theme::Theme;

use crate::harness::lay_on_ground;

/// What the shell did to its surroundings.
#[derive(Default)]
pub struct World {
    pub arrived: Option<String>,
    pub writes: Vec<Write>,
    pub saved: Vec<(String, Vec<u8>)>,
    pub opened: Vec<String>,
    /// What was announced, and nothing else.
    pub heard: Vec<String>,
    stored: Option<String>,
    title: String,
    may_open: bool,
}

pub struct TestHost(pub Rc<RefCell<World>>);

impl Host for TestHost {
    fn arrived(&mut self) -> Option<String> {
        self.0.borrow_mut().arrived.take()
    }
    fn write(&mut self, write: &Write) {
        self.0.borrow_mut().writes.push(write.clone());
    }
    fn link(&self, state: &str) -> String {
        format!("https://example.org/{state}")
    }
    fn open(&mut self, state: &str) -> bool {
        self.0.borrow_mut().opened.push(state.to_owned());
        self.0.borrow().may_open
    }
    fn save(&mut self, name: &str, _mime: &str, bytes: &[u8]) -> String {
        self.0.borrow_mut().saved.push((name.to_owned(), bytes.to_owned()));
        format!("Saved {name}")
    }
    fn title(&mut self, _ctx: &egui::Context, title: &str) {
        title.clone_into(&mut self.0.borrow_mut().title);
    }
    fn announce(&mut self, text: &str) {
        self.0.borrow_mut().heard.push(text.to_owned());
    }
    fn reduced_motion(&self) -> bool {
        true
    }
    fn load(&self) -> Option<String> {
        self.0.borrow().stored.clone()
    }
    fn store(&mut self, text: &str) {
        self.0.borrow_mut().stored = Some(text.to_owned());
    }
}

/// A lab whose only setting is a number between 0 and 9.
struct Counter {
    meta: &'static LabMeta,
    count: u32,
    playing: bool,
    commands: Vec<Command>,
}

static ONE: LabMeta = LabMeta {
    slug: "one",
    title: "Vectors",
    summary: "Turn a few arrows. Does the answer turn with them?",
    source: "The whole idea in two minutes",
    groups: &["O(2)", "SO+(1,2)"],
    chips: &["O(2)", "O(3)", "SO+(1,2)"],
    section: Section::BeginHere,
    backends: &Backend::ALL,
};
static TWO: LabMeta = LabMeta {
    slug: "two",
    title: "Orientations",
    summary: "Points that know where they look.",
    source: "Fast, Expressive SE(n) Equivariant Networks through Weight-Sharing",
    groups: &["SE(3)"],
    chips: &["SE(3)"],
    section: Section::Geometry,
    backends: &Backend::ALL,
};

impl Counter {
    fn boxed(meta: &'static LabMeta) -> Box<dyn Lab> {
        Box::new(Self { meta, count: 0, playing: false, commands: Vec::new() })
    }
}

impl Lab for Counter {
    fn meta(&self) -> &'static LabMeta {
        self.meta
    }
    fn settings(&self) -> Pairs {
        let pair = ("n".to_owned(), self.count.to_string());
        if self.count == 0 { vec![] } else { vec![pair] }
    }
    fn apply(&mut self, pairs: &Pairs) -> Applied {
        let mut applied = Applied::default();
        self.count = 0;
        if let Some((key, value)) = pairs.iter().find(|(key, _)| key == "n") {
            applied.used.insert(key.clone());
            match value.parse::<u32>() {
                Ok(count @ 0..=9) => self.count = count,
                _ => applied.warnings.push(format!("n = {value} is not a number from 0 to 9")),
            }
        }
        applied
    }
    fn logic(&mut self, _ctx: &egui::Context, _cx: &mut LabCx<'_>) {}
    fn ui(&mut self, ui: &mut egui::Ui, cx: &mut LabCx<'_>) {
        let response = ui.button(format!("Count {}", self.count));
        cx.places.push(("count", response.rect));
        if response.clicked() {
            self.count += 1;
            cx.requests.push(Request::Commit);
        }
        if ui.button("Save curves").clicked() {
            cx.requests.push(Request::Save("curves.csv".to_owned(), "text/csv", b"1,2".to_vec()));
        }
        let layout = match cx.layout {
            LayoutKind::Desktop => "desktop",
            LayoutKind::Phone => "phone",
            LayoutKind::Embed => "embed",
        };
        ui.label(format!("layout {layout}"));
        let mut text = String::new();
        let label = ui.label("Name");
        ui.text_edit_singleline(&mut text).labelled_by(label.id);
    }
    fn command(&mut self, command: Command) {
        self.playing = command == Command::Play;
        self.commands.push(command);
    }
    fn busy(&self) -> bool {
        self.playing
    }
    fn metrics(&self) -> serde_json::Value {
        let commands: Vec<_> = self.commands.iter().map(|command| format!("{command:?}")).collect();
        serde_json::json!({ "count": self.count, "commands": commands })
    }
    fn playing(&self) -> bool {
        self.playing
    }
    fn start_check(&mut self, _samples: usize) {}
    fn check_result(&mut self) -> Option<serde_json::Value> {
        None
    }
    fn thumbnail(&mut self, painter: &egui::Painter, rect: Rect) {
        let theme = Theme::of(painter.ctx());
        let radius = rect.height() * 0.18;
        for (i, colour) in [theme.x, theme.y, theme.x, theme.y].into_iter().enumerate() {
            let x = rect.left() + rect.width() * (0.3 + 0.4 * (i % 2) as f32);
            let y = rect.top() + rect.height() * (0.28 + 0.44 * (i / 2) as f32);
            painter.circle(pos2(x, y), radius, theme.surf, egui::Stroke::new(1.0, theme.axis));
            painter.line_segment(
                [pos2(x, y), pos2(x, y) + vec2(0.7 * radius, -0.3 * radius)],
                egui::Stroke::new(3.0, colour),
            );
        }
    }
}

type World1 = Rc<RefCell<World>>;

fn open_sized(text: &str, size: [f32; 2], theme: egui::Theme) -> (Harness<'static, Shell>, World1) {
    let world = World1::default();
    let harness = open_in(&world, text, size, theme);
    (harness, world)
}

fn open_in(world: &World1, text: &str, size: [f32; 2], theme: egui::Theme) -> Harness<'static, Shell> {
    let host = Box::new(TestHost(Rc::clone(world)));
    let text = text.to_owned();
    Harness::builder().with_size(size).with_theme(theme).with_max_steps(40).build_eframe(move |cc| {
        let options =
            Options { host, open: text, device: None, drawing: "Vulkan".to_owned(), inbox: Inbox::default() };
        Shell::new(cc, &[|| Counter::boxed(&ONE), || Counter::boxed(&TWO)], options)
    })
}

fn open(text: &str) -> (Harness<'static, Shell>, World1) {
    open_sized(text, [1280.0, 800.0], egui::Theme::Light)
}

fn text_is_shown(harness: &Harness<'_, Shell>, part: &str) -> bool {
    harness.query_all_by_label_contains(part).next().is_some()
}

#[test]
fn the_gallery_has_a_card_for_each_lab_and_no_others() {
    let (harness, _) = open("#/");
    let cards: Vec<String> = harness
        .query_all_by_label_contains("Open ")
        .filter_map(|node| node.accesskit_node().label())
        .collect();
    assert_eq!(
        cards,
        [
            "Open Vectors. Turn a few arrows. Does the answer turn with them?",
            "Open Orientations. Points that know where they look."
        ]
    );
}

#[test]
fn the_start_button_opens_the_first_lab_and_the_logo_leads_back() {
    let (mut harness, world) = open("#/");
    harness.get_by_label("Start with Vectors").click();
    harness.run();
    assert_eq!(harness.state().state(), "#/one");
    assert_eq!(world.borrow().writes, [Write::Push("#/one".to_owned())]);
    assert_eq!(world.borrow().title, "Vectors · Equiscope");
    harness.get_by_label("Equiscope, all labs").click();
    harness.run();
    assert_eq!(world.borrow().writes.last(), Some(&Write::Push("#/".to_owned())));
    harness.get_by_label_contains("Open Orientations").click();
    harness.run();
    assert_eq!(harness.state().state(), "#/two");
}

#[test]
fn the_menu_leads_from_lab_to_lab() {
    let (mut harness, _) = open("#/one");
    harness.get_by_label("Lab: Vectors").click();
    harness.run();
    harness.get_by_label("Orientations").click();
    harness.run();
    assert_eq!(harness.state().state(), "#/two");
    assert!(harness.query_by_label("All labs").is_none(), "the menu closes");
}

#[test]
fn undo_and_redo_by_button_and_by_key() {
    let (mut harness, _) = open("#/one");
    for _ in 0..3 {
        harness.get_by_label_contains("Count").click();
        harness.run();
    }
    assert_eq!(harness.state().state(), "#/one?v=1&n=3");
    harness.get_by_label("Undo").click();
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(harness.state().state(), "#/one?v=1&n=1");
    harness.get_by_label("Redo").click();
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Y);
    harness.run();
    assert_eq!(harness.state().state(), "#/one?v=1&n=3");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    harness.run();
    assert_eq!(harness.state().state(), "#/one?v=1&n=3");
}

#[test]
fn settings_replace_the_address_after_a_rest() {
    let (mut harness, world) = open("#/one?newer=kept");
    harness.get_by_label_contains("Count").click();
    harness.step();
    harness.step();
    assert_eq!(world.borrow().writes, []);
    harness.run_steps(4);
    let expected = "#/one?v=1&n=1&newer=kept";
    assert_eq!(world.borrow().writes, [Write::Replace(expected.to_owned())]);
}

#[test]
fn the_back_button_is_followed_and_the_own_write_is_not() {
    let (mut harness, world) = open("#/one?n=4");
    world.borrow_mut().arrived = Some("#/two?n=7".to_owned());
    harness.run();
    assert_eq!(harness.state().state(), "#/two?v=1&n=7");
    harness.get_by_label("Count 7").click();
    harness.run();
    harness.run_steps(4);
    assert_eq!(world.borrow().writes.last(), Some(&Write::Replace("#/two?v=1&n=8".to_owned())));
    // The echo of that write must not undo a change made in the meantime.
    harness.get_by_label("Count 8").click();
    world.borrow_mut().arrived = Some("#/two?v=1&n=8".to_owned());
    harness.run();
    assert_eq!(harness.state().state(), "#/two?v=1&n=9");
}

#[test]
fn a_link_is_no_step_to_undo_but_another_state_of_the_same_lab_is() {
    let (mut harness, world) = open("#/one?n=4");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(harness.state().state(), "#/one?v=1&n=4");
    world.borrow_mut().arrived = Some("#/one?n=6".to_owned());
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(harness.state().state(), "#/one?v=1&n=4");
}

#[test]
fn a_link_that_cannot_be_read_is_named_and_can_be_dismissed() {
    for (text, words, state) in [
        ("#/three?n=1", "There is no lab “three” here; there is: one, two.", "#/"),
        ("#nonsense", "“nonsense” is not a link to a lab", "#/"),
        ("#/one?n=77", "n = 77 is not a number from 0 to 9", "#/one"),
    ] {
        let (mut harness, _) = open(text);
        assert!(text_is_shown(&harness, words), "{text}");
        assert_eq!(harness.state().state(), state);
        harness.get_by_label("Dismiss this message").click();
        harness.run();
        assert!(!text_is_shown(&harness, words), "{text}");
    }
}

#[test]
fn the_theme_follows_the_choice_and_the_choice_is_kept() {
    let (mut harness, world) = open("#/one");
    harness.get_by_label("Switch to dark").click();
    harness.run();
    assert_eq!(harness.ctx.theme(), egui::Theme::Dark);
    assert_eq!(world.borrow().stored.as_deref(), Some(r#"{"theme":"dark"}"#));
    assert_eq!(harness.state().state(), "#/one", "a choice is not part of a link");
    harness.get_by_label("Switch to light").click();
    harness.run();
    assert_eq!(harness.ctx.theme(), egui::Theme::Light);
}

#[test]
fn a_link_may_ask_for_a_theme() {
    let (mut harness, world) = open("#/one?theme=light");
    harness.get_by_label("Switch to dark").click();
    harness.run();
    assert_eq!(harness.state().state(), "#/one?theme=dark");
    assert!(world.borrow().stored.is_some());
}

#[test]
fn keys_play_and_reset_unless_a_field_has_them() {
    let (mut harness, _) = open("#/one");
    harness.key_press(Key::Space);
    harness.step();
    harness.key_press(Key::Space);
    harness.step();
    harness.key_press(Key::R);
    harness.step();
    let metrics = harness.state_mut().lab().unwrap().metrics();
    assert_eq!(metrics["commands"], serde_json::json!(["Play", "Pause", "Reset"]));
    harness.get_by_role(egui::accesskit::Role::TextInput).focus();
    harness.run();
    harness.key_press(Key::R);
    harness.key_press(Key::Space);
    harness.step();
    assert_eq!(harness.state_mut().lab().unwrap().metrics(), metrics);
}

#[test]
fn the_question_mark_lists_the_keys() {
    let (mut harness, _) = open("#/");
    harness.event(egui::Event::Text("?".to_owned()));
    harness.run();
    assert!(text_is_shown(&harness, "play or pause training"));
    harness.key_press(Key::Escape);
    harness.run();
    assert!(!text_is_shown(&harness, "play or pause training"));
}

#[test]
fn an_embed_has_no_frame_and_escape_leaves_it() {
    for may_open in [true, false] {
        let (mut harness, world) = open("#/one?n=2&embed=1");
        world.borrow_mut().may_open = may_open;
        assert!(text_is_shown(&harness, "layout embed"));
        assert!(harness.query_by_label("Undo").is_none());
        harness.key_press(Key::Escape);
        harness.run();
        assert_eq!(world.borrow().opened, ["#/one?v=1&n=2"]);
        assert_eq!(text_is_shown(&harness, "layout embed"), may_open, "a blocked window opens in place");
    }
}

#[test]
fn the_layout_follows_the_width() {
    for (size, words) in [([390.0, 844.0], "layout phone"), ([720.0, 400.0], "layout desktop")] {
        let (harness, _) = open_sized("#/one", size, egui::Theme::Light);
        assert!(text_is_shown(&harness, words));
        assert!(harness.state().places().iter().any(|(name, rect)| name == "count" && rect.is_positive()));
    }
}

#[test]
fn files_are_handed_to_the_host() {
    let (mut harness, world) = open("#/one");
    harness.get_by_label("Save curves").click();
    harness.step();
    harness.step();
    assert_eq!(world.borrow().saved, [("curves.csv".to_owned(), b"1,2".to_vec())]);
    assert!(text_is_shown(&harness, "Saved curves.csv"));
    harness.run_steps(20);
    assert!(!text_is_shown(&harness, "Saved curves.csv"), "the message passes");
}

#[test]
fn a_hidden_window_says_so() {
    let (mut harness, world) = open("#/one");
    harness.key_press(Key::Space);
    harness.step();
    let minimise = |harness: &mut Harness<'static, Shell>, minimised: bool| {
        let viewport = harness.input_mut().viewports.get_mut(&egui::ViewportId::ROOT).unwrap();
        viewport.minimized = Some(minimised);
        harness.step();
    };
    minimise(&mut harness, true);
    assert_eq!(world.borrow().title, "Paused · Vectors · Equiscope");
    minimise(&mut harness, false);
    harness.step();
    assert_eq!(world.borrow().title, "Vectors · Equiscope");
    assert!(text_is_shown(&harness, "Paused while the page was hidden"));
}

#[test]
fn the_gallery_is_worked_by_keyboard() {
    let (mut harness, world) = open("#/");
    let mut seen = Vec::new();
    for _ in 0..12 {
        harness.key_press(Key::Tab);
        harness.run();
        let focused =
            harness.root().query_by(|node| node.is_focused()).and_then(|node| node.accesskit_node().label());
        seen.extend(focused);
    }
    for name in ["Equiscope, all labs", "Switch to dark", "Start with Vectors"] {
        assert!(seen.iter().any(|label| label == name), "{name} is not reached: {seen:?}");
    }
    assert!(seen.iter().any(|label| label.starts_with("Open Orientations")), "{seen:?}");
    harness.get_by_label("Start with Vectors").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(world.borrow().writes.last(), Some(&Write::Push("#/one".to_owned())));
}

/// Writes pictures for the eye into `$EQUISCOPE_SHOTS`; checks in any case that they are not blank.
#[test]
fn it_draws_at_the_designed_sizes() {
    for (name, text, size, theme) in [
        ("gallery", "#/", [1280.0, 800.0], egui::Theme::Light),
        ("gallery-dark", "#/", [1280.0, 800.0], egui::Theme::Dark),
        ("gallery-phone", "#/", [390.0, 844.0], egui::Theme::Light),
        ("gallery-tablet", "#/", [720.0, 400.0], egui::Theme::Light),
        ("lab", "#/one?n=2", [1280.0, 800.0], egui::Theme::Light),
        ("lab-phone", "#/one?n=2", [390.0, 844.0], egui::Theme::Light),
        ("lab-unknown", "#/three", [1280.0, 800.0], egui::Theme::Light),
        ("embed", "#/one?embed=1", [720.0, 400.0], egui::Theme::Dark),
    ] {
        let (mut harness, _) = open_sized(text, size, theme);
        if name == "lab" {
            harness.get_by_label("Lab: Vectors").click();
            harness.event(egui::Event::Text("x".to_owned()));
        }
        harness.run();
        let mut image = harness.render().expect("a renderer");
        lay_on_ground(&harness.ctx, image.pixels_mut().map(|pixel| &mut pixel.0));
        assert_eq!((image.width() as f32, image.height() as f32), (size[0], size[1]));
        let ground = *image.get_pixel(2, image.height() - 2);
        let drawn = image.pixels().filter(|&&pixel| pixel != ground).count();
        assert!(drawn > 200, "{name}: {drawn} pixels differ from the ground");
        if let Some(folder) = std::env::var_os("EQUISCOPE_SHOTS") {
            let folder = std::path::PathBuf::from(folder).join("shell");
            std::fs::create_dir_all(&folder).unwrap();
            image.save(folder.join(format!("{name}.png"))).unwrap();
        }
    }
}
