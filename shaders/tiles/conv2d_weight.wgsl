import package::index::{index_group};

// The sums of kernels/conv2d_weight.wgsl for graphics hardware: a workgroup shares a tile's columns out.
// x: [batch, groups cg, h, w], y: [batch, groups og, oh, ow], out: [groups og, cg, kh, kw];
// columns = batch oh ow. x is read at t * s + k * d - p for target t and weight k.
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
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

// Sums of a quarter of the invocations, 64 each, side by side.
var<workgroup> partial: array<f32, 4096>;

// Products of four channels (columns of the matrix) and four weights.
fn outer(w: vec4f, v: vec4f) -> mat4x4f {
    return mat4x4f(w.x * v, w.y * v, w.z * v, w.w * v);
}

// Keeps the sums of channels (columns of the matrix) and weights from these places of the tile on.
fn keep(lane: u32, channel: u32, weight: u32, m: mat4x4f) {
    for (var j: u32 = 0u; j < 4u; j += 1u) {
        partial[(channel * 8u + weight + j) * 64u + lane] = m[0][j];
        partial[((channel + 1u) * 8u + weight + j) * 64u + lane] = m[1][j];
        partial[((channel + 2u) * 8u + weight + j) * 64u + lane] = m[2][j];
        partial[((channel + 3u) * 8u + weight + j) * 64u + lane] = m[3][j];
    }
}

// Four weights: channel of x, and the steps to what they read.
struct Taps {
    channel: vec4u,
    down: vec4u,
    right: vec4u,
}

fn taps_from(first: u32, g: u32) -> Taps {
    let window = u.kh * u.kw;
    let tap = min(vec4u(first) + vec4u(0u, 1u, 2u, 3u), vec4u(u.cg * window - 1u));
    let down = tap % window / u.kw * u.dy - vec4u(u.py);
    return Taps(tap / window + vec4u(g * u.cg), down, tap % u.kw * u.dx - vec4u(u.px));
}

// What four weights read of x for a target.
fn read_x(t: Taps, image: u32, row: u32, column: u32) -> vec4f {
    let at_row = vec4u(row * u.sy) + t.down;
    let at_column = vec4u(column * u.sx) + t.right;
    let inside = (at_row < vec4u(u.h)) & (at_column < vec4u(u.w));
    let base = (vec4u(image * u.groups * u.cg) + t.channel) * (u.h * u.w);
    let at = base + select(vec4u(0u), at_row * u.w + at_column, inside);
    return select(vec4f(0.0), vec4f(x[at.x], x[at.y], x[at.z], x[at.w]), inside);
}

fn read_y(at: vec4u) -> vec4f {
    return vec4f(y[at.x], y[at.y], y[at.z], y[at.w]);
}

// A workgroup sums eight channels of y times eight weights; each invocation takes every 256th column, and the sums are
// added in the order of the invocations, a quarter at a time.
@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let taps = u.cg * u.kh * u.kw;
    let tiles_k = (taps + 7u) / 8u;
    let tiles_o = (u.og + 7u) / 8u;
    let i = index_group(group, groups);
    let tile_k = i % tiles_k * 8u;
    let tile_o = i / tiles_k % tiles_o * 8u;
    let g = i / (tiles_k * tiles_o);
    // What is past the end repeats the last one; its results are not stored.
    let t0 = taps_from(tile_k, g);
    let t1 = taps_from(tile_k + 4u, g);
    let steps = vec4u(tile_o) + vec4u(0u, 1u, 2u, 3u);
    let size = u.oh * u.ow;
    let o0 = (min(steps, vec4u(u.og - 1u)) + vec4u(g * u.og)) * size;
    let o1 = (min(steps + vec4u(4u), vec4u(u.og - 1u)) + vec4u(g * u.og)) * size;

    var s00: mat4x4f = mat4x4f();
    var s01: mat4x4f = mat4x4f();
    var s10: mat4x4f = mat4x4f();
    var s11: mat4x4f = mat4x4f();
    let last = select(0u, u.columns, g < u.groups);
    for (var column: u32 = lane; column < last; column += 256u) {
        let image = column / size;
        let pixel = column % size;
        let v0 = read_x(t0, image, pixel / u.ow, pixel % u.ow);
        let v1 = read_x(t1, image, pixel / u.ow, pixel % u.ow);
        let base = image * u.groups * u.og * size + pixel;
        let y0 = read_y(o0 + vec4u(base));
        let y1 = read_y(o1 + vec4u(base));
        s00 += outer(y0, v0);
        s01 += outer(y0, v1);
        s10 += outer(y1, v0);
        s11 += outer(y1, v1);
    }
    var total: f32 = 0.0;
    for (var round: u32 = 0u; round < 4u; round += 1u) {
        if lane / 64u == round {
            keep(lane % 64u, 0u, 0u, s00);
            keep(lane % 64u, 0u, 4u, s01);
            keep(lane % 64u, 4u, 0u, s10);
            keep(lane % 64u, 4u, 4u, s11);
        }
        workgroupBarrier();
        if lane < 64u {
            for (var l: u32 = 0u; l < 64u; l += 1u) {
                total += partial[lane * 64u + l];
            }
        }
        workgroupBarrier();
    }
    let channel = tile_o + lane / 8u;
    let weight = tile_k + lane % 8u;
    if lane < 64u && channel < u.og && weight < taps && g < u.groups {
        out[(g * u.og + channel) * taps + weight] = total;
    }
}
