//! log(exp X exp Y) as a series of brackets (Baker, Campbell, Hausdorff; Dynkin 1947).

use super::bracket;
use crate::maths::matrix::Matrix;

/// The terms of degree 1 to 5 of log(exp X exp Y), each homogeneous of its degree in X and Y together:
/// X + Y, then ½ [X,Y], then (1/12) ([X,[X,Y]] + [Y,[Y,X]]), then −(1/24) [Y,[X,[X,Y]]], then
/// (1/120) ([Y,[X,[Y,[X,Y]]]] + [X,[Y,[X,[Y,X]]]]) + (1/360) ([X,[Y,[Y,[Y,X]]]] + [Y,[X,[X,[X,Y]]]])
/// − (1/720) ([Y,[Y,[Y,[Y,X]]]] + [X,[X,[X,[X,Y]]]]).
pub fn terms(x: &Matrix, y: &Matrix) -> [Matrix; 5] {
    let (ad_x, ad_y) = (|m: &Matrix| bracket(x, m), |m: &Matrix| bracket(y, m));
    let (xy, yx) = (ad_x(y), ad_y(x));
    let (xxy, yyx) = (ad_x(&xy), ad_y(&yx));
    let (xyx, yxy) = (ad_x(&yx), ad_y(&xy));
    let yxxy = ad_y(&xxy);
    let sum = |a: &Matrix, b: &Matrix, factor: f64| (a + b).scaled(factor);
    let mixed = sum(&ad_y(&ad_x(&yxy)), &ad_x(&ad_y(&xyx)), 1.0 / 120.0);
    let triple = sum(&ad_x(&ad_y(&yyx)), &ad_y(&ad_x(&xxy)), 1.0 / 360.0);
    let pure = sum(&ad_y(&ad_y(&yyx)), &ad_x(&ad_x(&xxy)), -1.0 / 720.0);
    [
        x + y,
        xy.scaled(0.5),
        sum(&xxy, &yyx, 1.0 / 12.0),
        yxxy.scaled(-1.0 / 24.0),
        &(&mixed + &triple) + &pure,
    ]
}

/// The sum of [`terms`] up to a degree of at most 5. Its error is of the next degree: O(h^{degree + 1}) for X and Y of
/// size h. The whole series converges at least for ‖X‖₂ + ‖Y‖₂ < ln 2.
pub fn series(x: &Matrix, y: &Matrix, degree: usize) -> Matrix {
    let zero = Matrix::zeros(x.rows(), x.cols());
    terms(x, y).iter().take(degree).fold(zero, |sum, term| &sum + term)
}
