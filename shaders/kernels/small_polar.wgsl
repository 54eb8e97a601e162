import package::index::{index_flat};
import package::jacobi::{jacobi_polar};

// x: [batch, n, n]; y: [batch, n, n], the orthogonal factor r of x, or if PART is 1, p in x = r p, if 2, p in x = p r.
struct Params {
    batch: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

override N: u32 = 2u;
override PART: u32 = 0u;

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
        var part: mat4x4f = jacobi_polar(m, N);
        if PART == 1u {
            part = transpose(part) * m;
        } else if PART == 2u {
            part = m * transpose(part);
        }
        if PART > 0u {
            part = 0.5 * (part + transpose(part));
        }
        for (var k: u32 = 0u; k < N * N; k += 1u) {
            y[i * N * N + k] = part[k % N][k / N];
        }
    }
}
