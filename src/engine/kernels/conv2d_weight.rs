//! What a convolution's weights have to do with its images: `w[o, c, k]` = Σ over b, t of `y[b, o, t]`
//! `x[b, c, t·stride + k·dilation − before]`, x: `[B, Ci, H, W]`, y: `[B, Co, Oh, Ow]`, w: `[Co, Ci/groups, Kh, Kw]`.
//! Attributes as in `conv2d`.

use super::conv2d::{GEOMETRY, UNIFORMS, attrs, batch, flops, words};
use super::sliding::{self, Sliding, pairs};
use super::{
    Attrs, Binding, Call, Case, Family, Feed, Kernel, Launch, Reference, Signature, Tolerance, conv_fast,
    grid,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::maths::real::Real;

/// Invocations of a workgroup that each have a tile of their own.
const LANES: usize = 12;

/// The kernel.
pub struct Conv2dWeight;
/// Its registry entry.
pub static KERNEL: Conv2dWeight = Conv2dWeight;

fn run<T: Real>(call: &mut Call<'_, T>) {
    let (cg, og, groups) = (call.size(1), call.size(2), call.size(3));
    let (geometry, targets) = Sliding::from_words(call, GEOMETRY);
    let ([h, w], [oh, ow]) = (geometry.image, targets);
    let (x, y, out) = (call.reads[0], call.reads[1], &mut *call.writes[0]);
    let batch = x.len() / (groups * cg * h * w);
    let window: usize = geometry.window.iter().product();
    for (i, out) in out.chunks_exact_mut(window).enumerate() {
        let (o, c) = (i / cg, i / (cg * og) * cg + i % cg);
        for (k, out) in pairs(geometry.window).zip(out) {
            *out = T::ZERO;
            for n in 0..batch {
                let x = &x[(n * groups * cg + c) * h * w..];
                let y = &y[(n * groups * og + o) * oh * ow..];
                for (t, &y) in pairs(targets).zip(y) {
                    if let Some([row, column]) = geometry.place(t, k) {
                        *out += y * x[row * w + column];
                    }
                }
            }
        }
    }
}

impl Kernel for Conv2dWeight {
    fn stem(&self) -> &'static str {
        "conv2d_weight"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: UNIFORMS,
            overrides: &[],
            bindings: const { &[Binding::read("x"), Binding::read("y"), Binding::write("out")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let (geometry, groups) = (Sliding::of(attrs), attrs.int(Sliding::INTS) as usize);
        let (&[b, ci, ..], &[_, co, ..]) = (reads[0], reads[1]) else {
            return Err(format!("images must have rank 4, not {:?} and {:?}", reads[0], reads[1]));
        };
        if groups == 0 || ci % groups != 0 || co % groups != 0 {
            return Err(format!("{ci} and {co} channels do not fall into {groups} groups"));
        }
        batch(reads[0], ci, geometry.image)?;
        match batch(reads[1], co, geometry.targets()?)? {
            same if same == b => Ok(vec![co, ci / groups, geometry.window[0], geometry.window[1]]),
            other => Err(format!("batches {b} and {other} differ")),
        }
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        self.launch_in(Family::Registers, attrs, shapes)
    }

    fn launch_in(&self, family: Family, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (y, w) = (shapes[1], shapes[2]);
        let groups = attrs.int(Sliding::INTS) as usize;
        // An invocation, or a workgroup, sums eight channels at eight weights.
        let tiles = groups * (w[0] / groups).div_ceil(8) * (w[1] * w[2] * w[3]).div_ceil(8);
        Launch {
            uniforms: words(attrs, y[0] * y[2] * y[3], w),
            overrides: vec![],
            workgroups: match family {
                Family::Registers => grid(tiles, LANES),
                Family::Tiles => grid(tiles, 1),
            },
        }
    }

    fn flops(&self, attrs: &Attrs, shapes: &[&[usize]]) -> f64 {
        flops(attrs, shapes[0][0], shapes[2])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn fast(&self) -> Option<fn(&mut Call<'_, f32>)> {
        Some(conv_fast::conv2d_weight)
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (x, y, g, b) = (cx.inputs[0], cx.inputs[1], cx.g, cx.g.builder());
        let attrs =
            |transposed| attrs(&Sliding::of(&cx.attrs), cx.attrs.int(Sliding::INTS) as usize, transposed);
        let to_x = cx.needs[0].then(|| b.kernel("conv2d", attrs(true), &[y, g]));
        let to_y = cx.needs[1].then(|| b.kernel("conv2d", attrs(false), &[x, g]));
        Ok(vec![to_x, to_y])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |geometry: &Sliding, batch: usize, groups: usize, [cg, og]: [usize; 2]| {
            let ([h, w], [oh, ow]) = (geometry.image, geometry.targets().unwrap_or_default());
            let feeds = vec![Feed::of(&[batch, groups * cg, h, w]), Feed::of(&[batch, groups * og, oh, ow])];
            Case::new(attrs(geometry, groups, false), feeds)
        };
        let sizes = [(1, 1, [1, 1]), (9, 1, [2, 9]), (1, 2, [2, 3]), (3, 3, [1, 1])];
        sliding::CASES.iter().zip(sizes).map(|(g, (b, n, c))| case(g, b, n, c)).collect()
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
