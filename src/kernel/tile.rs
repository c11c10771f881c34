//! One tile of a product: a few rows of C by [`NR`] columns, in registers over the whole depth of a block.
//!
//! `C[r, j] = start[r, j] + sum_p A[r, p] B[p, j]`. Per step of p: one row of the panel is loaded (two vectors), each of
//! the tile's values of A is loaded into all lanes of a register, and `2 R` multiply-adds follow. Pointers move instead
//! of indices, and k is not unrolled by hand.
//!
//! By default LLVM's scheduler hoists the loads of A above the multiply-adds; V8 then runs out of the 15 registers that
//! it can use and spills. `-Cllvm-args=-pre-RA-sched=source` in `.cargo/config.toml` (and in `cargo xtask`'s tiers)
//! keeps the order written here: in November 2026 that took 6x8 with relaxed_madd from 37 to 60 GFLOP/s of 64.

#![allow(unsafe_code)]

use super::lanes::Lanes;

/// Columns of a tile: two vectors.
pub(super) const NR: usize = 8;

/// Most rows of a tile. With a fused multiply-add 6x8 leaves 3 of V8's 15 x86 registers for two vectors of B and one of
/// A; without, a product needs a register of its own, and 4x8 was as fast as 6x8 and 3x12 (43 to 44 GFLOP/s of a peak
/// of 44 to 53). arm64 has 32 registers, and 6x8 is what XNNPACK takes there.
pub(super) const MR: usize =
    if cfg!(all(target_feature = "simd128", not(target_feature = "relaxed-simd"))) { 4 } else { 6 };

/// How many rows the next tile takes when `left` are left: [`MR`], but the last two share theirs evenly, since a
/// tile of one or two rows waits for its own sums.
#[inline(always)]
pub(super) fn height(left: usize) -> usize {
    if left >= 2 * MR || left <= MR { left.min(MR) } else { left.div_ceil(2) }
}

/// How many tiles of [`height`]`(left)` rows follow each other.
#[inline(always)]
pub(super) fn count(left: usize) -> usize {
    if left.is_multiple_of(MR) { left / MR } else { (left / MR).saturating_sub(1).max(1) }
}

/// `count` tiles of `rows` rows, `1..=MR`, one below the other. The first one's value `(r, p)` of A is at
/// `a + r * a_row + p * a_column` and the next one's `a_next` further; the panel's row p is at `panel + p * NR`; the sums
/// of row r begin at `start + r * start_row` (0: the same for all) and go to `c + r * c_row`.
///
/// The arguments are scalars because WebAssembly passes a struct through memory.
///
/// # Safety
/// For every `p < depth` and row r of every tile, the value of A is readable, so are [`NR`] values of panel and start,
/// and as many of C are writable.
#[inline(always)]
pub(super) unsafe fn multiply(
    rows: usize,
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
        ($rows:literal) => {
            // SAFETY: the caller's promise, handed on to the R that equals `rows`.
            unsafe {
                tile::<$rows>(
                    count, depth, a, a_row, a_column, a_next, panel, start, start_row, c, c_row,
                )
            }
        };
    }
    match rows {
        6 if MR >= 6 => tile!(6),
        5 if MR >= 5 => tile!(5),
        4 => tile!(4),
        3 => tile!(3),
        2 => tile!(2),
        _ => tile!(1),
    }
}

/// # Safety
/// As [`multiply`], with `rows = R`.
#[inline(never)]
unsafe fn tile<const R: usize>(
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
            let mut acc: [[Lanes; 2]; R] = std::array::from_fn(|r| {
                let from = start.add(r * start_row);
                [Lanes::load_at(from), Lanes::load_at(from.add(4))]
            });
            let mut a: [*const f32; R] = std::array::from_fn(|r| strip.add(r * a_row));
            let mut b = panel;
            for _ in 0..depth {
                let (low, high) = (Lanes::load_at(b), Lanes::load_at(b.add(4)));
                b = b.wrapping_add(NR);
                for (acc, a) in acc.iter_mut().zip(&mut a) {
                    let value = Lanes::splat_at(*a);
                    *a = a.wrapping_add(a_column);
                    *acc = [value.madd(low, acc[0]), value.madd(high, acc[1])];
                }
            }
            for (r, [low, high]) in acc.into_iter().enumerate() {
                let to = c.add(r * c_row);
                low.store_at(to);
                high.store_at(to.add(4));
            }
            strip = strip.wrapping_add(a_next);
            start = start.wrapping_add(R * start_row);
            c = c.wrapping_add(R * c_row);
        }
    }
}
