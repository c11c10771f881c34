//! A run of training.

use js_sys::{Error, Float64Array, Object, Reflect};
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use super::{js_error, now};
use crate::{
    error,
    eval::evaluate,
    model::Config,
    train::{Dataset, Pixels, Trainer, TrainingConfig},
    weights::{self, History, Precision},
};

/// What a config file says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RunConfig {
    model: Config,
    training: TrainingConfig,
}

#[wasm_bindgen(typescript_custom_section)]
const MEASURED: &str = r#"
/** Means over images, in nats; `klPerDim` is to N(0, 1). */
export interface Measured { recon: number; kl: number; klPerDim: Float64Array }
"#;

/// A run and the images that it learns from.
#[wasm_bindgen(js_name = Trainer)]
pub struct WebTrainer {
    trainer: Trainer,
    data: Dataset,
    pixels: Pixels,
}

#[wasm_bindgen(js_class = Trainer)]
impl WebTrainer {
    /// A run from random weights over `epochs` epochs: a config file's JSON, and images of P bytes each (255 = ink) with
    /// a label each. Throws a `ConfigError` or `DataError` that says what is wrong.
    #[wasm_bindgen(constructor)]
    pub fn new(
        config: &str,
        images: Vec<u8>,
        labels: Vec<u8>,
        seed: u32,
        epochs: u32,
    ) -> Result<WebTrainer, Error> {
        let RunConfig { model, training } = serde_json::from_str(config)
            .map_err(|error| js_error(&error::Error::Config(error.to_string())))?;
        let data = dataset(images, labels)?;
        let pixels = training.pixels;
        let trainer = Trainer::new(model, training, &data, seed, epochs);
        Ok(Self { trainer: trainer.map_err(|error| js_error(&error))?, data, pixels })
    }

    /// Whole steps until `milliseconds` have passed, at least one and none after the last: for each its recon and KL in
    /// nats and the norm of its gradient. Throws a `DivergedError` where a step is no longer finite; the model is then
    /// the one before that step.
    pub fn train(&mut self, milliseconds: f64) -> Result<Vec<f64>, Error> {
        let (began, mut steps) = (now(), Vec::new());
        while self.trainer.steps() < self.trainer.total_steps() {
            let step = match self.trainer.step(&self.data) {
                // The steps before it are told first; the next call comes to the same end.
                Err(_) if !steps.is_empty() => break,
                step => step.map_err(|error| js_error(&error))?,
            };
            steps.extend([step.recon, step.kl, step.norm]);
            if now() - began >= milliseconds {
                break;
            }
        }
        Ok(steps)
    }

    /// What the model of now measures on other images, read as the run reads its own; the seed is that of the draws.
    #[wasm_bindgen(unchecked_return_type = "Measured")]
    pub fn evaluate(&self, images: Vec<u8>, labels: Vec<u8>, seed: u32) -> Result<Object, Error> {
        let data = dataset(images, labels)?;
        let measured = evaluate(self.trainer.model(), &data, self.pixels, seed)
            .map_err(|error| js_error(&error))?;
        let object = Object::new();
        let set = |key: &str, value: &JsValue| {
            Reflect::set(&object, &key.into(), value).expect("a new object takes any property")
        };
        set("recon", &measured.recon.into());
        set("kl", &measured.kl.into());
        set("klPerDim", &Float64Array::from(&measured.kl_per_dim[..]));
        Ok(object)
    }

    /// The weights file of the model as it is now, which `new Model` reads.
    pub fn weights(&self) -> Result<Vec<u8>, Error> {
        weights::to_bytes(self.trainer.model(), &History::default(), Precision::F32)
            .map_err(|error| js_error(&error))
    }

    /// Steps taken.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn step(&self) -> f64 {
        self.trainer.steps() as f64
    }

    /// Steps in an epoch.
    #[wasm_bindgen(getter, js_name = stepsPerEpoch)]
    #[must_use]
    pub fn steps_per_epoch(&self) -> f64 {
        self.trainer.steps_per_epoch() as f64
    }

    /// Steps in the whole run.
    #[wasm_bindgen(getter, js_name = totalSteps)]
    #[must_use]
    pub fn total_steps(&self) -> f64 {
        self.trainer.total_steps() as f64
    }

    /// The learning rate of the next step.
    #[wasm_bindgen(getter, js_name = learningRate)]
    #[must_use]
    pub fn learning_rate(&self) -> f32 {
        self.trainer.learning_rate()
    }

    /// Another learning rate from the next step on: what warm-up and decay start from. Throws a `ConfigError` for one
    /// that no run may have.
    #[wasm_bindgen(js_name = setLearningRate)]
    pub fn set_learning_rate(&mut self, learning_rate: f32) -> Result<(), Error> {
        self.trainer.set_learning_rate(learning_rate).map_err(|error| js_error(&error))
    }

    /// The weight of KL in the next step.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn beta(&self) -> f32 {
        self.trainer.beta()
    }

    /// Another weight of KL from the next step on: what its warm-up rises to. Throws a `ConfigError` for one that no run
    /// may have.
    #[wasm_bindgen(js_name = setBeta)]
    pub fn set_beta(&mut self, beta: f32) -> Result<(), Error> {
        self.trainer.set_beta(beta).map_err(|error| js_error(&error))
    }
}

/// Images as long as there are labels for.
fn dataset(images: Vec<u8>, labels: Vec<u8>) -> Result<Dataset, Error> {
    let pixels = images.len() / labels.len().max(1);
    Dataset::new(images, labels, pixels).map_err(|error| js_error(&error))
}
