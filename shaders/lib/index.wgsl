// Which elements an invocation is for: workgroups of 64, folded into two dimensions by the launch.

fn index_flat(group: vec3u, groups: vec3u, lane: u32) -> u32 {
    return index_group(group, groups) * 64u + lane;
}

// The elements of an invocation: x, x + 64, … before y. Workgroups, however many, share `count` in equal runs.
fn index_span(group: vec3u, groups: vec3u, lane: u32, count: u32) -> vec2u {
    let part = 64u * groups.x * groups.y;
    let run = (count + part - 1u) / part * 64u;
    let first = index_group(group, groups) * run;
    return vec2u(first + lane, min(first + run, count));
}

fn index_group(group: vec3u, groups: vec3u) -> u32 {
    return group.y * groups.x + group.x;
}

// Where element i of a loop nest lies: extents n1, n2, n3 of the inner three of four dimensions, strides s0 to s3.
// Remainders by hand: three divisions, not six.
fn index_nest(i: u32, n1: u32, n2: u32, n3: u32, s0: u32, s1: u32, s2: u32, s3: u32) -> u32 {
    let r2 = i / n3;
    let r1 = r2 / n2;
    let r0 = r1 / n1;
    return r0 * s0 + (r1 - r0 * n1) * s1 + (r2 - r1 * n2) * s2 + (i - r2 * n3) * s3;
}
