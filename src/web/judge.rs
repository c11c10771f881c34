//! A trained classifier that reads digits.

use js_sys::Error;
use wasm_bindgen::prelude::*;

use super::{js_error, model::check_rows};
use crate::{
    model::{Classifier, ClassifierPass, softmax},
    weights,
};

/// A classifier from a weights file.
#[wasm_bindgen(js_name = Judge)]
pub struct WebJudge(Classifier);

#[wasm_bindgen(js_class = Judge)]
impl WebJudge {
    /// Reads a classifier's weights file; throws a `WeightsError` or `ConfigError` that says what is wrong with it.
    #[wasm_bindgen(constructor)]
    pub fn new(weights: &[u8]) -> Result<WebJudge, Error> {
        let (classifier, _) =
            weights::classifier_from_bytes(weights).map_err(|error| js_error(&error))?;
        Ok(Self(classifier))
    }

    /// The probability of each class for each image: `[B, P]` in 0..=1 → `[B, C]`.
    pub fn probabilities(&self, x: &[f32]) -> Result<Vec<f32>, Error> {
        check_rows("x", x, self.0.pixels())?;
        let mut pass = ClassifierPass::default();
        self.0.forward(x, &mut pass);
        for logits in pass.logits.chunks_exact_mut(self.0.classes()) {
            softmax(logits);
        }
        Ok(pass.logits)
    }
}
