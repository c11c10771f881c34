//! A model that is told the class, and so keeps the hand in z.

use js_sys::Error;
use ndarray::ArrayView2;
use wasm_bindgen::prelude::*;

use super::{js_error, model::check_rows};
use crate::{
    error,
    model::{Combination, Model},
    weights,
};

/// A model with classes, from a weights file.
#[wasm_bindgen(js_name = Hand)]
pub struct WebHand {
    model: Model,
    record: String,
}

#[wasm_bindgen(js_class = Hand)]
impl WebHand {
    /// Reads a weights file; throws a `WeightsError` or `ConfigError` that says what is wrong with it.
    #[wasm_bindgen(constructor)]
    pub fn new(weights: &[u8]) -> Result<WebHand, Error> {
        let (model, record) = weights::from_bytes(weights).map_err(thrown)?;
        if model.classes() == 0 {
            let message = "the file holds a model that is told no class, expected one with classes";
            return Err(thrown(error::Error::Weights(message.into())));
        }
        Ok(Self { model, record })
    }

    /// The file's record as JSON: format, config, training, metrics.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn record(&self) -> String {
        self.record.clone()
    }

    /// Z, the number of latent dimensions.
    #[wasm_bindgen(getter, js_name = latentSize)]
    #[must_use]
    pub fn latent_size(&self) -> usize {
        self.model.latent_size()
    }

    /// C, how many classes there are; a label is below it.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn classes(&self) -> usize {
        self.model.classes()
    }

    /// P, the number of values in an image.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn pixels(&self) -> usize {
        self.model.pixels()
    }

    /// The hand that drew the images `[n, P]` with these n labels, n at least 1: one posterior, mu and then log_var, Z values
    /// each. Of several drawings it is the product of their posteriors, so that whichever is surest of a dimension says most,
    /// and every drawing more makes it surer; docs/style.md compares that with other ways.
    pub fn read(&self, x: &[f32], labels: &[u8]) -> Result<Vec<f32>, Error> {
        let x = rows("x", x, self.pixels())?;
        let posterior = self.model.encode_told(x, labels).map_err(thrown)?;
        if posterior.mu.is_empty() {
            let (expected, got) = ("at least 1 image".to_owned(), "none".to_owned());
            return Err(thrown(error::Error::Shape { what: "x", expected, got }));
        }
        let hand = posterior.combined(Combination::Product);
        Ok(hand.mu.iter().chain(hand.log_var.iter().flatten()).copied().collect())
    }

    /// The mean image of each z `[n, Z]` with its label: `[n, P]` in 0..=1.
    pub fn write(&self, z: &[f32], labels: &[u8]) -> Result<Vec<f32>, Error> {
        let z = rows("z", z, self.latent_size())?;
        let means = self.model.decode_mean_told(z, labels).map_err(thrown)?;
        Ok(means.into_raw_vec_and_offset().0)
    }
}

fn rows<'a>(
    what: &'static str,
    values: &'a [f32],
    columns: usize,
) -> Result<ArrayView2<'a, f32>, Error> {
    check_rows(what, values, columns)?;
    let rows = (values.len() / columns, columns);
    Ok(ArrayView2::from_shape(rows, values).expect("whole rows"))
}

#[allow(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn thrown(error: error::Error) -> Error {
    js_error(&error)
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::WebHand;
    use crate::{
        model::{Config, Model},
        train::seeds::{Purpose, generator},
        weights::{History, Precision, to_bytes},
    };

    wasm_bindgen_test_configure!(run_in_browser);

    fn file(classes: usize) -> Vec<u8> {
        let film = if classes > 0 { "\"film\"," } else { "" };
        let json = format!(
            r#"{{"input": {{"height": 3, "width": 2, "channels": 1}}, "likelihood": "bernoulli",
            "latent": {{"gaussian": {{"size": 2, "beta": 1}}}}, "classes": {classes},
            "encoder": [{{"dense": 5}}, {film} "silu"],
            "decoder": [{{"dense": 5}}, {film} "silu", {{"dense": 6}}]}}"#
        );
        let json = serde_json::from_str(&json).expect("JSON");
        let config = Config::from_json(&json).expect("a config");
        let mut rng = generator(1, Purpose::Weights, 0);
        let model = Model::random(config, &[0.5; 6], &mut rng).expect("layers that fit");
        to_bytes(&model, &History::default(), Precision::F32).expect("finite numbers")
    }

    fn message<T>(result: Result<T, js_sys::Error>) -> String {
        let error = result.err().expect("refused");
        format!("{}: {}", error.name(), error.message())
    }

    #[wasm_bindgen_test]
    fn a_hand_reads_drawings_and_writes_every_class() {
        let hand = WebHand::new(&file(3)).expect("a file of this version");
        assert_eq!((hand.latent_size(), hand.classes(), hand.pixels()), (2, 3, 6));
        let x = [0.0, 1.0, 0.5, 0.2, 0.0, 0.9];
        let one = hand.read(&x, &[1]).expect("one drawing");
        let two = hand.read(&[x, x].concat(), &[1, 1]).expect("two drawings");
        assert_eq!((one.len(), two.len()), (4, 4));
        for i in 0..2 {
            // The same drawing twice says the same, and is half as wide.
            assert!((one[i] - two[i]).abs() < 1e-6, "{one:?} {two:?}");
            assert!((one[2 + i] - two[2 + i] - 2.0_f32.ln()).abs() < 1e-5, "{one:?} {two:?}");
        }
        let z = [&one[..2]; 3].concat();
        let images = hand.write(&z, &[0, 1, 2]).expect("three classes");
        assert_eq!(images.len(), 18);
        assert!(images.iter().all(|ink| (0.0..=1.0).contains(ink)));
        assert!(images[..6] != images[6..12], "the class changes nothing");
    }

    #[wasm_bindgen_test]
    fn what_a_hand_cannot_read_is_said_in_one_sentence() {
        let refused = message(WebHand::new(&file(0)));
        assert!(refused.starts_with("WeightsError: weights: the file holds a model"), "{refused}");
        assert!(message(WebHand::new(&[1, 2, 3])).starts_with("WeightsError"));
        let hand = WebHand::new(&file(3)).expect("a file of this version");
        for (result, expected) in [
            (hand.read(&[0.0; 6], &[]), "labels: expected 1, one for each row, got 0"),
            (hand.read(&[0.0; 6], &[3]), "labels: expected each below 3, got 3"),
            (hand.read(&[0.0; 5], &[1]), "x: expected rows of 6 values, got 5 values"),
            (hand.read(&[], &[]), "x: expected at least 1 image, got none"),
            (hand.write(&[0.0; 2], &[7]), "labels: expected each below 3, got 7"),
            (hand.write(&[0.0; 3], &[1]), "z: expected rows of 2 values, got 3 values"),
        ] {
            assert_eq!(message(result), format!("ShapeError: {expected}"));
        }
        let model = super::super::model::WebModel::new(&file(3));
        assert!(
            message(model).starts_with("WeightsError: weights: the file holds a model that is")
        );
    }
}
