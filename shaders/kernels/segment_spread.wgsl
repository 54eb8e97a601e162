import package::index::{index_span};

// x: [segments, width], offsets: [segments + 1], y: [count / width, width].
struct Params {
    count: u32,
    width: u32,
    segments: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> offsets: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

override MEAN: u32 = 0u;

// How many offsets are at most e: one more than the segment of row e.
fn bisect(e: f32) -> u32 {
    var low: u32 = 0u;
    var high: u32 = u.segments + 1u;
    while low < high {
        let middle = (low + high) / 2u;
        if offsets[middle] <= e {
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
        let above = bisect(f32(i / u.width));
        var value: f32 = 0.0;
        if above > 0u && above <= u.segments {
            value = x[(above - 1u) * u.width + i % u.width];
            if MEAN == 1u {
                let rows = u.count / u.width;
                value = value / (min(offsets[above], f32(rows)) - max(offsets[above - 1u], 0.0));
            }
        }
        y[i] = value;
    }
}
