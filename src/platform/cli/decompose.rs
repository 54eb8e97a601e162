//! `equiscope decompose KIND --matrix …`: a matrix as a product or a sum of simpler ones.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::{BAD_INPUT, DONE, matrix};
use crate::maths::Matrix;
use crate::maths::decompose::{Composition, Decomposition, KINDS, Kind, Parameter, decompose};

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
    let found = matrix::square_argument(&args.matrix)
        .map_err(|error| error.to_string())
        .and_then(|m| decompose(args.kind, &m).map(|found| (m, found)).map_err(|error| error.to_string()));
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
