//! Learning the prior over codes of a model that is trained already: maximum likelihood on the codes of its training images,
//! one batch and one Adam step at a time, as [`Trainer`](super::Trainer).

use ndarray::ArrayView2;
use rand::{Rng, seq::SliceRandom};

use super::{
    Dataset, Decay, Draws, Pixels,
    seeds::{Purpose, generator},
    trainer::{average, clip},
};
use crate::{
    error::{Error, Result},
    model::{CodePrior, CodePriorConfig, CodePriorPass, Model},
    nn::{Adam, AdamConfig, Parameters},
};

/// Readings of the data, where they differ, whose codes are kept, and used in turn: one to an epoch. Each is 3 MB with 60,000 maps of 7 x 7.
/// Chosen: any of 2 to 8 works.
const DRAWS: u32 = 3;
/// Images that are encoded at a time.
const ENCODED: usize = 500;
/// The largest norm of a gradient, in nats of a whole map. Chosen: any of 10 to 100 works.
const CLIP: f32 = 30.0;
/// The decay of the averaged weights, which are the prior.
const AVERAGE: f32 = 0.999;
/// Steps over which the learning rate rises. Chosen: any of 100 to 1000 works.
const WARM_UP: u64 = 200;
/// The share of images whose class it is not told, so that it also learns to do without (Ho & Salimans 2022).
const UNTOLD: f32 = 0.25;

/// How a prior over codes is learned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CodePriorTraining {
    /// The prior's size.
    pub prior: CodePriorConfig,
    /// Passes through the data.
    pub epochs: u32,
    /// B, maps in a batch; the last of an epoch is left out where it would be smaller.
    pub batch: usize,
    /// Adam's largest step size, from which it falls as half a cosine to 0.
    pub learning_rate: f32,
    /// What the encoder is given.
    pub pixels: Pixels,
    /// Seed of every random draw.
    pub seed: u32,
}

/// A run: a prior, its optimiser and where they stand.
#[derive(Debug, Clone)]
pub struct CodePriorTrainer {
    model: Model,
    config: CodePriorTraining,
    prior: CodePrior,
    parameters: Parameters,
    averaged: Parameters,
    adam: Adam,
    gradient: Parameters,
    pass: CodePriorPass,
    /// Of every image, once for each reading of the data.
    codes: Vec<Vec<u8>>,
    labels: Vec<u8>,
    order: Vec<u32>,
    step: u64,
    batch: Vec<u8>,
    classes: Vec<Option<u8>>,
}

impl CodePriorTrainer {
    /// A run from random weights; the codes of all images are looked up first.
    ///
    /// # Errors
    /// [`Error::Config`] where the model has no codebook or the prior or its training is not possible, [`Error::Data`] for
    /// fewer images than a batch or labels that are no classes, [`Error::Shape`] for images of another size.
    pub fn new(model: &Model, data: &Dataset, config: CodePriorTraining) -> Result<Self> {
        let CodePriorTraining { prior: size, epochs, batch, seed, .. } = config;
        if batch == 0 || batch > data.len() {
            let (images, message) = (data.len(), "the images there are");
            return Err(Error::Config(format!(
                "batch is {batch}, expected 1 to {images}, {message}"
            )));
        }
        let most = usize::from(data.labels().iter().copied().max().unwrap_or(0));
        if size.classes > 0 && most >= size.classes {
            let classes = size.classes;
            return Err(Error::Data(format!("a label is {most}, expected below {classes}")));
        }
        // Also says what is not possible, before the work rather than after it.
        let Some(codebook) = model.codebook() else {
            let message = "a prior over codes is learned for a model with a codebook";
            return Err(Error::Config(message.into()));
        };
        let mut parameters = Parameters::default();
        let book = codebook.config();
        let prior = CodePrior::new(size, book.tokens(), book.groups, book.codes, &mut parameters)?;
        prior.initialise(&mut parameters, &mut generator(seed, Purpose::Weights, 0));
        let readings = if config.pixels == Pixels::Bernoulli { epochs.clamp(1, DRAWS) } else { 1 };
        let codes = (0..readings)
            .map(|draw| codes(model, data, config.pixels, seed, draw))
            .collect::<Result<_>>()?;
        Ok(Self {
            model: model.clone(),
            config,
            prior,
            averaged: parameters.clone(),
            adam: Adam::new(AdamConfig { beta_2: 0.99, ..AdamConfig::default() }, &parameters),
            gradient: parameters.zeros_like(),
            parameters,
            pass: CodePriorPass::default(),
            codes,
            labels: data.labels().to_vec(),
            order: (0..data.len() as u32).collect(),
            step: 0,
            batch: Vec::new(),
            classes: Vec::new(),
        })
    }

    /// The model with the prior as it is now.
    ///
    /// # Errors
    /// None: [`new`](Self::new) has built the same prior before.
    pub fn model(&self) -> Result<Model> {
        self.model.with_code_prior(self.config.prior, &self.averaged)
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
        self.steps_per_epoch() * u64::from(self.config.epochs)
    }

    /// Learns from the next batch; returns its `-ln p(codes)` in nats, averaged over B.
    ///
    /// # Errors
    /// [`Error::Diverged`] where the loss is no longer finite.
    pub fn step(&mut self) -> Result<f64> {
        self.read();
        let total = self.total_steps();
        let Self { prior, parameters, averaged, gradient, pass, batch, classes, .. } = self;
        let loss = prior.forward(parameters, batch, classes, pass);
        prior.backward(parameters, batch, classes, pass, gradient);
        if !(loss.is_finite() && clip(gradient, CLIP).is_finite()) {
            return Err(Error::Diverged { step: self.step + 1 });
        }
        let rate = Decay::Cosine.rate(self.config.learning_rate, WARM_UP, self.step, total);
        self.step += 1;
        self.adam.update(self.step, rate, parameters, gradient);
        average(AVERAGE, self.step, 0..parameters.count(), averaged, parameters);
        Ok(loss)
    }

    /// Puts the codes and classes of the next batch in their places.
    fn read(&mut self) {
        let Self { config, codes, labels, order, batch, classes, .. } = self;
        let per_epoch = (order.len() / config.batch) as u64;
        let (epoch, first) = (self.step / per_epoch, (self.step % per_epoch) as usize);
        if first == 0 {
            order.iter_mut().zip(0..).for_each(|(index, i)| *index = i);
            order.shuffle(&mut generator(config.seed, Purpose::Order, epoch));
        }
        let codes = &codes[(epoch % codes.len() as u64) as usize];
        let tokens = codes.len() / labels.len();
        let mut rng = generator(config.seed, Purpose::Codes, self.step);
        batch.clear();
        classes.clear();
        for &index in &order[first * config.batch..][..config.batch] {
            let index = index as usize;
            batch.extend_from_slice(&codes[index * tokens..][..tokens]);
            let is_told = f64::from(rng.next_u32()) >= f64::from(UNTOLD) * 4_294_967_296.0;
            classes.push(is_told.then_some(labels[index]));
        }
    }
}

/// The codes of every image in one reading of the data, `[images, tokens]`.
fn codes(model: &Model, data: &Dataset, pixels: Pixels, seed: u32, draw: u32) -> Result<Vec<u8>> {
    let mut draws = Draws::new(seed, draw.into());
    let (mut codes, mut x) = (Vec::new(), Vec::new());
    for first in (0..data.len()).step_by(ENCODED) {
        let rows = first..data.len().min(first + ENCODED);
        let count = rows.len();
        x.resize(count * data.pixels(), 0.0);
        data.rows(rows, pixels, &mut draws, &mut x);
        let images = ArrayView2::from_shape((count, data.pixels()), &x)
            .expect("there are as many rows as images");
        codes.extend(model.encode_codes(images)?);
    }
    Ok(codes)
}
