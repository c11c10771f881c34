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
    tile::{self, NR, TALL, Tile},
};

// Measured in Chromium on a Xeon with 48 KB and 2 MB of cache, November 2026, as shares of the peak of relaxed_madd.

/// Depth of a block, at most. 784 (a panel of 25 KB, a strip of A of 19 KB) was 2 to 5 % faster on 128x784x400 than 392,
/// which reads C twice as often, and no slower on cubes.
const KC: usize = 784;
/// The same where A is transposed and packed too: all of it has to fit beside the panels. 784 was 4 % slower.
const KC_TRANSPOSED: usize = 392;
/// Values of B that are packed at a time: 128 KB, so that the buffer never leaves the second-level cache. All of B at
/// once was 5 % slower.
const B_BLOCK: usize = 32 * 1024;
/// Values of A that pass each panel: 256 KB.
const A_BLOCK: usize = 64 * 1024;

/// Up to this many columns, packing a transposed A costs more than it saves.
const FEW_COLUMNS: usize = 32;

/// Below this many rows, packing B costs more than it saves.
const FEW_ROWS: usize = 4;

/// Packed blocks of A and of B.
type Buffers = (Vec<f32>, Vec<Row>);

thread_local! {
    /// Kept so that a steady run of products allocates nothing.
    static PANELS: RefCell<Buffers> = const { RefCell::new((Vec::new(), Vec::new())) };
}

/// The whole right-hand side, packed once for many products.
#[derive(Debug, Clone, Default)]
pub(super) struct PackedRight {
    k: usize,
    n: usize,
    rows: Vec<Row>,
}

impl PackedRight {
    pub(super) fn pack(&mut self, k: usize, n: usize, b: Strided<'_>) {
        (self.k, self.n) = (k, n);
        let panels = n.div_ceil(NR);
        self.rows.resize(k * panels, [0.0; NR]);
        if n == 0 {
            return; // a block after the first would begin behind B
        }
        for (p, depth) in blocks(k, depth(k, KC)) {
            pack_b(b, (p, depth), (0, n), &mut self.rows[p * panels..][..depth * panels]);
        }
    }

    /// `(k, n)`.
    pub(super) fn shape(&self) -> (usize, usize) {
        (self.k, self.n)
    }

    pub(super) fn multiply(&self, m: usize, a: Strided<'_>, start: Start<'_>, c: &mut [f32]) {
        by_blocks(m, self.k, self.n, a, Right::Packed(&self.rows), start, c);
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
    if m < FEW_ROWS && a.column == 1 && k > 0 {
        start.fill(c);
        for (a, c) in a.values.chunks_exact(k).zip(c.chunks_exact_mut(n.max(1))) {
            if b.column == 1 { add_rows(a, b.values, c) } else { dot_rows(a, b.values, c) }
        }
    } else {
        by_blocks(m, k, n, a, Right::Loose(b), start, c);
    }
}

/// The right-hand side: yet to be packed, or packed before.
enum Right<'a> {
    Loose(Strided<'a>),
    Packed(&'a [Row]),
}

fn by_blocks(
    m: usize,
    k: usize,
    n: usize,
    a: Strided<'_>,
    b: Right<'_>,
    start: Start<'_>,
    c: &mut [f32],
) {
    if k == 0 || m == 0 || n == 0 {
        return start.fill(c);
    }
    let tile = tile::current();
    PANELS.with_borrow_mut(|(a_panels, b_panels)| {
        let is_in_place = a.column == 1 || n <= FEW_COLUMNS;
        for (p, depth) in blocks(k, depth(k, if is_in_place { KC } else { KC_TRANSPOSED })) {
            let left = if is_in_place {
                Left::InPlace(Strided { values: &a.values[p * a.column..], ..a })
            } else {
                Left::Packed(pack_a(a, m, tile.rows(), (p, depth), grown(a_panels, m * depth, 0.0)))
            };
            let start = if p == 0 { start } else { Start::Held };
            for (j, width) in blocks(n, (B_BLOCK / depth).max(2 * NR) / tile.width() * tile.width())
            {
                let count = depth * width.div_ceil(NR);
                let block = Block { tile, m, n, depth, j, start };
                match b {
                    Right::Loose(b) => {
                        let panels = grown(b_panels, count, [0.0; NR]);
                        pack_b(b, (p, depth), (j, width), panels);
                        block.multiply(&left, panels, c);
                    }
                    Right::Packed(rows) => {
                        let panels = &rows[p * n.div_ceil(NR) + j / NR * depth..][..count];
                        block.multiply(&left, panels, c);
                    }
                }
            }
        }
    });
}

/// The first `count` values of a buffer that only grows.
fn grown<T: Copy>(buffer: &mut Vec<T>, count: usize, value: T) -> &mut [T] {
    if buffer.len() < count {
        buffer.resize(count, value);
    }
    &mut buffer[..count]
}

/// The depth of k's blocks, at most `most`: as equal as they can be.
fn depth(k: usize, most: usize) -> usize {
    k.div_ceil(k.div_ceil(most).max(1)).max(1)
}

/// `0..whole` in parts of `most` or less: `(first, length)`.
fn blocks(whole: usize, most: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..whole).step_by(most).map(move |first| (first, most.min(whole - first)))
}

/// The left-hand side over one block's depth.
enum Left<'a> {
    /// Where it was given.
    InPlace(Strided<'a>),
    /// As [`pack_a`] leaves it.
    Packed(&'a [f32]),
}

impl<'a> Left<'a> {
    /// `count` strips of `height` rows, from row `r` on.
    fn strips(&self, r: usize, height: usize, count: usize, depth: usize) -> Strips<'a> {
        match *self {
            Left::InPlace(Strided { values, row, column }) => Strips {
                values: &values[r * row..],
                height,
                count,
                row,
                column,
                next: height * row,
            },
            Left::Packed(values) => {
                let values = &values[r * depth..];
                Strips { values, height, count, row: 1, column: height, next: height * depth }
            }
        }
    }
}

/// Some panels of B against all rows of A.
struct Block<'a> {
    tile: Tile,
    m: usize,
    n: usize,
    depth: usize,
    /// The first panel's first column.
    j: usize,
    start: Start<'a>,
}

impl Block<'_> {
    fn multiply(&self, left: &Left<'_>, panels: &[Row], c: &mut [f32]) {
        let Self { tile, m, n, depth, j, start } = *self;
        let rows = tile.rows();
        let most = (A_BLOCK / depth).max(4 * rows) / rows * rows;
        let width = tile.width();
        let mut first = 0;
        while first < m {
            // The last block takes what would be too little for a block of its own.
            let end = if m - first < 2 * most { m } else { first + most };
            for (panels, j) in panels.chunks(width / NR * depth).zip((j..n).step_by(width)) {
                let left_over = (n - j).min(panels.len() / depth * NR);
                let mut r = first;
                while r < end {
                    let height = tile::height(m - r, rows);
                    // What hangs over C's edge goes through a copy, tile by tile.
                    let is_whole =
                        left_over.is_multiple_of(NR) || tile::is_built(height, left_over);
                    let most = if is_whole { (end - r) / height } else { 1 };
                    let strips = left.strips(r, height, tile::count(m - r, rows).min(most), depth);
                    if tile::is_built(height, left_over) {
                        strips.multiply(panels, left_over, start.at(j), &mut c[r * n + j..], n);
                    } else {
                        self.by_panel(&strips, (r, j), panels, c);
                    }
                    r += strips.count * height;
                }
            }
            first = end;
        }
    }

    /// One panel after the other: what no tile of this kind's full size can take.
    fn by_panel(&self, strips: &Strips<'_>, (r, j): (usize, usize), panels: &[Row], c: &mut [f32]) {
        let Self { n, depth, start, .. } = *self;
        for (panel, j) in panels.chunks_exact(depth).zip((j..n).step_by(NR)) {
            if n - j >= NR {
                strips.multiply(panel, NR, start.at(j), &mut c[r * n + j..], n);
            } else {
                strips.multiply_edge(panel, start, (r * n + j, n, n - j), c);
            }
        }
    }
}

/// The rows of A that some tiles read, one strip of `height` rows after the other: value `(r, q)` of a strip at
/// `r * row + q * column`, the next strip `next` further. Only the highest strips come in numbers.
struct Strips<'a> {
    values: &'a [f32],
    height: usize,
    count: usize,
    row: usize,
    column: usize,
    next: usize,
}

impl Strips<'_> {
    /// Whole tiles of `width` columns; `start` is where every row's sums begin, or `None` for C itself.
    #[inline(never)]
    #[allow(unsafe_code)]
    fn multiply(
        &self,
        panels: &[Row],
        width: usize,
        start: Option<&[f32]>,
        c: &mut [f32],
        n: usize,
    ) {
        let Self { values, height, count, row, column, next } = *self;
        let depth = panels.len() / width.div_ceil(NR);
        let last = (count - 1) * next + (height - 1) * row + (depth - 1) * column;
        debug_assert!(last < values.len(), "A: {last} of {}", values.len());
        debug_assert!(
            (height * count - 1) * n + width <= c.len(),
            "C: {count} times {height} rows"
        );
        debug_assert!(start.is_none_or(|start| start.len() >= width), "too short a start");
        debug_assert!(tile::is_built(height, width), "{height} rows, {width} columns");
        let c = c.as_mut_ptr();
        let (start, start_row) = start.map_or((c.cast_const(), n), |start| (start.as_ptr(), 0));
        let (a, panel) = (values.as_ptr(), panels.as_ptr().cast());
        // SAFETY: A's furthest value is `last < values.len()`; each panel has `depth` rows of NR; C's furthest is
        // `(height * count - 1) * n + width <= c.len()`; the sums begin there or, with stride 0, in `start`, which holds
        // `width`.
        unsafe {
            tile::multiply(
                height, width, count, depth, a, row, column, next, panel, start, start_row, c, n,
            );
        }
    }

    /// A tile that hangs over the right edge of C: only its `width` columns are read and written.
    fn multiply_edge(
        &self,
        panel: &[Row],
        start: Start<'_>,
        (corner, n, width): (usize, usize, usize),
        c: &mut [f32],
    ) {
        let mut whole = [0.0; TALL * NR];
        let rows = || (corner..).step_by(n).take(self.height);
        for (tile, at) in whole.chunks_exact_mut(NR).zip(rows()) {
            match start {
                Start::Zero => {}
                Start::Bias(bias) => tile[..width].copy_from_slice(&bias[n - width..]),
                Start::Held => tile[..width].copy_from_slice(&c[at..][..width]),
            }
        }
        self.multiply(panel, NR, None, &mut whole, NR);
        for (tile, at) in whole.chunks_exact(NR).zip(rows()) {
            c[at..][..width].copy_from_slice(&tile[..width]);
        }
    }
}
