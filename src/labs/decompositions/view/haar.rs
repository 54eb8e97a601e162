//! Random elements of SL(2, R) by Haar measure, cut off at the rim of the map: a cloud, its marginals, and the share
//! that exp misses.

use super::Decompositions;
use super::atlas::Chart;
use crate::labs::decompositions::element::place;
use crate::labs::decompositions::map::SMALLEST;
use crate::labs::lab::LabCx;
use crate::maths::MatrixGroup;
use crate::maths::exp::reach::{reaches, unreached_share};
use crate::maths::haar::{HaarLaw, Truncation};
use crate::maths::rng::Rng;
use crate::ui::controls::icon_button;
use crate::ui::icons::Icon;
use crate::ui::line::Line;
use crate::ui::numbers::fixed;
use crate::ui::theme::Theme;
use crate::ui::{fonts, typeset};
use eframe::egui::{
    Align, Align2, Painter, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use std::f64::consts::PI;

/// Elements that are drawn.
const SAMPLES: usize = 1500;
/// Bars of a histogram.
const BARS: usize = 24;

/// A random element on the map, and what it counts.
#[derive(Clone, Copy, Debug)]
struct Sample {
    turn: f64,
    stretch: f64,
    weight: f64,
}

/// The elements of one seed.
#[derive(Clone, Debug)]
pub(super) struct Cloud {
    seed: u64,
    samples: Vec<Sample>,
}

impl Cloud {
    /// Draws the elements; none where the law does not exist.
    fn draw(seed: u64) -> Option<Self> {
        let group: MatrixGroup = "SL(2)".parse().ok()?;
        // X is symmetric with eigenvalues ± t: its Frobenius norm is √2 t.
        let radius = SMALLEST * std::f64::consts::SQRT_2;
        let law = HaarLaw::new(&group, Truncation { radius, ..Truncation::default() }).ok()?;
        let mut rng = Rng::new(seed, 0);
        let samples = (0..SAMPLES).map(|_| law.draw(&mut rng)).map(|d| {
            let (turn, stretch) = place(&d.element);
            Sample { turn, stretch, weight: d.log_weight.exp() }
        });
        Some(Self { seed, samples: samples.collect() })
    }

    /// Weighted share of the samples in each of equally wide bars, divided by a bar's width: a density.
    fn histogram(&self, lo: f64, hi: f64, value: impl Fn(&Sample) -> f64) -> Vec<f64> {
        let mut bars = [0.0; BARS];
        for s in &self.samples {
            let k = ((value(s) - lo) / (hi - lo) * BARS as f64).floor().clamp(0.0, BARS as f64 - 1.0);
            bars[k as usize] += s.weight;
        }
        let unit = self.samples.iter().map(|s| s.weight).sum::<f64>() * (hi - lo) / BARS as f64;
        bars.iter().map(|b| b / unit).collect()
    }

    /// Weighted share that exp does not reach.
    fn missed(&self) -> f64 {
        let all: f64 = self.samples.iter().map(|s| s.weight).sum();
        let out = self.samples.iter().filter(|s| !reaches(s.stretch, s.turn)).map(|s| s.weight);
        out.sum::<f64>() / all
    }
}

/// The exact density of t: sinh 2t, scaled to the interval from 0 to the rim.
fn stretch_density(t: f64) -> f64 {
    2.0 * (2.0 * t).sinh() / ((2.0 * SMALLEST).cosh() - 1.0)
}

impl Decompositions {
    /// The elements of the present seed.
    fn samples(&mut self) -> Option<&Cloud> {
        if self.haar.as_ref().is_none_or(|c| c.seed != self.settings.seed) {
            self.haar = Cloud::draw(self.settings.seed);
        }
        self.haar.as_ref()
    }

    /// Points on the map, their areas as their weights.
    pub(super) fn cloud(&mut self, painter: &Painter, theme: &Theme, chart: Chart) {
        let Some(cloud) = self.samples() else { return };
        let most = cloud.samples.iter().map(|s| s.weight).fold(0.0, f64::max);
        let color = theme.g.gamma_multiply(0.55);
        painter.extend(cloud.samples.iter().map(|s| {
            let r = 1.9 * (s.weight / most).sqrt() as f32;
            Shape::circle_filled(chart.point((s.turn, s.stretch)), r.max(0.7), color)
        }));
    }

    /// A marginal as bars, with the exact density as a line; which = 0 is the turn, 1 the stretch.
    pub(super) fn marginal_ui(&mut self, ui: &mut Ui, rect: Rect, which: usize) {
        let theme = Theme::of(ui.ctx());
        let Some(cloud) = self.samples() else { return };
        let (title, formula, lo, hi, ticks) = if which == 0 {
            let ticks = [(-PI, "−180°"), (-PI / 2.0, "−90°"), (0.0, "0°"), (PI / 2.0, "90°"), (PI, "180°")];
            ("Turn", r"p: \uniform", -PI, PI, ticks)
        } else {
            let ticks = [(0.0, "0"), (0.43, "0.43"), (0.86, "0.86"), (1.29, "1.29"), (1.72, "1.72")];
            ("Stretch", r"t ∼ \sinh 2t", 0.0, SMALLEST, ticks)
        };
        let bars = cloud.histogram(lo, hi, |s| if which == 0 { s.turn } else { s.stretch });
        let exact = |v: f64| if which == 0 { 1.0 / (2.0 * PI) } else { stretch_density(v) };
        let painter = ui.painter().clone();
        painter.text(rect.min + vec2(0.0, 11.0), Align2::LEFT_CENTER, title, fonts::medium(14.0), theme.ink);
        let set = typeset::layout(ui.ctx(), formula, 18.0, theme.ink);
        set.paint_at_baseline(&painter, pos2(rect.right(), rect.top() + 18.0), Align::RIGHT);
        let field = Rect::from_min_max(rect.min + vec2(0.0, 32.0), rect.max - vec2(0.0, 20.0));
        let top = 1.15 * bars.iter().copied().fold(exact(hi), f64::max);
        let at = |v: f64, d: f64| -> Pos2 {
            let (x, y) = ((v - lo) / (hi - lo), d / top);
            pos2(field.left() + field.width() * x as f32, field.bottom() - field.height() * y as f32)
        };
        let width = (hi - lo) / BARS as f64;
        for (k, d) in bars.iter().enumerate() {
            let from = lo + width * k as f64;
            let bar =
                Rect::from_two_pos(at(from, 0.0) + vec2(1.0, 0.0), at(from + width, *d) - vec2(1.0, 0.0));
            painter.rect_filled(bar, 1.0, theme.g.gamma_multiply(0.35));
        }
        painter.hline(field.x_range(), field.bottom(), Stroke::new(1.0, theme.axis));
        let line: Vec<Pos2> =
            (0..=64).map(|i| lo + (hi - lo) * f64::from(i) / 64.0).map(|v| at(v, exact(v))).collect();
        painter.add(Shape::line(line, Stroke::new(2.0, theme.ink)));
        for (i, (v, text)) in ticks.into_iter().enumerate() {
            let align = [Align2::LEFT_CENTER, Align2::CENTER_CENTER, Align2::RIGHT_CENTER]
                [usize::from(i > 0) + usize::from(i > 3)];
            painter.text(
                pos2(at(v, 0.0).x, field.bottom() + 10.0),
                align,
                text,
                fonts::regular(12.0),
                theme.ink3,
            );
        }
        let label = ui.interact(rect, ui.scope_id().with(("marginal", which)), Sense::hover());
        label.widget_info(|| {
            WidgetInfo::labeled(
                Role::Image,
                true,
                format!("{title}: bars of the samples under the exact density"),
            )
        });
    }

    /// What share exp misses, of the samples and exactly; new samples.
    pub(super) fn missed_ui(&mut self, ui: &mut Ui, rect: Rect, cx: &mut LabCx<'_>) {
        let theme = Theme::of(ui.ctx());
        let Some(cloud) = self.samples() else { return };
        let percent = |v: f64| format!("{} %", fixed(100.0 * v, 1));
        let text = format!(
            "exp misses {} of them; exactly {}",
            percent(cloud.missed()),
            percent(unreached_share(SMALLEST))
        );
        let line = Line::layout(ui.ctx(), &text, &fonts::regular(14.0), theme.ink);
        let place = line.paint(ui.painter(), rect.left_center(), Align2::LEFT_CENTER);
        let label = ui.interact(place, ui.scope_id().with("missed"), Sense::hover());
        label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
        let corner = Rect::from_min_max(pos2(rect.right() - 32.0, rect.top()), rect.max);
        let mut child = ui.new_child(UiBuilder::new().max_rect(corner));
        if icon_button(&mut child, Icon::Dice, "New samples", false).clicked() {
            self.settings.seed = self.settings.seed.wrapping_add(1);
            self.commit(cx);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_marginals_are_those_of_the_haar_measure() {
        let cloud = Cloud::draw(3).unwrap();
        let width = SMALLEST / BARS as f64;
        let bars = cloud.histogram(0.0, SMALLEST, |s| s.stretch);
        assert!((bars.iter().sum::<f64>() * width - 1.0).abs() < 1e-9);
        // Cumulated, bars and density differ by a few standard errors at most: 1500 samples, weights within a factor of 5.
        let (mut seen, mut exact) = (0.0, 0.0);
        for (k, bar) in bars.iter().enumerate() {
            seen += bar * width;
            exact += stretch_density((k as f64 + 0.5) * width) * width;
            assert!((seen - exact).abs() < 0.06, "{k}: {seen} {exact}");
        }
        assert!((cloud.missed() - unreached_share(SMALLEST)).abs() < 0.06);
    }
}
