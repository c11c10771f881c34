//! Elementwise activations.

use crate::kernel::functions;

/// An elementwise function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// `max(x, 0)`.
    Relu,
    /// `x sigmoid(x)`  (Hendrycks & Gimpel 2016; Ramachandran et al. 2017).
    Silu,
    /// `tanh x`.
    Tanh,
    /// `1 / (1 + e^-x)`.
    Sigmoid,
}

impl Activation {
    /// `y = f(x)`.
    pub fn forward(self, x: &[f32], y: &mut [f32]) {
        match self {
            // Not x.max(0.0), which would turn a NaN into an innocent 0.
            Self::Relu => map(x, y, |x| if x < 0.0 { 0.0 } else { x }),
            Self::Silu => functions::silu(x, y),
            Self::Tanh => functions::tanh(x, y),
            Self::Sigmoid => functions::sigmoid(x, y),
        }
    }

    /// `d_x = d_y f'(x)`.
    pub fn backward(self, x: &[f32], y: &[f32], d_y: &[f32], d_x: &mut [f32]) {
        match self {
            // forward: y = max(x, 0)
            // so:      d_x = d_y where x > 0, else 0
            Self::Relu => map_gradient(x, d_y, d_x, |x| if x > 0.0 { 1.0 } else { 0.0 }),
            Self::Silu => functions::silu_backward(x, d_y, d_x),
            // forward: y = tanh(x)
            // so:      d_x = d_y (1 - y²)
            Self::Tanh => map_gradient(y, d_y, d_x, |y| 1.0 - y * y),
            // forward: y = sigmoid(x)
            // so:      d_x = d_y y (1 - y)
            Self::Sigmoid => map_gradient(y, d_y, d_x, |y| y * (1.0 - y)),
        }
    }
}

#[inline(always)]
fn map(x: &[f32], y: &mut [f32], f: impl Fn(f32) -> f32) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y = f(x);
    }
}

#[inline(always)]
fn map_gradient(at: &[f32], d_y: &[f32], d_x: &mut [f32], slope: impl Fn(f32) -> f32) {
    for ((d_x, &at), d_y) in d_x.iter_mut().zip(at).zip(d_y) {
        *d_x = d_y * slope(at);
    }
}
