//! Which values share a buffer: those that are never alive at once.

use super::{BufferKind, BufferSpec, Plan};

/// The launches between which a value is alive, the first writes it, and its length.
struct Value {
    buffer: usize,
    first: usize,
    last: usize,
    len: usize,
}

/// Gives the slots of a plan, one per value, to as few numbers as are needed: the largest value first, each to the smallest
/// slot that is free while it is alive, or to a new one (Pisarchyk & Lee 2020, "greedy by size" for shared objects). A
/// value and what is computed from it in one launch never share.
pub(super) fn share(plan: &mut Plan) {
    let mut values = values(plan);
    values.sort_by_key(|v| (std::cmp::Reverse(v.len), v.first));
    // Slots by descending length, since later values are never larger; the last that fits is the smallest.
    let mut slots: Vec<Vec<Value>> = Vec::new();
    for value in values {
        let free = |slot: &&mut Vec<Value>| slot.iter().all(|v| v.last < value.first || value.last < v.first);
        match slots.iter_mut().rev().find(free) {
            Some(slot) => slot.push(value),
            None => slots.push(vec![value]),
        }
    }
    let mut places = vec![0; plan.buffers.len()];
    let mut kept = Vec::new();
    for (old, spec) in plan.buffers.drain(..).enumerate().filter(|(_, b)| b.kind != BufferKind::Slot) {
        places[old] = kept.len();
        kept.push(spec);
    }
    for slot in slots {
        slot.iter().for_each(|v| places[v.buffer] = kept.len());
        kept.push(BufferSpec { kind: BufferKind::Slot, len: slot.iter().map(|v| v.len).max().unwrap_or(0) });
    }
    plan.buffers = kept;
    let tensors = plan.steps.iter_mut().flat_map(|d| &mut d.args);
    let tensors = tensors.chain(plan.inputs.values_mut()).chain(plan.outputs.values_mut());
    tensors.for_each(|s| s.buffer = places[s.buffer]);
    plan.frames.iter_mut().for_each(|f| f.buffer = places[f.buffer]);
}

/// The values in the slots of a plan in which every value has its own; the host may read outputs after the last launch.
fn values(plan: &Plan) -> Vec<Value> {
    let mut values: Vec<Option<Value>> = plan.buffers.iter().map(|_| None).collect();
    for (launch, d) in plan.by_launch() {
        for s in d.args.iter().filter(|s| plan.buffers[s.buffer].kind == BufferKind::Slot) {
            let len = plan.buffers[s.buffer].len;
            let value =
                values[s.buffer].get_or_insert(Value { buffer: s.buffer, first: launch, last: launch, len });
            value.last = launch;
        }
    }
    // What a loop reads stays for all its rounds, and what comes back round as well.
    for r in &plan.repeats {
        let end = r.first + r.count - 1;
        for value in values.iter_mut().flatten().filter(|v| v.first < r.first && v.last >= r.first) {
            value.last = value.last.max(end);
        }
    }
    for s in plan.outputs.values() {
        if let Some(value) = &mut values[s.buffer] {
            value.last = plan.launches.len();
        }
    }
    values.into_iter().flatten().collect()
}
