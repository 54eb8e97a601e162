import package::index::{index_span};

// x: [B, order, n, width], table and inverse: [order, n], y: [B, n, width].
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

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let span = index_span(group, groups, lane, u.count);
    for (var i: u32 = span.x; i < span.y; i += 64u) {
        let place = i / u.width % u.n;
        let batch = i / (u.width * u.n);
        var total: f32 = 0.0;
        for (var g: u32 = 0u; g < u.order; g += 1u) {
            let source = inverse[g * u.n + place];
            if source >= 0.0 && source < f32(u.n) {
                let row = (batch * u.order + g) * u.n + u32(source);
                total += x[row * u.width + i % u.width];
            }
        }
        y[i] = total;
    }
}
