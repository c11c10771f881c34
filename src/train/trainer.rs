//! One batch, one Adam step.

use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use super::{
    Augment, Dataset, Pixels,
    seeds::{Purpose, generator},
};
use crate::{
    error::{Error, Result},
    kernel::sum_of_squares,
    model::{Config, Latent, Model, Pass, standard_normal},
    nn::{Adam, AdamConfig, Parameters, Shape},
};

/// How a model is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingConfig {
    /// B, images in a batch; the last of an epoch is left out where it would be smaller.
    pub batch: usize,
    /// Adam's largest step size, above 0 and at most a million.
    pub learning_rate: f32,
    /// Steps over which the learning rate rises from 0.
    #[serde(default)]
    pub warm_up: u64,
    /// What the learning rate does after that.
    #[serde(default)]
    pub decay: Decay,
    /// Epochs over which beta rises from 0 to its value.
    #[serde(default)]
    pub kl_warm_up: f32,
    /// What the network is given.
    pub pixels: Pixels,
    /// Adam's other constants.
    #[serde(default)]
    pub adam: AdamConfig,
    /// Decay of the moving average of the weights, which is then the model; 0 for the weights themselves.
    #[serde(default)]
    pub ema: f32,
    /// The largest norm of the whole gradient, to which a larger one is scaled; 0 for none.
    #[serde(default)]
    pub clip: f32,
    /// k, samples of each posterior: above 1 the importance-weighted bound is trained.
    #[serde(default = "one")]
    pub samples: u32,
    /// λ, nats that each latent dimension may use without KL's gradient: see [`Pass::free_bits`].
    #[serde(default)]
    pub free_bits: f32,
    /// How images are changed before they become pixels.
    #[serde(default)]
    pub augment: Augment,
    /// The share of the run's steps in which they are: the last steps, with a small learning rate, then learn from the
    /// images as they are.
    #[serde(default = "whole")]
    pub augment_until: f32,
}

impl Default for TrainingConfig {
    /// A batch of 128 at 1e-3, binarised, and no more than that.
    fn default() -> Self {
        Self {
            batch: 128,
            learning_rate: 1e-3,
            warm_up: 0,
            decay: Decay::None,
            kl_warm_up: 0.0,
            pixels: Pixels::Bernoulli,
            adam: AdamConfig::default(),
            ema: 0.0,
            clip: 0.0,
            samples: 1,
            free_bits: 0.0,
            augment: Augment::default(),
            augment_until: 1.0,
        }
    }
}

fn one() -> u32 {
    1
}

fn whole() -> f32 {
    1.0
}

/// How the learning rate falls over a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decay {
    /// Not at all.
    #[default]
    None,
    /// In a straight line to 0 at the last step.
    Linear,
    /// As half a cosine to 0 at the last step  (Loshchilov & Hutter 2017).
    Cosine,
}

impl Decay {
    /// The learning rate of the step after `step` of `total`: rising to `largest` over `warm_up` steps, and falling.
    pub(super) fn rate(self, largest: f32, warm_up: u64, step: u64, total: u64) -> f32 {
        let rise = ((step + 1) as f64 / warm_up.max(1) as f64).min(1.0);
        let left = 1.0 - step as f64 / total.max(1) as f64;
        let fall = match self {
            Self::None => 1.0,
            Self::Linear => left,
            Self::Cosine => 0.5 - 0.5 * libm::cos(std::f64::consts::PI * left),
        };
        (f64::from(largest) * rise * fall.max(0.0)) as f32
    }
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Its number, counted from 1.
    pub step: u64,
    /// D of the batch, in nats: summed over P, averaged over B; and over the samples, unweighted.
    pub recon: f64,
    /// KL of the batch, in nats: summed over Z, averaged as D; without beta. See [`Loss`](crate::model::Loss).
    pub kl: f64,
    /// The norm of the whole gradient, before it was clipped.
    pub norm: f64,
}

/// A run: a model, its optimiser and where they stand.
#[derive(Debug, Clone)]
pub struct Trainer {
    model: Model,
    /// The model of averaged weights, where there is one.
    averaged: Option<Model>,
    adam: Adam,
    config: TrainingConfig,
    seed: u32,
    epochs: u32,
    step: u64,
    order: Vec<u32>,
    order_epoch: Option<u64>,
    image: Vec<u8>,
    x: Vec<f32>,
    pass: Pass,
    gradient: Parameters,
}

/// The largest learning rate that is taken. Chosen: far above any use, and low enough that an Adam step of it on a
/// gradient whose square is finite cannot overflow.
const MOST_LEARNING_RATE: f32 = 1e6;

impl Trainer {
    /// A run from random weights over `epochs` epochs of `data`.
    ///
    /// # Errors
    /// [`Error::Config`] where model or training are not possible, [`Error::Data`] where the images do not fit.
    pub fn new(
        model: Config,
        config: TrainingConfig,
        data: &Dataset,
        seed: u32,
        epochs: u32,
    ) -> Result<Self> {
        let mut rng = generator(seed, Purpose::Weights, 0);
        let pixels = data.pixels();
        if model.input.checked_count() != Some(pixels) {
            let Shape { height, width, channels } = model.input;
            return Err(Error::Data(format!(
                "the images have {pixels} values, this model needs {height} x {width} x {channels}"
            )));
        }
        if config.batch == 0 || config.batch > data.len() {
            let (batch, images) = (config.batch, data.len());
            return Err(Error::Config(format!(
                "batch is {batch}, expected 1 to {images}, the images there are"
            )));
        }
        check_ranges(&config)?;
        check_objective(&config, model.latent)?;
        let model = Model::random(model, &data.mean(), &mut rng)?;
        let averaged = (config.ema > 0.0).then(|| model.clone());
        let adam = Adam::new(config.adam, model.parameters());
        let gradient = model.parameters().zeros_like();
        let mut pass = Pass::default();
        pass.free_bits = config.free_bits;
        Ok(Self {
            model,
            averaged,
            adam,
            config,
            seed,
            epochs,
            step: 0,
            order: (0..data.len() as u32).collect(),
            order_epoch: None,
            image: Vec::new(),
            x: Vec::new(),
            pass,
            gradient,
        })
    }

    /// The model as it is now; of averaged weights, where the config says so.
    #[must_use]
    pub fn model(&self) -> &Model {
        self.averaged.as_ref().unwrap_or(&self.model)
    }

    /// Steps taken.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// Steps in an epoch.
    #[must_use]
    pub fn steps_per_epoch(&self) -> u64 {
        (self.order.len() / self.config.batch) as u64
    }

    /// Steps in the whole run.
    #[must_use]
    pub fn total_steps(&self) -> u64 {
        self.steps_per_epoch() * u64::from(self.epochs)
    }

    /// The tensors that a resumed run needs, in order: parameters, first and second moment, averaged parameters (which
    /// are the parameters themselves where none are averaged).
    #[must_use]
    pub fn state(&self) -> [&Parameters; 4] {
        [self.model.parameters(), &self.adam.first, &self.adam.second, self.model().parameters()]
    }

    /// Puts back what [`state`](Self::state) gave after `step` steps of a run with the same configs, data and seed.
    ///
    /// # Errors
    /// [`Error::Weights`] where names or shapes are not this run's.
    pub fn restore(&mut self, step: u64, state: [Parameters; 4]) -> Result<()> {
        let same = |ours: &Parameters, theirs: &Parameters| {
            ours.iter().map(|t| (&t.name, &t.shape)).eq(theirs.iter().map(|t| (&t.name, &t.shape)))
        };
        if !state.iter().all(|theirs| same(self.model.parameters(), theirs)) {
            return Err(Error::Weights(
                "the saved state is of another model than this config's".into(),
            ));
        }
        let [parameters, first, second, averaged] = state;
        *self.model.parameters_mut() = parameters;
        (self.adam.first, self.adam.second) = (first, second);
        if let Some(model) = &mut self.averaged {
            *model.parameters_mut() = averaged;
        }
        self.step = step;
        Ok(())
    }

    /// Trains on the next batch of `data`, which must be the set that the run began with.
    ///
    /// # Errors
    /// [`Error::Diverged`] where the loss or its gradient is no longer finite; the parameters are then those before the step.
    pub fn step(&mut self, data: &Dataset) -> Result<Step> {
        assert!(
            data.len() == self.order.len(),
            "{} images, the run began with {}",
            data.len(),
            self.order.len()
        );
        self.next_batch(data);
        let b = self.config.batch;
        let mut rng = generator(self.seed, Purpose::Posterior, self.step);
        let samples = b * self.config.samples as usize;
        self.pass.eps.resize(samples * self.model.latent_size(), 0.0);
        standard_normal(&mut rng, &mut self.pass.eps);

        let loss = self.model.forward(&self.x, &mut self.pass);
        if !(loss.recon + loss.kl).is_finite() {
            return Err(Error::Diverged { step: self.step + 1 });
        }
        self.model.backward(&self.x, self.beta(), &mut self.pass, &mut self.gradient);
        // Adam squares it; what overflows there would come back as NaN in the weights.
        let norm = clip(&mut self.gradient, self.config.clip);
        if !norm.is_finite() {
            return Err(Error::Diverged { step: self.step + 1 });
        }
        let learning_rate = self.learning_rate();
        self.step += 1;
        self.adam.update(self.step, learning_rate, self.model.parameters_mut(), &self.gradient);
        if let Some(averaged) = &mut self.averaged {
            let (decay, parameters) = (self.config.ema, self.model.parameters());
            average(decay, self.step, averaged.parameters_mut(), parameters);
        }
        Ok(Step { step: self.step, recon: loss.recon, kl: loss.kl, norm })
    }

    /// Another learning rate from the next step on: what warm-up and decay start from.
    ///
    /// # Errors
    /// [`Error::Config`] for one that no run may have; the run keeps the one it had.
    pub fn set_learning_rate(&mut self, learning_rate: f32) -> Result<()> {
        let config = TrainingConfig { learning_rate, ..self.config.clone() };
        check_ranges(&config)?;
        self.config = config;
        Ok(())
    }

    /// Another weight of KL from the next step on: what its warm-up rises to.
    ///
    /// # Errors
    /// [`Error::Config`] where it is negative, not finite, or the model has no KL.
    pub fn set_beta(&mut self, beta: f32) -> Result<()> {
        self.model.set_beta(beta)?;
        self.averaged.iter_mut().try_for_each(|averaged| averaged.set_beta(beta))
    }

    /// The learning rate of the next step.
    #[must_use]
    pub fn learning_rate(&self) -> f32 {
        let TrainingConfig { learning_rate, warm_up, decay, .. } = self.config;
        decay.rate(learning_rate, warm_up, self.step, self.total_steps())
    }

    /// The weight of KL in the next step.
    #[must_use]
    pub fn beta(&self) -> f32 {
        match self.model.config().latent {
            Latent::Plain { .. } => 0.0,
            Latent::Gaussian { beta, .. } => {
                let warm_up = self.config.kl_warm_up * self.steps_per_epoch() as f32;
                beta * if warm_up > 0.0 { ((self.step + 1) as f32 / warm_up).min(1.0) } else { 1.0 }
            }
        }
    }

    fn next_batch(&mut self, data: &Dataset) {
        let b = self.config.batch;
        let (epoch, batch) =
            (self.step / self.steps_per_epoch(), self.step % self.steps_per_epoch());
        if self.order_epoch != Some(epoch) {
            // From the identity each time: an epoch's order must not depend on the epochs before it.
            self.order.iter_mut().zip(0..).for_each(|(index, i)| *index = i);
            self.order.shuffle(&mut generator(self.seed, Purpose::Order, epoch));
            self.order_epoch = Some(epoch);
        }
        let mut rng = generator(self.seed, Purpose::Binarise, self.step);
        self.x.resize(b * data.pixels(), 0.0);
        let mut rng_augment = generator(self.seed, Purpose::Augment, self.step);
        let done = self.step as f64 / self.total_steps().max(1) as f64;
        let augment = if done < f64::from(self.config.augment_until) {
            self.config.augment
        } else {
            Augment::default()
        };
        let Shape { height, width, channels } = self.model.config().input;
        let width = width * channels;
        self.image.resize(data.pixels(), 0);
        let indices = &self.order[batch as usize * b..][..b];
        for (&index, x) in indices.iter().zip(self.x.chunks_exact_mut(data.pixels())) {
            let image = data.image(index as usize);
            augment.apply(image, height, width, &mut rng_augment, &mut self.image);
            self.config.pixels.read(&self.image, &mut rng, x);
        }
    }
}

/// Scales a gradient whose norm is above `most` down to it, unless that is 0. The norm it had, which is finite where its
/// square is.
pub(super) fn clip(gradient: &mut Parameters, most: f32) -> f64 {
    let squares: f64 = gradient.iter().map(|tensor| sum_of_squares(&tensor.values)).sum();
    let most = f64::from(most);
    let norm = squares.sqrt();
    if most > 0.0 && norm.is_finite() && norm > most {
        let scale = (most / norm) as f32;
        for tensor in gradient.iter_mut() {
            tensor.values.iter_mut().for_each(|d| *d *= scale);
        }
    }
    norm
}

/// Moves `averaged` towards `parameters`: `a = d a + (1 - d) θ`, `d = min(decay, (1 + t) / (10 + t))` in step t, so that
/// the random start is soon forgotten.
pub(super) fn average(decay: f32, step: u64, averaged: &mut Parameters, parameters: &Parameters) {
    let left = 1.0 - decay.min((1 + step) as f32 / (10 + step) as f32);
    for (averaged, tensor) in averaged.iter_mut().zip(parameters.iter()) {
        for (averaged, value) in averaged.values.iter_mut().zip(&tensor.values) {
            *averaged += left * (value - *averaged);
        }
    }
}

fn check_objective(config: &TrainingConfig, latent: Latent) -> Result<()> {
    let (is_point, has_flow) = match latent {
        Latent::Plain { .. } => (true, false),
        Latent::Gaussian { flow, .. } => (false, flow.is_some()),
    };
    let message = if is_point && config.samples > 1 {
        "samples: a plain autoencoder has one point for each image, expected 1"
    } else if config.free_bits > 0.0 && (is_point || has_flow || config.samples > 1) {
        "free_bits: only for a gaussian latent with 1 sample and without a flow, expected 0"
    } else {
        return Ok(());
    };
    Err(Error::Config(message.into()))
}

/// In words, without the number that came: printing a float would be 30 KB of the page's WebAssembly.
fn check_ranges(config: &TrainingConfig) -> Result<()> {
    let AdamConfig { beta_1, beta_2, epsilon } = config.adam;
    let is_rate = config.learning_rate > 0.0 && config.learning_rate <= MOST_LEARNING_RATE;
    let decays = 0.0..1.0;
    for (is_fine, what) in [
        (is_rate, "learning_rate: expected a number above 0, at most 1000000"),
        (
            config.kl_warm_up >= 0.0 && config.kl_warm_up.is_finite(),
            "kl_warm_up: expected a number of epochs, 0 or more",
        ),
        (decays.contains(&beta_1), "adam.beta_1: expected a number from 0 to below 1"),
        (decays.contains(&beta_2), "adam.beta_2: expected a number from 0 to below 1"),
        (epsilon > 0.0 && epsilon.is_finite(), "adam.epsilon: expected a number above 0"),
        (decays.contains(&config.ema), "ema: expected a number from 0 to below 1"),
        (
            config.clip >= 0.0 && config.clip.is_finite(),
            "clip: expected the norm of a gradient, or 0 for none",
        ),
        ((1..=1000).contains(&config.samples), "samples: expected a number from 1 to 1000"),
        (
            config.free_bits >= 0.0 && config.free_bits.is_finite(),
            "free_bits: expected a number of nats, 0 or more",
        ),
        (config.augment.is_possible(), "augment: expected ranges of 0 or more, chances up to 1"),
        (
            (0.0..=1.0).contains(&config.augment_until),
            "augment_until: expected a share of the run, 0 to 1",
        ),
    ] {
        if !is_fine {
            return Err(Error::Config(what.into()));
        }
    }
    Ok(())
}
