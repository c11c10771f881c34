//! Strokes as a pad keeps them: points in time order, and how many each stroke has.

use crate::error::{Error, Result};

/// How far off the pad a point is followed, in pads: further out it is on its way to nowhere that can be seen.
const FAR: f32 = 100.0;

/// A drawing: one or more strokes, each a run of finite points.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Strokes {
    points: Vec<[f32; 2]>,
    lengths: Vec<usize>,
}

impl Strokes {
    /// Reads strokes from `points` = x₀ y₀ x₁ y₁ … of all strokes in turn and `lengths` = points per stroke.
    ///
    /// Units are CSS px, y points down, and no value is off limits. A stroke of no points is allowed and draws nothing.
    ///
    /// # Errors
    /// [`Error::Ink`] for an odd count of coordinates, lengths that do not sum to the points, or a coordinate that is
    /// NaN or infinite.
    pub fn from_parts(points: &[f32], lengths: &[u32]) -> Result<Self> {
        if !points.len().is_multiple_of(2) {
            return Err(Error::Ink(format!(
                "points: expected pairs of x and y, got {} numbers, which is odd",
                points.len()
            )));
        }
        let sum: u64 = lengths.iter().map(|&length| u64::from(length)).sum();
        if sum != points.len() as u64 / 2 {
            return Err(Error::Ink(format!(
                "stroke lengths: expected a sum of {} points, got {sum}",
                points.len() / 2
            )));
        }
        if let Some(at) = points.iter().position(|value| !value.is_finite()) {
            // In words: printing a float would be most of this room's wasm.
            let (axis, got) =
                (["x", "y"][at % 2], if points[at].is_nan() { "NaN" } else { "infinity" });
            return Err(Error::Ink(format!(
                "point {}: expected a finite {axis}, got {got}",
                at / 2
            )));
        }
        Ok(Self {
            points: points.chunks_exact(2).map(|xy| [xy[0], xy[1]]).collect(),
            lengths: lengths.iter().map(|&length| length as usize).collect(),
        })
    }

    /// Whether nothing is drawn.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// Points per stroke.
    pub(super) fn lengths(&self) -> &[usize] {
        &self.lengths
    }

    /// The points moved and scaled so that their longest side is 0..=1, and that side's length; `None` if empty.
    ///
    /// In f64, because the difference of two finite f32 may overflow f32, and that of two denormals may divide to it.
    pub(super) fn to_unit_box(&self) -> Option<(Vec<[f32; 2]>, f64)> {
        let first = self.points.first()?;
        let (mut low, mut high) = (*first, *first);
        for point in &self.points {
            for axis in 0..2 {
                low[axis] = low[axis].min(point[axis]);
                high[axis] = high[axis].max(point[axis]);
            }
        }
        let side = |axis: usize| f64::from(high[axis]) - f64::from(low[axis]);
        let size = side(0).max(side(1));
        let scale = if size > 0.0 { 1.0 / size } else { 0.0 };
        let unit = |point: &[f32; 2], axis: usize| {
            ((f64::from(point[axis]) - f64::from(low[axis])) * scale) as f32
        };
        Some((self.points.iter().map(|p| [unit(p, 0), unit(p, 1)]).collect(), size))
    }

    /// The points in pixels of a square of `side` px that shows the whole pad of side `canvas`.
    pub(super) fn on_pad(&self, canvas: f32, side: f32) -> Vec<[f32; 2]> {
        let scale = |value: f32| (value / canvas).clamp(-FAR, FAR) * side;
        self.points.iter().map(|p| [scale(p[0]), scale(p[1])]).collect()
    }
}
