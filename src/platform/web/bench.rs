//! Training steps under the clock: for `equiscope.bench` in the page, and for a page without the app that stands beside
//! other libraries in one harness.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Promise, Reflect};
use serde_json::json;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use super::page;
use crate::bench::calibrate::Calibration;
use crate::bench::clock::{Clock, Lap};
use crate::bench::run::{ROUNDS, Row, Run, loss, prepare};
use crate::bench::timed::Length;
use crate::bench::{WORKLOADS, Workload, find};
use crate::engine::exec::GpuExecutor;
use crate::engine::exec::gpu::Gpu;
use crate::engine::{CpuExecutor, EngineError, Executor, MakeExecutor};
use crate::platform::ask;

/// Seconds of a slice where the app wants to draw between them.
const SLICE: f64 = 0.006;
/// Seconds of a submission where nothing else goes on.
const ALONE: f64 = 0.1;

thread_local! {
    /// Whether a measurement is under way: two would measure each other.
    static BUSY: Cell<bool> = const { Cell::new(false) };
    /// The device of pages without the app, once it has been asked for.
    static DEVICE: RefCell<Option<Gpu>> = const { RefCell::new(None) };
}

/// A measurement under way.
struct Busy;

impl Busy {
    fn begin() -> Result<Self, JsValue> {
        let said = "another measurement is under way: await it first";
        if BUSY.replace(true) { Err(said.into()) } else { Ok(Self) }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        BUSY.set(false);
    }
}

pub(super) fn said(error: EngineError) -> JsValue {
    error.to_string().into()
}

pub(super) fn workload(id: &str) -> Result<&'static Workload, JsValue> {
    let known = || WORKLOADS.iter().map(|w| w.id).collect::<Vec<_>>().join(", ");
    find(id).ok_or_else(|| format!("there is no workload ‘{id}’; there are {}", known()).into())
}

/// Makes executors on a device, or on this thread without one.
fn maker(
    gpu: Option<Gpu>,
) -> impl Fn(std::sync::Arc<crate::engine::Plan>) -> Result<Box<dyn Executor>, EngineError> {
    move |plan| {
        Ok(match &gpu {
            Some(gpu) => Box::new(GpuExecutor::new(gpu, plan)),
            None => Box::new(CpuExecutor::<f32>::new(plan)),
        })
    }
}

/// Which of `cpu` (also where nothing is said) and `gpu` is meant.
fn wants_gpu(backend: Option<&str>) -> Result<bool, JsValue> {
    match backend {
        None | Some("cpu") => Ok(false),
        Some("gpu") => Ok(true),
        Some(other) => Err(format!("the backend must be ‘cpu’ or ‘gpu’, not ‘{other}’").into()),
    }
}

/// Measures a workload over five rounds of `steps` steps, in slices between which the page goes on; `options.backend` is
/// `cpu` or `gpu`.
pub(super) async fn measure(
    id: String,
    steps: f64,
    options: JsValue,
    gpu: Option<Gpu>,
) -> Result<JsValue, JsValue> {
    let workload = workload(&id)?;
    let steps = ask::whole("the number of steps", steps, 1)?;
    let backend = Reflect::get(&options, &"backend".into()).ok().and_then(|b| b.as_string());
    let gpu = match wants_gpu(backend.as_deref())? {
        true => Some(gpu.ok_or("there is no graphics device that computes")?),
        false => None,
    };
    let _busy = Busy::begin()?;
    let row = row(workload, steps, &maker(gpu)).await?;
    page::to_js(&json!(row))
}

async fn row(workload: &'static Workload, steps: u32, make: &MakeExecutor) -> Result<Row, JsValue> {
    let mut calibration = Calibration::new(make, SLICE).map_err(said)?;
    let speed = loop {
        if let Some(speed) = calibration.advance().map_err(said)? {
            break speed;
        }
        page::sleep(0).await;
    };
    let mut run = Run::new(workload, make, Length::Steps(steps), SLICE).map_err(said)?;
    while run.rounds() < ROUNDS {
        run.advance().map_err(said)?;
        page::sleep(0).await;
    }
    run.row(&speed).ok_or_else(|| "nothing was measured".into())
}

/// A workload on an executor of its own, without the app.
#[wasm_bindgen]
pub struct Bench {
    workload: &'static Workload,
    /// Away while it runs.
    clock: Rc<RefCell<Option<Clock>>>,
}

/// Sets a workload up on `cpu` or `gpu`.
///
/// # Errors
/// A sentence, where there is no such workload or no graphics device.
#[wasm_bindgen(js_name = prepareBench)]
pub async fn prepare_bench(id: String, backend: String) -> Result<Bench, JsValue> {
    page::install_hooks();
    let workload = workload(&id)?;
    let gpu = match wants_gpu(Some(&backend))? {
        true => Some(device().await?),
        false => None,
    };
    let (clock, _) = prepare(workload, &maker(gpu), ALONE).map_err(said)?;
    Ok(Bench { workload, clock: Rc::new(RefCell::new(Some(clock))) })
}

/// The device that all workloads of the page share.
pub(super) async fn device() -> Result<Gpu, JsValue> {
    if let Some(gpu) = DEVICE.with_borrow(Clone::clone) {
        return Ok(gpu);
    }
    let gpu = Gpu::without_window().await.map_err(said)?;
    DEVICE.set(Some(gpu.clone()));
    Ok(gpu)
}

#[wasm_bindgen]
impl Bench {
    /// Trains so many steps, without a pause on the CPU: `{loss, host_ms}`, the loss of the last step and the milliseconds
    /// for which this thread was held.
    pub fn run(&self, steps: f64) -> Promise {
        let place = Rc::clone(&self.clock);
        future_to_promise(async move {
            let steps = ask::whole("the number of steps", steps, 1)?;
            let taken = place.borrow_mut().take();
            let mut clock = taken.ok_or("these steps are being run: await them first")?;
            let ran = lap(&mut clock, steps).await;
            *place.borrow_mut() = Some(clock);
            let lap = ran.map_err(said)?;
            page::to_js(&json!({ "loss": loss(&lap), "host_ms": 1e3 * lap.host_seconds }))
        })
    }

    /// Multiplications and additions of its products in one step.
    #[wasm_bindgen(getter)]
    pub fn flops(&self) -> f64 {
        self.workload.flops
    }
}

async fn lap(clock: &mut Clock, steps: u32) -> Result<Lap, EngineError> {
    clock.start(steps);
    loop {
        if let Some(lap) = clock.advance()? {
            return Ok(lap);
        }
        if clock.is_waiting() {
            page::sleep(0).await;
        }
    }
}
