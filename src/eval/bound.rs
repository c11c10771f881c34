//! The importance-weighted bound (Burda, Grosse & Salakhutdinov 2016).

use ndarray::Array2;
use rand::seq::SliceRandom;

use super::{BATCH, batch, batches::map_batches, eps, slice};
use crate::{
    error::{Error, Result},
    model::{LOG_VAR_LIMIT, Model, Posterior},
    train::{
        Dataset, Pixels,
        seeds::{Purpose, generator},
    },
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
    on_batch: impl FnMut(usize),
) -> Result<f64> {
    let all: Vec<usize> = (0..data.len()).collect();
    let bounds = importance_weighted_bounds(model, data, &all, pixels, seed, k, on_batch)?;
    Ok(bounds.iter().sum::<f64>() / bounds.len() as f64)
}

/// The same for each of the images at `indices`, which are binarised as when all of `data` are measured.
///
/// # Errors
/// As [`importance_weighted_bound`].
pub fn importance_weighted_bounds(
    model: &Model,
    data: &Dataset,
    indices: &[usize],
    pixels: Pixels,
    seed: u32,
    k: u32,
    on_batch: impl FnMut(usize),
) -> Result<Vec<f64>> {
    if k == 0 {
        return Err(Error::Config("the importance-weighted bound needs at least 1 sample".into()));
    }
    let of_batch = |positions: std::ops::Range<usize>| {
        let first = positions.start;
        let indices = &indices[positions];
        let x = images_at(data, indices, pixels, seed);
        let labels: Vec<u8> = indices.iter().map(|&index| data.labels()[index]).collect();
        bounds_of_batch(model, (&x, &labels), first as u64, seed, k)
    };
    Ok(map_batches(indices.len(), of_batch, on_batch)?.concat())
}

/// The bound of one image with the first 1, 2, … and `most` of the same draws: how a run of it comes to its value.
///
/// # Shapes
/// `x`: `[1, P]` → `most` values.
///
/// # Errors
/// As [`importance_weighted_bound`].
pub fn running_bound(model: &Model, x: &Array2<f32>, seed: u32, most: u32) -> Result<Vec<f64>> {
    let draws = Draws::new(model, (x, &[]), 0, seed)?;
    let mut sum = LogSumExp::default();
    let bound = |sample: u32| {
        sum.add(draws.log_weights(sample)?[0]);
        Ok(sum.value() - f64::from(sample + 1).ln())
    };
    (0..most).map(bound).collect()
}

/// `count` of the numbers below `len`, drawn without repetition; all of them, where there are no more.
#[must_use]
pub fn subset(len: usize, count: usize, seed: u32) -> Vec<usize> {
    let mut indices: Vec<usize> = (0..len).collect();
    indices.shuffle(&mut generator(seed, Purpose::Subset, 0));
    indices.truncate(count);
    indices
}

/// The images at any indices, each with the Bernoulli draws that it has among all images.
fn images_at(data: &Dataset, indices: &[usize], pixels: Pixels, seed: u32) -> Array2<f32> {
    let mut x = Array2::zeros((indices.len(), data.pixels()));
    let mut held: Option<(usize, Array2<f32>)> = None;
    for (mut row, &index) in x.rows_mut().into_iter().zip(indices) {
        let first = index / BATCH * BATCH;
        let whole = match held.take() {
            Some((start, whole)) if start == first => whole,
            _ => batch(data, first, pixels, seed),
        };
        row.assign(&whole.row(index - first));
        held = Some((first, whole));
    }
    x
}

fn bounds_of_batch(
    model: &Model,
    of: (&Array2<f32>, &[u8]),
    first: u64,
    seed: u32,
    k: u32,
) -> Result<Vec<f64>> {
    let draws = Draws::new(model, of, first, seed)?;
    let mut sums = vec![LogSumExp::default(); draws.x.nrows()];
    for sample in 0..k {
        let weights = draws.log_weights(sample)?;
        sums.iter_mut().zip(weights).for_each(|(sum, weight)| sum.add(weight));
    }
    Ok(sums.iter().map(|sum| sum.value() - f64::from(k).ln()).collect())
}

/// Draws from the posteriors of a batch, whose images stand at `first` among all.
struct Draws<'a> {
    model: &'a Model,
    x: &'a Array2<f32>,
    labels: &'a [u8],
    posterior: Posterior,
    log_var: Array2<f32>,
    first: u64,
    seed: u32,
}

impl<'a> Draws<'a> {
    /// Of images with their labels, which a model with classes is told.
    fn new(
        model: &'a Model,
        (x, labels): (&'a Array2<f32>, &'a [u8]),
        first: u64,
        seed: u32,
    ) -> Result<Self> {
        let posterior = model.encode_told(x.view(), labels)?;
        let log_var = posterior.log_var.clone().ok_or_else(|| {
            Error::Config(
                "a plain autoencoder has no posterior, so no importance-weighted bound".into(),
            )
        })?;
        Ok(Self { model, x, labels, posterior, log_var, first, seed })
    }

    /// `ln p(x, z) - ln q(z|x)` of each image at its sample of this number.
    fn log_weights(&self, sample: u32) -> Result<Vec<f64>> {
        let Self { model, x, labels, posterior, log_var, first, seed } = self;
        // The upper half of the counter keeps these draws apart from the first sample's.
        let eps = eps(x.nrows(), model.latent_size(), *seed, (u64::from(sample) << 32) | first);
        let z = posterior.reparameterise(&eps);
        let prior = model.prior_log_ratio(z.view())?;
        let logits = model.decode_told(z.view(), labels)?;
        let recon = model.likelihood().recon(x.ncols(), slice(&logits), slice(x));
        let weight = |(row, recon): (usize, f64)| {
            // region: importance-weight
            // ln N(z; 0, I) - ln q(z|x) = sum over Z of (eps² + log_var - z²) / 2, with the log_var that z was drawn by
            let ratio: f64 = (z.row(row).iter().zip(eps.row(row)).zip(log_var.row(row)))
                .map(|((z, eps), log_var)| {
                    let log_var = log_var.clamp(-LOG_VAR_LIMIT, LOG_VAR_LIMIT);
                    f64::from(eps * eps + log_var - z * z) / 2.0
                })
                .sum();
            // ln p(z) - ln N(z; 0, I)
            let learned = prior.as_ref().map_or(0.0, |prior| prior[row]);
            ratio + learned - recon
            // endregion
        };
        Ok(recon.enumerate().map(weight).collect())
    }
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
    // region: log-sum-exp
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
    // endregion
}
