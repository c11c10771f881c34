//! What a classifier reads in images.

use ndarray::ArrayView2;

use super::{batches::map_batches, images};
use crate::{
    error::Result,
    model::Classifier,
    train::{Dataset, Pixels},
};

/// The class with the largest value in each row, the first where several are.
///
/// # Shapes
/// `values`: `[B, C]` → B classes.
#[must_use]
pub fn largest(values: ArrayView2<'_, f32>) -> Vec<u8> {
    let of_row = |row: ndarray::ArrayView1<'_, f32>| {
        let mut best = 0;
        for (class, value) in row.iter().enumerate() {
            if *value > row[best] {
                best = class;
            }
        }
        best as u8
    };
    values.rows().into_iter().map(of_row).collect()
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
pub fn accuracy(classifier: &Classifier, data: &Dataset) -> Result<f64> {
    let of_batch = |range: std::ops::Range<usize>| {
        let x = images(data, range, Pixels::Grey, 0);
        Ok(largest(classifier.probabilities(x.view())?.view()))
    };
    let read = map_batches(data.len(), of_batch, |_| ())?.concat();
    Ok(share_right(&read, data.labels()))
}
