//! Derivative of a norm by x: dx = r (P h − x̂ mean(h x̂)), with h = w ∘ g, r = 1/√(v + eps), x̂ the row normalised, and P
//! the centring if there is one. Attributes as for `norm`.

use super::norm::{by_channel, channels, check, dot_to_channels, feeds, launch};
use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty};
use crate::engine::graph::{Cotangents, Var, Vjp};
use crate::engine::shape::numel;
use crate::engine::kernels::binary::BinaryOp;
use crate::maths::real::Lanes;

/// The kernel.
pub struct NormGrad;
/// Its registry entry.
pub static KERNEL: NormGrad = NormGrad;

fn run<T: Lanes>(c: &mut Call<'_, T>) {
    let (n, inner, eps) = (c.size(1), c.size(2), T::from_f32(c.real(4)));
    let centred = c.overrides[1] == 1;
    c.scratch.resize(n, T::ZERO);
    let hat = &mut c.scratch[..];
    for (i, (x, dx)) in c.reads[0].chunks_exact(n).zip(c.writes[0].chunks_exact_mut(n)).enumerate() {
        let scale = T::normalise(x, hat, centred, eps);
        dx.copy_from_slice(&c.reads[2][i * n..(i + 1) * n]);
        channels(dx, i * n, inner, c.reads[1], BinaryOp::Mul);
        T::normalise_back(hat, dx, centred, scale);
    }
}

/// Cotangent of x: with P, x̂, r as above, A = mean(h x̂), B = mean(k x̂), M = mean(h P k) for the two arguments h, k of
/// the bilinear form hᵀ dx(k): r² (x̂ (3 A B − M) − B P h − A P k).
fn second<'b>(x: Var<'b>, h: Var<'b>, k: Var<'b>, attrs: &Attrs) -> Var<'b> {
    let (n, count) = (attrs.int(1) as usize, f64::from(attrs.int(1)));
    let rows = |v: Var<'b>| v.reshape(&[numel(&v.shape()) / n, n]);
    let project = |v: Var<'b>| if attrs.int(0) == 1 { v - v.mean_axis(1) } else { v };
    let (centred, h, k) = (project(rows(x)), project(rows(h)), project(rows(k)));
    let scale = centred.square().mean_axis(1).sqrt_eps(attrs.real(0)).recip();
    let hat = centred * scale;
    let (a, b) = (h.dot(hat, 1) / count, k.dot(hat, 1) / count);
    let dx = scale.square() * (hat * (3.0 * a * b - h.dot(k, 1) / count) - b * h - a * k);
    dx.reshape(&x.shape())
}

impl Kernel for NormGrad {
    fn stem(&self) -> &'static str {
        "norm_grad"
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
                &[Binding::read("x"), Binding::read("weight"), Binding::read("g"), Binding::write("dx")]
            },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        check(attrs, reads[0], reads[1])?;
        if reads[0] == reads[2] { Ok(reads[0].to_vec()) } else { Err(format!("shapes {reads:?} do not fit")) }
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        launch(attrs, shapes[0], shapes[1])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (x, weight, g, h, attrs) = (cx.inputs[0], cx.inputs[1], cx.inputs[2], cx.g, &cx.attrs);
        let weighted = |v: Var<'b>| {
            (by_channel(v, attrs, weight) * weight.reshape(&[weight.shape()[0], 1])).reshape(&v.shape())
        };
        // The form is symmetric: what x does to g, it does to h.
        let other = x.norm_grad(x.builder().scalar(1.0), h, attrs);
        let dx = cx.needs[0].then(|| second(x, h, weighted(g), attrs));
        let dw = cx.needs[1].then(|| dot_to_channels(g, other, attrs, weight));
        Ok(vec![dx, dw, cx.needs[2].then(|| weighted(other))])
    }

    fn cases(&self) -> Vec<Case> {
        let with_g = |(attrs, mut feeds): (Attrs, Vec<Feed>)| {
            feeds.push(Feed::of(&feeds[0].shape.clone()));
            Case::new(attrs, feeds)
        };
        feeds().into_iter().map(with_g).collect()
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
