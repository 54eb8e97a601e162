//! `equiscope exp --matrix …` and `equiscope log --matrix …`: exponential and real logarithm.

use std::io::{self, Write};

use serde_json::json;

use super::{BAD_INPUT, DONE, matrix};
use crate::maths::Matrix;
use crate::maths::exp::{Log, exp, log};

/// The arguments of `exp` and of `log`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The matrix as JSON, row by row, '[[1,2],[3,4]]'; - reads it from standard input
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    matrix: String,
}

/// ‖X‖ from which on a warning tells how many digits of exp X are left.
const LARGE: f64 = 1e6;

/// Prints exp X.
///
/// # Errors
/// The output is gone.
pub fn run_exp(args: &Args, as_json: bool, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    answer(args, as_json, out, err, |x| {
        let result = exp(x).map_err(|error| error.to_string())?;
        let mut warnings = Vec::new();
        if result.data().iter().all(|v| *v == 0.0) {
            warnings.push("the exponential is smaller than every f64 but 0; 0 stands for it".to_owned());
        }
        let size = x.frobenius();
        if size > LARGE {
            let error = f64::EPSILON * size;
            warnings.push(format!(
                "the matrix is large (norm {size:.1e}): the relative error may be {error:.0e}"
            ));
        }
        Ok(Log { matrix: Some(result), reachable: true, warnings })
    })
}

/// Prints log M, or that there is no real logarithm.
///
/// # Errors
/// The output is gone.
pub fn run_log(args: &Args, as_json: bool, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    answer(args, as_json, out, err, |m| log(m).map_err(|error| error.to_string()))
}

fn answer(
    args: &Args,
    as_json: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
    of: impl Fn(&Matrix) -> Result<Log, String>,
) -> io::Result<u8> {
    let found = matrix::square_argument(&args.matrix).and_then(|m| of(&m));
    let found = match found {
        Ok(found) => found,
        Err(message) => {
            writeln!(err, "error: {message}")?;
            return Ok(BAD_INPUT);
        }
    };
    if as_json {
        let object = json!({
            "matrix": found.matrix.as_ref().map(matrix::json),
            "reachable": found.reachable,
            "warnings": found.warnings,
        });
        writeln!(out, "{object}")?;
        return Ok(DONE);
    }
    match &found.matrix {
        Some(m) => matrix::print(m, out)?,
        None if found.reachable => writeln!(out, "not computed")?,
        None => writeln!(out, "none")?,
    }
    for warning in &found.warnings {
        writeln!(out, "note: {warning}")?;
    }
    Ok(DONE)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use serde_json::Value;
    use std::f64::consts::PI;

    type Run = fn(&Args, bool, &mut dyn Write, &mut dyn Write) -> io::Result<u8>;

    fn call(run: Run, text: &str, as_json: bool) -> (u8, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(&Args { matrix: text.to_owned() }, as_json, &mut out, &mut err).unwrap();
        (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    fn object(run: Run, text: &str) -> Value {
        let (code, out, err) = call(run, text, true);
        assert_eq!((code, err.as_str(), out.lines().count()), (DONE, "", 1), "{text}");
        let value: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(value.as_object().unwrap().len(), 3);
        value
    }

    #[test]
    fn exponential_and_logarithm_have_the_form_of_the_contract() {
        let value = object(run_exp, "[[0, 1], [0, 0]]");
        assert_eq!(value, json!({"matrix": [[1.0, 1.0], [0.0, 1.0]], "reachable": true, "warnings": []}));
        let value = object(run_log, "[[1, 1], [0, 1]]");
        assert_eq!(value, json!({"matrix": [[0.0, 1.0], [0.0, 0.0]], "reachable": true, "warnings": []}));
        let value = object(run_log, "[[-1, 0], [0, -1]]");
        assert_eq!(value["matrix"], json!([[0.0, -PI], [PI, 0.0]]));
        assert!(value["reachable"] == json!(true) && value["warnings"][0].as_str().unwrap().contains("many"));
    }

    #[test]
    fn no_logarithm_is_an_answer_and_not_an_error() {
        for text in
            ["[[-2,0],[0,-0.5]]", "[[-1,1],[0,-1]]", "[[0,0],[0,0]]", "[[-1]]", "[[1,0,0],[0,-1,0],[0,0,-3]]"]
        {
            let value = object(run_log, text);
            assert_eq!((&value["matrix"], &value["reachable"]), (&Value::Null, &json!(false)), "{text}");
            assert!(!value["warnings"].as_array().unwrap().is_empty());
        }
        // Invertible by the last digit of one entry: nothing can be decided, and that is said.
        let value = object(run_log, "[[1,2,3],[4,5,6],[7,8,8.999999999999998]]");
        assert_eq!((&value["matrix"], &value["reachable"]), (&Value::Null, &json!(true)));
        assert!(value["warnings"][0].as_str().unwrap().starts_with("not decided"), "{value}");
        let (code, out, err) = call(run_log, "[[-2,0],[0,-0.5]]", false);
        assert_eq!((code, err.as_str()), (DONE, ""));
        assert!(out.starts_with("none\nnote: no real logarithm"), "{out}");
    }

    #[test]
    fn what_cannot_be_done_is_named_and_leaves_with_two() {
        for run in [run_exp as Run, run_log as Run] {
            for (text, words) in [
                ("[[1,2],[3]]", "row 2"),
                ("[[1,2,3],[4,5,6]]", "2 × 3"),
                ("[[1,\"a\"],[3,4]]", "row 1, column 2"),
                ("nonsense", "not JSON"),
            ] {
                let (code, out, err) = call(run, text, true);
                assert_eq!((code, out.as_str()), (BAD_INPUT, ""), "{text}");
                assert!(err.contains(words), "{text}: {err}");
            }
        }
        let (code, out, err) = call(run_exp, "[[1000, 0], [0, 1]]", true);
        assert_eq!((code, out.as_str()), (BAD_INPUT, ""));
        assert!(err.contains("beyond the range"), "{err}");
    }

    #[test]
    fn losses_of_the_exponential_are_told() {
        let warning = |text: &str| object(run_exp, text)["warnings"][0].as_str().unwrap().to_owned();
        assert!(warning("[[-2000, 0], [0, -2000]]").contains("0 stands for it"));
        assert!(warning("[[0, -1e9], [1e9, 0]]").contains("relative error"));
    }
}
