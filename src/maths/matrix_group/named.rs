//! The groups that have a name: `SO+(1,3)`, `Sp(4)`, `S(5) x O(2)`; reading and printing of the names.

use crate::maths::group::Group;
use std::fmt;
use std::str::FromStr;

/// A family of groups, one for each size n. What n counts is said with every family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// The identity alone, on Rⁿ.
    Trivial,
    /// Z(n): cyclic shifts of the n coordinates of Rⁿ.
    Shifts,
    /// C(n): rotations of R² by multiples of 2π/n.
    Cyclic,
    /// D(n): C(n) with the reflections, of order 2n.
    Dihedral,
    /// S(n): permutations of the n coordinates of Rⁿ.
    Symmetric,
    /// SO(n): rotations of Rⁿ.
    Rotation,
    /// O(n): rotations and reflections of Rⁿ.
    Orthogonal,
    /// SO⁺(1,n): boosts and rotations of R^{1,n}, time first.
    Lorentz,
    /// O(1,n): SO⁺(1,n) with reflections of time and of space, four components.
    FullLorentz,
    /// SL(n): linear maps of Rⁿ of determinant 1.
    SpecialLinear,
    /// GL⁺(n): linear maps of Rⁿ of positive determinant.
    PositiveLinear,
    /// GL(n): all invertible linear maps of Rⁿ.
    GeneralLinear,
    /// Sp(2n), written with the even size: maps of R²ⁿ that keep Ω = [[0, I], [−I, 0]].
    Symplectic,
    /// U(n): complex unitary maps A + iB of Cⁿ as [[A, −B], [B, A]] on R²ⁿ.
    Unitary,
    /// SU(n): those of complex determinant 1.
    SpecialUnitary,
    /// SE(n): rotations and translations of Rⁿ, homogeneous.
    SpecialEuclidean,
    /// E(n): SE(n) with the reflections.
    Euclidean,
    /// Sim(n): x ↦ s R x + t with s > 0 and R in SO(n), homogeneous; orientation is kept.
    Similarity,
    /// Aff⁺(n): x ↦ A x + t with det A > 0, homogeneous.
    PositiveAffine,
    /// Aff(n): x ↦ A x + t with A invertible, homogeneous.
    Affine,
    /// Scale(n): x ↦ s x on Rⁿ, s > 0.
    Scale,
}

/// Largest n of a group that acts on Rⁿ or R²ⁿ by full matrices: GL(32) has 1024 generators of 1024 entries.
pub const MAX_SIZE: usize = 32;
/// Largest n of Z(n), S(n) and Trivial(n), whose generators are few.
pub const MAX_PERMUTED: usize = 64;
/// Largest order n of C(n) and D(n).
pub const MAX_TURNS: usize = 1024;
/// Largest dimension of the base space of a product.
pub const MAX_DIM: usize = 64;

impl Family {
    /// Every family, in the order in which they are listed for people.
    pub const ALL: [Self; 21] = [
        Self::Trivial,
        Self::Shifts,
        Self::Cyclic,
        Self::Dihedral,
        Self::Symmetric,
        Self::Rotation,
        Self::Orthogonal,
        Self::Lorentz,
        Self::FullLorentz,
        Self::SpecialLinear,
        Self::PositiveLinear,
        Self::GeneralLinear,
        Self::Symplectic,
        Self::Unitary,
        Self::SpecialUnitary,
        Self::SpecialEuclidean,
        Self::Euclidean,
        Self::Similarity,
        Self::PositiveAffine,
        Self::Affine,
        Self::Scale,
    ];

    /// How a member is written: what stands before and after the size, and the letter that stands for it.
    fn spelling(self) -> (&'static str, &'static str) {
        match self {
            Self::Trivial => ("Trivial(", "n"),
            Self::Shifts => ("Z(", "n"),
            Self::Cyclic => ("C(", "n"),
            Self::Dihedral => ("D(", "n"),
            Self::Symmetric => ("S(", "n"),
            Self::Rotation => ("SO(", "n"),
            Self::Orthogonal => ("O(", "n"),
            Self::Lorentz => ("SO+(1,", "n"),
            Self::FullLorentz => ("O(1,", "n"),
            Self::SpecialLinear => ("SL(", "n"),
            Self::PositiveLinear => ("GL+(", "n"),
            Self::GeneralLinear => ("GL(", "n"),
            Self::Symplectic => ("Sp(", "2n"),
            Self::Unitary => ("U(", "n"),
            Self::SpecialUnitary => ("SU(", "n"),
            Self::SpecialEuclidean => ("SE(", "n"),
            Self::Euclidean => ("E(", "n"),
            Self::Similarity => ("Sim(", "n"),
            Self::PositiveAffine => ("Aff+(", "n"),
            Self::Affine => ("Aff(", "n"),
            Self::Scale => ("Scale(", "n"),
        }
    }

    /// The family as a formula: `SO+(1,n)`.
    pub fn pattern(self) -> String {
        let (head, size) = self.spelling();
        format!("{head}{size})")
    }

    /// Whether members act on Rⁿ with translations, by homogeneous matrices with last row 0 … 0 1.
    pub fn is_affine(self) -> bool {
        matches!(
            self,
            Self::SpecialEuclidean | Self::Euclidean | Self::Similarity | Self::PositiveAffine | Self::Affine
        )
    }

    /// Largest size that is accepted.
    pub fn largest(self) -> usize {
        match self {
            Self::Cyclic | Self::Dihedral => MAX_TURNS,
            Self::Trivial | Self::Shifts | Self::Symmetric => MAX_PERMUTED,
            // The base space is larger than n.
            Self::Unitary | Self::SpecialUnitary => MAX_SIZE / 2,
            _ => MAX_SIZE,
        }
    }
}

/// One member of a family; `size` is the number as it is written, so 4 for `Sp(4)` and 3 for `SO+(1,3)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Factor {
    family: Family,
    size: usize,
}

impl Factor {
    /// The member of that size.
    ///
    /// # Errors
    /// A size below 1 or above [`Family::largest`], or an odd one for Sp.
    pub fn new(family: Family, size: usize) -> Result<Self, NameError> {
        let factor = Self { family, size };
        let largest = family.largest();
        if !(1..=largest).contains(&size) {
            return Err(NameError::Size { asked: factor.to_string(), pattern: family.pattern(), largest });
        }
        if family == Family::Symplectic && size % 2 == 1 {
            return Err(NameError::Odd(factor.to_string()));
        }
        Ok(factor)
    }

    /// The family.
    pub fn family(self) -> Family {
        self.family
    }

    /// The number as it is written.
    pub fn size(self) -> usize {
        self.size
    }

    /// Dimension of the base space.
    pub fn dim(self) -> usize {
        let n = self.size;
        match self.family {
            Family::Cyclic | Family::Dihedral => 2,
            Family::Unitary | Family::SpecialUnitary => 2 * n,
            Family::Lorentz | Family::FullLorentz => n + 1,
            family if family.is_affine() => n + 1,
            _ => n,
        }
    }
}

impl From<Group> for Factor {
    fn from(group: Group) -> Self {
        let (family, size) = match group {
            Group::Cyclic(n) => (Family::Cyclic, n as usize),
            Group::Dihedral(n) => (Family::Dihedral, n as usize),
            Group::Rotation(n) => (Family::Rotation, n),
            Group::Orthogonal(n) => (Family::Orthogonal, n),
            Group::Lorentz(n) => (Family::Lorentz, n),
            Group::GeneralLinear2 => (Family::PositiveLinear, 2),
        };
        Self { family, size: size.max(1) }
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{})", self.family.spelling().0, self.size)
    }
}

/// A named group: a direct product of members of the families, block-diagonal on the sum of their base spaces.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NamedGroup {
    factors: Vec<Factor>,
}

impl NamedGroup {
    /// The direct product of the factors.
    ///
    /// # Errors
    /// No factor at all, or a base space of more than [`MAX_DIM`] dimensions.
    pub fn new(factors: Vec<Factor>) -> Result<Self, NameError> {
        let dim: usize = factors.iter().map(|f| f.dim()).sum();
        let group = Self { factors };
        match dim {
            0 => Err(NameError::Empty),
            1..=MAX_DIM => Ok(group),
            _ => Err(NameError::TooLarge { asked: group.to_string(), dim }),
        }
    }

    /// The factors, in the order of their blocks.
    pub fn factors(&self) -> &[Factor] {
        &self.factors
    }

    /// Dimension of the base space.
    pub fn dim(&self) -> usize {
        self.factors.iter().map(|f| f.dim()).sum()
    }

    /// The name in proper type: `SO⁺(1,3) × S(4)`.
    pub fn pretty(&self) -> String {
        self.to_string().replace('+', "⁺").replace('x', "×")
    }
}

impl From<Factor> for NamedGroup {
    fn from(factor: Factor) -> Self {
        Self { factors: vec![factor] }
    }
}

impl fmt::Display for NamedGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, factor) in self.factors.iter().enumerate() {
            let between = if i == 0 { "" } else { " x " };
            write!(f, "{between}{factor}")?;
        }
        Ok(())
    }
}

/// Why a text names no group.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but spaces.
    #[error("a group is missing; known are {}", known())]
    Empty,
    /// A product sign without a group on one side.
    #[error("factor {index} of ‘{text}’ is missing: a group must stand on both sides of ‘x’")]
    Missing {
        /// The whole text.
        text: String,
        /// The place of the factor, from 1.
        index: usize,
    },
    /// A name that no family has.
    #[error("‘{0}’ is not a group known here; known are {known}, and products such as SO(3) x S(4)", known = known())]
    Unknown(String),
    /// The right name with something else than whole numbers in the brackets.
    #[error("‘{asked}’ is not of the form {pattern} with a whole number n")]
    Arguments {
        /// The factor as it was written.
        asked: String,
        /// The families of that name.
        pattern: String,
    },
    /// A size out of range.
    #[error("the size of {asked} is out of range: the number n of {pattern} goes from 1 to {largest} here")]
    Size {
        /// The factor as it was written.
        asked: String,
        /// Its family.
        pattern: String,
        /// Largest size.
        largest: usize,
    },
    /// Sp of an odd size.
    #[error("{0} does not exist: Sp is written with the even size of its base space, Sp(2), Sp(4), …")]
    Odd(String),
    /// A product on too large a space.
    #[error("{asked} acts on a space of {dim} dimensions; {MAX_DIM} are the most here")]
    TooLarge {
        /// The product.
        asked: String,
        /// Its dimension.
        dim: usize,
    },
}

/// All families, for messages.
fn known() -> String {
    Family::ALL.map(Family::pattern).join(", ")
}

impl FromStr for NamedGroup {
    type Err = NameError;

    /// Reads `A`, `A x B`, …; spaces are ignored, `⁺` is `+` and `×` is `x`.
    fn from_str(text: &str) -> Result<Self, NameError> {
        let plain = |c: char| match c {
            '⁺' => '+',
            '×' => 'x',
            c => c,
        };
        let clean: String = text.chars().filter(|c| !c.is_whitespace()).map(plain).collect();
        if clean.is_empty() {
            return Err(NameError::Empty);
        }
        let factor = |(i, part): (usize, &str)| match part {
            "" => Err(NameError::Missing { text: text.to_owned(), index: i + 1 }),
            part => part.parse::<Factor>(),
        };
        Self::new(clean.split('x').enumerate().map(factor).collect::<Result<_, _>>()?)
    }
}

impl FromStr for Factor {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let exact = Family::ALL.into_iter().find_map(|family| {
            let digits = text.strip_prefix(family.spelling().0)?.strip_suffix(')')?;
            let whole = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            // A number too long for the machine is out of range like any other that is too large.
            whole.then(|| (family, digits.parse().unwrap_or(usize::MAX)))
        });
        if let Some((family, size)) = exact {
            return Self::new(family, size).map_err(|error| match error {
                NameError::Size { pattern, largest, .. } => {
                    NameError::Size { asked: text.to_owned(), pattern, largest }
                }
                other => other,
            });
        }
        let name = text.split('(').next().unwrap_or(text);
        let alike: Vec<String> = Family::ALL
            .map(Family::pattern)
            .into_iter()
            .filter(|p| p.split('(').next() == Some(name))
            .collect();
        if alike.is_empty() {
            return Err(NameError::Unknown(text.to_owned()));
        }
        Err(NameError::Arguments { asked: text.to_owned(), pattern: alike.join(" or ") })
    }
}
