//! Densities on an interval, by tables, and those of the stretches of random matrices.

/// Intervals of a table, and of the integrals behind it; even, for Simpson's rule.
const INTERVALS: usize = 64;
const FINE: usize = 48;

/// Bars of a histogram.
pub const BARS: usize = 24;
/// Values on the edge between two bars belong to the upper one, also where rounding left them a little below.
const EDGE: f64 = 1e-6;

/// A density of total mass 1 on an interval, linear between equally spaced points, or its mean over each of the
/// [`BARS`]: where there are values of a mass of their own, or where it has poles, that is what bars can be held to.
#[derive(Clone, Debug, PartialEq)]
pub struct Density {
    range: [f64; 2],
    values: Vec<f64>,
    steps: bool,
}

/// The mass of weighted values in each of equally wide bars from `lo` to `hi`, divided by a bar's width.
pub fn bars([lo, hi]: [f64; 2], count: usize, weighted: impl Iterator<Item = (f64, f64)>) -> Vec<f64> {
    let mut shares = vec![0.0; count];
    let mut all = 0.0;
    for (v, weight) in weighted {
        let k = ((v - lo) / (hi - lo) * count as f64 + EDGE).floor().clamp(0.0, count as f64 - 1.0);
        shares[k as usize] += weight;
        all += weight;
    }
    let unit = all * (hi - lo) / count as f64;
    shares.iter().map(|share| share / unit).collect()
}

/// The law of weighted values, bar by bar.
pub fn steps(range: [f64; 2], weighted: impl Iterator<Item = (f64, f64)>) -> Density {
    Density { range, values: bars(range, BARS, weighted), steps: true }
}

/// The density proportional to f ≥ 0 from `lo` to `hi`.
pub fn new(lo: f64, hi: f64, f: impl Fn(f64) -> f64) -> Density {
    let mut density = Density { range: [lo, hi], values: vec![1.0; INTERVALS + 1], steps: false };
    let values: Vec<f64> = (0..=INTERVALS).map(|i| f(density.point(i)).max(0.0)).collect();
    let mass = density.step() * trapezoids(&values);
    density.values = values.iter().map(|v| v / mass).collect();
    density
}

/// The uniform density.
pub fn even(lo: f64, hi: f64) -> Density {
    new(lo, hi, |_| 1.0)
}

/// The density of l₁, the largest of the lᵢ, for symmetric matrices of n = 2 or 3 rows with eigenvalues m + lᵢ in a ball
/// of that radius: without m, or with m of density e^{−cm} beside.
pub fn stretch(n: usize, radius: f64, beside: Option<f64>) -> Density {
    let most = radius * ((n as f64 - 1.0) / n as f64).sqrt();
    let rest = |left: f64| beside.map_or(1.0, |c| scales(n, left, c));
    new(0.0, most, |l| slice(n, l, radius * radius, &rest))
}

/// The density of m, e^{−cm} times the mass of the lᵢ in what is left of the ball.
pub fn scale(n: usize, radius: f64, c: f64) -> Density {
    let most = radius / (n as f64).sqrt();
    new(-most, most, |m| {
        let left = (radius * radius - n as f64 * m * m).max(0.0);
        let end = (left * (n as f64 - 1.0) / n as f64).sqrt();
        (-c * m).exp() * simpson(0.0, end, |l| whole_slice(n, l, left))
    })
}

/// ∫ e^{−cm} dm over n m² ≤ `left`.
fn scales(n: usize, left: f64, c: f64) -> f64 {
    let end = (left.max(0.0) / n as f64).sqrt();
    if c == 0.0 { 2.0 * end } else { 2.0 * (c * end).sinh() / c }
}

/// The integral of ∏ sinh(lᵢ − lⱼ) · `rest`(`square` − Σ lᵢ²) over the other lᵢ, where l₁ = l is the largest.
fn slice(n: usize, l: f64, square: f64, rest: &dyn Fn(f64) -> f64) -> f64 {
    if n == 2 {
        return (2.0 * l).sinh() * rest(square - 2.0 * l * l);
    }
    // l₂ = y from −l/2, where it meets l₃ = −l − y, to l or the end of the ball: Σ lᵢ² = 2 (l² + l y + y²).
    simpson(-0.5 * l, last(l, square), |y| {
        let product = (l - y).sinh() * (2.0 * l + y).sinh() * (l + 2.0 * y).sinh();
        product * rest(square - 2.0 * (l * l + l * y + y * y))
    })
}

/// The same with `rest` = 1, in closed form: since (l − y) + (l + 2y) = 2l + y, four times the product is
/// sinh(4l + 2y) − sinh(2l − 2y) − sinh(2l + 4y).
fn whole_slice(n: usize, l: f64, square: f64) -> f64 {
    if n == 2 {
        return (2.0 * l).sinh();
    }
    let until = |y: f64| {
        0.5 * (4.0 * l + 2.0 * y).cosh() + 0.5 * (2.0 * l - 2.0 * y).cosh()
            - 0.25 * (2.0 * l + 4.0 * y).cosh()
    };
    let (from, to) = (-0.5 * l, last(l, square));
    if to > from { 0.25 * (until(to) - until(from)) } else { 0.0 }
}

/// The largest l₂ beside l₁ = l in the ball.
fn last(l: f64, square: f64) -> f64 {
    ((0.5 * square - 0.75 * l * l).max(0.0).sqrt() - 0.5 * l).min(l)
}

/// ∫ f by Simpson's rule.
fn simpson(lo: f64, hi: f64, f: impl Fn(f64) -> f64) -> f64 {
    let h = (hi - lo) / FINE as f64;
    let inner: f64 = (1..FINE).map(|i| (2 + 2 * (i % 2)) as f64 * f(lo + h * i as f64)).sum();
    if h > 0.0 { h / 3.0 * (f(lo) + inner + f(hi)) } else { 0.0 }
}

/// ∫ in units of the step.
fn trapezoids(values: &[f64]) -> f64 {
    values.windows(2).map(|w| 0.5 * (w[0] + w[1])).sum()
}

impl Density {
    /// Where it ends.
    pub fn range(&self) -> [f64; 2] {
        self.range
    }

    /// Points of its graph.
    pub fn graph(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let last = if self.steps { 1 } else { 0 };
        let ends = move |i| [self.point(i), self.point(i + last)].into_iter().take(1 + last);
        self.values.iter().enumerate().flat_map(move |(i, v)| ends(i).map(|x| (x, *v)))
    }

    /// Its largest value.
    pub fn most(&self) -> f64 {
        self.values.iter().copied().fold(0.0, f64::max)
    }

    /// The mass below v.
    pub fn below(&self, v: f64) -> f64 {
        let place = ((v - self.range[0]) / self.step()).clamp(0.0, self.intervals() as f64);
        let (whole, part) = (place as usize, place.fract());
        if self.steps {
            let partly = self.values.get(whole).map_or(0.0, |v| part * v);
            return self.step() * (self.values[..whole].iter().sum::<f64>() + partly);
        }
        let last = if part > 0.0 {
            let [a, b] = [self.values[whole], self.values[whole + 1]];
            part * (a + 0.5 * part * (b - a))
        } else {
            0.0
        };
        self.step() * (trapezoids(&self.values[..=whole]) + last)
    }

    /// The mean of f, for a density that is linear between points.
    pub fn mean(&self, f: impl Fn(f64) -> f64) -> f64 {
        let values: Vec<f64> = self.graph().map(|(v, d)| d * f(v)).collect();
        self.step() * trapezoids(&values)
    }

    fn intervals(&self) -> usize {
        if self.steps { BARS } else { INTERVALS }
    }

    fn step(&self) -> f64 {
        (self.range[1] - self.range[0]) / self.intervals() as f64
    }

    fn point(&self, i: usize) -> f64 {
        self.range[0] + self.step() * i as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::SQRT_2;

    #[test]
    fn tables_follow_the_closed_forms_of_the_plane() {
        let r = 1.72;
        let closed = [
            (stretch(2, r * SQRT_2, None), new(0.0, r, |t| (2.0 * t).sinh())),
            (
                stretch(2, r * SQRT_2, Some(0.0)),
                new(0.0, r, |t| (2.0 * t).sinh() * (r * r - t * t).max(0.0).sqrt()),
            ),
            (
                stretch(2, r * SQRT_2, Some(2.0)),
                new(0.0, r, |t| (2.0 * t).sinh() * (2.0 * (r * r - t * t).max(0.0).sqrt()).sinh()),
            ),
            (
                scale(2, r * SQRT_2, 2.0),
                new(-r, r, |m| (-2.0 * m).exp() * ((2.0 * (r * r - m * m).max(0.0).sqrt()).cosh() - 1.0)),
            ),
        ];
        for (k, (table, exact)) in closed.iter().enumerate() {
            for ((_, a), (_, b)) in table.graph().zip(exact.graph()) {
                assert!((a - b).abs() < 1e-4 * exact.most(), "{k}: {a} {b}");
            }
        }
    }

    #[test]
    fn slices_have_a_closed_form() {
        for (l, square) in [(0.3, 4.0), (1.0, 4.0), (1.5, 4.0), (0.0, 1.0), (2.0, 5.0)] {
            let (closed, summed) = (whole_slice(3, l, square), slice(3, l, square, &|_| 1.0));
            assert!((closed - summed).abs() < 1e-4 * summed.max(1e-6), "{l} {square}: {closed} {summed}");
        }
    }

    #[test]
    fn steps_hold_the_mass_of_values_on_their_edges() {
        // 1/4 and 1/4 − ε are one value, at an edge of the bars.
        let law = steps([-3.0, 3.0], [(0.25, 1.0), (0.25 - 1e-12, 1.0), (3.0, 2.0)].into_iter());
        assert!((law.below(0.25) - 0.0).abs() < 1e-12 && (law.below(0.5) - 0.5).abs() < 1e-12);
        assert!((law.below(3.0) - 1.0).abs() < 1e-12 && law.graph().count() == 2 * BARS);
        assert_eq!(law.graph().last().map(|(v, _)| v), Some(3.0));
    }

    #[test]
    fn masses_and_means() {
        let density = new(0.0, 2.0, |v| v);
        assert!((density.below(2.0) - 1.0).abs() < 1e-12 && density.below(-1.0) == 0.0);
        assert!((density.below(1.01) - 1.01 * 1.01 / 4.0).abs() < 1e-9);
        assert!((density.mean(|v| v) - 4.0 / 3.0).abs() < 1e-3);
        assert!((even(-1.0, 3.0).most() - 0.25).abs() < 1e-15);
    }
}
