//! From values to pixels: logarithmic decades or a plain range.

use std::ops::RangeInclusive;

/// The vertical axis of a plot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Axis<'a> {
    /// Powers of ten around the data.
    Auto,
    /// Powers of ten from the first exponent to the second.
    Decades(i32, i32),
    /// A plain range with its labelled ticks.
    Linear {
        /// Lower and upper end.
        range: (f64, f64),
        /// Values and what is written beside them, with formulas between dollar signs.
        ticks: &'a [(f64, &'a str)],
    },
}

/// An axis whose range is known: a map to [0, 1], upwards.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    log: bool,
    /// Values and their labels with formulas between dollar signs, from below.
    pub ticks: Vec<(f64, String)>,
}

/// The most decades that an automatic axis shows: past that the small ones are rounding.
const MAX_DECADES: i32 = 18;

impl Scale {
    /// The scale of `axis` for `values`, with room for a tick every `spacing` of a height of 1.
    pub fn new(axis: Axis<'_>, values: impl Iterator<Item = f64>, spacing: f64) -> Self {
        match axis {
            Axis::Linear { range: (low, high), ticks } => Self {
                low,
                high,
                log: false,
                ticks: ticks.iter().map(|(v, label)| (*v, (*label).to_owned())).collect(),
            },
            Axis::Decades(low, high) => Self::decades(low, high, spacing),
            Axis::Auto => {
                let (low, high) = values
                    .filter(|v| *v > 0.0 && v.is_finite())
                    .map(f64::log10)
                    .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
                if low > high {
                    return Self::decades(-1, 0, spacing);
                }
                // A value that lies on a decade but for rounding does not open another one.
                let (low, high) = ((low + 1e-9).floor() as i32, (high - 1e-9).ceil() as i32);
                Self::decades(low.max(high - MAX_DECADES), high, spacing)
            }
        }
    }

    fn decades(low: i32, high: i32, spacing: f64) -> Self {
        let (low, high) = (low.min(high), if high > low { high } else { low + 1 });
        let span = high - low;
        let step = (1..=span).find(|s| f64::from(*s) / f64::from(span) >= spacing).unwrap_or(span);
        let label = |k: i32| match k {
            0 => "$1$".to_owned(),
            k => format!("$10^{{{k}}}$"),
        };
        // Ticks count from the top, so that the largest decade is always named.
        let mut ticks: Vec<(f64, String)> =
            (0..=span / step).map(|i| high - i * step).map(|k| (10_f64.powi(k), label(k))).collect();
        ticks.reverse();
        Self { low: f64::from(low), high: f64::from(high), log: true, ticks }
    }

    /// Where `value` stands, 0 at the lower end and 1 at the upper; `None` where there is nothing to draw.
    ///
    /// On a log axis what is zero, negative or below the axis stands on its lower end.
    pub fn place(&self, value: f64) -> Option<f64> {
        if value.is_nan() || self.high <= self.low {
            return None;
        }
        let v = if !self.log {
            value
        } else if value <= 0.0 {
            self.low
        } else {
            value.log10().max(self.low)
        };
        // A little beyond the ends is drawn and clipped, infinity is not a coordinate.
        Some(((v - self.low) / (self.high - self.low)).clamp(-0.2, 1.2))
    }
}

/// Linear interpolation of `points` (sorted by x) at `x`, in log y where both sides are positive; `None` outside or
/// in a gap.
pub fn at(points: &[[f64; 2]], x: f64) -> Option<f64> {
    let right = points.partition_point(|p| p[0] < x);
    let b = points.get(right)?;
    if b[0] == x {
        return (!b[1].is_nan()).then_some(b[1]);
    }
    let a = points.get(right.checked_sub(1)?)?;
    let t = (x - a[0]) / (b[0] - a[0]);
    let y = if a[1] > 0.0 && b[1] > 0.0 {
        (a[1].ln() * (1.0 - t) + b[1].ln() * t).exp()
    } else {
        a[1] * (1.0 - t) + b[1] * t
    };
    (!y.is_nan()).then_some(y)
}

/// Position of `x` in `range`, 0 to 1.
pub fn fraction(x: f64, range: &RangeInclusive<f64>) -> f64 {
    let span = range.end() - range.start();
    if span == 0.0 { 0.0 } else { (x - range.start()) / span }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn labels(scale: &Scale) -> Vec<&str> {
        scale.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn decades_cover_the_data() {
        let scale = Scale::new(Axis::Auto, [3e-4, 0.7, f64::NAN, 0.0, -1.0].into_iter(), 0.1);
        assert_eq!(labels(&scale), ["$10^{-4}$", "$10^{-3}$", "$10^{-2}$", "$10^{-1}$", "$1$"]);
        assert_eq!(scale.place(1.0), Some(1.0));
        assert!((scale.place(1e-4).unwrap()).abs() < 1e-12);
        let one = Scale::new(Axis::Auto, [0.1].into_iter(), 0.1);
        assert_eq!(labels(&one), ["$10^{-1}$", "$1$"]);
        let none = Scale::new(Axis::Auto, std::iter::empty(), 0.1);
        assert_eq!(labels(&none), ["$10^{-1}$", "$1$"]);
    }

    #[test]
    fn crowded_decades_are_thinned_and_keep_the_top() {
        let scale = Scale::new(Axis::Decades(-8, 0), std::iter::empty(), 0.2);
        assert_eq!(labels(&scale), ["$10^{-8}$", "$10^{-6}$", "$10^{-4}$", "$10^{-2}$", "$1$"]);
    }

    #[test]
    fn what_a_log_axis_cannot_show_stands_on_its_end_or_leaves_a_gap() {
        let scale = Scale::new(Axis::Decades(-4, 0), std::iter::empty(), 0.1);
        assert_eq!(scale.place(0.0), Some(0.0));
        assert_eq!(scale.place(-3.0), Some(0.0));
        assert_eq!(scale.place(1e-30), Some(0.0));
        assert_eq!(scale.place(f64::NAN), None);
        assert_eq!(scale.place(f64::INFINITY), Some(1.2));
    }

    #[test]
    fn interpolation_is_in_log_y() {
        let points = [[0.0, 1e-4], [2.0, 1e-2], [3.0, f64::NAN]];
        assert!((at(&points, 1.0).unwrap() - 1e-3).abs() < 1e-12);
        assert_eq!(at(&points, 2.0), Some(1e-2));
        assert_eq!(at(&points, 2.5), None);
        assert_eq!(at(&points, -1.0), None);
        assert_eq!(at(&points, 9.0), None);
    }
}
