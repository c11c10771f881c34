//! What a classifier thinks of the images that a model makes: whether they are digits, which, and as varied as real ones.

use std::ops::Range;

use ndarray::{Array2, ArrayView2, Axis, concatenate};
use serde::Serialize;

use super::{
    BATCH, Cloud, HandReport, Told, batches::map_batches, decode_codes, draw_codes,
    frechet_distance, images, largest, measure_hand, reconstruct, share_right, subset, upper_half,
};
use crate::{
    error::{Error, Result},
    model::{Classifier, CodeSampling, Model, standard_normal},
    train::{
        Dataset, Pixels,
        seeds::{Purpose, generator},
    },
};

/// A reading is confident when its class has more than this probability. Chosen: the shipped judge is of 99.4 % of the
/// real test digits.
const CONFIDENT: f32 = 0.9;

/// A classifier and what it sees in real test digits.
#[derive(Debug, Clone)]
pub struct Judge {
    classifier: Classifier,
    test: Reading,
    labels: Vec<u8>,
    cloud: Cloud,
}

/// How samples are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// How many.
    pub count: usize,
    /// eps is multiplied by it; 1 is the prior itself.
    pub temperature: f32,
    /// Seed of eps.
    pub seed: u32,
}

/// What the judge thinks of samples.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SampleReport {
    /// How many there were.
    pub images: usize,
    /// eps was multiplied by this.
    pub temperature: f32,
    /// The share that is read with a probability above 0.9.
    pub confident: f64,
    /// The entropy of the classes that they are read as, in nats; ln C where all are as frequent.
    pub class_entropy: f64,
    /// The Fréchet distance between their features and those of the test digits.
    pub frechet: f64,
    /// The share that is read as the class that was told, all classes as often; none where none is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_told: Option<f64>,
}

/// The same of real test digits, to compare with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reference {
    /// The share that is read as its label.
    pub accuracy: f64,
    /// The share that is read with a probability above 0.9.
    pub confident: f64,
    /// The entropy of the classes that they are read as, in nats.
    pub class_entropy: f64,
    /// The Fréchet distance between two random halves: what chance alone makes of the same source.
    pub frechet_halves: f64,
}

/// What a classifier reads in many images.
#[derive(Debug, Clone)]
struct Reading {
    classes: Vec<u8>,
    confidence: Vec<f32>,
    features: Array2<f32>,
}

impl Judge {
    /// A judge who has seen the grey images of `test`.
    ///
    /// # Errors
    /// [`Error::Shape`] where they do not fit the classifier, [`Error::Data`] for fewer than 4.
    pub fn new(classifier: Classifier, test: &Dataset) -> Result<Self> {
        if test.len() < 4 {
            let message = format!("{} test images, the judge needs at least 4", test.len());
            return Err(Error::Data(message));
        }
        let grey = |range| Ok(images(test, range, Pixels::Grey, 0));
        let reading = read(&classifier, test.len(), grey)?;
        let cloud = Cloud::new(reading.features.view());
        Ok(Self { classifier, test: reading, labels: test.labels().to_vec(), cloud })
    }

    /// What it thinks of the test digits themselves; `seed` halves them.
    #[must_use]
    pub fn reference(&self, seed: u32) -> Reference {
        let count = self.labels.len();
        let order = subset(count, count, seed);
        let half =
            |indices: &[usize]| Cloud::new(self.test.features.select(Axis(0), indices).view());
        let (one, other) = order.split_at(count / 2);
        Reference {
            accuracy: share_right(&self.test.classes, &self.labels),
            confident: self.test.confident(),
            class_entropy: self.test.class_entropy(),
            frechet_halves: frechet_distance(&half(one), &half(other)),
        }
    }

    /// Whether `model`, which is told classes, keeps the hand: see [`measure_hand`].
    ///
    /// # Errors
    /// [`Error::Shape`] where the images do not fit model or classifier.
    pub fn hand(&self, model: &Model, data: &Dataset) -> Result<HandReport> {
        measure_hand(model, &self.classifier, data)
    }

    /// The share of the reconstructions of `data` from `z = mu` of the grey image that it reads as their label.
    ///
    /// # Errors
    /// [`Error::Shape`] where the images do not fit model or classifier.
    pub fn reads_right(&self, model: &Model, data: &Dataset) -> Result<f64> {
        let made = |range: Range<usize>| {
            let x = images(data, range.clone(), Pixels::Grey, 0);
            reconstruct(model, x.view(), &data.labels()[range])
        };
        Ok(share_right(&read(&self.classifier, data.len(), made)?.classes, data.labels()))
    }

    /// What it thinks of the mean images decoded from `z = prior(temperature eps)`, eps standard normal: the identity for
    /// N(0, I), a learned prior's transform for that. A model with classes is told them in turn.
    ///
    /// # Shapes
    /// `prior`: `[B, Z]` → `[B, Z]`, row by row.
    ///
    /// # Errors
    /// [`Error::Shape`] where the images do not fit the classifier, [`Error::Data`] for fewer than 2 samples.
    pub fn samples(
        &self,
        model: &Model,
        prior: impl Fn(Array2<f32>) -> Array2<f32> + Sync,
        sampling: Sampling,
    ) -> Result<SampleReport> {
        let Sampling { temperature, seed, .. } = sampling;
        let classes = model.classes();
        let made = |range: Range<usize>| {
            let told: Vec<u8> = range.clone().map(|i| (i % classes.max(1)) as u8).collect();
            let eps = prior_eps(range, model.latent_size(), temperature, seed);
            model.decode_mean_told(prior(eps).view(), &told)
        };
        self.images(sampling, classes, made)
    }

    /// What it thinks of the mean images of codes drawn from the model's prior, whose temperature divides the logits; of
    /// `top` codes alone where that is not 0, and each told its class where `is_told`, all classes as often.
    ///
    /// # Errors
    /// As [`samples`](Self::samples), and [`Error::Config`] for a model without a codebook.
    pub fn code_samples(
        &self,
        model: &Model,
        (top, is_told): (usize, bool),
        sampling: Sampling,
    ) -> Result<SampleReport> {
        let Sampling { temperature, seed, .. } = sampling;
        let classes = self.classifier.classes();
        let told =
            |map: usize| Told { class: is_told.then_some((map % classes) as u8), codes: &[] };
        self.images(sampling, if is_told { classes } else { 0 }, |range| {
            let drawing = CodeSampling { temperature, top };
            decode_codes(model, &draw_codes(model, range, told, drawing, seed)?)
        })
    }

    /// The share of digits that it reads as their label after the prior has written the lower half of their codes anew: the
    /// rows below the middle, with those above as they are.
    ///
    /// # Errors
    /// As [`code_samples`](Self::code_samples).
    pub fn completions(&self, model: &Model, data: &Dataset, seed: u32) -> Result<f64> {
        let made = |range: Range<usize>| {
            let x = images(data, range.clone(), Pixels::Grey, 0);
            let codes = model.encode_codes(x.view())?;
            let tokens = codes.len() / range.len();
            let half = model.codebook().map_or(0, |book| upper_half(book.config()));
            let told = |map: usize| Told {
                class: None,
                codes: &codes[(map - range.start) * tokens..][..half],
            };
            let drawing = CodeSampling { temperature: 1.0, top: 0 };
            decode_codes(model, &draw_codes(model, range.clone(), told, drawing, seed)?)
        };
        Ok(share_right(&read(&self.classifier, data.len(), made)?.classes, data.labels()))
    }

    /// Where classes were told, the sample of number i was told `i % told`.
    fn images(
        &self,
        sampling: Sampling,
        told: usize,
        made: impl Fn(Range<usize>) -> Result<Array2<f32>> + Sync,
    ) -> Result<SampleReport> {
        let Sampling { count, temperature, .. } = sampling;
        if count < 2 {
            return Err(Error::Data(format!("{count} samples, the judge needs at least 2")));
        }
        let reading = read(&self.classifier, count, made)?;
        let as_told = (told > 0).then(|| {
            let labels: Vec<u8> = (0..count).map(|i| (i % told) as u8).collect();
            share_right(&reading.classes, &labels)
        });
        Ok(SampleReport {
            images: count,
            temperature,
            confident: reading.confident(),
            class_entropy: reading.class_entropy(),
            frechet: frechet_distance(&Cloud::new(reading.features.view()), &self.cloud),
            as_told,
        })
    }
}

impl Reading {
    fn confident(&self) -> f64 {
        let sure = self.confidence.iter().filter(|&&confidence| confidence > CONFIDENT).count();
        sure as f64 / self.confidence.len() as f64
    }

    fn class_entropy(&self) -> f64 {
        let mut counts = [0_u32; 256];
        self.classes.iter().for_each(|&class| counts[usize::from(class)] += 1);
        let shares = counts.iter().map(|&count| f64::from(count) / self.classes.len() as f64);
        -shares.filter(|&share| share > 0.0).map(|share| share * share.ln()).sum::<f64>()
    }
}

/// Rows of `temperature eps`; a row is the same whatever `count` it is drawn among.
fn prior_eps(range: Range<usize>, size: usize, temperature: f32, seed: u32) -> Array2<f32> {
    debug_assert!(range.start.is_multiple_of(BATCH), "a batch starts at {}", range.start);
    let mut eps = Array2::zeros((range.len(), size));
    let mut rng = generator(seed, Purpose::Prior, range.start as u64);
    standard_normal(&mut rng, eps.as_slice_mut().expect("zeros are in standard layout"));
    eps *= temperature;
    eps
}

fn read(
    classifier: &Classifier,
    count: usize,
    made: impl Fn(Range<usize>) -> Result<Array2<f32>> + Sync,
) -> Result<Reading> {
    let of_batch = |range| classifier.read(made(range)?.view());
    let (mut classes, mut confidence, mut features) = (Vec::new(), Vec::new(), Vec::new());
    for (probabilities, seen) in map_batches(count, of_batch, |_| ())? {
        classes.extend(largest(probabilities.view()));
        confidence.extend(probabilities.rows().into_iter().map(|row| row.fold(0.0, most)));
        features.push(seen);
    }
    let views: Vec<ArrayView2<'_, f32>> = features.iter().map(|seen| seen.view()).collect();
    let features = concatenate(Axis(0), &views).expect("each batch has the same features");
    Ok(Reading { classes, confidence, features })
}

fn most(a: f32, b: &f32) -> f32 {
    a.max(*b)
}
