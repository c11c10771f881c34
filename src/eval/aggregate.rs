//! The aggregate posterior `q(z) = mean over images of q(z|x)`: a mixture of as many Gaussians as there are images, which the
//! KL term is to bring to the prior.

/// The posteriors that are mixed: of each image a mean and a standard deviation for each latent dimension.
///
/// # Shapes
/// `mu`, `sigma`: `[B, Z]`, row by row, B at least 2.
#[derive(Debug, Clone, Copy)]
pub struct Aggregate<'a> {
    mu: &'a [f32],
    sigma: &'a [f32],
    size: usize,
}

impl<'a> Aggregate<'a> {
    /// Of Z = `size` dimensions.
    ///
    /// # Panics
    /// Where `mu` and `sigma` are not as many whole rows each, at least 2.
    #[must_use]
    pub fn new(mu: &'a [f32], sigma: &'a [f32], size: usize) -> Self {
        let [of_mu, of_sigma] = [mu, sigma].map(<[f32]>::len);
        assert!(
            of_mu == of_sigma && of_mu.is_multiple_of(size) && of_mu >= 2 * size,
            "{of_mu} of mu and {of_sigma} of sigma, expected as many, in at least 2 rows of {size}"
        );
        Self { mu, sigma, size }
    }

    /// Mean, Z values, and covariance, `[Z, Z]`, of the mixture.
    #[must_use]
    pub fn moments(&self) -> (Vec<f64>, Vec<f64>) {
        let (size, count) = (self.size, (self.mu.len() / self.size) as f64);
        let (mut mean, mut covariance) = (vec![0.0; size], vec![0.0; size * size]);
        for mu in self.mu.chunks_exact(size) {
            mean.iter_mut().zip(mu).for_each(|(mean, &mu)| *mean += f64::from(mu) / count);
        }
        // region: aggregate-moments
        // covariance = mean of diag(sigma²) + covariance of the means
        for (mu, sigma) in self.mu.chunks_exact(size).zip(self.sigma.chunks_exact(size)) {
            for i in 0..size {
                let from_mean = |j: usize| f64::from(mu[j]) - mean[j];
                covariance[i * size + i] += f64::from(sigma[i]).powi(2) / count;
                for j in 0..size {
                    covariance[i * size + j] += from_mean(i) * from_mean(j) / count;
                }
            }
        }
        // endregion
        (mean, covariance)
    }

    /// The KL to N(0, I) of the one Gaussian with the mixture's mean and covariance, in nats; infinite where that is flat.
    /// Of all distributions with these moments it is the nearest to N(0, I), so that the mixture is at least as far.
    #[must_use]
    pub fn kl_of_moments(&self) -> f64 {
        let (mean, covariance) = self.moments();
        let Some(log_det) = log_determinant(&covariance, self.size) else { return f64::INFINITY };
        // region: aggregate-kl
        // KL(N(m, C) || N(0, I)) = (tr C + m² - Z - ln det C) / 2
        let trace: f64 = (0..self.size).map(|i| covariance[i * self.size + i]).sum();
        let squares: f64 = mean.iter().map(|m| m * m).sum();
        (trace + squares - self.size as f64 - log_det) / 2.0
        // endregion
    }

    /// The density of one dimension at each of `at`. A sigma below `least` is taken for that: a point has no density.
    #[must_use]
    pub fn marginal(&self, dimension: usize, at: &[f32], least: f32) -> Vec<f32> {
        let mut density = vec![0.0; at.len()];
        for ((mu, sigma), count) in self.along(dimension, least) {
            for (sum, &z) in density.iter_mut().zip(at) {
                *sum += normal_density(z, mu, sigma) / count;
            }
        }
        density
    }

    /// The density of two dimensions at each pair of `across` and `down`, `[down, across]`; `least` as for one.
    #[must_use]
    pub fn plane(&self, [a, b]: [usize; 2], across: &[f32], down: &[f32], least: f32) -> Vec<f32> {
        let mut density = vec![0.0; across.len() * down.len()];
        let mut row = vec![0.0; across.len()];
        for (((mu_a, sigma_a), count), ((mu_b, sigma_b), _)) in
            self.along(a, least).zip(self.along(b, least))
        {
            // region: mixture
            // q(z) = mean of N(z; mu, sigma²), a product over dimensions for each image
            for (value, &z) in row.iter_mut().zip(across) {
                *value = normal_density(z, mu_a, sigma_a) / count;
            }
            for (sums, &z) in density.chunks_exact_mut(across.len()).zip(down) {
                let factor = normal_density(z, mu_b, sigma_b);
                sums.iter_mut().zip(&row).for_each(|(sum, value)| *sum += factor * value);
            }
            // endregion
        }
        density
    }

    /// mu and sigma of one dimension, image by image, and how many there are.
    fn along(&self, dimension: usize, least: f32) -> impl Iterator<Item = ((f32, f32), f32)> + 'a {
        let count = (self.mu.len() / self.size) as f32;
        let column = |values: &'a [f32]| values.iter().skip(dimension).step_by(self.size);
        let pairs = column(self.mu).zip(column(self.sigma));
        pairs.map(move |(&mu, &sigma)| ((mu, sigma.max(least)), count))
    }
}

fn normal_density(z: f32, mu: f32, sigma: f32) -> f32 {
    let away = (z - mu) / sigma;
    libm::expf(-0.5 * away * away) / (sigma * (2.0 * std::f32::consts::PI).sqrt())
}

/// `ln det` of a symmetric matrix by Cholesky's decomposition; `None` where it is not positive definite.
fn log_determinant(matrix: &[f64], size: usize) -> Option<f64> {
    let mut lower = vec![0.0; size * size];
    let mut sum = 0.0;
    for i in 0..size {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| lower[i * size + k] * lower[j * size + k]).sum();
            let rest = matrix[i * size + j] - dot;
            if i != j {
                lower[i * size + j] = rest / lower[j * size + j];
            } else if rest > 0.0 {
                lower[i * size + i] = rest.sqrt();
                sum += rest.ln();
            } else {
                return None;
            }
        }
    }
    Some(sum)
}
