//! An MLP taken apart, for several workers that train it together: the dense layers from and to the pixels, which hold most of
//! its numbers, and what is between them.
//!
//! A layer that is large beside its activations is cheapest divided by its outputs, since then activations travel and weights
//! stay; what is between is divided by images  (Krizhevsky 2014, section 3; the layers: Shoeybi et al. 2019, section 3).

use std::ops::Range;

use super::{Model, Pass};
use crate::nn::{Activation, Dense, Parameters, Trunk};

/// The two outer layers of a model, and the trunks without them. All numbers stay the model's.
#[derive(Debug, Clone)]
pub struct Ends {
    first: Dense,
    activation: Option<Activation>,
    encoder: Trunk,
    decoder: Trunk,
    last: Dense,
}

impl Ends {
    /// Those of a model whose encoder begins, and whose decoder ends, with a dense layer, the latter without an activation.
    #[must_use]
    pub fn of(model: &Model) -> Option<Self> {
        let (first, activation, encoder) = model.encoder.split_first()?;
        let (last, decoder) = model.decoder.split_last()?;
        Some(Self { first, activation, encoder, decoder, last })
    }

    /// H, the outputs of the first layer.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.first.outputs()
    }

    /// I, the inputs of the last layer.
    #[must_use]
    pub fn inner(&self) -> usize {
        self.decoder.outputs()
    }

    /// Where the numbers stand that belong to outputs of the first layer, and to outputs of the last.
    #[must_use]
    pub fn numbers_of(
        &self,
        parameters: &Parameters,
        hidden: Range<usize>,
        pixels: Range<usize>,
    ) -> Vec<Range<usize>> {
        let (first, last) = (&self.first, &self.last);
        [first.numbers_of(parameters, hidden), last.numbers_of(parameters, pixels)].concat()
    }

    /// Some outputs of the first layer.
    ///
    /// # Shapes
    /// `x`: `[B, P]` → `y`: `[B, part.len()]`.
    pub fn forward_first(&self, model: &Model, x: &[f32], part: Range<usize>, y: &mut [f32]) {
        self.first.forward_part(&model.parameters, x, self.activation, part, y);
    }

    /// From the first layer's outputs to the last one's inputs, which [`inner_output`](Self::inner_output) has then, by way of z
    /// (with `pass.eps`); KL, summed over the rows.
    ///
    /// # Shapes
    /// `hidden`: `[b, H]`, some rows of the batch or all.
    pub fn forward_inner(&self, model: &Model, hidden: &[f32], pass: &mut Pass) -> f64 {
        model.encode_through(&self.encoder, hidden, pass);
        let kl = model.sample(pass);
        self.decoder.forward(&model.parameters, &pass.z, &mut pass.decoded);
        kl
    }

    /// What [`forward_inner`](Self::forward_inner) came to, `[b, I]`.
    #[must_use]
    pub fn inner_output<'a>(&self, pass: &'a Pass) -> &'a [f32] {
        pass.decoded.output(&pass.z)
    }

    /// Some pixels' D and their share of the gradients: the last layer's are written, and that of its inputs to `d_inner`. D is
    /// averaged over B.
    ///
    /// # Shapes
    /// `inner`, `d_inner`: `[B, I]`, `x`, `logits`, `d_logits`: `[B, part.len()]`.
    pub fn last(
        &self,
        model: &Model,
        (inner, x): (&[f32], &[f32]),
        part: Range<usize>,
        [logits, d_logits, d_inner]: [&mut [f32]; 3],
        gradient: &mut Parameters,
    ) -> f64 {
        let n = part.len();
        self.last.forward_part(&model.parameters, inner, None, part.clone(), logits);
        let recon = model.likelihood().recon_and_gradient(n, logits, x, d_logits);
        let parameters = &model.parameters;
        self.last.backward_part(parameters, inner, d_logits, part, Some(d_inner), gradient);
        recon * n as f64 / x.len() as f64
    }

    /// The way back of [`forward_inner`](Self::forward_inner): writes the gradients of all between the ends, of these rows, and
    /// that of `hidden`. An image's KL counts `scale`.
    ///
    /// # Shapes
    /// `hidden`, `d_hidden`: `[b, H]`, `d_inner`: `[b, I]`.
    pub fn backward_inner(
        &self,
        model: &Model,
        (hidden, d_hidden): (&[f32], &mut [f32]),
        d_inner: &[f32],
        scale: f32,
        pass: &mut Pass,
        gradient: &mut Parameters,
    ) {
        let Pass { z, decoded, d_z, .. } = &mut *pass;
        d_z.resize(z.len(), 0.0);
        self.decoder.backward(&model.parameters, z, decoded, d_inner, Some(d_z), gradient);
        model.sample_backward(scale, pass, gradient);
        model.encode_backward(&self.encoder, hidden, Some(d_hidden), pass, gradient);
    }

    /// Writes the first layer's gradients of some of its outputs.
    ///
    /// # Shapes
    /// `x`: `[B, P]`, `y`, `d_y`: `[B, part.len()]`; `d_y` becomes the gradient before the activation.
    pub fn backward_first(
        &self,
        model: &Model,
        x: &[f32],
        (y, d_y): (&[f32], &mut [f32]),
        part: Range<usize>,
        gradient: &mut Parameters,
    ) {
        if let Some(activation) = self.activation {
            activation.backward_in_place(y, d_y);
        }
        self.first.backward_part(&model.parameters, x, d_y, part, None, gradient);
    }
}
