import package::index::{index_group};

// c: [m, n] = op(a) op(b); each invocation keeps a tile of 4 x 4 in registers, 8 x 8 of them make a workgroup.
struct Params {
    m: u32,
    k: u32,
    n: u32,
    tiles_n: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

override TA: u32 = 0u;
override TB: u32 = 0u;

// Rows past the end read the last one; their results are not stored.
fn a_column(row: vec4u, l: u32) -> vec4f {
    if TA == 1u {
        let base = l * u.m;
        return vec4f(a[base + row.x], a[base + row.y], a[base + row.z], a[base + row.w]);
    }
    return vec4f(a[row.x * u.k + l], a[row.y * u.k + l], a[row.z * u.k + l], a[row.w * u.k + l]);
}

fn b_row(col: vec4u, l: u32) -> vec4f {
    if TB == 1u {
        return vec4f(b[col.x * u.k + l], b[col.y * u.k + l], b[col.z * u.k + l], b[col.w * u.k + l]);
    }
    let base = l * u.n;
    return vec4f(b[base + col.x], b[base + col.y], b[base + col.z], b[base + col.w]);
}

fn store(row: u32, col: u32, v: vec4f) {
    if row >= u.m {
        return;
    }
    let base = row * u.n + col;
    if col < u.n { c[base] = v.x; }
    if col + 1u < u.n { c[base + 1u] = v.y; }
    if col + 2u < u.n { c[base + 2u] = v.z; }
    if col + 3u < u.n { c[base + 3u] = v.w; }
}

@compute @workgroup_size(8, 8)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_id) local: vec3u,
) {
    let tile = index_group(group, groups);
    let row = tile / u.tiles_n * 32u + local.y * 4u;
    let col = tile % u.tiles_n * 32u + local.x * 4u;
    if row >= u.m || col >= u.n {
        return;
    }
    let steps = vec4u(0u, 1u, 2u, 3u);
    let rows = min(vec4u(row) + steps, vec4u(u.m - 1u));
    let cols = min(vec4u(col) + steps, vec4u(u.n - 1u));
    var c0: vec4f = vec4f(0.0);
    var c1: vec4f = vec4f(0.0);
    var c2: vec4f = vec4f(0.0);
    var c3: vec4f = vec4f(0.0);
    for (var l: u32 = 0u; l < u.k; l += 1u) {
        let p = a_column(rows, l);
        let q = b_row(cols, l);
        c0 += p.x * q;
        c1 += p.y * q;
        c2 += p.z * q;
        c3 += p.w * q;
    }
    store(row, col, c0);
    store(row + 1u, col, c1);
    store(row + 2u, col, c2);
    store(row + 3u, col, c3);
}
