//! What JavaScript sees. Converts, calls, converts back: no arithmetic here.
//!
//! Typed arrays, numbers and strings cross by copy; matrices are flat and row-major. Errors are `Error` objects whose
//! `name` is [`Error::kind`](crate::error::Error::kind) and whose `message` is one sentence.

#[cfg(feature = "trainer")]
mod codes;
mod drawing;
#[cfg(feature = "style")]
mod hand;
mod judge;
mod model;
#[cfg(feature = "trainer")]
mod study;
#[cfg(feature = "trainer")]
mod trainer;
#[cfg(feature = "trainer")]
mod writer;

use wasm_bindgen::prelude::*;

use crate::{
    kernel::{self, Tile},
    model::standard_normal,
    train::seeds::{Purpose, generator},
};

/// 4 KB smaller than the standard library's allocator for WebAssembly, and in constant time.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// Which arithmetic this build uses: `"scalar"`, `"simd128"` or `"relaxed"`.
#[wasm_bindgen(js_name = kernelTier)]
#[must_use]
pub fn kernel_tier() -> String {
    kernel::tier().to_owned()
}

#[wasm_bindgen]
extern "C" {
    /// The clock of a page, a worker or Node, in milliseconds.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// Tries which register tile is faster in this browser for `milliseconds` and takes it from now on: `"wide"` where the
/// browser joins 128-bit vectors, `"tall"` elsewhere. The results of products are the same bits with both.
#[wasm_bindgen(js_name = chooseTile)]
#[must_use]
pub fn choose_tile(milliseconds: f64) -> String {
    let tile = kernel::faster_tile(now, milliseconds);
    kernel::use_tile(tile);
    match tile {
        Tile::Tall => "tall",
        Tile::Wide => "wide",
    }
    .to_owned()
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
