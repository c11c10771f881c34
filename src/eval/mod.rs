//! MEASURING: what a model is worth on data that it was not trained on.

mod aggregate;
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
mod attributes;
mod batches;
mod bound;
mod code_samples;
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
mod frechet;
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
mod hand;
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
mod judge;
mod neighbours;
mod probe;
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
mod rank;
mod reading;
#[cfg(all(feature = "style", not(target_arch = "wasm32")))]
mod style;

use std::ops::Range;

use ndarray::{Array2, ArrayView2, Axis};
use serde::Serialize;

pub use aggregate::Aggregate;
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
pub use attributes::{ATTRIBUTES, Attributes};
pub use bound::{importance_weighted_bound, importance_weighted_bounds, running_bound, subset};
pub use code_samples::{Told, decode_codes, draw_codes, upper_half};
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
pub use frechet::{Cloud, frechet_distance};
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
pub use hand::{HandReport, Kinship, ReadFrom, Writers, measure_hand};
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
pub use judge::{Judge, Reference, SampleReport, Sampling};
pub use neighbours::{Neighbours, kept_identity};
pub use probe::{linear_probe, nearest, posterior_means};
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
pub use rank::rank_correlation;
pub use reading::{accuracy, largest, share_right};
#[cfg(all(feature = "style", not(target_arch = "wasm32")))]
pub use style::{StyleJudges, StyleScore, StyleTask, StyleTest, Way};

use crate::{
    error::Result,
    model::{CodeUse, Model, Posterior, standard_normal},
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
    /// posterior, as [`Loss`](crate::model::Loss) has it. Of a codebook `-ln p(codes)`, which is the KL of a posterior that
    /// is sure of its codes; p knows no class.
    pub kl: f64,
    /// Squared error of the mean image decoded from `z = mu` of the grey image, summed over P.
    pub sse: f64,
    /// KL of each latent dimension to N(0, 1), whatever the prior; none of a codebook.
    pub kl_per_dim: Vec<f64>,
    /// How many latent dimensions are in use.
    pub active_units: usize,
    /// How a codebook's codes are used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codes: Option<CodeUse>,
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
    let mut sums = Sums::new(model);
    let mut moments = vec![(0.0, 0.0); sums.kl_per_dim.len()];
    let (mut sse, mut codes) = (0.0, Vec::new());
    for first in (0..data.len()).step_by(BATCH) {
        let x = batch(data, first, pixels, seed);
        let labels = &data.labels()[first..first + x.nrows()];
        let posterior = sums.add(model, (&x, labels), seed, first as u64)?;
        for row in posterior.mu.rows() {
            for ((sum, squares), &mu) in moments.iter_mut().zip(row) {
                *sum += f64::from(mu);
                *squares += f64::from(mu) * f64::from(mu);
            }
        }
        codes.extend(nearest_codes(model, &posterior));
        let grey = batch(data, first, Pixels::Grey, seed);
        sse += squared_errors(&reconstruct(model, grey.view(), labels)?, &grey).sum::<f64>();
    }
    let count = data.len() as f64;
    let Measured { recon, kl, kl_per_dim } = sums.over(count);
    let variance = |(sum, squares): &(f64, f64)| squares / count - (sum / count).powi(2);
    let active_units = moments.iter().filter(|moments| variance(moments) > ACTIVE_VARIANCE).count();
    let codes = model.codebook().map(|codebook| codebook.code_use(&codes));
    let sse = sse / count;
    Ok(Evaluation { elbo: -(recon + kl), recon, kl, sse, kl_per_dim, active_units, codes })
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
    let mut sums = Sums::new(model);
    let x = images_at(first, part, 0..part.len(), pixels, seed);
    sums.add(model, (&x, part.labels()), seed, first)?;
    Ok(sums.over(part.len() as f64))
}

/// What images measured, not yet averaged.
struct Sums {
    recon: f64,
    log_ratio: f64,
    code_nats: f64,
    kl_per_dim: Vec<f64>,
}

impl Sums {
    fn new(model: &Model) -> Self {
        let size = if model.codebook().is_some() { 0 } else { model.latent_size() };
        Self { recon: 0.0, log_ratio: 0.0, code_nats: 0.0, kl_per_dim: vec![0.0; size] }
    }

    /// Adds a batch of images with their labels, the first of which is the `first` of its set.
    fn add(
        &mut self,
        model: &Model,
        (x, labels): (&Array2<f32>, &[u8]),
        seed: u32,
        first: u64,
    ) -> Result<Posterior> {
        let posterior = model.encode_told(x.view(), labels)?;
        let z = posterior.reparameterise(&eps(x.nrows(), model.latent_size(), seed, first));
        let logits = model.decode_told(z.view(), labels)?;
        self.recon += model.likelihood().recon(x.ncols(), slice(&logits), slice(x)).sum::<f64>();
        self.log_ratio += model.prior_log_ratio(z.view())?.iter().flatten().sum::<f64>();
        if let Some(codebook) = model.codebook() {
            let (codes, untold) = (nearest_codes(model, &posterior), vec![None; x.nrows()]);
            self.code_nats += codebook.nats(model.parameters(), &codes, &untold);
        }
        if let Some(kl) = posterior.kl() {
            for row in kl.rows() {
                self.kl_per_dim.iter_mut().zip(row).for_each(|(sum, &kl)| *sum += f64::from(kl));
            }
        }
        Ok(posterior)
    }

    fn over(mut self, count: f64) -> Measured {
        self.kl_per_dim.iter_mut().for_each(|sum| *sum /= count);
        let kl = self.kl_per_dim.iter().sum::<f64>() + (self.code_nats - self.log_ratio) / count;
        Measured { recon: self.recon / count, kl, kl_per_dim: self.kl_per_dim }
    }
}

/// The codes of the vectors that a codebook put in place of what the encoder said; none without a codebook.
fn nearest_codes(model: &Model, posterior: &Posterior) -> Vec<u8> {
    let codebook = model.codebook();
    codebook.map_or(Vec::new(), |book| book.nearest(model.parameters(), slice(&posterior.mu)))
}

/// The mean image decoded from `z = mu`; a model with classes is told the labels, another does not ask.
///
/// # Shapes
/// `x`: `[B, P]`, `labels`: B → `[B, P]`.
///
/// # Errors
/// [`Error::Shape`](crate::error::Error::Shape) where the images do not fit the model.
pub fn reconstruct(model: &Model, x: ArrayView2<'_, f32>, labels: &[u8]) -> Result<Array2<f32>> {
    model.decode_mean_told(model.encode_told(x, labels)?.mu.view(), labels)
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
