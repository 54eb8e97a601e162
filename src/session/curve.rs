//! A loss curve that never grows beyond what a plot can show.

/// Most points kept.
const CAPACITY: usize = 4096;

/// Points (step, value). When full, neighbours are averaged in pairs, in the logarithm, so that the whole run stays
/// visible at half the resolution.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    points: Vec<(u32, f32)>,
    /// Steps that make one point.
    stride: u32,
    pending: (u32, f64),
    /// The step after the last one pushed.
    end: u32,
}

impl Default for Curve {
    fn default() -> Self {
        Self { points: Vec::new(), stride: 1, pending: (0, 0.0), end: 0 }
    }
}

impl Curve {
    /// The points, oldest first.
    pub fn points(&self) -> &[(u32, f32)] {
        &self.points
    }

    /// The latest value.
    pub fn last(&self) -> Option<f32> {
        self.points.last().map(|p| p.1)
    }

    /// Appends the loss at a step; a value that is not positive and finite is kept as it is.
    pub fn push(&mut self, step: u32, value: f32) {
        self.end = step + 1;
        self.pending.0 += 1;
        self.pending.1 += f64::from(value).ln();
        if self.pending.0 < self.stride {
            return;
        }
        let mean =
            if self.stride == 1 { value } else { (self.pending.1 / f64::from(self.pending.0)).exp() as f32 };
        self.points.push((step, mean));
        self.pending = (0, 0.0);
        if self.points.len() >= CAPACITY {
            self.points = self
                .points
                .chunks(2)
                .map(|c| match c {
                    [a, b] => (b.0, (a.1 * b.1).max(0.0).sqrt()),
                    rest => rest[0],
                })
                .collect();
            self.stride *= 2;
        }
    }

    /// Forgets this step and all that follow. A point that averages over several steps goes with the last of them;
    /// steps that have not made a point yet go too.
    pub fn truncate(&mut self, step: u32) {
        if step < self.end {
            self.points.retain(|p| p.0 < step);
            self.pending = (0, 0.0);
            self.end = step;
        }
    }

    /// Geometric mean of the values whose step lies in the range; `None` where there are none.
    pub fn mean_over(&self, steps: std::ops::RangeInclusive<u32>) -> Option<f64> {
        let v: Vec<f64> =
            self.points.iter().filter(|p| steps.contains(&p.0)).map(|p| f64::from(p.1).ln()).collect();
        (!v.is_empty()).then(|| (v.iter().sum::<f64>() / v.len() as f64).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_bounded_and_keeps_the_whole_run() {
        let mut c = Curve::default();
        for step in 0..100_000 {
            c.push(step, 0.5);
        }
        assert!(c.points().len() < CAPACITY);
        assert!(c.points()[0].0 < 100 && c.points().last().is_some_and(|p| p.0 > 99_000));
        assert!(c.points().iter().all(|p| (p.1 - 0.5).abs() < 1e-5));
    }

    #[test]
    fn a_curve_that_is_cut_goes_on_from_there() {
        for length in [10, 10_000] {
            let mut c = Curve::default();
            (0..length).for_each(|step| c.push(step, 1.0));
            c.truncate(length);
            let whole = c.clone();
            c.truncate(length + 5);
            assert_eq!(c, whole, "nothing lies behind the end");
            c.truncate(length / 2);
            assert!(c.points().iter().all(|p| p.0 < length / 2) && !c.points().is_empty());
            (length / 2..length).for_each(|step| c.push(step, 2.0));
            let steps: Vec<u32> = c.points().iter().map(|p| p.0).collect();
            assert!(steps.is_sorted_by(|a, b| a < b), "every step once");
            assert!(c.points().iter().all(|p| (p.1 - if p.0 < length / 2 { 1.0 } else { 2.0 }).abs() < 1e-5));
        }
    }
}
