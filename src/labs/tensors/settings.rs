//! What a visitor chooses in the lab, and its text in the URL.

use super::element::{Element, PLANES, SHIFT};
use super::options::{Flag, SWITCHES, flipped, opening, opening_wires, serves};
use super::task;
use crate::data::Task;
use crate::labs::lab::{Applied, Pairs};
use crate::labs::reader::Reader;
use crate::maths::Coordinate;
use crate::nn::tensors::{Breaks, Kind, Wiring};
use std::f64::consts::TAU;

/// Fewest and most layers.
pub const LAYERS: (usize, usize) = (1, 4);
/// Narrowest and widest hidden layers.
pub const WIDTH: (usize, usize) = (4, 100);
/// Smallest and largest training set.
pub const TRAIN: (usize, usize) = (10, 10_000);
/// Sizes of the training set in the menu.
pub const TRAIN_SIZES: [usize; 6] = [30, 100, 300, 1000, 3000, 10_000];
/// Smallest and largest batch.
pub const BATCH: (usize, usize) = (8, 500);
/// Range of the learning rate; the upper end is there to be seen failing.
pub const LEARNING_RATE: (f64, f64) = (1e-5, 10.0);
/// Numbers of seeds that run side by side.
pub const SEEDS: [usize; 3] = [1, 3, 5];
/// Most networks beside the model and its twin.
pub const MORE: usize = 2;
/// Largest coordinate of an input vector, and largest scalar.
pub const REACH: f64 = 8.0;

/// Pages of the lab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// The commuting square.
    #[default]
    Square,
    /// The diagram of the layer, its arrows as switches.
    Wiring,
    /// Test error against the size of the training set.
    Data,
    /// Bases of equivariant maps.
    Constraint,
}

impl Page {
    /// Every page, in the order of the tabs.
    pub const ALL: [Self; 4] = [Self::Square, Self::Wiring, Self::Data, Self::Constraint];

    /// Name in the URL.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Square => "square",
            Self::Wiring => "wiring",
            Self::Data => "data",
            Self::Constraint => "constraint",
        }
    }

    /// Name on a narrow tab.
    pub fn short(self) -> &'static str {
        match self {
            Self::Square => "Square",
            Self::Wiring => "Wiring",
            Self::Data => "Data",
            Self::Constraint => "Constraint",
        }
    }

    /// Name on the tab.
    pub fn title(self) -> &'static str {
        match self {
            Self::Square => "Square",
            Self::Wiring => "Tensor wiring",
            Self::Data => "Data efficiency",
            Self::Constraint => "Constraint picker",
        }
    }
}

/// All settings of the lab. Every value is finite and inside its range.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// What is learned.
    pub task: Task,
    /// The part of the group with determinant 1 only.
    pub proper: bool,
    /// The present element.
    pub g: Element,
    /// Input vectors, each as long as the task's base space.
    pub x: Vec<Vec<f64>>,
    /// Input scalars: masses or charges.
    pub scalars: Vec<f64>,
    /// The model under test.
    pub model: Kind,
    /// What it is compared with, at the same number of parameters.
    pub twin: Kind,
    /// Up to [`MORE`] others, of the same size, whose errors are shown beside theirs.
    pub more: Vec<Kind>,
    /// Channels of each type.
    pub width: usize,
    /// Layers.
    pub layers: usize,
    /// Training samples.
    pub n: usize,
    /// Samples per step.
    pub batch: usize,
    /// Learning rate.
    pub learning_rate: f64,
    /// How many runs with seeds of their own.
    pub seeds: usize,
    /// Seed of data, order of batches and noise of the first run; the next run has the next number.
    pub seed: u64,
    /// Seed of the first run's initialisation.
    pub init: u64,
    /// Break-it switches.
    pub breaks: Breaks,
    /// Conversions of the layer that are in use.
    pub wiring: Wiring,
    /// Whether the lower row is drawn turned back.
    pub stabilised: bool,
    /// The page.
    pub page: Page,
}

impl Default for Settings {
    fn default() -> Self {
        let task = Task::Inertia;
        let (scalars, x) = default_input(task);
        Self {
            task,
            proper: false,
            g: Element::default(),
            x,
            scalars,
            model: Kind::Grepsnet,
            twin: Kind::Mlp,
            more: Vec::new(),
            width: 32,
            layers: 2,
            n: 1000,
            batch: 50,
            learning_rate: 0.005,
            seeds: 3,
            seed: 1,
            init: 1,
            breaks: Breaks::default(),
            wiring: opening_wires(task),
            stabilised: false,
            page: Page::default(),
        }
    }
}

/// The input that a task opens with, in the middle of its data's law: scalars and vectors.
pub fn default_input(task: Task) -> (Vec<f64>, Vec<Vec<f64>>) {
    let rows = |v: &[&[f64]]| v.iter().map(|r| r.to_vec()).collect::<Vec<_>>();
    match task {
        Task::O5 | Task::O5Plus => {
            (Vec::new(), rows(&[&[1.0, 0.4, 0.9, -0.8, 0.5], &[-0.7, 1.1, 0.6, 0.2, 1.2]]))
        }
        Task::Lorentz => (
            Vec::new(),
            rows(&[
                &[0.42, 0.12, -0.2, 0.1],
                &[0.36, -0.26, 0.1, 0.05],
                &[-0.3, 0.2, 0.1, -0.1],
                &[0.15, 0.34, -0.15, 0.2],
            ]),
        ),
        Task::Chirality => (Vec::new(), rows(&[&[1.4, 0.3, -0.4], &[-0.5, 1.5, 0.4], &[0.4, -0.7, 1.6]])),
        Task::Inertia => (
            vec![0.7, 0.7, 1.1, 0.9, 0.6],
            rows(&[
                &[0.9, -0.5, 0.9],
                &[1.3, 0.7, 0.4],
                &[0.9, 1.4, -0.4],
                &[-0.2, -1.5, -0.6],
                &[0.5, 0.3, -1.0],
            ]),
        ),
        Task::NBody | Task::NBodyComponents => (
            vec![1.0, -1.0, 1.0, 1.0, -1.0],
            rows(&[
                &[1.2, 0.3, 0.8],
                &[-0.9, 1.0, 0.2],
                &[0.1, -1.3, -0.6],
                &[-1.1, -0.6, 0.9],
                &[0.7, 0.9, -1.1],
                &[-0.3, 0.5, 0.1],
                &[0.4, -0.1, 0.4],
                &[0.5, 0.3, -0.2],
                &[0.1, 0.5, -0.4],
                &[-0.4, -0.3, 0.3],
            ]),
        ),
    }
}

/// What a change of settings costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Only the pictures.
    Redraw,
    /// The networks are evaluated at other inputs; training goes on.
    Probe,
    /// One number in the running plan; training goes on.
    Knob,
    /// New plans; weights are carried over.
    Rebuild,
    /// New plans, weights and data.
    Reinit,
}

impl Settings {
    /// The dearest change between two settings, by the table of what each setting touches.
    pub fn change(&self, new: &Self) -> Change {
        // Built or trained with elements of the group; the others know its form alone.
        let knows = |kind: Kind| matches!(kind, Kind::Emlp | Kind::MlpAug);
        let table = [
            (self.stabilised != new.stabilised || self.page != new.page, Change::Redraw),
            (self.g != new.g || self.proper != new.proper, Change::Probe),
            (self.proper != new.proper && self.kinds().any(knows), Change::Reinit),
            (self.x != new.x || self.scalars != new.scalars, Change::Probe),
            (self.learning_rate != new.learning_rate, Change::Knob),
            (self.task != new.task || !self.kinds().eq(new.kinds()), Change::Reinit),
            (self.width != new.width || self.layers != new.layers, Change::Reinit),
            (self.n != new.n || self.batch != new.batch || self.seeds != new.seeds, Change::Reinit),
            (self.seed != new.seed || self.init != new.init, Change::Reinit),
            (self.breaks != new.breaks, Change::Rebuild),
            (self.wiring != new.wiring, Change::Reinit),
        ];
        table.iter().filter(|(differs, _)| *differs).map(|(_, c)| *c).max().unwrap_or(Change::Redraw)
    }

    /// Another task, with its own input and models that can do it.
    pub fn set_task(&mut self, task: Task) {
        let same = self.task.shapes() == task.shapes();
        let parity = self.task.is_chiral() == task.is_chiral();
        self.task = task;
        if !parity {
            self.set_proper(task.is_chiral());
        }
        if !same {
            (self.scalars, self.x) = default_input(task);
        }
        let (model, twin) = opening(task);
        let keeps = |kind: Kind| parity && serves(kind, task) && !task.is_nbody();
        self.model = if keeps(self.model) { self.model } else { model };
        self.twin = if keeps(self.twin) { self.twin } else { twin };
        self.more.retain(|kind| serves(*kind, task));
        self.part();
        self.wiring = opening_wires(task);
    }

    /// The model, its twin, and the others.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> + '_ {
        [self.model, self.twin].into_iter().chain(self.more.iter().copied())
    }

    /// Takes out of the others what is the model, its twin, or there already, and what is too many.
    pub fn part(&mut self) {
        let mut kept = vec![self.model, self.twin];
        kept.extend(std::mem::take(&mut self.more));
        for kind in kept.split_off(2) {
            if !kept.contains(&kind) && !self.more.contains(&kind) && self.more.len() < MORE {
                self.more.push(kind);
            }
        }
    }

    /// The whole group, or its part of determinant 1, which has no mirrors.
    pub fn set_proper(&mut self, proper: bool) {
        self.proper = proper;
        self.g.coords.mirror &= !proper;
    }

    /// The group as it is written on the command line.
    pub fn group(&self) -> &'static str {
        task::group(self.task, self.proper)
    }

    /// Differences from the defaults as URL pairs; floats at round-trip precision.
    pub fn to_pairs(&self) -> Pairs {
        let mut d = Self::default();
        d.set_task(self.task);
        let mut out = Pairs::new();
        let mut put = |key: &str, differs: bool, value: String| {
            if differs {
                out.push((key.to_owned(), value));
            }
        };
        put("task", self.task != Self::default().task, self.task.slug().to_owned());
        put("proper", self.proper != d.proper, u8::from(self.proper).to_string());
        for (key, k) in COORDS {
            let v = k.get(&self.g.coords);
            put(key, v != k.get(&d.g.coords), v.to_string());
        }
        put("plane", self.g.plane != d.g.plane, self.g.plane.to_string());
        put("turns", self.g.turns != d.g.turns, join(&self.g.turns));
        put("turn", self.g.turn != d.g.turn, self.g.turn.to_string());
        put("shift", self.g.shift != d.g.shift, join(&self.g.shift));
        put("x", self.x != d.x, self.x.iter().map(|v| join(v)).collect::<Vec<_>>().join(";"));
        put("m", self.scalars != d.scalars, join(&self.scalars));
        put("model", self.model != d.model, self.model.slug().to_owned());
        put("twin", self.twin != d.twin, self.twin.slug().to_owned());
        let more: Vec<&str> = self.more.iter().map(|kind| kind.slug()).collect();
        put("more", self.more != d.more, more.join(","));
        put("width", self.width != d.width, self.width.to_string());
        put("layers", self.layers != d.layers, self.layers.to_string());
        put("n", self.n != d.n, self.n.to_string());
        put("batch", self.batch != d.batch, self.batch.to_string());
        put("lr", self.learning_rate != d.learning_rate, self.learning_rate.to_string());
        put("seeds", self.seeds != d.seeds, self.seeds.to_string());
        put("seed", self.seed != d.seed, self.seed.to_string());
        put("init", self.init != d.init, self.init.to_string());
        put("break", self.breaks.any(), flipped(self.breaks, d.breaks, SWITCHES.iter().map(|s| (s.0, s.3))));
        put("wires", self.wiring != d.wiring, flipped(self.wiring, d.wiring, Wiring::WIRES.into_iter()));
        put("stable", self.stabilised, "1".to_owned());
        put("page", self.page != d.page, self.page.slug().to_owned());
        out
    }

    /// Reads URL pairs over the defaults. What is not understood, not finite or out of range is clamped or left at
    /// its default, and said.
    pub fn from_pairs(pairs: &Pairs) -> (Self, Applied) {
        let mut reader = Reader::new(pairs);
        let mut s = Self::default();
        if let Some(task) = reader.choice("task", Task::ALL.map(|t| (t.slug(), t))) {
            s.set_task(task);
        }
        s.read_element(&mut reader);
        s.read_input(&mut reader);
        s.read_model(&mut reader);
        let set = |value: Option<usize>, place: &mut usize| *place = value.unwrap_or(*place);
        set(reader.integer("width", WIDTH.0, WIDTH.1), &mut s.width);
        set(reader.integer("layers", LAYERS.0, LAYERS.1), &mut s.layers);
        set(reader.integer("n", TRAIN.0, TRAIN.1), &mut s.n);
        set(reader.integer("batch", BATCH.0, BATCH.1), &mut s.batch);
        s.learning_rate = reader.number("lr", LEARNING_RATE.0, LEARNING_RATE.1).unwrap_or(s.learning_rate);
        s.seeds = reader.choice("seeds", [("1", 1), ("3", 3), ("5", 5)]).unwrap_or(s.seeds);
        s.seed = reader.parse("seed").unwrap_or(s.seed);
        s.init = reader.parse("init").unwrap_or(s.init);
        let flag = [("0", false), ("1", true)];
        let proper = reader.choice("proper", flag).unwrap_or(s.proper);
        s.set_proper(proper);
        s.stabilised = reader.choice("stable", flag).unwrap_or(false);
        s.page = reader.choice("page", Page::ALL.map(|p| (p.slug(), p))).unwrap_or_default();
        (s, reader.done())
    }

    fn read_element(&mut self, reader: &mut Reader<'_>) {
        for (key, k) in COORDS {
            let (low, high) = k.range();
            if let Some(v) = reader.number(key, low, high) {
                k.set(&mut self.g.coords, v);
            }
        }
        self.g.plane = reader.integer("plane", 0, PLANES.len() - 1).unwrap_or(self.g.plane);
        if let Some(text) = reader.text("turns") {
            match parse_list(&text).map(<[f64; 10]>::try_from) {
                Ok(Ok(turns)) => self.g.turns = turns,
                Ok(Err(v)) => reader.warn("turns", &text, &format!("{} angles for ten planes", v.len())),
                Err(why) => reader.warn("turns", &text, &why),
            }
        }
        self.g.turn = reader.number("turn", -TAU, TAU).unwrap_or(self.g.turn);
        if let Some(text) = reader.text("shift") {
            match parse_list(&text).map(<[f64; 3]>::try_from) {
                Ok(Ok(shift)) if shift.iter().all(|v| v.abs() <= SHIFT) => self.g.shift = shift,
                Ok(_) => reader.warn("shift", &text, &format!("not three numbers from −{SHIFT} to {SHIFT}")),
                Err(why) => reader.warn("shift", &text, &why),
            }
        }
        self.g = self.g.clone().clamped();
    }

    fn read_input(&mut self, reader: &mut Reader<'_>) {
        let shapes = self.task.shapes();
        if let Some(text) = reader.text("x") {
            match parse_vectors(&text, shapes.dim, shapes.t1) {
                Ok(x) => self.x = x,
                Err(why) => reader.warn("x", &text, &why),
            }
        }
        if let Some(text) = reader.text("m") {
            match parse_list(&text) {
                Ok(m) if m.len() == shapes.t0 => self.scalars = m,
                Ok(m) => {
                    let why = format!("{} scalars where the task has {}", m.len(), shapes.t0);
                    reader.warn("m", &text, &why);
                }
                Err(why) => reader.warn("m", &text, &why),
            }
        }
    }

    fn read_model(&mut self, reader: &mut Reader<'_>) {
        for (key, twin) in [("model", false), ("twin", true)] {
            let Some(kind) = reader.parse::<Kind>(key) else { continue };
            if !serves(kind, self.task) {
                reader.warn(key, kind.slug(), "it does not take this task");
            } else if twin {
                self.twin = kind;
            } else {
                self.model = kind;
            }
        }
        for name in reader.text("more").unwrap_or_default().split(',').filter(|n| !n.is_empty()) {
            match name.parse::<Kind>() {
                Ok(kind) if serves(kind, self.task) => self.more.push(kind),
                Ok(_) => reader.warn("more", name, "it does not take this task"),
                Err(e) => reader.warn("more", name, &e.to_string()),
            }
        }
        self.part();
        let breaks = SWITCHES.map(|s| (s.0, s.3));
        read_flags(reader, "break", &breaks, &mut self.breaks);
        read_flags(reader, "wires", &Wiring::WIRES, &mut self.wiring);
    }
}

/// Turns over the flags that are named.
fn read_flags<T>(reader: &mut Reader<'_>, key: &str, flags: &[Flag<T>], value: &mut T) {
    for name in reader.text(key).unwrap_or_default().split(',').filter(|n| !n.is_empty()) {
        match flags.iter().find(|f| f.0 == name) {
            Some((_, at)) => {
                let flag = at(value);
                *flag = !*flag;
            }
            None => {
                let known: Vec<&str> = flags.iter().map(|f| f.0).collect();
                reader.warn(key, name, &format!("known are {}", known.join(", ")));
            }
        }
    }
}

/// Keys of the element's coordinates.
const COORDS: [(&str, Coordinate); 7] = [
    ("theta", Coordinate::Angle),
    ("mirror", Coordinate::Mirror),
    ("nx", Coordinate::AxisX),
    ("ny", Coordinate::AxisY),
    ("nz", Coordinate::AxisZ),
    ("eta", Coordinate::Rapidity),
    ("phi", Coordinate::Direction),
];

fn join(v: &[f64]) -> String {
    v.iter().map(f64::to_string).collect::<Vec<_>>().join(",")
}

fn parse_list(text: &str) -> Result<Vec<f64>, String> {
    text.split(',')
        .map(|t| match t.trim().parse::<f64>() {
            Ok(v) if v.is_finite() => Ok(v.clamp(-REACH, REACH)),
            Ok(_) => Err(format!("‘{t}’ is not a finite number")),
            Err(_) => Err(format!("‘{t}’ is not a number")),
        })
        .collect()
}

fn parse_vectors(text: &str, dim: usize, count: usize) -> Result<Vec<Vec<f64>>, String> {
    let x: Vec<Vec<f64>> = text.split(';').map(parse_list).collect::<Result<_, _>>()?;
    if let Some(v) = x.iter().find(|v| v.len() != dim) {
        return Err(format!("a vector has {} components where the space has {dim}", v.len()));
    }
    if x.len() != count { Err(format!("{} vectors; the task takes {count}", x.len())) } else { Ok(x) }
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
