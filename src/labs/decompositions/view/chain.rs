//! Paints the chain: sheets, arrows, tiles and captions. Where they stand is [`Spots`].

use super::lens::{self, Lens, Spot};
use super::motion::Moment;
use super::words::describe;
use super::{Decompositions, Seen};
use crate::labs::decompositions::chain::{Chain, Tile};
use crate::labs::decompositions::settings::{Picture, Subject};
use crate::maths::Matrix;
use crate::ui::numbers::fixed;
use crate::ui::theme::Theme;
use crate::ui::{fonts, typeset};
use crate::viz::shapes;
use crate::viz::sheet::{Print, Sheet};
use eframe::egui::{Align, Align2, Painter, Pos2, Rect, Stroke, Vec2, pos2, vec2};

/// Grid lines between the centre and the rim of a large sheet.
const GRID: i32 = 4;
/// Radius of an undeformed sheet in the reference picture, and that picture's width.
const RADIUS: f32 = 64.0;
const WIDTH: f32 = 992.0;
/// Where the sheets of chains of two, three, four and five stand in the reference picture.
const PLACES: [&[f32]; 5] = [
    &[496.0],
    &[300.0, 692.0],
    &[168.0, 488.0, 820.0],
    &[120.0, 360.0, 616.0, 872.0],
    &[96.0, 288.0, 488.0, 688.0, 880.0],
];
/// Below this width captions of things in space have one line.
const BRIEF: f32 = 600.0;
/// Sheets between x and g·x that reach further than this are drawn smaller.
const LARGEST: f64 = 2.5;
/// Boxes and cones are this much larger than sheets.
const LARGER: f32 = 1.2;
/// Between a sheet and an arrow.
const GAP: f32 = 16.0;
/// Side of the tile's middle from the arrow.
const TILE: f32 = 44.0;

/// Where the sheets of a chain stand.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spots {
    /// Centres of the sheets.
    pub(super) centres: Vec<Pos2>,
    /// Points per unit, of x and of g·x.
    pub(super) radius: f32,
    /// How much smaller the sheets between them are drawn, 1 for most.
    scales: Vec<f32>,
    /// How the sheets are drawn.
    pub(super) lens: Lens,
}

/// An arrow between two sheets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Road {
    pub(super) from: Pos2,
    pub(super) to: Pos2,
}

impl Road {
    pub(super) fn middle(self) -> Pos2 {
        self.from + (self.to - self.from) * 0.5
    }

    fn upright(self) -> bool {
        (self.to - self.from).y.abs() > (self.to - self.from).x.abs()
    }
}

impl Spots {
    /// Side by side across `rect`, as large as the sheets' deformations allow.
    pub(super) fn row(rect: Rect, chain: &Chain, lens: Lens, middle: f32, limit: f32) -> Self {
        let n = chain.plates.len().clamp(1, PLACES.len());
        let k = rect.width() / WIDTH;
        let centres: Vec<Pos2> =
            PLACES[n - 1].iter().map(|x| pos2(rect.left() + x * k, rect.top() + middle)).collect();
        let larger = if lens.picture == Picture::Plane { 1.0 } else { LARGER };
        let wanted = larger * (RADIUS * k.max(1.0)).min(limit);
        let scales = scales(chain, lens);
        Self {
            radius: fit(&centres, chain, (lens, &scales), wanted, limit * 1.75, rect),
            centres,
            scales,
            lens,
        }
    }

    /// In two rows, as an ox ploughs, for narrow screens.
    pub(super) fn turning(rect: Rect, chain: &Chain, lens: Lens, radius: f32) -> Self {
        let [left, right] = [0.25, 0.75].map(|x| rect.left() + x * rect.width());
        let [top, bottom] = [0.24, 0.74].map(|y| rect.top() + y * rect.height());
        let corners = [pos2(left, top), pos2(right, top), pos2(right, bottom), pos2(left, bottom)];
        // Five: three above, two below, further apart, so that the tile between the rows has room under a caption.
        let row = |share: f32| rect.top() + share * rect.height();
        let (high, low) = (row(0.2), row(0.78));
        let x = |share: f32| rect.left() + share * rect.width();
        let five = [(0.15, high), (0.49, high), (0.83, high), (0.83, low), (0.36, low)];
        let centres: Vec<Pos2> = match chain.plates.len() {
            5 => five.into_iter().map(|(share, y)| pos2(x(share), y)).collect(),
            n => corners.into_iter().take(n).collect(),
        };
        let tall = if centres.len() > 4 { rect.height() * 0.2 } else { radius * 1.55 };
        let scales = scales(chain, lens);
        Self { radius: fit(&centres, chain, (lens, &scales), radius, tall, rect), centres, scales, lens }
    }

    /// The arrow from sheet i to the next; none where there is no room.
    pub(super) fn road(&self, chain: &Chain, i: usize) -> Option<Road> {
        let (a, b) = (*self.centres.get(i)?, *self.centres.get(i + 1)?);
        let u = (b - a).normalized();
        let before = self.spot(i).radius * self.extent(&chain.plates[i], u);
        let after = self.spot(i + 1).radius * self.extent(&chain.plates[i + 1], -u);
        let room = (b - a).length() - before - after;
        let gap = GAP.min((room - 24.0) / 2.0).max(3.0);
        let (from, to) = (a + u * (before + gap), b - u * (after + gap));
        Some(if room > 20.0 {
            Road { from, to }
        } else {
            Road { from: a + (b - a) * 0.46, to: a + (b - a) * 0.54 }
        })
    }

    /// Middle of the tile over arrow i.
    pub(super) fn tile(&self, chain: &Chain, i: usize) -> Option<Pos2> {
        let road = self.road(chain, i)?;
        // Over the arrow, or to the left of one that points down.
        Some(road.middle() + if road.upright() { vec2(-TILE, 0.0) } else { vec2(0.0, -TILE) })
    }

    /// Sheet i of a map of the plane under its matrix.
    pub(super) fn sheet(&self, chain: &Chain, i: usize) -> Sheet {
        Sheet::new(self.centres[i], self.radius, &chain.plates[i], GRID)
    }

    /// Where sheet i stands.
    pub(super) fn spot(&self, i: usize) -> Spot {
        let scale = self.scales.get(i).copied().unwrap_or(1.0);
        Spot { centre: self.centres[i], radius: self.radius * scale, grid: GRID }
    }

    /// Screen point of the carried origin of sheet i.
    pub(super) fn origin(&self, chain: &Chain, i: usize) -> Pos2 {
        let [x, y] = self.lens.shadow(&chain.plates[i]).t;
        self.centres[i] + vec2(x as f32, -y as f32) * self.radius
    }

    fn extent(&self, m: &Matrix, u: Vec2) -> f32 {
        self.lens.shadow(m).extent(u)
    }

    /// Where g·x is written, centred on its baseline: in the corner of the last sheet that is furthest from the sheet in
    /// the sheet's own measure, away from the arrow where there is a choice, and on nothing else.
    fn name_of_last(&self, chain: &Chain, size: Vec2, within: Rect) -> Pos2 {
        let n = self.centres.len();
        let last = self.origin(chain, n - 1);
        let side = if n > 1 && self.centres[n - 2].x > last.x { -1.0 } else { 1.0 };
        let k = (self.radius / RADIUS).max(0.6);
        let shadow = self.lens.shadow(chain.product());
        let distance =
            |c: Vec2| shadow.distance([f64::from(c.x / self.radius), f64::from(-c.y / self.radius)]).powi(2);
        let mut taken = self.taken(chain);
        let tips = self.lens.tips(chain.product(), self.spot(n - 1)).into_iter();
        taken.extend(tips.map(|tip| Rect::from_center_size(tip - vec2(0.0, 6.0), vec2(30.0, 34.0))));
        if self.lens.picture == Picture::Plane {
            // Columns and corners have handles there.
            let h = std::f64::consts::FRAC_1_SQRT_2;
            let sheet = self.sheet(chain, n - 1);
            let tips = [[1.0, 0.0], [0.0, 1.0], [h, h], [-h, h], [-h, -h], [h, -h]];
            taken.extend(tips.map(|tip| Rect::from_center_size(sheet.at(tip), Vec2::splat(11.0))));
        }
        let score = |c: &Vec2| {
            let place = name_rect(last + *c, size);
            let free = within.contains_rect(place) && !taken.iter().any(|r| r.intersects(place));
            // Far enough is far enough: then the corner away from the arrow, and the upper one, are preferred.
            let far = distance(*c).min(1.7);
            far + if free { 10.0 } else { 0.0 } + if c.x * side > 0.0 { 0.4 } else { 0.0 }
        };
        let corners = [(side, -1.0), (side, 1.0), (-side, -1.0), (-side, 1.0)];
        let corners = corners.map(|(x, y)| vec2(x * 60.0, y * 68.0) * k + vec2(0.0, 8.0));
        last + corners.into_iter().fold(corners[0], |best, c| if score(&c) > score(&best) { c } else { best })
    }

    /// Tiles and captions.
    fn taken(&self, chain: &Chain) -> Vec<Rect> {
        let mut taken = Vec::new();
        for (i, tile) in chain.tiles.iter().enumerate() {
            let (Some(road), Some(at)) = (self.road(chain, i), self.tile(chain, i)) else { continue };
            taken.push(Rect::from_center_size(at, tile_size(tile.symbol, true)).expand(2.0));
            let below =
                vec2(if road.upright() { 60.0 } else { 0.0 }, if road.upright() { 0.0 } else { 36.0 });
            taken.push(Rect::from_center_size(road.middle() + below, vec2(88.0, 36.0)));
        }
        taken
    }
}

/// What a name of this size covers, centred on a baseline.
fn name_rect(at: Pos2, size: Vec2) -> Rect {
    Rect::from_center_size(at - vec2(0.0, size.y * 0.3), size)
}

/// How much smaller than x and g·x the sheets between them are drawn, so that one large factor does not make all others
/// too small to be seen.
fn scales(chain: &Chain, lens: Lens) -> Vec<f32> {
    let last = chain.plates.len().saturating_sub(1);
    let scale = |m: &Matrix| {
        let shadow = lens.shadow(m);
        let ([w, h], [x, y]) = (shadow.half_size(), shadow.t);
        (LARGEST / (w + x.abs()).max(h + y.abs())).min(1.0) as f32
    };
    let between = |i: usize| i > 0 && i < last;
    chain.plates.iter().enumerate().map(|(i, m)| if between(i) { scale(m) } else { 1.0 }).collect()
}

/// The largest radius at which neighbours leave room for an arrow and nothing is taller than `tall`.
fn fit(
    centres: &[Pos2],
    chain: &Chain,
    (lens, scales): (Lens, &[f32]),
    wanted: f32,
    tall: f32,
    rect: Rect,
) -> f32 {
    let mut radius = wanted;
    let extent = |i: usize, u| chain.plates.get(i).map_or(0.1, |m| scales[i] * lens.shadow(m).extent(u));
    let up = vec2(0.0, 1.0);
    for i in 0..chain.plates.len().min(centres.len()) {
        radius = radius.min(tall / extent(i, up).max(extent(i, -up)));
        let (left, right) = (centres[i].x - rect.left() - 6.0, rect.right() - centres[i].x - 6.0);
        let across = vec2(1.0, 0.0);
        radius = radius.min(left / extent(i, -across)).min(right / extent(i, across));
        if let Some(b) = centres.get(i + 1) {
            let d = *b - centres[i];
            let u = d.normalized();
            // Turns in space and boosts have wide captions, where they are not brief.
            let spelt = lens.picture != Picture::Plane && rect.width() >= BRIEF;
            let (arrow, share) = if spelt { (88.0, 0.45) } else { (40.0, 0.4) };
            let room = d.length() - (2.0 * GAP + arrow).min(d.length() * share);
            radius = radius.min(room / (extent(i, u) + extent(i + 1, -u)));
        }
    }
    radius.max(4.0)
}

impl Decompositions {
    /// What is printed on the sheets.
    pub(super) fn printed(&self) -> Print<'_> {
        match (self.settings.subject, &self.photo) {
            (Subject::Photo, Some(texture)) => Print::Photo(texture),
            (Subject::Points, _) => Print::Points(crate::labs::decompositions::subjects::sheet()),
            _ => Print::Letter,
        }
    }
}

/// Sheets, arrows and captions, and the sheet that travels while the factors are played.
pub(super) fn paint(
    painter: &Painter,
    theme: &Theme,
    seen: &Seen,
    spots: &Spots,
    print: Print<'_>,
    moment: Option<Moment>,
) {
    let (chain, axes, lens) = (&seen.chain, &seen.element.axes, spots.lens);
    for i in 0..spots.centres.len().min(chain.plates.len()) {
        let ahead = moment.is_some_and(|m| i > m.tile);
        let painter = &faded(painter, ahead);
        let (spot, m) = (spots.spot(i), &chain.plates[i]);
        lens.paint(painter, theme, spot, m, print);
        if !chain.agrees && i + 1 == chain.plates.len() && moment.is_none() {
            // The true g·x as an outline, so that the difference is seen without colour.
            lens.outline(painter, theme, spot, &seen.element.g);
        }
        lens.axes(painter, spot, m, axes, theme.g);
        lens::origin(painter, theme, spot, lens.shadow(m).t);
        scale_of(painter, theme, spots, (i, m));
    }
    for (i, tile) in chain.tiles.iter().enumerate() {
        let Some(road) = spots.road(chain, i) else { continue };
        if chain.sum && i > 0 {
            lens::sign(painter, road.middle(), false, Stroke::new(2.0, theme.ink2));
        } else {
            let painter = &faded(painter, moment.is_some_and(|m| i > m.tile));
            shapes::road(painter, road.from, road.to, theme.g, None);
        }
        caption(painter, theme, road, describe(&tile.matrix, seen.element.picture), seen.element.picture);
    }
    if let (true, Some(last)) = (chain.sum, spots.road(chain, chain.tiles.len())) {
        lens::sign(painter, last.middle(), true, Stroke::new(2.0, theme.ink2));
    }
    if let Some(Moment { tile, share }) = moment
        && let (Some(a), Some(b)) = (spots.centres.get(tile), spots.centres.get(tile + 1))
        && let Some(part) = seen.partly(tile, share)
    {
        let m = &part * &chain.plates[tile];
        let (here, there, t) = (spots.spot(tile), spots.spot(tile + 1), share as f32);
        let radius = here.radius + (there.radius - here.radius) * t;
        let spot = Spot { centre: *a + (*b - *a) * t, radius, grid: GRID };
        lens.paint(painter, theme, spot, &m, print);
        lens.axes(painter, spot, &m, axes, theme.g);
    }
}

/// Under a sheet that is drawn smaller: how much.
fn scale_of(painter: &Painter, theme: &Theme, spots: &Spots, (i, m): (usize, &Matrix)) {
    let spot = spots.spot(i);
    if spot.radius >= spots.radius {
        return;
    }
    let down = spot.radius * spots.extent(m, vec2(0.0, 1.0));
    let text = format!("drawn 1 : {}", fixed(f64::from(spots.radius / spot.radius), 1));
    let at = spot.centre + vec2(0.0, down + 14.0);
    painter.text(at, Align2::CENTER_CENTER, text, fonts::regular(fonts::SMALL), theme.ink3);
}

fn faded(painter: &Painter, faded: bool) -> Painter {
    let mut painter = painter.clone();
    if faded {
        painter.set_opacity(0.25);
    }
    painter
}

/// What a factor does, under its arrow; beside an arrow that points down.
fn caption(painter: &Painter, theme: &Theme, road: Road, (verb, amount): (&str, String), picture: Picture) {
    let font = fonts::regular(fonts::SMALL);
    let clip = painter.clip_rect();
    // On narrow screens the axis of a turn and the direction of a boost are left to the tile's tip.
    let brief = picture != Picture::Plane && clip.width() < BRIEF;
    let lines = amount.split(", ").take(if brief { 1 } else { 3 });
    let (at, align) = if road.upright() {
        (road.middle() + vec2(16.0, -8.0), Align2::LEFT_CENTER)
    } else {
        (road.middle() + vec2(0.0, 28.0), Align2::CENTER_CENTER)
    };
    painter.text(at, align, verb, font.clone(), theme.ink2);
    // Long amounts take two lines.
    let mut y = 16.0;
    for line in lines.map(|line| if brief { line.trim_end_matches(" about") } else { line }) {
        let wide = painter.layout_no_wrap(line.to_owned(), font.clone(), theme.ink3).size().x;
        // Beside an arrow at the edge a list may have to be broken.
        let overlong = road.upright() && at.x + wide > clip.right() - 4.0;
        let broken = line.rsplit_once(" · ").filter(|_| overlong);
        for part in broken.map_or_else(|| vec![line], |(a, b)| vec![a, b]) {
            painter.text(at + vec2(0.0, y), align, part, font.clone(), theme.ink3);
            y += 16.0;
        }
    }
}

/// Size of a tile with this letter.
pub(super) fn tile_size(symbol: &str, touch: bool) -> Vec2 {
    let width = if symbol.contains(['^', '_']) { 56.0 } else { 48.0 };
    vec2(width, if touch { 40.0 } else { 32.0 })
}

/// A tile: the letter of its factor, and three dots to hold it by unless it is fixed.
pub(super) fn tile(painter: &Painter, theme: &Theme, rect: Rect, tile: &Tile, lifted: bool, fixed: bool) {
    painter.rect_filled(rect, 6.0, if lifted { theme.g } else { theme.g_tint });
    let ink = if lifted { theme.bg } else { theme.g };
    for dy in [-5.0, 0.0, 5.0].into_iter().filter(|_| !fixed) {
        painter.circle_filled(pos2(rect.left() + 9.0, rect.center().y + dy), 1.25, ink);
    }
    let colors = typeset::Colors::Plain;
    let set = typeset::layout_with(painter.ctx(), tile.symbol, 18.0, ink, colors);
    let aside = if fixed { 0.0 } else { 4.0 };
    set.paint_at_baseline(painter, rect.center() + vec2(aside, 6.0), Align::Center);
}

/// x and g·x in the corners outside the first and the last sheet.
pub(super) fn names(painter: &Painter, theme: &Theme, seen: &Seen, spots: &Spots, size: f32) {
    let chain = &seen.chain;
    let (Some(first), Some(last)) = (spots.centres.first(), spots.centres.last()) else { return };
    let k = spots.radius / RADIUS;
    let set = |text: &str, color| typeset::layout(painter.ctx(), text, size, color);
    set("x", theme.ink).paint_at_baseline(painter, *first + vec2(-48.0, -60.0) * k, Align::Center);
    if !chain.agrees {
        // A long name stands over the sheet.
        let name = set(&format!("{}x", chain.formula()), theme.g);
        let up = spots.radius * spots.extent(chain.product(), vec2(0.0, -1.0));
        let right = painter.clip_rect().right() - name.size().x / 2.0 - 8.0;
        name.paint_at_baseline(painter, pos2(last.x.min(right), last.y - up - 10.0), Align::Center);
        return;
    }
    let name = set("g·x", theme.ink);
    let at = spots.name_of_last(chain, name.size(), painter.clip_rect());
    name.paint_at_baseline(painter, at, Align::Center);
}

/// The gallery's card: x, g·x and the arrow between them.
pub(super) fn thumbnail(painter: &Painter, rect: Rect, seen: &Seen) {
    let theme = Theme::of(painter.ctx());
    let r = rect.height() * 0.27;
    let xs = [0.12, 0.355, 0.62, 0.89].map(|x| rect.left() + x * rect.width());
    let print = Print::Letter;
    for (i, (m, x)) in seen.chain.plates.iter().zip(xs).enumerate() {
        let size = if i == 2 { r * 0.8 } else { r };
        let spot = Spot { centre: pos2(x, rect.center().y), radius: size, grid: 3 };
        Lens::plane().paint(painter, theme, spot, m, print);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::decompositions::element::with_place;
    use crate::labs::decompositions::settings::{Settings, Show};
    use crate::labs::decompositions::view::Seen;

    #[test]
    fn a_large_factor_is_drawn_smaller_and_x_stays_legible() {
        let mut s = Settings::default();
        s.set_family(crate::labs::decompositions::settings::Family::General3);
        s.set_g(Matrix::from_rows(&[[1.0, 0.3, 0.0], [0.2, 1.0, 0.3], [0.03, 0.1, 1.0]]));
        s.set_show(Show::Bruhat);
        let seen = Seen::new(&s, &s.g);
        let lens = Lens { picture: seen.element.picture, camera: Default::default() };
        let rect = Rect::from_min_size(pos2(0.0, 48.0), vec2(992.0, 360.0));
        let spots = Spots::row(rect, &seen.chain, lens, 160.0, 65.0);
        assert!(spots.radius > 20.0, "{}", spots.radius);
        assert_eq!((spots.scales[0], spots.scales[3]), (1.0, 1.0));
        assert!(spots.scales[1] < 0.5, "{:?}", spots.scales);
    }

    #[test]
    fn on_a_phone_the_name_of_the_last_sheet_lies_on_no_tile() {
        let (rect, size) = (Rect::from_min_size(pos2(0.0, 56.0), vec2(390.0, 330.0)), vec2(22.0, 18.0));
        let (mut all, mut bad) = (0, 0);
        for show in Show::LINEAR {
            for k in 0..360 {
                let mut s = Settings::default();
                s.set_show(show);
                let (p, t) = (f64::from(k) * 0.1, 0.05 + 0.004 * f64::from(k % 300));
                s.set_g(with_place(&s.g, (p, t), f64::from(k) * 0.37));
                let chain = Seen::new(&s, &s.g).chain;
                let spots = Spots::turning(rect, &chain, Lens::plane(), 52.0);
                let place = name_rect(spots.name_of_last(&chain, size, rect), size);
                all += 1;
                bad += usize::from(spots.taken(&chain).iter().any(|r| r.intersects(place)));
            }
        }
        assert!(all == 360 * Show::LINEAR.len() && bad == 0, "{bad} of {all}");
    }
}
