//! Four f32 in a v128. `relaxed-simd` changes what [`Lanes::madd`] gives and nothing else.
//!
//! Loads and stores go through arrays, which compile to `v128.load` and `v128.store`: no `unsafe` is needed.

use std::arch::wasm32::{
    f32x4, f32x4_abs, f32x4_add, f32x4_convert_i32x4, f32x4_div, f32x4_extract_lane, f32x4_lt,
    f32x4_mul, f32x4_splat, f32x4_sqrt, f32x4_sub, f64x2, f64x2_add, f64x2_extract_lane, f64x2_mul,
    f64x2_promote_low_f32x4, i32x4_add, i32x4_shl, i32x4_shr, i32x4_shuffle, i32x4_splat,
    i32x4_sub, i64x2_shuffle, v128, v128_and, v128_bitselect, v128_load, v128_load32_splat,
    v128_store,
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

    #[inline(always)]
    pub(super) fn sub(self, b: Self) -> Self {
        Self(f32x4_sub(self.0, b.0))
    }

    #[inline(always)]
    pub(super) fn mul(self, b: Self) -> Self {
        Self(f32x4_mul(self.0, b.0))
    }

    #[inline(always)]
    pub(super) fn div(self, b: Self) -> Self {
        Self(f32x4_div(self.0, b.0))
    }

    #[inline(always)]
    pub(super) fn sqrt(self) -> Self {
        Self(f32x4_sqrt(self.0))
    }

    #[inline(always)]
    pub(super) fn abs(self) -> Self {
        Self(f32x4_abs(self.0))
    }

    /// The larger of both; a NaN in `self` stays.
    #[inline(always)]
    pub(super) fn max(self, b: Self) -> Self {
        // Not f32x4_pmax: with relaxed-simd LLVM makes it f32x4.relaxed_max, which may lose the NaN.
        #[cfg(target_feature = "relaxed-simd")]
        {
            self.select_less(b, b, self)
        }
        #[cfg(not(target_feature = "relaxed-simd"))]
        {
            Self(std::arch::wasm32::f32x4_pmax(self.0, b.0))
        }
    }

    /// The smaller of both; a NaN in `self` stays.
    #[inline(always)]
    pub(super) fn min(self, b: Self) -> Self {
        // Not f32x4_pmin: with relaxed-simd LLVM makes it f32x4.relaxed_min, which may lose the NaN.
        #[cfg(target_feature = "relaxed-simd")]
        {
            b.select_less(self, b, self)
        }
        #[cfg(not(target_feature = "relaxed-simd"))]
        {
            Self(std::arch::wasm32::f32x4_pmin(self.0, b.0))
        }
    }

    /// `yes` where `self < b`, else `no`; so `no` where either is NaN.
    #[inline(always)]
    pub(super) fn select_less(self, b: Self, yes: Self, no: Self) -> Self {
        let mask = f32x4_lt(self.0, b.0);
        // On masks of whole lanes both are the same.
        #[cfg(target_feature = "relaxed-simd")]
        {
            Self(std::arch::wasm32::i32x4_relaxed_laneselect(yes.0, no.0, mask))
        }
        #[cfg(not(target_feature = "relaxed-simd"))]
        {
            Self(v128_bitselect(yes.0, no.0, mask))
        }
    }

    /// The magnitude of `self` with the sign of `b`.
    #[inline(always)]
    pub(super) fn with_sign_of(self, b: Self) -> Self {
        Self(v128_bitselect(b.0, self.0, i32x4_splat(i32::MIN)))
    }

    /// Shifts the low bits of each into the place of the exponent and adds `exponent` there.
    #[inline(always)]
    pub(super) fn low_bits_to_exponent(self, exponent: i32) -> Self {
        Self(i32x4_add(i32x4_shl(self.0, 23), i32x4_splat(exponent << 23)))
    }

    /// Splits a positive normal `x` into `m 2^k` with m from `least`, a number in `(1/2, 1]`, to below twice that.
    #[inline(always)]
    pub(super) fn split(self, least: f32) -> (Self, Self) {
        let least = i32x4_splat(least.to_bits() as i32);
        let above = i32x4_sub(self.0, least);
        let m = i32x4_add(v128_and(above, i32x4_splat(0x7f_ffff)), least);
        (Self(m), Self(f32x4_convert_i32x4(i32x4_shr(above, 23))))
    }
}

/// Four f64, to add or multiply f32 without further rounding of note.
#[derive(Clone, Copy)]
pub(super) struct Wide([v128; 2]);

impl Wide {
    #[inline(always)]
    pub(super) fn splat(value: f64) -> Self {
        Self([f64x2(value, value); 2])
    }

    #[inline(always)]
    pub(super) fn from_lanes(lanes: Lanes) -> Self {
        let high = i32x4_shuffle::<2, 3, 2, 3>(lanes.0, lanes.0);
        Self([f64x2_promote_low_f32x4(lanes.0), f64x2_promote_low_f32x4(high)])
    }

    #[inline(always)]
    pub(super) fn add(self, b: Self) -> Self {
        Self([f64x2_add(self.0[0], b.0[0]), f64x2_add(self.0[1], b.0[1])])
    }

    #[inline(always)]
    pub(super) fn mul(self, b: Self) -> Self {
        Self([f64x2_mul(self.0[0], b.0[0]), f64x2_mul(self.0[1], b.0[1])])
    }

    #[inline(always)]
    pub(super) fn sum(self) -> f64 {
        let pair = f64x2_add(self.0[0], self.0[1]);
        f64x2_extract_lane::<0>(pair) + f64x2_extract_lane::<1>(pair)
    }

    #[inline(always)]
    pub(super) fn product(self) -> f64 {
        let pair = f64x2_mul(self.0[0], self.0[1]);
        f64x2_extract_lane::<0>(pair) * f64x2_extract_lane::<1>(pair)
    }
}
