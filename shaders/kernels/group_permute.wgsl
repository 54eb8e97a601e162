import package::index::{index_span};

// x: [B, n, width], table and inverse: [order, n], y: [B, order, n, width] or [B, n, width].
struct Params {
    count: u32,
    order: u32,
    n: u32,
    width: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> table: array<f32>;
@group(0) @binding(3) var<storage, read> inverse: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

// 0: keep the group's dimension, 1: sum, 2: mean, 3: largest.
override REDUCE: u32 = 0u;

fn element(batch: u32, place: f32, column: u32) -> f32 {
    if place >= 0.0 && place < f32(u.n) {
        return x[(batch * u.n + u32(place)) * u.width + column];
    }
    return 0.0;
}

fn reduce(batch: u32, place: u32, column: u32) -> f32 {
    var value: f32 = element(batch, table[place], column);
    for (var g: u32 = 1u; g < u.order; g += 1u) {
        let next = element(batch, table[g * u.n + place], column);
        value = select(value + next, max(value, next), REDUCE == 3u);
    }
    return select(value, value / f32(u.order), REDUCE == 2u);
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let span = index_span(group, groups, lane, u.count);
    for (var i: u32 = span.x; i < span.y; i += 64u) {
        let column = i % u.width;
        let row = i / u.width;
        if REDUCE == 0u {
            let all = u.order * u.n;
            y[i] = element(row / all, table[row % all], column);
        } else {
            y[i] = reduce(row / u.n, row % u.n, column);
        }
    }
}
