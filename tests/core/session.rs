//! Checkpoints, and the same training from several seeds.

use std::sync::Arc;

use equiscope::bench::find;
use equiscope::engine::exec::remote::{Remote, Thread};
use equiscope::engine::{CpuExecutor, Executor, MakeExecutor, Plan};
use equiscope::labs::vectors::model::{Model, NETS};
use equiscope::labs::vectors::settings::Settings;
use equiscope::session::{Checkpoint, CheckpointError, Command, Curve, RunState, Runs, Seeds, Trainer};

fn here(plan: Arc<Plan>) -> Result<Box<dyn Executor>, equiscope::engine::EngineError> {
    Ok(Box::new(CpuExecutor::<f32>::new(plan)))
}

/// The lab's training step, small: it draws random batches and uses moments.
fn plan(width: usize) -> Arc<Plan> {
    let settings = Settings { width, layers: 1, batch: 8, ..Settings::default() };
    let model = Model::new(&settings, settings.group).unwrap();
    Arc::new(Plan::compile(&model.training(&settings).unwrap()).unwrap())
}

fn trainer(plan: &Arc<Plan>, make: &MakeExecutor, init: u64, noise: u64) -> Trainer {
    let executor = make(plan.clone()).unwrap();
    Trainer::new(plan.clone(), executor, &NETS, plan.params().init(init), noise).unwrap()
}

fn train(trainer: &mut Trainer, steps: u32) {
    trainer.command(Command::Step(steps));
    settle(trainer);
}

fn settle(trainer: &mut Trainer) {
    while trainer.busy() {
        trainer.advance(false);
    }
    assert_eq!(*trainer.state(), RunState::Paused);
}

fn saved(trainer: &mut Trainer) -> Checkpoint {
    trainer.save();
    settle(trainer);
    trainer.take_checkpoint().unwrap().unwrap()
}

#[test]
fn training_goes_on_from_a_file_to_the_last_bit() {
    let plan = plan(3);
    let remote = Remote::new(Box::new(Thread::start().unwrap()));
    let there = move |plan| Ok(Box::new(remote.executor(plan)?) as Box<dyn Executor>);
    let mut straight = trainer(&plan, &here, 1, 2);
    train(&mut straight, 12);
    let mut first = trainer(&plan, &here, 1, 2);
    train(&mut first, 7);
    let mut checkpoint = saved(&mut first);
    checkpoint.config.insert("lab".to_owned(), "vectors?n=3".to_owned());
    let read = Checkpoint::from_bytes(&checkpoint.to_bytes()).unwrap();
    assert_eq!(read, checkpoint);
    assert_eq!((read.step, read.age, read.seed), (7, 7, 2));
    // On this thread and in another, from another start.
    for make in [&here as &MakeExecutor, &there] {
        let mut second = trainer(&plan, make, 8, 9);
        train(&mut second, 3);
        second.load(&read).unwrap();
        assert_eq!((second.step(), second.params()), (7, first.params()));
        train(&mut second, 5);
        assert_eq!(second.step(), 12);
        assert_eq!(second.params(), straight.params());
        assert_eq!(saved(&mut second), saved(&mut straight));
        let last = |t: &Trainer| NETS.map(|net| t.curve(net).and_then(Curve::last).unwrap());
        assert_eq!(last(&second), last(&straight));
        assert_eq!(second.curve(NETS[0]).unwrap().points()[0].0, 7, "curves begin where the file does");
    }
}

#[test]
fn the_age_of_moments_that_were_cleared_is_kept() {
    let plan = plan(3);
    let mut run = trainer(&plan, &here, 1, 2);
    train(&mut run, 4);
    run.restore_last_good().unwrap();
    train(&mut run, 2);
    let checkpoint = saved(&mut run);
    assert_eq!((checkpoint.step, checkpoint.age), (6, 2));
    train(&mut run, 3);
    let mut other = trainer(&plan, &here, 1, 2);
    other.load(&checkpoint).unwrap();
    train(&mut other, 3);
    assert_eq!(other.params(), run.params());
}

#[test]
fn others_read_what_is_written_and_the_other_way_round() {
    let plan = plan(3);
    let mut run = trainer(&plan, &here, 1, 2);
    train(&mut run, 2);
    let checkpoint = saved(&mut run);
    let bytes = checkpoint.to_bytes();
    let theirs = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(theirs.len(), checkpoint.tensors.len());
    assert_eq!(theirs.len(), 3 * plan.params().entries.len());
    for (path, tensor) in &checkpoint.tensors {
        let view = theirs.tensor(path).unwrap();
        assert_eq!((view.dtype(), view.shape()), (safetensors::Dtype::F32, &tensor.shape[..]));
        let numbers: Vec<u8> = tensor.values.iter().flat_map(|v| v.to_le_bytes()).collect();
        assert_eq!(view.data(), numbers);
    }
    let (_, header) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
    let written = safetensors::serialize(theirs.tensors(), header.metadata().clone()).unwrap();
    assert_eq!(Checkpoint::from_bytes(&written).unwrap(), checkpoint);
}

#[test]
fn a_file_of_another_network_is_refused_and_says_why() {
    let mut run = trainer(&plan(3), &here, 1, 2);
    train(&mut run, 1);
    let checkpoint = saved(&mut run);
    let path = checkpoint.tensors.keys().find(|p| !p.starts_with("optimiser")).unwrap().clone();

    let mut wider = trainer(&plan(4), &here, 1, 2);
    let before = wider.params().to_vec();
    let error = wider.load(&checkpoint).unwrap_err();
    assert!(matches!(&error, CheckpointError::Shape { expected, got, .. } if expected != got), "{error}");
    assert!(error.to_string().contains("in the checkpoint"), "{error}");
    assert_eq!((wider.step(), wider.params()), (0, &before[..]), "nothing has changed");

    let mut fewer = checkpoint.clone();
    fewer.tensors.remove(&path);
    assert!(matches!(run.load(&fewer), Err(CheckpointError::Missing { path: p, .. }) if p == path));
    let mut more = checkpoint.clone();
    more.tensors.insert("stranger".to_owned(), more.tensors[&path].clone());
    assert_eq!(run.load(&more), Err(CheckpointError::Extra("stranger".to_owned())));
    let mut without = checkpoint.clone();
    without.tensors.retain(|p, _| !p.starts_with("optimiser"));
    assert!(run.load(&without).is_ok(), "weights alone are enough");
}

#[test]
fn damaged_files_are_refused_and_never_panic() {
    let mut run = trainer(&plan(2), &here, 1, 2);
    let bytes = saved(&mut run).to_bytes();
    assert!(Checkpoint::from_bytes(&bytes).is_ok());
    for end in (0..bytes.len()).step_by(37) {
        assert!(matches!(Checkpoint::from_bytes(&bytes[..end]), Err(CheckpointError::Format(_))), "{end}");
    }
    let file = |header: &str| {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.bytes());
        bytes.extend([0; 8]);
        bytes
    };
    let about = r#""__metadata__":{"format":"equiscope-run-1","step":"1","age":"1","seed":"1"}"#;
    let read = |entry: &str| Checkpoint::from_bytes(&file(&format!("{{{about}{entry}}}")));
    assert_eq!(read("").unwrap().step, 1);
    assert_eq!(
        read(r#","w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#).unwrap().tensors["w"].values,
        [0.0; 2]
    );
    for entry in [
        r#","w":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}"#,
        r#","w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}"#,
        r#","w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}"#,
        r#","w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}"#,
        r#","w":{"dtype":"F32","shape":[2],"data_offsets":[0,8,16]}"#,
        r#","w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}"#,
        r#","w":{"dtype":"F32","shape":[18446744073709551615,9],"data_offsets":[0,8]}"#,
        r#","w":5"#,
        ",",
    ] {
        assert!(matches!(read(entry), Err(CheckpointError::Format(_))), "{entry}");
    }
    assert!(Checkpoint::from_bytes(&file("{}")).unwrap_err().to_string().contains("equiscope-run-1"));
    assert!(Checkpoint::from_bytes(&u64::MAX.to_le_bytes()).is_err());
}

#[test]
fn several_seeds_train_as_each_does_alone() {
    let plan = plan(3);
    let seeds = [1, 5, 8, 13].map(|init| Seeds { init, noise: init + 1 });
    let mut runs = Runs::new(&plan, &here, &NETS, &seeds).unwrap();
    runs.command(Command::Step(20));
    while runs.busy() {
        runs.advance(false);
    }
    assert_eq!((runs.step(), runs.stopped()), (20, 0));
    let mut lost = Vec::new();
    for (run, s) in runs.each().iter().zip(seeds) {
        let mut alone = trainer(&plan, &here, s.init, s.noise);
        train(&mut alone, 20);
        assert_eq!(run.params(), alone.params());
        lost.push(alone.curve(NETS[0]).unwrap().points()[19].1);
    }
    lost.sort_by(f32::total_cmp);
    let band = runs.band(NETS[0]);
    assert_eq!(band.len(), 20);
    assert!(
        band.iter().enumerate().all(|(i, b)| b.step == i as u32 && b.low <= b.median && b.median <= b.high)
    );
    let between = |i: usize, part: f32| lost[i] + (lost[i + 1] - lost[i]) * part;
    let expected = [between(0, 0.75), between(1, 0.5), between(2, 0.25)];
    assert_eq!([band[19].low, band[19].median, band[19].high], expected);
    assert!(runs.band("nope").is_empty());
}

#[test]
fn a_band_ends_where_the_slowest_run_does() {
    let prepared = find("W1a").unwrap().prepare().unwrap();
    let plan = Arc::new(Plan::compile(&prepared.graph).unwrap());
    let seeds = [Seeds { init: 0, noise: 0 }; 3];
    let mut runs = Runs::new(&plan, &here, &["loss"], &seeds).unwrap();
    prepared.inputs().iter().for_each(|(name, data)| runs.write(name, data).unwrap());
    runs.set_knob("lr", 1e-3).unwrap();
    runs.command(Command::Play);
    while runs.step() < 3 {
        runs.advance(false);
    }
    let (slowest, band) = (runs.step(), runs.band("loss"));
    assert_eq!(band.last().unwrap().step + 1, slowest);
    assert!(band.iter().all(|b| b.low == b.high), "the same seed, the same loss");
}
