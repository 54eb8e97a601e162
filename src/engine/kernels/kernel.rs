//! The contract of a kernel.

use std::borrow::Cow;

use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Real;
use lanes::Team;
use serde::{Deserialize, Serialize};

/// What distinguishes one use of a kernel from another, besides shapes; each kernel documents its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Attrs {
    /// Choices and counts.
    pub ints: Vec<u32>,
    /// Real constants.
    pub reals: Vec<f64>,
}

impl Attrs {
    /// Attributes that are integers only.
    pub fn ints(ints: &[u32]) -> Self {
        Self { ints: ints.to_vec(), reals: Vec::new() }
    }

    /// Integer number `i`, 0 if absent.
    pub fn int(&self, i: usize) -> u32 {
        self.ints.get(i).copied().unwrap_or(0)
    }

    /// Real number `i`, 0 if absent.
    pub fn real(&self, i: usize) -> f64 {
        self.reals.get(i).copied().unwrap_or(0.0)
    }
}

/// Element type of a binding or uniform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ty {
    /// Real numbers.
    F32,
    /// The state words: step, low and high word of the seed, steps since the moments were cleared.
    U32,
}

/// What a kernel does with a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads it.
    Read,
    /// Writes every element of it, reads none.
    Write,
    /// Changes it in place.
    ReadWrite,
}

/// One storage buffer of a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Name of the WGSL variable.
    pub name: &'static str,
    /// Element type.
    pub ty: Ty,
    /// Use.
    pub access: Access,
}

impl Binding {
    /// Numbers that are read.
    pub const fn read(name: &'static str) -> Self {
        Self { name, ty: Ty::F32, access: Access::Read }
    }

    /// Numbers that are written.
    pub const fn write(name: &'static str) -> Self {
        Self { name, ty: Ty::F32, access: Access::Write }
    }

    /// Numbers that change in place.
    pub const fn update(name: &'static str) -> Self {
        Self { name, ty: Ty::F32, access: Access::ReadWrite }
    }

    /// The state words.
    pub const fn state(access: Access) -> Self {
        Self { name: "state", ty: Ty::U32, access }
    }
}

/// The interface of a kernel's shader: uniform fields (binding 0), overrides, storage buffers (bindings 1, 2, …).
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// Fields of `struct Params`, in order.
    pub uniforms: &'static [(&'static str, Ty)],
    /// Pipeline-overridable `u32` constants.
    pub overrides: &'static [&'static str],
    /// Storage buffers, in order.
    pub bindings: &'static [Binding],
}

impl Signature {
    /// How many tensors a graph node of this kernel takes.
    pub fn graph_inputs(&self) -> usize {
        self.bindings.iter().filter(|b| b.ty == Ty::F32 && b.access == Access::Read).count()
    }

    /// Whether what it computes depends on the state words: a plan with such a node counts its steps.
    pub fn uses_state(&self) -> bool {
        self.bindings.iter().any(|b| b.ty == Ty::U32)
    }
}

/// How a use of a kernel is started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Launch {
    /// Words of the uniform struct.
    pub uniforms: Vec<u32>,
    /// Values of the overrides.
    pub overrides: Vec<u32>,
    /// Workgroups, each dimension at most 65 535.
    pub workgroups: [u32; 3],
}

/// Whether the workgroups of a shader with this text share its elements out, however many workgroups there are.
pub fn shares(text: &str) -> bool {
    text.contains("index_span(group, groups, lane")
}

/// Workgroups that keep an adapter busy that is a program on the CPU. Each further one costs there, and most where
/// several kernels share a shader: such adapters run all of its lines for every workgroup.
const BUSY: u32 = 128;

impl Launch {
    /// The workgroups in a family of a shader with this text: no more than need be where they share elements out.
    pub fn groups_in(&self, family: Family, text: &str) -> [u32; 3] {
        let [x, y, z] = self.workgroups;
        if family == Family::Registers && shares(text) {
            return [(x * y).min(BUSY), 1, z];
        }
        self.workgroups
    }
}

/// Kinds of devices that want different shaders for the same work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Family {
    /// Everything in the registers of each invocation. Right on adapters that are programs on the CPU, where memory of
    /// a workgroup is memory like any other and each barrier costs.
    #[default]
    Registers,
    /// Tiles in the memory of a workgroup, filled between barriers: graphics hardware.
    Tiles,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Registers, Self::Tiles];
}

/// Workgroups for a number of invocations in groups of `per_group`, folded into two dimensions.
pub fn grid(invocations: usize, per_group: usize) -> [u32; 3] {
    const MOST: usize = 65_535;
    let groups = invocations.div_ceil(per_group).max(1);
    let x = groups.min(MOST);
    [x as u32, groups.div_ceil(x) as u32, 1]
}

/// One run of a kernel on the CPU. Buffers come in binding order, by use.
pub struct Call<'a, T> {
    /// Attributes of the use.
    pub attrs: &'a Attrs,
    /// Words of the uniform struct, the same as on the GPU.
    pub uniforms: &'a [u32],
    /// Values of the overrides.
    pub overrides: &'a [u32],
    /// Tensors that are read.
    pub reads: &'a [&'a [T]],
    /// Tensors that are written or updated.
    pub writes: &'a mut [&'a mut [T]],
    /// The state words.
    pub state: &'a mut [u32; 4],
    /// Room to work in, kept between runs; what is in it is of no meaning.
    pub scratch: &'a mut Vec<T>,
    /// The same once more, for what runs inside of what works in `scratch`.
    pub registers: &'a mut Vec<T>,
    /// The threads there are for it. How many changes no bit.
    pub team: &'a Team,
}

impl<T> Call<'_, T> {
    /// Uniform word `i` as a size.
    #[inline]
    pub fn size(&self, i: usize) -> usize {
        self.uniforms[i] as usize
    }

    /// Uniform word `i` as a real number.
    #[inline]
    pub fn real(&self, i: usize) -> f32 {
        f32::from_bits(self.uniforms[i])
    }
}

/// The plain-loop twin of a shader, from one generic function.
#[derive(Clone, Copy)]
pub struct Reference {
    /// At the shader's precision.
    pub f32: fn(&mut Call<'_, f32>),
    /// As an oracle.
    pub f64: fn(&mut Call<'_, f64>),
}

/// A path of a kernel for one use of it.
pub type Ready<T> = Box<dyn Fn(&mut Call<'_, T>) + Send>;

/// A [`Real`] that knows its instance of a reference.
pub trait Element: Real {
    /// The instance for this type.
    fn pick(reference: &Reference) -> fn(&mut Call<'_, Self>);

    /// What the CPU runs for a use of a kernel: what is made ready for it, the fast path, or else the reference.
    fn path(kernel: &dyn Kernel, _attrs: &Attrs, _launch: &Launch) -> Ready<Self> {
        Box::new(Self::pick(&kernel.reference()))
    }
}

impl Element for f32 {
    fn pick(reference: &Reference) -> fn(&mut Call<'_, f32>) {
        reference.f32
    }

    fn path(kernel: &dyn Kernel, attrs: &Attrs, launch: &Launch) -> Ready<f32> {
        let plain = || Box::new(kernel.fast().unwrap_or(kernel.reference().f32)) as Ready<f32>;
        kernel.ready(attrs, launch).unwrap_or_else(plain)
    }
}

impl Element for f64 {
    fn pick(reference: &Reference) -> fn(&mut Call<'_, f64>) {
        reference.f64
    }
}

/// Where a kernel has a derivative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Smoothness {
    /// Everywhere in its domain, twice.
    Smooth,
    /// Except at kinks, which the test cases keep off.
    AlmostEverywhere,
    /// Nowhere, or it is not part of a graph.
    None,
}

/// What a test feeds a tensor with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Domain {
    /// Uniform on an interval.
    Range(f64, f64),
    /// Uniform on ±`[lo, hi]`.
    Away(f64, f64),
    /// Square matrices, uniform on ±1, with this much more on the diagonal: definite from the size of the matrix on.
    Diagonal(f64),
    /// Whole numbers 0 … n − 1, for tensors of indices: exact in f32 up to 2²⁴, without a derivative.
    Index(u32),
    /// The same, in ascending order along the last dimension.
    Sorted(u32),
    /// These whole numbers, over and over, for tables that have to fit each other; without a derivative.
    Given(&'static [u32]),
    /// Random edges between so many targets and sources, packed as by [`crate::engine::edges::pack`]; a quarter of the
    /// places stay free.
    Edges(usize, usize),
}

impl Domain {
    /// Whether a derivative by such numbers means anything.
    pub fn is_continuous(self) -> bool {
        !matches!(self, Self::Index(_) | Self::Sorted(_) | Self::Given(_) | Self::Edges(..))
    }
}

/// One tensor of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Feed {
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its numbers.
    pub domain: Domain,
}

impl Feed {
    /// Numbers of ±1 around 0.
    pub fn of(shape: &[usize]) -> Self {
        Self { shape: shape.to_vec(), domain: Domain::Range(-1.0, 1.0) }
    }

    /// Numbers of another domain.
    pub fn on(shape: &[usize], domain: Domain) -> Self {
        Self { shape: shape.to_vec(), domain }
    }
}

/// One use of a kernel, to be tested: attributes, and a feed for each F32 binding that is read or updated.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Attributes.
    pub attrs: Attrs,
    /// Tensors in binding order.
    pub feeds: Vec<Feed>,
    /// The state words before the run.
    pub state: [u32; 4],
}

impl Case {
    /// A case with a fixed state: step 7, a seed with both words set, third step of the moments.
    pub fn new(attrs: Attrs, feeds: Vec<Feed>) -> Self {
        Self { attrs, feeds, state: [7, 0x9E37_79B9, 0x7F4A_7C15, 2] }
    }
}

/// Allowed difference of shader and reference: `absolute + relative·|value|`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// Absolute part.
    pub absolute: f64,
    /// Relative part.
    pub relative: f64,
}

impl Tolerance {
    /// A few rounding errors of single precision, with WGSL's allowances for `exp` and division.
    pub const ELEMENTWISE: Self = Self { absolute: 1e-6, relative: 4e-6 };
    /// Sums of up to a few thousand terms of order 1, in another order.
    pub const SUM: Self = Self { absolute: 3e-5, relative: 1e-5 };
    /// Every bit.
    pub const EXACT: Self = Self { absolute: 0.0, relative: 0.0 };
}

/// Shapes of the tensors that are read, and of those that are written.
fn by_use<'s>(bindings: &[Binding], shapes: &[&'s [usize]]) -> (Vec<&'s [usize]>, Vec<&'s [usize]>) {
    let pick = |reads: bool| {
        let all = shapes.iter().zip(bindings);
        let all = all.filter(move |(_, b)| b.ty == Ty::F32 && (b.access == Access::Read) == reads);
        all.map(|(s, _)| *s).collect()
    };
    (pick(true), pick(false))
}

/// [`Kernel::fits`] for kernels with a program, which write rows under any shape.
pub(crate) fn sizes_fit(kernel: &dyn Kernel, attrs: &Attrs, shapes: &[&[usize]]) -> Result<(), String> {
    let (reads, writes) = by_use(kernel.signature(attrs).bindings, shapes);
    let mut given = vec![kernel.infer(attrs, &reads)?];
    given.extend(kernel.infer_parts(attrs, &reads));
    if given.iter().map(|s| numel(s)).eq(writes.iter().map(|s| numel(s))) {
        Ok(())
    } else {
        Err(format!("{given:?} does not fit into {writes:?}"))
    }
}

/// Everything about one kernel except its WGSL text.
pub trait Kernel: Sync {
    /// Name of both files, of labels and of tests.
    fn stem(&self) -> &'static str;
    /// The shader's interface. Most kernels have one; that of a kernel with a program in it depends on the program.
    fn signature(&self, attrs: &Attrs) -> Signature;
    /// Shape of the tensor it writes, from the shapes it reads; an error says what does not fit.
    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String>;
    /// Shapes of further tensors it writes, behind the first; only kernels that fusion makes have any.
    fn infer_parts(&self, _attrs: &Attrs, _reads: &[&[usize]]) -> Vec<Vec<usize>> {
        Vec::new()
    }
    /// Whether tensors of these shapes, of all bindings in order, are what it takes and gives; an error says what does not
    /// fit. What passes can be launched and run.
    fn fits(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Result<(), String> {
        let (reads, writes) = by_use(self.signature(attrs).bindings, shapes);
        let mut given = vec![self.infer(attrs, &reads)?];
        given.extend(self.infer_parts(attrs, &reads));
        if given.iter().map(Vec::as_slice).eq(writes.iter().copied()) {
            Ok(())
        } else {
            Err(format!("{given:?} does not fit into {writes:?}"))
        }
    }
    /// The launch for the shapes of all bindings, in binding order (the state has shape `[4]`).
    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch;
    /// The launch in a family. Plans hold that of [`Family::Registers`]; what the CPU reads from it is the same in all.
    fn launch_in(&self, _family: Family, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        self.launch(attrs, shapes)
    }
    /// Why a graphics device had better not be given these shapes, which the CPU may be.
    fn burden(&self, _attrs: &Attrs, _shapes: &[&[usize]]) -> Option<String> {
        None
    }
    /// Multiplications and additions of one launch, where it is a product of matrices or a convolution; 0 for all
    /// else, whose time goes by bytes. What stands behind the product in the same launch does not count.
    fn flops(&self, _attrs: &Attrs, _shapes: &[&[usize]]) -> f64 {
        0.0
    }
    /// What a use of it is called in messages and tables.
    fn label(&self, _attrs: &Attrs) -> String {
        self.stem().to_owned()
    }
    /// The CPU twin.
    fn reference(&self) -> Reference;
    /// A faster CPU path in single precision, held to the reference by the same tolerance as the shader.
    fn fast(&self) -> Option<fn(&mut Call<'_, f32>)> {
        None
    }
    /// The fast path, or the reference, for one use, with what depends on attributes and launch looked up beforehand. It
    /// gives the same bits.
    fn ready(&self, _attrs: &Attrs, _launch: &Launch) -> Option<Ready<f32>> {
        None
    }
    /// The shader for these attributes, from the text of its file: the text itself, unless a program is written into it.
    fn specialise<'t>(&self, _attrs: &Attrs, text: &'t str) -> Cow<'t, str> {
        Cow::Borrowed(text)
    }
    /// Cotangents of the inputs as graph nodes; an error says why there are none.
    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String>;
    /// Where it has a derivative.
    fn smoothness(&self, _attrs: &Attrs) -> Smoothness {
        Smoothness::Smooth
    }
    /// Uses to be tested: extents of 1, odd ones, and more than one workgroup.
    fn cases(&self) -> Vec<Case>;
    /// Allowed difference of shader and reference.
    fn tolerance(&self) -> Tolerance {
        Tolerance::ELEMENTWISE
    }
}
