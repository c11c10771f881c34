//! Native products: the `matrixmultiply` crate (AVX2 and FMA where the processor has them) through ndarray.

use ndarray::{ArrayView2, ArrayViewMut2, ShapeBuilder, linalg::general_mat_mul};

use super::Strided;

pub(super) fn multiply(
    m: usize,
    k: usize,
    n: usize,
    a: Strided<'_>,
    b: Strided<'_>,
    c: &mut [f32],
    accumulates: bool,
) {
    const FITS: &str = "the kernel's face has checked every length";
    if !accumulates {
        // general_mat_mul multiplies what it finds by 0, and 0 * NaN is NaN.
        c.fill(0.0);
    }
    if m == 0 || k == 0 || n == 0 {
        // A sum over nothing is 0; ndarray refuses strides into nothing.
        return;
    }
    let a = ArrayView2::from_shape((m, k).strides((a.row, a.column)), a.values).expect(FITS);
    let b = ArrayView2::from_shape((k, n).strides((b.row, b.column)), b.values).expect(FITS);
    let mut c = ArrayViewMut2::from_shape((m, n), c).expect(FITS);
    general_mat_mul(1.0, &a, &b, if accumulates { 1.0 } else { 0.0 }, &mut c);
}
