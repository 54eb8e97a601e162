//! What moves: g on its way to where it was sent, and the factors played one after another.

use crate::labs::decompositions::element::Passing;
use crate::maths::Matrix;
use crate::viz::motion::GLIDE_SECONDS;

/// Duration of one factor, in seconds.
pub(super) const FACTOR_SECONDS: f64 = 0.6;

/// g on its way: along the one-parameter subgroup of what was multiplied on the left.
#[derive(Clone, Debug, Default)]
pub(super) struct Passage {
    from: Option<(Matrix, f64)>,
    /// Where it leads, and the way there.
    way: Option<(Matrix, Passing)>,
}

impl Passage {
    /// Begins at `time` (seconds) from what is shown.
    pub(super) fn start(&mut self, shown: &Matrix, time: f64) {
        *self = Self { from: Some((shown.clone(), time)), way: None };
    }

    /// Ends at once, as a drag does.
    pub(super) fn stop(&mut self) {
        *self = Self::default();
    }

    /// What to show on the way to `target`; a step where motion is unwelcome.
    pub(super) fn shown(&mut self, target: &Matrix, time: f64, reduced_motion: bool) -> Matrix {
        let share = self.from.as_ref().map(|(_, start)| (time - start) / GLIDE_SECONDS);
        let there = share.filter(|t| !reduced_motion && (0.0..1.0).contains(t));
        there.and_then(|t| self.on_the_way(target, ease(t))).unwrap_or_else(|| {
            self.stop();
            target.clone()
        })
    }

    fn on_the_way(&mut self, target: &Matrix, share: f64) -> Option<Matrix> {
        let (from, _) = self.from.as_ref()?;
        if self.way.as_ref().is_none_or(|(to, _)| to != target) {
            let inverse = from.inverse().filter(|_| from.rows() == target.rows())?;
            self.way = Some((target.clone(), Passing::to(&(target * &inverse))));
        }
        let (_, way) = self.way.as_ref()?;
        Some(&way.at(share)? * from)
    }

    /// Whether another frame is needed.
    pub(super) fn moving(&self) -> bool {
        self.from.is_some()
    }
}

/// Where the playing stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moment {
    /// The tile that is acting.
    pub(super) tile: usize,
    /// How far it has come, 0 to 1.
    pub(super) share: f64,
}

/// The factors, played one after another.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Playing {
    /// At rest.
    #[default]
    No,
    /// Asked for; the clock starts with the next frame.
    Asked,
    /// Since a time in seconds.
    Since(f64),
}

impl Playing {
    /// Whether it goes on.
    pub(super) fn on(self) -> bool {
        !matches!(self, Self::No)
    }

    /// Where it stands at `time` among `tiles` factors; it ends by itself.
    pub(super) fn moment(&mut self, time: f64, tiles: usize, reduced_motion: bool) -> Option<Moment> {
        if matches!(self, Self::Asked) {
            *self = Self::Since(time);
        }
        let Self::Since(start) = *self else { return None };
        let t = ((time - start) / FACTOR_SECONDS).max(0.0);
        let tile = t as usize;
        if tile >= tiles {
            *self = Self::No;
            return None;
        }
        let share = if reduced_motion { 0.0 } else { ease(t.fract()) };
        Some(Moment { tile, share })
    }
}

fn ease(t: f64) -> f64 {
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::maths::group::rotation2;

    #[test]
    fn a_passage_ends_where_it_was_sent() {
        let mut passage = Passage::default();
        let target = rotation2(1.0);
        passage.start(&Matrix::identity(2), 5.0);
        assert!(passage.shown(&target, 5.1, false).max_difference(&rotation2(0.5)) < 1e-12);
        assert_eq!(passage.shown(&target, 5.3, false), target);
        assert!(!passage.moving());
        passage.start(&Matrix::identity(2), 6.0);
        assert_eq!(passage.shown(&target, 6.0, true), target);
    }

    #[test]
    fn factors_follow_one_another_and_end() {
        let mut playing = Playing::Asked;
        assert_eq!(playing.moment(3.0, 2, false), Some(Moment { tile: 0, share: 0.0 }));
        let second = playing.moment(3.9, 2, false).unwrap();
        assert!(second.tile == 1 && (second.share - 0.5).abs() < 1e-9);
        assert_eq!(playing.moment(3.9, 2, true), Some(Moment { tile: 1, share: 0.0 }));
        assert_eq!(playing.moment(4.3, 2, false), None);
        assert!(!playing.on());
    }
}
