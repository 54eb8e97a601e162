//! Where and how fast training goes on is measured: a lab whose other place is faster moves there, with its weights,
//! and a place whose answers come with the frames is kept busy nevertheless.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use equiscope::engine::{
    Backend, CpuExecutor, EngineError, Executor, Health, MakeExecutor, Plan, Readback, Ticket,
};
use equiscope::labs::places::Places;
use equiscope::labs::vectors::exhibit::Exhibit;
use equiscope::labs::vectors::settings::Settings;
use equiscope::session::{Challenger, Command, Trials};

/// The CPU's executor under another name, with a pause for each submission; the quick one skips the long ones, which
/// only a race submits.
struct Other {
    inner: CpuExecutor<f32>,
    pause: Duration,
    /// The first look for an answer is in vain, as with a device that is looked after once a frame.
    late: bool,
    looked: Option<Ticket>,
}

impl Other {
    fn new(plan: Arc<Plan>, pause: Duration, late: bool) -> Self {
        Self { inner: CpuExecutor::new(plan), pause, late, looked: None }
    }
}

impl Executor for Other {
    fn backend(&self) -> Backend {
        Backend::Gpu { adapter: "other".to_owned(), software: false }
    }
    fn write(&mut self, name: &str, data: &[f32]) -> Result<(), EngineError> {
        self.inner.write(name, data)
    }
    fn set_params(&mut self, flat: &[f32]) -> Result<(), EngineError> {
        self.inner.set_params(flat)
    }
    fn set_knob(&mut self, name: &str, value: f64) -> Result<(), EngineError> {
        self.inner.set_knob(name, value)
    }
    fn set_seed(&mut self, seed: u64) {
        self.inner.set_seed(seed);
    }
    fn set_step(&mut self, step: u32) {
        self.inner.set_step(step);
    }
    fn reset_moments(&mut self) {
        self.inner.reset_moments();
    }
    fn run(&mut self, steps: u32) -> Result<(), EngineError> {
        std::thread::sleep(self.pause);
        let quick = self.pause.is_zero() && !self.late;
        self.inner.run(if quick { steps.min(2) } else { steps })
    }
    fn request(&mut self, outputs: &[&str]) -> Ticket {
        self.inner.request(outputs)
    }
    fn poll(&mut self, ticket: Ticket) -> Option<Result<Readback, EngineError>> {
        if self.late && self.looked.replace(ticket) != Some(ticket) {
            return None;
        }
        self.inner.poll(ticket)
    }
    fn in_flight(&self) -> usize {
        self.inner.in_flight()
    }
    fn health(&self) -> Health {
        self.inner.health()
    }
}

fn after_the_race(pause: Duration) -> Exhibit {
    after_a_race(pause, &Rc::default())
}

fn after_a_race(pause: Duration, trials: &Rc<RefCell<Trials>>) -> Exhibit {
    let make: Rc<MakeExecutor> =
        Rc::new(move |plan: Arc<Plan>| Ok(Box::new(Other::new(plan, pause, false)) as Box<dyn Executor>));
    let challenger = Challenger { adapter: "other".to_owned(), make, trials: trials.clone() };
    let places = Places { challenger: Some(challenger), ..Places::cpu() };
    let mut e = Exhibit::new(Settings::default(), places).unwrap();
    assert_eq!(e.metrics()["training_backend"], "cpu", "until the other one has shown that it is faster");
    let start = e.trainer().params().to_vec();
    for _ in 0..10_000 {
        e.advance(false).unwrap();
        if !e.busy() {
            break;
        }
    }
    assert_eq!(e.trainer().params(), start, "a race trains nothing");
    assert_eq!(e.trainer().step(), 0);
    e
}

#[test]
fn a_faster_place_takes_the_training_over_and_a_slower_one_does_not() {
    let mut e = after_the_race(Duration::ZERO);
    assert_eq!(e.metrics()["training_backend"], "gpu");
    // A change that needs a new plan of the same size stays there; training works.
    e.command(Command::Reset).unwrap();
    assert_eq!(e.metrics()["training_backend"], "gpu");
    e.command(Command::Step(1)).unwrap();
    while e.busy() {
        e.advance(false).unwrap();
    }
    assert_eq!(e.trainer().step(), 1);

    let e = after_the_race(Duration::from_millis(500));
    assert_eq!(e.metrics()["training_backend"], "cpu");
}

#[test]
fn what_a_race_has_shown_is_remembered_for_the_plan_and_the_device() {
    let trials: Rc<RefCell<Trials>> = Rc::default();
    after_a_race(Duration::ZERO, &trials);
    let stored = serde_json::to_string(&*trials.borrow()).unwrap();
    assert!(stored.contains(" other\",true]"), "{stored}");
    // The next visit: as slow a device as this would have lost the race.
    let again = Rc::new(RefCell::new(serde_json::from_str(&stored).unwrap()));
    let mut e = after_a_race(Duration::from_millis(500), &again);
    assert_eq!(e.metrics()["training_backend"], "gpu");
    // Another plan is another race.
    e.apply(Settings { width: 2, ..Settings::default() }).unwrap();
    while e.busy() {
        e.advance(false).unwrap();
    }
    assert_eq!(e.metrics()["training_backend"], "cpu");
    assert_ne!(serde_json::to_string(&*again.borrow()).unwrap(), stored);
}

#[test]
fn only_the_latest_trials_are_kept() {
    let mut trials = Trials::default();
    (0..100).for_each(|i| trials.note(i.to_string(), i % 2 == 0));
    trials.note("99".to_owned(), true);
    assert_eq!((trials.get("0"), trials.get("98"), trials.get("99")), (None, Some(true), Some(true)));
    assert_eq!(serde_json::to_value(&trials).unwrap().as_array().unwrap().len(), 64);
}

#[test]
fn moving_keeps_step_weights_and_curves() {
    let mut e = after_the_race(Duration::ZERO);
    e.command(Command::Step(2)).unwrap();
    while e.busy() {
        e.advance(false).unwrap();
    }
    let (params, csv) = (e.trainer().params().to_vec(), e.curves_csv());
    e.move_to(Places::cpu()).unwrap();
    assert_eq!(e.metrics()["training_backend"], "cpu");
    assert_eq!((e.trainer().params(), e.trainer().step()), (&params[..], 2));
    assert_eq!(e.curves_csv(), csv);
}

#[test]
fn answers_that_wait_for_the_frame_do_not_hold_the_training_to_a_step_a_frame() {
    let make: Rc<MakeExecutor> =
        Rc::new(|plan: Arc<Plan>| Ok(Box::new(Other::new(plan, Duration::ZERO, true)) as Box<dyn Executor>));
    let settings = Settings { width: 2, layers: 1, batch: 8, ..Settings::default() };
    let mut e = Exhibit::new(settings, Places { training: make, ..Places::cpu() }).unwrap();
    e.command(Command::Play).unwrap();
    // However busy the machine, some stretch of frames must do more than twice as many steps as there are frames.
    let far = (1..400).any(|frame| {
        e.advance(false).unwrap();
        std::thread::sleep(Duration::from_millis(17));
        e.trainer().step() > 2 * frame + 20
    });
    assert!(far, "{} steps in 400 frames", e.trainer().step());
}
