//! The pen: how much of each pixel the trace of a round pen along a curve covers.
//!
//! ```text
//! pixel = A(r − d) + A(r + d) − 1
//! ```
//!
//! d is the distance from the pixel's centre to the nearest piece of the curve, r the pen's radius, and A(t) the exact
//! area that a straight edge at distance t leaves of the unit square: a box filter, with no samples to count. It is
//! exact along straight strokes (also those thinner than a pixel); round ends and inner corners are off by a few
//! hundredths. It does not add ink where strokes cross: a pixel is covered once.

use super::curve::Curve;
use super::{Image, PIXELS, SIDE};

/// Draws `curve`, whose unit is one pixel and whose origin is the image's top left corner, with a pen `pen` px wide.
pub(super) fn draw(curve: &Curve, pen: f32) -> Image {
    let radius = pen / 2.0;
    let mut nearest = Nearest::new();
    for [from, to] in curve.segments() {
        nearest.visit(from, to, radius);
    }
    let mut image = Image::blank();
    for (pixel, (&offset, &squared)) in
        image.0.iter_mut().zip(nearest.offset.iter().zip(nearest.squared.iter()))
    {
        *pixel = coverage(offset, squared, radius);
    }
    image
}

/// For each pixel the vector from the nearest piece of curve to its centre.
struct Nearest {
    offset: [[f32; 2]; PIXELS],
    squared: [f32; PIXELS],
}

impl Nearest {
    fn new() -> Self {
        Self { offset: [[0.0; 2]; PIXELS], squared: [f32::INFINITY; PIXELS] }
    }

    /// Takes in the piece from `from` to `to`; only pixels that the pen can touch are looked at.
    fn visit(&mut self, from: [f32; 2], to: [f32; 2], radius: f32) {
        // √½: half a pixel's diagonal, plus half a pixel from centre to index.
        let reach = radius + 0.71;
        let span = |axis: usize| {
            let low = (from[axis].min(to[axis]) - reach - 0.5).ceil().clamp(0.0, SIDE as f32);
            let high = (from[axis].max(to[axis]) + reach + 0.5).clamp(0.0, SIDE as f32);
            low as usize..high as usize
        };
        let along = [to[0] - from[0], to[1] - from[1]];
        let squared_length = along[0] * along[0] + along[1] * along[1];
        let inverse = if squared_length > 0.0 { 1.0 / squared_length } else { 0.0 };
        let columns = span(0);
        for row in span(1) {
            let y = row as f32 + 0.5 - from[1];
            for column in columns.clone() {
                let x = column as f32 + 0.5 - from[0];
                let share = ((x * along[0] + y * along[1]) * inverse).clamp(0.0, 1.0);
                let offset = [x - share * along[0], y - share * along[1]];
                let squared = offset[0] * offset[0] + offset[1] * offset[1];
                let pixel = row * SIDE + column;
                if squared < self.squared[pixel] {
                    self.squared[pixel] = squared;
                    self.offset[pixel] = offset;
                }
            }
        }
    }
}

/// The covered share of a pixel whose centre lies `offset` from the nearest point of the curve.
pub(super) fn coverage(offset: [f32; 2], squared: f32, radius: f32) -> f32 {
    if squared > (radius + 0.71) * (radius + 0.71) {
        return 0.0;
    }
    let distance = squared.sqrt();
    let normal = if distance > 1e-6 {
        [offset[0].abs() / distance, offset[1].abs() / distance]
    } else {
        [1.0, 0.0]
    };
    let (long, short) = (normal[0].max(normal[1]), normal[0].min(normal[1]));
    (half_plane(radius - distance, long, short) + half_plane(radius + distance, long, short) - 1.0)
        .clamp(0.0, 1.0)
}

/// Area of the unit square within {n · p ≤ t}, where n is a unit vector with components `long` ≥ `short` ≥ 0.
fn half_plane(t: f32, long: f32, short: f32) -> f32 {
    let (flat, end) = ((long - short) / 2.0, (long + short) / 2.0);
    let beyond = t.abs();
    let half = if beyond <= flat {
        beyond / long
    } else if beyond < end {
        0.5 - (end - beyond) * (end - beyond) / (2.0 * long * short)
    } else {
        0.5
    };
    0.5 + half.copysign(t)
}
