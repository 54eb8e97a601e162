//! Numbers for tests and embedders.

use super::exhibit::Exhibit;
use super::model::{NETS, names};
use crate::engine::{Backend, Pace};
use serde_json::{Value, json};

/// Everything a test or an embedder may want to read.
pub fn metrics(e: &Exhibit) -> Value {
    let s = e.settings();
    let (square, sweep) = (e.prober().square(), e.prober().sweep());
    let state = match (e.drawing(), e.diverged(), e.playing()) {
        (_, Some(_), _) => "diverged",
        (Some(_), _, _) => "drawing",
        (_, _, true) => "playing",
        _ if e.busy() => "working",
        _ => "paused",
    };
    let pair = |values: [Value; 2]| {
        let [a, b] = values;
        json!({ NETS[0]: a, NETS[1]: b })
    };
    let each = |value: &dyn Fn(usize) -> Value| -> Value {
        names(s).iter().enumerate().map(|(k, name)| ((*name).to_owned(), value(k))).collect()
    };
    let (parameters, kinds) = (e.model().parameters(), s.kinds().collect::<Vec<_>>());
    json!({
        "task": s.task.slug(),
        "group": s.group(),
        "models": each(&|k| json!(kinds[k].slug())),
        "step": e.step(),
        "state": state,
        "seeds": s.seeds,
        "test_error": each(&|k| json!(e.examiner().summary(k).last().map(|p| p[1]))),
        "diverged": e.diverged().map(|d| json!({ "step": d.step, "back_to": d.back_to, "network": d.net })),
        "steps_per_second": e.steps_per_second(),
        "seconds": e.wall(),
        "training_backend": e.runs().first().map(|r| match r.trainer().backend() {
            Backend::Cpu => "cpu",
            Backend::Gpu { .. } => "gpu",
        }),
        "training_thread": e.runs().first().map(|r| match r.trainer().pace() {
            Pace::Apart => "worker",
            Pace::Here | Pace::Shared => "page",
        }),
        "parameters": each(&|k| json!(parameters[k])),
        "g": square.map(|q| q.g.matrix.to_rows()),
        "shift": square.map(|q| q.g.shift.clone()),
        "x": s.x,
        "y": square.map(|q| q.y[0].clone()),
        "truth": square.map(|q| q.truth.clone()),
        "residual": square.and_then(|q| q.residual[0]),
        "residual_f64": square.and_then(|q| q.exact),
        "twin_residual": square.and_then(|q| q.residual[1]),
        "error_here": square.map(|q| pair(q.error.map(|v| json!(v)))),
        "median": sweep.map(|w| w.median[0]),
        "worst": sweep.map(|w| w.worst[0]),
        "twin_worst": sweep.map(|w| w.worst[1]),
        "orbit": sweep.map(|w| json!({
            "values": w.values,
            "error": pair([json!(w.error[0]), json!(w.error[1])]),
            "residual": pair([json!(w.residual[0]), json!(w.residual[1])]),
        })),
    })
}
