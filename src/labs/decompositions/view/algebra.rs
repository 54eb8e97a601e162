//! Sliders for the coordinates of X, exp X = g.

use super::Decompositions;
use crate::labs::decompositions::settings::{Family, MOST_RAPIDITY};
use crate::labs::lab::LabCx;
use crate::maths::Matrix;
use crate::maths::exp::exp;
use crate::maths::exp::orthogonal::hat;
use crate::maths::lorentz::generator;
use crate::ui::controls::{Kind, Slider, segmented};
use eframe::egui::Ui;
use std::f64::consts::PI;

/// The groups of coordinates of maps of space, and of SO⁺(1,3): one of them is shown at a time.
const SPACE: [(usize, &str); 3] = [(0, "Turn"), (1, "Stretch"), (2, "Slant")];
const EVENTS: [(usize, &str); 2] = [(0, "Boost"), (1, "Turn")];

/// One coordinate: X holds it times a matrix that is orthogonal to those of the others.
struct Coordinate {
    label: &'static str,
    name: &'static str,
    end: f64,
    matrix: Matrix,
    /// Which group it belongs to.
    group: usize,
}

impl Coordinate {
    fn new(label: &'static str, name: &'static str, end: f64, matrix: Matrix) -> Self {
        Self { label, name, end, matrix, group: 0 }
    }

    fn in_group(self, group: usize) -> Self {
        Self { group, ..self }
    }

    /// Its value in X.
    fn of(&self, x: &Matrix) -> f64 {
        let dot = |a: &Matrix, b: &Matrix| a.data().iter().zip(b.data()).map(|(a, b)| a * b).sum::<f64>();
        dot(&self.matrix, x) / dot(&self.matrix, &self.matrix)
    }
}

/// The groups of coordinates, none where all are shown.
pub(super) fn groups(family: Family) -> &'static [(usize, &'static str)] {
    match family {
        Family::Special3 | Family::General3 => &SPACE,
        Family::Lorentz4 => &EVENTS,
        _ => &[],
    }
}

/// The coordinates of a group's algebra.
fn coordinates(family: Family) -> Vec<Coordinate> {
    match family {
        Family::Special2 => plane(2, 3),
        Family::General2 => plane(2, 4),
        Family::Affine2 => plane(3, 6),
        Family::Special3 => space(8),
        Family::General3 => space(9),
        Family::Rotation3 => space(3),
        Family::Lorentz2 | Family::Lorentz3 | Family::Lorentz4 => events(family.size()),
        // One for each generator: see [`super::own`].
        Family::Own2 | Family::Own3 => Vec::new(),
    }
}

fn plane(n: usize, count: usize) -> Vec<Coordinate> {
    let of = |entries: &[(usize, usize, f64)]| {
        let mut m = Matrix::zeros(n, n);
        entries.iter().filter(|(i, j, _)| *i < n && *j < n).for_each(|(i, j, v)| m[(*i, *j)] = *v);
        m
    };
    let mut all = vec![
        Coordinate::new("turn", "Turn: rotation part of X", PI, of(&[(1, 0, 1.0), (0, 1, -1.0)])),
        Coordinate::new(
            "stretch ↔",
            "Stretch along the axes: diagonal part of X",
            2.0,
            of(&[(0, 0, 1.0), (1, 1, -1.0)]),
        ),
        Coordinate::new(
            "stretch ↗",
            "Stretch along the diagonal: symmetric part of X",
            2.0,
            of(&[(1, 0, 1.0), (0, 1, 1.0)]),
        ),
        Coordinate::new("scale", "Scale: half the trace of X", 1.5, of(&[(0, 0, 1.0), (1, 1, 1.0)])),
        Coordinate::new(
            "move →",
            "Move along the first axis: X's part of translation",
            4.0,
            of(&[(0, 2, 1.0)]),
        ),
        Coordinate::new(
            "move ↑",
            "Move along the second axis: X's part of translation",
            4.0,
            of(&[(1, 2, 1.0)]),
        ),
    ];
    all.truncate(count);
    all
}

fn space(count: usize) -> Vec<Coordinate> {
    let turn = |k: usize| {
        let mut w = [0.0; 3];
        w[k] = 1.0;
        hat(w)
    };
    let slant = |i: usize, j: usize| {
        let mut m = Matrix::zeros(3, 3);
        (m[(i, j)], m[(j, i)]) = (1.0, 1.0);
        m
    };
    let mut all = vec![
        Coordinate::new("turn x", "Turn about x: X's skew part", PI, turn(0)),
        Coordinate::new("turn y", "Turn about y: X's skew part", PI, turn(1)),
        Coordinate::new("turn z", "Turn about z: X's skew part", PI, turn(2)),
        Coordinate::new(
            "x against y",
            "Stretch along x and shrink along y: diagonal part of X",
            2.0,
            Matrix::diagonal(&[1.0, -1.0, 0.0]),
        )
        .in_group(1),
        Coordinate::new(
            "along z",
            "Stretch along z and shrink across it: diagonal part of X",
            2.0,
            Matrix::diagonal(&[-0.5, -0.5, 1.0]),
        )
        .in_group(1),
        Coordinate::new("slant xy", "Stretch along the diagonal of x and y", 2.0, slant(0, 1)).in_group(2),
        Coordinate::new("slant yz", "Stretch along the diagonal of y and z", 2.0, slant(1, 2)).in_group(2),
        Coordinate::new("slant zx", "Stretch along the diagonal of z and x", 2.0, slant(2, 0)).in_group(2),
        Coordinate::new("scale", "Scale: a third of the trace of X", 1.5, Matrix::identity(3)).in_group(1),
    ];
    all.truncate(count);
    all
}

/// Boosts along the axes of space and turns about them, as far as n − 1 of them have any.
fn events(n: usize) -> Vec<Coordinate> {
    const NAMES: [[(&str, &str); 3]; 2] = [
        [
            ("boost x", "Boost along x: X's symmetric part"),
            ("boost y", "Boost along y: X's symmetric part"),
            ("boost z", "Boost along z: X's symmetric part"),
        ],
        [
            ("turn x", "Turn about x: X's skew part"),
            ("turn y", "Turn about y: X's skew part"),
            ("turn z", "Turn about z: X's skew part"),
        ],
    ];
    let unit = |k: usize| {
        let mut v = [0.0; 3];
        v[k] = 1.0;
        v
    };
    let none = [0.0; 3];
    let boosts = (0..n - 1).map(|k| (NAMES[0][k], MOST_RAPIDITY, generator(unit(k), none)));
    // In the plane there is one turn, the one about what would be z.
    let first = if n == 4 { 0 } else { 2 };
    let turns = (first..3).filter(|_| n > 2).map(|k| (NAMES[1][k], PI, generator(none, unit(k))));
    boosts
        .chain(turns)
        .map(|((label, name), end, x)| {
            let group = usize::from(n == 4 && label.starts_with("turn"));
            let label = if n == 3 && label == "turn z" { "turn" } else { label };
            Coordinate::new(label, name, end, x.block(0, 0, n, n)).in_group(group)
        })
        .collect()
}

impl Decompositions {
    /// Sliders for the coordinates of X, exp X = g.
    pub(super) fn algebra_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        if self.settings.own.is_some() {
            self.own_algebra_ui(ui, cx);
            return;
        }
        let all = coordinates(self.settings.family);
        let groups = groups(self.settings.family);
        if !groups.is_empty() {
            self.algebra = self.algebra.min(groups.len() - 1);
            segmented(ui, "Part of the Lie algebra", &mut self.algebra, groups);
        }
        let before: Vec<f64> = all.iter().map(|c| c.of(&self.log)).collect();
        let mut now = before.clone();
        let reached = self.seen.element.log.is_some();
        let mut committed = false;
        for (c, value) in
            all.iter().zip(&mut now).filter(|(c, _)| groups.is_empty() || c.group == self.algebra)
        {
            let hint =
                if reached { c.name } else { "No X has exp X = g; moving this goes back to the last one" };
            let kind = if reached { Kind::Group } else { Kind::Plain };
            let slider = Slider {
                label: c.label,
                name: c.name,
                hint,
                value,
                range: -c.end..=c.end,
                log: false,
                origin: 0.0,
                decimals: 2,
                kind,
            };
            committed |= slider.show(ui).committed;
        }
        if now != before {
            let n = self.settings.family.size();
            let x = all.iter().zip(&now).fold(Matrix::zeros(n, n), |x, (c, v)| &x + &c.matrix.scaled(*v));
            if let Ok(g) = exp(&x)
                && self.drag_to(g)
            {
                self.log = x;
                ui.ctx().request_repaint();
            }
        }
        if committed {
            self.commit(cx);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::labs::decompositions::element::logarithm;
    use crate::labs::decompositions::settings::first;

    #[test]
    fn the_coordinates_of_every_algebra_make_up_its_logarithms() {
        for family in Family::ALL {
            let x = logarithm(&first(family)).unwrap();
            let n = family.size();
            let made = coordinates(family)
                .iter()
                .fold(Matrix::zeros(n, n), |made, c| &made + &c.matrix.scaled(c.of(&x)));
            assert!(made.max_difference(&x) < 1e-12, "{family:?}");
        }
    }
}
