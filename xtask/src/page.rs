//! The page around the bundles: one HTML file that names everything else by its content.

use crate::bundle::{Bundle, Profile, VARIANTS};
use crate::shell::{self, Outcome};
use crate::tools;
use std::path::{Path, PathBuf};

/// In `web/index.html`; the loader takes its place. Inlined, because a page in `sandbox="allow-scripts"` may not
/// fetch modules from its own host, and would then have no way to say so.
const LOADER_TAG: &str = r#"<script type="module" src="./loader.js"></script>"#;
/// In `web/index.html`; the list of files takes its place.
const MANIFEST_TAG: &str = r#"<script type="application/json" id="manifest">null</script>"#;

/// Tells the hook, through Trunk, that all kernels are wanted.
const EVERY_KERNEL: &str = "EQUISCOPE_EVERY_KERNEL";

/// Builds into `out`, by Trunk, in the profile for visitors; with `every` kernel there is, for measuring.
pub fn dist(out: &Path, every: bool) -> Outcome {
    // Only for wasm-opt, which only makes the bundles smaller.
    if let Err(reason) = tools::node_packages() {
        println!("going on without wasm-opt: {reason}");
    }
    let mut trunk = tools::trunk()?;
    if every {
        trunk.env(EVERY_KERNEL, "1");
    }
    shell::run(trunk.args(["build", "--release", "--dist"]).arg(out))
}

/// What Trunk calls once its folder holds the page: adds both bundles and completes the page.
pub fn trunk_hook() -> Outcome {
    let folder = std::env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from);
    let folder = folder.ok_or("this command is for Trunk, which names a folder; use `serve` or `dist`")?;
    let release = std::env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release");
    let profile = if release { Profile::Web } else { Profile::Dev };

    let every = std::env::var_os(EVERY_KERNEL).is_some();
    let bundles = VARIANTS.iter().map(|variant| variant.build(profile, every, &folder));
    let bundles = bundles.collect::<Outcome<Vec<_>>>()?;
    let page = folder.join("index.html");
    let loader = shell::read_text(&shell::root().join("web/loader.js"))?;
    let manifest = manifest(&version()?, &bundles);
    shell::write(&page, complete(&shell::read_text(&page)?, &loader, &manifest)?)
}

/// The page with loader and manifest in it.
fn complete(page: &str, loader: &str, manifest: &str) -> Outcome<String> {
    if loader.contains("</script") || manifest.contains("</script") {
        return Err("the loader would end its own script element".into());
    }
    let inlined = format!("<script type=\"module\">\n{loader}</script>");
    let listed = MANIFEST_TAG.replace("null", manifest);
    let mut done = page.to_string();
    for (tag, content) in [(LOADER_TAG, inlined), (MANIFEST_TAG, listed)] {
        if page.matches(tag).count() != 1 {
            return Err(format!("web/index.html must hold this exactly once: {tag}"));
        }
        done = done.replace(tag, &content);
    }
    Ok(done)
}

/// `{"version": …, "bundles": {name: {"script", "wasm", "relaxed", "bytes"}}}`; none of the strings needs escaping.
fn manifest(version: &str, bundles: &[Bundle]) -> String {
    let entry = |b: &Bundle| {
        let Bundle { variant, script, wasm, relaxed, bytes } = b;
        let relaxed = relaxed.as_ref().map_or(String::new(), |wasm| format!(r#""relaxed":"{wasm}","#));
        format!(r#""{variant}":{{"script":"{script}","wasm":"{wasm}",{relaxed}"bytes":{bytes}}}"#)
    };
    let bundles: Vec<_> = bundles.iter().map(entry).collect();
    format!(r#"{{"version":"{version}","bundles":{{{}}}}}"#, bundles.join(","))
}

/// Version of the package.
fn version() -> Outcome<String> {
    let id = shell::output(shell::cargo().args(["pkgid", "--package", "equiscope"]))?;
    // "path+file:///home/me/equiscope#0.1.0", or "…#equiscope@0.1.0" when the folder has another name
    let version = id.trim().rsplit(['#', '@']).next().unwrap_or_default();
    Ok(version.to_string())
}

/// Sixteen hexadecimal digits that follow from the content (FNV-1a): enough to tell builds apart, no more.
pub fn content_hash(bytes: &[u8]) -> String {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    format!("{:016x}", bytes.iter().fold(0xcbf2_9ce4_8422_2325, step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_follows_the_published_vectors() {
        assert_eq!(content_hash(b""), "cbf29ce484222325");
        assert_eq!(content_hash(b"foobar"), "85944171f73967e8");
    }

    #[test]
    fn the_page_of_this_repository_can_be_completed() {
        let read = |name: &str| std::fs::read_to_string(shell::root().join("web").join(name)).unwrap();
        let bundle = |variant, relaxed: Option<&str>| {
            let relaxed = relaxed.map(String::from);
            Bundle { variant, script: "a.js".into(), wasm: "a.wasm".into(), relaxed, bytes: 7 }
        };
        let bundles = [bundle("webgpu", None), bundle("webgl2", Some("b.wasm"))];
        let done = complete(&read("index.html"), &read("loader.js"), &manifest("1.2.3", &bundles)).unwrap();
        let list = r#"{"version":"1.2.3","bundles":{"webgpu":{"script":"a.js","wasm":"a.wasm","bytes":7},"webgl2":{"script":"a.js","wasm":"a.wasm","relaxed":"b.wasm","bytes":7}}}"#;
        assert!(done.contains(list));
        assert!(!done.contains("src=\"./loader.js\""));
    }

    #[test]
    fn a_page_without_its_marks_is_refused() {
        assert!(complete("<html></html>", "", "{}").is_err());
        assert!(complete(LOADER_TAG, "'</script>'", "{}").is_err());
    }
}
