//! The WebAssembly products: panels packed for the cache, tiles of [`MR`] x [`NR`] held in registers.
//!
//! `C[i, j] = sum_p A[i, p] B[p, j]`, blocked as in Goto & van de Geijn, "Anatomy of High-Performance Matrix
//! Multiplication" (2008): a block of B becomes panels of `NR` columns, a block of A panels of `MR` rows, and a tile
//! of C is accumulated in registers over a block's whole depth. Packing also absorbs transposition: operands come
//! with strides.

use std::cell::RefCell;

use super::{Strided, lanes::Lanes};

/// Rows of a tile. Six rows of two vectors leave room in 16 registers for two of B and one broadcast of A.
const MR: usize = 6;
/// Columns of a tile: two vectors.
const NR: usize = 8;
/// Depth of a block: a panel of B is then 8 KB, half of a 16 KB first-level cache.
const KC: usize = 256;
/// Rows of a block of A: 96 KB, which stays in the second-level cache. A multiple of [`MR`].
const MC: usize = 96;
/// Below this many rows, packing B costs more than it saves: [`few_rows_nt`].
pub(super) const FEW_ROWS: usize = 4;

type Tile = [[Lanes; 2]; MR];
/// Blocks of A and of B.
type Panels = (Vec<[f32; MR]>, Vec<[f32; NR]>);

thread_local! {
    /// Packed blocks of A and B, kept so that a steady run of products allocates nothing.
    static PANELS: RefCell<Panels> = const { RefCell::new((Vec::new(), Vec::new())) };
}

pub(super) fn multiply(
    m: usize,
    k: usize,
    n: usize,
    a: Strided<'_>,
    b: Strided<'_>,
    c: &mut [f32],
    accumulates: bool,
) {
    if !accumulates && k == 0 {
        c.fill(0.0);
    }
    PANELS.with_borrow_mut(|(a_panels, b_panels)| {
        for p in (0..k).step_by(KC) {
            let depth = KC.min(k - p);
            let adds = accumulates || p > 0;
            pack(b_panels, n, depth, |column, q| b.values[(p + q) * b.row + column * b.column]);
            for i in (0..m).step_by(MC) {
                let rows = MC.min(m - i);
                pack(a_panels, rows, depth, |row, q| {
                    a.values[(i + row) * a.row + (p + q) * a.column]
                });
                for (panel, j) in b_panels.chunks_exact(depth).zip((0..n).step_by(NR)) {
                    for (strip, r) in a_panels.chunks_exact(depth).zip((0..rows).step_by(MR)) {
                        let corner = (i + r) * n + j;
                        let (height, width) = (MR.min(rows - r), NR.min(n - j));
                        let tile = tile(strip, panel);
                        if (height, width) == (MR, NR) {
                            store(&tile, &mut c[corner..], n, adds);
                        } else {
                            store_edge(&tile, &mut c[corner..], n, height, width, adds);
                        }
                    }
                }
            }
        }
    });
}

/// Packs `count` rows or columns of length `depth` into panels of `W` of them, the last padded with zeros.
fn pack<const W: usize>(
    panels: &mut Vec<[f32; W]>,
    count: usize,
    depth: usize,
    at: impl Fn(usize, usize) -> f32,
) {
    panels.clear();
    panels.resize(count.div_ceil(W) * depth, [0.0; W]);
    for (panel, first) in panels.chunks_exact_mut(depth).zip((0..count).step_by(W)) {
        let width = W.min(count - first);
        for (q, lane) in panel.iter_mut().enumerate() {
            for (w, value) in lane[..width].iter_mut().enumerate() {
                *value = at(first + w, q);
            }
        }
    }
}

#[inline(always)]
fn halves(values: &[f32; NR]) -> (&[f32; 4], &[f32; 4]) {
    let (halves, _) = values.as_chunks::<4>();
    (&halves[0], &halves[1])
}

#[inline(always)]
fn tile(a: &[[f32; MR]], b: &[[f32; NR]]) -> Tile {
    let mut acc = [[Lanes::splat(0.0); 2]; MR];
    for (a, b) in a.iter().zip(b) {
        let (low, high) = halves(b);
        let (low, high) = (Lanes::load(low), Lanes::load(high));
        for (acc, &a) in acc.iter_mut().zip(a) {
            let a = Lanes::splat(a);
            *acc = [a.madd(low, acc[0]), a.madd(high, acc[1])];
        }
    }
    acc
}

#[inline(always)]
fn store(tile: &Tile, c: &mut [f32], stride: usize, adds: bool) {
    for (row, tile) in c.chunks_mut(stride).zip(tile) {
        let (row, _) = row[..NR].as_chunks_mut::<4>();
        for (to, &lanes) in row.iter_mut().zip(tile) {
            let sum = if adds { lanes.add(Lanes::load(to)) } else { lanes };
            sum.store(to);
        }
    }
}

/// A tile that hangs over the right or lower edge of C: only its valid part is written.
fn store_edge(tile: &Tile, c: &mut [f32], stride: usize, height: usize, width: usize, adds: bool) {
    let mut whole = [0.0; MR * NR];
    store(tile, &mut whole, NR, false);
    for (row, tile) in c.chunks_mut(stride).zip(whole.chunks_exact(NR)).take(height) {
        for (to, &value) in row[..width].iter_mut().zip(tile) {
            *to = if adds { *to + value } else { value };
        }
    }
}

/// `C = A Bᵀ` for fewer than [`FEW_ROWS`] rows: each element is a dot product of two contiguous rows, read once.
pub(super) fn few_rows_nt(k: usize, n: usize, a: &[f32], b: &[f32], c: &mut [f32]) {
    if k == 0 || n == 0 {
        return c.fill(0.0);
    }
    for (a, c) in a.chunks_exact(k).zip(c.chunks_exact_mut(n)) {
        for (c, b) in c.iter_mut().zip(b.chunks_exact(k)) {
            *c = dot(a, b);
        }
    }
}

/// Four vectors of partial sums hide the latency of the additions.
#[inline(always)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_blocks, a_rest) = a.as_chunks::<16>();
    let (b_blocks, b_rest) = b.as_chunks::<16>();
    let mut acc = [Lanes::splat(0.0); 4];
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        let ((a, _), (b, _)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
        for ((acc, a), b) in acc.iter_mut().zip(a).zip(b) {
            *acc = Lanes::load(a).madd(Lanes::load(b), *acc);
        }
    }
    let mut lanes = [0.0; 4];
    acc[0].add(acc[1]).add(acc[2].add(acc[3])).store(&mut lanes);
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + rest
}
