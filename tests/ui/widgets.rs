//! Every control: found by its name, worked by mouse and by keyboard; and a sheet to look at.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use eframe::egui::{self, Key, Modifiers, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use equiscope::ui::controls::Density;
use equiscope::ui::fonts;

use crate::specimen::Sheet;

fn harness(sheet: Sheet) -> Harness<'static, Sheet> {
    Harness::builder()
        .with_size([1280.0, 704.0])
        .with_context_setup(fonts::install)
        .build_ui_state(|ui, sheet: &mut Sheet| sheet.ui(ui), sheet)
}

fn theta(harness: &Harness<'_, Sheet>) -> f64 {
    harness.state().theta.to_degrees()
}

fn assert_near(got: f64, want: f64) {
    assert!((got - want).abs() < 1e-6, "{got} instead of {want}");
}

#[test]
fn a_switch_is_clicked_anywhere_in_its_row_and_by_space() {
    let mut h = harness(Sheet::default());
    h.get_by_label("Bias on vectors").click();
    h.run();
    assert!(h.state().bias);
    h.get_by_label("Bias on vectors").focus();
    h.run();
    h.key_press(Key::Space);
    h.run();
    assert!(!h.state().bias);
}

#[test]
fn segments_choose() {
    let mut h = harness(Sheet::default());
    h.get_by_label("mirror").click();
    h.run();
    assert!(h.state().mirror);
    h.get_by_label("turn").focus();
    h.run();
    h.key_press(Key::Enter);
    h.run();
    assert!(!h.state().mirror);
}

#[test]
fn icon_buttons_act_once() {
    let mut h = harness(Sheet::default());
    h.get_by_label("Reset").click();
    h.run();
    h.get_by_label("New seed").focus();
    h.run();
    h.key_press(Key::Enter);
    h.run();
    assert_eq!(h.state().clicks, ["Reset", "New seed"]);
}

#[test]
fn a_value_menu_opens_chooses_and_closes() {
    let mut h = harness(Sheet::default());
    assert!(h.query_by_label("Charges").is_none());
    h.get_by_label("Target").click();
    h.run();
    h.get_by_label("Charges").click();
    h.run();
    assert_eq!(h.state().target, 1);
    h.run();
    assert!(h.query_by_label("Inertia").is_none(), "the menu stays open");
    h.get_by_label("Target").focus();
    h.run();
    h.key_press(Key::Enter);
    h.run();
    h.get_by_label("Inertia").focus();
    h.run();
    h.key_press(Key::Enter);
    h.run();
    h.run();
    assert_eq!(h.state().target, 2);
    assert!(h.query_by_label("Charges").is_none(), "the menu stays open after Enter");
}

/// Begins typing into the angle field with a click.
fn type_angle(h: &mut Harness<'_, Sheet>, text: &str) {
    h.get_by_role_and_label(egui::accesskit::Role::SpinButton, "Angle θ").click();
    h.run();
    h.get_by_role_and_label(egui::accesskit::Role::TextInput, "Angle θ").type_text(text);
    h.run();
}

#[test]
fn a_field_takes_expressions() {
    for (text, want) in [("90", 90.0), ("π/6", 30.0), ("pi/4 + 1°", 46.0), ("0.5 rad", 0.5_f64.to_degrees())]
    {
        let mut h = harness(Sheet::default());
        type_angle(&mut h, text);
        assert_near(theta(&h), 37.0);
        h.key_press(Key::Enter);
        h.run();
        assert_near(theta(&h), want);
        assert_eq!((h.state().commits, h.state().changes), (1, 1), "{text}");
        assert!(h.query_by_role(egui::accesskit::Role::TextInput).is_none());
    }
}

#[test]
fn a_field_says_what_is_wrong_and_keeps_the_old_value() {
    let mut h = harness(Sheet::default());
    type_angle(&mut h, "2 + $");
    h.key_press(Key::Enter);
    h.run();
    h.get_by_label("unexpected ‘$’ at column 5");
    assert_near(theta(&h), 37.0);
    // Typing on takes the message away, and a good number is accepted.
    h.key_press(Key::Backspace);
    h.run();
    assert!(h.query_by_label("unexpected ‘$’ at column 5").is_none());
    h.get_by_role_and_label(egui::accesskit::Role::TextInput, "Angle θ").type_text("3");
    h.run();
    h.key_press(Key::Enter);
    h.run();
    assert_near(theta(&h), 5.0);
}

#[test]
fn escape_keeps_the_old_value() {
    let mut h = harness(Sheet::default());
    type_angle(&mut h, "90");
    h.key_press(Key::Escape);
    h.run();
    assert_near(theta(&h), 37.0);
    assert_eq!(h.state().commits, 0);
    assert!(h.query_by_role(egui::accesskit::Role::TextInput).is_none());
}

#[test]
fn a_number_out_of_range_is_refused() {
    let mut h = harness(Sheet::default());
    h.get_by_role_and_label(egui::accesskit::Role::SpinButton, "Learning rate").click();
    h.run();
    h.get_by_role_and_label(egui::accesskit::Role::TextInput, "Learning rate").type_text("7");
    h.run();
    h.key_press(Key::Enter);
    h.run();
    h.get_by_label("between 0.00001 and 1");
    assert_near(h.state().rate, 0.012);
}

#[test]
fn arrows_step_a_field() {
    let mut h = harness(Sheet::default());
    h.get_by_role_and_label(egui::accesskit::Role::SpinButton, "Angle θ").focus();
    h.run();
    h.key_press(Key::ArrowUp);
    h.run();
    assert_near(theta(&h), 38.0);
    h.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    h.run();
    assert_near(theta(&h), 37.9);
    h.key_press_modifiers(Modifiers::COMMAND, Key::ArrowUp);
    h.run();
    assert_near(theta(&h), 47.9);
    assert_eq!(h.state().commits, 3);
    // A digit begins typing at once.
    h.event(egui::Event::Text("6".to_owned()));
    h.run();
    h.event(egui::Event::Text("0".to_owned()));
    h.run();
    h.key_press(Key::Enter);
    h.run();
    assert_near(theta(&h), 60.0);
}

#[test]
fn assistive_technology_steps_and_sets_a_field() {
    let mut h = harness(Sheet::default());
    h.get_by_role_and_label(egui::accesskit::Role::SpinButton, "Angle θ").increment_accesskit();
    h.run();
    assert_near(theta(&h), 38.0);
    h.get_by_role_and_label(egui::accesskit::Role::SpinButton, "Angle θ").set_value_accesskit(120.0);
    h.run();
    assert_near(theta(&h), 120.0);
}

#[test]
fn dragging_changes_a_field_and_commits_once_and_the_angle_wraps() {
    let mut h = harness(Sheet::default());
    let at = h.get_by_role_and_label(egui::accesskit::Role::SpinButton, "Angle θ").rect().center();
    h.hover_at(at);
    h.drag_at(at);
    h.run();
    h.hover_at(at + egui::vec2(-40.0, 0.0));
    h.run();
    assert_eq!(h.state().commits, 0);
    h.drop_at(at + egui::vec2(-40.0, 0.0));
    h.run();
    assert_near(theta(&h), 357.0);
    assert_eq!(h.state().commits, 1);
    assert!(h.query_by_role(egui::accesskit::Role::TextInput).is_none(), "a drag is no click");
}

#[test]
fn the_orbit_plot_is_picked_by_click_and_arrows() {
    let mut h = harness(Sheet::default());
    let rect = h.get_by_label("Residual on the orbit").rect();
    // The axis begins 48 from the left and ends 12 from the right.
    let middle = egui::pos2(rect.left() + 48.0 + (rect.width() - 60.0) / 2.0, rect.center().y);
    h.hover_at(middle);
    h.drag_at(middle);
    h.run();
    h.drop_at(middle);
    h.run();
    assert_near(h.state().picked.unwrap(), 180.0);
    h.get_by_label("Residual on the orbit").focus();
    h.run();
    h.key_press(Key::ArrowRight);
    h.run();
    assert_near(theta(&h), 181.0);
    h.key_press_modifiers(Modifiers::SHIFT, Key::ArrowLeft);
    h.run();
    assert_near(theta(&h), 180.9);
}

#[test]
fn a_slider_is_dragged_and_stepped() {
    let mut h = harness(Sheet::default());
    let rect = h.get_by_label("Shear v").rect();
    let right = egui::pos2(rect.right() - 60.0, rect.center().y);
    h.hover_at(right);
    h.drag_at(right);
    h.run();
    h.hover_at(right + egui::vec2(60.0, 0.0));
    h.run();
    h.drop_at(right + egui::vec2(60.0, 0.0));
    h.run();
    assert_near(h.state().shear, 1.0);
    h.get_by_label("Shear v").focus();
    h.run();
    h.key_press_modifiers(Modifiers::COMMAND, Key::ArrowLeft);
    h.run();
    assert_near(h.state().shear, 0.8);
    // On a logarithmic track an arrow is a ratio: a hundredth of three decades.
    h.get_by_label("Pull λ").increment_accesskit();
    h.run();
    assert_near(h.state().pull, 0.3 * 10_f64.powf(0.03));
}

#[test]
fn tabs_choose() {
    let mut h = harness(Sheet::default());
    h.get_by_label("Images").click();
    h.run();
    assert_eq!(h.state().tab, 1);
}

#[test]
fn a_matrix_is_copied_at_full_precision() {
    let mut h = harness(Sheet::default());
    h.get_by_label("Stretch").click();
    h.run();
    h.get_by_label("Copy as NumPy").click();
    // One step a time: what is copied is only in the output of its own frame.
    let copied = (0..6).find_map(|_| {
        h.step();
        h.output().platform_output.commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    });
    assert_eq!(copied.as_deref(), Some("np.array([[0.3333333333333333, 0.0], [-1.5, 2.0]])"));
}

#[test]
fn touch_rows_are_44_high() {
    let mut h = harness(Sheet { density: Density::Touch, ..Default::default() });
    h.run();
    for label in ["Bias on vectors", "Target", "Reset", "mirror"] {
        let height = h.get_by_label(label).rect().height();
        assert!(height >= 40.0, "{label} is {height} high");
    }
}

#[test]
fn formulas_are_read_out() {
    let h = harness(Sheet::default());
    h.get_by_label("f(g·x) = ρ(g) f(x)");
    h.get_by_label("1.3 × 10⁻⁷");
    h.get_by_label("g: 0.80, −0.60; 0.60, 0.80");
    h.get_by_label("Step: 1\u{2009}240");
}

/// Draws the sheet as PNG files into `EQUISCOPE_SHOTS`, or the temporary directory; the harness panics on a missing
/// glyph.
#[test]
fn specimen() {
    let folder = std::env::var_os("EQUISCOPE_SHOTS").map_or_else(std::env::temp_dir, Into::into);
    for (name, theme, broken) in [
        ("light", Theme::Light, false),
        ("dark", Theme::Dark, false),
        ("broken", Theme::Light, true),
        ("touch", Theme::Light, false),
    ] {
        let density = if name == "touch" { Density::Touch } else { Density::Mouse };
        let sheet = Sheet { bias: broken, density, ..Default::default() };
        let mut h = Harness::builder()
            .with_size([1280.0, 704.0])
            .with_theme(theme)
            .with_context_setup(fonts::install)
            .wgpu()
            .build_ui_state(|ui, sheet: &mut Sheet| sheet.ui(ui), sheet);
        h.run();
        if broken {
            h.get_by_label("Target").click();
            h.run();
            let orbit = h.get_by_label("Residual on the orbit").rect();
            h.hover_at(orbit.center());
            h.run();
        }
        if theme == Theme::Dark {
            type_angle(&mut h, "2 + $");
            h.key_press(Key::Enter);
            h.run();
        }
        let image = h.render().expect("the sheet is drawn");
        image.save(folder.join(format!("specimen-{name}.png"))).expect("the picture is saved");
        let paper = image.get_pixel(2, 2).0;
        assert!(image.pixels().filter(|p| p.0 != paper).count() > 20_000, "{name} is nearly blank");
    }
}
