import package::index::{index_flat};

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
    let i = index_flat(group, groups, lane);
    if i < u.count {
        let base = i / u.c * u.d * u.c + i % u.c;
        var total: f32 = 0.0;
        for (var k: u32 = 0u; k < u.d; k += 1u) {
            let at = base + k * u.c;
            total += eta[k] * a[at] * b[at];
        }
        y[i] = total;
    }
}
