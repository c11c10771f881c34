//! Latent Ink: a variational autoencoder that lives in a browser tab.
//!
//! # Rooms
//!
//! | room | holds |
//! | --- | --- |
//! | [`kernel`] | arithmetic on f32 slices: matrix products, exponentials |
//! | [`nn`] | layers, each backward under its forward; Adam |
//! | [`model`] | the equations: config, posterior, sampler, decoder, losses |
//! | [`train`] | a stepper that learns; datasets, batches, seeds |
//! | [`eval`] | ELBO, importance-weighted bounds, reconstruction error, active units, probes, the judge |
//! | [`ink`] | drawings: strokes to what the network sees |
//! | [`weights`] | safetensors bytes to model and back |
//! | [`error`] | one error type, both sides of every mismatch in the message |
//!
//! On wasm32 there is also `web`, the classes that JavaScript sees. Dependencies point down only:
//! web and the program → train, eval, ink, weights → model → nn → kernel.
//!
//! # Dimension letters
//!
//! B batch, P pixels (784), H hidden, Z latent, C classes, K codes. Matrices are row-major, one example to a row.
//!
//! # Two ways through
//!
//! A drawing: strokes → [`ink::normalise`] → x `[1, P]` → [`model::Model::encode`] → mu, log_var `[1, Z]` →
//! [`model::Posterior::reparameterise`] → z → [`model::Model::decode_mean`] → x̂ `[1, P]`.
//!
//! A training step: a batch x `[B, P]` → [`model::Model::forward`] → loss → [`model::Model::backward`] → gradient →
//! [`nn::Adam::update`], all inside [`train::Trainer::step`].

pub mod error;
pub mod eval;
pub mod ink;
pub mod kernel;
pub mod model;
pub mod nn;
pub mod train;
pub mod weights;

#[cfg(target_arch = "wasm32")]
mod web;
