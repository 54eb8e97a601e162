//! Elementwise functions of one argument: yᵢ = f(xᵢ). Attributes: ints = [`UnaryOp`], reals = `[constant]`.

use super::{
    Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Smoothness, Ty, grid,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::engine::simd::widest;
use crate::maths::real::Real;

/// Which function; the numbers are those of the shader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// −x.
    Neg = 0,
    /// x².
    Square = 1,
    /// √(x + value).
    SqrtEps = 2,
    /// eˣ.
    Exp = 3,
    /// Natural logarithm.
    Ln = 4,
    /// 1/x.
    Recip = 5,
    /// Hyperbolic tangent.
    Tanh = 6,
    /// 1/(1 + e⁻ˣ).
    Sigmoid = 7,
    /// x/(1 + e⁻ˣ).
    Silu = 8,
    /// Derivative of `Silu`.
    SiluD1 = 9,
    /// ln(1 + eˣ).
    Softplus = 10,
    /// max(x, 0).
    Relu = 11,
    /// 1 for x > 0, else 0.
    Step = 12,
}

impl UnaryOp {
    /// All functions, by number.
    pub const ALL: [Self; 13] = [
        Self::Neg,
        Self::Square,
        Self::SqrtEps,
        Self::Exp,
        Self::Ln,
        Self::Recip,
        Self::Tanh,
        Self::Sigmoid,
        Self::Silu,
        Self::SiluD1,
        Self::Softplus,
        Self::Relu,
        Self::Step,
    ];

    fn of(number: u32) -> Option<Self> {
        Self::ALL.get(number as usize).copied()
    }
}

/// The kernel.
pub struct Unary;
/// Its registry entry.
pub static KERNEL: Unary = Unary;

#[inline(always)]
fn sigmoid<T: Real>(x: T) -> T {
    T::ONE / (T::ONE + (-x).exp())
}

#[inline(always)]
fn run<T: Real>(c: &mut Call<'_, T>) {
    let value = T::from_f32(c.real(1));
    let (x, y) = (c.reads[0], &mut *c.writes[0]);
    let zero = T::ZERO;
    let one = T::ONE;
    // The match is outside of the loop, so that each function gets a loop of its own; and the function is written into
    // it, because a closure of this size stays a call.
    macro_rules! each {
        ($x:ident => $f:expr) => {
            for (y, &$x) in y.iter_mut().zip(x) {
                *y = $f;
            }
        };
    }
    match UnaryOp::of(c.overrides[0]) {
        Some(UnaryOp::Neg) => each!(x => -x),
        Some(UnaryOp::Square) => each!(x => x * x),
        Some(UnaryOp::SqrtEps) => each!(x => (x + value).sqrt()),
        Some(UnaryOp::Exp) => each!(x => x.exp()),
        Some(UnaryOp::Ln) => each!(x => x.ln()),
        Some(UnaryOp::Recip) => each!(x => one / x),
        Some(UnaryOp::Tanh) => each!(x => x.tanh()),
        Some(UnaryOp::Sigmoid) => each!(x => sigmoid(x)),
        Some(UnaryOp::Silu) => each!(x => x * sigmoid(x)),
        Some(UnaryOp::SiluD1) => each!(x => {
            let s = sigmoid(x);
            s * (one + x * (one - s))
        }),
        Some(UnaryOp::Softplus) => each!(x => x.max(zero) + (one + (-x.abs()).exp()).ln()),
        Some(UnaryOp::Relu) => each!(x => if x > zero { x } else { zero }),
        Some(UnaryOp::Step) => each!(x => if x > zero { one } else { zero }),
        None => {}
    }
}

impl Kernel for Unary {
    fn stem(&self) -> &'static str {
        "unary"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("count", Ty::U32), ("value", Ty::F32)],
            overrides: &["OP"],
            bindings: const { &[Binding::read("x"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        UnaryOp::of(attrs.int(0)).ok_or_else(|| format!("there is no function {}", attrs.int(0)))?;
        Ok(reads[0].to_vec())
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[0]);
        Launch {
            uniforms: vec![count as u32, (attrs.real(0) as f32).to_bits()],
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
        let (x, y, g) = (cx.inputs[0], cx.output, cx.g);
        let dx = match UnaryOp::of(cx.attrs.int(0)) {
            Some(UnaryOp::Neg) => -g,
            Some(UnaryOp::Square) => g * (x + x),
            Some(UnaryOp::SqrtEps) => g / (y + y),
            Some(UnaryOp::Exp) => g * y,
            Some(UnaryOp::Ln) => g / x,
            Some(UnaryOp::Recip) => -(g * y.square()),
            Some(UnaryOp::Tanh) => g * (1.0 - y.square()),
            Some(UnaryOp::Sigmoid) => g * (y - y.square()),
            Some(UnaryOp::Silu) => g * x.unary(UnaryOp::SiluD1, 0.0),
            Some(UnaryOp::SiluD1) => {
                let s = x.sigmoid();
                g * (s - s.square()) * (2.0 + x * (1.0 - 2.0 * s))
            }
            Some(UnaryOp::Softplus) => g * x.sigmoid(),
            Some(UnaryOp::Relu) => g * x.unary(UnaryOp::Step, 0.0),
            // Constant but for a jump: no cotangent.
            Some(UnaryOp::Step) | None => return Ok(vec![None]),
        };
        Ok(vec![Some(dx)])
    }

    fn smoothness(&self, attrs: &Attrs) -> Smoothness {
        match UnaryOp::of(attrs.int(0)) {
            Some(UnaryOp::Relu | UnaryOp::Step) => Smoothness::AlmostEverywhere,
            _ => Smoothness::Smooth,
        }
    }

    fn cases(&self) -> Vec<Case> {
        let case = |op: UnaryOp, shape: &[usize]| {
            let domain = match op {
                UnaryOp::SqrtEps | UnaryOp::Ln => Domain::Range(0.1, 3.0),
                UnaryOp::Recip | UnaryOp::Relu | UnaryOp::Step => Domain::Away(0.2, 2.0),
                _ => Domain::Range(-3.0, 3.0),
            };
            Case::new(Attrs { ints: vec![op as u32], reals: vec![0.25] }, vec![Feed::on(shape, domain)])
        };
        let mut cases: Vec<Case> = UnaryOp::ALL.iter().map(|&op| case(op, &[5, 17])).collect();
        cases.extend([case(UnaryOp::Square, &[1]), case(UnaryOp::Tanh, &[3, 5, 7, 2])]);
        // Far out, where a careless form overflows.
        for op in [UnaryOp::Tanh, UnaryOp::Sigmoid, UnaryOp::Silu, UnaryOp::Softplus] {
            let mut far = case(op, &[33]);
            far.feeds[0].domain = Domain::Away(30.0, 90.0);
            cases.push(far);
        }
        cases
    }
}
