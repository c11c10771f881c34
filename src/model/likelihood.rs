//! p(x|z): what the decoder's output says about a pixel, and the reconstruction loss D that follows from it.

use crate::kernel::{functions, losses};

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
        let rows = logits.chunks_exact(p).zip(x.chunks_exact(p));
        rows.map(move |(logits, x)| self.recon_of_row(logits, x, 0.0, None))
    }

    /// D summed over a batch, and its gradient divided by the batch size, in one pass.
    ///
    /// # Shapes
    /// `logits`, `x`, `d_logits`: `[B, P]` with `p` = P.
    pub fn recon_and_gradient(
        self,
        p: usize,
        logits: &[f32],
        x: &[f32],
        d_logits: &mut [f32],
    ) -> f64 {
        let scale = p as f32 / logits.len() as f32;
        let rows = logits.chunks_exact(p).zip(x.chunks_exact(p)).zip(d_logits.chunks_exact_mut(p));
        rows.map(|((logits, x), d_logits)| self.recon_of_row(logits, x, scale, Some(d_logits)))
            .sum()
    }

    fn recon_of_row(
        self,
        logits: &[f32],
        x: &[f32],
        scale: f32,
        d_logits: Option<&mut [f32]>,
    ) -> f64 {
        match self {
            Self::Bernoulli => losses::bernoulli(logits, x, scale, d_logits),
            Self::Gaussian => losses::gaussian(logits, x, scale, d_logits),
        }
    }

    /// The mean of a pixel, in place of its logit.
    pub fn to_mean(self, logits: &mut [f32]) {
        match self {
            Self::Bernoulli => functions::sigmoid_in_place(logits),
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
