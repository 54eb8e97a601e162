//! The page of data efficiency: test error against the size of the training set, as the runs finish.

use super::Tensors;
use crate::labs::lab::{LabCx, Request};
use crate::labs::tensors::efficiency::{Efficiency, SIZES, STEPS};
use crate::labs::tensors::model::names;
use crate::labs::tensors::options::title;
use crate::ui::controls::{icon_button, primary_button};
use crate::ui::fonts;
use crate::ui::icons::Icon;
use crate::ui::numbers::{count, fixed};
use crate::ui::plot::{Axis, End, Plot, Series};
use crate::ui::theme::Theme;
use eframe::egui::{Rect, RichText, Ui, UiBuilder, vec2};

impl Tensors {
    pub(super) fn data_ui(&mut self, ui: &mut Ui, rect: Rect, cx: &mut LabCx<'_>) {
        let inside = Rect::from_min_max(rect.min + vec2(24.0, 40.0), rect.max - vec2(24.0, 12.0));
        ui.scope_builder(UiBuilder::new().max_rect(inside), |ui| {
            ui.horizontal(|ui| {
                let name = if self.sweep.is_some() { "Run again" } else { "Run the sweep" };
                if primary_button(ui, name).clicked() {
                    self.sweep = Some(Efficiency::new(&self.settings));
                }
                if let Some(sweep) = &self.sweep
                    && icon_button(ui, Icon::Download, "Save the sweep as CSV", false).clicked()
                {
                    let csv = csv(sweep).into_bytes();
                    cx.requests.push(Request::Save("tensors-efficiency.csv".to_owned(), "text/csv", csv));
                }
                let text = words(self.sweep.as_ref());
                let ink = Theme::of(ui.ctx()).ink3;
                ui.label(RichText::new(text).font(fonts::regular(fonts::SMALL)).color(ink));
            });
            self.efficiency_plot(ui);
        });
        cx.places.push(("efficiency", rect));
    }

    fn efficiency_plot(&self, ui: &mut Ui) {
        let points = self.sweep.as_ref().map_or(&[][..], |s| s.points());
        let line = |k: usize| -> Vec<[f64; 2]> {
            points.iter().map(|(n, e)| [(*n as f64).log10(), e[k].max(1e-9)]).collect()
        };
        let kinds: Vec<_> = self.sweep.as_ref().map_or(&self.settings, |s| s.settings()).kinds().collect();
        let lines: Vec<_> = (0..kinds.len()).map(line).collect();
        let named = kinds.iter().zip(self.looks(Theme::of(ui.ctx()))).zip(&lines);
        let series: Vec<Series<'_>> = named
            .map(|((kind, look), points)| Series { name: title(*kind), points, look, end: End::Every })
            .collect();
        let ticks: Vec<(f64, String)> = SIZES.map(|n| ((n as f64).log10(), count(n as u64))).to_vec();
        let plot = Plot {
            title: "Test error against training samples",
            caption: "",
            x: 1.4..=3.55,
            x_ticks: &ticks,
            x_name: "",
            x_format: |x| format!("{} samples", fixed(10f64.powf(x), 0)),
            y: if points.is_empty() { Axis::Decades(-2, 2) } else { Axis::Auto },
            bands: &[],
            series: &series,
            marks: &[],
            cursor: None,
            height: ui.available_height().max(160.0),
            key: true,
        };
        plot.show(ui);
    }
}

fn words(sweep: Option<&Efficiency>) -> String {
    match sweep.map(|s| (s.now(), s.done())) {
        None => format!("{} steps for each size, one run each.", count(u64::from(STEPS))),
        Some((_, true)) => "Done.".to_owned(),
        Some((Some((n, step)), _)) => {
            format!(
                "{} samples, step {} of {}",
                count(n as u64),
                count(u64::from(step)),
                count(u64::from(STEPS))
            )
        }
        Some((None, false)) => "Preparing.".to_owned(),
    }
}

fn csv(sweep: &Efficiency) -> String {
    let mut out = format!("n_train,{}\n", names(sweep.settings()).join(","));
    for (n, errors) in sweep.points() {
        let errors: Vec<String> = errors.iter().map(f64::to_string).collect();
        out.push_str(&format!("{n},{}\n", errors.join(",")));
    }
    out
}
