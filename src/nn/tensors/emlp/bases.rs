//! Bases of the equivariant maps between ranks, as the layers take them.

use super::super::NetworkError;
use crate::maths::basis::Solver;
use crate::maths::rep::Rep;
use crate::maths::{Matrix, MatrixGroup};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Below this an entry is rounding.
const ZERO: f64 = 1e-12;

/// The maps T_a → T_b.
#[derive(Clone, Debug)]
pub(super) struct Basis {
    /// Number of them, K.
    pub count: usize,
    /// [Dᵇ, Dᵃ·K], the map last: Q scaled by `size`.
    pub maps: Vec<f64>,
    /// Mean of Σ |Q_ij| over the orthonormal maps Q. In units of Q·size a coefficient of 1 has entries of about 1, so that a
    /// step of Adam moves the entries of the map as far as it would if they were the parameters themselves.
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

    fn of(maps: &[Matrix]) -> Self {
        let sizes = maps.iter().map(|q| q.data().iter().map(|v| v.abs()).sum::<f64>());
        let size = sizes.sum::<f64>() / maps.len().max(1) as f64;
        let entries = maps.first().map_or(0, |q| q.data().len());
        let stacked = (0..entries).flat_map(|e| maps.iter().map(move |q| size * q.data()[e])).collect();
        let one = |q: &Matrix| {
            let identity = Matrix::identity(q.rows());
            q.is_square() && q.scaled(size).max_difference(&identity) < ZERO
        };
        let identity = maps.len() == 1 && maps.first().is_some_and(one);
        Self { count: maps.len(), maps: stacked, size, identity }
    }
}
