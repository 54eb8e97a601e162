//! Whole training steps of a workload on both executors of the page, compared.

use std::sync::Arc;

use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

use super::bench::{device, said, workload};
use super::page;
use crate::engine::exec::GpuExecutor;
use crate::engine::kernels::tick::HISTORY;
use crate::engine::{CpuExecutor, EngineError, Executor, Plan};
use crate::platform::ask;

/// What a run has come to.
struct State {
    loss: f64,
    params: Vec<f32>,
}

/// Trains a workload for one step, and for `steps` in all, on the CPU and on the device of the page, from the same start:
/// `{workload, adapter, states: [{step, cpu, gpu, loss, params}]}` with the losses of both, and how far losses and
/// parameters are apart relative to those of the CPU, parameters by norm.
///
/// # Errors
/// A sentence, where there is no such workload or no graphics device, or one of them refuses.
#[wasm_bindgen]
pub async fn parity(id: String, steps: f64) -> Result<JsValue, JsValue> {
    page::install_hooks();
    let steps = ask::whole("the number of steps", steps, 1)?;
    let (workload, gpu) = (workload(&id)?, device().await?);
    let prepared = workload.prepare().map_err(said)?;
    let plan = Arc::new(Plan::compile(&prepared.graph).map_err(said)?);
    let mut places: [Box<dyn Executor>; 2] = [
        Box::new(CpuExecutor::<f32>::new(Arc::clone(&plan))),
        Box::new(GpuExecutor::new(&gpu, Arc::clone(&plan))),
    ];
    for place in &mut places {
        prepared.start(&plan, place.as_mut()).map_err(said)?;
    }
    let (mut states, mut done) = (Vec::new(), 0);
    for step in [1, steps] {
        let mut reached = Vec::new();
        for place in &mut places {
            place.run(step - done).map_err(said)?;
            reached.push(state(place.as_mut(), step).await.map_err(said)?);
        }
        done = step;
        states.extend(reached.first_chunk::<2>().map(|[cpu, gpu]| compared(step, cpu, gpu)));
    }
    page::to_js(&json!({ "workload": workload.id, "adapter": gpu.adapter, "states": states }))
}

/// Loss of the last step and parameters after it.
async fn state(place: &mut dyn Executor, step: u32) -> Result<State, EngineError> {
    let ticket = place.request(&["history:loss", "params"]);
    let mut answer = loop {
        if let Some(answer) = place.poll(ticket) {
            break answer?;
        }
        page::sleep(1).await;
    };
    let mut take = |name: &str| answer.arrays.remove(name).unwrap_or_default();
    let (ring, params) = (take("history:loss"), take("params"));
    let loss = ring.get((step as usize - 1) % HISTORY).copied().unwrap_or(f32::NAN);
    Ok(State { loss: f64::from(loss), params })
}

fn compared(step: u32, cpu: &State, gpu: &State) -> Value {
    let pairs = || cpu.params.iter().zip(&gpu.params).map(|(&a, &b)| (f64::from(a), f64::from(b)));
    let apart = pairs().map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    let norm = pairs().map(|(a, _)| a * a).sum::<f64>();
    json!({
        "step": step,
        "cpu": cpu.loss,
        "gpu": gpu.loss,
        "loss": ((gpu.loss - cpu.loss) / cpu.loss).abs(),
        "params": (apart / norm).sqrt(),
    })
}
