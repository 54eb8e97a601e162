//! Functions of one argument over slices.

use crate::real::Real;

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

/// √(2/π).
pub const GELU_SLOPE: f64 = 0.797_884_560_802_865_4;
/// Weight of the cubic term in `Gelu`.
pub const GELU_CUBE: f64 = 0.044_715;

/// tanh u and u′ of `Gelu`.
#[inline(always)]
fn gelu<T: Real>(x: T) -> (T, T) {
    let (c, a) = (T::from_f64(GELU_SLOPE), T::from_f64(GELU_CUBE));
    let (u, three) = (c * x * (T::ONE + a * x * x), T::from_f64(3.0));
    (u.tanh(), c * (T::ONE + three * a * x * x))
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
            Self::Sigmoid => each!(x => x.sigmoid()),
            Self::Silu => each!(x => x * x.sigmoid()),
            Self::SiluD1 => each!(x => {
                let s = x.sigmoid();
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
            Self::Swish => each!(x => x * (value * x).sigmoid()),
            Self::SwishD1 => each!(x => {
                let s = (value * x).sigmoid();
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
