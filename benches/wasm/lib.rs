//! What the browser benchmarks measure of ours: peak and memory of the machine, products, and the model of the
//! benchmark's other contestants, each with its operands already in the module's memory.
//!
//! A cdylib example of this crate, built for each tier by `cargo xtask bench`; natively it is empty.
#![allow(missing_docs, reason = "an example has no readers but benches/browser")]
#![cfg(target_arch = "wasm32")]

use std::hint::black_box;

use js_sys::Float32Array;
use latent_ink::{
    kernel::{self, Packed, Start, Tile, sum_of_squares},
    model::{Config, Model, Pass},
    nn::{Adam, AdamConfig, Parameters},
};
use ndarray::ArrayView2;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

/// Multiply-adds on registers alone, four independent lanes each; returns the floating-point operations done.
#[wasm_bindgen]
pub fn peak(kind: &str, calls: u32) -> f64 {
    const STEPS: u32 = 10_000;
    for _ in 0..calls {
        black_box(registers::spin(kind == "madd", STEPS));
    }
    f64::from(calls) * f64::from(STEPS) * registers::FLOPS
}

#[cfg(target_feature = "simd128")]
mod registers {
    use std::{arch::wasm32::*, hint::black_box};

    /// Each sum grows this often between two checks of the loop, which V8 makes for interrupts too.
    const UNROLLED: usize = 6;
    /// Four lanes, a multiplication and an addition.
    pub const FLOPS: f64 = (12 * UNROLLED) as f64 * 8.0;

    pub fn spin(is_fused: bool, steps: u32) -> f32 {
        // 12 sums hide the latency and fit into registers. The product goes through the sum where it is an instruction of its own: it could be taken out of the loop.
        if is_fused {
            run(madd, steps)
        } else {
            run(|a, b, sum| f32x4_add(f32x4_mul(sum, a), b), steps)
        }
    }

    #[cfg(target_feature = "relaxed-simd")]
    fn madd(a: v128, b: v128, sum: v128) -> v128 {
        f32x4_relaxed_madd(a, b, sum)
    }

    #[cfg(not(target_feature = "relaxed-simd"))]
    fn madd(a: v128, b: v128, sum: v128) -> v128 {
        f32x4_add(f32x4_mul(a, b), sum)
    }

    #[inline(always)]
    fn run(step: impl Fn(v128, v128, v128) -> v128, steps: u32) -> f32 {
        let [a, b] = black_box([0.999, 1e-4]).map(|x| f32x4_splat(x));
        let mut sums = black_box([0.1; 12]).map(|x| f32x4_splat(x));
        for _ in 0..steps {
            for _ in 0..UNROLLED {
                for sum in &mut sums {
                    *sum = step(a, b, *sum);
                }
            }
        }
        sums.into_iter().map(|sum| f32x4_extract_lane::<0>(sum)).sum()
    }
}

#[cfg(not(target_feature = "simd128"))]
mod registers {
    const SUMS: usize = 8;
    pub const FLOPS: f64 = 2.0 * SUMS as f64;

    pub fn spin(_: bool, steps: u32) -> f32 {
        let mut sums = [0.1_f32; SUMS];
        for _ in 0..steps {
            for sum in &mut sums {
                *sum += std::hint::black_box(0.999) * 1e-4;
            }
        }
        sums.into_iter().sum()
    }
}

/// Which register tile the products take from now on.
#[wasm_bindgen(js_name = useWideTile)]
pub fn use_wide_tile(is_wide: bool) {
    kernel::use_tile(if is_wide { Tile::Wide } else { Tile::Tall });
}

/// A stretch of memory to read.
#[wasm_bindgen]
pub struct Memory(Vec<f32>);

#[wasm_bindgen]
impl Memory {
    #[wasm_bindgen(constructor)]
    pub fn new(floats: usize) -> Self {
        Self(vec![1.0; floats])
    }

    /// Reads all of it `calls` times; returns the bytes read.
    pub fn read(&self, calls: u32) -> f64 {
        for _ in 0..calls {
            black_box(read(black_box(&self.0)));
        }
        f64::from(calls) * 4.0 * self.0.len() as f64
    }
}

#[cfg(target_feature = "simd128")]
fn read(values: &[f32]) -> f32 {
    use std::arch::wasm32::*;
    let mut sums = [f32x4_splat(0.0); 8];
    for block in values.as_chunks::<32>().0 {
        for (sum, x) in sums.iter_mut().zip(block.as_chunks::<4>().0) {
            *sum = f32x4_add(*sum, f32x4(x[0], x[1], x[2], x[3]));
        }
    }
    sums.into_iter().map(|sum| f32x4_extract_lane::<0>(sum)).sum()
}

#[cfg(not(target_feature = "simd128"))]
fn read(values: &[f32]) -> f32 {
    let mut sums = [0.0; 8];
    for block in values.as_chunks::<8>().0 {
        sums.iter_mut().zip(block).for_each(|(sum, x)| *sum += x);
    }
    sums.into_iter().sum()
}

/// One product: its operands in the order of its form.
#[wasm_bindgen]
pub struct Product {
    form: String,
    m: usize,
    k: usize,
    n: usize,
    a: Vec<f32>,
    b: Vec<f32>,
    c: Vec<f32>,
    packed: Option<Packed>,
}

#[wasm_bindgen]
impl Product {
    /// `form`: `nn` takes `a [m, k]` and `b [k, n]`; `nt` takes `b [n, k]`; `tn` takes `a [k, m]`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        form: String,
        m: usize,
        k: usize,
        n: usize,
        packed: bool,
        a: Vec<f32>,
        b: Vec<f32>,
    ) -> Self {
        let packed = packed.then(|| {
            let mut packed = Packed::default();
            match form.as_str() {
                "nt" => packed.pack_transposed(k, n, &b),
                _ => packed.pack(k, n, &b),
            }
            packed
        });
        Self { form, m, k, n, a, b, c: vec![f32::NAN; m * n], packed }
    }

    pub fn run(&mut self, calls: u32) {
        let Self { form, m, k, n, a, b, c, packed } = self;
        let (m, k, n) = (*m, *k, *n);
        for _ in 0..calls {
            match (&packed, form.as_str()) {
                (Some(packed), _) => packed.multiply(m, a, Start::Zero, c),
                (None, "nn") => kernel::matmul(m, k, n, a, b, Start::Zero, c),
                (None, "nt") => kernel::matmul_nt(m, k, n, a, b, Start::Zero, c),
                (None, _) => kernel::matmul_tn(m, k, n, a, b, Start::Zero, c),
            }
        }
    }

    pub fn result(&self) -> Vec<f32> {
        self.c.clone()
    }
}

/// What the benchmark's engines all compute: the same weights, images and noise.
struct Network {
    model: Model,
    x: Vec<f32>,
    pass: Pass,
}

impl Network {
    /// `weights` come in the order of the model's parameters, each dense one `[inputs, outputs]` and each kernel
    /// `[first, second, 4, 4]`, as the other engines take them.
    fn new(config: &Value, x: Vec<f32>, eps: Vec<f32>, weights: &[Float32Array]) -> Self {
        let config = Config::from_json(config).expect("one of the configs below");
        let mut model = Model::zeros(config).expect("layers that fit each other");
        for (tensor, values) in model.parameters_mut().iter_mut().zip(weights) {
            let values = values.to_vec();
            assert!(values.len() == tensor.values.len(), "{}: {}", tensor.name, values.len());
            tensor.values = match *tensor.shape {
                [outputs, inputs] => transposed(&values, inputs, outputs),
                [first, _, _, second] => {
                    let planes = values.chunks_exact(second * 16);
                    planes.take(first).flat_map(|plane| transposed(plane, second, 16)).collect()
                }
                _ => values,
            };
        }
        let mut pass = Pass::default();
        pass.eps = eps;
        Self { model, x, pass }
    }

    fn reconstruct(&mut self) -> &[f32] {
        let Self { model, x, pass } = self;
        let pixels = model.pixels();
        let x = ArrayView2::from_shape((x.len() / pixels, pixels), x).expect("whole images");
        model.reconstruct(x, pass).expect("images and noise of the model's size")
    }
}

fn transposed(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    (0..values.len()).map(|i| values[i % rows * columns + i / rows]).collect()
}

fn config(size: usize, encoder: Value, decoder: Value) -> Value {
    json!({
        "input": { "height": 28, "width": 28, "channels": 1 },
        "likelihood": "bernoulli",
        "latent": { "gaussian": { "size": size, "beta": 1.0 } },
        "encoder": encoder,
        "decoder": decoder,
    })
}

fn dense() -> Value {
    config(
        20,
        json!([{ "dense": 400 }, "relu"]),
        json!([{ "dense": 400 }, "relu", { "dense": 784 }]),
    )
}

fn convolutional() -> Value {
    let conv =
        |channels: usize| json!({ "channels": channels, "kernel": 4, "stride": 2, "padding": 1 });
    config(
        16,
        json!([{ "conv2d": conv(32) }, "relu", { "conv2d": conv(64) }, "relu", "flatten"]),
        json!([
            { "dense": 3136 }, "relu", { "unflatten": { "height": 7, "width": 7, "channels": 64 } },
            { "conv_transpose2d": conv(32) }, "relu", { "conv_transpose2d": conv(1) },
        ]),
    )
}

/// Encode, sample and decode a batch.
#[wasm_bindgen]
pub struct Vae(Network);

#[wasm_bindgen]
impl Vae {
    /// The 784-400-20 VAE, or one with convolutions of 32 and 64 channels.
    #[wasm_bindgen(constructor)]
    pub fn new(
        is_convolutional: bool,
        x: Vec<f32>,
        eps: Vec<f32>,
        weights: Vec<Float32Array>,
    ) -> Self {
        let config = if is_convolutional { convolutional() } else { dense() };
        Self(Network::new(&config, x, eps, &weights))
    }

    pub fn run(&mut self, calls: u32) {
        for _ in 0..calls {
            black_box(self.0.reconstruct());
        }
    }

    pub fn result(&mut self) -> Vec<f32> {
        self.0.reconstruct().to_vec()
    }
}

/// A training step on the same images and noise again and again: forward, backward, the check that the gradient is
/// finite, and Adam.
#[wasm_bindgen]
pub struct Training {
    network: Network,
    gradient: Parameters,
    adam: Adam,
    steps: u64,
    loss: f64,
}

#[wasm_bindgen]
impl Training {
    #[wasm_bindgen(constructor)]
    pub fn new(x: Vec<f32>, eps: Vec<f32>, weights: Vec<Float32Array>) -> Self {
        let network = Network::new(&dense(), x, eps, &weights);
        let gradient = network.model.parameters().zeros_like();
        let adam = Adam::new(AdamConfig::default(), network.model.parameters());
        Self { network, gradient, adam, steps: 0, loss: f64::NAN }
    }

    pub fn run(&mut self, calls: u32) {
        let Self { network: Network { model, x, pass }, gradient, adam, steps, loss } = self;
        for _ in 0..calls {
            let found = model.forward(x, pass);
            *loss = found.recon + found.kl;
            model.backward(x, 1.0, pass, gradient);
            let squares = gradient.iter().map(|tensor| sum_of_squares(&tensor.values));
            assert!(squares.sum::<f64>().is_finite(), "diverged at step {steps}");
            *steps += 1;
            adam.update(*steps, 1e-3, model.parameters_mut(), gradient);
        }
    }

    /// Of the last step, before its update.
    pub fn loss(&self) -> f64 {
        self.loss
    }

    pub fn result(&self) -> Vec<f32> {
        vec![self.loss as f32]
    }
}
