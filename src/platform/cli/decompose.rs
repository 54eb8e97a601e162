//! `equiscope decompose KIND --matrix …`: a matrix as a product or a sum of simpler ones.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::{BAD_INPUT, DONE, matrix};
use crate::maths::Matrix;
use crate::maths::decompose::{
    Composition, Decomposition, EULER, KINDS, Kind, Parameter, decompose, euler_angles,
};
use crate::maths::rotation::Order;

/// The arguments of `decompose`.
#[derive(clap::Args, Debug)]
#[command(after_long_help = kinds_help())]
pub struct Args {
    /// How to take the matrix apart; --help describes every kind
    #[arg(value_parser = |text: &str| text.parse::<Kind>())]
    kind: Kind,
    /// The matrix as JSON, row by row, '[[1,2],[3,4]]'; - reads it from standard input
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    matrix: String,
    /// For the kind euler, the axes of the three turns: xyx xzx yxy yzy zxz zyz xyz xzy yxz yzx zxy zyx [default: zyz]
    #[arg(long, value_name = "ABC")]
    order: Option<Order>,
}

/// Every kind with its factors and its convention.
fn kinds_help() -> String {
    let mut text = String::from("Kinds, their factors in order of multiplication, and their conventions:\n");
    for kind in KINDS {
        let sign = match kind.composition {
            Composition::Product => " · ",
            Composition::Sum => " + ",
        };
        let convention = wrap(kind.convention, 100);
        text += &format!(
            "\n  {} = {}\n      {}\n",
            kind.name,
            kind.factors.join(sign),
            convention.join("\n      ")
        );
    }
    text + "\nA decomposition that does not exist has factors null, and the reason among the warnings."
}

/// Lines of at most `width` characters, broken between words.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            let gap = if lines[last].is_empty() { "" } else { " " };
            lines[last] += &format!("{gap}{word}");
        }
    }
    lines
}

/// Does what the arguments say; the exit code.
///
/// # Errors
/// The output is gone.
pub fn run(args: &Args, as_json: bool, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let found = matrix::square_argument(&args.matrix).and_then(|m| taken(args, &m).map(|found| (m, found)));
    match found {
        Err(message) => {
            writeln!(err, "error: {message}")?;
            Ok(BAD_INPUT)
        }
        Ok((m, found)) if as_json => {
            writeln!(out, "{}", to_json(args.kind, &found, &m))?;
            Ok(DONE)
        }
        Ok((m, found)) => print(args.kind, &found, &m, out).map(|()| DONE),
    }
}

fn taken(args: &Args, m: &Matrix) -> Result<Decomposition, String> {
    let found = match args.order {
        None => decompose(args.kind, m),
        Some(order) if args.kind == EULER => euler_angles(order, m),
        Some(_) => return Err(format!("--order belongs to the kind euler, not to {}", args.kind)),
    };
    found.map_err(|error| error.to_string())
}

fn to_json(kind: Kind, found: &Decomposition, m: &Matrix) -> Value {
    let factor =
        |f: &crate::maths::decompose::Factor| json!({"name": f.name, "matrix": matrix::json(&f.matrix)});
    let parameters: Map<String, Value> =
        found.parameters.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    json!({
        "kind": kind.name,
        "composition": found.composition,
        "factors": found.factors.as_ref().map(|all| all.iter().map(factor).collect::<Vec<_>>()),
        "residual": found.residual(m),
        "parameters": parameters,
        "warnings": found.warnings,
    })
}

fn print(kind: Kind, found: &Decomposition, m: &Matrix, out: &mut dyn Write) -> io::Result<()> {
    match &found.factors {
        None => writeln!(out, "{kind}: none")?,
        Some(factors) => {
            let sign = if found.composition == Composition::Sum { " + " } else { " · " };
            let names: Vec<&str> = factors.iter().map(|f| f.name).collect();
            writeln!(out, "{kind} = {}", names.join(sign))?;
            for factor in factors {
                writeln!(out, "{}", factor.name)?;
                matrix::print(&factor.matrix, out)?;
            }
        }
    }
    for (name, value) in &found.parameters {
        let text = match value {
            Parameter::Number(x) => matrix::number(*x),
            Parameter::List(list) => list.iter().map(|x| matrix::number(*x)).collect::<Vec<_>>().join("  "),
        };
        writeln!(out, "{name}: {text}")?;
    }
    if let Some(residual) = found.residual(m) {
        writeln!(out, "residual: {residual:.1e}")?;
    }
    for warning in &found.warnings {
        writeln!(out, "note: {warning}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use clap::Parser;

    #[derive(Parser, Debug)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn call(words: &[&str], as_json: bool) -> (u8, String, String) {
        let line = Line::try_parse_from(std::iter::once("decompose").chain(words.iter().copied())).unwrap();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(&line.args, as_json, &mut out, &mut err).unwrap();
        (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    #[test]
    fn json_has_the_form_of_the_contract() {
        let (code, out, err) = call(&["polar", "--matrix", "[[0,-2],[3,0]]"], true);
        assert_eq!((code, err.as_str()), (DONE, ""));
        let value: Value = serde_json::from_str(&out).unwrap();
        let keys: Vec<&String> = value.as_object().unwrap().keys().collect();
        assert_eq!(keys.len(), 6);
        assert_eq!((&value["kind"], &value["composition"]), (&json!("polar"), &json!("product")));
        assert_eq!(value["factors"][0], json!({"name": "rotation", "matrix": [[0.0, -1.0], [1.0, 0.0]]}));
        assert_eq!(value["factors"][1], json!({"name": "stretch", "matrix": [[3.0, 0.0], [0.0, 2.0]]}));
        assert_eq!(value["residual"], json!(0.0));
        assert_eq!(value["parameters"]["singular_values"], json!([3.0, 2.0]));
        assert_eq!(value["parameters"]["angle"], json!(std::f64::consts::FRAC_PI_2));
        assert_eq!(value["warnings"], json!([]));
        let (_, out, _) = call(&["jordan-chevalley", "--matrix", "[[1,1],[0,1]]"], true);
        assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["composition"], json!("sum"));
    }

    #[test]
    fn what_does_not_exist_is_null_with_a_reason_and_exit_code_0() {
        let (code, out, _) = call(&["ldu", "--matrix", "[[0,1],[1,0]]"], true);
        let value: Value = serde_json::from_str(&out).unwrap();
        assert_eq!((code, &value["factors"], &value["residual"]), (DONE, &Value::Null, &Value::Null));
        assert!(value["warnings"][0].as_str().unwrap().contains("leading minor of order 1 vanishes"));
        let (code, out, _) = call(&["ldu", "--matrix", "[[0,1],[1,0]]"], false);
        assert!(code == DONE && out.starts_with("ldu: none\nnote: the leading minor"), "{out}");
    }

    #[test]
    fn bad_matrices_are_exit_code_2_with_nothing_on_standard_output() {
        for (matrix, words) in [
            ("[[1,2],[3]]", "row 2"),
            ("[[1,2,3],[4,5,6]]", "square"),
            ("[]", "empty"),
            ("-1", "array of rows"),
            ("[[1,NaN],[0,1]]", "NaN"),
        ] {
            let (code, out, err) = call(&["qr", "--matrix", matrix], true);
            assert_eq!((code, out.as_str()), (BAD_INPUT, ""), "{matrix}");
            assert!(err.starts_with("error: ") && err.contains(words), "{matrix}: {err}");
        }
        let largest = "[[1.7e308,1.7e308],[1.7e308,1.7e308]]";
        assert_eq!(call(&["kak", "--matrix", largest], true).0, BAD_INPUT);
        let error = Line::try_parse_from(["decompose", "svd", "--matrix", "[[1]]"]).unwrap_err();
        assert_eq!(error.exit_code(), i32::from(BAD_INPUT));
        assert!(error.to_string().contains("kak"), "{error}");
    }

    #[test]
    fn text_shows_factors_parameters_and_notes() {
        let (code, out, _) = call(&["qr", "--matrix", "[[0,1],[1,0]]"], false);
        assert_eq!(code, DONE);
        let expected = "qr = rotation · triangular\nrotation\n  0  1\n  1  0\ntriangular\n  1  0\n  0  1\nresidual: 0.0e0\n\
                        note: the factor rotation is a reflection (determinant −1)\n";
        assert_eq!(out, expected);
    }

    #[test]
    fn every_order_of_euler_angles_is_reached() {
        // The turn by 90° about x, then about y: R_y R_x.
        let m = "[[0,1,0],[0,0,-1],[-1,0,0]]";
        let angles = |words: &[&str]| {
            let (code, out, err) = call(&[&["euler", "--matrix", m], words].concat(), true);
            assert_eq!((code, err.as_str()), (DONE, ""), "{words:?}");
            let value: Value = serde_json::from_str(&out).unwrap();
            assert!(value["residual"].as_f64().unwrap() < 1e-15, "{out}");
            ["alpha", "beta", "gamma"].map(|name| value["parameters"][name].as_f64().unwrap())
        };
        let near = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-15);
        let quarter = std::f64::consts::FRAC_PI_2;
        assert!(near(angles(&["--order", "yxz"]), [quarter, quarter, 0.0]));
        assert_eq!(angles(&[]), angles(&["--order", "zyz"]));
        let mut seen = Vec::new();
        for order in Order::names() {
            seen.push(angles(&["--order", &order]));
        }
        assert!(seen.windows(2).any(|pair| !near(pair[0], pair[1])));
    }

    #[test]
    fn an_order_that_does_not_exist_or_does_not_belong_is_refused() {
        let error = Line::try_parse_from(["decompose", "euler", "--matrix", "[[1]]", "--order", "xxz"]);
        let error = error.unwrap_err();
        assert_eq!(error.exit_code(), i32::from(BAD_INPUT));
        assert!(error.to_string().contains("'xxz'") && error.to_string().contains("xyz, xzy"), "{error}");
        let (code, out, err) = call(&["qr", "--matrix", "[[1]]", "--order", "xyz"], true);
        assert_eq!((code, out.as_str()), (BAD_INPUT, ""));
        assert!(err.contains("--order belongs to the kind euler, not to qr"), "{err}");
    }

    #[test]
    fn help_describes_every_kind() {
        let help = Line::try_parse_from(["decompose", "--help"]).unwrap_err().to_string();
        let words = help.split_whitespace().collect::<Vec<_>>().join(" ");
        for kind in KINDS {
            assert!(words.contains(&format!("{} = {}", kind.name, kind.factors[0])), "{}", kind.name);
            assert!(words.contains(kind.convention), "{}", kind.name);
        }
        assert!(help.lines().all(|line| line.chars().count() <= 130), "{help}");
        assert!(
            Order::names().all(|order| help.contains(&order)) && help.contains("[default: zyz]"),
            "{help}"
        );
    }
}
