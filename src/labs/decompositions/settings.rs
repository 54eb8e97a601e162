//! What a visitor chooses in the lab, and its text in the URL.

pub use super::choices::{Family, Panel, Show, Subject};
use super::element::{linear, with_linear};
use crate::labs::lab::{Applied, Pairs};
use crate::labs::reader::Reader;
use crate::maths::Matrix;
use crate::maths::group::rotation2;

/// Largest entry of g.
pub const REACH: f64 = 20.0;
/// Largest entry of a translation: the sheets have radius 1.
pub const FARTHEST: f64 = 4.0;
/// The translation of the first element of Aff⁺(2).
const MOVED: [f64; 2] = [0.9, 0.5];
/// Smallest determinant of an element of GL⁺(2).
pub const SMALLEST_DET: f64 = 0.01;
/// Largest rapidity of a boost.
pub const MOST_RAPIDITY: f64 = 2.5;
/// The boosts the lab opens with.
const BOOSTS: [[f64; 2]; 2] = [[1.0, 0.1], [0.15, 0.95]];
/// Determinants of SL(2, R) this near to 1 are taken as they are; so are last rows this near to 0 0 1.
const DET_SLACK: f64 = 1e-9;

/// All settings of the lab. g is finite, of the family's size, and inside the family.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The group.
    pub family: Family,
    /// The present element.
    pub g: Matrix,
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
            show,
            order: natural(family, show),
            subject: Subject::Letter,
            panel: Panel::Map,
            seed: 0,
            boosts: BOOSTS,
        }
    }
}

/// The element a group opens with: R(110°) diag(1.72, 1/1.72) R(−25°), moved by (0.9, 0.5) where the group has it.
pub fn first(family: Family) -> Matrix {
    let (u, v) = (110f64.to_radians(), -25f64.to_radians());
    let stretch = Matrix::diagonal(&[1.72, 1.0 / 1.72]);
    of_family(family, &(&(&rotation2(u) * &stretch) * &rotation2(v)))
}

/// The linear map as an element, with the first translation where the group has it.
fn of_family(family: Family, a: &Matrix) -> Matrix {
    if !family.moves() {
        return a.clone();
    }
    let [x, y] = MOVED;
    with_linear(&Matrix::from_rows(&[[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]]), a)
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

    /// Another group: g goes along where it can, scaled to determinant 1 where that is asked for. The chain stays
    /// where it has the same factors there.
    pub fn set_family(&mut self, family: Family) {
        let a = linear(&self.g);
        let moved = self.family.moves() != family.moves();
        self.family = family;
        let g = if moved { of_family(family, &a) } else { self.g.clone() };
        self.g = self.fit(g).unwrap_or_else(|| first(family));
        if moved {
            let known = family.shows().contains(&self.show);
            self.set_show(if known { self.show } else { Show::Cartan });
        }
    }

    /// Takes g if it belongs to the group, after scaling it to determinant 1 where that is asked for.
    pub fn set_g(&mut self, g: Matrix) -> bool {
        match self.fit(g) {
            Some(g) => {
                self.g = g;
                true
            }
            None => false,
        }
    }

    fn fit(&self, g: Matrix) -> Option<Matrix> {
        let n = self.family.size();
        let det = (g.rows() == n && g.cols() == n && g.is_finite()).then(|| g.determinant())?;
        if det.is_nan() || det < SMALLEST_DET {
            return None;
        }
        if self.family.moves() {
            // Products and inverses of affine maps have this row up to rounding.
            let mut exact = with_linear(&Matrix::identity(3), &linear(&g));
            (exact[(0, 2)], exact[(1, 2)]) = (g[(0, 2)], g[(1, 2)]);
            let near = (0..2).all(|i| g[(i, 2)].abs() <= FARTHEST);
            let affine = exact.max_difference(&g) < DET_SLACK;
            return (affine && near && linear(&g).data().iter().all(|v| v.abs() <= REACH)).then_some(exact);
        }
        let exact = !self.family.keeps_det() || (det - 1.0).abs() < DET_SLACK;
        let g = if exact { g } else { g.scaled(det.powf(-1.0 / n as f64)) };
        g.data().iter().all(|v| v.abs() <= REACH).then_some(g)
    }

    /// One entry typed in. Where det g = 1 is kept, another entry follows: the one across the diagonal product if
    /// what multiplies it is not too small, else one of the other product. False where no such matrix exists.
    pub fn set_entry(&mut self, i: usize, j: usize, value: f64) -> bool {
        let mut g = self.g.clone();
        g[(i, j)] = value;
        if self.family.keeps_det() {
            follow(&mut g, i, j);
        }
        self.set_g(g)
    }

    /// Another boost; one that is too fast is slowed down.
    pub fn set_boost(&mut self, j: usize, [x, y]: [f64; 2]) {
        let size = x.hypot(y);
        // A rounding above the limit is no reason to change what was read.
        let k = if size > MOST_RAPIDITY * (1.0 + 1e-9) { MOST_RAPIDITY / size } else { 1.0 };
        if let (true, Some(place)) = (size.is_finite(), self.boosts.get_mut(j)) {
            *place = [x * k, y * k];
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
        put("g", self.g != first(self.family), write_rows(&self.g.to_rows()));
        put("show", self.show != d.show, self.show.slug().to_owned());
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
        s.family = reader.choice("group", Family::ALL.map(|f| (f.slug(), f))).unwrap_or(s.family);
        s.g = first(s.family);
        if let Some(text) = reader.text("g") {
            let read = read_matrix(&text, s.family.size());
            match read.map(|g| s.set_g(g)) {
                Ok(true) => {}
                Ok(false) => {
                    reader.warn("g", &text, &format!("it is no element of {} here", s.family.slug()))
                }
                Err(why) => reader.warn("g", &text, &why),
            }
        }
        let named = |k: Show| (k.slug(), k);
        let show = if s.family.moves() {
            reader.choice("show", Show::ALL.map(named))
        } else {
            reader.choice("show", Show::LINEAR.map(named))
        };
        s.set_show(show.unwrap_or(s.show));
        if let Some(text) = reader.text("order") {
            match read_order(&text, s.order.len()) {
                Some(order) => s.order = order,
                None => reader.warn("order", &text, &format!("it does not order 1 … {}", s.order.len())),
            }
        }
        s.subject = reader.choice("picture", Subject::ALL.map(|k| (k.slug(), k))).unwrap_or(s.subject);
        s.panel = reader.choice("panel", Panel::ALL.map(|k| (k.slug(), k))).unwrap_or(s.panel);
        if let Some(text) = reader.text("boosts") {
            match read_matrix(&text, 2) {
                Ok(m) => (0..2).for_each(|j| s.set_boost(j, [m[(j, 0)], m[(j, 1)]])),
                Err(why) => reader.warn("boosts", &text, &why),
            }
        }
        s.seed = reader.parse("seed").unwrap_or(s.seed);
        (s, reader.done())
    }
}

/// Makes det g = 1 by changing one entry other than (i, j).
fn follow(g: &mut Matrix, i: usize, j: usize) {
    let across = g[(i, j)];
    let (k, l) = (1 - i, 1 - j);
    // det = s (g_ij g_kl − g_il g_kj) with s = +1 on the diagonal.
    let s = if i == j { 1.0 } else { -1.0 };
    let other = g[(i, l)] * g[(k, j)];
    if across.abs() > 0.05 {
        g[(k, l)] = (s + other) / across;
    } else {
        let wanted = across * g[(k, l)] - s;
        let (fixed, moved) =
            if g[(i, l)].abs() > g[(k, j)].abs() { ((i, l), (k, j)) } else { ((k, j), (i, l)) };
        g[moved] = wanted / g[fixed];
    }
}

fn write_rows(rows: &[Vec<f64>]) -> String {
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
    use super::*;
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

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(
            pairs in proptest::collection::vec(("(group|g|show|order|picture)", "[-0-9.,;e]{0,30}"), 0..6),
        ) {
            let (s, _) = Settings::from_pairs(&pairs);
            prop_assert!(s.g.is_finite() && s.g.determinant() > 0.0);
            prop_assert_eq!(s.order.len(), s.show.symbols(s.family).len());
        }

        #[test]
        fn settings_survive_the_url(
            family in 0..Family::ALL.len(), show in 0usize..6, subject in 0..Subject::ALL.len(),
            entries in proptest::array::uniform4(-3.0f64..3.0), turn in 0usize..3, panel in 0..Panel::ALL.len(), seed in any::<u64>(),
        ) {
            let mut s = Settings { subject: Subject::ALL[subject], ..Settings::default() };
            s.set_family(Family::ALL[family]);
            let shows = s.family.shows();
            s.set_show(shows[show % shows.len()]);
            s.panel = Panel::ALL[panel];
            s.set_boost(0, [0.8 * entries[0], 0.8 * entries[1]]);
            s.seed = seed;
            let count = s.order.len();
            s.order.rotate_left(turn % count);
            let a = Matrix::from_data(2, 2, entries.to_vec()).unwrap();
            s.set_g(if s.family.moves() { with_linear(&s.g, &a) } else { a });
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
