//! A model whose z is a map of codes.

use chacha20::ChaCha8Rng;
use js_sys::Error;
use rand::Rng;
use wasm_bindgen::prelude::*;

use super::{js_error, model::check_rows};
use crate::{
    error,
    eval::{decode_codes, upper_half},
    model::{CodeSampling, CodeUse, Codebook, CodebookConfig, Model, Writing},
    train::seeds::{Purpose, generator},
    weights,
};

/// A model with a codebook, from a weights file.
#[wasm_bindgen(js_name = Codes)]
pub struct WebCodes {
    model: Model,
    record: String,
    written: Option<Written>,
}

/// A map that the prior is writing.
struct Written {
    writing: Writing,
    given: Vec<u8>,
    sampling: CodeSampling,
    rng: ChaCha8Rng,
}

#[wasm_bindgen(js_class = Codes)]
impl WebCodes {
    /// Reads a weights file; throws a `WeightsError` or `ConfigError` that says what is wrong with it.
    #[wasm_bindgen(constructor)]
    pub fn new(weights: &[u8]) -> Result<WebCodes, Error> {
        let (model, record) = weights::from_bytes(weights).map_err(thrown)?;
        if model.codebook().is_none() {
            let message = "the file holds a model without a codebook, expected one with codes";
            return Err(thrown(error::Error::Weights(message.into())));
        }
        Ok(Self { model, record, written: None })
    }

    /// The file's record as JSON: format, config, training, metrics.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn record(&self) -> String {
        self.record.clone()
    }

    /// P, the number of values in an image.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn pixels(&self) -> usize {
        self.model.pixels()
    }

    /// Rows and columns of the map, codebooks at a position, codes in each, and how many codes the upper half has.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn shape(&self) -> Vec<usize> {
        let config = self.codebook().config();
        let CodebookConfig { height, width, groups, codes, .. } = *config;
        vec![height, width, groups, codes, upper_half(config)]
    }

    /// How often each code was used in a batch while it was trained.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn counts(&self) -> Vec<f32> {
        self.codebook().counts(self.model.parameters()).to_vec()
    }

    /// The classes that the prior can be told; -1 where there is no prior.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn classes(&self) -> i32 {
        self.codebook().prior().map_or(-1, |prior| prior.config().classes as i32)
    }

    /// The distance of each vector of the images `[B, P]` from each of its group's codes: `[B, height, width, groups, K]`.
    pub fn distances(&self, x: &[f32]) -> Result<Vec<f32>, Error> {
        check_rows("x", x, self.pixels())?;
        let z_e = self.model.encoded_rows(x);
        let mut distances = self.codebook().distances(self.model.parameters(), &z_e);
        distances.iter_mut().for_each(|distance| *distance = distance.sqrt());
        Ok(distances)
    }

    /// The codes of the images `[B, P]`: `[B, height, width, groups]`.
    pub fn encode(&self, x: &[f32]) -> Result<Vec<u8>, Error> {
        check_rows("x", x, self.pixels())?;
        let z_e = self.model.encoded_rows(x);
        Ok(self.codebook().nearest(self.model.parameters(), &z_e))
    }

    /// The mean images of maps of codes: `[B, height, width, groups]` → `[B, P]`.
    pub fn decode(&self, codes: &[u8]) -> Result<Vec<f32>, Error> {
        self.check(codes)?;
        let images = decode_codes(&self.model, codes).map_err(thrown)?;
        Ok(images.into_raw_vec_and_offset().0)
    }

    /// The share of codes that these maps use, and their perplexity.
    #[wasm_bindgen(js_name = codeUse)]
    pub fn code_use(&self, codes: &[u8]) -> Result<Vec<f64>, Error> {
        self.check(codes)?;
        let CodeUse { usage, perplexity } = self.codebook().code_use(codes);
        Ok(vec![usage, perplexity])
    }

    /// `-ln p(codes)` of one map in nats, by the prior, which is told no class; with all codes as probable where there is none.
    pub fn nats(&self, codes: &[u8]) -> Result<f64, Error> {
        self.check(codes)?;
        let untold = vec![None; codes.len() / self.codebook().config().tokens()];
        Ok(self.codebook().nats(self.model.parameters(), codes, &untold))
    }

    /// Begins a map that the prior writes code by code; its first codes are `given`. Throws a `ConfigError` where there is no
    /// prior, or it does not know the class.
    pub fn begin(
        &mut self,
        seed: u32,
        temperature: f32,
        top: usize,
        class: Option<u8>,
        given: Vec<u8>,
    ) -> Result<(), Error> {
        let config = |message: String| thrown(error::Error::Config(message));
        let Some(prior) = self.codebook().prior() else {
            return Err(config("this model has learned no prior over its codes".into()));
        };
        let classes = prior.config().classes;
        if let Some(class) = class.filter(|&class| usize::from(class) >= classes) {
            return Err(config(format!("class: the prior knows {classes}, got {class}")));
        }
        if given.iter().any(|&code| usize::from(code) >= self.codebook().config().codes) {
            return Err(config("given: a code is not in the codebook".into()));
        }
        let rng = generator(seed, Purpose::Prior, 0);
        let sampling = CodeSampling { temperature, top };
        let writing = prior.begin(vec![class]);
        self.written = Some(Written { writing, given, sampling, rng });
        Ok(())
    }

    /// The next code of the map that was begun; nothing when it is whole.
    #[must_use]
    pub fn next(&mut self) -> Option<u8> {
        let codebook = self.model.codebook()?;
        let Written { writing, given, sampling, rng } = self.written.as_mut()?;
        let t = writing.len();
        if t == codebook.config().tokens() {
            return None;
        }
        let logits = codebook.prior()?.next(self.model.parameters(), writing);
        let drawn = sampling.draw(logits, f64::from(rng.next_u32()) / 4_294_967_296.0);
        let code = given.get(t).copied().unwrap_or(drawn);
        writing.write(vec![code]);
        Some(code)
    }

    fn codebook(&self) -> &Codebook {
        self.model.codebook().expect("checked when it was read")
    }

    /// That codes are whole maps of codes that there are.
    fn check(&self, codes: &[u8]) -> Result<(), Error> {
        let CodebookConfig { codes: k, .. } = *self.codebook().config();
        let tokens = self.codebook().config().tokens();
        if codes.is_empty() || !codes.len().is_multiple_of(tokens) {
            let (expected, got) = (format!("maps of {tokens} codes"), codes.len().to_string());
            return Err(thrown(error::Error::Shape { what: "codes", expected, got }));
        }
        match codes.iter().find(|&&code| usize::from(code) >= k) {
            Some(code) => {
                let (expected, got) = (format!("codes below {k}"), code.to_string());
                Err(thrown(error::Error::Shape { what: "codes", expected, got }))
            }
            None => Ok(()),
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn thrown(error: error::Error) -> Error {
    js_error(&error)
}
