//! Several kernels in one shader: each works through workgroups of its own, none sees the others. Text only, as
//! [`super::shader`]; what the shared launch is bound to follows from the steps.
//!
//! Names that a kernel declares get the number of its step behind them, its overrides become constants, its uniforms a
//! member of one struct, and tensors that lie in one buffer share a binding: `x[i]` becomes `b2[joint.at5 + (i)]`.

mod text;

use std::fmt::Write;
use std::ops::Range;

use super::EngineError;
use super::kernels::{self, Access, Family, Launch};
use super::plan::{Dispatch, Slice};
use super::shader::{Linked, link_kernel};
use text::{Libraries, Place, Writer};

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

/// The steps of a launch in one shader, launched for a family, or `None` if their shaders cannot be joined.
///
/// # Errors
/// There is no such kernel, or a shader does not link.
pub fn of_steps(family: Family, steps: &[Dispatch]) -> Result<Option<Joint>, EngineError> {
    let mut found = Vec::with_capacity(steps.len());
    for d in steps {
        let unknown = || EngineError::Plan(format!("no kernel {:?}", d.stem));
        let kernel = kernels::find(&d.stem).ok_or_else(unknown)?;
        let shader = link_kernel(kernel, &d.attrs, Family::Registers)?;
        found.push((d, kernel, kernel.signature(&d.attrs), shader));
    }
    let mut parts = Vec::with_capacity(steps.len());
    for (d, kernel, signature, shader) in &found {
        let tensors = d.args.iter().zip(signature.bindings.iter().map(|b| b.access)).collect();
        let launch = d.launch_in(family, *kernel);
        let launch = Launch { workgroups: launch.groups_in(family, &shader.text), ..launch };
        parts.push(Part { shader, overrides: signature.overrides, launch, tensors });
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
    pub launch: Launch,
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
