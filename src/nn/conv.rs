//! Convolution and transposed convolution, as a matrix product over patches.
//!
//! Each is the other's transpose: what one gathers the other scatters. Patches are made for a few images at a time,
//! so that they stay in the cache between being made and being multiplied.

use rand::Rng;

use super::{Activation, Parameters, Patches, Shape, Slot, dense::bias_gradient};
use crate::{
    error::Result,
    kernel::{self, Packed, Start},
};

/// How many patch values are made at a time: 192 KB, which stay in the second-level cache until they are multiplied.
const CHUNK: usize = 48 * 1024;

/// What a convolution needs room for; kept between passes.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    /// Some patches.
    rows: Vec<f32>,
    /// The weight, for the products with all chunks of patches.
    weight: Packed,
}

/// A 2-D convolution: `Y = patches(X) Wᵀ + b`.
///
/// `weight`: `[outputs, kernel, kernel, inputs]`, `bias`: `[outputs]`.
#[derive(Debug, Clone)]
pub struct Conv2d {
    patches: Patches,
    outputs: usize,
    weight: Slot,
    bias: Slot,
}

/// A transposed 2-D convolution: `Y = scatter(X W) + b`, whose output is the image that a convolution of the same
/// kernel, stride and padding would have read.
///
/// `weight`: `[inputs, kernel, kernel, outputs]`, `bias`: `[outputs]`.
#[derive(Debug, Clone)]
pub struct ConvTranspose2d {
    patches: Patches,
    inputs: usize,
    weight: Slot,
    bias: Slot,
}

impl Conv2d {
    /// Adds `name.weight` and `name.bias` to `parameters`.
    ///
    /// # Errors
    /// [`Error::Config`](crate::error::Error::Config) where they would be too large.
    pub fn new(
        name: &str,
        patches: Patches,
        kernel: usize,
        outputs: usize,
        parameters: &mut Parameters,
    ) -> Result<Self> {
        let shape = vec![outputs, kernel, kernel, patches.image.channels];
        let weight = parameters.push(format!("{name}.weight"), shape)?;
        let bias = parameters.push(format!("{name}.bias"), vec![outputs])?;
        Ok(Self { patches, outputs, weight, bias })
    }

    /// The shape of the output.
    #[must_use]
    pub fn output(&self) -> Shape {
        Shape { height: self.patches.height, width: self.patches.width, channels: self.outputs }
    }

    /// Where the bias stands.
    #[must_use]
    pub fn bias(&self) -> Slot {
        self.bias
    }

    /// Draws the weight with variance `gain² / fan_in` (He et al. 2015); the bias stays 0.
    pub fn initialise(&self, gain: f32, parameters: &mut Parameters, rng: &mut impl Rng) {
        parameters.fill_uniform(self.weight, gain * (3.0 / self.patches.size() as f32).sqrt(), rng);
    }

    /// `Y = f(patches(X) Wᵀ + b)`, f the identity where there is no activation.
    ///
    /// # Shapes
    /// `x`: `[b, image]`, `y`: `[b, output]`; `scratch` is overwritten.
    pub fn forward(
        &self,
        parameters: &Parameters,
        x: &[f32],
        activation: Option<Activation>,
        y: &mut [f32],
        scratch: &mut Scratch,
    ) {
        let (weight, bias) = (parameters.get(self.weight), parameters.get(self.bias));
        let Scratch { rows, weight: packed } = scratch;
        packed.pack_transposed(self.patches.size(), self.outputs, weight);
        let (x_chunk, y_chunk) = chunks(&self.patches, self.outputs);
        for (x, y) in x.chunks(x_chunk).zip(y.chunks_mut(y_chunk)) {
            gather(&self.patches, x, rows);
            packed.multiply(y.len() / self.outputs, rows, Start::Bias(bias), y);
            if let Some(activation) = activation {
                activation.forward_in_place(y);
            }
        }
    }

    /// Writes the gradients of weight and bias, and of the input where it is asked for; `d_y` is that before the
    /// activation.
    ///
    /// # Shapes
    /// `x`, `d_x`: `[b, image]`, `d_y`: `[b, output]`; `scratch` is overwritten.
    pub fn backward(
        &self,
        parameters: &Parameters,
        x: &[f32],
        d_y: &[f32],
        mut d_x: Option<&mut [f32]>,
        d_parameters: &mut Parameters,
        scratch: &mut Scratch,
    ) {
        // forward: Y = R Wᵀ + b,  R = patches(X)
        // so:      d_W = d_Yᵀ R,   d_R = d_Y W,   d_X = scatter(d_R)
        let (Scratch { rows, weight: packed }, size) = (scratch, self.patches.size());
        if d_x.is_some() {
            packed.pack(self.outputs, size, parameters.get(self.weight));
        }
        let (x_chunk, y_chunk) = chunks(&self.patches, self.outputs);
        for (i, (x, d_y)) in x.chunks(x_chunk).zip(d_y.chunks(y_chunk)).enumerate() {
            let m = d_y.len() / self.outputs;
            gather(&self.patches, x, rows);
            let d_weight = d_parameters.get_mut(self.weight);
            kernel::matmul_tn(self.outputs, m, size, d_y, rows, start(i), d_weight);
            if let Some(d_x) = d_x.as_deref_mut() {
                packed.multiply(m, d_y, Start::Zero, rows);
                let d_x = &mut d_x[i * x_chunk..][..x.len()];
                d_x.fill(0.0);
                scatter(&self.patches, rows, d_x);
            }
        }
        bias_gradient(d_y, d_parameters.get_mut(self.bias));
    }
}

impl ConvTranspose2d {
    /// Adds `name.weight` and `name.bias` to `parameters`; `patches` are those of the *output*.
    ///
    /// # Errors
    /// [`Error::Config`](crate::error::Error::Config) where they would be too large.
    pub fn new(
        name: &str,
        patches: Patches,
        kernel: usize,
        inputs: usize,
        parameters: &mut Parameters,
    ) -> Result<Self> {
        let shape = vec![inputs, kernel, kernel, patches.image.channels];
        let weight = parameters.push(format!("{name}.weight"), shape)?;
        let bias = parameters.push(format!("{name}.bias"), vec![patches.image.channels])?;
        Ok(Self { patches, inputs, weight, bias })
    }

    /// The shape of the output.
    #[must_use]
    pub fn output(&self) -> Shape {
        self.patches.image
    }

    /// Where the bias stands.
    #[must_use]
    pub fn bias(&self) -> Slot {
        self.bias
    }

    /// Draws the weight with variance `gain² / fan_in` (He et al. 2015); the bias stays 0. An output pixel is reached
    /// by `kernel² / stride²` positions of the kernel.
    pub fn initialise(&self, gain: f32, parameters: &mut Parameters, rng: &mut impl Rng) {
        let reached =
            (self.patches.count() * self.patches.size()) as f32 / self.patches.image.count() as f32;
        let fan_in = self.inputs as f32 * reached;
        parameters.fill_uniform(self.weight, gain * (3.0 / fan_in).sqrt(), rng);
    }

    /// `Y = f(scatter(X W) + b)`, f the identity where there is no activation.
    ///
    /// # Shapes
    /// `x`: `[b, input]`, `y`: `[b, image]`; `scratch` is overwritten.
    pub fn forward(
        &self,
        parameters: &Parameters,
        x: &[f32],
        activation: Option<Activation>,
        y: &mut [f32],
        scratch: &mut Scratch,
    ) {
        let (weight, bias) = (parameters.get(self.weight), parameters.get(self.bias));
        let (Scratch { rows, weight: packed }, size) = (scratch, self.patches.size());
        packed.pack(self.inputs, size, weight);
        let (y_chunk, x_chunk) = chunks(&self.patches, self.inputs);
        for (x, y) in x.chunks(x_chunk).zip(y.chunks_mut(y_chunk)) {
            let m = x.len() / self.inputs;
            rows.resize(m * size, 0.0);
            packed.multiply(m, x, Start::Zero, rows);
            y.chunks_exact_mut(bias.len()).for_each(|pixel| pixel.copy_from_slice(bias));
            scatter(&self.patches, rows, y);
            if let Some(activation) = activation {
                activation.forward_in_place(y);
            }
        }
    }

    /// Writes the gradients of weight and bias, and of the input where it is asked for; `d_y` is that before the
    /// activation.
    ///
    /// # Shapes
    /// `x`, `d_x`: `[b, input]`, `d_y`: `[b, image]`; `scratch` is overwritten.
    pub fn backward(
        &self,
        parameters: &Parameters,
        x: &[f32],
        d_y: &[f32],
        mut d_x: Option<&mut [f32]>,
        d_parameters: &mut Parameters,
        scratch: &mut Scratch,
    ) {
        // forward: Y = scatter(R) + b,  R = X W
        // so:      d_R = patches(d_Y),   d_W = Xᵀ d_R,   d_X = d_R Wᵀ
        let (Scratch { rows, weight: packed }, size) = (scratch, self.patches.size());
        if d_x.is_some() {
            packed.pack_transposed(size, self.inputs, parameters.get(self.weight));
        }
        let (y_chunk, x_chunk) = chunks(&self.patches, self.inputs);
        for (i, (x, d_y)) in x.chunks(x_chunk).zip(d_y.chunks(y_chunk)).enumerate() {
            let m = x.len() / self.inputs;
            gather(&self.patches, d_y, rows);
            let d_weight = d_parameters.get_mut(self.weight);
            kernel::matmul_tn(self.inputs, m, size, x, rows, start(i), d_weight);
            if let Some(d_x) = d_x.as_deref_mut() {
                let d_x = &mut d_x[i * x_chunk..][..x.len()];
                packed.multiply(m, rows, Start::Zero, d_x);
            }
        }
        bias_gradient(d_y, d_parameters.get_mut(self.bias));
    }
}

/// The gradient of the weight is a sum over chunks, and the first one begins it.
fn start(chunk: usize) -> Start<'static> {
    if chunk == 0 { Start::Zero } else { Start::Held }
}

/// How many values of the patched images, and of the `channels`-deep grid of patch positions, make one chunk.
fn chunks(patches: &Patches, channels: usize) -> (usize, usize) {
    let images = (CHUNK / (patches.count() * patches.size())).max(1);
    (images * patches.image.count(), images * patches.count() * channels)
}

/// The patch matrix of several images, one under the other.
fn gather(patches: &Patches, images: &[f32], rows: &mut Vec<f32>) {
    let (image, matrix) = (patches.image.count(), patches.count() * patches.size());
    rows.resize(images.len() / image * matrix, 0.0);
    for (image, rows) in images.chunks_exact(image).zip(rows.chunks_exact_mut(matrix)) {
        patches.gather(image, rows);
    }
}

/// Adds several patch matrices to their images.
fn scatter(patches: &Patches, rows: &[f32], images: &mut [f32]) {
    let (image, matrix) = (patches.image.count(), patches.count() * patches.size());
    for (image, rows) in images.chunks_exact_mut(image).zip(rows.chunks_exact(matrix)) {
        patches.scatter_add(rows, image);
    }
}
