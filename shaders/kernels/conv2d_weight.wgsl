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

// Sums of 64 invocations: 16 each, side by side.
var<workgroup> partial: array<f32, 1024>;

fn keep(lane: u32, row: u32, v: vec4f) {
    partial[(row * 4u) * 64u + lane] = v.x;
    partial[(row * 4u + 1u) * 64u + lane] = v.y;
    partial[(row * 4u + 2u) * 64u + lane] = v.z;
    partial[(row * 4u + 3u) * 64u + lane] = v.w;
}

// A workgroup sums four channels of y times four weights; each invocation takes every 64th column, and the sums are
// added in the order of the invocations.
@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let window = u.kh * u.kw;
    let taps = u.cg * window;
    let tiles_k = (taps + 3u) / 4u;
    let tiles_o = (u.og + 3u) / 4u;
    let i = index_group(group, groups);
    let tile_k = i % tiles_k * 4u;
    let tile_o = i / tiles_k % tiles_o * 4u;
    let g = i / (tiles_k * tiles_o);

    // What is past the end repeats the last one; its results are not stored.
    let steps = vec4u(0u, 1u, 2u, 3u);
    let tap = min(vec4u(tile_k) + steps, vec4u(taps - 1u));
    let o = min(vec4u(tile_o) + steps, vec4u(u.og - 1u)) + vec4u(g * u.og);
    let c = tap / window + vec4u(g * u.cg);
    let down = tap % window / u.kw * u.dy - vec4u(u.py);
    let right = tap % u.kw * u.dx - vec4u(u.px);
    let size = u.oh * u.ow;

    var s0: vec4f = vec4f(0.0);
    var s1: vec4f = vec4f(0.0);
    var s2: vec4f = vec4f(0.0);
    var s3: vec4f = vec4f(0.0);
    let last = select(0u, u.columns, g < u.groups);
    for (var column: u32 = lane; column < last; column += 64u) {
        let image = column / size;
        let pixel = column % size;
        let row = vec4u(pixel / u.ow * u.sy) + down;
        let place = vec4u(pixel % u.ow * u.sx) + right;
        let inside = (row < vec4u(u.h)) & (place < vec4u(u.w));
        let base = (vec4u(image * u.groups * u.cg) + c) * (u.h * u.w);
        let at = base + select(vec4u(0u), row * u.w + place, inside);
        let v = select(vec4f(0.0), vec4f(x[at.x], x[at.y], x[at.z], x[at.w]), inside);
        let other = (vec4u(image * u.groups * u.og) + o) * size + vec4u(pixel);
        s0 += y[other.x] * v;
        s1 += y[other.y] * v;
        s2 += y[other.z] * v;
        s3 += y[other.w] * v;
    }
    keep(lane, 0u, s0);
    keep(lane, 1u, s1);
    keep(lane, 2u, s2);
    keep(lane, 3u, s3);
    workgroupBarrier();
    let channel = tile_o + lane / 4u;
    let weight = tile_k + lane % 4u;
    if lane < 16u && channel < u.og && weight < taps && g < u.groups {
        var total: f32 = 0.0;
        for (var l: u32 = 0u; l < 64u; l += 1u) {
            total += partial[lane * 64u + l];
        }
        out[(g * u.og + channel) * taps + weight] = total;
    }
}
