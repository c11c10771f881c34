//! What the latent space knows of the labels that it was never given: read from the posterior means alone.

use std::ops::Range;

use ndarray::{Array2, ArrayView2, Axis, concatenate};

use super::{batches::map_batches, images};
use crate::{
    error::Result,
    kernel::{self, Start},
    model::{Classifier, ClassifierConfig, ClassifierPass, Model},
    nn::{Adam, AdamConfig, Shape},
    train::{Dataset, Pixels},
};

/// Steps over all known means, and the rate that falls from this to 0 in a straight line. The problem is convex: four
/// times as many steps moved the accuracy by 0.04 % for ink24 and by -0.4 % for map2 (November 2026).
const STEPS: u64 = 300;
const RATE: f32 = 0.1;

/// How many unseen rows are compared with all known ones at a time: 24 MB of products with 60,000.
const ROWS: usize = 100;

/// The posterior means of the grey images of `data`.
///
/// # Shapes
/// → `[data.len(), Z]`.
///
/// # Errors
/// [`Error::Shape`](crate::error::Error::Shape) where the images do not fit the model.
pub fn posterior_means(model: &Model, data: &Dataset) -> Result<Array2<f32>> {
    let of_batch = |range: Range<usize>| {
        let x = images(data, range.clone(), Pixels::Grey, 0);
        Ok(model.encode_told(x.view(), &data.labels()[range])?.mu)
    };
    let means = map_batches(data.len(), of_batch, |_| ())?;
    let views: Vec<_> = means.iter().map(|means| means.view()).collect();
    Ok(concatenate(Axis(0), &views).expect("each batch has Z columns"))
}

/// The labels that multinomial logistic regression on the standardised `known` rows gives the `unseen` ones.
///
/// # Shapes
/// `known`: `[N, Z]`, `labels`: N, each below `classes`; `unseen`: `[B, Z]` → B labels.
///
/// # Errors
/// [`Error::Config`](crate::error::Error::Config) for fewer than 2 or more than 256 classes.
pub fn linear_probe(
    known: ArrayView2<'_, f32>,
    labels: &[u8],
    unseen: ArrayView2<'_, f32>,
    classes: usize,
) -> Result<Vec<u8>> {
    let (mean, scale) = moments(known);
    let standard = |rows: ArrayView2<'_, f32>| {
        let mut rows = rows.as_standard_layout().into_owned();
        for mut row in rows.rows_mut() {
            for ((value, mean), scale) in row.iter_mut().zip(&mean).zip(&scale) {
                *value = (*value - mean) * scale;
            }
        }
        rows
    };
    let input = Shape { height: 1, width: known.ncols(), channels: 1 };
    let mut probe = Classifier::zeros(ClassifierConfig { input, layers: Vec::new(), classes })?;
    let mut adam = Adam::new(AdamConfig::default(), probe.parameters());
    let mut gradient = probe.parameters().zeros_like();
    let mut pass = ClassifierPass::default();
    let known = standard(known);
    let x = known.as_slice().expect("made in standard layout");
    for step in 1..=STEPS {
        probe.forward(x, &mut pass);
        probe.backward(x, labels, &mut pass, &mut gradient);
        let rate = RATE * (1.0 - (step - 1) as f32 / STEPS as f32);
        adam.update(step, rate, probe.parameters_mut(), &gradient);
    }
    Ok(super::largest(probe.probabilities(standard(unseen).view())?.view()))
}

/// The label of the nearest `known` row to each `unseen` one, by Euclidean distance.
///
/// # Shapes
/// `known`: `[N, Z]`, `labels`: N; `unseen`: `[B, Z]` → B labels.
#[must_use]
pub fn nearest(known: ArrayView2<'_, f32>, labels: &[u8], unseen: ArrayView2<'_, f32>) -> Vec<u8> {
    let (known, unseen) = (known.as_standard_layout(), unseen.as_standard_layout());
    let (n, z) = known.dim();
    let half_squares: Vec<f32> = known.rows().into_iter().map(|row| -0.5 * row.dot(&row)).collect();
    let known = known.as_slice().expect("standard layout");
    let mut products = vec![0.0; ROWS * n];
    let mut read = Vec::with_capacity(unseen.nrows());
    for rows in unseen.as_slice().expect("standard layout").chunks(ROWS * z) {
        let products = &mut products[..rows.len() / z * n];
        // -|known - x|² / 2 without the |x|² that all share: the largest is the nearest.
        let start = Start::Bias(&half_squares);
        kernel::matmul_nt(rows.len() / z, z, n, rows, known, start, products);
        read.extend(products.chunks_exact(n).map(|row| labels[index_of_largest(row)]));
    }
    read
}

/// The first index of the largest value. In two passes, the first of which becomes vector code.
fn index_of_largest(values: &[f32]) -> usize {
    let mut most = [f32::NEG_INFINITY; 16];
    let (blocks, rest) = values.as_chunks::<16>();
    for block in blocks {
        for (most, &value) in most.iter_mut().zip(block) {
            *most = if value > *most { value } else { *most };
        }
    }
    let most = most.iter().chain(rest).fold(f32::NEG_INFINITY, |most, &value| most.max(value));
    values.iter().position(|&value| value == most).unwrap_or(0)
}

/// Mean and `1 / standard deviation` of each column.
fn moments(rows: ArrayView2<'_, f32>) -> (Vec<f32>, Vec<f32>) {
    let count = rows.nrows() as f64;
    let of_column = |column: ndarray::ArrayView1<'_, f32>| {
        let mean = column.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
        let squares = column.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum::<f64>();
        // A column that never changes says nothing; any scale keeps it at 0.
        (mean as f32, 1.0 / (squares / count).sqrt().max(1e-12) as f32)
    };
    rows.columns().into_iter().map(of_column).unzip()
}
