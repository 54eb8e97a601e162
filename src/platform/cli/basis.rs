//! `basis`: the space of equivariant maps between two representations.

use std::io::{self, Write};

use serde_json::json;

use super::group::GroupArguments;
use super::{BAD_INPUT, DONE};
use crate::maths::MatrixGroup;
use crate::maths::basis::{EquivariantBasis, Solver};
use crate::maths::rep::Rep;

/// Largest number of entries that --basis prints.
const MAX_PRINTED: usize = 10_000_000;
/// A residual beyond this comes from the generators, not from the arithmetic.
const ROUNDED_GENERATORS: f64 = 1e-9;

/// Dimension, and on request an orthonormal basis, of the linear maps W with ρ₂(g) W = W ρ₁(g)
#[derive(clap::Args, Debug)]
pub struct Arguments {
    #[command(flatten)]
    which: GroupArguments,
    /// ρ₁, such as 'T0+2T1', 'T(1,1)', 'Reg', '4x0e+2x1o'; X[k] is X of the k-th factor of A x B, counted from 1:
    /// 'T1[1]*T2[2]'
    #[arg(long, value_name = "REP")]
    from: Rep,
    /// ρ₂
    #[arg(long, value_name = "REP")]
    to: Rep,
    /// Print the basis, matrices with a row for each dimension of ρ₂
    #[arg(long)]
    basis: bool,
}

/// Solves and prints; says on `err` what is wrong with the arguments.
pub fn run(arguments: &Arguments, json: bool, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let (group, basis) = match solve(arguments) {
        Ok(solved) => solved,
        Err(message) => {
            writeln!(err, "error: {message}")?;
            return Ok(BAD_INPUT);
        }
    };
    let residual = basis.worst_residual();
    if residual > ROUNDED_GENERATORS {
        writeln!(
            err,
            "warning: the basis satisfies the constraints to {residual:.1e} only; are the generators rounded?"
        )?;
    }
    if json {
        write_json(arguments, &group, &basis, out)
    } else {
        write_text(arguments, &group, &basis, out)
    }?;
    Ok(DONE)
}

fn solve(arguments: &Arguments) -> Result<(MatrixGroup, EquivariantBasis), String> {
    let group = arguments.which.read()?;
    let on = |which: &str, rep: &Rep| rep.on(&group).map(drop).map_err(|e| format!("{which}: {e}"));
    on("--from", &arguments.from)?;
    on("--to", &arguments.to)?;
    let basis = Solver::new(group.clone()).hom(&arguments.from, &arguments.to).map_err(|e| e.to_string())?;
    let (rows, columns) = basis.shape();
    let entries = rows.saturating_mul(columns).saturating_mul(basis.dimension());
    if arguments.basis && entries > MAX_PRINTED {
        let size = format!("{} matrices of {rows} × {columns}", basis.dimension());
        return Err(format!("--basis: {size} are more than {MAX_PRINTED} entries"));
    }
    Ok((group, basis))
}

fn write_json(
    arguments: &Arguments,
    group: &MatrixGroup,
    basis: &EquivariantBasis,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut answer = json!({
        "group": group.name(),
        "from": arguments.from.to_string(),
        "to": arguments.to.to_string(),
        "dimension": basis.dimension(),
    });
    if arguments.basis {
        answer["basis"] = basis.matrices().map(|m| json!(m.to_rows())).collect();
    }
    writeln!(out, "{answer}")
}

fn write_text(
    arguments: &Arguments,
    group: &MatrixGroup,
    basis: &EquivariantBasis,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (rows, columns) = basis.shape();
    writeln!(out, "{} · {} → {} · {rows} × {columns}", group.pretty(), arguments.from, arguments.to)?;
    writeln!(out, "dimension {}", basis.dimension())?;
    for matrix in basis.matrices().take(if arguments.basis { usize::MAX } else { 0 }) {
        writeln!(out)?;
        super::matrix::print(&matrix, out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::super::tests::call;
    use super::super::{BAD_INPUT, DONE, Outcome};
    use serde_json::{Value, json};

    fn answer(line: &str) -> Value {
        let (outcome, out, err) = call(line);
        assert_eq!((outcome, err.as_str()), (Outcome::Exit(DONE), ""), "{line}");
        serde_json::from_str(&out).unwrap()
    }

    #[test]
    fn the_answer_has_the_form_that_is_written_down() {
        let short = answer("basis --group SO+(1,3) --from T2 --to T(2,0)+T0 --json");
        assert_eq!(short, json!({ "group": "SO+(1,3)", "from": "T2", "to": "T2+T0", "dimension": 5 }));
        let full = answer("basis --group O(3) --from 1x1o --to T1+T0 --basis --json");
        let (matrix, size) = (&full["basis"][0], 1.0 / 3f64.sqrt());
        assert_eq!((full["dimension"].as_u64(), full["basis"].as_array().unwrap().len()), (Some(1), 1));
        assert_eq!((matrix.as_array().unwrap().len(), matrix[0].as_array().unwrap().len()), (4, 3));
        assert!((matrix[2][2].as_f64().unwrap() - size).abs() < 1e-13 && matrix[3][2] == 0.0);
        let none = answer("basis --group O(3) --from T1 --to T2 --basis --json");
        assert_eq!((&none["dimension"], &none["basis"]), (&json!(0), &json!([])));
    }

    #[test]
    fn for_the_eye_there_is_text() {
        let (outcome, out, _) = call("basis --group SO(2) --from T1 --to T1 --basis");
        assert_eq!(outcome, Outcome::Exit(DONE));
        assert!(out.starts_with("SO(2) · T1 → T1 · 2 × 2\ndimension 2\n\n"), "{out}");
        assert!(out.contains("0.70710678118654"), "{out}");
        let (_, out, _) = call("basis --group SO(2) --from T1 --to T1");
        assert_eq!(out.lines().count(), 2);
    }

    #[test]
    fn own_generators_are_read_from_a_file() {
        let path = std::env::temp_dir().join(format!("equiscope-basis-{}.json", std::process::id()));
        let solve = |generators: &str| {
            std::fs::write(&path, generators).unwrap();
            call(&format!("basis --generators {} --from T1 --to T1 --json", path.display()))
        };
        let (outcome, out, err) = solve(r#"{"name": "turns", "lie": [[[0, -1], [1, 0]]], "discrete": []}"#);
        assert_eq!((outcome, err.as_str()), (Outcome::Exit(DONE), ""));
        assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["dimension"], 2);
        // A turn by 120° has two invariant cubics; to seven digits they are found, to five they are doubtful.
        let cubics = |sine: &str| {
            std::fs::write(&path, format!(r#"{{"discrete": [[[-0.5, -{sine}], [{sine}, -0.5]]]}}"#)).unwrap();
            call(&format!("basis --generators {} --from T0 --to T3 --json", path.display()))
        };
        let (outcome, out, err) = cubics("0.8660254037844386");
        assert_eq!((outcome, err.as_str()), (Outcome::Exit(DONE), ""));
        assert!(out.contains("\"dimension\":2"), "{out}");
        let (outcome, out, err) = cubics("0.8660254");
        assert!(outcome == Outcome::Exit(DONE) && out.contains("\"dimension\":2"), "{out}{err}");
        assert!(err.starts_with("warning: "), "{err}");
        let (outcome, out, err) = cubics("0.86603");
        assert_eq!((outcome, out.as_str()), (Outcome::Exit(BAD_INPUT), ""));
        assert!(err.contains("the dimension is not clear"), "{err}");
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn what_is_wrong_is_said_on_standard_error() {
        for (line, words) in [
            ("--group O(3) --from T1", vec!["--to"]),
            ("--from T1 --to T1", vec!["--group"]),
            ("--group Q(3) --from T1 --to T1", vec!["Q(3)"]),
            ("--group O(3) --from T1+ --to T1", vec!["--from", "character 4"]),
            ("--group O(3) --from T1 --to 1x1", vec!["--to", "letter"]),
            ("--group SO(3) --from Reg --to T1", vec!["--from", "finite"]),
            ("--group SO(3) --from T1 --to T1[2]", vec!["--to", "T1[2] on SO(3)", "from 1 to 1"]),
            ("--group SO(3) --from T9 --to T9", vec!["too large", "T9"]),
            ("--group SO(3) --from 3000T1 --to 3000T1 --basis", vec!["--basis", "9000 × 9000"]),
            ("--generators /no/such/file --from T1 --to T1", vec!["/no/such/file"]),
        ] {
            let (outcome, out, err) = call(&format!("basis {line} --json"));
            assert_eq!((outcome, out.as_str()), (Outcome::Exit(BAD_INPUT), ""), "{line}");
            for word in words {
                assert!(err.contains(word), "{line}: {err}");
            }
        }
    }
}
