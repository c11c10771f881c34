//! Whether a model that is told the class keeps the hand in z: digits of every class written with the z of one drawing, read
//! by a classifier, and measured beside what the hand drew.
//!
//! Attributes are compared as ranks, after the mean of their class is taken off: a 1 is narrower than a 0 in every hand.

use std::{collections::BTreeMap, ops::Range};

use ndarray::{Array2, Axis};
use serde::Serialize;

use super::{
    ATTRIBUTES, Attributes, batches::map_batches, images, largest, rank_correlation, slice,
};
use crate::{
    error::Result,
    model::{Classifier, Combination, Model, Posterior},
    train::{Dataset, Pixels},
};

/// How many drawings a hand is read from.
const DRAWINGS: [usize; 3] = [1, 2, 5];

/// What a model that is told the class makes of the hand in one drawing, and of several by one writer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HandReport {
    /// The share of the digits written with the z of one test digit that is read as the class that was told: of all C
    /// classes, and of those that are not the drawing's own.
    pub read_as_told: f64,
    /// Of the classes that are not the drawing's own.
    pub read_as_told_others: f64,
    /// For each class that was told.
    pub read_as_told_by_class: Vec<f64>,
    /// For each attribute, how what was written follows what was drawn.
    pub attributes: BTreeMap<&'static str, Kinship>,
    /// Real digits of one writer, where the data has them.
    pub writers: Option<Writers>,
}

/// How an attribute of what is written follows the drawing's.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Kinship {
    /// Rank correlation between the drawing and one digit of another class: the mean over the classes that are told.
    pub one: f64,
    /// The same for each class.
    pub by_class: Vec<f64>,
    /// Rank correlation between the drawing and the mean of all digits of other classes.
    pub set: f64,
    /// The share of drawings to which the mean of what they gave is nearer than that of another drawing of the same class.
    pub nearer: f64,
}

/// Measured on runs of C real digits in which the labels count up from 0: fields of a form, which one person filled in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Writers {
    /// How many runs there are.
    pub runs: usize,
    /// By how many of a run's digits the hand is read, and how their posteriors are combined.
    pub read_from: Vec<ReadFrom>,
}

/// A hand that is read from some digits of a run, and writes the others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReadFrom {
    /// How many digits.
    pub drawings: usize,
    /// How their posteriors become one.
    pub combination: &'static str,
    /// D of the run's other digits, grey, in nats and averaged over them.
    pub nats: f64,
    /// The same with the hand of another run.
    pub nats_of_another: f64,
    /// The same with z = 0, the hand of nobody.
    pub nats_of_nobody: f64,
    /// Rank correlation between what is written and the real digit, by attribute.
    pub attributes: BTreeMap<&'static str, f64>,
    /// The same between the mean of the real digits that it was read from and the real digit: what one person keeps.
    pub of_real: BTreeMap<&'static str, f64>,
}

/// Measured attributes of images, `[B, 3]`.
type Measured = Vec<[f64; 3]>;

/// Measures `model`, which is told C classes, on the grey images of `test`, read by `judge`.
///
/// # Errors
/// [`Error::Shape`](crate::error::Error::Shape) where images or labels do not fit model or judge.
pub fn measure_hand(model: &Model, judge: &Classifier, test: &Dataset) -> Result<HandReport> {
    let written = Written::by(model, judge, test)?;
    let classes = model.classes();
    let (labels, count) = (test.labels(), test.len());
    let drawn = measured(&images(test, 0..count, Pixels::Grey, 0), model.config().input.width);
    let drawn_means = class_means(&drawn, labels, classes);
    let drawn = without(&drawn, |i| drawn_means[usize::from(labels[i])]);

    let share = |told: &mut dyn Iterator<Item = (usize, usize)>| {
        let (mut right, mut all) = (0, 0);
        for (image, class) in told {
            right += usize::from(usize::from(written.read[image * classes + class]) == class);
            all += 1;
        }
        f64::from(right as u32) / f64::from(all.max(1))
    };
    let pairs = || (0..count).flat_map(|i| (0..classes).map(move |class| (i, class)));
    let is_other = |&(i, class): &(usize, usize)| usize::from(labels[i]) != class;
    let kinship = |attribute: usize| {
        let of_class = |class: usize| {
            let others = (0..count).filter(|&i| usize::from(labels[i]) != class);
            let (a, b): (Vec<f64>, Vec<f64>) = others
                .map(|i| (drawn[i][attribute], written.residual(i, class)[attribute]))
                .unzip();
            rank_correlation(&a, &b)
        };
        let by_class: Vec<f64> = (0..classes).map(of_class).collect();
        let mean_of_others = |i: usize| {
            let others = (0..classes).filter(|&class| usize::from(labels[i]) != class);
            let sum: f64 = others.map(|class| written.residual(i, class)[attribute]).sum();
            sum / (classes - 1) as f64
        };
        let a: Vec<f64> = drawn.iter().map(|values| values[attribute]).collect();
        let b: Vec<f64> = (0..count).map(mean_of_others).collect();
        Kinship {
            one: by_class.iter().sum::<f64>() / classes as f64,
            by_class,
            set: rank_correlation(&a, &b),
            nearer: share_nearer(&a, &b, labels),
        }
    };
    Ok(HandReport {
        read_as_told: share(&mut pairs()),
        read_as_told_others: share(&mut pairs().filter(is_other)),
        read_as_told_by_class: (0..classes)
            .map(|class| share(&mut (0..count).map(|i| (i, class))))
            .collect(),
        attributes: ATTRIBUTES.into_iter().zip((0..ATTRIBUTES.len()).map(kinship)).collect(),
        writers: writers(model, test, (&drawn_means, &written.means))?,
    })
}

/// What every drawing's z writes of every class.
struct Written {
    classes: usize,
    /// What each is read as, `[B, C]`.
    read: Vec<u8>,
    /// `[B, C, 3]`.
    measured: Measured,
    /// The mean of each class that was told.
    means: Measured,
}

impl Written {
    fn by(model: &Model, judge: &Classifier, test: &Dataset) -> Result<Self> {
        let (classes, width) = (model.classes(), model.config().input.width);
        let of_batch = |range: Range<usize>| {
            let x = images(test, range.clone(), Pixels::Grey, 0);
            let mu = model.encode_told(x.view(), &test.labels()[range])?.mu;
            let (z, labels) = each_class(&mu, classes);
            let made = model.decode_mean_told(z.view(), &labels)?;
            let read = largest(judge.probabilities(made.view())?.view());
            Ok((read, measured(&made, width)))
        };
        let (read, measured): (Vec<_>, Vec<_>) =
            map_batches(test.len(), of_batch, |_| ())?.into_iter().unzip();
        let (read, measured) = (read.concat(), measured.concat());
        let told: Vec<u8> = (0..measured.len()).map(|i| (i % classes) as u8).collect();
        let means = class_means(&measured, &told, classes);
        Ok(Self { classes, read, measured, means })
    }

    /// What a drawing's z wrote of a class, without the class's mean.
    fn residual(&self, image: usize, class: usize) -> [f64; 3] {
        minus(self.measured[image * self.classes + class], self.means[class])
    }
}

/// Each row once for every class, and those classes.
fn each_class(z: &Array2<f32>, classes: usize) -> (Array2<f32>, Vec<u8>) {
    let rows: Vec<usize> = (0..z.nrows() * classes).map(|row| row / classes).collect();
    let labels = (0..rows.len()).map(|row| (row % classes) as u8).collect();
    (z.select(Axis(0), &rows), labels)
}

fn measured(images: &Array2<f32>, width: usize) -> Measured {
    let images = slice(images).chunks_exact(images.ncols());
    images.map(|image| Attributes::of(image, width).values()).collect()
}

fn class_means(measured: &Measured, labels: &[u8], classes: usize) -> Measured {
    let mut sums = vec![([0.0; 3], 0.0_f64); classes];
    for (values, &label) in measured.iter().zip(labels) {
        let (sum, count) = &mut sums[usize::from(label)];
        sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        *count += 1.0;
    }
    sums.into_iter().map(|(sum, count)| sum.map(|sum| sum / count.max(1.0))).collect()
}

fn without(measured: &Measured, mean: impl Fn(usize) -> [f64; 3]) -> Measured {
    measured.iter().enumerate().map(|(i, &values)| minus(values, mean(i))).collect()
}

fn minus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    std::array::from_fn(|i| a[i] - b[i])
}

/// The share of drawings whose own `b` is nearer to their `a` than the `b` of the next drawing with the same label; both
/// are taken as ranks would be, in units of their spread.
fn share_nearer(a: &[f64], b: &[f64], labels: &[u8]) -> f64 {
    let scaled = |values: &[f64]| -> Vec<f64> {
        let spread = values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64;
        values.iter().map(|value| value / spread.sqrt().max(f64::EPSILON)).collect()
    };
    let (a, b) = (scaled(a), scaled(b));
    let (mut nearer, mut all) = (0.0, 0.0);
    let mut last: [Option<usize>; 256] = [None; 256];
    for (i, &label) in labels.iter().enumerate() {
        if let Some(other) = last[usize::from(label)].replace(i) {
            nearer += f64::from(u8::from((a[i] - b[i]).abs() < (a[i] - b[other]).abs()));
            all += 1.0;
        }
    }
    nearer / f64::max(all, 1.0)
}

/// Where C labels count up from 0.
fn runs(labels: &[u8], classes: usize) -> Vec<usize> {
    let counts_up = |run: &[u8]| run.iter().enumerate().all(|(i, &label)| usize::from(label) == i);
    let mut starts = Vec::new();
    for (start, run) in labels.windows(classes).enumerate() {
        if counts_up(run) {
            starts.push(start);
        }
    }
    starts
}

fn writers(
    model: &Model,
    test: &Dataset,
    means: (&Measured, &Measured),
) -> Result<Option<Writers>> {
    let starts = runs(test.labels(), model.classes());
    // Half of the runs away is another writer: who filled in several fields did so in a row.
    if starts.len() < 4 {
        return Ok(None);
    }
    let run = |&start: &usize| Run::read(model, test, start);
    let read: Vec<Run> = starts.iter().map(run).collect::<Result<_>>()?;
    let mut read_from = Vec::new();
    for drawings in DRAWINGS.into_iter().filter(|&drawings| drawings < model.classes()) {
        for (combination, how) in [
            ("mean", Combination::Mean),
            ("product", Combination::Product),
            ("prior once", Combination::PriorOnce),
        ] {
            if drawings > 1 || how == Combination::PriorOnce {
                let mut report = hands(model, &read, (drawings, how), means)?;
                report.combination = if drawings > 1 { combination } else { "alone" };
                read_from.push(report);
            }
        }
    }
    Ok(Some(Writers { runs: starts.len(), read_from }))
}

/// The digits of one run.
struct Run {
    x: Array2<f32>,
    posterior: Posterior,
    measured: Measured,
}

impl Run {
    fn read(model: &Model, test: &Dataset, start: usize) -> Result<Self> {
        let range = start..start + model.classes();
        let x = images(test, range.clone(), Pixels::Grey, 0);
        let posterior = model.encode_told(x.view(), &test.labels()[range])?;
        let measured = measured(&x, model.config().input.width);
        Ok(Self { x, posterior, measured })
    }

    /// The hand in some digits.
    fn hand(&self, digits: &[usize], how: Combination) -> Array2<f32> {
        let rows = |values: &Array2<f32>| values.select(Axis(0), digits);
        let log_var = self.posterior.log_var.as_ref().map(rows);
        Posterior { mu: rows(&self.posterior.mu), log_var }.combined(how).mu
    }
}

/// For every run, so many digits in a row from each place, as a ring: what their hand makes of the others.
fn hands(
    model: &Model,
    runs: &[Run],
    (drawings, how): (usize, Combination),
    (drawn_means, written_means): (&Measured, &Measured),
) -> Result<ReadFrom> {
    let (classes, width) = (model.classes(), model.config().input.width);
    let [mut nats, mut nats_of_another, mut nats_of_nobody] = [(); 3].map(|()| Vec::new());
    let (mut real, mut written, mut read) = (Measured::new(), Measured::new(), Measured::new());
    for (number, run) in runs.iter().enumerate() {
        let another = &runs[(number + runs.len() / 2) % runs.len()];
        for first in 0..classes {
            let digit = |i: usize| (first + i) % classes;
            let given: Vec<usize> = (0..drawings).map(digit).collect();
            let others: Vec<usize> = (drawings..classes).map(digit).collect();
            let labels: Vec<u8> = others.iter().map(|&digit| digit as u8).collect();
            let x = run.x.select(Axis(0), &others);
            let write = |hand: Array2<f32>| {
                let z = hand.select(Axis(0), &vec![0; others.len()]);
                model.decode_told(z.view(), &labels)
            };
            let recon = |logits: &Array2<f32>| {
                let recon = model.likelihood().recon(x.ncols(), slice(logits), slice(&x));
                recon.collect::<Vec<f64>>()
            };
            let mut own = write(run.hand(&given, how))?;
            nats.extend(recon(&own));
            nats_of_another.extend(recon(&write(another.hand(&given, how))?));
            nats_of_nobody.extend(recon(&write(Array2::zeros((1, model.latent_size())))?));
            model.likelihood().to_mean(own.as_slice_mut().expect("decoded in standard layout"));
            let without_mean = |digit: usize| minus(run.measured[digit], drawn_means[digit]);
            let of_given: Measured = given.iter().map(|&digit| without_mean(digit)).collect();
            let of_given = class_means(&of_given, &vec![0; drawings], 1)[0];
            for (&digit, values) in others.iter().zip(measured(&own, width)) {
                real.push(without_mean(digit));
                written.push(minus(values, written_means[digit]));
                read.push(of_given);
            }
        }
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let correlations = |of: &Measured| {
        let column = |of: &Measured, i: usize| -> Vec<f64> { of.iter().map(|v| v[i]).collect() };
        let correlation = |i| rank_correlation(&column(of, i), &column(&real, i));
        ATTRIBUTES.into_iter().zip((0..ATTRIBUTES.len()).map(correlation)).collect()
    };
    Ok(ReadFrom {
        drawings,
        combination: "",
        nats: mean(&nats),
        nats_of_another: mean(&nats_of_another),
        nats_of_nobody: mean(&nats_of_nobody),
        attributes: correlations(&written),
        of_real: correlations(&read),
    })
}
