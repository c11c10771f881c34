//! One posterior of one hand from several drawings, each with its own.
//!
//! Given z the drawings are independent, so that `p(z|x_1, …, x_n) ∝ p(z) ∏ p(x_i|z)`, and what the encoder says of one is
//! `q(z|x_i) ∝ p(z) p(x_i|z)`.

use ndarray::{Array2, Axis};

use super::{LOG_VAR_LIMIT, Posterior};

/// How the posteriors of several drawings become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combination {
    /// `p(z) ∏ q(z|x_i) / p(z)`: the prior counts once.
    PriorOnce,
    /// `∏ q(z|x_i)`: the prior counts with each.
    Product,
    /// `N(mean of mu, mean of sigma² / n)`: every drawing counts the same.
    Mean,
}

impl Posterior {
    /// One posterior of all rows, which are drawings of one hand; of a single row itself.
    ///
    /// With `precision = 1 / sigma²`: `∏ q` has the sum of the precisions, and the mean that they weigh. To count the prior
    /// N(0, I) once, `n - 1` is taken from that precision; a posterior is no wider than its prior, so 1 at least is left, and
    /// where an encoder says otherwise it is held there.
    ///
    /// # Shapes
    /// mu, log_var: `[n, Z]`, n at least 1 → `[1, Z]`.
    #[must_use]
    pub fn combined(&self, how: Combination) -> Self {
        let n = self.mu.nrows();
        assert!(n > 0, "no drawing to read a hand from");
        let row = |values: Vec<f32>| {
            Array2::from_shape_vec((1, values.len()), values).expect("one row of all")
        };
        let Some(log_var) = self.log_var.as_ref().filter(|_| n > 1) else {
            let mean = self.mu.mean_axis(Axis(0)).expect("at least one row");
            return Self { mu: row(mean.to_vec()), log_var: self.log_var.clone() };
        };
        let (mut mu, mut of_mu) = (Vec::new(), Vec::new());
        for (mu_column, log_var) in self.mu.columns().into_iter().zip(log_var.columns()) {
            let variance =
                |log_var: &f32| f64::from(libm::expf(log_var.clamp(-LOG_VAR_LIMIT, LOG_VAR_LIMIT)));
            let precisions: Vec<f64> =
                log_var.iter().map(|log_var| 1.0 / variance(log_var)).collect();
            let sum: f64 = precisions.iter().sum();
            let weighted: f64 =
                mu_column.iter().zip(&precisions).map(|(&mu, p)| f64::from(mu) * p).sum();
            let (mean, precision) = match how {
                Combination::Product => (weighted / sum, sum),
                Combination::PriorOnce => {
                    let precision = (sum - (n as f64 - 1.0)).max(1.0);
                    (weighted / precision, precision)
                }
                Combination::Mean => {
                    let mean = mu_column.iter().map(|&mu| f64::from(mu)).sum::<f64>() / n as f64;
                    let variances: f64 = log_var.iter().map(variance).sum();
                    (mean, (n * n) as f64 / variances)
                }
            };
            mu.push(mean as f32);
            of_mu.push(-libm::log(precision) as f32);
        }
        Self { mu: row(mu), log_var: Some(row(of_mu)) }
    }
}
