import package::precise::{precise_angle_over_sine};

// Sine and cosine of an angle, |x| <= 1e4, and the angle of a point: within a few units of 2^-24 of a full swing.

// cos(x + quarters pi/2): pi/2 in three pieces (Cody and Waite), and a series within an eighth of a turn.
fn trig_cos_from(x: f32, quarters: i32) -> f32 {
    let n = round(x * 0.636619772);
    let r = ((x - n * 1.5703125) - n * 4.83751297e-4) - n * 7.54978995e-8;
    let z = r * r;
    let tail = -1.98412698e-4 + z * 2.75573192e-6;
    let sine = r + r * z * (-0.166666667 + z * (0.00833333333 + z * tail));
    let cosine = 1.0 + z * (-0.5 + z * (0.0416666667 + z * (-0.00138888889 + z * 2.48015873e-5)));
    let turns = i32(n) + quarters;
    let value = select(cosine, sine, (turns & 1) == 1);
    return select(value, -value, ((turns + 1) & 2) == 2);
}

fn trig_cos(x: f32) -> f32 {
    return trig_cos_from(x, 0);
}

fn trig_sin(x: f32) -> f32 {
    return trig_cos_from(x, 3);
}

// The angle of the point (x, y) in (-pi, pi]; not at the origin.
fn trig_angle(y: f32, x: f32) -> f32 {
    let s = max(abs(y), 1e-30);
    let angle = precise_angle_over_sine(s, x) * s;
    return select(angle, -angle, y < 0.0);
}
