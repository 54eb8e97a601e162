//! Elementwise functions of two arguments with broadcasting: y = a ∘ b. Attributes: ints = [`BinaryOp`].

use super::{Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Smoothness, Ty, grid};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::{broadcast, collapse, numel};
use lanes::widest;
use crate::maths::real::Real;

pub use lanes::binary::BinaryOp;

/// The kernel.
pub struct Binary;
/// Its registry entry.
pub static KERNEL: Binary = Binary;

/// Walks the loop nest; the innermost loop runs over slices where both strides are 0 or 1.
#[inline(always)]
fn each<T: Real>(u: &[u32], a: &[T], b: &[T], y: &mut [T], f: impl Fn(T, T) -> T) {
    let n: [usize; 4] = std::array::from_fn(|i| u[1 + i] as usize);
    let s: [usize; 4] = std::array::from_fn(|i| u[5 + i] as usize);
    let t: [usize; 4] = std::array::from_fn(|i| u[9 + i] as usize);
    for (row, y) in y.chunks_exact_mut(n[3]).enumerate() {
        let (i2, i1, i0) = (row % n[2], row / n[2] % n[1], row / (n[2] * n[1]));
        let a = &a[i0 * s[0] + i1 * s[1] + i2 * s[2]..];
        let b = &b[i0 * t[0] + i1 * t[1] + i2 * t[2]..];
        match (s[3], t[3]) {
            (1, 1) => y.iter_mut().zip(a).zip(b).for_each(|((y, &a), &b)| *y = f(a, b)),
            (1, 0) => {
                let b = b[0];
                y.iter_mut().zip(a).for_each(|(y, &a)| *y = f(a, b));
            }
            (0, 1) => {
                let a = a[0];
                y.iter_mut().zip(b).for_each(|(y, &b)| *y = f(a, b));
            }
            (p, q) => y.iter_mut().enumerate().for_each(|(i, y)| *y = f(a[i * p], b[i * q])),
        }
    }
}

#[inline(always)]
fn run<T: Real>(c: &mut Call<'_, T>) {
    let (u, a, b, y) = (c.uniforms, c.reads[0], c.reads[1], &mut *c.writes[0]);
    // Each function gets loops of its own.
    macro_rules! nest {
        ($($op:ident)*) => {
            match BinaryOp::of(c.overrides[0]) {
                $(Some(BinaryOp::$op) => each(u, a, b, y, |a, b| BinaryOp::$op.apply(a, b)),)*
                None => {}
            }
        };
    }
    nest!(Add Sub Mul Div Max Min Pow Atan2 Less Equal);
}

impl Kernel for Binary {
    fn stem(&self) -> &'static str {
        "binary"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[
                ("count", Ty::U32),
                ("n0", Ty::U32),
                ("n1", Ty::U32),
                ("n2", Ty::U32),
                ("n3", Ty::U32),
                ("a0", Ty::U32),
                ("a1", Ty::U32),
                ("a2", Ty::U32),
                ("a3", Ty::U32),
                ("b0", Ty::U32),
                ("b1", Ty::U32),
                ("b2", Ty::U32),
                ("b3", Ty::U32),
            ],
            overrides: &["OP"],
            bindings: const { &[Binding::read("a"), Binding::read("b"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        BinaryOp::of(attrs.int(0)).ok_or_else(|| format!("there is no function {}", attrs.int(0)))?;
        broadcast(reads[0], reads[1])
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[2]);
        let nest = collapse(shapes[2], [shapes[0], shapes[1]]);
        let words = nest.extents.iter().chain(nest.strides.iter().flatten());
        Launch {
            uniforms: std::iter::once(count as u32).chain(words.map(|&w| w as u32)).collect(),
            overrides: vec![attrs.int(0)],
            workgroups: grid(count, 64),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn fast(&self) -> Option<fn(&mut Call<'_, f32>)> {
        Some(widest!(run::<f32>: fn(&mut Call<'_, f32>)))
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (a, b, y, g) = (cx.inputs[0], cx.inputs[1], cx.output, cx.g);
        let op = BinaryOp::of(cx.attrs.int(0));
        if matches!(op, Some(BinaryOp::Less | BinaryOp::Equal)) {
            // Constant but for jumps: no cotangents.
            return Ok(vec![None, None]);
        }
        let da = cx.needs[0].then(|| match op {
            Some(BinaryOp::Mul) => g * b,
            Some(BinaryOp::Div) => g / b,
            Some(BinaryOp::Max) => g * (1.0 - a.less(b)),
            Some(BinaryOp::Min) => g * (1.0 - b.less(a)),
            Some(BinaryOp::Pow) => g * b * y / a,
            Some(BinaryOp::Atan2) => g * b / (a.square() + b.square()),
            _ => g,
        });
        let db = cx.needs[1].then(|| match op {
            Some(BinaryOp::Sub) => -g,
            Some(BinaryOp::Mul) => g * a,
            Some(BinaryOp::Div) => -(g * y / b),
            Some(BinaryOp::Max) => g * a.less(b),
            Some(BinaryOp::Min) => g * b.less(a),
            Some(BinaryOp::Pow) => g * y * a.ln(),
            Some(BinaryOp::Atan2) => -(g * a / (a.square() + b.square())),
            _ => g,
        });
        Ok(vec![da.map(|v| v.sum_to(&a.shape())), db.map(|v| v.sum_to(&b.shape()))])
    }

    fn smoothness(&self, attrs: &Attrs) -> Smoothness {
        match BinaryOp::of(attrs.int(0)) {
            Some(BinaryOp::Max | BinaryOp::Min | BinaryOp::Less | BinaryOp::Equal) => Smoothness::AlmostEverywhere,
            _ => Smoothness::Smooth,
        }
    }

    fn cases(&self) -> Vec<Case> {
        let case = |op: BinaryOp, a: &[usize], b: &[usize]| {
            let first = match op {
                BinaryOp::Pow => Domain::Range(0.3, 2.0),
                BinaryOp::Equal => Domain::Index(3),
                _ => Domain::Range(-1.0, 1.0),
            };
            let second = if op == BinaryOp::Equal { Domain::Index(3) } else { Domain::Away(0.3, 2.0) };
            let feeds = vec![Feed::on(a, first), Feed::on(b, second)];
            Case::new(Attrs::ints(&[op as u32]), feeds)
        };
        let mut cases: Vec<Case> = BinaryOp::ALL.iter().map(|&op| case(op, &[9, 13], &[9, 13])).collect();
        cases.extend([
            case(BinaryOp::Max, &[6, 5], &[5]),
            case(BinaryOp::Atan2, &[1, 4], &[3, 1]),
            case(BinaryOp::Div, &[6, 5], &[5]),
            case(BinaryOp::Sub, &[1], &[3, 4]),
            case(BinaryOp::Mul, &[2, 3, 4], &[1]),
            case(BinaryOp::Mul, &[4, 1, 5], &[4, 3, 1]),
            case(BinaryOp::Sub, &[2, 1, 3, 1], &[1, 4, 1, 5]),
            case(BinaryOp::Div, &[7, 1], &[1, 31]),
            case(BinaryOp::Add, &[1], &[1]),
            case(BinaryOp::Add, &[3, 67], &[3, 1]),
        ]);
        cases
    }
}
