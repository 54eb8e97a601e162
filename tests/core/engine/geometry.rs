//! The f64 references of small matrices against algebra: they are the oracle of everything else.

use std::sync::Arc;

use equiscope::engine::graph::{Builder, Var};
use equiscope::engine::kernels::lie_exp::Algebra;
use equiscope::engine::kernels::small_polar::Part;
use equiscope::engine::kernels::sym_map::SymOp;
use equiscope::engine::{CpuExecutor, Executor, Plan};
use equiscope::maths::Matrix;
use equiscope::maths::rng::Rng;

/// A function of one tensor, in f64.
fn eval(shape: &[usize], x: &[f64], f: &dyn for<'b> Fn(Var<'b>) -> Var<'b>) -> Vec<f64> {
    let b = Builder::new();
    b.output("y", f(b.input("x", shape)));
    let mut exec = CpuExecutor::<f64>::new(Arc::new(Plan::compile(&b.finish().unwrap()).unwrap()));
    exec.write_t("x", x).unwrap();
    exec.run(1).unwrap();
    exec.read("y").unwrap()
}

fn square(n: usize, data: &[f64]) -> Matrix {
    Matrix::from_data(n, n, data.to_vec()).unwrap()
}

fn on_matrix(m: &Matrix, f: &dyn for<'b> Fn(Var<'b>) -> Var<'b>) -> Matrix {
    square(m.rows(), &eval(&[1, m.rows(), m.rows()], m.data(), f))
}

fn random(n: usize, rng: &mut Rng) -> Matrix {
    Matrix::from_fn(n, n, |_, _| rng.normal())
}

#[test]
fn polar_factors_make_up_the_matrix() {
    let mut rng = Rng::new(1, 0);
    for n in (2..=4).cycle().take(60) {
        let g = random(n, &mut rng);
        let r = on_matrix(&g, &|g| g.polar(Part::Rotation));
        let right = on_matrix(&g, &|g| g.polar(Part::Right));
        let left = on_matrix(&g, &|g| g.polar(Part::Left));
        assert!((&r.transpose() * &r).max_difference(&Matrix::identity(n)) < 1e-14);
        assert!((&r * &right).max_difference(&g) < 1e-13 && (&left * &r).max_difference(&g) < 1e-13);
        assert_eq!((right.transpose(), left.transpose()), (right.clone(), left.clone()));
        let values = eval(&[1, n, n], right.data(), &|p| p.sym_eigen());
        assert!(values[0] > 0.0, "P is positive: {values:?}");
        assert_eq!(r.determinant() > 0.0, g.determinant() > 0.0);
    }
}

#[test]
fn eigenvectors_diagonalise_in_order() {
    let mut rng = Rng::new(2, 0);
    for n in (2..=5).cycle().take(60) {
        let m = random(n, &mut rng);
        let s = (&m + &m.transpose()).scaled(0.5);
        let y = eval(&[1, n, n], m.data(), &|m| m.sym_eigen());
        let (values, v) = (&y[..n], square(n, &y[n..]));
        assert!(values.is_sorted());
        assert!((&s * &v).max_difference(&(&v * &Matrix::diagonal(values))) < 1e-13);
        assert!((&v.transpose() * &v).max_difference(&Matrix::identity(n)) < 1e-14);
        for j in 0..n {
            let largest =
                (0..n).map(|i| v[(i, j)]).fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a });
            assert!(largest > 0.0);
        }
    }
}

#[test]
fn functions_of_symmetric_matrices_undo_each_other() {
    let mut rng = Rng::new(3, 0);
    for n in (2..=4).cycle().take(30) {
        let m = random(n, &mut rng);
        let s = (&m + &m.transpose()).scaled(0.5);
        let positive = on_matrix(&s, &|s| s.sym_map(SymOp::Exp));
        assert!(positive.max_difference(&series(&s)) < 1e-11 * positive.frobenius());
        assert!(on_matrix(&positive, &|s| s.sym_map(SymOp::Ln)).max_difference(&s) < 1e-11);
        let root = on_matrix(&positive, &|s| s.sym_map(SymOp::Sqrt));
        assert!((&root * &root).max_difference(&positive) < 1e-12 * positive.frobenius());
        let inverse = on_matrix(&positive, &|s| s.sym_map(SymOp::RecipSqrt));
        assert!((&root * &inverse).max_difference(&Matrix::identity(n)) < 1e-11);
    }
}

/// e^X by its power series, of X/64, squared six times.
fn series(x: &Matrix) -> Matrix {
    let small = x.scaled(1.0 / 64.0);
    let (mut sum, mut term) = (Matrix::identity(x.rows()), Matrix::identity(x.rows()));
    for k in 1..20 {
        term = (&term * &small).scaled(1.0 / f64::from(k));
        sum = &sum + &term;
    }
    (0..6).fold(sum, |m, _| &m * &m)
}

/// X of coordinates, written out once more.
fn generator(algebra: Algebra, v: &[f64]) -> Matrix {
    let (a, b, c) = (v[0], v[1], v[2]);
    match algebra {
        Algebra::So3 => Matrix::from_rows(&[[0.0, -c, b], [c, 0.0, -a], [-b, a, 0.0]]),
        Algebra::Sl2 => Matrix::from_rows(&[[a, b - c], [b + c, -a]]),
        Algebra::Boost => {
            Matrix::from_rows(&[[0.0, a, b, c], [a, 0.0, 0.0, 0.0], [b, 0.0, 0.0, 0.0], [c, 0.0, 0.0, 0.0]])
        }
    }
}

fn exp(algebra: Algebra, v: &[f64]) -> Matrix {
    square(algebra.rows(), &eval(&[1, 3], v, &|v| v.lie_exp(algebra)))
}

fn log(algebra: Algebra, m: &Matrix) -> Vec<f64> {
    eval(&[1, m.rows(), m.rows()], m.data(), &|m| m.lie_log(algebra))
}

#[test]
fn exponentials_are_the_power_series_and_logarithms_go_back() {
    let mut rng = Rng::new(4, 0);
    for algebra in Algebra::ALL {
        for size in [1e-9, 1e-3, 0.5, 1.0, 1.7] {
            let v: Vec<f64> = (0..3).map(|_| size * (2.0 * rng.uniform() - 1.0)).collect();
            let m = exp(algebra, &v);
            assert!(m.max_difference(&series(&generator(algebra, &v))) < 1e-12, "{algebra:?} {v:?}");
            let back = log(algebra, &m);
            assert_eq!(back[3], 1.0);
            let error = v.iter().zip(&back).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(error < 1e-12, "{algebra:?} {v:?} {back:?}");
        }
    }
}

#[test]
fn logarithms_at_their_ends() {
    use std::f64::consts::PI;
    // Half turns about each axis, exactly.
    for axis in 0..3 {
        let m = Matrix::from_fn(3, 3, |i, j| {
            if i != j {
                0.0
            } else if i == axis {
                1.0
            } else {
                -1.0
            }
        });
        let v = log(Algebra::So3, &m);
        assert!((v[axis].abs() - PI).abs() < 1e-15, "{v:?}");
    }
    let near = exp(Algebra::So3, &[0.0, PI - 1e-9, 0.0]);
    assert!((log(Algebra::So3, &near)[1] - (PI - 1e-9)).abs() < 1e-14);
    assert_eq!(log(Algebra::So3, &Matrix::identity(3)), [0.0, 0.0, 0.0, 1.0]);
    // SL(2): -1 is half a turn; beyond it nothing is reached; a shear is.
    assert_eq!(log(Algebra::Sl2, &Matrix::diagonal(&[-1.0, -1.0])), [0.0, 0.0, PI, 1.0]);
    assert_eq!(log(Algebra::Sl2, &Matrix::diagonal(&[-2.0, -0.5])), [0.0; 4]);
    assert_eq!(log(Algebra::Sl2, &Matrix::from_rows(&[[-1.0, 1.0], [0.0, -1.0]])), [0.0; 4]);
    assert_eq!(log(Algebra::Sl2, &Matrix::from_rows(&[[1.0, 3.0], [0.0, 1.0]])), [0.0, 1.5, -1.5, 1.0]);
}

#[test]
fn quaternions_and_rotations() {
    let mut rng = Rng::new(5, 0);
    for _ in 0..50 {
        let q: Vec<f64> = (0..4).map(|_| rng.normal()).collect();
        let m = square(3, &eval(&[1, 4], &q, &|q| q.to_rotation()));
        // Half the angle, about the same axis.
        let (s, w) = (q[..3].iter().map(|v| v * v).sum::<f64>().sqrt(), q[3]);
        let turned: Vec<f64> = q[..3].iter().map(|v| 2.0 * s.atan2(w) / s * v).collect();
        assert!(m.max_difference(&series(&generator(Algebra::So3, &turned))) < 1e-13);
        let back = eval(&[1, 3, 3], m.data(), &|m| m.to_quaternion());
        let length = (s * s + w * w).sqrt() * w.signum();
        assert!(q.iter().zip(&back).all(|(a, b)| (a / length - b).abs() < 1e-14));
    }
    assert_eq!(eval(&[1, 4], &[0.0; 4], &|q| q.to_rotation()), Matrix::identity(3).data());
}

#[test]
fn stumpffs_functions() {
    for x in [-60.0_f64, -12.0, -1.0, -1e-9, 0.0, 1e-9, 0.3, 2.0, 9.0, 50.0] {
        for k in 0..=12_u32 {
            let got = eval(&[1], &[x], &|x| x.stumpff(k))[0];
            // The series, its largest term being below 1200 here.
            let mut term = 1.0 / (1..=k).map(f64::from).product::<f64>();
            let mut sum = term;
            for i in 1..60 {
                term *= -x / f64::from((k + 2 * i - 1) * (k + 2 * i));
                sum += term;
            }
            assert!((got - sum).abs() < 1e-12 * (1.0 + sum.abs()), "c_{k}({x}) = {got}, not {sum}");
        }
    }
    let b = Builder::new();
    b.output("y", b.input("x", &[1]).stumpff(13));
    assert!(b.finish().unwrap_err().to_string().contains("must be below 13"));
}

#[test]
fn singular_matrices_leave_no_gap() {
    for n in 2..=4 {
        let zero = Matrix::zeros(n, n);
        assert_eq!(on_matrix(&zero, &|g| g.polar(Part::Rotation)), zero);
        let ones = Matrix::from_fn(n, n, |_, _| 1.0);
        let (r, p) =
            (on_matrix(&ones, &|g| g.polar(Part::Rotation)), on_matrix(&ones, &|g| g.polar(Part::Right)));
        assert!(p.max_difference(&ones) < 1e-13 && (&r * &p).max_difference(&ones) < 1e-13);
        assert!(r.operator_norm() < 1.1, "{r:?}");
        assert!(on_matrix(&zero, &|s| s.sym_map(SymOp::Ln)).is_finite());
        assert!(on_matrix(&zero, &|s| s.sym_map(SymOp::RecipSqrt)).is_finite());
    }
}

#[test]
fn wrong_shapes_and_missing_derivatives_are_said() {
    let error = |f: &dyn for<'b> Fn(&'b Builder) -> Var<'b>| {
        let b = Builder::new();
        let y = f(&b);
        b.output("y", y);
        b.finish().unwrap_err().to_string()
    };
    assert!(error(&|b| b.input("x", &[2, 6, 6]).sym_eigen()).contains("n from 2 to 5"));
    assert!(error(&|b| b.input("x", &[2, 5, 5]).sym_map(SymOp::Exp)).contains("n from 2 to 4"));
    assert!(error(&|b| b.input("x", &[2, 2]).lie_exp(Algebra::So3)).contains("[B, 3]"));
    assert!(error(&|b| b.input("x", &[2, 2, 2]).lie_log(Algebra::So3)).contains("3 rows"));
    assert!(error(&|b| b.input("x", &[2, 3]).to_rotation()).contains("[B, 4]"));
    let no_slope = error(&|b| {
        let x = b.input("x", &[2, 3, 3]);
        b.grad(x.polar(Part::Rotation).sum_all(), &[x])[0]
    });
    assert!(no_slope.contains("gradient of small_polar"), "{no_slope}");
}
