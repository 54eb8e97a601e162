import package::index::{index_flat};

// y: [rows, h, d], w: [places, h], x: [others, h, d]; edges: targets, sources, order, begins by target, begins by source.
struct Params {
    places: u32,
    rows: u32,
    begins: u32,
    h: u32,
    d: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> edges: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

// 1: rows are sources, x belongs to targets.
override REVERSE: u32 = 0u;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = index_flat(group, groups, lane);
    if i >= u.rows * u.h * u.d {
        return;
    }
    let head = i / u.d % u.h;
    let begin = u.begins + i / (u.h * u.d);
    let end = u32(edges[begin + 1u]);
    var total: f32 = 0.0;
    for (var j: u32 = u32(edges[begin]); j < end; j += 1u) {
        var e: u32 = j;
        var other: u32 = u.places + j;
        if REVERSE == 1u {
            e = u32(edges[2u * u.places + j]);
            other = e;
        }
        total += w[e * u.h + head] * x[u32(edges[other]) * u.h * u.d + i % (u.h * u.d)];
    }
    y[i] = total;
}
