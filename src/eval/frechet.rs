//! The Fréchet distance between two clouds of feature vectors (Heusel et al. 2017), each taken for a Gaussian.

use nalgebra::{DMatrix, DVector, SymmetricEigen};
use ndarray::ArrayView2;

/// Mean and covariance of many feature vectors.
#[derive(Debug, Clone, PartialEq)]
pub struct Cloud {
    mean: DVector<f64>,
    covariance: DMatrix<f64>,
}

impl Cloud {
    /// The cloud of the rows of `features`, at least 2.
    ///
    /// # Shapes
    /// `features`: `[B, features]`.
    #[must_use]
    pub fn new(features: ArrayView2<'_, f32>) -> Self {
        let (b, width) = features.dim();
        assert!(b > 1, "{b} feature vectors, a covariance needs 2");
        let mut rows = DMatrix::from_fn(b, width, |row, column| f64::from(features[[row, column]]));
        let mean = rows.row_mean().transpose();
        for (mut column, mean) in rows.column_iter_mut().zip(&mean) {
            column.add_scalar_mut(-mean);
        }
        let covariance = rows.tr_mul(&rows) / (b - 1) as f64;
        Self { mean, covariance }
    }
}

/// `|m1 - m2|² + tr(C1 + C2 - 2 (C1^½ C2 C1^½)^½)`; 0 for a cloud and itself.
///
/// The trace of the root is that of `(C1 C2)^½` in the paper, and its matrix symmetric.
#[must_use]
pub fn frechet_distance(a: &Cloud, b: &Cloud) -> f64 {
    let root = square_root(&a.covariance);
    let product = &root * &b.covariance * &root;
    let product = (&product + product.transpose()) / 2.0;
    // Eigenvalues of 0 come out as ±1e-16 of the largest.
    let roots = product.symmetric_eigenvalues().map(|value| value.max(0.0).sqrt()).sum();
    let between = (&a.mean - &b.mean).norm_squared();
    between + a.covariance.trace() + b.covariance.trace() - 2.0 * roots
}

fn square_root(symmetric: &DMatrix<f64>) -> DMatrix<f64> {
    let SymmetricEigen { eigenvectors, eigenvalues } = symmetric.clone().symmetric_eigen();
    let roots = DMatrix::from_diagonal(&eigenvalues.map(|value| value.max(0.0).sqrt()));
    &eigenvectors * roots * eigenvectors.transpose()
}
