import package::index::{index_flat};
import package::jacobi::{jacobi_eigen};
import package::jacobi5::{Eigen5, jacobi_eigen5};

// x: [batch, n, n]; y: [batch, n + n n], the eigenvalues of (x + x^T)/2, ascending, and the matrix of its eigenvectors.
struct Params {
    batch: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

override N: u32 = 2u;

// The eigenvalues and eigenvectors of sample i, in no order.
fn eigen_of(i: u32) -> Eigen5 {
    var wide: array<f32, 25> = array<f32, 25>();
    if N == 5u {
        for (var k: u32 = 0u; k < 25u; k += 1u) {
            wide[k] = 0.5 * (x[i * 25u + k] + x[i * 25u + k % 5u * 5u + k / 5u]);
        }
        return jacobi_eigen5(&wide);
    }
    var m: mat4x4f = mat4x4f();
    for (var k: u32 = 0u; k < N * N; k += 1u) {
        m[k % N][k / N] = x[i * N * N + k];
    }
    let e = jacobi_eigen(0.5 * (m + transpose(m)), N);
    var values: vec4f = e.values;
    var vectors: mat4x4f = e.vectors;
    var all: Eigen5 = Eigen5(array<f32, 5>(), array<f32, 25>());
    for (var j: u32 = 0u; j < N; j += 1u) {
        all.values[j] = values[j];
        for (var k: u32 = 0u; k < N; k += 1u) {
            all.vectors[5u * j + k] = vectors[j][k];
        }
    }
    return all;
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = index_flat(group, groups, lane);
    if i < u.batch {
        var e: Eigen5 = eigen_of(i);
        let base = i * (N + N * N);
        for (var j: u32 = 0u; j < N; j += 1u) {
            // Its place among the ascending: how many are smaller, or equal and before it. Of the two signs, the one
            // that makes the largest component positive, the first of equals.
            var place: u32 = 0u;
            var most: f32 = 0.0;
            for (var k: u32 = 0u; k < N; k += 1u) {
                place += u32(e.values[k] < e.values[j] || (e.values[k] == e.values[j] && k < j));
                let component = e.vectors[5u * j + k];
                most = select(most, component, abs(component) > abs(most));
            }
            y[base + place] = e.values[j];
            for (var k: u32 = 0u; k < N; k += 1u) {
                let component = e.vectors[5u * j + k];
                y[base + N + k * N + place] = select(component, -component, most < 0.0);
            }
        }
    }
}
