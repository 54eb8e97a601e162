//! Steps begin on the processor while another executor gets ready, and go on there as if it had been one run.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use super::support::{mlp, mlp_start};
use equiscope::engine::exec::{Relay, Warmth, steps_to_mark};
use equiscope::engine::graph::{Builder, Init, Optimiser};
use equiscope::engine::{Backend, CpuExecutor, EngineError, Executor, Health, Pace, Plan, Readback, Ticket};
use equiscope::session::{Command, Curve, RunState, Trainer};

/// The CPU's executor in the place of a device's: not ready before it is told, and refusing to run until then. Its orders
/// end at the marks, as those of a thread of its own do.
struct Late {
    inner: CpuExecutor<f32>,
    ready: Rc<Cell<bool>>,
    health: Health,
    marks: Vec<u32>,
}

impl Late {
    fn of(plan: &Arc<Plan>, ready: &Rc<Cell<bool>>, health: Health) -> Box<Self> {
        let inner = CpuExecutor::new(plan.clone());
        Box::new(Self { inner, ready: ready.clone(), health, marks: Vec::new() })
    }
}

impl Executor for Late {
    fn backend(&self) -> Backend {
        Backend::Gpu { adapter: "late".to_owned(), software: false }
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
    fn set_moments(&mut self, flat: &[f32], age: u32) -> Result<(), EngineError> {
        self.inner.set_moments(flat, age)
    }
    fn warm(&mut self) -> Warmth {
        Warmth { ready: usize::from(self.ready.get()), of: 1 }
    }
    fn run(&mut self, steps: u32) -> Result<(), EngineError> {
        assert!(self.ready.get(), "nobody may wait for it");
        self.inner.run(steps)
    }
    fn advance(&mut self, steps: u32, _ms: f64) -> Result<bool, EngineError> {
        self.run(steps_to_mark(&self.marks, self.inner.step(), steps)).map(|()| true)
    }
    fn set_marks(&mut self, marks: &[u32]) {
        self.marks = marks.to_vec();
    }
    fn request(&mut self, outputs: &[&str]) -> Ticket {
        self.inner.request(outputs)
    }
    fn poll(&mut self, ticket: Ticket) -> Option<Result<Readback, EngineError>> {
        self.inner.poll(ticket)
    }
    fn in_flight(&self) -> usize {
        0
    }
    fn health(&self) -> Health {
        self.health.clone()
    }
}

/// A relay, and what makes its second executor ready.
fn relay(plan: &Arc<Plan>) -> (Relay, Rc<Cell<bool>>) {
    let ready = Rc::new(Cell::new(false));
    (Relay::to(plan.clone(), Late::of(plan, &ready, Health::Ok)), ready)
}

fn read(exec: &mut dyn Executor) -> Readback {
    let ticket = exec.request(&["params", "moments", "history:fit", "history:decay"]);
    exec.poll(ticket).unwrap().unwrap()
}

#[test]
fn what_two_places_do_one_after_the_other_is_one_run() {
    let plan = Arc::new(Plan::compile(&mlp(Optimiser::Adam)).unwrap());
    let (mut exec, ready) = relay(&plan);
    mlp_start(&mut exec, &plan, 0.02);
    let mut straight = CpuExecutor::<f32>::new(plan.clone());
    mlp_start(&mut straight, &plan, 0.02);

    assert!(!exec.warm().is_ready());
    exec.run(5).unwrap();
    assert_eq!((exec.backend(), exec.pace()), (Backend::Cpu, Pace::Here));
    let early = exec.request(&["params"]);
    exec.set_knob("lr", 0.01).unwrap();
    exec.run(2).unwrap();
    ready.set(true);
    assert_eq!(exec.backend(), Backend::Cpu, "not before it has been looked after");
    assert!(exec.warm().is_ready());
    assert!(matches!(exec.backend(), Backend::Gpu { .. }));
    assert_eq!(exec.pace(), Pace::Shared);
    let between = read(&mut exec);
    exec.run(4).unwrap();
    let end = read(&mut exec);

    straight.run(5).unwrap();
    let after_five = read(&mut straight);
    assert_eq!(exec.poll(early).unwrap().unwrap().arrays["params"], after_five.arrays["params"]);
    straight.set_knob("lr", 0.01).unwrap();
    straight.run(2).unwrap();
    assert_eq!(between, read(&mut straight));
    straight.run(4).unwrap();
    assert_eq!(end, read(&mut straight));
    assert_eq!(end.step, 11);

    // Steps that are taken anew have their own losses.
    for exec in [&mut exec as &mut dyn Executor, &mut straight] {
        exec.set_params(&plan.params().init(3)).unwrap();
        exec.reset_moments();
        exec.set_step(2);
        exec.run(6).unwrap();
    }
    assert_eq!(read(&mut exec), read(&mut straight));
}

#[test]
fn a_step_that_was_cut_is_finished_where_it_began() {
    // Long enough to be cut between two launches.
    let b = Builder::new();
    let (w, v) =
        (b.param("w", &[200, 200], Init::Normal { std: 0.1 }), b.param("v", &[200, 200], Init::Zeros));
    let x = b.random_normal(1, &[200, 200]);
    b.train(&[("fit", (x.matmul(w).tanh().matmul(v) - x).square().mean())], Optimiser::Adam);
    let plan = Arc::new(Plan::compile(&b.finish().unwrap()).unwrap());
    let (mut exec, ready) = relay(&plan);
    exec.run(1).unwrap();
    assert!(!exec.advance(3, 0.0).unwrap(), "no whole step fits into no time");
    ready.set(true);
    exec.warm();
    exec.run(1).unwrap();
    let mut straight = CpuExecutor::<f32>::new(plan);
    straight.run(3).unwrap();
    let [a, b] = [&mut exec as &mut dyn Executor, &mut straight].map(|exec| {
        let ticket = exec.request(&["params", "moments", "history:fit"]);
        exec.poll(ticket).unwrap().unwrap()
    });
    assert_eq!(a, b);
    assert_eq!(a.step, 3);
}

#[test]
fn marks_that_were_set_early_hold_after_the_change() {
    let plan = Arc::new(Plan::compile(&mlp(Optimiser::Adam)).unwrap());
    let (mut exec, ready) = relay(&plan);
    mlp_start(&mut exec, &plan, 0.02);
    exec.set_marks(&[1, 4, 9]);
    exec.run(2).unwrap();
    ready.set(true);
    exec.warm();
    for step in [4, 9, 109] {
        assert!(exec.advance(100, 1.0).unwrap());
        assert_eq!(read(&mut exec).step, step);
    }
    exec.set_marks(&[110]);
    exec.advance(100, 1.0).unwrap();
    assert_eq!(read(&mut exec).step, 110, "later ones as well");
}

#[test]
fn a_run_has_all_its_losses_and_says_where_it_is() {
    let plan = Arc::new(Plan::compile(&mlp(Optimiser::Adam)).unwrap());
    let train = |exec: Box<dyn Executor>| {
        let mut trainer =
            Trainer::new(plan.clone(), exec, &["fit", "decay"], plan.params().init(1), 2).unwrap();
        trainer.set_knob("lr", 0.02).unwrap();
        trainer
    };
    let step = |trainer: &mut Trainer, steps: u32| {
        trainer.command(Command::Step(steps));
        while *trainer.state() != RunState::Paused {
            trainer.advance(false);
        }
    };
    let (exec, ready) = relay(&plan);
    let mut relayed = train(Box::new(exec));
    step(&mut relayed, 6);
    assert_eq!((relayed.step(), relayed.backend()), (6, Backend::Cpu));
    assert!(relayed.busy(), "the other one is getting ready");
    assert!(relayed.steps_per_second() > 0.0);
    ready.set(true);
    relayed.advance(false);
    assert!(matches!(relayed.backend(), Backend::Gpu { .. }));
    assert_eq!(relayed.steps_per_second(), 0.0, "the speed was another place's");
    assert!(!relayed.busy());
    step(&mut relayed, 5);

    let mut straight = train(Box::new(CpuExecutor::<f32>::new(plan.clone())));
    step(&mut straight, 11);
    assert_eq!((relayed.step(), relayed.params()), (11, straight.params()));
    for loss in ["fit", "decay"] {
        let points = |t: &Trainer| t.curve(loss).map(Curve::points).unwrap().to_vec();
        assert_eq!(points(&relayed), points(&straight), "{loss}");
    }
    let saved = |t: &mut Trainer| {
        t.save();
        while t.busy() {
            t.advance(false);
        }
        t.take_checkpoint().unwrap().unwrap()
    };
    assert_eq!(saved(&mut relayed), saved(&mut straight));
}

#[test]
fn one_that_cannot_get_ready_is_said() {
    let plan = Arc::new(Plan::compile(&mlp(Optimiser::Adam)).unwrap());
    let health = Health::Failed("no pipelines".to_owned());
    let late = Late::of(&plan, &Rc::new(Cell::new(true)), health.clone());
    let mut exec = Relay::to(plan, late);
    exec.warm();
    assert_eq!(exec.health(), health);
    assert_eq!(exec.backend(), Backend::Cpu, "nothing went over");
}
