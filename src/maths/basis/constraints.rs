//! The linear equations that make a map between two atoms equivariant.
//!
//! Unknown i · width + j is the entry (i, j) of W.

use super::{BasisError, MAX_CONSTRAINT_ENTRIES, MAX_UNKNOWNS};
use crate::maths::rep::{Action, Atom};
use crate::maths::sparse::Sparse;
use std::collections::BTreeMap;

/// Coefficients below this are differences of equal numbers; rows are scaled to order one.
const ROUNDING: f64 = 1e-13;

/// All equations between two atoms, one below the other.
///
/// Those of a generator A of the Lie algebra are divided by the largest row sum that dρ(A) reaches on either side;
/// those of a discrete generator each by the row sums it is made of, since ρ(h) may hold numbers of very different
/// size.
pub(super) fn between((from, a): (&Action, &Atom), (to, b): (&Action, &Atom)) -> Result<Sparse, BasisError> {
    let too_large =
        |size: String, most| BasisError::TooLarge { from: a.to_string(), to: b.to_string(), size, most };
    let (height, width) = (to.atom_dim(b), from.atom_dim(a));
    let unknowns = height
        .checked_mul(width)
        .filter(|&n| n <= MAX_UNKNOWNS)
        .ok_or_else(|| too_large(format!("{height} × {width} entries"), MAX_UNKNOWNS))?;
    let mut all = Sparse::with_cols(unknowns);
    let mut add = |left: &Sparse, right: &Sparse, scale: Option<f64>| {
        let entries = left.stored() * width + right.stored() * height + all.stored();
        if entries > MAX_CONSTRAINT_ENTRIES {
            return Err(too_large(format!("{entries} coefficients"), MAX_CONSTRAINT_ENTRIES));
        }
        equations(left, &right.transpose(), scale, &mut all);
        Ok(())
    };
    for h in from.group().discrete() {
        add(&to.atom_rho(b, h)?, &from.atom_rho(a, h)?, None)?;
    }
    for generator in from.group().lie() {
        let (left, right) = (to.atom_drho(b, generator)?, from.atom_drho(a, generator)?);
        let largest = |m: &Sparse| (0..m.rows()).map(|i| m.row_sum(i)).fold(0.0, f64::max);
        let scale = largest(&left).max(largest(&right.transpose()));
        if scale > 0.0 {
            add(&left, &right, Some(scale))?;
        }
    }
    Ok(all)
}

/// L W − W R = 0, with R given transposed.
fn equations(left: &Sparse, right_transposed: &Sparse, scale: Option<f64>, all: &mut Sparse) {
    let (height, width) = (left.rows(), right_transposed.rows());
    let mut row = BTreeMap::new();
    for i in 0..height {
        for j in 0..width {
            row.clear();
            for &(k, v) in left.row(i) {
                *row.entry(k * width + j).or_insert(0.0) += v;
            }
            for &(k, v) in right_transposed.row(j) {
                *row.entry(i * width + k).or_insert(0.0) -= v;
            }
            let scale = scale.unwrap_or_else(|| left.row_sum(i) + right_transposed.row_sum(j));
            let scaled = row.iter().map(|(&k, &v)| (k, v / scale)).filter(|(_, v)| v.abs() > ROUNDING);
            let mut scaled = scaled.peekable();
            if scaled.peek().is_some() {
                all.push_row(scaled);
            }
        }
    }
}

/// Unknowns that equations tie together, and these equations in the unknowns' own numbering.
pub(super) struct Part {
    pub(super) unknowns: Vec<usize>,
    pub(super) constraints: Sparse,
}

/// Splits equations into sets that have no unknown in common, in the order of their first unknown.
pub(super) fn independent_parts(all: &Sparse) -> Vec<Part> {
    let mut links = Links((0..all.cols()).collect());
    for i in 0..all.rows() {
        if let Some((&(first, _), rest)) = all.row(i).split_first() {
            rest.iter().for_each(|&(j, _)| links.join(first, j));
        }
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut place = vec![0; all.cols()];
    for j in 0..all.cols() {
        let set = members.entry(links.root(j)).or_default();
        place[j] = set.len();
        set.push(j);
    }
    let mut rows: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for i in 0..all.rows() {
        if let Some(&(first, _)) = all.row(i).first() {
            rows.entry(links.root(first)).or_default().push(i);
        }
    }
    members
        .into_iter()
        .map(|(root, unknowns)| {
            let mut constraints = Sparse::with_cols(unknowns.len());
            for &i in rows.get(&root).into_iter().flatten() {
                constraints.push_row(all.row(i).iter().map(|&(j, v)| (place[j], v)));
            }
            Part { unknowns, constraints }
        })
        .collect()
}

/// Disjoint sets, each named by its least member.
struct Links(Vec<usize>);

impl Links {
    fn root(&mut self, mut j: usize) -> usize {
        while self.0[j] != j {
            self.0[j] = self.0[self.0[j]];
            j = self.0[j];
        }
        j
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}
