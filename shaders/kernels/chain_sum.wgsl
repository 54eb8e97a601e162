import package::index::{index_span, index_group};
import package::elementwise::{elementwise_unary, elementwise_binary};

// Sums of an elementwise program over the middle of [outer, n, inner], and a program behind each sum; both stand at
// the marks. sums = outer * inner.
struct Params {
    sums: u32,
    n: u32,
    inner: u32,
    //@uniforms
}

@group(0) @binding(0) var<uniform> u: Params;
//@tensors

// 1: a workgroup forms each sum, in a fixed tree. 0: one invocation does.
override TREE: u32 = 0u;
override MEAN: u32 = 0u;

var<workgroup> partial: array<f32, 64>;

fn term(i: u32) -> f32 {
    //@terms
}

// Sum of every stride-th term of sum number i, from the one at `start`.
fn run(i: u32, start: u32, stride: u32) -> f32 {
    let base = (i / u.inner) * u.n * u.inner + i % u.inner;
    var total: f32 = 0.0;
    for (var k: u32 = start; k < u.n; k += stride) {
        total += term(base + k * u.inner);
    }
    return total;
}

fn finish(i: u32, total: f32) {
    let carried = select(total, total / f32(u.n), MEAN == 1u);
    //@program
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    if TREE == 0u {
        let span = index_span(group, groups, lane, u.sums);
        for (var i: u32 = span.x; i < span.y; i += 64u) {
            finish(i, run(i, 0u, 1u));
        }
        return;
    }
    for (var i: u32 = index_group(group, groups); i < u.sums; i += groups.x * groups.y) {
        partial[lane] = run(i, lane, 64u);
        workgroupBarrier();
        for (var half: u32 = 32u; half > 0u; half = half / 2u) {
            if lane < half {
                partial[lane] += partial[lane + half];
            }
            workgroupBarrier();
        }
        if lane == 0u {
            finish(i, partial[0]);
        }
        workgroupBarrier();
    }
}
