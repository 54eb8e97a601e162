//! The table: kernels, samples, condition numbers, bounds.

use super::{Trial, draw, measure};

macro_rules! trials {
    ($($name:literal $stem:literal $ints:expr, $shape:expr, $draw:expr, $measure:expr, $condition:literal $bound:literal;)*) => {
        /// All trials. Bounds are two to four times what a software adapter (llvmpipe) shows over 10⁵ samples: other adapters
        /// may round divisions and roots less well.
        pub static TRIALS: &[Trial] = &[$(Trial {
            name: $name,
            stem: $stem,
            ints: &$ints,
            shape: &$shape,
            draw: $draw,
            measure: $measure,
            condition: $condition,
            bound: $bound,
        },)*];
    };
}

trials! {
    "polar R, 2 × 2" "small_polar" [0], [2, 2], draw::matrix::<2>, measure::by_ratio::<2>, "σ₁/σₙ" 12.0;
    "polar R, 3 × 3" "small_polar" [0], [3, 3], draw::matrix::<3>, measure::by_ratio::<3>, "σ₁/σₙ" 12.0;
    "polar R, 4 × 4" "small_polar" [0], [4, 4], draw::matrix::<4>, measure::by_ratio::<4>, "σ₁/σₙ" 12.0;
    "polar P, 2 × 2" "small_polar" [1], [2, 2], draw::matrix::<2>, measure::by_norm, "‖g‖" 8.0;
    "polar P, 3 × 3" "small_polar" [1], [3, 3], draw::matrix::<3>, measure::by_norm, "‖g‖" 8.0;
    "polar P, 4 × 4" "small_polar" [1], [4, 4], draw::matrix::<4>, measure::by_norm, "‖g‖" 8.0;
    "polar P′, 4 × 4" "small_polar" [2], [4, 4], draw::matrix::<4>, measure::by_norm, "‖g‖" 8.0;
    "eigen, 2 × 2" "sym_eigen" [], [2, 2], draw::symmetric_matrix::<2>, measure::eigen_system::<2>, "‖S‖" 16.0;
    "eigen, 3 × 3" "sym_eigen" [], [3, 3], draw::symmetric_matrix::<3>, measure::eigen_system::<3>, "‖S‖" 16.0;
    "eigen, 4 × 4" "sym_eigen" [], [4, 4], draw::symmetric_matrix::<4>, measure::eigen_system::<4>, "‖S‖" 16.0;
    "eigen, 5 × 5" "sym_eigen" [], [5, 5], draw::symmetric_matrix::<5>, measure::eigen_system::<5>, "‖S‖" 16.0;
    "exp S, 2 × 2" "sym_map" [0], [2, 2], draw::symmetric_matrix::<2>, measure::exponential, "(1 + ‖S‖) ‖exp S‖" 12.0;
    "exp S, 3 × 3" "sym_map" [0], [3, 3], draw::symmetric_matrix::<3>, measure::exponential, "(1 + ‖S‖) ‖exp S‖" 12.0;
    "exp S, 4 × 4" "sym_map" [0], [4, 4], draw::symmetric_matrix::<4>, measure::exponential, "(1 + ‖S‖) ‖exp S‖" 12.0;
    "ln S, 2 × 2" "sym_map" [1], [2, 2], draw::definite::<2>, measure::logarithm::<2>, "κ + ‖ln S‖" 10.0;
    "ln S, 3 × 3" "sym_map" [1], [3, 3], draw::definite::<3>, measure::logarithm::<3>, "κ + ‖ln S‖" 10.0;
    "ln S, 4 × 4" "sym_map" [1], [4, 4], draw::definite::<4>, measure::logarithm::<4>, "κ + ‖ln S‖" 10.0;
    "S^½, 4 × 4" "sym_map" [2], [4, 4], draw::definite::<4>, measure::root::<4>, "κ^½ ‖S^½‖" 10.0;
    "S^−½, 4 × 4" "sym_map" [3], [4, 4], draw::definite::<4>, measure::inverse_root::<4>, "κ ‖S^−½‖" 6.0;
    "exp so(3)" "lie_exp" [0], [3], draw::vector::<10>, measure::lie_exp::<0>, "‖y‖ + ‖y′‖ ‖v‖" 5.0;
    "exp sl(2)" "lie_exp" [1], [3], draw::sl2_vector, measure::lie_exp::<1>, "‖y‖ + ‖y′‖ ‖v‖" 5.0;
    "boost" "lie_exp" [2], [3], draw::vector::<5>, measure::lie_exp::<2>, "‖y‖ + ‖y′‖ ‖v‖" 5.0;
    "log SO(3)" "lie_log" [0], [3, 3], draw::rotation, measure::lie_log::<0>, "‖v‖ + ‖m‖/σ" 6.0;
    "log SL(2)" "lie_log" [1], [2, 2], draw::sl2_element, measure::lie_log::<1>, "‖v‖ + ‖m‖/σ" 16.0;
    "log of a boost" "lie_log" [2], [4, 4], draw::lorentz, measure::lie_log::<2>, "‖v‖ + ‖m‖/σ" 5.0;
    "quaternion to rotation" "quaternion" [0], [4], draw::normal::<4>, measure::absolute, "1" 24.0;
    "rotation to quaternion" "quaternion" [1], [3, 3], draw::turned, measure::up_to_sign, "1" 8.0;
    "c₀" "stumpff" [0], [1], draw::number, measure::stumpff_of::<0>, "|c| + 1/k! + 2 |x c′|" 4.0;
    "c₁" "stumpff" [1], [1], draw::number, measure::stumpff_of::<1>, "|c| + 1/k! + 2 |x c′|" 4.0;
    "c₂" "stumpff" [2], [1], draw::number, measure::stumpff_of::<2>, "|c| + 1/k! + 2 |x c′|" 4.0;
}
