import package::index::{index_flat};

// Part k sums the squares of x[k], x[k + parts], x[k + 2 parts], ...
struct Params {
    count: u32,
    parts: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let part = index_flat(group, groups, lane);
    if part < u.parts {
        var total: f32 = 0.0;
        for (var i: u32 = part; i < u.count; i += u.parts) {
            total += x[i] * x[i];
        }
        y[part] = total;
    }
}
