//! What a batch leaves behind on its way through the model, and its sampler.

use super::{FlowPass, LOG_VAR_LIMIT};
use crate::{kernel::losses, nn::Trace};

/// One batch on its way through the model and back; kept between batches, so that steady training allocates nothing.
#[derive(Debug, Clone, Default)]
pub struct Pass {
    /// Standard normal noise, `[B, Z]`, or `[B, k, Z]` for k importance samples; given before [`Model::forward`](super::Model::forward).
    pub eps: Vec<f32>,
    /// λ, nats that each latent dimension may take from the batch's mean KL for nothing: below it, KL has no gradient
    /// there (Kingma et al. 2016, appendix C.8). For one sample and the prior N(0, I); given before [`Model::backward`](super::Model::backward).
    pub free_bits: f32,
    /// KL of each latent dimension, averaged over the whole batch, Z values, where this pass has only some of its rows:
    /// what `free_bits` compares; empty where it has all. Given before [`Model::backward`](super::Model::backward).
    pub kl_of_batch: Vec<f32>,
    /// The posterior means, `[B, Z]`.
    pub mu: Vec<f32>,
    /// The posterior log variances, `[B, Z]`; empty for the plain autoencoder.
    pub log_var: Vec<f32>,
    /// The sample, `[B, Z]`; of several `[B, k, Z]`.
    pub z: Vec<f32>,
    /// D of each of several samples, `[B, k]`; empty where there is one.
    pub recon: Vec<f64>,
    /// `ln q(z|x) - ln p(z)` of each of several samples, `[B, k]`; empty where there is one.
    pub kl: Vec<f64>,
    /// The class of each row, of a model that is told them.
    #[cfg(feature = "style")]
    pub(super) labels: Vec<u8>,
    pub(super) encoded: Trace,
    pub(super) decoded: Trace,
    pub(super) flow: FlowPass,
    pub(super) d_logits: Vec<f32>,
    /// d loss / d z, then d loss / d mu.
    pub(super) d_z: Vec<f32>,
    /// d z / d log_var, then d loss / d log_var.
    pub(super) d_log_var: Vec<f32>,
    /// d KL / d log_var.
    pub(super) d_kl: Vec<f32>,
    /// d KL / d mu, where that is not mu.
    pub(super) d_kl_mu: Vec<f32>,
    /// What each row counts in the gradient.
    pub(super) weights: Vec<f32>,
    pub(super) d_hidden: [Vec<f32>; 2],
}

/// What a batch costs, averaged over B, in nats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loss {
    /// D, summed over P.
    pub recon: f64,
    /// KL to the prior, summed over Z; without beta. To a learned prior, that at the sampled z:
    /// `KL(q(z|x) || N(0, I)) - (ln p(z) - ln N(z; 0, I))`, whose mean over z is the KL. Of a codebook, whose codes have no
    /// KL with a gradient, it is `|z_e - z_q|²`, summed over the map.
    pub kl: f64,
}

impl Pass {
    /// Tells the class of each row; before [`Model::forward`](super::Model::forward) of a model with classes, which takes
    /// as many as rows, each below C. Another does not ask.
    pub fn tell(&mut self, labels: &[u8]) {
        #[cfg(feature = "style")]
        {
            self.labels.clear();
            self.labels.extend_from_slice(labels);
        }
        #[cfg(not(feature = "style"))]
        let _ = labels;
    }

    /// The gradient by mu that [`Model::backward`](super::Model::backward) left, `[B, Z]`; of D alone it is that by z as well.
    #[must_use]
    pub fn d_mu(&self) -> &[f32] {
        &self.d_z
    }

    /// The gradient by log_var that [`Model::backward`](super::Model::backward) left, `[B, Z]`; empty for the plain autoencoder.
    #[must_use]
    pub fn d_log_var(&self) -> &[f32] {
        &self.d_log_var
    }

    /// KL to N(0, 1) of each of `size` latent dimensions, averaged over the rows; of the plain autoencoder nothing.
    pub fn kl_per_dim(&self, size: usize) -> impl Iterator<Item = f32> {
        let size = if self.log_var.is_empty() { 0 } else { size };
        (0..size).map(move |j| kl_of_column(j, size, &self.mu, &self.log_var))
    }

    /// k, the importance samples of each image.
    pub(super) fn samples(&self) -> usize {
        if self.log_var.is_empty() { 1 } else { self.eps.len() / self.mu.len() }
    }
}

/// Takes KL's gradient from the latent dimensions whose KL, averaged over the batch, is below `free_bits`; `d_kl_mu` holds
/// mu before.
pub(super) fn free(
    size: usize,
    free_bits: f32,
    kl_of_batch: &[f32],
    log_var: &[f32],
    d_kl_mu: &mut [f32],
    d_kl: &mut [f32],
) {
    for j in 0..size {
        let kl = match kl_of_batch.get(j) {
            Some(&kl) => kl,
            None => kl_of_column(j, size, d_kl_mu, log_var),
        };
        if kl < free_bits {
            d_kl_mu.iter_mut().skip(j).step_by(size).for_each(|d| *d = 0.0);
            d_kl.iter_mut().skip(j).step_by(size).for_each(|d| *d = 0.0);
        }
    }
}

/// KL of the latent dimension `j`, averaged over the rows of `[B, Z]`.
fn kl_of_column(j: usize, size: usize, mu: &[f32], log_var: &[f32]) -> f32 {
    let b = (log_var.len() / size) as f32;
    let pairs = mu.iter().zip(log_var).skip(j).step_by(size);
    let kl = pairs.map(|(&mu, &log_var)| losses::gaussian_of_one(mu, log_var, LOG_VAR_LIMIT).1);
    kl.sum::<f32>() / b
}

/// Draws z and returns KL, both of the whole batch; the plain autoencoder's z is mu.
pub(super) fn sample_pass(pass: &mut Pass) -> f64 {
    let Pass { eps, mu, log_var, z, d_log_var, d_kl, .. } = pass;
    z.clone_from(mu);
    if log_var.is_empty() {
        return 0.0;
    }
    for derivative in [&mut *d_log_var, &mut *d_kl] {
        derivative.resize(z.len(), 0.0);
    }
    losses::sample(log_var, eps, LOG_VAR_LIMIT, z, d_log_var, d_kl)
}
