import package::index::{index_span};

// x: [rows, width], index and order: [E], offsets: [N + 1], y: [count / width, width].
struct Params {
    count: u32,
    width: u32,
    rows: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<f32>;
@group(0) @binding(3) var<storage, read> order: array<f32>;
@group(0) @binding(4) var<storage, read> offsets: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

override SCATTER: u32 = 0u;

fn element(row: f32, column: u32) -> f32 {
    if row >= 0.0 && row < f32(u.rows) {
        return x[u32(row) * u.width + column];
    }
    return 0.0;
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let span = index_span(group, groups, lane, u.count);
    for (var i: u32 = span.x; i < span.y; i += 64u) {
        let row = i / u.width;
        var total: f32 = 0.0;
        if SCATTER == 1u {
            let first = min(u32(max(offsets[row], 0.0)), u.rows);
            let end = min(u32(max(offsets[row + 1u], 0.0)), u.rows);
            for (var k: u32 = first; k < end; k += 1u) {
                total += element(order[k], i % u.width);
            }
        } else {
            total = element(index[row], i % u.width);
        }
        y[i] = total;
    }
}
