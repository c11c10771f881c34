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
    /// Whether the slope is a function of `y` alone, so that `x` need not be kept.
    #[must_use]
    pub fn slope_follows_from_output(self) -> bool {
        self != Self::Silu
    }

    /// `y = f(x)`.
    pub fn forward(self, x: &[f32], y: &mut [f32]) {
        if self == Self::Silu {
            return functions::silu(x, y);
        }
        y.copy_from_slice(x);
        self.forward_in_place(y);
    }

    /// `y = f(y)`, where the [slope follows from the output](Self::slope_follows_from_output).
    pub fn forward_in_place(self, y: &mut [f32]) {
        match self {
            // Not y.max(0.0), which would turn a NaN into an innocent 0.
            Self::Relu => y.iter_mut().for_each(|y| *y = if *y < 0.0 { 0.0 } else { *y }),
            Self::Tanh => functions::tanh_in_place(y),
            Self::Sigmoid => functions::sigmoid_in_place(y),
            Self::Silu => unreachable!("its slope needs the input"),
        }
    }

    /// `d_x = d_y f'(x)`.
    pub fn backward(self, x: &[f32], y: &[f32], d_y: &[f32], d_x: &mut [f32]) {
        if self == Self::Silu {
            return functions::silu_backward(x, d_y, d_x);
        }
        d_x.copy_from_slice(d_y);
        self.backward_in_place(y, d_x);
    }

    /// `d = d f'(x)`, where the [slope follows from the output](Self::slope_follows_from_output).
    pub fn backward_in_place(self, y: &[f32], d: &mut [f32]) {
        match self {
            // forward: y = max(x, 0)
            // so:      d_x = d_y where x > 0, else 0
            Self::Relu => multiply(y, d, |y| if y > 0.0 { 1.0 } else { 0.0 }),
            // forward: y = tanh(x)
            // so:      d_x = d_y (1 - y²)
            Self::Tanh => multiply(y, d, |y| 1.0 - y * y),
            // forward: y = sigmoid(x)
            // so:      d_x = d_y y (1 - y)
            Self::Sigmoid => multiply(y, d, |y| y * (1.0 - y)),
            Self::Silu => unreachable!("its slope needs the input"),
        }
    }
}

#[inline(always)]
fn multiply(y: &[f32], d: &mut [f32], slope: impl Fn(f32) -> f32) {
    for (d, &y) in d.iter_mut().zip(y) {
        *d *= slope(y);
    }
}
