//! Windows of 2 × 2 side by side, a row of them at a time.

/// Two rows of equal and even length.
pub type Rows<'a> = (&'a [f32], &'a [f32]);

/// Numbers of v where the maxima of x are: the first by rows if there are several.
#[inline(never)]
pub fn pick((xa, xb): Rows<'_>, (va, vb): Rows<'_>, out: &mut [f32]) {
    let x = xa.as_chunks::<2>().0.iter().zip(xb.as_chunks::<2>().0);
    let v = va.as_chunks::<2>().0.iter().zip(vb.as_chunks::<2>().0);
    for (out, ((xa, xb), (va, vb))) in out.iter_mut().zip(x.zip(v)) {
        let (a, v_a) = if xa[1] > xa[0] { (xa[1], va[1]) } else { (xa[0], va[0]) };
        let (b, v_b) = if xb[1] > xb[0] { (xb[1], vb[1]) } else { (xb[0], vb[0]) };
        *out = if b > a { v_b } else { v_a };
    }
}

/// The transpose: puts v where the maxima of x are, and zeros elsewhere.
#[inline(never)]
pub fn put((above, below): Rows<'_>, v: &[f32], first: &mut [f32], second: &mut [f32]) {
    let x = above.as_chunks::<2>().0.iter().zip(below.as_chunks::<2>().0);
    let out = first.as_chunks_mut::<2>().0.iter_mut().zip(second.as_chunks_mut::<2>().0);
    for ((&v, (above, below)), (first, second)) in v.iter().zip(x).zip(out) {
        let (right_a, right_b) = (above[1] > above[0], below[1] > below[0]);
        let a = if right_a { above[1] } else { above[0] };
        let b = if right_b { below[1] } else { below[0] };
        // By arithmetic: where a branch is, nothing runs on vectors.
        let (va, vb) = if b > a { (0.0, v) } else { (v, 0.0) };
        *first = [if right_a { 0.0 } else { va }, if right_a { va } else { 0.0 }];
        *second = [if right_b { 0.0 } else { vb }, if right_b { vb } else { 0.0 }];
    }
}
