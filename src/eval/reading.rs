//! What a classifier reads in images.

use ndarray::{Array2, ArrayView1, ArrayView2};

use super::batches::map_batches;
use crate::{error::Result, model::Classifier, train::Labelled};

/// The class with the largest value in each row, the first where several are.
///
/// # Shapes
/// `values`: `[B, C]` → B classes.
#[must_use]
pub fn largest(values: ArrayView2<'_, f32>) -> Vec<u8> {
    values.rows().into_iter().map(|row| largest_of(row) as u8).collect()
}

fn largest_of(row: ArrayView1<'_, f32>) -> usize {
    let mut best = 0;
    for (class, value) in row.iter().enumerate() {
        if *value > row[best] {
            best = class;
        }
    }
    best
}

/// The share of `read` that is as in `labels`.
#[must_use]
pub fn share_right(read: &[u8], labels: &[u8]) -> f64 {
    assert!(read.len() == labels.len(), "{} read, {} labels", read.len(), labels.len());
    let right = read.iter().zip(labels).filter(|(read, label)| read == label).count();
    right as f64 / labels.len() as f64
}

/// The share of the grey images of `data` that `classifier` reads as their label.
///
/// # Errors
/// [`Error::Shape`](crate::error::Error::Shape) where the images do not fit the classifier.
pub fn accuracy(classifier: &Classifier, data: &(impl Labelled + Sync)) -> Result<f64> {
    let right = |range: std::ops::Range<usize>| {
        let level =
            |(row, pixel): (usize, usize)| f32::from(data.image(range.start + row)[pixel]) / 255.0;
        let x = Array2::from_shape_fn((range.len(), data.pixels()), level);
        let read = classifier.probabilities(x.view())?;
        let is_right = |(row, index): (ArrayView1<'_, f32>, usize)| {
            largest_of(row) == usize::from(data.label(index))
        };
        Ok(read.rows().into_iter().zip(range.clone()).filter(|&pair| is_right(pair)).count())
    };
    let right: usize = map_batches(data.len(), right, |_| ())?.into_iter().sum();
    Ok(right as f64 / data.len() as f64)
}
