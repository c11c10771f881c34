//! What a user of Rust would pick instead, as WebAssembly: `candle`, `gemm`, `matrixmultiply` and `rten` with the feature
//! `relaxed`, `burn` with the feature `simd128`. `benches/peers/rust.mjs` gives them the shape of the other peers.

mod product;
mod vae;

#[cfg(feature = "simd128")]
mod with_burn;
#[cfg(feature = "relaxed")]
mod with_candle;
#[cfg(feature = "relaxed")]
mod with_gemm;
#[cfg(feature = "relaxed")]
mod with_matrixmultiply;
#[cfg(feature = "relaxed")]
mod with_rten;

pub use product::Product;
