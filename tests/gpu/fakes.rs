//! Tests of the tests: shaders with a known fault must be caught.

use equiscope::engine::kernels::{Case, Family, Kernel, find};
use equiscope::engine::shader::{Linked, link_kernel};

use crate::bench::{faults, gpu, launch_in};

/// A kernel's shader for a case with one piece of text exchanged.
fn spoilt(stem: &str, family: Family, case: &Case, from: &str, to: &str) -> (&'static dyn Kernel, Linked) {
    let kernel = find(stem).unwrap();
    let mut linked = link_kernel(kernel, &case.attrs, family).unwrap();
    assert!(linked.text.contains(from), "{stem} has no {from:?}");
    linked.text = linked.text.replace(from, to);
    (kernel, linked)
}

fn caught(stem: &str, from: &str, to: &str, case: usize) -> Vec<String> {
    caught_in(Family::Registers, stem, from, to, case)
}

fn caught_in(family: Family, stem: &str, from: &str, to: &str, case: usize) -> Vec<String> {
    let Some((gpu, _turn)) = gpu() else { return vec!["skipped".to_owned()] };
    let case: &Case = &find(stem).unwrap().cases()[case];
    let (kernel, linked) = spoilt(stem, family, case, from, to);
    faults(gpu, kernel, &linked, case, family)
}

#[test]
fn one_element_too_few() {
    let faults = caught("copy", "lane, u.count)", "lane, u.count - 1u)", 1);
    assert_eq!(faults.len(), 1, "{faults:?}");
}

#[test]
fn one_element_too_many() {
    let faults = caught("copy", "lane, u.count)", "lane, u.count + 1u)", 1);
    assert!(
        faults.len() == 1 && (faults[0].contains("behind its end") || faults[0] == "skipped"),
        "{faults:?}"
    );
}

#[test]
fn a_neighbour_read() {
    let faults = caught("expand", "i3 * u.s3]", "min(i3 + 1u, u.n3 - 1u) * u.s3]", 2);
    assert_eq!(faults.len(), 1, "{faults:?}");
}

#[test]
fn a_constant_with_a_wrong_digit() {
    let faults = caught("optimise", "3.14159265 * fall", "3.14059265 * fall", 13);
    assert!(!faults.is_empty(), "{faults:?}");
}

#[test]
fn a_sum_over_what_was_there() {
    let faults = caught("metric_dot", "y[i] = total;", "y[i] = y[i] + total;", 1);
    assert_eq!(faults.len(), 1, "{faults:?}");
}

#[test]
fn an_angle_that_is_reduced_carelessly() {
    let faults = caught("stumpff", "n * 4.83751297e-4", "n * 4.8e-4", 0);
    assert_eq!(faults.len(), 1, "{faults:?}");
}

#[test]
fn too_few_sweeps() {
    // The last cases: matrices, and arrays where WGSL has no matrices.
    for case in [3, 4] {
        let faults = caught("sym_eigen", "sweep < 8u", "sweep < 1u", case);
        assert_eq!(faults.len(), 1, "{faults:?}");
    }
}

/// The first barrier of a shader, and the same text without it.
const BARRIER: &str = "workgroupBarrier();";

#[test]
fn a_missing_barrier_of_a_tree() {
    // Case 2 is long enough for a workgroup.
    let kernel = find("reduce_sum").unwrap();
    let long = kernel.cases().iter().position(|c| launch_in(kernel, c, Family::Registers).overrides[0] == 1);
    let faults = caught("reduce_sum", BARRIER, "", long.unwrap());
    assert!(!faults.is_empty());
}

#[test]
fn a_missing_barrier_of_tiles() {
    for (k, case) in
        find("matmul").unwrap().cases().iter().enumerate().filter(|(_, c)| c.feeds[0].shape[0] == 37)
    {
        let faults = caught_in(Family::Tiles, "matmul", BARRIER, "", k);
        assert!(!faults.is_empty(), "{case:?}");
    }
}

#[test]
fn rows_past_the_end_of_a_tile() {
    // 70 rows are eight tiles and six rows more.
    for (k, case) in
        find("matmul").unwrap().cases().iter().enumerate().filter(|(_, c)| c.feeds[0].shape == [70, 9])
    {
        for family in Family::ALL {
            let faults = caught_in(family, "matmul", "if row < u.m &&", "if row <= u.m &&", k);
            assert!(!faults.is_empty(), "{case:?}");
        }
    }
}
