//! `candle`: a product, the dense VAE, and its training through candle's own gradients.

use std::hint::black_box;

use candle_core::{Device, Result, Tensor};

use crate::product::{Multiply, Shape};

/// Operands as candle's tensors; every call makes a new result, as candle does.
pub struct CandleProduct {
    a: Tensor,
    b: Tensor,
    c: Option<Tensor>,
}

impl CandleProduct {
    pub fn new(Shape { m, k, n }: Shape, a: Vec<f32>, b: Vec<f32>) -> Result<Self> {
        let device = Device::Cpu;
        let (a, b) = (Tensor::from_vec(a, (m, k), &device)?, Tensor::from_vec(b, (k, n), &device)?);
        Ok(Self { a, b, c: None })
    }
}

impl Multiply for CandleProduct {
    fn run(&mut self) {
        self.c = Some(black_box(&self.a).matmul(&self.b).expect("the sizes fit"));
    }

    fn result(&self) -> Vec<f32> {
        let flat = self.c.as_ref().and_then(|c| c.flatten_all().ok()?.to_vec1().ok());
        flat.unwrap_or_default()
    }
}
