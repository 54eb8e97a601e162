//! Shaders as texts: valid, as their signatures say, within the guaranteed limits, every variable initialised.

use equiscope::engine::exec::gpu::{Order, Pipelines};
use equiscope::engine::joint::{joins, of_steps};
use equiscope::engine::kernels::{
    Access, Attrs, Family, Kernel, REGISTRY, Signature, Ty, families, find, source_in,
};
use equiscope::engine::plan::{Dispatch, Slice, aligned};
use equiscope::engine::shader::{Linked, link_kernel};
use wgpu::naga;

use crate::bench::launch_in;
use crate::support::filled;

/// Places of function variables that have no initialiser.
pub fn uninitialised(linked: &Linked) -> Vec<String> {
    let bare = |line: &str| {
        let code = line.split("//").next().unwrap_or_default();
        // Several statements may share a line.
        code.split([';', '{', '}', '(']).any(|s| s.trim_start().starts_with("var ") && !s.contains('='))
    };
    let lines = linked.text.lines().enumerate();
    lines.filter(|(_, line)| bare(line)).map(|(i, _)| linked.locate(i + 1)).collect()
}

/// Where a valid module departs from a signature.
pub fn departures(module: &naga::Module, signature: &Signature) -> Vec<String> {
    let mut wrong = Vec::new();
    let scalar = |ty: naga::Handle<naga::Type>| match module.types[ty].inner {
        naga::TypeInner::Scalar(naga::Scalar::F32) => Some(Ty::F32),
        naga::TypeInner::Scalar(naga::Scalar::U32) => Some(Ty::U32),
        _ => None,
    };
    let bound: Vec<_> = module.global_variables.iter().filter_map(|(_, g)| Some((g.binding?, g))).collect();
    if bound.len() != 1 + signature.bindings.len() {
        wrong.push(format!("{} bindings, not {}", bound.len(), 1 + signature.bindings.len()));
    }
    for (at, global) in bound {
        let inner = &module.types[global.ty].inner;
        match (at.binding, &global.space, inner) {
            (0, naga::AddressSpace::Uniform, naga::TypeInner::Struct { members, .. }) => {
                let fields = members.iter().map(|m| (m.name.clone().unwrap_or_default(), scalar(m.ty)));
                let stated = signature.uniforms.iter().map(|&(name, ty)| (name.to_owned(), Some(ty)));
                if !fields.eq(stated) {
                    wrong.push("fields of the uniforms".to_owned());
                }
            }
            (n, naga::AddressSpace::Storage { access }, naga::TypeInner::Array { base, .. }) if n > 0 => {
                let Some(b) = signature.bindings.get(n as usize - 1) else { continue };
                let writes = access.contains(naga::StorageAccess::STORE);
                if global.name.as_deref() != Some(b.name)
                    || scalar(*base) != Some(b.ty)
                    || writes != (b.access != Access::Read)
                {
                    wrong.push(format!("binding {n} is not {b:?}"));
                }
            }
            (n, space, _) => wrong.push(format!("binding {n} is a {space:?}")),
        }
    }
    let overrides = module.overrides.iter().map(|(_, o)| o.name.clone().unwrap_or_default());
    if !overrides.eq(signature.overrides.iter().map(|&o| o.to_owned())) {
        wrong.push("overrides".to_owned());
    }
    wrong
}

fn parse(linked: &Linked) -> Result<naga::Module, String> {
    let module = naga::front::wgsl::parse_str(&linked.text).map_err(|e| {
        let line = e.location(&linked.text).map_or(0, |l| l.line_number as usize);
        format!("{}: {e}", linked.locate(line))
    })?;
    let mut validator =
        naga::valid::Validator::new(naga::valid::ValidationFlags::all(), naga::valid::Capabilities::empty());
    validator.validate(&module).map_err(|e| format!("{e:?}"))?;
    Ok(module)
}

/// Every kernel with the attributes of its cases and in its families, each shader once.
fn variants() -> Vec<(&'static dyn Kernel, Attrs, Family)> {
    let mut all: Vec<(&'static dyn Kernel, Attrs, Family)> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for &kernel in REGISTRY {
        for case in kernel.cases() {
            for &family in families(kernel.stem()) {
                let (file, source) = source_in(kernel.stem(), family).unwrap();
                let text = kernel.specialise(&case.attrs, source).into_owned();
                if seen.insert((file, text)) {
                    all.push((kernel, case.attrs.clone(), family));
                }
            }
        }
    }
    all
}

#[test]
fn shaders_are_valid_and_as_their_signatures_say() {
    for (kernel, attrs, family) in variants() {
        let linked = link_kernel(kernel, &attrs, family).unwrap();
        let module = parse(&linked).unwrap_or_else(|e| panic!("{e}"));
        let signature = kernel.signature(&attrs);
        assert_eq!(departures(&module, &signature), [""; 0], "{}", kernel.stem());
        assert_eq!(uninitialised(&linked), [""; 0], "{}", kernel.stem());
        let entry = &module.entry_points[0];
        assert_eq!((module.entry_points.len(), entry.name.as_str()), (1, "main"));
        assert!(entry.workgroup_size.iter().product::<u32>() <= 256);
        assert!(signature.bindings.len() <= 8);
    }
}

#[test]
fn launches_fit_their_signatures_and_limits() {
    for kernel in REGISTRY {
        for case in kernel.cases() {
            let (stem, signature) = (kernel.stem(), kernel.signature(&case.attrs));
            let plain = launch_in(*kernel, &case, Family::Registers);
            assert_eq!(plain, filled(*kernel, &case).launch, "{stem}");
            for &family in families(stem) {
                let launch = launch_in(*kernel, &case, family);
                assert_eq!(launch.uniforms.len(), signature.uniforms.len(), "{stem}");
                assert_eq!(launch.overrides.len(), signature.overrides.len(), "{stem}");
                assert!(launch.workgroups.iter().all(|n| (1..=65_535).contains(n)), "{stem}");
            }
        }
    }
}

#[test]
fn pipelines_build_within_the_guaranteed_limits() {
    let (device, _queue) = wgpu::Device::noop(&wgpu::DeviceDescriptor {
        required_limits: wgpu::Limits::default(),
        ..Default::default()
    });
    let pipelines = Pipelines::new(device.clone());
    for kernel in REGISTRY {
        for case in kernel.cases() {
            for &family in families(kernel.stem()) {
                let overrides = launch_in(*kernel, &case, family).overrides;
                let scope = device.push_error_scope(wgpu::ErrorFilter::Validation);
                pipelines.get(&Order::new(*kernel, &case.attrs, family, &overrides)).unwrap();
                let error = pollster::block_on(scope.pop());
                assert!(error.is_none(), "{} {overrides:?}: {error:?}", kernel.stem());
            }
        }
    }
}

/// Every kernel twice beside a sum, as a launch of three steps.
#[test]
fn joined_shaders_are_valid_and_keep_to_the_limits() {
    let mut tried = 0;
    for kernel in REGISTRY.iter().filter(|k| joins(k.stem())) {
        for case in kernel.cases() {
            let filled = filled(*kernel, &case);
            let bindings = kernel.signature(&case.attrs).bindings;
            if bindings.iter().any(|b| b.ty == Ty::U32 || b.access == Access::ReadWrite) {
                continue;
            }
            // The first two share their buffers, one behind the other.
            let mut end = vec![0; bindings.len()];
            let mut step = || Dispatch {
                stem: kernel.stem().to_owned(),
                label: kernel.stem().to_owned(),
                attrs: case.attrs.clone(),
                args: filled
                    .shapes
                    .iter()
                    .enumerate()
                    .map(|(buffer, shape)| {
                        let offset = std::mem::replace(&mut end[buffer], aligned(shape.iter().product()));
                        Slice { buffer, offset, shape: shape.clone() }
                    })
                    .collect(),
                launch: filled.launch.clone(),
            };
            let mut steps = vec![step(), step()];
            if bindings.len() <= 6 {
                let args = [vec![5, 4, 3], vec![5, 1, 3]].into_iter().enumerate();
                let args = args.map(|(i, shape)| Slice { buffer: 10 + i, offset: 0, shape }).collect();
                let attrs = Attrs::ints(&[1, 0]);
                let sum = find("reduce_sum").unwrap();
                let launch = sum.launch(&attrs, &[&[5, 4, 3], &[5, 1, 3]]);
                let (stem, label) = ("reduce_sum".to_owned(), String::new());
                steps.push(Dispatch { stem, label, attrs, args, launch });
            }
            let joint =
                of_steps(Family::Registers, &steps).unwrap().unwrap_or_else(|| panic!("{}", kernel.stem()));
            let lines = joint.text.lines().map(|_| (kernel.stem().to_owned(), 0)).collect();
            let linked = Linked { text: joint.text.clone(), lines };
            let module = parse(&linked).unwrap_or_else(|e| panic!("{}: {e}\n{}", kernel.stem(), joint.text));
            assert_eq!(uninitialised(&linked), [""; 0]);
            assert!(joint.bindings.len() <= 8);
            let memory =
                module.global_variables.iter().filter(|(_, g)| g.space == naga::AddressSpace::WorkGroup);
            let memory: u32 = memory.map(|(_, g)| module.types[g.ty].inner.size(module.to_ctx())).sum();
            assert!(memory <= 16_384 * steps.len() as u32 / 8, "{}: {memory} bytes", kernel.stem());
            tried += 1;
        }
    }
    assert!(tried > 200, "{tried}");
}

#[test]
fn departures_and_missing_initialisers_are_caught() {
    let linked = |text: &str| Linked { text: text.to_owned(), lines: vec![("f.wgsl".to_owned(), 1); 99] };
    let kernel = equiscope::engine::kernels::find("reduce_sum").unwrap();
    let good = link_kernel(kernel, &Attrs::default(), Family::Registers).unwrap();
    let signature = kernel.signature(&Attrs::default());
    let check = |from: &str, to: &str| {
        let text = good.text.replace(from, to);
        assert_ne!(text, good.text, "{from}");
        departures(&parse(&linked(&text)).unwrap(), &signature)
    };
    assert_eq!(check("    n: u32,\n    inner: u32,", "    inner: u32,\n    n: u32,").len(), 1);
    assert_eq!(check("@binding(1) var<storage, read>", "@binding(1) var<storage, read_write>").len(), 1);
    assert_eq!(check("override TREE: u32 = 0u;", "override TREES: u32 = 0u; const TREE: u32 = 0u;").len(), 1);
    let bare = good.text.replace("var total: f32 = 0.0;", "var total: f32;");
    assert_eq!(uninitialised(&Linked { text: bare, lines: good.lines.clone() }).len(), 1);
    let loops = "fn f() {\n    for (var k: u32 = 0u; k < 3u; k += 1u) { var g: f32; }\n    if true { var h: vec3f; }\n}";
    assert_eq!(uninitialised(&linked(loops)).len(), 2);
    assert!(parse(&linked("fn f() { let x: u32 = 1.5; }")).unwrap_err().starts_with("f.wgsl:1"));
}
