//! Root mean square normalisation: `y = g x / rms(x)`  (Zhang & Sennrich 2019).

use super::{Parameters, Slot};
use crate::error::Result;

/// Added to the mean square, so that a row of zeros stays one.
const EPSILON: f32 = 1e-5;

/// The layer: its width and where its gain stands.
///
/// `weight`: `[width]`, as PyTorch's `RMSNorm`.
#[derive(Debug, Clone)]
pub struct RmsNorm {
    width: usize,
    weight: Slot,
}

impl RmsNorm {
    /// Adds `name.weight` to `parameters`.
    ///
    /// # Errors
    /// [`Error::Config`](crate::error::Error::Config) where it would be too large.
    pub fn new(name: &str, width: usize, parameters: &mut Parameters) -> Result<Self> {
        let weight = parameters.push(format!("{name}.weight"), vec![width])?;
        Ok(Self { width, weight })
    }

    /// Sets the gain to 1.
    pub fn initialise(&self, parameters: &mut Parameters) {
        parameters.get_mut(self.weight).fill(1.0);
    }

    /// `y = g x / rms(x)`, row by row.
    ///
    /// # Shapes
    /// `x`, `y`: `[b, width]`.
    pub fn forward(&self, parameters: &Parameters, x: &[f32], y: &mut [f32]) {
        let gain = parameters.get(self.weight);
        for (x, y) in x.chunks_exact(self.width).zip(y.chunks_exact_mut(self.width)) {
            let scale = scale(x);
            for ((y, x), gain) in y.iter_mut().zip(x).zip(gain) {
                *y = gain * x * scale;
            }
        }
    }

    /// Writes the gradient of the gain, and adds that of the input to `d_x`, since what is normalised goes around the
    /// layers as well.
    ///
    /// # Shapes
    /// `x`, `d_y`, `d_x`: `[b, width]`.
    pub fn backward(
        &self,
        parameters: &Parameters,
        x: &[f32],
        d_y: &[f32],
        d_x: &mut [f32],
        d_parameters: &mut Parameters,
    ) {
        // forward: y = g x r,  r = (mean(x²) + ε)^-½
        // so:      d_g = sum over rows of d_y x r,   d_x = r (g d_y - x r² mean(g d_y x))
        let gain = parameters.get(self.weight);
        let d_gain = d_parameters.get_mut(self.weight);
        d_gain.fill(0.0);
        let rows = x.chunks_exact(self.width).zip(d_y.chunks_exact(self.width));
        for ((x, d_y), d_x) in rows.zip(d_x.chunks_exact_mut(self.width)) {
            let r = scale(x);
            let along: f32 = gain.iter().zip(d_y).zip(x).map(|((g, d_y), x)| g * d_y * x).sum();
            let along = along * r * r / self.width as f32;
            for (i, d_x) in d_x.iter_mut().enumerate() {
                d_gain[i] += d_y[i] * x[i] * r;
                *d_x += r * (gain[i] * d_y[i] - x[i] * along);
            }
        }
    }
}

fn scale(x: &[f32]) -> f32 {
    let squares: f32 = x.iter().map(|x| x * x).sum();
    1.0 / (squares / x.len() as f32 + EPSILON).sqrt()
}
