//! What a visitor chooses in the lab, and its text in the URL.

use crate::data::Target;
use crate::engine::Optimiser;
use crate::labs::lab::{Applied, Pairs};
use crate::labs::reader::Reader;
use crate::maths::{Coordinate, Coords, Group};
use crate::nn::layers::Breaks;
use std::f64::consts::TAU;

/// Fewest and most vectors.
pub const VECTORS: (usize, usize) = (2, 8);
/// Fewest and most tensor-polynomial layers.
pub const LAYERS: (usize, usize) = (1, 3);
/// Narrowest and widest hidden layers.
pub const WIDTH: (usize, usize) = (4, 32);
/// Range of the learning rate.
pub const LEARNING_RATE: (f64, f64) = (1e-5, 1.0);
/// Smallest and largest batch.
pub const BATCH: (usize, usize) = (8, 256);
/// Range of the spread of the data around the present input.
pub const SPREAD: (f64, f64) = (0.05, 1.5);
/// Largest coordinate of an input vector, and largest scalar.
pub const REACH: f64 = 8.0;

/// Where the training steps run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TrainOn {
    /// The GPU if it is real hardware, else the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The GPU, software adapters included.
    Gpu,
}

impl TrainOn {
    /// Name in the URL.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
            Self::Gpu => "gpu",
        }
    }
}

/// All settings of the lab. Every value is finite and inside its range.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The group.
    pub group: Group,
    /// The present element.
    pub coords: Coords,
    /// Input vectors, each as long as the group's base space.
    pub x: Vec<Vec<f64>>,
    /// One scalar for each vector.
    pub scalars: Vec<f64>,
    /// Tensor-polynomial layers.
    pub layers: usize,
    /// Channels of each type.
    pub width: usize,
    /// What is learned.
    pub target: Target,
    /// Learning rate.
    pub learning_rate: f64,
    /// Optimiser.
    pub optimiser: Optimiser,
    /// Samples per step.
    pub batch: usize,
    /// Standard deviation of the data around the present input.
    pub spread: f64,
    /// Seed of the data.
    pub seed: u64,
    /// Seed of the initialisation.
    pub init: u64,
    /// Break-it switches.
    pub breaks: Breaks,
    /// Whether the lower row is drawn turned back.
    pub stabilised: bool,
    /// Where training runs.
    pub train_on: TrainOn,
}

impl Default for Settings {
    fn default() -> Self {
        let group = Group::Orthogonal(2);
        let (x, scalars) = default_input(group, 3);
        Self {
            group,
            coords: Coords { angle: 37f64.to_radians(), rapidity: 0.8, stretch: 0.25, ..Coords::default() },
            x,
            scalars,
            layers: 2,
            width: 12,
            target: Target::Springs,
            learning_rate: 0.01,
            optimiser: Optimiser::Adam,
            batch: 64,
            spread: 0.4,
            seed: 1,
            // Chosen so that the arrows of the first picture are easy to tell apart.
            init: 379,
            breaks: Breaks::default(),
            stabilised: false,
            train_on: TrainOn::Auto,
        }
    }
}

/// The input a lab opens with: a fixed scatter, smaller in Minkowski space so that a boost leaves f32 its digits.
pub fn default_input(group: Group, n: usize) -> (Vec<Vec<f64>>, Vec<f64>) {
    const PLANE: [[f64; 2]; 8] = [
        [1.52, 0.34],
        [-0.42, 1.36],
        [-0.82, -1.02],
        [0.95, -0.9],
        [0.5, 0.75],
        [-1.4, 0.2],
        [0.1, -1.5],
        [1.1, 1.2],
    ];
    const HEIGHT: [f64; 8] = [0.45, -0.3, 0.85, -0.7, 1.1, 0.6, -0.4, -0.95];
    /// (time, space, space)
    const EVENTS: [[f64; 3]; 8] = [
        [0.9, 0.25, 0.3],
        [0.35, -0.75, 0.2],
        [-0.55, 0.3, -0.45],
        [0.6, 0.55, -0.4],
        [-0.8, -0.3, 0.25],
        [0.2, 0.7, 0.6],
        [-0.25, -0.5, -0.65],
        [0.75, -0.1, -0.6],
    ];
    const SCALARS: [f64; 8] = [1.0, 0.7, 1.3, 0.9, 1.1, 0.8, 1.2, 1.0];
    let vector = |i: usize| match group {
        Group::Lorentz(d) => EVENTS[i][..=d].to_vec(),
        _ if group.dim() == 3 => vec![PLANE[i][0], PLANE[i][1], HEIGHT[i]],
        _ => PLANE[i].to_vec(),
    };
    let n = n.clamp(VECTORS.0, VECTORS.1);
    ((0..n).map(vector).collect(), SCALARS[..n].to_vec())
}

/// What a change of settings costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Only the pictures.
    Redraw,
    /// The networks are evaluated again at other inputs; training goes on.
    Probe,
    /// One number in the running plan; training goes on.
    Knob,
    /// A new plan; weights are carried over where their shapes agree.
    Rebuild,
    /// A new plan and new weights.
    Reinit,
}

impl Settings {
    /// The dearest change between two settings, by the table of what each setting touches.
    pub fn change(&self, new: &Self) -> Change {
        let table = [
            (self.stabilised != new.stabilised, Change::Redraw),
            (self.coords != new.coords, Change::Probe),
            (self.x != new.x || self.scalars != new.scalars, Change::Knob),
            (self.learning_rate != new.learning_rate || self.spread != new.spread, Change::Knob),
            (self.breaks != new.breaks || self.optimiser != new.optimiser, Change::Rebuild),
            (self.batch != new.batch || self.train_on != new.train_on, Change::Rebuild),
            (self.group.metric() == new.group.metric() && self.group != new.group, Change::Rebuild),
            (self.group.metric() != new.group.metric(), Change::Reinit),
            (self.x.len() != new.x.len() || self.target != new.target, Change::Reinit),
            (self.layers != new.layers || self.width != new.width, Change::Reinit),
            (self.seed != new.seed || self.init != new.init, Change::Reinit),
        ];
        table.iter().filter(|(differs, _)| *differs).map(|(_, c)| *c).max().unwrap_or(Change::Redraw)
    }

    /// Another group: the element goes to the nearest of the new group, the input stays where the space is the same.
    pub fn set_group(&mut self, group: Group) {
        if group.metric() != self.group.metric() {
            (self.x, self.scalars) = default_input(group, self.x.len());
        }
        if !group.has_mirror() {
            self.coords.mirror = false;
        }
        self.group = group;
        self.snap();
        if let (Some(n), true) = (group.turn_steps(), self.coords.angle == 0.0) {
            // A first look at the identity would show nothing.
            self.coords.angle = TAU / f64::from(n);
        }
    }

    /// Puts the angle onto the nearest element of a finite group, so that the field says what g is.
    pub fn snap(&mut self) {
        self.coords = self.coords.snapped(self.group);
    }

    /// Another number of vectors: those that stay keep their place.
    pub fn set_vectors(&mut self, n: usize) {
        let (x, scalars) = default_input(self.group, n);
        let keep = self.x.len().min(x.len());
        self.x.truncate(keep);
        self.x.extend_from_slice(&x[keep..]);
        self.scalars.truncate(keep);
        self.scalars.extend_from_slice(&scalars[keep..]);
    }

    /// Differences from the defaults as URL pairs; floats at round-trip precision.
    pub fn to_pairs(&self) -> Pairs {
        let d = Self::default();
        let mut out = Pairs::new();
        let mut put = |key: &str, differs: bool, value: String| {
            if differs {
                out.push((key.to_owned(), value));
            }
        };
        put("group", self.group != d.group, self.group.to_string());
        for (key, k) in COORDS {
            let v = k.get(&self.coords);
            put(key, v != k.get(&d.coords) && self.group.coordinates().contains(&k), v.to_string());
        }
        let (x, scalars) = default_input(self.group, self.x.len());
        put("n", self.x.len() != d.x.len(), self.x.len().to_string());
        put("x", self.x != x, self.x.iter().map(|v| join(v)).collect::<Vec<_>>().join(";"));
        put("m", self.scalars != scalars, join(&self.scalars));
        put("layers", self.layers != d.layers, self.layers.to_string());
        put("width", self.width != d.width, self.width.to_string());
        put("target", self.target != d.target, self.target.slug().to_owned());
        put("lr", self.learning_rate != d.learning_rate, self.learning_rate.to_string());
        put("opt", self.optimiser != d.optimiser, optimiser_slug(self.optimiser).to_owned());
        put("batch", self.batch != d.batch, self.batch.to_string());
        put("spread", self.spread != d.spread, self.spread.to_string());
        put("seed", self.seed != d.seed, self.seed.to_string());
        put("init", self.init != d.init, self.init.to_string());
        let on: Vec<&str> =
            BREAKS.iter().filter(|(_, get)| *get(&mut self.breaks.clone())).map(|b| b.0).collect();
        put("break", self.breaks.any(), on.join(","));
        put("stable", self.stabilised, "1".to_owned());
        put("train", self.train_on != d.train_on, self.train_on.slug().to_owned());
        out
    }

    /// Reads URL pairs over the defaults. What is not understood, not finite or out of range is clamped or left at
    /// its default, and said.
    pub fn from_pairs(pairs: &Pairs) -> (Self, Applied) {
        let mut reader = Reader::new(pairs);
        let mut s = Self::default();
        if let Some(group) = reader.parse::<Group>("group") {
            s.set_group(group);
        }
        for (key, k) in COORDS {
            let (lo, hi) = k.range();
            let v = reader.number(key, lo, hi);
            if let (Some(v), true) = (v, s.group.coordinates().contains(&k)) {
                k.set(&mut s.coords, v);
            }
        }
        s.snap();
        if let Some(n) = reader.integer("n", VECTORS.0, VECTORS.1) {
            s.set_vectors(n);
        }
        if let Some(text) = reader.text("x") {
            let dim = s.group.dim();
            match parse_vectors(&text, dim) {
                Ok(x) => {
                    s.set_vectors(x.len());
                    s.x = x;
                }
                Err(why) => reader.warn("x", &text, &why),
            }
        }
        if let Some(text) = reader.text("m") {
            match parse_list(&text) {
                Ok(m) if m.len() == s.x.len() => s.scalars = m,
                Ok(m) => {
                    let why = format!("{} scalars for {} vectors", m.len(), s.x.len());
                    reader.warn("m", &text, &why);
                }
                Err(why) => reader.warn("m", &text, &why),
            }
        }
        let set = |value: Option<usize>, place: &mut usize| *place = value.unwrap_or(*place);
        set(reader.integer("layers", LAYERS.0, LAYERS.1), &mut s.layers);
        set(reader.integer("width", WIDTH.0, WIDTH.1), &mut s.width);
        set(reader.integer("batch", BATCH.0, BATCH.1), &mut s.batch);
        let set = |value: Option<f64>, place: &mut f64| *place = value.unwrap_or(*place);
        set(reader.number("lr", LEARNING_RATE.0, LEARNING_RATE.1), &mut s.learning_rate);
        set(reader.number("spread", SPREAD.0, SPREAD.1), &mut s.spread);
        s.seed = reader.parse("seed").unwrap_or(s.seed);
        s.init = reader.parse("init").unwrap_or(s.init);
        s.target = reader.choice("target", Target::ALL.map(|t| (t.slug(), t))).unwrap_or(s.target);
        s.optimiser = reader.choice("opt", OPTIMISERS.map(|o| (optimiser_slug(o), o))).unwrap_or(s.optimiser);
        s.train_on = reader
            .choice("train", [TrainOn::Auto, TrainOn::Cpu, TrainOn::Gpu].map(|t| (t.slug(), t)))
            .unwrap_or(s.train_on);
        s.stabilised = reader.choice("stable", [("0", false), ("1", true)]).unwrap_or(false);
        for name in reader.text("break").unwrap_or_default().split(',').filter(|n| !n.is_empty()) {
            match BREAKS.iter().find(|b| b.0 == name) {
                Some((_, place)) => *place(&mut s.breaks) = true,
                None => reader.warn("break", name, "known are bias, relu, component, metric"),
            }
        }
        (s, reader.done())
    }
}

/// All optimisers, in the order of the menu.
pub const OPTIMISERS: [Optimiser; 3] = [Optimiser::Sgd, Optimiser::Momentum, Optimiser::Adam];

/// Name of an optimiser in the URL.
pub fn optimiser_slug(o: Optimiser) -> &'static str {
    match o {
        Optimiser::Sgd => "sgd",
        Optimiser::Momentum => "momentum",
        Optimiser::Adam => "adam",
    }
}

/// Keys of the element's coordinates.
const COORDS: [(&str, Coordinate); 10] = [
    ("theta", Coordinate::Angle),
    ("mirror", Coordinate::Mirror),
    ("nx", Coordinate::AxisX),
    ("ny", Coordinate::AxisY),
    ("nz", Coordinate::AxisZ),
    ("eta", Coordinate::Rapidity),
    ("phi", Coordinate::Direction),
    ("scale", Coordinate::Scale),
    ("stretch", Coordinate::Stretch),
    ("shear", Coordinate::Shear),
];

/// A name in the URL and the place of its switch.
type BreakSwitch = (&'static str, fn(&mut Breaks) -> &mut bool);

/// The break-it switches by name.
const BREAKS: [BreakSwitch; 4] = [
    ("bias", |b| &mut b.bias),
    ("relu", |b| &mut b.relu),
    ("component", |b| &mut b.component),
    ("metric", |b| &mut b.metric),
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

fn parse_vectors(text: &str, dim: usize) -> Result<Vec<Vec<f64>>, String> {
    let x: Vec<Vec<f64>> = text.split(';').map(parse_list).collect::<Result<_, _>>()?;
    if let Some(v) = x.iter().find(|v| v.len() != dim) {
        return Err(format!("a vector has {} components where the space has {dim}", v.len()));
    }
    if x.len() < VECTORS.0 || x.len() > VECTORS.1 {
        return Err(format!("{} vectors; the lab takes {} to {}", x.len(), VECTORS.0, VECTORS.1));
    }
    Ok(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn defaults_leave_the_url_empty() {
        assert!(Settings::default().to_pairs().is_empty());
        let (s, applied) = Settings::from_pairs(&Pairs::new());
        assert_eq!(s, Settings::default());
        assert!(applied.warnings.is_empty());
    }

    #[test]
    fn wrong_values_are_named_and_nothing_else_is_lost() {
        let pairs: Pairs =
            [("theta", "NaN"), ("width", "1e9"), ("x", "1,2;3"), ("group", "SU(7)"), ("lr", "0.02")]
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
                .to_vec();
        let (s, applied) = Settings::from_pairs(&pairs);
        assert_eq!(applied.warnings.len(), 4, "{:?}", applied.warnings);
        assert_eq!(s.learning_rate, 0.02);
        assert_eq!(s.width, WIDTH.1);
        assert_eq!(s.coords, Settings::default().coords);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(pairs in proptest::collection::vec(("[a-z]{1,8}", ".{0,30}"), 0..12)) {
            let (s, _) = Settings::from_pairs(&pairs);
            prop_assert!(s.x.iter().flatten().all(|v| v.is_finite()));
            prop_assert!(s.x.iter().all(|v| v.len() == s.group.dim()));
        }

        #[test]
        fn settings_survive_the_url(
            g in 0..crate::maths::group::MENU.len(), n in 2usize..=8, angle in -6.0f64..6.0, eta in -3.0f64..3.0,
            lr in 1e-5f64..1.0, flags in 0u8..32, seed in any::<u64>(), first in -8.0f64..8.0,
        ) {
            let mut s = Settings::default();
            s.set_group(crate::maths::group::MENU[g]);
            s.set_vectors(n);
            s.x[0][0] = first;
            if s.group.coordinates().contains(&Coordinate::Angle) { s.coords.angle = angle; s.snap(); }
            if s.group.coordinates().contains(&Coordinate::Rapidity) { s.coords.rapidity = eta; }
            s.learning_rate = lr;
            s.seed = seed;
            s.breaks = Breaks { bias: flags & 1 > 0, relu: flags & 2 > 0, component: flags & 4 > 0, metric: flags & 8 > 0 };
            s.stabilised = flags & 16 > 0;
            let (back, applied) = Settings::from_pairs(&s.to_pairs());
            prop_assert!(applied.warnings.is_empty(), "{:?}", applied.warnings);
            prop_assert_eq!(back, s);
        }
    }
}
