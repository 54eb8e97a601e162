import package::index::{index_flat};
import package::jacobi::{jacobi_eigen};
import package::precise::{precise_exp, precise_log};

// x: [batch, n, n]; y: [batch, n, n], a function of (x + x^T)/2.
struct Params {
    batch: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

override N: u32 = 2u;
override OP: u32 = 0u;

fn apply(v: f32) -> f32 {
    switch OP {
        case 0u: { return precise_exp(v); }
        case 1u: { return precise_log(max(v, 1e-12)); }
        case 2u: { return sqrt(max(v, 0.0)); }
        default: { return 1.0 / sqrt(max(v, 1e-12)); }
    }
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = index_flat(group, groups, lane);
    if i < u.batch {
        var m: mat4x4f = mat4x4f();
        for (var k: u32 = 0u; k < N * N; k += 1u) {
            m[k % N][k / N] = x[i * N * N + k];
        }
        let e = jacobi_eigen(0.5 * (m + transpose(m)), N);
        let v = e.vectors;
        let f = vec4f(apply(e.values.x), apply(e.values.y), apply(e.values.z), apply(e.values.w));
        m = mat4x4f(f.x * v[0], f.y * v[1], f.z * v[2], f.w * v[3]) * transpose(v);
        m = 0.5 * (m + transpose(m));
        for (var k: u32 = 0u; k < N * N; k += 1u) {
            y[i * N * N + k] = m[k % N][k / N];
        }
    }
}
