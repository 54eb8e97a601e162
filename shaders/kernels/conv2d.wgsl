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
// 1: the transpose of steps longer than one.
override STRIDED: u32 = 0u;
// Channels that an invocation computes, in fours: 2 or 4.
override QUADS: u32 = 2u;

// Quotients of numbers below a million: lanes divide integers one after the other.
fn over(n: vec4u, by: u32) -> vec4u {
    return vec4u((vec4f(n) + vec4f(0.5)) / f32(by));
}

// Sums of four channels (columns of the matrix) at four pixels.
fn outer(v: vec4f, w: vec4f) -> mat4x4f {
    return mat4x4f(w.x * v, w.y * v, w.z * v, w.w * v);
}

// Four pixels of the result; columns are counted over batch and pixels, one past the end repeats the last.
struct Pixels {
    image: vec4u,
    // Where in the image.
    at: vec4u,
    // Row and column of what the first place of the window reads, before it is divided by the steps of a transpose.
    top: vec4u,
    left: vec4u,
}

fn pixels(first: u32, size: vec2u) -> Pixels {
    let at = min(vec4u(first) + vec4u(0u, 1u, 2u, 3u), vec4u(u.columns - 1u));
    let image = at / (size.x * size.y);
    let pixel = at - image * (size.x * size.y);
    let row = pixel / size.y;
    let column = pixel - row * size.y;
    if TRANSPOSED == 0u {
        return Pixels(image, pixel, row * u.sy - vec4u(u.py), column * u.sx - vec4u(u.px));
    }
    return Pixels(image, pixel, row + vec4u(u.py), column + vec4u(u.px));
}

// What four pixels read at one place of the window in the first channel: places, and whether they exist.
struct Reads {
    at: vec4u,
    inside: vec4<bool>,
}

fn reads(p: Pixels, down: u32, right: u32, size: vec2u, image: u32) -> Reads {
    // Negative places wrap around to some that are larger than any extent.
    let steps_down = p.top + vec4u(select(0u - down, down, TRANSPOSED == 0u));
    let steps_right = p.left + vec4u(select(0u - right, right, TRANSPOSED == 0u));
    var row: vec4u = steps_down;
    var column: vec4u = steps_right;
    if STRIDED == 1u {
        row = over(steps_down, u.sy);
        column = over(steps_right, u.sx);
    }
    var inside: vec4<bool> = (row < vec4u(size.x)) & (column < vec4u(size.y));
    if STRIDED == 1u {
        inside = inside & (row * u.sy == steps_down) & (column * u.sx == steps_right);
    }
    return Reads(p.image * image + select(vec4u(0u), row * size.y + column, inside), inside);
}

fn pick(r: Reads, offset: u32) -> vec4f {
    let at = r.at + vec4u(offset);
    return select(vec4f(0.0), vec4f(source[at.x], source[at.y], source[at.z], source[at.w]), r.inside);
}

fn taps(at: vec4u) -> vec4f {
    return vec4f(weights[at.x], weights[at.y], weights[at.z], weights[at.w]);
}

// An invocation computes 4 QUADS channels of the result at eight of its columns.
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
    let tiles = (results + 4u * QUADS - 1u) / (4u * QUADS);
    let first = i % blocks * 8u;
    let tile = i / blocks % tiles * 4u * QUADS;
    let g = i / (blocks * tiles);
    if g >= u.groups {
        return;
    }
    let plane = input.x * input.y;
    let image = u.groups * inputs * plane;
    let p0 = pixels(first, result);
    let p1 = pixels(first + 4u, result);
    // Channels past the end repeat the last one; their results are not stored.
    let last = vec4u(results - 1u);
    let own = vec4u(g * u.og * u.cg * window);
    let steps = vec4u(tile) + vec4u(0u, 1u, 2u, 3u);
    let w0 = own + min(steps, last) * result_step;
    let w1 = own + min(steps + vec4u(4u), last) * result_step;
    let w2 = own + min(steps + vec4u(8u), last) * result_step;
    let w3 = own + min(steps + vec4u(12u), last) * result_step;

    var c00: mat4x4f = mat4x4f();
    var c01: mat4x4f = mat4x4f();
    var c10: mat4x4f = mat4x4f();
    var c11: mat4x4f = mat4x4f();
    var c20: mat4x4f = mat4x4f();
    var c21: mat4x4f = mat4x4f();
    var c30: mat4x4f = mat4x4f();
    var c31: mat4x4f = mat4x4f();
    // One loop over places of the window and channels: every loop around it would carry the sums once more.
    var down: u32 = 0u;
    var right: u32 = 0u;
    var place: u32 = 0u;
    var channel: u32 = 0u;
    for (var l: u32 = 0u; l < window * inputs; l += 1u) {
        let from_input = (g * inputs + channel) * plane;
        let x0 = pick(reads(p0, down, right, input, image), from_input);
        let x1 = pick(reads(p1, down, right, input, image), from_input);
        let tap = vec4u(place + channel * input_step);
        let t0 = taps(w0 + tap);
        let t1 = taps(w1 + tap);
        c00 += outer(x0, t0);
        c01 += outer(x1, t0);
        c10 += outer(x0, t1);
        c11 += outer(x1, t1);
        if QUADS == 4u {
            let t2 = taps(w2 + tap);
            let t3 = taps(w3 + tap);
            c20 += outer(x0, t2);
            c21 += outer(x1, t2);
            c30 += outer(x0, t3);
            c31 += outer(x1, t3);
        }
        channel += 1u;
        if channel == inputs {
            channel = 0u;
            place += 1u;
            right += u.dx;
        }
        if right == u.kw * u.dx {
            right = 0u;
            down += u.dy;
        }
    }
    let size = result.x * result.y;
    let base = vec4u(g * results + tile);
    let at0 = (p0.image * u.groups * results + base) * size + p0.at;
    let at1 = (p1.image * u.groups * results + base) * size + p1.at;
    // Copied, so that what is added to above stays in registers.
    var c: array<mat4x4f, 8> = array<mat4x4f, 8>(c00, c01, c10, c11, c20, c21, c30, c31);
    for (var k: u32 = 0u; k < min(4u * QUADS, results - tile); k += 1u) {
        store(at0 + vec4u(k * size), first, c[k / 4u * 2u][k % 4u]);
        store(at1 + vec4u(k * size), first + 4u, c[k / 4u * 2u + 1u][k % 4u]);
    }
}

// Stores those of four columns that exist.
fn store(at: vec4u, first: u32, v: vec4f) {
    if first < u.columns { y[at.x] = v.x; }
    if first + 1u < u.columns { y[at.y] = v.y; }
    if first + 2u < u.columns { y[at.z] = v.z; }
    if first + 3u < u.columns { y[at.w] = v.w; }
}
