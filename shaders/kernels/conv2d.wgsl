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

// An invocation computes four channels of the result at four of its columns, which are counted over batch and pixels.
@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let forward = TRANSPOSED == 0u;
    let input = select(vec2u(u.oh, u.ow), vec2u(u.h, u.w), forward);
    let result = select(vec2u(u.h, u.w), vec2u(u.oh, u.ow), forward);
    let input_channels = select(u.og, u.cg, forward);
    let result_channels = select(u.cg, u.og, forward);
    let window = u.kh * u.kw;
    let input_step = select(u.cg * window, window, forward);
    let result_step = select(window, u.cg * window, forward);

    let i = index_flat(group, groups, lane);
    let blocks = (u.columns + 3u) / 4u;
    let tiles = (result_channels + 3u) / 4u;
    let tile = i / blocks % tiles * 4u;
    let g = i / (blocks * tiles);
    if g >= u.groups {
        return;
    }
    // Channels and columns past the end repeat the last one; their results are not stored.
    let steps = vec4u(0u, 1u, 2u, 3u);
    let channels = min(vec4u(tile) + steps, vec4u(result_channels - 1u));
    let columns = min(vec4u(i % blocks * 4u) + steps, vec4u(u.columns - 1u));
    let image = columns / (result.x * result.y);
    let pixel = columns % (result.x * result.y);
    let plane = input.x * input.y;
    let base = (image * u.groups + vec4u(g)) * input_channels * plane;
    let taps = vec4u(g * u.og * u.cg * window) + channels * result_step;

    var c0: vec4f = vec4f(0.0);
    var c1: vec4f = vec4f(0.0);
    var c2: vec4f = vec4f(0.0);
    var c3: vec4f = vec4f(0.0);
    for (var ky: u32 = 0u; ky < u.kh; ky += 1u) {
        let row = places(pixel / result.y, u.sy, u.py, ky * u.dy);
        for (var kx: u32 = 0u; kx < u.kw; kx += 1u) {
            let column = places(pixel % result.y, u.sx, u.px, kx * u.dx);
            let inside = (row < vec4u(input.x)) & (column < vec4u(input.y));
            var at: vec4u = base + select(vec4u(0u), row * input.y + column, inside);
            var tap: vec4u = taps + vec4u(ky * u.kw + kx);
            for (var c: u32 = 0u; c < input_channels; c += 1u) {
                let read = vec4f(source[at.x], source[at.y], source[at.z], source[at.w]);
                let v = select(vec4f(0.0), read, inside);
                c0 += weights[tap.x] * v;
                c1 += weights[tap.y] * v;
                c2 += weights[tap.z] * v;
                c3 += weights[tap.w] * v;
                at += vec4u(plane);
                tap += vec4u(input_step);
            }
        }
    }
    let left = min(result_channels - tile, 4u);
    let size = result.x * result.y;
    let out = ((image * u.groups + vec4u(g)) * result_channels + vec4u(tile)) * size + pixel;
    let some = min(u.columns - i % blocks * 4u, 4u);
    store(out, some, c0);
    if left > 1u { store(out + vec4u(size), some, c1); }
    if left > 2u { store(out + vec4u(2u * size), some, c2); }
    if left > 3u { store(out + vec4u(3u * size), some, c3); }
}

fn store(at: vec4u, count: u32, v: vec4f) {
    y[at.x] = v.x;
    if count > 1u { y[at.y] = v.y; }
    if count > 2u { y[at.z] = v.z; }
    if count > 3u { y[at.w] = v.w; }
}
