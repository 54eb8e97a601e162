import package::index::{index_span};

// x: [rows, width], offsets: [count / width + 1], y: [count / width, width].
struct Params {
    count: u32,
    width: u32,
    rows: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> offsets: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

// 0: sum, 1: mean, 2: largest, 3: row of the largest.
override OP: u32 = 0u;

// Where segment s begins, or segment s - 1 ends.
fn bound(s: u32) -> u32 {
    return min(u32(max(offsets[s], 0.0)), u.rows);
}

fn total(first: u32, end: u32, column: u32) -> f32 {
    var sum: f32 = 0.0;
    for (var e: u32 = first; e < end; e += 1u) {
        sum += x[e * u.width + column];
    }
    return select(sum, sum / f32(max(end, first + 1u) - first), OP == 1u);
}

fn largest(first: u32, end: u32, column: u32) -> f32 {
    if first >= end {
        return select(0.0, -1.0, OP == 3u);
    }
    var place: u32 = first;
    for (var e: u32 = first + 1u; e < end; e += 1u) {
        if x[e * u.width + column] > x[place * u.width + column] {
            place = e;
        }
    }
    return select(x[place * u.width + column], f32(place), OP == 3u);
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let span = index_span(group, groups, lane, u.count);
    for (var i: u32 = span.x; i < span.y; i += 64u) {
        let first = bound(i / u.width);
        let end = bound(i / u.width + 1u);
        if OP < 2u {
            y[i] = total(first, end, i % u.width);
        } else {
            y[i] = largest(first, end, i % u.width);
        }
    }
}
