//! ARITHMETIC on f32 slices: matrix products and the exponentials that activations need.
//!
//! Matrices are row-major and dense. Three products cover every layer, forward and backward:
//!
//! | function | computes | used for |
//! | --- | --- | --- |
//! | [`matmul`] | `C = A B` | gradients of inputs, transposed convolution |
//! | [`matmul_nt`] | `C = A Bᵀ` | dense layers, convolution |
//! | [`matmul_tn_add`] | `C += Aᵀ B` | gradients of weights |
//!
//! Natively they are the `matrixmultiply` crate's, reached through ndarray's safe face. In WebAssembly they are
//! this room's own packed tiles (`packed.rs`), written once against a four-lane vector with three
//! implementations: see [`tier`]. This room knows no model.

mod elementwise;
#[cfg(all(target_arch = "wasm32", not(target_feature = "simd128")))]
#[path = "lanes_scalar.rs"]
mod lanes;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[path = "lanes_simd128.rs"]
mod lanes;
#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod packed;

pub use elementwise::{exp, sigmoid, softplus, tanh};

#[cfg(not(target_arch = "wasm32"))]
use native as product;
#[cfg(target_arch = "wasm32")]
use packed as product;

/// Which arithmetic this build uses: `"native"`, or in WebAssembly `"scalar"`, `"simd128"` or `"relaxed"`.
///
/// A module that holds one v128 instruction does not validate where SIMD is missing, so each tier is a build of
/// its own and the page chooses which to load.
#[must_use]
pub const fn tier() -> &'static str {
    if cfg!(not(target_arch = "wasm32")) {
        "native"
    } else if cfg!(target_feature = "relaxed-simd") {
        "relaxed"
    } else if cfg!(target_feature = "simd128") {
        "simd128"
    } else {
        "scalar"
    }
}

/// A matrix inside a slice, addressed by strides: element `(i, j)` is `values[i * row + j * column]`.
#[derive(Clone, Copy)]
struct Strided<'a> {
    values: &'a [f32],
    row: usize,
    column: usize,
}

/// `C = A B`.
///
/// # Shapes
/// `a`: `[m, k]`, `b`: `[k, n]`, `c`: `[m, n]`; panics when a slice has another length.
pub fn matmul(m: usize, k: usize, n: usize, a: &[f32], b: &[f32], c: &mut [f32]) {
    assert_lengths(m, k, n, a, b, c);
    let a = Strided { values: a, row: k, column: 1 };
    let b = Strided { values: b, row: n, column: 1 };
    product::multiply(m, k, n, a, b, c, false);
}

/// `C = A Bᵀ`.
///
/// # Shapes
/// `a`: `[m, k]`, `b`: `[n, k]`, `c`: `[m, n]`; panics when a slice has another length.
pub fn matmul_nt(m: usize, k: usize, n: usize, a: &[f32], b: &[f32], c: &mut [f32]) {
    assert_lengths(m, k, n, a, b, c);
    #[cfg(target_arch = "wasm32")]
    if m < packed::FEW_ROWS {
        return packed::few_rows_nt(k, n, a, b, c);
    }
    let a = Strided { values: a, row: k, column: 1 };
    let b = Strided { values: b, row: 1, column: k };
    product::multiply(m, k, n, a, b, c, false);
}

/// `C += Aᵀ B`.
///
/// # Shapes
/// `a`: `[k, m]`, `b`: `[k, n]`, `c`: `[m, n]`; panics when a slice has another length.
pub fn matmul_tn_add(m: usize, k: usize, n: usize, a: &[f32], b: &[f32], c: &mut [f32]) {
    assert_lengths(m, k, n, a, b, c);
    let a = Strided { values: a, row: 1, column: m };
    let b = Strided { values: b, row: n, column: 1 };
    product::multiply(m, k, n, a, b, c, true);
}

fn assert_lengths(m: usize, k: usize, n: usize, a: &[f32], b: &[f32], c: &[f32]) {
    assert!(a.len() == m * k, "a holds {} values, {m} x {k} needs {}", a.len(), m * k);
    assert!(b.len() == k * n, "b holds {} values, {k} x {n} needs {}", b.len(), k * n);
    assert!(c.len() == m * n, "c holds {} values, {m} x {n} needs {}", c.len(), m * n);
}
