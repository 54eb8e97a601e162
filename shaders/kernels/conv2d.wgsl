import package::index::{index_flat};

// x: [batch, groups cg, h, w], y: [batch, groups og, oh, ow], weights: [groups og, cg, kh, kw]; one of x and y is the
// source. Target and source places are tied by source = t * s + k * d - p, or the other way round.
struct Params {
    columns: u32,
    cg: u32,
    og: u32,
    groups: u32,
    h: u32,
    w: u32,
    oh: u32,
    ow: u32,
    kh: u32,
    kw: u32,
    sy: u32,
    sx: u32,
    py: u32,
    px: u32,
    dy: u32,
    dx: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

override TRANSPOSED: u32 = 0u;

// Source places of four targets; one that does not exist is larger than any extent. Negative ones wrap around.
fn places(t: vec4u, stride: u32, before: u32, offset: u32) -> vec4u {
    if TRANSPOSED == 0u {
        return t * stride + vec4u(offset) - vec4u(before);
    }
    let steps = t + vec4u(before) - vec4u(offset);
    let quotient = steps / stride;
    return select(vec4u(0xffffffffu), quotient, quotient * stride == steps);
}

// Sums of four channels (columns of the matrix) at four pixels.
fn outer(v: vec4f, w: vec4f) -> mat4x4f {
    return mat4x4f(w.x * v, w.y * v, w.z * v, w.w * v);
}

// Four pixels of the result; columns are counted over batch and pixels, one past the end repeats the last.
struct Pixels {
    image: vec4u,
    row: vec4u,
    column: vec4u,
}

fn pixels(first: u32, size: vec2u) -> Pixels {
    let at = min(vec4u(first) + vec4u(0u, 1u, 2u, 3u), vec4u(u.columns - 1u));
    let pixel = at % (size.x * size.y);
    return Pixels(at / (size.x * size.y), pixel / size.y, pixel % size.y);
}

// What four pixels read at one place of the window in the first channel: places, and whether they exist.
struct Reads {
    at: vec4u,
    inside: vec4<bool>,
}

fn reads(p: Pixels, ky: u32, kx: u32, size: vec2u, image: u32) -> Reads {
    let row = places(p.row, u.sy, u.py, ky * u.dy);
    let column = places(p.column, u.sx, u.px, kx * u.dx);
    let inside = (row < vec4u(size.x)) & (column < vec4u(size.y));
    return Reads(p.image * image + select(vec4u(0u), row * size.y + column, inside), inside);
}

fn pick(r: Reads, offset: u32) -> vec4f {
    let at = r.at + vec4u(offset);
    return select(vec4f(0.0), vec4f(source[at.x], source[at.y], source[at.z], source[at.w]), r.inside);
}

fn taps(at: vec4u) -> vec4f {
    return vec4f(weights[at.x], weights[at.y], weights[at.z], weights[at.w]);
}

// An invocation computes eight channels of the result at eight of its columns.
@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let forward = TRANSPOSED == 0u;
    let input = select(vec2u(u.oh, u.ow), vec2u(u.h, u.w), forward);
    let result = select(vec2u(u.h, u.w), vec2u(u.oh, u.ow), forward);
    // Channels of a group, and the steps between their weights.
    let inputs = select(u.og, u.cg, forward);
    let results = select(u.cg, u.og, forward);
    let window = u.kh * u.kw;
    let input_step = select(u.cg * window, window, forward);
    let result_step = select(window, u.cg * window, forward);

    let i = index_flat(group, groups, lane);
    let blocks = (u.columns + 7u) / 8u;
    let tiles = (results + 7u) / 8u;
    let first = i % blocks * 8u;
    let tile = i / blocks % tiles * 8u;
    let g = i / (blocks * tiles);
    if g >= u.groups {
        return;
    }
    let plane = input.x * input.y;
    let image = u.groups * inputs * plane;
    let p0 = pixels(first, result);
    let p1 = pixels(first + 4u, result);
    // Channels past the end repeat the last one; their results are not stored.
    let steps = vec4u(tile) + vec4u(0u, 1u, 2u, 3u);
    let w0 = vec4u(g * u.og * u.cg * window) + min(steps, vec4u(results - 1u)) * result_step;
    let w1 = vec4u(g * u.og * u.cg * window) + min(steps + vec4u(4u), vec4u(results - 1u)) * result_step;

    let wide = results > tile + 4u;
    var c00: mat4x4f = mat4x4f();
    var c01: mat4x4f = mat4x4f();
    var c10: mat4x4f = mat4x4f();
    var c11: mat4x4f = mat4x4f();
    for (var ky: u32 = 0u; ky < u.kh; ky += 1u) {
        for (var kx: u32 = 0u; kx < u.kw; kx += 1u) {
            let r0 = reads(p0, ky, kx, input, image);
            let r1 = reads(p1, ky, kx, input, image);
            var from_input: u32 = g * inputs * plane;
            var tap: u32 = ky * u.kw + kx;
            for (var c: u32 = 0u; c < inputs; c += 1u) {
                let x0 = pick(r0, from_input);
                let x1 = pick(r1, from_input);
                let t0 = taps(w0 + vec4u(tap));
                c00 += outer(x0, t0);
                c01 += outer(x1, t0);
                if wide {
                    let t1 = taps(w1 + vec4u(tap));
                    c10 += outer(x0, t1);
                    c11 += outer(x1, t1);
                }
                from_input += plane;
                tap += input_step;
            }
        }
    }
    let base = g * results + tile;
    store(p0, first, base, results - tile, result, c00);
    store(p1, first + 4u, base, results - tile, result, c01);
    if wide {
        store(p0, first, base + 4u, results - tile - 4u, result, c10);
        store(p1, first + 4u, base + 4u, results - tile - 4u, result, c11);
    }
}

// Stores `left` channels of those columns that exist, from channel `base` of the result on.
fn store(p: Pixels, first: u32, base: u32, left: u32, size: vec2u, c: mat4x4f) {
    let channels = u.groups * select(u.cg, u.og, TRANSPOSED == 0u);
    let at = ((p.image * channels + vec4u(base)) * size.x + p.row) * size.y + p.column;
    store_channel(at, first, c[0]);
    if left > 1u { store_channel(at + vec4u(size.x * size.y), first, c[1]); }
    if left > 2u { store_channel(at + vec4u(2u * size.x * size.y), first, c[2]); }
    if left > 3u { store_channel(at + vec4u(3u * size.x * size.y), first, c[3]); }
}

fn store_channel(at: vec4u, first: u32, v: vec4f) {
    if first < u.columns { y[at.x] = v.x; }
    if first + 1u < u.columns { y[at.y] = v.y; }
    if first + 2u < u.columns { y[at.z] = v.z; }
    if first + 3u < u.columns { y[at.w] = v.w; }
}
