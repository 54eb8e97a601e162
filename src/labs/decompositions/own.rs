//! A group that a visitor types in, and an element of it.
//!
//! g = w exp(t₁A₁ + … + tₖAₖ) exp(Y₁) exp(Y₂) with the Lie generators Aᵢ, a word w in the discrete generators and Yᵢ of the
//! Lie algebra: so every g that can be set is in the group, whatever the generators are. The Yᵢ are where a typed
//! matrix was found that is not w exp(t₁A₁ + … + tₖAₖ) itself; else there are none.

use super::families::Family;
use super::haar::Law;
use super::inside::{REACH, SMALLEST_DET};
use super::{own_haar, own_text};
use crate::maths::exp::{exp, log};
use crate::maths::matrix_group::{Flags, LieAlgebra, Order};
use crate::maths::{Matrix, MatrixGroup};
use std::f64::consts::PI;
use std::sync::{Arc, OnceLock};

/// Longest word.
pub const LONGEST_WORD: usize = 24;
/// Most Yᵢ.
const MOST_FACTORS: usize = 4;
/// Products nearer to 1 than this are 1.
const SAME: f64 = 1e-9;

/// The group, and what is computed of it when it is asked for.
#[derive(Debug)]
pub struct OwnGroup {
    made: MatrixGroup,
    known: OnceLock<(Flags, LieAlgebra)>,
    law: OnceLock<Result<Law, String>>,
}

impl PartialEq for OwnGroup {
    fn eq(&self, other: &Self) -> bool {
        self.made == other.made
    }
}

impl OwnGroup {
    /// The group of these generators, 2 × 2 or 3 × 3.
    pub(super) fn new(made: MatrixGroup) -> Self {
        Self { made, known: OnceLock::new(), law: OnceLock::new() }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.made.name()
    }

    /// Its generators.
    pub fn matrices(&self) -> &MatrixGroup {
        &self.made
    }

    /// As a group of the lab.
    pub fn family(&self) -> Family {
        if self.made.dim() == 2 { Family::Own2 } else { Family::Own3 }
    }

    /// Its properties and its Lie algebra.
    pub fn known(&self) -> &(Flags, LieAlgebra) {
        self.known.get_or_init(|| (self.made.flags(), self.made.algebra()))
    }

    /// The law of its random elements, or why there is none, as a sentence.
    pub fn law(&self) -> Result<&Law, &str> {
        let law = self.law.get_or_init(|| own_haar::law(&self.made, &self.known().1));
        law.as_ref().map_err(String::as_str)
    }

    /// The properties in words, the size first: `dimension 1`, `compact`, `not connected`.
    pub fn words(&self) -> Vec<String> {
        let flags = self.known().0;
        let said = |name: &str, holds: Option<bool>| match holds {
            Some(true) => name.to_owned(),
            Some(false) => format!("not {name}"),
            None => format!("{name}: not decided"),
        };
        let size = match flags.order {
            Order::Finite(n) => format!("{n} elements"),
            Order::MoreThan(n) => format!("more than {n} elements"),
            Order::Infinite => format!("dimension {}", flags.dimension),
        };
        let mut words = vec![
            size,
            said("orthogonal", Some(flags.orthogonal)),
            said("compact", flags.compact),
            said("connected", flags.connected),
            said("unimodular", Some(flags.unimodular)),
        ];
        words.extend(flags.permutation.then(|| "permutes the axes".to_owned()));
        words
    }

    /// How far the coordinate of a Lie generator goes to either side: half a turn where it turns, else to about e².
    pub fn end(&self, k: usize) -> f64 {
        let Some(a) = self.made.lie().get(k) else { return 0.0 };
        let square = (a * a).trace();
        let end = if square < 0.0 { PI / (-square / 2.0).sqrt() } else { 2.0 / a.operator_norm() };
        if end.is_finite() { end.clamp(1e-3, 1e6) } else { 1.0 }
    }
}

/// An element of an own group.
#[derive(Clone, Debug, PartialEq)]
pub struct Own {
    /// The group.
    pub group: Arc<OwnGroup>,
    /// t, a coordinate for each Lie generator.
    pub at: Vec<f64>,
    /// w as letters in order of multiplication: j for the j-th discrete generator, counted from 1, −j for its inverse.
    pub word: Vec<i8>,
    /// Y₁, Y₂, …
    pub base: Vec<Matrix>,
}

impl Own {
    /// The element that the group opens with: not the identity.
    pub fn first(group: OwnGroup) -> Self {
        Self::first_of(&Arc::new(group))
    }

    /// The same for a group that is shared.
    pub fn first_of(group: &Arc<OwnGroup>) -> Self {
        let sides = [0.3, -0.2, 0.1];
        let mut at: Vec<f64> = (0..group.made.lie().len()).map(|k| sides[k % 3] * group.end(k)).collect();
        let word = if at.is_empty() { vec![1] } else { Vec::new() };
        for _ in 0..8 {
            let own = Self { group: Arc::clone(group), at: at.clone(), word: word.clone(), base: Vec::new() };
            if own.element().is_some() {
                return own;
            }
            at.iter_mut().for_each(|t| *t /= 2.0);
        }
        Self { at: vec![0.0; at.len()], word: Vec::new(), base: Vec::new(), group: Arc::clone(group) }
    }

    /// X = t₁A₁ + … + tₖAₖ.
    pub fn logarithm(&self) -> Matrix {
        let n = self.group.made.dim();
        let terms = self.group.made.lie().iter().zip(&self.at);
        terms.fold(Matrix::zeros(n, n), |x, (a, t)| &x + &a.scaled(*t))
    }

    /// g; none where it is larger than what is drawn, or nearly singular.
    pub fn element(&self) -> Option<Matrix> {
        let w = self.group.made.product(&self.word)?;
        let turned = &w * &exp(&self.logarithm()).ok()?;
        let g = self.base.iter().try_fold(turned, |g, y| Some(&g * &exp(y).ok()?))?;
        let drawn = g.is_finite() && g.data().iter().all(|v| v.abs() <= REACH);
        (drawn && g.determinant().abs() >= SMALLEST_DET).then_some(g)
    }

    /// The element with another coordinate, clamped to its ends.
    pub fn with(&self, k: usize, t: f64) -> Option<Self> {
        let mut next = self.clone();
        let end = self.group.end(k);
        *next.at.get_mut(k).filter(|_| t.is_finite())? = t.clamp(-end, end);
        next.element().map(|_| next)
    }

    /// The element after a discrete generator or its inverse, h g; letters at the beginning of the word that make 1 are
    /// left out. None where the word or the element gets too large.
    pub fn after(&self, letter: i8) -> Option<Self> {
        let mut next = self.clone();
        next.word.insert(0, letter);
        let one = Matrix::identity(self.group.made.dim());
        for k in 0..next.word.len() {
            if self.group.made.product(&next.word[..=k])?.max_difference(&one) < SAME {
                next.word.drain(..=k);
                break;
            }
        }
        (next.word.len() <= LONGEST_WORD && next.element().is_some()).then_some(next)
    }

    /// An X of the Lie algebra with exp X = m: that of g itself where g has no word, else the principal logarithm where
    /// it lies inside.
    pub fn logarithm_of(&self, m: &Matrix) -> Option<Matrix> {
        if self.word.is_empty() && self.base.is_empty() && self.element().is_some_and(|g| g == *m) {
            return Some(self.logarithm());
        }
        log(m).ok()?.matrix.filter(|x| x.frobenius() < SAME || self.group.known().1.contains(x))
    }

    /// t, w and the Yᵢ as they stand in the URL.
    pub fn place(&self) -> [String; 3] {
        let at: Vec<String> = self.at.iter().map(f64::to_string).collect();
        let word: Vec<String> = self.word.iter().map(i8::to_string).collect();
        [at.join(","), word.join(","), own_text::join(&self.base)]
    }

    /// Takes t, w and the Yᵢ as [`Own::place`] writes them; what is missing stays as it is.
    ///
    /// # Errors
    /// What is wrong, where nothing was taken.
    pub fn placed(&self, [at, word, base]: [Option<&str>; 3]) -> Result<Self, String> {
        let mut next = self.clone();
        if let Some(text) = at {
            next.at = numbers(text)?;
            if next.at.len() != self.at.len() {
                return Err(format!("the group has {} coordinates", self.at.len()));
            }
            let inside = |(k, t): (usize, &f64)| t.abs() <= self.group.end(k);
            if !next.at.iter().enumerate().all(inside) {
                return Err("a coordinate is outside its slider".to_owned());
            }
        }
        if let Some(text) = word {
            next.word = numbers(text)?;
        }
        if next.word.len() > LONGEST_WORD || self.group.made.product(&next.word).is_none() {
            return Err("it is no word in the discrete generators".to_owned());
        }
        if let Some(text) = base {
            next.base = own_text::split(text)?;
            let n = self.group.made.dim();
            let inside = |y: &Matrix| y.rows() == n && y.is_finite() && self.group.known().1.contains(y);
            if next.base.len() > MOST_FACTORS || !next.base.iter().all(inside) {
                return Err("a matrix is not in the Lie algebra".to_owned());
            }
        }
        next.element().map(|_| next).ok_or_else(|| "the element is too large to be drawn".to_owned())
    }
}

fn numbers<T: std::str::FromStr>(text: &str) -> Result<Vec<T>, String> {
    let all = text.split(',').map(str::trim).filter(|t| !t.is_empty());
    all.map(|t| t.parse().map_err(|_| format!("‘{t}’ is not a number here"))).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::super::element::Element;
    use super::super::own_text::{EXAMPLES, parse};
    use super::super::settings::{Settings, Show};
    use super::*;
    use proptest::prelude::*;

    fn example(k: usize) -> Own {
        let (name, lie, discrete) = EXAMPLES[k];
        Own::first(parse(name, lie, discrete).unwrap())
    }

    #[test]
    fn every_first_element_is_none_of_the_identity_and_inside() {
        for (k, (name, ..)) in EXAMPLES.iter().enumerate() {
            let own = example(k);
            let g = own.element().unwrap();
            assert!(g.max_difference(&Matrix::identity(g.rows())) > 0.1, "{name}");
            if own.word.is_empty() {
                let x = own.logarithm_of(&g).unwrap();
                assert!(own.group.known().1.contains(&x), "{name}");
            }
        }
    }

    #[test]
    fn four_quarter_turns_are_none_and_the_word_says_so() {
        let square = example(2);
        assert_eq!(square.word, [1]);
        let thrice = (0..3).fold(square.clone(), |own, _| own.after(1).unwrap());
        assert!(thrice.word.is_empty());
        assert!(square.after(-1).unwrap().word.is_empty());
        let mirrored = square.after(2).unwrap();
        assert_eq!(mirrored.word, [2, 1]);
        assert!(mirrored.element().unwrap().determinant() < 0.0);
        assert!(square.after(3).is_none() && square.after(0).is_none());
    }

    #[test]
    fn a_word_has_an_end() {
        let mut own = Own::first(parse("", "", "cos(1) -sin(1); sin(1) cos(1)").unwrap());
        let mut steps = 1;
        while let Some(next) = own.after(1) {
            own = next;
            steps += 1;
        }
        assert_eq!(steps, LONGEST_WORD);
    }

    #[test]
    fn a_spiral_keeps_its_own_logarithm_beyond_half_a_turn_of_another_branch() {
        let own = Own::first(parse("", "0.1 -1; 1 0.1\n0 -1; 1 0", "").unwrap());
        let far = own.with(0, own.group.end(0)).unwrap().with(1, 2.0).unwrap();
        let (x, g) = (far.logarithm(), far.element().unwrap());
        assert_eq!(far.logarithm_of(&g), Some(x.clone()));
        assert!(exp(&x).unwrap().max_difference(&g) < 1e-12);
        assert!(x[(1, 0)] > PI);
    }

    #[test]
    fn what_is_known_is_computed() {
        let words = |k: usize| example(k).group.words().join(", ");
        assert_eq!(words(1), "dimension 1, orthogonal, compact, not connected, unimodular");
        assert!(words(2).starts_with("8 elements, orthogonal, compact"), "{}", words(2));
        assert!(words(0).starts_with("dimension 1, not orthogonal, not compact, connected"), "{}", words(0));
        assert!(words(3).starts_with("dimension 2"), "{}", words(3));
        // The bracket of the two generators is a third direction.
        assert!(words(5).starts_with("dimension 3"), "{}", words(5));
    }

    proptest! {
        #[test]
        fn every_element_survives_the_url(
            size in 2usize..4, count in (0usize..3, 0usize..3), numbers in proptest::array::uniform32(-2.0f64..2.0),
            ts in proptest::array::uniform3(-1.0f64..1.0), letters in proptest::collection::vec(-2i8..3, 0..6),
        ) {
            let mut next = numbers.into_iter().cycle();
            let mut matrix = || Matrix::from_fn(size, size, |_, _| next.next().unwrap_or(1.0));
            let (lie, discrete): (Vec<_>, Vec<_>) =
                ((0..count.0).map(|_| matrix()).collect(), (0..count.1).map(|_| matrix()).collect());
            let Ok(made) = MatrixGroup::new("some", size, lie, discrete) else { return Ok(()) };
            prop_assume!(count.0 + count.1 > 0);
            let mut own = Own::first(OwnGroup::new(made));
            for (k, t) in ts.into_iter().enumerate().take(count.0) {
                own = own.with(k, t * own.group.end(k)).unwrap_or(own);
            }
            for letter in letters {
                own = own.after(letter).unwrap_or(own);
            }
            let mut s = Settings::default();
            prop_assert!(s.set_own(own.clone()));
            let (back, applied) = Settings::from_pairs(&s.to_pairs());
            prop_assert!(applied.warnings.is_empty(), "{:?}", applied.warnings);
            prop_assert_eq!(&back, &s);
            // It is taken apart and looked at without a panic.
            let seen = Element::new(&s, &s.g);
            if let Some(x) = &seen.log {
                prop_assert!(exp(x).unwrap().max_difference(&s.g) < 1e-6 * s.g.frobenius());
            }
            s.set_family(Family::General2);
            prop_assert!(s.own.is_none() && s.g.determinant() > 0.0);
        }

        #[test]
        fn any_link_is_read_without_a_panic(
            own in "[-0-9.,;_*e]{0,40}", at in "[-0-9.,e]{0,20}", word in "[-0-9,]{0,20}", show in 0usize..14,
        ) {
            let show = Show::ALL[show].slug();
            let pairs = [("group", "own"), ("own", &own), ("at", &at), ("word", &word), ("show", show)];
            let pairs = pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).to_vec();
            let (s, _) = Settings::from_pairs(&pairs);
            prop_assert!(s.g.is_finite());
            prop_assert_eq!(s.order.len(), s.show.symbols(s.family).len());
        }
    }
}
