//! Values of operations with known results, and errors of the builder.

use std::sync::Arc;

use equiscope::engine::exec::{CpuExecutor, Executor};
use equiscope::engine::graph::{Builder, Init, Optimiser, Var};
use equiscope::engine::plan::Plan;
use equiscope::engine::rewrite;

/// Runs a graph without inputs and gives the one output.
fn value(build: impl for<'b> Fn(&'b Builder) -> Var<'b>) -> Vec<f64> {
    let b = Builder::new();
    let y = build(&b);
    b.output("y", y);
    let plan = Arc::new(Plan::compile(&b.finish().unwrap()).unwrap());
    let mut exec = CpuExecutor::<f64>::new(plan);
    exec.run(1).unwrap();
    exec.read("y").unwrap()
}

fn ramp(b: &Builder, shape: &[usize]) -> Vec<f64> {
    let _ = b;
    (0..shape.iter().product::<usize>()).map(|i| i as f64).collect()
}

fn count<'b>(b: &'b Builder, shape: &[usize]) -> Var<'b> {
    b.constant(shape, &ramp(b, shape))
}

#[test]
fn broadcasting_aligns_the_last_dimensions() {
    let outer = value(|b| count(b, &[2, 1]) * 10.0 + count(b, &[3]));
    assert_eq!(outer, [0.0, 1.0, 2.0, 10.0, 11.0, 12.0]);
    let four = value(|b| count(b, &[2, 1, 2, 1]) * 10.0 - count(b, &[1, 2, 1, 2]));
    let expected = [0., -1., 10., 9., -2., -3., 8., 7., 20., 19., 30., 29., 18., 17., 28., 27.];
    assert_eq!(four, expected);
    assert_eq!(value(|b| 6.0 / (count(b, &[3]) + 1.0)), [6.0, 3.0, 2.0]);
}

#[test]
fn sums_and_their_transposes() {
    assert_eq!(value(|b| count(b, &[2, 3]).sum(0)), [3.0, 5.0, 7.0]);
    assert_eq!(value(|b| count(b, &[2, 3]).sum(1)), [3.0, 12.0]);
    assert_eq!(value(|b| count(b, &[2, 3]).mean()), [2.5]);
    assert_eq!(value(|b| count(b, &[2, 3, 2]).sum_to(&[3, 1])), [14.0, 22.0, 30.0]);
    assert_eq!(value(|b| count(b, &[2, 1]).expand(&[2, 2])), [0.0, 0.0, 1.0, 1.0]);
}

#[test]
fn slices_and_their_inverse() {
    assert_eq!(value(|b| count(b, &[2, 4]).slice(1, 1, 2)), [1.0, 2.0, 5.0, 6.0]);
    let joined =
        value(|b| count(b, &[2, 1]).concat(1, &[count(b, &[2, 2]) + 10.0, count(b, &[2, 1]) + 20.0]));
    assert_eq!(joined, [0.0, 10.0, 11.0, 20.0, 1.0, 12.0, 13.0, 21.0]);
}

#[test]
fn products() {
    assert_eq!(value(|b| count(b, &[2, 3]).matmul(count(b, &[3, 2]))), [10.0, 13.0, 28.0, 40.0]);
    let flat = value(|b| count(b, &[1, 2, 3]).matmul(count(b, &[3, 2])));
    assert_eq!(flat, [10.0, 13.0, 28.0, 40.0]);
    // A quarter turn: (x, y) ↦ (−y, x).
    let turned = value(|b| count(b, &[1, 2, 3]).act(b.constant(&[1, 2, 2], &[0.0, -1.0, 1.0, 0.0])));
    assert_eq!(turned, [-3.0, -4.0, -5.0, 0.0, 1.0, 2.0]);
    let interval = value(|b| {
        let x = count(b, &[1, 4, 1]);
        x.metric_dot(x, b.constant(&[4], &[1.0, -1.0, -1.0, -1.0]))
    });
    assert_eq!(interval, [-14.0]);
}

#[test]
fn functions() {
    let at = |f: for<'b> fn(Var<'b>) -> Var<'b>, x: f64| value(|b| f(b.scalar(x)))[0];
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
    near(at(|x| x.sqrt_eps(0.0), 2.25), 1.5);
    near(at(|x| x.softplus(), 0.0), 2.0_f64.ln());
    near(at(|x| x.silu(), 1.0), 1.0 / (1.0 + (-1.0_f64).exp()));
    near(at(|x| x.sigmoid(), -2.0), 1.0 / (1.0 + 2.0_f64.exp()));
    near(at(|x| x.recip(), 4.0), 0.25);
    near(at(|x| x.exp().ln(), 0.7), 0.7);
    near(at(|x| (-x).relu(), 3.0), 0.0);
    near(at(|x| x.tanh(), 0.5), 0.5_f64.tanh());
}

#[test]
fn the_first_mistake_is_reported_with_its_place() {
    let b = Builder::new();
    let x = b.input("x", &[2, 3]);
    let line = line!() + 1;
    let wrong = x.matmul(b.input("w", &[2, 3]));
    let worse = wrong + b.input("v", &[7, 7, 7]);
    b.output("y", worse.sum(9).reshape(&[100]));
    let error = b.finish().unwrap_err().to_string();
    assert!(error.starts_with("matmul: inner extents differ: [2, 3]·[2, 3]"), "{error}");
    assert!(error.contains(&format!("graph.rs:{line}:")), "{error}");
}

#[test]
fn other_mistakes() {
    let error = |build: fn(&Builder)| {
        let b = Builder::new();
        build(&b);
        b.finish().unwrap_err().to_string()
    };
    assert!(error(|b| _ = b.input("x", &[0, 2])).contains("empty dimension"));
    assert!(error(|b| _ = b.input("x", &[1; 5])).contains("rank 5"));
    let twice = error(|b| {
        b.param("p", &[1], Init::Zeros);
        b.param("p", &[1], Init::Zeros);
    });
    assert!(twice.contains("already a parameter"), "{twice}");
    assert!(error(|b| _ = b.constant(&[2], &[1.0])).contains("does not hold 1"));
    assert!(error(|b| _ = b.input("a", &[2]) + b.input("b", &[3])).contains("[2] and [3] do not broadcast"));
    assert!(error(|b| _ = b.grad(b.input("a", &[2]), &[])).contains("must have shape [1]"));
    assert!(
        error(|b| _ = b.fail("linear", "expects 4x0e".to_owned()))
            .starts_with("linear: expects 4x0e (at tests")
    );
    assert!(error(|b| _ = b.input("a", &[3]).slice(0, 2, 2)).contains("2..4 is outside of axis 0 of [3]"));
    assert!(
        error(|b| _ = b.input("a", &[3, 2]).concat(1, &[b.input("b", &[2, 2])])).contains("differ beside")
    );
    assert!(
        error(|b| b.train(&[("l", b.input("a", &[3]))], Optimiser::Sgd)).contains("loss \"l\" has shape [3]")
    );
    assert!(error(|b| _ = b.kernel("nothing", Default::default(), &[])).contains("no kernel"));
}

#[test]
fn a_graph_is_drawn_as_nodes_and_edges() {
    let b = Builder::new();
    let (x, p) = (b.input("x", &[4, 2]), b.param("w", &[2, 3], Init::Zeros));
    let y = x.matmul(p).tanh();
    b.output("y", y);
    b.train(&[("fit", y.square().sum_all())], Optimiser::Sgd);
    let graph = b.finish().unwrap();
    let drawing = graph.drawing();
    assert_eq!(drawing.nodes.len(), graph.nodes.len());
    let find = |label: &str| drawing.nodes.iter().position(|n| n.label == label).unwrap();
    let (x, w, product) = (find("x"), find("w"), find("matmul"));
    let into: Vec<_> =
        drawing.edges.iter().filter(|e| e.to == product).map(|e| (e.from, e.argument)).collect();
    assert_eq!(into, [(x, 0), (w, 1)]);
    assert_eq!((drawing.nodes[w].kind.as_str(), drawing.nodes[w].shape.as_slice()), ("param", &[2, 3][..]));
    assert!(drawing.edges.iter().all(|e| e.from < e.to));
    for name in ["y", "fit", "gradient of w"] {
        assert_eq!(drawing.nodes.iter().filter(|n| n.names.iter().any(|m| m == name)).count(), 1, "{name}");
    }
    let text = serde_json::to_string(&drawing).unwrap();
    assert_eq!(serde_json::from_str::<equiscope::engine::graph::Drawing>(&text).unwrap(), drawing);
    assert!(rewrite::rewrite(&graph).drawing().nodes.iter().any(|n| n.label.starts_with("matmul: tanh")));
}
