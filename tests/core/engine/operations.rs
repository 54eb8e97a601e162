//! Reductions, normalisations, layout and elementwise functions on small tensors whose results are known.

use super::support::{mistake, value};
use equiscope::engine::edges::{pack, pack_index};
use equiscope::engine::graph::{Builder, Var};
use equiscope::engine::kernels::axis_map::Outside;
use equiscope::engine::kernels::extreme::Extreme;
use equiscope::engine::kernels::group_permute::GroupReduce;
use equiscope::engine::kernels::route::End;
use equiscope::engine::kernels::segment_reduce::SegmentOp;

fn row<'b>(b: &'b Builder, numbers: &[f64]) -> Var<'b> {
    b.constant(&[numbers.len()], numbers)
}

/// 0, 1, 2, … in a shape.
fn count<'b>(b: &'b Builder, shape: &[usize]) -> Var<'b> {
    b.ramp(0, 1, shape.iter().product()).reshape(shape)
}

#[track_caller]
fn near(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() < 1e-9, "{found:?}, not {expected:?}");
    }
}

#[test]
fn extremes_and_their_places() {
    let of = |axis: usize, what: Extreme| {
        value(|b| b.constant(&[2, 3], &[5.0, -1.0, 5.0, 2.0, 9.0, -7.0]).extreme(axis, what))
    };
    assert_eq!(of(1, Extreme::Max), [5.0, 9.0]);
    assert_eq!(of(1, Extreme::Min), [-1.0, -7.0]);
    assert_eq!(of(0, Extreme::Max), [5.0, 9.0, 5.0]);
    // The first of two fives.
    assert_eq!(of(1, Extreme::ArgMax), [0.0, 1.0]);
    assert_eq!(of(1, Extreme::ArgMin), [1.0, 2.0]);
    assert_eq!(of(0, Extreme::ArgMin), [1.0, 0.0, 1.0]);
    let slope = value(|b| {
        let x = row(b, &[1.0, 4.0, 4.0, 0.0]);
        b.grad(x.max_axis(0), &[x])[0]
    });
    assert_eq!(slope, [0.0, 1.0, 0.0, 0.0]);
    assert_eq!(value(|b| row(b, &[1.0, 3.0, 8.0]).variance(0)), [26.0 / 3.0]);
    assert_eq!(value(|b| count(b, &[2, 3]).dot(count(b, &[2, 3]), 0)), [9.0, 17.0, 29.0]);
    assert!(mistake(|b| _ = b.input("x", &[2, 3]).dot(b.input("y", &[3]), 1)).contains("differ"));
}

#[test]
fn exponentials_in_sums_do_not_overflow() {
    let three = 3.0_f64.ln();
    near(&value(|b| row(b, &[1000.0; 3]).log_sum_exp(0)), &[1000.0 + three]);
    near(&value(|b| b.constant(&[2, 2], &[-1e4, -1e4, 0.0, three]).softmax(1)), &[0.5, 0.5, 0.25, 0.75]);
    near(&value(|b| b.constant(&[2, 2], &[0.0, 7.0, three, 7.0]).softmax(0)), &[0.25, 0.5, 0.75, 0.5]);
}

#[test]
fn cross_entropy_of_weights_and_of_classes() {
    let logits = [0.0, 3.0_f64.ln(), 5.0, 5.0];
    let (likely, unlikely, even) = (-(0.75_f64.ln()), -(0.25_f64.ln()), 2.0_f64.ln());
    let weighted =
        value(|b| b.constant(&[2, 2], &logits).cross_entropy(b.constant(&[2, 2], &[0.5, 0.5, 2.0, 1.0])));
    near(&weighted, &[0.5 * (likely + unlikely), 3.0 * even]);
    let of = |classes: [f64; 2]| {
        value(|b| b.constant(&[2, 2], &logits).cross_entropy_of_classes(row(b, &classes)))
    };
    near(&of([1.0, 0.0]), &[likely, even]);
    // Rows without a class do not count, nor do their derivatives.
    near(&of([0.0, 2.0]), &[unlikely, 0.0]);
    near(&of([-1.0, 1.0]), &[0.0, even]);
    let slope = value(|b| {
        let x = b.constant(&[2, 2], &logits);
        b.grad(x.cross_entropy_of_classes(row(b, &[-1.0, 1.0])).sum_all(), &[x])[0]
    });
    near(&slope, &[0.0, 0.0, 0.5, -0.5]);
}

#[test]
fn norms_of_layers_instances_and_groups() {
    // Mean 2, variance 1; mean 6, variance 4.
    let x = [1.0, 3.0, 4.0, 8.0];
    let layers =
        value(|b| b.constant(&[2, 2], &x).layer_norm(row(b, &[2.0, 3.0]), row(b, &[0.0, 10.0]), 0.0));
    near(&layers, &[-2.0, 13.0, -2.0, 13.0]);
    let instances =
        value(|b| b.constant(&[1, 2, 2], &x).instance_norm(row(b, &[2.0, 3.0]), row(b, &[0.0, 10.0]), 0.0));
    near(&instances, &[-2.0, 2.0, 7.0, 13.0]);
    // Mean 4, variance 13/2, of both channels together.
    let s = 6.5_f64.sqrt();
    let group =
        value(|b| b.constant(&[1, 2, 2], &x).group_norm(1, row(b, &[1.0, 2.0]), row(b, &[0.0, 0.0]), 0.0));
    near(&group, &[-3.0 / s, -1.0 / s, 0.0, 8.0 / s]);
    let (p, q) = ((5.0_f64 + 4.0).sqrt(), (40.0_f64 + 4.0).sqrt());
    let rms = value(|b| b.constant(&[2, 2], &x).rms_norm(row(b, &[1.0, 2.0]), 4.0));
    near(&rms, &[1.0 / p, 6.0 / p, 4.0 / q, 16.0 / q]);
    assert!(
        mistake(|b| _ = b.input("x", &[2, 3]).group_norm(2, b.scalar(1.0), b.scalar(0.0), 0.1))
            .contains("do not divide")
    );
    let narrow =
        mistake(|b| _ = b.input("x", &[2, 3]).layer_norm(b.input("w", &[2]), b.input("b", &[2]), 0.1));
    assert!(narrow.contains("weight and bias of 3 channels"), "{narrow}");
    let apart =
        mistake(|b| _ = b.input("x", &[2, 3]).layer_norm(b.input("w", &[3]), b.input("b", &[1]), 0.1));
    assert!(apart.contains("differ in shape"), "{apart}");
}

#[test]
fn orders_of_dimensions() {
    assert_eq!(value(|b| count(b, &[2, 3]).transpose(&[1, 0])), [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
    let turned = value(|b| count(b, &[2, 1, 2, 2]).transpose(&[3, 1, 0, 2]));
    assert_eq!(turned, [0.0, 2.0, 4.0, 6.0, 1.0, 3.0, 5.0, 7.0]);
    let there_and_back =
        value(|b| count(b, &[2, 3, 4]).transpose(&[2, 0, 1]).transpose(&[1, 2, 0]) - count(b, &[2, 3, 4]));
    assert!(there_and_back.iter().all(|&v| v == 0.0));
    assert!(mistake(|b| _ = b.input("x", &[2, 3]).transpose(&[1, 1])).contains("no order"));
    assert!(mistake(|b| _ = b.input("x", &[2, 3]).transpose(&[0])).contains("no order"));
}

#[test]
fn joints_of_more_tensors_than_one_launch_takes() {
    let joined = value(|b| {
        let parts: Vec<Var<'_>> = (0..8).map(|i| count(b, &[2, 1 + i % 2]) + 10.0 * i as f64).collect();
        parts[0].concat(1, &parts[1..])
    });
    let first = [0.0, 10.0, 11.0, 20.0, 30.0, 31.0, 40.0, 50.0, 51.0, 60.0, 70.0, 71.0];
    let second = [1.0, 12.0, 13.0, 21.0, 32.0, 33.0, 41.0, 52.0, 53.0, 61.0, 72.0, 73.0];
    assert_eq!(joined, [first, second].concat());
}

#[test]
fn rows_by_index_and_back() {
    fn x(b: &Builder) -> Var<'_> {
        count(b, &[3, 2])
    }
    let index = [2.0, 0.0, 3.0, -1.0, 2.0];
    assert_eq!(
        value(|b| x(b).gather_rows(row(b, &index), false)),
        [4.0, 5.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 4.0, 5.0]
    );
    assert_eq!(value(|b| x(b).embedding(count(b, &[2, 1]))), [0.0, 1.0, 2.0, 3.0]);
    assert_eq!(value(|b| count(b, &[5, 1]).scatter(row(b, &index), 3, false)), [1.0, 0.0, 4.0]);
    let ascending = [-1.0, 0.0, 0.0, 2.0, 3.0];
    assert_eq!(value(|b| count(b, &[5, 1]).scatter(row(b, &ascending), 3, true)), [3.0, 0.0, 3.0]);
    let slope = value(|b| {
        let table = x(b);
        b.grad(table.embedding(row(b, &[1.0, 1.0, 0.0])).sum_all(), &[table])[0]
    });
    assert_eq!(slope, [1.0, 1.0, 2.0, 2.0, 0.0, 0.0]);
    assert!(
        mistake(|b| _ = b.input("x", &[4, 2]).scatter(b.input("i", &[3]), 2, false))
            .contains("must have shape [4]")
    );
}

#[test]
fn rows_along_edges() {
    /// Three edges in four places; by target 1 from 0, 1 from 3, and 2 from 0.
    fn edges(b: &Builder) -> Var<'_> {
        let packed = pack(&[(1, 0), (2, 0), (1, 3)], 3, 4, 4).unwrap();
        row(b, &packed.into_iter().map(f64::from).collect::<Vec<_>>())
    }
    let gather = |end, nodes| value(|b| (count(b, &[nodes, 1]) + 1.0).gather_along(edges(b), end, 4));
    assert_eq!(gather(End::Target, 3), [2.0, 2.0, 3.0, 0.0]);
    assert_eq!(gather(End::Source, 4), [1.0, 4.0, 1.0, 0.0]);
    let scatter = |end, nodes| value(|b| (count(b, &[4, 1]) + 1.0).scatter_along(edges(b), end, nodes));
    assert_eq!(scatter(End::Target, 3), [0.0, 3.0, 3.0]);
    assert_eq!(scatter(End::Source, 4), [4.0, 0.0, 0.0, 2.0]);
    let many = mistake(|b| _ = b.input("x", &[9, 1]).gather_along(edges(b), End::Target, 4));
    assert!(many.contains("21 numbers are not edges between 9 rows and 4"), "{many}");
}

#[test]
fn a_packed_index_takes_and_adds_up_the_same_rows() {
    let index = [2, 0, 2, 1, 0, 2];
    let places = index.map(|i| i as f64);
    let packed: Vec<f64> = pack_index(&index, 4).unwrap().into_iter().map(f64::from).collect();
    let slope = |along: bool| {
        value(|b| {
            let table = count(b, &[4, 2]) * 0.5;
            let rows = match along {
                true => table.gather_along(row(b, &packed), End::Source, 6),
                false => table.gather_rows(row(b, &places), false),
            };
            b.grad((rows * rows * count(b, &[6, 2])).sum_all(), &[table])[0]
        })
    };
    assert_eq!(slope(true), slope(false));
    let sums = value(|b| count(b, &[6, 1]).scatter_along(row(b, &packed), End::Source, 4));
    assert_eq!(sums, value(|b| count(b, &[6, 1]).scatter(row(b, &places), 4, false)));
    assert_eq!(sums, [5.0, 3.0, 7.0, 0.0]);
    assert!(pack_index(&[4], 4).unwrap_err().contains("(0, 4)"));
}

#[test]
fn segments() {
    // Rows 1 and 2, none, rows 3 to 5; rows 0 and 6 belong to no segment.
    let offsets = [1.0, 3.0, 3.0, 6.0];
    let of = |op| value(|b| row(b, &[9.0, 1.0, 4.0, -3.0, -1.0, -2.0, 9.0]).segment(row(b, &offsets), op));
    assert_eq!(of(SegmentOp::Sum), [5.0, 0.0, -6.0]);
    assert_eq!(of(SegmentOp::Mean), [2.5, 0.0, -2.0]);
    assert_eq!(of(SegmentOp::Max), [4.0, 0.0, -1.0]);
    assert_eq!(of(SegmentOp::ArgMax), [2.0, -1.0, 4.0]);
    let spread = |mean| value(|b| row(b, &[1.0, 2.0, 3.0]).segment_spread(row(b, &offsets), 7, mean));
    assert_eq!(spread(false), [0.0, 1.0, 1.0, 3.0, 3.0, 3.0, 0.0]);
    assert_eq!(spread(true), [0.0, 0.5, 0.5, 1.0, 1.0, 1.0, 0.0]);
    let three = 3.0_f64.ln();
    let softmax =
        value(|b| row(b, &[9.0, 0.0, three, 500.0, 500.0, 500.0, 9.0]).segment_softmax(row(b, &offsets)));
    let third = 1.0 / 3.0;
    near(&softmax, &[0.0, 0.25, 0.75, third, third, third, 0.0]);
}

#[test]
fn groups_permute_and_reduce() {
    fn table(b: &Builder) -> Var<'_> {
        b.constant(&[2, 3], &[0.0, 1.0, 2.0, 1.0, 2.0, 0.0])
    }
    fn inverse(b: &Builder) -> Var<'_> {
        b.constant(&[2, 3], &[0.0, 1.0, 2.0, 2.0, 0.0, 1.0])
    }
    let of = |reduce| {
        value(|b| b.constant(&[1, 3, 1], &[1.0, 5.0, 2.0]).group_permute(table(b), inverse(b), reduce))
    };
    assert_eq!(of(GroupReduce::Keep), [1.0, 5.0, 2.0, 5.0, 2.0, 1.0]);
    assert_eq!(of(GroupReduce::Sum), [6.0, 7.0, 3.0]);
    assert_eq!(of(GroupReduce::Mean), [3.0, 3.5, 1.5]);
    assert_eq!(of(GroupReduce::Max), [5.0, 5.0, 2.0]);
    let folded = value(|b| count(b, &[1, 2, 3, 1]).group_fold(table(b), inverse(b)));
    assert_eq!(folded, [5.0, 4.0, 6.0]);
    assert!(
        mistake(|b| _ = b.input("x", &[1, 4, 1]).group_permute(table(b), inverse(b), GroupReduce::Sum))
            .contains("do not permute 4 places")
    );
}

#[test]
fn places_along_an_axis() {
    let three = |f: for<'b> fn(Var<'b>) -> Var<'b>| value(|b| f(row(b, &[1.0, 2.0, 3.0])));
    assert_eq!(three(|x| x.flip(0)), [3.0, 2.0, 1.0]);
    assert_eq!(three(|x| x.roll(0, 1)), [3.0, 1.0, 2.0]);
    assert_eq!(three(|x| x.roll(0, -4)), [2.0, 3.0, 1.0]);
    assert_eq!(three(|x| x.repeat(0, 2)), [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]);
    assert_eq!(three(|x| x.strided(0, 0, 2, 2)), [1.0, 3.0]);
    assert_eq!(three(|x| x.strided(0, 2, -1, 4)), [3.0, 2.0, 1.0, 0.0]);
    assert_eq!(three(|x| x.pad(0, 1, 2, Outside::Zero)), [0.0, 1.0, 2.0, 3.0, 0.0, 0.0]);
    assert_eq!(three(|x| x.pad(0, 1, 2, Outside::Edge)), [1.0, 1.0, 2.0, 3.0, 3.0, 3.0]);
    assert_eq!(three(|x| x.pad(0, 4, 1, Outside::Wrap)), [3.0, 1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0]);
    assert_eq!(three(|x| x.pad(0, 3, 3, Outside::Reflect)), [2.0, 3.0, 2.0, 1.0, 2.0, 3.0, 2.0, 1.0, 2.0]);
    assert_eq!(value(|b| count(b, &[2, 2]).flip(0)), [2.0, 3.0, 0.0, 1.0]);
    assert!(mistake(|b| _ = b.input("x", &[3]).strided(0, 0, 0, 2)).contains("step of 0"));
}

#[test]
fn functions_of_one_and_two_arguments() {
    let at = |f: for<'b> fn(Var<'b>) -> Var<'b>, x: f64| value(|b| f(row(b, &[x])))[0];
    let is = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    is(at(|x| x.sin(), 2.0), 2.0_f64.sin());
    is(at(|x| x.cos(), -9.0), 9.0_f64.cos());
    is(at(|x| x.abs(), -2.5), 2.5);
    is(at(|x| x.sign(), -2.5), -1.0);
    is(at(|x| x.sign(), 0.0), 0.0);
    is(at(|x| x.powf(1.5), 4.0), 8.0);
    is(at(|x| x.rsqrt_eps(1.0), 3.0), 0.5);
    is(at(|x| x.swish(1.75), 1.0), 1.0 / (1.0 + (-1.75_f64).exp()));
    is(at(|x| x.clamp(-1.0, 1.0), 3.0), 1.0);
    is(at(|x| x.clamp(-1.0, 1.0), -3.0), -1.0);
    // x Φ(x) at 1 is 0.841345; the tanh form is known to be off by less than 5e-4.
    assert!((at(|x| x.gelu(), 1.0) - 0.841_344_746).abs() < 5e-4);
    assert!((at(|x| x.gelu(), -3.0) + 3.0 * 0.001_349_898).abs() < 5e-4);
    let two = |f: for<'b> fn(Var<'b>, Var<'b>) -> Var<'b>| {
        value(|b| f(row(b, &[1.0, 2.0, 4.0]), row(b, &[2.0, 2.0, 0.5])))
    };
    assert_eq!(two(|a, b| a.max(b)), [2.0, 2.0, 4.0]);
    assert_eq!(two(|a, b| a.min(b)), [1.0, 2.0, 0.5]);
    assert_eq!(two(|a, b| a.pow(b)), [1.0, 4.0, 2.0]);
    assert_eq!(two(|a, b| a.less(b)), [1.0, 0.0, 0.0]);
    assert_eq!(two(|a, b| a.equals(b)), [0.0, 1.0, 0.0]);
    near(
        &two(|a, b| a.atan2(-b)),
        &[1.0_f64, 2.0, 4.0].into_iter().zip([-2.0, -2.0, -0.5]).map(|(y, x)| y.atan2(x)).collect::<Vec<_>>(),
    );
    let chosen = value(|b| {
        let x = row(b, &[-1.0, 0.0, 4.0]);
        // The logarithm that is not chosen is no number.
        b.scalar(0.0).less(x).select(x.ln(), x)
    });
    near(&chosen, &[-1.0, 0.0, 4.0_f64.ln()]);
    let hot = value(|b| b.constant(&[3, 1], &[1.0, 0.0, 5.0]).one_hot(1, 2));
    assert_eq!(hot, [0.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
    assert!(mistake(|b| _ = b.input("x", &[3]).one_hot(0, 2)).contains("not of extent 1"));
}
