//! Test error against the size of the training set, made live: one short run for each size, one after the other.

use super::exhibit::Exhibit;
use super::model::ModelError;
use super::settings::Settings;
use crate::labs::places::Places;
use crate::session::Command;

/// Sizes of the training set.
pub const SIZES: [usize; 5] = [30, 100, 300, 1000, 3000];
/// Steps of each run.
pub const STEPS: u32 = 600;

/// A finished run: samples, and the test error of each network.
pub type Point = (usize, Vec<f64>);

/// The runs of a sweep.
pub struct Efficiency {
    settings: Settings,
    running: Option<Exhibit>,
    points: Vec<Point>,
}

impl Efficiency {
    /// A sweep with the networks and the seed of the settings.
    pub fn new(s: &Settings) -> Self {
        Self { settings: Settings { seeds: 1, ..s.clone() }, running: None, points: Vec::new() }
    }

    /// Whether it is about these networks: only the group element and the input may differ.
    pub fn concerns(&self, s: &Settings) -> bool {
        let here = &self.settings;
        let other = Settings { seeds: 1, n: here.n, page: here.page, ..s.clone() };
        here.change(&other) <= super::settings::Change::Probe
    }

    /// A frame's worth. True when a point has come.
    pub fn advance(&mut self, places: &Places, hidden: bool) -> Result<bool, ModelError> {
        let Some(n) = SIZES.get(self.points.len()) else { return Ok(false) };
        if self.running.is_none() {
            let mut e = Exhibit::new(Settings { n: *n, ..self.settings.clone() }, places.clone())?;
            e.command(Command::Step(STEPS))?;
            self.running = Some(e);
        }
        let Some(e) = &mut self.running else { return Ok(false) };
        e.advance(hidden)?;
        if e.busy() && e.diverged().is_none() {
            return Ok(false);
        }
        let last = |k: usize| e.examiner().summary(k).last().map_or(f64::NAN, |p| p[1]);
        let nets = self.settings.kinds().count();
        self.points.push((*n, (0..nets).map(last).collect()));
        self.running = None;
        Ok(true)
    }

    /// What is compared.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What is finished.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Whether every size has been run.
    pub fn done(&self) -> bool {
        self.points.len() == SIZES.len()
    }

    /// The size that is being run and the step it is at.
    pub fn now(&self) -> Option<(usize, u32)> {
        Some((*SIZES.get(self.points.len())?, self.running.as_ref()?.step()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_is_about_its_networks_and_not_about_the_element() {
        let s = Settings::default();
        let sweep = Efficiency::new(&s);
        let turned = Settings { g: s.g.with_value(s.task, 2.0), seeds: 5, n: 30, ..s.clone() };
        assert!(sweep.concerns(&turned));
        assert!(!sweep.concerns(&Settings { width: 8, ..s.clone() }));
        assert!(!sweep.concerns(&Settings { learning_rate: 0.1, ..s }));
    }
}
