//! The space Hom_G(ρ₁, ρ₂) of linear maps W with ρ₂(g) W = W ρ₁(g) for all g of a group.
//!
//! W is equivariant exactly if dρ₂(A) W − W dρ₁(A) = 0 for the generators A of the Lie algebra and
//! ρ₂(h) W − W ρ₁(h) = 0 for the discrete generators h (Finzi, Welling & Wilson 2021). The constraints are sparse; they
//! are solved for every pair of atoms once, and there for every set of entries of W that they tie together.
//!
//! # Rank
//! Rows are scaled to order one, so singular values σ of the constraints need no unit: σ ≤ [`NULL`] counts as zero,
//! σ ≥ [`KEPT`] as not, and one between them is an error, [`BasisError::Ambiguous`]: such generators are rounded too
//! coarsely, or are nearly those of a smaller group. Where more than 200 entries of W hang together, they are solved
//! for by iteration, and there every σ below [`KEPT`] that is not rounding is that error.

mod constraints;
pub(in crate::maths) mod null_space;
#[cfg(test)]
mod tests;

use super::matrix::Matrix;
use super::matrix_group::MatrixGroup;
use super::rep::{Action, Atom, Rep, RepError};
use std::collections::HashMap;
use std::sync::Arc;

/// Singular values of the scaled constraints up to here are zero.
pub const NULL: f64 = 1e-6;
/// Singular values of the scaled constraints from here on are not zero.
pub const KEPT: f64 = 1e-4;
/// Largest number of entries of a map between two atoms.
pub const MAX_UNKNOWNS: usize = 1 << 20;
/// Largest number of entries of the constraints on a map between two atoms.
pub const MAX_CONSTRAINT_ENTRIES: usize = 60_000_000;

/// Why there is no basis.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BasisError {
    /// A representation without a meaning on the group.
    #[error(transparent)]
    Rep(#[from] RepError),
    /// The two sides belong to different groups.
    #[error("maps from a representation of {from} to one of {to}: both must be of one group")]
    Groups {
        /// Group of the source.
        from: String,
        /// Group of the target.
        to: String,
    },
    /// More unknowns than [`MAX_UNKNOWNS`], or more entries than [`MAX_CONSTRAINT_ENTRIES`].
    #[error("maps from {from} to {to} are too large: {size}, at most {most} can be solved for")]
    TooLarge {
        /// Source atom.
        from: String,
        /// Target atom.
        to: String,
        /// How many of what.
        size: String,
        /// The bound.
        most: usize,
    },
    /// A singular value between [`NULL`] and [`KEPT`].
    #[error(
        "the dimension is not clear for maps from {from} to {to}: a singular value of the constraints is {value:.1e}, \
         neither zero nor at least {KEPT:.0e}; give the generators with more digits"
    )]
    Ambiguous {
        /// Source atom.
        from: String,
        /// Target atom.
        to: String,
        /// The singular value.
        value: f64,
    },
    /// The iteration for large spaces did not come to an end.
    #[error("no convergence for maps from {from} to {to}: residual {residual:.1e} after {steps} steps")]
    NotConverged {
        /// Source atom.
        from: String,
        /// Target atom.
        to: String,
        /// What was left of the constraints.
        residual: f64,
        /// Steps made.
        steps: usize,
    },
}

/// An orthonormal basis of the maps between two atoms, with the residual of each.
#[derive(Debug)]
struct Block {
    matrices: Vec<Matrix>,
    residuals: Vec<f64>,
}

/// Blocks by (from, to).
type Cache = HashMap<(Atom, Atom), Arc<Block>>;

/// The maps between all copies of one term and all copies of another.
#[derive(Clone, Debug)]
struct Placed {
    block: Arc<Block>,
    /// Upper left corner, copies and size of a copy, down and across.
    down: (usize, usize, usize),
    across: (usize, usize, usize),
}

impl Placed {
    fn len(&self) -> usize {
        self.down.1 * self.across.1 * self.block.matrices.len()
    }

    /// Upper left corners of all copies.
    fn corners(&self) -> impl Iterator<Item = (usize, usize)> {
        let (down, across) = (self.down, self.across);
        (0..down.1)
            .flat_map(move |i| (0..across.1).map(move |j| (down.0 + i * down.2, across.0 + j * across.2)))
    }
}

/// An orthonormal basis of Hom_G(ρ₁, ρ₂) under ⟨A, B⟩ = Σ Aᵢⱼ Bᵢⱼ; matrices are [dim ρ₂, dim ρ₁].
///
/// Elements are numbered block by block of the two sums, ρ₂ slowest, and copy by copy within a block. Only one copy
/// of each block is held.
#[derive(Clone, Debug)]
pub struct EquivariantBasis {
    from: usize,
    to: usize,
    pieces: Vec<Placed>,
    /// Where a column of the blocks stands in the matrices; as it is if empty.
    columns: Vec<usize>,
}

/// Solves for one group and keeps what it found.
#[derive(Debug)]
pub struct Solver {
    group: MatrixGroup,
    cache: Cache,
}

impl Solver {
    /// For the maps between representations of a group.
    pub fn new(group: MatrixGroup) -> Self {
        Self { group, cache: Cache::new() }
    }

    /// The maps from one representation to another.
    ///
    /// # Errors
    /// See [`BasisError`].
    pub fn hom(&mut self, from: &Rep, to: &Rep) -> Result<EquivariantBasis, BasisError> {
        assemble(&from.on(&self.group)?, &to.on(&self.group)?, &mut self.cache)
    }

    /// The maps ρ₁ ⊗ ρ₂ → ρ₃: column i dim ρ₂ + j of a matrix holds the image of eᵢ ⊗ eⱼ.
    ///
    /// # Errors
    /// See [`BasisError`].
    pub fn bilinear(&mut self, first: &Rep, second: &Rep, to: &Rep) -> Result<EquivariantBasis, BasisError> {
        let (first, second) = (first.on(&self.group)?, second.on(&self.group)?);
        let product = first.tensor(&second)?;
        let mut basis = assemble(&product, &to.on(&self.group)?, &mut self.cache)?;
        basis.columns = first.product_order(&second);
        Ok(basis)
    }
}

/// The maps from one representation to another of the same group, restricted ones among them.
///
/// # Errors
/// See [`BasisError`].
pub fn hom(from: &Action, to: &Action) -> Result<EquivariantBasis, BasisError> {
    assemble(from, to, &mut Cache::new())
}

fn assemble(from: &Action, to: &Action, cache: &mut Cache) -> Result<EquivariantBasis, BasisError> {
    if from.group() != to.group() {
        let (from, to) = (from.group().name().to_owned(), to.group().name().to_owned());
        return Err(BasisError::Groups { from, to });
    }
    let mut pieces = Vec::new();
    let mut row = 0;
    for (copies_down, b) in to.rep().terms() {
        let (height, mut column) = (to.atom_dim(b), 0);
        for (copies_across, a) in from.rep().terms() {
            let width = from.atom_dim(a);
            let block = match cache.get(&(a.clone(), b.clone())) {
                Some(block) => Arc::clone(block),
                None => {
                    let block = Arc::new(solve((from, a), (to, b), null_space::DENSE)?);
                    cache.insert((a.clone(), b.clone()), Arc::clone(&block));
                    block
                }
            };
            pieces.push(Placed {
                block,
                down: (row, *copies_down, height),
                across: (column, *copies_across, width),
            });
            column += copies_across * width;
        }
        row += copies_down * height;
    }
    Ok(EquivariantBasis { from: from.dim(), to: to.dim(), pieces, columns: Vec::new() })
}

/// The maps between two atoms; sets of up to `dense` entries are solved by a dense decomposition.
fn solve((from, a): (&Action, &Atom), (to, b): (&Action, &Atom), dense: usize) -> Result<Block, BasisError> {
    let constraints = constraints::between((from, a), (to, b))?;
    let (height, width) = (to.atom_dim(b), from.atom_dim(a));
    let mut block = Block { matrices: Vec::new(), residuals: Vec::new() };
    for part in constraints::independent_parts(&constraints) {
        let vectors = null_space::of(&part.constraints, dense).map_err(|reason| reason.between(a, b))?;
        for vector in vectors {
            let residual = norm(&part.constraints.apply(&vector));
            let mut w = Matrix::zeros(height, width);
            for (&unknown, v) in part.unknowns.iter().zip(vector) {
                w[(unknown / width, unknown % width)] = v;
            }
            block.matrices.push(w);
            block.residuals.push(residual);
        }
    }
    Ok(block)
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

impl EquivariantBasis {
    /// dim Hom_G(ρ₁, ρ₂).
    pub fn dimension(&self) -> usize {
        self.pieces.iter().map(Placed::len).sum()
    }

    /// Rows and columns of the maps, [dim ρ₂, dim ρ₁].
    pub fn shape(&self) -> (usize, usize) {
        (self.to, self.from)
    }

    /// Element i written out; zero beyond the last.
    pub fn matrix(&self, i: usize) -> Matrix {
        let mut w = Matrix::zeros(self.to, self.from);
        let mut left = i;
        for piece in &self.pieces {
            if left < piece.len() {
                let each = piece.block.matrices.len();
                if let Some(corner) = piece.corners().nth(left / each) {
                    self.add(&mut w, corner, &piece.block.matrices[left % each], 1.0);
                }
                break;
            }
            left -= piece.len();
        }
        w
    }

    /// All elements, one after the other.
    pub fn matrices(&self) -> impl Iterator<Item = Matrix> + '_ {
        (0..self.dimension()).map(|i| self.matrix(i))
    }

    /// Largest ‖C w‖₂ of an element, C the scaled constraints: zero up to rounding where the generators are exact.
    pub fn worst_residual(&self) -> f64 {
        self.pieces.iter().flat_map(|piece| &piece.block.residuals).fold(0.0, |most, r| most.max(*r))
    }

    /// ⟨W, Bᵢ⟩ for every element; `None` where W has another shape.
    pub fn coefficients(&self, w: &Matrix) -> Option<Vec<f64>> {
        if (w.rows(), w.cols()) != (self.to, self.from) {
            return None;
        }
        let mut out = Vec::with_capacity(self.dimension());
        for piece in &self.pieces {
            for (row, column) in piece.corners() {
                out.extend(piece.block.matrices.iter().map(|b| {
                    let entry = |i, j| w[(row + i, self.column(column + j))] * b[(i, j)];
                    (0..b.rows())
                        .flat_map(|i| (0..b.cols()).map(move |j| (i, j)))
                        .map(|(i, j)| entry(i, j))
                        .sum::<f64>()
                }));
            }
        }
        Some(out)
    }

    /// Σ cᵢ Bᵢ; coefficients beyond the dimension are ignored, missing ones are zero.
    pub fn combine(&self, coefficients: &[f64]) -> Matrix {
        let mut w = Matrix::zeros(self.to, self.from);
        let mut left = coefficients.iter();
        for piece in &self.pieces {
            for corner in piece.corners() {
                for (b, c) in piece.block.matrices.iter().zip(left.by_ref()) {
                    self.add(&mut w, corner, b, *c);
                }
            }
        }
        w
    }

    /// The equivariant map that is nearest to W in the Frobenius norm; `None` where W has another shape.
    pub fn project(&self, w: &Matrix) -> Option<Matrix> {
        self.coefficients(w).map(|c| self.combine(&c))
    }

    fn column(&self, j: usize) -> usize {
        self.columns.get(j).copied().unwrap_or(j)
    }

    fn add(&self, w: &mut Matrix, (row, column): (usize, usize), b: &Matrix, c: f64) {
        for i in 0..b.rows() {
            for j in 0..b.cols() {
                w[(row + i, self.column(column + j))] += c * b[(i, j)];
            }
        }
    }
}
