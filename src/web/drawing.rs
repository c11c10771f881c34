//! Drawings and pictures to what the network sees, and back to colours.

use js_sys::{Error, Uint8ClampedArray};
use wasm_bindgen::prelude::*;
use web_sys::ImageData;

use super::js_error;
use crate::ink::{self, Strokes};

/// What the network sees of a drawing: P values in 0..=1, 1 = ink; `undefined` when nothing is drawn.
///
/// `points` are x, y in CSS px, one after the other; `lengths` says how many points each stroke has. With `normalise`
/// the drawing is brought into MNIST's frame; without, the pad of side `canvas` is reduced as it is.
#[wasm_bindgen(js_name = inkFromStrokes)]
pub fn ink_from_strokes(
    points: &[f32],
    lengths: &[u32],
    canvas: f32,
    normalise: bool,
) -> Result<Option<Vec<f32>>, Error> {
    let strokes = Strokes::from_parts(points, lengths).map_err(|error| js_error(&error))?;
    let image = if normalise { ink::normalise(&strokes) } else { ink::rasterise(&strokes, canvas) };
    Ok(image.map(ink::Image::into_vec))
}

/// What the network sees of a picture, brought into MNIST's frame; `undefined` when there is no ink on it.
#[wasm_bindgen(js_name = inkFromPicture)]
pub fn ink_from_picture(picture: &ImageData) -> Result<Option<Vec<f32>>, Error> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let image = ink::normalise_rgba(&picture.data(), width, height);
    Ok(image.map_err(|error| js_error(&error))?.map(ink::Image::into_vec))
}

/// Pixels as RGBA: the colour `0xRRGGBB` with the pixel's value as alpha, so that it sits on any paper.
#[wasm_bindgen]
#[must_use]
pub fn rgba(pixels: &[f32], colour: u32) -> Uint8ClampedArray {
    let [_, colour @ ..] = colour.to_be_bytes();
    Uint8ClampedArray::from(&ink::rgba(pixels, colour)[..])
}
