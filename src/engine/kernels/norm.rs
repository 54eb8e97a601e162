//! Normalised rows with a weight and a bias per channel: y = w ∘ (x − m)/√(v + eps) + b, with mean m and variance v of
//! each row (1/n, not 1/(n − 1)), or y = w ∘ x/√(mean x² + eps) + b without centring.
//!
//! A row is `n` elements in sequence; element i of the whole tensor belongs to channel i / inner mod C, C being the length
//! of weight and bias. Layer norm: n = C, inner = 1. Instance norm of `[B, C, H, W]`: n = inner = H·W. Group norm:
//! n = C/G·H·W, inner = H·W. Weight and bias of shape `[1]` serve all channels.
//! Attributes: ints = `[1 if centred, n, inner]`, reals = `[eps]`.

use super::{Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, rows};
use crate::engine::graph::{Cotangents, Var, Vjp};
use crate::engine::shape::numel;
use crate::engine::kernels::binary::BinaryOp;
use crate::maths::real::Lanes;

/// The kernel.
pub struct Norm;
/// Its registry entry.
pub static KERNEL: Norm = Norm;

/// Attributes of a norm.
pub fn attrs(centred: bool, n: usize, inner: usize, eps: f64) -> Attrs {
    Attrs { ints: vec![u32::from(centred), n as u32, inner as u32], reals: vec![eps] }
}

/// Multiplies each element of the row that starts at element `start` by the value of its channel, or adds that.
pub(crate) fn channels<T: Lanes>(row: &mut [T], start: usize, inner: usize, values: &[T], op: BinaryOp) {
    let count = values.len();
    if count == 1 {
        let (a, b) = if op == BinaryOp::Mul { (values[0], T::ZERO) } else { (T::ONE, values[0]) };
        return T::affine(row, a, b);
    }
    if inner == 1 && start.is_multiple_of(count) {
        let each = if op == BinaryOp::Mul { T::multiply } else { T::accumulate };
        row.chunks_mut(count).for_each(|row| each(row, values));
        return;
    }
    for (run, row) in row.chunks_mut(inner).enumerate() {
        let v = values[(start / inner + run) % count];
        row.iter_mut().for_each(|y| *y = op.apply(*y, v));
    }
}

fn run<T: Lanes>(c: &mut Call<'_, T>) {
    let (n, inner, eps) = (c.size(1), c.size(2), T::from_f32(c.real(4)));
    let centred = c.overrides[1] == 1;
    let rows = c.reads[0].chunks_exact(n).zip(c.writes[0].chunks_exact_mut(n));
    for (i, (x, y)) in rows.enumerate() {
        T::normalise(x, y, centred, eps);
        channels(y, i * n, inner, c.reads[1], BinaryOp::Mul);
        channels(y, i * n, inner, c.reads[2], BinaryOp::Add);
    }
}

/// Checks that rows and channels divide the tensor.
pub(crate) fn check(attrs: &Attrs, x: &[usize], weight: &[usize]) -> Result<(), String> {
    let (n, inner, channels) = (attrs.int(1) as usize, attrs.int(2) as usize, numel(weight));
    let parts = [(numel(x), n), (n, inner), (numel(x), inner * channels)];
    let fits = parts.iter().all(|&(whole, part)| part > 0 && whole.is_multiple_of(part));
    if !fits {
        return Err(format!("rows of {n} in runs of {inner} over {channels} channels do not divide {x:?}"));
    }
    rows::vector("weight", weight, None)
}

/// The launch of norm and derivative, for tensors of these shapes.
pub(crate) fn launch(attrs: &Attrs, x: &[usize], weight: &[usize]) -> Launch {
    let n = attrs.int(1);
    let count = numel(x) / n as usize;
    let eps = (attrs.real(0) as f32).to_bits();
    let uniforms = [count as u32, n, attrs.int(2), numel(weight) as u32, eps];
    rows::launch(count, n as usize, &uniforms, &[attrs.int(0)])
}

/// The sum of a tensor over everything but its channels.
pub(crate) fn sum_to_channels<'b>(v: Var<'b>, attrs: &Attrs, weight: Var<'b>) -> Var<'b> {
    by_channel(v, attrs, weight).sum_to(&[weight.shape()[0], 1]).reshape(&weight.shape())
}

/// The same sum of a product.
pub(crate) fn dot_to_channels<'b>(a: Var<'b>, b: Var<'b>, attrs: &Attrs, weight: Var<'b>) -> Var<'b> {
    let (a, b) = (by_channel(a, attrs, weight), by_channel(b, attrs, weight));
    let [runs, channels, inner] = a.shape()[..] else { return a };
    // Along the runs or within them first, whichever is one launch.
    let axis = if inner == 1 { 0 } else { 2 };
    let dot = if channels == 1 {
        let flat = [runs * inner];
        a.reshape(&flat).dot(b.reshape(&flat), 0)
    } else {
        a.dot(b, axis).sum_to(&[channels, 1])
    };
    dot.reshape(&weight.shape())
}

/// The tensor as `[runs, C, inner]`.
pub(crate) fn by_channel<'b>(v: Var<'b>, attrs: &Attrs, weight: Var<'b>) -> Var<'b> {
    let (inner, channels) = (attrs.int(2) as usize, weight.shape()[0]);
    v.reshape(&[numel(&v.shape()) / (inner * channels), channels, inner])
}

/// Attributes, tensor and weight of cases of all kinds.
pub(crate) fn feeds() -> Vec<(Attrs, Vec<Feed>)> {
    let of = |shape: &[usize], channels: usize, attrs: Attrs| {
        let weight = Feed::on(&[channels], Domain::Range(0.5, 1.5));
        (attrs, vec![Feed::on(shape, Domain::Range(-2.0, 2.0)), weight])
    };
    let mut all = Vec::new();
    for centred in [true, false] {
        all.extend([
            of(&[1], 1, attrs(centred, 1, 1, 0.5)),
            of(&[5, 7], 7, attrs(centred, 7, 1, 1e-3)),
            of(&[70, 5], 1, attrs(centred, 5, 1, 1e-3)),
            // Instances, groups of two and of all channels.
            of(&[3, 4, 3, 5], 4, attrs(centred, 15, 15, 1e-3)),
            of(&[3, 4, 3, 5], 4, attrs(centred, 30, 15, 1e-3)),
            of(&[2, 6, 100], 6, attrs(centred, 600, 100, 1e-3)),
            // Rows that begin in the middle of the channels.
            of(&[6, 4], 8, attrs(centred, 4, 1, 1e-3)),
            of(&[2, 300], 300, attrs(centred, 300, 1, 1e-3)),
        ]);
    }
    all
}

impl Kernel for Norm {
    fn stem(&self) -> &'static str {
        "norm"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[
                ("rows", Ty::U32),
                ("n", Ty::U32),
                ("inner", Ty::U32),
                ("channels", Ty::U32),
                ("eps", Ty::F32),
            ],
            overrides: &["TREE", "CENTRED"],
            bindings: const {
                &[Binding::read("x"), Binding::read("weight"), Binding::read("bias"), Binding::write("y")]
            },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        check(attrs, reads[0], reads[1])?;
        if reads[1] == reads[2] {
            Ok(reads[0].to_vec())
        } else {
            Err(format!("weight {:?} and bias {:?} differ in shape", reads[1], reads[2]))
        }
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        launch(attrs, shapes[0], shapes[1])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (x, weight, g, attrs) = (cx.inputs[0], cx.inputs[1], cx.g, &cx.attrs);
        let dx = cx.needs[0].then(|| x.norm_grad(weight, g, attrs));
        let dw = cx.needs[1].then(|| {
            let (one, zero) = (x.builder().scalar(1.0), x.builder().scalar(0.0));
            dot_to_channels(g, x.norm(one, zero, attrs), attrs, weight)
        });
        Ok(vec![dx, dw, cx.needs[2].then(|| sum_to_channels(g, attrs, weight))])
    }

    fn cases(&self) -> Vec<Case> {
        let with_bias = |(attrs, mut feeds): (Attrs, Vec<Feed>)| {
            feeds.push(Feed::of(&feeds[1].shape.clone()));
            Case::new(attrs, feeds)
        };
        feeds().into_iter().map(with_bias).collect()
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
