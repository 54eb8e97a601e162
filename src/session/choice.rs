//! Where a plan trains: on the processor, or on a device that has shown to be faster at it.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Race;
use crate::engine::{EngineError, Executor, MakeExecutor, Plan};

/// Most trials remembered.
const MOST: usize = 64;

/// How trials went, by plan and device, the oldest first: whether the device was faster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Trials(Vec<(String, bool)>);

impl Trials {
    /// Whether the device was faster, if that has been tried.
    pub fn get(&self, key: &str) -> Option<bool> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, won)| *won)
    }

    /// Takes note of a trial.
    pub fn note(&mut self, key: String, won: bool) {
        self.0.retain(|(known, _)| *known != key);
        self.0.push((key, won));
        let surplus = self.0.len().saturating_sub(MOST);
        self.0.drain(..surplus);
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A device that may train faster than the processor.
#[derive(Clone)]
pub struct Challenger {
    /// Its name.
    pub adapter: String,
    /// Makes executors on it.
    pub make: Rc<MakeExecutor>,
    /// What is known of trials; kept beyond a visit by whoever shares it.
    pub trials: Rc<RefCell<Trials>>,
}

impl Challenger {
    /// Plans that count the same work are the same to it.
    fn key(&self, plan: &Plan) -> String {
        let cost = plan.cost();
        format!("{} {} {} {}", cost.dispatches, cost.bytes(), cost.flops, self.adapter)
    }
}

/// The place of one training run: the processor at first, the challenger once it has won a race at this plan.
#[derive(Default)]
pub struct Choice {
    race: Option<Race>,
    /// The challenger's executor of a plan that it is known to be faster at, until it is ready.
    warming: Option<Box<dyn Executor>>,
    /// What the race is about, or was.
    key: Option<String>,
    away: bool,
}

impl Choice {
    /// Goes on with finding out. True when the plan is to train in another place than before. `here` makes executors on
    /// this thread.
    ///
    /// # Errors
    /// An executor cannot be made or refuses to run.
    pub fn advance(
        &mut self,
        plan: &Arc<Plan>,
        here: &MakeExecutor,
        challenger: &Challenger,
    ) -> Result<bool, EngineError> {
        let before = self.away;
        if let Some(race) = &mut self.race {
            let Some(won) = race.poll() else { return Ok(false) };
            (self.race, self.away) = (None, won);
            let key = self.key.clone().unwrap_or_default();
            challenger.trials.borrow_mut().note(key, won);
            return Ok(won != before);
        }
        let key = challenger.key(plan);
        if self.key.as_ref() != Some(&key) {
            let known = challenger.trials.borrow().get(&key);
            let other = || (challenger.make)(plan.clone());
            self.warming = None;
            match known {
                Some(true) => self.warming = Some(other()?),
                Some(false) => self.away = false,
                None => self.race = Some(Race::new(here(plan.clone())?, other()?)),
            }
            self.key = Some(key);
        }
        // What it compiles now is there for the executor that trains.
        if self.warming.as_mut().is_some_and(|exec| exec.warm().is_ready()) {
            (self.warming, self.away) = (None, true);
        }
        Ok(self.away != before)
    }

    /// Whether the challenger trains.
    pub fn away(&self) -> bool {
        self.away
    }

    /// Whether a race is under way, or its winner gets ready.
    pub fn racing(&self) -> bool {
        self.race.is_some() || self.warming.is_some()
    }
}
