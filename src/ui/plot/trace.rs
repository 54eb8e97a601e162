//! Lines of a plot: thinning to the pixels there are, and dashes that run on over vertices.

use eframe::egui::{Pos2, pos2};

/// Keeps at most the first, lowest, highest and last point of every pixel column, in order.
pub fn thin(points: Vec<Pos2>) -> Vec<Pos2> {
    if points.len() < 4 {
        return points;
    }
    let mut out = Vec::with_capacity(points.len());
    for column in points.chunk_by(|a, b| a.x.floor() == b.x.floor()) {
        if column.len() <= 4 {
            out.extend_from_slice(column);
            continue;
        }
        let by_y = |a: &usize, b: &usize| column[*a].y.total_cmp(&column[*b].y);
        let low = (0..column.len()).min_by(by_y).unwrap_or(0);
        let high = (0..column.len()).max_by(by_y).unwrap_or(0);
        let mut keep = [0, low.min(high), low.max(high), column.len() - 1].to_vec();
        keep.dedup();
        out.extend(keep.into_iter().map(|i| column[i]));
    }
    out
}

/// No line of a plot is that long, in points.
const ENDLESS: f32 = 1e5;

/// Cuts a polyline into dashes of length `on` with gaps of `off`; a dash bends where the line does.
pub fn dashes(points: &[Pos2], on: f32, off: f32) -> Vec<Vec<Pos2>> {
    let mut out = Vec::new();
    let (mut drawing, mut left) = (true, on);
    let Some(first) = points.first() else { return out };
    let mut dash = vec![*first];
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let length = from.distance(to);
            // Dashes are counted out: along a line of endless length that would never end.
            if length.is_nan() || length > ENDLESS {
                dash = vec![to];
                break;
            }
            if length < left {
                left -= length;
                break;
            }
            let end = if length > 0.0 { from + (to - from) * (left / length) } else { to };
            if drawing {
                dash.push(end);
                out.push(std::mem::take(&mut dash));
            } else {
                dash = vec![end];
            }
            drawing = !drawing;
            left = if drawing { on } else { off };
            from = end;
            if on + off <= 0.0 {
                return out;
            }
        }
        if drawing {
            dash.push(to);
        }
    }
    if drawing && dash.iter().any(|p| Some(p) != dash.first()) {
        out.push(dash);
    }
    out
}

/// Splits points at the gaps between them.
pub fn runs(points: impl Iterator<Item = Option<(f32, f32)>>) -> Vec<Vec<Pos2>> {
    let mut out: Vec<Vec<Pos2>> = vec![Vec::new()];
    for point in points {
        match (point, out.last_mut()) {
            (Some((x, y)), Some(run)) => run.push(pos2(x, y)),
            _ => out.push(Vec::new()),
        }
    }
    out.retain(|run| !run.is_empty());
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use proptest::prelude::*;

    fn length(line: &[Pos2]) -> f32 {
        line.windows(2).map(|p| p[0].distance(p[1])).sum()
    }

    #[test]
    fn dashes_do_not_restart_at_vertices() {
        // Steps of one pixel, as a smooth curve has them.
        let line: Vec<Pos2> = (0..=90).map(|i| pos2(i as f32, 0.0)).collect();
        let cut = dashes(&line, 5.0, 4.0);
        assert_eq!(cut.len(), 10);
        for (i, dash) in cut.iter().enumerate() {
            assert!((dash[0].x - 9.0 * i as f32).abs() < 1e-3);
            assert!((length(dash) - 5.0).abs() < 1e-3);
        }
    }

    #[test]
    fn a_line_without_end_comes_to_an_end() {
        for y in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX] {
            let line = [pos2(0.0, 0.0), pos2(20.0, 0.0), pos2(30.0, y), pos2(40.0, 0.0), pos2(60.0, 0.0)];
            let cut = dashes(&line, 5.0, 4.0);
            assert!((4..9).contains(&cut.len()), "{y}: {cut:?}");
            assert!(cut.iter().flatten().filter(|p| !p.is_finite()).count() <= 2, "{y}: {cut:?}");
        }
    }

    #[test]
    fn a_dash_bends_with_the_line() {
        let cut = dashes(&[pos2(0.0, 0.0), pos2(3.0, 0.0), pos2(3.0, 10.0)], 5.0, 4.0);
        assert_eq!(cut[0], [pos2(0.0, 0.0), pos2(3.0, 0.0), pos2(3.0, 2.0)]);
    }

    #[test]
    fn gaps_split_a_line() {
        let points = [Some((0.0, 0.0)), Some((1.0, 0.0)), None, None, Some((3.0, 1.0))];
        let cut = runs(points.into_iter());
        assert_eq!(cut.len(), 2);
        assert_eq!(cut[1], [pos2(3.0, 1.0)]);
    }

    proptest! {
        #[test]
        fn dashes_keep_their_share(ys in prop::collection::vec(-20.0..20.0_f32, 2..60)) {
            let line: Vec<Pos2> = ys.iter().enumerate().map(|(i, y)| pos2(i as f32 * 2.0, *y)).collect();
            let drawn: f32 = dashes(&line, 5.0, 4.0).iter().map(|dash| length(dash)).sum();
            prop_assert!((drawn - length(&line) * 5.0 / 9.0).abs() < 5.0);
        }

        #[test]
        fn thinning_keeps_ends_and_extremes(ys in prop::collection::vec(-20.0..20.0_f32, 1..400)) {
            let line: Vec<Pos2> = ys.iter().enumerate().map(|(i, y)| pos2(i as f32 * 0.07, *y)).collect();
            let short = thin(line.clone());
            let top = |l: &[Pos2]| l.iter().map(|p| p.y).fold(f32::NEG_INFINITY, f32::max);
            let bottom = |l: &[Pos2]| l.iter().map(|p| p.y).fold(f32::INFINITY, f32::min);
            prop_assert_eq!(short.first(), line.first());
            prop_assert_eq!(short.last(), line.last());
            prop_assert_eq!(top(&short), top(&line));
            prop_assert_eq!(bottom(&short), bottom(&line));
            prop_assert!(short.windows(2).all(|p| p[0].x <= p[1].x));
        }
    }
}
