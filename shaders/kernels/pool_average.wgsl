import package::index::{index_flat};
import package::sliding::{sliding_source, sliding_target};

// x: [planes, h, w], y: [planes, oh, ow]; the source is x, or y for the transpose.
struct Params {
    count: u32,
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
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

override TRANSPOSED: u32 = 0u;

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
    let input = select(vec2u(u.oh, u.ow), vec2u(u.h, u.w), forward);
    let result = select(vec2u(u.h, u.w), vec2u(u.oh, u.ow), forward);
    let place = vec2u(i / result.y % result.x, i % result.y);
    let base = i / (result.x * result.y) * input.x * input.y;
    var total: f32 = 0.0;
    for (var ky: u32 = 0u; ky < u.kh; ky += 1u) {
        for (var kx: u32 = 0u; kx < u.kw; kx += 1u) {
            let offset = vec2u(ky * u.dy, kx * u.dx);
            var at: vec2u = sliding_source(place, vec2u(u.sy, u.sx), vec2u(u.py, u.px), offset);
            if !forward {
                at = sliding_target(place, vec2u(u.sy, u.sx), vec2u(u.py, u.px), offset);
            }
            if all(at < input) {
                total += source[base + at.x * input.y + at.y];
            }
        }
    }
    out[i] = total / f32(u.kh * u.kw);
}
