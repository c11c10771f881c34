//! Four f32 in a v128. `relaxed-simd` changes [`Lanes::madd`] and nothing else.
//!
//! Loads and stores go through arrays, which compile to `v128.load` and `v128.store`: no `unsafe` is needed.

use std::arch::wasm32::{f32x4, f32x4_add, f32x4_extract_lane, f32x4_splat, v128};

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
