//! Which steps run in one launch: those that do not wait for each other. A plan becomes as long as its longest chain of
//! steps that do, no longer; gradients of weights, for one, run beside what carries the gradient on.

use std::collections::{BTreeMap, BTreeSet};

use super::{Dispatch, Plan, Repeat, Slice};
use crate::engine::joint;
use crate::engine::kernels::{self, Access, Ty};

/// Most buffers of a launch: so many storage buffers every device offers to a shader.
pub const MOST_BUFFERS: usize = 8;
/// Most steps of a launch.
pub const MOST_STEPS: usize = 8;

/// Puts the steps of a plan in which every value has a buffer of its own, and every step a launch, into an order in which
/// those that can run in one launch stand together, and says how many each launch has. Loops stay apart.
pub(super) fn join(plan: &mut Plan) {
    let passages = plan.passages();
    let mut rest = std::mem::take(&mut plan.steps);
    plan.launches.clear();
    plan.repeats.clear();
    for (range, times) in passages {
        let behind = rest.split_off(range.len());
        let (first, launches) = (plan.launches.len(), order(&rest));
        if times > 1 {
            plan.repeats.push(Repeat { first, count: launches.len(), times });
        }
        plan.launches.extend(launches.iter().map(Vec::len));
        let mut steps: Vec<Option<Dispatch>> = rest.into_iter().map(Some).collect();
        plan.steps.extend(launches.into_iter().flatten().filter_map(|i| steps[i].take()));
        rest = behind;
    }
}

/// The steps of each launch: the most urgent one that waits for nothing, and whatever else can go with it.
fn order(steps: &[Dispatch]) -> Vec<Vec<usize>> {
    let waits = waits(steps);
    let uses: Vec<Option<Uses>> = steps.iter().map(|d| joinable(d).then(|| Uses::of(d))).collect();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    waits.iter().enumerate().for_each(|(j, before)| before.iter().for_each(|&i| followers[i].push(j)));
    // Steps of the longest chain that begins with each.
    let mut depth = vec![1; steps.len()];
    for i in (0..depth.len()).rev() {
        depth[i] = 1 + followers[i].iter().map(|&j| depth[j]).max().unwrap_or(0);
    }
    let urgency = |i: usize| (std::cmp::Reverse(depth[i]), i);
    let mut open: Vec<usize> = waits.iter().map(BTreeSet::len).collect();
    let mut ready: BTreeSet<_> = (0..open.len()).filter(|&i| open[i] == 0).map(urgency).collect();
    let mut launches = Vec::new();
    while let Some((_, first)) = ready.pop_first() {
        let launch = fill(first, ready.iter().map(|r| r.1), &uses);
        for &i in &launch {
            ready.remove(&urgency(i));
            for &j in &followers[i] {
                open[j] -= 1;
                if open[j] == 0 {
                    ready.insert(urgency(j));
                }
            }
        }
        launches.push(launch);
    }
    launches
}

/// A step and those of the others that fit into its launch, in their order.
fn fill(first: usize, others: impl Iterator<Item = usize>, uses: &[Option<Uses>]) -> Vec<usize> {
    let mut launch = vec![first];
    let Some(mut together) = uses[first].clone() else { return launch };
    for i in others {
        let grown = uses[i].as_ref().and_then(|own| together.with(own));
        if let Some(grown) = grown.filter(|_| launch.len() < MOST_STEPS) {
            together = grown;
            launch.push(i);
        }
    }
    launch.sort_unstable();
    launch
}

/// Whether a step may share its launch: it leaves the state alone, changes nothing in place, and its shader can be joined.
fn joinable(d: &Dispatch) -> bool {
    let plain = |kernel: &dyn kernels::Kernel| {
        kernel.signature(&d.attrs).bindings.iter().all(|b| b.ty == Ty::F32 && b.access != Access::ReadWrite)
    };
    kernels::find(&d.stem).is_some_and(plain) && joint::joins(&d.stem)
}

/// Tensors of a step, and whether it writes them.
pub(super) fn tensors(d: &Dispatch) -> impl Iterator<Item = (&Slice, bool)> {
    let bindings = kernels::find(&d.stem).map_or(&[][..], |k| k.signature(&d.attrs).bindings);
    d.args.iter().zip(bindings).map(|(s, b)| (s, b.access != Access::Read))
}

/// The steps that each step has to wait for: those that write what it reads or writes, or read what it writes.
fn waits(steps: &[Dispatch]) -> Vec<BTreeSet<usize>> {
    let mut seen: BTreeMap<usize, Vec<(usize, &Slice, bool)>> = BTreeMap::new();
    let mut all = Vec::with_capacity(steps.len());
    for (j, d) in steps.iter().enumerate() {
        let mut before = BTreeSet::new();
        for (s, writes) in tensors(d) {
            let earlier = seen.get(&s.buffer).into_iter().flatten();
            let meets = |o: &Slice| s.offset < o.offset + o.len() && o.offset < s.offset + s.len();
            before.extend(earlier.filter(|(_, o, wrote)| (writes || *wrote) && meets(o)).map(|e| e.0));
        }
        tensors(d).for_each(|(s, writes)| seen.entry(s.buffer).or_default().push((j, s, writes)));
        all.push(before);
    }
    all
}

/// The buffers of a launch, and whether it writes them.
#[derive(Clone)]
pub(super) struct Uses(BTreeMap<usize, bool>);

impl Uses {
    pub(super) fn of(d: &Dispatch) -> Self {
        Self(tensors(d).map(|(s, writes)| (s.buffer, writes)).collect())
    }

    /// The buffers of two launches, if one may do the work of both: none is read by one and written by the other, and
    /// there are not too many.
    pub(super) fn with(&self, other: &Self) -> Option<Self> {
        let agree = other.0.iter().all(|(buffer, writes)| self.0.get(buffer).is_none_or(|w| w == writes));
        let mut all = self.clone();
        all.0.extend(&other.0);
        (agree && all.0.len() <= MOST_BUFFERS).then_some(all)
    }
}
