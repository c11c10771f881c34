//! One batch, one Adam step.

use std::ops::Range;

use super::{
    Augment, Dataset, Past, TrainingConfig,
    batches::{Batches, Reading},
    seeds::{Purpose, generator},
};
use crate::{
    error::{Error, Result},
    kernel::sum_of_squares,
    model::{Config, Latent, Loss, Model, Pass, standard_normal},
    nn::{Adam, Parameters, Shape},
};

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
    pub(super) model: Model,
    /// The model of averaged weights, where there is one.
    averaged: Option<Model>,
    adam: Adam,
    config: TrainingConfig,
    seed: u32,
    epochs: u32,
    step: u64,
    past: Past,
    pub(super) batches: Batches,
    pub(super) pass: Pass,
    pub(super) gradient: Parameters,
}

/// How many losses a run's record holds.
const FIRST_LOSSES: usize = 20;

/// The groups of tensors that a run consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// What is trained.
    Parameters,
    /// Adam's running mean of the gradient.
    FirstMoment,
    /// Adam's running mean of its square.
    SecondMoment,
    /// The averaged parameters; the parameters themselves where none are averaged.
    Averaged,
}

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
        config.check(model.latent)?;
        let model = Model::random(model, &data.mean(), &mut rng)?;
        data.check_labels(model.classes())?;
        let averaged = (config.ema > 0.0).then(|| model.clone());
        let adam = Adam::new(config.adam, model.parameters());
        let gradient = model.parameters().zeros_like();
        Ok(Self {
            model,
            averaged,
            adam,
            config,
            seed,
            epochs,
            step: 0,
            past: Past { first_losses: Vec::with_capacity(FIRST_LOSSES), ..Past::default() },
            batches: Batches::new(data.len()),
            pass: Pass::default(),
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
        (self.batches.images() / self.config.batch) as u64
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
        self.pass.kl_of_batch.clear();
        let loss = self.gradient(data, 0..self.config.batch);
        let whole = 0..self.gradient.count();
        let squares = self.squares(&whole);
        let step = self.apply(loss, squares, std::slice::from_ref(&whole))?;
        let mut rng = generator(self.seed, Purpose::Codes, self.step);
        self.model.learn_codes(self.batches.x(), &self.pass, &mut rng);
        Ok(step)
    }

    /// Reads some rows of the next batch, and draws their noise.
    pub(super) fn read(&mut self, data: &Dataset, rows: Range<usize>) {
        let (images, began_with) = (data.len(), self.batches.images());
        assert!(images == began_with, "{images} images, the run began with {began_with}");
        self.batches.read(data, self.reading(0), rows);
    }

    /// Draws the noise of some rows of the next batch.
    pub(super) fn draw(&mut self, rows: Range<usize>) {
        let each = self.config.samples as usize * self.model.latent_size();
        let mut rng = generator(self.seed, Purpose::Posterior, self.step);
        // One number is drawn for each of eps.
        rng.set_word_pos((rows.start * each) as u128);
        self.pass.eps.resize(rows.len() * each, 0.0);
        standard_normal(&mut rng, &mut self.pass.eps);
        self.pass.free_bits = self.config.free_bits;
    }

    /// What some rows of the next batch add to its loss and to its gradient, which is left in `gradient`.
    pub(super) fn gradient(&mut self, data: &Dataset, rows: Range<usize>) -> Loss {
        let share = rows.len() as f64 / self.config.batch as f64;
        self.read(data, rows.clone());
        self.draw(rows);
        self.pass.tell(self.batches.labels());
        // region: step
        let (x, beta) = (self.batches.x(), self.beta());
        let Loss { recon, kl } = self.model.forward(x, &mut self.pass);
        self.model.backward(x, beta, &mut self.pass, &mut self.gradient);
        // endregion
        if share != 1.0 {
            scale(share as f32, 0..self.gradient.count(), &mut self.gradient);
        }
        Loss { recon: recon * share, kl: kl * share }
    }

    /// The sum of the squares of some of the gradient's numbers, as [`Parameters::pieces`] counts them.
    pub(super) fn squares(&self, part: &Range<usize>) -> f64 {
        self.gradient.pieces(part.clone()).map(|(_, values)| sum_of_squares(values)).sum()
    }

    /// Takes the step for the numbers in `parts`, when `gradient` holds there the batch's gradient, the sum of whose
    /// squares is given, over all numbers.
    pub(super) fn apply(
        &mut self,
        Loss { recon, kl }: Loss,
        squares: f64,
        parts: &[Range<usize>],
    ) -> Result<Step> {
        let norm = squares.sqrt();
        // Adam squares the gradient; what overflows there would come back as NaN in the weights.
        if !(recon + kl).is_finite() || !norm.is_finite() {
            return Err(Error::Diverged { step: self.step + 1 });
        }
        let clipped = clipping(norm, self.config.clip);
        let learning_rate = self.learning_rate();
        self.step += 1;
        if self.past.first_losses.len() < FIRST_LOSSES {
            self.past.first_losses.push(recon + kl);
        }
        for part in parts {
            let part = || part.clone();
            if clipped != 1.0 {
                scale(clipped as f32, part(), &mut self.gradient);
            }
            let parameters = self.model.parameters_mut();
            self.adam.update_part(part(), self.step, learning_rate, parameters, &self.gradient);
            if let Some(averaged) = &mut self.averaged {
                let averaged = averaged.parameters_mut();
                average(self.config.ema, self.step, part(), averaged, self.model.parameters());
            }
        }
        Ok(Step { step: self.step, recon, kl, norm })
    }

    /// One group of tensors.
    #[must_use]
    pub fn group(&self, group: Group) -> &Parameters {
        match group {
            Group::Parameters => self.model.parameters(),
            Group::FirstMoment => &self.adam.first,
            Group::SecondMoment => &self.adam.second,
            Group::Averaged => self.model().parameters(),
        }
    }

    /// One group of tensors, to be changed.
    pub fn group_mut(&mut self, group: Group) -> &mut Parameters {
        match group {
            Group::Parameters => self.model.parameters_mut(),
            Group::FirstMoment => &mut self.adam.first,
            Group::SecondMoment => &mut self.adam.second,
            Group::Averaged => self.averaged.as_mut().unwrap_or(&mut self.model).parameters_mut(),
        }
    }

    /// How the next step is trained.
    #[must_use]
    pub fn training(&self) -> &TrainingConfig {
        &self.config
    }

    /// Another way to train from the next step on. A run has its batch for life, and either averaged weights or none.
    ///
    /// # Errors
    /// [`Error::Config`] for what no run may have, or this one cannot change; it then goes on as it was.
    pub fn set_training(&mut self, config: TrainingConfig) -> Result<()> {
        self.config.check_change(&config, self.model.config().latent)?;
        if config != self.config {
            self.note_change();
        }
        self.adam.set_config(config.adam);
        self.config = config;
        Ok(())
    }

    /// Another weight of KL from the next step on: what its warm-up rises to.
    ///
    /// # Errors
    /// [`Error::Config`] where it is negative, not finite, or the model has no KL.
    pub fn set_beta(&mut self, beta: f32) -> Result<()> {
        let before = self.model.config().latent;
        self.model.set_beta(beta)?;
        if self.model.config().latent != before {
            self.note_change();
        }
        self.averaged.iter_mut().try_for_each(|averaged| averaged.set_beta(beta))
    }

    /// What happened so far that the config does not tell.
    #[must_use]
    pub fn past(&self) -> &Past {
        &self.past
    }

    /// Gives a restored run its past back.
    pub fn set_past(&mut self, past: Past) {
        self.past = past;
    }

    /// The seed of every random draw.
    #[must_use]
    pub fn seed(&self) -> u32 {
        self.seed
    }

    /// Passes through the training images.
    #[must_use]
    pub fn epochs(&self) -> u32 {
        self.epochs
    }

    /// The learning rate of the next step.
    #[must_use]
    pub fn learning_rate(&self) -> f32 {
        let TrainingConfig { learning_rate, warm_up, decay, .. } = self.config;
        decay.rate(learning_rate, warm_up, self.step, self.total_steps())
    }

    /// The weight of KL in the next step; of a codebook that of its commitment.
    #[must_use]
    pub fn beta(&self) -> f32 {
        match self.model.config().latent {
            Latent::Plain { .. } => 0.0,
            Latent::Codebook(codebook) => codebook.commitment,
            Latent::Gaussian { beta, .. } => {
                let warm_up = self.config.kl_warm_up * self.steps_per_epoch() as f32;
                beta * if warm_up > 0.0 { ((self.step + 1) as f32 / warm_up).min(1.0) } else { 1.0 }
            }
        }
    }

    /// Before the first step there is no other config that anything was trained with.
    fn note_change(&mut self) {
        if self.step > 0 && self.past.changed_after.last() != Some(&self.step) {
            self.past.changed_after.push(self.step);
        }
    }

    /// How the next batch is read, or the one that comes so many later.
    pub(super) fn reading(&self, later: u64) -> Reading {
        let step = self.step + later;
        let done = step as f64 / self.total_steps().max(1) as f64;
        let is_augmenting = done < f64::from(self.config.augment_until);
        Reading {
            seed: self.seed,
            step,
            batch: self.config.batch,
            shape: self.model.config().input,
            augment: if is_augmenting { self.config.augment } else { Augment::default() },
            pixels: self.config.pixels,
        }
    }
}

/// Scales a gradient whose norm is above `most` down to it, unless that is 0. The norm it had, which is finite where its
/// square is.
pub(super) fn clip(gradient: &mut Parameters, most: f32) -> f64 {
    let squares: f64 = gradient.iter().map(|tensor| sum_of_squares(&tensor.values)).sum();
    let norm = squares.sqrt();
    let clipped = clipping(norm, most);
    if clipped != 1.0 {
        scale(clipped as f32, 0..gradient.count(), gradient);
    }
    norm
}

/// What takes a gradient of this norm to one of at most `most`; 1 where that is 0.
fn clipping(norm: f64, most: f32) -> f64 {
    let most = f64::from(most);
    if most > 0.0 && norm.is_finite() && norm > most { most / norm } else { 1.0 }
}

fn scale(factor: f32, part: Range<usize>, gradient: &mut Parameters) {
    for (_, values) in gradient.pieces_mut(part) {
        values.iter_mut().for_each(|d| *d *= factor);
    }
}

/// Moves `averaged` towards `parameters`: `a = d a + (1 - d) θ`, `d = min(decay, (1 + t) / (10 + t))` in step t, so that
/// the random start is soon forgotten; only the numbers in `part`.
pub(super) fn average(
    decay: f32,
    step: u64,
    part: Range<usize>,
    averaged: &mut Parameters,
    parameters: &Parameters,
) {
    let left = 1.0 - decay.min((1 + step) as f32 / (10 + step) as f32);
    for ((_, averaged), (_, values)) in
        averaged.pieces_mut(part.clone()).zip(parameters.pieces(part))
    {
        for (averaged, value) in averaged.iter_mut().zip(values) {
            *averaged += left * (value - *averaged);
        }
    }
}
