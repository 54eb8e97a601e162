// Which element an invocation is for: workgroups of 64, folded into two dimensions by the launch.

fn index_flat(group: vec3u, groups: vec3u, lane: u32) -> u32 {
    return index_group(group, groups) * 64u + lane;
}

fn index_group(group: vec3u, groups: vec3u) -> u32 {
    return group.y * groups.x + group.x;
}
