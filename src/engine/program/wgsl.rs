//! Programs as WGSL: declarations and lines that are put at the marks of a carrying kernel's shader.
//!
//! `//@uniforms` stands at the end of `struct Params`, `//@tensors` where bindings are declared, and `//@program` in the
//! body, where `i` is the element and `carried` what the kernel has computed for it; stores follow the lines there.

use std::fmt::Write;

use super::{Access, Line, View};

/// The text with a program written into it; `own` is how many tensors the kernel itself binds.
pub fn insert(view: &View<'_>, text: &str, own: usize) -> String {
    write(text, own, None, view)
}

/// The text with two programs: that of the terms at `//@terms`, which returns its one store, and that of their sums.
pub fn insert_with_terms(terms: &View<'_>, behind: &View<'_>, text: &str) -> String {
    write(text, 0, Some(terms), behind)
}

// Writing to a string does not fail.
macro_rules! line {
    ($out:expr, $($arg:tt)*) => { let _ = writeln!($out, $($arg)*); };
}

fn write(text: &str, own: usize, terms: Option<&View<'_>>, view: &View<'_>) -> String {
    let (first_read, first_nest) = terms.map_or((0, 0), |t| (t.reads.len(), t.nests().count()));
    let reads = first_read + view.reads.len();
    let mut out = String::with_capacity(2 * text.len());
    for line in text.lines() {
        let indent = &line[..line.len() - line.trim_start().len()];
        match (line.trim(), terms) {
            ("//@uniforms", _) => uniforms(first_nest + view.nests().count(), &mut out),
            ("//@tensors", _) => tensors(own, reads, view.stores.len(), &mut out),
            ("//@terms", Some(terms)) => {
                body(terms, (0, 0), indent, &mut out);
                line!(out, "{indent}return r{};", terms.stores.first().copied().unwrap_or(0));
            }
            ("//@program", _) => {
                body(view, (first_read, first_nest), indent, &mut out);
                for (s, line) in view.stores.iter().enumerate() {
                    line!(out, "{indent}y{s}[i] = r{line};");
                }
            }
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}

fn uniforms(nests: usize, out: &mut String) {
    for p in 0..nests {
        for name in ["n1", "n2", "n3", "s0", "s1", "s2", "s3"] {
            line!(out, "    p{p}_{name}: u32,");
        }
    }
}

fn tensors(own: usize, reads: usize, stores: usize, out: &mut String) {
    for r in 0..reads {
        line!(out, "@group(0) @binding({}) var<storage, read> x{r}: array<f32>;", 1 + own + r);
    }
    for s in 0..stores {
        let binding = 1 + own + reads + s;
        line!(out, "@group(0) @binding({binding}) var<storage, read_write> y{s}: array<f32>;");
    }
}

/// The lines of a program whose tensors and nests are numbered from `first` on.
fn body(view: &View<'_>, first: (usize, usize), indent: &str, out: &mut String) {
    let mut nest = first.1;
    let places: Vec<String> = (0..view.reads.len())
        .map(|r| match view.access(r) {
            Access::Full => "i".to_owned(),
            Access::Scalar => "0u".to_owned(),
            Access::Nest(words) => {
                nest += 1;
                place(&words, nest - 1)
            }
        })
        .collect();
    for i in 0..view.lines.len() {
        let value = match view.line(i) {
            Line::Load(r) => format!("x{}[{}]", first.0 + r, places[r]),
            Line::Constant(value) => literal(value),
            Line::Carried => "carried".to_owned(),
            Line::Unary(op, value, a) => format!("elementwise_unary({op}u, r{a}, {})", literal(value)),
            Line::Binary(op, a, b) => format!("elementwise_binary({op}u, r{a}, r{b})"),
        };
        line!(out, "{indent}let r{i} = {value};");
    }
}

/// Where element i of a loop nest lies, by the uniforms of nest `p`: Σ over its dimensions of coordinate · stride. Extents of 1 and
/// strides of 0 and 1 are written into the text: a row or a column that is read again and again takes one division of
/// integers, not six (the launches of W6 in Chromium, with the same in `index_nest`: 763 → 705 ms).
fn place(words: &[u32; 8], p: usize) -> String {
    let (extents, strides) = words.split_at(4);
    let mut terms = Vec::new();
    for d in (0..4).filter(|&d| extents[d] > 1 && strides[d] > 0) {
        let mut term = "i".to_owned();
        for inner in (d + 1..4).rev().filter(|&inner| extents[inner] > 1) {
            let _ = write!(term, " / u.p{p}_n{inner}");
        }
        // The outermost coordinate needs no remainder.
        if extents[..d].iter().any(|&n| n > 1) {
            let _ = write!(term, " % u.p{p}_n{d}");
        }
        if strides[d] > 1 {
            let _ = write!(term, " * u.p{p}_s{d}");
        }
        terms.push(term);
    }
    if terms.is_empty() { "0u".to_owned() } else { terms.join(" + ") }
}

/// A number in single precision, as WGSL reads it; one that is not finite has no literal and becomes the largest.
fn literal(value: f64) -> String {
    let value = (value as f32).clamp(f32::MIN, f32::MAX);
    format!("f32({value:?})")
}
