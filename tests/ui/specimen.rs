//! One sheet with every control and plot, to be looked at and to be worked.

use eframe::egui::{self, Align2, CentralPanel, Frame, Layout, Margin, Panel, Rect, UiBuilder, pos2, vec2};
use equiscope::ui::controls::{self, Edge, Kind, NumberField, Slider, Unit};
use equiscope::ui::icons::{self, Icon};
use equiscope::ui::plot::{Axis, Band, Cursor, End, Look, Mark, Plot, Series};
use equiscope::ui::theme::Theme;
use equiscope::ui::{fonts, numbers, typeset};

/// What the controls of the sheet hold.
pub struct Sheet {
    pub theta: f64,
    pub rate: f64,
    pub pull: f64,
    pub shear: f64,
    pub tab: usize,
    pub mirror: bool,
    pub bias: bool,
    pub noise: bool,
    pub lift: bool,
    pub target: usize,
    pub orbit: Vec<[f64; 2]>,
    pub twin: Vec<[f64; 2]>,
    pub loss: Vec<[f64; 2]>,
    pub twin_loss: Vec<[f64; 2]>,
    pub band: Vec<[f64; 3]>,
    pub clicks: Vec<&'static str>,
    pub commits: usize,
    pub changes: usize,
    pub picked: Option<f64>,
    pub density: controls::Density,
}

pub const TARGETS: [&str; 3] = ["Springs", "Charges", "Inertia"];

impl Default for Sheet {
    fn default() -> Self {
        let wave = |k: f64| 1e-7 * (1.0 + 0.3 * (k * 1.7).sin() * (k * 0.9).cos());
        let orbit = (0..=180).map(|k| [2.0 * f64::from(k), wave(f64::from(k))]).collect();
        let twin = (0..=180)
            .map(|k| f64::from(k) * 2.0)
            .map(|d| [d, 0.06 * (1.0 + 0.4 * (d / 40.0).sin()) * (d / 3.0).min((360.0 - d) / 3.0).min(1.0)]);
        let decay = |t: f64, floor: f64| floor + (-t / 60.0).exp();
        let jitter = |t: f64| 1.0 + 0.15 * (t * 0.37).sin() * (t * 0.11).cos();
        let steps = || (0..=310).map(|k| f64::from(k) * 4.0);
        let loss: Vec<[f64; 2]> =
            steps().map(|t| [t, decay(t, 0.03 * (-t / 500.0).exp() + 2e-3) * jitter(t)]).collect();
        Self {
            theta: 37_f64.to_radians(),
            rate: 0.012,
            pull: 0.3,
            shear: -0.4,
            tab: 0,
            mirror: false,
            bias: false,
            noise: false,
            lift: true,
            target: 0,
            orbit,
            twin: twin.collect(),
            band: loss.iter().map(|p| [p[0], p[1] * 0.7, p[1] * 1.5]).collect(),
            loss,
            twin_loss: steps().map(|t| [t, decay(t, 0.009) * jitter(t * 0.3)]).collect(),
            clicks: Vec::new(),
            commits: 0,
            changes: 0,
            picked: None,
            density: controls::Density::Mouse,
        }
    }
}

impl Sheet {
    /// Draws the sheet: a side panel, the strip of training, and loose specimens.
    pub fn ui(&mut self, ui: &mut egui::Ui) {
        self.density.set(ui.ctx());
        let theme = Theme::of(ui.ctx());
        let frame = |margin| Frame::NONE.fill(theme.bg).inner_margin(margin);
        Panel::right("side")
            .exact_size(288.0)
            .resizable(false)
            .frame(frame(Margin::symmetric(24, 16)))
            .show(ui, |ui| self.side(ui));
        Panel::bottom("strip")
            .exact_size(176.0)
            .resizable(false)
            .frame(frame(Margin::ZERO))
            .show(ui, |ui| self.strip(ui));
        CentralPanel::default().frame(frame(Margin::same(24))).show(ui, |ui| self.loose(ui));
    }

    fn side(&mut self, ui: &mut egui::Ui) {
        ui.spacing_mut().item_spacing.y = 0.0;
        let theme = Theme::of(ui.ctx());
        controls::section_header(ui, "GROUP ELEMENT", theme.g);
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            ui.allocate_ui(vec2(110.0, 32.0), |ui| self.angle(ui));
            controls::segmented(ui, "Component", &mut self.mirror, &[(false, "turn"), (true, "mirror")]);
        });
        ui.add_space(16.0);
        let (c, s) = (self.theta.cos(), self.theta.sin());
        let entries = [[c, -s], [s, c]].map(|row| row.map(|v| numbers::fixed(v, 2)).to_vec());
        ui.allocate_ui_with_layout(vec2(240.0, 40.0), Layout::left_to_right(egui::Align::Center), |ui| {
            typeset::formula(ui, "g =", fonts::LEAD);
            typeset::matrix(ui, "g", &entries);
            typeset::formula(ui, &format!(r"= \exp({:.2} J)", self.theta), fonts::LEAD);
        });
        controls::hairline(ui);
        controls::section_header(ui, "BREAK IT", theme.ink3);
        controls::switch(
            ui,
            "Bias on vectors",
            &mut self.bias,
            Kind::Break,
            "Adds a constant vector to f(x).",
        );
        controls::switch(ui, "Noise", &mut self.noise, Kind::Plain, "");
        controls::switch(ui, "Lift", &mut self.lift, Kind::Group, "");
        controls::hairline(ui);
        controls::section_header(ui, "MODEL AND DATA", theme.ink3);
        controls::value_menu(ui, "Input", r"3 vectors in $\R^2$", |_| {});
        controls::value_menu(ui, "Target", TARGETS[self.target], |ui| {
            for (i, name) in TARGETS.iter().enumerate() {
                if controls::menu_item(ui, name, i == self.target).clicked() {
                    self.target = i;
                }
            }
        });
        ui.add_space(8.0);
        let field = NumberField {
            symbol: "Learning rate",
            name: "Learning rate",
            value: &mut self.rate,
            unit: Unit::Plain,
            range: 1e-5..=1.0,
            wrap: false,
            step: 0.001,
            decimals: 5,
        };
        controls::number_field(ui, field);
        ui.add_space(8.0);
        let pull = Slider {
            label: "$λ$ pull",
            name: "Pull λ",
            hint: "",
            value: &mut self.pull,
            range: 0.01..=10.0,
            log: true,
            origin: 0.01,
            decimals: 2,
            kind: Kind::Plain,
        };
        self.commits += usize::from(pull.show(ui).committed);
        let shear = Slider {
            label: "shear $v$",
            name: "Shear v",
            hint: "",
            value: &mut self.shear,
            range: -1.0..=1.0,
            log: false,
            origin: 0.0,
            decimals: 2,
            kind: Kind::Group,
        };
        shear.show(ui);
    }

    fn angle(&mut self, ui: &mut egui::Ui) {
        let field = NumberField {
            symbol: "$θ$",
            name: "Angle θ",
            value: &mut self.theta,
            unit: Unit::Angle,
            range: 0.0..=std::f64::consts::TAU,
            wrap: true,
            step: 1.0,
            decimals: 2,
        };
        let out = controls::number_field(ui, field);
        self.commits += usize::from(out.committed);
        self.changes += usize::from(out.response.changed());
    }

    fn strip(&mut self, ui: &mut egui::Ui) {
        let full = ui.max_rect();
        ui.painter().hline(full.x_range(), full.top() + 0.5, (1.0, Theme::of(ui.ctx()).line));
        let column = |x: f32, y: f32, w: f32| {
            let min = full.min + vec2(x, y);
            UiBuilder::new().max_rect(Rect::from_min_max(min, pos2(min.x + w, full.bottom())))
        };
        ui.scope_builder(column(24.0, 16.0, 176.0), |ui| {
            ui.spacing_mut().item_spacing = vec2(4.0, 0.0);
            ui.horizontal(|ui| {
                for (icon, name) in [
                    (Icon::Play, "Train"),
                    (Icon::Step, "One step"),
                    (Icon::Reset, "Reset"),
                    (Icon::Dice, "New seed"),
                ] {
                    if controls::icon_button(ui, icon, name, icon == Icon::Play).clicked() {
                        self.clicks.push(name);
                    }
                }
            });
            ui.add_space(12.0);
            controls::row(ui, "Step", &numbers::count(1240));
            controls::row(ui, "Speed", &format!("{} / s", numbers::count(3100)));
            controls::row(ui, "Parameters", "993 · 981");
        });
        ui.scope_builder(column(216.0, 0.0, 344.0), |ui| self.loss_plot(ui));
        ui.scope_builder(column(568.0, 0.0, 396.0), |ui| self.orbit_plot(ui));
    }

    fn loss_plot(&mut self, ui: &mut egui::Ui) {
        let last = self.loss[self.loss.len() - 1];
        let jump = [last, [last[0], 0.2]];
        let mut series = vec![
            Series { name: "equivariant", points: &self.loss, look: Look::Model, end: End::Dot },
            Series { name: "plain twin", points: &self.twin_loss, look: Look::Twin, end: End::Value },
        ];
        if self.bias {
            series.push(Series { name: "broken", points: &jump, look: Look::Jump, end: End::Dot });
        }
        let tint = Theme::of(ui.ctx()).y_tint;
        Plot {
            title: "Loss",
            caption: "",
            x: 0.0..=1600.0,
            x_ticks: &[0_u64, 400, 800, 1200].map(|t| (t as f64, numbers::count(t))),
            x_name: "steps",
            x_format: |t| format!("step {}", numbers::count(t as u64)),
            y: Axis::Decades(-4, 0),
            bands: &[Band { points: &self.band, color: tint }],
            series: &series,
            marks: &[Mark { x: 700.0, label: "$λ_k$ tuned" }],
            cursor: None,
            height: 176.0,
            key: true,
        }
        .show(ui);
    }

    fn orbit_plot(&mut self, ui: &mut egui::Ui) {
        let worse: Vec<[f64; 2]> =
            self.orbit.iter().map(|p| [p[0], 1e-7 + 0.6 * (p[0].to_radians() / 2.0).sin().abs()]).collect();
        let mut series = vec![
            Series { name: "equivariant", points: &self.orbit, look: Look::Model, end: End::Bare },
            Series { name: "plain twin", points: &self.twin, look: Look::Twin, end: End::Bare },
        ];
        if self.bias {
            series[0].look = Look::Before;
            series[0].name = "before the switch";
            series
                .insert(0, Series { name: "equivariant", points: &worse, look: Look::Model, end: End::Bare });
        }
        let out = Plot {
            title: "Residual on the orbit",
            caption: "$g = R(θ)$",
            x: 0.0..=360.0,
            x_ticks: &[0, 90, 180, 270, 360].map(|d| (f64::from(d), format!("{d}°"))),
            x_name: "",
            x_format: |d| format!("{d:.0}°"),
            y: Axis::Decades(-8, 0),
            bands: &[],
            series: &series,
            marks: &[],
            cursor: Some(Cursor { group: true, x: self.theta.to_degrees(), y: None, broken: self.bias }),
            height: 176.0,
            key: false,
        }
        .show(ui);
        if let Some(degrees) = out.clicked_x {
            self.picked = Some(degrees);
            self.theta = degrees.to_radians();
        }
    }

    fn loose(&mut self, ui: &mut egui::Ui) {
        let theme = Theme::of(ui.ctx());
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(20.0, 20.0), egui::Sense::hover());
            icons::logo(ui.painter(), rect.min, theme);
            ui.label(egui::RichText::new("Equiscope").font(fonts::semibold(fonts::BODY)));
            controls::menu_title(ui, "Vectors", "Lab", |ui| {
                controls::menu_item(ui, "Vectors", true);
            });
            controls::text_button(ui, "Lesson");
            controls::text_button(ui, "Share");
            controls::tabs(ui, "Pages", &mut self.tab, &[(0, "Points"), (1, "Images")], Edge::Bottom);
        });
        ui.horizontal(|ui| {
            for icon in icons::ALL {
                controls::icon_button(ui, icon, &format!("{icon:?} icon"), false);
            }
        });
        ui.horizontal(|ui| {
            controls::primary_button(ui, "Start with Vectors");
            controls::chip(ui, r"\O(2)");
            controls::chip(ui, r"\SO^+(1,2)");
            controls::chip(ui, r"\S(n)");
            controls::wide_button(ui, "Compare all seeds");
        });
        for (size, markup) in [
            (fonts::LARGE, "f(g·x) = ρ(g) f(x)"),
            (fonts::LARGE, &*numbers::fmt_residual(1.3e-7)),
            (fonts::LEAD, r"x_1^2 + y_{ij} ⊗ V^{⊕n} → \R^3 ∈ \C,  ‖θ‖ ≤ √2 · 10^{-8} ≠ ∞"),
            (fonts::LEAD, r"\tr(A^⊤ B) = ⟨A, B⟩ = ∑_i λ_i μ_i,  η φ ψ π κ τ ℓ ∂ ∇"),
            (fonts::BODY, r"g ⋊ h,  α β γ δ ε ζ ι ν ξ ο σ ς υ χ ω  Γ Δ Θ Λ Ξ Π Σ Φ Ψ Ω"),
        ] {
            typeset::formula(ui, markup, size);
        }
        ui.label("Transform, then compute. Or compute, then transform: 0123456789 − + × · → ✓ ✗ ~ ⁻⁷ “quoted” Finzi, Forré, Żółć");
        let big = [["1", "0", "0"], ["0", r"\cosh η", r"\sinh η"], ["0", r"\sinh η", r"\cosh η"]];
        controls::link(ui, "Why is it not zero?");
        let third = 1.0 / 3.0;
        controls::ValueMatrix::layout(ui.ctx(), vec![vec![third, 0.0], vec![-1.5, 2.0]], 2)
            .show(ui, "Stretch");
        typeset::matrix(ui, "Boost", &big.map(|row| row.map(str::to_owned).to_vec()));
        let at = ui.min_rect().right_bottom() - vec2(40.0, 20.0);
        typeset::layout(ui.ctx(), "f", fonts::LARGE, theme.ink).paint(
            ui.painter(),
            at,
            Align2::CENTER_CENTER,
        );
    }
}
