//! What the numeric tests share: closeness to a reference, repeatable values, central differences.

use latent_ink::train::seeds::{Purpose, generator};
use rand::Rng;

/// Asserts that no value is further from its reference than `tolerance` times the largest |reference|.
///
/// NaN on either side fails, and so does a reference of nothing but zeros: against it, zeros would pass.
#[track_caller]
pub fn assert_close(what: &str, got: &[f32], want: &[f64], tolerance: f64) {
    assert!(tolerance < 1.0, "{what}: a tolerance of {tolerance} would accept zeros");
    assert!(got.len() == want.len(), "{what}: {} values, expected {}", got.len(), want.len());
    let largest = want.iter().fold(0.0_f64, |largest, want| largest.max(want.abs()));
    assert!(largest > 0.0 && largest.is_finite(), "{what}: the largest reference is {largest}");
    for (index, (&got, &want)) in got.iter().zip(want).enumerate() {
        let error = (f64::from(got) - want).abs() / largest;
        assert!(
            error <= tolerance,
            "{what}: at {index} {got}, expected {want}, which differs by {error:e} of {largest}"
        );
    }
}

/// Values from `U(-1, 1)`, the same for the same seed everywhere.
pub fn uniform(seed: u32, count: usize) -> Vec<f32> {
    let mut rng = generator(seed, Purpose::Weights, 0);
    (0..count).map(|_| (rng.next_u32() >> 8) as f32 / (1 << 23) as f32 - 1.0).collect()
}

/// The values in f64.
pub fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

/// [`slope`] looks this far to both sides, and twice as far. A power of 2, so that the steps are exact. The formula's own
/// error is `STEP⁴ f⁽⁵⁾ / 30`, 3e-8 of the fifth derivative; rounding adds about 6e-8 of the function over `STEP`, 2e-6.
/// Chosen: at 1/16 the former, in a VAE whose z is far from 0, was ten times the latter.
pub const STEP: f32 = 1.0 / 32.0;

/// The derivative of `f` at `x` by four-point central differences (Abramowitz & Stegun 1964, 25.3.6).
pub fn slope(x: f32, mut f: impl FnMut(f32) -> f64) -> f64 {
    let mut difference = |step: f32| f(x + step) - f(x - step);
    (8.0 * difference(STEP) - difference(2.0 * STEP)) / (12.0 * f64::from(STEP))
}
