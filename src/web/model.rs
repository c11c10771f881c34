//! A trained model.

use js_sys::{Error, Float32Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::js_error;
use crate::{
    error,
    model::{self, Model},
    weights,
};

#[wasm_bindgen(typescript_custom_section)]
const POSTERIOR: &str = r#"
/** q(z|x) of each image, `[B, Z]`; the plain autoencoder has no `logVar`. */
export interface Posterior { mu: Float32Array; logVar?: Float32Array }
"#;

/// A model from a weights file.
#[wasm_bindgen(js_name = Model)]
pub struct WebModel {
    pub(super) model: Model,
    record: String,
}

#[wasm_bindgen(js_class = Model)]
impl WebModel {
    /// Reads a weights file; throws a `WeightsError` or `ConfigError` that says what is wrong with it.
    #[wasm_bindgen(constructor)]
    pub fn new(weights: &[u8]) -> Result<WebModel, Error> {
        let (model, record) = weights::from_bytes(weights).map_err(|error| js_error(&error))?;
        if model.classes() > 0 {
            let message = "the file holds a model that is told the class, which Hand reads";
            return Err(js_error(&error::Error::Weights(message.into())));
        }
        Ok(Self { model, record })
    }

    /// Z, the number of latent dimensions.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn latent(&self) -> usize {
        self.model.latent_size()
    }

    /// P, the number of values in an image.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn pixels(&self) -> usize {
        self.model.pixels()
    }

    /// The file's record as JSON: format, config, training, metrics.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn record(&self) -> String {
        self.record.clone()
    }

    /// The posterior of each image of `[B, P]`.
    #[wasm_bindgen(unchecked_return_type = "Posterior")]
    pub fn encode(&self, x: &[f32]) -> Result<Object, Error> {
        check_rows("x", x, self.pixels())?;
        let (mu, log_var) = self.model.encode_rows(x);
        let posterior = Object::new();
        let set = |key: &str, values: &[f32]| {
            let values = Float32Array::from(values);
            Reflect::set(&posterior, &key.into(), &values).expect("a new object takes any property")
        };
        set("mu", &mu);
        if !log_var.is_empty() {
            set("logVar", &log_var);
        }
        Ok(posterior)
    }

    /// `z = mu + exp(logVar / 2) eps`, `[B, Z]`; `z = mu` where there is no `logVar`.
    pub fn reparameterise(
        &self,
        mu: Vec<f32>,
        log_var: Option<Vec<f32>>,
        eps: &[f32],
    ) -> Result<Vec<f32>, Error> {
        check_rows("mu", &mu, self.latent())?;
        check_same("eps", eps, &mu)?;
        let Some(log_var) = log_var else { return Ok(mu) };
        check_same("logVar", &log_var, &mu)?;
        Ok(model::reparameterise(&mu, &log_var, eps))
    }

    /// The decoder's output for each z of `[B, Z]`: `[B, P]`, logits for the Bernoulli likelihood.
    pub fn decode(&self, z: &[f32]) -> Result<Vec<f32>, Error> {
        check_rows("z", z, self.latent())?;
        Ok(self.model.decode_rows(z))
    }

    /// z of standard normal noise, `[B, Z]`: through the learned prior, or the noise itself where the prior is N(0, I).
    #[wasm_bindgen(js_name = priorSample)]
    pub fn prior_sample(&self, mut eps: Vec<f32>) -> Result<Vec<f32>, Error> {
        check_rows("eps", &eps, self.latent())?;
        self.model.prior_rows(&mut eps);
        Ok(eps)
    }

    /// The mean images that the decoder's output stands for, `[B, P]` in 0..=1.
    #[must_use]
    pub fn means(&self, mut logits: Vec<f32>) -> Vec<f32> {
        self.model.likelihood().to_mean(&mut logits);
        logits
    }

    /// D of each image in nats: `[B, P]` twice → B.
    pub fn recon(&self, logits: &[f32], x: &[f32]) -> Result<Vec<f32>, Error> {
        check_rows("logits", logits, self.pixels())?;
        check_same("x", x, logits)?;
        let recon = self.model.likelihood().recon(self.pixels(), logits, x);
        Ok(recon.map(|recon| recon as f32).collect())
    }

    /// KL to N(0, I) of each image and dimension in nats, `[B, Z]`; empty where there is no `logVar`.
    pub fn kl(&self, mu: &[f32], log_var: Option<Vec<f32>>) -> Result<Vec<f32>, Error> {
        check_rows("mu", mu, self.latent())?;
        let Some(log_var) = log_var else { return Ok(Vec::new()) };
        check_same("logVar", &log_var, mu)?;
        Ok(model::kl(mu, &log_var))
    }
}

/// That `values` are whole rows of `columns`. Not inlined, like the next: with their messages they are most of what each
/// of their callers would be.
#[inline(never)]
pub(super) fn check_rows(what: &'static str, values: &[f32], columns: usize) -> Result<(), Error> {
    if values.len().is_multiple_of(columns) {
        return Ok(());
    }
    let (expected, got) = (format!("rows of {columns} values"), format!("{} values", values.len()));
    Err(js_error(&error::Error::Shape { what, expected, got }))
}

/// That there are as many of `values` as of `like`.
#[inline(never)]
pub(super) fn check_same(what: &'static str, values: &[f32], like: &[f32]) -> Result<(), Error> {
    if values.len() == like.len() {
        return Ok(());
    }
    let (expected, got) = (format!("{} values", like.len()), values.len().to_string());
    Err(js_error(&error::Error::Shape { what, expected, got }))
}
