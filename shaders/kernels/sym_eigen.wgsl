import package::index::{index_flat};
import package::jacobi::{jacobi_eigen};

// x: [batch, n, n]; y: [batch, n + n n], the eigenvalues of (x + x^T)/2, ascending, and the matrix of its eigenvectors.
struct Params {
    batch: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

override N: u32 = 2u;

// Of the two signs, the one that makes the largest component positive, the first of equals.
fn signed(v: vec4f) -> vec4f {
    var most: f32 = v.x;
    for (var k: u32 = 1u; k < N; k += 1u) {
        if abs(v[k]) > abs(most) {
            most = v[k];
        }
    }
    return select(v, -v, most < 0.0);
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
        var values: vec4f = e.values;
        var vectors: mat4x4f = e.vectors;
        let base = i * (N + N * N);
        for (var j: u32 = 0u; j < N; j += 1u) {
            // Its place among the ascending: how many are smaller, or equal and before it.
            var place: u32 = 0u;
            for (var k: u32 = 0u; k < N; k += 1u) {
                place += u32(values[k] < values[j] || (values[k] == values[j] && k < j));
            }
            let v = signed(vectors[j]);
            y[base + place] = values[j];
            for (var k: u32 = 0u; k < N; k += 1u) {
                y[base + N + k * N + place] = v[k];
            }
        }
    }
}
