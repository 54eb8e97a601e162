import package::index::{index_span};
import package::elementwise::{elementwise_unary, elementwise_binary};

// An elementwise program over `count` elements; its tensors, nests and lines stand at the marks.
struct Params {
    count: u32,
    //@uniforms
}

@group(0) @binding(0) var<uniform> u: Params;
//@tensors

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let span = index_span(group, groups, lane, u.count);
    for (var i: u32 = span.x; i < span.y; i += 64u) {
        //@program
    }
}
