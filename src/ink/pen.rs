//! A pen on paper of any size: how much of each pixel it covers on its way from one point to the next.
//!
//! The nib is an ellipse. A linear map M makes it a circle, and there the pen is what [`raster`](super::raster) draws:
//! with q = M (pixel − nearest point of the path) and n = q / |q|,
//!
//! ```text
//! g = |Mᵀ n|        distance = |q| / g        half width = r / g        normal = Mᵀ n / g
//! ```
//!
//! which is exact for straight edges. The half width r may change along the way; what several pieces cover is for the
//! caller to join.

use super::raster::coverage;

/// Where the pen is, in pixels, and half of its width there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Touch {
    pub at: [f32; 2],
    pub radius: f32,
}

impl Touch {
    /// The same on paper that is so many times as large.
    pub fn times(self, scale: f32) -> Self {
        Self { at: self.at.map(|value| value * scale), radius: self.radius * scale }
    }
}

/// The shape of the pen's tip.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Nib {
    /// M, row by row.
    to_circle: [[f32; 2]; 2],
}

impl Nib {
    /// A round one.
    pub const ROUND: Self = Self { to_circle: [[1.0, 0.0], [0.0, 1.0]] };

    /// One that is `flatness` times as thick as it is wide, its width along the direction `[cos, sin]`.
    pub fn flat([cos, sin]: [f32; 2], flatness: f32) -> Self {
        Self { to_circle: [[cos, sin], [-sin / flatness, cos / flatness]] }
    }

    /// M v.
    fn apply(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        self.to_circle.map(|row| row[0] * x + row[1] * y)
    }

    /// Mᵀ v.
    fn transposed(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [a, b] = self.to_circle;
        [a[0] * x + b[0] * y, a[1] * x + b[1] * y]
    }
}

/// Goes straight from one touch to the next on a square of `side` pixels, and tells `mark` each pixel that the pen comes
/// near, with the share of it that is covered.
pub(super) fn trace(
    side: usize,
    nib: &Nib,
    [from, to]: [Touch; 2],
    mut mark: impl FnMut(usize, f32),
) {
    // √½: half a pixel's diagonal, and half a pixel from centre to index.
    let reach = from.radius.max(to.radius) + 0.71;
    let span = |axis: usize| {
        let within = |at: f32| at.max(0.0).min(side as f32) as usize;
        let low = from.at[axis].min(to.at[axis]) - reach - 0.5;
        let high = from.at[axis].max(to.at[axis]) + reach + 0.5;
        within(low.ceil())..within(high)
    };
    let along = nib.apply([to.at[0] - from.at[0], to.at[1] - from.at[1]]);
    let squared = along[0] * along[0] + along[1] * along[1];
    let inverse = if squared > 0.0 { 1.0 / squared } else { 0.0 };
    // Where a pixel's centre lies on the path itself, its edges are at the sides.
    let length = squared.sqrt();
    let across = if length > 0.0 { [-along[1] / length, along[0] / length] } else { [1.0, 0.0] };
    let columns = span(0);
    for row in span(1) {
        for column in columns.clone() {
            let centre = [column as f32 + 0.5 - from.at[0], row as f32 + 0.5 - from.at[1]];
            let [x, y] = nib.apply(centre);
            let share = ((x * along[0] + y * along[1]) * inverse).clamp(0.0, 1.0);
            let q = [x - share * along[0], y - share * along[1]];
            let distance = (q[0] * q[0] + q[1] * q[1]).sqrt();
            let n = if distance > 1e-4 { [q[0] / distance, q[1] / distance] } else { across };
            let normal = nib.transposed(n);
            let g = (normal[0] * normal[0] + normal[1] * normal[1]).sqrt();
            let radius = (from.radius + share * (to.radius - from.radius)) / g;
            // Never 0, so that the offset keeps the direction of the normal.
            let distance = (distance / g).max(1e-5);
            let offset = normal.map(|part| part / g * distance);
            let covered = coverage(offset, distance * distance, radius);
            if covered > 0.0 {
                mark(row * side + column, covered);
            }
        }
    }
}
