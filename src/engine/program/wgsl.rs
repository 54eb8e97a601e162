//! Programs as WGSL: declarations and lines that are put at the marks of a carrying kernel's shader.
//!
//! `//@uniforms` stands at the end of `struct Params`, `//@tensors` where bindings are declared, and `//@program` in the
//! body, where `i` is the element and `carried` what the kernel has computed for it; stores follow the lines there.

use std::fmt::Write;

use super::{Access, Line, View};

/// The text with the program written into it; `own` is how many tensors the kernel itself binds, and `indent` comes before
/// each line of the program.
pub fn insert(view: &View<'_>, text: &str, own: usize) -> String {
    let mut out = String::with_capacity(text.len() + 64 * view.lines.len());
    for line in text.lines() {
        let indent = &line[..line.len() - line.trim_start().len()];
        match line.trim() {
            "//@uniforms" => uniforms(view, &mut out),
            "//@tensors" => tensors(view, own, &mut out),
            "//@program" => body(view, indent, &mut out),
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}

// Writing to a string does not fail.
macro_rules! line {
    ($out:expr, $($arg:tt)*) => { let _ = writeln!($out, $($arg)*); };
}

fn uniforms(view: &View<'_>, out: &mut String) {
    for p in 0..view.nests().count() {
        for name in ["n1", "n2", "n3", "s0", "s1", "s2", "s3"] {
            line!(out, "    p{p}_{name}: u32,");
        }
    }
}

fn tensors(view: &View<'_>, own: usize, out: &mut String) {
    for r in 0..view.reads.len() {
        line!(out, "@group(0) @binding({}) var<storage, read> x{r}: array<f32>;", 1 + own + r);
    }
    for s in 0..view.stores.len() {
        let binding = 1 + own + view.reads.len() + s;
        line!(out, "@group(0) @binding({binding}) var<storage, read_write> y{s}: array<f32>;");
    }
}

fn body(view: &View<'_>, indent: &str, out: &mut String) {
    let mut nest = 0;
    let places: Vec<String> = (0..view.reads.len())
        .map(|r| match view.access(r) {
            Access::Full => "i".to_owned(),
            Access::Scalar => "0u".to_owned(),
            Access::Nest(_) => {
                let p = nest;
                nest += 1;
                let fields = ["n1", "n2", "n3", "s0", "s1", "s2", "s3"].map(|f| format!("u.p{p}_{f}"));
                format!("index_nest(i, {})", fields.join(", "))
            }
        })
        .collect();
    for i in 0..view.lines.len() {
        let value = match view.line(i) {
            Line::Load(r) => format!("x{r}[{}]", places[r]),
            Line::Constant(value) => literal(value),
            Line::Carried => "carried".to_owned(),
            Line::Unary(op, value, a) => format!("elementwise_unary({op}u, r{a}, {})", literal(value)),
            Line::Binary(op, a, b) => format!("elementwise_binary({op}u, r{a}, r{b})"),
        };
        line!(out, "{indent}let r{i} = {value};");
    }
    for (s, line) in view.stores.iter().enumerate() {
        line!(out, "{indent}y{s}[i] = r{line};");
    }
}

/// A number in single precision, as WGSL reads it; one that is not finite has no literal and becomes the largest.
fn literal(value: f64) -> String {
    let value = (value as f32).clamp(f32::MIN, f32::MAX);
    format!("f32({value:?})")
}
