//! The group element of the lab: what the handle holds for each task, and the matrix that it means.

use super::task::Motion;
use crate::data::Task;
use crate::maths::{Coordinate, Coords, Group, Matrix};
use std::f64::consts::TAU;

/// The coordinate planes (i, j), i < j, of R⁵.
pub const PLANES: [(usize, usize); 10] =
    [(0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)];

/// Largest component of a translation.
pub const SHIFT: f64 = 2.0;

/// One element of the group of whatever task is chosen. A task reads what it needs and leaves the rest alone, so that
/// going to another task and back loses nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// O(3): axis, angle and mirror. O(1,3): rapidity of a boost and its direction in the plane 12. O(5): mirror.
    pub coords: Coords,
    /// O(5): the plane that the handle turns, an index of [`PLANES`].
    pub plane: usize,
    /// O(5): angles in all planes; g = R₁₂(θ₁₂) R₁₃(θ₁₃) … R₄₅(θ₄₅).
    pub turns: [f64; 10],
    /// O(1,3): angle of the rotation in the plane 12, which comes before the boost.
    pub turn: f64,
    /// E(3): the translation, which comes last.
    pub shift: [f64; 3],
}

impl Default for Element {
    fn default() -> Self {
        let axis = [0.45, -0.3, 0.84];
        let coords = Coords { angle: 118f64.to_radians(), axis, rapidity: 0.6, ..Coords::default() };
        let mut turns = [0.0; 10];
        turns[0] = 40f64.to_radians();
        Self { coords, plane: 0, turns, turn: 0.0, shift: [0.0; 3] }
    }
}

impl Element {
    /// The group whose handle is shown: that of the plane for O(5), that of time and the plane 12 for O(1,3).
    pub fn handle_group(task: Task, proper: bool) -> Group {
        match (task, proper) {
            (Task::O5 | Task::O5Plus, false) => Group::Orthogonal(2),
            (Task::O5 | Task::O5Plus, true) => Group::Rotation(2),
            (Task::Lorentz, _) => Group::Lorentz(2),
            (_, false) => Group::Orthogonal(3),
            (_, true) => Group::Rotation(3),
        }
    }

    /// What the handle holds.
    pub fn handle(&self, task: Task) -> Coords {
        match task {
            Task::O5 | Task::O5Plus => Coords { angle: self.turns[self.plane], ..self.coords },
            Task::Lorentz => Coords { angle: self.turn, ..self.coords },
            _ => self.coords,
        }
    }

    /// Takes what the handle holds.
    pub fn set_handle(&mut self, task: Task, coords: Coords) {
        match task {
            Task::O5 | Task::O5Plus => {
                self.turns[self.plane] = coords.angle;
                self.coords.mirror = coords.mirror;
            }
            Task::Lorentz => {
                self.turn = coords.angle;
                self.coords = Coords { angle: self.coords.angle, ..coords };
            }
            _ => self.coords = coords,
        }
    }

    /// The matrix of g on the task's base space, [D, D].
    pub fn matrix(&self, task: Task) -> Matrix {
        match task {
            Task::O5 | Task::O5Plus => self.rotor(),
            Task::Lorentz => {
                let g = Group::Lorentz(2).element(&self.handle(task));
                Matrix::from_fn(
                    4,
                    4,
                    |i, j| if i.max(j) < 3 { g[(i, j)] } else { f64::from(u8::from(i == j)) },
                )
            }
            _ => Group::Orthogonal(3).element(&self.coords),
        }
    }

    /// g on the task's vectors, with the translation where the task knows one.
    pub fn motion(&self, task: Task) -> Motion {
        let g = Motion::linear(self.matrix(task));
        if task.is_nbody() { Motion::new(g.matrix, &self.shift) } else { g }
    }

    fn rotor(&self) -> Matrix {
        let mut g = Matrix::identity(5);
        for (&(i, j), &angle) in PLANES.iter().zip(&self.turns) {
            if angle != 0.0 {
                let (s, c) = angle.sin_cos();
                let mut r = Matrix::identity(5);
                (r[(i, i)], r[(i, j)], r[(j, i)], r[(j, j)]) = (c, -s, s, c);
                g = &g * &r;
            }
        }
        if self.coords.mirror {
            let flipped = PLANES[self.plane].1;
            let mut f = Matrix::identity(5);
            f[(flipped, flipped)] = -1.0;
            g = &g * &f;
        }
        g
    }

    /// The coordinate that the orbit plot sweeps.
    pub fn swept(task: Task) -> Coordinate {
        if task == Task::Lorentz { Coordinate::Rapidity } else { Coordinate::Angle }
    }

    /// Where it runs: a full turn, or the range of the rapidity.
    pub fn range(task: Task) -> (f64, f64) {
        if task == Task::Lorentz { Coordinate::Rapidity.range() } else { (0.0, TAU) }
    }

    /// Its present value, angles in [0, 2π).
    pub fn value(&self, task: Task) -> f64 {
        let value = Self::swept(task).get(&self.handle(task));
        if task == Task::Lorentz { value } else { value.rem_euclid(TAU) }
    }

    /// The element with another value of the swept coordinate.
    pub fn with_value(&self, task: Task, value: f64) -> Self {
        let (mut out, mut coords) = (self.clone(), self.handle(task));
        Self::swept(task).set(&mut coords, value);
        out.set_handle(task, coords);
        out
    }

    /// `count` elements along the orbit, with their values.
    pub fn orbit(&self, task: Task, count: usize) -> Vec<(f64, Motion)> {
        let (low, high) = Self::range(task);
        let at = |k: usize| low + (high - low) * k as f64 / count.saturating_sub(1).max(1) as f64;
        (0..count).map(|k| (at(k), self.with_value(task, at(k)).motion(task))).collect()
    }

    /// Nothing is moved.
    pub fn at_rest(&self) -> Self {
        Self {
            coords: self.coords.at_rest(),
            plane: self.plane,
            turns: [0.0; 10],
            turn: 0.0,
            shift: [0.0; 3],
        }
    }

    /// The point at `t` in [0, 1] on the way to `other`: the handle's coordinates move along a subgroup.
    pub fn toward(&self, other: &Self, task: Task, proper: bool, t: f64) -> Self {
        let group = Self::handle_group(task, proper);
        let mut out = other.clone();
        if self.plane == other.plane {
            out.set_handle(task, self.handle(task).toward(&other.handle(task), group, t));
        }
        for (to, from) in out.shift.iter_mut().zip(self.shift) {
            *to = from + (*to - from) * t;
        }
        out
    }

    /// Every number finite and in its range.
    pub fn clamped(mut self) -> Self {
        self.coords = self.coords.clamped();
        self.plane = self.plane.min(PLANES.len() - 1);
        let within = |v: f64, most: f64| if v.is_finite() { v.clamp(-most, most) } else { 0.0 };
        self.turns = self.turns.map(|a| within(a, TAU));
        self.turn = within(self.turn, TAU);
        self.shift = self.shift.map(|v| within(v, SHIFT));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_keeps_its_form() {
        let mut e = Element::default();
        for (k, angle) in e.turns.iter_mut().enumerate() {
            *angle = 0.3 * k as f64 - 1.0;
        }
        (e.turn, e.coords.direction) = (0.8, -1.1);
        for mirror in [false, true] {
            e.coords.mirror = mirror;
            for task in Task::MAIN {
                let (g, eta) = (e.matrix(task), Matrix::diagonal(&task.metric()));
                let kept = &(&g.transpose() * &eta) * &g;
                assert!(kept.max_difference(&eta) < 1e-12, "{task:?}");
                assert_eq!(g.determinant() < 0.0, mirror && task != Task::Lorentz, "{task:?}");
                let orbit = e.orbit(task, 9);
                let nearest = orbit.iter().map(|(_, h)| h.matrix.rows()).all(|d| d == task.shapes().dim);
                assert!(nearest && orbit.len() == 9);
            }
        }
    }

    #[test]
    fn what_the_handle_holds_comes_back() {
        for task in Task::MAIN {
            let e = Element::default();
            let moved = e.with_value(task, 1.25);
            assert!((moved.value(task) - 1.25).abs() < 1e-12);
            assert!(moved.matrix(task).max_difference(&e.matrix(task)) > 0.1);
            assert!(e.at_rest().matrix(task).max_difference(&Matrix::identity(task.shapes().dim)) < 1e-15);
            let half = e.toward(&moved, task, false, 1.0);
            assert!(half.matrix(task).max_difference(&moved.matrix(task)) < 1e-12);
        }
    }
}
