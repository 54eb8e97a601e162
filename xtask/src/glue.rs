//! The script between page and WASM, made short.
//!
//! wasm-bindgen writes it to be read, and joins the two by names like `__wbg_set_label_08745022b1ec7b66`: hundreds of
//! them, each in script and in WASM, with eight bytes that gzip can make nothing of. They become `i0`, `i1`, ….

use crate::shell::Outcome;
use crate::wasm;
use std::collections::HashMap;

/// Script and module that do the same together.
pub fn shorten(script: &str, module: &[u8]) -> Outcome<(String, Vec<u8>)> {
    let (module, pairs) = wasm::rename_imports(module, |i| format!("i{i}"))?;
    let mut names: HashMap<String, String> = pairs.into_iter().map(|[old, new]| (old, new)).collect();
    let (mut short, mut comment) = (String::new(), false);
    for line in script.lines().map(str::trim) {
        if line.matches('`').count() % 2 == 1 {
            return Err(
                "a string of the script goes over several lines, which cannot be told from blanks".into()
            );
        }
        comment |= line.starts_with("/**");
        if comment && line.split_once("*/").is_some_and(|(_, after)| !after.is_empty()) {
            return Err("a comment of the script has code behind it".into());
        }
        if !comment && !line.is_empty() {
            short.push_str(&renamed(line, &mut names));
            short.push('\n');
        }
        comment &= !line.ends_with("*/");
    }
    match names.keys().next() {
        Some(name) => Err(format!("{name} is imported by the WASM module, and the script has no such line")),
        None => Ok((short, module)),
    }
}

/// The line, which may be the one that gives a name its function; the name is taken from the list then.
fn renamed(line: &str, names: &mut HashMap<String, String>) -> String {
    let given = line.split_once(": ").and_then(|(name, function)| Some((names.remove(name)?, function)));
    given.map_or_else(|| line.to_owned(), |(name, function)| format!("{name}: {function}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wasm::tests::module;

    const SCRIPT: &str = "\
/**
 * What it does.
 */
function imports() {
    return {
        // `f`
        f: function(a) { return a; },
        m: memory,
        other: f,
    };
}
";

    #[test]
    fn imports_have_short_names_on_both_sides() {
        let (script, wasm) = shorten(SCRIPT, &module(&[])).unwrap();
        let expected = "\
function imports() {
return {
// `f`
i0: function(a) { return a; },
i1: memory,
other: f,
};
}
";
        assert_eq!(script, expected);
        let (_, pairs) = wasm::rename_imports(&wasm, |i| i.to_string()).unwrap();
        assert_eq!(pairs, [["i0", "0"], ["i1", "1"]].map(|pair| pair.map(String::from)));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let without = SCRIPT.replace("m: memory", "memory");
        assert!(shorten(&without, &module(&[])).unwrap_err().starts_with("m is imported"));
        assert!(shorten(&format!("{SCRIPT}`a\nb`"), &module(&[])).is_err());
        assert!(shorten(&SCRIPT.replace("*/\n", "*/ "), &module(&[])).is_err());
    }
}
