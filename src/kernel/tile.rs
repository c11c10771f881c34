//! One tile of a product: a few rows of C by a half, one or two panels of [`NR`] columns, in registers over the whole depth
//! of a block.
//!
//! `C[r, j] = start[r, j] + sum_p A[r, p] B[p, j]`. Per step of p: one row of the panel is loaded (two vectors), each of
//! the tile's values of A is loaded into all lanes of a register, and `2 R` multiply-adds follow. Pointers move instead
//! of indices, and k is not unrolled by hand.
//!
//! By default LLVM's scheduler hoists the loads of A above the multiply-adds; V8 then runs out of the 15 registers that
//! it can use and spills. `-Cllvm-args=-pre-RA-sched=source` in `.cargo/config.toml` (and in `cargo xtask`'s tiers)
//! keeps the order written here: in November 2026 that took 6x8 with relaxed_madd from 37 to 60 GFLOP/s of 64.

#![allow(unsafe_code)]

use std::sync::atomic::{AtomicBool, Ordering};

use super::lanes::Lanes;

/// The shape of the register tile that does most of a product. Both give the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tile {
    /// As many rows as 128-bit registers can hold sums of 8 columns for: 6 with relaxed SIMD, 4 without.
    Tall,
    /// 4 rows of 16 columns, for browsers that join 128-bit operations into 256-bit ones.
    Wide,
}

/// Columns of a panel: two vectors, or one of the 256 bits that V8's revectoriser makes of them.
pub(super) const NR: usize = 8;

/// Rows of a tall tile. With a fused multiply-add 6x8 leaves 3 of V8's 15 x86 registers for two vectors of B and one of
/// A; without, a product needs a register of its own, and 4x8 was as fast as 6x8 and 3x12 (43 to 44 GFLOP/s of a peak
/// of 44 to 53). arm64 has 32 registers, and 6x8 is what XNNPACK takes there.
pub(super) const TALL: usize =
    if cfg!(all(target_feature = "simd128", not(target_feature = "relaxed-simd"))) { 4 } else { 6 };

/// Rows of a wide tile, which takes two panels at once: its 16 sums spill from 128-bit registers (44 to 51 GFLOP/s where
/// 6x8 has 58 to 62), and are 8 registers where the browser joins them in pairs (75 to 86 where 6x8 has 65 to 70,
/// Chromium with `--wasm-revectorize`, November 2026).
pub(super) const WIDE: usize = 4;

static IS_WIDE: AtomicBool = AtomicBool::new(false);

/// Columns of a tile that reads only the first half of a panel: what is left of C where it has no whole panel's columns.
pub(super) const HALF: usize = NR / 2;

/// Whether there is more than the tiles of one panel: vectors of one number gain nothing by others.
const HAS_VECTORS: bool = cfg!(any(target_feature = "simd128", feature = "portable"));

/// Which tile the products take from now on; [`Tile::Tall`] at first. Without SIMD there is no other.
pub fn use_tile(tile: Tile) {
    IS_WIDE.store(tile == Tile::Wide && is_built(WIDE, 2 * NR), Ordering::Relaxed);
}

/// The tile that the products take.
#[inline(always)]
pub(super) fn current() -> Tile {
    if is_built(WIDE, 2 * NR) && IS_WIDE.load(Ordering::Relaxed) { Tile::Wide } else { Tile::Tall }
}

/// Whether there is a tile of this size.
pub(super) const fn is_built(rows: usize, width: usize) -> bool {
    match width {
        HALF => rows == TALL && HAS_VECTORS,
        NR => 0 < rows && rows <= TALL,
        _ => rows == WIDE && width == 2 * NR && HAS_VECTORS,
    }
}

impl Tile {
    /// Its rows.
    pub(super) fn rows(self) -> usize {
        match self {
            Self::Tall => TALL,
            Self::Wide => WIDE,
        }
    }

    /// Its columns.
    pub(super) fn width(self) -> usize {
        match self {
            Self::Tall => NR,
            Self::Wide => 2 * NR,
        }
    }
}

/// How many rows the next tile takes when `left` are left and a tile has `most`: those, but the last two share theirs
/// evenly, since a tile of one or two rows waits for its own sums.
#[inline(always)]
pub(super) fn height(left: usize, most: usize) -> usize {
    if left >= 2 * most || left <= most { left.min(most) } else { left.div_ceil(2) }
}

/// How many tiles of [`height`]`(left, most)` rows follow each other.
#[inline(always)]
pub(super) fn count(left: usize, most: usize) -> usize {
    if left.is_multiple_of(most) { left / most } else { (left / most).saturating_sub(1).max(1) }
}

/// `count` tiles of `rows` rows and `width` columns, one below the other; [`is_built`] says which there are. The first one's value `(r, p)` of A is at
/// `a + r * a_row + p * a_column` and the next one's `a_next` further; the first panel's row p is at `panel + p * NR`, the
/// second follows it; the sums of row r begin at `start + r * start_row` (0: the same for all) and go to `c + r * c_row`.
///
/// The arguments are scalars because WebAssembly passes a struct through memory.
///
/// # Safety
/// For every `p < depth` and row r of every tile, the value of A is readable, so are [`NR`] values of each panel and `width`
/// of start, and as many of C are writable.
#[inline(always)]
pub(super) unsafe fn multiply(
    rows: usize,
    width: usize,
    count: usize,
    depth: usize,
    a: *const f32,
    a_row: usize,
    a_column: usize,
    a_next: usize,
    panel: *const f32,
    start: *const f32,
    start_row: usize,
    c: *mut f32,
    c_row: usize,
) {
    macro_rules! tile {
        ($rows:expr, $vectors:literal) => {
            // SAFETY: the caller's promise, handed on to the R that equals `rows` and the V vectors that `width` has.
            unsafe {
                tile::<{ $rows }, $vectors>(
                    count, depth, a, a_row, a_column, a_next, panel, start, start_row, c, c_row,
                )
            }
        };
    }
    match rows {
        TALL if HAS_VECTORS && width == HALF => tile!(TALL, 1),
        6 if TALL >= 6 => tile!(6, 2),
        5 if TALL >= 5 => tile!(5, 2),
        WIDE if HAS_VECTORS && width == 2 * NR => tile!(WIDE, 4),
        4 => tile!(4, 2),
        3 => tile!(3, 2),
        2 => tile!(2, 2),
        _ => tile!(1, 2),
    }
}

/// # Safety
/// As [`multiply`], with `rows = R` and `width = 4 V`.
#[inline(never)]
unsafe fn tile<const R: usize, const V: usize>(
    count: usize,
    depth: usize,
    a: *const f32,
    a_row: usize,
    a_column: usize,
    a_next: usize,
    panel: *const f32,
    start: *const f32,
    start_row: usize,
    c: *mut f32,
    c_row: usize,
) {
    // SAFETY: r < R and p < depth throughout, so every access is one that the caller has promised; the pointers end one
    // step behind the last, and `wrapping_add` makes no claim about where that is.
    unsafe {
        let (mut strip, mut start, mut c) = (a, start, c);
        for _ in 0..count {
            let mut acc: [[Lanes; V]; R] = std::array::from_fn(|r| {
                let from = start.add(r * start_row);
                std::array::from_fn(|v| Lanes::load_at(from.add(4 * v)))
            });
            let mut a: [*const f32; R] = std::array::from_fn(|r| strip.add(r * a_row));
            let mut b = panel;
            for _ in 0..depth {
                // One pointer: LLVM would keep two of them in the halves of an i64.
                let row: [_; V] = std::array::from_fn(|v| {
                    Lanes::load_at(b.add(v / 2 * depth * NR).add(v % 2 * 4))
                });
                b = b.wrapping_add(NR);
                for (acc, a) in acc.iter_mut().zip(&mut a) {
                    let value = Lanes::splat_at(*a);
                    *a = a.wrapping_add(a_column);
                    for (acc, b) in acc.iter_mut().zip(row) {
                        *acc = value.madd(b, *acc);
                    }
                }
            }
            for (r, acc) in acc.into_iter().enumerate() {
                let to = c.add(r * c_row);
                for (v, sums) in acc.into_iter().enumerate() {
                    sums.store_at(to.add(4 * v));
                }
            }
            strip = strip.wrapping_add(a_next);
            start = start.wrapping_add(R * start_row);
            c = c.wrapping_add(R * c_row);
        }
    }
}
