//! p(x|z): what the decoder's output says about a pixel, and the reconstruction loss D that follows from it.

use crate::kernel;

/// The distribution of a pixel given the decoder's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likelihood {
    /// `x ~ Bernoulli(sigmoid(logit))`; D is the cross-entropy.
    Bernoulli,
    /// `x ~ N(output, I/2)`; D is the squared error, which is `-ln p(x|z)` without its constant `P/2 ln pi`.
    Gaussian,
}

impl Likelihood {
    /// D of each image: `-ln p(x|z)` in nats, summed over P.
    ///
    /// Bernoulli: `max(l, 0) - l x + ln(1 + e^-|l|)`. Gaussian: `(l - x)²`.
    ///
    /// # Shapes
    /// `logits`, `x`: `[B, P]` with `p` = P → B values.
    pub fn recon<'a>(
        self,
        p: usize,
        logits: &'a [f32],
        x: &'a [f32],
    ) -> impl Iterator<Item = f64> + 'a {
        logits.chunks_exact(p).zip(x.chunks_exact(p)).map(move |(logits, x)| {
            let terms = logits.iter().zip(x);
            match self {
                Self::Bernoulli => {
                    terms.map(|(&l, &x)| f64::from(kernel::softplus(l) - l * x)).sum()
                }
                Self::Gaussian => terms.map(|(&l, &x)| f64::from((l - x) * (l - x))).sum(),
            }
        })
    }

    /// The gradient of D, divided by the batch size `b`.
    ///
    /// # Shapes
    /// `logits`, `x`, `d_logits`: `[B, P]`.
    pub fn recon_gradient(self, b: usize, logits: &[f32], x: &[f32], d_logits: &mut [f32]) {
        let scale = 1.0 / b as f32;
        for ((d, &l), &x) in d_logits.iter_mut().zip(logits).zip(x) {
            *d = scale
                * match self {
                    // forward: D = softplus(l) - l x
                    // so:      d_l = sigmoid(l) - x
                    Self::Bernoulli => kernel::sigmoid(l) - x,
                    // forward: D = (l - x)²
                    // so:      d_l = 2 (l - x)
                    Self::Gaussian => 2.0 * (l - x),
                };
        }
    }

    /// The mean of a pixel, in place of its logit.
    pub fn to_mean(self, logits: &mut [f32]) {
        match self {
            Self::Bernoulli => logits.iter_mut().for_each(|l| *l = kernel::sigmoid(*l)),
            Self::Gaussian => {}
        }
    }

    /// The output whose mean is `mean`, for starting the last bias at the mean of the data.
    ///
    /// A Bernoulli mean is kept at least 1/1000 from 0 and 1: pixels that are never inked in training may be in a drawing.
    #[must_use]
    pub fn from_mean(self, mean: f32) -> f32 {
        match self {
            Self::Bernoulli => {
                let mean = mean.clamp(0.001, 0.999);
                libm::logf(mean / (1.0 - mean))
            }
            Self::Gaussian => mean,
        }
    }
}
