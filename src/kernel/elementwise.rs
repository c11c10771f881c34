//! Exponentials without branches or calls, so that a loop over them becomes vector code on every tier.

/// Largest magnitude that [`exp`] raises e to; `e^±87` is still a normal f32.
const EXP_LIMIT: f32 = 87.0;

/// `e^x`, with x clamped to ±87, within 2 ulp.
///
/// `e^x = 2^n e^r`, `n = round(x / ln 2)`, `|r| ≤ ln 2 / 2`; the polynomial for `e^r` is Cephes' `expf` (Moshier
/// 1989). Adding 1.5·2^23 rounds to an integer and leaves it in the low bits of the mantissa, from where a shift moves
/// it into the exponent.
#[inline(always)]
#[must_use]
pub fn exp(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0;
    // ln 2 in two parts: n * LN_2_HIGH is exact for every n that occurs.
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let clamped = x.clamp(-EXP_LIMIT, EXP_LIMIT);
    let shifted = clamped * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = clamped - n * LN_2_HIGH - n * LN_2_LOW;
    let mut p = 1.987_569_1e-4_f32;
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        p = p * r + coefficient;
    }
    let e_r = p * r * r + r + 1.0;
    let e_x = f32::from_bits(e_r.to_bits().wrapping_add(shifted.to_bits() << 23));
    // Asked for by name: with relaxed-simd the clamp becomes minima and maxima that may lose a NaN.
    if x.is_nan() { x } else { e_x }
}

/// `1 / (1 + e^-x)`.
#[inline(always)]
#[must_use]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// `tanh x = 2 sigmoid(2x) - 1`; absolute error below 2e-7.
#[inline(always)]
#[must_use]
pub fn tanh(x: f32) -> f32 {
    2.0 * sigmoid(2.0 * x) - 1.0
}

/// `ln(1 + e^x)`, without overflow: `max(x, 0) + ln(1 + e^-|x|)`.
#[inline]
#[must_use]
pub fn softplus(x: f32) -> f32 {
    x.max(0.0) + libm::log1pf(exp(-x.abs()))
}
