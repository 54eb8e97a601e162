//! Bases of the equivariant maps between ranks, as the layers take them.

use super::super::NetworkError;
use crate::maths::basis::Solver;
use crate::maths::rep::Rep;
use crate::maths::{Matrix, MatrixGroup};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Entries of orthonormal maps that differ by less are the same, and those below it are 0: far above rounding, and far below
/// what sets the entries of one map apart.
const SAME: f64 = 1e-8;

/// Maps that span those from T_a to T_b, which may be more than are independent.
///
/// EMLP's parameters are all entries of a map, which is then projected (Finzi, Welling and Wilson 2021). Entries that are the
/// same in every equivariant map, up to the sign, have the same gradient, so that Adam moves them alike: one coefficient
/// stands for all of a class, its map is the projection of the class. Coefficients of an orthonormal basis span the same maps, but Adam goes another way there,
/// and to networks that err several times as much.
#[derive(Clone, Debug)]
pub(super) struct Basis {
    /// Number of them, K.
    pub count: usize,
    /// [Dᵇ, Dᵃ·K], the map last.
    pub maps: Vec<f64>,
    /// √(mean number of entries in a class): the mean of a class of independent entries deviates less than one of them by
    /// that factor.
    pub size: f64,
    /// Whether it is one map, and that the identity.
    pub identity: bool,
}

/// Bases between all ranks below a bound.
#[derive(Clone, Debug)]
pub(in super::super) struct Bases {
    ranks: usize,
    list: Arc<Vec<Basis>>,
}

/// Bases that were found before, by a group's name and the number of ranks.
type Known = BTreeMap<(String, usize), Bases>;

/// Ranks up to three take up to a second, and a network is made anew whenever a setting changes.
static KNOWN: Mutex<Known> = Mutex::new(BTreeMap::new());

impl Bases {
    /// Of a group, for ranks 0 … `ranks` − 1; those of groups that have a name are found once.
    pub(super) fn new(group: &MatrixGroup, ranks: usize) -> Result<Self, NetworkError> {
        let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let key = group.named().map(|name| (name.to_string(), ranks));
        if let Some(bases) = key.as_ref().and_then(|key| known().get(key).cloned()) {
            return Ok(bases);
        }
        let bases = Self::solve(group, ranks)?;
        if let Some(key) = key {
            known().insert(key, bases.clone());
        }
        Ok(bases)
    }

    fn solve(group: &MatrixGroup, ranks: usize) -> Result<Self, NetworkError> {
        let mut solver = Solver::new(group.clone());
        let mut list = Vec::with_capacity(ranks * ranks);
        for a in 0..ranks {
            for b in 0..ranks {
                let (from, to) = (Rep::tensor_power(a as u8, 0), Rep::tensor_power(b as u8, 0));
                let basis = solver.hom(&from, &to).map_err(|e| NetworkError::Basis(e.to_string()))?;
                list.push(Basis::of(&basis.matrices().collect::<Vec<_>>()));
            }
        }
        Ok(Self { ranks, list: Arc::new(list) })
    }

    /// The maps T_a → T_b; `None` where there are none.
    pub(super) fn get(&self, a: usize, b: usize) -> Option<&Basis> {
        self.list.get(a * self.ranks + b).filter(|basis| a.max(b) < self.ranks && basis.count > 0)
    }
}

impl Basis {
    /// The same numbers as [Dᵇ·K, Dᵃ], for maps that come before the mixing; Dᵃ is `width`.
    pub fn before(&self, width: usize) -> Vec<f64> {
        let row = width * self.count;
        let entry = |i: usize, k: usize, j: usize| self.maps[i * row + j * self.count + k];
        let places = (0..self.maps.len() / row).flat_map(|i| (0..self.count).map(move |k| (i, k)));
        places.flat_map(|(i, k)| (0..width).map(move |j| entry(i, k, j))).collect()
    }

    /// From an orthonormal basis Q_k: the projections Σ_k Q_k ⟨Q_k, M_j⟩ of one map M_j, with entries 0 and ±1, for each class
    /// of entries that are the same in all maps, up to the sign.
    fn of(basis: &[Matrix]) -> Self {
        let classes = classes(basis);
        let project = |class: &Class| {
            let inner = |q: &Matrix| class.iter().map(|(e, sign)| q.data()[*e] * sign).sum::<f64>();
            let shares: Vec<f64> = basis.iter().map(inner).collect();
            move |e: usize| basis.iter().zip(&shares).map(|(q, share)| q.data()[e] * share).sum::<f64>()
        };
        let maps: Vec<_> = classes.iter().map(project).collect();
        let entries = basis.first().map_or(0, |q| q.data().len());
        let stacked: Vec<f64> = (0..entries).flat_map(|e| maps.iter().map(move |map| map(e))).collect();
        let members: usize = classes.iter().map(Vec::len).sum();
        let identity = maps.len() == 1
            && basis.first().is_some_and(|q| {
                let one = Matrix::identity(q.rows());
                q.is_square() && stacked.iter().zip(one.data()).all(|(a, b)| (a - b).abs() < SAME)
            });
        Self {
            count: classes.len(),
            maps: stacked,
            size: (members as f64 / classes.len().max(1) as f64).sqrt(),
            identity,
        }
    }
}

/// Entries, by their place, with the sign that each has beside the first of them.
type Class = Vec<(usize, f64)>;

/// The entries that are not zero in all maps, together where they are the same in all of them up to the sign.
fn classes(maps: &[Matrix]) -> Vec<Class> {
    let row = |e: usize| maps.iter().map(move |q| q.data()[e]);
    let like = |a: usize, b: usize, sign: f64| row(a).zip(row(b)).all(|(a, b)| (a - sign * b).abs() < SAME);
    let mut classes: Vec<Class> = Vec::new();
    let entries = maps.first().map_or(0, |q| q.data().len());
    for e in (0..entries).filter(|e| row(*e).any(|v| v.abs() > SAME)) {
        let home = classes.iter_mut().find_map(|class| {
            let sign = [1.0, -1.0].into_iter().find(|sign| like(e, class[0].0, *sign))?;
            Some((class, sign))
        });
        match home {
            Some((class, sign)) => class.push((e, sign)),
            None => classes.push(vec![(e, 1.0)]),
        }
    }
    classes
}
