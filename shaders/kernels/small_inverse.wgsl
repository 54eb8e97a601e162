import package::index::{index_flat};

// x: [batch, n, n]; y: its inverses, [batch, n, n], or if OP is 1 its determinants, [batch].
struct Params {
    batch: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

override N: u32 = 2u;
override OP: u32 = 0u;

const ROW: u32 = 10u;

// The matrix beside the identity, five rows of ten, the first N rows and twice the first N columns in use.
var<private> w: array<f32, 50>;

fn swap_rows(a: u32, b: u32) {
    for (var j: u32 = 0u; j < 2u * N; j += 1u) {
        let kept = w[a * ROW + j];
        w[a * ROW + j] = w[b * ROW + j];
        w[b * ROW + j] = kept;
    }
}

// Column k becomes that of the identity.
fn eliminate(k: u32) {
    let scale = 1.0 / w[k * ROW + k];
    for (var j: u32 = 0u; j < 2u * N; j += 1u) {
        w[k * ROW + j] = w[k * ROW + j] * scale;
    }
    for (var i: u32 = 0u; i < N; i += 1u) {
        if i != k {
            let factor = w[i * ROW + k];
            for (var j: u32 = 0u; j < 2u * N; j += 1u) {
                w[i * ROW + j] = w[i * ROW + j] - factor * w[k * ROW + j];
            }
        }
    }
}

fn largest_below(k: u32) -> u32 {
    var best: u32 = k;
    for (var i: u32 = k + 1u; i < N; i += 1u) {
        if abs(w[i * ROW + k]) > abs(w[best * ROW + k]) {
            best = i;
        }
    }
    return best;
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let b = index_flat(group, groups, lane);
    if b >= u.batch {
        return;
    }
    for (var k: u32 = 0u; k < N * N; k += 1u) {
        w[k / N * ROW + k % N] = x[b * N * N + k];
        w[k / N * ROW + N + k % N] = select(0.0, 1.0, k / N == k % N);
    }
    var determinant: f32 = 1.0;
    for (var k: u32 = 0u; k < N; k += 1u) {
        let best = largest_below(k);
        if best != k {
            swap_rows(k, best);
            determinant = -determinant;
        }
        determinant *= w[k * ROW + k];
        if determinant == 0.0 {
            break;
        }
        eliminate(k);
    }
    if OP == 1u {
        y[b] = determinant;
        return;
    }
    // A singular matrix: 1/0, as far as a shader has it.
    let worth = 1.0 / abs(determinant);
    for (var k: u32 = 0u; k < N * N; k += 1u) {
        y[b * N * N + k] = select(w[k / N * ROW + N + k % N], worth, determinant == 0.0);
    }
}
