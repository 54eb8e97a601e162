//! On a software adapter, a frame begins when the last one has been drawn and, for the most part, put on the screen.
//!
//! Such an adapter draws on the processor's cores, for longer than the time between two refreshes of the screen. A frame
//! that is computed meanwhile takes them away from it, is shown no sooner, and answers to a pointer that has moved on
//! since; and is itself computed in pieces, for the browser's own threads go first. So the page's `requestAnimationFrame`
//! is put behind a turnstile. A real graphics processor works beside the cores, and there frames overlap as they like.
//!
//! Not every browser says promptly that something has been drawn: Firefox asks ten times a second. Only where answers
//! come at once are they waited for.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use eframe::egui;
use eframe::egui_wgpu::wgpu;
use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;
use web_time::Instant;

/// Longest wait for one frame, in milliseconds: a device that never answers must not stop the page.
const PATIENCE: f64 = 1000.0;
/// Milliseconds left to the browser for putting together the page with what has been drawn. Nobody says when that is
/// done: Chromium with SwiftShader took 11 in the middle, for 1280 × 800 pixels on two cores. Frames that begin at the
/// first refresh after these take a millisecond less in the slowest twentieth. The price is up to one refresh of the
/// screen: in one state of a lab 23 frames a second became 20, in another as many as before.
const COMPOSING: f64 = 8.0;
/// A prompt answer, when there is nothing to do, takes less than this many milliseconds.
const PROMPT: u128 = 4;
/// So many of them make a prompt queue, and so many times it is asked.
const PROOF: u32 = 3;
const TRIALS: u32 = 40;

/// An app that draws on a software adapter.
struct Watched {
    instance: u32,
    ctx: egui::Context,
    queue: wgpu::Queue,
    /// The last frame that the queue was asked about.
    frame: u64,
    /// When the next one may begin, as bits of milliseconds on the page's clock; never while that one is being drawn.
    free: Arc<AtomicU64>,
    /// Prompt answers so far.
    prompt: Arc<AtomicU32>,
}

/// Asks the queue again and again whether it is done, each time when it has just been.
fn try_out(queue: wgpu::Queue, prompt: Arc<AtomicU32>, trials: u32) {
    let (asked, next) = (Instant::now(), queue.clone());
    queue.on_submitted_work_done(move || {
        if asked.elapsed().as_millis() < PROMPT {
            prompt.fetch_add(1, Ordering::Relaxed);
        }
        if trials > 1 && prompt.load(Ordering::Relaxed) < PROOF {
            try_out(next, prompt, trials - 1);
        }
    });
}

impl Watched {
    fn is_prompt(&self) -> bool {
        self.prompt.load(Ordering::Relaxed) >= PROOF
    }

    /// Asks the queue about a frame that has been submitted since the last time.
    fn look(&mut self) {
        let frame = self.ctx.cumulative_frame_nr();
        if frame != self.frame && self.is_prompt() {
            self.frame = frame;
            let free = Arc::new(AtomicU64::new(f64::INFINITY.to_bits()));
            self.free = Arc::clone(&free);
            self.queue.on_submitted_work_done(move || {
                let clock = web_sys::window().and_then(|window| window.performance());
                let begin = clock.map_or(0.0, |clock| clock.now() + COMPOSING);
                free.store(begin.to_bits(), Ordering::Relaxed);
            });
        }
    }

    fn is_free(&self, now: f64) -> bool {
        now >= f64::from_bits(self.free.load(Ordering::Relaxed))
    }
}

/// The turnstile, once for the page.
struct Turnstile {
    request: Function,
    cancel: Function,
    /// When the last frame began.
    begun: Cell<f64>,
    watched: RefCell<Vec<Watched>>,
    /// By the number that the caller was given, the one that the browser gave last.
    waiting: RefCell<BTreeMap<i32, JsValue>>,
    last: Cell<i32>,
}

thread_local! {
    static TURNSTILE: RefCell<Option<Rc<Turnstile>>> = const { RefCell::new(None) };
}

/// From now on frames wait until what this instance has submitted is drawn and shown.
pub(super) fn watch(instance: u32, ctx: egui::Context, queue: wgpu::Queue) {
    forget(instance);
    let turnstile = TURNSTILE.with_borrow_mut(|known| {
        if known.is_none() {
            *known = Turnstile::set_up();
        }
        known.clone()
    });
    if let Some(turnstile) = turnstile {
        let (frame, prompt) = (ctx.cumulative_frame_nr(), Arc::<AtomicU32>::default());
        try_out(queue.clone(), Arc::clone(&prompt), TRIALS);
        let watched = Watched { instance, ctx, queue, frame, free: Arc::default(), prompt };
        turnstile.watched.borrow_mut().push(watched);
    }
}

/// Nothing waits for this instance any more.
pub(super) fn forget(instance: u32) {
    TURNSTILE.with_borrow(|known| {
        if let Some(turnstile) = known {
            turnstile.watched.borrow_mut().retain(|watched| watched.instance != instance);
        }
    });
}

impl Turnstile {
    /// Puts it in the place of the window's own functions; none where a window has no such functions.
    fn set_up() -> Option<Rc<Self>> {
        let window = web_sys::window()?;
        let own = |name: &str| Reflect::get(&window, &name.into()).ok()?.dyn_into::<Function>().ok();
        let turnstile = Rc::new(Self {
            request: own("requestAnimationFrame")?.bind0(&window),
            cancel: own("cancelAnimationFrame")?.bind0(&window),
            begun: Cell::new(0.0),
            watched: RefCell::default(),
            waiting: RefCell::default(),
            last: Cell::new(0),
        });
        let (entry, exit) = (Rc::clone(&turnstile), Rc::clone(&turnstile));
        let request = Closure::<dyn Fn(Function) -> i32>::new(move |callback| entry.admit(callback));
        let cancel = Closure::<dyn Fn(i32)>::new(move |number| exit.send_away(number));
        Reflect::set(&window, &"requestAnimationFrame".into(), &request.into_js_value()).ok()?;
        Reflect::set(&window, &"cancelAnimationFrame".into(), &cancel.into_js_value()).ok()?;
        Some(turnstile)
    }

    /// What `requestAnimationFrame` does.
    fn admit(self: &Rc<Self>, callback: Function) -> i32 {
        self.last.set(self.last.get().wrapping_add(1));
        self.wait(self.last.get(), callback);
        self.last.get()
    }

    /// Calls back at the next refresh of the screen at which nothing is being drawn or put together.
    fn wait(self: &Rc<Self>, number: i32, callback: Function) {
        let turnstile = Rc::clone(self);
        let turn = Closure::once_into_js(move |now: f64| {
            if turnstile.is_taken(now) {
                return turnstile.wait(number, callback);
            }
            turnstile.waiting.borrow_mut().remove(&number);
            turnstile.begun.set(now);
            // An exception is the caller's; the browser reports it as it would have done.
            if let Err(error) = callback.call1(&JsValue::UNDEFINED, &now.into()) {
                wasm_bindgen::throw_val(error);
            }
            turnstile.watched.borrow_mut().iter_mut().for_each(Watched::look);
        });
        if let Ok(browsers) = self.request.call1(&JsValue::UNDEFINED, &turn) {
            self.waiting.borrow_mut().insert(number, browsers);
        }
    }

    fn is_taken(&self, now: f64) -> bool {
        // Callbacks of one refresh carry the same time: they pass together.
        now > self.begun.get()
            && now < self.begun.get() + PATIENCE
            && self.watched.borrow().iter().any(|watched| !watched.is_free(now))
    }

    /// What `cancelAnimationFrame` does.
    fn send_away(&self, number: i32) {
        if let Some(browsers) = self.waiting.borrow_mut().remove(&number) {
            let _ = self.cancel.call1(&JsValue::UNDEFINED, &browsers);
        }
    }
}
