//! The lab's screen: the square with what is true beside it, the group element at its side, the trainer below.

mod column;
mod constraint;
mod data;
mod inputs;
mod outputs;
mod panels;
mod points;
mod stage;
mod strip;
mod wiring;
mod words;

use super::META;
use super::efficiency::Efficiency;
use super::element::Element;
use super::exhibit::Exhibit;
use super::model::ModelError;
use super::options;
use super::picker::Picker;
use super::settings::{Change, Settings};
use crate::engine::exec::gpu::GpuExecutor;
use crate::engine::{Executor, Health, MakeExecutor, Plan};
use crate::labs::lab::{Applied, Command, Lab, LabCx, LabMeta, LayoutKind, Pairs, Request};
use crate::labs::places::Places;
use crate::ui::controls::{self, Edge};
use crate::ui::handle::Handle;
use crate::ui::plot::Look;
use crate::ui::theme::Theme;
use crate::ui::twist::Twist;
use crate::viz::motion::{Fit, GLIDE_SECONDS};
use eframe::egui::{self, Rect, Ui, UiBuilder, pos2, vec2};
use serde_json::Value;
use std::rc::Rc;
use std::sync::Arc;

/// Width of the side panel, and of the one in an embed.
const SIDE: f32 = 288.0;
const SIDE_EMBED: f32 = 232.0;
/// Height of the strip with the trainer.
const STRIP: f32 = 248.0;

/// Tabs of the narrow layout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Element,
    Model,
    BreakIt,
    Train,
}

/// The lab as the shell sees it.
#[derive(Default)]
pub struct Tensors {
    /// What the visitor chose; the exhibit follows it, through a transition where only g changed.
    settings: Settings,
    exhibit: Option<Exhibit>,
    failed: Option<String>,
    /// Whether the exhibit was given a GPU that has not failed it.
    on_gpu: bool,
    points: points::Points,
    handle: Handle,
    twist: Twist,
    /// Value of the swept coordinate under the pointer on the orbit plot: looked at, not chosen.
    preview: Option<f64>,
    /// Where a change of g by click or field came from, and when.
    glide: Option<(Element, f64)>,
    fit_x: Fit,
    fit_y: Fit,
    tab: Tab,
    /// The answer to the question under the verdict is open.
    answer: bool,
    dragging: bool,
    /// The element that is drawn.
    shown: Element,
    /// Commands that came before the first frame.
    waiting: Vec<Command>,
    /// Training goes on by itself after the next new start.
    replay: bool,
    picker: Option<Picker>,
    sweep: Option<Efficiency>,
    audit: Option<super::audit::Audit>,
    audited: Option<Value>,
}

/// Makes the lab.
pub fn make() -> Box<dyn Lab> {
    Box::new(Tensors::default())
}

impl Tensors {
    fn start(&mut self, cx: &LabCx<'_>) {
        self.on_gpu = cx.device.is_some_and(|d| !d.software);
        match Exhibit::new(self.settings.clone(), places(cx)) {
            Ok(mut exhibit) => {
                let result = self.waiting.drain(..).try_for_each(|command| exhibit.command(command));
                self.exhibit = Some(exhibit);
                self.report(result);
            }
            Err(e) => self.failed = Some(e.to_string()),
        }
    }

    /// The element to draw now: looked at in the plot, or on the way to the chosen one.
    fn element_now(&mut self, time: f64, reduced: bool) -> Element {
        let s = &self.settings;
        if let Some(value) = self.preview {
            return s.g.with_value(s.task, value);
        }
        let Some((from, start)) = &self.glide else { return s.g.clone() };
        let t = (time - start) / GLIDE_SECONDS;
        if reduced || !(0.0..1.0).contains(&t) {
            self.glide = None;
            return s.g.clone();
        }
        from.toward(&s.g, s.task, s.proper, t * t * (3.0 - 2.0 * t))
    }

    /// A change of g by a click or a field: 200 ms on the way.
    fn glide(&mut self, ctx: &egui::Context) {
        self.glide = Some((self.shown.clone(), ctx.input(|i| i.time)));
    }

    /// Goes on with the processor when the GPU is gone or fails at something of this lab.
    fn leave_gpu(&mut self, cx: &mut LabCx<'_>, why: Option<String>) {
        let (true, Some(exhibit)) = (self.on_gpu, &mut self.exhibit) else { return };
        let own_trouble = cx.device.is_some_and(|device| device.watch.health() == Health::Ok);
        if let (Some(why), true) = (why, own_trouble) {
            let why = why.lines().next().unwrap_or_default();
            let text = format!("The GPU cannot run this lab ({why}). It goes on with the processor.");
            cx.requests.push(Request::Say(text));
        }
        self.on_gpu = false;
        let moved = exhibit.move_to(Places::on_processor(cx.worker));
        self.failed = None;
        self.report(moved);
    }

    fn report(&mut self, result: Result<(), ModelError>) {
        if let Err(e) = result {
            self.failed = Some(e.to_string());
        }
    }

    fn commit(&self, cx: &mut LabCx<'_>) {
        cx.requests.push(Request::Commit);
    }

    /// Scales of another task are another task's.
    fn forget_scales(&mut self) {
        self.fit_x.reset();
        self.fit_y.reset();
    }

    /// A frame's worth of the sweep over sizes of the training set; it ends where other networks are chosen.
    fn advance_sweep(&mut self, cx: &LabCx<'_>) -> Result<(), ModelError> {
        let concerned = self.sweep.as_ref().is_none_or(|s| s.concerns(&self.settings));
        if !concerned {
            self.sweep = None;
        }
        let Some(sweep) = &mut self.sweep else { return Ok(()) };
        sweep.advance(&Places::on_processor(cx.worker), cx.hidden).map(|_| ())
    }

    fn advance_audit(&mut self) -> Result<(), ModelError> {
        let (Some(audit), Some(exhibit)) = (&mut self.audit, &self.exhibit) else { return Ok(()) };
        if audit.advance(exhibit)? {
            self.audited = serde_json::to_value(audit.report(exhibit)).ok();
            self.audit = None;
        }
        Ok(())
    }
}

/// Executors for the device in use: forward passes on hardware, steps on the processor, where networks of this size are
/// fastest. A software adapter is the processor too, and answers a frame later.
fn places(cx: &LabCx<'_>) -> Places {
    let cpu = Places::on_processor(cx.worker);
    let Some(device) = cx.device.filter(|d| !d.software).cloned() else { return cpu };
    let gpu: Rc<MakeExecutor> =
        Rc::new(move |plan: Arc<Plan>| Ok(Box::new(GpuExecutor::new(&device, plan)) as Box<dyn Executor>));
    Places { forward: gpu, ..cpu }
}

impl Lab for Tensors {
    fn meta(&self) -> &'static LabMeta {
        &META
    }

    fn settings(&self) -> Pairs {
        self.settings.to_pairs()
    }

    fn apply(&mut self, pairs: &Pairs) -> Applied {
        let (settings, applied) = Settings::from_pairs(pairs);
        if settings.task != self.settings.task {
            self.forget_scales();
        }
        self.settings = settings;
        // Other settings may do.
        self.failed = None;
        self.glide = None;
        applied
    }

    fn logic(&mut self, ctx: &egui::Context, cx: &mut LabCx<'_>) {
        if self.exhibit.is_none() && self.failed.is_none() {
            self.start(cx);
        }
        self.shown = self.element_now(ctx.input(|i| i.time), cx.reduced_motion);
        if cx.device.is_none() {
            self.leave_gpu(cx, None);
        }
        let Some(exhibit) = &mut self.exhibit else { return };
        let now = Settings { g: self.shown.clone(), ..self.settings.clone() };
        let result = exhibit.apply(now).and_then(|change| {
            if change == Change::Reinit {
                self.audit = None;
                if std::mem::take(&mut self.replay) {
                    exhibit.command(Command::Play)?;
                }
            }
            exhibit.advance(cx.hidden)
        });
        let swept = self.advance_sweep(cx);
        let Some(exhibit) = &mut self.exhibit else { return };
        let sweeping = self.sweep.as_ref().is_some_and(|s| !s.done());
        if exhibit.busy() || exhibit.playing() || self.glide.is_some() || self.audit.is_some() || sweeping {
            ctx.request_repaint();
        }
        match result {
            Err(e) if self.on_gpu => {
                ctx.request_repaint();
                self.leave_gpu(cx, Some(e.to_string()));
            }
            other => {
                let audited = self.advance_audit();
                self.report(other.map(|_| ()).and(audited).and(swept));
            }
        }
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        if let Some(why) = &self.failed {
            words::failure(ui, why);
            return;
        }
        match cx.layout {
            LayoutKind::Desktop => self.desktop(ui, cx),
            LayoutKind::Phone => self.phone(ui, cx),
            LayoutKind::Embed => self.embed(ui, cx),
        }
    }

    fn command(&mut self, command: Command) {
        if command == Command::NewSeed {
            // Every run gets numbers that none had before.
            self.settings.init = self.settings.init.wrapping_add(self.settings.seeds as u64);
            return;
        }
        match &mut self.exhibit {
            Some(exhibit) => {
                let result = exhibit.command(command);
                self.report(result);
            }
            None => self.waiting.push(command),
        }
    }

    fn busy(&self) -> bool {
        self.failed.is_none()
            && (self.audit.is_some()
                || self.exhibit.as_ref().is_none_or(|e| {
                    e.busy() || e.settings() != &Settings { g: self.shown.clone(), ..self.settings.clone() }
                }))
    }

    fn playing(&self) -> bool {
        self.exhibit.as_ref().is_some_and(Exhibit::playing)
    }

    fn status(&self) -> String {
        match (&self.failed, &self.exhibit) {
            (Some(why), _) => why.clone(),
            (None, Some(exhibit)) => words::status(&self.settings, exhibit),
            (None, None) => "Starting.".to_owned(),
        }
    }

    fn metrics(&self) -> Value {
        match (&self.exhibit, &self.failed) {
            (_, Some(why)) => serde_json::json!({ "state": "failed", "error": why }),
            (Some(e), _) => super::metrics::metrics(e),
            (None, None) => serde_json::json!({ "state": "starting" }),
        }
    }

    fn start_check(&mut self, samples: usize) {
        self.audited = None;
        self.audit = Some(super::audit::Audit::new(samples.max(1)));
    }

    fn check_result(&mut self) -> Option<Value> {
        self.audited.take()
    }

    fn keys(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    fn thumbnail(&mut self, painter: &egui::Painter, rect: Rect) {
        stage::thumbnail(painter, rect);
    }
}

impl Tensors {
    fn desktop(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let all = ui.max_rect();
        let side = Rect::from_min_max(pos2(all.right() - SIDE, all.top()), all.max);
        let strip =
            Rect::from_min_max(pos2(all.left(), all.bottom() - STRIP), pos2(side.left(), all.bottom()));
        let stage = Rect::from_min_max(all.min, pos2(side.left(), strip.top()));
        words::rule(ui, side.left_top(), side.left_bottom());
        words::rule(ui, strip.left_top(), strip.right_top());
        ui.scope_builder(UiBuilder::new().max_rect(stage), |ui| self.stage_ui(ui, cx));
        ui.scope_builder(UiBuilder::new().max_rect(strip), |ui| self.strip_ui(ui, cx));
        ui.scope_builder(UiBuilder::new().max_rect(side), |ui| self.side_ui(ui, cx));
    }

    fn embed(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let all = ui.max_rect();
        let side = Rect::from_min_max(pos2(all.right() - SIDE_EMBED, all.top()), all.max);
        let stage = Rect::from_min_max(all.min, pos2(side.left(), all.bottom()));
        words::rule(ui, side.left_top(), side.left_bottom());
        ui.scope_builder(UiBuilder::new().max_rect(stage), |ui| self.stage_ui(ui, cx));
        ui.scope_builder(UiBuilder::new().max_rect(side), |ui| self.embed_side_ui(ui, cx));
    }

    fn phone(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let all = ui.max_rect();
        let tabs = Rect::from_min_max(pos2(all.left(), all.bottom() - 56.0), all.max);
        let page = Rect::from_min_max(all.min, tabs.right_top());
        words::rule(ui, tabs.left_top(), tabs.right_top());
        ui.scope_builder(UiBuilder::new().max_rect(tabs), |ui| {
            let names = [
                (Tab::Element, "Element"),
                (Tab::Model, "Model"),
                (Tab::BreakIt, "Break it"),
                (Tab::Train, "Train"),
            ];
            controls::tabs(ui, "Panels", &mut self.tab, &names, Edge::Top);
        });
        ui.scope_builder(UiBuilder::new().max_rect(page), |ui| {
            egui::ScrollArea::vertical().show(ui, |ui| {
                ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
                self.stage_ui(ui, cx);
                let bottom = ui.cursor().top();
                words::rule(ui, pos2(page.left(), bottom), pos2(page.right(), bottom));
                self.tab_ui(ui, cx);
            });
        });
    }

    /// How the curve of each network is drawn: the model, its twin, and the others, those that are equivariant in the
    /// colour of outputs.
    fn looks(&self, theme: &Theme) -> Vec<Look> {
        let dashes = [(10.0, 3.0), (2.0, 3.0)];
        let own = |(kind, dash): (&_, _)| {
            let color = if options::exact(*kind) { theme.y_line } else { theme.ink2 };
            Look::Own { color, width: 1.5, dash: Some(dash) }
        };
        [Look::Model, Look::Twin].into_iter().chain(self.settings.more.iter().zip(dashes).map(own)).collect()
    }

    /// Names of the model and of its twin.
    fn names(&self) -> [&'static str; 2] {
        [options::title(self.settings.model), options::title(self.settings.twin)]
    }
}
