//! One posterior from several readings of the same hidden thing: the product of their Gaussians.

use super::LOG_VAR_LIMIT;

/// Means and log variances, `[rows, size]` each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gaussians {
    /// The means.
    pub mu: Vec<f32>,
    /// The log variances; as everywhere they count between ±[`LOG_VAR_LIMIT`] only.
    pub log_var: Vec<f32>,
}

impl Gaussians {
    /// So many values, whatever they were.
    pub(super) fn resize(&mut self, count: usize) {
        self.mu.resize(count, 0.0);
        self.log_var.resize(count, 0.0);
    }

    /// Writes the product of the Gaussians in the rows of `of` with N(0, I), which counts once however many they are: the
    /// posterior of a thing whose prior is N(0, I) when each row is what one independent example says of it.
    ///
    /// `1/σ² = 1 + Σ 1/σᵢ²`,  `mu = σ² Σ muᵢ/σᵢ²`;  of no rows it is the prior.
    ///
    /// # Shapes
    /// `mu`, `log_var`: `[size]`.
    pub fn product(&self, of: &[u32], mu: &mut [f32], log_var: &mut [f32]) {
        let size = mu.len();
        for (j, (mu, log_var)) in mu.iter_mut().zip(log_var).enumerate() {
            let (mut precision, mut sum) = (1.0, 0.0);
            for &row in of {
                let (mean, w) = self.factor(row as usize * size + j);
                precision += w;
                sum += w * mean;
            }
            *mu = sum / precision;
            *log_var = -libm::logf(precision);
        }
    }

    /// The way back of [`product`](Self::product), whose results `product` are: adds to `d_self`.
    ///
    /// # Shapes
    /// Pairs of mu's and log_var's, `[size]` each.
    pub fn product_backward(
        &self,
        of: &[u32],
        (mu, log_var): (&[f32], &[f32]),
        (d_mu, d_log_var): (&[f32], &[f32]),
        d_self: &mut Self,
    ) {
        // forward: p = 1 + Σ wᵢ,  wᵢ = e^-log_varᵢ,  mu = Σ wᵢ muᵢ / p,  log_var = -ln p
        // so:      d_muᵢ = d_mu wᵢ / p,   d_log_varᵢ = (d_log_var - d_mu (muᵢ - mu)) wᵢ / p
        let size = mu.len();
        for j in 0..size {
            let variance = libm::expf(log_var[j]);
            for &row in of {
                let at = row as usize * size + j;
                let (mean, w) = self.factor(at);
                let share = w * variance;
                d_self.mu[at] += d_mu[j] * share;
                if self.log_var[at].abs() < LOG_VAR_LIMIT {
                    d_self.log_var[at] += (d_log_var[j] - d_mu[j] * (mean - mu[j])) * share;
                }
            }
        }
    }

    /// Mean and precision of one value.
    fn factor(&self, at: usize) -> (f32, f32) {
        let log_var = self.log_var[at].clamp(-LOG_VAR_LIMIT, LOG_VAR_LIMIT);
        (self.mu[at], libm::expf(-log_var))
    }
}
