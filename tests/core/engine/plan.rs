//! Plans: places, lifetimes, round trip, parameters.

use std::sync::Arc;

use super::support::mlp;
use equiscope::engine::exec::{CpuExecutor, Executor, Health};
use equiscope::engine::graph::{Builder, Init, Optimiser};
use equiscope::engine::kernels::{Family, REGISTRY, find};
use equiscope::engine::plan::{BufferKind, CONSTANTS, Cost, Dispatch, Plan, Speed};

#[test]
fn plans_survive_json_and_print() {
    let plan = Plan::compile(&mlp(Optimiser::Adam)).unwrap();
    let text = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
    let table = plan.to_string();
    assert!(
        table.contains("matmul") && table.contains("[16, 20]") && table.contains("dispatches"),
        "{table}"
    );
}

#[test]
fn bytes_and_operations_are_counted_by_launch() {
    let b = Builder::new();
    let (x, w) = (b.input("x", &[6, 10]), b.input("w", &[10, 3]));
    let y = x.matmul(w);
    b.output("y", y);
    b.output("z", y + y);
    let plan = Plan::compile_as_is(&b.finish().unwrap()).unwrap();
    let costs: Vec<_> = plan.steps.iter().map(Dispatch::cost).collect();
    let expected =
        |bytes_read, bytes_written, flops| Cost { dispatches: 1, bytes_read, bytes_written, flops };
    // [6, 10]·[10, 3], then a sum whose two terms are the same tensor, bound twice.
    assert_eq!(costs, [expected(4 * (60 + 30), 4 * 18, 360.0), expected(4 * 36, 4 * 18, 0.0)]);
    let whole = plan.cost();
    assert_eq!((whole.dispatches, whole.bytes(), whole.flops), (2, 4 * (90 + 18 + 36 + 18), 360.0));
    let table = plan.to_string();
    assert!(table.contains("a step: 2 dispatches, 504 bytes read, 144 written"), "{table}");
    let speed = Speed { launch: 1e-6, flops: 360e6, bytes: 648e6 };
    assert!((speed.seconds(&whole) - 4e-6).abs() < 1e-12);
}

#[test]
fn what_changes_in_place_is_read_and_written_and_a_tick_writes_one_number() {
    let b = Builder::new();
    let p = b.param("p", &[64], Init::Constant(1.0));
    b.train(&[("loss", p.square().sum_all())], Optimiser::Adam);
    let plan = Plan::compile(&b.finish().unwrap()).unwrap();
    let cost = |stem: &str| plan.steps.iter().find(|d| d.stem == stem).unwrap().cost();
    let (optimise, tick) = (cost("optimise"), cost("tick"));
    // Parameters and two moments are changed, and the age of the moments is read from the four words of the state.
    assert_eq!((optimise.bytes_written, optimise.bytes_read % 4), (4 * 3 * 64, 0));
    assert!(optimise.bytes_read >= 4 * 4 * 64, "{optimise:?}");
    // A loss into its ring, and the state.
    assert_eq!(tick.bytes_written, 4 + 16);
}

#[test]
fn one_optimiser_dispatch_one_tick_and_gradients_in_place() {
    let plan = Plan::compile(&mlp(Optimiser::Sgd)).unwrap();
    let count = |stem: &str| plan.steps.iter().filter(|d| d.stem == stem).count();
    assert_eq!((count("optimise"), count("tick"), count("copy")), (1, 1, 0), "{plan}");
}

#[test]
fn nothing_is_computed_from_constants_alone() {
    let plan = Plan::compile(&mlp(Optimiser::Adam)).unwrap();
    let known = |d: &&Dispatch| d.stem == "binary" && d.args[..2].iter().all(|s| s.buffer == CONSTANTS);
    assert_eq!(plan.steps.iter().filter(known).count(), 0, "{plan}");
}

#[test]
fn slots_are_reused_and_never_read_while_written() {
    let b = Builder::new();
    let mut x = b.input("x", &[100]);
    for _ in 0..20 {
        x = (x * 0.5).tanh();
    }
    b.output("y", x);
    let plan = Plan::compile(&b.finish().unwrap()).unwrap();
    let slots = plan.buffers.iter().filter(|b| b.kind == BufferKind::Slot).count();
    assert!(slots <= 3, "{slots} slots for a chain");
    plan.check().unwrap();
}

#[test]
fn shared_gradients_and_gradients_without_kernel_are_copied() {
    let b = Builder::new();
    let p = b.param("p", &[3], Init::Constant(1.0));
    let q = b.param("q", &[3], Init::Constant(2.0));
    let r = b.param("r", &[1], Init::Constant(3.0));
    b.train(&[("sum", (p + q).sum_all() + r)], Optimiser::Sgd);
    let plan = Arc::new(Plan::compile(&b.finish().unwrap()).unwrap());
    let mut exec = CpuExecutor::<f64>::new(Arc::clone(&plan));
    exec.set_knob("lr", 0.5).unwrap();
    exec.run(2).unwrap();
    let params = exec.read("params").unwrap();
    let at = |path: &str| params[plan.params().find(path).unwrap().offset];
    assert_eq!((at("p"), at("q"), at("r")), (0.0, 1.0, 2.0));
}

#[test]
fn parameters_keep_their_start_when_others_come() {
    let layout = |paths: &[(&str, usize)]| {
        let b = Builder::new();
        for &(path, n) in paths {
            let v = b.param(path, &[n], Init::Normal { std: 1.0 });
            b.output(path, v);
        }
        Plan::compile(&b.finish().unwrap()).unwrap().params().clone()
    };
    let (old, new) = (layout(&[("a", 70), ("b", 3)]), layout(&[("c", 5), ("b", 3), ("a", 71)]));
    let (x, y) = (old.init(9), new.init(9));
    let part = |l: &equiscope::engine::plan::ParamLayout, v: &[f32], path: &str| {
        let e = l.find(path).unwrap();
        v[e.offset..e.offset + 3].to_vec()
    };
    assert_eq!(part(&old, &x, "b"), part(&new, &y, "b"));
    assert_ne!(old.init(10), x);
    assert_eq!(old.count(), 73);
    let mut moved = vec![0.0; new.len];
    new.transfer(&old, &x, &mut moved);
    assert_eq!(part(&new, &moved, "b"), part(&old, &x, "b"));
    assert_eq!(part(&new, &moved, "a"), [0.0; 3], "another shape is not copied");
}

#[test]
fn a_broken_plan_is_a_failure_not_a_panic() {
    let mut plan = Plan::compile(&mlp(Optimiser::Sgd)).unwrap();
    plan.steps[0].args[0].offset = 1 << 20;
    let mut exec = CpuExecutor::<f32>::new(Arc::new(plan));
    assert!(matches!(exec.health(), Health::Failed(_)));
    assert!(exec.run(1).is_err());
}

#[test]
fn a_plan_whose_program_is_cut_short_is_a_failure() {
    let good = Plan::compile(&mlp(Optimiser::Sgd)).unwrap();
    let mut tried = 0;
    for (i, step) in good.steps.iter().enumerate() {
        if matches!(step.stem.as_str(), "matmul" | "chain" | "chain_sum") && step.attrs.ints.len() > 8 {
            let mut plan = good.clone();
            plan.steps[i].attrs.ints.truncate(8);
            let exec = CpuExecutor::<f32>::new(Arc::new(plan));
            assert!(matches!(exec.health(), Health::Failed(_)), "{} with half a program", step.stem);
            tried += 1;
        }
    }
    assert!(tried > 2, "{tried}");
}

/// Whether a plan is refused; one that is not has to run.
fn is_refused(plan: Plan) -> bool {
    if plan.check().is_err() {
        return true;
    }
    CpuExecutor::<f32>::new(Arc::new(plan)).run(1).unwrap();
    false
}

#[test]
fn sizes_that_do_not_fit_are_refused() {
    let good = Plan::compile(&mlp(Optimiser::Adam)).unwrap();
    let (mut tried, mut refused) = (0, 0);
    let mut change = |change: &dyn Fn(&mut Plan)| {
        let mut plan = good.clone();
        change(&mut plan);
        tried += 1;
        refused += usize::from(is_refused(plan));
    };
    for (i, step) in good.steps.iter().enumerate() {
        for by in [1, 1 << 20, u32::MAX] {
            for k in 0..step.attrs.ints.len() {
                change(&|plan| plan.steps[i].attrs.ints[k] = plan.steps[i].attrs.ints[k].wrapping_add(by));
            }
            for k in 0..step.launch.uniforms.len() {
                change(&|plan| plan.steps[i].launch.uniforms[k] ^= by);
            }
            for k in 0..step.args.len() {
                change(&|plan| plan.steps[i].args[k].shape[0] += by as usize);
                change(&|plan| plan.steps[i].args[k].shape.push(by as usize));
                change(&|plan| plan.steps[i].args[k].offset += by as usize * 64);
                change(&|plan| plan.steps[i].args[k].shape.clear());
            }
        }
    }
    for k in 0..good.launches.len() {
        change(&|plan| plan.launches[k] = usize::MAX);
    }
    // What is left are other functions, other tensors of the same size, and words of programs that say nothing.
    assert!(tried > 2000 && 3 * refused > 2 * tried, "{refused} of {tried}");
    assert!(!is_refused(good.clone()));
}

#[test]
fn attributes_that_do_not_fit_are_refused_by_every_kernel() {
    let (mut tried, mut refused) = (0, 0);
    for kernel in REGISTRY {
        for case in kernel.cases() {
            let b = Builder::new();
            let feeds = case.feeds.iter().enumerate();
            let inputs: Vec<_> = feeds.map(|(i, f)| b.input(&format!("x{i}"), &f.shape)).collect();
            b.output("y", b.kernel(kernel.stem(), case.attrs.clone(), &inputs));
            let Ok(graph) = b.finish() else { continue };
            let Ok(good) = Plan::compile_as_is(&graph) else { continue };
            for k in 0..case.attrs.ints.len() {
                for by in [1, 1 << 20, u32::MAX] {
                    let mut plan = good.clone();
                    let int = &mut plan.steps[0].attrs.ints[k];
                    *int = int.wrapping_add(by);
                    tried += 1;
                    refused += usize::from(is_refused(plan));
                }
            }
        }
    }
    assert!(tried > 1000 && 10 * refused > 8 * tried, "{refused} of {tried}");
}

#[test]
fn steps_of_a_launch_do_not_wait_for_each_other() {
    let good = Plan::compile(&mlp(Optimiser::Adam)).unwrap();
    assert!(good.launches.iter().any(|&n| n > 1), "{good}");
    assert_eq!(good.launches.iter().sum::<usize>(), good.steps.len());
    let (mut tried, mut refused) = (0, 0);
    for k in 1..good.launches.len() {
        let mut plan = good.clone();
        plan.launches[k - 1] += plan.launches[k];
        plan.launches.remove(k);
        (tried, refused) = (tried + 1, refused + usize::from(plan.check().is_err()));
    }
    assert_eq!(refused, tried, "two launches as one");
}

#[test]
fn names_and_lengths_are_checked() {
    let plan = Arc::new(Plan::compile(&mlp(Optimiser::Sgd)).unwrap());
    let mut exec = CpuExecutor::<f32>::new(plan);
    let unknown = exec.write("z", &[]).unwrap_err().to_string();
    assert_eq!(unknown, "the plan has no input named \"z\"; it has x, y");
    assert!(exec.write("x", &[0.0]).unwrap_err().to_string().contains("takes 48 numbers, not 1"));
    let ticket = exec.request(&["nothing"]);
    assert!(exec.poll(ticket).unwrap().is_err());
    assert!(exec.poll(ticket).is_none());
}

#[test]
fn whole_rows_of_a_slot_are_read_where_they_lie() {
    let b = Builder::new();
    let x = b.input("x", &[6, 64]);
    let rows = x.tanh();
    b.output("rows", rows);
    // In place; in place although asked for as an output; not bound at a multiple of 64; not rows; padded; of an input.
    b.output("sums", rows.slice(0, 2, 3).sum(1));
    b.output("kept", rows.slice(0, 1, 2));
    b.output("odd", rows.reshape(&[12, 32]).slice(0, 3, 2));
    b.output("columns", rows.slice(1, 0, 32));
    b.output("padded", rows.window(0, 4, 4));
    b.output("given", x.slice(0, 1, 1));
    let plan = Arc::new(Plan::compile(&b.finish().unwrap()).unwrap());
    let windows = plan.steps.iter().filter(|d| d.stem == "window").count();
    assert_eq!(windows, 4, "{plan}");
    let mut exec = CpuExecutor::<f64>::new(Arc::clone(&plan));
    let data: Vec<f64> = (0..384).map(|i| f64::from(i) / 100.0).collect();
    exec.write_t("x", &data).unwrap();
    exec.run(1).unwrap();
    let (all, read) = (exec.read("rows").unwrap(), |name: &str| exec.read(name).unwrap());
    assert_eq!(read("kept"), all[64..192]);
    assert_eq!(read("odd"), all[96..160]);
    assert_eq!(read("columns")[32..64], all[64..96]);
    assert_eq!(read("padded")[..128], all[256..]);
    assert_eq!(read("padded")[128..], [0.0; 128]);
    assert_eq!(read("given"), data[64..128]);
    let sums: Vec<f64> = all[128..320].chunks(64).map(|row| row.iter().sum()).collect();
    assert!(read("sums").iter().zip(&sums).all(|(a, b)| (a - b).abs() < 1e-12 * b.abs()));
}

#[test]
fn sums_side_by_side_are_shared_by_a_workgroup_on_hardware_alone() {
    let tree = |shape: &[usize], family| {
        let b = Builder::new();
        b.output("y", b.input("x", shape).sum(0));
        let plan = Plan::compile_as_is(&b.finish().unwrap()).unwrap();
        let d = plan.steps.iter().find(|d| d.stem == "reduce_sum").unwrap();
        d.launch_in(family, find(&d.stem).unwrap()).overrides[0]
    };
    for (shape, software, hardware) in
        [([300, 40], 0, 1), ([300, 4], 1, 1), ([20_000, 40], 1, 1), ([30, 40], 0, 0)]
    {
        assert_eq!(
            (tree(&shape, Family::Registers), tree(&shape, Family::Tiles)),
            (software, hardware),
            "{shape:?}"
        );
    }
}
