//! The importance-weighted bound (Burda, Grosse & Salakhutdinov 2016).

use super::{BATCH, batch, eps, slice};
use crate::{
    error::{Error, Result},
    model::Model,
    train::{Dataset, Pixels},
};

/// `E[ln 1/K sum_k p(x, z_k) / q(z_k|x)]`, `z_k ~ q(z|x)`: a lower bound on `ln p(x)` that tightens as K grows; K = 1
/// is the ELBO. In nats per image, over all of `data`; `on_batch` hears how many images are done.
///
/// # Errors
/// [`Error::Config`] for the plain autoencoder, which has no density, and for K = 0; [`Error::Shape`] where the images
/// do not fit.
pub fn importance_weighted_bound(
    model: &Model,
    data: &Dataset,
    pixels: Pixels,
    seed: u32,
    k: u32,
    mut on_batch: impl FnMut(usize),
) -> Result<f64> {
    if k == 0 {
        return Err(Error::Config("the importance-weighted bound needs at least 1 sample".into()));
    }
    let mut total = 0.0;
    for first in (0..data.len()).step_by(BATCH) {
        let x = batch(data, first, pixels, seed);
        let posterior = model.encode(x.view())?;
        let log_var = posterior.log_var.as_ref().ok_or_else(|| {
            Error::Config(
                "a plain autoencoder has no posterior, so no importance-weighted bound".into(),
            )
        })?;
        let mut sums = vec![LogSumExp::default(); x.nrows()];
        for sample in 0..k {
            // The upper half of the counter keeps these draws apart from the first sample's.
            let eps =
                eps(x.nrows(), model.latent_size(), seed, (u64::from(sample) << 32) | first as u64);
            let z = posterior.reparameterise(&eps);
            let prior = model.prior_log_ratio(z.view())?;
            let logits = model.decode(z.view())?;
            let recon = model.likelihood().recon(x.ncols(), slice(&logits), slice(&x));
            for (row, (sum, recon)) in sums.iter_mut().zip(recon).enumerate() {
                // ln N(z; 0, I) - ln q(z|x) = sum over Z of (eps² + log_var - z²) / 2
                let ratio: f64 = (z.row(row).iter().zip(eps.row(row)).zip(log_var.row(row)))
                    .map(|((z, eps), log_var)| f64::from(eps * eps + log_var - z * z) / 2.0)
                    .sum();
                // ln p(z) - ln N(z; 0, I)
                let learned = prior.as_ref().map_or(0.0, |prior| prior[row]);
                sum.add(ratio + learned - recon);
            }
        }
        total += sums.iter().map(|sum| sum.value() - f64::from(k).ln()).sum::<f64>();
        on_batch(data.len().min(first + BATCH));
    }
    Ok(total / data.len() as f64)
}

/// `ln sum exp`, one term at a time.
#[derive(Debug, Clone, Copy)]
struct LogSumExp {
    most: f64,
    sum: f64,
}

impl Default for LogSumExp {
    fn default() -> Self {
        Self { most: f64::NEG_INFINITY, sum: 0.0 }
    }
}

impl LogSumExp {
    fn add(&mut self, term: f64) {
        if term > self.most {
            self.sum = self.sum * (self.most - term).exp() + 1.0;
            self.most = term;
        } else {
            self.sum += (term - self.most).exp();
        }
    }

    fn value(self) -> f64 {
        self.most + self.sum.ln()
    }
}
