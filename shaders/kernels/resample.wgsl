import package::index::{index_flat};
import package::warp::{warp_weight};

// x: [batch, channels, h, w], y: [batch, channels, oh, ow]; the source is x, or y for the transpose. m: maps of [2, 3]
// from points of y to points of x, in coordinates that span [-1, 1]. Ratios: w / ow, w / oh, h / ow, h / oh.
struct Params {
    count: u32,
    channels: u32,
    h: u32,
    w: u32,
    oh: u32,
    ow: u32,
    map_batch: u32,
    ww: f32,
    wh: f32,
    hw: f32,
    hh: f32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read> m: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

override CUBIC: u32 = 0u;
override TRANSPOSED: u32 = 0u;

// Place in x, as (column, row), of pixel p of y: start + p.x * step.x + p.y * step.y along each axis.
struct Line {
    start: vec2f,
    column: vec2f,
    row: vec2f,
}

fn line(b: u32) -> Line {
    let at = b * u.map_batch;
    let column = vec2f(m[at] * u.ww, m[at + 3u] * u.hw);
    let row = vec2f(m[at + 1u] * u.wh, m[at + 4u] * u.hh);
    let extents = vec2f(f32(u.w), f32(u.h));
    return Line(vec2f(m[at + 2u], m[at + 5u]) * extents + extents - vec2f(1.0), column, row);
}

fn place(l: Line, x: u32, y: u32) -> vec2f {
    // Twice the distance from the middle, in pixels: whole numbers.
    let px = f32(i32(2u * x + 1u) - i32(u.ow));
    let py = f32(i32(2u * y + 1u) - i32(u.oh));
    return 0.5 * (l.column * px + l.row * py + l.start);
}

fn weight(p: vec2f, x: i32, y: i32) -> f32 {
    let cubic = CUBIC == 1u;
    return warp_weight(cubic, p.x - f32(x)) * warp_weight(cubic, p.y - f32(y));
}

fn channels_at(base: vec4u, at: u32) -> vec4f {
    return vec4f(source[base.x + at], source[base.y + at], source[base.z + at], source[base.w + at]);
}

// Sum over the pixels of x near the place of pixel (x, y) of y.
fn sampled(l: Line, base: vec4u, x: u32, y: u32) -> vec4f {
    let p = clamp(place(l, x, y), vec2f(-4.0), vec2f(f32(u.w), f32(u.h)) + vec2f(3.0));
    let reach = select(1, 2, CUBIC == 1u);
    let first = vec2i(floor(p)) + vec2i(1 - reach);
    var total: vec4f = vec4f(0.0);
    for (var row: i32 = first.y; row < first.y + 2 * reach; row += 1) {
        for (var column: i32 = first.x; column < first.x + 2 * reach; column += 1) {
            if row >= 0 && row < i32(u.h) && column >= 0 && column < i32(u.w) {
                total += weight(p, column, row) * channels_at(base, u32(row) * u.w + u32(column));
            }
        }
    }
    return total;
}

// The whole numbers t from 0 to `last` for which |a + b t| may be below r, as first and last.
fn span(a: f32, b: f32, r: f32, last: f32) -> vec2f {
    if abs(b) < 1e-4 {
        return select(vec2f(1.0, 0.0), vec2f(0.0, last), abs(a) < r + 1.0);
    }
    let t = vec2f(-r - a, r - a) / b;
    return vec2f(clamp(floor(min(t.x, t.y)), 0.0, last + 1.0), clamp(ceil(max(t.x, t.y)), -1.0, last));
}

// Sum over the pixels of y whose places are near pixel (x, y) of x.
fn gathered(l: Line, base: vec4u, x: u32, y: u32) -> vec4f {
    let reach = select(1.0, 2.0, CUBIC == 1u);
    let here = vec2f(f32(x), f32(y));
    var total: vec4f = vec4f(0.0);
    for (var row: u32 = 0u; row < u.oh; row += 1u) {
        let start = place(l, 0u, row) - here;
        let across = span(start.x, l.column.x, reach, f32(u.ow - 1u));
        let down = span(start.y, l.column.y, reach, f32(u.ow - 1u));
        let last = i32(min(across.y, down.y));
        for (var column: i32 = i32(max(across.x, down.x)); column <= last; column += 1) {
            let p = place(l, u32(column), row);
            total += weight(p, i32(x), i32(y)) * channels_at(base, row * u.ow + u32(column));
        }
    }
    return total;
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = index_flat(group, groups, lane);
    if i >= u.count {
        return;
    }
    let forward = TRANSPOSED == 0u;
    let result = select(vec2u(u.w, u.h), vec2u(u.ow, u.oh), forward);
    let plane = select(u.ow * u.oh, u.w * u.h, forward);
    let size = result.x * result.y;
    let blocks = (u.channels + 3u) / 4u;
    let b = i / (size * blocks);
    let c = i / size % blocks * 4u;
    let x = i % result.x;
    let y = i / result.x % result.y;
    // Channels past the end repeat the last one; their results are not stored.
    let channels = min(vec4u(c) + vec4u(0u, 1u, 2u, 3u), vec4u(u.channels - 1u));
    let base = (vec4u(b * u.channels) + channels) * plane;
    let l = line(b);
    var v: vec4f = vec4f(0.0);
    if forward {
        v = sampled(l, base, x, y);
    } else {
        v = gathered(l, base, x, y);
    }
    let at = (b * u.channels + c) * size + i % size;
    out[at] = v.x;
    if c + 1u < u.channels { out[at + size] = v.y; }
    if c + 2u < u.channels { out[at + 2u * size] = v.z; }
    if c + 3u < u.channels { out[at + 3u * size] = v.w; }
}
