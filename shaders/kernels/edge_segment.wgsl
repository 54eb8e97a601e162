import package::index::{index_flat};

// x, y: [places, h]; an invocation for each target and head; edges: as in edge_sum.wgsl.
struct Params {
    places: u32,
    n: u32,
    h: u32,
    scale: f32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> edges: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

// 0: the total, 1: the softmax.
override OP: u32 = 0u;

fn total_of(first: u32, last: u32) {
    var total: f32 = 0.0;
    for (var j: u32 = first; j < last; j += u.h) {
        total += x[j];
    }
    for (var j: u32 = first; j < last; j += u.h) {
        y[j] = total;
    }
}

fn softmax_of(first: u32, last: u32) {
    var most: f32 = u.scale * x[first];
    for (var j: u32 = first; j < last; j += u.h) {
        most = max(most, u.scale * x[j]);
    }
    var total: f32 = 0.0;
    for (var j: u32 = first; j < last; j += u.h) {
        let e = exp(u.scale * x[j] - most);
        y[j] = e;
        total += e;
    }
    for (var j: u32 = first; j < last; j += u.h) {
        y[j] = y[j] / total;
    }
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = index_flat(group, groups, lane);
    if i >= u.n * u.h {
        return;
    }
    let at = 3u * u.places + i / u.h;
    let first = u32(edges[at]) * u.h + i % u.h;
    let last = u32(edges[at + 1u]) * u.h;
    if first < last {
        if OP == 0u {
            total_of(first, last);
        } else {
            softmax_of(first, last);
        }
    }
    // Those of the last target also clear the free places.
    if i / u.h + 1u == u.n {
        for (var j: u32 = last + i % u.h; j < u.places * u.h; j += u.h) {
            y[j] = 0.0;
        }
    }
}
