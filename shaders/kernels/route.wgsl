import package::index::{index_span};

// x and y have rows of `width` numbers, one of them for each of the places of edges, the other for each node; edges:
// targets, sources, by-source order (places each), where the edges of targets begin, where those of sources do.
struct Params {
    count: u32,
    width: u32,
    places: u32,
    // Where the edges of the end in question begin, by node.
    begins: u32,
    // How many edges there are.
    last: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> edges: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

override SCATTER: u32 = 0u;
override SOURCE: u32 = 0u;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let span = index_span(group, groups, lane, u.count);
    for (var i: u32 = span.x; i < span.y; i += 64u) {
        let row = i / u.width;
        let column = i % u.width;
        var total: f32 = 0.0;
        if SCATTER == 1u {
            let end = u32(edges[u.begins + row + 1u]);
            for (var k: u32 = u32(edges[u.begins + row]); k < end; k += 1u) {
                var e: u32 = k;
                if SOURCE == 1u {
                    e = u32(edges[2u * u.places + k]);
                }
                total += x[e * u.width + column];
            }
        } else if row < u32(edges[u.last]) {
            total = x[u32(edges[SOURCE * u.places + row]) * u.width + column];
        }
        y[i] = total;
    }
}
