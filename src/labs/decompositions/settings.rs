//! What a visitor chooses in the lab, and its text in the URL.

pub use super::choices::{Panel, Subject};
use super::element::linear;
pub use super::families::{Family, OWN, Picture};
pub use super::inside::{FARTHEST, MOST_RAPIDITY, REACH, first};
use super::inside::{fit, nearest_rotation, of_plane, slowed, with_entry};
use super::own::Own;
use super::own_text;
pub use super::shows::Show;
use crate::labs::lab::{Applied, Pairs};
use crate::labs::reader::Reader;
use crate::maths::Matrix;

/// The boosts the lab opens with.
const BOOSTS: [[f64; 2]; 2] = [[1.0, 0.1], [0.15, 0.95]];

/// All settings of the lab. g is finite, of the family's size, and inside the family.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The group.
    pub family: Family,
    /// The present element.
    pub g: Matrix,
    /// The group and the element by its coordinates, where the group is given by its generators.
    pub own: Option<Own>,
    /// The decomposition that is shown.
    pub show: Show,
    /// Which factor acts first, second, …: positions in order of multiplication. The order that gives g counts down.
    pub order: Vec<usize>,
    /// What is printed on the sheets.
    pub subject: Subject,
    /// What stands under the chain.
    pub panel: Panel,
    /// Seed of the random elements.
    pub seed: u64,
    /// Rapidities of two boosts of R^{1,2}; the second one acts first.
    pub boosts: [[f64; 2]; 2],
}

impl Default for Settings {
    fn default() -> Self {
        let (family, show) = (Family::Special2, Show::Cartan);
        Self {
            family,
            g: first(family),
            own: None,
            show,
            order: natural(family, show),
            subject: Subject::Letter,
            panel: Panel::Map,
            seed: 0,
            boosts: BOOSTS,
        }
    }
}

/// The decomposition a group opens with.
pub fn opening(family: Family) -> Show {
    match family {
        Family::Lorentz2 | Family::Lorentz3 | Family::Lorentz4 => Show::BoostRotation,
        Family::Rotation3 => Show::Euler,
        Family::Special3 | Family::General3 | Family::Own3 => Show::Polar,
        _ => Show::Cartan,
    }
}

/// The order in which the factors act when their product is g: the last one first.
pub fn natural(family: Family, show: Show) -> Vec<usize> {
    (0..show.symbols(family).len()).rev().collect()
}

impl Settings {
    /// Another decomposition, in its own order.
    pub fn set_show(&mut self, show: Show) {
        self.show = show;
        self.order = natural(self.family, show);
    }

    /// Another group with a name: g goes along where it can, scaled to determinant 1 where that is asked for, or as its
    /// rotation. Chain, picture and panel stay where they exist there.
    pub fn set_family(&mut self, family: Family) {
        if family.is_own() {
            return;
        }
        let before = std::mem::replace(&mut self.family, family);
        self.own = None;
        let near = match (before.picture() == family.picture(), family) {
            (true, Family::Rotation3) => nearest_rotation(&self.g),
            (true, _) if family.picture() == Picture::Plane => {
                let moved = before.moves() != family.moves();
                Some(if moved { of_plane(family, &linear(&self.g)) } else { self.g.clone() })
            }
            (true, _) if family.size() == before.size() => Some(self.g.clone()),
            _ => None,
        };
        self.g = near.and_then(|g| fit(family, g)).unwrap_or_else(|| first(family));
        self.keep(before);
    }

    /// An element of an own group, of the present one or of another. False where it cannot be drawn.
    pub fn set_own(&mut self, own: Own) -> bool {
        let Some(g) = own.element() else { return false };
        let before = std::mem::replace(&mut self.family, own.group.family());
        (self.g, self.own) = (g, Some(own));
        self.keep(before);
        true
    }

    /// Back to the element that the group opens with.
    pub fn reset_g(&mut self) {
        match &self.own {
            Some(own) => {
                self.set_own(Own::first_of(&own.group.clone()));
            }
            None => self.g = first(self.family),
        }
    }

    /// Keeps chain, picture and panel where they exist in the present group.
    fn keep(&mut self, before: Family) {
        let family = self.family;
        let show = if family.shows().contains(&self.show) { self.show } else { opening(family) };
        if show != self.show || show.symbols(before) != show.symbols(family) {
            self.set_show(show);
        }
        if !family.subjects().contains(&self.subject) {
            self.subject = Subject::Points;
        }
        if !family.panels().contains(&self.panel) {
            self.panel = Panel::Map;
        }
    }

    /// Takes g if it belongs to the group, or what it stands for there; see [`super::inside::fit`]. An own group takes none:
    /// see [`Settings::set_own`].
    pub fn set_g(&mut self, g: Matrix) -> bool {
        let fitting = fit(self.family, g);
        fitting.map(|g| self.g = g).is_some()
    }

    /// One entry typed in; see [`super::inside::with_entry`]. False where no such matrix exists.
    pub fn set_entry(&mut self, i: usize, j: usize, value: f64) -> bool {
        let next = with_entry(self.family, &self.g, i, j, value);
        next.map(|g| self.g = g).is_some()
    }

    /// Another boost; one that is too fast is slowed down.
    pub fn set_boost(&mut self, j: usize, rapidity: [f64; 2]) {
        let finite = rapidity.iter().all(|v| v.is_finite());
        if let (true, Some(place), [x, y]) = (finite, self.boosts.get_mut(j), slowed(rapidity)) {
            *place = [x, y];
        }
    }

    /// Whether the factors act in the order that gives g.
    pub fn in_order(&self) -> bool {
        self.order == natural(self.family, self.show)
    }

    /// Differences from the defaults as URL pairs; floats at round-trip precision.
    pub fn to_pairs(&self) -> Pairs {
        let d = Self::default();
        let mut out = Pairs::new();
        let mut put = |key: &str, differs: bool, value: String| {
            if differs {
                out.push((key.to_owned(), value));
            }
        };
        put("group", self.family != d.family, self.family.slug().to_owned());
        put("g", self.own.is_none() && self.g != first(self.family), write_rows(&self.g.to_rows()));
        if let Some(own) = &self.own {
            let (first, now) = (Own::first_of(&own.group).place(), own.place());
            put("own", true, own_text::write(&own.group));
            put("name", own.group.name() != own_text::UNNAMED, own.group.name().to_owned());
            for (key, k) in [("at", 0), ("word", 1), ("base", 2)] {
                put(key, now[k] != first[k], now[k].clone());
            }
        }
        put("show", self.show != opening(self.family), self.show.slug().to_owned());
        let order = self.order.iter().map(|k| (k + 1).to_string()).collect::<Vec<_>>().join(",");
        put("order", !self.in_order(), order);
        put("picture", self.subject != d.subject, self.subject.slug().to_owned());
        put("panel", self.panel != d.panel, self.panel.slug().to_owned());
        put("boosts", self.boosts != d.boosts, write_rows(&self.boosts.map(|b| b.to_vec())));
        put("seed", self.seed != d.seed, self.seed.to_string());
        out
    }

    /// Reads URL pairs over the defaults. What is not understood or does not belong to the group is left at its
    /// default, and said.
    pub fn from_pairs(pairs: &Pairs) -> (Self, Applied) {
        let mut reader = Reader::new(pairs);
        let mut s = Self::default();
        let groups = Family::ALL.into_iter().chain([Family::Own2]).map(|f| (f.slug(), f));
        match reader.choice_of("group", groups) {
            Some(Family::Own2) => s.read_own(&mut reader),
            Some(family) => {
                s.family = family;
                s.g = first(family);
            }
            None => {}
        }
        if let Some(text) = reader.text("g").filter(|_| s.own.is_none()) {
            let read = read_matrix(&text, s.family.size());
            match read.map(|g| s.set_g(g)) {
                Ok(true) => {}
                Ok(false) => {
                    reader.warn("g", &text, &format!("it is no element of {} here", s.family.slug()))
                }
                Err(why) => reader.warn("g", &text, &why),
            }
        }
        let known = s.family.shows().iter().map(|k| (k.slug(), *k));
        s.set_show(reader.choice_of("show", known).unwrap_or(opening(s.family)));
        if let Some(text) = reader.text("order") {
            match read_order(&text, s.order.len()) {
                _ if s.show.is_sum() => reader.warn("order", &text, "a sum has no order"),
                Some(order) => s.order = order,
                None => reader.warn("order", &text, &format!("it does not order 1 … {}", s.order.len())),
            }
        }
        let subjects = s.family.subjects().iter().map(|k| (k.slug(), *k));
        s.subject = reader.choice_of("picture", subjects).unwrap_or(s.subject);
        let panels = s.family.panels().iter().map(|k| (k.slug(), *k));
        s.panel = reader.choice_of("panel", panels).unwrap_or(s.panel);
        if let Some(text) = reader.text("boosts") {
            match read_matrix(&text, 2) {
                Ok(m) => (0..2).for_each(|j| s.set_boost(j, [m[(j, 0)], m[(j, 1)]])),
                Err(why) => reader.warn("boosts", &text, &why),
            }
        }
        s.seed = reader.parse("seed").unwrap_or(s.seed);
        (s, reader.done())
    }

    fn read_own(&mut self, reader: &mut Reader<'_>) {
        let (name, text) = (reader.text("name").unwrap_or_default(), reader.text("own").unwrap_or_default());
        match own_text::read(&name, &text) {
            Ok(group) => {
                let first = Own::first(group);
                let texts = ["at", "word", "base"].map(|key| reader.text(key));
                let own = first.placed(texts.each_ref().map(Option::as_deref)).unwrap_or_else(|why| {
                    let said = texts.into_iter().flatten().next().unwrap_or_default();
                    reader.warn("at", &said, why.trim_end_matches('.'));
                    first
                });
                self.set_own(own);
            }
            Err(why) => reader.warn("own", &text, why.trim_end_matches('.')),
        }
    }
}

pub(super) fn write_rows(rows: &[Vec<f64>]) -> String {
    let row = |r: &Vec<f64>| r.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
    rows.iter().map(row).collect::<Vec<_>>().join(";")
}

fn read_matrix(text: &str, n: usize) -> Result<Matrix, String> {
    let mut data = Vec::with_capacity(n * n);
    for row in text.split(';') {
        let before = data.len();
        for t in row.split(',') {
            match t.trim().parse::<f64>() {
                Ok(v) if v.is_finite() => data.push(v),
                Ok(_) => return Err(format!("‘{t}’ is not a finite number")),
                Err(_) => return Err(format!("‘{t}’ is not a number")),
            }
        }
        if data.len() - before != n {
            return Err(format!("a row has {} entries where the group has {n}", data.len() - before));
        }
    }
    Matrix::from_data(n, n, data).ok_or_else(|| format!("the group's matrices have {n} rows"))
}

fn read_order(text: &str, n: usize) -> Option<Vec<usize>> {
    let order: Vec<usize> =
        text.split(',').map(|t| t.trim().parse::<usize>().ok()?.checked_sub(1)).collect::<Option<_>>()?;
    let mut sorted = order.clone();
    sorted.sort_unstable();
    (sorted == (0..n).collect::<Vec<_>>()).then_some(order)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::super::element::with_linear;
    use super::*;
    use crate::maths::exp::exp;
    use crate::maths::exp::orthogonal::hat;
    use crate::maths::lorentz::generator;
    use proptest::prelude::*;

    #[test]
    fn defaults_leave_the_url_empty() {
        assert!(Settings::default().to_pairs().is_empty());
        let (s, applied) = Settings::from_pairs(&Pairs::new());
        assert_eq!(s, Settings::default());
        assert!(applied.warnings.is_empty());
    }

    #[test]
    fn wrong_values_are_named_and_nothing_else_is_lost() {
        let pairs: Pairs = [
            ("group", "SU(7)"),
            ("g", "1,0;0,-1"),
            ("show", "polar"),
            ("order", "1,1"),
            ("picture", "smell"),
        ]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .to_vec();
        let (s, applied) = Settings::from_pairs(&pairs);
        assert_eq!(applied.warnings.len(), 4, "{:?}", applied.warnings);
        assert_eq!(s, Settings { show: Show::Polar, order: vec![1, 0], ..Settings::default() });
    }

    #[test]
    fn determinants_are_brought_to_one() {
        let pairs = vec![("g".to_owned(), "2,0;0,2".to_owned())];
        assert_eq!(Settings::from_pairs(&pairs).0.g, Matrix::identity(2));
    }

    /// An element from four numbers, or a matrix of the plane that may be none.
    fn anywhere(family: Family, [a, b, c, d]: [f64; 4]) -> Matrix {
        let x = match family.picture() {
            Picture::Plane => {
                let m = Matrix::from_rows(&[[a, b], [c, d]]);
                return if family.moves() { with_linear(&first(family), &m) } else { m };
            }
            Picture::Space if family == Family::Rotation3 => hat([a, b, c]),
            Picture::Space => &hat([a, b, c]) + &Matrix::diagonal(&[0.3 * d, -0.2 * c, 0.1]),
            Picture::Events => {
                let n = family.size();
                generator([0.4 * a, 0.4 * b, 0.4 * c], [d, 0.5 * a, c]).block(0, 0, n, n)
            }
        };
        exp(&x).unwrap()
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(
            pairs in proptest::collection::vec(("(g|show|order|picture|panel)", "[-0-9.,;e]{0,30}"), 0..6),
            family in 0..Family::ALL.len(),
        ) {
            let mut pairs = pairs;
            pairs.push(("group".to_owned(), Family::ALL[family].slug().to_owned()));
            let (s, _) = Settings::from_pairs(&pairs);
            prop_assert!(s.g.is_finite() && s.g.determinant() > 0.0 && s.g.rows() == Family::ALL[family].size());
            prop_assert_eq!(s.order.len(), s.show.symbols(s.family).len());
        }

        #[test]
        fn settings_survive_the_url(
            family in 0..Family::ALL.len(), show in 0usize..11, subject in 0..Subject::ALL.len(),
            entries in proptest::array::uniform4(-3.0f64..3.0), turn in 0usize..3, panel in 0..Panel::ALL.len(), seed in any::<u64>(),
        ) {
            let mut s = Settings::default();
            s.set_family(Family::ALL[family]);
            let shows = s.family.shows();
            s.set_show(shows[show % shows.len()]);
            s.panel = s.family.panels()[panel % s.family.panels().len()];
            s.subject = s.family.subjects()[subject % s.family.subjects().len()];
            s.set_boost(0, [0.8 * entries[0], 0.8 * entries[1]]);
            s.seed = seed;
            let count = s.order.len();
            if !s.show.is_sum() {
                s.order.rotate_left(turn % count);
            }
            let g = anywhere(s.family, entries);
            prop_assert!(s.set_g(g) || s.family.picture() == Picture::Plane);
            let (back, applied) = Settings::from_pairs(&s.to_pairs());
            prop_assert!(applied.warnings.is_empty(), "{:?}", applied.warnings);
            prop_assert_eq!(back, s);
        }

        #[test]
        fn a_typed_entry_stays_and_the_determinant_too(
            i in 0usize..2, j in 0usize..2, value in -3.0f64..3.0, start in proptest::array::uniform4(-2.0f64..2.0),
        ) {
            let mut s = Settings::default();
            s.set_g(Matrix::from_data(2, 2, start.to_vec()).unwrap());
            let before = s.g.clone();
            if s.set_entry(i, j, value) {
                prop_assert!((s.g[(i, j)] - value).abs() < 1e-9);
                prop_assert!((s.g.determinant() - 1.0).abs() < 1e-9);
            } else {
                prop_assert_eq!(&s.g, &before);
            }
        }
    }
}
