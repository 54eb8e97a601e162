import package::index::{index_group};
import package::elementwise::{elementwise_unary, elementwise_binary};

// The product of kernels/matmul.wgsl for graphics hardware: a workgroup computes TILE x TILE elements. It takes both
// factors sixteen steps at a time into its memory, from where every invocation reads them for its 4 x 4 elements.
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
// Rows and columns of a workgroup's tile, 32 or 64.
override TILE: u32 = 64u;

// Steps taken at a time.
const DEPTH: u32 = 16u;

// Column l of op(a) and row l of op(b) within the tile: element r stands at l * (TILE + 4) + r, so that neighbours in l
// lie in different banks. Numbers, not vectors: writing one component may touch its vector as a whole.
var<workgroup> near_a: array<f32, 1088>;
var<workgroup> near_b: array<f32, 1088>;

// Element (row, l) of op(a), 0 outside.
fn from_a(first: u32, row: u32, l: u32) -> f32 {
    if row >= u.m || l >= u.k {
        return 0.0;
    }
    return a[first + select(row * u.k + l, l * u.m + row, TA == 1u)];
}

fn from_b(first: u32, l: u32, col: u32) -> f32 {
    if l >= u.k || col >= u.n {
        return 0.0;
    }
    return b[first + select(l * u.n + col, col * u.k + l, TB == 1u)];
}

// What the e-th load of a tile is for: which step, and which row or column. Neighbouring loads are of numbers that are
// neighbours in their factor.
fn place(e: u32, steps_adjacent: bool) -> vec2u {
    return select(vec2u(e / TILE, e % TILE), vec2u(e % DEPTH, e / DEPTH), steps_adjacent);
}

fn fetch(first_a: u32, first_b: u32, corner: vec2u, step: u32, lane: u32) {
    let lanes = TILE * TILE / 16u;
    for (var e: u32 = lane; e < DEPTH * TILE; e += lanes) {
        let p = place(e, TA == 0u);
        near_a[p.x * (TILE + 4u) + p.y] = from_a(first_a, corner.x + p.y, step + p.x);
        let q = place(e, TB == 1u);
        near_b[q.x * (TILE + 4u) + q.y] = from_b(first_b, step + q.x, corner.y + q.y);
    }
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

@compute @workgroup_size(TILE / 4, TILE / 4)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_id) local: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    // The same in all of a workgroup: either all of it goes on to the barriers, or none.
    let index = index_group(group, groups);
    let batch = index / u.tiles;
    if batch >= u.batch {
        return;
    }
    let tile = index % u.tiles;
    let corner = vec2u(tile / u.tiles_n, tile % u.tiles_n) * TILE;
    var c0: vec4f = vec4f(0.0);
    var c1: vec4f = vec4f(0.0);
    var c2: vec4f = vec4f(0.0);
    var c3: vec4f = vec4f(0.0);
    //@sums var total: vec4f = vec4f(0.0);
    for (var step: u32 = 0u; step < u.k; step += DEPTH) {
        fetch(batch * u.step_a, batch * u.step_b, corner, step, lane);
        workgroupBarrier();
        for (var l: u32 = 0u; l < DEPTH; l += 1u) {
            let i = l * (TILE + 4u) + local.y * 4u;
            let j = l * (TILE + 4u) + local.x * 4u;
            let p = vec4f(near_a[i], near_a[i + 1u], near_a[i + 2u], near_a[i + 3u]);
            let q = vec4f(near_b[j], near_b[j + 1u], near_b[j + 2u], near_b[j + 3u]);
            c0 += p.x * q;
            c1 += p.y * q;
            c2 += p.z * q;
            c3 += p.w * q;
            //@sums total += q;
        }
        workgroupBarrier();
    }
    let row = corner.x + local.y * 4u;
    let col = corner.y + local.x * 4u;
    //@sums for (var j: u32 = 0u; row == 0u && col < u.n && j < min(4u, u.n - col); j += 1u) {
    //@sums     sums[col + j] = total[j];
    //@sums }
    store(batch, row, col, c0);
    store(batch, row + 1u, col, c1);
    store(batch, row + 2u, col, c2);
    store(batch, row + 3u, col, c3);
}
