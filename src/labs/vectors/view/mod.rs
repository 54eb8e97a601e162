//! The lab's screen: the square in the middle, the group element at its side, the trainer below.

mod panels;
mod stage;
mod strip;
mod words;

use super::META;
use super::exhibit::Exhibit;
use super::settings::Settings;
use crate::engine::exec::gpu::{Gpu, GpuExecutor};
use crate::engine::{Executor, Health, MakeExecutor, Plan};
use crate::labs::lab::{Applied, Command, Lab, LabCx, LabMeta, LayoutKind, Pairs, Request};
use crate::labs::places::Places;
use crate::maths::Coords;
use crate::session::{Challenger, RunState};
use crate::ui::controls::{self, Edge};
use crate::ui::dropped::Dropped;
use crate::ui::handle::Handle;
use crate::ui::square::Square;
use crate::ui::twist::Twist;
use crate::viz::motion::{Fit, Glide, Sway};
use eframe::egui::{self, Rect, Ui, UiBuilder, pos2, vec2};
use serde_json::Value;
use std::rc::Rc;
use std::sync::Arc;

/// Width of the side panel, and of the one in an embed.
const SIDE: f32 = 288.0;
const SIDE_EMBED: f32 = 232.0;
/// Height of the strip with the trainer.
const STRIP: f32 = 176.0;

/// Tabs of the narrow layout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Element,
    BreakIt,
    Model,
    Train,
}

/// The lab as the shell sees it.
#[derive(Default)]
pub struct Vectors {
    /// What the visitor chose; the exhibit follows it, through a transition where only g changed.
    settings: Settings,
    exhibit: Option<Exhibit>,
    failed: Option<String>,
    /// Whether the exhibit was given a GPU that has not failed it.
    on_gpu: bool,
    square: Square,
    handle: Handle,
    twist: Twist,
    /// Value of the first coordinate under the pointer on the orbit plot: looked at, not chosen.
    preview: Option<f64>,
    glide: Glide,
    sway: Sway,
    fit_x: Fit,
    fit_y: Fit,
    tab: Tab,
    /// The answer to the question under the verdict is open.
    answer: bool,
    touched: bool,
    dragging: bool,
    /// The element that is drawn.
    shown: Coords,
    /// Commands that came before the first frame.
    waiting: Vec<Command>,
    audit: Option<usize>,
    /// A saved run on its way in.
    dropped: Option<Dropped>,
    thumbnail: Option<super::probe::Square>,
}

/// Makes the lab.
pub fn make() -> Box<dyn Lab> {
    let lab = Vectors::default();
    Box::new(Vectors { shown: lab.settings.coords, ..lab })
}

impl Vectors {
    fn start(&mut self, cx: &LabCx<'_>) {
        self.on_gpu = cx.device.is_some();
        let places = places(cx, cx.device, &self.settings);
        match Exhibit::new(self.settings.clone(), places) {
            Ok(mut exhibit) => {
                for command in self.waiting.drain(..) {
                    if let Err(e) = exhibit.command(command) {
                        self.failed = Some(e.to_string());
                    }
                }
                self.exhibit = Some(exhibit);
            }
            Err(e) => self.failed = Some(e.to_string()),
        }
    }

    /// The element to draw now: on the way to the chosen one, or swaying on the first visit.
    fn element_now(&mut self, time: f64, reduced: bool) -> Coords {
        let mut shown = self.glide.shown(self.settings.group, &self.settings.coords, time, reduced);
        if let Some(looked_at) = self.looked_at() {
            return looked_at;
        }
        if let Some(offset) = self.sway.offset(time, self.touched, reduced) {
            let first = self.settings.group.coordinates()[0];
            let value = first.get(&shown) + offset;
            first.set(&mut shown, value);
        }
        shown
    }

    /// A change of g by a click or a field: 200 ms on the way.
    fn glide(&mut self, ctx: &egui::Context) {
        let shown = self.shown;
        self.glide.start(&shown, ctx.input(|i| i.time));
    }

    /// Goes on with the processor when the GPU is gone or fails at something of this lab; `why` it failed, if the
    /// exhibit said so. The shell tells of a device that is in trouble as a whole.
    fn leave_gpu(&mut self, cx: &mut LabCx<'_>, why: Option<String>) {
        let (true, Some(exhibit)) = (self.on_gpu, &mut self.exhibit) else { return };
        let own_trouble = cx.device.is_some_and(|device| device.watch.health() == Health::Ok);
        if let (Some(why), true) = (why, own_trouble) {
            let why = why.lines().next().unwrap_or_default();
            let text = format!("The GPU cannot run this lab ({why}). It goes on with the processor.");
            cx.requests.push(Request::Say(text));
        }
        self.on_gpu = false;
        let moved = exhibit.move_to(places(cx, None, &self.settings));
        self.failed = None;
        self.report(moved);
    }

    /// Hands a saved run to the shell, and takes in one that was dropped on the lab.
    fn move_files(&mut self, ctx: &egui::Context, cx: &mut LabCx<'_>) {
        let Some(exhibit) = &mut self.exhibit else { return };
        match exhibit.take_saved() {
            Some(Ok(bytes)) => {
                let name = format!("vectors-step-{}.safetensors", exhibit.trainer().step());
                cx.requests.push(Request::Save(name, "application/octet-stream", bytes));
            }
            Some(Err(error)) => cx.requests.push(Request::Say(format!("The run cannot be saved: {error}"))),
            None => {}
        }
        if let Some(file) = Dropped::take(ctx) {
            self.dropped = Some(file);
        }
        let Some(file) = &mut self.dropped else { return };
        let Some(read) = file.poll() else { return ctx.request_repaint() };
        let loaded = read.and_then(|bytes| exhibit.load(&bytes).map_err(|error| error.to_string()));
        let name = std::mem::take(&mut file.name);
        self.dropped = None;
        self.settings = exhibit.settings().clone();
        self.glide.stop();
        let said = match loaded {
            Ok(()) => format!("{name} is loaded: step {}", exhibit.trainer().step()),
            Err(error) => format!("{name} cannot be loaded: {error}"),
        };
        cx.requests.extend([Request::Say(said), Request::Commit]);
    }

    fn report(&mut self, result: Result<(), super::model::ModelError>) {
        if let Err(e) = result {
            self.failed = Some(e.to_string());
        }
    }
}

/// Executors for the device in use. Sweeps run on any GPU. Where `auto` trains is measured: it begins on the
/// processor, and a hardware GPU takes over if it wins the exhibit's race; a software adapter is the processor itself
/// and does not run.
fn places(cx: &LabCx<'_>, device: Option<&Gpu>, s: &Settings) -> Places {
    use super::settings::TrainOn;
    let cpu = Places::on_processor(cx.worker);
    let Some(device) = device.cloned() else { return cpu };
    let (software, adapter) = (device.software, device.adapter.clone());
    let later = device.clone();
    let gpu: Rc<MakeExecutor> =
        Rc::new(move |plan: Arc<Plan>| Ok(Box::new(GpuExecutor::new(&device, plan)) as Box<dyn Executor>));
    let training = if s.train_on == TrainOn::Gpu { gpu.clone() } else { cpu.training };
    // It compiles while the processor trains; where it wins, its pipelines are there.
    let in_background: Rc<MakeExecutor> = Rc::new(move |plan: Arc<Plan>| {
        Ok(Box::new(GpuExecutor::in_background(&later, plan)) as Box<dyn Executor>)
    });
    let challenger = || Challenger { adapter, make: in_background, trials: cx.trials.clone() };
    let challenger = (s.train_on == TrainOn::Auto && !software).then(challenger);
    Places { forward: gpu, training, here: cpu.here, challenger }
}

impl Lab for Vectors {
    fn meta(&self) -> &'static LabMeta {
        &META
    }

    fn settings(&self) -> Pairs {
        self.settings.to_pairs()
    }

    fn apply(&mut self, pairs: &Pairs) -> Applied {
        let (settings, applied) = Settings::from_pairs(pairs);
        if settings.group.metric() != self.settings.group.metric()
            || settings.x.len() != self.settings.x.len()
        {
            self.fit_x.reset();
            self.fit_y.reset();
        }
        self.settings = settings;
        // Other settings may do.
        self.failed = None;
        self.glide.stop();
        applied
    }

    fn logic(&mut self, ctx: &egui::Context, cx: &mut LabCx<'_>) {
        if self.exhibit.is_none() && self.failed.is_none() {
            self.start(cx);
        }
        let time = ctx.input(|i| i.time);
        let opened = cx.layout == LayoutKind::Embed || !self.settings.to_pairs().is_empty();
        if opened && !self.touched {
            self.sway = Sway::over();
        }
        self.shown = self.element_now(time, cx.reduced_motion);
        if cx.device.is_none() {
            self.leave_gpu(cx, None);
        }
        self.move_files(ctx, cx);
        let device = cx.device.filter(|_| self.on_gpu);
        let Some(exhibit) = &mut self.exhibit else { return };
        if exhibit.settings().train_on != self.settings.train_on {
            exhibit.set_places(places(cx, device, &self.settings));
        }
        let now = Settings { coords: self.shown, ..self.settings.clone() };
        let result = exhibit.apply(now).and_then(|_| {
            if let Some(samples) = self.audit.take() {
                exhibit.start_audit(samples);
            }
            exhibit.advance(cx.hidden)
        });
        let moving = self.glide.moving() || (self.shown != self.settings.coords && self.preview.is_none());
        if exhibit.busy() || moving || *exhibit.trainer().state() == RunState::Playing {
            ctx.request_repaint();
        }
        let trouble = match (&result, exhibit.trainer().state()) {
            (Err(e), _) => Some(e.to_string()),
            (_, RunState::Failed(why)) => Some(why.clone()),
            _ => None,
        };
        if trouble.is_some() && self.on_gpu {
            ctx.request_repaint();
            self.leave_gpu(cx, trouble);
        } else {
            self.report(result.map(|_| ()));
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
            self.settings.init = self.settings.init.wrapping_add(1);
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
                    e.busy() || e.settings() != &Settings { coords: self.shown, ..self.settings.clone() }
                }))
    }

    fn playing(&self) -> bool {
        self.exhibit.as_ref().is_some_and(|e| *e.trainer().state() == RunState::Playing)
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
            (Some(e), _) => e.metrics(),
            (None, Some(why)) => serde_json::json!({ "state": "failed", "error": why }),
            (None, None) => serde_json::json!({ "state": "starting" }),
        }
    }

    fn start_check(&mut self, samples: usize) {
        self.audit = Some(samples.max(1));
    }

    fn check_result(&mut self) -> Option<Value> {
        let report = self.exhibit.as_mut()?.take_audited()?;
        serde_json::to_value(report).ok()
    }

    fn thumbnail(&mut self, painter: &egui::Painter, rect: Rect) {
        stage::thumbnail(painter, rect, &mut self.thumbnail);
    }
}

impl Vectors {
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
                (Tab::BreakIt, "Break it"),
                (Tab::Model, "Model"),
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

    fn commit(&mut self, cx: &mut LabCx<'_>) {
        cx.requests.push(Request::Commit);
    }
}
