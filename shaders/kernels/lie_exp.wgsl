import package::index::{index_flat};
import package::lie::{lie_exp};

// x: [batch, 3], y: [batch, n, n] with n = 3, 2 or 4 for so(3), sl(2) or boosts.
struct Params {
    batch: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

override ALGEBRA: u32 = 0u;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = index_flat(group, groups, lane);
    if i < u.batch {
        var m: mat4x4f = lie_exp(ALGEBRA, vec3f(x[3u * i], x[3u * i + 1u], x[3u * i + 2u]));
        let n = select(4u, 3u - ALGEBRA, ALGEBRA < 2u);
        for (var k: u32 = 0u; k < n * n; k += 1u) {
            y[i * n * n + k] = m[k % n][k / n];
        }
    }
}
