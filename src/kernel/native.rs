//! Native products: the `gemm` crate (AVX-512 or AVX2 with FMA where the processor has them, NEON on arm64) on the
//! threads of rayon's pool.
//!
//! A large product is cut along the longer side of C, one part for each thread; the caller multiplies as well, so that a
//! pool that is slow to wake costs nothing. The order in which an element is summed depends on `k` alone, and so neither
//! the number of threads nor their luck changes a bit of the result.

#![allow(unsafe_code, reason = "the gemm crate has no safe face, and threads share C")]

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Start, Strided};

/// Multiply-adds that are worth a thread of their own. Measured in November 2026 on two cores with AVX-512: one thread takes
/// 28 µs for so many. A product of 2^21 gained nothing from a second thread, 2^22 a quarter, 128x784x400 (38 times 2^20) 1.7x.
const WORTH_A_THREAD: usize = 1 << 21;

/// The least rows or columns of a part. Below 65 on both sides the crate divides `k` in another way, and below 257
/// elements it sums in another order: either would make the last bits depend on the number of threads.
const LEAST_SIDE: usize = 96;
const LEAST_OTHER_SIDE: usize = 4;

/// Parts begin at a multiple of this: the widest vector.
const UNIT: usize = 16;

/// Up to so many rows, `A Bᵀ` does without packing B. Measured in November 2026: from 5x as fast at 2 rows of 784x400
/// to 1.2x at 24, and no gain at 40.
const FEW_ROWS: usize = 24;

/// The most elements of C for which the crate takes its kernel of dot products, which packs nothing.
const DOT_ELEMENTS: usize = 256;

/// `C = start + A B`.
///
/// The room's face has checked that `a`, `b` and `c` hold exactly `m k`, `k n` and `m n` values, which their strides reach.
pub(super) fn multiply(
    m: usize,
    k: usize,
    n: usize,
    a: Strided<'_>,
    b: Strided<'_>,
    start: Start<'_>,
    c: &mut [f32],
) {
    let accumulates = !matches!(start, Start::Zero);
    if accumulates {
        start.fill(c);
    }
    let product = Product { m, k, n, a, b, c: Output(c.as_mut_ptr()), accumulates };
    let is_dot_products = k > 0 && a.column == 1 && b.row == 1;
    if is_dot_products && (2..=FEW_ROWS).contains(&m) {
        let width = DOT_ELEMENTS / m;
        for start in (0..n).step_by(width) {
            // SAFETY: `start + width` is cut at n, and this is the only thread.
            unsafe { product.block(0..m, start..n.min(start + width)) };
        }
        return;
    }
    let parts = product.parts(rayon::current_num_threads());
    if parts < 2 {
        // SAFETY: all of C, on the only thread.
        unsafe { product.block(0..m, 0..n) };
    } else {
        product.on_threads(parts);
    }
}

/// A right-hand side to be multiplied by often. The crate packs as it multiplies, so this keeps B as it came.
#[derive(Debug, Clone, Default)]
pub(super) struct PackedRight {
    k: usize,
    n: usize,
    values: Vec<f32>,
    row: usize,
    column: usize,
}

impl PackedRight {
    pub(super) fn pack(&mut self, k: usize, n: usize, b: Strided<'_>) {
        (self.k, self.n, self.row, self.column) = (k, n, b.row, b.column);
        self.values.clear();
        self.values.extend_from_slice(b.values);
    }

    /// `(k, n)`.
    pub(super) fn shape(&self) -> (usize, usize) {
        (self.k, self.n)
    }

    pub(super) fn multiply(&self, m: usize, a: Strided<'_>, start: Start<'_>, c: &mut [f32]) {
        let b = Strided { values: &self.values, row: self.row, column: self.column };
        multiply(m, self.k, self.n, a, b, start, c);
    }
}

/// A product and the matrix that it goes to, which several threads write at once: each a part of its own.
struct Product<'a> {
    m: usize,
    k: usize,
    n: usize,
    a: Strided<'a>,
    b: Strided<'a>,
    c: Output,
    accumulates: bool,
}

/// The first value of C.
struct Output(*mut f32);

// SAFETY: the pointer is only used by `Product::block`, whose callers on different threads name disjoint blocks.
unsafe impl Sync for Output {}

impl Product<'_> {
    /// How many parts are worth while, where there are so many threads.
    fn parts(&self, threads: usize) -> usize {
        let (long, short) = (self.m.max(self.n), self.m.min(self.n));
        if short < LEAST_OTHER_SIDE {
            return 1;
        }
        let work = self.m.saturating_mul(self.k).saturating_mul(self.n);
        threads.min(work / WORTH_A_THREAD).min(long / LEAST_SIDE)
    }

    /// Each thread takes the next part until there is none, the calling one first.
    fn on_threads(&self, parts: usize) {
        let long = self.m.max(self.n);
        let border = |part: usize| (long.div_ceil(UNIT) * part / parts * UNIT).min(long);
        let next = AtomicUsize::new(0);
        let work = || {
            loop {
                let part = next.fetch_add(1, Ordering::Relaxed);
                if part >= parts {
                    return;
                }
                let range = border(part)..border(part + 1);
                let whole = 0..self.m.min(self.n);
                let (rows, columns) =
                    if self.n >= self.m { (whole, range) } else { (range, whole) };
                // SAFETY: borders end at the longer side, and each part is taken by one thread.
                unsafe { self.block(rows, columns) };
            }
        };
        rayon::in_place_scope(|scope| {
            for _ in 1..parts {
                scope.spawn(|_| work());
            }
            work();
        });
    }

    /// The elements of C in these rows and columns.
    ///
    /// # Safety
    /// Both ranges lie within C, and no other thread is at one of their elements.
    unsafe fn block(&self, rows: Range<usize>, columns: Range<usize>) {
        let (a, b) = (self.a, self.b);
        let stride = |step: usize| step.cast_signed();
        // SAFETY: rows.end <= m and columns.end <= n, as the caller promises. So every index `i row + p column` that is read of A is below `m k`, every
        // `p row + j column` of B below `k n`, and every `i n + j` written below `m n`: the lengths, which the face has checked.
        // A block that begins beyond 0 has k > 0 and is not empty, so that its first pointers lie inside, too.
        // No other thread is at this block of C.
        unsafe {
            gemm::gemm(
                rows.len(),
                columns.len(),
                self.k,
                self.c.0.add(rows.start * self.n + columns.start),
                1,
                stride(self.n),
                self.accumulates,
                a.values.as_ptr().add(rows.start * a.row),
                stride(a.column),
                stride(a.row),
                b.values.as_ptr().add(columns.start * b.column),
                stride(b.column),
                stride(b.row),
                1.0,
                1.0,
                false,
                false,
                false,
                gemm::Parallelism::None,
            );
        }
    }
}
