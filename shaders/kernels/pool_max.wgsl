import package::index::{index_span};
import package::sliding::{sliding_source, sliding_target};

// x: [planes, h, w]; v: the same, or [planes, oh, ow] for the transpose.
struct Params {
    count: u32,
    h: u32,
    w: u32,
    oh: u32,
    ow: u32,
    kh: u32,
    kw: u32,
    sy: u32,
    sx: u32,
    py: u32,
    px: u32,
    dy: u32,
    dx: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> v: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

// 1: the transpose. 2: the transpose where windows begin a stride apart and do not reach each other.
override TRANSPOSED: u32 = 0u;

// Place in a plane of the first maximum of the window of a result.
fn first_maximum(plane: u32, t: vec2u) -> u32 {
    var best: u32 = 0u;
    var most: f32 = 0.0;
    var found: bool = false;
    for (var ky: u32 = 0u; ky < u.kh; ky += 1u) {
        for (var kx: u32 = 0u; kx < u.kw; kx += 1u) {
            let at = sliding_source(t, vec2u(u.sy, u.sx), vec2u(u.py, u.px), vec2u(ky * u.dy, kx * u.dx));
            if all(at < vec2u(u.h, u.w)) {
                let place = at.x * u.w + at.y;
                let value = x[plane * u.h * u.w + place];
                if !found || value > most {
                    found = true;
                    most = value;
                    best = place;
                }
            }
        }
    }
    return best;
}

// Sum of v over the windows whose first maximum is at a place.
fn gathered(plane: u32, place: vec2u) -> f32 {
    var total: f32 = 0.0;
    for (var ky: u32 = u.kh; ky > 0u; ky -= 1u) {
        for (var kx: u32 = u.kw; kx > 0u; kx -= 1u) {
            let offset = vec2u((ky - 1u) * u.dy, (kx - 1u) * u.dx);
            let at = sliding_target(place, vec2u(u.sy, u.sx), vec2u(u.py, u.px), offset);
            if all(at < vec2u(u.oh, u.ow)) && first_maximum(plane, at) == place.x * u.w + place.y {
                total += v[(plane * u.oh + at.x) * u.ow + at.y];
            }
        }
    }
    return total;
}

// All places from one window's first to the next ones': its v at the first maximum, 0 elsewhere.
fn spread(plane: u32, t: vec2u) {
    let first = t * vec2u(u.sy, u.sx);
    let exists = all(t < vec2u(u.oh, u.ow));
    var best: u32 = 0xffffffffu;
    var value: f32 = 0.0;
    if exists {
        best = first_maximum(plane, t);
        value = v[(plane * u.oh + t.x) * u.ow + t.y];
    }
    for (var row: u32 = first.x; row < min(first.x + u.sy, u.h); row += 1u) {
        for (var column: u32 = first.y; column < min(first.y + u.sx, u.w); column += 1u) {
            let place = row * u.w + column;
            out[plane * u.h * u.w + place] = select(0.0, value, place == best);
        }
    }
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    // What an invocation goes over: places of images, windows, or strides.
    var extents: vec2u = vec2u(u.oh, u.ow);
    var count: u32 = u.count;
    if TRANSPOSED == 1u {
        extents = vec2u(u.h, u.w);
    } else if TRANSPOSED == 2u {
        extents = vec2u((u.h + u.sy - 1u) / u.sy, (u.w + u.sx - 1u) / u.sx);
        count = u.count / (u.h * u.w) * extents.x * extents.y;
    }
    let span = index_span(group, groups, lane, count);
    for (var i: u32 = span.x; i < span.y; i += 64u) {
        let plane = i / (extents.x * extents.y);
        let at = vec2u(i / extents.y % extents.x, i % extents.y);
        if TRANSPOSED == 2u {
            spread(plane, at);
        } else if TRANSPOSED == 1u {
            out[i] = gathered(plane, at);
        } else {
            out[i] = v[plane * u.h * u.w + first_maximum(plane, at)];
        }
    }
}
