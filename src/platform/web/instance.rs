//! One canvas with its app: mounting, listening to the address bar, losing the graphics device and coming back.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use eframe::egui;
use eframe::egui_wgpu::wgpu;
use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlCanvasElement;
use web_time::Instant;

use super::host::{self, Page};
use super::worker::Worker;
use super::{pace, page};
use crate::app::health::{Inbox, Level};
use crate::app::{Options, Shell};
use crate::engine::exec::remote::Remote;
use crate::platform::ask::losses;
use crate::platform::{PARTS, graphics};

/// A device that is lost this often, each time within a minute, is not worth another try.
const MOST_LOSSES: u32 = 3;

/// Said after a new device was found.
const RECOVERED: &str = "The graphics device was lost and has been set up again. Settings are as they were; training begins anew.";

thread_local! {
    /// Those that are mounted. Callbacks of the graphics device must not hold what lives on one thread only, and a
    /// panic knows no instance: both find it here by number.
    static MOUNTED: RefCell<Vec<Rc<Instance>>> = const { RefCell::new(Vec::new()) };
    static NEXT: Cell<u32> = const { Cell::new(0) };
}

/// A panic ends all instances of the module: tells each canvas.
pub(super) fn report_panic(message: &str) {
    let mounted = MOUNTED.with(|list| list.try_borrow().map(|list| list.clone()).unwrap_or_default());
    for instance in mounted {
        let state = instance.last_state.try_borrow().map(|state| state.clone()).unwrap_or_default();
        page::dispatch(&instance.canvas, "equiscope:error", message, &state);
    }
}

/// A mounted app.
pub(super) struct Instance {
    number: u32,
    canvas: HtmlCanvasElement,
    runner: eframe::WebRunner,
    /// WebGPU, or else WebGL2.
    webgpu: bool,
    owns_url: bool,
    /// Address of the page's script, for a worker.
    script: Option<String>,
    /// A state from the address bar that the shell has not seen yet.
    arrived: Rc<RefCell<Option<String>>>,
    ctx: RefCell<Option<egui::Context>>,
    device: RefCell<Option<wgpu::Device>>,
    /// Kept by the host whenever the shell writes its state, for the time after a panic or a lost device.
    last_state: Rc<RefCell<String>>,
    /// Counts the devices, so that a message from one that was replaced is told apart.
    epoch: Cell<u32>,
    /// Losses in a row, and when the present device was set up.
    losses: Cell<(u32, Instant)>,
    /// Whether an audit for the page is under way.
    auditing: Rc<Cell<bool>>,
    mounted: Cell<bool>,
    on_address: RefCell<Option<Closure<dyn FnMut()>>>,
}

/// An audit under way.
pub(super) struct Auditing(Rc<Cell<bool>>);

impl Drop for Auditing {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl Instance {
    /// Starts the app on a canvas.
    pub(super) async fn mount(canvas_id: &str, options: &JsValue) -> Result<Rc<Self>, JsValue> {
        let option = |name: &str| Reflect::get(options, &JsValue::from_str(name)).ok();
        let flag = |name: &str| option(name).and_then(|value| value.as_bool()).unwrap_or(true);
        let canvas = web_sys::window()
            .and_then(|window| window.document())
            .and_then(|document| document.get_element_by_id(canvas_id))
            .and_then(|element| element.dyn_into::<HtmlCanvasElement>().ok())
            .ok_or_else(|| JsValue::from_str(&format!("there is no canvas with the id “{canvas_id}”")))?;
        let owns_url = flag("url");
        let open = option("state").and_then(|value| value.as_string());
        let open = open.unwrap_or_else(|| if owns_url { host::address() } else { String::new() });
        let instance = Rc::new(Self {
            number: NEXT.replace(NEXT.get() + 1),
            canvas,
            runner: eframe::WebRunner::new(),
            webgpu: flag("webgpu"),
            owns_url,
            script: option("script").and_then(|value| value.as_string()),
            arrived: Rc::default(),
            ctx: RefCell::default(),
            device: RefCell::default(),
            last_state: Rc::new(RefCell::new(open)),
            epoch: Cell::new(0),
            losses: Cell::new((0, Instant::now())),
            auditing: Rc::default(),
            mounted: Cell::new(true),
            on_address: RefCell::default(),
        });
        MOUNTED.with_borrow_mut(|list| list.push(Rc::clone(&instance)));
        if let Err(error) = instance.run().await {
            instance.destroy();
            return Err(error);
        }
        instance.listen();
        spawn_local(announce_first_frame(Rc::clone(&instance)));
        Ok(instance)
    }

    /// Runs the app on a new device, at the last state known.
    async fn run(self: &Rc<Self>) -> Result<(), JsValue> {
        let backends = if self.webgpu { wgpu::Backends::BROWSER_WEBGPU } else { wgpu::Backends::GL };
        if !self.webgpu && !cfg!(feature = "webgl") {
            return Err(JsValue::from_str("this build draws with WebGPU only"));
        }
        self.epoch.set(self.epoch.get() + 1);
        let options =
            eframe::WebOptions { wgpu_options: graphics::configuration(backends), ..Default::default() };
        let instance = Rc::clone(self);
        let create =
            move |cc: &eframe::CreationContext<'_>| Ok(Box::new(instance.create(cc)) as Box<dyn eframe::App>);
        self.runner.start(self.canvas.clone(), options, Box::new(create)).await
    }

    fn create(&self, cc: &eframe::CreationContext<'_>) -> Shell {
        let (number, epoch) = (self.number, self.epoch.get());
        // A letter box for each device: what the last words of a lost one were is of no interest any more.
        let inbox = Inbox::default();
        if epoch > 1 {
            inbox.put(Level::Notice, RECOVERED.to_owned());
        }
        let state = graphics::state(cc);
        let device = state.and_then(|state| {
            let lost = move |why: &str| device_lost(number, epoch, why);
            let watch = graphics::watch(state, inbox.clone(), cc.egui_ctx.clone(), lost);
            *self.device.borrow_mut() = Some(state.device.clone());
            graphics::device(state, watch)
        });
        if let (Some(state), Some(true)) = (state, device.as_ref().map(|device| device.software)) {
            pace::watch(number, cc.egui_ctx.clone(), state.queue.clone());
        }
        *self.ctx.borrow_mut() = Some(cc.egui_ctx.clone());
        let options = Options {
            host: Box::new(Page::new(self.owns_url, Rc::clone(&self.arrived), Rc::clone(&self.last_state))),
            open: self.last_state.borrow().clone(),
            device,
            drawing: graphics::drawing(state),
            inbox,
        };
        let mut shell = Shell::new(cc, &(PARTS.labs)(), options);
        if let Some(script) = &self.script {
            shell.set_worker(Remote::new(Box::new(Worker::new(script.clone(), cc.egui_ctx.clone()))));
        }
        shell
    }

    /// Follows the back button and edits of the address.
    fn listen(self: &Rc<Self>) {
        if !self.owns_url {
            return;
        }
        let instance = Rc::downgrade(self);
        let heard = Closure::new(move || {
            let Some(instance) = instance.upgrade() else { return };
            *instance.arrived.borrow_mut() = Some(host::address());
            if let Some(ctx) = &*instance.ctx.borrow() {
                ctx.request_repaint();
            }
        });
        if let Some(window) = web_sys::window() {
            for event in ["popstate", "hashchange"] {
                let _ = window.add_event_listener_with_callback(event, heard.as_ref().unchecked_ref());
            }
        }
        *self.on_address.borrow_mut() = Some(heard);
    }

    /// Talks to the app, where it runs.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut Shell, &egui::Context) -> T) -> Result<T, JsValue> {
        let gone = || JsValue::from_str("the app is not running");
        let ctx = self.ctx.borrow().clone().ok_or_else(gone)?;
        let mut shell = self.runner.app_mut::<Shell>().ok_or_else(gone)?;
        Ok(act(&mut shell, &ctx))
    }

    /// The present state, or the last one known.
    pub(super) fn state(&self) -> String {
        if let Ok(state) = self.with(|shell, _| shell.state()) {
            *self.last_state.borrow_mut() = state;
        }
        self.last_state.borrow().clone()
    }

    /// Marks that an audit is under way, until what it gives is dropped; none where one is already.
    pub(super) fn begin_audit(&self) -> Option<Auditing> {
        (!self.auditing.replace(true)).then(|| Auditing(Rc::clone(&self.auditing)))
    }

    /// Destroys the graphics device.
    pub(super) fn lose_device(&self) {
        if let Some(device) = &*self.device.borrow() {
            device.destroy();
        }
    }

    /// Sets the app up again after its device was lost.
    async fn recover(self: Rc<Self>, message: String) {
        let state = self.state();
        pace::forget(self.number);
        self.runner.destroy();
        page::dispatch(&self.canvas, "equiscope:device-lost", &message, &state);
        let (before, since) = self.losses.get();
        let count = losses(before, since.elapsed().as_secs_f64());
        self.losses.set((count, Instant::now()));
        if count >= MOST_LOSSES {
            let text = format!("The graphics device was lost {count} times in a row: {message}");
            page::dispatch(&self.canvas, "equiscope:error", &text, &state);
            return;
        }
        match self.run().await {
            Ok(()) if self.mounted.get() => {
                page::dispatch(&self.canvas, "equiscope:recovered", &message, &state);
            }
            // Taken off the canvas in the meantime.
            Ok(()) => self.runner.destroy(),
            Err(error) => {
                let text = format!("No new graphics device could be had: {}", page::text_of(&error));
                page::dispatch(&self.canvas, "equiscope:error", &text, &state);
            }
        }
    }

    /// Takes the app off the canvas.
    pub(super) fn destroy(&self) {
        self.state();
        self.mounted.set(false);
        pace::forget(self.number);
        if let (Some(heard), Some(window)) = (self.on_address.take(), web_sys::window()) {
            for event in ["popstate", "hashchange"] {
                let _ = window.remove_event_listener_with_callback(event, heard.as_ref().unchecked_ref());
            }
        }
        // After a panic the app is still borrowed by the call that died: there is nothing left to take down.
        if !self.runner.has_panicked() {
            self.runner.destroy();
        }
        self.ctx.take();
        self.device.take();
        MOUNTED.with_borrow_mut(|list| list.retain(|known| known.number != self.number));
    }
}

/// A device is gone. A message from one that was replaced, or from an app that was taken off, means nothing.
fn device_lost(number: u32, epoch: u32, message: &str) {
    let message = if message.is_empty() { "the graphics device was lost" } else { message };
    let lost = MOUNTED.with_borrow(|list| list.iter().find(|instance| instance.number == number).cloned());
    if let Some(instance) = lost.filter(|instance| instance.epoch.get() == epoch && instance.mounted.get()) {
        spawn_local(instance.recover(message.to_owned()));
    }
}

/// Tells the page once the first frame has been handed to the screen.
async fn announce_first_frame(instance: Rc<Instance>) {
    while instance.mounted.get() {
        page::sleep(10).await;
        // The second frame begins after the first has been presented; an app at rest may never draw a second one.
        let drawn = instance.with(|shell, ctx| {
            ctx.request_repaint();
            shell.frames() > 1
        });
        if matches!(drawn, Ok(true)) {
            page::dispatch(&instance.canvas, "equiscope:first-frame", "", &instance.state());
            return;
        }
    }
}
