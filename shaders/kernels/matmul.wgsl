import package::index::{index_group};
import package::elementwise::{elementwise_unary, elementwise_binary};

// [m, n] = op(a) op(b) for each of a batch, without workgroup memory: every invocation keeps a tile of eight rows and
// sixteen columns, eight or four, in registers. What becomes of each element stands at the marks: stored as it is, or a
// program around it. Lines behind a mark for sums take part where the sums over the rows of b are wanted.
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
// Columns of a tile: 4, 8 or 16.
override TILE: u32 = 8u;

fn quad_a(at: vec4u) -> vec4f {
    return vec4f(a[at.x], a[at.y], a[at.z], a[at.w]);
}

fn quad_b(at: vec4u) -> vec4f {
    return vec4f(b[at.x], b[at.y], b[at.z], b[at.w]);
}

// Four rows of the result at four of its columns: column r of the matrix is row r.
fn outer(p: vec4f, q: vec4f) -> mat4x4f {
    return mat4x4f(p.x * q, p.y * q, p.z * q, p.w * q);
}

fn finish(batch: u32, row: u32, col: u32, carried: f32) {
    if row < u.m && col < u.n {
        let i = (batch * u.m + row) * u.n + col;
        //@program
    }
}

// Eight rows at four or eight columns, copied, so that what is added to stays in registers.
fn finish_all(batch: u32, row: u32, col: u32, all: array<mat4x4f, 4>) {
    var c: array<mat4x4f, 4> = all;
    for (var q: u32 = 0u; q < 2u * min(TILE, 8u); q += 1u) {
        let v = c[q / 4u][q % 4u];
        let first = col + q / 8u * 4u;
        finish(batch, row + q % 8u, first, v.x);
        finish(batch, row + q % 8u, first + 1u, v.y);
        finish(batch, row + q % 8u, first + 2u, v.z);
        finish(batch, row + q % 8u, first + 3u, v.w);
    }
}

// Groups of 32: the lanes that have no tile cost as much as those that do.
@compute @workgroup_size(32)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let index = index_group(group, groups) * 32u + lane;
    let batch = index / u.tiles;
    if batch >= u.batch {
        return;
    }
    let tile = index % u.tiles;
    let row = tile / u.tiles_n * 8u;
    let col = tile % u.tiles_n * TILE;
    // Rows and columns past the end read the last one; their results are not stored.
    let steps = vec4u(0u, 1u, 2u, 3u);
    let rows = vec4u(row) + steps;
    let cols = vec4u(col) + steps;
    let stride_a = select(u.k, 1u, TA == 1u);
    let stride_b = select(1u, u.k, TB == 1u);
    var at_a0: vec4u = vec4u(batch * u.step_a) + min(rows, vec4u(u.m - 1u)) * stride_a;
    var at_a1: vec4u = vec4u(batch * u.step_a) + min(rows + 4u, vec4u(u.m - 1u)) * stride_a;
    var at_b0: vec4u = vec4u(batch * u.step_b) + min(cols, vec4u(u.n - 1u)) * stride_b;
    var at_b1: vec4u = vec4u(batch * u.step_b) + min(cols + 4u, vec4u(u.n - 1u)) * stride_b;
    var at_b2: vec4u = vec4u(batch * u.step_b) + min(cols + 8u, vec4u(u.n - 1u)) * stride_b;
    var at_b3: vec4u = vec4u(batch * u.step_b) + min(cols + 12u, vec4u(u.n - 1u)) * stride_b;
    let next_a = vec4u(select(1u, u.m, TA == 1u));
    let next_b = vec4u(select(u.n, 1u, TB == 1u));
    var c00: mat4x4f = mat4x4f();
    var c01: mat4x4f = mat4x4f();
    var c10: mat4x4f = mat4x4f();
    var c11: mat4x4f = mat4x4f();
    var c02: mat4x4f = mat4x4f();
    var c03: mat4x4f = mat4x4f();
    var c12: mat4x4f = mat4x4f();
    var c13: mat4x4f = mat4x4f();
    //@sums var total0: vec4f = vec4f(0.0);
    //@sums var total1: vec4f = vec4f(0.0);
    //@sums var total2: vec4f = vec4f(0.0);
    //@sums var total3: vec4f = vec4f(0.0);
    for (var l: u32 = 0u; l < u.k; l += 1u) {
        let p0 = quad_a(at_a0);
        let p1 = quad_a(at_a1);
        let q0 = quad_b(at_b0);
        c00 += outer(p0, q0);
        c10 += outer(p1, q0);
        //@sums total0 += q0;
        if TILE > 4u {
            let q1 = quad_b(at_b1);
            c01 += outer(p0, q1);
            c11 += outer(p1, q1);
            //@sums total1 += q1;
        }
        if TILE > 8u {
            let q2 = quad_b(at_b2);
            let q3 = quad_b(at_b3);
            c02 += outer(p0, q2);
            c12 += outer(p1, q2);
            c03 += outer(p0, q3);
            c13 += outer(p1, q3);
            //@sums total2 += q2;
            //@sums total3 += q3;
        }
        at_a0 += next_a;
        at_a1 += next_a;
        at_b0 += next_b;
        at_b1 += next_b;
        at_b2 += next_b;
        at_b3 += next_b;
    }
    //@sums let totals = array<vec4f, 4>(total0, total1, total2, total3);
    //@sums for (var j: u32 = 0u; row == 0u && j < min(TILE, u.n - col); j += 1u) {
    //@sums     sums[col + j] = totals[j / 4u][j % 4u];
    //@sums }
    finish_all(batch, row, col, array<mat4x4f, 4>(c00, c10, c01, c11));
    if TILE > 8u {
        finish_all(batch, row, col + 8u, array<mat4x4f, 4>(c02, c12, c03, c13));
    }
}
