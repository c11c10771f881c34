//! Four f32 in a v128. `relaxed-simd` changes [`Lanes::madd`] and nothing else.
//!
//! Loads and stores go through arrays, which compile to `v128.load` and `v128.store`: no `unsafe` is needed.

use std::arch::wasm32::{
    f32x4, f32x4_add, f32x4_extract_lane, f32x4_splat, i32x4_shuffle, i64x2_shuffle, v128,
    v128_load, v128_load32_splat, v128_store,
};

#[derive(Clone, Copy)]
pub(super) struct Lanes(v128);

impl Lanes {
    #[inline(always)]
    pub(super) fn splat(value: f32) -> Self {
        Self(f32x4_splat(value))
    }

    #[inline(always)]
    pub(super) fn load(from: &[f32; 4]) -> Self {
        Self(f32x4(from[0], from[1], from[2], from[3]))
    }

    /// The rows of a 4x4 matrix to its columns.
    #[inline(always)]
    pub(super) fn transpose(rows: [Self; 4]) -> [Self; 4] {
        let [a, b, c, d] = rows.map(|row| row.0);
        let (ab_low, ab_high) =
            (i32x4_shuffle::<0, 4, 1, 5>(a, b), i32x4_shuffle::<2, 6, 3, 7>(a, b));
        let (cd_low, cd_high) =
            (i32x4_shuffle::<0, 4, 1, 5>(c, d), i32x4_shuffle::<2, 6, 3, 7>(c, d));
        [
            Self(i64x2_shuffle::<0, 2>(ab_low, cd_low)),
            Self(i64x2_shuffle::<1, 3>(ab_low, cd_low)),
            Self(i64x2_shuffle::<0, 2>(ab_high, cd_high)),
            Self(i64x2_shuffle::<1, 3>(ab_high, cd_high)),
        ]
    }

    /// Four values from `from`, which need not be aligned.
    ///
    /// # Safety
    /// `from..from + 4` is readable.
    #[inline(always)]
    #[allow(unsafe_code)]
    pub(super) unsafe fn load_at(from: *const f32) -> Self {
        // SAFETY: the caller's promise; v128.load takes any alignment.
        Self(unsafe { v128_load(from.cast()) })
    }

    /// One value, four times.
    ///
    /// # Safety
    /// `from` is readable.
    #[inline(always)]
    #[allow(unsafe_code)]
    pub(super) unsafe fn splat_at(from: *const f32) -> Self {
        // SAFETY: the caller's promise; v128.load32_splat takes any alignment.
        Self(unsafe { v128_load32_splat(from.cast()) })
    }

    /// Writes four values to `to`, which need not be aligned.
    ///
    /// # Safety
    /// `to..to + 4` is writable.
    #[inline(always)]
    #[allow(unsafe_code)]
    pub(super) unsafe fn store_at(self, to: *mut f32) {
        // SAFETY: the caller's promise; v128.store takes any alignment.
        unsafe { v128_store(to.cast(), self.0) }
    }

    #[inline(always)]
    pub(super) fn store(self, to: &mut [f32; 4]) {
        *to = [
            f32x4_extract_lane::<0>(self.0),
            f32x4_extract_lane::<1>(self.0),
            f32x4_extract_lane::<2>(self.0),
            f32x4_extract_lane::<3>(self.0),
        ];
    }

    /// `self * b + acc`; fused or not as the machine likes with relaxed-simd, rounded twice without.
    #[inline(always)]
    pub(super) fn madd(self, b: Self, acc: Self) -> Self {
        #[cfg(target_feature = "relaxed-simd")]
        {
            Self(std::arch::wasm32::f32x4_relaxed_madd(self.0, b.0, acc.0))
        }
        #[cfg(not(target_feature = "relaxed-simd"))]
        {
            Self(f32x4_add(acc.0, std::arch::wasm32::f32x4_mul(self.0, b.0)))
        }
    }

    #[inline(always)]
    pub(super) fn add(self, b: Self) -> Self {
        Self(f32x4_add(self.0, b.0))
    }
}
