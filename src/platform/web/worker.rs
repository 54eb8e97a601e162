//! Training in a Web Worker: a second instance of the module that the page has compiled, without the interface. It needs
//! no shared memory, no headers and no file of its own: its script is a `blob:` that imports the page's.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use eframe::egui::Context;
use js_sys::{Array, Float32Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, BlobPropertyBag, DedicatedWorkerGlobalScope, Event, MessageEvent, Url};
use web_time::Instant;

use super::page;
use crate::engine::exec::remote::{Parcel, Port, Server};

/// Runs in the worker. The first message says what to load; a string that comes back is [`READY`] or what went wrong.
const SCRIPT: &str = r#"onmessage = async ({ data: { script, module } }) => {
  try {
    const program = await import(script);
    await program.default({ module_or_path: module });
    program.work();
  } catch (error) {
    postMessage(String(error));
  }
};"#;
const READY: &str = "ready";
/// Seconds after which a worker that has not said a word is given up.
const PATIENCE: u64 = 15;

/// The page's end: starts the worker with the first parcel, and ends it when it is dropped.
pub(super) struct Worker {
    /// Address of the page's script.
    script: String,
    /// Looks at the worker in each of its frames: one is asked for where something goes wrong.
    ctx: Context,
    running: Option<Running>,
    heard: Rc<RefCell<Heard>>,
}

struct Running {
    worker: web_sys::Worker,
    since: Instant,
    _listeners: [Closure<dyn FnMut(Event)>; 2],
}

/// What the listeners have left.
#[derive(Default)]
struct Heard {
    ready: bool,
    /// Parcels to be sent: all at once, when the page has done what it is doing. Each message on its own would wake the
    /// worker in the middle of a frame.
    waiting: Vec<Parcel>,
    arrived: VecDeque<Parcel>,
    fault: Option<String>,
}

impl Worker {
    /// One that will run the program of a script for an app.
    pub(super) fn new(script: String, ctx: Context) -> Self {
        Self { script, ctx, running: None, heard: Rc::default() }
    }

    fn start(&self) -> Result<Running, JsValue> {
        let kind = BlobPropertyBag::new();
        kind.set_type("text/javascript");
        let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&SCRIPT.into()), &kind)?;
        let url = Url::create_object_url_with_blob(&blob)?;
        // A classic one: pages without an origin may not start module workers from a `blob:`.
        let worker = web_sys::Worker::new(&url)?;
        let listeners = [self.on_message(&worker), self.on_error()];
        worker.set_onmessage(Some(listeners[0].as_ref().unchecked_ref()));
        worker.set_onerror(Some(listeners[1].as_ref().unchecked_ref()));
        let first = Object::new();
        Reflect::set(&first, &"script".into(), &self.script.as_str().into())?;
        Reflect::set(&first, &"module".into(), &wasm_bindgen::module())?;
        worker.post_message(&first)?;
        Ok(Running { worker, since: Instant::now(), _listeners: listeners })
    }

    fn on_message(&self, worker: &web_sys::Worker) -> Closure<dyn FnMut(Event)> {
        let (heard, worker, ctx) = (Rc::clone(&self.heard), worker.clone(), self.ctx.clone());
        Closure::new(move |event: Event| {
            let data = event.unchecked_into::<MessageEvent>().data();
            let mut heard = heard.borrow_mut();
            match data.as_string() {
                None => heard.arrived.extend(parcels_of(&data)),
                Some(text) if text == READY => {
                    heard.ready = true;
                    heard.send_to(&worker);
                }
                Some(text) => {
                    heard.fault.get_or_insert(text);
                    ctx.request_repaint();
                }
            }
        })
    }

    fn on_error(&self) -> Closure<dyn FnMut(Event)> {
        let (heard, ctx) = (Rc::clone(&self.heard), self.ctx.clone());
        Closure::new(move |event: Event| {
            // The page goes on without it.
            event.prevent_default();
            ctx.request_repaint();
            let message = Reflect::get(&event, &"message".into()).ok().and_then(|text| text.as_string());
            let message = message.unwrap_or_else(|| "the page does not let a worker start".to_owned());
            heard.borrow_mut().fault.get_or_insert(message);
        })
    }
}

impl Heard {
    /// Sends what is waiting.
    fn send_to(&mut self, worker: &web_sys::Worker) {
        let parcels = std::mem::take(&mut self.waiting);
        post(&parcels, |message, hand_over| worker.post_message_with_transfer(message, hand_over));
    }
}

impl Port for Worker {
    fn send(&mut self, parcel: Parcel) {
        if self.running.is_none() && self.heard.borrow().fault.is_none() {
            match self.start() {
                Ok(running) => self.running = Some(running),
                Err(error) => self.heard.borrow_mut().fault = Some(page::text_of(&error)),
            }
        }
        let Some(Running { worker, .. }) = &self.running else { return };
        let mut heard = self.heard.borrow_mut();
        heard.waiting.push(parcel);
        if heard.ready && heard.waiting.len() == 1 {
            let (heard, worker) = (Rc::clone(&self.heard), worker.clone());
            spawn_local(async move { heard.borrow_mut().send_to(&worker) });
        }
    }

    fn receive(&mut self) -> Result<Option<Parcel>, String> {
        let mut heard = self.heard.borrow_mut();
        if let Some(parcel) = heard.arrived.pop_front() {
            return Ok(Some(parcel));
        }
        let late = self.running.as_ref().is_some_and(|running| running.since.elapsed().as_secs() > PATIENCE);
        if late && !heard.ready {
            heard.fault.get_or_insert_with(|| "the worker did not start".to_owned());
        }
        heard.fault.clone().map_or(Ok(None), Err)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.worker.set_onmessage(None);
            running.worker.set_onerror(None);
            running.worker.terminate();
        }
    }
}

/// Hands parcels over as arrays: each one's head, then its tensors. Nothing is copied on the way.
fn post(parcels: &[Parcel], send: impl FnOnce(&JsValue, &JsValue) -> Result<(), JsValue>) {
    let (message, hand_over) = (Array::new(), Array::new());
    for parcel in parcels {
        let head = Uint8Array::from(parcel.head.as_slice());
        hand_over.push(&head.buffer());
        let parts = Array::of1(&head);
        for tensor in &parcel.data {
            let tensor = Float32Array::from(tensor.as_slice());
            hand_over.push(&tensor.buffer());
            parts.push(&tensor);
        }
        message.push(&parts);
    }
    if let Err(error) = send(&message, &hand_over) {
        log::warn!("a message to or from the worker: {}", page::text_of(&error));
    }
}

/// The parcels of a message, as [`post`] made it: copied once, for a view of the kind it has is not made anew.
fn parcels_of(message: &JsValue) -> impl Iterator<Item = Parcel> {
    message.unchecked_ref::<Array>().to_vec().into_iter().map(|parcel| {
        let mut parts = parcel.unchecked_ref::<Array>().iter();
        let head = parts.next().map(|head| head.unchecked_into::<Uint8Array>().to_vec()).unwrap_or_default();
        Parcel { head, data: parts.map(|tensor| tensor.unchecked_into::<Float32Array>().to_vec()).collect() }
    })
}

/// Makes this instance a worker: from now on it does what messages say.
#[wasm_bindgen]
pub fn work() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    std::panic::set_hook(Box::new(|info| {
        let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
        let _ = scope.post_message(&info.to_string().into());
    }));
    let desk = Rc::new(Desk::default());
    let obey: Closure<dyn FnMut(MessageEvent)> = Closure::new(move |event: MessageEvent| {
        for parcel in parcels_of(&event.data()) {
            let answer = desk.server.borrow_mut().handle(parcel);
            answer.iter().for_each(say);
        }
        desk.go_on_later();
    });
    scope.set_onmessage(Some(obey.as_ref().unchecked_ref()));
    // It lives as long as the worker.
    obey.forget();
    let _ = scope.post_message(&READY.into());
}

fn say(answer: &Parcel) {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    post(std::slice::from_ref(answer), |message, hand_over| {
        scope.post_message_with_transfer(message, hand_over)
    });
}

/// The worker's server, and whether it will be called to go on.
#[derive(Default)]
struct Desk {
    server: RefCell<Server>,
    called: Cell<bool>,
}

impl Desk {
    /// Goes on with steps that were cut when their rest is over.
    fn go_on_later(self: &Rc<Self>) {
        let Some(due) = self.server.borrow().due().filter(|_| !self.called.get()) else { return };
        let desk = Rc::clone(self);
        let go_on = Closure::once_into_js(move || {
            desk.called.set(false);
            let answers = desk.server.borrow_mut().go_on();
            answers.iter().for_each(say);
            desk.go_on_later();
        });
        let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
        let ms = (due.saturating_duration_since(Instant::now()).as_secs_f64() * 1e3).ceil() as i32;
        let set = scope.set_timeout_with_callback_and_timeout_and_arguments_0(go_on.unchecked_ref(), ms);
        self.called.set(set.is_ok());
    }
}
