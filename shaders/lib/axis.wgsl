// The place 0 .. n - 1 of an axis that is seen at place p, or -1. Outside: 0 zeros, 1 the nearest place, 2 the axis
// again, 3 its mirror image.
fn axis_place(outside: u32, p: i32, n: i32) -> i32 {
    switch outside {
        case 0u: { return select(-1, p, p >= 0 && p < n); }
        case 1u: { return clamp(p, 0, n - 1); }
        case 2u: { return (p % n + n) % n; }
        default: {
            let period = max(2 * n - 2, 1);
            let q = (p % period + period) % period;
            return min(min(q, period - q), n - 1);
        }
    }
}
