import package::index::{index_flat};
import package::so3::{so3_quaternion, so3_rotation};

// Quaternions [batch, 4] (x, y, z, w) to rotations [batch, 3, 3], or back if TO is 1.
struct Params {
    batch: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

override TO: u32 = 0u;

fn to_rotation(i: u32) {
    var m: mat3x3f = so3_rotation(vec4f(x[4u * i], x[4u * i + 1u], x[4u * i + 2u], x[4u * i + 3u]));
    for (var k: u32 = 0u; k < 9u; k += 1u) {
        y[9u * i + k] = m[k % 3u][k / 3u];
    }
}

fn to_quaternion(i: u32) {
    var m: mat3x3f = mat3x3f();
    for (var k: u32 = 0u; k < 9u; k += 1u) {
        m[k % 3u][k / 3u] = x[9u * i + k];
    }
    let q = so3_quaternion(m);
    y[4u * i] = q.x;
    y[4u * i + 1u] = q.y;
    y[4u * i + 2u] = q.z;
    y[4u * i + 3u] = q.w;
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = index_flat(group, groups, lane);
    if i < u.batch {
        if TO == 1u {
            to_quaternion(i);
        } else {
            to_rotation(i);
        }
    }
}
