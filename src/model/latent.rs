//! The posterior, its sampler, and its divergence from the prior.

use ndarray::Array2;
use rand::Rng;

use crate::kernel::losses;

/// log_var is taken between ±this: sigma between 4.5e-5 and 2.2e4, far outside of what a useful posterior has, and far
/// inside of what f32 can square. Beyond it the gradient is 0.
pub const LOG_VAR_LIMIT: f32 = 20.0;

/// What the encoder says about each image of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Posterior {
    /// The mean, `[B, Z]`.
    pub mu: Array2<f32>,
    /// The log of the variance, `[B, Z]`; `None` for the plain autoencoder, whose posterior is a point.
    pub log_var: Option<Array2<f32>>,
}

impl Posterior {
    /// Draws `z = mu + sigma eps` with `sigma = exp(log_var / 2)`  (Kingma & Welling 2014, §2.4).
    ///
    /// # Shapes
    /// `eps`: `[B, Z]`, standard normal → `[B, Z]`.
    #[must_use]
    pub fn reparameterise(&self, eps: &Array2<f32>) -> Array2<f32> {
        let Some(log_var) = &self.log_var else { return self.mu.clone() };
        let z = reparameterise(&self.mu, log_var, eps);
        Array2::from_shape_vec(self.mu.dim(), z).expect(SAME)
    }

    /// KL to N(0, I) of each image and dimension, `[B, Z]`; nothing for the plain autoencoder.
    #[must_use]
    pub fn kl(&self) -> Option<Array2<f32>> {
        let kl = kl(&self.mu, self.log_var.as_ref()?);
        Some(Array2::from_shape_vec(self.mu.dim(), kl).expect(SAME))
    }
}

const SAME: &str = "one value for each of mu";

/// [`Posterior::reparameterise`], value by value.
pub fn reparameterise<'a>(
    mu: impl IntoIterator<Item = &'a f32>,
    log_var: impl IntoIterator<Item = &'a f32>,
    eps: impl IntoIterator<Item = &'a f32>,
) -> Vec<f32> {
    let sigma = |log_var: f32| losses::gaussian_of_one(0.0, log_var, LOG_VAR_LIMIT).0;
    let values = mu.into_iter().zip(log_var).zip(eps);
    values.map(|((mu, &log_var), eps)| mu + sigma(log_var) * eps).collect()
}

/// [`Posterior::kl`], value by value.
pub fn kl<'a>(
    mu: impl IntoIterator<Item = &'a f32>,
    log_var: impl IntoIterator<Item = &'a f32>,
) -> Vec<f32> {
    mu.into_iter().zip(log_var).map(|(&mu, &log_var)| kl_per_dim(mu, log_var)).collect()
}

/// KL(N(mu, sigma²) || N(0, 1)) of one dimension: `(mu² + sigma² - 1 - log_var) / 2`, in nats
/// (Kingma & Welling 2014, appendix B).
#[must_use]
pub fn kl_per_dim(mu: f32, log_var: f32) -> f32 {
    losses::gaussian_of_one(mu, log_var, LOG_VAR_LIMIT).1
}

/// The gradient of [`kl_per_dim`] by mu and by log_var.
#[must_use]
pub fn kl_gradient(mu: f32, log_var: f32) -> (f32, f32) {
    (mu, losses::gaussian_of_one(mu, log_var, LOG_VAR_LIMIT).2)
}

/// Fills `eps` with draws from N(0, 1): the normal quantile of uniform draws, one for one.
///
/// The same generator gives the same bits on every platform and tier: uniforms are integers, and the quantile uses only
/// operations that IEEE 754 rounds exactly, and a logarithm of our own dependencies instead of the platform's.
pub fn standard_normal(rng: &mut impl Rng, eps: &mut [f32]) {
    /// As many as fill vectors well; 1 KB. Chosen: any of 32 to 512 works.
    const BLOCK: usize = 64;
    // region: noise
    for eps in eps.chunks_mut(BLOCK) {
        let (mut q, mut z) = ([0.0; BLOCK], [0.0; BLOCK]);
        for q in &mut q[..eps.len()] {
            // The midpoint of one of 2^32 equal intervals, so never 0 or 1; and less 1/2, which is exact.
            *q = (f64::from(rng.next_u32()) + 0.5) / 4_294_967_296.0 - 0.5;
        }
        // Of all, because a loop without a branch becomes vector code; then the 15 % again that lie further out.
        for (z, &q) in z.iter_mut().zip(&q) {
            *z = central_quantile(q);
        }
        for ((eps, &q), &z) in eps.iter_mut().zip(&q).zip(&z) {
            *eps = if q.abs() <= CENTRE { z } else { outer_quantile(q + 0.5) } as f32;
        }
    }
    // endregion
}

/// Where [`central_quantile`] ends, to both sides of 1/2.
const CENTRE: f64 = 0.425;

/// The z for which a standard normal variable is below z with probability `p`, `0 < p < 1`; relative error about 1e-16.
///
/// Algorithm AS 241, PPND16 (Wichura 1988).
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= CENTRE { central_quantile(q) } else { outer_quantile(p) }
}

/// The quantile of `q + 1/2`, `|q| ≤` [`CENTRE`]; without a branch.
#[inline(always)]
fn central_quantile(q: f64) -> f64 {
    const RATIO: Ratio = (
        [
            3.387_132_872_796_366_5,
            1.331_416_678_917_843_8e2,
            1.971_590_950_306_551_3e3,
            1.373_169_376_550_946e4,
            4.592_195_393_154_987e4,
            6.726_577_092_700_87e4,
            3.343_057_558_358_813e4,
            2.509_080_928_730_122_7e3,
        ],
        [
            1.0,
            4.231_333_070_160_091e1,
            6.871_870_074_920_579e2,
            5.394_196_021_424_751e3,
            2.121_379_430_158_659_7e4,
            3.930_789_580_009_271e4,
            2.872_908_573_572_194_3e4,
            5.226_495_278_852_545e3,
        ],
    );
    q * ratio(RATIO, 0.180625 - q * q)
}

/// The quantile of p in the tails.
fn outer_quantile(p: f64) -> f64 {
    const SHOULDER: Ratio = (
        [
            1.423_437_110_749_683_5,
            4.630_337_846_156_546,
            5.769_497_221_460_691,
            3.647_848_324_763_204_5,
            1.270_458_252_452_368_4,
            2.417_807_251_774_506e-1,
            2.272_384_498_926_918_4e-2,
            7.745_450_142_783_414e-4,
        ],
        [
            1.0,
            2.053_191_626_637_759,
            1.676_384_830_183_803_8,
            6.897_673_349_851e-1,
            1.481_039_764_274_800_8e-1,
            1.519_866_656_361_645_7e-2,
            5.475_938_084_995_345e-4,
            1.050_750_071_644_416_9e-9,
        ],
    );
    const TAIL: Ratio = (
        [
            6.657_904_643_501_103,
            5.463_784_911_164_114,
            1.784_826_539_917_291_3,
            2.965_605_718_285_048_7e-1,
            2.653_218_952_657_612_4e-2,
            1.242_660_947_388_078_4e-3,
            2.711_555_568_743_487_6e-5,
            2.010_334_399_292_288_1e-7,
        ],
        [
            1.0,
            5.998_322_065_558_88e-1,
            1.369_298_809_227_358e-1,
            1.487_536_129_085_061_5e-2,
            7.868_691_311_456_133e-4,
            1.846_318_317_510_054_8e-5,
            1.421_511_758_316_446e-7,
            2.044_263_103_389_939_8e-15,
        ],
    );
    let q = p - 0.5;
    let r = libm::sqrt(-libm::log(if q < 0.0 { p } else { 1.0 - p }));
    let z = if r <= 5.0 { ratio(SHOULDER, r - 1.6) } else { ratio(TAIL, r - 5.0) };
    if q < 0.0 { -z } else { z }
}

/// The coefficients of two polynomials, lowest first.
type Ratio = ([f64; 8], [f64; 8]);

#[inline(always)]
fn ratio((over, under): Ratio, x: f64) -> f64 {
    let horner = |c: [f64; 8]| c.iter().rev().fold(0.0, |sum, c| sum * x + c);
    horner(over) / horner(under)
}
