//! What the story asks of a model beyond what the page does: gradients by the posterior, the bound as it tightens, and the
//! mixture of many posteriors.

use js_sys::{Error, Float32Array, Object, Reflect};
use ndarray::Array2;
use wasm_bindgen::prelude::*;

use super::{
    js_error,
    model::{WebModel, check_rows, check_same},
};
use crate::{
    eval::{Aggregate, running_bound},
    model::Pass,
};

#[wasm_bindgen(typescript_custom_section)]
const GRADIENTS: &str = r#"
/** One image at one z: D and KL in nats, and the gradients of D by z (and so by mu) and by log_var, Z values each. */
export interface Gradients { recon: number; kl: number; dMu: Float32Array; dLogVar: Float32Array }
"#;

#[wasm_bindgen(js_class = Model)]
impl WebModel {
    /// D of one image, and its gradients through `z = mu + sigma eps`; eps gets none, for nothing stands behind it.
    #[wasm_bindgen(unchecked_return_type = "Gradients")]
    pub fn gradients(&self, x: &[f32], eps: Vec<f32>) -> Result<Object, Error> {
        check_rows("x", x, self.pixels())?;
        check_rows("eps", &eps, self.latent())?;
        check_same("eps", &eps, &vec![0.0; x.len() / self.pixels() * self.latent()])?;
        let mut pass = Pass::default();
        pass.eps = eps;
        let loss = self.model.forward(x, &mut pass);
        let mut gradient = self.model.parameters().zeros_like();
        self.model.backward(x, 0.0, &mut pass, &mut gradient);
        let object = Object::new();
        let set = |key: &str, value: &JsValue| {
            Reflect::set(&object, &key.into(), value).expect("a new object takes any property")
        };
        set("recon", &loss.recon.into());
        set("kl", &loss.kl.into());
        set("dMu", &Float32Array::from(pass.d_mu()));
        set("dLogVar", &Float32Array::from(pass.d_log_var()));
        Ok(object)
    }

    /// The importance-weighted bound of one image with 1 to `most` samples of its posterior, in nats.
    #[wasm_bindgen(js_name = runningBound)]
    pub fn running_bound(&self, x: Vec<f32>, seed: u32, most: u32) -> Result<Vec<f64>, Error> {
        check_same("x", &x, &vec![0.0; self.pixels()])?;
        let x = Array2::from_shape_vec((1, x.len()), x).expect("one row of all");
        running_bound(&self.model, &x, seed, most).map_err(|error| js_error(&error))
    }
}

/// Many posteriors as one mixture.
#[wasm_bindgen(js_name = Aggregate)]
pub struct WebAggregate {
    mu: Vec<f32>,
    sigma: Vec<f32>,
    size: usize,
}

#[wasm_bindgen(js_class = Aggregate)]
impl WebAggregate {
    /// Of `mu` and `sigma`, `[B, Z]` each, Z = `size`, B at least 2.
    #[wasm_bindgen(constructor)]
    pub fn new(mu: Vec<f32>, sigma: Vec<f32>, size: usize) -> Result<WebAggregate, Error> {
        check_rows("mu", &mu, size)?;
        check_same("sigma", &sigma, &mu)?;
        check_rows("mu", &mu[..mu.len().min(2 * size)], 2 * size)?;
        Ok(Self { mu, sigma, size })
    }

    /// The standard deviation of each dimension, Z values.
    #[must_use]
    pub fn deviations(&self) -> Vec<f64> {
        let (_, covariance) = self.mixture().moments();
        covariance.iter().step_by(self.size + 1).map(|variance| variance.sqrt()).collect()
    }

    /// The least KL to N(0, I) that its mean and covariance allow, in nats.
    #[wasm_bindgen(js_name = klOfMoments)]
    #[must_use]
    pub fn kl_of_moments(&self) -> f64 {
        self.mixture().kl_of_moments()
    }

    /// The density of one dimension at each of `at`; a sigma below `least` is taken for that.
    #[must_use]
    pub fn marginal(&self, dimension: usize, at: &[f32], least: f32) -> Vec<f32> {
        self.mixture().marginal(dimension, at, least)
    }

    /// The density of two dimensions at each pair of `across` and `down`, row by row.
    #[must_use]
    pub fn plane(&self, a: usize, b: usize, across: &[f32], down: &[f32], least: f32) -> Vec<f32> {
        self.mixture().plane([a, b], across, down, least)
    }

    fn mixture(&self) -> Aggregate<'_> {
        Aggregate::new(&self.mu, &self.sigma, self.size)
    }
}
