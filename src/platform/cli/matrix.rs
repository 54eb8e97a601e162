//! Matrices as arguments, `'[[1,2],[3,4]]'`, and in print.

use std::io::{self, Read, Write};

use crate::maths::Matrix;
use crate::maths::json::{Fault, matrix_of_text, square};

pub use crate::maths::json::rows as json;

/// The matrix of an argument, or what is wrong with it; `-` stands for standard input.
pub fn argument(text: &str) -> Result<Matrix, String> {
    if text.trim() != "-" {
        return parse(text);
    }
    let mut input = String::new();
    io::stdin()
        .read_to_string(&mut input)
        .map_err(|error| format!("--matrix - : standard input cannot be read: {error}"))?;
    parse(&input)
}

/// [`argument`], for what works on square matrices only.
pub fn square_argument(text: &str) -> Result<Matrix, String> {
    square(argument(text)?).map_err(named)
}

fn parse(text: &str) -> Result<Matrix, String> {
    matrix_of_text(text).map_err(named)
}

fn named(fault: Fault) -> String {
    format!("--matrix: {fault}")
}

/// Rows for the eye, columns aligned, every number to full precision.
pub fn print(m: &Matrix, out: &mut dyn Write) -> io::Result<()> {
    let cells: Vec<Vec<String>> =
        m.to_rows().iter().map(|row| row.iter().map(|x| number(*x)).collect()).collect();
    let width = |j: usize| cells.iter().map(|row| row[j].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..m.cols()).map(width).collect();
    for row in &cells {
        let line: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}")).collect();
        writeln!(out, "  {}", line.join("  "))?;
    }
    Ok(())
}

/// The shortest text that reads back as the same f64; −0 as 0.
pub fn number(x: f64) -> String {
    let x = if x == 0.0 { 0.0 } else { x };
    if x != 0.0 && !(1e-5..1e16).contains(&x.abs()) { format!("{x:e}") } else { format!("{x}") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_matrix_is_read_and_printed_to_the_last_bit() {
        let text = "[[0.1, -2.5e-300], [3, 1.7976931348623157e308]]";
        let m = square_argument(text).unwrap();
        assert_eq!(m.data(), [0.1, -2.5e-300, 3.0, f64::MAX]);
        assert_eq!(square_argument(&json(&m).to_string()).unwrap(), m);
        let mut out = Vec::new();
        print(&m, &mut out).unwrap();
        let printed = String::from_utf8(out).unwrap();
        let back: Vec<f64> = printed.split_whitespace().map(|w| w.parse().unwrap()).collect();
        assert_eq!(back, m.data());
        let lengths: Vec<usize> = printed.lines().map(str::len).collect();
        assert_eq!(lengths[0], lengths[1], "{printed}");
    }

    proptest::proptest! {
        #[test]
        fn every_finite_number_is_read_back_and_no_text_panics(
            numbers in proptest::collection::vec(proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL, 9),
            text in "[-\\[\\], 0-9a-zA-Z.]{0,40}",
        ) {
            let m = Matrix::from_data(3, 3, numbers).unwrap();
            proptest::prop_assert_eq!(square_argument(&json(&m).to_string()).unwrap(), m);
            if let Ok(m) = parse(&text) {
                proptest::prop_assert!(m.is_finite() && m.rows() > 0);
            }
        }
    }

    #[test]
    fn rectangles_are_matrices_but_not_square() {
        assert_eq!(argument("[[1,2,3],[4,5,6]]").unwrap().cols(), 3);
        assert_eq!(square_argument("[[1,2]]").unwrap_err(), "--matrix: it is 1 × 2; it must be square");
    }

    #[test]
    fn faults_are_named_with_their_place() {
        for (text, words) in [
            ("{\"a\":1}", "array of rows like [[1,2],[3,4]], not an object"),
            ("3", "not 3"),
            ("[]", "empty"),
            ("[[]]", "empty"),
            ("[1,2]", "row 1 must be an array of numbers, not 1"),
            ("[[1,2],null]", "row 2 must be an array of numbers, not null"),
            ("[[1,2],[3]]", "row 2 has length 1; the first row has length 2"),
            ("[[1,\"x\"],[3,4]]", "row 1, column 2 must be a number, not \"x\""),
            ("[[1,2],[null,4]]", "row 2, column 1 must be a number, not null"),
            ("[[1,2],[3,NaN]]", "row 2, column 2 must be a number, not NaN"),
            ("[[1,-inf],[3,4]]", "row 1, column 2 must be a number, not -inf"),
            ("[[1,2],[1e999,4]]", "1e999 exceeds the range"),
            ("[[1,2],[3,4]", "not JSON"),
            ("", "not JSON"),
        ] {
            let message = square_argument(text).unwrap_err();
            assert!(message.starts_with("--matrix: ") && message.contains(words), "{text}: {message}");
        }
    }
}
