//! How numbers are written on screen and on the clipboard.

/// U+2009, between thousands.
pub const THIN_SPACE: char = '\u{2009}';

/// A residual, loss or error with two significant digits, as formula markup: `0.41`, `1.3 × 10^{-7}`.
///
/// Zero is `0`; what is infinite or undefined says so.
pub fn fmt_residual(value: f64) -> String {
    if value.is_nan() {
        return "undefined".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "−∞" }.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    // Rust's own scientific printing rounds first and picks the exponent after it: 9.96 becomes 1.0e1.
    let printed = format!("{:.1e}", value.abs());
    let Some((mantissa, exponent)) = printed.split_once('e') else { return printed };
    let sign = if value < 0.0 { "−" } else { "" };
    match exponent.parse::<i32>() {
        Ok(k @ -3..=2) => {
            let rounded: f64 = printed.parse().unwrap_or(value.abs());
            let decimals = usize::try_from((1 - k).max(0)).unwrap_or(0);
            format!("{sign}{rounded:.decimals$}")
        }
        _ => format!("{sign}{mantissa} × 10^{{{exponent}}}"),
    }
}

/// A fixed number of decimals with a true minus; what rounds to zero has no sign.
pub fn fixed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return fmt_residual(value);
    }
    let printed = format!("{:.decimals$}", value.abs());
    let zero = printed.bytes().all(|b| b == b'0' || b == b'.');
    if value < 0.0 && !zero { format!("−{printed}") } else { printed }
}

/// A count with thin spaces between thousands: `1 240`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + 8);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(THIN_SPACE);
        }
        out.push(c);
    }
    out
}

/// An angle in radians, written in degrees with as few of `decimals` as it needs: `37°`, `−12.5°`.
pub fn degrees(radians: f64, decimals: usize) -> String {
    format!("{}°", shortest(radians.to_degrees(), decimals))
}

/// At most `decimals` decimals, without trailing zeros.
pub fn shortest(value: f64, decimals: usize) -> String {
    let printed = fixed(value, decimals);
    if printed.contains('.') {
        printed.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        printed
    }
}

/// A matrix as NumPy reads it, at round-trip precision: `np.array([[1.0, 0.0], [0.0, 1.0]])`.
pub fn numpy(rows: &[Vec<f64>]) -> String {
    let python = |v: &f64| match v {
        v if v.is_nan() => "np.nan".to_owned(),
        v if v.is_infinite() => if *v > 0.0 { "np.inf" } else { "-np.inf" }.to_owned(),
        v => format!("{v:?}"),
    };
    let row = |row: &Vec<f64>| format!("[{}]", row.iter().map(python).collect::<Vec<_>>().join(", "));
    format!("np.array([{}])", rows.iter().map(row).collect::<Vec<_>>().join(", "))
}

/// A matrix as LaTeX, at round-trip precision: `\begin{bmatrix} 1 & 0 \\ 0 & 1 \end{bmatrix}`.
pub fn latex(rows: &[Vec<f64>]) -> String {
    let tex = |v: &f64| match v {
        v if v.is_nan() => r"\text{NaN}".to_owned(),
        v if v.is_infinite() => if *v > 0.0 { r"\infty" } else { r"-\infty" }.to_owned(),
        v => match format!("{v:?}").split_once('e') {
            Some((mantissa, exponent)) => format!(r"{mantissa} \times 10^{{{exponent}}}"),
            None => v.to_string(),
        },
    };
    let row = |row: &Vec<f64>| row.iter().map(tex).collect::<Vec<_>>().join(" & ");
    format!(r"\begin{{bmatrix}} {} \end{{bmatrix}}", rows.iter().map(row).collect::<Vec<_>>().join(r" \\ "))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn residuals() {
        for (value, want) in [
            (1.3e-7, "1.3 × 10^{-7}"),
            (0.41, "0.41"),
            (0.413, "0.41"),
            (0.001, "0.0010"),
            (0.00099, "9.9 × 10^{-4}"),
            (0.000_999_9, "0.0010"),
            (0.996, "1.0"),
            (12.3, "12"),
            (996.0, "1.0 × 10^{3}"),
            (523.0, "520"),
            (-0.5, "−0.50"),
            (0.0, "0"),
            (-0.0, "0"),
            (f64::NAN, "undefined"),
            (f64::INFINITY, "∞"),
            (5e-324, "4.9 × 10^{-324}"),
        ] {
            assert_eq!(fmt_residual(value), want);
        }
    }

    #[test]
    fn plain_numbers() {
        assert_eq!(fixed(-0.601, 2), "−0.60");
        assert_eq!(fixed(-0.001, 2), "0.00");
        assert_eq!(shortest(37.0, 2), "37");
        assert_eq!(shortest(0.012, 4), "0.012");
        assert_eq!(shortest(100.0, 0), "100");
        assert_eq!(degrees(-0.5_f64.to_radians(), 1), "−0.5°");
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1240), "1\u{2009}240");
        assert_eq!(count(1_234_567), "1\u{2009}234\u{2009}567");
    }

    #[test]
    fn clipboard() {
        let m = vec![vec![1.0, -0.1], vec![1e-300, f64::NAN]];
        assert_eq!(numpy(&m), "np.array([[1.0, -0.1], [1e-300, np.nan]])");
        let third = 1.0 / 3.0;
        assert!(numpy(&[vec![third]]).contains(&format!("{third:?}")));
        assert_eq!(
            latex(&[vec![1.0, -0.5], vec![1e-300, 2.0]]),
            r"\begin{bmatrix} 1 & -0.5 \\ 1 \times 10^{-300} & 2 \end{bmatrix}"
        );
    }
}
