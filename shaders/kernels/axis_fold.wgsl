import package::index::{index_flat};
import package::axis::{axis_place};

// x: [outer, n_out, inner], y: [outer, n_in, inner].
struct Params {
    count: u32,
    n_out: u32,
    n_in: u32,
    inner: u32,
    shift: u32,
    step: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

override OUTSIDE: u32 = 0u;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = index_flat(group, groups, lane);
    if i >= u.count {
        return;
    }
    let place = i32(i / u.inner % u.n_in);
    let first = i / (u.inner * u.n_in) * u.n_out * u.inner + i % u.inner;
    let step = i32(u.step);
    var total: f32 = 0.0;
    if OUTSIDE == 0u {
        let distance = place - i32(u.shift);
        let k = distance / step;
        if k * step == distance && k >= 0 && k < i32(u.n_out) {
            total = x[first + u32(k) * u.inner];
        }
    } else {
        for (var k: u32 = 0u; k < u.n_out; k += 1u) {
            if axis_place(OUTSIDE, i32(u.shift) + step * i32(k), i32(u.n_in)) == place {
                total += x[first + k * u.inner];
            }
        }
    }
    y[i] = total;
}
