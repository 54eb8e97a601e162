//! What a visitor downloads, and the gate on it.

use crate::bundle::{RELAXED, VARIANTS};
use crate::shell::{self, Outcome};
use crate::wasm;
use flate2::{Compression, write::GzEncoder};
use std::fmt;
use std::io::Write;
use std::path::Path;

/// The most that page and loader may weigh, bytes after gzip.
const PAGE_LIMIT: u64 = 30_000;

/// Files of a built page.
pub struct Report {
    files: Vec<File>,
}

struct File {
    name: String,
    raw: u64,
    gzip: u64,
    /// Bytes of code and of data, for WASM.
    inside: Option<(u64, u64)>,
}

impl Report {
    /// Weighs everything in the folder.
    pub fn of(folder: &Path) -> Outcome<Self> {
        let listing = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut files = Vec::new();
        for path in listing.flatten().map(|entry| entry.path()).filter(|path| path.is_file()) {
            let bytes = shell::read(&path)?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let inside = name.ends_with(".wasm").then(|| wasm::code_and_data(&bytes)).flatten();
            files.push(File { raw: bytes.len() as u64, gzip: gzip(&bytes)?, inside, name });
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { files })
    }

    /// What is weighed together: name, bytes after gzip, limit.
    fn parts(&self) -> Vec<(&'static str, u64, u64)> {
        let sum = |wanted: &dyn Fn(&str) -> bool| {
            self.files.iter().filter(|file| wanted(&file.name)).map(|file| file.gzip).sum::<u64>()
        };
        // A browser fetches one of the two WASM files.
        let bundles = VARIANTS.iter().map(|v| {
            let start = format!("equiscope-{}", v.name);
            let relaxed = sum(&|name| name.starts_with(&format!("{start}{RELAXED}-")));
            let script = sum(&|name| name.starts_with(&format!("{start}-")) && name.ends_with(".js"));
            let both = sum(&|name| name.starts_with(&format!("{start}-")) && name.ends_with(".wasm"));
            (v.name, script + relaxed.max(both - relaxed), v.limit)
        });
        bundles.chain([("page", sum(&|name| name == "index.html"), PAGE_LIMIT)]).collect()
    }

    /// An error that names every part over its limit, or missing.
    pub fn gate(&self) -> Outcome {
        let wrong = |(name, size, limit): (&str, u64, u64)| match size {
            0 => Some(format!("{name} is missing")),
            _ if size > limit => Some(format!("{name} is {} over its limit", kb(size - limit))),
            _ => None,
        };
        let wrong: Vec<_> = self.parts().into_iter().filter_map(wrong).collect();
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join(", ")) }
    }

    /// One line: every part with its size after gzip.
    pub fn summary(&self) -> String {
        let part = |(name, size, limit)| format!("{name} {} of {}", kb(size), kb(limit));
        self.parts().into_iter().map(part).collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{:<44} {:>10} {:>10}", "file", "raw", "gzip -9")?;
        for File { name, raw, gzip, inside } in &self.files {
            write!(f, "{name:<44} {:>10} {:>10}", kb(*raw), kb(*gzip))?;
            if let Some((code, data)) = inside {
                write!(f, "   code {}, data {}", kb(*code), kb(*data))?;
            }
            writeln!(f)?;
        }
        write!(f, "after gzip: {}", self.summary())
    }
}

/// Kilobytes of 1000 bytes, as browsers' tools show them.
fn kb(bytes: u64) -> String {
    format!("{:.1} kB", bytes as f64 / 1000.0)
}

fn gzip(bytes: &[u8]) -> Outcome<u64> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    packed.map(|packed| packed.len() as u64).map_err(|error| format!("gzip: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(sizes: &[(&str, u64)]) -> Report {
        let file =
            |(name, gzip): &(&str, u64)| File { name: (*name).into(), raw: 0, gzip: *gzip, inside: None };
        Report { files: sizes.iter().map(file).collect() }
    }

    #[test]
    fn the_gate_adds_up_a_bundle_and_names_what_is_wrong() {
        let mut files = vec![
            ("equiscope-webgpu-0a.js", 100_000),
            ("equiscope-webgpu-0b.wasm", 1_400_000),
            ("equiscope-webgpu-relaxed-0b.wasm", 1_500_000),
            ("equiscope-webgl2-0c.wasm", 2_400_000),
            ("index.html", 29_000),
        ];
        assert_eq!(report(&files).gate(), Ok(()));
        files[0].1 += 1_000;
        assert_eq!(report(&files).gate(), Err("webgpu is 1.0 kB over its limit".into()));
        assert_eq!(
            report(&files[..4]).gate().unwrap_err(),
            "webgpu is 1.0 kB over its limit, page is missing"
        );
    }

    #[test]
    fn gzip_shrinks_what_repeats() {
        assert!(gzip(&[7; 10_000]).unwrap() < 100);
    }
}
