//! What executors rely on, checked once: a plan may come from elsewhere.

use super::launches::{Uses, tensors};
use super::{
    ALIGN, BufferKind, CONSTANTS, Dispatch, Frames, GRADS, HISTORY, KNOBS, MOMENTS, PARAMS, Plan, STATE,
    Slice,
};
use crate::engine::EngineError;
use crate::engine::kernels::{self, Access, Ty};
use crate::engine::shape;

impl Plan {
    /// Checks that kernels are known, that arguments are the tensors they take and lie inside their buffers, that launches
    /// are what the kernels state for them, that no buffer is both read and written by one launch, and that steps of one
    /// launch do not wait for each other.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), EngineError> {
        let fail = |what: String| Err(EngineError::Plan(what));
        self.check_fixed()?;
        for d in &self.steps {
            self.check_step(d).or_else(|what| fail(format!("{}: {what}", d.label)))?;
        }
        let count = self.launches.iter().try_fold(0_usize, |sum, &n| sum.checked_add(n));
        if self.launches.contains(&0) || count != Some(self.steps.len()) {
            return fail("the launches do not have the plan's steps".to_owned());
        }
        let mut done = 0;
        for r in &self.repeats {
            let end = r.first.checked_add(r.count);
            match end
                .filter(|&end| r.first >= done && r.count > 0 && r.times > 0 && end <= self.launches.len())
            {
                Some(end) => done = end,
                None => return fail("loops overlap, are empty or lie outside of the launches".to_owned()),
            }
        }
        for steps in self.launch_steps() {
            let label = steps.first().map_or("", |d| &d.label);
            check_launch(steps).or_else(|what| fail(format!("launch of {label}: {what}")))?;
        }
        let framed = |f: &Frames| {
            let slice = self.inputs.values().find(|s| s.buffer == f.buffer)?;
            let last = f.count.checked_sub(1)?.checked_mul(f.stride)?;
            let end = slice.offset.checked_add(last)?.checked_add(slice.len())?;
            (end <= self.buffers.get(f.buffer)?.len && f.stride.is_multiple_of(ALIGN)).then_some(())
        };
        let tensors = self.inputs.values().chain(self.outputs.values());
        if !tensors.clone().all(|s| self.holds(s)) {
            return fail("an input or output lies outside of its buffer".to_owned());
        }
        let alike = self.frames.windows(2).all(|pair| pair[0].count == pair[1].count);
        if !alike || !self.frames.iter().all(|f| framed(f).is_some()) {
            return fail("frames of an input differ in number or lie outside of its buffer".to_owned());
        }
        Ok(())
    }

    /// Whether a tensor has a shape and lies inside its buffer.
    fn holds(&self, s: &Slice) -> bool {
        let end = || s.offset.checked_add(s.len());
        shape::check(&s.shape).is_ok()
            && self.buffers.get(s.buffer).is_some_and(|b| end().is_some_and(|end| end <= b.len))
    }

    fn check_step(&self, d: &Dispatch) -> Result<(), String> {
        let kernel = kernels::find(&d.stem).ok_or("no kernel of that stem")?;
        let bindings = kernel.signature(&d.attrs).bindings;
        if d.args.len() != bindings.len() || !d.args.iter().all(|s| self.holds(s)) {
            return Err("arguments do not match the kernel or their buffers".to_owned());
        }
        if d.args.iter().zip(bindings).any(|(s, b)| (b.ty == Ty::U32) != (s.buffer == STATE)) {
            return Err("the state is bound as numbers, or numbers as the state".to_owned());
        }
        let shapes: Vec<&[usize]> = d.args.iter().map(|s| s.shape.as_slice()).collect();
        kernel.fits(&d.attrs, &shapes)?;
        if kernel.launch(&d.attrs, &shapes) != d.launch {
            return Err("launch does not match the kernel".to_owned());
        }
        Ok(())
    }

    /// The seven fixed buffers and what lies in them.
    fn check_fixed(&self) -> Result<(), EngineError> {
        use BufferKind::{Constants, Grads, History, Knobs, Moments, Params, State};
        let fixed = [Params, Grads, Moments, Knobs, Constants, State, History];
        let in_order = self.buffers.iter().map(|b| &b.kind).take(fixed.len()).eq(fixed.iter());
        let fits = in_order
            && self.buffers[PARAMS].len == self.params.len
            && self.buffers[GRADS].len >= ALIGN
            && self.buffers[MOMENTS].len >= ALIGN
            && self.buffers[CONSTANTS].len == self.constants.len()
            && self.buffers[STATE].len == 4
            && self.buffers[HISTORY].len >= self.losses.len() * kernels::tick::HISTORY
            && self.knobs.iter().all(|k| k.offset < self.buffers[KNOBS].len)
            && self.params.entries.iter().all(|e| {
                e.offset.checked_add(e.len).is_some_and(|end| end <= self.params.len)
                    && shape::check(&e.shape).is_ok()
                    && shape::numel(&e.shape) == e.len
            });
        if fits {
            Ok(())
        } else {
            Err(EngineError::Plan("the fixed buffers are not as they should be".to_owned()))
        }
    }
}

/// Checks what the steps of a launch do to buffers together.
fn check_launch(steps: &[Dispatch]) -> Result<(), String> {
    let all: Vec<(&Slice, bool)> = steps.iter().flat_map(tensors).collect();
    if all.iter().any(|(s, writes)| *writes && all.iter().any(|(o, wrote)| !wrote && o.buffer == s.buffer)) {
        return Err("a buffer is bound for reading and for writing".to_owned());
    }
    let written: Vec<&Slice> = all.iter().filter(|t| t.1).map(|t| t.0).collect();
    let apart = |s: &Slice, o: &Slice| {
        s.buffer != o.buffer || s.offset + s.len() <= o.offset || o.offset + o.len() <= s.offset
    };
    let mut pairs =
        written.iter().enumerate().flat_map(|(i, a)| written[i + 1..].iter().map(move |b| (a, b)));
    if !pairs.all(|(a, b)| apart(a, b)) {
        return Err("two tensors that are written overlap".to_owned());
    }
    let [_, _, ..] = steps else { return Ok(()) };
    let in_place = |d: &Dispatch| {
        let bindings = kernels::find(&d.stem).map_or(&[][..], |k| k.signature(&d.attrs).bindings);
        bindings.iter().any(|b| b.access == Access::ReadWrite || b.ty == Ty::U32)
    };
    let together = steps[1..].iter().try_fold(Uses::of(&steps[0]), |uses, d| uses.with(&Uses::of(d)));
    if together.is_none() || steps.iter().any(in_place) {
        return Err("its steps cannot share it".to_owned());
    }
    Ok(())
}
