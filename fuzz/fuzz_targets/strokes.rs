//! Any points as a drawing: an error, or ink within 0..=1.
#![no_main]

use latent_ink::ink::{Strokes, normalise, rasterise};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|drawing: (Vec<f32>, Vec<u32>, f32)| {
    let (points, lengths, canvas) = drawing;
    // As it came, where the lengths hardly ever fit, and as one stroke.
    let one = [points.len() as u32 / 2];
    for lengths in [&lengths[..], &one] {
        let Ok(strokes) = Strokes::from_parts(&points, lengths) else { continue };
        let image = normalise(&strokes);
        assert_eq!(image.is_none(), points.is_empty());
        for image in [image, rasterise(&strokes, canvas)].into_iter().flatten() {
            assert!(image.pixels().iter().all(|value| (0.0..=1.0).contains(value)));
        }
    }
});
