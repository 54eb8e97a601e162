//! The lab without its pictures: settings in, numbers out. The command line and the tests run this.

use super::audit::Audit;
use super::model::{Model, ModelError, NETS, pack};
use super::probe::Prober;
use super::settings::{Change, Settings};
use crate::engine::{self, EngineError, MakeExecutor, Pace, Plan};
use crate::labs::check::{Backend, CheckOptions, Precision, Report};
use crate::labs::places::Places;
use crate::maths::group::MAX_RAPIDITY;
use crate::session::{Checkpoint, Choice, Command, RunState, Trainer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// Before the keys of settings in the metadata of a saved run.
const SETTING: &str = "settings.";

/// The orbit curve as it was before a break-it switch was turned on.
#[derive(Clone, Debug)]
pub struct Before {
    /// Residual of the equivariant network along the orbit.
    pub along: Vec<f64>,
    /// Step at which the switch went on, and the loss there.
    pub loss: (u32, f64),
    /// The loss just after it, once it has been measured.
    pub jump: Option<f64>,
}

/// Both networks, the run that trains them and the probe that measures them.
pub struct Exhibit {
    settings: Settings,
    places: Places,
    model: Model,
    trainer: Trainer,
    prober: Prober,
    before: Option<Before>,
    audit: Option<Audit>,
    audited: Option<Report>,
    choice: Choice,
}

impl Exhibit {
    /// Builds the plans and the first weights.
    pub fn new(settings: Settings, places: Places) -> Result<Self, ModelError> {
        let model = Model::new(&settings, settings.group)?;
        let trainer = new_trainer(&model, &settings, &places.training, &places.here, None)?;
        let prober = Prober::new(model, &settings, &*places.forward)?;
        let mut e = Self {
            settings,
            places,
            model,
            trainer,
            prober,
            before: None,
            audit: None,
            audited: None,
            choice: Choice::default(),
        };
        e.push_params()?;
        Ok(e)
    }

    /// The present settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The networks.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The run.
    pub fn trainer(&self) -> &Trainer {
        &self.trainer
    }

    /// The measurements.
    pub fn prober(&self) -> &Prober {
        &self.prober
    }

    /// The orbit before the switch, while a switch is on.
    pub fn before(&self) -> Option<&Before> {
        self.before.as_ref()
    }

    /// Takes new settings and does what the change costs, and no more.
    pub fn apply(&mut self, new: Settings) -> Result<Change, ModelError> {
        let change = self.settings.change(&new);
        let old = std::mem::replace(&mut self.settings, new);
        match change {
            Change::Redraw => {}
            Change::Probe => self.prober.set(&self.settings),
            Change::Knob => {
                write_knobs(&mut self.trainer, &self.settings)?;
                self.prober.set(&self.settings);
            }
            Change::Rebuild => {
                self.remember(&old);
                self.rebuild(true)?;
            }
            Change::Reinit => {
                self.before = None;
                self.rebuild(false)?;
            }
        }
        Ok(change)
    }

    /// Keeps the orbit curve when the first switch goes on, forgets it when the last goes off or the orbit is another
    /// group's.
    fn remember(&mut self, old: &Settings) {
        if !self.settings.breaks.any() || self.settings.group != old.group {
            self.before = None;
        } else if !old.breaks.any() {
            let step = self.trainer.step();
            self.before = self.prober.sweep().map(|s| Before {
                along: s.along[0].clone(),
                loss: (step, s.loss[0]),
                jump: None,
            });
        }
    }

    fn rebuild(&mut self, keep: bool) -> Result<(), ModelError> {
        self.model = Model::new(&self.settings, self.settings.group)?;
        let old = keep.then_some(&self.trainer);
        let (place, here) = (self.training_place(), &self.places.here);
        self.trainer = new_trainer(&self.model, &self.settings, place, here, old)?;
        self.prober = Prober::new(self.model, &self.settings, &*self.places.forward)?;
        self.push_params()?;
        Ok(())
    }

    /// Where training goes on, as far as is known.
    fn training_place(&self) -> &Rc<MakeExecutor> {
        let winner = self.places.challenger.as_ref().filter(|_| self.choice.away());
        winner.map_or(&self.places.training, |challenger| &challenger.make)
    }

    /// Lets the challenger race for the training, once for each plan. The weights go with the training; the optimiser's
    /// moments begin anew.
    fn advance_choice(&mut self) -> Result<(), ModelError> {
        let Some(challenger) = &self.places.challenger else { return Ok(()) };
        if self.choice.advance(self.trainer.plan(), &*self.places.here, challenger)? {
            let (place, here) = (self.training_place(), &self.places.here);
            self.trainer = new_trainer(&self.model, &self.settings, place, here, Some(&self.trainer))?;
        }
        Ok(())
    }

    /// The trainer's weights to the probe, by path.
    fn push_params(&mut self) -> Result<(), EngineError> {
        let layout = self.prober.layout();
        let mut values = layout.init(self.settings.init);
        layout.transfer(self.trainer.layout(), self.trainer.params(), &mut values);
        self.prober.set_params(&values)
    }

    /// Plays, pauses, steps, resets. A new seed is a change of settings: the initialisation's seed grows by one.
    pub fn command(&mut self, command: Command) -> Result<(), ModelError> {
        match command {
            Command::Reset => {
                self.before = None;
                self.rebuild(false)
            }
            Command::NewSeed => {
                let mut s = self.settings.clone();
                s.init = s.init.wrapping_add(1);
                self.apply(s).map(|_| ())
            }
            c => {
                self.trainer.command(c);
                Ok(())
            }
        }
    }

    /// After a divergence: back to the last finite weights.
    pub fn restore_last_good(&mut self) -> Result<(), ModelError> {
        self.trainer.restore_last_good()?;
        Ok(self.push_params()?)
    }

    /// Asks for the run as a file; [`Exhibit::take_saved`] has it when it is done.
    pub fn save(&mut self) {
        self.trainer.save();
    }

    /// The file, taken once: weights, moments and step, with the settings beside them.
    pub fn take_saved(&mut self) -> Option<Result<Vec<u8>, ModelError>> {
        let saved = self.trainer.take_checkpoint()?;
        Some(saved.map_err(ModelError::from).map(|mut checkpoint| {
            let settings = self.settings.to_pairs().into_iter();
            checkpoint.config.extend(settings.map(|(key, value)| (format!("{SETTING}{key}"), value)));
            checkpoint.config.insert("lab".to_owned(), super::META.slug.to_owned());
            checkpoint.to_bytes()
        }))
    }

    /// Goes on from such a file, paused, with its settings.
    pub fn load(&mut self, bytes: &[u8]) -> Result<(), ModelError> {
        let checkpoint = Checkpoint::from_bytes(bytes)?;
        let setting =
            |(key, value): (&String, &String)| Some((key.strip_prefix(SETTING)?.to_owned(), value.clone()));
        let (settings, _) = Settings::from_pairs(&checkpoint.config.iter().filter_map(setting).collect());
        self.apply(settings)?;
        self.before = None;
        self.trainer.load(&checkpoint)?;
        Ok(self.push_params()?)
    }

    /// Advances training, measuring and auditing by one frame's worth. True when something new can be drawn.
    pub fn advance(&mut self, hidden: bool) -> Result<bool, ModelError> {
        self.advance_choice()?;
        let trained = self.trainer.advance(hidden);
        if trained {
            self.push_params()?;
        }
        let measured = self.prober.advance()?;
        if let (Some(before), Some(sweep)) = (&mut self.before, self.prober.sweep()) {
            before.jump.get_or_insert(sweep.loss[0]);
        }
        self.advance_audit()?;
        Ok(trained || measured)
    }

    /// Begins the audit of all groups; [`Exhibit::audited`] has it when it is done.
    pub fn start_audit(&mut self, samples: usize) {
        let backend = match self.prober.backend() {
            engine::Backend::Cpu => Backend::Cpu,
            engine::Backend::Gpu { .. } => Backend::Gpu,
        };
        let options = CheckOptions {
            samples,
            seed: self.settings.seed,
            backend,
            precision: Precision::F32,
            rapidity: MAX_RAPIDITY,
        };
        self.audited = None;
        self.audit = Some(Audit::new(options));
    }

    fn advance_audit(&mut self) -> Result<(), ModelError> {
        let Some(mut audit) = self.audit.take() else { return Ok(()) };
        let make = self.places.forward.clone();
        if audit.advance(&*make)? {
            self.audited = Some(audit.report());
        } else {
            self.audit = Some(audit);
        }
        Ok(())
    }

    /// The finished audit, taken once.
    pub fn take_audited(&mut self) -> Option<Report> {
        self.audited.take()
    }

    /// Computes elsewhere from the next change on that needs a new plan.
    pub fn set_places(&mut self, places: Places) {
        self.places = places;
        self.choice = Choice::default();
    }

    /// Goes on elsewhere at once, where a device has failed: weights, step and curves as they were in the last
    /// snapshot, training paused. An audit begins anew.
    pub fn move_to(&mut self, places: Places) -> Result<(), ModelError> {
        self.set_places(places);
        self.rebuild(true)?;
        self.trainer.command(Command::Pause);
        if let Some(audit) = self.audit.take() {
            self.start_audit(audit.samples());
        }
        Ok(())
    }

    /// Whether steps, measurements or an audit are under way.
    pub fn busy(&self) -> bool {
        self.trainer.busy() || self.prober.busy() || self.audit.is_some() || self.choice.racing()
    }

    /// Everything a test or an embedder may want to read.
    pub fn metrics(&self) -> Value {
        let loss = |k: usize| self.trainer.curve(NETS[k]).and_then(crate::session::Curve::last);
        let square = self.prober.square();
        let sweep = self.prober.sweep();
        let state = match self.trainer.state() {
            RunState::Paused => "paused",
            RunState::Playing => "playing",
            RunState::Stepping(_) => "stepping",
            RunState::Diverged { .. } => "diverged",
            RunState::Failed(_) => "failed",
        };
        json!({
            "group": self.settings.group.to_string(),
            "step": self.trainer.step(),
            "state": state,
            "loss": { NETS[0]: loss(0), NETS[1]: loss(1) },
            "sample_loss": sweep.map(|s| json!({ NETS[0]: s.loss[0], NETS[1]: s.loss[1] })),
            "steps_per_second": self.trainer.steps_per_second(),
            "training_backend": match self.trainer.backend() {
                engine::Backend::Cpu => "cpu",
                engine::Backend::Gpu { .. } => "gpu",
            },
            "training_thread": if self.trainer.pace() == Pace::Apart { "worker" } else { "page" },
            "parameters": { NETS[0]: self.model.parameters.0, NETS[1]: self.model.parameters.1 },
            "g": square.map(|s| s.g.to_rows()),
            "x": self.settings.x,
            "y": square.map(|s| s.y.clone()),
            "residual": square.and_then(|s| s.residual[0]),
            "residual_f64": square.and_then(|s| s.exact),
            "twin_residual": square.and_then(|s| s.residual[1]),
            "median": sweep.map(|s| s.median[0]),
            "worst": sweep.map(|s| s.worst[0]),
            "twin_median": sweep.map(|s| s.median[1]),
            "twin_worst": sweep.map(|s| s.worst[1]),
            "orbit": sweep.map(|s| json!({
                "coordinate": s.orbit.coordinate.name(),
                "values": s.orbit.values,
                NETS[0]: s.along[0],
                NETS[1]: s.along[1],
            })),
        })
    }

    /// The loss curves as comma-separated values, a line for each step; a cell is empty where a curve has no point.
    pub fn curves_csv(&self) -> String {
        let mut lines: BTreeMap<u32, [String; 2]> = BTreeMap::new();
        for (k, net) in NETS.iter().enumerate() {
            for (step, value) in self.trainer.curve(net).map_or(&[][..], |c| c.points()) {
                lines.entry(*step).or_default()[k] = value.to_string();
            }
        }
        let mut out = format!("step,{},{}\n", NETS[0], NETS[1]);
        lines.iter().for_each(|(step, [f, twin])| out.push_str(&format!("{step},{f},{twin}\n")));
        out
    }
}

/// A run for the settings: fresh weights from the seed, or those of an old run where path and shape agree.
fn new_trainer(
    model: &Model,
    s: &Settings,
    place: &Rc<MakeExecutor>,
    here: &Rc<MakeExecutor>,
    old: Option<&Trainer>,
) -> Result<Trainer, ModelError> {
    let plan = Arc::new(Plan::compile(&model.training(s)?)?);
    let mut params = plan.params().init(s.init);
    if let Some(old) = old {
        plan.params().transfer(old.layout(), old.params(), &mut params);
    }
    let executor = place(plan.clone())?;
    let mut trainer = Trainer::new(plan, executor, &NETS, params, s.seed)?;
    if trainer.pace() == Pace::Apart {
        trainer.set_refuge(here.clone());
    }
    write_knobs(&mut trainer, s)?;
    if let Some(old) = old {
        trainer.continue_from(old);
    }
    Ok(trainer)
}

/// The scalars and inputs that a running plan reads: learning rate, spread, the present x.
fn write_knobs(trainer: &mut Trainer, s: &Settings) -> Result<(), EngineError> {
    let single = |v: &[f64]| v.iter().map(|v| *v as f32).collect::<Vec<f32>>();
    trainer.set_knob("lr", s.learning_rate)?;
    trainer.set_knob("spread", s.spread)?;
    trainer.write("x0", &single(&pack(&s.x)))?;
    trainer.write("m0", &single(&s.scalars))
}
