// Rows of which each is worked through by one invocation (TREE 0) or by a workgroup of 64 that joins its parts in a fixed
// tree (TREE 1). A kernel takes elements start, start + step, … of its row; every invocation of a workgroup has to come
// to tree_sum and tree_max.
override TREE: u32 = 0u;

var<workgroup> tree_parts: array<f32, 64>;

fn tree_row(group: vec3u, groups: vec3u, lane: u32) -> u32 {
    let shared_row = group.y * groups.x + group.x;
    return select(shared_row * 64u + lane, shared_row, TREE == 1u);
}

fn tree_start(lane: u32) -> u32 {
    return select(0u, lane, TREE == 1u);
}

fn tree_step() -> u32 {
    return select(1u, 64u, TREE == 1u);
}

fn tree_sum(value: f32, lane: u32) -> f32 {
    if TREE == 0u {
        return value;
    }
    tree_parts[lane] = value;
    workgroupBarrier();
    for (var half: u32 = 32u; half > 0u; half = half / 2u) {
        if lane < half {
            tree_parts[lane] += tree_parts[lane + half];
        }
        workgroupBarrier();
    }
    let total = tree_parts[0];
    workgroupBarrier();
    return total;
}

fn tree_max(value: f32, lane: u32) -> f32 {
    if TREE == 0u {
        return value;
    }
    tree_parts[lane] = value;
    workgroupBarrier();
    for (var half: u32 = 32u; half > 0u; half = half / 2u) {
        if lane < half {
            tree_parts[lane] = max(tree_parts[lane], tree_parts[lane + half]);
        }
        workgroupBarrier();
    }
    let top = tree_parts[0];
    workgroupBarrier();
    return top;
}
