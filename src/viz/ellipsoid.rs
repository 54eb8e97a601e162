//! A symmetric tensor of R³ as an ellipsoid: the image of the unit ball under S, its half axes |λᵢ| along the
//! eigenvectors. Turning the tensor, g S gᵀ, turns the picture.

use super::{Pen, View, shapes};
use crate::maths::Matrix;
use crate::maths::linalg::symmetric_eigen;
use crate::ui::theme::Theme;
use eframe::egui::{Color32, Painter, Pos2, Stroke, Vec2, vec2};
use std::f64::consts::{PI, TAU};

type V3 = [f64; 3];

/// What lies further out than this many radii is cut at the rim.
const CUT: f64 = 1.02;

/// How an ellipsoid is dressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skin {
    /// f(g·x): filled in the colour of the output.
    Filled,
    /// f(x) and ρ(g) f(x): a hollow sleeve, 3 points outside.
    Hollow,
    /// The plain twin: grey.
    Twin,
    /// The true value: a dotted outline.
    Truth,
}

/// An ellipsoid ready to be seen: half axes with their lengths, longest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Ellipsoid {
    axes: [V3; 3],
    lengths: V3,
}

impl Ellipsoid {
    /// Of a tensor [3, 3] in row-major order; of its symmetric part, to be exact. `None` where an entry is missing or
    /// not finite.
    pub fn of(t: &[f64]) -> Option<Self> {
        let sane = t.len() == 9 && t.iter().all(|v| v.is_finite() && v.abs() < 1e12);
        let s = sane.then(|| Matrix::from_fn(3, 3, |i, j| 0.5 * (t[3 * i + j] + t[3 * j + i])))?;
        let eigen = symmetric_eigen(&s).ok()?;
        let mut order = [0, 1, 2];
        order.sort_by(|a: &usize, b| eigen.values[*b].abs().total_cmp(&eigen.values[*a].abs()));
        let axes = order.map(|k| [0, 1, 2].map(|i| eigen.vectors[(i, k)]));
        Some(Self { axes, lengths: order.map(|k| eigen.values[k].abs()) })
    }

    /// Its longest half axis.
    pub fn longest(&self) -> f64 {
        self.lengths[0]
    }

    /// Both ends of the longest half axis on the screen.
    pub fn ends(&self, view: &View) -> [Pos2; 2] {
        [-1.0, 1.0].map(|s| view.at(self.axes[0].map(|v| v * s * self.lengths[0] / view.scale)))
    }

    /// Paints it as seen in the view.
    pub fn paint(&self, painter: &Painter, theme: &Theme, view: &View, skin: Skin) {
        let gap = if skin == Skin::Hollow { 3.0 } else { 0.0 };
        let outline = self.outline(view, gap);
        let (fill, line, circles) = match skin {
            Skin::Filled => (theme.y, theme.y, circle_ink(theme)),
            Skin::Hollow => (theme.y_tint, theme.y_line, theme.y_line),
            Skin::Twin => (theme.twin_fill, theme.twin, circle_ink(theme)),
            Skin::Truth => {
                let mut closed = outline;
                closed.extend(closed.first().copied());
                shapes::dashed(painter, &closed, Stroke::new(2.0, theme.ink), 2.0, 3.5);
                return;
            }
        };
        Pen::draw(painter, |pen| {
            pen.area(&outline, fill);
            pen.outline(&outline, Stroke::new(1.25, line));
            for (i, j) in [(0, 1), (1, 2), (2, 0)] {
                for run in self.circle(view, i, j) {
                    pen.line(&run, Stroke::new(1.25, circles));
                }
            }
        });
    }

    /// Chords of an arc that is at most as large as the whole ellipsoid.
    fn chords(&self, view: &View, angle: f64) -> usize {
        shapes::chords(view.radius * (self.longest() / view.scale).clamp(0.0, CUT) as f32, angle)
    }

    /// The silhouette: with Q the half axes on the screen, [2, 3], it is the ellipse of Q Qᵀ, moved outward by `gap`
    /// points; where it leaves the plate it runs along the rim.
    fn outline(&self, view: &View, gap: f32) -> Vec<Pos2> {
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for (axis, length) in self.axes.iter().zip(self.lengths) {
            let q = view.turn(*axis).map(|c| c * length / view.scale);
            (xx, xy, yy) = (xx + q[0] * q[0], xy + q[0] * q[1], yy + q[1] * q[1]);
        }
        // Cholesky, with a floor that keeps a flat ellipsoid drawable.
        let a = xx.max(1e-8).sqrt();
        let b = xy / a;
        let d = (yy - b * b).max(1e-8).sqrt();
        let r = f64::from(view.radius);
        shapes::circle(0.0, TAU, self.chords(view, TAU).max(8))
            .skip(1)
            .map(|[c, s]| {
                // The normal at L u is L⁻ᵀ u.
                let normal = vec2(((c - b * s / d) / a) as f32, (-s / d) as f32).normalized();
                let normal = if normal.is_finite() { normal } else { Vec2::ZERO };
                let (x, y) = (a * c, b * c + d * s);
                let far = (x.hypot(y) / CUT).max(1.0);
                view.centre + vec2((x / far * r) as f32, (-y / far * r) as f32) + normal * gap
            })
            .collect()
    }

    /// The visible half of the principal circle through half axes i and j, in runs that stay on the plate.
    fn circle(&self, view: &View, i: usize, j: usize) -> Vec<Vec<Pos2>> {
        let (u, v) = (view.turn(self.axes[i]), view.turn(self.axes[j]));
        let [li, lj] = [self.lengths[i], self.lengths[j]].map(|l| l / view.scale);
        if li.max(lj) < 1e-3 {
            return Vec::new();
        }
        // The outward normal at li cos t, lj sin t is (cos t / li, sin t / lj): it faces the eye on half of the circle.
        let middle = (v[2] / lj.max(1e-6)).atan2(u[2] / li.max(1e-6));
        let mut runs = vec![Vec::new()];
        let chords = self.chords(view, PI).max(4);
        for [c, s] in shapes::circle(middle - PI / 2.0, middle + PI / 2.0, chords) {
            let p = [0, 1].map(|n| u[n] * li * c + v[n] * lj * s);
            if p[0].hypot(p[1]) > CUT {
                runs.push(Vec::new());
            } else if let Some(run) = runs.last_mut() {
                let r = view.radius;
                run.push(view.centre + vec2(p[0] as f32 * r, -p[1] as f32 * r));
            }
        }
        runs.retain(|run: &Vec<Pos2>| run.len() > 1);
        runs
    }
}

/// The ink of circles on a filled surface.
fn circle_ink(theme: &Theme) -> Color32 {
    if theme.dark { theme.bg } else { theme.surf }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::viz::{Camera, Space};

    fn view() -> View {
        let (centre, camera) = (Pos2::new(100.0, 100.0), Camera::default());
        View { space: Space::Ball, camera, centre, radius: 80.0, scale: 2.0 }
    }

    #[test]
    fn a_ball_is_seen_as_a_circle_from_everywhere() {
        let ball = Ellipsoid::of(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]).unwrap();
        for p in ball.outline(&view(), 0.0) {
            assert!(((p - view().centre).length() - 40.0).abs() < 1e-3);
        }
        for p in ball.outline(&view(), 3.0) {
            assert!(((p - view().centre).length() - 43.0).abs() < 1e-3);
        }
    }

    #[test]
    fn half_axes_lie_inside_the_outline_and_touch_it() {
        let e = Ellipsoid::of(&[1.5, 0.2, 0.1, 0.2, 0.7, -0.3, 0.1, -0.3, 0.4]).unwrap();
        let outline = e.outline(&view(), 0.0);
        let reach = |d: Vec2| outline.iter().map(|p| (*p - view().centre).dot(d)).fold(0.0, f32::max);
        for k in 0..40 {
            let d = Vec2::angled(k as f32 * 0.157);
            // The support of the ellipsoid in a direction of the screen: ‖Sᵀ d‖.
            let across = e.axes.iter().zip(e.lengths).map(|(axis, l)| {
                let q = view().turn(*axis);
                (l / 2.0 * 80.0 * (q[0] * f64::from(d.x) - q[1] * f64::from(d.y))).powi(2)
            });
            let want = across.sum::<f64>().sqrt() as f32;
            assert!((reach(d) - want).abs() < 0.2, "{k}: {} {want}", reach(d));
        }
    }

    #[test]
    fn extreme_tensors_stay_on_the_plate() {
        for t in [[0.0; 9], [1e9; 9], [1e-30; 9], [-3.0; 9]] {
            let e = Ellipsoid::of(&t).unwrap();
            let points = e.outline(&view(), 3.0);
            assert!(points.iter().all(|p| (*p - view().centre).length() < 86.0), "{t:?}");
            assert!(e.circle(&view(), 0, 1).iter().flatten().all(|p| p.is_finite()));
        }
        assert_eq!(Ellipsoid::of(&[f64::NAN; 9]), None);
        assert_eq!(Ellipsoid::of(&[1.0; 4]), None);
    }
}
