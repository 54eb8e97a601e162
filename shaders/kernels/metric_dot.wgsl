import package::index::{index_span};

// a, b: [batch, d, c], eta: [d], y: [batch, c].
struct Params {
    count: u32,
    d: u32,
    c: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> eta: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let span = index_span(group, groups, lane, u.count);
    for (var i: u32 = span.x; i < span.y; i += 64u) {
        let base = i / u.c * u.d * u.c + i % u.c;
        var total: f32 = 0.0;
        for (var k: u32 = 0u; k < u.d; k += 1u) {
            let at = base + k * u.c;
            total += eta[k] * a[at] * b[at];
        }
        y[i] = total;
    }
}
