//! Code that the bundles carry although nothing can reach it.
//!
//! The text stack reads every kind of font there is, and its rasteriser paints whole drawings; the app registers five
//! faces of one simple kind (`assets/fonts/subset.py`: quadratic outlines, kerning, nothing else) and paints glyphs in
//! one colour. The dependencies offer no switch for that. So functions that only other fonts or other drawings would
//! call are emptied before the bundle is optimised, which then drops whatever hangs on them: a tenth of what a
//! visitor downloads. Were one called, the page would trap; the browser tests draw all text of the app, and text that
//! a visitor types falls back to the same faces.

use crate::shell::Outcome;
use crate::wasm;

/// Why functions are out of reach, and how their paths begin.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "no face has cubic outlines (CFF), variations, or hinting programs",
        &[
            "skrifa::outline::cff",
            "read_fonts::ps",
            "skrifa::outline::varc",
            "read_fonts::tables::varc",
            "read_fonts::tables::gvar",
            "skrifa::outline::glyf::hint::engine",
        ],
    ),
    ("faces are drawn without hints (`src/ui/fonts.rs`)", &["skrifa::outline::autohint"]),
    (
        "no face has substitutions (GSUB), marks, or Apple's layout tables; kerning (GPOS pairs) stays",
        &[
            "harfrust::hb::ot::gsub",
            "harfrust::hb::ot::contextual",
            "harfrust::hb::ot::gpos::cursive",
            "harfrust::hb::ot::gpos::mark",
            "harfrust::hb::aat::layout",
            "read_fonts::tables::ankr",
            "read_fonts::tables::kerx",
            "read_fonts::tables::morx",
        ],
    ),
    ("no language is given to the shaper", &["harfrust::hb::tag_table::tags_from_complex_language"]),
    (
        "glyphs are filled with one colour: no strokes, pictures, gradients, layers, clips, or filters",
        &[
            "vello_cpu::fine::Fine<S,T>::indexed_fill",
            "vello_cpu::fine::common::image",
            "vello_cpu::fine::common::gradient",
            "vello_cpu::fine::lowp::image",
            "vello_cpu::fine::lowp::gradient",
            "vello_cpu::fine::highp",
            "vello_cpu::filter::gaussian_blur",
            "vello_cpu::filter::shift",
            "vello_common::clip::intersect",
            "vello_common::clip::ClipContext::push_clip",
            "vello_cpu::dispatch::single_threaded::SingleThreadedDispatcher as vello_cpu::dispatch::Dispatcher>::push_layer",
            "vello_cpu::dispatch::single_threaded::SingleThreadedDispatcher as vello_cpu::dispatch::Dispatcher>::pop_layer",
            "vello_cpu::dispatch::single_threaded::SingleThreadedDispatcher as vello_cpu::dispatch::Dispatcher>::stroke_path",
            "kurbo::stroke",
            "kurbo::offset",
            "color::dynamic",
        ],
    ),
    ("pictures are saved by our own writer", &["image::codecs::png::PngEncoder"]),
];

/// The module without them. A path that begins nothing is said: the list may be out of date.
pub fn leave_out(module: &[u8]) -> Outcome<Vec<u8>> {
    let paths: Vec<&str> = GROUPS.iter().flat_map(|(_, paths)| *paths).copied().collect();
    let mut met = vec![false; paths.len()];
    let emptied = wasm::empty(module, |name| {
        let found = paths.iter().position(|path| begins(name, path));
        found.map(|at| met[at] = true).is_some()
    })?;
    for path in paths.iter().zip(&met).filter(|(_, met)| !**met).map(|(path, _)| path) {
        println!("nothing begins with {path}: it was compiled into its callers, or is gone");
    }
    println!("{} functions that nothing can reach are left out, {} bytes", emptied.functions, emptied.bytes);
    Ok(emptied.wasm)
}

/// Whether a function's name begins with a path, be it a method (`<path::Type>::method`) or of a trait
/// (`<path::Type as Trait>::method`).
fn begins(name: &str, path: &str) -> bool {
    let name = name.trim_start_matches(['<', '_', '&']);
    let name = name.strip_prefix("impl ").unwrap_or(name);
    name.strip_prefix(path).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_functions_methods_and_implementations() {
        for name in ["a::b::f", "<a::b::T>::f", "<a::b::T as c::D>::f", "_<impl a::b::T>::f"] {
            assert!(begins(name, "a::b"), "{name}");
        }
        for name in ["a::bc::f", "x::a::b", "<c::D as a::b::T>::f", "core::ptr::drop_in_place<a::b::T>"] {
            assert!(!begins(name, "a::b"), "{name}");
        }
    }
}
