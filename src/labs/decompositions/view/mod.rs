//! The lab's screen: the chain of pictures above, the map and the two ways to g below, the element at the side.

mod algebra;
mod atlas;
mod chain;
mod corners;
mod entries;
mod films;
mod formula;
mod globe;
mod haar;
mod history;
mod lens;
mod list;
mod motion;
mod own;
mod side;
mod space;
mod stage;
mod typed;
mod wigner;
mod words;

use super::META;
use super::chain::Chain;
use super::element::{Element, Passing, Way};
use super::map::Map;
use super::own::Own;
use super::settings::{Family, Picture, Settings, Show, natural};
use crate::labs::lab::{Applied, Command, Lab, LabCx, LabMeta, LayoutKind, Pairs, Request};
use crate::maths::Matrix;
use crate::viz::Camera;
use eframe::egui::{self, Rect, TextureHandle, Ui};
use motion::{Moment, Passage, Playing};
use serde_json::{Value, json};
use std::cell::OnceCell;

/// Tabs of the narrow layout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Element,
    Factors,
    Map,
    Ways,
}

/// What is computed for the element that is drawn; made anew when it is another.
struct Seen {
    family: Family,
    own: Option<Own>,
    show: Show,
    order: Vec<usize>,
    element: Element,
    chain: Chain,
    /// The subgroup and the geodesic from 1 to g.
    ways: [OnceCell<Way>; 2],
    /// The ways that the factors take when they are played, by tiles.
    passings: Vec<OnceCell<Passing>>,
}

impl Seen {
    fn new(s: &Settings, g: &Matrix) -> Self {
        Self::of(s, Element::new(s, g))
    }

    /// For an element on the move, that was `before` a moment ago.
    fn after(s: &Settings, g: &Matrix, before: &Self) -> Self {
        Self::of(s, Element::new(s, g).after(&before.element))
    }

    fn of(s: &Settings, element: Element) -> Self {
        let chain = Chain::new(s, &element.g, element.factors.as_deref().unwrap_or_default());
        let passings = chain.tiles.iter().map(|_| OnceCell::new()).collect();
        let (family, own, show, order) = (s.family, s.own.clone(), s.show, s.order.clone());
        Self { family, own, show, order, element, chain, ways: Default::default(), passings }
    }

    fn fits(&self, s: &Settings, g: &Matrix) -> bool {
        let same = self.family == s.family && self.own == s.own;
        same && self.show == s.show && self.order == s.order && self.element.g == *g
    }

    /// A way, computed when it is drawn.
    fn way(&self, which: usize) -> &Way {
        self.ways[which].get_or_init(|| self.element.way(which))
    }

    /// The factor of a tile when so much of it has acted.
    fn partly(&self, tile: usize, share: f64) -> Option<Matrix> {
        let matrix = &self.chain.tiles.get(tile)?.matrix;
        self.passings.get(tile)?.get_or_init(|| Passing::to(matrix)).at(share)
    }
}

/// The lab as the shell sees it.
pub struct Decompositions {
    settings: Settings,
    /// The element that is drawn: the chosen one, or one on the way to it.
    shown: Matrix,
    seen: Seen,
    passage: Passage,
    playing: Playing,
    /// g is on the move: the pointer is down, or g is on its way to where it was sent.
    moving: bool,
    moment: Option<Moment>,
    stage: stage::Held,
    /// From where boxes and where events are seen.
    cameras: [Camera; 2],
    /// Which coordinates of the Lie algebra are shown where there are many.
    algebra: usize,
    atlas: atlas::Cache,
    /// The last logarithm there was, for the sliders.
    log: Matrix,
    /// The last direction of the larger stretch there was.
    direction: f64,
    photo: Option<TextureHandle>,
    /// The random elements of the present seed.
    haar: Option<haar::Cloud>,
    steps: history::Steps,
    editor: own::Editor,
    typing: Option<typed::Typing>,
    tab: Tab,
    /// The settings were changed by a command: to be remembered in the next frame.
    changed: bool,
    report: Option<Value>,
    thumbnail: Option<Seen>,
}

/// From where boxes and where events are seen at first: events from higher up, since the plane of equal time is what
/// shows a boost.
fn cameras() -> [Camera; 2] {
    [Camera::default(), Camera::new(Camera::default().yaw(), 0.62)]
}

/// Makes the lab.
pub fn make() -> Box<dyn Lab> {
    let settings = Settings::default();
    let seen = Seen::new(&settings, &settings.g);
    let steps = history::Steps::new(&settings);
    let mut lab = Decompositions {
        shown: settings.g.clone(),
        seen,
        settings,
        passage: Passage::default(),
        playing: Playing::No,
        moving: false,
        moment: None,
        stage: stage::Held::default(),
        cameras: cameras(),
        algebra: 0,
        atlas: atlas::Cache::default(),
        log: Matrix::zeros(2, 2),
        direction: 0.0,
        photo: None,
        haar: None,
        steps,
        editor: own::Editor::default(),
        typing: None,
        tab: Tab::default(),
        changed: false,
        report: None,
        thumbnail: None,
    };
    lab.look();
    Box::new(lab)
}

impl Decompositions {
    /// Computes what belongs to the element that is drawn, if it is another, or if it has come to rest.
    fn look(&mut self) {
        let other = self.seen.family != self.settings.family;
        if !self.seen.fits(&self.settings, &self.shown) {
            self.seen = if self.moving {
                Seen::after(&self.settings, &self.shown, &self.seen)
            } else {
                Seen::new(&self.settings, &self.shown)
            };
        } else if !self.moving && self.seen.element.followed() {
            self.seen = Seen::new(&self.settings, &self.shown);
        }
        if let Some(log) = &self.seen.element.log {
            self.log = log.clone();
        } else if other || self.log.rows() != self.shown.rows() {
            // The last one may belong to another algebra.
            self.log = Matrix::zeros(self.shown.rows(), self.shown.rows());
        }
        if self.seen.element.picture == Picture::Plane
            && self.seen.element.place.1 > 1e-6
            && let Some(direction) = super::element::stretched_direction(&self.seen.element)
        {
            self.direction = direction;
        }
    }

    /// g was changed by a click, a key or a field: 200 ms on the way.
    fn glide(&mut self, ctx: &egui::Context) {
        self.passage.start(&self.shown, ctx.input(|i| i.time));
        ctx.request_repaint();
    }

    /// g follows the pointer. False where it cannot.
    fn drag_to(&mut self, g: Matrix) -> bool {
        self.passage.stop();
        self.settings.set_g(g)
    }

    fn commit(&mut self, cx: &mut LabCx<'_>) {
        self.steps.note(&self.settings);
        cx.requests.push(Request::Commit);
    }

    /// Back to the first element, the order that makes it, and the first view.
    fn reset(&mut self) {
        self.settings.reset_g();
        self.settings.order = natural(self.settings.family, self.settings.show);
        self.cameras = cameras();
        self.changed = true;
    }

    /// The map that shows g; it grows with g but not while something is dragged.
    fn map(&mut self, dragging: bool) -> Map {
        let wanted = Map::showing(self.seen.element.place.1);
        self.atlas.map(wanted, dragging)
    }
}

impl Lab for Decompositions {
    fn meta(&self) -> &'static LabMeta {
        &META
    }

    fn settings(&self) -> Pairs {
        self.settings.to_pairs()
    }

    fn apply(&mut self, pairs: &Pairs) -> Applied {
        let (settings, applied) = Settings::from_pairs(pairs);
        self.settings = settings;
        self.steps.follow(&self.settings);
        self.passage.stop();
        self.playing = Playing::No;
        applied
    }

    fn logic(&mut self, ctx: &egui::Context, cx: &mut LabCx<'_>) {
        let (time, down) = ctx.input(|i| (i.time, i.pointer.any_down()));
        self.shown = self.passage.shown(&self.settings.g, time, cx.reduced_motion);
        self.moving = down || self.passage.moving();
        self.look();
        if self.seen.chain.sum {
            self.playing = Playing::No;
        }
        self.moment = self.playing.moment(time, self.seen.chain.tiles.len(), cx.reduced_motion);
        self.gather();
        if self.passage.moving() || self.playing.on() || self.gathering() {
            ctx.request_repaint();
        }
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        if std::mem::take(&mut self.changed) {
            self.commit(cx);
        }
        // A drag in this frame is drawn in this frame.
        if !self.passage.moving() {
            self.shown = self.settings.g.clone();
        }
        self.look();
        match cx.layout {
            LayoutKind::Desktop => self.desktop(ui, cx),
            LayoutKind::Phone => self.phone(ui, cx),
            LayoutKind::Embed => self.embed(ui, cx),
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Play | Command::Step(_) => self.playing = Playing::Asked,
            Command::Pause => self.playing = Playing::No,
            Command::Reset => self.reset(),
            Command::NewSeed => {
                self.settings.seed = self.settings.seed.wrapping_add(1);
                self.changed = true;
            }
        }
    }

    fn busy(&self) -> bool {
        self.gathering()
    }

    fn playing(&self) -> bool {
        self.playing.on()
    }

    fn status(&self) -> String {
        let s = &self.settings;
        let chain = &self.seen.chain;
        let order = match (self.seen.element.factors.is_some(), chain.sum, chain.agrees) {
            (false, ..) => "It does not exist for this g.",
            (true, true, _) => "The terms add up to g.",
            (true, false, true) => "The factors make g.",
            (true, false, false) => "In this order they do not make g.",
        };
        let reach = self.reach_said();
        format!("{} of an element of {}, {reach}. {order}", s.show.title(), self.group_name())
    }

    fn metrics(&self) -> Value {
        let e = &self.seen.element;
        let rows = |m: &Matrix| json!(m.to_rows());
        let factors =
            self.seen.chain.tiles.iter().map(|t| json!({ "symbol": t.symbol, "matrix": rows(&t.matrix) }));
        json!({
            "state": if self.playing.on() { "playing" } else { "paused" },
            "group": self.settings.family.slug(),
            "known": self.settings.own.as_ref().map(|own| own.group.words()),
            "made_of": self.settings.own.as_ref().map(|own| own.composition()),
            "g": rows(&self.settings.g),
            "shown": rows(&self.shown),
            "decomposition": self.settings.show.slug(),
            "chain": factors.collect::<Vec<_>>(),
            "product": rows(self.seen.chain.product()),
            "agrees": self.seen.chain.agrees,
            "composition": if self.seen.chain.sum { "sum" } else { "product" },
            "exists": e.factors.is_some(),
            "view": [self.lens().camera.yaw(), self.lens().camera.pitch()],
            "log": e.log.as_ref().map(rows),
            "reachable": e.log.is_some(),
            "lengths": e.lengths(),
            "turn": e.place.0,
            "stretch": e.place.1,
            "warnings": e.warnings,
        })
    }

    fn start_check(&mut self, samples: usize) {
        self.report = super::check::page(samples);
    }

    fn check_result(&mut self) -> Option<Value> {
        self.report.take()
    }

    fn keys(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("← →", "moves the tile that has the keyboard to an earlier or a later place"),
            (
                "← → ↑ ↓",
                "moves g on the map or in the ball, a column or a corner of its picture, the axis of time, or the last \
                 picture; turns the view",
            ),
        ]
    }

    fn thumbnail(&mut self, painter: &egui::Painter, rect: Rect) {
        let s = Settings::default();
        let seen = self.thumbnail.get_or_insert_with(|| Seen::new(&s, &s.g));
        chain::thumbnail(painter, rect, seen);
    }
}
