import package::index::{index_flat};

// a: [n, h, d], b: [sources, h, d], y: [places, h]; edges: targets, sources, order, begins by target, begins by source.
struct Params {
    places: u32,
    n: u32,
    h: u32,
    d: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> edges: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = index_flat(group, groups, lane);
    if i >= u.places * u.h {
        return;
    }
    let e = i / u.h;
    var total: f32 = 0.0;
    if e < u32(edges[3u * u.places + u.n]) {
        let at_a = (u32(edges[e]) * u.h + i % u.h) * u.d;
        let at_b = (u32(edges[u.places + e]) * u.h + i % u.h) * u.d;
        for (var k: u32 = 0u; k < u.d; k += 1u) {
            total += a[at_a + k] * b[at_b + k];
        }
    }
    y[i] = total;
}
