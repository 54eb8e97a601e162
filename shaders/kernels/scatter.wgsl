import package::index::{index_span};

// x: [rows, width], index: [rows], y: [count / width, width].
struct Params {
    count: u32,
    width: u32,
    rows: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

override ASCENDS: u32 = 0u;

// The first row whose index is at least n.
fn bisect(n: f32) -> u32 {
    var low: u32 = 0u;
    var high: u32 = u.rows;
    while low < high {
        let middle = (low + high) / 2u;
        if index[middle] < n {
            low = middle + 1u;
        } else {
            high = middle;
        }
    }
    return low;
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let span = index_span(group, groups, lane, u.count);
    for (var i: u32 = span.x; i < span.y; i += 64u) {
        let n = i / u.width;
        let column = i % u.width;
        var total: f32 = 0.0;
        if ASCENDS == 1u {
            let end = bisect(f32(n + 1u));
            for (var e: u32 = bisect(f32(n)); e < end; e += 1u) {
                total += x[e * u.width + column];
            }
        } else {
            for (var e: u32 = 0u; e < u.rows; e += 1u) {
                if floor(index[e]) == f32(n) {
                    total += x[e * u.width + column];
                }
            }
        }
        y[i] = total;
    }
}
