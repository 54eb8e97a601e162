import package::index::{index_group};

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

// Products of four channels (columns of the matrix) and four weights.
fn outer(w: vec4f, v: vec4f) -> mat4x4f {
    return mat4x4f(w.x * v, w.y * v, w.z * v, w.w * v);
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

// An invocation sums eight channels of y times eight weights over all columns, without workgroup memory. There are few,
// and each has much to do: small groups, so that all cores get some.
@compute @workgroup_size(12)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let taps = u.cg * u.kh * u.kw;
    let tiles_k = (taps + 7u) / 8u;
    let tiles_o = (u.og + 7u) / 8u;
    let i = index_group(group, groups) * 12u + lane;
    let tile_k = i % tiles_k * 8u;
    let tile_o = i / tiles_k % tiles_o * 8u;
    let g = i / (tiles_k * tiles_o);
    if g >= u.groups {
        return;
    }
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
    // Image, row and column of the target, carried along: lanes divide integers one after the other.
    var image: u32 = 0u;
    var row: u32 = 0u;
    var column: u32 = 0u;
    for (var l: u32 = 0u; l < u.columns; l += 1u) {
        let v0 = read_x(t0, image, row, column);
        let v1 = read_x(t1, image, row, column);
        let base = vec4u(image * u.groups * u.og * size + row * u.ow + column);
        let y0 = read_y(o0 + base);
        let y1 = read_y(o1 + base);
        s00 += outer(y0, v0);
        s01 += outer(y0, v1);
        s10 += outer(y1, v0);
        s11 += outer(y1, v1);
        column += 1u;
        if column == u.ow {
            column = 0u;
            row += 1u;
        }
        if row == u.oh {
            row = 0u;
            image += 1u;
        }
    }
    // Copied, so that what is added to above stays in registers.
    var s: array<mat4x4f, 4> = array<mat4x4f, 4>(s00, s10, s01, s11);
    for (var q: u32 = 0u; q < 16u; q += 1u) {
        let channel = tile_o + q % 8u;
        let weight = tile_k + q / 8u * 4u;
        let v = s[q / 4u][q % 4u];
        let at = (g * u.og + channel) * taps + weight;
        let left = select(0u, taps - min(weight, taps), channel < u.og);
        if left > 0u { out[at] = v.x; }
        if left > 1u { out[at + 1u] = v.y; }
        if left > 2u { out[at + 2u] = v.z; }
        if left > 3u { out[at + 3u] = v.w; }
    }
}
