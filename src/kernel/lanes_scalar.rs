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

    /// The rows of a 4x4 matrix to its columns.
    #[inline(always)]
    pub(super) fn transpose(rows: [Self; 4]) -> [Self; 4] {
        std::array::from_fn(|c| Self(std::array::from_fn(|r| rows[r].0[c])))
    }

    /// Four values from `from`, which need not be aligned.
    ///
    /// # Safety
    /// `from..from + 4` is readable.
    #[inline(always)]
    #[allow(unsafe_code)]
    pub(super) unsafe fn load_at(from: *const f32) -> Self {
        // SAFETY: the caller's promise; unaligned reads need nothing else.
        Self(unsafe { from.cast::<[f32; 4]>().read_unaligned() })
    }

    /// One value, four times.
    ///
    /// # Safety
    /// `from` is readable.
    #[inline(always)]
    #[allow(unsafe_code)]
    pub(super) unsafe fn splat_at(from: *const f32) -> Self {
        // SAFETY: the caller's promise.
        Self::splat(unsafe { from.read_unaligned() })
    }

    /// Writes four values to `to`, which need not be aligned.
    ///
    /// # Safety
    /// `to..to + 4` is writable.
    #[inline(always)]
    #[allow(unsafe_code)]
    pub(super) unsafe fn store_at(self, to: *mut f32) {
        // SAFETY: the caller's promise; unaligned writes need nothing else.
        unsafe { to.cast::<[f32; 4]>().write_unaligned(self.0) }
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
