//! Losses and samples as single passes over slices, each sharing one exponential with its gradient; sums in f64.

use super::{
    elementwise::{fold, one},
    lanes::{Lanes, Wide},
};

/// Pixels whose `1 + e` are multiplied before a logarithm is taken: each is at most 2, and 2^960 is an f64.
const RUN: usize = 960;

/// The cross-entropy of `x` under `Bernoulli(sigmoid(l))` summed over a slice; `d_l = scale (sigmoid(l) - x)` where
/// there is a `d_l`.
///
/// `D = sum(max(l, 0) - l x) + sum ln(1 + e)` with `e = e^-|l|`. The second sum is the logarithm of the product of all
/// `1 + e`, which f64 holds to 1e-13: one logarithm for a whole run, and no rounding of small terms. f32 rounds `e`
/// and `max(l, 0) - l x`, each to within 1.5 ulp.
pub fn bernoulli(l: &[f32], x: &[f32], scale: f32, d_l: Option<&mut [f32]>) -> f64 {
    in_runs(l, x, scale, d_l, |l, x, scale, d_l| {
        let scale = Lanes::splat(scale);
        // A padding zero has e = 1: each puts a factor of 2 into the product.
        let padding = (l.len().next_multiple_of(4) - l.len()) as f64;
        let start = (Wide::splat(0.0), Wide::splat(1.0));
        let (sum, product) = fold([l, x], [d_l], start, |sums, [l, x], [_]| {
            let e = l.exp_minus_abs();
            // region: reconstruction
            // forward: D = softplus(l) - l x
            // so:      d_l = sigmoid(l) - x
            (cross_entropy(sums, l, x, e), [l.sigmoid_with(e).sub(x).mul(scale)])
            // endregion
        });
        sum.sum() + libm::log(product.product()) - padding * std::f64::consts::LN_2
    })
}

#[inline(always)]
fn cross_entropy((sum, product): (Wide, Wide), l: Lanes, x: Lanes, e: Lanes) -> (Wide, Wide) {
    let linear = l.max(Lanes::splat(0.0)).sub(l.mul(x));
    (sum.add(Wide::from_lanes(linear)), product.add(product.mul(Wide::from_lanes(e))))
}

/// The squared error `(l - x)²` summed over a slice; `d_l = 2 scale (l - x)` where there is a `d_l`.
pub fn gaussian(l: &[f32], x: &[f32], scale: f32, d_l: Option<&mut [f32]>) -> f64 {
    in_runs(l, x, scale, d_l, |l, x, scale, d_l| {
        let scale = Lanes::splat(2.0 * scale);
        let sums = fold([l, x], [d_l], Wide::splat(0.0), |sum, [l, x], [_]| {
            // forward: D = (l - x)²
            // so:      d_l = 2 (l - x)
            let error = l.sub(x);
            (sum.add(Wide::from_lanes(error.mul(error))), [error.mul(scale)])
        });
        sums.sum()
    })
}

/// Sums `f` over runs of [`RUN`]. A gradient that nobody wants goes to a place on the stack: a second loop without it would
/// be 1 KB more of the page's WebAssembly, and a fifth faster.
fn in_runs(
    l: &[f32],
    x: &[f32],
    scale: f32,
    mut d_l: Option<&mut [f32]>,
    f: fn(&[f32], &[f32], f32, &mut [f32]) -> f64,
) -> f64 {
    let mut unwanted = [0.0; RUN];
    let mut total = 0.0;
    for (run, (l, x)) in l.chunks(RUN).zip(x.chunks(RUN)).enumerate() {
        let d_l = match &mut d_l {
            Some(d_l) => &mut d_l[run * RUN..],
            None => &mut unwanted[..],
        };
        total += f(l, x, scale, &mut d_l[..l.len()]);
    }
    total
}

/// A Gaussian of mean `mu` and log variance `log_var`, the latter taken between ±`limit` (at most 80), where its
/// gradient ends.
#[derive(Clone, Copy)]
struct Gaussian {
    mu: Lanes,
    log_var: Lanes,
    limit: Lanes,
}

/// What there is to know of a [`Gaussian`].
#[derive(Clone, Copy)]
struct Known {
    /// `e^(log_var / 2)`.
    sigma: Lanes,
    /// The divergence from N(0, 1): `(mu² + e^log_var - 1 - log_var) / 2`.
    kl: Lanes,
    /// Its gradient by log_var: `(e^log_var - 1) / 2`, or 0 beyond the limit.
    slope: Lanes,
    /// 1, or 0 beyond the limit.
    is_inside: Lanes,
}

impl Gaussian {
    #[inline(always)]
    fn know(self) -> Known {
        let [half, one, two, zero] = [0.5, 1.0, 2.0, 0.0].map(Lanes::splat);
        let Self { mu, log_var, limit } = self;
        // region: kl
        let clamped = log_var.max(zero.sub(limit)).min(limit);
        // region: sigma
        let (sigma, e) = clamped.mul(half).exp_and_exp_m1();
        // endregion
        // e^log_var - 1 = (sigma - 1)(sigma + 1)
        let growth = e.mul(e.add(two));
        let kl = mu.madd(mu, growth.sub(clamped)).mul(half);
        // endregion
        let is_inside = log_var.abs().select_less(limit, one, zero);
        Known { sigma, kl, slope: growth.mul(half).mul(is_inside), is_inside }
    }
}

/// `z = mu + sigma eps`, and the divergence from N(0, I) summed over all; leaves the derivatives of both by log_var.
///
/// # Shapes
/// All slices have one length. `z` holds mu before; `d_z` is `sigma eps / 2`, `d_kl` is `(e^log_var - 1) / 2`, both 0
/// where log_var is not inside ±`limit`.
pub fn sample(
    log_var: &[f32],
    eps: &[f32],
    limit: f32,
    z: &mut [f32],
    d_z: &mut [f32],
    d_kl: &mut [f32],
) -> f64 {
    let limit = Lanes::splat(limit);
    let start = Wide::splat(0.0);
    let sums = fold([log_var, eps], [z, d_z, d_kl], start, |sum, [log_var, eps], [mu, _, _]| {
        // region: sample
        let known = Gaussian { mu, log_var, limit }.know();
        let noise = known.sigma.mul(eps);
        let d_z = noise.mul(Lanes::splat(0.5)).mul(known.is_inside);
        (sum.add(Wide::from_lanes(known.kl)), [mu.add(noise), d_z, known.slope])
        // endregion
    });
    sums.sum()
}

/// Back through [`sample`]: from the gradient by z to those by mu, in its place, and by log_var, in place of `d_z`, both
/// with `scale` times the divergence's added.
pub fn sample_backward(
    mu: &[f32],
    d_kl: &[f32],
    scale: f32,
    gradient: &mut [f32],
    d_z: &mut [f32],
) {
    let scale = Lanes::splat(scale);
    fold([mu, d_kl], [gradient, d_z], (), |(), [mu, d_kl], [gradient, d_z]| {
        // region: gradient
        // forward: z = mu + e^(log_var / 2) eps,  KL = (mu² + e^log_var - 1 - log_var) / 2
        // so:      d_mu = d_z + mu,   d_log_var = d_z sigma eps / 2 + (e^log_var - 1) / 2
        ((), [scale.madd(mu, gradient), scale.madd(d_kl, gradient.mul(d_z))])
        // endregion
    });
}

/// `(sigma, KL, KL's gradient by log_var)` of one Gaussian, as in [`sample`].
#[must_use]
pub fn gaussian_of_one(mu: f32, log_var: f32, limit: f32) -> (f32, f32, f32) {
    let known = || {
        Gaussian {
            mu: Lanes::splat(mu),
            log_var: Lanes::splat(log_var),
            limit: Lanes::splat(limit),
        }
        .know()
    };
    let of = |part: fn(Known) -> Lanes| one(0.0, |_| part(known()));
    (of(|known| known.sigma), of(|known| known.kl), of(|known| known.slope))
}
