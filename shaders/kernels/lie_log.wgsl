import package::index::{index_flat};
import package::lie::{sl2_log, boost_log};
import package::so3::{so3_log};

// x: [batch, n, n] with n = 3, 2 or 4 for rotations, SL(2) or Lorentz matrices; y: [batch, 4], coordinates and whether
// they exist.
struct Params {
    batch: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

override ALGEBRA: u32 = 0u;

fn log_of(i: u32) -> vec4f {
    if ALGEBRA == 0u {
        let k = 9u * i;
        let columns = mat3x3f(
            x[k], x[k + 3u], x[k + 6u],
            x[k + 1u], x[k + 4u], x[k + 7u],
            x[k + 2u], x[k + 5u], x[k + 8u],
        );
        return vec4f(so3_log(columns), 1.0);
    }
    if ALGEBRA == 1u {
        return sl2_log(x[4u * i], x[4u * i + 1u], x[4u * i + 2u], x[4u * i + 3u]);
    }
    return vec4f(boost_log(vec3f(x[16u * i + 4u], x[16u * i + 8u], x[16u * i + 12u])), 1.0);
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = index_flat(group, groups, lane);
    if i < u.batch {
        let v = log_of(i);
        y[4u * i] = v.x;
        y[4u * i + 1u] = v.y;
        y[4u * i + 2u] = v.z;
        y[4u * i + 3u] = v.w;
    }
}
