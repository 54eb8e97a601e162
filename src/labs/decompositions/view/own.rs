//! Own groups: the editor for their generators, what is known of the group, and how g is moved in it.

use super::Decompositions;
use super::motion::Playing;
use crate::labs::decompositions::own::{Own, OwnGroup};
use crate::labs::decompositions::own_text::{EXAMPLES, parse};
use crate::labs::decompositions::own_typed::letter;
use crate::labs::lab::{LabCx, Request};
use crate::maths::Matrix;
use crate::ui::controls::{
    Kind, Slider, link, menu_item, row_height, section_header, value_menu, wide_button,
};
use crate::ui::fonts;
use crate::ui::style::RADIUS;
use crate::ui::theme::Theme;
use eframe::egui::{
    Color32, CornerRadius, Frame, Margin, RichText, Role, Stroke, TextEdit, Ui, WidgetInfo, vec2,
};

/// Width of the buttons of discrete generators.
const BUTTON: f32 = 54.0;

/// What is being typed.
#[derive(Default)]
pub(super) struct Editor {
    pub(super) open: bool,
    /// Was opened in this frame: it is scrolled to.
    fresh: bool,
    name: String,
    lie: String,
    discrete: String,
    /// Why what was asked for could not be used; gone with the next letter.
    error: Option<String>,
}

impl Editor {
    /// Opens with the present group's generators, or with an example.
    fn show(&mut self, present: Option<&OwnGroup>) {
        (self.open, self.fresh) = (true, true);
        self.error = None;
        let lines = |list: &[Matrix]| list.iter().map(line).collect::<Vec<_>>().join("\n");
        if let Some(group) = present {
            self.name = group.name().to_owned();
            (self.lie, self.discrete) = (lines(group.matrices().lie()), lines(group.matrices().discrete()));
        } else if self.lie.is_empty() && self.discrete.is_empty() {
            self.take(0);
        }
    }

    fn take(&mut self, example: usize) {
        let (name, lie, discrete) = EXAMPLES[example];
        (self.name, self.lie, self.discrete) = (name.to_owned(), lie.to_owned(), discrete.to_owned());
        self.error = None;
    }
}

/// A generator as it is typed: `0 -1; 1 0`.
fn line(m: &Matrix) -> String {
    let row = |r: &Vec<f64>| r.iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
    m.to_rows().iter().map(row).collect::<Vec<_>>().join("; ")
}

impl Decompositions {
    /// The name of the group as the menu shows it.
    pub(super) fn group_name(&self) -> String {
        let own = self.settings.own.as_ref();
        own.map_or_else(|| self.settings.family.title().to_owned(), |own| own.group.name().to_owned())
    }

    /// Opens the editor.
    pub(super) fn edit_group(&mut self) {
        self.editor.show(self.settings.own.as_ref().map(|own| own.group.as_ref()));
    }

    /// The editor, where it is open.
    pub(super) fn editor_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        if !self.editor.open {
            return;
        }
        let response = ui.vertical(|ui| self.open_editor_ui(ui, cx)).response;
        if std::mem::take(&mut self.editor.fresh) {
            response.scroll_to_me(None);
        }
    }

    fn open_editor_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let mut example = None;
        ui.add_space(4.0);
        value_menu(ui, "Generators", "examples", |ui| {
            for (k, (name, ..)) in EXAMPLES.iter().enumerate() {
                if menu_item(ui, name, false).clicked() {
                    example = Some(k);
                }
            }
        });
        if let Some(k) = example {
            self.editor.take(k);
        }
        caption(
            ui,
            "Lie algebra: a matrix a line, 2×2 or 3×3, rows between semicolons; or a file of generators (JSON)",
        );
        let mut typed = area(ui, "Lie generators", &mut self.editor.lie, "0 -1; 1 0");
        caption(ui, "Discrete elements, in the same form");
        typed |= area(ui, "Discrete generators", &mut self.editor.discrete, "1 0; 0 -1");
        if typed {
            self.editor.error = None;
        }
        if let Some(error) = &self.editor.error {
            Self::refused_ui(ui, error);
        }
        ui.add_space(8.0);
        let using = wide_button(ui, "Use this group").clicked();
        ui.add_space(8.0);
        let closing = link(ui, "Close without a change").clicked();
        ui.add_space(12.0);
        self.editor.open &= !closing;
        if using {
            match parse(&self.editor.name, &self.editor.lie, &self.editor.discrete) {
                Ok(group) => self.use_group(group, cx),
                Err(error) => self.editor.error = Some(error),
            }
        }
    }

    fn use_group(&mut self, group: OwnGroup, cx: &mut LabCx<'_>) {
        self.editor.open = false;
        self.typing = None;
        self.passage.stop();
        self.playing = Playing::No;
        self.settings.set_own(Own::first(group));
        // What is drawn in the rest of this frame already belongs to the new group.
        self.shown = self.settings.g.clone();
        self.look();
        self.commit(cx);
    }

    /// What is known of an own group, and the way to its editor.
    pub(super) fn known_ui(&mut self, ui: &mut Ui) {
        let Some(own) = &self.settings.own else { return };
        let theme = Theme::of(ui.ctx());
        let mut words = own.group.words().join(", ");
        let (dimension, given) = (own.group.known().0.dimension, own.at.len());
        if dimension > given {
            words = format!("{words}; the sliders go along {given} of its directions");
        }
        ui.add_space(6.0);
        let text = RichText::new(format!("Computed: {words}.")).font(fonts::regular(fonts::SMALL));
        ui.label(text.color(theme.ink2));
        ui.add_space(4.0);
        if !self.editor.open && link(ui, "Edit generators").clicked() {
            self.edit_group();
        }
    }

    /// Why what was typed was not taken, to be read at once.
    pub(super) fn refused_ui(ui: &mut Ui, error: &str) {
        ui.add_space(6.0);
        let ink = Theme::of(ui.ctx()).bad;
        let said =
            ui.label(RichText::new(format!("✗ {error}")).font(fonts::regular(fonts::SMALL)).color(ink));
        said.widget_info(|| WidgetInfo::labeled(Role::Alert, true, error));
    }

    /// A slider for every Lie generator, and two buttons for every discrete one.
    pub(super) fn own_algebra_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let Some(own) = self.settings.own.clone() else { return };
        if own.at.is_empty() {
            caption(ui, "None: the group is discrete");
        }
        let mut committed = false;
        for (k, t) in own.at.iter().enumerate() {
            let mut value = *t;
            let (label, name) = (format!("$t_{{{}}}$", k + 1), format!("Coordinate {} of X", k + 1));
            let hint = format!(
                "g = w exp X, X the sum of the $t_k A_k$; $A_{{{0}}}$ is line {0} of the generators",
                k + 1
            );
            let end = own.group.end(k);
            let moved = Slider {
                label: &label,
                name: &name,
                hint: &hint,
                value: &mut value,
                range: -end..=end,
                log: false,
                origin: 0.0,
                decimals: 2,
                kind: Kind::Group,
            }
            .show(ui);
            committed |= moved.committed;
            if value != *t {
                self.passage.stop();
                let next = own.with(k, value);
                if next.is_some_and(|next| self.settings.set_own(next)) {
                    ui.ctx().request_repaint();
                } else if moved.committed {
                    cx.requests.push(Request::Say("That element is too large to be drawn".to_owned()));
                }
            }
        }
        if let Some(letter) = letters(ui, own.group.matrices().discrete().len()) {
            match own.after(letter) {
                Some(next) => {
                    self.glide(ui.ctx());
                    self.settings.set_own(next);
                    committed = true;
                }
                None => {
                    cx.requests.push(Request::Say("That product is too long or too large here".to_owned()))
                }
            }
        }
        if committed {
            self.commit(cx);
        }
    }
}

/// The buttons that multiply by a discrete generator or by its inverse; the one that was pressed.
fn letters(ui: &mut Ui, count: usize) -> Option<i8> {
    if count == 0 {
        return None;
    }
    section_header(ui, "MULTIPLY BY", Theme::of(ui.ctx()).ink3);
    let mut pressed = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
        for j in 1..=i8::try_from(count).unwrap_or(i8::MAX) {
            for k in [j, -j] {
                let size = vec2(BUTTON, row_height(ui));
                if ui.allocate_ui(size, |ui| wide_button(ui, &letter(k))).inner.clicked() {
                    pressed = Some(k);
                }
            }
        }
    });
    pressed
}

pub(super) fn caption(ui: &mut Ui, text: &str) {
    ui.add_space(6.0);
    let ink = Theme::of(ui.ctx()).ink3;
    ui.label(RichText::new(text).font(fonts::regular(fonts::SMALL)).color(ink));
    ui.add_space(4.0);
}

/// A field of some lines; whether something was typed.
pub(super) fn area(ui: &mut Ui, name: &str, text: &mut String, hint: &str) -> bool {
    let theme = Theme::of(ui.ctx());
    let frame = Frame::new()
        .fill(theme.ctl)
        .stroke(Stroke::new(1.0, Color32::TRANSPARENT))
        .corner_radius(CornerRadius::same(RADIUS))
        .inner_margin(Margin::symmetric(10, 6));
    let rows = text.lines().count().clamp(2, 5);
    let output = TextEdit::multiline(text)
        .id(ui.scope_id().with(name))
        .font(fonts::regular(fonts::BODY))
        .text_color(theme.ink)
        .hint_text(hint)
        .char_limit(crate::labs::decompositions::own_text::LONGEST)
        .frame(frame)
        .desired_rows(rows)
        .min_size(vec2(0.0, row_height(ui)))
        .desired_width(f32::INFINITY)
        .show(ui);
    let response = output.response.response;
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::TextInput, true, name);
        info.current_text_value = Some(text.clone());
        info
    });
    response.changed()
}
