//! The dense layer: `Y = X Wᵀ + b`, whole or some of its outputs.

use std::ops::Range;

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
        self.forward_part(parameters, x, activation, 0..self.outputs, y);
    }

    /// [`forward`](Self::forward) of the outputs in `part` alone.
    ///
    /// # Shapes
    /// `x`: `[b, inputs]`, `y`: `[b, part.len()]`.
    pub fn forward_part(
        &self,
        parameters: &Parameters,
        x: &[f32],
        activation: Option<Activation>,
        part: Range<usize>,
        y: &mut [f32],
    ) {
        let (b, n) = (x.len() / self.inputs, part.len());
        let weight = &parameters.get(self.weight)[self.weights_of(&part)];
        let bias = &parameters.get(self.bias)[part];
        kernel::matmul_nt_sparse(b, self.inputs, n, x, weight, bias, y);
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
        self.backward_part(parameters, x, d_y, 0..self.outputs, d_x, d_parameters);
    }

    /// [`backward`](Self::backward) from the outputs in `part` alone: of the input's gradient their share, which the others'
    /// are still to be added to.
    ///
    /// # Shapes
    /// `x`, `d_x`: `[b, inputs]`, `d_y`: `[b, part.len()]`.
    pub fn backward_part(
        &self,
        parameters: &Parameters,
        x: &[f32],
        d_y: &[f32],
        part: Range<usize>,
        d_x: Option<&mut [f32]>,
        d_parameters: &mut Parameters,
    ) {
        // forward: Y = X Wᵀ + b
        // so:      d_W = d_Yᵀ X,   d_b = sum over rows of d_Y,   d_X = d_Y W
        let (b, n, weights) = (x.len() / self.inputs, part.len(), self.weights_of(&part));
        let d_weight = &mut d_parameters.get_mut(self.weight)[weights.clone()];
        kernel::matmul_tn_sparse(n, b, self.inputs, d_y, x, d_weight);
        bias_gradient(d_y, &mut d_parameters.get_mut(self.bias)[part]);
        if let Some(d_x) = d_x {
            let weight = &parameters.get(self.weight)[weights];
            kernel::matmul(b, n, self.inputs, d_y, weight, Start::Zero, d_x);
        }
    }

    /// Where the numbers of the outputs in `part` stand among all of `parameters`, as [`Parameters::pieces`] counts them:
    /// weights, then biases.
    #[must_use]
    pub fn numbers_of(&self, parameters: &Parameters, part: Range<usize>) -> [Range<usize>; 2] {
        [(self.weight, self.weights_of(&part)), (self.bias, part)].map(|(slot, range)| {
            let first = parameters.first_number(slot);
            first + range.start..first + range.end
        })
    }

    fn weights_of(&self, part: &Range<usize>) -> Range<usize> {
        part.start * self.inputs..part.end * self.inputs
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
