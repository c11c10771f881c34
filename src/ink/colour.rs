//! Pixels as a canvas wants them.

/// Paints values of ink as RGBA bytes: `colour` everywhere, alpha = 255 · value, so that it sits on any paper.
///
/// # Shapes
/// `pixels`: `[n]` → `[4 n]`. Values are clamped to 0..=1; NaN is paper.
#[must_use]
pub fn rgba(pixels: &[f32], colour: [u8; 3]) -> Vec<u8> {
    let [red, green, blue] = colour;
    // `as` saturates and takes NaN to 0.
    pixels.iter().flat_map(|&value| [red, green, blue, (value * 255.0 + 0.5) as u8]).collect()
}
