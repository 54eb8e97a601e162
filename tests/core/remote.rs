//! Training in slices and in another thread: the same numbers to the last bit, and what happens when the thread ends.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use equiscope::bench::{Prepared, find};
use equiscope::engine::exec::remote::{Parcel, Port, Remote, Server, Thread};
use equiscope::engine::exec::steps_to_mark;
use equiscope::engine::plan::MOMENTS;
use equiscope::engine::{
    CpuExecutor, EngineError, Executor, Health, MakeExecutor, Pace, Plan, Readback, Ticket,
};
use equiscope::labs::places::Places;
use equiscope::labs::vectors::exhibit::Exhibit;
use equiscope::labs::vectors::settings::Settings;
use equiscope::session::{Command, RunState, Trainer};

const READ: [&str; 3] = ["params", "moments", "history:loss"];

fn workload(id: &str) -> (Prepared, Arc<Plan>) {
    let prepared = find(id).unwrap().prepare().unwrap();
    let plan = Arc::new(Plan::compile(&prepared.graph).unwrap());
    (prepared, plan)
}

/// Waits for an answer.
fn wait(exec: &mut dyn Executor, ticket: Ticket) -> Result<Readback, EngineError> {
    for _ in 0..100_000 {
        if let Some(answer) = exec.poll(ticket) {
            return answer;
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    panic!("no answer")
}

fn bits(answer: &Readback) -> Vec<(u32, &String, Vec<u32>)> {
    let list = answer.arrays.iter();
    list.map(|(name, values)| (answer.step, name, values.iter().map(|v| v.to_bits()).collect())).collect()
}

/// What `id` comes to after some steps in one go.
fn whole(id: &str, steps: u32) -> Readback {
    let (prepared, plan) = workload(id);
    let mut exec = CpuExecutor::<f32>::new(plan.clone());
    prepared.start(&plan, &mut exec).unwrap();
    exec.run(steps).unwrap();
    let ticket = exec.request(&READ);
    wait(&mut exec, ticket).unwrap()
}

#[test]
fn a_step_that_is_cut_goes_on_to_the_same_numbers() {
    for id in ["W2", "W3"] {
        let (prepared, plan) = workload(id);
        let mut exec = CpuExecutor::<f32>::new(plan.clone());
        prepared.start(&plan, &mut exec).unwrap();
        let (mut calls, mut cuts) = (0, 0);
        while exec.step() < 3 {
            let (before, left) = (exec.step(), 3 - exec.step());
            let whole = exec.advance(left, 0.0).unwrap();
            assert_eq!(whole, exec.step() > before, "{id}: a step is done, or cut");
            cuts += u32::from(!whole);
            calls += 1;
        }
        assert!(cuts > 3 && calls > 6, "{id}: {cuts} cuts in {calls} calls: too few to test anything");
        let ticket = exec.request(&READ);
        assert_eq!(bits(&wait(&mut exec, ticket).unwrap()), bits(&whole(id, 3)), "{id}");
    }
}

#[test]
fn whatever_is_asked_for_within_a_step_finishes_it_first() {
    let (prepared, plan) = workload("W2");
    let acts: [fn(&mut CpuExecutor<f32>); 4] = [
        |e| e.set_step(1),
        |e| e.set_knob("lr", 0.0).unwrap(),
        |e| e.run(0).unwrap(),
        |e| {
            e.request(&["params"]);
        },
    ];
    for act in acts {
        let mut exec = CpuExecutor::<f32>::new(plan.clone());
        prepared.start(&plan, &mut exec).unwrap();
        assert!(!exec.advance(1, 0.0).unwrap(), "cut");
        act(&mut exec);
        assert_eq!(exec.step(), 1);
        assert_eq!(exec.read("params").unwrap(), whole("W2", 1).arrays["params"]);
    }
}

#[test]
fn slices_are_about_as_long_as_they_may_be() {
    let (prepared, plan) = workload("W1a");
    let mut exec = CpuExecutor::<f32>::new(plan.clone());
    prepared.start(&plan, &mut exec).unwrap();
    let start = std::time::Instant::now();
    assert!(exec.advance(u32::MAX, 30.0).unwrap(), "steps that follow others are not cut");
    // However busy the machine, it did not go through all of them, nor stop at once.
    let took = start.elapsed().as_secs_f64();
    assert!((0.015..5.0).contains(&took) && exec.step() > 0, "{took} s, {} steps", exec.step());
}

/// A server on this thread, that does one thing for each look.
#[derive(Default)]
pub struct Loop {
    server: Server,
    orders: VecDeque<Parcel>,
    /// Parcels until it breaks down.
    life: Option<usize>,
}

impl Loop {
    /// One that breaks down after so many parcels.
    pub fn that_lives_for(parcels: usize) -> Self {
        Self { life: Some(parcels), ..Self::default() }
    }
}

impl Port for Loop {
    fn send(&mut self, parcel: Parcel) {
        self.orders.push_back(parcel);
    }
    fn receive(&mut self) -> Result<Option<Parcel>, String> {
        while let Some(parcel) = self.orders.pop_front() {
            match &mut self.life {
                Some(0) => return Err("it broke down".to_owned()),
                Some(life) => *life -= 1,
                None => {}
            }
            if let Some(answer) = self.server.handle(parcel) {
                return Ok(Some(answer));
            }
        }
        Ok(None)
    }
}

#[test]
fn another_thread_comes_to_the_same_numbers() {
    let ports: [fn() -> Box<dyn Port>; 2] =
        [|| Box::new(Loop::default()), || Box::new(Thread::start().unwrap())];
    for port in ports {
        let remote = Remote::new(port());
        for id in ["W1a", "W2", "W3"] {
            let (prepared, plan) = workload(id);
            let mut exec = remote.executor(plan.clone()).unwrap();
            assert_eq!(exec.pace(), Pace::Apart);
            prepared.start(&plan, &mut exec).unwrap();
            exec.set_seed(0);
            exec.run(2).unwrap();
            exec.advance(3, f64::INFINITY).unwrap();
            let ticket = exec.request(&READ);
            assert_eq!(bits(&wait(&mut exec, ticket).unwrap()), bits(&whole(id, 5)), "{id}");
            assert!(exec.poll(ticket).is_none(), "an answer is given once");
            assert_eq!((exec.in_flight(), exec.health()), (0, Health::Ok));
        }
    }
}

#[test]
fn a_run_that_is_far_away_ends_its_orders_at_the_marks() {
    let (prepared, plan) = workload("W1a");
    let remote = Remote::new(Box::new(Loop::default()));
    let mut exec = remote.executor(plan.clone()).unwrap();
    prepared.start(&plan, &mut exec).unwrap();
    exec.set_marks(&[3, 4, 9]);
    let mut seen = Vec::new();
    for _ in 0..5 {
        exec.advance(4, f64::INFINITY).unwrap();
        let ticket = exec.request(&["params"]);
        seen.push(wait(&mut exec, ticket).unwrap().step);
    }
    assert_eq!(seen, [3, 4, 8, 9, 13]);
    let ends = [(0, 3), (2, 1), (3, 1), (8, 1), (9, 7)]
        .map(|(step, most)| (step, steps_to_mark(&[3, 4, 9], step, 7), most));
    assert!(ends.iter().all(|(_, steps, most)| steps == most), "{ends:?}");
}

#[test]
fn moments_and_their_age_carry_a_run_over() {
    let (prepared, plan) = workload("W3");
    let half = whole("W3", 4);
    let remote = Remote::new(Box::new(Loop::default()));
    let mut exec = remote.executor(plan.clone()).unwrap();
    prepared.start(&plan, &mut exec).unwrap();
    exec.set_params(&half.arrays["params"]).unwrap();
    exec.set_moments(&half.arrays["moments"], 4).unwrap();
    exec.set_step(4);
    exec.run(3).unwrap();
    let ticket = exec.request(&["params", "moments"]);
    let (answer, straight) = (wait(&mut exec, ticket).unwrap(), whole("W3", 7));
    assert_eq!(answer.step, 7);
    assert_eq!(answer.arrays["params"], straight.arrays["params"]);
    assert_eq!(answer.arrays["moments"], straight.arrays["moments"]);
    assert_eq!(plan.buffers[MOMENTS].len, answer.arrays["moments"].len());
    assert!(exec.set_moments(&[1.0], 0).is_err());
}

#[test]
fn mistakes_are_told_at_once_and_answers_to_the_dropped_are_dropped() {
    let (prepared, plan) = workload("W1a");
    let remote = Remote::new(Box::new(Loop::default()));
    let mut exec = remote.executor(plan.clone()).unwrap();
    assert!(matches!(exec.set_knob("nope", 1.0), Err(EngineError::Unknown { .. })));
    assert!(matches!(exec.write("nope", &[]), Err(EngineError::Unknown { .. })));
    assert!(matches!(exec.set_params(&[0.0]), Err(EngineError::Length { .. })));
    let ticket = exec.request(&["nope"]);
    assert!(matches!(exec.poll(ticket), Some(Err(EngineError::Unknown { .. }))));
    prepared.start(&plan, &mut exec).unwrap();
    exec.run(1).unwrap();
    exec.request(&["params"]);
    drop(exec);
    let mut next = remote.executor(plan.clone()).unwrap();
    prepared.start(&plan, &mut next).unwrap();
    let ticket = next.request(&["params"]);
    assert_eq!(wait(&mut next, ticket).unwrap().step, 0, "not the answer of the one before");
    assert!(remote.fault().is_none());
}

#[test]
fn nonsense_is_refused_on_both_sides() {
    let parcel = Parcel { head: vec![0xFF; 3], data: Vec::new() };
    assert!(Server::default().handle(parcel.clone()).is_some(), "the sender hears of it");
    struct Babble(Option<Parcel>);
    impl Port for Babble {
        fn send(&mut self, _: Parcel) {}
        fn receive(&mut self) -> Result<Option<Parcel>, String> {
            Ok(self.0.take())
        }
    }
    let remote = Remote::new(Box::new(Babble(Some(parcel))));
    assert!(remote.fault().unwrap().contains("cannot be read"));
    assert!(remote.executor(workload("W1a").1).is_err());
}

fn small() -> Settings {
    Settings { width: 2, layers: 1, batch: 8, ..Settings::default() }
}

#[test]
fn training_goes_on_here_from_the_last_snapshot_when_the_thread_ends() {
    let remote = Remote::new(Box::new(Loop::that_lives_for(40)));
    let mut e = Exhibit::new(small(), Places::with_worker(remote)).unwrap();
    e.command(Command::Play).unwrap();
    assert_eq!(e.metrics()["training_thread"], "worker");
    let (mut last, mut params) = (0, Vec::new());
    for _ in 0..2000 {
        if e.trainer().left().is_some() {
            break;
        }
        (last, params) = (e.trainer().step(), e.trainer().params().to_vec());
        e.advance(false).unwrap();
    }
    assert_eq!(e.trainer().left(), Some("it broke down"));
    assert_eq!(e.metrics()["training_thread"], "page");
    assert!(last > 0 && e.trainer().step() >= last, "{last}, then {}", e.trainer().step());
    assert!(e.trainer().step() > last || e.trainer().params() == params);
    assert_eq!(*e.trainer().state(), RunState::Playing);
    let before = e.trainer().step();
    let trains = (0..1000).any(|_| e.advance(false).is_ok() && e.trainer().step() > before);
    assert!(trains, "it trains on");
    let csv = e.curves_csv();
    let steps: Vec<u32> =
        csv.lines().skip(1).map(|l| l.split(',').next().unwrap().parse().unwrap()).collect();
    // A fast machine takes more steps than the curve has points: then a point is the mean over `stride` of them, and
    // those that had not made a point when the thread ended are not in any.
    let stride = steps[0] + 1;
    let gaps = steps.windows(2).map(|w| w[1].saturating_sub(w[0]));
    assert!(
        gaps.into_iter().all(|gap| (1..2 * stride).contains(&gap)),
        "every step once: {stride}, {steps:?}"
    );
    // What needs a new plan does not ask the thread again.
    e.command(Command::Reset).unwrap();
    assert_eq!(e.metrics()["training_thread"], "page");
    assert!(e.trainer().step() == 0 && e.trainer().left().is_none());
}

#[test]
fn a_thread_of_its_own_always_has_work_in_hand_and_stops_when_told() {
    let mut e =
        Exhibit::new(small(), Places::with_worker(Remote::new(Box::new(Thread::start().unwrap())))).unwrap();
    e.command(Command::Step(7)).unwrap();
    while e.busy() {
        e.advance(false).unwrap();
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(e.trainer().step(), 7);
    e.command(Command::Play).unwrap();
    for _ in 0..200 {
        e.advance(false).unwrap();
        std::thread::sleep(Duration::from_millis(2));
    }
    e.command(Command::Pause).unwrap();
    while e.trainer().busy() {
        e.advance(false).unwrap();
    }
    let rest = e.trainer().step();
    assert!(rest > 7 && e.trainer().steps_per_second() > 0.0);
    e.advance(false).unwrap();
    assert_eq!(e.trainer().step(), rest);
    e.command(Command::Step(3)).unwrap();
    while e.trainer().busy() {
        e.advance(false).unwrap();
    }
    assert_eq!(e.trainer().step(), rest + 3);
}

#[test]
fn answers_from_before_a_divergence_is_undone_are_dropped() {
    let (prepared, plan) = workload("W1a");
    let remote = Remote::new(Box::new(Thread::start().unwrap()));
    let make: Rc<MakeExecutor> =
        Rc::new(move |plan| Ok(Box::new(remote.executor(plan)?) as Box<dyn Executor>));
    let params = prepared.params(plan.params());
    let mut trainer = Trainer::new(plan.clone(), make(plan.clone()).unwrap(), &["loss"], params, 0).unwrap();
    for (name, data) in prepared.inputs() {
        trainer.write(name, data).unwrap();
    }
    let settle = |trainer: &mut Trainer| {
        for _ in 0..5000 {
            trainer.advance(false);
            if !trainer.busy() && *trainer.state() != RunState::Playing {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("no end: {:?}", trainer.state());
    };
    trainer.set_knob("lr", 1e-3).unwrap();
    trainer.command(Command::Step(5));
    settle(&mut trainer);
    trainer.set_knob("lr", f64::NAN).unwrap();
    trainer.command(Command::Play);
    for _ in 0..5000 {
        trainer.advance(false);
        if matches!(trainer.state(), RunState::Diverged { .. }) {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(matches!(trainer.state(), RunState::Diverged { .. }), "{:?}", trainer.state());
    // Others are still on their way.
    trainer.set_knob("lr", 1e-3).unwrap();
    trainer.restore_last_good().unwrap();
    let good = trainer.step();
    assert!(good <= 6);
    trainer.command(Command::Step(4));
    settle(&mut trainer);
    assert_eq!(*trainer.state(), RunState::Paused);
    assert_eq!(trainer.step(), good + 4);
    assert!(trainer.params().iter().all(|p| p.is_finite()));
    let curve = trainer.curve("loss").unwrap();
    assert_eq!(curve.points().len() as u32, good + 4, "each step once");
}

/// Keeps what is sent.
struct Kept(Rc<RefCell<Vec<Parcel>>>);

impl Port for Kept {
    fn send(&mut self, parcel: Parcel) {
        self.0.borrow_mut().push(parcel);
    }
    fn receive(&mut self) -> Result<Option<Parcel>, String> {
        Ok(None)
    }
}

#[test]
fn the_other_end_is_given_its_share_of_the_time() {
    let sent = Rc::new(RefCell::new(Vec::new()));
    let remote = Remote::new(Box::new(Kept(Rc::clone(&sent))));
    let mut exec = remote.executor(workload("W1a").1).unwrap();
    for (share, ms) in [(1.0, 40.0), (0.25, 40.0), (0.25, 40.0), (1.0, 10.0)] {
        remote.set_share(share);
        exec.advance(7, ms).unwrap();
    }
    let [_, whole, quarter, again, ten] = &sent.borrow()[..] else {
        panic!("one order opens it, each other is sent on")
    };
    assert_eq!(quarter, again);
    assert!(quarter != whole && quarter != ten, "a rest belongs to it");
}

/// A step that is longer than its share is done in slices with rests between them, orders after it wait, and it comes to
/// the same numbers.
#[test]
fn a_long_step_rests_in_its_middle() {
    let (prepared, plan) = workload("W3");
    let sent = Rc::new(RefCell::new(Vec::new()));
    let remote = Remote::new(Box::new(Kept(Rc::clone(&sent))));
    let mut exec = remote.executor(plan.clone()).unwrap();
    prepared.start(&plan, &mut exec).unwrap();
    remote.set_share(0.5);
    for _ in 0..2 {
        exec.advance(1, 2.0).unwrap();
    }
    exec.request(&READ);
    let mut server = Server::default();
    let mut answers: Vec<Parcel> = Vec::new();
    answers.extend(sent.borrow_mut().drain(..).filter_map(|parcel| server.handle(parcel)));
    assert!(answers.is_empty(), "the request waits for the step");
    let mut rests = 0;
    while let Some(due) = server.due() {
        assert!(server.go_on().is_empty(), "it was called before its rest was over");
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        answers.extend(server.go_on());
        rests += 1;
    }
    assert!(rests > 2, "{rests} rests in two steps");
    let [answer] = &answers[..] else { panic!("{} answers", answers.len()) };
    let want = whole("W3", 2);
    for (name, got) in READ.iter().zip(&answer.data) {
        assert_eq!(want.arrays[*name], *got, "{name}");
    }
}
