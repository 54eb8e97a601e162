import package::index::{index_span};

// y: [batch, p, c]; m and x are read with the strides of their batch, row and column.
struct Params {
    count: u32,
    p: u32,
    q: u32,
    c: u32,
    m_batch: u32,
    m_row: u32,
    m_col: u32,
    x_batch: u32,
    x_row: u32,
    x_col: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> m: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

// Rows and columns of what an invocation computes at a time: 1, or 8 where matrices are large.
override TILE: u32 = 1u;

fn element(batch: u32, row: u32, col: u32) -> f32 {
    let at_m = batch * u.m_batch + row * u.m_row;
    let at_x = batch * u.x_batch + col * u.x_col;
    var total: f32 = 0.0;
    for (var j: u32 = 0u; j < u.q; j += 1u) {
        total += m[at_m + j * u.m_col] * x[at_x + j * u.x_row];
    }
    return total;
}

fn quad_m(at: vec4u) -> vec4f {
    return vec4f(m[at.x], m[at.y], m[at.z], m[at.w]);
}

fn quad_x(at: vec4u) -> vec4f {
    return vec4f(x[at.x], x[at.y], x[at.z], x[at.w]);
}

// Four rows of the result at four of its columns: column r of the matrix is row r.
fn outer(a: vec4f, b: vec4f) -> mat4x4f {
    return mat4x4f(a.x * b, a.y * b, a.z * b, a.w * b);
}

fn tile(batch: u32, row: u32, col: u32) {
    // Rows and columns past the end read the last one; their results are not stored.
    let steps = vec4u(0u, 1u, 2u, 3u);
    let low = vec4u(u.p - 1u);
    let right = vec4u(u.c - 1u);
    var at_m0: vec4u = vec4u(batch * u.m_batch) + min(vec4u(row) + steps, low) * u.m_row;
    var at_m1: vec4u = vec4u(batch * u.m_batch) + min(vec4u(row + 4u) + steps, low) * u.m_row;
    var at_x0: vec4u = vec4u(batch * u.x_batch) + min(vec4u(col) + steps, right) * u.x_col;
    var at_x1: vec4u = vec4u(batch * u.x_batch) + min(vec4u(col + 4u) + steps, right) * u.x_col;
    var c00: mat4x4f = mat4x4f();
    var c01: mat4x4f = mat4x4f();
    var c10: mat4x4f = mat4x4f();
    var c11: mat4x4f = mat4x4f();
    for (var j: u32 = 0u; j < u.q; j += 1u) {
        let a0 = quad_m(at_m0);
        let a1 = quad_m(at_m1);
        let b0 = quad_x(at_x0);
        let b1 = quad_x(at_x1);
        c00 += outer(a0, b0);
        c01 += outer(a0, b1);
        c10 += outer(a1, b0);
        c11 += outer(a1, b1);
        at_m0 += vec4u(u.m_col);
        at_m1 += vec4u(u.m_col);
        at_x0 += vec4u(u.x_row);
        at_x1 += vec4u(u.x_row);
    }
    // Copied, so that what is added to above stays in registers.
    var c: array<mat4x4f, 4> = array<mat4x4f, 4>(c00, c10, c01, c11);
    for (var k: u32 = 0u; k < 16u; k += 1u) {
        store(batch, row + k % 8u, col + k / 8u * 4u, c[k / 4u][k % 4u]);
    }
}

// Stores those of four columns of a row that exist.
fn store(batch: u32, row: u32, col: u32, v: vec4f) {
    let at = (batch * u.p + row) * u.c + col;
    let left = select(0u, u.c - min(col, u.c), row < u.p);
    if left > 0u { y[at] = v.x; }
    if left > 1u { y[at + 1u] = v.y; }
    if left > 2u { y[at + 2u] = v.z; }
    if left > 3u { y[at + 3u] = v.w; }
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let wide = (u.c + TILE - 1u) / TILE;
    let tall = (u.p + TILE - 1u) / TILE;
    let span = index_span(group, groups, lane, u.count / (u.p * u.c) * tall * wide);
    for (var i: u32 = span.x; i < span.y; i += 64u) {
        let batch = i / (wide * tall);
        let row = i / wide % tall * TILE;
        let col = i % wide * TILE;
        if TILE == 1u {
            y[i] = element(batch, row, col);
        } else {
            tile(batch, row, col);
        }
    }
}
