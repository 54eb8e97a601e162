import package::index::{index_span};

// y, g and dx: [rows, width], offsets: [count / width + 1].
struct Params {
    count: u32,
    width: u32,
    rows: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read> offsets: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;

// Where segment s begins, or segment s - 1 ends.
fn bound(s: u32) -> u32 {
    return min(u32(max(offsets[s], 0.0)), u.rows);
}

fn slope(first: u32, end: u32, column: u32) {
    var mean: f32 = 0.0;
    for (var e: u32 = first; e < end; e += 1u) {
        mean += y[e * u.width + column] * g[e * u.width + column];
    }
    for (var e: u32 = first; e < end; e += 1u) {
        dx[e * u.width + column] = y[e * u.width + column] * (g[e * u.width + column] - mean);
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
        slope(bound(s), bound(s + 1u), column);
        // Rows of no segment are shared out.
        for (var e: u32 = s; e < bound(0u); e += segments) {
            dx[e * u.width + column] = 0.0;
        }
        for (var e: u32 = bound(segments) + s; e < u.rows; e += segments) {
            dx[e * u.width + column] = 0.0;
        }
    }
}
