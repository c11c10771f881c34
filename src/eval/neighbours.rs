//! A digit reader without a network: the label that most of the nearest known images have.

use ndarray::{Array1, Array2, ArrayView2};

use super::{images, reconstruct};
use crate::{
    error::{Error, Result},
    kernel::{self, Start},
    model::Model,
    train::{Dataset, Pixels},
};

/// How many neighbours vote.
const VOTERS: usize = 5;

/// Known images, by which others are read: 5 nearest by Euclidean distance, the nearest one's label where votes are tied.
#[derive(Debug, Clone)]
pub struct Neighbours {
    known: Array2<f32>,
    squares: Array1<f32>,
    labels: Vec<u8>,
}

impl Neighbours {
    /// A reader that knows the images of `data` at `indices`.
    #[must_use]
    pub fn new(data: &Dataset, indices: std::ops::Range<usize>) -> Self {
        let labels = data.labels()[indices.clone()].to_vec();
        let known = images(data, indices, Pixels::Grey, 0);
        let squares = known.rows().into_iter().map(|row| row.dot(&row)).collect();
        Self { known, squares, labels }
    }

    /// The label that each image reads as.
    ///
    /// # Shapes
    /// `x`: `[B, P]` → B labels.
    #[must_use]
    pub fn read(&self, x: ArrayView2<'_, f32>) -> Vec<u8> {
        let x = x.as_standard_layout();
        let (b, p, n) = (x.nrows(), x.ncols(), self.known.nrows());
        let mut products = vec![0.0; b * n];
        let known = self.known.as_slice().expect("made in standard layout");
        let x = x.as_slice().expect("standard layout");
        kernel::matmul_nt(b, p, n, x, known, Start::Zero, &mut products);
        products.chunks_exact(n).map(|products| self.vote(products)).collect()
    }

    fn vote(&self, products: &[f32]) -> u8 {
        // |known - x|² without the |x|² that all share.
        let mut nearest: Vec<(f32, u8)> = (self.squares.iter().zip(products).zip(&self.labels))
            .map(|((square, product), &label)| (square - 2.0 * product, label))
            .collect();
        let voters = VOTERS.min(nearest.len());
        nearest.select_nth_unstable_by(voters - 1, |a, b| a.0.total_cmp(&b.0));
        nearest.truncate(voters);
        nearest.sort_by(|a, b| a.0.total_cmp(&b.0));
        let votes = |label: u8| nearest.iter().filter(|(_, other)| *other == label).count();
        let most = nearest.iter().map(|&(_, label)| votes(label)).max().unwrap_or(0);
        nearest.iter().map(|&(_, label)| label).find(|&label| votes(label) == most).unwrap_or(0)
    }
}

/// The share of digits that still read as themselves after reconstruction from `z = mu`: the last fifth of `data`, read
/// by the first four fifths.
///
/// # Errors
/// [`Error::Shape`] where the images do not fit the model, [`Error::Data`] for a single image, which nobody could read.
pub fn kept_identity(model: &Model, data: &Dataset) -> Result<f64> {
    if data.len() < 2 {
        return Err(Error::Data("identity: there is 1 image, expected at least 2".into()));
    }
    let known = data.len() * 4 / 5;
    let reader = Neighbours::new(data, 0..known);
    let (x, labels) = (images(data, known..data.len(), Pixels::Grey, 0), &data.labels()[known..]);
    let read = reader.read(reconstruct(model, x.view(), labels)?.view());
    let kept = read.iter().zip(labels).filter(|(read, label)| read == label).count();
    Ok(kept as f64 / read.len() as f64)
}
