//! The registry of kernels. One is a WGSL file in `shaders/kernels`, a Rust file here, and a line in the list below;
//! tests and pipelines follow from the line.

mod conv_fast;
mod kernel;
pub(crate) mod rows;
pub mod sliding;
pub(crate) mod small;
pub mod warp;

pub(crate) use kernel::sizes_fit;
pub use kernel::{
    Access, Attrs, Binding, Call, Case, Domain, Element, Family, Feed, Kernel, Launch, Ready, Reference,
    Signature, Smoothness, Tolerance, Ty, grid, shares,
};

macro_rules! text {
    ($stem:ident) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/shaders/kernels/", stringify!($stem), ".wgsl"))
    };
}

macro_rules! kernels {
    (everywhere { $($stem:ident,)* } native { $($later:ident,)* }) => {
        $(pub mod $stem;)*
        $(pub mod $later;)*

        /// Every kernel of this build, in the order of the list.
        pub static REGISTRY: &[&dyn Kernel] =
            &[$(&$stem::KERNEL,)* $(#[cfg(any(not(target_arch = "wasm32"), feature = "every-kernel"))] &$later::KERNEL,)*];

        /// Stems of the kernels that are in the browser bundle too.
        pub static EVERYWHERE: &[&str] = &[$(stringify!($stem),)*];

        /// Source of a kernel's shader, before linking.
        pub fn source(stem: &str) -> Option<&'static str> {
            match stem {
                $(stringify!($stem) => Some(text!($stem)),)*
                $(#[cfg(any(not(target_arch = "wasm32"), feature = "every-kernel"))] stringify!($later) => Some(text!($later)),)*
                _ => None,
            }
        }
    };
}

// The browser bundle has a limit: kernels that no lab uses yet stay out of it. A lab that needs one moves its line up.
kernels! {
    everywhere {
        unary,
        binary,
        reduce_sum,
        expand,
        matmul,
        metric_dot,
        group_act,
        random_normal,
        window,
        copy,
        optimise,
        tick,
        stumpff,
        lie_exp,
        lie_log,
        quaternion,
        small_polar,
        sym_eigen,
        sym_map,
        chain,
        chain_sum,
        concat,
        square_sum,
        gather,
        random,
        random_rows,
    }
    native {
        extreme,
        log_sum_exp,
        softmax,
        softmax_grad,
        cross_entropy,
        cross_entropy_grad,
        norm,
        norm_grad,
        select,
        transpose,
        scatter,
        route,
        segment_reduce,
        segment_spread,
        segment_softmax,
        segment_softmax_grad,
        group_permute,
        group_fold,
        axis_map,
        axis_fold,
        dot,
        conv2d,
        conv2d_weight,
        pool_average,
        pool_max,
        resample,
        resample_map,
        dihedral,
        fft,
        attention_softmax,
        edge_dot,
        edge_sum,
        edge_segment,
        tensor_product,
        small_inverse,
    }
}

/// Kernels with a second shader, for [`Family::Tiles`]; it lies in `shaders/tiles`.
static TILES: &[(&str, &str)] = &[
    ("matmul", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/shaders/tiles/matmul.wgsl"))),
    #[cfg(any(not(target_arch = "wasm32"), feature = "every-kernel"))]
    ("conv2d_weight", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/shaders/tiles/conv2d_weight.wgsl"))),
];

/// Families in which a kernel has a shader of its own; in all others it runs that of [`Family::Registers`].
pub fn families(stem: &str) -> &'static [Family] {
    if TILES.iter().any(|(s, _)| *s == stem) { &Family::ALL } else { &[Family::Registers] }
}

/// Source of a kernel's shader in a family, before linking, and its place in `shaders`.
pub fn source_in(stem: &str, family: Family) -> Option<(String, &'static str)> {
    match TILES.iter().find(|(s, _)| *s == stem) {
        Some((_, text)) if family == Family::Tiles => Some((format!("tiles/{stem}.wgsl"), *text)),
        _ => Some((format!("kernels/{stem}.wgsl"), source(stem)?)),
    }
}

/// The kernel of a stem.
pub fn find(stem: &str) -> Option<&'static dyn Kernel> {
    REGISTRY.iter().copied().find(|k| k.stem() == stem)
}
