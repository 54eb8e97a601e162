//! Several kernels in one shader: each works through workgroups of its own, none sees the others. Text only, as
//! [`super::shader`]; what the shared launch is bound to follows from the steps.
//!
//! Names that a kernel declares get the number of its step behind them, its overrides become constants, its uniforms a
//! member of one struct, and tensors that lie in one buffer share a binding: `x[i]` becomes `b2[joint.at5 + (i)]`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use super::EngineError;
use super::kernels::{self, Access, Launch};
use super::plan::{Dispatch, Slice};
use super::shader::{Linked, library, link_kernel};

/// Invocations of a workgroup of every kernel that can be joined.
const LANES: usize = 64;
/// Most numbers of a kernel's workgroup memory: eight kernels stay within the guaranteed 16 KiB.
const MOST_SHARED: usize = 512;

/// Whether the shader of a kernel can be joined with others.
pub fn joins(stem: &str) -> bool {
    kernels::source(stem).is_some_and(fits)
}

/// Workgroups of 64 with little memory, or smaller ones without: then several make one of the joint shader.
fn fits(text: &str) -> bool {
    let little = |line: &str| {
        let count = line.rsplit_once(',').and_then(|(_, n)| n.trim_end_matches(">;").trim().parse().ok());
        count.is_some_and(|n: usize| n <= MOST_SHARED)
    };
    let mut shared = text.lines().filter(|l| l.starts_with("var<workgroup>"));
    match lanes(text) {
        Some(LANES) => shared.all(little),
        Some(n) if n > 0 && LANES.is_multiple_of(n) => shared.next().is_none() && !text.contains("Barrier()"),
        _ => false,
    }
}

/// Invocations of a workgroup.
fn lanes(text: &str) -> Option<usize> {
    let (_, rest) = text.split_once("@compute @workgroup_size(")?;
    rest.split_once(')')?.0.split(',').map(|n| n.trim().parse::<usize>().ok()).product()
}

/// The steps of a launch in one shader, or `None` if their shaders cannot be joined.
///
/// # Errors
/// There is no such kernel, or a shader does not link.
pub fn of_steps(steps: &[Dispatch]) -> Result<Option<Joint>, EngineError> {
    let mut found = Vec::with_capacity(steps.len());
    for d in steps {
        let unknown = || EngineError::Plan(format!("no kernel {:?}", d.stem));
        let kernel = kernels::find(&d.stem).ok_or_else(unknown)?;
        found.push((d, kernel.signature(&d.attrs), link_kernel(kernel, &d.attrs)?));
    }
    let mut parts = Vec::with_capacity(steps.len());
    for (d, signature, shader) in &found {
        let tensors = d.args.iter().zip(signature.bindings.iter().map(|b| b.access)).collect();
        parts.push(Part { shader, overrides: signature.overrides, launch: &d.launch, tensors });
    }
    Ok(Joint::of(&parts))
}

/// A step to be joined with others.
pub struct Part<'a> {
    /// Its shader.
    pub shader: &'a Linked,
    /// Names of its overrides; the launch has their values.
    pub overrides: &'a [&'a str],
    /// Its launch.
    pub launch: &'a Launch,
    /// Its tensors in binding order.
    pub tensors: Vec<(&'a Slice, Access)>,
}

/// A shader that does the work of several steps, and how it is launched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joint {
    /// WGSL.
    pub text: String,
    /// Words of the uniforms.
    pub uniforms: Vec<u32>,
    /// What is bound behind the uniforms: a buffer of the plan, the part of it in elements, and what is done with it.
    pub bindings: Vec<(usize, Range<usize>, Access)>,
    /// Workgroups.
    pub workgroups: [u32; 3],
}

impl Joint {
    /// Joins the steps of a launch, or says that their shaders cannot be joined.
    pub fn of(parts: &[Part<'_>]) -> Option<Self> {
        let mut joint =
            Self { text: String::new(), uniforms: Vec::new(), bindings: bindings(parts), workgroups: [0; 3] };
        let (mut shared, mut own, mut calls) = (Libraries::default(), String::new(), String::new());
        // Where each part's workgroups end, and where tensors begin in their bindings; then the uniforms of each.
        let (mut ends, mut starts, mut behind) = (Vec::new(), Vec::new(), Vec::new());
        let (mut fields, mut members) = (String::new(), String::new());
        for (number, part) in parts.iter().enumerate() {
            if !fits(&part.shader.text) || part.launch.workgroups[2] != 1 {
                return None;
            }
            let text = shared.take(part.shader);
            let places =
                part.tensors.iter().map(|(s, _)| joint.place(s, &mut starts)).collect::<Option<Vec<_>>>()?;
            let mut writer = Writer::new(&text, number, part, places);
            writer.write();
            own.push_str(&writer.out);
            // Workgroups are counted from the end of the part before.
            let (word, first) = match number {
                0 => ("if", "0u".to_owned()),
                _ => (" else if", format!("joint.end{}", number - 1)),
            };
            let arguments = writer.arguments(&first)?;
            let _ = write!(
                calls,
                "{word} index < joint.end{number} {{\n        main_{number}({arguments});\n    }}"
            );
            let [x, y, _] = part.launch.workgroups;
            ends.push(ends.last().copied().unwrap_or(0) + (x * y).div_ceil(writer.together() as u32));
            let _ = writeln!(fields, "    end{number}: u32,");
            let _ = writeln!(members, "    @align(16) part{number}: Params_{number},");
            behind.push(&part.launch.uniforms);
        }
        for k in 0..starts.len() {
            let _ = writeln!(fields, "    at{k}: u32,");
        }
        joint.workgroups = kernels::grid(*ends.last()? as usize, 1);
        joint.uniforms = ends.into_iter().chain(starts).collect();
        for words in behind {
            joint.uniforms.resize(joint.uniforms.len().next_multiple_of(4), 0);
            joint.uniforms.extend(words);
        }
        joint.text = shared.text + &own;
        let _ = write!(
            joint.text,
            "struct Joint {{\n{fields}{members}}}\n\n@group(0) @binding(0) var<uniform> joint: Joint;\n"
        );
        for (k, (_, _, access)) in joint.bindings.iter().enumerate() {
            let access = if *access == Access::Read { "read" } else { "read_write" };
            let _ = writeln!(
                joint.text,
                "@group(0) @binding({}) var<storage, {access}> b{k}: array<f32>;",
                1 + k
            );
        }
        let _ = write!(joint.text, "\n{MAIN}    {calls}\n}}\n");
        Some(joint)
    }

    /// How a tensor is written: its binding, and the number of the uniform that says where it begins there, unless it has
    /// the binding for itself.
    fn place(&self, s: &Slice, starts: &mut Vec<u32>) -> Option<Place> {
        let binding = self.bindings.iter().position(|b| b.0 == s.buffer)?;
        let range = &self.bindings[binding].1;
        let alone = *range == (s.offset..s.offset + s.len());
        let at = (!alone).then(|| {
            starts.push((s.offset - range.start) as u32);
            starts.len() - 1
        });
        Some(Place { binding, at })
    }
}

/// The entry point up to the calls; `index` counts workgroups.
const MAIN: &str = "@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let index = group.y * groups.x + group.x;
";

/// Each buffer once, with all that is bound of it.
fn bindings(parts: &[Part<'_>]) -> Vec<(usize, Range<usize>, Access)> {
    let mut all: Vec<(usize, Range<usize>, Access)> = Vec::new();
    for &(s, access) in parts.iter().flat_map(|p| &p.tensors) {
        let range = s.offset..s.offset + s.len();
        match all.iter_mut().find(|b| b.0 == s.buffer) {
            Some((_, whole, _)) => *whole = whole.start.min(range.start)..whole.end.max(range.end),
            None => all.push((s.buffer, range, access)),
        }
    }
    all
}

/// How a tensor is bound.
#[derive(Clone, Copy)]
struct Place {
    binding: usize,
    at: Option<usize>,
}

/// Shared files that declare functions only are put in front once; the others belong to each kernel.
#[derive(Default)]
struct Libraries {
    text: String,
    files: Vec<String>,
}

impl Libraries {
    /// Takes the shared files from a linked shader and gives what is left.
    fn take(&mut self, shader: &Linked) -> String {
        let mut rest = String::new();
        let mut new = Vec::new();
        for (line, (file, _)) in shader.text.lines().zip(&shader.lines) {
            let name = file.strip_prefix("lib/").and_then(|f| f.strip_suffix(".wgsl"));
            let shared =
                name.and_then(library).is_some_and(|t| !t.contains("override ") && !t.contains("var<"));
            let target = if shared {
                if self.files.contains(file) {
                    continue;
                }
                if !new.contains(file) {
                    new.push(file.clone());
                }
                &mut self.text
            } else {
                &mut rest
            };
            target.push_str(line);
            target.push('\n');
        }
        self.files.extend(new);
        rest
    }
}

/// Writes the text of a part once more, with its names changed.
struct Writer<'a> {
    tokens: Vec<Token<'a>>,
    number: usize,
    part: &'a Part<'a>,
    /// Where its tensors are, by name.
    tensors: BTreeMap<&'a str, Place>,
    /// Names that it declares.
    declared: Vec<&'a str>,
    uniforms: &'a str,
    /// Built-in values that its entry point takes, and the extents of its workgroup.
    builtins: Vec<&'a str>,
    size: Vec<&'a str>,
    out: String,
}

impl<'a> Writer<'a> {
    fn new(text: &'a str, number: usize, part: &'a Part<'a>, places: Vec<Place>) -> Self {
        let tokens = tokens(text);
        let mut writer = Self {
            tokens,
            number,
            part,
            tensors: BTreeMap::new(),
            declared: Vec::new(),
            uniforms: "",
            builtins: Vec::new(),
            size: Vec::new(),
            out: String::new(),
        };
        writer.find_names(&places);
        writer
    }

    /// Finds what is declared outside of functions.
    fn find_names(&mut self, places: &[Place]) {
        let (mut depth, mut binding) = (0_usize, 0_usize);
        let words: Vec<&'a str> =
            self.tokens.iter().filter(|t| t.kind != Kind::Space).map(|t| t.text).collect();
        for (i, &word) in words.iter().enumerate() {
            let next = |n: usize| words.get(i + n).copied().unwrap_or("");
            match word {
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                "builtin" => self.builtins.push(next(2)),
                "workgroup_size" => {
                    let numbers = words[i + 2..].iter().take_while(|w| **w != ")");
                    self.size = numbers.filter(|w| **w != ",").copied().collect();
                }
                "binding" => binding = next(2).parse().unwrap_or(0),
                "fn" | "struct" | "override" | "const" | "alias" if depth == 0 => self.declared.push(next(1)),
                "var" if depth == 0 && next(1) == "<" && next(2) == "uniform" => self.uniforms = next(4),
                "var" if depth == 0 && next(1) == "<" && next(2) == "workgroup" => {
                    self.declared.push(next(4))
                }
                "var" if depth == 0 && next(1) == "<" && next(2) == "storage" => {
                    // var < storage , read > name
                    if let Some(&place) = binding.checked_sub(1).and_then(|b| places.get(b)) {
                        self.tensors.insert(next(6), place);
                    }
                }
                _ => {}
            }
        }
    }

    fn write(&mut self) {
        let tokens = std::mem::take(&mut self.tokens);
        let (mut i, mut brackets, mut in_struct) = (0, Vec::new(), false);
        let behind = |i: usize| tokens[i + 1..].iter().find(|t| t.kind != Kind::Space).map_or("", |t| t.text);
        let before =
            |i: usize| tokens[..i].iter().rev().find(|t| t.kind != Kind::Space).map_or("", |t| t.text);
        while let Some(token) = tokens.get(i) {
            let word = token.text;
            match token.kind {
                // Attributes: of bindings and of the entry point, both of which are written anew.
                Kind::Mark if word == "@" => {
                    i = past_attribute(&tokens, i);
                    continue;
                }
                Kind::Mark => {
                    match word {
                        "[" => brackets.push(false),
                        "]" if brackets.pop() == Some(true) => self.out.push(')'),
                        "}" => in_struct = false,
                        _ => {}
                    }
                    self.out.push_str(word);
                }
                Kind::Name if word == "var" && behind(i) == "<" && self.is_bound(&tokens, i) => {
                    i = past(&tokens, i, ";");
                    continue;
                }
                Kind::Name if word == "override" => {
                    i = self.constant(&tokens, i);
                    continue;
                }
                Kind::Name => {
                    in_struct |= word == "struct";
                    let member = before(i) == "." || (in_struct && behind(i) == ":");
                    match self.tensors.get(word) {
                        Some(place) if !member && behind(i) == "[" => {
                            let _ = write!(self.out, "b{}[", place.binding);
                            i = past(&tokens, i, "[") - 1;
                            brackets.push(place.at.is_some());
                            if let Some(at) = place.at {
                                let _ = write!(self.out, "joint.at{at} + (");
                            }
                        }
                        _ if member => self.out.push_str(word),
                        _ if word == self.uniforms => {
                            let _ = write!(self.out, "joint.part{}", self.number);
                        }
                        _ if self.declared.contains(&word) => {
                            let _ = write!(self.out, "{word}_{}", self.number);
                        }
                        _ => self.out.push_str(word),
                    }
                }
                _ => self.out.push_str(word),
            }
            i += 1;
        }
    }

    /// Whether the variable at a token is a binding.
    fn is_bound(&self, tokens: &[Token<'_>], i: usize) -> bool {
        let mut words = tokens[i..].iter().filter(|t| t.kind == Kind::Name).skip(1);
        words.next().is_some_and(|t| matches!(t.text, "uniform" | "storage"))
    }

    /// `override NAME: u32 = 0u;` as a constant of its value.
    fn constant(&mut self, tokens: &[Token<'_>], i: usize) -> usize {
        let name = tokens[i + 1..].iter().find(|t| t.kind == Kind::Name).map_or("", |t| t.text);
        let place = self.part.overrides.iter().position(|o| *o == name);
        let value = place.and_then(|p| self.part.launch.overrides.get(p)).copied().unwrap_or(0);
        let _ = write!(self.out, "const {name}_{}: u32 = {value}u;", self.number);
        past(tokens, i, ";")
    }

    /// How many of its workgroups make one of the joint shader.
    fn together(&self) -> usize {
        let own: Option<usize> = self.size.iter().map(|n| n.parse::<usize>().ok()).product();
        LANES / own.unwrap_or(LANES).clamp(1, LANES)
    }

    /// Arguments of what was the entry point; its workgroups begin with number `first`.
    fn arguments(&self, first: &str) -> Option<String> {
        let (number, together) = (self.number, self.together());
        let (mut group, mut lane) = (format!("index - {first}"), "lane".to_owned());
        if together > 1 {
            let own = LANES / together;
            group = format!("({group}) * {together}u + lane / {own}u");
            lane = format!("lane % {own}u");
        }
        let width = self.size.first().copied().unwrap_or("64");
        let argument = |builtin: &&str| match *builtin {
            "workgroup_id" => Some(format!("vec3u({group}, 0u, 0u)")),
            "num_workgroups" => Some(format!("vec3u((joint.end{number} - {first}) * {together}u, 1u, 1u)")),
            "local_invocation_index" => Some(lane.clone()),
            "local_invocation_id" => Some(format!("vec3u(({lane}) % {width}u, ({lane}) / {width}u, 0u)")),
            _ => None,
        };
        Some(self.builtins.iter().map(argument).collect::<Option<Vec<_>>>()?.join(", "))
    }
}

/// The place behind the next token of this text.
fn past(tokens: &[Token<'_>], i: usize, text: &str) -> usize {
    tokens[i..].iter().position(|t| t.text == text).map_or(tokens.len(), |n| i + n + 1)
}

/// The place behind an attribute and the space that follows it: `@group(0)`, `@compute`.
fn past_attribute(tokens: &[Token<'_>], i: usize) -> usize {
    let end = if tokens.get(i + 2).is_some_and(|t| t.text == "(") { past(tokens, i, ")") } else { i + 2 };
    if tokens.get(end).is_some_and(|t| t.kind == Kind::Space) { end + 1 } else { end }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Spaces and comments.
    Space,
    Name,
    Number,
    Mark,
}

struct Token<'a> {
    kind: Kind,
    text: &'a str,
}

/// WGSL in pieces that together are the text.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    while let Some(first) = rest.chars().next() {
        let length = |ends: &dyn Fn(char) -> bool| rest.find(ends).unwrap_or(rest.len());
        let (kind, len) = if rest.starts_with("//") {
            (Kind::Space, length(&|c| c == '\n'))
        } else if first.is_whitespace() {
            (Kind::Space, length(&|c| !c.is_whitespace()))
        } else if first.is_ascii_digit() {
            (Kind::Number, length(&|c| !word(c) && c != '.'))
        } else if word(first) {
            (Kind::Name, length(&|c| !word(c)))
        } else {
            (Kind::Mark, first.len_utf8())
        };
        let (text, behind) = rest.split_at(len);
        // Comments say nothing to the compiler.
        tokens.push(Token { kind, text: if text.starts_with("//") { "" } else { text } });
        rest = behind;
    }
    tokens
}
