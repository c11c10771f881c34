//! One batch of fonts, one Adam step, for the style model. Natively only: the batch is divided over rayon's threads, always
//! into the same shards, so that any number of threads gives the same bits.

use rayon::prelude::*;

use super::{
    StyleLessons, StyleTraining,
    seeds::{Purpose, generator},
    trainer::{average, clip},
};
use crate::{
    error::{Error, Result},
    model::{StyleBatch, StyleConfig, StyleLoss, StyleModel, StylePass, standard_normal},
    nn::{Adam, Parameters},
};

/// Parts of a batch, each some of its fonts with a gradient of its own. Chosen: the cores of a small machine, or twice those.
pub(super) const SHARDS: usize = 4;

/// A run: a style model, its optimiser and where they stand.
pub struct StyleTrainer {
    current: StyleModel,
    /// Of averaged weights.
    averaged: StyleModel,
    adam: Adam,
    config: StyleTraining,
    seed: u32,
    total: u64,
    step: u64,
    shards: Vec<Shard>,
    gradient: Parameters,
}

/// Some fonts of a batch on their way.
struct Shard {
    batch: StyleBatch,
    pass: StylePass,
    gradient: Parameters,
    loss: StyleLoss,
}

impl StyleTrainer {
    /// A run of so many steps from random weights.
    ///
    /// # Errors
    /// [`Error::Config`] where model or training are not possible, [`Error::Data`] where the glyphs do not fit.
    pub fn new(
        model: StyleConfig,
        config: StyleTraining,
        lessons: &StyleLessons,
        seed: u32,
        steps: u64,
    ) -> Result<Self> {
        config.check()?;
        lessons.check(&model, &config)?;
        let mut rng = generator(seed, Purpose::Weights, 0);
        let model = StyleModel::random(model, lessons.mean(), &mut rng)?;
        let gradient = model.parameters().zeros_like();
        let shard = || Shard {
            batch: StyleBatch::default(),
            pass: StylePass::default(),
            gradient: gradient.clone(),
            loss: StyleLoss::default(),
        };
        Ok(Self {
            averaged: model.clone(),
            adam: Adam::new(config.adam, model.parameters()),
            shards: std::iter::repeat_with(shard).take(SHARDS).collect(),
            gradient,
            current: model,
            config,
            seed,
            total: steps,
            step: 0,
        })
    }

    /// The model of averaged weights.
    #[must_use]
    pub fn model(&self) -> &StyleModel {
        &self.averaged
    }

    /// Steps taken.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// Steps in the whole run.
    #[must_use]
    pub fn total_steps(&self) -> u64 {
        self.total
    }

    /// The tensors that a resumed run needs, in order: parameters, first and second moment, averaged parameters.
    #[must_use]
    pub fn state(&self) -> [&Parameters; 4] {
        let Self { current: model, averaged, adam, .. } = self;
        [model.parameters(), &adam.first, &adam.second, averaged.parameters()]
    }

    /// Puts back what [`state`](Self::state) gave after `step` steps of a run with the same configs, lessons and seed.
    pub fn restore(&mut self, step: u64, state: [Parameters; 4]) {
        let [parameters, first, second, averaged] = state;
        *self.current.parameters_mut() = parameters;
        (self.adam.first, self.adam.second) = (first, second);
        *self.averaged.parameters_mut() = averaged;
        self.step = step;
    }

    /// Learns from the next batch, and says what it cost.
    ///
    /// # Errors
    /// [`Error::Diverged`] where the loss or its gradient is no longer finite.
    pub fn step(&mut self, lessons: &StyleLessons) -> Result<StyleLoss> {
        let Self { current: model, config, shards, gradient, seed, step, .. } = self;
        let weights = config.weights(*step);
        let fonts = config.fonts / SHARDS;
        shards.par_iter_mut().enumerate().for_each(|(index, shard)| {
            let slots = index * fonts..(index + 1) * fonts;
            lessons.draw(config, *seed, *step, slots, &mut shard.batch);
            let each = model.config().style + model.config().own;
            shard.pass.eps.resize(shard.batch.examples.len() * each, 0.0);
            let counter = *step * SHARDS as u64 + index as u64;
            standard_normal(
                &mut generator(*seed, Purpose::Posterior, counter),
                &mut shard.pass.eps,
            );
            shard.loss = model.forward(&shard.batch, &mut shard.pass);
            model.backward(&shard.batch, weights, &mut shard.pass, &mut shard.gradient);
        });
        let mean = |part: fn(&StyleLoss) -> f64| {
            shards.iter().map(|shard| part(&shard.loss)).sum::<f64>() / SHARDS as f64
        };
        let StyleLoss { recon, kl, own } = StyleLoss {
            recon: mean(|loss| loss.recon),
            kl: mean(|loss| loss.kl),
            own: mean(|loss| loss.own),
        };
        mean_gradient(shards, gradient);
        let norm = clip(gradient, config.clip);
        if !((recon + kl + own).is_finite() && norm.is_finite()) {
            return Err(Error::Diverged { step: *step + 1 });
        }
        let rate = config.decay.rate(config.learning_rate, config.warm_up, *step, self.total);
        *step += 1;
        let parameters = model.parameters_mut();
        self.adam.update(*step, rate, parameters, gradient);
        let averaged = self.averaged.parameters_mut();
        average(config.ema, *step, 0..parameters.count(), averaged, parameters);
        Ok(StyleLoss { recon, kl, own })
    }
}

/// The mean of the shards' gradients.
fn mean_gradient(shards: &[Shard], mean: &mut Parameters) {
    mean.fill(0.0);
    for shard in shards {
        for (mean, part) in mean.iter_mut().zip(shard.gradient.iter()) {
            let values = mean.values.iter_mut().zip(&part.values);
            values.for_each(|(mean, d)| *mean += d / SHARDS as f32);
        }
    }
}
