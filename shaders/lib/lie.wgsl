import package::precise::{stumpff, precise_arc, precise_log, precise_angle_over_sine};

// Three algebras of matrices with X^3 = -x X, x a quadratic form of the three coordinates: so(3), sl(2), and the boosts
// of Minkowski space. Matrices are padded with zeros to 4 x 4; m[j][i] is row i, column j.

// The matrix of coordinates v: 0 the cross product with v; 1 [[a, b - c], [b + c, -a]]; 2 the boost of rapidity v.
fn lie_matrix(algebra: u32, v: vec3f) -> mat4x4f {
    var m: mat4x4f = mat4x4f();
    if algebra == 0u {
        m[0] = vec4f(0.0, v.z, -v.y, 0.0);
        m[1] = vec4f(-v.z, 0.0, v.x, 0.0);
        m[2] = vec4f(v.y, -v.x, 0.0, 0.0);
    } else if algebra == 1u {
        m[0] = vec4f(v.x, v.y + v.z, 0.0, 0.0);
        m[1] = vec4f(v.y - v.z, -v.x, 0.0, 0.0);
    } else {
        m[0] = vec4f(0.0, v);
        m[1].x = v.x;
        m[2].x = v.y;
        m[3].x = v.z;
    }
    return m;
}

// e^X = 1 + c_1(x) X + c_2(x) X^2, with Stumpff's functions.
fn lie_exp(algebra: u32, v: vec3f) -> mat4x4f {
    let m = lie_matrix(algebra, v);
    let square = v * v;
    var x: f32 = square.x + square.y + square.z;
    if algebra == 1u {
        x = square.z - (square.x + square.y);
    } else if algebra == 2u {
        x = -x;
    }
    let one = mat4x4f(1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0);
    return one + stumpff(1u, x) * m + stumpff(2u, x) * (m * m);
}

// arsinh(s) / s for s >= 0, with c = sqrt(1 + s^2) given.
fn lie_rapidity_over(s: f32, c: f32) -> f32 {
    let t = s / c;
    return select(precise_log(s + c) / max(s, 1e-30), precise_arc(t * t) / c, t <= 0.414213562);
}

// Coordinates of the logarithm of a 2 x 2 matrix of determinant 1, and 1; where there is none, zeros. Of the many
// logarithms of -1, half a turn.
fn sl2_log(a: f32, b: f32, c: f32, d: f32) -> vec4f {
    let h = 0.5 * (a + d);
    let v = 0.5 * vec3f(a - d, c + b, c - b);
    let x = v.z * v.z - (v.x * v.x + v.y * v.y);
    let s = sqrt(abs(x));
    if x > 0.0 {
        return vec4f(v * precise_angle_over_sine(s, h), 1.0);
    }
    if h > 0.0 {
        return vec4f(v * lie_rapidity_over(s, max(h, s)), 1.0);
    }
    let minus_one = h < 0.0 && all(v == vec3f(0.0));
    return select(vec4f(0.0), vec4f(0.0, 0.0, 3.14159265, 1.0), minus_one);
}

// Rapidity of the boost B in B R, from the spatial part of the first column, sinh(e) n.
fn boost_log(u: vec3f) -> vec3f {
    let s = dot(u, u);
    return u * lie_rapidity_over(sqrt(s), sqrt(1.0 + s));
}
