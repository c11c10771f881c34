//! MNIST's frame: longest side 20 px on whole pixels, centre of mass on pixel index 14.0.

use super::curve::Curve;
use super::{BOX, CENTRE, Image, PEN, SIDE, raster};

/// The margin between the image's edge and a box of [`BOX`] px in its middle.
const MARGIN: f32 = (SIDE as f32 - BOX) / 2.0;

/// How far the choice between two whole shifts lies from the middle, in pixels. A box of 20 px has its middle between
/// two pixels, so the centre of mass of every symmetric drawing would lie on the choice, and a trace of ink decide it.
/// Chosen: above the rounding of a symmetric drawing. It moves the choice, and drawings that lie on it remain.
const TIE: f32 = 0.01;

/// The shift by whole pixels that stands for `distance`.
pub(super) fn whole(distance: f32) -> f32 {
    (distance + TIE).round()
}

/// Whether a side counts as the longest: of a square drawing both do, even if one is a trace shorter.
pub(super) fn is_long(side: f32) -> bool {
    side > BOX - 0.2
}

/// A tap: a dot of the pen's size whose middle is pixel index [`CENTRE`].
pub(super) fn dot() -> Image {
    raster::draw(&Curve::dot([CENTRE + 0.5; 2]), PEN)
}

/// Scales `curve` so that it fills the box with its pen, draws it and shifts its centre of mass to [`CENTRE`].
pub(super) fn fit(mut curve: Curve) -> Image {
    let (low, high) = curve.bounds();
    let sides = [high[0] - low[0], high[1] - low[1]];
    let long = usize::from(sides[1] > sides[0]);
    if sides[long] <= 0.0 {
        return dot();
    }
    let scale = (BOX - PEN) / sides[long];
    let extent = sides.map(|side| side * scale + PEN);
    // First in the middle, with the long side on whole pixels.
    let place = |axis: usize| (SIDE as f32 - extent[axis]) / 2.0 + PEN / 2.0 - low[axis] * scale;
    let origin = [place(0), place(1)];
    curve.transform(scale, origin);
    let mass = centre_of_mass(raster::draw(&curve, PEN).pixels());
    // Along the box a whole number of pixels, so that it stays on pixel borders as MNIST's do. Across it, where MNIST's
    // boxes end anywhere, the exact distance: then a shade more or less ink cannot make the image jump.
    let shift: [f32; 2] = std::array::from_fn(|axis| {
        let distance = CENTRE - mass[axis];
        let room = (SIDE as f32 - extent[axis]) / 2.0;
        if is_long(extent[axis]) {
            whole(distance).clamp(-MARGIN, MARGIN)
        } else {
            distance.max(-room).min(room)
        }
    });
    curve.transform(1.0, shift);
    raster::draw(&curve, PEN)
}

/// Σ index · value / Σ value, as [column, row] in pixel indices; the image's middle for a blank one.
pub(super) fn centre_of_mass(pixels: &[f32]) -> [f32; 2] {
    let (mut total, mut sum) = (0.0, [0.0; 2]);
    for (row, values) in pixels.chunks_exact(SIDE).enumerate() {
        for (column, &value) in values.iter().enumerate() {
            total += value;
            sum[0] += value * column as f32;
            sum[1] += value * row as f32;
        }
    }
    if total > 0.0 { sum.map(|axis| axis / total) } else { [CENTRE; 2] }
}
