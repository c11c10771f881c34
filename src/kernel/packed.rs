//! The WebAssembly products: blocks for the cache, panels of B, tiles in registers.
//!
//! Blocked as in Goto & van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008): a block of B becomes
//! panels of [`NR`] columns that stay in the first-level cache while the rows of A pass; A is read in place where its
//! rows are contiguous and packed where it is transposed.

use std::cell::RefCell;

use super::{
    Start, Strided,
    panels::{Row, pack_a, pack_b},
    row::{add_rows, dot_rows},
    tile::{self, Begin, MR, NR, Rows, To},
};

/// Depth of a block, at most: a panel of B is then 12.5 KB and a strip of A 9.4 KB, together inside a first-level cache
/// of 32 KB, and 784 is two blocks.
const KC: usize = 392;
/// Rows of a block of A: 96 x 392 values are 150 KB, inside a second-level cache of 256 KB.
const MC: usize = 96;

/// Below this many rows, packing B costs more than it saves.
const FEW_ROWS: usize = 4;

/// Packed blocks of A and of B.
type Panels = (Vec<f32>, Vec<Row>);

thread_local! {
    /// Kept so that a steady run of products allocates nothing.
    static PANELS: RefCell<Panels> = const { RefCell::new((Vec::new(), Vec::new())) };
}

/// The whole right-hand side, packed once for many products.
#[derive(Debug, Clone)]
pub(super) struct PackedRight {
    k: usize,
    n: usize,
    rows: Vec<Row>,
}

impl PackedRight {
    pub(super) fn new(k: usize, n: usize, b: Strided<'_>) -> Self {
        let mut rows = vec![[0.0; NR]; k * n.div_ceil(NR)];
        for (p, depth) in blocks(k, KC) {
            pack_b(b, p, depth, n, &mut rows[p * n.div_ceil(NR)..][..depth * n.div_ceil(NR)]);
        }
        Self { k, n, rows }
    }

    /// `(k, n)`.
    pub(super) fn shape(&self) -> (usize, usize) {
        (self.k, self.n)
    }

    pub(super) fn multiply(&self, m: usize, a: Strided<'_>, start: Start<'_>, c: &mut [f32]) {
        let (k, n) = (self.k, self.n);
        if k == 0 {
            return start.fill(c);
        }
        let panels = n.div_ceil(NR);
        PANELS.with_borrow_mut(|(a_panels, _)| {
            for (p, depth) in blocks(k, KC) {
                let block =
                    Block { m, n, p, depth, start: if p == 0 { start } else { Start::Held } };
                block.multiply(a, &self.rows[p * panels..][..depth * panels], a_panels, c);
            }
        });
    }
}

pub(super) fn multiply(
    m: usize,
    k: usize,
    n: usize,
    a: Strided<'_>,
    b: Strided<'_>,
    start: Start<'_>,
    c: &mut [f32],
) {
    if k == 0 || (m < FEW_ROWS && a.column == 1) {
        start.fill(c);
        for (a, c) in a.values.chunks_exact(k.max(1)).zip(c.chunks_exact_mut(n.max(1))) {
            if b.column == 1 { add_rows(a, b.values, c) } else { dot_rows(a, b.values, c) }
        }
        return;
    }
    PANELS.with_borrow_mut(|(a_panels, b_panels)| {
        for (p, depth) in blocks(k, KC) {
            let count = depth * n.div_ceil(NR);
            if b_panels.len() < count {
                b_panels.resize(count, [0.0; NR]);
            }
            let panels = &mut b_panels[..count];
            pack_b(b, p, depth, n, panels);
            let block = Block { m, n, p, depth, start: if p == 0 { start } else { Start::Held } };
            block.multiply(a, panels, a_panels, c);
        }
    });
}

/// `0..whole` in equal parts of at most `most`: `(first, length)`.
fn blocks(whole: usize, most: usize) -> impl Iterator<Item = (usize, usize)> {
    let length = whole.div_ceil(whole.div_ceil(most).max(1));
    (0..whole).step_by(length.max(1)).map(move |first| (first, length.min(whole - first)))
}

/// Columns `p..p + depth` of A by the same rows of B.
struct Block<'a> {
    m: usize,
    n: usize,
    p: usize,
    depth: usize,
    start: Start<'a>,
}

impl Block<'_> {
    fn multiply(&self, a: Strided<'_>, panels: &[Row], a_panels: &mut Vec<f32>, c: &mut [f32]) {
        let Self { m, n, p, depth, start } = *self;
        for (i, rows) in blocks(m, MC + MC / 2) {
            let is_packed = a.column != 1;
            if is_packed {
                if a_panels.len() < rows * depth {
                    a_panels.resize(rows * depth, 0.0);
                }
                pack_a(a, i, rows, p, depth, a_panels);
            }
            for (panel, j) in panels.chunks_exact(depth).zip((0..n).step_by(NR)) {
                let mut r = 0;
                while r < rows {
                    let height = tile::height(rows - r);
                    let strip = if is_packed {
                        Strip { values: &a_panels[r * depth..], row: 1, column: height }
                    } else {
                        Strip { values: &a.values[(i + r) * a.row + p..], row: a.row, column: 1 }
                    };
                    let corner = (i + r) * n + j;
                    if n - j >= NR {
                        let from = match start {
                            Start::Zero => (&[0.0; NR][..], 0),
                            Start::Bias(bias) => (&bias[j..], 0),
                            Start::Held => (&[][..], n),
                        };
                        strip.multiply(height, panel, from, &mut c[corner..], n);
                    } else {
                        strip.multiply_edge(height, panel, start, (corner, n, n - j), c);
                    }
                    r += height;
                }
            }
        }
    }
}

/// The rows of A that one tile reads: value `(r, q)` at `r * row + q * column`.
struct Strip<'a> {
    values: &'a [f32],
    row: usize,
    column: usize,
}

impl Strip<'_> {
    /// A whole tile; `from` is where its sums begin and the stride there, or an empty slice for C itself.
    #[inline(always)]
    #[allow(unsafe_code)]
    fn multiply(
        &self,
        height: usize,
        panel: &[Row],
        from: (&[f32], usize),
        c: &mut [f32],
        n: usize,
    ) {
        let depth = panel.len();
        let last = (height - 1) * self.row + (depth - 1) * self.column;
        debug_assert!(last < self.values.len(), "A: {last} of {}", self.values.len());
        debug_assert!((height - 1) * n + NR <= c.len(), "C: {height} rows of {}", c.len());
        debug_assert!(from.1 > 0 || from.0.len() >= NR, "start: {} values", from.0.len());
        debug_assert!((1..=MR).contains(&height), "{height} rows");
        let at = c.as_mut_ptr();
        let start = if from.1 > 0 { at.cast_const() } else { from.0.as_ptr() };
        // SAFETY: A's furthest value is `last < values.len()`; the panel has `depth` rows of NR; C's furthest is
        // `(height - 1) * n + NR <= c.len()`; the sums begin there or, with stride 0, in `from`, which holds NR.
        unsafe {
            tile::multiply(
                height,
                depth,
                Rows { at: self.values.as_ptr(), row: self.row, column: self.column },
                panel.as_ptr().cast(),
                Begin { at: start, stride: from.1 },
                To { at, stride: n },
            );
        }
    }

    /// A tile that hangs over the right edge of C: only its `width` columns are read and written.
    fn multiply_edge(
        &self,
        height: usize,
        panel: &[Row],
        start: Start<'_>,
        (corner, n, width): (usize, usize, usize),
        c: &mut [f32],
    ) {
        let mut whole = [0.0; MR * NR];
        let rows = || (corner..).step_by(n).take(height);
        for (tile, at) in whole.chunks_exact_mut(NR).zip(rows()) {
            match start {
                Start::Zero => {}
                Start::Bias(bias) => tile[..width].copy_from_slice(&bias[n - width..]),
                Start::Held => tile[..width].copy_from_slice(&c[at..][..width]),
            }
        }
        self.multiply(height, panel, (&[], NR), &mut whole, NR);
        for (tile, at) in whole.chunks_exact(NR).zip(rows()) {
            c[at..][..width].copy_from_slice(&tile[..width]);
        }
    }
}
