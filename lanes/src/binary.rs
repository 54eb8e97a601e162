//! Functions of two arguments over slices.

use crate::real::Real;

/// Which function; the numbers are those of the shader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// a + b.
    Add = 0,
    /// a − b.
    Sub = 1,
    /// a·b.
    Mul = 2,
    /// a/b.
    Div = 3,
    /// The larger of a and b.
    Max = 4,
    /// The smaller of a and b.
    Min = 5,
    /// aᵇ, a > 0.
    Pow = 6,
    /// Angle of the point (b, a) in (−π, π], not at the origin.
    Atan2 = 7,
    /// 1 where a < b, else 0.
    Less = 8,
    /// 1 where a = b, else 0.
    Equal = 9,
}

impl BinaryOp {
    /// All functions, by number.
    pub const ALL: [Self; 10] = [
        Self::Add,
        Self::Sub,
        Self::Mul,
        Self::Div,
        Self::Max,
        Self::Min,
        Self::Pow,
        Self::Atan2,
        Self::Less,
        Self::Equal,
    ];

    /// The function itself.
    #[inline]
    pub fn apply<T: Real>(self, a: T, b: T) -> T {
        match self {
            Self::Add => a + b,
            Self::Sub => a - b,
            Self::Mul => a * b,
            Self::Div => a / b,
            Self::Max => a.max(b),
            Self::Min => a.min(b),
            Self::Pow => a.pow(b),
            Self::Atan2 => a.atan2(b),
            Self::Less => {
                if a < b {
                    T::ONE
                } else {
                    T::ZERO
                }
            }
            Self::Equal => {
                if a == b {
                    T::ONE
                } else {
                    T::ZERO
                }
            }
        }
    }

    /// The function of a number.
    pub fn of(number: u32) -> Option<Self> {
        Self::ALL.get(number as usize).copied()
    }
}

/// Loops of their own for each function over slices and single numbers.
macro_rules! loops {
    ($self:ident, $y:ident, $each:ident) => {
        match $self {
            Self::Add => $each!(Self::Add),
            Self::Sub => $each!(Self::Sub),
            Self::Mul => $each!(Self::Mul),
            Self::Div => $each!(Self::Div),
            Self::Max => $each!(Self::Max),
            Self::Min => $each!(Self::Min),
            Self::Pow => $each!(Self::Pow),
            Self::Atan2 => $each!(Self::Atan2),
            Self::Less => $each!(Self::Less),
            Self::Equal => $each!(Self::Equal),
        }
    };
}

impl BinaryOp {
    /// yᵢ = aᵢ ∘ bᵢ.
    #[inline(always)]
    pub fn zip<T: Real>(self, a: &[T], b: &[T], y: &mut [T]) {
        macro_rules! each {
            ($op:expr) => {
                y.iter_mut().zip(a).zip(b).for_each(|((y, &a), &b)| *y = $op.apply(a, b))
            };
        }
        loops!(self, y, each);
    }

    /// yᵢ = aᵢ ∘ b.
    #[inline(always)]
    pub fn with_right<T: Real>(self, a: &[T], b: T, y: &mut [T]) {
        macro_rules! each {
            ($op:expr) => {
                y.iter_mut().zip(a).for_each(|(y, &a)| *y = $op.apply(a, b))
            };
        }
        loops!(self, y, each);
    }

    /// yᵢ = a ∘ bᵢ.
    #[inline(always)]
    pub fn with_left<T: Real>(self, a: T, b: &[T], y: &mut [T]) {
        macro_rules! each {
            ($op:expr) => {
                y.iter_mut().zip(b).for_each(|(y, &b)| *y = $op.apply(a, b))
            };
        }
        loops!(self, y, each);
    }
}
