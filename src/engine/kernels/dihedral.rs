//! Quarter turns and flips of images, exact in every bit: x: `[B, C, H, W]` → `[B, C, H, W]`, or `[B, C, W, H]` for an
//! odd number of quarter turns. Attributes: ints = [quarter turns, 1 for a flip] of a [`Dihedral`].

use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Real;

/// A symmetry of the square, g = Rᵗ Fᶠ: first a flip from left to right if `flip`, then `turns` quarter turns
/// anticlockwise, as images are seen: rows downwards, columns to the right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dihedral {
    /// Quarter turns, 0 to 3.
    pub turns: u32,
    /// Whether left and right change places first.
    pub flip: bool,
}

impl Dihedral {
    /// The group: four turns, then four with a flip.
    pub fn all() -> [Self; 8] {
        std::array::from_fn(|i| Self { turns: i as u32 % 4, flip: i >= 4 })
    }

    /// g⁻¹; flips are their own inverses.
    pub fn inverse(self) -> Self {
        if self.flip { self } else { Self { turns: (4 - self.turns % 4) % 4, flip: false } }
    }

    /// g h: first h, then g.
    pub fn compose(self, h: Self) -> Self {
        // F R = R⁻¹ F.
        let turns = if self.flip { self.turns + 4 - h.turns % 4 } else { self.turns + h.turns };
        Self { turns: turns % 4, flip: self.flip != h.flip }
    }

    /// As attributes.
    pub fn attrs(self) -> Attrs {
        Attrs::ints(&[self.turns % 4, u32::from(self.flip)])
    }

    fn of(attrs: &Attrs) -> Self {
        Self { turns: attrs.int(0) % 4, flip: attrs.int(1) == 1 }
    }

    /// Where the result's pixel (0, 0) comes from in an image of h rows and w columns, and the steps to where its
    /// neighbours below and to the right come from.
    fn walk(self, h: usize, w: usize) -> [i64; 3] {
        let (h, w) = (h as i64, w as i64);
        let (start, down, right) = match self.turns {
            0 => ([0, 0], [1, 0], [0, 1]),
            1 => ([0, w - 1], [0, -1], [1, 0]),
            2 => ([h - 1, w - 1], [-1, 0], [0, -1]),
            _ => ([h - 1, 0], [0, 1], [-1, 0]),
        };
        let flat = |[row, column]: [i64; 2]| row * w + if self.flip { -column } else { column };
        [flat(start) + if self.flip { w - 1 } else { 0 }, flat(down), flat(right)]
    }
}

/// The kernel.
pub struct DihedralAct;
/// Its registry entry.
pub static KERNEL: DihedralAct = DihedralAct;

fn run<T: Real>(call: &mut Call<'_, T>) {
    let (rows, columns) = (call.size(1), call.size(2));
    let [start, down, right] = [3, 4, 5].map(|i| call.uniforms[i]);
    let planes = call.reads[0].chunks_exact(rows * columns).zip(call.writes[0].chunks_exact_mut(rows * columns));
    for (x, y) in planes {
        for (i, y) in y.chunks_exact_mut(columns).enumerate() {
            let mut at = start.wrapping_add(down.wrapping_mul(i as u32));
            for y in y {
                *y = x[at as usize];
                at = at.wrapping_add(right);
            }
        }
    }
}

impl Kernel for DihedralAct {
    fn stem(&self) -> &'static str {
        "dihedral"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[
                ("count", Ty::U32),
                ("rows", Ty::U32),
                ("columns", Ty::U32),
                ("start", Ty::U32),
                ("down", Ty::U32),
                ("right", Ty::U32),
            ],
            overrides: &[],
            bindings: const { &[Binding::read("x"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        match *reads[0] {
            [b, c, h, w] if Dihedral::of(attrs).turns.is_multiple_of(2) => Ok(vec![b, c, h, w]),
            [b, c, h, w] => Ok(vec![b, c, w, h]),
            _ => Err(format!("images must have rank 4, not {:?}", reads[0])),
        }
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (x, y) = (shapes[0], shapes[1]);
        let count = numel(y);
        // Negative steps wrap around.
        let walk = Dihedral::of(attrs).walk(x[2], x[3]).map(|n| n as u32);
        let sizes = [count, y[2], y[3]].map(|n| n as u32);
        Launch {
            uniforms: sizes.into_iter().chain(walk).collect(),
            overrides: vec![],
            workgroups: grid(count, 64),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let back = Dihedral::of(&cx.attrs).inverse().attrs();
        Ok(vec![Some(cx.g.builder().kernel("dihedral", back, &[cx.g]))])
    }

    fn cases(&self) -> Vec<Case> {
        let shapes = [[1, 1, 1, 1], [2, 3, 4, 5], [1, 2, 7, 7], [1, 1, 1, 6]].into_iter().cycle();
        let all = Dihedral::all().into_iter().chain(Dihedral::all()).zip(shapes.skip(1));
        let mut cases: Vec<Case> = all.map(|(g, s)| Case::new(g.attrs(), vec![Feed::of(&s)])).collect();
        cases.push(Case::new(Dihedral::default().attrs(), vec![Feed::of(&[1, 1, 1, 1])]));
        cases
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::EXACT
    }
}
