//! The app: which lab is open, what the visitor did to it, and what the address bar says of it.

mod pages;

use std::time::Duration;

use eframe::egui::{self, Rect, UiBuilder};

use super::health::{Health, Inbox, Level};
use super::history::History;
use super::host::Host;
use super::notices::Toasts;
use super::picture::Camera;
use super::prefs::{Prefs, SharedTrials};
use super::router::Router;
use super::url::{State, ThemeChoice};
use super::{gallery, keys, notices, topbar};
use crate::engine::Health as Trouble;
use crate::engine::exec::gpu::Gpu;
use crate::engine::exec::remote::Remote;
use crate::labs::{Lab, LabCx, LayoutKind, Pairs, Request};
use crate::ui::controls::Density;
use crate::ui::fonts;

/// Narrower than this is a phone, in points.
const PHONE: f32 = 700.0;
/// Seconds after the last movement of the pointer in which the visitor is taken to be moving something.
const IN_HAND: f32 = 0.5;
/// What the training thread keeps of its time meanwhile, on a software adapter: on two cores frames then take about a
/// quarter longer than without training, and half as long again where it keeps all (`tests/web/bench/worker.mjs`).
const YIELDED: f64 = 0.1;

/// Makes a lab.
pub type LabMaker = fn() -> Box<dyn Lab>;

/// What a shell is given besides the labs.
pub struct Options {
    /// The surroundings.
    pub host: Box<dyn Host>,
    /// The state to open, as in the URL.
    pub open: String,
    /// The GPU to compute on, where there is one.
    pub device: Option<Gpu>,
    /// What draws, by the name of its interface: `WebGPU`, `WebGL2`, `Vulkan`.
    pub drawing: String,
    /// Messages from the graphics device.
    pub inbox: Inbox,
}

/// A lab with what the shell remembers of it.
pub(super) struct Exhibit {
    pub lab: Box<dyn Lab>,
    pub history: History,
    /// Settings in the URL that the lab does not know.
    extra: Pairs,
}

/// The app of one window or canvas.
pub struct Shell {
    pub(super) exhibits: Vec<Exhibit>,
    /// The lab that is open; none for the gallery.
    pub(super) page: Option<usize>,
    pub(super) device: Option<Gpu>,
    /// Another thread to train in.
    worker: Option<Remote>,
    pub(super) drawing: String,
    pub(super) health: Health,
    pub(super) keys_shown: bool,
    /// Places of named controls during the last frame, in points.
    pub(super) places: Vec<(String, Rect)>,
    pub(super) embed: bool,
    /// Whether a text field had the focus during the last frame.
    pub(super) typing: bool,
    /// The theme a link asks for, for this visit.
    link_theme: Option<ThemeChoice>,
    prefs: Prefs,
    /// Those of the preferences, as the labs share them.
    trials: SharedTrials,
    host: Box<dyn Host>,
    router: Router,
    toasts: Toasts,
    camera: Camera,
    /// What was announced last, and when.
    announced: (String, f64),
    hidden: bool,
    /// Whether something ran when the window was hidden.
    was_busy: bool,
    frames: u64,
    /// Whether the target of the drawing takes linear colours.
    linear: bool,
}

impl Shell {
    /// Makes the app and opens `options.open`.
    pub fn new(cc: &eframe::CreationContext<'_>, labs: &[LabMaker], options: Options) -> Self {
        fonts::install(&cc.egui_ctx);
        if options.host.reduced_motion() {
            cc.egui_ctx.all_styles_mut(|style| style.animation_time = 0.0);
        }
        // Where the system names no theme, the light one.
        cc.egui_ctx.options_mut(|options| options.fallback_theme = egui::Theme::Light);
        let exhibits = labs.iter().map(|make| {
            let lab = make();
            Exhibit { history: History::new(lab.settings()), lab, extra: Pairs::new() }
        });
        let prefs = Prefs::parse(options.host.load().as_deref());
        let mut shell = Self {
            exhibits: exhibits.collect(),
            page: None,
            device: options.device,
            worker: None,
            drawing: options.drawing,
            health: Health::new(options.inbox),
            keys_shown: false,
            places: Vec::new(),
            embed: false,
            typing: false,
            link_theme: None,
            trials: prefs.share(),
            prefs,
            host: options.host,
            router: Router::new(options.open.clone()),
            toasts: Toasts::default(),
            camera: Camera::default(),
            announced: (String::new(), f64::NEG_INFINITY),
            hidden: false,
            was_busy: false,
            frames: 0,
            linear: cc.wgpu_render_state.as_ref().is_some_and(|state| state.target_format.is_srgb()),
        };
        shell.follow(&cc.egui_ctx, &options.open);
        shell
    }

    /// The present state, as in the URL.
    pub fn state(&self) -> String {
        let exhibit = self.exhibit();
        let pairs = exhibit.map_or_else(Pairs::new, |exhibit| {
            exhibit.lab.settings().into_iter().chain(exhibit.extra.iter().cloned()).collect()
        });
        let lab = exhibit.map(|exhibit| exhibit.lab.meta().slug.to_owned());
        State { lab, pairs, embed: self.embed, theme: self.link_theme }.format()
    }

    /// Opens a state and writes it to the address bar.
    pub fn set_state(&mut self, ctx: &egui::Context, text: &str) {
        let before = self.page;
        self.follow(ctx, text);
        self.record(ctx, before);
        ctx.request_repaint();
    }

    /// The lab that is open.
    pub fn lab(&mut self) -> Option<&mut dyn Lab> {
        let exhibit = self.exhibits.get_mut(self.page?)?;
        Some(exhibit.lab.as_mut())
    }

    /// Frames drawn so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Gives labs another thread to train in.
    pub fn set_worker(&mut self, worker: Remote) {
        self.worker = Some(worker);
    }

    /// The GPU that results may be computed on.
    pub fn device(&self) -> Option<&Gpu> {
        self.device.as_ref()
    }

    /// What draws.
    pub fn drawing(&self) -> &str {
        &self.drawing
    }

    /// Places of named controls during the last frame, in points.
    pub fn places(&self) -> &[(String, Rect)] {
        &self.places
    }

    pub(super) fn place(&mut self, name: &str, response: &egui::Response) {
        self.places.push((name.to_owned(), response.rect));
    }

    pub(super) fn exhibit(&self) -> Option<&Exhibit> {
        self.exhibits.get(self.page?)
    }

    pub(super) fn copy_link(&mut self, ctx: &egui::Context) {
        let link = self.host.link(&self.state());
        ctx.copy_text(link);
        self.toasts.say(ctx, "Link copied".to_owned());
    }

    /// Opens the full app at the present state: in a window of its own, or else in place.
    pub(super) fn open_full(&mut self, ctx: &egui::Context) {
        let embed = std::mem::replace(&mut self.embed, false);
        if embed && self.host.open(&self.state()) {
            self.embed = true;
        } else {
            self.record(ctx, self.page);
        }
    }

    fn name_window(&mut self, ctx: &egui::Context) {
        let paused = if self.hidden && self.was_busy { "Paused · " } else { "" };
        let title = match self.exhibit() {
            Some(exhibit) => format!("{paused}{} · Equiscope", exhibit.lab.meta().title),
            None => "Equiscope".to_owned(),
        };
        self.host.title(ctx, &title);
    }

    /// Which of the designed layouts fits.
    fn layout(&self, width: f32) -> LayoutKind {
        match width {
            _ if self.embed => LayoutKind::Embed,
            width if width < PHONE => LayoutKind::Phone,
            _ => LayoutKind::Desktop,
        }
    }

    /// Lets the open lab do something with its view of the shell, and carries out what it asks for.
    fn with_lab(&mut self, ctx: &egui::Context, act: impl FnOnce(&mut dyn Lab, &mut LabCx<'_>)) {
        let layout = self.layout(ctx.content_rect().width());
        let reduced_motion = self.host.reduced_motion();
        let Some(exhibit) = self.page.and_then(|page| self.exhibits.get_mut(page)) else { return };
        let mut cx = LabCx {
            device: self.device.as_ref(),
            worker: self.worker.as_ref(),
            trials: &self.trials,
            layout,
            hidden: self.hidden,
            reduced_motion,
            requests: Vec::new(),
            places: Vec::new(),
        };
        act(exhibit.lab.as_mut(), &mut cx);
        let LabCx { requests, places, .. } = cx;
        self.places.extend(places.into_iter().map(|(name, rect)| (name.to_owned(), rect)));
        if self.prefs.learn(&self.trials.borrow()) {
            self.host.store(&self.prefs.format());
        }
        for request in requests {
            self.carry_out(ctx, request);
        }
    }

    fn carry_out(&mut self, ctx: &egui::Context, request: Request) {
        match request {
            Request::Commit => {
                if let Some(exhibit) = self.page.and_then(|page| self.exhibits.get_mut(page)) {
                    exhibit.history.commit(exhibit.lab.settings());
                    self.record(ctx, self.page);
                }
            }
            Request::Save(name, mime, bytes) => {
                let answer = self.host.save(&name, mime, &bytes);
                self.toasts.say(ctx, answer);
            }
            Request::Say(text) => self.toasts.say(ctx, text),
            Request::Picture(name, part) => self.camera.ask(ctx, name, part),
            Request::OpenFull => self.open_full(ctx),
        }
    }

    /// Saves a picture that has arrived.
    fn save_picture(&mut self, ctx: &egui::Context) {
        if let Some(picture) = self.camera.collect(ctx) {
            let answer = match picture {
                Ok((name, bytes)) => self.host.save(&name, "image/png", &bytes),
                Err(error) => format!("The picture could not be saved: {error}"),
            };
            self.toasts.say(ctx, answer);
        }
    }

    /// A device that has refused something is not computed on any more; one that is lost is the platform's affair.
    fn watch_device(&mut self) {
        let Some(device) = &self.device else { return };
        if let Trouble::Failed(why) = device.watch.health() {
            let text = format!(
                "The graphics device refused a command: {}. Computing goes on with the processor; training has paused.",
                why.lines().next().unwrap_or_default().trim_end_matches(['.', ':'])
            );
            self.health.say(Level::Notice, text);
        }
        if device.watch.health() != Trouble::Ok {
            self.device = None;
        }
    }

    /// Where the device is known to be a software adapter, training leaves the processor to what the visitor moves.
    fn share_processor(&self, ctx: &egui::Context) {
        let Some(worker) = &self.worker else { return };
        let draws = self.device.as_ref().is_some_and(|device| device.software);
        let in_hand = ctx.input(|i| i.pointer.any_down() || i.pointer.time_since_last_movement() < IN_HAND);
        worker.set_share(if draws && in_hand { YIELDED } else { 1.0 });
    }

    /// Tells the host what is to be seen when that has changed, at most once a second.
    fn announce(&mut self, ctx: &egui::Context) {
        let text = match self.exhibit() {
            Some(exhibit) => format!("{}. {}", exhibit.lab.meta().title, exhibit.lab.status()),
            None => format!("Gallery of {} labs.", self.exhibits.len()),
        };
        let now = ctx.input(|input| input.time);
        if text == self.announced.0 {
            return;
        }
        let wait = self.announced.1 + 1.0 - now;
        if wait > 0.0 {
            ctx.request_repaint_after(Duration::from_secs_f64(wait));
        } else {
            self.host.announce(text.trim_end());
            self.announced = (text, now);
        }
    }

    /// Notices that the window was hidden or shown again, and says so.
    fn watch_visibility(&mut self, ctx: &egui::Context) {
        let hidden = ctx.input(|input| input.viewport().visible()) == Some(false);
        if hidden == self.hidden {
            return;
        }
        self.hidden = hidden;
        if hidden {
            self.was_busy = self.lab().is_some_and(|lab| lab.playing());
        }
        self.name_window(ctx);
        if !hidden && std::mem::take(&mut self.was_busy) {
            self.toasts.say(ctx, "Paused while the page was hidden".to_owned());
        }
    }
}

impl eframe::App for Shell {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        if let Some(text) = self.host.arrived()
            && self.router.arrived(&text)
        {
            self.follow(ctx, &text);
        }
        self.health.collect();
        self.watch_device();
        self.watch_visibility(ctx);
        self.save_picture(ctx);
        self.share_processor(ctx);
        self.with_lab(ctx, |lab, cx| lab.logic(ctx, cx));
        self.announce(ctx);
        let now = ctx.input(|input| input.time);
        if let Some(write) = self.router.due(now) {
            self.host.write(&write);
        } else if let Some(wait) = self.router.wait(now) {
            ctx.request_repaint_after(Duration::from_secs_f64(wait));
        }
        if !self.hidden && self.lab().is_some_and(|lab| lab.busy()) {
            ctx.request_repaint();
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        self.places.clear();
        keys::take(self, &ctx);
        let mut rest = ui.max_rect();
        let layout = self.layout(ctx.content_rect().width());
        let density = if layout == LayoutKind::Phone { Density::Touch } else { Density::Mouse };
        density.set(&ctx);
        if layout != LayoutKind::Embed {
            rest.min.y = topbar::show(self, ui, rest, layout);
        }
        rest.min.y = notices::banner(ui, rest, &mut self.health);
        let mut page = ui.new_child(UiBuilder::new().id_salt("page").max_rect(rest));
        page.shrink_clip_rect(rest);
        match self.page {
            Some(_) => self.with_lab(&ctx, |lab, cx| lab.ui(&mut page, cx)),
            None => gallery::show(self, &mut page, layout),
        }
        let of_lab = self.exhibit().map(|exhibit| exhibit.lab.keys());
        notices::keys(&ctx, &mut self.keys_shown, of_lab);
        self.toasts.show(&ctx);
        self.frames += 1;
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        // The ground under everything: to draw it takes a software adapter a quarter of a frame, to clear to it nothing.
        let ground = visuals.panel_fill;
        if self.linear { egui::Rgba::from(ground).to_array() } else { ground.to_normalized_gamma_f32() }
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }

    #[cfg(target_arch = "wasm32")]
    fn as_any_mut(&mut self) -> Option<&mut dyn std::any::Any> {
        Some(self)
    }
}
