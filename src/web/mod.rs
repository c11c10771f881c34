//! What JavaScript sees. Converts, calls, converts back: no arithmetic here.
//!
//! Typed arrays, numbers and strings cross by copy; matrices are flat and row-major. Errors are `Error` objects whose
//! `name` is [`Error::kind`](crate::error::Error::kind) and whose `message` is one sentence.

mod drawing;
mod model;

use wasm_bindgen::prelude::*;

use crate::{
    kernel,
    model::standard_normal,
    train::seeds::{Purpose, generator},
};

/// Which arithmetic this build uses: `"scalar"`, `"simd128"` or `"relaxed"`.
#[wasm_bindgen(js_name = kernelTier)]
#[must_use]
pub fn kernel_tier() -> String {
    kernel::tier().to_owned()
}

/// The version of the crate that this was built from.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// A seed from the browser's own entropy, 0 to 2³² - 1.
#[wasm_bindgen(js_name = randomSeed)]
pub fn random_seed() -> Result<u32, JsError> {
    Ok(getrandom::u32()?)
}

/// Standard normal noise, `[rows, latent]`: the same seed gives the same bits on every tier and natively.
#[wasm_bindgen]
#[must_use]
pub fn eps(seed: u32, rows: usize, latent: usize) -> Vec<f32> {
    let mut eps = vec![0.0; rows * latent];
    standard_normal(&mut generator(seed, Purpose::Prior, 0), &mut eps);
    eps
}

/// An error as JavaScript knows it.
fn js_error(error: &crate::error::Error) -> js_sys::Error {
    let object = js_sys::Error::new(&error.to_string());
    object.set_name(error.kind());
    object
}
