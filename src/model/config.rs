//! What a model is, as data: one type for every variant.

use serde::{Deserialize, Serialize};

use super::Likelihood;
use crate::nn::{LayerConfig, Shape};

/// A model's architecture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The shape of one image.
    pub input: Shape,
    /// What the decoder's output says about a pixel.
    pub likelihood: Likelihood,
    /// What stands between encoder and decoder.
    pub latent: Latent,
    /// Layers from the image to the two heads.
    pub encoder: Vec<LayerConfig>,
    /// Layers from z to P logits.
    pub decoder: Vec<LayerConfig>,
}

/// What stands between encoder and decoder.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Latent {
    /// A point: the plain autoencoder.
    Plain {
        /// Z, the number of dimensions.
        size: usize,
    },
    /// A Gaussian for each image: the VAE, and for `beta != 1` the beta-VAE.
    Gaussian {
        /// Z, the number of dimensions.
        size: usize,
        /// Weight of the KL term while training.
        beta: f32,
    },
}

impl Latent {
    /// Z, the number of dimensions.
    #[must_use]
    pub fn size(self) -> usize {
        match self {
            Self::Plain { size } | Self::Gaussian { size, .. } => size,
        }
    }
}
