//! Four f32 without SIMD: the same vocabulary as `lanes_simd128`, in plain arithmetic.

#[derive(Clone, Copy)]
pub(super) struct Lanes([f32; 4]);

impl Lanes {
    #[inline(always)]
    pub(super) fn splat(value: f32) -> Self {
        Self([value; 4])
    }

    #[inline(always)]
    pub(super) fn load(from: &[f32; 4]) -> Self {
        Self(*from)
    }

    #[inline(always)]
    pub(super) fn store(self, to: &mut [f32; 4]) {
        *to = self.0;
    }

    /// `self * b + acc`.
    #[inline(always)]
    pub(super) fn madd(self, b: Self, acc: Self) -> Self {
        Self(std::array::from_fn(|i| acc.0[i] + self.0[i] * b.0[i]))
    }

    #[inline(always)]
    pub(super) fn add(self, b: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + b.0[i]))
    }
}
