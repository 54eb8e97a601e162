// Windows that slide over images: (row, column) of sources and targets, tied by source = t * stride + offset -
// before. A place that does not exist is larger than any extent; negative ones wrap around to such.

fn sliding_source(t: vec2u, stride: vec2u, before: vec2u, offset: vec2u) -> vec2u {
    return t * stride + offset - before;
}

fn sliding_target(source: vec2u, stride: vec2u, before: vec2u, offset: vec2u) -> vec2u {
    let steps = source + before - offset;
    let quotient = steps / stride;
    return select(vec2u(0xffffffffu), quotient, quotient * stride == steps);
}
