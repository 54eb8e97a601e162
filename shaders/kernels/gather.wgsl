import package::index::{index_span};

// x: [n, width], index: [count / width], y: [count / width, width].
struct Params {
    count: u32,
    width: u32,
    n: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let span = index_span(group, groups, lane, u.count);
    for (var i: u32 = span.x; i < span.y; i += 64u) {
        let row = index[i / u.width];
        var value: f32 = 0.0;
        if row >= 0.0 && row < f32(u.n) {
            value = x[u32(row) * u.width + i % u.width];
        }
        y[i] = value;
    }
}
