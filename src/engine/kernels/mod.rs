//! The registry of kernels. One is a WGSL file in `shaders/kernels`, a Rust file here, and a line in the list below;
//! tests and pipelines follow from the line.

mod conv_fast;
mod kernel;
pub(crate) mod lanes;
pub(crate) mod rows;
pub mod sliding;
pub(crate) mod small;
pub mod warp;

pub use kernel::{
    Access, Attrs, Binding, Call, Case, Domain, Element, Feed, Kernel, Launch, Reference, Signature,
    Smoothness, Tolerance, Ty, grid,
};

macro_rules! kernels {
    ($($(#[$attribute:meta])* $stem:ident,)*) => {
        $(pub mod $stem;)*

        /// Every kernel, in the order of the list.
        pub static REGISTRY: &[&dyn Kernel] = &[$($(#[$attribute])* &$stem::KERNEL,)*];

        /// Source of a kernel's shader, before linking.
        pub fn source(stem: &str) -> Option<&'static str> {
            match stem {
                $($(#[$attribute])* stringify!($stem) => Some(include_str!(concat!(
                    env!("CARGO_MANIFEST_DIR"), "/shaders/kernels/", stringify!($stem), ".wgsl"
                ))),)*
                _ => None,
            }
        }
    };
}

kernels! {
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
    // No lab uses those below yet. They stay out of the browser bundle, which has a limit, until one does.
    #[cfg(not(target_arch = "wasm32"))]
    extreme,
    #[cfg(not(target_arch = "wasm32"))]
    log_sum_exp,
    #[cfg(not(target_arch = "wasm32"))]
    softmax,
    #[cfg(not(target_arch = "wasm32"))]
    softmax_grad,
    #[cfg(not(target_arch = "wasm32"))]
    cross_entropy,
    #[cfg(not(target_arch = "wasm32"))]
    cross_entropy_grad,
    #[cfg(not(target_arch = "wasm32"))]
    norm,
    #[cfg(not(target_arch = "wasm32"))]
    norm_grad,
    #[cfg(not(target_arch = "wasm32"))]
    select,
    #[cfg(not(target_arch = "wasm32"))]
    transpose,
    #[cfg(not(target_arch = "wasm32"))]
    gather,
    #[cfg(not(target_arch = "wasm32"))]
    scatter,
    #[cfg(not(target_arch = "wasm32"))]
    route,
    #[cfg(not(target_arch = "wasm32"))]
    segment_reduce,
    #[cfg(not(target_arch = "wasm32"))]
    segment_spread,
    #[cfg(not(target_arch = "wasm32"))]
    segment_softmax,
    #[cfg(not(target_arch = "wasm32"))]
    segment_softmax_grad,
    #[cfg(not(target_arch = "wasm32"))]
    group_permute,
    #[cfg(not(target_arch = "wasm32"))]
    group_fold,
    #[cfg(not(target_arch = "wasm32"))]
    axis_map,
    #[cfg(not(target_arch = "wasm32"))]
    axis_fold,
    #[cfg(not(target_arch = "wasm32"))]
    dot,
    #[cfg(not(target_arch = "wasm32"))]
    conv2d,
    #[cfg(not(target_arch = "wasm32"))]
    conv2d_weight,
    #[cfg(not(target_arch = "wasm32"))]
    pool_average,
    #[cfg(not(target_arch = "wasm32"))]
    pool_max,
    #[cfg(not(target_arch = "wasm32"))]
    resample,
    #[cfg(not(target_arch = "wasm32"))]
    resample_map,
    #[cfg(not(target_arch = "wasm32"))]
    dihedral,
    #[cfg(not(target_arch = "wasm32"))]
    fft,
    #[cfg(not(target_arch = "wasm32"))]
    random,
    #[cfg(not(target_arch = "wasm32"))]
    random_rows,
    #[cfg(not(target_arch = "wasm32"))]
    attention_softmax,
    #[cfg(not(target_arch = "wasm32"))]
    attention_pull,
    #[cfg(not(target_arch = "wasm32"))]
    edge_dot,
    #[cfg(not(target_arch = "wasm32"))]
    edge_sum,
    #[cfg(not(target_arch = "wasm32"))]
    edge_segment,
    #[cfg(not(target_arch = "wasm32"))]
    tensor_product,
    #[cfg(not(target_arch = "wasm32"))]
    small_inverse,
}

/// The kernel of a stem.
pub fn find(stem: &str) -> Option<&'static dyn Kernel> {
    REGISTRY.iter().copied().find(|k| k.stem() == stem)
}
