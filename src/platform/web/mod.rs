//! The web page: one canvas is one instance, with a handle for the page to talk to.
//!
//! Events on the canvas, all with a `detail` of at least `{message}`:
//!
//! | event | when |
//! |---|---|
//! | `equiscope:first-frame` | the first frame is on the screen |
//! | `equiscope:device-lost` | the graphics device is gone; a new one is asked for |
//! | `equiscope:recovered` | the app runs again, on a new device, at the same state |
//! | `equiscope:error` | the app cannot go on by itself; `detail.state` is where to begin again |

mod bench;
mod host;
mod instance;
mod pace;
mod page;
#[cfg(feature = "every-kernel")]
mod parity;
mod shading;
mod worker;

use std::rc::Rc;

use eframe::egui;
use js_sys::Promise;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use crate::app::Shell;
use crate::engine::accuracy::Survey;
use crate::engine::{CpuExecutor, Executor, exec::GpuExecutor};
use crate::labs::{Command, REGISTRY};
use crate::platform::ask;
use instance::Instance;

/// Longest that `setState` waits for a lab to come to rest, in milliseconds: one that trains never does.
const PATIENCE: i32 = 2000;
/// Milliseconds between two looks.
const LOOK: i32 = 16;

/// Mounts the app on the canvas of that id.
///
/// `options`: `webgpu` (default true) chooses WebGPU or WebGL2; `state` opens that state instead of the one in the
/// address bar; `url` (default true) says whether this instance owns the address bar and the title of the page; `script`
/// is the address of the script that exports this function: where it is given, training goes on in a worker.
///
/// # Errors
/// A sentence, where there is no such canvas or no graphics device.
#[wasm_bindgen]
pub async fn start(canvas_id: String, options: JsValue) -> Result<Handle, JsValue> {
    page::install_hooks();
    shading::install();
    let instance = Instance::mount(&canvas_id, &options).await?;
    Ok(Handle { instance })
}

/// An instance, seen from the page.
#[wasm_bindgen]
pub struct Handle {
    instance: Rc<Instance>,
}

#[wasm_bindgen]
impl Handle {
    /// `{kind: "gpu"|"cpu", adapter, drawing}`: what computes and what draws.
    pub fn backend(&self) -> Result<JsValue, JsValue> {
        let value = self.instance.with(|shell, _| match shell.device() {
            Some(device) => json!({
                "kind": "gpu",
                "adapter": device.adapter,
                "software": device.software,
                "drawing": shell.drawing(),
            }),
            None => json!({ "kind": "cpu", "adapter": "cpu", "software": true, "drawing": shell.drawing() }),
        })?;
        page::to_js(&value)
    }

    /// The labs there are: `[{slug, title}]`, in the order of the gallery.
    pub fn labs(&self) -> Result<JsValue, JsValue> {
        let labs = REGISTRY.iter().map(|lab| json!({ "slug": lab.meta.slug, "title": lab.meta.title }));
        page::to_js(&labs.collect())
    }

    /// The present state, as in the URL; the last one known while the device is being replaced.
    pub fn state(&self) -> String {
        self.instance.state()
    }

    /// Opens a state; resolves once it is drawn and the lab has come to rest (at most two seconds later).
    #[wasm_bindgen(js_name = setState)]
    pub fn set_state(&self, state: String) -> Promise {
        let instance = Rc::clone(&self.instance);
        future_to_promise(async move {
            let before = instance.with(|shell, ctx| {
                shell.set_state(ctx, &state);
                shell.frames()
            })?;
            let mut waited = 0;
            loop {
                page::sleep(LOOK).await;
                waited += LOOK;
                let (drawn, busy) = instance.with(|shell, ctx| {
                    ctx.request_repaint();
                    (shell.frames() > before + 1, is_busy(shell))
                })?;
                if drawn && (!busy || waited >= PATIENCE) {
                    return Ok(JsValue::UNDEFINED);
                }
            }
        })
    }

    /// Trains `n` steps, at most a million; resolves when the lab is no longer busy.
    pub fn step(&self, n: f64) -> Promise {
        let instance = Rc::clone(&self.instance);
        future_to_promise(async move {
            let n = ask::whole("the number of steps", n, 0)?;
            instance.with(|shell, ctx| {
                if let Some(lab) = shell.lab() {
                    lab.command(Command::Step(n));
                }
                ctx.request_repaint();
            })?;
            while instance.with(|shell, _| is_busy(shell))? {
                page::sleep(LOOK).await;
            }
            Ok(JsValue::UNDEFINED)
        })
    }

    /// The open lab's numbers; `rects` holds the places of named controls in CSS pixels from the corner of the
    /// canvas: centre `x`, `y`, `width`, `height`, and the radius `r` of the largest circle inside.
    pub fn metrics(&self) -> Result<JsValue, JsValue> {
        let value = self.instance.with(|shell, ctx| {
            let mut value = shell.lab().map_or(Value::Null, |lab| lab.metrics());
            if !value.is_object() {
                value = json!({});
            }
            let zoom = ctx.zoom_factor();
            let rects = shell.places().iter().map(|(name, rect)| (name.clone(), place(*rect * zoom)));
            value["rects"] = Value::Object(rects.collect());
            value["frames"] = json!(shell.frames());
            value
        })?;
        page::to_js(&value)
    }

    /// Audits the open lab over `n` pairs (g, x), at most a million, in the form of the command line's `check`. One at
    /// a time.
    pub fn check(&self, n: f64) -> Promise {
        let instance = Rc::clone(&self.instance);
        future_to_promise(async move {
            let n = ask::whole("the number of pairs", n, 1)? as usize;
            let _one = instance.begin_audit().ok_or("another audit is under way: await it first")?;
            instance
                .with(|shell, ctx| {
                    ctx.request_repaint();
                    shell.lab().map(|lab| lab.start_check(n))
                })?
                .ok_or_else(|| JsValue::from_str("no lab is open"))?;
            loop {
                page::sleep(LOOK).await;
                let (result, busy) = instance.with(|shell, ctx| {
                    ctx.request_repaint();
                    (shell.lab().and_then(|lab| lab.check_result()), is_busy(shell))
                })?;
                match result {
                    Some(value) => return page::to_js(&value),
                    None if busy => {}
                    None => return Err(JsValue::from_str("the audit stopped; metrics() says why")),
                }
            }
        })
    }

    /// Accuracy of the kernels of small matrices where the labs compute, over `n` samples each: an array of rows
    /// `{kernel, samples, worst, bound, condition, passed}`, in units of 2⁻²⁴ times the condition.
    pub fn accuracy(&self, n: usize) -> Promise {
        let instance = Rc::clone(&self.instance);
        future_to_promise(async move {
            let gpu = instance.with(|shell, _| shell.device().cloned())?;
            let device = |plan| match &gpu {
                Some(gpu) => Box::new(GpuExecutor::new(gpu, plan)) as Box<dyn Executor>,
                None => Box::new(CpuExecutor::<f32>::new(plan)),
            };
            let mut survey = Survey::new(n);
            while !survey.advance(&device).map_err(|error| error.to_string())? {
                page::sleep(0).await;
            }
            page::to_js(&json!(survey.rows()))
        })
    }

    /// Times training steps of a workload, in the form of the command line's `bench`; one measurement at a time.
    pub fn bench(&self, workload: String, steps: f64, options: JsValue) -> Promise {
        let instance = Rc::clone(&self.instance);
        future_to_promise(async move {
            let gpu = instance.with(|shell, _| shell.device().cloned())?;
            bench::measure(workload, steps, options, gpu).await
        })
    }

    /// Version of the package.
    pub fn version(&self) -> String {
        crate::VERSION.to_owned()
    }

    /// Takes the app off the canvas.
    pub fn destroy(&self) {
        self.instance.destroy();
    }

    /// Destroys the graphics device, as a driver might; for tests of the recovery.
    #[wasm_bindgen(js_name = loseDevice)]
    pub fn lose_device(&self) {
        self.instance.lose_device();
    }
}

fn place(rect: egui::Rect) -> Value {
    let (centre, size) = (rect.center(), rect.size());
    json!({ "x": centre.x, "y": centre.y, "r": size.min_elem() / 2.0, "width": size.x, "height": size.y })
}

fn is_busy(shell: &mut Shell) -> bool {
    shell.lab().is_some_and(|lab| lab.busy())
}
