//! An elementwise program in one launch: every element of the iteration space runs through the lines, values that are
//! needed elsewhere are stored. Attributes: ints = rank and extents of the iteration space, padded to five, then the
//! program ([`Program`]). Made by fusion after differentiation; it has no derivative of its own.

use std::borrow::Cow;

use super::{Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Ready, Reference, Signature, Smoothness, Ty, grid, sizes_fit};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::kernels::binary::BinaryOp;
use crate::engine::kernels::unary::UnaryOp;
use crate::engine::program::run::{register_count, room, tape};
use crate::maths::real::Lanes;
use lanes::Tape;
use crate::engine::program::{self, Access, Line, Program, View};
use crate::engine::shape::{MAX_RANK, check, numel};

/// The kernel.
pub struct Chain;
/// Its registry entry.
pub static KERNEL: Chain = Chain;

/// Integers before the program.
const HEAD: usize = 1 + MAX_RANK;

static FIELDS: [(&str, Ty); 1 + program::NEST_FIELDS.len()] = program::fields([("count", Ty::U32)]);
static BINDINGS: [[[Binding; 8]; 9]; 8] = program::bindings([], "unused");

/// Attributes for a program over an iteration space.
pub fn attrs(shape: &[usize], program: &Program) -> Attrs {
    let mut attrs = Attrs::ints(&[0; HEAD]);
    attrs.ints[0] = shape.len() as u32;
    attrs.ints[1..].iter_mut().zip(shape).for_each(|(a, &d)| *a = d as u32);
    program.append(&mut attrs);
    attrs
}

fn shape(attrs: &Attrs) -> Vec<usize> {
    (0..(attrs.int(0) as usize).min(MAX_RANK)).map(|i| attrs.int(1 + i) as usize).collect()
}

fn run<T: Lanes>(c: &mut Call<'_, T>) {
    if let Some(view) = View::trusted(c.attrs, HEAD) {
        go(&tape(&view, false), register_count(&view), c);
    }
}

/// The program over the whole iteration space.
fn go<T: Lanes>(tape: &Tape<T>, registers: usize, c: &mut Call<'_, T>) {
    room(c.scratch, registers);
    program::run::run(tape, 0, c.size(0), &[], c.reads, c.writes, c.scratch);
}

impl Kernel for Chain {
    fn stem(&self) -> &'static str {
        "chain"
    }

    fn signature(&self, attrs: &Attrs) -> Signature {
        let (nests, reads, stores) = View::find(attrs, HEAD)
            .map_or((0, 0, 0), |v| (v.uniform_count(), v.read_count(), v.store_count()));
        Signature {
            uniforms: &FIELDS[..1 + nests],
            overrides: &[],
            bindings: &BINDINGS[reads][stores][..(reads + stores).min(8)],
        }
    }

    fn label(&self, attrs: &Attrs) -> String {
        View::find(attrs, HEAD).map_or_else(|| self.stem().to_owned(), |v| format!("chain:{}", v.functions()))
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let shape = shape(attrs);
        check(&shape)?;
        match View::find(attrs, HEAD) {
            Some(view)
                if view.store_count() > 0
                    && view.starts_from_tensors()
                    && view.read_count() + view.store_count() <= 8
                    && view.can_read(numel(&shape), reads) =>
            {
                Ok(shape)
            }
            _ => Err("the program is not sound".to_owned()),
        }
    }

    fn fits(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Result<(), String> {
        sizes_fit(self, attrs, shapes)
    }

    fn infer_parts(&self, attrs: &Attrs, _reads: &[&[usize]]) -> Vec<Vec<usize>> {
        let stores = View::find(attrs, HEAD).map_or(0, |v| v.store_count());
        vec![shape(attrs); stores.saturating_sub(1)]
    }

    fn launch(&self, attrs: &Attrs, _shapes: &[&[usize]]) -> Launch {
        let count = numel(&shape(attrs));
        let mut uniforms = vec![count as u32];
        if let Some(view) = View::find(attrs, HEAD) {
            uniforms.extend(view.uniforms());
        }
        Launch { uniforms, overrides: vec![], workgroups: grid(count, 64) }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn ready(&self, attrs: &Attrs, _launch: &Launch) -> Option<Ready<f32>> {
        let view = View::trusted(attrs, HEAD)?;
        let (tape, registers) = (tape(&view, false), register_count(&view));
        Some(Box::new(move |c| go(&tape, registers, c)))
    }

    fn specialise<'t>(&self, attrs: &Attrs, text: &'t str) -> Cow<'t, str> {
        match View::find(attrs, HEAD) {
            Some(view) => Cow::Owned(program::wgsl::insert(&view, text, 0)),
            None => Cow::Borrowed(text),
        }
    }

    fn vjp<'b>(&self, _cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        Err("a fused program has no derivative; fusion comes after differentiation".to_owned())
    }

    fn smoothness(&self, _attrs: &Attrs) -> Smoothness {
        Smoothness::None
    }

    fn cases(&self) -> Vec<Case> {
        let (mul, add) = (BinaryOp::Mul as u32, BinaryOp::Add as u32);
        let silu = UnaryOp::Silu as u32;
        let case = |shape: &[usize], reads: &[&[usize]], lines: &[Line], stores: &[usize]| {
            let accesses = reads.iter().map(|r| Access::broadcast(r, shape)).collect();
            let program = Program { reads: accesses, lines: lines.to_vec(), stores: stores.to_vec() };
            let feeds = reads.iter().map(|r| Feed::on(r, Domain::Range(-2.0, 2.0)));
            Case::new(attrs(shape, &program), feeds.collect())
        };
        let (load, unary, binary) = (Line::Load, Line::Unary, Line::Binary);
        vec![
            case(&[1], &[&[1]], &[load(0), unary(silu, 0.0, 0)], &[1]),
            // Bias and activation, both kept.
            case(
                &[5, 67],
                &[&[5, 67], &[67]],
                &[load(0), load(1), binary(add, 0, 1), unary(silu, 0.0, 2)],
                &[2, 3],
            ),
            // A number, a column, a middle dimension, and a constant.
            case(
                &[3, 5, 7, 11],
                &[&[1], &[3, 1, 1, 1], &[5, 1, 1], &[3, 5, 7, 11]],
                &[
                    load(0),
                    load(1),
                    binary(mul, 0, 1),
                    load(2),
                    load(3),
                    binary(add, 3, 4),
                    Line::Constant(-0.3),
                    binary(mul, 5, 6),
                    binary(add, 2, 7),
                    unary(UnaryOp::SqrtEps as u32, 20.0, 8),
                ],
                &[9],
            ),
            // What is read is stored again, and a constant as well.
            case(&[2, 3], &[&[3]], &[load(0), Line::Constant(2.5)], &[0, 1]),
            // Broadcast in the middle, and in every second dimension.
            case(&[3, 5, 7], &[&[3, 1, 7], &[5, 1]], &[load(0), load(1), binary(add, 0, 1)], &[2]),
            case(&[3, 5, 7, 11], &[&[3, 1, 7, 1], &[1, 5, 1, 11]], &[load(0), load(1), binary(add, 0, 1)], &[2]),
        ]
    }
}
