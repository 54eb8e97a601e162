//! The lab Vectors without its pictures: the audit, training, and what its switches do.

use equiscope::data::Target;
use equiscope::engine::kernels::EVERYWHERE;
use equiscope::engine::{CpuExecutor, Executor, Plan};
use equiscope::labs::check::{Backend, CheckOptions, Precision, Symmetry};
use equiscope::labs::places::Places;
use equiscope::labs::vectors::check::run;
use equiscope::labs::vectors::exhibit::Exhibit;
use equiscope::labs::vectors::model::Model;
use equiscope::labs::vectors::settings::Settings;
use equiscope::maths::group::{Group, MENU};
use equiscope::nn::layers::Breaks;
use equiscope::session::Command;
use std::sync::Arc;

fn options(precision: Precision) -> CheckOptions {
    CheckOptions { samples: 1000, seed: 5, backend: Backend::Cpu, precision, rapidity: 3.0 }
}

#[test]
fn boosts_stay_within_the_bound_of_f32_for_every_seed() {
    for seed in 0..8 {
        let report = run(&CheckOptions { seed, ..options(Precision::F32) }).unwrap();
        let boosts = report.groups.iter().filter(|row| row.group.starts_with("SO+(1") && row.bound.is_some());
        let worst = boosts.map(|row| row.worst).collect::<Vec<_>>();
        assert!(worst.len() >= 2 && worst.iter().all(|&worst| worst < 5e-5), "seed {seed}: {worst:?}");
    }
}

#[test]
fn every_broken_row_shows_even_in_a_short_audit() {
    // What the page is asked for: a hundred pairs from the first seed.
    let report = run(&CheckOptions { samples: 100, seed: 1, ..options(Precision::F32) }).unwrap();
    let broken: Vec<_> = report.groups.iter().filter(|r| r.model.contains("broken")).collect();
    assert_eq!(broken.len(), 4 * 8);
    for row in broken {
        assert!(row.worst > 1e-2, "{} {} only reaches {:.1e}", row.group, row.model, row.worst);
    }
}

#[test]
fn the_audit_holds_in_both_precisions_and_every_switch_breaks_it() {
    for precision in [Precision::F32, Precision::F64] {
        let report = run(&options(precision)).unwrap();
        assert!(report.passed, "{precision:?}");
        let exact = report.groups.iter().filter(|r| r.symmetry == Symmetry::Exact).count();
        assert_eq!(exact, 8);
        for row in report.groups.iter().filter(|r| r.symmetry == Symmetry::None) {
            assert!(row.worst > 1e-2, "{} {} only reaches {:.1e}", row.group, row.model, row.worst);
        }
    }
}

#[test]
fn plans_need_no_kernel_that_the_browser_lacks() {
    for group in MENU {
        for target in Target::ALL {
            let mut s = Settings { target, ..Settings::default() };
            s.set_group(group);
            let model = Model::new(&s, s.group).unwrap();
            let forward = model.forward(target, Breaks::default(), 7).unwrap();
            for graph in [model.training(&s).unwrap(), forward] {
                for step in &Plan::compile(&graph).unwrap().steps {
                    assert!(EVERYWHERE.contains(&step.stem.as_str()), "{group} needs {}", step.stem);
                }
            }
        }
    }
}

fn trained(group: Group, target: Target, steps: u32) -> Exhibit {
    let mut s = Settings { target, ..Settings::default() };
    s.set_group(group);
    let mut e = Exhibit::new(s, Places::cpu()).unwrap();
    e.command(Command::Step(steps)).unwrap();
    while e.busy() {
        e.advance(false).unwrap();
    }
    e
}

#[test]
fn two_hundred_steps_lower_both_losses_tenfold_and_keep_the_symmetry() {
    let e = trained(Group::Orthogonal(2), Target::Springs, 200);
    let m = e.metrics();
    for net in ["equivariant", "twin"] {
        let curve = e.trainer().curve(net).unwrap();
        let (first, last) = (curve.mean_over(0..=2).unwrap(), curve.mean_over(190..=199).unwrap());
        assert!(first / last > 10.0, "{net} fell only from {first} to {last}");
    }
    assert_eq!(e.trainer().step(), 200);
    assert!(m["worst"].as_f64().unwrap() < 1e-5, "{}", m["worst"]);
    assert!(m["twin_median"].as_f64().unwrap() > 1e-2, "{}", m["twin_median"]);
}

/// Plays until `steps` are taken, with a change of the settings before every frame, and checks each frame's numbers.
fn stays_equivariant_while(group: Group, steps: u32, mut change: impl FnMut(&mut Settings, u32)) {
    let mut s = Settings::default();
    s.set_group(group);
    let mut e = Exhibit::new(s, Places::cpu()).unwrap();
    e.command(Command::Play).unwrap();
    let (mut frame, mut sweeps, mut last) = (0, 0, None);
    while e.trainer().step() < steps || sweeps < 12 {
        let mut s = e.settings().clone();
        change(&mut s, frame);
        e.apply(s).unwrap();
        e.advance(false).unwrap();
        frame += 1;
        if let Some(sweep) = e.prober().sweep() {
            sweeps += u32::from(last.replace(sweep.worst) != Some(sweep.worst));
            let along = sweep.along[0].iter().copied().fold(0.0, f64::max);
            assert!(
                sweep.worst[0] < 1e-5 && sweep.median[0] <= sweep.worst[0],
                "{group} frame {frame}: {:e}",
                sweep.worst[0]
            );
            assert!(along < 1e-5, "{group} frame {frame}: {along:e} on the orbit");
        }
        if let Some(square) = e.prober().square() {
            assert!(square.residual[0].unwrap() < 1e-5, "{group} frame {frame}: {:?}", square.residual);
            assert!(square.exact.unwrap() < 1e-12, "{group} frame {frame}: {:?}", square.exact);
        }
    }
    assert!(sweeps >= 12 && frame > 30, "{sweeps} sweeps in {frame} frames show nothing");
}

#[test]
fn the_residual_stays_below_the_bound_while_training_plays() {
    stays_equivariant_while(Group::Orthogonal(2), 200, |_, _| ());
    stays_equivariant_while(Group::Dihedral(6), 200, |_, _| ());
}

#[test]
fn the_residual_stays_below_the_bound_while_x_and_g_are_dragged() {
    for group in [Group::Orthogonal(2), Group::Orthogonal(3)] {
        stays_equivariant_while(group, 200, |s, frame| {
            s.x[0][0] += 0.05 * (f64::from(frame) * 0.3).cos();
            s.coords.angle += 0.1;
            s.coords.axis[0] = (f64::from(frame) * 0.2).sin();
        });
    }
}

#[test]
fn every_group_and_target_trains() {
    for group in MENU.into_iter().filter(|g| g.keeps_metric()) {
        for target in Target::ALL {
            let e = trained(group, target, 60);
            let curve = e.trainer().curve("equivariant").unwrap();
            let (first, last) = (curve.mean_over(0..=2).unwrap(), curve.mean_over(50..=59).unwrap());
            assert!(last < 0.7 * first, "{group} {target:?}: {first} → {last}");
            let worst = e.metrics()["worst"].as_f64().unwrap();
            assert!(worst < if group.compact() { 1e-5 } else { 1e-4 }, "{group} {target:?}: {worst}");
        }
    }
}

#[test]
fn gradients_of_both_nets_agree_with_central_differences() {
    use equiscope::engine::Builder;
    for group in [Group::Orthogonal(2), Group::Lorentz(2)] {
        let mut s = Settings { width: 4, layers: 1, ..Settings::default() };
        s.set_group(group);
        s.breaks = Breaks { bias: true, component: true, ..Breaks::default() };
        let model = Model::new(&s, group).unwrap();
        let (n, dim) = (s.x.len(), group.dim());
        let b = Builder::new();
        let (t0, t1) = (b.input("t0", &[3, n]), b.input("t1", &[3, dim, n]));
        let f = model.shape.build_equivariant(&b, s.breaks, t0, t1).unwrap();
        let twin = model.shape.build_twin(&b, 5, t0, t1);
        let loss = (f.t1.unwrap().square().mean() + twin.t1.unwrap().square().mean()) * 0.5;
        b.output("loss", loss);
        b.train(&[("loss", loss)], equiscope::engine::Optimiser::Sgd);
        let plan = Arc::new(Plan::compile(&b.finish().unwrap()).unwrap());
        let mut rng = equiscope::maths::rng::Rng::new(3, 0);
        let mut draw = |k: usize| (0..k).map(|_| 0.5 * rng.normal()).collect::<Vec<f64>>();
        let (d0, d1) = (draw(3 * n), draw(3 * dim * n));
        // One step of gradient descent with rate one: the gradient is the difference of the parameters.
        let run = |params: &[f32], lr: f64| {
            let mut e = CpuExecutor::<f64>::new(plan.clone());
            e.set_params(params).unwrap();
            e.set_knob("lr", lr).unwrap();
            e.write_t("t0", &d0).unwrap();
            e.write_t("t1", &d1).unwrap();
            e.run(1).unwrap();
            (e.read("loss").unwrap()[0], e.read("params").unwrap())
        };
        let start = plan.params().init(11);
        let (_, after) = run(&start, 1.0);
        for entry in &plan.params().entries {
            let i = entry.offset + entry.len / 2;
            // A power of two, so that start ± h is exact in f32.
            let h = 2f32.powi(-10);
            let mut up = start.clone();
            up[i] += h;
            let mut down = start.clone();
            down[i] -= h;
            let width = f64::from(up[i]) - f64::from(down[i]);
            let numeric = (run(&up, 0.0).0 - run(&down, 0.0).0) / width;
            let exact = f64::from(start[i]) - after[i];
            assert!(
                (numeric - exact).abs() < 1e-5 * (1.0 + exact.abs()),
                "{group} {}: {numeric} {exact}",
                entry.path
            );
        }
    }
}

/// A run with a learning rate that no network survives, at its end.
fn diverged() -> Exhibit {
    use equiscope::engine::Optimiser;
    use equiscope::session::RunState;
    let s = Settings { learning_rate: 1.0, optimiser: Optimiser::Momentum, ..Settings::default() };
    let mut e = Exhibit::new(s, Places::cpu()).unwrap();
    e.command(Command::Step(2000)).unwrap();
    for _ in 0..20_000 {
        e.advance(false).unwrap();
        if !matches!(e.trainer().state(), RunState::Stepping(_)) {
            break;
        }
    }
    assert!(matches!(e.trainer().state(), RunState::Diverged { .. }), "{:?}", e.trainer().state());
    e
}

#[test]
fn a_run_that_diverges_says_so_and_gives_the_last_good_one_back() {
    use equiscope::session::RunState;
    let mut e = diverged();
    let good = e.trainer().last_good_step();
    e.restore_last_good().unwrap();
    assert_eq!(e.trainer().step(), good);
    assert_eq!(e.trainer().state(), &RunState::Paused);
    assert!(e.trainer().params().iter().all(|p| p.is_finite()));
}

/// Lines of the CSV without its head: the step, and the cells of both networks.
fn csv(e: &Exhibit) -> Vec<(u32, Vec<f32>)> {
    let text = e.curves_csv();
    text.lines()
        .skip(1)
        .map(|line| {
            let (step, cells) = line.split_once(',').unwrap();
            (step.parse().unwrap(), cells.split(',').map(|c| c.parse().unwrap()).collect())
        })
        .collect()
}

#[test]
fn after_a_divergence_the_curves_end_together_and_go_on_from_the_step_given_back() {
    use equiscope::session::RunState;
    let mut e = diverged();
    let RunState::Diverged { step: bad, .. } = *e.trainer().state() else { unreachable!() };
    for net in ["equivariant", "twin"] {
        let last = e.trainer().curve(net).unwrap().points().last().unwrap().0;
        assert_eq!(last + 1, bad, "{net}");
    }
    let good = e.trainer().last_good_step();
    let mut other = diverged();
    e.restore_last_good().unwrap();
    assert!(csv(&e).iter().all(|(step, _)| *step < good));
    // At rest it goes on, as far as the loss is still a number; every step stands there once, with both numbers.
    let still = Settings { learning_rate: 0.0, ..e.settings().clone() };
    e.apply(still).unwrap();
    e.command(Command::Step(5)).unwrap();
    while e.busy() {
        e.advance(false).unwrap();
    }
    let steps: Vec<u32> = csv(&e).iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, (0..steps.len() as u32).collect::<Vec<u32>>());
    assert!((good..=good + 5).contains(&(steps.len() as u32)));
    // A change that needs a new plan takes the last good weights over, and so the step they belong to.
    let good = other.trainer().last_good_step();
    let mut broken = other.settings().clone();
    broken.breaks.bias = true;
    other.apply(broken).unwrap();
    assert_eq!(other.trainer().step(), good);
    assert!(csv(&other).iter().all(|(step, _)| *step < good));
}

#[test]
fn no_steps_are_done_at_once() {
    use equiscope::session::RunState;
    let mut e = trained(Group::Orthogonal(2), Target::Springs, 3);
    e.command(Command::Step(0)).unwrap();
    assert_eq!(e.trainer().state(), &RunState::Paused);
    assert!(!e.trainer().busy());
    e.command(Command::Play).unwrap();
    e.command(Command::Step(0)).unwrap();
    assert_eq!(e.trainer().state(), &RunState::Paused);
}

#[test]
fn reset_goes_back_to_the_same_start_and_a_new_seed_does_not() {
    let mut e = trained(Group::Orthogonal(2), Target::Springs, 5);
    let trained_params = e.trainer().params().to_vec();
    e.command(Command::Reset).unwrap();
    let first = e.trainer().params().to_vec();
    assert_ne!(first, trained_params);
    e.command(Command::Step(5)).unwrap();
    while e.busy() {
        e.advance(false).unwrap();
    }
    assert_eq!(e.trainer().params(), trained_params);
    e.command(Command::NewSeed).unwrap();
    assert_ne!(e.trainer().params(), first);
}

#[test]
fn a_switch_keeps_the_weights_and_remembers_the_orbit() {
    let mut e = trained(Group::Orthogonal(2), Target::Springs, 20);
    let mut s = e.settings().clone();
    s.breaks.bias = true;
    e.apply(s.clone()).unwrap();
    while e.busy() {
        e.advance(false).unwrap();
    }
    assert_eq!(e.trainer().step(), 20);
    let before = e.before().unwrap().along.iter().copied().fold(0.0, f64::max);
    let after = e.prober().sweep().unwrap().along[0].iter().copied().fold(0.0, f64::max);
    assert!(before < 1e-5 && after > 1e-2, "{before} {after}");
    let mut other = s.clone();
    other.set_group(Group::Dihedral(6));
    e.apply(other).unwrap();
    assert!(e.before().is_none(), "the curve of O(2) stands on the orbit of D(6)");
    e.apply(Settings { breaks: Breaks::default(), ..s.clone() }).unwrap();
    while e.busy() {
        e.advance(false).unwrap();
    }
    e.apply(s.clone()).unwrap();
    assert!(e.before().is_some());
    s.breaks.bias = false;
    e.apply(s).unwrap();
    assert!(e.before().is_none());
}
