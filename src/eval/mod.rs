//! MEASURING: what a model is worth on data that it was not trained on.

mod aggregate;
mod batches;
mod bound;
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
mod frechet;
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
mod judge;
mod neighbours;
mod probe;
mod reading;

use std::ops::Range;

use ndarray::{Array2, ArrayView2, Axis};
use serde::Serialize;

pub use aggregate::Aggregate;
pub use bound::{importance_weighted_bound, importance_weighted_bounds, running_bound, subset};
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
pub use frechet::{Cloud, frechet_distance};
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
pub use judge::{Judge, Reference, SampleReport, Sampling};
pub use neighbours::{Neighbours, kept_identity};
pub use probe::{linear_probe, nearest, posterior_means};
pub use reading::{accuracy, largest, share_right};

use crate::{
    error::Result,
    model::{Model, Posterior, standard_normal},
    train::{
        Dataset, Draws, Pixels,
        seeds::{Purpose, generator},
    },
};

/// Images measured at a time: few enough that their activations stay in the cache.
const BATCH: usize = 100;

/// A latent dimension is active when the variance of its posterior mean over the data is above this
/// (Burda et al. 2016, §5.2).
const ACTIVE_VARIANCE: f64 = 0.01;

/// What a model measured, in nats; per image, averaged over all images.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// The evidence lower bound, `-(recon + kl)`, with one sample of each posterior.
    pub elbo: f64,
    /// D at that sample, summed over P.
    pub recon: f64,
    /// KL to the prior, summed over Z; 0 for the plain autoencoder. To a learned prior, that at one sample of each
    /// posterior, as [`Loss`](crate::model::Loss) has it.
    pub kl: f64,
    /// Squared error of the mean image decoded from `z = mu` of the grey image, summed over P.
    pub sse: f64,
    /// KL of each latent dimension to N(0, 1), whatever the prior.
    pub kl_per_dim: Vec<f64>,
    /// How many latent dimensions are in use.
    pub active_units: usize,
}

/// The bound of a model in its parts, in nats; per image, averaged over all images. As [`Evaluation`] has them.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// D at one sample of each posterior, summed over P.
    pub recon: f64,
    /// KL to the prior, summed over Z.
    pub kl: f64,
    /// KL of each latent dimension to N(0, 1).
    pub kl_per_dim: Vec<f64>,
}

/// Measures `model` on all of `data`, as `pixels` says; Bernoulli draws and eps follow from `seed`.
///
/// # Errors
/// [`Error::Shape`](crate::error::Error::Shape) where the images do not fit the model.
pub fn evaluate(model: &Model, data: &Dataset, pixels: Pixels, seed: u32) -> Result<Evaluation> {
    let mut sums = Sums::new(model.latent_size());
    let mut moments = vec![(0.0, 0.0); model.latent_size()];
    let mut sse = 0.0;
    for first in (0..data.len()).step_by(BATCH) {
        let x = batch(data, first, pixels, seed);
        let posterior = sums.add(model, &x, seed, first as u64)?;
        for row in posterior.mu.rows() {
            for ((sum, squares), &mu) in moments.iter_mut().zip(row) {
                *sum += f64::from(mu);
                *squares += f64::from(mu) * f64::from(mu);
            }
        }
        let grey = batch(data, first, Pixels::Grey, seed);
        sse += squared_errors(&reconstruct(model, grey.view())?, &grey).sum::<f64>();
    }
    let count = data.len() as f64;
    let Measured { recon, kl, kl_per_dim } = sums.over(count);
    let variance = |(sum, squares): &(f64, f64)| squares / count - (sum / count).powi(2);
    let active_units = moments.iter().filter(|moments| variance(moments) > ACTIVE_VARIANCE).count();
    Ok(Evaluation { elbo: -(recon + kl), recon, kl, sse: sse / count, kl_per_dim, active_units })
}

/// Measures `model` on `part`, at most 100 images that stand at `first` in a larger set, with the draws that they have there:
/// the mean of the parts, each of 100 and the last of what is left, is what [`evaluate`] says of the whole.
///
/// # Errors
/// As [`evaluate`].
pub fn measure_part(
    model: &Model,
    part: &Dataset,
    first: u64,
    pixels: Pixels,
    seed: u32,
) -> Result<Measured> {
    let mut sums = Sums::new(model.latent_size());
    let x = images_at(first, part, 0..part.len(), pixels, seed);
    sums.add(model, &x, seed, first)?;
    Ok(sums.over(part.len() as f64))
}

/// What images measured, not yet averaged.
struct Sums {
    recon: f64,
    log_ratio: f64,
    kl_per_dim: Vec<f64>,
}

impl Sums {
    fn new(size: usize) -> Self {
        Self { recon: 0.0, log_ratio: 0.0, kl_per_dim: vec![0.0; size] }
    }

    /// Adds a batch of images, the first of which is the `first` of its set.
    fn add(&mut self, model: &Model, x: &Array2<f32>, seed: u32, first: u64) -> Result<Posterior> {
        let posterior = model.encode(x.view())?;
        let z = posterior.reparameterise(&eps(x.nrows(), model.latent_size(), seed, first));
        let logits = model.decode(z.view())?;
        self.recon += model.likelihood().recon(x.ncols(), slice(&logits), slice(x)).sum::<f64>();
        self.log_ratio += model.prior_log_ratio(z.view())?.iter().flatten().sum::<f64>();
        if let Some(kl) = posterior.kl() {
            for row in kl.rows() {
                self.kl_per_dim.iter_mut().zip(row).for_each(|(sum, &kl)| *sum += f64::from(kl));
            }
        }
        Ok(posterior)
    }

    fn over(mut self, count: f64) -> Measured {
        self.kl_per_dim.iter_mut().for_each(|sum| *sum /= count);
        let kl = self.kl_per_dim.iter().sum::<f64>() - self.log_ratio / count;
        Measured { recon: self.recon / count, kl, kl_per_dim: self.kl_per_dim }
    }
}

/// The mean image decoded from `z = mu`.
///
/// # Shapes
/// `x`: `[B, P]` → `[B, P]`.
///
/// # Errors
/// [`Error::Shape`](crate::error::Error::Shape) where the images do not fit the model.
pub fn reconstruct(model: &Model, x: ArrayView2<'_, f32>) -> Result<Array2<f32>> {
    model.decode_mean(model.encode(x)?.mu.view())
}

/// Up to [`BATCH`] images from `first` on, `[B, P]`; the Bernoulli draws are the same whenever an image is asked for
/// with the same seed and `first`.
fn batch(data: &Dataset, first: usize, pixels: Pixels, seed: u32) -> Array2<f32> {
    images(data, first..data.len().min(first + BATCH), pixels, seed)
}

/// The images of a range, `[B, P]`.
fn images(data: &Dataset, indices: Range<usize>, pixels: Pixels, seed: u32) -> Array2<f32> {
    images_at(indices.start as u64, data, indices, pixels, seed)
}

/// [`images`] with the draws that they have where the first of them stands at `first`.
fn images_at(
    first: u64,
    data: &Dataset,
    indices: Range<usize>,
    pixels: Pixels,
    seed: u32,
) -> Array2<f32> {
    let mut x = Array2::zeros((indices.len(), data.pixels()));
    let mut draws = Draws::new(seed, first).of_part(first - indices.start as u64);
    data.rows(indices, pixels, &mut draws, x.as_slice_mut().expect("zeros are in standard layout"));
    x
}

fn eps(rows: usize, size: usize, seed: u32, counter: u64) -> Array2<f32> {
    let mut eps = Array2::zeros((rows, size));
    let mut rng = generator(seed, Purpose::Posterior, counter);
    standard_normal(&mut rng, eps.as_slice_mut().expect("zeros are in standard layout"));
    eps
}

fn squared_errors<'a>(a: &'a Array2<f32>, b: &'a Array2<f32>) -> impl Iterator<Item = f64> + 'a {
    let squares = |(a, b): (&f32, &f32)| f64::from(a - b).powi(2);
    a.axis_iter(Axis(0))
        .zip(b.axis_iter(Axis(0)))
        .map(move |(a, b)| a.iter().zip(b).map(squares).sum())
}

fn slice(matrix: &Array2<f32>) -> &[f32] {
    matrix.as_slice().expect("made in standard layout")
}
