//! EQUATIONS: the autoencoder, its sampler and its losses.
//!
//! Every image `x` has a Gaussian of its own, the posterior `q(z|x) = N(mu, sigma²)`. Two heads on one encoder give
//! its parameters, `mu = f1(x)` and `log_var = f2(x)`; the *log* of the variance is fitted because it may be any real
//! number and so needs no activation. A sample `z = mu + sigma eps` goes through the decoder, `logits = g(z)`.
//!
//! `-ELBO = D(logits, x) + beta KL(q(z|x) || N(0, I))`  (Kingma & Welling 2014; beta: Higgins et al. 2017)
//!
//! - `D` alone would only suffer from the noise, so sigma would go to 0 and the model decay into a plain autoencoder.
//! - `KL` pulls every posterior to N(0, I), so that the aggregate posterior is close to it and sampling it makes images.
//!
//! Instead of N(0, I) the prior may be learned ([`Flow`]), and the ELBO may be tightened by several z of each image
//! (`importance`).
//!
//! A model may be told the class of each image (`classes`): z then keeps what is not the class, such as the hand.
//!
//! In place of a Gaussian z may be a map of codes ([`Codebook`]), with a prior of its own ([`CodePrior`]).
//!
//! Reductions are always: summed over P and over Z, averaged over B. Units: nats.

mod autoencoder;
mod classes;
mod classifier;
mod code_prior;
mod codebook;
#[cfg(feature = "style")]
mod combine;
mod config;
mod ends;
mod flow;
mod importance;
mod latent;
mod likelihood;
mod pass;
#[cfg(feature = "style")]
mod product;
#[cfg(feature = "style")]
mod style;
#[cfg(feature = "style")]
mod style_config;

pub use autoencoder::Model;
pub use classifier::{Classifier, ClassifierConfig, ClassifierPass, cross_entropy, softmax};
pub use code_prior::{CodePrior, CodePriorConfig, CodePriorPass, CodeSampling, Writing};
pub use codebook::{CodeUpdate, CodeUse, Codebook, CodebookConfig};
#[cfg(feature = "style")]
pub use combine::Combination;
pub use config::{Config, Latent};
pub use ends::Ends;
pub use flow::{Flow, FlowConfig, FlowPass};
pub use latent::{
    LOG_VAR_LIMIT, Posterior, kl, kl_gradient, kl_per_dim, normal_quantile, reparameterise,
    standard_normal,
};
pub use likelihood::Likelihood;
pub use pass::{Loss, Pass};
#[cfg(feature = "style")]
pub use product::Gaussians;
#[cfg(feature = "style")]
pub use style::{StyleBatch, StyleLoss, StyleModel, StylePass, StyleRefinement};
#[cfg(feature = "style")]
pub use style_config::StyleConfig;
