//! An element of an own group by its matrix: where it lies in the group, or how far from it.

use super::inside::{REACH, SMALLEST_DET};
use super::own::{LONGEST_WORD, Own};
use super::own_text;
use crate::maths::Matrix;
use crate::maths::exp::exp;
use crate::maths::matrix_group::Found;

/// Why a matrix was not taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// As a sentence.
    pub why: String,
    /// The nearest element that was found, where there is one that can be drawn.
    pub nearest: Option<Own>,
}

impl Refused {
    fn because(why: String) -> Self {
        Self { why, nearest: None }
    }
}

impl Own {
    /// The element of the group whose matrix is typed; see [`crate::maths::matrix_group::member`].
    ///
    /// # Errors
    /// A text that is no matrix of the group's size, a matrix that cannot be drawn, or one that was not found in the
    /// group.
    pub fn typed(&self, text: &str) -> Result<Self, Refused> {
        let made = self.group.matrices();
        let (m, n) = (own_text::typed(text).map_err(Refused::because)?, made.dim());
        let no = |why: String| Err(Refused::because(why));
        if m.rows() != n {
            return no(format!("The matrix is {0} × {0}; those of this group are {n} × {n}.", m.rows()));
        }
        if let Some(k) = m.data().iter().position(|v| v.is_nan() || v.abs() > REACH) {
            let (i, j, v) = (k / n + 1, k % n + 1, m.data()[k]);
            return no(format!("Row {i}, entry {j} is {v}; at most {REACH} is drawn here."));
        }
        let det = m.determinant();
        if det.abs() < SMALLEST_DET {
            let what = if m.inverse().is_none() || det == 0.0 { "no inverse" } else { "hardly an inverse" };
            return no(format!("The matrix has {what}: its determinant is {det:.1e}."));
        }
        let Some(found) = made.find(&self.group.known().1, &m) else {
            return no("The matrix could not be compared with the group.".to_owned());
        };
        let near = self.at_found(&found);
        match near {
            Some(own) if found.is_there => Ok(own),
            nearest => Err(Refused { why: missed(&found), nearest }),
        }
    }

    /// The element that was found: by the sliders where they reach it.
    fn at_found(&self, found: &Found) -> Option<Self> {
        let (zero, word) = (vec![0.0; self.at.len()], found.word.clone());
        let base: Vec<Matrix> = found.exponents.iter().filter(|x| x.frobenius() > 0.0).cloned().collect();
        let whole = Self { group: self.group.clone(), at: zero, word, base };
        let short = whole.word.len() <= LONGEST_WORD && whole.element().is_some();
        let slid = || {
            let [x] = whole.base.as_slice() else { return None };
            let at = self.coordinates(x)?;
            let own = Self { at, base: Vec::new(), ..whole.clone() };
            own.element().map(|_| own)
        };
        slid().or_else(|| short.then(|| whole.clone()))
    }

    /// t with X = t₁A₁ + … + tₖAₖ, where there is one within the sliders (least squares).
    fn coordinates(&self, x: &Matrix) -> Option<Vec<f64>> {
        let lie = self.group.matrices().lie();
        let dot = |a: &Matrix, b: &Matrix| a.data().iter().zip(b.data()).map(|(a, b)| a * b).sum::<f64>();
        let gram = Matrix::from_fn(lie.len(), lie.len(), |i, j| dot(&lie[i], &lie[j]));
        let right = Matrix::from_fn(lie.len(), 1, |i, _| dot(&lie[i], x));
        let at = gram.solve(&right)?.data().to_vec();
        let reached = at.iter().enumerate().all(|(k, t)| t.abs() <= self.group.end(k));
        let next = Self { at, ..self.clone() };
        let same = exp(&next.logarithm()).ok()?.max_difference(&exp(x).ok()?) < 1e-9;
        (reached && same).then_some(next.at)
    }

    /// The element as a product, in markup: `h_{1} h_{2}^{−1} \exp X \exp Y_{1}`.
    pub fn composition(&self) -> String {
        let letter = |j: &i8| format!("h_{{{}}}{}", j.unsigned_abs(), if *j < 0 { "^{−1}" } else { "" });
        let moved = !self.at.is_empty() && (self.base.is_empty() || self.at.iter().any(|t| *t != 0.0));
        let mut parts: Vec<String> = self.word.iter().map(letter).collect();
        parts.extend(moved.then(|| r"\exp X".to_owned()));
        parts.extend((1..=self.base.len()).map(|k| format!(r"\exp Y_{{{k}}}")));
        if parts.is_empty() { "1".to_owned() } else { parts.join(" ") }
    }
}

/// That it was not found, and what came nearest.
fn missed(found: &Found) -> String {
    let (off, i, j) = found.off;
    let place = format!("is off by {} in row {}, column {}", short(off), i + 1, j + 1);
    if found.certain {
        return format!("Not in the group: the nearest of all its elements {place}.");
    }
    let word: String = found.word.iter().map(|k| letter(*k)).collect();
    let what = match (word.as_str(), found.exponents.len()) {
        ("", 0) => "1".to_owned(),
        (_, 0) => word,
        (_, 1) => format!("{word} exp X").trim_start().to_owned(),
        _ => format!("{word} exp X exp Y").trim_start().to_owned(),
    };
    format!("Not found in the group: the nearest element, {what}, {place}.")
}

/// A letter as it stands on its button.
pub fn letter(k: i8) -> String {
    let digit = |c: char| char::from_u32('₀' as u32 + c.to_digit(10)?);
    let number: String = k.unsigned_abs().to_string().chars().filter_map(digit).collect();
    format!("h{number}{}", if k < 0 { "⁻¹" } else { "" })
}

fn short(v: f64) -> String {
    if v < 1e-3 { format!("{v:.0e}") } else { format!("{v:.3}").trim_end_matches('0').to_owned() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::super::own_text::parse;
    use super::super::settings::Settings;
    use super::*;
    use proptest::prelude::*;

    fn own(lie: &str, discrete: &str) -> Own {
        Own::first(parse("", lie, discrete).unwrap())
    }

    fn text(m: &Matrix) -> String {
        let row = |r: &Vec<f64>| r.iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
        m.to_rows().iter().map(row).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_typed_element_is_found_where_its_sliders_stand() {
        let circle = own("0 -1; 1 0", "1 0; 0 -1");
        let turned = circle.typed("cos(2) -sin(2); sin(2) cos(2)").unwrap();
        assert!((turned.at[0] - 2.0).abs() < 1e-9 && turned.word.is_empty() && turned.base.is_empty());
        let mirrored = circle.typed("1 0\n0 -1").unwrap();
        assert_eq!(mirrored.composition(), r"h_{1} \exp X");
        assert!(mirrored.element().unwrap().max_difference(&Matrix::diagonal(&[1.0, -1.0])) < 1e-9);
        let square = own("", "0 -1; 1 0\n1 0; 0 -1");
        let half = square.typed("-1 0; 0 -1").unwrap();
        assert_eq!(half.word, [1, 1]);
    }

    #[test]
    fn what_exp_does_not_reach_is_a_product_and_survives_the_url() {
        let special = own("1 0; 0 -1\n0 1; 0 0\n0 0; 1 0", "");
        let far = special.typed("-2 0; 0 -0.5").unwrap();
        assert_eq!((far.base.len(), far.composition().as_str()), (2, r"\exp Y_{1} \exp Y_{2}"));
        assert!(far.element().unwrap().max_difference(&Matrix::diagonal(&[-2.0, -0.5])) < 1e-9);
        let moved = far.with(0, 0.3).unwrap();
        assert_eq!(moved.composition(), r"\exp X \exp Y_{1} \exp Y_{2}");
        let mut s = Settings::default();
        assert!(s.set_own(moved));
        let (back, applied) = Settings::from_pairs(&s.to_pairs());
        assert!(applied.warnings.is_empty(), "{:?}", applied.warnings);
        assert_eq!(back, s);
    }

    #[test]
    fn what_is_refused_says_what_and_where() {
        let circle = own("0 -1; 1 0", "");
        for (typed, says) in [
            ("", "The matrix: the number of rows is 1, that of entries in row 1 is 0"),
            ("1 0; 0", "that of entries in row 2 is 1"),
            ("1 0 0; 0 1 0; 0 0 1", "The matrix is 3 × 3; those of this group are 2 × 2."),
            ("1 nan; 0 1", "Row 1, entry 2 is NaN"),
            ("1 0; inf 1", "Row 2, entry 1 is inf"),
            ("1 x; 0 1", "The matrix, row 1, entry 2"),
            ("0 0; 0 0", "has no inverse: its determinant is 0.0e0"),
            ("1 2; 2 4", "has no inverse"),
            ("1e-3 0; 0 1e-3", "hardly an inverse"),
            ("1 0; 0 1e9", "Row 2, entry 2 is 1000000000"),
            (
                "1.2 0; 0 1",
                "Not found in the group: the nearest element, exp X, is off by 0.2 in row 1, column 1.",
            ),
        ] {
            let refused = circle.typed(typed).unwrap_err();
            assert!(refused.why.contains(says), "{typed}: {}", refused.why);
        }
        let square = own("", "0 -1; 1 0");
        let refused = square.typed("0.1 -1; 1 0").unwrap_err();
        assert_eq!(
            refused.why,
            "Not in the group: the nearest of all its elements is off by 0.1 in row 1, column 1."
        );
        assert_eq!(refused.nearest.unwrap().word, [1]);
        // Two digits of an entry are not enough to be inside: the turn nearby is offered.
        let refused = circle.typed("0.71 -0.71; 0.71 0.71").unwrap_err();
        assert!((refused.nearest.unwrap().at[0] - std::f64::consts::FRAC_PI_4).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(a in "[-0-9.;, \\nenaif]{0,40}") {
            let _ = own("0 -1; 1 0", "1 0; 0 -1").typed(&a);
        }

        #[test]
        fn any_matrix_is_found_or_not_without_a_panic(entries in proptest::array::uniform9(-3.0f64..3.0)) {
            let m = Matrix::from_data(3, 3, entries.to_vec()).unwrap();
            for (lie, discrete) in [("0 -1 0; 1 0 0; 0 0 0.3", ""), ("", "0 0 1; 1 0 0; 0 1 0")] {
                match own(lie, discrete).typed(&text(&m)) {
                    Ok(own) => prop_assert!(own.element().unwrap().max_difference(&m) < 1e-6),
                    Err(refused) => prop_assert!(refused.why.ends_with('.')),
                }
            }
        }
    }
}
