//! One batch, one Adam step, for the classifier: as [`Trainer`](super::Trainer), with augmentation and averaged weights.

use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use super::{
    Augment, Dataset, Decay, rules,
    seeds::{Purpose, generator},
};
use crate::{
    error::{Error, Result},
    model::{Classifier, ClassifierConfig, ClassifierPass},
    nn::{Adam, AdamConfig, Parameters, Shape},
};

/// Grey images, each of a class.
pub trait Labelled {
    /// How many there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// P, the levels of one.
    fn pixels(&self) -> usize;

    /// The levels of one, row by row.
    fn image(&self, index: usize) -> &[u8];

    /// The class of one.
    fn label(&self, index: usize) -> u16;
}

impl Labelled for Dataset {
    fn len(&self) -> usize {
        self.len()
    }

    fn pixels(&self) -> usize {
        self.pixels()
    }

    fn image(&self, index: usize) -> &[u8] {
        self.image(index)
    }

    fn label(&self, index: usize) -> u16 {
        self.labels()[index].into()
    }
}

/// How a classifier is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassifierTraining {
    /// B, images in a batch; the last of an epoch is left out where it would be smaller.
    pub batch: usize,
    /// Adam's largest step size.
    pub learning_rate: f32,
    /// Steps over which the learning rate rises from 0.
    #[serde(default)]
    pub warm_up: u64,
    /// What the learning rate does after that.
    #[serde(default)]
    pub decay: Decay,
    /// What is done to each image before each step.
    #[serde(default)]
    pub augment: Augment,
    /// The share of the averaged weights that a step keeps, in `[0, 1)`; 0 is no average.
    #[serde(default)]
    pub average: f32,
    /// Adam's other constants.
    #[serde(default)]
    pub adam: AdamConfig,
}

/// A run: a classifier, its optimiser and where they stand.
#[derive(Debug, Clone)]
pub struct ClassifierTrainer {
    classifier: Classifier,
    average: Parameters,
    adam: Adam,
    config: ClassifierTraining,
    seed: u32,
    epochs: u32,
    step: u64,
    order: Vec<u32>,
    image: Vec<u8>,
    x: Vec<f32>,
    labels: Vec<u16>,
    pass: ClassifierPass,
    gradient: Parameters,
}

impl ClassifierTrainer {
    /// A run from random weights over `epochs` epochs of `data`.
    ///
    /// # Errors
    /// [`Error::Config`] where classifier or training are not possible, [`Error::Data`] where images or labels do not fit.
    pub fn new(
        classifier: ClassifierConfig,
        config: ClassifierTraining,
        data: &impl Labelled,
        seed: u32,
        epochs: u32,
    ) -> Result<Self> {
        let (pixels, images, batch) = (data.pixels(), data.len(), config.batch);
        let Shape { height, width, channels } = classifier.input;
        if channels != 1 || classifier.input.checked_count() != Some(pixels) {
            return Err(Error::Data(format!(
                "the images have {pixels} grey levels, this classifier needs {height} x {width} x {channels}"
            )));
        }
        if batch == 0 || batch > images {
            let message = format!("batch is {batch}, expected 1 to {images}, the images there are");
            return Err(Error::Config(message));
        }
        check_ranges(&config)?;
        let most = (0..images).map(|index| data.label(index)).max().unwrap_or(0);
        if usize::from(most) >= classifier.classes {
            let classes = classifier.classes;
            return Err(Error::Data(format!("a label is {most}, expected below {classes}")));
        }
        let mut rng = generator(seed, Purpose::Weights, 0);
        let classifier = Classifier::random(classifier, &mut rng)?;
        let parameters = classifier.parameters();
        Ok(Self {
            average: parameters.clone(),
            adam: Adam::new(config.adam, parameters),
            gradient: parameters.zeros_like(),
            classifier,
            config,
            seed,
            epochs,
            step: 0,
            order: (0..images as u32).collect(),
            image: vec![0; pixels],
            x: vec![0.0; batch * pixels],
            labels: vec![0; batch],
            pass: ClassifierPass::default(),
        })
    }

    /// The classifier with the averaged weights.
    #[must_use]
    pub fn averaged(&self) -> Classifier {
        let mut classifier = self.classifier.clone();
        classifier.parameters_mut().clone_from(&self.average);
        classifier
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

    /// Takes one batch of `data` and one step; returns the batch's cross-entropy in nats, averaged over B.
    ///
    /// # Errors
    /// [`Error::Diverged`] where the loss is no longer finite.
    pub fn step(&mut self, data: &impl Labelled) -> Result<f64> {
        self.next_batch(data);
        self.classifier.forward(&self.x, &mut self.pass);
        let loss =
            self.classifier.backward(&self.x, &self.labels, &mut self.pass, &mut self.gradient);
        if !loss.is_finite() {
            return Err(Error::Diverged { step: self.step + 1 });
        }
        let learning_rate = self.learning_rate();
        self.step += 1;
        let parameters = self.classifier.parameters_mut();
        self.adam.update(self.step, learning_rate, parameters, &self.gradient);
        // Young averages keep less, or they would remember the random start (as TensorFlow's moving averages do).
        let kept = self.config.average.min((1 + self.step) as f32 / (10 + self.step) as f32);
        let kept = if self.config.average > 0.0 { kept } else { 0.0 };
        for (average, tensor) in self.average.iter_mut().zip(parameters.iter()) {
            for (average, &value) in average.values.iter_mut().zip(&tensor.values) {
                *average = value + kept * (*average - value);
            }
        }
        Ok(loss)
    }

    fn learning_rate(&self) -> f32 {
        let ClassifierTraining { learning_rate, warm_up, decay, .. } = self.config;
        decay.rate(learning_rate, warm_up, self.step, self.total_steps())
    }

    fn next_batch(&mut self, data: &impl Labelled) {
        let (b, p) = (self.config.batch, data.pixels());
        let (epoch, batch) =
            (self.step / self.steps_per_epoch(), self.step % self.steps_per_epoch());
        if batch == 0 {
            self.order.iter_mut().zip(0..).for_each(|(index, i)| *index = i);
            self.order.shuffle(&mut generator(self.seed, Purpose::Order, epoch));
        }
        let Shape { height, width, .. } = self.classifier.config().input;
        let mut rng = generator(self.seed, Purpose::Augment, self.step);
        let indices = &self.order[batch as usize * b..][..b];
        let rows = self.x.chunks_exact_mut(p).zip(&mut self.labels);
        for (&index, (row, label)) in indices.iter().zip(rows) {
            let image = data.image(index as usize);
            self.config.augment.apply(image, height, width, &mut rng, &mut self.image);
            row.iter_mut().zip(&self.image).for_each(|(x, &level)| *x = f32::from(level) / 255.0);
            *label = data.label(index as usize);
        }
    }
}

fn check_ranges(config: &ClassifierTraining) -> Result<()> {
    let decays = 0.0..1.0;
    let rate = config.learning_rate;
    rules::check(&rules::of_adam(config.adam))?;
    rules::check(&[
        (rate > 0.0 && rate.is_finite(), "learning_rate: expected a number above 0"),
        (config.augment.is_possible(), "augment: expected ranges of 0 or more, chances up to 1"),
        (decays.contains(&config.average), "average: expected a number from 0 to below 1"),
    ])
}
