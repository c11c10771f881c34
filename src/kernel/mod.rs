//! ARITHMETIC on f32 slices: matrix products and the exponentials that activations need.
//!
//! Matrices are row-major and dense. Three products cover every layer, forward and backward:
//!
//! | function | computes | used for |
//! | --- | --- | --- |
//! | [`matmul`] | `C = A B` | gradients of inputs, transposed convolution |
//! | [`matmul_nt`] | `C = A Bᵀ` | dense layers, convolution |
//! | [`matmul_tn`] | `C = Aᵀ B` | gradients of weights |
//!
//! Each begins its sums at 0, at what C holds, or at a bias: [`Start`]. Where an operand may hold many zeros, as images
//! and what a rectifier leaves do, [`matmul_nt_sparse`] and [`matmul_tn_sparse`] skip them (`sparse.rs`). Natively they are the `gemm` crate's. In
//! WebAssembly they are this room's own packed tiles (`packed.rs`), written once against a four-lane vector with three
//! implementations: see [`tier`]. This room knows no model, and is the only one that may hold `unsafe`.

#![allow(
    clippy::too_many_arguments,
    reason = "a product takes m, k, n, a, b, c and where it begins"
)]

mod adam;
mod elementwise;
pub mod functions;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[cfg_attr(
    not(any(target_arch = "wasm32", feature = "portable")),
    allow(dead_code, reason = "the products' part of the vocabulary")
)]
#[path = "lanes_scalar.rs"]
mod lanes;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[path = "lanes_simd128.rs"]
mod lanes;
pub mod losses;
#[cfg(not(any(target_arch = "wasm32", feature = "portable")))]
mod native;
#[cfg(any(target_arch = "wasm32", feature = "portable"))]
mod packed;
#[cfg(any(target_arch = "wasm32", feature = "portable"))]
mod panels;
#[cfg(any(target_arch = "wasm32", feature = "portable"))]
mod row;
mod sparse;
#[cfg(any(target_arch = "wasm32", feature = "portable"))]
mod tile;
#[cfg(any(target_arch = "wasm32", feature = "portable"))]
mod trial;

pub use adam::{AdamStep, sum_of_squares};
#[cfg(any(target_arch = "wasm32", feature = "portable"))]
pub use tile::{Tile, use_tile};
#[cfg(any(target_arch = "wasm32", feature = "portable"))]
pub use trial::faster_tile;

#[cfg(not(any(target_arch = "wasm32", feature = "portable")))]
use native as product;
#[cfg(any(target_arch = "wasm32", feature = "portable"))]
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

/// What the sums of a product begin with.
#[derive(Debug, Clone, Copy)]
pub enum Start<'a> {
    /// 0: what C holds is overwritten.
    Zero,
    /// What C holds.
    Held,
    /// One value for each column, the same in every row, `[n]`.
    Bias(&'a [f32]),
}

/// A matrix inside a slice, addressed by strides: element `(i, j)` is `values[i * row + j * column]`.
#[derive(Debug, Clone, Copy)]
struct Strided<'a> {
    values: &'a [f32],
    row: usize,
    column: usize,
}

/// A right-hand side that was packed once, for many products with it. Holds none at first, and keeps its memory when
/// another is packed. For one row [`matmul_nt`] is twice as fast: it reads B as it is.
#[derive(Debug, Clone, Default)]
pub struct Packed(product::PackedRight);

impl Packed {
    /// Packs B.
    ///
    /// # Shapes
    /// `b`: `[k, n]`; panics when it has another length.
    pub fn pack(&mut self, k: usize, n: usize, b: &[f32]) {
        assert_holds("b", b, k, n);
        self.0.pack(k, n, Strided { values: b, row: n, column: 1 });
    }

    /// Packs the transpose of B.
    ///
    /// # Shapes
    /// `b`: `[n, k]`; panics when it has another length.
    pub fn pack_transposed(&mut self, k: usize, n: usize, b: &[f32]) {
        assert_holds("b", b, n, k);
        self.0.pack(k, n, Strided { values: b, row: 1, column: k });
    }

    /// `C = start + A B`, with the B that was packed.
    ///
    /// # Shapes
    /// `a`: `[m, k]`, `c`: `[m, n]`; panics when a slice has another length.
    pub fn multiply(&self, m: usize, a: &[f32], start: Start<'_>, c: &mut [f32]) {
        let (k, n) = self.0.shape();
        assert_holds("a", a, m, k);
        assert_result(m, n, start, c);
        self.0.multiply(m, Strided { values: a, row: k, column: 1 }, start, c);
    }
}

/// `C = start + A B`.
///
/// # Shapes
/// `a`: `[m, k]`, `b`: `[k, n]`, `c`: `[m, n]`; panics when a slice has another length.
pub fn matmul(m: usize, k: usize, n: usize, a: &[f32], b: &[f32], start: Start<'_>, c: &mut [f32]) {
    assert_holds("a", a, m, k);
    assert_holds("b", b, k, n);
    assert_result(m, n, start, c);
    let a = Strided { values: a, row: k, column: 1 };
    product::multiply(m, k, n, a, Strided { values: b, row: n, column: 1 }, start, c);
}

/// `C = start + A Bᵀ`.
///
/// # Shapes
/// `a`: `[m, k]`, `b`: `[n, k]`, `c`: `[m, n]`; panics when a slice has another length.
pub fn matmul_nt(
    m: usize,
    k: usize,
    n: usize,
    a: &[f32],
    b: &[f32],
    start: Start<'_>,
    c: &mut [f32],
) {
    assert_holds("a", a, m, k);
    assert_holds("b", b, n, k);
    assert_result(m, n, start, c);
    let a = Strided { values: a, row: k, column: 1 };
    product::multiply(m, k, n, a, Strided { values: b, row: 1, column: k }, start, c);
}

/// `C = start + Aᵀ B`.
///
/// # Shapes
/// `a`: `[k, m]`, `b`: `[k, n]`, `c`: `[m, n]`; panics when a slice has another length.
pub fn matmul_tn(
    m: usize,
    k: usize,
    n: usize,
    a: &[f32],
    b: &[f32],
    start: Start<'_>,
    c: &mut [f32],
) {
    assert_holds("a", a, k, m);
    assert_holds("b", b, k, n);
    assert_result(m, n, start, c);
    let a = Strided { values: a, row: 1, column: m };
    product::multiply(m, k, n, a, Strided { values: b, row: n, column: 1 }, start, c);
}

/// `C = bias + A Bᵀ`, faster where A holds zeros. In WebAssembly they are skipped where they are many, so that 0 · ∞ and
/// 0 · NaN may be 0; finite values give the bits of [`matmul_nt`].
///
/// # Shapes
/// `a`: `[m, k]`, `b`: `[n, k]`, `bias`: `[n]`, `c`: `[m, n]`; panics when a slice has another length.
pub fn matmul_nt_sparse(
    m: usize,
    k: usize,
    n: usize,
    a: &[f32],
    b: &[f32],
    bias: &[f32],
    c: &mut [f32],
) {
    // Else the other product checks; in the page's scalar package there is no room to do so twice.
    if sparse::IS_FASTER {
        assert_holds("a", a, m, k);
        assert_holds("b", b, n, k);
        assert_result(m, n, Start::Bias(bias), c);
        if sparse::multiply_nt(m, k, n, a, b, bias, c) {
            return;
        }
    }
    matmul_nt(m, k, n, a, b, Start::Bias(bias), c);
}

/// `C = Aᵀ B`, faster where B holds zeros, which are skipped as in [`matmul_nt_sparse`].
///
/// # Shapes
/// `a`: `[k, m]`, `b`: `[k, n]`, `c`: `[m, n]`; panics when a slice has another length.
pub fn matmul_tn_sparse(m: usize, k: usize, n: usize, a: &[f32], b: &[f32], c: &mut [f32]) {
    if sparse::IS_FASTER {
        assert_holds("a", a, k, m);
        assert_holds("b", b, k, n);
        assert_result(m, n, Start::Zero, c);
        if sparse::multiply_tn(m, k, n, a, b, c) {
            return;
        }
    }
    matmul_tn(m, k, n, a, b, Start::Zero, c);
}

impl<'a> Start<'a> {
    /// Where the sums of the columns from j on begin: the same for every row, or `None` for C itself.
    #[cfg(any(target_arch = "wasm32", feature = "portable"))]
    fn at(self, j: usize) -> Option<&'a [f32]> {
        match self {
            Self::Zero => Some(&[0.0; 2 * tile::NR]),
            Self::Held => None,
            Self::Bias(bias) => Some(&bias[j..]),
        }
    }

    /// Puts the sums' beginnings into the rows of C.
    fn fill(self, c: &mut [f32]) {
        match self {
            Self::Zero => c.fill(0.0),
            Self::Held => {}
            Self::Bias(bias) => {
                c.chunks_exact_mut(bias.len().max(1)).for_each(|row| row.copy_from_slice(bias));
            }
        }
    }
}

fn assert_holds(name: &str, values: &[f32], rows: usize, columns: usize) {
    let (holds, needs) = (values.len(), rows * columns);
    assert!(holds == needs, "{name} holds {holds} values, {rows} x {columns} needs {needs}");
}

fn assert_result(m: usize, n: usize, start: Start<'_>, c: &[f32]) {
    assert_holds("c", c, m, n);
    if let Start::Bias(bias) = start {
        assert_holds("bias", bias, 1, n);
    }
}
