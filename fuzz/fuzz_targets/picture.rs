//! Any pixels as a picture, as levels and as RGBA: an error, or ink within 0..=1.
#![no_main]

use latent_ink::ink::{normalise_picture, normalise_rgba};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|picture: (u16, Vec<f32>, &[u8])| {
    let (width, levels, rgba) = picture;
    let width = usize::from(width);
    let rows = |count: usize| count.checked_div(width).unwrap_or(0);
    let whole = &levels[..rows(levels.len()) * width];
    let images = [
        normalise_picture(&levels, width, rows(levels.len())),
        normalise_picture(whole, width, rows(levels.len())),
        normalise_rgba(rgba, width, rows(rgba.len() / 4)),
        normalise_rgba(&rgba[..rows(rgba.len() / 4) * width * 4], width, rows(rgba.len() / 4)),
    ];
    for image in images.into_iter().filter_map(Result::ok).flatten() {
        assert!(image.pixels().iter().all(|value| (0.0..=1.0).contains(value)));
    }
});
