//! `candle`: a product, the dense VAE, and its training through candle's own gradients.

use std::hint::black_box;

use candle_core::{Device, Error, Result, Tensor, Var};
use wasm_bindgen::prelude::*;

use crate::product::{Multiply, Shape};
use crate::vae::{self, BETA_1, BETA_2, EPSILON, LAYERS, P, RATE, Z};

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
        self.c.as_ref().and_then(|c| values(c).ok()).unwrap_or_default()
    }
}

fn values(tensor: &Tensor) -> Result<Vec<f32>> {
    tensor.flatten_all()?.to_vec1()
}

/// Inputs and weights, which may be variables.
struct Network {
    x: Tensor,
    eps: Tensor,
    layers: Vec<(Tensor, Tensor)>,
}

/// What the loss needs of a forward pass.
struct Forward {
    mu: Tensor,
    log_var: Tensor,
    logits: Tensor,
}

impl Network {
    fn inputs(batch: usize, x: Vec<f32>, eps: Vec<f32>) -> Result<(Tensor, Tensor)> {
        let device = Device::Cpu;
        let eps = Tensor::from_vec(eps, (batch, Z), &device)?;
        Ok((Tensor::from_vec(x, (batch, P), &device)?, eps))
    }

    fn dense(&self, layer: usize, x: &Tensor) -> Result<Tensor> {
        let (weight, bias) = &self.layers[layer];
        x.matmul(weight)?.broadcast_add(bias)
    }

    fn forward(&self) -> Result<Forward> {
        let h1 = self.dense(0, &self.x)?.relu()?;
        let (mu, log_var) = (self.dense(1, &h1)?, self.dense(2, &h1)?);
        let z = (&mu + ((&log_var * 0.5)?.exp()? * &self.eps)?)?;
        let logits = self.dense(4, &self.dense(3, &z)?.relu()?)?;
        Ok(Forward { mu, log_var, logits })
    }
}

/// Encode, sample and decode.
#[wasm_bindgen]
pub struct CandleVae {
    network: Network,
    means: Option<Tensor>,
}

#[wasm_bindgen]
impl CandleVae {
    /// `weights` one tensor after the other.
    #[wasm_bindgen(constructor)]
    pub fn new(
        batch: usize,
        x: Vec<f32>,
        eps: Vec<f32>,
        weights: &[f32],
    ) -> std::result::Result<Self, JsError> {
        let (x, eps) = Network::inputs(batch, x, eps)?;
        let device = Device::Cpu;
        let layers = vae::layers(weights).into_iter().zip(LAYERS).map(|((weight, bias), shape)| {
            let bias = Tensor::from_vec(bias, shape.1, &device)?;
            Ok::<_, Error>((Tensor::from_vec(weight, shape, &device)?, bias))
        });
        let network = Network { x, eps, layers: layers.collect::<Result<_>>()? };
        Ok(Self { network, means: None })
    }

    /// Runs it `calls` times.
    pub fn run(&mut self, calls: u32) -> std::result::Result<(), JsError> {
        for _ in 0..calls {
            let logits = self.network.forward()?.logits;
            // 1 / (1 + e^-x): candle's core has no sigmoid of its own.
            self.means = Some((logits.neg()?.exp()? + 1.0)?.recip()?);
        }
        Ok(())
    }

    /// The last means, row by row.
    pub fn result(&self) -> Vec<f32> {
        self.means.as_ref().and_then(|means| values(means).ok()).unwrap_or_default()
    }
}

/// A variable with Adam's two moments of it.
struct Trained {
    variable: Var,
    first: Tensor,
    second: Tensor,
}

/// Steps on the same batch again and again.
#[wasm_bindgen]
pub struct CandleTraining {
    network: Network,
    trained: Vec<Trained>,
    steps: i32,
    loss: f32,
}

#[wasm_bindgen]
impl CandleTraining {
    /// `weights` one tensor after the other.
    #[wasm_bindgen(constructor)]
    pub fn new(
        batch: usize,
        x: Vec<f32>,
        eps: Vec<f32>,
        weights: &[f32],
    ) -> std::result::Result<Self, JsError> {
        let (x, eps) = Network::inputs(batch, x, eps)?;
        let (mut layers, mut trained) = (Vec::new(), Vec::new());
        for ((weight, bias), shape) in vae::layers(weights).into_iter().zip(LAYERS) {
            let weight = Var::from_vec(weight, shape, &Device::Cpu)?;
            let bias = Var::from_vec(bias, shape.1, &Device::Cpu)?;
            layers.push((weight.as_tensor().clone(), bias.as_tensor().clone()));
            for variable in [weight, bias] {
                let zeros = variable.as_tensor().zeros_like()?;
                trained.push(Trained { variable, first: zeros.clone(), second: zeros });
            }
        }
        Ok(Self { network: Network { x, eps, layers }, trained, steps: 0, loss: 0.0 })
    }

    /// Makes `calls` steps.
    pub fn run(&mut self, calls: u32) -> std::result::Result<(), JsError> {
        for _ in 0..calls {
            self.step()?;
        }
        Ok(())
    }

    /// The loss of the last step, before its update.
    pub fn result(&self) -> Vec<f32> {
        vec![self.loss]
    }

    fn step(&mut self) -> Result<()> {
        self.steps += 1;
        let loss = self.loss()?;
        let gradients = loss.backward()?;
        self.loss = loss.to_scalar()?;
        let scale_1 = 1.0 / (1.0 - BETA_1.powi(self.steps));
        let scale_2 = 1.0 / (1.0 - BETA_2.powi(self.steps));
        for Trained { variable, first, second } in &mut self.trained {
            let d = gradients.get(variable).ok_or(Error::Msg("no gradient".to_owned()))?;
            *first = ((&*first * BETA_1)? + (d * (1.0 - BETA_1))?)?;
            *second = ((&*second * BETA_2)? + (d.sqr()? * (1.0 - BETA_2))?)?;
            let size = ((&*second * scale_2)?.sqrt()? + EPSILON)?;
            let change = ((&*first * (RATE * scale_1))? / size)?;
            variable.set(&(variable.as_tensor() - change)?)?;
        }
        Ok(())
    }

    fn loss(&self) -> Result<Tensor> {
        let Forward { mu, log_var, logits } = self.network.forward()?;
        let x = &self.network.x;
        // softplus(l) = max(l, 0) + ln(1 + e^-|l|)
        let softplus = (logits.relu()? + (logits.abs()?.neg()?.exp()? + 1.0)?.log()?)?;
        let recon = (softplus - (x * &logits)?)?.sum_all()?;
        let kl = (((mu.sqr()? + log_var.exp()?)? - log_var)? - 1.0)?.sum_all()?;
        (recon + (kl * 0.5)?)? / x.dim(0)? as f64
    }
}
