//! How a model is trained: everything that a config file says beside the model.

use serde::{Deserialize, Serialize};

use super::{Augment, Pixels, rules};
use crate::{
    error::{Error, Result},
    model::Latent,
    nn::AdamConfig,
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
    /// λ, nats that each latent dimension may use without KL's gradient: see [`Pass::free_bits`](crate::model::Pass::free_bits).
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

/// The largest learning rate that is taken. Chosen: far above any use, and low enough that an Adam step of it on a
/// gradient whose square is finite cannot overflow.
const MOST_LEARNING_RATE: f32 = 1e6;

impl TrainingConfig {
    /// That every number is one that a run may have, and that the objective exists for a model with this latent.
    pub(super) fn check(&self, latent: Latent) -> Result<()> {
        check_ranges(self)?;
        check_objective(self, latent)
    }

    /// That a run which began with `self` can go on with `other`.
    pub(super) fn check_change(&self, other: &Self, latent: Latent) -> Result<()> {
        let (ours, theirs) = (self.batch, other.batch);
        if ours != theirs {
            return Err(Error::Config(format!(
                "batch is {theirs}, and this run began with {ours}: another batch needs a run of its own"
            )));
        }
        if (self.ema > 0.0) != (other.ema > 0.0) {
            let had = if self.ema > 0.0 { "with" } else { "without" };
            return Err(Error::Config(format!(
                "ema: this run began {had} averaged weights, and only a new run can change that"
            )));
        }
        other.check(latent)
    }
}

fn check_objective(config: &TrainingConfig, latent: Latent) -> Result<()> {
    let (is_point, has_flow) = match latent {
        Latent::Plain { .. } | Latent::Codebook(_) => (true, false),
        Latent::Gaussian { flow, .. } => (false, flow.is_some()),
    };
    let message = if is_point && config.samples > 1 {
        "samples: a plain autoencoder or a codebook has one point for each image, expected 1"
    } else if config.free_bits > 0.0 && (is_point || has_flow || config.samples > 1) {
        "free_bits: only for a gaussian latent with 1 sample and without a flow, expected 0"
    } else {
        return Ok(());
    };
    Err(Error::Config(message.into()))
}

fn check_ranges(config: &TrainingConfig) -> Result<()> {
    let is_rate = config.learning_rate > 0.0 && config.learning_rate <= MOST_LEARNING_RATE;
    let decays = 0.0..1.0;
    rules::check(&rules::of_adam(config.adam))?;
    rules::check(&[
        (is_rate, "learning_rate: expected a number above 0, at most 1000000"),
        (
            config.kl_warm_up >= 0.0 && config.kl_warm_up.is_finite(),
            "kl_warm_up: expected a number of epochs, 0 or more",
        ),
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
    ])
}
