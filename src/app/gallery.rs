//! The start page: one sentence, a square that moves, and a card for every lab there is.

use eframe::egui::{
    Align, Align2, Color32, CornerRadius, Layout, Painter, Pos2, Rect, ScrollArea, Stroke, StrokeKind, Ui,
    UiBuilder, pos2, vec2,
};

use super::chrome;
use super::shell::Shell;
use crate::labs::{LabMeta, LayoutKind, Section};
use crate::ui::{controls, fonts, theme::Theme};

const TITLE: &str = "Two roads. Same picture?";
const LEAD: [&str; 2] = [
    "Transform, then compute. Or compute, then transform.",
    "Drag, and see when a neural network respects a symmetry.",
];
/// Width of a card in the designed width of the page, and the gap between two.
const CARD: f32 = 282.0;
const GAP: f32 = 24.0;
/// Height of a card, of the picture in it, of a section's title, and the space below a row.
const CARD_HEIGHT: f32 = 232.0;
const PICTURE: f32 = 112.0;
const HEADING: f32 = 40.0;
const BELOW: f32 = 8.0;
/// Height of the one action of the page.
const ACTION: f32 = 40.0;
/// Between a card's name and its groups, and between two of these.
const CHIP_GAP: f32 = 4.0;
/// Most that the cards are spread over.
const WIDEST: f32 = 1200.0;
/// The square beside the title.
const HERO: (f32, f32) = (480.0, 256.0);

/// Draws the page into all of `ui`.
pub fn show(shell: &mut Shell, ui: &mut Ui, layout: LayoutKind) {
    let margin = if layout == LayoutKind::Phone { 16.0 } else { 40.0 };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let space = ui.max_rect();
        let width = (space.width() - 2.0 * margin).clamp(200.0, WIDEST);
        let left = space.left() + ((space.width() - width) / 2.0).max(margin);
        let top = ui.cursor().top();
        let hero = Rect::from_min_size(pos2(left, top), vec2(width, 0.0));
        let below =
            if width >= HERO.0 + 520.0 { side_by_side(shell, ui, hero) } else { stacked(shell, ui, hero) };
        let bottom = cards(shell, ui, Rect::from_min_size(pos2(left, below), vec2(width, 0.0)));
        // Tells the scroll area how far the page reaches.
        let page = Rect::from_min_max(pos2(left, top), pos2(left + width, bottom + 32.0));
        ui.scope_builder(UiBuilder::new().max_rect(page), |ui| ui.allocate_space(page.size()));
    });
}

/// Title at the left, the square at the right.
fn side_by_side(shell: &mut Shell, ui: &mut Ui, space: Rect) -> f32 {
    words(shell, ui, pos2(space.left(), space.top() + 40.0), 560.0, true);
    let x = space.right() - HERO.0 - 56.0;
    square(shell, ui, Rect::from_min_size(pos2(x, space.top()), HERO.into()));
    space.top() + HERO.1 + 8.0
}

/// Title above the square.
fn stacked(shell: &mut Shell, ui: &mut Ui, space: Rect) -> f32 {
    let bottom = words(shell, ui, pos2(space.left(), space.top() + 24.0), space.width(), false);
    let width = space.width().min(HERO.0);
    let size = vec2(width, width * HERO.1 / HERO.0);
    square(shell, ui, Rect::from_min_size(pos2(space.center().x - width / 2.0, bottom + 24.0), size));
    bottom + 24.0 + size.y + 8.0
}

/// Title, two sentences and the button; answers with their lower edge.
fn words(shell: &mut Shell, ui: &mut Ui, at: Pos2, width: f32, lines: bool) -> f32 {
    let theme = Theme::of(ui.ctx());
    let painter = ui.painter().clone();
    let lead = if lines { LEAD.join("\n") } else { LEAD.join(" ") };
    let y = paragraph(&painter, at, TITLE, fonts::semibold(fonts::TITLE), theme.ink, width, 40.0);
    let y = paragraph(
        &painter,
        pos2(at.x, y + 12.0),
        &lead,
        fonts::regular(fonts::LEAD),
        theme.ink2,
        width,
        28.0,
    );
    let Some(first) = shell.exhibits.first() else { return y };
    let text = format!("Start with {}", first.lab.meta().title);
    let font = fonts::medium(fonts::BODY);
    let size = vec2(chrome::width(ui, &text, font.clone()) + 32.0, controls::row_height(ui).max(ACTION));
    let rect = Rect::from_min_size(pos2(at.x, y + 24.0), size);
    let response = chrome::pressable(ui, rect, "start", &text);
    let fill = if response.hovered() { theme.ink2 } else { theme.ink };
    painter.rect_filled(rect, 6.0, fill);
    painter.text(rect.center(), Align2::CENTER_CENTER, &text, font, theme.bg);
    controls::focus_ring(ui, &response, 6.0);
    shell.place("shell.start", &response);
    if response.clicked() {
        shell.go(ui.ctx(), Some(0));
    }
    response.rect.bottom()
}

/// The first lab draws itself as the hero of the page.
fn square(shell: &mut Shell, ui: &Ui, rect: Rect) {
    if let Some(first) = shell.exhibits.first_mut() {
        first.lab.thumbnail(&ui.painter().with_clip_rect(rect.intersect(ui.clip_rect())), rect);
    }
}

/// Sections with their cards; answers with the lower edge.
fn cards(shell: &mut Shell, ui: &mut Ui, space: Rect) -> f32 {
    let columns = (((space.width() + GAP) / (CARD + GAP)).floor() as usize).clamp(1, 4);
    let card = vec2((space.width() - GAP * (columns - 1) as f32) / columns as f32, CARD_HEIGHT);
    // On the designed width two sections of two cards stand side by side.
    let per_section = if columns == 4 { 2 } else { columns };
    let sections_in_row = columns / per_section;
    let section_width = (card.x + GAP) * per_section as f32;
    let mut top = space.top();
    let mut open = None;
    for row in sections(shell).chunks(sections_in_row) {
        let mut bottom = top;
        for (k, (section, members)) in row.iter().enumerate() {
            let left = space.left() + section_width * k as f32;
            heading(ui, pos2(left, top + HEADING / 2.0), section.title());
            for (i, &member) in members.iter().enumerate() {
                let (column, line) = (i % per_section, i / per_section);
                let at = pos2(
                    left + (card.x + GAP) * column as f32,
                    top + HEADING + (CARD_HEIGHT + BELOW) * line as f32,
                );
                let rect = Rect::from_min_size(at, card);
                if draw_card(shell, ui, member, rect) {
                    open = Some(member);
                }
                bottom = bottom.max(rect.bottom() + BELOW);
            }
        }
        top = bottom;
    }
    if open.is_some() {
        shell.go(ui.ctx(), open);
    }
    top
}

/// The sections that have labs, each with the positions of its labs.
fn sections(shell: &Shell) -> Vec<(Section, Vec<usize>)> {
    let mut sections: Vec<(Section, Vec<usize>)> = Vec::new();
    for (index, exhibit) in shell.exhibits.iter().enumerate() {
        let section = exhibit.lab.meta().section;
        match sections.iter_mut().find(|(known, _)| *known == section) {
            Some((_, members)) => members.push(index),
            None => sections.push((section, vec![index])),
        }
    }
    sections.sort_by_key(|(section, _)| *section);
    sections
}

fn heading(ui: &Ui, at: Pos2, text: &str) {
    let theme = Theme::of(ui.ctx());
    ui.painter().text(at, Align2::LEFT_CENTER, text, fonts::semibold(fonts::BODY), theme.ink);
}

/// A card; true when it was pressed.
fn draw_card(shell: &mut Shell, ui: &mut Ui, index: usize, rect: Rect) -> bool {
    let theme = Theme::of(ui.ctx());
    let Some(exhibit) = shell.exhibits.get_mut(index) else { return false };
    let meta = exhibit.lab.meta();
    let radius = CornerRadius::same(8);
    let response = chrome::pressable(ui, rect, meta.slug, &format!("Open {}. {}", meta.title, meta.summary));
    let painter = ui.painter().clone();
    painter.rect_filled(rect, radius, theme.surf);
    let picture = Rect::from_min_size(rect.min, vec2(rect.width(), PICTURE));
    painter.rect_filled(picture, CornerRadius { nw: 8, ne: 8, sw: 0, se: 0 }, theme.bg);
    if ui.is_rect_visible(picture) {
        exhibit.lab.thumbnail(&painter.with_clip_rect(picture.intersect(ui.clip_rect())), picture);
    }
    painter.hline(picture.x_range(), picture.bottom(), Stroke::new(1.0, theme.line));
    let rim = if response.hovered() { theme.axis } else { theme.line };
    painter.rect_stroke(rect, radius, Stroke::new(1.0, rim), StrokeKind::Inside);
    caption(ui, &painter, meta, Rect::from_min_max(pos2(rect.left(), picture.bottom()), rect.max));
    controls::focus_ring(ui, &response, 8.0);
    shell.places.push((format!("shell.card.{}", meta.slug), rect));
    response.clicked()
}

/// Title, groups, sentence and source of a lab.
fn caption(ui: &mut Ui, painter: &Painter, meta: &LabMeta, space: Rect) {
    let theme = Theme::of(ui.ctx());
    let inner = space.shrink2(vec2(17.0, 11.0));
    let at = pos2(inner.left(), inner.top() + 12.0);
    let title = painter.text(at, Align2::LEFT_CENTER, meta.title, fonts::semibold(fonts::BODY), theme.ink);
    let chips = Rect::from_min_size(inner.min, vec2(inner.width(), 24.0));
    let groups: Vec<String> = meta.chips.iter().map(|chip| chrome::group_markup(chip)).collect();
    // The name comes first: groups that would lie over it are left out.
    let shown = controls::chips_that_fit(ui, &groups, chips.right() - title.right() - CHIP_GAP, CHIP_GAP);
    let layout = Layout::right_to_left(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(chips).layout(layout), |ui| {
        ui.spacing_mut().item_spacing.x = CHIP_GAP;
        for group in groups.iter().take(shown).rev() {
            controls::chip(ui, group);
        }
    });
    let small = fonts::regular(fonts::SMALL);
    let at = pos2(inner.left(), inner.top() + 28.0);
    let y = paragraph(painter, at, meta.summary, small.clone(), theme.ink2, inner.width(), 16.0);
    paragraph(painter, pos2(inner.left(), y + 8.0), meta.source, small, theme.ink3, inner.width(), 16.0);
}

/// Paints wrapped text with a line height; answers with its lower edge.
fn paragraph(
    painter: &Painter,
    at: Pos2,
    text: &str,
    font: eframe::egui::FontId,
    colour: Color32,
    width: f32,
    line: f32,
) -> f32 {
    use eframe::egui::text::{LayoutJob, TextFormat, TextWrapping};
    // Large type is set a little tighter.
    let extra_letter_spacing = if font.size >= fonts::TITLE { -0.3 } else { 0.0 };
    let format = TextFormat {
        font_id: font,
        extra_letter_spacing,
        color: colour,
        line_height: Some(line),
        ..Default::default()
    };
    let mut job = LayoutJob::single_section(text.to_owned(), format);
    job.wrap = TextWrapping { max_width: width, ..Default::default() };
    let galley = painter.layout_job(job);
    let bottom = at.y + galley.size().y;
    painter.galley(at, galley, colour);
    bottom
}
