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
/// of 44 to 53). arm64 has 32 registers and runs 6x8, XNNPACK's choice there, without spilling either.
pub(super) const MR: usize =
    if cfg!(all(target_feature = "simd128", not(target_feature = "relaxed-simd"))) { 4 } else { 6 };

/// Where the tile's rows of A are: value `(r, p)` at `at + r * row + p * column`.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    pub(super) at: *const f32,
    pub(super) row: usize,
    pub(super) column: usize,
}

/// Where the tile's sums begin: row r at `at + r * stride`. A stride of 0 gives every row the same values.
#[derive(Clone, Copy)]
pub(super) struct Begin {
    pub(super) at: *const f32,
    pub(super) stride: usize,
}

/// Where the tile goes: row r at `at + r * stride`.
#[derive(Clone, Copy)]
pub(super) struct To {
    pub(super) at: *mut f32,
    pub(super) stride: usize,
}

/// How many rows the next tile takes when `left` are left: [`MR`], but the last two share theirs evenly, since a
/// tile of one or two rows waits for its own sums.
#[inline(always)]
pub(super) fn height(left: usize) -> usize {
    if left >= 2 * MR || left <= MR { left.min(MR) } else { left.div_ceil(2) }
}

/// A tile of `rows` rows, `1..=MR`.
///
/// # Safety
/// `a` is readable at `r * row + p * column`, `panel` at `p * NR..p * NR + NR`, `start` at `r * stride..+ NR`, and `c`
/// writable at `r * stride..+ NR`, for every `r < rows` and `p < depth`.
#[inline(always)]
pub(super) unsafe fn multiply(
    rows: usize,
    depth: usize,
    a: Rows,
    panel: *const f32,
    start: Begin,
    c: To,
) {
    // SAFETY: the caller's promise, handed on for the R that equals `rows`.
    unsafe {
        match rows {
            6 if MR >= 6 => tile::<6>(depth, a, panel, start, c),
            5 if MR >= 5 => tile::<5>(depth, a, panel, start, c),
            4 => tile::<4>(depth, a, panel, start, c),
            3 => tile::<3>(depth, a, panel, start, c),
            2 => tile::<2>(depth, a, panel, start, c),
            _ => tile::<1>(depth, a, panel, start, c),
        }
    }
}

/// # Safety
/// As [`multiply`], with `rows = R`.
#[inline(never)]
unsafe fn tile<const R: usize>(depth: usize, a: Rows, panel: *const f32, start: Begin, c: To) {
    // SAFETY: r < R and p < depth throughout, so every access is one that the caller has promised; the pointers end one
    // step behind the last, and `wrapping_add` makes no claim about where that is.
    unsafe {
        let mut acc: [[Lanes; 2]; R] = std::array::from_fn(|r| {
            let from = start.at.add(r * start.stride);
            [Lanes::load_at(from), Lanes::load_at(from.add(4))]
        });
        let mut a_at: [*const f32; R] = std::array::from_fn(|r| a.at.add(r * a.row));
        let mut b_at = panel;
        for _ in 0..depth {
            let (low, high) = (Lanes::load_at(b_at), Lanes::load_at(b_at.add(4)));
            b_at = b_at.wrapping_add(NR);
            for (acc, a_at) in acc.iter_mut().zip(&mut a_at) {
                let value = Lanes::splat_at(*a_at);
                *a_at = a_at.wrapping_add(a.column);
                *acc = [value.madd(low, acc[0]), value.madd(high, acc[1])];
            }
        }
        for (r, [low, high]) in acc.into_iter().enumerate() {
            let to = c.at.add(r * c.stride);
            low.store_at(to);
            high.store_at(to.add(4));
        }
    }
}
