//! One source to two WASM bundles: a small one for browsers with WebGPU, a larger one that draws with WebGL2.

use crate::glue;
use crate::order;
use crate::page::content_hash;
use crate::relaxed;
use crate::shell::{self, Outcome};
use crate::tools;
use crate::unreached;
use crate::vectorised;
use crate::wasm;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What one bundle is made of.
pub struct Variant {
    /// Its name in the manifest of the page and in file names.
    pub name: &'static str,
    /// Cargo features beyond the default ones.
    features: Option<&'static str>,
    /// What LLVM is told beyond that.
    llvm: Option<&'static str>,
    /// The most that script and WASM together may weigh, bytes after gzip.
    pub limit: u64,
}

/// Both bundles. The page fetches exactly one of them.
pub const VARIANTS: [Variant; 2] = [
    Variant { name: "webgpu", features: None, llvm: None, limit: 1_600_000 },
    Variant { name: "webgl2", features: Some("webgl"), llvm: Some(NARROW_COPIES), limit: 2_400_000 },
];

/// Structures are copied by 64 bits at once, not by 128.
///
/// WebKit's interpreter knows no instructions on vectors: a function that has one is compiled before it first runs, while the
/// page waits. Those functions were 2.6 of 4.4 MB of code; now they are 1.9 of 4.5, and WebKit is ready about a tenth sooner.
/// (`wasm-opt` makes vectors of copies of 16 bytes again; before it they are 1.4 MB.) WebKitGTK draws with WebGL2; what it
/// would gain the other bundle in a WebKit with WebGPU has not been measured.
const NARROW_COPIES: &str = "-combiner-store-merging=false";

/// In the name of the WASM for browsers with relaxed SIMD, behind that of the bundle.
pub const RELAXED: &str = "-relaxed";

/// How a bundle is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Small, minutes to build: what visitors get.
    Web,
    /// Large, quick to build.
    Dev,
}

impl Profile {
    fn name(self) -> &'static str {
        if self == Self::Web { "web" } else { "dev" }
    }

    /// Cargo's folder for the profile.
    fn folder(self) -> &'static str {
        if self == Self::Web { "web" } else { "debug" }
    }
}

/// A bundle in its folder, under names that follow from the content.
pub struct Bundle {
    pub variant: &'static str,
    pub script: String,
    pub wasm: String,
    /// The same for browsers with relaxed SIMD; none in the quick build.
    pub relaxed: Option<String>,
    /// Size of the WASM file, for the progress bar.
    pub bytes: usize,
}

impl Variant {
    /// Compiles, binds, optimises, and writes script and WASM into `folder`; with `every` kernel there is, for measuring.
    pub fn build(&self, profile: Profile, every: bool, folder: &Path) -> Outcome<Bundle> {
        println!("building the {} bundle ({} profile)", self.name, profile.name());
        let features = [self.features, every.then_some("every-kernel")].into_iter().flatten();
        let mut build = shell::cargo();
        build.args(["rustc", "--target", "wasm32-unknown-unknown", "--bin", "equiscope"]);
        build.args(["--profile", profile.name()]).args(features.map(|f| format!("--features={f}")));
        if profile == Profile::Web {
            // For the program around the library alone, which is a line; but link-time optimisation, where loops are
            // made into vectors, goes by it. Functions stay as small as their own crate asks for. Without it the loops
            // of `lanes` are scalar: a product is five times slower (`vectorised` looks).
            build.args(["--", "-C", "opt-level=3"]);
            build.args(self.llvm.map(|option| format!("-Cllvm-args={option}")));
        }
        shell::run(&mut build)?;

        let target = shell::target_dir();
        let bound = target.join("bundles").join(profile.name()).join(self.name);
        let raw = target.join("wasm32-unknown-unknown").join(profile.folder()).join("equiscope.wasm");
        bind(&raw, &bound)?;
        let (script, wasm) = (bound.join("equiscope.js"), bound.join("equiscope_bg.wasm"));
        if profile == Profile::Dev {
            return self.place(&shell::read(&script)?, &shell::read(&wasm)?, None, folder);
        }
        let module = unreached::leave_out(&shell::read(&wasm)?)?;
        vectorised::check(&module)?;
        let (short, module) = glue::shorten(&shell::read_text(&script)?, &module)?;
        let optimised = optimise(&module)?;
        let relaxed = relaxed::contract(&optimised)?;
        self.place(short.as_bytes(), &sort(&optimised)?, Some(&sort(&relaxed)?), folder)
    }

    fn place(&self, script: &[u8], wasm: &[u8], relaxed: Option<&[u8]>, folder: &Path) -> Outcome<Bundle> {
        let write = |bytes: &[u8], kind: &str, ending: &str| {
            let name = format!("equiscope-{}{kind}-{}.{ending}", self.name, content_hash(bytes));
            shell::write(&folder.join(&name), bytes).map(|()| name)
        };
        Ok(Bundle {
            variant: self.name,
            script: write(script, "", "js")?,
            wasm: write(wasm, "", "wasm")?,
            relaxed: relaxed.map(|wasm| write(wasm, RELAXED, "wasm")).transpose()?,
            bytes: wasm.len(),
        })
    }
}

/// Runs wasm-bindgen: `equiscope.js` and `equiscope_bg.wasm` in `folder`.
fn bind(raw: &Path, folder: &Path) -> Outcome {
    // Left-overs of a build before this one must not be taken for its result.
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let mut bind = shell::program(tools::wasm_bindgen()?);
    bind.args(["--target", "web", "--no-typescript", "--out-name", "equiscope", "--out-dir"]);
    shell::run(bind.arg(folder).arg(raw))?;
    if folder.join("snippets").exists() {
        return Err("a dependency brings script snippets: they have no place in the bundle yet".into());
    }
    Ok(())
}

/// What `wasm-opt` is asked for. The lowest kilobyte is the far end of the stack: no address that is computed from a
/// pointer lies there.
const PASSES: &[&str] = &["-Os", "--low-memory-unused", "--debuginfo"];

/// What it is asked for when functions have names in the order that they shall have.
const SORT: &[&str] =
    &["--reorder-functions-by-name", "--strip-debug", "--generate-stack-ir", "--optimize-stack-ir"];

/// What rustc emits for this target, named because the section that says so is no longer in the file; and the instructions of
/// [`relaxed`].
const ENABLED: &[&str] = &[
    "--enable-simd",
    "--enable-relaxed-simd",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-extended-const",
];

/// A smaller module with the same behaviour, or the same module where no `wasm-opt` is installed.
/// It takes minutes and is kept under the hash of input and passes.
fn optimise(module: &[u8]) -> Outcome<Vec<u8>> {
    let Some(wasm_opt) = tools::wasm_opt() else {
        println!("wasm-opt is not installed (npm ci in tests/web): the bundle is about 14 % larger");
        return Ok(module.to_vec());
    };
    let input = [module, PASSES.join(" ").as_bytes()].concat();
    let kept = kept(&content_hash(&input), "wasm")?;
    if !kept.is_file() {
        run(&wasm_opt, PASSES, module, &kept)?;
    }
    shell::read(&kept)
}

/// The module with like functions beside each other, which packs better, and without names, or the same module where no
/// `wasm-opt` is installed. Names of functions by number, which a stack trace from a browser gives in their place, are kept
/// under the hash of the result.
fn sort(module: &[u8]) -> Outcome<Vec<u8>> {
    let Some(wasm_opt) = tools::wasm_opt() else { return Ok(module.to_vec()) };
    let (named, names) = in_order(module)?;
    let sorted = kept("sorted", "wasm")?;
    run(&wasm_opt, SORT, &named, &sorted)?;
    let sorted = shell::read(&sorted)?;
    shell::write(&kept(&content_hash(&sorted), "names")?, names)?;
    Ok(sorted)
}

/// Where something about optimised modules is kept.
fn kept(name: &str, ending: &str) -> Outcome<PathBuf> {
    let folder = shell::target_dir().join("bundles/optimised");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder.join(format!("{name}.{ending}")))
}

/// Runs `wasm-opt` on a module; the result is in its place only when it is whole.
fn run(wasm_opt: &Path, passes: &[&str], module: &[u8], result: &Path) -> Outcome {
    let (input, unfinished) = (result.with_extension("in"), result.with_extension("part"));
    shell::write(&input, module)?;
    let mut command = Command::new("node");
    command.arg(wasm_opt).args(ENABLED).args(passes).arg(&input).arg("-o").arg(&unfinished);
    shell::run(&mut command)?;
    std::fs::remove_file(&input).map_err(|error| format!("{}: {error}", input.display()))?;
    std::fs::rename(&unfinished, result).map_err(|error| format!("{}: {error}", result.display()))
}

/// The module with names that sort its functions, and a list of the names they had, in that order.
fn in_order(module: &[u8]) -> Outcome<(Vec<u8>, String)> {
    let functions = wasm::functions(module)?;
    let order = order::by_likeness(&functions.iter().map(|(_, body)| *body).collect::<Vec<_>>());
    let first = wasm::imported_functions(module)?;
    let (mut keys, mut names) = (vec![String::new(); order.len()], String::new());
    for (place, &function) in order.iter().enumerate() {
        keys[function] = format!("{place:06}");
        names += &format!("{}:{}\n", first + place as u64, functions[function].0);
    }
    Ok((wasm::rename(module, &keys)?, names))
}
