//! Elementwise functions of one argument: yᵢ = f(xᵢ). Attributes: ints = [`UnaryOp`], reals = `[constant]`.

use super::{
    Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Smoothness, Ty, grid,
};
use crate::engine::graph::{Cotangents, Var, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Lanes;

pub use lanes::unary::UnaryOp;
use lanes::unary::{GELU_CUBE, GELU_SLOPE};

/// The kernel.
pub struct Unary;
/// Its registry entry.
pub static KERNEL: Unary = Unary;

/// Second derivative of `Gelu`: (1 − t²)(u′ + ½ x (u″ − 2 t u′²)).
fn gelu_d2(x: Var<'_>) -> Var<'_> {
    let (c, a, square) = (GELU_SLOPE, GELU_CUBE, x.square());
    let t = (x * c * (1.0 + a * square)).tanh();
    let du = c * (1.0 + 3.0 * a * square);
    let bend = 6.0 * a * c * x - 2.0 * t * du.square();
    (1.0 - t.square()) * (du + 0.5 * x * bend)
}

fn run<T: Lanes>(c: &mut Call<'_, T>) {
    let value = T::from_f32(c.real(1));
    if let Some(op) = UnaryOp::of(c.overrides[0]) {
        T::map(op, value, c.reads[0], c.writes[0]);
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

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (x, y, g, value) = (cx.inputs[0], cx.output, cx.g, cx.attrs.real(0));
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
            Some(UnaryOp::Gelu) => g * x.unary(UnaryOp::GeluD1, 0.0),
            Some(UnaryOp::GeluD1) => g * gelu_d2(x),
            Some(UnaryOp::Swish) => g * x.unary(UnaryOp::SwishD1, value),
            Some(UnaryOp::SwishD1) => {
                let s = (x * value).sigmoid();
                g * (s - s.square()) * (2.0 * value + value * value * x * (1.0 - 2.0 * s))
            }
            Some(UnaryOp::Sin) => g * x.cos(),
            Some(UnaryOp::Cos) => -(g * x.sin()),
            Some(UnaryOp::Abs) => g * x.sign(),
            Some(UnaryOp::Pow) => g * value * x.unary(UnaryOp::Pow, value - 1.0),
            Some(UnaryOp::RsqrtEps) => g * -0.5 * y * y.square(),
            // Constant but for a jump: no cotangent.
            Some(UnaryOp::Step | UnaryOp::Sign) | None => return Ok(vec![None]),
        };
        Ok(vec![Some(dx)])
    }

    fn smoothness(&self, attrs: &Attrs) -> Smoothness {
        match UnaryOp::of(attrs.int(0)) {
            Some(UnaryOp::Relu | UnaryOp::Step | UnaryOp::Abs | UnaryOp::Sign) => Smoothness::AlmostEverywhere,
            _ => Smoothness::Smooth,
        }
    }

    fn cases(&self) -> Vec<Case> {
        let case = |op: UnaryOp, shape: &[usize]| {
            let domain = match op {
                UnaryOp::SqrtEps | UnaryOp::Ln => Domain::Range(0.1, 3.0),
                UnaryOp::Pow | UnaryOp::RsqrtEps => Domain::Range(0.2, 3.0),
                UnaryOp::Recip | UnaryOp::Relu | UnaryOp::Step | UnaryOp::Abs | UnaryOp::Sign => Domain::Away(0.2, 2.0),
                _ => Domain::Range(-3.0, 3.0),
            };
            Case::new(Attrs { ints: vec![op as u32], reals: vec![0.25] }, vec![Feed::on(shape, domain)])
        };
        let mut cases: Vec<Case> = UnaryOp::ALL.iter().map(|&op| case(op, &[5, 17])).collect();
        cases.extend([case(UnaryOp::Square, &[1]), case(UnaryOp::Tanh, &[3, 5, 7, 2])]);
        // Far out, where a careless form overflows.
        let bounded = [UnaryOp::Tanh, UnaryOp::Sigmoid, UnaryOp::Silu, UnaryOp::Softplus];
        for op in bounded.into_iter().chain([UnaryOp::Gelu, UnaryOp::GeluD1, UnaryOp::Swish, UnaryOp::SwishD1]) {
            let mut far = case(op, &[33]);
            far.feeds[0].domain = Domain::Away(30.0, 90.0);
            cases.push(far);
        }
        cases
    }
}
