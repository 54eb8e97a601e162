//! Files up to four losses in their history rings at the step's place, and, if told to, counts the step.
//! Attributes: ints = `[losses, first row, 1 to count]`. loss_0 … loss_3: `[1]` each; history: `[rows, 1024]`.

use super::{
    Access, Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Smoothness, Tolerance, Ty,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::maths::real::Real;

/// Steps that a history ring remembers.
pub const HISTORY: usize = 1024;
/// Losses that one dispatch files.
pub const LOSSES: usize = 4;

/// The kernel.
pub struct Tick;
/// Its registry entry.
pub static KERNEL: Tick = Tick;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let (losses, first, count) = (c.size(0), c.size(1), c.uniforms[2]);
    let place = c.state[0] as usize % HISTORY;
    for (i, loss) in c.reads[..losses].iter().enumerate() {
        c.writes[0][(first + i) * HISTORY + place] = loss[0];
    }
    c.state[0] = c.state[0].wrapping_add(count);
    c.state[3] = c.state[3].wrapping_add(count);
}

impl Kernel for Tick {
    fn stem(&self) -> &'static str {
        "tick"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("losses", Ty::U32), ("first", Ty::U32), ("advance", Ty::U32)],
            overrides: &[],
            bindings: const { &[
                Binding::read("loss_0"),
                Binding::read("loss_1"),
                Binding::read("loss_2"),
                Binding::read("loss_3"),
                Binding::update("history"),
                Binding::state(Access::ReadWrite),
            ] },
        }
    }

    fn infer(&self, _attrs: &Attrs, _reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        Err("is placed by the plan alone".to_owned())
    }

    fn fits(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Result<(), String> {
        let (losses, first) = (attrs.int(0) as usize, attrs.int(1) as usize);
        let rows = match shapes[4] {
            [rows, HISTORY] => *rows,
            other => return Err(format!("{other:?} is no history")),
        };
        let single = shapes[..4].iter().all(|s| *s == [1]);
        if single && losses <= LOSSES && first.checked_add(losses).is_some_and(|last| last <= rows) {
            Ok(())
        } else {
            Err(format!("{losses} losses from row {first} on do not fit into {rows}"))
        }
    }

    fn launch(&self, attrs: &Attrs, _shapes: &[&[usize]]) -> Launch {
        let uniforms = vec![attrs.int(0), attrs.int(1), attrs.int(2)];
        Launch { uniforms, overrides: vec![], workgroups: [1; 3] }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, _cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        Err("a tick has no derivative".to_owned())
    }

    fn smoothness(&self, _attrs: &Attrs) -> Smoothness {
        Smoothness::None
    }

    fn cases(&self) -> Vec<Case> {
        let case = |ints: [u32; 3], rows: usize, step: u32| {
            let mut feeds = vec![Feed::of(&[1]); LOSSES];
            feeds.push(Feed::of(&[rows, HISTORY]));
            let mut case = Case::new(Attrs::ints(&ints), feeds);
            case.state[0] = step;
            case
        };
        vec![case([1, 0, 1], 1, 0), case([2, 1, 1], 3, 1030), case([4, 0, 0], 4, 1023), case([0, 0, 1], 1, 3)]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::EXACT
    }
}
