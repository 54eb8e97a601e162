//! The same bundle for browsers that multiply and add in one instruction (WebAssembly's relaxed SIMD).
//!
//! A module that has such an instruction is refused whole by a browser that does not know it, so there are two of them, and
//! the loader takes the one that fits. They are one compilation: in the loops that training on the CPU lives on, a sum of a
//! product and something else becomes one instruction. It rounds once where the processor can do that, and else as before.

use crate::shell::Outcome;
use crate::wasm;
use std::ops::Range;
use wasmparser::{BinaryReader, FunctionBody, Operator};

/// How the paths of functions begin where that is done: products of matrices, which use such an instruction natively
/// too, and elementwise functions, whose polynomials and reductions of arguments only lose a rounding by it.
const PATHS: [&str; 3] = ["lanes::gemm::", "lanes::little::", "<f32 as lanes::Lanes>::map"];

/// `f32x4.relaxed_madd`: a·b + c of a, b, c.
const MADD: [u8; 3] = [0xfd, 0x85, 0x02];
/// `f32x4.relaxed_nmadd`: −a·b + c of a, b, c.
const NMADD: [u8; 3] = [0xfd, 0x86, 0x02];

/// Fewer of them would mean that the compiler writes these loops in another way now; a tile of a product has eight.
const LEAST: usize = 100;

/// The module with these instructions.
pub fn contract(module: &[u8]) -> Outcome<Vec<u8>> {
    let mut found = 0;
    let mut wrong = None;
    let changed = wasm::replace(module, |name, body| {
        if !PATHS.iter().any(|path| name.starts_with(path)) {
            return None;
        }
        match function(body) {
            Ok((body, count)) => {
                found += count;
                Some(body)
            }
            Err(error) => {
                wrong = Some(format!("{name}: {error}"));
                None
            }
        }
    })?;
    if let Some(wrong) = wrong {
        return Err(format!("a function of the WASM module is not understood: {wrong}"));
    }
    if found < LEAST {
        return Err(format!(
            "{found} products and sums of the bundle became one instruction, {LEAST} at least are wanted"
        ));
    }
    println!("{found} products and sums in one instruction where a browser has it");
    Ok(changed)
}

/// One instruction of a function.
struct Step<'a> {
    operator: Operator<'a>,
    bytes: Range<usize>,
}

/// A value on the stack: the instructions that made it, without a gap.
type Made = Range<usize>;

/// The body of a function with its products and sums in one, and how many there are.
fn function(body: &[u8]) -> Result<(Vec<u8>, usize), wasmparser::BinaryReaderError> {
    let mut reader = FunctionBody::new(BinaryReader::new(body, 0)).get_operators_reader()?;
    let start = reader.original_position();
    let mut steps = Vec::new();
    while !reader.eof() {
        let begin = reader.original_position();
        let operator = reader.read()?;
        steps.push(Step { operator, bytes: begin..reader.original_position() });
    }
    let mut out: Vec<Vec<u8>> = steps.iter().map(|step| body[step.bytes.clone()].to_vec()).collect();
    let found = fuse(&steps, &mut out);
    Ok(([&body[..start], &out.concat()].concat(), found))
}

/// Goes through the instructions, follows what is on the stack as far as they are known here, and changes the bytes `out` of
/// those that make a sum with a product.
fn fuse(steps: &[Step<'_>], out: &mut [Vec<u8>]) -> usize {
    let mut found = 0;
    let mut stack: Vec<Made> = Vec::new();
    for (at, Step { operator, .. }) in steps.iter().enumerate() {
        let Some((taken, makes)) = effect(operator) else {
            // Whatever it does: what came before is not looked at any more.
            stack.clear();
            continue;
        };
        let operands = stack.split_off(stack.len().saturating_sub(taken));
        let whole = operands.len() == taken;
        if let ([left, right], true) = (&operands[..], whole) {
            found += usize::from(join(steps, out, at, left, right));
        }
        if makes {
            // With operands that are not known it is known where it ends, not where it begins.
            let first = operands.first().filter(|_| whole).map_or(at, |first| first.start);
            if !whole {
                stack.clear();
            }
            stack.push(first..at + 1);
        }
    }
    found
}

/// How many values an instruction takes from the stack, and whether it puts one there; none where that is not known here.
fn effect(operator: &Operator<'_>) -> Option<(usize, bool)> {
    use Operator as O;
    Some(match operator {
        O::LocalGet { .. } | O::I32Const { .. } | O::F32Const { .. } | O::V128Const { .. } => (0, true),
        O::LocalSet { .. } | O::Drop => (1, false),
        O::LocalTee { .. }
        | O::V128Load { .. }
        | O::V128Load32Splat { .. }
        | O::V128Load32Zero { .. }
        | O::V128Load64Zero { .. }
        | O::F32Load { .. }
        | O::I32Load { .. }
        | O::F32x4Splat
        | O::I32x4Splat
        | O::F32x4Neg
        | O::F32x4Abs
        | O::F32x4Sqrt
        | O::F32x4Nearest
        | O::F32x4Floor
        | O::F32x4ConvertI32x4S
        | O::I32x4TruncSatF32x4S => (1, true),
        O::I32Add
        | O::I32Sub
        | O::I32Mul
        | O::I32Shl
        | O::F32x4Add
        | O::F32x4Sub
        | O::F32x4Mul
        | O::F32x4Div
        | O::F32x4Min
        | O::F32x4Max
        | O::F32x4PMin
        | O::F32x4PMax
        | O::I32x4Add
        | O::I32x4Sub
        | O::I32x4Shl
        | O::V128And
        | O::V128Or
        | O::V128Xor
        | O::V128AndNot
        | O::I8x16Shuffle { .. } => (2, true),
        O::V128Bitselect => (3, true),
        _ => return None,
    })
}

/// Makes one instruction of the sum or difference `at` and the product that is one of its two operands, if it is one.
fn join(steps: &[Step<'_>], out: &mut [Vec<u8>], at: usize, left: &Made, right: &Made) -> bool {
    // A product that has become part of a sum is none any more: it is told by its bytes.
    let product = |made: &Made| {
        matches!(steps[made.end - 1].operator, Operator::F32x4Mul) && !out[made.end - 1].is_empty()
    };
    let sum = matches!(steps[at].operator, Operator::F32x4Add);
    if !sum && !matches!(steps[at].operator, Operator::F32x4Sub) {
        return false;
    }
    if sum && product(left) {
        // a, b, [product], c, sum: the factors lie below c already.
        out[left.end - 1].clear();
        out[at] = MADD.to_vec();
        return true;
    }
    if product(right) && movable(steps, left, right) {
        // c, a, b, [product], sum: c goes behind the factors.
        out[right.end - 1] = std::mem::take(&mut out[left.start]);
        out[at] = if sum { MADD } else { NMADD }.to_vec();
        return true;
    }
    false
}

/// Whether `left` is a variable or a constant that is the same after `right`.
fn movable(steps: &[Step<'_>], left: &Made, right: &Made) -> bool {
    if left.len() != 1 {
        return false;
    }
    match steps[left.start].operator {
        Operator::V128Const { .. } => true,
        Operator::LocalGet { local_index: read } => {
            let writes = |step: &Step<'_>| matches!(step.operator, Operator::LocalSet { local_index } | Operator::LocalTee { local_index } if local_index == read);
            !steps[left.end..right.end].iter().any(writes)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GET: u8 = 0x20;
    const SET: u8 = 0x21;
    const TEE: u8 = 0x22;
    const END: u8 = 0x0b;
    const ADD: [u8; 3] = [0xfd, 0xe4, 0x01];
    const SUB: [u8; 3] = [0xfd, 0xe5, 0x01];
    const MUL: [u8; 3] = [0xfd, 0xe6, 0x01];

    /// A function without locals of its own, its instructions before and after.
    fn contracted(before: &[&[u8]]) -> (Vec<u8>, usize) {
        let body = [&[0][..], &before.concat(), &[END]].concat();
        let (body, found) = function(&body).unwrap();
        (body[1..body.len() - 1].to_vec(), found)
    }

    #[test]
    fn a_product_and_a_sum_become_one() {
        let (a, b, c) = ([GET, 0], [GET, 1], [GET, 2]);
        let madd = [&a[..], &b, &c, &MADD].concat();
        assert_eq!(contracted(&[&a, &b, &MUL, &c, &ADD]), (madd.clone(), 1));
        assert_eq!(contracted(&[&c, &a, &b, &MUL, &ADD]), (madd, 1));
        assert_eq!(contracted(&[&c, &a, &b, &MUL, &SUB]), ([&a[..], &b, &c, &NMADD].concat(), 1));
        // a·b − c has no instruction.
        assert_eq!(contracted(&[&a, &b, &MUL, &c, &SUB]).1, 0);
        // Of two products one is left.
        let both = contracted(&[&a, &b, &MUL, &c, &c, &MUL, &ADD]);
        assert_eq!(both, ([&a[..], &b, &c, &c, &MUL, &MADD].concat(), 1));
        // A polynomial: (a·b + c)·b + c.
        let twice = [&a[..], &b, &c, &MADD, &b, &c, &MADD].concat();
        assert_eq!(contracted(&[&a, &b, &MUL, &c, &ADD, &b, &MUL, &c, &ADD]), (twice, 2));
    }

    #[test]
    fn what_changes_meanwhile_or_is_used_again_stays() {
        let (a, b, c) = ([GET, 0], [GET, 1], [GET, 2]);
        let unchanged = |steps: &[&[u8]]| assert_eq!(contracted(steps), (steps.concat(), 0));
        // c is written between.
        unchanged(&[&c, &a, &[TEE, 2], &b, &MUL, &ADD]);
        // The product is kept in a variable.
        unchanged(&[&a, &b, &MUL, &[TEE, 0], &c, &ADD]);
        unchanged(&[&a, &b, &MUL, &[SET, 0], &a, &c, &ADD]);
        // A block begins between: what lies below it is not looked at.
        unchanged(&[&c, &a, &b, &MUL, &[0x02, 0x40, END], &ADD]);
    }

    #[test]
    fn it_is_done_where_it_may_be() {
        let (a, c) = ([GET, 0], [GET, 1]);
        let step = [&a[..], &a, &MUL, &c, &ADD, &[SET, 1]].concat();
        let body = [&[0][..], &step.repeat(LEAST), &[END]].concat();
        let module = wasm::tests::module(&[("lanes::gemm::narrow", &body), ("maths::exact", &body)]);
        let changed = contract(&module).unwrap();
        let functions = wasm::functions(&changed).unwrap();
        assert_eq!((functions[0].1.len(), functions[1].1), (body.len() - 3 * LEAST, &body[..]));
        assert!(
            contract(&wasm::tests::module(&[("maths::exact", &body)])).unwrap_err().starts_with("0 products")
        );
        let torn = wasm::tests::module(&[("lanes::gemm::narrow", &[0, 0xfd])]);
        assert!(contract(&torn).unwrap_err().contains("lanes::gemm::narrow"));
    }
}
