import package::complex::{complex_mul, complex_turn};
import package::index::{index_group};

// x, y: [lines / inner, n, inner, 2], n = 2^bits; a workgroup transforms `per` lines in its memory.
struct Params {
    lines: u32,
    n: u32,
    bits: u32,
    inner: u32,
    per: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

override INVERSE: u32 = 0u;
override SCALED: u32 = 0u;

var<workgroup> numbers: array<vec2f, 1024>;

// Place of number k of a line, in complex numbers.
fn place(line: u32, k: u32) -> u32 {
    return (line / u.inner * u.n + k) * u.inner + line % u.inner;
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let first = index_group(group, groups) * u.per;
    let count = u.per * u.n;
    for (var e: u32 = lane; e < count; e += 64u) {
        let k = e % u.n;
        let line = first + e / u.n;
        var value: vec2f = vec2f(0.0);
        if line < u.lines {
            let at = 2u * place(line, k);
            value = vec2f(x[at], x[at + 1u]);
        }
        numbers[e - k + (reverseBits(k) >> ((32u - u.bits) & 31u))] = value;
    }
    workgroupBarrier();
    for (var half: u32 = 1u; half < u.n; half = half * 2u) {
        for (var t: u32 = lane; t < count / 2u; t += 64u) {
            let j = t % half;
            let a = 2u * (t - j) + j;
            let turn = f32(j) / f32(2u * half);
            let second = complex_mul(numbers[a + half], complex_turn(select(-turn, turn, INVERSE == 1u)));
            numbers[a + half] = numbers[a] - second;
            numbers[a] += second;
        }
        workgroupBarrier();
    }
    let scale = select(1.0, 1.0 / f32(u.n), SCALED == 1u);
    for (var e: u32 = lane; e < count; e += 64u) {
        let line = first + e / u.n;
        if line < u.lines {
            let at = 2u * place(line, e % u.n);
            let value = scale * numbers[e];
            y[at] = value.x;
            y[at + 1u] = value.y;
        }
    }
}
