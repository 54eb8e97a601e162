//! Whether the loops that training on the CPU lives on are made of vectors in a bundle.
//!
//! A loop becomes vectors in link-time optimisation, by the level of the program's crate; at any level but 3 the same
//! source gives scalar code, right to the last bit and five times slower, which no test of results sees. So the
//! instructions are counted, in the functions of `lanes` that are known by name before the bundle is optimised.

use crate::shell::Outcome;
use crate::wasm;

/// Arithmetic on four numbers of single precision at once, as `0xFD` and a number in LEB128: additions,
/// multiplications, and both in one where a bundle may use that.
const VECTORS: [[u8; 3]; 3] = [[0xfd, 0xe4, 0x01], [0xfd, 0xe6, 0x01], [0xfd, 0x85, 0x02]];

/// Loops that have to be made of vectors.
struct Loops {
    /// What they are.
    about: &'static str,
    /// How the paths of their functions begin.
    path: &'static str,
    /// How many of [`VECTORS`] there are at least, about half of what there are. One tile of a product has eight
    /// vectors of sums: sixteen.
    least: usize,
}

const LOOPS: [Loops; 2] = [
    Loops { about: "products of matrices", path: "lanes::gemm::", least: 40 },
    Loops { about: "elementwise functions", path: "<f32 as lanes::Lanes>::map", least: 150 },
];

/// An error that names the loops which are scalar, or gone.
pub fn check(module: &[u8]) -> Outcome {
    let functions = wasm::functions(module)?;
    for Loops { about, path, least } in LOOPS {
        let bodies = functions.iter().filter(|(name, _)| name.starts_with(path)).map(|(_, body)| *body);
        let (mut known, mut found) = (0, 0);
        bodies.for_each(|body| (known, found) = (known + 1, found + vectors(body)));
        if known == 0 {
            return Err(format!(
                "no function of the bundle begins with {path}: {about} have another name now, or were compiled into \
                 their callers, which are compiled for size"
            ));
        }
        if found < least {
            return Err(format!(
                "{about} are not made of vectors in the bundle: {path}… has {found} instructions on four numbers at \
                 once, and {least} at least are wanted. Link-time optimisation has to run at level 3 (src/bundle.rs)"
            ));
        }
        println!("{about}: {found} instructions on four numbers at once");
    }
    Ok(())
}

/// How many of [`VECTORS`] a function has. Its bytes are not taken apart: that three of them come like this by chance,
/// in a constant or an address, is one in millions.
fn vectors(body: &[u8]) -> usize {
    body.windows(3).filter(|bytes| VECTORS.iter().any(|vector| vector == bytes)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wasm::tests::module;

    const PRODUCT: &str = "_ZN5lanes4gemm6narrow17h0123456789abcdefE";
    const MAP: &str = "_ZN36_$LT$f32$u20$as$u20$lanes..Lanes$GT$3map17h0123456789abcdefE";

    /// A body with so many vector instructions, between scalar ones.
    fn body(vectors: usize) -> Vec<u8> {
        let scalar = [0x20, 0x00, 0x20, 0x01, 0x94];
        let mut body = vec![0];
        (0..vectors).for_each(|i| body.extend([&scalar[..], &VECTORS[i % 3]].concat()));
        body.extend(scalar.repeat(500));
        body.push(0x0b);
        body
    }

    #[test]
    fn loops_of_vectors_pass_and_scalar_ones_are_named() {
        let bundle = |product, map| module(&[(PRODUCT, &body(product)), (MAP, &body(map))]);
        assert_eq!(check(&bundle(84, 346)), Ok(()));
        let said = check(&bundle(0, 346)).unwrap_err();
        assert!(said.starts_with("products of matrices are not made of vectors"), "{said}");
        assert!(said.contains("has 0 instructions"), "{said}");
        let said = check(&bundle(84, 149)).unwrap_err();
        assert!(said.starts_with("elementwise functions") && said.contains("has 149"), "{said}");
    }

    #[test]
    fn vectors_of_another_function_do_not_count() {
        let other = "_ZN5vello4fine17h0123456789abcdefE";
        let said = check(&module(&[(other, &body(500)), (MAP, &body(346))])).unwrap_err();
        assert!(said.starts_with("no function of the bundle begins with lanes::gemm::"), "{said}");
        assert!(check(b"no module").is_err());
    }
}
