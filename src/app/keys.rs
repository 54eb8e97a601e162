//! Keys that belong to the shell.

use eframe::egui::{self, Key, KeyboardShortcut, Modifiers};

use super::shell::Shell;
use crate::labs::Command;

const REDO: [KeyboardShortcut; 2] = [
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z),
    KeyboardShortcut::new(Modifiers::COMMAND, Key::Y),
];
const UNDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Z);

/// Takes the shell's keys before the widgets of the frame see them. A text field keeps them all, and Escape also in
/// the frame in which it leaves the field; Space is left to a widget that it would press.
pub(super) fn take(shell: &mut Shell, ctx: &egui::Context) {
    let typing = ctx.text_edit_focused();
    if std::mem::replace(&mut shell.typing, typing) || typing {
        return;
    }
    let pressed = |shortcut: &KeyboardShortcut| ctx.input_mut(|input| input.consume_shortcut(shortcut));
    if REDO.iter().any(pressed) {
        shell.redo(ctx);
    } else if pressed(&UNDO) {
        shell.undo(ctx);
    }
    let asked = |event: &egui::Event| matches!(event, egui::Event::Text(text) if text == "?");
    if ctx.input(|input| input.events.iter().any(asked)) {
        shell.keys_shown = !shell.keys_shown;
    }
    let key = |key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let space_is_free = !space_presses(ctx);
    if let Some(lab) = shell.lab() {
        if space_is_free && key(Key::Space) {
            lab.command(if lab.playing() { Command::Pause } else { Command::Play });
        } else if key(Key::R) {
            lab.command(Command::Reset);
        }
    }
    if shell.embed && !shell.keys_shown && !egui::Popup::is_any_open(ctx) && key(Key::Escape) {
        shell.open_full(ctx);
    }
}

/// Whether the focus is on something that Space presses: a button, a switch, an item of a menu. What can be dragged
/// (a handle, the tip of an arrow, a slider, a number) is turned by the arrow keys and has no use for Space.
fn space_presses(ctx: &egui::Context) -> bool {
    let focused = ctx.memory(|memory| memory.focused());
    let response = focused.and_then(|id| ctx.read_response(id));
    response.is_some_and(|response| response.sense.senses_click() && !response.sense.senses_drag())
}
