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

    #[inline(always)]
    pub(super) fn sub(self, b: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] - b.0[i]))
    }

    #[inline(always)]
    pub(super) fn mul(self, b: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] * b.0[i]))
    }

    #[inline(always)]
    pub(super) fn div(self, b: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] / b.0[i]))
    }

    #[inline(always)]
    pub(super) fn sqrt(self) -> Self {
        Self(self.0.map(f32::sqrt))
    }

    #[inline(always)]
    pub(super) fn abs(self) -> Self {
        Self(self.0.map(f32::abs))
    }

    /// The larger of both; a NaN in `self` stays.
    #[inline(always)]
    pub(super) fn max(self, b: Self) -> Self {
        self.select_less(b, b, self)
    }

    /// The smaller of both; a NaN in `self` stays.
    #[inline(always)]
    pub(super) fn min(self, b: Self) -> Self {
        b.select_less(self, b, self)
    }

    /// `yes` where `self < b`, else `no`; so `no` where either is NaN.
    #[inline(always)]
    pub(super) fn select_less(self, b: Self, yes: Self, no: Self) -> Self {
        Self(std::array::from_fn(|i| if self.0[i] < b.0[i] { yes.0[i] } else { no.0[i] }))
    }

    /// The magnitude of `self` with the sign of `b`.
    #[inline(always)]
    pub(super) fn with_sign_of(self, b: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i].copysign(b.0[i])))
    }

    /// Shifts the low bits of each into the place of the exponent and adds `exponent` there.
    #[inline(always)]
    pub(super) fn low_bits_to_exponent(self, exponent: i32) -> Self {
        Self(
            self.0
                .map(|n| f32::from_bits((n.to_bits() << 23).wrapping_add((exponent << 23) as u32))),
        )
    }

    /// Splits a positive normal `x` into `m 2^k` with m from `least`, a number in `(1/2, 1]`, to below twice that.
    #[inline(always)]
    pub(super) fn split(self, least: f32) -> (Self, Self) {
        let above = self.0.map(|x| x.to_bits().wrapping_sub(least.to_bits()));
        let m = above.map(|bits| f32::from_bits((bits & 0x7f_ffff) + least.to_bits()));
        (Self(m), Self(above.map(|bits| (bits as i32 >> 23) as f32)))
    }
}

/// Four f64, to add or multiply f32 without further rounding of note.
#[derive(Clone, Copy)]
pub(super) struct Wide([f64; 4]);

impl Wide {
    #[inline(always)]
    pub(super) fn splat(value: f64) -> Self {
        Self([value; 4])
    }

    #[inline(always)]
    pub(super) fn from_lanes(lanes: Lanes) -> Self {
        Self(lanes.0.map(f64::from))
    }

    #[inline(always)]
    pub(super) fn add(self, b: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + b.0[i]))
    }

    #[inline(always)]
    pub(super) fn mul(self, b: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] * b.0[i]))
    }

    #[inline(always)]
    pub(super) fn sum(self) -> f64 {
        let [a, b, c, d] = self.0;
        (a + c) + (b + d)
    }

    #[inline(always)]
    pub(super) fn product(self) -> f64 {
        let [a, b, c, d] = self.0;
        (a * c) * (b * d)
    }
}
