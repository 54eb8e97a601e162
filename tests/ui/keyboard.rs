//! The lab Vectors without a pointer: every control takes the focus by Tab, and does something by a key.

use std::collections::BTreeSet;

use eframe::egui::Key;
use eframe::egui::accesskit::{Role, Toggled};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use equiscope::app::Shell;
use equiscope::labs::lab::Command;

use crate::harness::{CONTROLS, Shared, open, settle};

/// The lab two steps into its training, so that a reset shows; with a setting of its own, so that nothing sways.
fn start() -> (Harness<'static, Shell>, Shared) {
    let (mut harness, world) = open("#/vectors?width=8&theta=1");
    harness.state_mut().lab().unwrap().command(Command::Step(2));
    settle(&mut harness);
    (harness, world)
}

/// Role and name of every control that can be worked at present.
fn controls(harness: &Harness<'_, Shell>) -> Vec<(Role, String)> {
    let mut found = Vec::new();
    let mut queue: Vec<_> = harness.root().children().collect();
    while let Some(node) = queue.pop() {
        let a = node.accesskit_node();
        if CONTROLS.contains(&a.role()) && !a.is_disabled() {
            found.push((a.role(), a.label().unwrap_or_default()));
        }
        queue.extend(node.children());
    }
    found
}

/// Everything that can be read off the page: what is said of each node, the address, what was saved.
fn all(harness: &mut Harness<'_, Shell>, world: &Shared) -> String {
    let mut text = format!("{} {}", harness.state().state(), world.borrow().saved.len());
    let mut queue: Vec<_> = harness.root().children().collect();
    while let Some(node) = queue.pop() {
        let a = node.accesskit_node();
        // The speed is a measurement of the clock.
        let label = a.label().unwrap_or_default();
        if !label.starts_with("Speed") {
            text += &format!("{:?} {label} {:?} {:?}\n", a.role(), a.value(), a.toggled());
        }
        queue.extend(node.children());
    }
    text
}

#[test]
fn tab_reaches_every_control() {
    let (mut harness, _) = start();
    let mut wanted: BTreeSet<String> = controls(&harness).into_iter().map(|c| c.1).collect();
    assert!(wanted.len() > 25, "{wanted:?}");
    for _ in 0..80 {
        harness.key_press(Key::Tab);
        harness.run_steps(2);
        let focused = harness.root().query_by(|n| n.is_focused()).and_then(|n| n.accesskit_node().label());
        focused.map(|name| wanted.remove(&name));
    }
    assert!(wanted.is_empty(), "Tab never comes to {wanted:?}");
}

#[test]
fn every_control_does_something_by_a_key() {
    let (harness, _) = start();
    let found = controls(&harness);
    let mut failed = Vec::new();
    for (role, name) in found {
        let (mut harness, world) = start();
        let node = harness.get_by(|n| n.role() == role && n.label().as_deref() == Some(name.as_str()));
        if role == Role::RadioButton && node.accesskit_node().toggled() == Some(Toggled::True) {
            continue;
        }
        node.focus();
        settle(&mut harness);
        let before = all(&mut harness, &world);
        settle(&mut harness);
        assert_eq!(all(&mut harness, &world), before, "{name}: the page does not rest");
        harness.key_press(match role {
            Role::SpinButton => Key::ArrowUp,
            Role::Slider => Key::ArrowRight,
            Role::Switch | Role::RadioButton => Key::Space,
            _ => Key::Enter,
        });
        settle(&mut harness);
        if all(&mut harness, &world) == before {
            failed.push((role, name));
        }
    }
    assert!(failed.is_empty(), "no key works {failed:?}");
}
