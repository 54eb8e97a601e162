//! `haar`: random elements of a group by Haar measure.

use std::io::{self, Write};

use serde_json::json;

use super::group::GroupArguments;
use super::matrix::{number, print};
use super::{BAD_INPUT, DONE};
use crate::maths::haar::{Draw, HaarLaw, Truncation};
use crate::maths::rng::Rng;

/// Most numbers in one answer: about 200 MB of text.
const MOST_ENTRIES: u64 = 10_000_000;

/// Draw random elements of a group by Haar measure
///
/// Uniform on compact groups, weighted and cut off on others. A group given by generators must be finite or compact.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    #[command(flatten)]
    which: GroupArguments,
    /// How many elements
    #[arg(long, default_value = "5", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    samples: u32,
    /// Seed of the draws
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Where groups that are not compact are cut off: largest rapidity, |log s| or ‖X‖ of exp(X) k
    #[arg(long, default_value_t = Truncation::default().radius)]
    radius: f64,
    /// Largest component of a translation
    #[arg(long, default_value_t = Truncation::default().translation)]
    translation: f64,
}

/// Draws and prints; says on `err` what is wrong with the arguments.
pub fn run(arguments: &Arguments, json: bool, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let truncation = Truncation { radius: arguments.radius, translation: arguments.translation };
    let prepared = arguments.which.read().and_then(|group| {
        let law = HaarLaw::new(&group, truncation).map_err(|e| e.to_string())?;
        Ok((group, law))
    });
    let (group, law) = match prepared {
        Ok(prepared) => prepared,
        Err(message) => {
            writeln!(err, "error: {message}")?;
            return Ok(BAD_INPUT);
        }
    };
    let entries = u64::from(arguments.samples) * (group.dim() as u64).pow(2);
    if entries > MOST_ENTRIES {
        writeln!(
            err,
            "error: {} matrices of {n} × {n} have {entries} entries; at most {MOST_ENTRIES} are printed",
            arguments.samples,
            n = group.dim()
        )?;
        return Ok(BAD_INPUT);
    }
    let mut rng = Rng::new(arguments.seed, 0);
    let draws: Vec<Draw> = (0..arguments.samples).map(|_| law.draw(&mut rng)).collect();
    if json {
        let samples: Vec<Vec<Vec<f64>>> = draws.iter().map(|d| d.element.to_rows()).collect();
        let weights: Option<Vec<f64>> = law.weighted().then(|| draws.iter().map(|d| d.log_weight).collect());
        let answer = json!({
            "group": group.name(),
            "measure": law.measure(),
            "samples": samples,
            "log_weights": weights,
        });
        writeln!(out, "{answer}")?;
        return Ok(DONE);
    }
    writeln!(out, "{} · {}", group.pretty(), law.measure())?;
    for draw in &draws {
        writeln!(out)?;
        if law.weighted() {
            writeln!(out, "log weight {}", number(draw.log_weight))?;
        }
        print(&draw.element, out)?;
    }
    Ok(DONE)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::super::tests::call;
    use super::super::{BAD_INPUT, DONE, Outcome};
    use serde_json::Value;

    fn json(line: &str) -> Value {
        let (outcome, out, err) = call(line);
        assert_eq!((outcome, err.as_str()), (Outcome::Exit(DONE), ""), "{line}");
        serde_json::from_str(&out).unwrap()
    }

    #[test]
    fn samples_have_the_form_that_is_written_down() {
        let answer = json("haar --group SO⁺(1,3) --samples 3 --seed 7 --json");
        assert_eq!(answer["group"], "SO+(1,3)");
        assert!(answer["measure"].as_str().unwrap().contains("rapidity ≤ 2"));
        let samples = answer["samples"].as_array().unwrap();
        assert_eq!((samples.len(), answer["log_weights"].as_array().unwrap().len()), (3, 3));
        // Printed to the last digit: the form is kept to rounding.
        let at = |i: usize| samples[0][i][0].as_f64().unwrap();
        let form = at(0).powi(2) - at(1).powi(2) - at(2).powi(2) - at(3).powi(2);
        assert!((form - 1.0).abs() < 1e-12, "{form}");
        assert_eq!(answer, json("haar --group SO+(1,3) --samples 3 --seed 7 --json"));
        assert_ne!(answer["samples"], json("haar --group SO+(1,3) --samples 3 --seed 8 --json")["samples"]);
        let even = json("haar --group S(3)xC(4) --samples 2 --json");
        assert_eq!((even["group"].as_str(), &even["log_weights"]), (Some("S(3) x C(4)"), &Value::Null));
        let wide = json("haar --group SE(2) --radius 1 --translation 40 --json");
        assert!(wide["measure"].as_str().unwrap().contains("|tᵢ| ≤ 40"));
    }

    #[test]
    fn text_is_for_the_eye() {
        let (outcome, out, _) = call("haar --group SL(2) --samples 2");
        assert_eq!(outcome, Outcome::Exit(DONE));
        assert!(out.starts_with("SL(2) · Haar measure cut off"), "{out}");
        assert_eq!((out.matches("log weight").count(), out.lines().count()), (2, 9), "{out}");
    }

    #[test]
    fn bad_groups_and_files_are_named_on_standard_error() {
        let folder = std::env::temp_dir().join(format!("equiscope-haar-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, text).unwrap();
            format!("haar --json --generators {}", path.display())
        };
        let finite = json(&file("finite.json", r#"{"name": "flip", "discrete": [[[0, 1], [1, 0]]]}"#));
        assert_eq!(
            (&finite["group"], &finite["measure"]),
            (&"flip".into(), &"uniform on the 2 elements".into())
        );
        let spin = json(&file("spin.json", r#"{"name": "spin", "lie": [[[0, -1], [1, 0]]]}"#));
        assert!(spin["measure"].as_str().unwrap().contains("products of 32"), "{spin}");
        assert_eq!((spin["samples"].as_array().unwrap().len(), &spin["log_weights"]), (5, &Value::Null));
        for (line, word) in [
            ("haar --group SO(99) --json".to_owned(), "SO(99)"),
            ("haar --group so(3)".to_owned(), "known are"),
            ("haar".to_owned(), "--group"),
            ("haar --group GL(32) --samples 1000000".to_owned(), "at most 10000000"),
            ("haar --group SO(3) --samples 0".to_owned(), "--samples"),
            ("haar --group SL(2) --radius -1".to_owned(), "-1"),
            ("haar --group SL(2) --radius=-1".to_owned(), "radius must lie"),
            ("haar --group SL(2) --radius nan".to_owned(), "radius must lie"),
            ("haar --generators /no/such/file.json".to_owned(), "/no/such/file.json"),
            (file("ragged.json", r#"{"lie": [[[0, 1], [1]]]}"#), "lie[0]: row 2 has length 1"),
            (
                file(
                    "near.json",
                    r#"{"name": "tick", "discrete": [[[0, 1], [1, 0]], [[1, 1e-9], [-1e-9, 1]]]}"#,
                ),
                "discrete[1] of tick differs from the identity by 1.0e-9",
            ),
            (
                file("boosts.json", r#"{"name": "boosts", "lie": [[[0, 1], [1, 0]]]}"#),
                "no Haar law for boosts",
            ),
        ] {
            let (outcome, out, err) = call(&line);
            assert_eq!((outcome, out.as_str()), (Outcome::Exit(BAD_INPUT), ""), "{line}");
            assert!(err.contains(word), "{line}: {err}");
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
