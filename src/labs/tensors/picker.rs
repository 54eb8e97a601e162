//! The constraint picker: a group, two types, the space of equivariant maps between them, and one matrix W in or outside
//! of it.

use crate::maths::basis::{EquivariantBasis, Solver};
use crate::maths::rep::Rep;
use crate::maths::rng::Rng;
use crate::maths::{Matrix, MatrixGroup};

/// Groups of the menu.
pub const GROUPS: [&str; 8] = ["SO(3)", "O(3)", "SO+(1,3)", "O(1,3)", "SO(2)", "C(4)", "S(4)", "Z(4)"];
/// Types of the menu.
pub const TYPES: [&str; 5] = ["T0", "T1", "T2", "T0+T1", "T1+T2"];
/// Coefficients that have a slider.
pub const SLIDERS: usize = 5;
/// Largest number of entries of W.
const MOST: usize = 512;
/// Largest rapidity of the element that W is tried with.
const RAPIDITY: f64 = 1.0;

/// What is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// An index of [`GROUPS`].
    pub group: usize,
    /// An index of [`TYPES`]: what W takes.
    pub from: usize,
    /// An index of [`TYPES`]: what W gives.
    pub to: usize,
}

impl Default for Choice {
    fn default() -> Self {
        Self { group: 0, from: 2, to: 1 }
    }
}

/// The picker's state.
pub struct Picker {
    choice: Choice,
    seed: u64,
    solved: Result<Solved, String>,
}

/// A solved choice.
struct Solved {
    group: MatrixGroup,
    reps: [Rep; 2],
    basis: EquivariantBasis,
    w: Matrix,
    /// ρ₁(g) and ρ₂(g).
    rho: [Matrix; 2],
}

impl Default for Picker {
    fn default() -> Self {
        Self::new(Choice::default())
    }
}

impl Picker {
    /// Solves a choice; W is the sum of the basis.
    pub fn new(choice: Choice) -> Self {
        Self { choice, seed: 1, solved: Solved::new(choice, 1) }
    }

    /// What is chosen.
    pub fn choice(&self) -> Choice {
        self.choice
    }

    /// Chooses and solves anew, unless nothing changed.
    pub fn choose(&mut self, choice: Choice) {
        if choice != self.choice {
            *self = Self { seed: self.seed, ..Self::new(choice) };
            self.new_element(0);
        }
    }

    /// Why there is no basis.
    pub fn trouble(&self) -> Option<&str> {
        self.solved.as_ref().err().map(String::as_str)
    }

    /// Number of independent equivariant maps.
    pub fn dimension(&self) -> usize {
        self.solved.as_ref().map_or(0, |s| s.basis.dimension())
    }

    /// The first maps of the basis.
    pub fn tiles(&self, most: usize) -> Vec<Matrix> {
        self.solved.as_ref().map_or_else(|_| Vec::new(), |s| s.basis.matrices().take(most).collect())
    }

    /// W.
    pub fn matrix(&self) -> Option<&Matrix> {
        self.solved.as_ref().ok().map(|s| &s.w)
    }

    /// Coefficients of the nearest equivariant map.
    pub fn coefficients(&self) -> Vec<f64> {
        self.solved.as_ref().ok().and_then(|s| s.basis.coefficients(&s.w)).unwrap_or_default()
    }

    /// W becomes the combination with these coefficients.
    pub fn combine(&mut self, coefficients: &[f64]) {
        if let Ok(s) = &mut self.solved {
            s.w = s.basis.combine(coefficients);
        }
    }

    /// Writes an entry of W, which may leave the space.
    pub fn write(&mut self, row: usize, column: usize, value: f64) {
        if let Ok(s) = &mut self.solved
            && row < s.w.rows()
            && column < s.w.cols()
        {
            s.w[(row, column)] = value;
        }
    }

    /// W becomes the nearest equivariant map.
    pub fn project(&mut self) {
        if let Ok(s) = &mut self.solved
            && let Some(w) = s.basis.project(&s.w)
        {
            s.w = w;
        }
    }

    /// Another element of the group, `by` numbers on.
    pub fn new_element(&mut self, by: u64) {
        self.seed = self.seed.wrapping_add(by);
        if let Ok(s) = &mut self.solved
            && let Ok(rho) = representations(&s.group, &s.reps, self.seed)
        {
            s.rho = rho;
        }
    }

    /// ‖W ρ₁(g) − ρ₂(g) W‖ in the Frobenius norm.
    pub fn commutator(&self) -> Option<f64> {
        let s = self.solved.as_ref().ok()?;
        let (a, b) = (&s.w * &s.rho[0], &s.rho[1] * &s.w);
        let square: f64 = a.data().iter().zip(b.data()).map(|(a, b)| (a - b) * (a - b)).sum();
        Some(square.sqrt())
    }
}

impl Solved {
    fn new(choice: Choice, seed: u64) -> Result<Self, String> {
        let at = |list: &[&'static str], k: usize| list.get(k).copied().unwrap_or("T0");
        let group: MatrixGroup = at(&GROUPS, choice.group)
            .parse()
            .map_err(|e: crate::maths::matrix_group::NameError| e.to_string())?;
        let rep = |k: usize| at(&TYPES, k).parse::<Rep>().map_err(|e| e.to_string());
        let reps = [rep(choice.from)?, rep(choice.to)?];
        let basis = Solver::new(group.clone()).hom(&reps[0], &reps[1]).map_err(|e| e.to_string())?;
        let (rows, columns) = basis.shape();
        if rows * columns > MOST {
            return Err(format!("A matrix of {rows} × {columns} is too large to be drawn."));
        }
        let rho = representations(&group, &reps, seed)?;
        let w = basis.combine(&vec![1.0; basis.dimension()]);
        Ok(Self { group, reps, basis, w, rho })
    }
}

/// Both representations of a random element.
fn representations(group: &MatrixGroup, reps: &[Rep; 2], seed: u64) -> Result<[Matrix; 2], String> {
    // The first elements of a finite group's list are its simplest ones.
    let drawn = group.sample_for_residual(64, RAPIDITY, &mut Rng::new(seed, 0));
    let g = drawn.get(seed as usize % drawn.len().max(1)).ok_or("The group has no elements.")?;
    let rho = |rep: &Rep| rep.on(group).and_then(|action| action.rho(g)).map_err(|e| e.to_string());
    Ok([rho(&reps[0])?, rho(&reps[1])?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_the_space_commutes_and_what_does_not_is_projected() {
        for group in 0..GROUPS.len() {
            for (from, to) in [(1, 1), (2, 1), (1, 2), (2, 2), (0, 2)] {
                let mut p = Picker::new(Choice { group, from, to });
                assert_eq!(p.trouble(), None, "{}", GROUPS[group]);
                assert!(p.commutator().is_some_and(|c| c < 1e-8), "{} {from} {to}", GROUPS[group]);
                p.write(0, 0, 2.5);
                let drawn = p.matrix().cloned();
                p.project();
                assert!(p.commutator().is_some_and(|c| c < 1e-8));
                let once = p.matrix().cloned();
                p.project();
                let twice = p.matrix().zip(once.as_ref()).map(|(a, b)| a.max_difference(b));
                assert!(twice.is_some_and(|d| d < 1e-10), "projecting twice changes nothing");
                assert!(drawn.is_some());
            }
        }
    }

    #[test]
    fn a_reflection_kills_the_cross_product() {
        let map = |group| Picker::new(Choice { group, from: 2, to: 1 }).dimension();
        assert_eq!((map(0), map(1)), (1, 0));
        let four = |group| Picker::new(Choice { group, from: 2, to: 2 }).dimension();
        assert_eq!((four(2), four(3)), (4, 3), "SO⁺(1,3) has the Levi-Civita tensor, O(1,3) does not");
    }
}
