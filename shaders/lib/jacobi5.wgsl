// Eigenvectors of symmetric 5 x 5 matrices by Jacobi rotations, as in jacobi.wgsl. WGSL has no matrices of this size: they
// are arrays by rows, and rows and columns are turned in loops, which no compiler should write out.

struct Eigen5 {
    values: array<f32, 5>,
    // As rows.
    vectors: array<f32, 25>,
}

// Rows p and q turned by the tangent t, or, with strides 1 and 5, columns: element k of row p is at p stride + k along.
fn turn5(m: ptr<function, array<f32, 25>>, p: u32, q: u32, stride: u32, along: u32, t: f32) {
    let c = 1.0 / sqrt(1.0 + t * t);
    for (var k: u32 = 0u; k < 5u; k += 1u) {
        let i = p * stride + k * along;
        let j = q * stride + k * along;
        let a = (*m)[i];
        let b = (*m)[j];
        (*m)[i] = c * (a - t * b);
        (*m)[j] = c * (b + t * a);
    }
}

// <row i of a, row j of b>.
fn dot5(a: ptr<function, array<f32, 25>>, i: u32, b: ptr<function, array<f32, 25>>, j: u32) -> f32 {
    var total: f32 = 0.0;
    for (var k: u32 = 0u; k < 5u; k += 1u) {
        total += (*a)[5u * i + k] * (*b)[5u * j + k];
    }
    return total;
}

// Eigenvalues, in no order, and eigenvectors of a symmetric matrix.
fn jacobi_eigen5(symmetric: ptr<function, array<f32, 25>>) -> Eigen5 {
    // A power of two of the size of the largest entry, so that squares neither overflow nor vanish; 1 for zeros.
    var most: f32 = 0.0;
    for (var k: u32 = 0u; k < 25u; k += 1u) {
        most = max(most, abs((*symmetric)[k]));
    }
    let power = bitcast<f32>(bitcast<u32>(most) & 0x7F800000u);
    let scale = select(1.0, power, power > 1e-36);
    var start: array<f32, 25> = array<f32, 25>();
    var v: array<f32, 25> = array<f32, 25>();
    for (var k: u32 = 0u; k < 25u; k += 1u) {
        start[k] = (*symmetric)[k] * (1.0 / scale);
        v[k] = select(0.0, 1.0, k % 6u == 0u);
    }
    var s: array<f32, 25> = start;
    var busy: bool = true;
    for (var sweep: u32 = 0u; sweep < 8u && busy; sweep += 1u) {
        busy = false;
        for (var p: u32 = 0u; p < 4u; p += 1u) {
            for (var q: u32 = p + 1u; q < 5u; q += 1u) {
                let pq = s[5u * p + q];
                if abs(pq) > 1e-9 {
                    busy = true;
                    let apart = s[6u * q] - s[6u * p];
                    let flip = select(1.0, -1.0, apart < 0.0);
                    let d = apart * flip;
                    let t = 2.0 * pq * flip / (d + sqrt(d * d + 4.0 * pq * pq));
                    turn5(&v, p, q, 5u, 1u, t);
                    turn5(&s, p, q, 5u, 1u, t);
                    turn5(&s, p, q, 1u, 5u, t);
                    s[5u * p + q] = 0.0;
                    s[5u * q + p] = 0.0;
                }
            }
        }
    }
    // One step of Newton's iteration towards orthonormal rows, then Rayleigh's quotients.
    var e: Eigen5 = Eigen5(array<f32, 5>(), array<f32, 25>());
    var w: array<f32, 25> = array<f32, 25>();
    for (var i: u32 = 0u; i < 5u; i += 1u) {
        for (var j: u32 = 0u; j < 5u; j += 1u) {
            let g = select(0.0, 1.5, i == j) - 0.5 * dot5(&v, i, &v, j);
            for (var k: u32 = 0u; k < 5u; k += 1u) {
                w[5u * i + k] += g * v[5u * j + k];
            }
        }
        var value: f32 = 0.0;
        for (var k: u32 = 0u; k < 5u; k += 1u) {
            value += w[5u * i + k] * dot5(&w, i, &start, k);
        }
        e.values[i] = value * scale;
    }
    e.vectors = w;
    return e;
}
