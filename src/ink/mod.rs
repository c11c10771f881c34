//! DRAWINGS: strokes or pictures → the 28×28 input that the models were trained on, and pixels → RGBA.
//!
//! A model trained on MNIST has seen digits in one frame only: the longest side of the ink is 20 px, the centre of
//! mass lies on pixel index 14.0, and a pen of about 2.5 px drew it. A drawing from a pad is none of these, so it is
//! brought there while it is still strokes:
//!
//! ```text
//! strokes ──tidy──▶ points ──join──▶ curve ──fit──▶ 20 px box ──pen──▶ coverage ──shift──▶ 28×28
//!           (curve.rs)      (curve.rs)      (frame.rs)         (raster.rs)        (frame.rs)
//! p' = (20 − pen) / longest side · p + shift        pixel = area of the pen's trace in it, 0..=1, 1 = ink
//! ```
//!
//! Pictures have no strokes: [`normalise_picture`] finds the ink, crops, fits and centres it to the same frame.
//!
//! It holds no model, no clock, no file and no canvas. It does not straighten slanted digits and does not blur: neither
//! helped a reader of MNIST on stylus strokes of unseen writers.

mod colour;
mod curve;
mod frame;
#[cfg(feature = "style")]
mod hand;
#[cfg(feature = "style")]
mod medians;
#[cfg(feature = "style")]
mod pen;
mod picture;
mod raster;
mod strokes;

pub use colour::rgba;
#[cfg(feature = "style")]
pub use hand::Hand;
#[cfg(feature = "style")]
pub use medians::Medians;
pub use picture::{normalise_picture, normalise_rgba};
pub use strokes::Strokes;

use curve::Curve;
#[cfg(feature = "style")]
use pen::{Nib, Touch, trace};

#[cfg(feature = "style")]
use crate::error::{Error, Result};

/// Side of a model's input image, in pixels.
pub const SIDE: usize = 28;

/// Pixels in a model's input image, P.
pub const PIXELS: usize = SIDE * SIDE;

/// Diameter of the pen that [`normalise`] redraws with, in pixels of the 28×28 image.
///
/// Source: with 2.5 the mean ink is MNIST's (104 pixels' worth per digit); 2.2 to 2.5 read equally well.
pub const PEN: f32 = 2.5;

/// Longest side of normalised ink, pen included, in pixels: 59,987 of MNIST's 60,000 training digits have exactly that.
pub const BOX: f32 = 20.0;

/// Where the centre of mass of normalised ink goes, in pixel indices counted from 0 (measured in MNIST: not 13.5).
pub const CENTRE: f32 = 14.0;

/// Width of the pen that a pad shows, as a share of the pad's side: 20 px on a pad of 280 px.
pub const PAD_PEN: f32 = 1.0 / 14.0;

/// A drawing whose longest side is at most this, in the strokes' units (CSS px), is a tap: it becomes a dot, however
/// the finger trembled. Chosen: far below the width of any pen that is shown, above the wobble of a tap.
pub const TAP: f32 = 3.0;

/// A 28×28 picture of ink in row order: 0 is paper, 1 is ink.
#[derive(Debug, Clone, PartialEq)]
pub struct Image(Box<[f32; PIXELS]>);

impl Image {
    /// All paper.
    fn blank() -> Self {
        Self(Box::new([0.0; PIXELS]))
    }

    /// The P values in row order, each in 0..=1.
    #[must_use]
    pub fn pixels(&self) -> &[f32; PIXELS] {
        &self.0
    }

    /// The P values as a vector.
    #[must_use]
    pub fn into_vec(self) -> Vec<f32> {
        self.0.to_vec()
    }
}

impl AsRef<[f32]> for Image {
    fn as_ref(&self) -> &[f32] {
        self.0.as_slice()
    }
}

/// Brings a drawing into MNIST's frame and redraws it there with a pen of [`PEN`] px; `None` when nothing is drawn.
///
/// Place, size and the pen that the pad showed do not matter, nor does the speed of the hand. Strokes are in CSS px
/// (only [`TAP`] depends on that). The longest side with pen is [`BOX`] and lies on whole pixels; along that side the
/// centre of mass comes within half a pixel (0.51) of [`CENTRE`], by a shift of whole pixels, and across it exactly
/// there.
/// Where such a shift would push ink over the edge, it stops at the edge. A tap is a dot of the pen's size in the
/// centre: blown up to 20 px it would look like nothing that anybody drew.
#[must_use]
pub fn normalise(strokes: &Strokes) -> Option<Image> {
    let (points, size) = strokes.to_unit_box()?;
    if size <= f64::from(TAP) {
        return Some(frame::dot());
    }
    // The curve can leave the points' box by a little, so this scale is a first guess that sets tolerances only.
    let curve = Curve::through(points, strokes.lengths(), BOX - PEN);
    Some(frame::fit(curve))
}

/// Reduces the pad to 28×28 as it is, with the pen that it shows: what [`normalise`] saves the model from.
///
/// `canvas` is the side of the square pad in the strokes' units; its top left corner is (0, 0) and its pen
/// [`PAD_PEN`] · `canvas` wide. `None` when no ink falls on the pad, or `canvas` is not a positive number.
#[must_use]
pub fn rasterise(strokes: &Strokes, canvas: f32) -> Option<Image> {
    if !(canvas.is_finite() && canvas > 0.0) {
        return None;
    }
    let curve = Curve::through(strokes.on_pad(canvas, SIDE as f32), strokes.lengths(), 1.0);
    let image = raster::draw(&curve, PAD_PEN * SIDE as f32);
    image.pixels().iter().any(|&value| value > 0.0).then_some(image)
}

/// A drawing as a glyph of `side` x `side` pixels, 1 = ink, where it was drawn: points are parts of the pad's side, and so is
/// the width of the pen.
///
/// # Errors
/// [`Error::Ink`] for a pen that is not above 0 and at most 1.
#[cfg(feature = "style")]
pub fn draw(strokes: &Strokes, side: usize, pen: f32) -> Result<Vec<f32>> {
    if !(pen > 0.0 && pen <= 1.0) {
        let message = "pen: expected a width above 0 and at most 1, as a part of the pad's side";
        return Err(Error::Ink(message.into()));
    }
    let mut curve = Curve::through(strokes.on_pad(1.0, 1.0), strokes.lengths(), SIDE as f32);
    curve.transform(side as f32 / SIDE as f32, [0.0; 2]);
    let radius = pen * side as f32 / 2.0;
    let mut glyph = vec![0.0_f32; side * side];
    for piece in curve.segments() {
        let touches = piece.map(|at| Touch { at, radius });
        trace(side, &Nib::ROUND, touches, |pixel, ink| glyph[pixel] = glyph[pixel].max(ink));
    }
    Ok(glyph)
}
