//! `burn` on its CPU backend (flex): a product, and training through burn's own gradients and Adam.

use std::hint::black_box;

use burn::optim::{Adam, AdamConfig, AdamState, Optimizer};
use burn::tensor::activation::{log_sigmoid, relu, sigmoid};
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use wasm_bindgen::prelude::*;

use crate::product::{Multiply, Shape};
use crate::vae::{self, BETA_1, BETA_2, EPSILON, LAYERS, P, RATE, Z};

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
        data.and_then(|data| data.try_to_vec().ok()).unwrap_or_default()
    }
}

/// A parameter with Adam's memory of it.
struct Trained<const D: usize> {
    value: Tensor<D>,
    state: Option<AdamState<D>>,
}

impl<const D: usize> Trained<D> {
    fn new(values: Vec<f32>, shape: [usize; D], device: &Device) -> Self {
        let value = Tensor::from_data(TensorData::new(values, shape), device).require_grad();
        Self { value, state: None }
    }

    fn update(&mut self, optimiser: &Adam, gradients: &mut Gradients) {
        let d = self.value.grad_remove(gradients).expect("every parameter has a gradient");
        let (value, state) = optimiser.step(RATE, self.value.clone().inner(), d, self.state.take());
        self.value = Tensor::from_inner(value).require_grad();
        self.state = state;
    }
}

/// Steps on the same batch again and again.
#[wasm_bindgen]
pub struct BurnTraining {
    x: Tensor<2>,
    one_minus_x: Tensor<2>,
    eps: Tensor<2>,
    layers: Vec<(Trained<2>, Trained<1>)>,
    optimiser: Adam,
    loss: f32,
}

#[wasm_bindgen]
impl BurnTraining {
    /// `weights` one tensor after the other.
    #[wasm_bindgen(constructor)]
    pub fn new(batch: usize, x: Vec<f32>, eps: Vec<f32>, weights: &[f32]) -> Self {
        let device = Device::flex().autodiff();
        let x = Tensor::<2>::from_data(TensorData::new(x, [batch, P]), &device);
        let eps = Tensor::from_data(TensorData::new(eps, [batch, Z]), &device);
        let layers = vae::layers(weights).into_iter().zip(LAYERS).map(|((weight, bias), shape)| {
            let weight = Trained::new(weight, [shape.0, shape.1], &device);
            (weight, Trained::new(bias, [shape.1], &device))
        });
        let optimiser = AdamConfig::new()
            .with_beta_1(BETA_1 as f32)
            .with_beta_2(BETA_2 as f32)
            .with_epsilon(EPSILON as f32)
            .build();
        let one_minus_x = x.clone().neg().add_scalar(1.0);
        Self { x, one_minus_x, eps, layers: layers.collect(), optimiser, loss: 0.0 }
    }

    /// Makes `calls` steps.
    pub fn run(&mut self, calls: u32) {
        for _ in 0..calls {
            let loss = self.loss();
            let mut gradients = loss.backward();
            self.loss = loss.into_scalar();
            for (weight, bias) in &mut self.layers {
                weight.update(&self.optimiser, &mut gradients);
                bias.update(&self.optimiser, &mut gradients);
            }
        }
    }

    /// The loss of the last step, before its update.
    pub fn result(&self) -> Vec<f32> {
        vec![self.loss]
    }

    fn dense(&self, layer: usize, x: Tensor<2>) -> Tensor<2> {
        let (weight, bias) = &self.layers[layer];
        x.matmul(weight.value.clone()) + bias.value.clone().unsqueeze()
    }

    fn loss(&self) -> Tensor<1> {
        let h1 = relu(self.dense(0, self.x.clone()));
        let (mu, log_var) = (self.dense(1, h1.clone()), self.dense(2, h1));
        let sigma = log_var.clone().mul_scalar(0.5).exp();
        let z = mu.clone() + sigma * self.eps.clone();
        let logits = self.dense(4, relu(self.dense(3, z)));
        // As burn's own cross entropy has it: softplus(l) - x l = (1 - x) l - ln sigmoid(l)
        let recon = (self.one_minus_x.clone() * logits.clone() - log_sigmoid(logits)).sum();
        let kl = (mu.square() + log_var.clone().exp() - log_var).sub_scalar(1.0).sum();
        (recon + kl.mul_scalar(0.5)).div_scalar(self.x.dims()[0] as f32)
    }
}

/// Encode, sample and decode, without gradients.
#[wasm_bindgen]
pub struct BurnVae {
    x: Tensor<2>,
    eps: Tensor<2>,
    layers: Vec<(Tensor<2>, Tensor<2>)>,
    means: Option<Tensor<2>>,
}

#[wasm_bindgen]
impl BurnVae {
    /// `weights` one tensor after the other.
    #[wasm_bindgen(constructor)]
    pub fn new(batch: usize, x: Vec<f32>, eps: Vec<f32>, weights: &[f32]) -> Self {
        let device = Device::flex();
        let tensor = |values, shape: [usize; 2]| {
            Tensor::<2>::from_data(TensorData::new(values, shape), &device)
        };
        let layers = vae::layers(weights).into_iter().zip(LAYERS).map(|((weight, bias), shape)| {
            (tensor(weight, [shape.0, shape.1]), tensor(bias, [1, shape.1]))
        });
        let layers = layers.collect();
        Self { x: tensor(x, [batch, P]), eps: tensor(eps, [batch, Z]), layers, means: None }
    }

    /// Runs it `calls` times.
    pub fn run(&mut self, calls: u32) {
        for _ in 0..calls {
            let h1 = relu(self.dense(0, self.x.clone()));
            let (mu, log_var) = (self.dense(1, h1.clone()), self.dense(2, h1));
            let z = mu + log_var.mul_scalar(0.5).exp() * self.eps.clone();
            self.means = Some(sigmoid(self.dense(4, relu(self.dense(3, z)))));
        }
    }

    /// The last means, row by row.
    pub fn result(&self) -> Vec<f32> {
        let data = self.means.as_ref().map(|means| means.to_data());
        data.and_then(|data| data.try_to_vec().ok()).unwrap_or_default()
    }

    fn dense(&self, layer: usize, x: Tensor<2>) -> Tensor<2> {
        let (weight, bias) = &self.layers[layer];
        x.matmul(weight.clone()) + bias.clone()
    }
}
