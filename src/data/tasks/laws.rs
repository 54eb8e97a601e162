//! The targets as formulas.

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// sin‖a‖ + s‖b‖³ + cos∠(a, b); the angle counts as a right one where a vector vanishes. Invariant under O(n).
pub fn two_vectors(a: &[f64], b: &[f64], s: f64) -> f64 {
    let (na, nb) = (dot(a, a).sqrt(), dot(b, b).sqrt());
    let cosine = if na * nb > 0.0 { dot(a, b) / (na * nb) } else { 0.0 };
    na.sin() + s * nb.powi(3) + cosine
}

/// Tensor of inertia about the origin, Σ mᵢ(‖rᵢ‖² 1 − rᵢ rᵢᵀ), row-major. I(R r) = R I(r) Rᵀ for R in O(n).
pub fn inertia(masses: &[f64], places: &[Vec<f64>]) -> Vec<f64> {
    let n = places.first().map_or(0, Vec::len);
    let mut tensor = vec![0.0; n * n];
    for (m, r) in masses.iter().zip(places) {
        let square = dot(r, r);
        for (k, entry) in tensor.iter_mut().enumerate() {
            let (i, j) = (k / n, k % n);
            let trace = if i == j { square } else { 0.0 };
            *entry += m * (trace - r[i] * r[j]);
        }
    }
    tensor
}

/// det[a, b, c] = a · (b × c) in R³. det[R a, R b, R c] = det R · det[a, b, c].
pub fn signed_volume(a: &[f64], b: &[f64], c: &[f64]) -> f64 {
    let minor = |i: usize, j: usize| b[i] * c[j] - b[j] * c[i];
    a[0] * minor(1, 2) + a[1] * minor(2, 0) + a[2] * minor(0, 1)
}

/// a·b = a⁰b⁰ − a¹b¹ − a²b² − a³b³.
pub fn minkowski(a: &[f64], b: &[f64]) -> f64 {
    2.0 * a[0] * b[0] - dot(a, b)
}

/// The squared matrix element of electron–muon scattering as EMLP has it, 4 L_e^{μν} L_{μ,μν} with
/// L_e^{μν} = p₁^μ p₃^ν − (p₁·p₃ − p₁·p₁) η^{μν} and L_μ likewise of p₂, p₄ with lowered indices. In scalar products, with
/// A = p₁·p₃ − p₁·p₁ and B = p₂·p₄ − p₂·p₂: 4[(p₁·p₂)(p₃·p₄) − B p₁·p₃ − A p₂·p₄ + 4AB]. Invariant under O(1,3).
pub fn matrix_element(p: [&[f64]; 4]) -> f64 {
    let [p1, p2, p3, p4] = p;
    let (p13, p24) = (minkowski(p1, p3), minkowski(p2, p4));
    let (a, b) = (p13 - minkowski(p1, p1), p24 - minkowski(p2, p2));
    4.0 * (minkowski(p1, p2) * minkowski(p3, p4) - b * p13 - a * p24 + 4.0 * a * b)
}

/// [`matrix_element`] by its definition, the contraction of two tensors: what the closed form is checked against.
pub fn matrix_element_by_contraction(p: [&[f64]; 4]) -> f64 {
    let [p1, p2, p3, p4] = p;
    let eta = |i: usize, j: usize| {
        if i != j {
            0.0
        } else if i == 0 {
            1.0
        } else {
            -1.0
        }
    };
    let lower = |v: &[f64], i: usize| eta(i, i) * v[i];
    let a = minkowski(p1, p3) - minkowski(p1, p1);
    let b = minkowski(p2, p4) - minkowski(p2, p2);
    let mut sum = 0.0;
    for i in 0..4 {
        for j in 0..4 {
            let electron = p1[i] * p3[j] - a * eta(i, j);
            sum += electron * (lower(p2, i) * lower(p4, j) - b * eta(i, j));
        }
    }
    4.0 * sum
}
