//! The text of a kernel, written once more with its names changed.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{LANES, Part};
use crate::engine::shader::{Linked, library};

/// How a tensor is bound.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The number of its binding.
    pub(super) binding: usize,
    /// The number of the uniform that says where it begins there, unless it has the binding for itself.
    pub(super) at: Option<usize>,
}

/// Shared files that declare functions only are put in front once; the others belong to each kernel.
#[derive(Default)]
pub(super) struct Libraries {
    pub(super) text: String,
    files: Vec<String>,
}

impl Libraries {
    /// Takes the shared files from a linked shader and gives what is left.
    pub(super) fn take(&mut self, shader: &Linked) -> String {
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
pub(super) struct Writer<'a> {
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
    pub(super) out: String,
}

impl<'a> Writer<'a> {
    pub(super) fn new(text: &'a str, number: usize, part: &'a Part<'a>, places: Vec<Place>) -> Self {
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
                "var" if depth == 0 && next(1) == "<" && matches!(next(2), "workgroup" | "private") => {
                    self.declared.push(next(4));
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

    pub(super) fn write(&mut self) {
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
    pub(super) fn together(&self) -> usize {
        let own: Option<usize> = self.size.iter().map(|n| n.parse::<usize>().ok()).product();
        LANES / own.unwrap_or(LANES).clamp(1, LANES)
    }

    /// Arguments of what was the entry point; its workgroups begin with number `first`.
    pub(super) fn arguments(&self, first: &str) -> Option<String> {
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
