//! The linker: puts the files that `import package::index::{index_flat};` lines name in front of a shader, once each,
//! and keeps a map from lines of the result to lines of the files. Text only; no graphics.

use super::EngineError;
use super::kernels::{self, Attrs, Family, Kernel};

macro_rules! library {
    ($($name:ident,)*) => {
        /// Source of a shared file, before linking.
        pub fn library(name: &str) -> Option<&'static str> {
            match name {
                $(stringify!($name) => Some(include_str!(concat!(
                    env!("CARGO_MANIFEST_DIR"), "/shaders/lib/", stringify!($name), ".wgsl"
                ))),)*
                _ => None,
            }
        }
    };
}

library! {
    index,
    elementwise,
    rng,
    precise,
    jacobi,
    jacobi5,
    so3,
    lie,
    tree,
    axis,
    trig,
    sliding,
    warp,
    complex,
}

/// A shader in one piece.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Linked {
    /// WGSL without imports.
    pub text: String,
    /// File and line (from 1) of each line of the text.
    pub lines: Vec<(String, usize)>,
}

impl Linked {
    /// Where line `line` (from 1) of the text comes from, as `file:line`.
    pub fn locate(&self, line: usize) -> String {
        match self.lines.get(line.wrapping_sub(1)) {
            Some((file, line)) => format!("{file}:{line}"),
            None => format!("linked text, line {line}"),
        }
    }
}

/// Links a kernel of the registry in a family, specialised for its attributes.
pub fn link_kernel(kernel: &dyn Kernel, attrs: &Attrs, family: Family) -> Result<Linked, EngineError> {
    match kernels::source_in(kernel.stem(), family) {
        Some((file, text)) => link(&file, &kernel.specialise(attrs, text), &library),
        None => {
            let message = "there is no such kernel".to_owned();
            Err(EngineError::Shader { file: format!("kernels/{}.wgsl", kernel.stem()), line: 0, message })
        }
    }
}

/// Links a text; `find` gives the shared file of a name.
pub fn link(
    file: &str,
    text: &str,
    find: &dyn Fn(&str) -> Option<&'static str>,
) -> Result<Linked, EngineError> {
    let mut linked = Linked::default();
    append(file, text, find, &mut Vec::new(), &mut linked)?;
    Ok(linked)
}

/// Appends a file after what it imports; `seen` holds the names that were appended or are under way.
fn append(
    file: &str,
    text: &str,
    find: &dyn Fn(&str) -> Option<&'static str>,
    seen: &mut Vec<String>,
    linked: &mut Linked,
) -> Result<(), EngineError> {
    let mut own = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if !line.trim_start().starts_with("import ") {
            own.push((number + 1, line));
            continue;
        }
        let error =
            |message: String| EngineError::Shader { file: file.to_owned(), line: number + 1, message };
        let (name, items) = parse_import(line).map_err(error)?;
        let source = find(name).ok_or_else(|| error(format!("there is no shared file {name:?}")))?;
        if let Some(missing) = items.iter().find(|item| !defines(source, item)) {
            return Err(error(format!("lib/{name}.wgsl does not define {missing:?}")));
        }
        if !seen.iter().any(|s| s == name) {
            seen.push(name.to_owned());
            append(&format!("lib/{name}.wgsl"), source, find, seen, linked)?;
        }
    }
    for (number, line) in own {
        linked.text.push_str(line);
        linked.text.push('\n');
        linked.lines.push((file.to_owned(), number));
    }
    Ok(())
}

/// `import package::name::{a, b};` → name and items.
fn parse_import(line: &str) -> Result<(&str, Vec<&str>), String> {
    let form = || "an import reads `import package::file::{name, name};`".to_owned();
    let rest = line.trim().strip_prefix("import package::").ok_or_else(form)?;
    let (name, items) = rest.split_once("::{").ok_or_else(form)?;
    let items = items.strip_suffix("};").ok_or_else(form)?;
    let items: Vec<&str> = items.split(',').map(str::trim).filter(|i| !i.is_empty()).collect();
    if items.is_empty() { Err(form()) } else { Ok((name, items)) }
}

/// Whether a source has a function, constant or struct of this name.
fn defines(source: &str, item: &str) -> bool {
    source.lines().any(|line| {
        ["fn ", "const ", "struct "].iter().any(|keyword| {
            let name = line.trim_start().strip_prefix(keyword).and_then(|rest| rest.strip_prefix(item));
            name.is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        })
    })
}
