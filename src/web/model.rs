//! A trained model.

use js_sys::{Error, Float32Array, Object, Reflect};
use ndarray::{Array2, ArrayView2};
use wasm_bindgen::prelude::*;

use super::js_error;
use crate::{
    error,
    model::{Model, Posterior},
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
    model: Model,
    record: String,
}

#[wasm_bindgen(js_class = Model)]
impl WebModel {
    /// Reads a weights file; throws a `WeightsError` or `ConfigError` that says what is wrong with it.
    #[wasm_bindgen(constructor)]
    pub fn new(weights: &[u8]) -> Result<WebModel, Error> {
        let (model, record) = weights::from_bytes(weights).map_err(|error| js_error(&error))?;
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
        let posterior =
            self.model.encode(rows("x", x, self.pixels())?).map_err(|error| js_error(&error))?;
        let object = Object::new();
        let set = |key: &str, values: &Array2<f32>| {
            let values = Float32Array::from(flat(values));
            Reflect::set(&object, &key.into(), &values).expect("a new object takes any property")
        };
        set("mu", &posterior.mu);
        if let Some(log_var) = &posterior.log_var {
            set("logVar", log_var);
        }
        Ok(object)
    }

    /// `z = mu + exp(logVar / 2) eps`, `[B, Z]`; `z = mu` where there is no `logVar`.
    pub fn reparameterise(
        &self,
        mu: &[f32],
        log_var: Option<Vec<f32>>,
        eps: &[f32],
    ) -> Result<Vec<f32>, Error> {
        let eps = same_rows("eps", eps, mu, self.latent())?;
        Ok(self.posterior(mu, log_var)?.reparameterise(&eps.to_owned()).into_raw_vec_and_offset().0)
    }

    /// The decoder's output for each z of `[B, Z]`: `[B, P]`, logits for the Bernoulli likelihood.
    pub fn decode(&self, z: &[f32]) -> Result<Vec<f32>, Error> {
        let logits =
            self.model.decode(rows("z", z, self.latent())?).map_err(|error| js_error(&error))?;
        Ok(logits.into_raw_vec_and_offset().0)
    }

    /// The mean images that the decoder's output stands for, `[B, P]` in 0..=1.
    #[must_use]
    pub fn means(&self, mut logits: Vec<f32>) -> Vec<f32> {
        self.model.likelihood().to_mean(&mut logits);
        logits
    }

    /// D of each image in nats: `[B, P]` twice → B.
    pub fn recon(&self, logits: &[f32], x: &[f32]) -> Result<Vec<f32>, Error> {
        rows("logits", logits, self.pixels())?;
        same_rows("x", x, logits, self.pixels())?;
        let recon = self.model.likelihood().recon(self.pixels(), logits, x);
        Ok(recon.map(|recon| recon as f32).collect())
    }

    /// KL to N(0, I) of each image and dimension in nats, `[B, Z]`; empty where there is no `logVar`.
    pub fn kl(&self, mu: &[f32], log_var: Option<Vec<f32>>) -> Result<Vec<f32>, Error> {
        let kl = self.posterior(mu, log_var)?.kl();
        Ok(kl.map_or_else(Vec::new, |kl| kl.into_raw_vec_and_offset().0))
    }

    fn posterior(&self, mu: &[f32], log_var: Option<Vec<f32>>) -> Result<Posterior, Error> {
        let log_var = match &log_var {
            Some(log_var) => Some(same_rows("logVar", log_var, mu, self.latent())?.to_owned()),
            None => None,
        };
        Ok(Posterior { mu: rows("mu", mu, self.latent())?.to_owned(), log_var })
    }
}

/// `values` as rows of `columns`.
fn rows<'a>(
    what: &'static str,
    values: &'a [f32],
    columns: usize,
) -> Result<ArrayView2<'a, f32>, Error> {
    ArrayView2::from_shape((values.len() / columns, columns), values).map_err(|_| {
        let (expected, got) =
            (format!("rows of {columns} values"), format!("{} values", values.len()));
        js_error(&error::Error::Shape { what, expected, got })
    })
}

/// `values` as rows of `columns`, as many as `like` has.
fn same_rows<'a>(
    what: &'static str,
    values: &'a [f32],
    like: &[f32],
    columns: usize,
) -> Result<ArrayView2<'a, f32>, Error> {
    if values.len() != like.len() {
        let (expected, got) = (format!("{} values", like.len()), values.len().to_string());
        return Err(js_error(&error::Error::Shape { what, expected, got }));
    }
    rows(what, values, columns)
}

fn flat(matrix: &Array2<f32>) -> &[f32] {
    matrix.as_slice().expect("made in standard layout")
}
