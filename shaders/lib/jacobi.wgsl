// Eigenvectors of symmetric matrices and polar factors by Jacobi rotations, for n x n matrices, n <= 4, padded with
// zeros to 4 x 4. Rotations stop when they no longer change anything in f32; eight sweeps are more than it takes.

const IDENTITY: mat4x4f = mat4x4f(1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0);

// A power of two of the size of the largest entry, so that squares neither overflow nor vanish; 1 for zeros.
fn matrix_scale(m: mat4x4f) -> f32 {
    let a = max(max(abs(m[0]), abs(m[1])), max(abs(m[2]), abs(m[3])));
    let most = max(max(a.x, a.y), max(a.z, a.w));
    let power = bitcast<f32>(bitcast<u32>(most) & 0x7F800000u);
    return select(1.0, power, power > 1e-36);
}

// Columns p and q turned so that the entry pq of their 2 x 2 matrix [[pp, pq], [pq, qq]] vanishes.
fn jacobi_turn(m: mat4x4f, p: u32, q: u32, pp: f32, qq: f32, pq: f32) -> mat4x4f {
    let d = (qq - pp) * select(1.0, -1.0, qq < pp);
    let t = 2.0 * pq * select(1.0, -1.0, qq < pp) / (d + sqrt(d * d + 4.0 * pq * pq));
    let c = 1.0 / sqrt(1.0 + t * t);
    var turned: mat4x4f = m;
    turned[p] = c * (m[p] - t * m[q]);
    turned[q] = c * (m[q] + t * m[p]);
    return turned;
}

// One step of Newton's iteration towards the nearest matrix with orthonormal columns; columns of zeros stay.
fn orthonormal(m: mat4x4f) -> mat4x4f {
    return m * (1.5 * IDENTITY - 0.5 * (transpose(m) * m));
}

struct Eigen {
    values: vec4f,
    vectors: mat4x4f,
}

// Eigenvalues, in no order, and eigenvectors as columns, of a symmetric matrix.
fn jacobi_eigen(symmetric: mat4x4f, n: u32) -> Eigen {
    let scale = matrix_scale(symmetric);
    let start = symmetric * (1.0 / scale);
    var s: mat4x4f = start;
    var v: mat4x4f = IDENTITY;
    var busy: bool = true;
    for (var sweep: u32 = 0u; sweep < 8u && busy; sweep += 1u) {
        busy = false;
        for (var p: u32 = 0u; p + 1u < n; p += 1u) {
            for (var q: u32 = p + 1u; q < n; q += 1u) {
                let pq = s[q][p];
                if abs(pq) > 1e-9 {
                    busy = true;
                    let pp = s[p][p];
                    let qq = s[q][q];
                    v = jacobi_turn(v, p, q, pp, qq, pq);
                    s = jacobi_turn(s, p, q, pp, qq, pq);
                    s = jacobi_turn(transpose(s), p, q, pp, qq, pq);
                    s[p][q] = 0.0;
                    s[q][p] = 0.0;
                }
            }
        }
    }
    v = orthonormal(v);
    // Rayleigh's quotients are better than the diagonal after many rotations.
    let image = start * v;
    let values = vec4f(dot(v[0], image[0]), dot(v[1], image[1]), dot(v[2], image[2]), dot(v[3], image[3]));
    return Eigen(values * scale, v);
}

// The orthogonal factor r of g = r p, p symmetric and not negative: columns are turned until they are orthogonal,
// g v = u s (Hestenes), and r = u v^T. A column that is zero leaves r without that direction.
fn jacobi_polar(g: mat4x4f, n: u32) -> mat4x4f {
    var w: mat4x4f = g * (1.0 / matrix_scale(g));
    var v: mat4x4f = IDENTITY;
    var busy: bool = true;
    for (var sweep: u32 = 0u; sweep < 8u && busy; sweep += 1u) {
        busy = false;
        for (var p: u32 = 0u; p + 1u < n; p += 1u) {
            for (var q: u32 = p + 1u; q < n; q += 1u) {
                let pp = dot(w[p], w[p]);
                let qq = dot(w[q], w[q]);
                let pq = dot(w[p], w[q]);
                if abs(pq) > 3e-8 * sqrt(pp) * sqrt(qq) {
                    busy = true;
                    let most = max(pp, qq);
                    v = jacobi_turn(v, p, q, pp / most, qq / most, pq / most);
                    w = jacobi_turn(w, p, q, pp / most, qq / most, pq / most);
                }
            }
        }
    }
    var r: mat4x4f = mat4x4f();
    for (var j: u32 = 0u; j < n; j += 1u) {
        r[j] = w[j] / max(length(w[j]), 1e-18);
    }
    return orthonormal(r * transpose(v));
}
