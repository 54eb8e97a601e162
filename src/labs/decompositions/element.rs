//! What is known of one element: its factors, its logarithm, its place on the map, the two ways to it from 1.

use super::factors::{factors, linear_factors};
use super::inside::nearest_rotation;
use super::settings::{Picture, Settings, Show};
use crate::maths::Matrix;
use crate::maths::exp::geodesic::{Geodesic, Space, powers};
use crate::maths::exp::path::{StretchTurn, one_subgroup};
use crate::maths::exp::{exp, log, reach};
use crate::maths::group::rotation2;
use crate::maths::lorentz;
use crate::maths::rotation::Quaternion;
use std::cell::OnceCell;

/// Steps of each way on the map. A multiple of those of a film, as [`TRAIL`] is.
pub const POINTS: usize = 80;
/// A matrix that keeps the Minkowski metric to this is a Lorentz transformation and nothing near one.
const EXACT: f64 = 1e-12;
/// Steps of each way in the ball of turns or of rapidities.
const TRAIL: usize = 32;
/// Steps of a film.
const FILM: usize = 4;

/// Everything the pictures need of an element.
#[derive(Clone, Debug)]
pub struct Element {
    /// g.
    pub g: Matrix,
    /// What it acts on.
    pub picture: Picture,
    /// Factors in order of multiplication; none where the decomposition does not exist.
    pub factors: Option<Vec<Matrix>>,
    /// Why it does not, or what is not unique.
    pub warnings: Vec<String>,
    /// X with exp X = g, where there is one; in an own group one inside its algebra, where one was found.
    pub log: Option<Matrix>,
    /// Turn p and log-stretch t: in the plane of A / √det A, A the linear part of g; else the angle of the rotation
    /// factor, and the largest log-stretch or the rapidity.
    pub place: (f64, f64),
    /// The rotation vector of the rotation factor of a map of space, or the rapidity of a Lorentz transformation.
    pub spot: [f64; 3],
    /// The geodesic from 1 to g, searched for when something of it is drawn.
    geodesic: OnceCell<Option<Geodesic>>,
    space: Space,
    /// The geodesic to an element near g, from which a shorter search may begin.
    near: Option<Geodesic>,
    /// Orthonormal directions of x that the factors speak of: they are marked on the pictures.
    pub axes: Vec<Vec<f64>>,
}

/// What is drawn of a way from 1 to g; nothing where there is no way.
#[derive(Clone, Debug, Default)]
pub struct Way {
    /// Points (p, t) of the map of the plane.
    pub places: Vec<(f64, f64)>,
    /// Points of the ball of turns or of rapidities.
    pub trail: Vec<[f64; 3]>,
    /// The elements at equal distances, five of them.
    pub film: Vec<Matrix>,
}

impl Element {
    /// Takes g apart as the settings say.
    pub fn new(s: &Settings, g: &Matrix) -> Self {
        let (picture, moves) = (s.family.picture(), s.family.moves());
        let a = if moves { linear(g) } else { g.clone() };
        let (factors, warnings) = factors(s.family, s.show, g);
        let axes = match (s.show, &factors) {
            _ if picture == Picture::Events => Vec::new(),
            (Show::Polar | Show::Cartan, _) => {
                linear_factors(Show::Cartan, &a).0.map_or_else(Vec::new, |k| k[2].to_rows())
            }
            (Show::Schur, Some(f)) => f[f.len() - 1].block(0, 0, a.rows(), a.rows()).to_rows(),
            (Show::AxisAngle, Some(f)) => vec![Quaternion::from_matrix(&f[0]).axis_angle().axis.to_vec()],
            _ if picture == Picture::Plane => Matrix::identity(2).to_rows(),
            _ => Vec::new(),
        };
        let spot = spot(picture, g);
        Self {
            log: s.own.as_ref().map_or_else(|| logarithm(g), |own| own.logarithm_of(g)).map(|x| {
                // The logarithm of an affine map has the last row zero, which rounding may have missed.
                let flat = moves.then(|| x.block(0, 0, 2, 3));
                flat.map_or(x, |rows| {
                    let mut x = Matrix::zeros(3, 3);
                    x.set_block(0, 0, &rows);
                    x
                })
            }),
            place: if picture == Picture::Plane { place(&a) } else { turn_and_stretch(&a) },
            spot,
            geodesic: OnceCell::new(),
            space: s.family.space(),
            near: None,
            g: g.clone(),
            picture,
            factors,
            warnings,
            axes,
        }
    }

    /// The same, its geodesic sought from that of an element near it, while g is on the move: one search in place of
    /// several. What is found may be longer than the shortest.
    pub fn after(mut self, before: &Self) -> Self {
        let known = before.geodesic.get().cloned().flatten().or_else(|| before.near.clone());
        self.near = known.filter(|_| before.space == self.space && before.g.rows() == self.g.rows());
        self
    }

    /// Whether the geodesic is only followed from an element near g, and a full search may find a shorter one.
    pub fn followed(&self) -> bool {
        self.near.is_some()
    }

    /// The shortest geodesic from 1 to g, or the one that was followed there.
    pub fn geodesic(&self) -> Option<&Geodesic> {
        let follow = || self.near.as_ref()?.moved_to(&self.g).ok()?;
        let search = || Geodesic::to(&self.g, self.space).ok()?;
        self.geodesic.get_or_init(|| follow().or_else(search)).as_ref()
    }

    /// exp(sX), the point at s of the one-parameter subgroup through g; none where exp does not reach g.
    pub fn one(&self, s: f64) -> Option<Matrix> {
        one_subgroup(self.log.as_ref()?, s).ok()
    }

    /// The point at s of the geodesic to g: there is one for every g.
    pub fn two(&self, s: f64) -> Option<Matrix> {
        self.geodesic()?.at(s).ok()
    }

    /// Lengths of the two ways in the metric tr AᵀB; none where there is no way.
    pub fn lengths(&self) -> [Option<f64>; 2] {
        [self.log.as_ref().map(Matrix::frobenius), self.geodesic().map(|way| way.length)]
    }

    /// n + 1 points of a way from 1 to g, as one-parameter subgroup (0) or as geodesic (1); none where there is no way.
    pub fn points(&self, which: usize, n: usize) -> Vec<Matrix> {
        let subgroup = || {
            let x = self.log.as_ref()?;
            let mut points = powers(&exp(&x.scaled(1.0 / n as f64)).ok()?, n);
            points[n] = self.one(1.0)?;
            Some(points)
        };
        let points = if which == 0 { subgroup() } else { self.geodesic().and_then(|way| way.points(n).ok()) };
        points.unwrap_or_default()
    }

    /// What is drawn of a way from 1 to g.
    pub fn way(&self, which: usize) -> Way {
        let plane = self.picture == Picture::Plane;
        let steps = if plane { POINTS } else { TRAIL };
        let points = self.points(which, steps);
        Way {
            places: points.iter().filter(|_| plane).map(|m| place(&linear(m))).collect(),
            trail: points.iter().filter(|_| !plane).map(|m| spot(self.picture, m)).collect(),
            film: points.into_iter().step_by(steps / FILM).collect(),
        }
    }
}

/// Where an element stands in the ball: the rotation vector of its rotation factor, or its rapidity; 0 in the plane.
pub fn spot(picture: Picture, m: &Matrix) -> [f64; 3] {
    match picture {
        Picture::Plane => [0.0; 3],
        Picture::Space => {
            nearest_rotation(m).map_or([0.0; 3], |r| Quaternion::from_matrix(&r).rotation_vector())
        }
        Picture::Events => {
            let rapidity = lorentz::rapidity_of(m);
            [0, 1, 2].map(|k| rapidity.get(k).copied().unwrap_or(0.0))
        }
    }
}

/// The angle of the turn and the largest log-stretch.
fn turn_and_stretch(a: &Matrix) -> (f64, f64) {
    // A turn by p has the norm √2 p.
    StretchTurn::of(a).ok().flatten().map_or((0.0, 0.0), |s| {
        (s.turn.frobenius() * std::f64::consts::FRAC_1_SQRT_2, s.stretch.operator_norm())
    })
}

/// The linear part of a map of the plane: of a matrix of three rows its first two rows and columns.
pub fn linear(g: &Matrix) -> Matrix {
    g.block(0, 0, 2, 2)
}

/// The translation of a map of the plane; none in a matrix of two rows.
pub fn translation(g: &Matrix) -> [f64; 2] {
    if g.cols() > 2 { [g[(0, 2)], g[(1, 2)]] } else { [0.0; 2] }
}

/// The element with another linear part.
pub fn with_linear(g: &Matrix, a: &Matrix) -> Matrix {
    let mut g = g.clone();
    g.set_block(0, 0, a);
    g
}

/// A linear map in homogeneous coordinates.
pub fn homogeneous(a: &Matrix) -> Matrix {
    with_linear(&Matrix::identity(3), a)
}

/// The principal logarithm, where exp reaches g; of a Lorentz transformation that in the Lie algebra of its group.
pub fn logarithm(g: &Matrix) -> Option<Matrix> {
    let n = g.rows();
    if n > 2 && lorentz::metric_defect(g) < EXACT && lorentz::check(g).is_ok() {
        let whole = Matrix::direct_sum(&[g, &Matrix::identity(4 - n)]);
        let (rapidity, turn) = lorentz::log(&whole).ok()?;
        return Some(lorentz::generator(rapidity, turn).block(0, 0, n, n));
    }
    log(g).ok()?.matrix
}

/// Turn p in (−π, π] and log-stretch t ≥ 0 of g / √det g; (0, 0) where det g is not positive.
pub fn place(g: &Matrix) -> (f64, f64) {
    reach::stretch_and_turn(g).map_or((0.0, 0.0), |(t, p)| (p, t))
}

/// The element with another place on the map, along the same stretched direction, with the same determinant and
/// translation.
pub fn with_place(g: &Matrix, (p, t): (f64, f64), direction: f64) -> Matrix {
    let size = linear(g).determinant().abs().sqrt();
    let stretch = Matrix::diagonal(&[t.exp() * size, (-t).exp() * size]);
    with_linear(g, &(&(&rotation2(p + direction) * &stretch) * &rotation2(-direction)))
}

/// Direction of the larger stretch of x, in radians.
pub fn stretched_direction(e: &Element) -> Option<f64> {
    let k = linear_factors(Show::Cartan, &linear(&e.g)).0?;
    Some(k[2][(0, 1)].atan2(k[2][(0, 0)]))
}

/// A way from 1 to g, found once and then gone along.
#[derive(Clone, Debug)]
pub enum Passing {
    /// exp(sX), X = log g.
    Straight(Matrix),
    /// The geodesic, where there is no logarithm.
    Bent(Geodesic),
    /// A reflection has no way from 1 that stays in the group: it comes about halfway.
    Leap(Matrix),
}

impl Passing {
    /// The way to g.
    pub fn to(g: &Matrix) -> Self {
        let affine = g.rows() == 3 && g.to_rows()[2] == [0.0, 0.0, 1.0];
        let space = if affine { Space::Affine } else { Space::Linear };
        let bent = || Geodesic::to(g, space).ok().flatten().map(Self::Bent);
        logarithm(g).map(Self::Straight).or_else(bent).unwrap_or_else(|| Self::Leap(g.clone()))
    }

    /// The point at s, 0 ≤ s ≤ 1.
    pub fn at(&self, s: f64) -> Option<Matrix> {
        match self {
            Self::Straight(x) => one_subgroup(x, s).ok(),
            Self::Bent(way) => way.at(s).ok(),
            Self::Leap(g) => Some(if s < 0.5 { Matrix::identity(g.rows()) } else { g.clone() }),
        }
    }
}

/// The element whose linear part is h times that of g, where h takes `from` to `to`: a turn, and a stretch along `to`. Across it, it shrinks
/// by as much where the determinant is kept. None where `from` is too near to the origin.
pub fn carry(g: &Matrix, from: [f64; 2], to: [f64; 2], keep_det: bool) -> Option<Matrix> {
    let (r, s) = (from[0].hypot(from[1]), to[0].hypot(to[1]));
    if r < 0.05 || s < 0.05 {
        return None;
    }
    let (a, b) = (from[1].atan2(from[0]), to[1].atan2(to[0]));
    let stretch = Matrix::diagonal(&[s / r, if keep_det { r / s } else { 1.0 }]);
    let step = &(&rotation2(b) * &stretch) * &rotation2(-a);
    Some(with_linear(g, &(&step * &linear(g))))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::super::map::{Map, unreached};
    use super::*;
    use crate::maths::exp::reach::edge;

    fn element(g: &Matrix, show: Show) -> Element {
        let mut s = Settings::default();
        s.set_show(show);
        Element::new(&s, g)
    }

    #[test]
    fn both_ways_lead_from_one_to_g() {
        let s = Settings::default();
        let e = Element::new(&s, &s.g);
        let one = Matrix::identity(2);
        for way in [&|t| e.one(t).unwrap() as Matrix, &|t| e.two(t).unwrap()] as [&dyn Fn(f64) -> Matrix; 2] {
            assert!(way(0.0).max_difference(&one) < 1e-12);
            assert!(way(1.0).max_difference(&s.g) < 1e-12);
        }
        let (p, t) = e.place;
        assert!((p - 85f64.to_radians()).abs() < 1e-12 && (t - 1.72f64.ln()).abs() < 1e-12);
        assert_eq!(e.way(0).places.len(), POINTS + 1);
        let [one, two] = e.lengths().map(Option::unwrap);
        assert!(two < 0.95 * one && e.geodesic().unwrap().proved, "{two} {one}");
    }

    #[test]
    fn the_unreached_part_is_drawn_where_the_logarithm_ends() {
        let map = Map::showing(1.7);
        for ring in unreached(map, 12, 16).iter().skip(1) {
            let n = ring.len();
            for (k, point) in ring.iter().enumerate() {
                let (p, t) = map.at(*point);
                let g = with_place(&Matrix::identity(2), (p, t), 0.4);
                if k > 0 && k < n - 1 {
                    assert!(logarithm(&g).is_none(), "turn {p}, stretch {t}");
                }
            }
        }
        for t in [0.1, 0.7, 1.6, 4.0] {
            for (p, reached) in [(edge(t) - 1e-6, true), (edge(t) + 1e-6, false)] {
                let g = with_place(&Matrix::identity(2), (p, t), -0.3);
                assert_eq!(logarithm(&g).is_some(), reached, "turn {p}, stretch {t}");
            }
        }
    }

    #[test]
    fn a_place_on_the_map_is_taken_and_given_back() {
        let g = Matrix::from_rows(&[[3.0, 1.0], [0.5, 1.0]]);
        let moved = with_place(&g, (-2.0, 0.8), 0.3);
        let (p, t) = place(&moved);
        assert!((p + 2.0).abs() < 1e-12 && (t - 0.8).abs() < 1e-12);
        assert!((moved.determinant() - g.determinant()).abs() < 1e-12);
        let again = stretched_direction(&element(&moved, Show::Polar)).unwrap();
        assert!(((again - 0.3).sin()).abs() < 1e-9, "{again}");
    }

    #[test]
    fn what_is_carried_arrives() {
        let g = Settings::default().g;
        let h = carry(&g, [1.0, 0.5], [-0.3, 2.0], true).unwrap();
        assert!((h.determinant() - 1.0).abs() < 1e-12);
        let x = g.inverse().unwrap().apply(&[1.0, 0.5]);
        let y = h.apply(&x);
        assert!((y[0] + 0.3).abs() < 1e-12 && (y[1] - 2.0).abs() < 1e-12);
        assert!(carry(&g, [0.0, 0.0], [1.0, 0.0], true).is_none());
    }

    #[test]
    fn an_affine_map_is_its_translation_and_the_factors_of_its_linear_part() {
        let mut s = Settings::default();
        s.set_family(super::super::settings::Family::Affine2);
        for show in s.family.shows().iter().filter(|show| !show.is_sum()) {
            s.set_show(*show);
            let e = Element::new(&s, &s.g);
            let factors = e.factors.as_ref().unwrap();
            assert_eq!(factors.len(), show.symbols(s.family).len());
            let made = factors.iter().fold(Matrix::identity(3), |made, f| &made * f);
            assert!(made.max_difference(&s.g) < 1e-12, "{show:?}");
            for way in [e.one(1.0).unwrap(), e.two(1.0).unwrap()] {
                assert!(way.max_difference(&s.g) < 1e-10);
            }
            let [one, two] = e.lengths().map(Option::unwrap);
            assert!(two < one, "{two} {one}");
            assert_eq!(e.one(0.4).unwrap().to_rows()[2], [0.0, 0.0, 1.0]);
        }
        // Linear part −1 · diag(2, 1/2): out of reach, and there is still a way that stays affine.
        let far = with_linear(&s.g, &Matrix::diagonal(&[-2.0, -0.5]));
        assert!(logarithm(&far).is_none());
        let way = Passing::to(&far);
        assert!(way.at(1.0).unwrap().max_difference(&far) < 1e-10);
        assert_eq!(way.at(0.3).unwrap().to_rows()[2], [0.0, 0.0, 1.0]);
    }

    #[test]
    fn in_every_group_both_ways_stay_inside_and_lead_to_g() {
        for family in super::super::settings::Family::ALL {
            let mut s = Settings::default();
            s.set_family(family);
            let e = Element::new(&s, &s.g);
            for way in
                [&|t| e.one(t).unwrap() as Matrix, &|t| e.two(t).unwrap()] as [&dyn Fn(f64) -> Matrix; 2]
            {
                assert!(way(1.0).max_difference(&s.g) < 1e-12, "{family:?}");
                let middle = way(0.4);
                let near = super::super::inside::fit(family, middle.clone()).unwrap();
                assert!(near.max_difference(&middle) < 1e-12, "{family:?}");
            }
            assert!(e.place.0.abs() + e.place.1 > 0.1, "{family:?}");
            let (way, end) = (e.way(1), e.two(1.0).unwrap());
            assert_eq!((way.film.len(), way.film.last()), (FILM + 1, Some(&end)), "{family:?}");
            if e.picture == Picture::Plane {
                assert_eq!((way.places.len(), way.places[POINTS]), (POINTS + 1, place(&linear(&end))));
            } else {
                assert_eq!((way.trail.len(), way.trail[TRAIL]), (TRAIL + 1, spot(e.picture, &end)));
            }
        }
    }

    #[test]
    fn a_half_turn_after_a_boost_has_its_logarithm_in_the_lorentz_algebra() {
        let half = lorentz::rotation(&Matrix::diagonal(&[-1.0, -1.0]));
        let g = &lorentz::boost(&[0.6, 0.2]) * &half;
        let x = logarithm(&g).unwrap();
        let eta = lorentz::metric(2);
        assert!((&(&eta * &x) + &(&x.transpose() * &eta)).frobenius() < 1e-9);
        assert!(crate::maths::exp::exp(&x).unwrap().max_difference(&g) < 1e-9);
    }

    #[test]
    fn halfway_squared_is_the_whole() {
        let g = Settings::default().g;
        let half = Passing::to(&g).at(0.5).unwrap();
        assert!((&half * &half).max_difference(&g) < 1e-12);
        // Out of reach of exp there is still a way.
        let far = Matrix::diagonal(&[-2.0, -0.5]);
        let way = Passing::to(&far);
        assert!(way.at(1.0).unwrap().max_difference(&far) < 1e-12);
        assert!(way.at(0.0).unwrap().max_difference(&Matrix::identity(2)) < 1e-12);
    }

    #[test]
    fn the_points_of_a_way_lie_on_it() {
        for family in super::super::settings::Family::ALL {
            let mut s = Settings::default();
            s.set_family(family);
            let e = Element::new(&s, &s.g);
            for (k, one) in e.points(0, 32).iter().enumerate() {
                assert!(one.max_difference(&e.one(k as f64 / 32.0).unwrap()) < 1e-12, "{family:?}");
            }
            assert_eq!(e.points(1, 32).last(), e.two(1.0).as_ref(), "{family:?}");
        }
    }

    #[test]
    fn a_geodesic_is_sought_when_it_is_asked_for_and_followed_on_the_move() {
        let mut s = Settings::default();
        s.set_family(super::super::settings::Family::Special3);
        let first = Element::new(&s, &s.g);
        assert!(first.geodesic.get().is_none());
        // Nothing is known yet: the next one searches by itself.
        assert!(!Element::new(&s, &s.g).after(&first).followed());
        let length = first.geodesic().unwrap().length;
        let turn = crate::maths::group::rotation3([0.6, 0.0, 0.8], 0.03);
        let next = Element::new(&s, &(&turn * &s.g)).after(&first);
        assert!(next.followed() && next.geodesic.get().is_none());
        let [followed, full] = [next.clone(), Element::new(&s, &next.g)].map(|e| e.lengths()[1].unwrap());
        assert!((followed - full).abs() < 1e-9 && (followed - length).abs() > 1e-6, "{followed} {full}");
        assert!(next.two(1.0).unwrap().max_difference(&next.g) < 1e-9);
        // What was not drawn for a while goes on from the last one that was.
        let later = Element::new(&s, &(&turn * &next.g)).after(&Element::new(&s, &next.g).after(&next));
        assert!(later.followed());
        s.set_family(super::super::settings::Family::Affine2);
        assert!(!Element::new(&s, &s.g).after(&later).followed(), "another space");
    }
}
