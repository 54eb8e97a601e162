//! Elementwise functions of one argument: yᵢ = f(xᵢ). Attributes: ints = [`UnaryOp`], reals = `[constant]`.

use super::{
    Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Smoothness, Ty, grid,
};
use crate::engine::graph::{Cotangents, Var, Vjp};
use crate::engine::program::Lanes;
use crate::engine::shape::numel;
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
    /// ½ x (1 + tanh u), u = √(2/π) (x + 0.044715 x³): close to x Φ(x).
    Gelu = 13,
    /// Derivative of `Gelu`.
    GeluD1 = 14,
    /// x/(1 + e^(−value·x)).
    Swish = 15,
    /// Derivative of `Swish`.
    SwishD1 = 16,
    /// Sine.
    Sin = 17,
    /// Cosine.
    Cos = 18,
    /// |x|.
    Abs = 19,
    /// 1 for x > 0, −1 for x < 0, 0 at 0.
    Sign = 20,
    /// x^value, x > 0.
    Pow = 21,
    /// 1/√(x + value).
    RsqrtEps = 22,
}

impl UnaryOp {
    /// All functions, by number.
    pub const ALL: [Self; 23] = [
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
        Self::Gelu,
        Self::GeluD1,
        Self::Swish,
        Self::SwishD1,
        Self::Sin,
        Self::Cos,
        Self::Abs,
        Self::Sign,
        Self::Pow,
        Self::RsqrtEps,
    ];

    /// The function of a number.
    pub fn of(number: u32) -> Option<Self> {
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

/// √(2/π).
const GELU_SLOPE: f64 = 0.797_884_560_802_865_4;
/// Weight of the cubic term in `Gelu`.
const GELU_CUBE: f64 = 0.044_715;

/// tanh u and u′ of `Gelu`.
#[inline(always)]
fn gelu<T: Real>(x: T) -> (T, T) {
    let (c, a) = (T::from_f64(GELU_SLOPE), T::from_f64(GELU_CUBE));
    let (u, three) = (c * x * (T::ONE + a * x * x), T::from_f64(3.0));
    (u.tanh(), c * (T::ONE + three * a * x * x))
}

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

impl UnaryOp {
    /// y = f(x). The match is outside of the loop, so that each function gets a loop of its own, and the function is written
    /// into it: a closure would stay a call.
    #[inline(always)]
    pub fn map<T: Real>(self, value: T, x: &[T], y: &mut [T]) {
        let (zero, half, one) = (T::ZERO, T::from_f64(0.5), T::ONE);
        macro_rules! each {
            ($x:ident => $f:expr) => {
                for (y, &$x) in y.iter_mut().zip(x) {
                    *y = $f;
                }
            };
        }
        match self {
            Self::Neg => each!(x => -x),
            Self::Square => each!(x => x * x),
            Self::SqrtEps => each!(x => (x + value).sqrt()),
            Self::Exp => each!(x => x.exp()),
            Self::Ln => each!(x => x.ln()),
            Self::Recip => each!(x => one / x),
            Self::Tanh => each!(x => x.tanh()),
            Self::Sigmoid => each!(x => sigmoid(x)),
            Self::Silu => each!(x => x * sigmoid(x)),
            Self::SiluD1 => each!(x => {
                let s = sigmoid(x);
                s * (one + x * (one - s))
            }),
            Self::Softplus => each!(x => x.max(zero) + (one + (-x.abs()).exp()).ln()),
            Self::Relu => each!(x => if x > zero { x } else { zero }),
            Self::Step => each!(x => if x > zero { one } else { zero }),
            Self::Gelu => each!(x => half * x * (one + gelu(x).0)),
            Self::GeluD1 => each!(x => {
                let (t, du) = gelu(x);
                half * (one + t) + half * x * (one - t * t) * du
            }),
            Self::Swish => each!(x => x * sigmoid(value * x)),
            Self::SwishD1 => each!(x => {
                let s = sigmoid(value * x);
                s * (one + value * x * (one - s))
            }),
            Self::Sin => each!(x => x.sin()),
            Self::Cos => each!(x => x.cos()),
            Self::Abs => each!(x => x.abs()),
            Self::Sign => each!(x => {
                let positive = if x > zero { one } else { zero };
                if x < zero { -one } else { positive }
            }),
            Self::Pow => each!(x => x.pow(value)),
            Self::RsqrtEps => each!(x => one / (x + value).sqrt()),
        }
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
