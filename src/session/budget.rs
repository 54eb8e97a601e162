//! How many steps fit into one frame.

/// Milliseconds of work per frame: the interface keeps the rest of a 16 ms frame.
pub const FRAME_MS: f64 = 6.0;

/// An answer that took this many times as long as the quickest one came a frame late.
const LATE: f64 = 1.5;
/// Answers after which an estimate is made anew: what else the device does may have changed.
const STALE: u32 = 600;

/// Steps per submission, adapted to the time the last ones took.
///
/// Where the answer comes at once, that time is the cost: a half more while it is less than 60 % of the frame's
/// share, a half as many when it is more than all of it.
///
/// A device answers at the next frame at the earliest, whatever the work was: the time then says nothing until the
/// work no longer fits between two frames. So the steps grow by a half until two answers in a row are late; from
/// that the cost of a step is known, to a third, and the frame's share is filled with it. One late answer alone may
/// have any cause. From time to time the estimate is made anew. Encoding the steps takes time on this thread, which can be
/// measured, and counts against the frame's share as well.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    steps: u32,
    max: u32,
    /// The quickest answer of a device, in ms: the interval between frames.
    interval: f64,
    /// Whether the cost of a step on the device is known.
    settled: bool,
    /// Answers of the device since it was.
    age: u32,
    /// Late answers in a row.
    late: u32,
}

impl Budget {
    /// Starts at one step; never more than `max`.
    pub fn new(max: u32) -> Self {
        Self { steps: 1, max: max.max(1), interval: f64::INFINITY, settled: false, age: 0, late: 0 }
    }

    /// Steps to submit next.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// Takes note that a submission of `steps` took `ms` of computing.
    pub fn took(&mut self, steps: u32, ms: f64) {
        if ms < 0.6 * FRAME_MS {
            self.grow(steps);
        } else if ms > FRAME_MS {
            self.steps = (self.steps / 2).max(1);
        }
    }

    /// Takes note that a submission of `steps`, which took `encoding` ms on this thread, was answered by a device `ms`
    /// after its begin, in another frame.
    pub fn arrived(&mut self, steps: u32, encoding: f64, ms: f64) {
        if encoding > FRAME_MS {
            self.steps = ((f64::from(steps) * FRAME_MS / encoding) as u32).max(1);
            (self.settled, self.age, self.late) = (true, 0, 0);
            return;
        }
        self.interval = self.interval.min(ms);
        self.age += 1;
        if ms <= LATE * self.interval {
            self.late = 0;
            if !self.settled {
                if encoding < 0.6 * FRAME_MS {
                    self.grow(steps);
                }
            } else if self.age > STALE {
                *self = Self { steps: self.steps, ..Self::new(self.max) };
            }
            return;
        }
        self.late += 1;
        if self.late < 2 {
            return;
        }
        if steps == 1 {
            // It cannot be done with less: then frames are that long.
            self.interval = ms;
        }
        // The work ended on average half a frame before it was seen.
        let cost = (ms - 0.5 * self.interval) / f64::from(steps);
        let fitting = (FRAME_MS / cost).round().clamp(1.0, f64::from(self.max)) as u32;
        // A short batch of a few single steps is no reason for more.
        self.steps = fitting.min(self.steps);
        (self.settled, self.age, self.late) = (true, 0, 0);
    }

    /// A half more, unless what was submitted was less than what may be.
    fn grow(&mut self, submitted: u32) {
        if submitted >= self.steps {
            self.steps = (self.steps + self.steps.div_ceil(2)).min(self.max);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settles_inside_the_frame() {
        for per_step in [0.01, 0.3, 2.0, 50.0] {
            let mut b = Budget::new(512);
            for _ in 0..60 {
                b.took(b.steps(), f64::from(b.steps()) * per_step);
            }
            let ms = f64::from(b.steps()) * per_step;
            assert!(b.steps() == 1 || b.steps() == 512 || (2.0..=9.0).contains(&ms), "{per_step}: {ms}");
        }
    }

    /// When the answer to work of `ms` is seen, with frames of `interval`.
    fn seen(ms: f64, interval: f64) -> f64 {
        interval * (ms / interval).ceil().max(1.0)
    }

    #[test]
    fn a_device_is_filled_though_its_answers_come_with_the_frames() {
        for interval in [16.7, 6.9] {
            for per_step in [0.02, 0.1, 0.3, 1.0, 3.0, 50.0] {
                let mut b = Budget::new(512);
                let mut late = 0;
                for frame in 0..6000 {
                    let ms = f64::from(b.steps()) * per_step;
                    if frame > 40 {
                        late += u32::from(ms > interval);
                        let most = (1.5 * FRAME_MS).max(per_step);
                        let grows = !b.settled || b.steps() == 1;
                        assert!(
                            (0.5 * FRAME_MS..=most).contains(&ms) || grows || b.steps() == 512,
                            "{interval} {per_step}: {ms} in frame {frame}"
                        );
                    }
                    b.arrived(b.steps(), 0.0, seen(ms, interval));
                }
                assert!(late < 60 || per_step > interval, "{interval} {per_step}: {late} of 6000 late");
            }
        }
    }

    #[test]
    fn encoding_stays_within_the_frame_where_the_device_is_quick() {
        let mut b = Budget::new(512);
        for frame in 0..3000 {
            let (encoding, work) = (0.05 * f64::from(b.steps()), 0.01 * f64::from(b.steps()));
            assert!(frame < 40 || (0.5 * FRAME_MS..=1.5 * FRAME_MS).contains(&encoding) || !b.settled);
            assert!(encoding < 2.0 * FRAME_MS, "{encoding} in frame {frame}");
            b.arrived(b.steps(), encoding, seen(encoding + work, 16.7));
        }
    }

    #[test]
    fn a_hitch_changes_nothing_and_a_slower_display_only_for_a_while() {
        let mut b = Budget::new(512);
        (0..60).for_each(|_| b.arrived(b.steps(), 0.0, seen(0.1 * f64::from(b.steps()), 6.9)));
        let settled = b.steps();
        assert!((30..90).contains(&settled), "{settled}");
        b.arrived(settled, 0.0, 400.0);
        b.arrived(settled, 0.0, 6.9);
        assert_eq!(b.steps(), settled);
        (0..2000).for_each(|_| b.arrived(b.steps(), 0.0, seen(0.1 * f64::from(b.steps()), 33.4)));
        let ms = 0.1 * f64::from(b.steps());
        assert!((3.0..=34.0).contains(&ms), "{ms}");
    }

    #[test]
    fn single_steps_by_hand_prove_nothing() {
        let mut b = Budget::new(512);
        b.took(1, 0.1);
        let steps = b.steps();
        (0..50).for_each(|_| b.took(1, 0.1));
        (0..50).for_each(|_| b.arrived(1, 0.0, 16.7));
        assert_eq!(b.steps(), steps);
    }
}
