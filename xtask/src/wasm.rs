//! WASM files as bytes: their sections, the names of their functions, and functions emptied by name.

use crate::shell::Outcome;
use std::collections::BTreeMap;

/// Sections by number, as far as they are of use here.
const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;
const CODE: u8 = 10;
const DATA: u8 = 11;

/// A function that does nothing but trap: no locals, `unreachable`, `end`.
const TRAP: [u8; 3] = [0, 0x00, 0x0b];

/// A section: its number and what is in it.
struct Section<'a> {
    id: u8,
    body: &'a [u8],
}

/// Bytes in the code and data sections of a module; none when it is not one.
pub fn code_and_data(wasm: &[u8]) -> Option<(u64, u64)> {
    let sections = sections(wasm)?;
    let sum = |id| sections.iter().filter(|s| s.id == id).map(|s| s.body.len() as u64).sum();
    Some((sum(CODE), sum(DATA)))
}

/// What became of a module whose functions were emptied.
pub struct Emptied {
    /// The module.
    pub wasm: Vec<u8>,
    /// Number of functions that trap now.
    pub functions: usize,
    /// Bytes that they had.
    pub bytes: usize,
}

/// The module with a trap in place of every function whose readable name `unwanted` picks. Optimisers drop these
/// functions then, and what only they called.
pub fn empty(wasm: &[u8], mut unwanted: impl FnMut(&str) -> bool) -> Outcome<Emptied> {
    let (mut functions, mut bytes) = (0, 0);
    let wasm = replace(wasm, |name, body| {
        unwanted(name).then(|| {
            functions += 1;
            bytes += text(body).len();
            TRAP.to_vec()
        })
    })?;
    Ok(Emptied { wasm, functions, bytes })
}

/// The module with another body for every function for which `other` gives one, by its readable name and its body.
pub fn replace(wasm: &[u8], mut other: impl FnMut(&str, &[u8]) -> Option<Vec<u8>>) -> Outcome<Vec<u8>> {
    let functions = functions(wasm)?;
    let mut code = unsigned(functions.len() as u64);
    for (name, body) in functions {
        let new = if name.is_empty() { None } else { other(&name, body) };
        code.extend(text(new.as_deref().unwrap_or(body)));
    }
    let sections = sections(wasm).ok_or("not a WASM module")?;
    let body = |s: &Section<'_>| section(s.id, if s.id == CODE { &code } else { s.body });
    Ok([wasm[..8].to_vec()].into_iter().chain(sections.iter().map(body)).flatten().collect())
}

/// How many functions of a module come from outside: its own are numbered after them.
pub fn imported_functions(wasm: &[u8]) -> Outcome<u64> {
    sections(wasm)
        .as_deref()
        .and_then(imported)
        .ok_or_else(|| "imports of the WASM module are not understood".into())
}

/// The functions of a module: readable names (empty where there is none) and bodies.
pub fn functions(wasm: &[u8]) -> Outcome<Vec<(String, &[u8])>> {
    let sections = sections(wasm).ok_or("not a WASM module")?;
    let names = names(&sections).ok_or("functions of the WASM module have no names")?;
    let imported = imported(&sections).ok_or("imports of the WASM module are not understood")?;
    let code = sections.iter().find(|s| s.id == CODE).map_or(&[0][..], |s| s.body);
    let bodies = bodies(code).ok_or("the code of the WASM module is not understood")?;
    let named = (imported..).zip(bodies).map(|(i, body)| (names.get(&i).cloned().unwrap_or_default(), body));
    Ok(named.collect())
}

/// The module with other names for its functions, all of them; those that come from outside have none then.
pub fn rename(wasm: &[u8], names: &[String]) -> Outcome<Vec<u8>> {
    let sections = sections(wasm).ok_or("not a WASM module")?;
    let imported = imported(&sections).ok_or("imports of the WASM module are not understood")?;
    let code = sections.iter().find(|s| s.id == CODE).and_then(|s| leb128(s.body));
    if code.is_none_or(|(count, _)| count != names.len() as u64) {
        return Err("a function of the WASM module would have no name".into());
    }
    let mut map = unsigned(names.len() as u64);
    for (i, name) in (imported..).zip(names) {
        map.extend([unsigned(i), text(name.as_bytes())].concat());
    }
    let body = [text(b"name"), vec![1], text(&map)].concat();
    let is_name = |s: &Section<'_>| s.id == CUSTOM && sized(s.body).is_some_and(|(name, _)| name == b"name");
    let kept = sections.iter().filter(|s| !is_name(s)).map(|s| section(s.id, s.body));
    Ok([wasm[..8].to_vec()].into_iter().chain(kept).chain([section(CUSTOM, &body)]).flatten().collect())
}

/// The module with other names for what comes from outside, and the pairs of old and new names.
pub fn rename_imports(
    wasm: &[u8],
    mut new: impl FnMut(usize) -> String,
) -> Outcome<(Vec<u8>, Vec<[String; 2]>)> {
    let (mut out, mut pairs) = (wasm.get(..8).unwrap_or_default().to_vec(), Vec::new());
    for Section { id, body } in sections(wasm).ok_or("not a WASM module")? {
        if id != IMPORTS {
            out.extend(section(id, body));
            continue;
        }
        let imports = imports(body).ok_or("imports of the WASM module are not understood")?;
        let mut renamed = unsigned(imports.len() as u64);
        for (i, Import { module, name, what }) in imports.into_iter().enumerate() {
            let new = new(i);
            renamed.extend([&text(module), &text(new.as_bytes()), what].concat());
            pairs.push([String::from_utf8_lossy(name).into_owned(), new]);
        }
        out.extend(section(IMPORTS, &renamed));
    }
    Ok((out, pairs))
}

fn sections(wasm: &[u8]) -> Option<Vec<Section<'_>>> {
    let mut rest = wasm.strip_prefix(b"\0asm\x01\0\0\0")?;
    let mut found = Vec::new();
    while let Some((&id, after)) = rest.split_first() {
        let (body, next) = sized(after)?;
        found.push(Section { id, body });
        rest = next;
    }
    Some(found)
}

/// What is in a section of code: the bodies of functions, without their lengths.
fn bodies(code: &[u8]) -> Option<Vec<&[u8]>> {
    let (count, mut rest) = leb128(code)?;
    let mut found = Vec::new();
    for _ in 0..count {
        let (body, next) = sized(rest)?;
        found.push(body);
        rest = next;
    }
    Some(found)
}

/// How many functions come from outside: they have the first numbers.
fn imported(sections: &[Section<'_>]) -> Option<u64> {
    let Some(section) = sections.iter().find(|s| s.id == IMPORTS) else { return Some(0) };
    Some(imports(section.body)?.iter().filter(|import| import.what[0] == 0).count() as u64)
}

/// Something that comes from outside.
struct Import<'a> {
    module: &'a [u8],
    name: &'a [u8],
    /// Its kind (0: a function) and what follows that.
    what: &'a [u8],
}

/// What is in a section of imports.
fn imports(section: &[u8]) -> Option<Vec<Import<'_>>> {
    let (count, mut rest) = leb128(section)?;
    let mut found = Vec::new();
    for _ in 0..count {
        let (module, after) = sized(rest)?;
        let (name, start) = sized(after)?;
        let (&kind, after) = start.split_first()?;
        rest = match kind {
            0 => leb128(after)?.1,
            1 => limits(after.get(1..)?)?,
            2 => limits(after)?,
            3 => after.get(2..)?,
            _ => return None,
        };
        found.push(Import { module, name, what: &start[..start.len() - rest.len()] });
    }
    Some(found)
}

/// What follows the limits of a table or a memory.
fn limits(bytes: &[u8]) -> Option<&[u8]> {
    let (flags, after) = leb128(bytes)?;
    let (_, after) = leb128(after)?;
    if flags & 1 == 1 { Some(leb128(after)?.1) } else { Some(after) }
}

/// Readable names of functions by number.
fn names(sections: &[Section<'_>]) -> Option<BTreeMap<u64, String>> {
    let custom = sections.iter().filter(|s| s.id == CUSTOM).filter_map(|s| sized(s.body));
    let (_, mut rest) = custom.into_iter().find(|(name, _)| *name == b"name")?;
    while let Some((&kind, after)) = rest.split_first() {
        let (body, next) = sized(after)?;
        if kind == 1 {
            let (count, mut entries) = leb128(body)?;
            let mut found = BTreeMap::new();
            for _ in 0..count {
                let (at, after) = leb128(entries)?;
                let (name, next) = sized(after)?;
                found.insert(at, readable(&String::from_utf8_lossy(name)));
                entries = next;
            }
            return Some(found);
        }
        rest = next;
    }
    None
}

/// A path without the compiler's mangling and without the hash behind it.
fn readable(mangled: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(mangled))
}

/// The bytes that a length announces, and what follows them.
fn sized(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (size, after) = leb128(bytes)?;
    after.split_at_checked(usize::try_from(size).ok()?)
}

/// An unsigned number in WASM's encoding, and what follows it.
fn leb128(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (i, byte) in bytes.iter().enumerate().take(5) {
        value |= u64::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[i + 1..]));
        }
    }
    None
}

/// A section as bytes.
fn section(id: u8, body: &[u8]) -> Vec<u8> {
    [&[id][..], &text(body)].concat()
}

/// Bytes behind their length.
fn text(bytes: &[u8]) -> Vec<u8> {
    [&unsigned(bytes.len() as u64)[..], bytes].concat()
}

/// An unsigned number in WASM's encoding.
fn unsigned(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A module that imports one function and a memory and has functions of its own: names and bodies.
    pub(crate) fn module(functions: &[(&str, &[u8])]) -> Vec<u8> {
        let import =
            [&[2][..], &text(b"env"), &text(b"f"), &[0, 0], &text(b"env"), &text(b"m"), &[2, 1, 1, 9]]
                .concat();
        let (mut code, mut names) = (vec![functions.len() as u8], vec![functions.len() as u8]);
        for (i, (name, body)) in functions.iter().enumerate() {
            code.extend([&unsigned(body.len() as u64)[..], body].concat());
            names.extend([&[i as u8 + 1][..], &text(name.as_bytes())].concat());
        }
        let map = [&[1][..], &unsigned(names.len() as u64), &names].concat();
        let name = [&text(b"name")[..], &map].concat();
        let parts = [
            section(IMPORTS, &import),
            section(CODE, &code),
            section(DATA, &[0; 200]),
            section(CUSTOM, &name),
        ];
        [&b"\0asm\x01\0\0\0"[..], &parts.concat()].concat()
    }

    /// One with two functions of these names.
    fn two(names: [&str; 2]) -> Vec<u8> {
        module(&[(names[0], &[0, 0x41, 0x0b]), (names[1], &[0, 0x41, 0x41, 0x0b])])
    }

    #[test]
    fn functions_have_names_and_bodies() {
        let wasm = two(["_ZN4kept4this17h0123456789abcdefE", "b"]);
        let functions = functions(&wasm).unwrap();
        let expected = [("kept::this", &[0, 0x41, 0x0b][..]), ("b", &[0, 0x41, 0x41, 0x0b])];
        assert_eq!(functions, expected.map(|(name, body)| (name.to_owned(), body)));
    }

    #[test]
    fn code_and_data_are_told_apart() {
        assert_eq!(code_and_data(&two(["a", "b"])), Some((10, 200)));
        assert_eq!(code_and_data(b"no module"), None);
        assert_eq!(code_and_data(&two(["a", "b"])[..40]), None, "cut short");
    }

    #[test]
    fn a_function_that_is_picked_traps_and_the_others_stay() {
        let wasm = two(["_ZN4kept4this17h0123456789abcdefE", "_ZN4gone4that17h0123456789abcdefE"]);
        let emptied = empty(&wasm, |name| name.starts_with("gone::that")).unwrap();
        assert_eq!((emptied.functions, emptied.bytes), (1, 5));
        let code = [2, 3, 0, 0x41, 0x0b, 3, 0, 0x00, 0x0b];
        let sections = sections(&emptied.wasm).unwrap();
        assert_eq!(sections.iter().find(|s| s.id == CODE).unwrap().body, code);
        let untouched = empty(&wasm, |_| false).unwrap();
        assert_eq!(untouched.wasm, wasm);
    }

    #[test]
    fn without_names_nothing_is_emptied() {
        let wasm = [&b"\0asm\x01\0\0\0"[..], &section(CODE, &[0])].concat();
        assert!(empty(&wasm, |_| true).is_err());
    }

    #[test]
    fn functions_take_other_names() {
        let wasm = two(["a", "b"]);
        let renamed = rename(&wasm, &["first".into(), "second".into()]).unwrap();
        assert_eq!(renamed, two(["first", "second"]));
        assert_eq!(rename(&renamed, &["a".into(), "b".into()]).unwrap(), wasm);
        assert!(rename(&wasm, &["a".into()]).is_err());
    }

    #[test]
    fn imports_take_other_names() {
        let wasm = two(["a", "b"]);
        let (renamed, pairs) = rename_imports(&wasm, |i| format!("import{i}")).unwrap();
        assert_eq!(pairs, [["f", "import0"], ["m", "import1"]].map(|pair| pair.map(String::from)));
        assert_eq!(renamed.len(), wasm.len() + 2 * "import".len());
        let (back, _) = rename_imports(&renamed, |i| ["f", "m"][i].into()).unwrap();
        assert_eq!(back, wasm);
    }
}
