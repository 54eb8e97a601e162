import package::index::{index_group, index_nest};
import package::elementwise::{elementwise_unary, elementwise_binary};

// [m, n] = op(a) op(b) for each of a batch; every invocation keeps a tile of 4 x 4 in registers, 8 x 8 of them make a
// workgroup. What becomes of each element stands at the marks: stored as it is, or a program around it; the sums over
// the rows of b beside it, where they are wanted.
struct Params {
    m: u32,
    k: u32,
    n: u32,
    tiles_n: u32,
    // Tiles of one product, how many products, and how far their factors lie apart; 0 where one serves all.
    tiles: u32,
    batch: u32,
    step_a: u32,
    step_b: u32,
    //@uniforms
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
//@tensors
//@sums-tensor

override TA: u32 = 0u;
override TB: u32 = 0u;

// Rows past the end read the last one; their results are not stored.
fn a_column(first: u32, row: vec4u, l: u32) -> vec4f {
    if TA == 1u {
        let base = first + l * u.m;
        return vec4f(a[base + row.x], a[base + row.y], a[base + row.z], a[base + row.w]);
    }
    let at = first + row * u.k + l;
    return vec4f(a[at.x], a[at.y], a[at.z], a[at.w]);
}

fn b_row(first: u32, col: vec4u, l: u32) -> vec4f {
    if TB == 1u {
        let at = first + col * u.k + l;
        return vec4f(b[at.x], b[at.y], b[at.z], b[at.w]);
    }
    let base = first + l * u.n;
    return vec4f(b[base + col.x], b[base + col.y], b[base + col.z], b[base + col.w]);
}

fn finish(batch: u32, row: u32, col: u32, carried: f32) {
    if row < u.m && col < u.n {
        let i = (batch * u.m + row) * u.n + col;
        //@program
    }
}

fn store(batch: u32, row: u32, col: u32, v: vec4f) {
    finish(batch, row, col, v.x);
    finish(batch, row, col + 1u, v.y);
    finish(batch, row, col + 2u, v.z);
    finish(batch, row, col + 3u, v.w);
}

@compute @workgroup_size(8, 8)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_id) local: vec3u,
) {
    let index = index_group(group, groups);
    let batch = index / u.tiles;
    let tile = index % u.tiles;
    let row = tile / u.tiles_n * 32u + local.y * 4u;
    let col = tile % u.tiles_n * 32u + local.x * 4u;
    if batch >= u.batch || row >= u.m || col >= u.n {
        return;
    }
    let steps = vec4u(0u, 1u, 2u, 3u);
    let rows = min(vec4u(row) + steps, vec4u(u.m - 1u));
    let cols = min(vec4u(col) + steps, vec4u(u.n - 1u));
    let first_a = batch * u.step_a;
    let first_b = batch * u.step_b;
    var c0: vec4f = vec4f(0.0);
    var c1: vec4f = vec4f(0.0);
    var c2: vec4f = vec4f(0.0);
    var c3: vec4f = vec4f(0.0);
    //@sums-start
    for (var l: u32 = 0u; l < u.k; l += 1u) {
        let p = a_column(first_a, rows, l);
        let q = b_row(first_b, cols, l);
        //@sums-row
        c0 += p.x * q;
        c1 += p.y * q;
        c2 += p.z * q;
        c3 += p.w * q;
    }
    //@sums-end
    store(batch, row, col, c0);
    store(batch, row + 1u, col, c1);
    store(batch, row + 2u, col, c2);
    store(batch, row + 3u, col, c3);
}
