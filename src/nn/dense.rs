//! The dense layer: `Y = X Wᵀ + b`.

use rand::Rng;

use super::{Activation, Parameters, Slot};
use crate::{
    error::Result,
    kernel::{self, Start},
};

/// A dense layer: shapes and where its tensors stand.
///
/// `weight`: `[outputs, inputs]`, `bias`: `[outputs]`, as PyTorch's `Linear`.
#[derive(Debug, Clone)]
pub struct Dense {
    inputs: usize,
    outputs: usize,
    weight: Slot,
    bias: Slot,
}

impl Dense {
    /// Adds `name.weight` and `name.bias` to `parameters`.
    ///
    /// # Errors
    /// [`Error::Config`](crate::error::Error::Config) where they would be too large.
    pub fn new(
        name: &str,
        inputs: usize,
        outputs: usize,
        parameters: &mut Parameters,
    ) -> Result<Self> {
        let weight = parameters.push(format!("{name}.weight"), vec![outputs, inputs])?;
        let bias = parameters.push(format!("{name}.bias"), vec![outputs])?;
        Ok(Self { inputs, outputs, weight, bias })
    }

    /// How many values a row of the output has.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Where the bias stands.
    #[must_use]
    pub fn bias(&self) -> Slot {
        self.bias
    }

    /// Draws the weight from `U(±gain √(3 / inputs))`, so that its variance is `gain² / inputs` (He et al. 2015);
    /// the bias stays 0.
    pub fn initialise(&self, gain: f32, parameters: &mut Parameters, rng: &mut impl Rng) {
        parameters.fill_uniform(self.weight, gain * (3.0 / self.inputs as f32).sqrt(), rng);
    }

    /// `Y = f(X Wᵀ + b)`, f the identity where there is no activation.
    ///
    /// # Shapes
    /// `x`: `[b, inputs]`, `y`: `[b, outputs]`.
    pub fn forward(
        &self,
        parameters: &Parameters,
        x: &[f32],
        activation: Option<Activation>,
        y: &mut [f32],
    ) {
        let b = x.len() / self.inputs;
        let (weight, bias) = (parameters.get(self.weight), parameters.get(self.bias));
        kernel::matmul_nt_sparse(b, self.inputs, self.outputs, x, weight, bias, y);
        if let Some(activation) = activation {
            activation.forward_in_place(y);
        }
    }

    /// Writes the gradients of weight and bias, and of the input where it is asked for; `d_y` is that by `X Wᵀ + b`.
    ///
    /// # Shapes
    /// `x`, `d_x`: `[b, inputs]`, `d_y`: `[b, outputs]`.
    pub fn backward(
        &self,
        parameters: &Parameters,
        x: &[f32],
        d_y: &[f32],
        d_x: Option<&mut [f32]>,
        d_parameters: &mut Parameters,
    ) {
        // forward: Y = X Wᵀ + b
        // so:      d_W = d_Yᵀ X,   d_b = sum over rows of d_Y,   d_X = d_Y W
        let b = x.len() / self.inputs;
        let d_weight = d_parameters.get_mut(self.weight);
        kernel::matmul_tn_sparse(self.outputs, b, self.inputs, d_y, x, d_weight);
        bias_gradient(d_y, d_parameters.get_mut(self.bias));
        if let Some(d_x) = d_x {
            let weight = parameters.get(self.weight);
            kernel::matmul(b, self.outputs, self.inputs, d_y, weight, Start::Zero, d_x);
        }
    }
}

/// Writes the sum over rows of `d_y` to `d_bias`.
pub(super) fn bias_gradient(d_y: &[f32], d_bias: &mut [f32]) {
    d_bias.fill(0.0);
    for row in d_y.chunks_exact(d_bias.len()) {
        for (d_bias, d_y) in d_bias.iter_mut().zip(row) {
            *d_bias += d_y;
        }
    }
}
