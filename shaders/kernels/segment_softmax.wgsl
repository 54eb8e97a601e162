import package::index::{index_span};

// x and y: [rows, width], offsets: [count / width + 1].
struct Params {
    count: u32,
    width: u32,
    rows: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> offsets: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

// Where segment s begins, or segment s - 1 ends.
fn bound(s: u32) -> u32 {
    return min(u32(max(offsets[s], 0.0)), u.rows);
}

fn softmax(first: u32, end: u32, column: u32) {
    var top: f32 = x[min(first, u.rows - 1u) * u.width + column];
    for (var e: u32 = first; e < end; e += 1u) {
        top = max(top, x[e * u.width + column]);
    }
    var total: f32 = 0.0;
    for (var e: u32 = first; e < end; e += 1u) {
        total += exp(x[e * u.width + column] - top);
    }
    for (var e: u32 = first; e < end; e += 1u) {
        y[e * u.width + column] = exp(x[e * u.width + column] - top) / total;
    }
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let span = index_span(group, groups, lane, u.count);
    for (var i: u32 = span.x; i < span.y; i += 64u) {
        let s = i / u.width;
        let column = i % u.width;
        let segments = u.count / u.width;
        softmax(bound(s), bound(s + 1u), column);
        // Rows of no segment are shared out.
        for (var e: u32 = s; e < bound(0u); e += segments) {
            y[e * u.width + column] = 0.0;
        }
        for (var e: u32 = bound(segments) + s; e < u.rows; e += segments) {
            y[e * u.width + column] = 0.0;
        }
    }
}
