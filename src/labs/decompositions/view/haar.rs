//! Random elements by Haar measure: a cloud, the marginals of their coordinates, and the share that exp misses.

use super::Decompositions;
use super::atlas::Chart;
use crate::labs::decompositions::density::BARS;
use crate::labs::decompositions::haar::{Law, Marginal, SAMPLES, Sample, histogram, missed};
use crate::labs::decompositions::own::OwnGroup;
use crate::labs::decompositions::own_haar::seen_moments;
use crate::labs::decompositions::settings::{Family, Panel, Settings};
use crate::labs::lab::LabCx;
use crate::maths::rng::Rng;
use crate::ui::controls::icon_button;
use crate::ui::icons::Icon;
use crate::ui::line::Line;
use crate::ui::numbers::{degrees, fixed};
use crate::ui::theme::Theme;
use crate::ui::{fonts, typeset};
use crate::viz::Pen;
use eframe::egui::{
    Align, Align2, Painter, Pos2, Rect, RichText, Role, Sense, Shape, Stroke, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};
use std::sync::Arc;

/// Spaces between the ticks below it, on a field at least this wide; half as many on narrower ones.
const TICKS: (usize, f32) = (4, 220.0);

/// The elements of one group and seed. They come in over some frames, a few milliseconds' worth in each.
#[derive(Clone, Debug)]
pub(super) struct Cloud {
    family: Family,
    own: Option<Arc<OwnGroup>>,
    seed: u64,
    law: Law,
    rng: Rng,
    samples: Vec<Sample>,
}

impl Cloud {
    /// With the first elements.
    fn new(s: &Settings, law: Law) -> Self {
        let own = s.own.as_ref().map(|own| own.group.clone());
        let (family, seed, rng) = (s.family, s.seed, Rng::new(s.seed, 0));
        let mut cloud = Self { family, own, seed, law, rng, samples: Vec::new() };
        cloud.grow();
        cloud
    }

    /// Whether they are of the group that is chosen.
    fn of(&self, s: &Settings) -> bool {
        self.family == s.family && self.own.as_ref() == s.own.as_ref().map(|own| &own.group)
    }

    fn grow(&mut self) {
        let count = self.law.batch().min(SAMPLES - self.samples.len());
        self.samples.extend(self.law.draw(&mut self.rng, count));
    }

    /// The weight of the heaviest.
    fn most(&self) -> f64 {
        self.samples.iter().map(|s| s.weight).fold(0.0, f64::max)
    }
}

impl Decompositions {
    /// The elements of the present group and seed, as far as they have come in; none where the group has no law.
    fn samples(&mut self) -> Option<&Cloud> {
        let s = &self.settings;
        if self.haar.as_ref().is_none_or(|c| c.seed != s.seed || !c.of(s)) {
            let known = self.haar.take().filter(|c| c.of(s)).map(|c| c.law);
            let law = || match &s.own {
                Some(own) => own.group.law().ok().cloned(),
                None => Law::of(s.family.slug()),
            };
            self.haar = known.or_else(law).map(|law| Cloud::new(s, law));
        }
        self.haar.as_ref()
    }

    /// Takes in the first elements, or more of them, where they are shown.
    pub(super) fn gather(&mut self) {
        if self.gathering() {
            self.haar.iter_mut().for_each(Cloud::grow);
        } else if self.settings.panel == Panel::Haar {
            self.samples();
        }
    }

    /// Whether elements that are shown are still coming in.
    pub(super) fn gathering(&self) -> bool {
        let s = &self.settings;
        let partial = |c: &Cloud| c.of(s) && c.seed == s.seed && c.samples.len() < SAMPLES;
        self.settings.panel == Panel::Haar && self.haar.as_ref().is_some_and(partial)
    }

    /// Whether the elements have a place on the map of SL(2, R).
    pub(super) fn cloud_on_map(&mut self) -> bool {
        self.samples().is_none_or(|cloud| cloud.law.on_map())
    }

    /// Points on the map, their areas as their weights.
    pub(super) fn cloud(&mut self, painter: &Painter, theme: &Theme, chart: Chart) {
        let Some(cloud) = self.samples() else { return };
        let most = cloud.most();
        painter.extend(cloud.samples.iter().map(|s| dot(theme, chart.point(s.place()), s.weight / most)));
    }

    /// Points over two coordinates, for groups without a map: the first one across, the second one up; where there is but
    /// one, in the order in which they were drawn.
    pub(super) fn scatter_ui(&mut self, ui: &mut Ui, rect: Rect) {
        let theme = Theme::of(ui.ctx());
        let Some(cloud) = self.samples() else { return };
        let [Some(across), up] = [0, 1].map(|k| cloud.law.marginals.get(k)) else { return };
        let field = Rect::from_min_max(rect.min + vec2(8.0, 48.0), rect.max - vec2(24.0, 44.0));
        let most = cloud.most();
        ui.painter().hline(field.x_range(), field.bottom(), Stroke::new(1.0, theme.axis));
        ui.painter().vline(field.left(), field.y_range(), Stroke::new(1.0, theme.axis));
        let share = |m: &Marginal, s: &Sample| {
            let [lo, hi] = m.density.range();
            s.values(m).first().map_or(0.0, |v| ((v - lo) / (hi - lo)) as f32)
        };
        ui.painter().extend(cloud.samples.iter().enumerate().map(|(i, s)| {
            let y = up.map_or(i as f32 / SAMPLES as f32, |m| share(m, s));
            let at =
                pos2(field.left() + field.width() * share(across, s), field.bottom() - field.height() * y);
            dot(theme, at, s.weight / most)
        }));
        ticks(ui.painter(), theme, across, field);
        let title = |m: Option<&Marginal>| m.map_or("Order", |m| m.title);
        let font = || fonts::regular(fonts::SMALL);
        // Outside the field, where no point lies.
        let above = field.left_top() - vec2(0.0, 6.0);
        ui.painter().text(above, Align2::LEFT_BOTTOM, title(up), font(), theme.ink3);
        let below = field.right_bottom() + vec2(0.0, 20.0);
        ui.painter().text(below, Align2::RIGHT_TOP, across.title, font(), theme.ink3);
        let name = format!("Random elements, {} across and {} up", across.title, title(up));
        let label = ui.interact(field, ui.scope_id().with("scatter"), Sense::hover());
        label.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    }

    /// All marginals in two rows.
    pub(super) fn marginals_ui(&mut self, ui: &mut Ui, rows: [Rect; 2]) {
        let Some(count) = self.samples().map(|c| c.law.marginals.len()) else {
            self.lawless_ui(ui, rows[0].union(rows[1]));
            return;
        };
        let first = (count / 2).max(1);
        for (row, (from, to)) in rows.into_iter().zip([(0, first), (first, count)]) {
            let gap = 32.0;
            let wide = (row.width() + gap) / (to - from).max(1) as f32 - gap;
            for which in from..to {
                let left = row.left() + (wide + gap) * (which - from) as f32;
                let place = Rect::from_min_size(pos2(left, row.top()), vec2(wide, row.height()));
                self.marginal_ui(ui, place, which);
            }
        }
    }

    /// Why an own group has no random elements.
    fn lawless_ui(&self, ui: &mut Ui, rect: Rect) {
        let Some(why) = self.settings.own.as_ref().and_then(|own| own.group.law().err()) else { return };
        let ink = Theme::of(ui.ctx()).ink2;
        let mut child = ui.new_child(UiBuilder::new().max_rect(rect));
        child.set_max_width(rect.width().min(480.0));
        child.label(RichText::new(why).font(fonts::regular(14.0)).color(ink));
    }

    /// A marginal as bars, with the exact density as a line; beyond the last it is the last that tells of stretches.
    pub(super) fn marginal_ui(&mut self, ui: &mut Ui, rect: Rect, which: usize) {
        let theme = Theme::of(ui.ctx());
        let Some(cloud) = self.samples() else {
            self.lawless_ui(ui, rect);
            return;
        };
        let Some(m) = cloud.law.marginals.get(which).or_else(|| cloud.law.principal()) else { return };
        let bars = histogram(&cloud.samples, m, BARS);
        let painter = ui.painter().clone();
        let name = painter.text(
            rect.min + vec2(0.0, 11.0),
            Align2::LEFT_CENTER,
            m.title,
            fonts::medium(14.0),
            theme.ink,
        );
        let size = if rect.width() > 400.0 { 18.0 } else { 15.0 };
        let set = typeset::layout(ui.ctx(), m.formula, size, theme.ink);
        if name.right() + 12.0 + set.size().x < rect.right() {
            set.paint_at_baseline(&painter, pos2(rect.right(), rect.top() + 18.0), Align::RIGHT);
        }
        let field = Rect::from_min_max(rect.min + vec2(0.0, 32.0), rect.max - vec2(0.0, 20.0));
        let [lo, hi] = m.density.range();
        let top = 1.1 * bars.iter().copied().fold(m.density.most(), f64::max);
        let at = |v: f64, d: f64| -> Pos2 {
            let (x, y) = ((v - lo) / (hi - lo), d / top);
            pos2(field.left() + field.width() * x as f32, field.bottom() - field.height() * y as f32)
        };
        let width = (hi - lo) / BARS as f64;
        let line: Vec<Pos2> = m.density.graph().map(|(v, d)| at(v, d)).collect();
        Pen::draw(&painter, |pen| {
            for (k, d) in bars.iter().enumerate() {
                let from = lo + width * k as f64;
                let (a, b) = (at(from, 0.0) + vec2(1.0, 0.0), at(from + width, *d) - vec2(1.0, 0.0));
                pen.area(&[a, pos2(b.x, a.y), b, pos2(a.x, b.y)], theme.g.gamma_multiply(0.35));
            }
            pen.segment([field.left_bottom(), field.right_bottom()], Stroke::new(1.0, theme.axis));
            pen.line(&line, Stroke::new(2.0, theme.ink));
        });
        ticks(&painter, theme, m, field);
        let name = format!("{}: bars of the samples under the exact density", m.title);
        let label = ui.interact(rect, ui.scope_id().with(("marginal", which)), Sense::hover());
        label.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    }

    /// What share exp misses, of the samples and exactly; where the measure is cut off; new samples.
    pub(super) fn missed_ui(&mut self, ui: &mut Ui, rect: Rect, cx: &mut LabCx<'_>) {
        let theme = Theme::of(ui.ctx());
        let Some(cloud) = self.samples() else { return };
        let texts = [missed_words(cloud), cut_words(cloud)];
        // The button stands at the right end.
        let room = rect.width() - 40.0;
        let font = |k: usize| fonts::regular(if k == 0 { 14.0 } else { fonts::SMALL });
        let long = |k: usize| Line::layout(ui.ctx(), &texts[k][0], &font(k), theme.ink).size().x > room;
        // Of moments the exact ones stand in the first line in full, or in the second one in short.
        let brief = cloud.law.moments.is_some() && (long(0) || long(1));
        for (k, (variants, ink)) in texts.iter().zip([theme.ink, theme.ink3]).enumerate() {
            let font = font(k);
            let set = |text: &String, font| Line::layout(ui.ctx(), text, &font, ink);
            let [long, short] = variants;
            let (text, line) = match set(long, font.clone()) {
                line if line.size().x <= room && !brief => (long, line),
                _ => match set(short, font) {
                    line if line.size().x <= room => (short, line),
                    _ => (short, set(short, fonts::regular(fonts::SMALL))),
                },
            };
            let at = rect.left_center() + vec2(0.0, if k == 0 { -8.0 } else { 10.0 });
            let place = line.paint(ui.painter(), at, Align2::LEFT_CENTER);
            let label = ui.interact(place, ui.scope_id().with(("missed", k)), Sense::hover());
            label.widget_info(|| WidgetInfo::labeled(Role::Label, true, Line::plain(text)));
        }
        let corner = Rect::from_min_max(pos2(rect.right() - 32.0, rect.top()), rect.max);
        let mut child = ui.new_child(UiBuilder::new().max_rect(corner));
        if icon_button(&mut child, Icon::Dice, "New samples", false).clicked() {
            self.settings.seed = self.settings.seed.wrapping_add(1);
            self.commit(cx);
        }
    }
}

/// What share exp misses, in full and in short.
fn missed_words(cloud: &Cloud) -> [String; 2] {
    if let Some(exact) = cloud.law.moments {
        return moment_words(cloud, exact);
    }
    let percent = |v: f64| format!("{} %", fixed(100.0 * v, 1));
    let seen = percent(missed(&cloud.samples));
    match cloud.law.missed {
        Some(0.0) => [(); 2].map(|()| "exp reaches all of them".to_owned()),
        Some(exact) => {
            let exact = percent(exact);
            [
                format!("exp misses {seen} of them; exactly {exact}"),
                format!("exp misses {seen}, exactly {exact}"),
            ]
        }
        None => [(); 2].map(|()| format!("exp misses {seen} of them")),
    }
}

/// The means of tr g and its square over an own group, in full beside the exact ones, and in short.
fn moment_words(cloud: &Cloud, exact: [f64; 2]) -> [String; 2] {
    let [one, two] =
        seen_moments(&cloud.samples).map(|(mean, error)| format!("{} ± {}", fixed(mean, 2), fixed(error, 2)));
    let [first, second] = exact;
    [
        format!("Mean of $\\tr g$: {one}, exactly {first}; of $(\\tr g)^{{2}}$: {two}, exactly {second}"),
        format!("$\\tr g$: {one}, $(\\tr g)^{{2}}$: {two}"),
    ]
}

/// How many there are and where the measure is cut off, in full and in short.
fn cut_words(cloud: &Cloud) -> [String; 2] {
    let count = format!("{} samples", cloud.samples.len());
    match cloud.law.cut.as_str() {
        "" => [count.clone(), count],
        cut => {
            let exact = cloud.law.moments.map(|[a, b]| format!("means, exactly {a} and {b}; {count}"));
            [format!("{count}, {cut}"), exact.unwrap_or_else(|| cut.to_owned())]
        }
    }
}

/// A sample of that share of the largest weight.
fn dot(theme: &Theme, at: Pos2, share: f64) -> Shape {
    let r = 1.9 * share.sqrt() as f32;
    Shape::circle_filled(at, r.max(0.7), theme.g.gamma_multiply(0.55))
}

/// Numbers under a field, from one end of the coordinate to the other.
fn ticks(painter: &Painter, theme: &Theme, m: &Marginal, field: Rect) {
    let [lo, hi] = m.density.range();
    let (many, wide) = TICKS;
    let count = if field.width() < wide { many / 2 } else { many };
    for i in 0..=count {
        let share = i as f64 / count as f64;
        let v = lo + (hi - lo) * share;
        let text = if m.angle { degrees(v, 0) } else { fixed(v, 2) };
        let align = [Align2::LEFT_CENTER, Align2::CENTER_CENTER, Align2::RIGHT_CENTER]
            [usize::from(i > 0) + usize::from(i == count)];
        let at = pos2(field.left() + field.width() * share as f32, field.bottom() + 10.0);
        painter.text(at, align, text, fonts::regular(fonts::SMALL), theme.ink3);
    }
}
