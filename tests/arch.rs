//! The layering, read from the sources: which module may use which, who may name wgpu, egui and web_sys, how long a
//! file may get, and whether every kernel is complete.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Longest source file.
const MAX_LINES: usize = 500;

/// What a module may use besides itself.
const MAY_USE: &[(&str, &[&str])] = &[
    ("maths", &[]),
    ("engine", &["maths"]),
    ("nn", &["maths", "engine"]),
    ("data", &["maths", "engine"]),
    ("session", &["maths", "engine", "nn", "data"]),
    ("bench", &["maths", "engine", "nn", "data", "session"]),
    // One layer with `ui`, which holds the colours.
    ("viz", &["maths", "engine", "session", "ui"]),
    ("ui", &["maths", "engine", "session", "viz"]),
    ("labs", &["maths", "engine", "nn", "data", "session", "viz", "ui"]),
    ("app", &["maths", "engine", "nn", "data", "session", "viz", "ui", "labs"]),
    ("platform", &["maths", "engine", "nn", "data", "session", "bench", "viz", "ui", "labs", "app"]),
];

/// The top of the package, as the test runner names it: clones that share a target folder share this program.
fn root() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into()).into()
}

/// All files below a folder with an extension, as (path relative to the package, text).
fn files(folder: &str, extension: &str) -> Vec<(String, String)> {
    fn walk(dir: &Path, extension: &str, out: &mut Vec<PathBuf>) {
        let Ok(entries) = fs::read_dir(dir) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, extension, out);
            } else if path.extension().is_some_and(|e| e == extension) {
                out.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    walk(&root().join(folder), extension, &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|p| {
            let name = p.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            (name, fs::read_to_string(&p).unwrap())
        })
        .collect()
}

/// The code of a file without comments, and without its unit tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or(text);
    text.lines().map(|l| l.split("//").next().unwrap_or(l)).collect::<Vec<_>>().join("\n")
}

/// The first names of what follows `…::` in a path: one, or those of a group in braces.
fn first_names(rest: &str) -> Vec<String> {
    let word =
        |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let Some(group) = rest.trim_start().strip_prefix('{') else { return vec![word(rest)] };
    let (mut depth, mut start, mut names) = (0, 0, Vec::new());
    for (i, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(word(&group[start..i]));
                start = i + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names
}

/// Top-level modules named in the code of a file: by `crate::…`, by `equiscope::…`, and by as many `super::` as lead
/// out of the file's own top-level module, each alone or before a group in braces.
fn top_level_modules(path: &str, code: &str) -> BTreeSet<String> {
    let mut names: Vec<String> = ["crate::", "equiscope::"]
        .iter()
        .flat_map(|root| code.split(root).skip(1).flat_map(first_names).collect::<Vec<_>>())
        .collect();
    let inside = path.strip_prefix("src/").unwrap_or(path).trim_end_matches(".rs").trim_end_matches("/mod");
    // From a module so many levels down, so many steps lead to the root of the crate.
    let way_out = "super::".repeat(inside.split('/').count());
    names.extend(code.split(&way_out).skip(1).flat_map(first_names));
    names.into_iter().collect()
}

/// Violations of [`MAY_USE`] in one file.
fn violations(path: &str, text: &str) -> Vec<String> {
    let Some(module) = path.strip_prefix("src/").and_then(|p| p.split_once('/')).map(|(m, _)| m) else {
        return vec![];
    };
    let Some((_, allowed)) = MAY_USE.iter().find(|(m, _)| *m == module) else {
        return vec![format!("{path}: the module ‘{module}’ is not in the table of layers")];
    };
    top_level_modules(path, &code(text))
        .into_iter()
        .filter(|used| used != module && MAY_USE.iter().any(|(m, _)| m == used))
        .filter(|used| !allowed.contains(&used.as_str()))
        .map(|used| format!("{path}: ‘{module}’ may not use ‘{used}’"))
        .collect()
}

#[test]
fn modules_use_only_what_lies_below_them() {
    let bad: Vec<String> = files("src", "rs").iter().flat_map(|(p, t)| violations(p, t)).collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn the_check_itself_catches_an_upward_use() {
    let bad = violations("src/maths/x.rs", "use crate::engine::Plan;\n// crate::app in a comment\n");
    assert_eq!(bad, ["src/maths/x.rs: ‘maths’ may not use ‘engine’"]);
    assert_eq!(violations("src/newcomer/x.rs", "").len(), 1);
    let upward = ["src/maths/a/b.rs: ‘maths’ may not use ‘app’"];
    for text in [
        "use crate::{app, maths::Group};",
        "use crate::{\n    maths::{Group, Matrix},\n    app::{Shell, url::State},\n};",
        "use crate::{maths::{a::{b}, c}, app};",
        "use super::super::super::app::Shell;",
        "use super::super::super::{maths::Group, app};",
        "let x = super::super::super::app::url::parse();",
        "use equiscope::app::Shell;",
    ] {
        assert_eq!(violations("src/maths/a/b.rs", text), upward, "{text}");
    }
    // The same words where they lead elsewhere.
    for text in
        ["use super::super::app;", "use super::app;", "use crate::maths::app;", "use crate::{maths::{app}};"]
    {
        assert!(violations("src/maths/a/b.rs", text).is_empty(), "{text}");
    }
    assert_eq!(
        violations("src/maths/mod.rs", "use super::app;"),
        ["src/maths/mod.rs: ‘maths’ may not use ‘app’"]
    );
}

#[test]
fn labs_do_not_see_each_other() {
    let labs: Vec<String> = fs::read_dir(root().join("src/labs"))
        .unwrap()
        .flatten()
        .filter(|e| e.path().is_dir())
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    for (path, text) in files("src/labs", "rs") {
        for other in labs.iter().filter(|l| !path.starts_with(&format!("src/labs/{l}/"))) {
            let uses = code(&text).contains(&format!("labs::{other}"));
            assert!(!uses || path == "src/labs/mod.rs", "{path} uses the lab ‘{other}’");
        }
    }
}

/// Who may name a library: prefixes of paths.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("wgpu::", &["src/engine/exec/gpu/", "src/viz/", "src/platform/", "src/labs/lab.rs", "src/app/"]),
    ("egui", &["src/viz/", "src/ui/", "src/labs/", "src/app/", "src/platform/"]),
    ("web_sys", &["src/platform/", "src/app/"]),
];

#[test]
fn libraries_are_named_where_they_belong() {
    for (path, text) in files("src", "rs") {
        let code = code(&text);
        for (library, places) in MAY_NAME {
            let named = code.contains(library);
            assert!(!named || places.iter().any(|p| path.starts_with(p)), "{path} names {library}");
        }
    }
}

#[test]
fn the_models_of_labs_are_free_of_the_interface() {
    for (path, text) in files("src/labs", "rs") {
        let file = path.rsplit('/').next().unwrap_or_default();
        if !["model.rs", "settings.rs", "exhibit.rs", "probe.rs", "measure.rs", "audit.rs"].contains(&file) {
            continue;
        }
        assert!(!code(&text).contains("egui"), "{path} names egui");
    }
}

#[test]
fn files_stay_readable() {
    for folder in ["src", "lanes", "shaders", "xtask", "tests", "web"] {
        for extension in ["rs", "wgsl", "js", "mjs"] {
            for (path, text) in files(folder, extension) {
                let lines = text.lines().count();
                assert!(
                    lines <= MAX_LINES || path.contains("node_modules"),
                    "{path} has {lines} lines; {MAX_LINES} is the limit"
                );
            }
        }
    }
}

#[test]
fn every_shader_has_its_rust_file_and_its_registry_line() {
    let registry = fs::read_to_string(root().join("src/engine/kernels/mod.rs")).unwrap();
    let shaders = [files("shaders/kernels", "wgsl"), files("shaders/tiles", "wgsl")].concat();
    assert!(!shaders.is_empty());
    for (path, _) in shaders {
        let stem = path.rsplit('/').next().and_then(|f| f.strip_suffix(".wgsl")).unwrap();
        assert!(root().join(format!("src/engine/kernels/{stem}.rs")).exists(), "{path} has no Rust file");
        assert!(registry.contains(stem), "{stem} is not in the registry");
    }
}

#[test]
fn every_wgsl_variable_is_initialised() {
    // A `var` without an initialiser inside a loop is not zeroed anew by every browser.
    for (path, text) in files("shaders", "wgsl") {
        for (i, line) in text.lines().enumerate() {
            let line = line.split("//").next().unwrap_or_default().trim();
            let local = line.strip_prefix("var ").is_some();
            assert!(!local || line.contains('='), "{path}:{}: a variable without an initialiser", i + 1);
        }
    }
}
