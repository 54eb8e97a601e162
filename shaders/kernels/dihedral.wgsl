import package::index::{index_span};

// x: planes of rows * columns pixels, y: the same turned, [planes, rows, columns]; negative steps wrap around.
struct Params {
    count: u32,
    rows: u32,
    columns: u32,
    start: u32,
    down: u32,
    right: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let span = index_span(group, groups, lane, u.count);
    for (var i: u32 = span.x; i < span.y; i += 64u) {
        let size = u.rows * u.columns;
        let row = i / u.columns % u.rows;
        y[i] = x[i / size * size + u.start + row * u.down + i % u.columns * u.right];
    }
}
