//! `C[m, n] = A[m, k] B[k, n]` by whichever crate is named.

use wasm_bindgen::prelude::*;

/// The three sizes of a product.
#[derive(Clone, Copy)]
pub struct Shape {
    pub m: usize,
    pub k: usize,
    pub n: usize,
}

/// One product that can be computed again and again.
pub trait Multiply {
    /// Computes it once.
    fn run(&mut self);
    /// What [`Multiply::run`] computed last, row by row.
    fn result(&self) -> Vec<f32>;
}

/// A product by one of the crates.
#[wasm_bindgen]
pub struct Product(Box<dyn Multiply>);

#[wasm_bindgen]
impl Product {
    /// `engine` names a crate; `rten packed` is rten with B packed here, once. The others cannot.
    #[wasm_bindgen(constructor)]
    pub fn new(
        engine: &str,
        m: usize,
        k: usize,
        n: usize,
        a: Vec<f32>,
        b: Vec<f32>,
    ) -> Result<Self, JsError> {
        assert_eq!((a.len(), b.len()), (m * k, k * n));
        let shape = Shape { m, k, n };
        let made: Option<Box<dyn Multiply>> = match engine {
            #[cfg(feature = "simd128")]
            "burn" => Some(Box::new(crate::with_burn::BurnProduct::new(shape, a, b))),
            #[cfg(feature = "relaxed")]
            "candle" => Some(Box::new(crate::with_candle::CandleProduct::new(shape, a, b)?)),
            #[cfg(feature = "relaxed")]
            "gemm" => Some(Box::new(crate::with_gemm::GemmProduct::new(shape, a, b))),
            #[cfg(feature = "relaxed")]
            "matrixmultiply" => {
                Some(Box::new(crate::with_matrixmultiply::MatrixmultiplyProduct::new(shape, a, b)))
            }
            #[cfg(feature = "relaxed")]
            "rten" => Some(Box::new(crate::with_rten::RtenProduct::new(shape, a, b, false))),
            #[cfg(feature = "relaxed")]
            "rten packed" => Some(Box::new(crate::with_rten::RtenProduct::new(shape, a, b, true))),
            _ => None,
        };
        made.map(Self).ok_or_else(|| JsError::new(&format!("there is no engine \"{engine}\" here")))
    }

    /// Computes the product `calls` times.
    pub fn run(&mut self, calls: u32) {
        for _ in 0..calls {
            self.0.run();
        }
    }

    /// The last product, row by row.
    pub fn result(&self) -> Vec<f32> {
        self.0.result()
    }
}
