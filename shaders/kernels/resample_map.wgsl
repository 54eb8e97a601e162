import package::index::{index_group};
import package::warp::{warp_slope, warp_weight};

// x: [count, channels, h, w], y: [count, channels, oh, ow], out: [count, 2, 3]; m as in `resample`.
struct Params {
    count: u32,
    channels: u32,
    h: u32,
    w: u32,
    oh: u32,
    ow: u32,
    map_batch: u32,
    ww: f32,
    wh: f32,
    hw: f32,
    hh: f32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> m: array<f32>;
@group(0) @binding(3) var<storage, read> y: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

override CUBIC: u32 = 0u;

// Sums of 64 invocations, six each.
var<workgroup> partial: array<f32, 384>;

// Sum over the channels of x at one pixel times y at another.
fn product(b: u32, q: u32, p: u32) -> f32 {
    var total: f32 = 0.0;
    for (var c: u32 = 0u; c < u.channels; c += 1u) {
        let plane = b * u.channels + c;
        total += x[plane * u.h * u.w + q] * y[plane * u.oh * u.ow + p];
    }
    return total;
}

// Derivative of the sum over the channels at a place of x times y at pixel p, by the place: (column, row).
fn slope(b: u32, place: vec2f, p: u32) -> vec2f {
    let cubic = CUBIC == 1u;
    let reach = select(1, 2, cubic);
    let at = clamp(place, vec2f(-4.0), vec2f(f32(u.w), f32(u.h)) + vec2f(3.0));
    let first = vec2i(floor(at)) + vec2i(1 - reach);
    var total: vec2f = vec2f(0.0);
    for (var row: i32 = first.y; row < first.y + 2 * reach; row += 1) {
        for (var column: i32 = first.x; column < first.x + 2 * reach; column += 1) {
            if row >= 0 && row < i32(u.h) && column >= 0 && column < i32(u.w) {
                let d = at - vec2f(f32(column), f32(row));
                let along = warp_slope(cubic, d.x) * warp_weight(cubic, d.y);
                let down = warp_weight(cubic, d.x) * warp_slope(cubic, d.y);
                total += vec2f(along, down) * product(b, u32(row) * u.w + u32(column), p);
            }
        }
    }
    return total;
}

// A workgroup for each sample; sums are added in the order of the invocations.
@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let b = index_group(group, groups);
    let at = min(b, u.count - 1u) * u.map_batch;
    let extents = vec2f(f32(u.w), f32(u.h));
    var first: vec3f = vec3f(0.0);
    var second: vec3f = vec3f(0.0);
    let last = select(0u, u.oh * u.ow, b < u.count);
    for (var p: u32 = lane; p < last; p += 64u) {
        let px = f32(i32(2u * (p % u.ow) + 1u) - i32(u.ow));
        let py = f32(i32(2u * (p / u.ow) + 1u) - i32(u.oh));
        // Derivatives of the place by the rows of the map.
        let along = 0.5 * vec3f(u.ww * px, u.wh * py, extents.x);
        let down = 0.5 * vec3f(u.hw * px, u.hh * py, extents.y);
        let row = vec3f(m[at], m[at + 1u], m[at + 2u]);
        let column = vec3f(m[at + 3u], m[at + 4u], m[at + 5u]);
        let place = vec2f(dot(row, along), dot(column, down)) + 0.5 * (extents - vec2f(1.0));
        let s = slope(b, place, p);
        first += s.x * along;
        second += s.y * down;
    }
    for (var k: u32 = 0u; k < 3u; k += 1u) {
        partial[k * 64u + lane] = first[k];
        partial[(k + 3u) * 64u + lane] = second[k];
    }
    workgroupBarrier();
    if lane < 6u && b < u.count {
        var total: f32 = 0.0;
        for (var l: u32 = 0u; l < 64u; l += 1u) {
            total += partial[lane * 64u + l];
        }
        out[b * 6u + lane] = total;
    }
}
