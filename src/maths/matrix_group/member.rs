//! Where a matrix lies in a group that is known by its generators, or what of the group comes near it.
//!
//! Every element is g = w g₀ with a word w in the discrete generators and g₀ in the identity component, which is a normal
//! subgroup. In a connected Lie group g₀ = exp(X₁) exp(X₂) for some X₁, X₂ of the Lie algebra (Wüstner 2003, *A connected
//! Lie group equals the square of the exponential image*, J. Lie Theory 13); often one exponential is enough. They are
//! sought for each w, by what is surest first:
//!
//! 1. the principal logarithm of w⁻¹m, where it lies in the algebra;
//! 2. the least ‖exp(X) − w⁻¹m‖ over X in the algebra (Levenberg–Marquardt from several X), which also finds other
//!    branches of the logarithm, and what comes nearest;
//! 3. exp(K) exp(P) with K antisymmetric and P symmetric, where the algebra is closed under transposition;
//! 4. exp(X) exp(Y) for a few random Y of the algebra.
//!
//! What is found is in the group by the way it is made. What is not found may be: words are infinitely many, and a least
//! distance may be a local one. Only of a finite group, all of whose elements are compared, the answer is certain.

use super::MatrixGroup;
use super::algebra::LieAlgebra;
use crate::maths::exp::orthogonal::{hat, log_so3};
use crate::maths::exp::{exp, log};
use crate::maths::linalg::symmetric_eigen;
use crate::maths::matrix::Matrix;
use crate::maths::rng::Rng;

/// Relative to the largest entry: as near as this is there, if g⁻¹m is as near to 1 as this. So no singular m is there.
const THERE: f64 = 1e-9;
const ONE: f64 = 1e-6;
/// Longest word, and most different ones: many where there is no Lie algebra and a word costs a comparison.
const LONGEST: usize = 24;
const WORDS: (usize, usize) = (1000, 48);
/// Words with larger entries are not prolonged.
const HUGE: f64 = 1e3;
/// How many words are looked at closely, from how many X each, and with how many Y.
const CLOSELY: usize = 3;
const STARTS: usize = 8;
const SECONDS: usize = 24;
/// Most steps of a descent.
const STEPS: usize = 40;

/// An element w exp(X₁) exp(X₂) … and how far a matrix is from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// w as letters in order of multiplication: j for the j-th discrete generator, counted from 1, −j for its inverse.
    pub word: Vec<i8>,
    /// X₁, X₂, …, in the Lie algebra; none where the element is w.
    pub exponents: Vec<Matrix>,
    /// The element.
    pub element: Matrix,
    /// Largest difference of an entry, and its row and column from 0.
    pub off: (f64, usize, usize),
    /// Whether the matrix is this element, up to rounding.
    pub is_there: bool,
    /// Whether no element of the group comes nearer: all of them were compared.
    pub certain: bool,
}

impl MatrixGroup {
    /// The element that m is, or the nearest one that was found; `algebra` is [`MatrixGroup::algebra`]. `None` where m
    /// is not a finite matrix of the group's size.
    pub fn find(&self, algebra: &LieAlgebra, m: &Matrix) -> Option<Found> {
        if (m.rows(), m.cols()) != (self.dim(), self.dim()) || !m.is_finite() {
            return None;
        }
        let most = if algebra.dim() == 0 { WORDS.0 } else { WORDS.1 };
        let (words, all) = self.words(most);
        let search = Search { algebra, m, certain: all && algebra.dim() == 0 };
        let mut best: Vec<Found> = Vec::new();
        for (word, w) in &words {
            let found = search.first(word, w)?;
            if found.is_there {
                return Some(found);
            }
            best.push(found);
        }
        // The sort is stable: of words that come as near the shortest one stays in front.
        best.sort_by(|a, b| a.off.0.total_cmp(&b.off.0));
        if algebra.dim() > 0 {
            best.truncate(CLOSELY);
            for at in 0..best.len() {
                let closer = search.closely(&best[at], self)?;
                if closer.is_there {
                    return Some(closer);
                }
                best[at] = closer;
            }
        }
        best.into_iter().min_by(|a, b| a.off.0.total_cmp(&b.off.0))
    }

    /// Different products of the discrete generators and their inverses, the shortest first, and whether they are all.
    fn words(&self, most: usize) -> (Vec<(Vec<i8>, Matrix)>, bool) {
        let letters: Vec<(i8, Matrix)> = (1i8..)
            .zip(self.discrete())
            .flat_map(|(j, h)| [Some((j, h.clone())), h.inverse().map(|inverse| (-j, inverse))])
            .flatten()
            .collect();
        let mut words = vec![(Vec::new(), Matrix::identity(self.dim()))];
        let (mut next, mut all) = (0, true);
        while next < words.len() {
            let (word, w) = words[next].clone();
            for (letter, h) in &letters {
                let product = &w * h;
                if words.iter().any(|(_, other)| other.max_difference(&product) < super::SAME) {
                    continue;
                }
                let small = product.data().iter().all(|v| v.abs() < HUGE);
                if word.len() == LONGEST || words.len() == most || !small {
                    all = false;
                    continue;
                }
                words.push(([word.as_slice(), &[*letter]].concat(), product));
            }
            next += 1;
        }
        (words, all)
    }
}

/// The search for one matrix.
struct Search<'a> {
    algebra: &'a LieAlgebra,
    m: &'a Matrix,
    certain: bool,
}

impl Search<'_> {
    /// w exp(X₁) exp(X₂) … compared with m.
    fn compare(&self, word: &[i8], w: &Matrix, exponents: Vec<Matrix>) -> Option<Found> {
        let mut element = w.clone();
        for x in &exponents {
            element = &element * &exp(x).ok()?;
        }
        let n = self.m.cols();
        let differences = element.data().iter().zip(self.m.data()).map(|(a, b)| (a - b).abs());
        let (k, off) =
            differences.enumerate().fold((0, 0.0), |far, (k, d)| if d > far.1 { (k, d) } else { far });
        let most = element.data().iter().fold(0.0, |most: f64, v| most.max(v.abs()));
        let turned = element.inverse().map(|back| &back * self.m);
        let is_there =
            off <= THERE * most && turned.is_some_and(|one| one.max_difference(&Matrix::identity(n)) < ONE);
        let (word, off) = (word.to_vec(), (off, k / n, k % n));
        Some(Found { word, exponents, element, off, is_there, certain: self.certain })
    }

    /// w exp(X) with one descent, from the principal logarithm where there is one.
    fn first(&self, word: &[i8], w: &Matrix) -> Option<Found> {
        if self.algebra.dim() == 0 {
            return self.compare(word, w, Vec::new());
        }
        let target = &w.inverse()? * self.m;
        let from = self.logarithm(&target).unwrap_or_else(|| Matrix::zeros(w.rows(), w.rows()));
        self.compare(word, w, vec![self.descend(&from, &target)])
    }

    /// The other ways, for the word of an element that is `near`.
    fn closely(&self, near: &Found, group: &MatrixGroup) -> Option<Found> {
        let w = group.product(&near.word)?;
        let target = &w.inverse()? * self.m;
        let mut best = near.clone();
        let mut rng = Rng::new(0, 4);
        let mut offer = |exponents: Vec<Matrix>| {
            // Another branch of the logarithm that comes as near is no gain.
            let gain = |f: &Found| f.off.0 < 0.999 * best.off.0;
            let found = self.compare(&near.word, &w, exponents).filter(gain);
            best = found.unwrap_or_else(|| best.clone());
            best.is_there
        };
        if target.determinant() > 0.0 && self.polar(&target).is_some_and(&mut offer) {
            return Some(best);
        }
        for start in 1..=STARTS {
            // Norms from 1 to 8: other branches lie half a turn and more away.
            let from = self.algebra.random(w.rows(), &mut rng).scaled(start as f64);
            if offer(vec![self.descend(&from, &target)]) {
                return Some(best);
            }
        }
        for _ in 0..SECONDS {
            let y = self.algebra.random(w.rows(), &mut rng).scaled(0.5 + 2.5 * rng.uniform());
            let Ok(back) = exp(&y.scaled(-1.0)) else { continue };
            let rest = &target * &back;
            let x = self.logarithm(&rest).map(|x| self.descend(&x, &rest));
            if x.is_some_and(|x| offer(vec![x, y])) {
                return Some(best);
            }
        }
        Some(best)
    }

    /// The part in the algebra of the principal logarithm.
    fn logarithm(&self, m: &Matrix) -> Option<Matrix> {
        Some(self.algebra.projection(&log(m).ok()?.matrix?)).filter(Matrix::is_finite)
    }

    /// K and P with m = exp(K) exp(P), P = ½ log mᵀm, where the algebra is closed under transposition.
    fn polar(&self, m: &Matrix) -> Option<Vec<Matrix>> {
        if !self.algebra.self_adjoint() {
            return None;
        }
        let square = symmetric_eigen(&(&m.transpose() * m)).ok()?;
        let p = self.algebra.projection(&square.map(|v| 0.5 * v.ln()));
        let k = m * &exp(&p.scaled(-1.0)).ok()?;
        // Of half a turn with rounded entries there is no general logarithm.
        let k = match k.rows() {
            2 => hat([0.0, 0.0, (k[(1, 0)] - k[(0, 1)]).atan2(k.trace())]).block(0, 0, 2, 2),
            3 => hat(log_so3(&k)),
            _ => log(&k).ok()?.matrix?,
        };
        Some(vec![self.algebra.projection(&k), p])
    }

    /// X of the algebra from which ‖exp(X) − target‖ does not get smaller any more, sought from X = `from`
    /// (Levenberg–Marquardt; derivatives by differences).
    fn descend(&self, from: &Matrix, target: &Matrix) -> Matrix {
        const STEP: f64 = 1e-7;
        let rest = |x: &Matrix| exp(x).map(|e| &e - target).ok().filter(Matrix::is_finite);
        let (mut x, mut damping) = (from.clone(), 1e-3);
        let Some(mut r) = rest(&x) else { return x };
        for _ in 0..STEPS {
            let size = r.frobenius();
            let ahead = |e: &Matrix| Some((&rest(&(&x + &e.scaled(STEP)))? - &r).scaled(1.0 / STEP));
            let Some(slopes) = self.algebra.basis().iter().map(ahead).collect::<Option<Vec<_>>>() else {
                break;
            };
            let dot = |a: &Matrix, b: &Matrix| a.data().iter().zip(b.data()).map(|(a, b)| a * b).sum::<f64>();
            let d = slopes.len();
            let normal = Matrix::from_fn(d, d, |i, j| {
                let v = dot(&slopes[i], &slopes[j]);
                if i == j { v * (1.0 + damping) + f64::MIN_POSITIVE } else { v }
            });
            let down = Matrix::from_fn(d, 1, |i, _| -dot(&slopes[i], &r));
            let Some(step) = normal.solve(&down) else { break };
            let next = &x + &self.algebra.combination(x.rows(), step.data());
            match rest(&next).filter(|r| r.frobenius() < size) {
                Some(less) => {
                    let gain = 1.0 - less.frobenius() / size;
                    (x, r, damping) = (next, less, 0.1 * damping);
                    if gain < 1e-9 {
                        break;
                    }
                }
                None if damping > 1e6 => break,
                None => damping *= 10.0,
            }
        }
        x
    }
}

impl MatrixGroup {
    /// The product of letters as in [`Found::word`]; `None` where one of them is no generator.
    pub fn product(&self, word: &[i8]) -> Option<Matrix> {
        word.iter().try_fold(Matrix::identity(self.dim()), |made, letter| {
            let h = self.discrete().get(usize::from(letter.unsigned_abs()).checked_sub(1)?)?;
            Some(&made * &(if *letter > 0 { h.clone() } else { h.inverse()? }))
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn find(group: &str, m: &Matrix) -> Found {
        let group: MatrixGroup = group.parse().unwrap();
        group.find(&group.algebra(), m).unwrap()
    }

    /// Random elements far from 1, some of them out of reach of exp.
    fn far(group: &MatrixGroup, algebra: &LieAlgebra, rng: &mut Rng) -> Matrix {
        (0..3).fold(Matrix::identity(group.dim()), |m, k| {
            let x = algebra.random(group.dim(), rng).scaled(1.5 + rng.uniform());
            let m = &m * &exp(&x).unwrap();
            group.discrete().get(k).filter(|_| rng.uniform() < 0.5).map_or(m.clone(), |h| &m * h)
        })
    }

    #[test]
    fn elements_of_every_kind_are_found_and_made_by_what_is_said() {
        let mut missed_by_exp = 0;
        for name in [
            "SO(2)", "O(2)", "SO(3)", "O(3)", "SL(2)", "GL(2)", "GL+(2)", "SL(3)", "SE(2)", "E(2)", "Sim(2)",
            "SO+(1,2)", "D(5)", "S(3)", "Scale(2)", "Aff+(2)",
        ] {
            let group: MatrixGroup = name.parse().unwrap();
            let (algebra, mut rng) = (group.algebra(), Rng::new(7, 0));
            for trial in 0..12 {
                let m = far(&group, &algebra, &mut rng);
                let found = group.find(&algebra, &m).unwrap();
                assert!(found.is_there, "{name} {trial}: {:?}", found.off);
                let word = group.product(&found.word).unwrap();
                let made = found.exponents.iter().fold(word, |made, x| &made * &exp(x).unwrap());
                assert!(made.max_difference(&found.element) < 1e-12 * made.frobenius(), "{name}");
                let inside = |x: &Matrix| x.frobenius() < 1e-9 || algebra.contains(x);
                assert!(found.exponents.iter().all(inside), "{name}");
                assert!(found.exponents.len() <= 2, "{name}");
                missed_by_exp += usize::from(found.exponents.len() == 2);
            }
        }
        assert!(missed_by_exp > 2, "{missed_by_exp}");
    }

    #[test]
    fn other_branches_of_the_logarithm_are_found() {
        // A spiral, more than half a turn from 1: its principal logarithm leaves the group.
        let a = Matrix::from_rows(&[[0.25, -1.0], [1.0, 0.25]]);
        let group = MatrixGroup::new("", 2, vec![a.clone()], vec![]).unwrap();
        let found = group.find(&group.algebra(), &exp(&a.scaled(4.5)).unwrap()).unwrap();
        assert!(found.is_there && found.exponents[0].max_difference(&a.scaled(4.5)) < 1e-8);
    }

    #[test]
    fn half_a_turn_and_a_stretch_are_found_as_such() {
        for m in [Matrix::diagonal(&[-2.0, -0.5]), Matrix::diagonal(&[-2.0, -0.5, 1.0])] {
            let found = find(if m.rows() == 2 { "SL(2)" } else { "SL(3)" }, &m);
            let [k, p] = found.exponents.as_slice() else { unreachable!("{:?}", found.exponents) };
            assert!(found.is_there && (k + &k.transpose()).frobenius() < 1e-12);
            assert!((k[(1, 0)].abs() - std::f64::consts::PI).abs() < 1e-9);
            assert!((p[(0, 0)] - 2f64.ln()).abs() < 1e-12);
        }
    }

    #[test]
    fn what_is_outside_gets_the_nearest_element() {
        let stretch = Matrix::diagonal(&[1.2, 1.0]);
        let found = find("SO(2)", &stretch);
        assert!(!found.is_there && !found.certain);
        assert!((found.off.0 - 0.2).abs() < 1e-9 && found.off.1 == 0 && found.off.2 == 0, "{:?}", found.off);
        // Rounded entries: the rotation nearby.
        let found = find("SO(2)", &Matrix::from_rows(&[[0.71, -0.71], [0.71, 0.71]]));
        assert!((found.element[(0, 0)] - 0.5f64.sqrt()).abs() < 1e-9 && !found.is_there);
        let found = find("D(4)", &Matrix::from_rows(&[[0.1, -1.0], [1.0, 0.0]]));
        assert!(found.certain && !found.is_there && (found.off.0 - 0.1).abs() < 1e-12);
        // A mirror is not in the connected group, and no matrix of zeros is in any.
        assert!(!find("SO(2)", &Matrix::diagonal(&[1.0, -1.0])).is_there);
        for name in ["SL(2)", "GL+(2)", "O(2)", "D(3)"] {
            assert!(!find(name, &Matrix::zeros(2, 2)).is_there, "{name}");
            assert!(!find(name, &Matrix::diagonal(&[1.0, 0.0])).is_there, "{name}");
        }
    }

    #[test]
    fn what_is_no_matrix_of_the_size_is_not_looked_for() {
        let group: MatrixGroup = "SO(2)".parse().unwrap();
        for m in [Matrix::identity(3), Matrix::diagonal(&[f64::NAN, 1.0]), Matrix::zeros(2, 3)] {
            assert!(group.find(&group.algebra(), &m).is_none());
        }
        assert!(group.product(&[1]).is_none() && group.product(&[0]).is_none());
    }
}
