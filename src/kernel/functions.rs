//! Exponentials and logarithms of four numbers at a time, without branches, and of slices.
//!
//! They are built from two polynomials: Cephes' `expf` (Moshier 1989) for `e^r` with `|r| ≤ ln 2 / 2`, and the one of
//! FreeBSD's `logf` (Sun Microsystems 1993) for `ln(1 + f)` with `1 + f` from `√½` to `√2`. Errors are stated in ulp, the distance of
//! neighbouring f32 at the true value, and are the largest on every tier (`tests/functions.rs` measures them). NaN in, NaN out.

use super::{
    elementwise::{fold, map},
    lanes::Lanes,
};

/// `y = e^x`, within 1.5 ulp, down to the smallest denormal; 0 below, infinity above.
pub fn exp(x: &[f32], y: &mut [f32]) {
    map(x, y, Lanes::exp);
}

/// [`exp`] in place.
pub fn exp_in_place(values: &mut [f32]) {
    fold([], [values], (), |(), [], [x]| ((), [x.exp()]));
}

/// `y = ln x`, within 1 ulp, denormals included; -∞ at ±0, NaN below.
pub fn ln(x: &[f32], y: &mut [f32]) {
    map(x, y, Lanes::ln);
}

/// `y = 1 / (1 + e^-x)`, within 3 ulp, down to the smallest denormal; 0 and 1 at the ends.
pub fn sigmoid(x: &[f32], y: &mut [f32]) {
    y.copy_from_slice(x);
    sigmoid_in_place(y);
}

/// [`sigmoid`] in place.
pub fn sigmoid_in_place(values: &mut [f32]) {
    fold([], [values], (), |(), [], [x]| ((), [x.sigmoid()]));
}

/// `y = tanh x`, within 3 ulp; ±1 at the ends.
pub fn tanh(x: &[f32], y: &mut [f32]) {
    y.copy_from_slice(x);
    tanh_in_place(y);
}

/// [`tanh`] in place.
pub fn tanh_in_place(values: &mut [f32]) {
    fold([], [values], (), |(), [], [x]| ((), [x.tanh()]));
}

/// `y = ln(1 + e^x)`, within 3 ulp, down to the smallest denormal; 0 and ∞ at the ends.
pub fn softplus(x: &[f32], y: &mut [f32]) {
    map(x, y, Lanes::softplus);
}

/// `y = x sigmoid(x)`, within 4 ulp from -87 up, within 1e-36 below; 0 and ∞ at the ends.
pub fn silu(x: &[f32], y: &mut [f32]) {
    map(x, y, Lanes::silu);
}

/// The gradient of [`silu`].
pub fn silu_backward(x: &[f32], d_y: &[f32], d_x: &mut [f32]) {
    // forward: y = x s,  s = sigmoid(x)
    // so:      d_x = d_y s (1 + x (1 - s))
    fold([x, d_y], [d_x], (), |(), [x, d_y], [_]| {
        let one = Lanes::splat(1.0);
        let s = x.sigmoid();
        ((), [d_y.mul(s).mul(one.sub(s).madd(x, one))])
    });
}

/// A number to which this one is added is rounded to an integer, which its low bits then hold: 1.5 · 2^23.
const ROUND: f32 = 12_582_912.0;

impl Lanes {
    /// `(q, n)` such that `e^x = 2^n (1 + q)`, `n = round(x / ln 2)`; n as an integer in the low bits.
    ///
    /// ln 2 is taken in two parts, so that `n LN_2_HIGH` is exact for every n that occurs.
    #[inline(always)]
    fn exp_parts(self) -> (Self, Self) {
        const LN_2_HIGH: f32 = 0.693_359_4;
        const LN_2_LOW: f32 = -2.121_944_4e-4;
        let shifted = self.mul(Self::splat(std::f32::consts::LOG2_E)).add(Self::splat(ROUND));
        let n = shifted.sub(Self::splat(ROUND));
        let r = n.madd(Self::splat(-LN_2_LOW), n.madd(Self::splat(-LN_2_HIGH), self));
        let mut p = Self::splat(1.987_569_1e-4);
        for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
            p = p.madd(r, Self::splat(coefficient));
        }
        (p.mul(r).madd(r, r), shifted)
    }

    #[inline(always)]
    pub(super) fn exp(self) -> Self {
        // Beyond these the result is 0 or infinity.
        let x = self.max(Self::splat(-104.0)).min(Self::splat(89.0));
        let (q, n) = x.exp_parts();
        // In two factors: 2^n itself may be too large or too small for a normal f32.
        let half = n.select_less(Self::splat(ROUND), Self::splat(64.0), Self::splat(-64.0));
        let zero = Self::splat(0.0);
        let [low, high] = [-64, 64].map(|n| Self::splat(f32::from_bits(((127 + n) as u32) << 23)));
        let rest = half.select_less(zero, high, low);
        let scale = n.add(half).low_bits_to_exponent(127);
        q.madd(scale, scale).mul(rest)
    }

    /// `e^-|x|`.
    #[inline(always)]
    pub(super) fn exp_minus_abs(self) -> Self {
        /// 2^-64.
        const REST: f32 = 5.421_011e-20;
        let x = Self::splat(0.0).sub(self.abs()).max(Self::splat(-104.0));
        let (q, n) = x.exp_parts();
        let scale = n.low_bits_to_exponent(127 + 64);
        q.madd(scale, scale).mul(Self::splat(REST))
    }

    /// `(e^x, e^x - 1)` for `|x| ≤ 87`: the difference without cancellation.
    #[inline(always)]
    pub(super) fn exp_and_exp_m1(self) -> (Self, Self) {
        let (q, n) = self.exp_parts();
        let scale = n.low_bits_to_exponent(127);
        (q.madd(scale, scale), q.madd(scale, scale.sub(Self::splat(1.0))))
    }

    /// `ln(1 + f) + k ln 2` for `1 + f` from √½ to √2: `ln(1 + f) = 2 atanh(s)`, `s = f / (2 + f)`.
    #[inline(always)]
    fn ln_1p_plus(self, k: Self) -> Self {
        const LN_2_HIGH: f32 = 0.693_138_1;
        const LN_2_LOW: f32 = 9.058_001e-6;
        let f = self;
        let s = f.div(f.add(Self::splat(2.0)));
        let z = s.mul(s);
        let mut p = Self::splat(0.242_790_79);
        for coefficient in [0.284_987_87, 0.400_009_72, 0.666_666_6] {
            p = p.madd(z, Self::splat(coefficient));
        }
        let half_square = f.mul(f).mul(Self::splat(0.5));
        let small = k.madd(Self::splat(LN_2_LOW), s.mul(p.madd(z, half_square)));
        k.madd(Self::splat(LN_2_HIGH), f.sub(half_square.sub(small)))
    }

    #[inline(always)]
    pub(super) fn ln(self) -> Self {
        const TINY: f32 = f32::MIN_POSITIVE;
        let [zero, infinity] = [0.0, f32::INFINITY].map(Self::splat);
        // Denormals are made normal first: by 2^25.
        let is_tiny =
            |yes, no| self.select_less(Self::splat(TINY), Self::splat(yes), Self::splat(no));
        let (m, k) = self.mul(is_tiny(33_554_432.0, 1.0)).split(std::f32::consts::FRAC_1_SQRT_2);
        let ln = m.sub(Self::splat(1.0)).ln_1p_plus(k.sub(is_tiny(25.0, 0.0)));
        // ±0, negative numbers; infinity and NaN, which are their own logarithms.
        let ln = zero.select_less(self, ln, Self::splat(-f32::INFINITY));
        let ln = self.select_less(zero, Self::splat(f32::NAN), ln);
        self.select_less(infinity, ln, self)
    }

    /// `ln(1 + e)` for e in `0..=1`.
    #[inline(always)]
    pub(super) fn ln_1p_of_unit(self) -> Self {
        let [half, one] = [0.5, 1.0].map(Self::splat);
        let limit = Self::splat(std::f32::consts::SQRT_2 - 1.0);
        let f = limit.select_less(self, self.sub(one).mul(half), self);
        f.ln_1p_plus(limit.select_less(self, one, Self::splat(0.0)))
    }

    /// `1 / (1 + e^-x)`, given `e = e^-|x|`.
    #[inline(always)]
    pub(super) fn sigmoid_with(self, e: Self) -> Self {
        let one = Self::splat(1.0);
        self.select_less(Self::splat(0.0), e, one).div(e.add(one))
    }

    #[inline(always)]
    pub(super) fn sigmoid(self) -> Self {
        self.sigmoid_with(self.exp_minus_abs())
    }

    /// `max(x, 0) + ln(1 + e^-|x|)`.
    #[inline(always)]
    pub(super) fn softplus(self) -> Self {
        self.max(Self::splat(0.0)).add(self.exp_minus_abs().ln_1p_of_unit())
    }

    /// `-E / (2 + E)` with `E = e^-2|x| - 1`, and the sign of x.
    #[inline(always)]
    pub(super) fn tanh(self) -> Self {
        // tanh 20 is 1 in f32.
        let x = self.abs().min(Self::splat(20.0)).mul(Self::splat(-2.0));
        let (_, e) = x.exp_and_exp_m1();
        e.div(e.add(Self::splat(2.0))).with_sign_of(self)
    }

    #[inline(always)]
    pub(super) fn silu(self) -> Self {
        // Not -∞ · 0, which is NaN.
        self.max(Self::splat(-200.0)).mul(self.sigmoid())
    }
}
