//! How many steps fit into one frame.

/// Milliseconds of work per frame: the interface keeps the rest of a 16 ms frame.
pub const FRAME_MS: f64 = 6.0;

/// Steps per submission, adapted to the time the last ones took: a half more while they take less than 60 % of the
/// frame's share, a half as many when they take more than all of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    steps: u32,
    max: u32,
}

impl Budget {
    /// Starts at one step; never more than `max`.
    pub fn new(max: u32) -> Self {
        Self { steps: 1, max: max.max(1) }
    }

    /// Steps to submit next.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// Takes note that the last submission took `ms`.
    pub fn took(&mut self, ms: f64) {
        if ms < 0.6 * FRAME_MS {
            self.steps = (self.steps + self.steps.div_ceil(2)).min(self.max);
        } else if ms > FRAME_MS {
            self.steps = (self.steps / 2).max(1);
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
                b.took(f64::from(b.steps()) * per_step);
            }
            let ms = f64::from(b.steps()) * per_step;
            assert!(b.steps() == 1 || b.steps() == 512 || (2.0..=9.0).contains(&ms), "{per_step}: {ms}");
        }
    }
}
