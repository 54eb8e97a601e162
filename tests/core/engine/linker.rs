//! The shader linker.

use equiscope::engine::kernels::{REGISTRY, families};
use equiscope::engine::shader::{link, link_kernel};

fn find(name: &str) -> Option<&'static str> {
    match name {
        "one" => Some("import package::two::{two_a};\nfn one_a() {}\n"),
        "two" => Some("fn two_a() {}\nconst TWO_B: u32 = 1u;\n"),
        _ => None,
    }
}

#[test]
fn files_come_once_and_lines_are_found_again() {
    let text = "import package::two::{TWO_B};\nimport package::one::{one_a};\n\nfn main() {}\n";
    let linked = link("kernels/k.wgsl", text, &find).unwrap();
    assert_eq!(linked.text.matches("fn two_a").count(), 1);
    let line = linked.text.lines().position(|l| l == "fn main() {}").unwrap() + 1;
    assert_eq!(linked.locate(line), "kernels/k.wgsl:4");
    assert_eq!(linked.locate(1), "lib/two.wgsl:1");
}

#[test]
fn mistakes_name_file_and_line() {
    let error = |text: &str| link("k.wgsl", text, &find).unwrap_err().to_string();
    assert_eq!(error("\nimport package::three::{a};"), "shader k.wgsl:2: there is no shared file \"three\"");
    assert_eq!(error("import package::two::{two};"), "shader k.wgsl:1: lib/two.wgsl does not define \"two\"");
    assert!(error("import two;").contains("an import reads"));
}

#[test]
fn every_kernel_links() {
    for kernel in REGISTRY {
        for &family in families(kernel.stem()) {
            let linked = link_kernel(*kernel, &kernel.cases()[0].attrs, family).unwrap();
            assert!(linked.text.contains("fn main("), "{}", kernel.stem());
            assert_eq!(linked.text.lines().count(), linked.lines.len());
        }
    }
}
