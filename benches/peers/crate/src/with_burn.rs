//! `burn` on its CPU backend (flex): a product, and training through burn's own gradients and Adam.

use std::hint::black_box;

use burn::tensor::{Device, Tensor, TensorData};

use crate::product::{Multiply, Shape};

/// Operands as burn's tensors; every call makes a new result, as burn does.
pub struct BurnProduct {
    a: Tensor<2>,
    b: Tensor<2>,
    c: Option<Tensor<2>>,
}

impl BurnProduct {
    pub fn new(Shape { m, k, n }: Shape, a: Vec<f32>, b: Vec<f32>) -> Self {
        let device = Device::flex();
        let (a, b) = (TensorData::new(a, [m, k]), TensorData::new(b, [k, n]));
        Self { a: Tensor::from_data(a, &device), b: Tensor::from_data(b, &device), c: None }
    }
}

impl Multiply for BurnProduct {
    fn run(&mut self) {
        self.c = Some(black_box(&self.a).clone().matmul(self.b.clone()));
    }

    fn result(&self) -> Vec<f32> {
        let data = self.c.as_ref().map(|c| c.to_data());
        data.and_then(|data| data.to_vec().ok()).unwrap_or_default()
    }
}
