//! Memory: nothing grows while training, and slots are shared about as well as lifetimes allow.

use std::collections::BTreeMap;
use std::sync::Arc;

use equiscope::bench::{WORKLOADS, find};
use equiscope::engine::exec::{CpuExecutor, Executor};
use equiscope::engine::kernels::{self, Access};
use equiscope::engine::plan::{BufferKind, Plan, aligned};

#[test]
fn training_does_not_grow() {
    let prepared = find("W1a").unwrap().prepare().unwrap();
    let plan = Arc::new(Plan::compile(&prepared.graph).unwrap());
    let mut exec = CpuExecutor::<f32>::new(Arc::clone(&plan));
    prepared.start(&plan, &mut exec).unwrap();
    exec.run(1).unwrap();
    let room = exec.room();
    let of_plan: usize = plan.buffers.iter().map(|b| b.len).sum();
    assert!(room >= of_plan, "{room} numbers for a plan of {of_plan}");
    for _ in 0..100 {
        exec.run(1000).unwrap();
        let ticket = exec.request(&["history:loss"]);
        assert!(exec.room() > room, "an answer takes room until it is collected");
        exec.poll(ticket).unwrap().unwrap();
        assert_eq!(exec.room(), room);
    }
    assert_eq!(exec.step(), 100_001);
}

/// The most that values in slots take up at once: each from the launch that writes it to the last that reads it, or to the
/// end if it is an output. A device binds at multiples of 64 numbers, so that values count as such.
fn most_alive(plan: &Plan) -> usize {
    let is_slot = |buffer: usize| plan.buffers[buffer].kind == BufferKind::Slot;
    // Steps of one launch may run side by side: (first launch, last launch, length) of values that are over, and of those
    // in each slot.
    let (mut over, mut now) = (Vec::new(), BTreeMap::<usize, (usize, usize, usize)>::new());
    for (launch, d) in plan.by_launch() {
        let bindings = kernels::find(&d.stem).unwrap().signature(&d.attrs).bindings;
        for (s, b) in d.args.iter().zip(bindings).filter(|(s, _)| is_slot(s.buffer)) {
            if b.access == Access::Write {
                over.extend(now.insert(s.buffer, (launch, launch, aligned(s.len()))));
            } else {
                now.get_mut(&s.buffer).expect("is written before it is read").1 = launch;
            }
        }
    }
    for s in plan.outputs.values() {
        if let Some(value) = now.get_mut(&s.buffer) {
            value.1 = plan.launches.len();
        }
    }
    over.extend(now.into_values());
    let alive =
        |launch: usize| over.iter().filter(|v| v.0 <= launch && launch <= v.1).map(|v| v.2).sum::<usize>();
    (0..plan.launches.len()).map(alive).max().unwrap_or(0)
}

#[test]
fn slots_are_shared_nearly_as_well_as_lifetimes_allow() {
    for workload in WORKLOADS {
        let plan = Plan::compile(&workload.prepare().unwrap().graph).unwrap();
        let slots = plan.buffers.iter().filter(|b| b.kind == BufferKind::Slot);
        let (slots, alive) = (slots.map(|b| b.len).sum::<usize>(), most_alive(&plan));
        assert!(alive > 0 && alive <= slots, "{}: {slots} numbers cannot hold {alive}", workload.id);
        assert!(slots as f64 <= 1.3 * alive as f64, "{}: {slots} numbers for {alive}\n{plan}", workload.id);
    }
}
