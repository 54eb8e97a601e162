// Files the losses at the step's place in their rings of 1024, and counts the step if advance is 1.
struct Params {
    losses: u32,
    first: u32,
    advance: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> loss_0: array<f32>;
@group(0) @binding(2) var<storage, read> loss_1: array<f32>;
@group(0) @binding(3) var<storage, read> loss_2: array<f32>;
@group(0) @binding(4) var<storage, read> loss_3: array<f32>;
@group(0) @binding(5) var<storage, read_write> history: array<f32>;
@group(0) @binding(6) var<storage, read_write> state: array<u32>;

@compute @workgroup_size(1)
fn main() {
    let place = u.first * 1024u + state[0] % 1024u;
    if u.losses > 0u { history[place] = loss_0[0]; }
    if u.losses > 1u { history[place + 1024u] = loss_1[0]; }
    if u.losses > 2u { history[place + 2048u] = loss_2[0]; }
    if u.losses > 3u { history[place + 3072u] = loss_3[0]; }
    state[0] = state[0] + u.advance;
    state[3] = state[3] + u.advance;
}
