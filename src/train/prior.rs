//! Learning the prior of a model that is trained already: maximum likelihood on its aggregate posterior.

use ndarray::ArrayView2;
use rand::seq::SliceRandom;

use super::{
    Dataset, Draws, Pixels,
    seeds::{Purpose, generator},
    trainer::{average, clip},
};
use crate::{
    error::{Error, Result},
    model::{Flow, FlowConfig, FlowPass, LOG_VAR_LIMIT, Model, standard_normal},
    nn::{Adam, AdamConfig, Parameters},
};

/// z in a batch.
const BATCH: usize = 256;
/// Binarisations of the data whose posteriors are kept, and used in turn: one to an epoch. Chosen: any of 2 to 8 works.
const DRAWS: u64 = 4;
/// Images that are encoded at a time.
const ENCODED: usize = 500;
/// The largest norm of a gradient. Chosen: any of 1 to 10 works.
const CLIP: f32 = 5.0;
/// The decay of the averaged weights.
const AVERAGE: f32 = 0.999;

/// How a prior is learned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PriorConfig {
    /// The prior's size.
    pub flow: FlowConfig,
    /// Passes through the data.
    pub epochs: u32,
    /// Adam's largest step size, from which it falls as half a cosine to 0.
    pub learning_rate: f32,
    /// What the encoder is given.
    pub pixels: Pixels,
    /// Seed of every random draw.
    pub seed: u32,
}

/// `model` with a prior that was fitted to `z = mu + sigma eps` of `data`; encoder and decoder stay as they are.
///
/// `on_epoch` hears the number of each epoch, from 1, and the mean of `-(ln p(z) - ln N(z; 0, I))` in it: by how many nats
/// the KL of training images fell.
///
/// # Errors
/// [`Error::Config`] where the model has no posterior or the flow is not possible, [`Error::Data`] for fewer
/// images than a batch, [`Error::Shape`] for images of another size, [`Error::Diverged`] where the loss is no longer finite.
pub fn fit_prior(
    model: &Model,
    data: &Dataset,
    config: PriorConfig,
    mut on_epoch: impl FnMut(u32, f64),
) -> Result<Model> {
    let PriorConfig { flow: size, epochs, learning_rate, pixels, seed } = config;
    let mut parameters = Parameters::default();
    let flow = Flow::new(model.latent_size(), size, &mut parameters)?;
    flow.initialise(&mut parameters, &mut generator(seed, Purpose::Weights, 0));
    // Before the work rather than after it.
    model.with_prior(size, &parameters)?;
    if data.len() < BATCH {
        let message = format!("there are {} images, a batch alone needs {BATCH}", data.len());
        return Err(Error::Data(message));
    }
    let draws = u64::from(epochs).clamp(1, DRAWS);
    let posteriors = (0..draws)
        .map(|draw| posteriors(model, data, pixels, seed, draw))
        .collect::<Result<Vec<_>>>()?;

    let mut adam = Adam::new(AdamConfig::default(), &parameters);
    let mut averaged = parameters.clone();
    let mut gradient = parameters.zeros_like();
    let mut pass = FlowPass::default();
    let z_size = model.latent_size();
    let (mut z, mut eps) = (vec![0.0; BATCH * z_size], vec![0.0; BATCH * z_size]);
    let (mut d_z, weights) = (z.clone(), vec![-1.0 / BATCH as f32; BATCH]);
    let steps = (data.len() / BATCH) as u64;
    for epoch in 0..u64::from(epochs) {
        let posteriors = &posteriors[(epoch % draws) as usize];
        let mut order: Vec<usize> = (0..data.len()).collect();
        order.shuffle(&mut generator(seed, Purpose::Order, epoch));
        let mut sum = 0.0;
        for (batch, indices) in (0..steps).zip(order.chunks_exact(BATCH)) {
            let step = epoch * steps + batch;
            standard_normal(&mut generator(seed, Purpose::Posterior, step), &mut eps);
            let rows = z.chunks_exact_mut(z_size).zip(eps.chunks_exact(z_size));
            for ((z, eps), index) in rows.zip(indices) {
                let [mu, sigma] = posteriors.each_ref().map(|of| &of[index * z_size..]);
                for (((z, eps), mu), sigma) in z.iter_mut().zip(eps).zip(mu).zip(sigma) {
                    *z = mu + sigma * eps;
                }
            }
            let loss = -flow.log_ratio(&parameters, &z, &mut pass).iter().sum::<f64>();
            flow.backward(&parameters, &z, &weights, &mut pass, &mut d_z, &mut gradient);
            if !(loss.is_finite() && clip(&mut gradient, CLIP).is_finite()) {
                return Err(Error::Diverged { step: step + 1 });
            }
            sum += loss;
            let done = step as f64 / (steps * u64::from(epochs)) as f64;
            let fall = 0.5 + 0.5 * libm::cos(std::f64::consts::PI * done);
            let rate = (f64::from(learning_rate) * fall) as f32;
            adam.update(step + 1, rate, &mut parameters, &gradient);
            average(AVERAGE, step + 1, 0..parameters.count(), &mut averaged, &parameters);
        }
        on_epoch(epoch as u32 + 1, sum / (steps as usize * BATCH) as f64);
    }
    model.with_prior(size, &averaged)
}

/// Mu and sigma of every image in one binarisation of the data, `[images, Z]` each.
fn posteriors(
    model: &Model,
    data: &Dataset,
    pixels: Pixels,
    seed: u32,
    draw: u64,
) -> Result<[Vec<f32>; 2]> {
    let [mut all_mu, mut all_sigma] = [(); 2].map(|()| Vec::new());
    let mut draws = Draws::new(seed, draw);
    let mut x = Vec::new();
    for first in (0..data.len()).step_by(ENCODED) {
        let rows = first..data.len().min(first + ENCODED);
        x.resize(rows.len() * data.pixels(), 0.0);
        let (count, labels) = (rows.len(), &data.labels()[rows.clone()]);
        data.rows(rows, pixels, &mut draws, &mut x);
        let images = ArrayView2::from_shape((count, data.pixels()), &x)
            .expect("there are as many rows as images");
        let posterior = model.encode_told(images, labels)?;
        all_mu.extend(posterior.mu.iter());
        let sigma = |log_var: &f32| libm::expf(0.5 * log_var.clamp(-LOG_VAR_LIMIT, LOG_VAR_LIMIT));
        all_sigma.extend(posterior.log_var.iter().flatten().map(sigma));
    }
    Ok([all_mu, all_sigma])
}
