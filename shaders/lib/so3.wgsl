import package::precise::{precise_angle_over_sine};

// Rotations of space and unit quaternions (x, y, z, w). Matrices of WGSL are columns: m[j][i] is row i, column j.

// The rotation of a quaternion of any length but 0, which gives the identity.
fn so3_rotation(q: vec4f) -> mat3x3f {
    let n = dot(q, q);
    let v = q.xyz * select(0.0, 2.0 / max(n, 1e-37), n > 1e-37);
    let d = v * q.xyz;
    let off = vec3f(v.y * q.z, v.z * q.x, v.x * q.y);
    let a = v * q.w;
    return mat3x3f(
        1.0 - d.y - d.z, off.z + a.z, off.y - a.y,
        off.z - a.z, 1.0 - d.x - d.z, off.x + a.x,
        off.y + a.y, off.x - a.x, 1.0 - d.x - d.y,
    );
}

// The unit quaternion of a rotation with w >= 0, from the largest of its four components (Shepperd).
fn so3_quaternion(m: mat3x3f) -> vec4f {
    let skew = vec3f(m[1][2] - m[2][1], m[2][0] - m[0][2], m[0][1] - m[1][0]);
    let even = vec3f(m[1][2] + m[2][1], m[2][0] + m[0][2], m[0][1] + m[1][0]);
    let d = vec3f(m[0][0], m[1][1], m[2][2]);
    let trace = d.x + d.y + d.z;
    var q: vec4f = vec4f(skew, 1.0 + trace);
    if d.x > max(trace, max(d.y, d.z)) {
        q = vec4f(1.0 - trace + 2.0 * d.x, even.z, even.y, skew.x);
    } else if d.y > max(trace, d.z) {
        q = vec4f(even.z, 1.0 - trace + 2.0 * d.y, even.x, skew.y);
    } else if d.z > trace {
        q = vec4f(even.y, even.x, 1.0 - trace + 2.0 * d.z, skew.z);
    }
    return q * (select(1.0, -1.0, q.w < 0.0) / sqrt(dot(q, q)));
}

// The rotation vector, of length at most pi; exact to rounding at every angle, pi included.
fn so3_log(m: mat3x3f) -> vec3f {
    let q = so3_quaternion(m);
    return q.xyz * (2.0 * precise_angle_over_sine(length(q.xyz), q.w));
}
