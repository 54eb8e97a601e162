//! Own groups as text: as a visitor types them, as a file of generators, and as they stand in the URL.

use super::own::OwnGroup;
use crate::maths::{Matrix, MatrixGroup, expr};

/// Most generators of either kind: gl(3, R) has nine.
pub const MOST: usize = 9;
/// Longest text that is read, in bytes.
pub const LONGEST: usize = 4096;
/// Name of a group that was given none.
pub const UNNAMED: &str = "own group";
/// Longest name, in characters.
const LONGEST_NAME: usize = 24;
/// Largest entry.
const LARGEST: f64 = 100.0;

/// Examples to begin with: a name, Lie generators and discrete ones, a matrix a line.
pub const EXAMPLES: [(&str, &str, &str); 6] = [
    ("Spirals", "0.25 -1; 1 0.25", ""),
    ("Rotations and mirrors", "0 -1; 1 0", "1 0; 0 -1"),
    ("Square", "", "0 -1; 1 0\n1 0; 0 -1"),
    ("Shears and scales", "0 1; 0 0\n1 0; 0 1", ""),
    ("Screws about z", "0 -1 0; 1 0 0; 0 0 0.3", ""),
    ("Heisenberg", "0 1 0; 0 0 0; 0 0 0\n0 0 0; 0 0 1; 0 0 0", ""),
];

/// A group from its two lists, each a matrix a line: entries with spaces between them, rows with semicolons. Either
/// may hold a whole file of generators instead.
///
/// # Errors
/// What is wrong and where it stands, as a sentence.
pub fn parse(name: &str, lie: &str, discrete: &str) -> Result<OwnGroup, String> {
    if lie.len() + discrete.len() > LONGEST {
        return Err(format!("This is too long: at most {LONGEST} characters are read."));
    }
    if let Some(file) = [lie, discrete].into_iter().find(|text| text.trim_start().starts_with('{')) {
        let group = MatrixGroup::from_json(file).map_err(|e| sentence(&e.to_string()))?;
        return build(group.name(), group.lie().to_vec(), group.discrete().to_vec());
    }
    let list = |kind: &str, text: &str| -> Result<Vec<Matrix>, String> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        lines.map(|(i, line)| matrix(line).map_err(|e| format!("{kind}, line {}{e}", i + 1))).collect()
    };
    build(name, list("Lie generators", lie)?, list("Discrete generators", discrete)?)
}

/// A matrix as it is typed, rows between semicolons or on lines of their own.
///
/// # Errors
/// What is wrong and where it stands, as a sentence.
pub fn typed(text: &str) -> Result<Matrix, String> {
    if text.len() > LONGEST {
        return Err(format!("This is too long: at most {LONGEST} characters are read."));
    }
    let rows = text.trim().replace('\n', ";");
    matrix(&rows).map_err(|e| format!("The matrix{e}"))
}

/// One line; the error goes on after the name of the line.
fn matrix(line: &str) -> Result<Matrix, String> {
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for (i, row) in line.trim().trim_end_matches(';').split(';').enumerate() {
        let words = row.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
        let entry = |(j, word): (usize, &str)| {
            let value = word.parse().or_else(|_| expr::number(word));
            value.map_err(|e| format!(", row {}, entry {}: {e}.", i + 1, j + 1))
        };
        rows.push(words.enumerate().map(entry).collect::<Result<_, _>>()?);
    }
    let n = rows.len();
    if let Some(i) = rows.iter().position(|row| row.len() != n) {
        let (row, found) = (i + 1, rows[i].len());
        return Err(format!(
            ": the number of rows is {n}, that of entries in row {row} is {found}; it must be square."
        ));
    }
    Matrix::from_data(n, n, rows.concat()).ok_or_else(|| ": no matrix.".to_owned())
}

/// What every source has to fulfil.
fn build(name: &str, lie: Vec<Matrix>, discrete: Vec<Matrix>) -> Result<OwnGroup, String> {
    let kinds = [("Lie", &lie), ("discrete", &discrete)];
    let all =
        || kinds.iter().flat_map(|(kind, list)| list.iter().enumerate().map(move |(i, m)| (*kind, i, m)));
    let Some((_, _, first)) = all().next() else {
        return Err("No generator yet: type a matrix, such as 0 -1; 1 0.".to_owned());
    };
    let n = first.rows();
    for (kind, list) in kinds {
        if list.len() > MOST {
            return Err(format!("{} {kind} generators; {MOST} are the most here.", list.len()));
        }
    }
    for (kind, i, m) in all() {
        let which = format!("The {kind} generator {}", i + 1);
        if !(2..=3).contains(&m.rows()) {
            return Err(format!("{which} is {0} × {0}; here they are 2 × 2 or 3 × 3.", m.rows()));
        }
        if m.rows() != n {
            return Err(format!("{which} is {0} × {0} and the first one {n} × {n}.", m.rows()));
        }
        if let Some(v) = m.data().iter().find(|v| v.is_nan() || v.abs() > LARGEST) {
            return Err(format!("{which} has the entry {v}; at most {LARGEST} is taken."));
        }
        if kind == "Lie" && m.frobenius() < 1e-6 {
            return Err(format!("{which} is zero: it moves nothing."));
        }
    }
    let name: String = name.trim().chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    let name = if name.is_empty() { UNNAMED.to_owned() } else { name };
    let group = MatrixGroup::new(name, n, lie, discrete).map_err(|e| sentence(&e.to_string()))?;
    Ok(OwnGroup::new(group))
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

/// The generators in the URL: entries with commas, rows with semicolons, matrices with underscores between them; a
/// star before the discrete ones.
pub fn write(group: &OwnGroup) -> String {
    let lie = group.matrices().lie().iter().map(text);
    let discrete = group.matrices().discrete().iter().map(|m| format!("*{}", text(m)));
    lie.chain(discrete).collect::<Vec<_>>().join("_")
}

fn text(m: &Matrix) -> String {
    super::settings::write_rows(&m.to_rows())
}

/// Matrices in the URL.
pub fn join(matrices: &[Matrix]) -> String {
    matrices.iter().map(text).collect::<Vec<_>>().join("_")
}

/// Undoes [`join`].
///
/// # Errors
/// As [`typed`].
pub fn split(text: &str) -> Result<Vec<Matrix>, String> {
    text.split('_').filter(|m| !m.is_empty()).map(typed).collect()
}

/// Undoes [`write`].
///
/// # Errors
/// As [`parse`].
pub fn read(name: &str, text: &str) -> Result<OwnGroup, String> {
    let (discrete, lie): (Vec<&str>, Vec<&str>) = text.split('_').partition(|m| m.starts_with('*'));
    let stars: Vec<&str> = discrete.iter().map(|m| m.trim_start_matches('*')).collect();
    parse(name, &lie.join("\n"), &stars.join("\n"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_example_is_a_group_and_survives_the_url() {
        for (name, lie, discrete) in EXAMPLES {
            let group = parse(name, lie, discrete).unwrap();
            assert_eq!(read(name, &write(&group)).unwrap(), group, "{name}");
        }
    }

    #[test]
    fn a_file_of_generators_is_taken_and_numbers_may_be_expressions() {
        let file = r#"{"name": "turns", "lie": [[[0, -1], [1, 0]]], "discrete": [[[1, 0], [0, -1]]]}"#;
        let group = parse("", file, "").unwrap();
        assert_eq!((group.name(), group.matrices().discrete().len()), ("turns", 1));
        let group = parse("", "", "cos(2pi/5) -sin(2pi/5); sin(2pi/5), cos(2pi/5)").unwrap();
        assert_eq!(group.matrices().elements().unwrap().len(), 5);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (lie, discrete, says) in [
            ("", "", "No generator yet"),
            ("0 -1; 1", "", "Lie generators, line 1: the number of rows is 2, that of entries in row 2 is 1"),
            ("0 -1; 1 0\n0 x; 1 0", "", "Lie generators, line 2, row 1, entry 2"),
            ("0 -1; 1 0", "1 0 0; 0 1 0; 0 0 1", "The discrete generator 1 is 3 × 3"),
            ("1", "", "1 × 1; here they are 2 × 2 or 3 × 3"),
            ("0 0; 0 0", "", "is zero"),
            ("", "1 1; 1 1", "no inverse"),
            ("0 1e9; 0 0", "", "has the entry 1000000000"),
            ("0 nan; 0 0", "", "has the entry NaN"),
            ("{\"lie\": 3}", "", "must be a list of matrices"),
            (&"0 1; 0 0\n".repeat(10), "", "10 Lie generators; 9 are the most"),
        ] {
            let said = parse("", lie, discrete).unwrap_err();
            assert!(said.contains(says), "{lie:?} {discrete:?}: {said}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(a in "[-0-9.;, \\n{}\\[\\]\":a-z]{0,60}", b in "\\PC{0,40}") {
            let _ = parse(&b, &a, &b);
            let _ = read(&a, &b);
        }
    }
}
