//! Representations of matrix groups: sums of tensor powers of the base space, irreps and the regular representation.
//!
//! A [`Rep`] is what stands in the notation, `8T0+4T1+2T(1,1)`; [`Rep::on`] ties it to a group and gives the
//! matrices ρ(g) and dρ(A).
//!
//! # Notation
//! ```text
//! sum    = term { '+' term }
//! term   = [multiplicity] product, with an 'x' after the multiplicity where the product begins with an irrep
//! factor = ( 'T' n | 'T(' p [',' q] ')' | 'Reg' | degree [ 'e' | 'o' ] ) [ '[' k ']' ],   product = factor { '*' factor }
//! ```
//! - `Tn` = `T(n,0)` and `T(p,q)` = V^⊗p ⊗ V*^⊗q on any group; g acts on V* by g⁻ᵀ. `T0` is the trivial representation.
//! - `Reg`: functions on a finite group, g e_h = e_{gh}.
//! - Irreps on groups of orthogonal 3 × 3 matrices: `le`, `lo` of dimension 2l + 1, where −1 acts by +1 and by −1 as
//!   in e3nn; the letter may be left out where no element has determinant −1.
//! - Irreps on groups of orthogonal 2 × 2 matrices, by frequency: `0e` trivial, `0o` the determinant, `m` ≥ 1 of
//!   dimension 2, rotations turning m times and diag(1, −1) acting by itself; `0` alone where no element reflects.
//! - On a product `A x B x …` of groups with names a number k in brackets makes any of them one of the k-th factor,
//!   counted from 1, on which the others act trivially: `T1[1]` is V_A, `T1[1]*T1[2]` is V_A ⊗ V_B, `2e[1]*Reg[2]`
//!   an irrep of A times the functions on B. Without brackets all of the product is meant: `T1` is V_A ⊕ V_B.

mod action;
mod clebsch;
mod harmonics;
mod irreps;
mod notation;
mod regular;
mod space;
mod wigner;

pub use action::Action;
pub use clebsch::{MAX_CLEBSCH_DEGREE, clebsch_gordan};
pub use harmonics::{Convention, change_of_basis, spherical_harmonics};
pub use notation::ParseError;
pub use regular::MAX_ORDER;
pub use wigner::{drho, wigner};

use super::matrix_group::MatrixGroup;

/// Largest degree l, or frequency m, of an irrep.
pub const MAX_DEGREE: u8 = 32;
/// Largest multiplicity of a term.
pub const MAX_MULTIPLICITY: usize = 1_000_000;
/// Largest dimension of a representation.
pub const MAX_DIM: usize = 10_000_000;
/// Largest number of entries that a matrix ρ(g) or dρ(A) is written out with.
pub const MAX_ENTRIES: usize = 30_000_000;

/// How the inversion −1 acts on an irrep of O(3); on the plane, `Odd` is the determinant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Parity {
    /// By +1, letter `e`.
    Even,
    /// By −1, letter `o`.
    Odd,
}

/// One factor of a tensor product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Factor {
    /// V^⊗p ⊗ V*^⊗q.
    Tensor {
        /// Copies of the base space.
        p: u8,
        /// Copies of its dual.
        q: u8,
    },
    /// Functions on a finite group.
    Regular,
    /// An irrep of the orthogonal group of the plane or of space, by degree or frequency and parity.
    Irrep {
        /// l in space, m in the plane.
        degree: u8,
        /// Where it is written.
        parity: Option<Parity>,
    },
}

/// A factor of a tensor product, and which group of a direct product it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Part {
    /// What it is.
    pub factor: Factor,
    /// The group, counted from 1; all of the product where there is no number. `T0` has none.
    pub of: Option<u8>,
}

/// A tensor product of factors, the first index running slowest; never empty, and `T0` only alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Atom(Vec<Part>);

/// A direct sum of atoms with multiplicities, in the order in which they stand.
///
/// Copies of an atom lie one after the other: `2T1` is (v, w) ↦ (g v, g w).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rep {
    terms: Vec<(usize, Atom)>,
}

/// Why a representation has no meaning on a group.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RepError {
    /// An irrep on a group that is not made of orthogonal 2 × 2 or 3 × 3 matrices.
    #[error(
        "{atom} is an irrep of rotations, but {group} is not a group of orthogonal 2 × 2 or 3 × 3 matrices: {why}"
    )]
    NotOrthogonal {
        /// The atom.
        atom: String,
        /// The group.
        group: String,
        /// Dimension or generator that is to blame.
        why: String,
    },
    /// A parity letter that is missing or has no meaning.
    #[error("{atom} on {group}: {why}")]
    Parity {
        /// The atom.
        atom: String,
        /// The group.
        group: String,
        /// What should stand there.
        why: String,
    },
    /// A factor of a direct product that is not there.
    #[error("{atom} on {group}: {why}")]
    NoFactor {
        /// The atom.
        atom: String,
        /// The group.
        group: String,
        /// How many factors there are.
        why: String,
    },
    /// The regular representation of a group that is not finite, or of a large one.
    #[error("Reg needs a finite group of at most {MAX_ORDER} elements, but {group} {why}")]
    NotFinite {
        /// The group.
        group: String,
        /// What it has instead.
        why: String,
    },
    /// More dimensions than [`MAX_DIM`].
    #[error("{rep} on {group} has more than {MAX_DIM} dimensions")]
    TooLarge {
        /// The representation.
        rep: String,
        /// The group.
        group: String,
    },
    /// A matrix with more entries than [`MAX_ENTRIES`].
    #[error("the matrices of {rep} on {group} have more than {MAX_ENTRIES} entries")]
    TooManyEntries {
        /// The representation.
        rep: String,
        /// The group.
        group: String,
    },
    /// A matrix that ρ or dρ cannot be evaluated at.
    #[error("{rep} cannot be evaluated at this matrix: {why}")]
    Element {
        /// The representation or the atom.
        rep: String,
        /// What is wrong with the matrix.
        why: String,
    },
    /// A subgroup on another base space.
    #[error("{subgroup} acts on R^{found} and is no subgroup of {group}, which acts on R^{expected}")]
    Subgroup {
        /// The smaller group.
        subgroup: String,
        /// The larger group.
        group: String,
        /// Base dimension of the smaller one.
        found: usize,
        /// Base dimension of the larger one.
        expected: usize,
    },
}

impl Factor {
    fn dual(self) -> Self {
        match self {
            Self::Tensor { p, q } => Self::Tensor { p: q, q: p },
            // Orthogonal matrices are their own inverse transposes.
            Self::Regular | Self::Irrep { .. } => self,
        }
    }

    /// Dimension on a base space of dimension n; `order` is that of a finite group.
    fn dim(self, n: usize, order: usize) -> Option<usize> {
        match self {
            Self::Tensor { p, q } => n.checked_pow(u32::from(p) + u32::from(q)),
            Self::Regular => Some(order),
            Self::Irrep { degree: 0, .. } => Some(1),
            Self::Irrep { .. } if n == 2 => Some(2),
            Self::Irrep { degree, .. } => Some(2 * usize::from(degree) + 1),
        }
    }
}

impl Part {
    /// Of all of a product; of the k-th group in it, from 1.
    fn new(factor: Factor, of: Option<u8>) -> Self {
        let scalar = factor == Factor::Tensor { p: 0, q: 0 };
        Self { factor, of: if scalar { None } else { of } }
    }
}

impl Atom {
    /// One factor.
    pub fn from_factor(factor: Factor) -> Self {
        Self(vec![Part::new(factor, None)])
    }

    /// One factor of the k-th group of a direct product, counted from 1, on which the others act trivially.
    pub fn of_group(factor: Factor, k: u8) -> Self {
        Self(vec![Part::new(factor, Some(k))])
    }

    /// The factors, the first index running slowest.
    pub fn factors(&self) -> &[Part] {
        &self.0
    }

    /// The dual: on V ⊗ W it is V* ⊗ W*, so that of `T(p,q)` with both there is the product `T(0,p)*Tq`.
    fn dual(&self) -> Self {
        let duals = self.0.iter().map(|&Part { factor, of }| match factor {
            Factor::Tensor { p, q } if p > 0 && q > 0 => {
                let tensor = |p, q| Part::new(Factor::Tensor { p, q }, of);
                Self(vec![tensor(0, p), tensor(q, 0)])
            }
            single => Self(vec![Part::new(single.dual(), of)]),
        });
        duals.reduce(|a, b| a.tensor(&b)).unwrap_or_else(|| self.clone())
    }

    /// The product, with tensor powers merged where the order of the indices allows it.
    fn tensor(&self, other: &Self) -> Self {
        const SCALAR: Factor = Factor::Tensor { p: 0, q: 0 };
        let mut parts: Vec<Part> = Vec::with_capacity(self.0.len() + other.0.len());
        for &part in self.0.iter().chain(&other.0) {
            match (parts.last_mut(), part.factor) {
                (Some(_), SCALAR) => {}
                (Some(last), _) if last.factor == SCALAR => *last = part,
                (Some(Part { factor: Factor::Tensor { p, q }, of }), Factor::Tensor { p: r, q: s })
                    if *of == part.of
                        && (*q == 0 || r == 0)
                        && p.checked_add(r).is_some()
                        && q.checked_add(s).is_some() =>
                {
                    (*p, *q) = (*p + r, *q + s);
                }
                _ => parts.push(part),
            }
        }
        Self(parts)
    }
}

impl Rep {
    /// The terms: multiplicity and atom.
    pub fn terms(&self) -> &[(usize, Atom)] {
        &self.terms
    }

    /// All factors of all atoms.
    fn parts(&self) -> impl Iterator<Item = &Part> {
        self.terms.iter().flat_map(|(_, atom)| &atom.0)
    }

    /// m copies of one atom; m is taken between 1 and [`MAX_MULTIPLICITY`].
    pub fn copies(m: usize, atom: Atom) -> Self {
        Self { terms: vec![(m.clamp(1, MAX_MULTIPLICITY), atom)] }
    }

    /// V, the space that the matrices act on.
    pub fn base() -> Self {
        Self::tensor_power(1, 0)
    }

    /// T(p,q) = V^⊗p ⊗ V*^⊗q.
    pub fn tensor_power(p: u8, q: u8) -> Self {
        Self::copies(1, Atom::from_factor(Factor::Tensor { p, q }))
    }

    /// n copies of the trivial representation.
    pub fn trivial(n: usize) -> Self {
        Self::copies(n, Atom::from_factor(Factor::Tensor { p: 0, q: 0 }))
    }

    /// Functions on a finite group, g e_h = e_{gh}.
    pub fn regular() -> Self {
        Self::copies(1, Atom::from_factor(Factor::Regular))
    }

    /// An irrep of the orthogonal group of the plane or of space.
    pub fn irrep(degree: u8, parity: Option<Parity>) -> Self {
        Self::copies(1, Atom::from_factor(Factor::Irrep { degree, parity }))
    }

    /// ρ*, with ρ*(g) = ρ(g)⁻ᵀ.
    #[must_use]
    pub fn dual(&self) -> Self {
        Self { terms: self.terms.iter().map(|(m, atom)| (*m, atom.dual())).collect() }
    }

    /// ρ ⊕ σ, ρ first.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self { terms: self.terms.iter().chain(&other.terms).cloned().collect() }
    }

    /// ρ ⊗ σ as a sum of products of atoms, in the order of [`Rep::product_order`]: for single atoms exactly the
    /// Kronecker product of the matrices, for sums the same up to that permutation.
    #[must_use]
    pub fn tensor(&self, other: &Self) -> Self {
        let pairs = self
            .terms
            .iter()
            .flat_map(|(m, a)| other.terms.iter().map(move |(k, b)| (m.saturating_mul(*k), a.tensor(b))));
        Self { terms: pairs.collect() }
    }

    /// ρ^⊗n by [`Rep::tensor`]; n = 0 is trivial.
    #[must_use]
    pub fn power(&self, n: u8) -> Self {
        (0..n).fold(Self::trivial(1), |product, _| product.tensor(self))
    }

    /// Ties the representation to a group.
    ///
    /// # Errors
    /// Irreps on groups that are not orthogonal in two or three dimensions, parity letters that are missing or have
    /// no meaning, `Reg` on groups that are not finite, and more than [`MAX_DIM`] dimensions.
    pub fn on(&self, group: &MatrixGroup) -> Result<Action, RepError> {
        Action::new(self, group)
    }
}
