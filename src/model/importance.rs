//! Training on several z of each image: the importance-weighted bound (Burda, Grosse & Salakhutdinov 2016).
//!
//! `bound = ln 1/k sum exp(-loss_k)`, `loss_k = D_k + beta (ln q(z_k|x) - ln p(z_k))`, which for k = 1 and beta = 1 is the
//! ELBO at one z. Its gradient is that of the mean of all loss_k, weighted by `w_k = softmax(-loss)_k`, through every
//! `z_k = mu + sigma eps_k`. The encoder runs once for an image, the decoder k times.

use super::{LOG_VAR_LIMIT, Loss, Model, Pass};
use crate::{kernel::losses, nn::Parameters};

impl Model {
    /// From mu and log_var on; returns the plain mean over all samples.
    pub(super) fn forward_weighted(&self, x: &[f32], k: usize, pass: &mut Pass) -> Loss {
        let (size, pixels) = (self.latent_size(), self.pixels());
        self.tell_decoder(k, pass);
        let Pass { eps, mu, log_var, z, recon, kl, d_log_var, d_kl, .. } = pass;
        for values in [&mut *z, &mut *d_log_var, &mut *d_kl] {
            values.resize(eps.len(), 0.0);
        }
        kl.clear();
        for row in 0..eps.len() / size {
            let (at, of) = (row * size..(row + 1) * size, row / k * size..(row / k + 1) * size);
            let (eps, log_var, z) = (&eps[at.clone()], &log_var[of.clone()], &mut z[at.clone()]);
            z.copy_from_slice(&mu[of]);
            let (d_z, d_kl) = (&mut d_log_var[at.clone()], &mut d_kl[at]);
            losses::sample(log_var, eps, LOG_VAR_LIMIT, z, d_z, d_kl);
            // ln q(z|x) - ln p(z) = sum over Z of (z² - eps² - log_var) / 2
            let terms = z.iter().zip(eps).zip(log_var).map(|((&z, &eps), &log_var)| {
                let log_var = log_var.clamp(-LOG_VAR_LIMIT, LOG_VAR_LIMIT);
                f64::from(z) * f64::from(z) - f64::from(eps) * f64::from(eps) - f64::from(log_var)
            });
            kl.push(terms.sum::<f64>() / 2.0);
        }
        if let Some(prior) = &self.prior {
            let log_ratio = prior.log_ratio(&self.parameters, z, &mut pass.flow);
            kl.iter_mut().zip(log_ratio).for_each(|(kl, ratio)| *kl -= ratio);
        }
        let logits = self.decoder.forward(&self.parameters, z, &mut pass.decoded);
        let d_logits = &mut pass.d_logits;
        d_logits.resize(logits.len(), 0.0);
        recon.clear();
        let rows = logits.chunks_exact(pixels).zip(d_logits.chunks_exact_mut(pixels));
        for (row, (logits, d_logits)) in rows.enumerate() {
            let x = &x[row / k * pixels..][..pixels];
            recon.push(self.likelihood().recon_and_gradient(pixels, logits, x, d_logits));
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        Loss { recon: mean(recon), kl: mean(kl) }
    }

    /// From the logits to mu and log_var, whose gradients are left in `d_z` and `d_log_var`.
    pub(super) fn backward_weighted(
        &self,
        x: &[f32],
        beta: f32,
        k: usize,
        pass: &mut Pass,
        gradient: &mut Parameters,
    ) {
        let (size, pixels) = (self.latent_size(), self.pixels());
        let b = x.len() / pixels;
        let Pass { log_var, z, recon, kl, decoded, d_logits, d_z, d_log_var, weights, .. } = pass;
        weights.clear();
        for (recon, kl) in recon.chunks_exact(k).zip(kl.chunks_exact(k)) {
            let loss = |i: usize| recon[i] + f64::from(beta) * kl[i];
            let least = (0..k).map(loss).fold(f64::INFINITY, f64::min);
            let exponential = |i: usize| libm::exp(least - loss(i));
            let sum: f64 = (0..k).map(exponential).sum();
            weights.extend((0..k).map(|i| (exponential(i) / sum / b as f64) as f32));
        }
        for (d_logits, weight) in d_logits.chunks_exact_mut(pixels).zip(&*weights) {
            d_logits.iter_mut().for_each(|d| *d *= weight);
        }
        d_z.resize(z.len(), 0.0);
        self.decoder.backward(&self.parameters, z, decoded, d_logits, Some(d_z), gradient);
        weights.iter_mut().for_each(|weight| *weight *= -beta);
        if let Some(prior) = &self.prior {
            prior.backward(&self.parameters, z, weights, &mut pass.flow, d_z, gradient);
        }
        // forward: kl = sum over Z of (z² - eps² - log_var) / 2,  z = mu + sigma eps
        // so:      d_mu = sum over k of d_z,   d_log_var = sum over k of d_z sigma eps / 2, less 1/2
        for (i, d_z) in d_z.iter_mut().enumerate() {
            *d_z -= weights[i / size] * z[i];
            d_log_var[i] *= *d_z;
        }
        for d in [&mut *d_z, &mut *d_log_var] {
            sum_of_samples(k, size, d);
        }
        let half = 0.5 * beta / b as f32;
        for (d, log_var) in d_log_var.iter_mut().zip(log_var) {
            *d -= if log_var.abs() < LOG_VAR_LIMIT { half } else { 0.0 };
        }
    }
}

/// From `[B, k, Z]` to `[B, Z]`, in place: no sum is written to where one is still to be read.
fn sum_of_samples(k: usize, size: usize, d: &mut Vec<f32>) {
    let images = d.len() / (k * size);
    for i in 0..images {
        for j in 0..size {
            d[i * size + j] = (0..k).map(|sample| d[(i * k + sample) * size + j]).sum();
        }
    }
    d.truncate(images * size);
}
