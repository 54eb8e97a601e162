//! A representation tied to a group: its matrices.

use super::super::matrix::Matrix;
use super::super::matrix_group::MatrixGroup;
use super::super::sparse::Sparse;
use super::space::{Space, Spaces};
use super::{Atom, Factor, MAX_DIM, MAX_ENTRIES, Part, Rep, RepError, irreps};

/// A representation of one group, with ρ(g) and dρ(A).
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    rep: Rep,
    group: MatrixGroup,
    /// Base spaces that the parts of atoms speak of.
    spaces: Spaces,
    dim: usize,
}

impl Action {
    pub(super) fn new(rep: &Rep, group: &MatrixGroup) -> Result<Self, RepError> {
        Self::with_spaces(rep, group, Spaces::of(group, rep)?)
    }

    fn with_spaces(rep: &Rep, group: &MatrixGroup, spaces: Spaces) -> Result<Self, RepError> {
        spaces.accept(group, rep)?;
        let total = rep
            .terms
            .iter()
            .try_fold(0_usize, |sum, (m, atom)| sum.checked_add(m.checked_mul(dimension(&spaces, atom)?)?));
        let dim = total
            .filter(|&d| d <= MAX_DIM)
            .ok_or_else(|| RepError::TooLarge { rep: rep.to_string(), group: group.name().to_owned() })?;
        Ok(Self { rep: rep.clone(), group: group.clone(), spaces, dim })
    }

    /// What was tied.
    pub fn rep(&self) -> &Rep {
        &self.rep
    }

    /// To what.
    pub fn group(&self) -> &MatrixGroup {
        &self.group
    }

    /// Dimension of the representation.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// The same matrices ρ(g) for the g of a subgroup: constraints are then asked of its generators only. `Reg` stays
    /// that of the larger group.
    ///
    /// # Errors
    /// Another base dimension, generators at which the representation has no value, and, where `Reg` stands,
    /// generators outside of the larger group.
    pub fn restrict(&self, subgroup: &MatrixGroup) -> Result<Self, RepError> {
        if subgroup.dim() != self.group.dim() {
            return Err(RepError::Subgroup {
                subgroup: subgroup.name().to_owned(),
                group: self.group.name().to_owned(),
                found: subgroup.dim(),
                expected: self.group.dim(),
            });
        }
        let restricted = Self::with_spaces(&self.rep, subgroup, self.spaces.clone())?;
        for (_, atom) in &restricted.rep.terms {
            subgroup.discrete().iter().try_for_each(|h| restricted.atom_rho(atom, h).map(drop))?;
            subgroup.lie().iter().try_for_each(|a| restricted.atom_drho(atom, a).map(drop))?;
        }
        Ok(restricted)
    }

    /// ρ(g), dim × dim.
    ///
    /// # Errors
    /// g of another size or not finite, singular where a dual stands, not orthogonal or of the wrong determinant
    /// where an irrep stands, not an element where `Reg` stands.
    pub fn rho(&self, g: &Matrix) -> Result<Matrix, RepError> {
        self.block_diagonal(|atom| self.atom_rho(atom, g))
    }

    /// dρ(A), dim × dim, the derivative of ρ(exp tA) at t = 0.
    ///
    /// # Errors
    /// A of another size or not finite, not antisymmetric where an irrep stands; `Reg` has no derivative.
    pub fn drho(&self, a: &Matrix) -> Result<Matrix, RepError> {
        self.block_diagonal(|atom| self.atom_drho(atom, a))
    }

    fn block_diagonal(&self, of: impl Fn(&Atom) -> Result<Sparse, RepError>) -> Result<Matrix, RepError> {
        if self.dim.saturating_mul(self.dim) > MAX_ENTRIES {
            return Err(self.too_many_entries());
        }
        let mut whole = Matrix::zeros(self.dim, self.dim);
        let mut at = 0;
        for (multiplicity, atom) in &self.rep.terms {
            let block = of(atom)?.to_dense();
            for _ in 0..*multiplicity {
                whole.set_block(at, at, &block);
                at += block.rows();
            }
        }
        Ok(whole)
    }

    /// Dimension of one atom of the sum.
    pub(in crate::maths) fn atom_dim(&self, atom: &Atom) -> usize {
        // The dimension of the whole was counted without overflow in `with_spaces`.
        dimension(&self.spaces, atom).unwrap_or(0)
    }

    /// ρ ⊗ σ of two representations of one group, neither restricted, in the order of [`Action::product_order`].
    pub(in crate::maths) fn tensor(&self, other: &Self) -> Result<Self, RepError> {
        let spaces = self.spaces.clone().merged(&other.spaces);
        Self::with_spaces(&self.rep.tensor(&other.rep), &self.group, spaces)
    }

    /// For every position of ρ ⊗ σ as [`Rep::tensor`] writes it, the position in the Kronecker product of ρ and σ.
    pub fn product_order(&self, other: &Self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.dim * other.dim);
        let mut left = 0;
        for (m, a) in &self.rep.terms {
            let (a, mut right) = (self.atom_dim(a), 0);
            for (k, b) in &other.rep.terms {
                let b = other.atom_dim(b);
                for (copy, copy2) in (0..*m).flat_map(|c| (0..*k).map(move |d| (c, d))) {
                    for (i, j) in (0..a).flat_map(|i| (0..b).map(move |j| (i, j))) {
                        order.push((left + copy * a + i) * other.dim + right + copy2 * b + j);
                    }
                }
                right += k * b;
            }
            left += m * a;
        }
        order
    }

    fn check_matrix(&self, atom: &Atom, m: &Matrix) -> Result<(), RepError> {
        let n = self.group.dim();
        let why = if (m.rows(), m.cols()) != (n, n) {
            format!("it is {} × {} and the group acts on R^{n}", m.rows(), m.cols())
        } else if !m.is_finite() {
            "an entry is not finite".to_owned()
        } else {
            return Ok(());
        };
        Err(RepError::Element { rep: atom.to_string(), why })
    }

    /// ρ(g) of one atom.
    pub(in crate::maths) fn atom_rho(&self, atom: &Atom, g: &Matrix) -> Result<Sparse, RepError> {
        self.check_matrix(atom, g)?;
        let mut product = Sparse::identity(1);
        for part in &atom.0 {
            product = self.kron(&product, &self.part_rho(part, g)?)?;
        }
        Ok(product)
    }

    /// A ⊗ B unless it has too many entries.
    fn kron(&self, a: &Sparse, b: &Sparse) -> Result<Sparse, RepError> {
        match a.stored().checked_mul(b.stored()) {
            Some(entries) if entries <= MAX_ENTRIES => Ok(a.kron(b)),
            _ => Err(self.too_many_entries()),
        }
    }

    /// A ⊗ 1 + 1 ⊗ B unless it has too many entries.
    fn kron_sum(&self, a: &Sparse, b: &Sparse) -> Result<Sparse, RepError> {
        let entries = a.stored().saturating_mul(b.rows()).saturating_add(a.rows().saturating_mul(b.stored()));
        if entries > MAX_ENTRIES {
            return Err(self.too_many_entries());
        }
        Ok(a.kron(&Sparse::identity(b.rows())).plus_scaled(1.0, &Sparse::identity(a.rows()).kron(b)))
    }

    fn too_many_entries(&self) -> RepError {
        RepError::TooManyEntries { rep: self.rep.to_string(), group: self.group.name().to_owned() }
    }

    fn repeated(&self, m: &Sparse, times: u8) -> Result<Sparse, RepError> {
        (0..times).try_fold(Sparse::identity(1), |product, _| self.kron(&product, m))
    }

    /// The space that a part speaks of, and what a matrix does there.
    fn part_of(&self, part: &Part, m: &Matrix) -> Result<(&Space, Matrix), RepError> {
        let space = self.spaces.get(part);
        let why = || "it mixes the factors of the product".to_owned();
        let mixed = || RepError::Element { rep: part.to_string(), why: why() };
        Ok((space, space.block(m).ok_or_else(mixed)?))
    }

    fn part_rho(&self, part: &Part, g: &Matrix) -> Result<Sparse, RepError> {
        let fail = |why: &str| RepError::Element { rep: part.to_string(), why: why.to_owned() };
        let (space, g) = self.part_of(part, g)?;
        match part.factor {
            Factor::Tensor { p, q } => {
                let mut product = self.repeated(&Sparse::from_dense(&g), p)?;
                if q > 0 {
                    let inverse = g.inverse().ok_or_else(|| fail("it has no inverse"))?;
                    let dual = self.repeated(&Sparse::from_dense(&inverse.transpose()), q)?;
                    product = self.kron(&product, &dual)?;
                }
                Ok(product)
            }
            Factor::Regular => space
                .elements
                .as_ref()
                .and_then(|elements| elements.rho(&g))
                .ok_or_else(|| fail("it is not an element of the finite group")),
            Factor::Irrep { degree, parity } => {
                irreps::rho(degree, parity, &g).map(|m| Sparse::from_dense(&m)).map_err(|why| fail(&why))
            }
        }
    }

    /// dρ(A) of one atom, by the rule of Leibniz.
    pub(in crate::maths) fn atom_drho(&self, atom: &Atom, a: &Matrix) -> Result<Sparse, RepError> {
        self.check_matrix(atom, a)?;
        let parts: Result<Vec<Sparse>, RepError> =
            atom.0.iter().map(|part| self.part_drho(part, a)).collect();
        parts?.iter().try_fold(Sparse::zeros(1, 1), |sum, part| self.kron_sum(&sum, part))
    }

    fn part_drho(&self, part: &Part, a: &Matrix) -> Result<Sparse, RepError> {
        let fail = |why: String| RepError::Element { rep: part.to_string(), why };
        let (_, a) = self.part_of(part, a)?;
        match part.factor {
            Factor::Tensor { p, q } => {
                let (base, dual) = (Sparse::from_dense(&a), Sparse::from_dense(&-&a.transpose()));
                let mut copies =
                    std::iter::repeat_n(&base, p.into()).chain(std::iter::repeat_n(&dual, q.into()));
                copies.try_fold(Sparse::zeros(1, 1), |sum, part| self.kron_sum(&sum, part))
            }
            Factor::Regular => Err(fail("the group is finite and has no Lie algebra".to_owned())),
            Factor::Irrep { degree, .. } => {
                irreps::drho_at(degree, &a).map(|m| Sparse::from_dense(&m)).map_err(fail)
            }
        }
    }
}

/// Dimension of an atom; `None` where it is beyond [`MAX_DIM`].
fn dimension(spaces: &Spaces, atom: &Atom) -> Option<usize> {
    let of = |part: &Part| {
        let space = spaces.get(part);
        part.factor.dim(space.dim, space.order())
    };
    atom.0.iter().try_fold(1_usize, |d, part| d.checked_mul(of(part)?)).filter(|&d| d <= MAX_DIM)
}
