//! A list of layers, made from a list in the config.

use super::{
    Activation, Conv2d, ConvTranspose2d, Dense, Parameters, Patches, Scratch, Shape, Slot,
};
use crate::error::{Error, Result};
use rand::Rng;

/// One layer as a config names it; the names are PyTorch's.
///
/// In JSON: `{"dense": 400}`, `{"conv2d": {"channels": 32, "kernel": 4, "stride": 2, "padding": 1}}`, `"silu"`,
/// `"flatten"`, `{"unflatten": {"height": 7, "width": 7, "channels": 64}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayerConfig {
    /// `Linear` with this many outputs.
    Dense(usize),
    /// `Conv2d`.
    Conv2d(ConvConfig),
    /// `ConvTranspose2d`.
    ConvTranspose2d(ConvConfig),
    /// `Flatten`: from channels-last to PyTorch's order, `(channels, height, width)`.
    Flatten,
    /// `Unflatten`: from PyTorch's order to channels-last.
    Unflatten(Shape),
    /// [`Activation::Relu`].
    Relu,
    /// [`Activation::Silu`].
    Silu,
    /// [`Activation::Tanh`].
    Tanh,
    /// [`Activation::Sigmoid`].
    Sigmoid,
}

/// A square kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConvConfig {
    /// Channels of the output.
    pub channels: usize,
    /// Side of the kernel, in pixels.
    pub kernel: usize,
    /// Step of the kernel, in pixels.
    pub stride: usize,
    /// Rows and columns of zeros around the image.
    pub padding: usize,
}

/// A list of layers: shapes only, the numbers are in [`Parameters`].
#[derive(Debug, Clone)]
pub struct Trunk {
    layers: Vec<Layer>,
    inputs: usize,
}

#[derive(Debug, Clone)]
struct Layer {
    kind: Kind,
    /// Applied to the output while it is in the cache; only where the slope follows from the output alone.
    activation: Option<Activation>,
    outputs: usize,
}

#[derive(Debug, Clone)]
enum Kind {
    Dense(Dense),
    Conv2d(Conv2d),
    ConvTranspose2d(ConvTranspose2d),
    Flatten(Shape),
    Unflatten(Shape),
    Activation(Activation),
}

/// What one pass through a trunk leaves behind for the way back: every layer's output, and scratch. Kept between passes,
/// so that a steady run of batches allocates nothing.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    outputs: Vec<Vec<f32>>,
    /// Gradients of two neighbouring layers, which take turns.
    gradients: [Vec<f32>; 2],
    scratch: Scratch,
}

impl Trace {
    /// The last layer's output in the last pass, of which `x` was the input.
    #[must_use]
    pub fn output<'a>(&'a self, x: &'a [f32]) -> &'a [f32] {
        self.outputs.last().map_or(x, |y| y)
    }

    /// The same, to be changed in place; what [`Trunk::backward`] needs may be lost.
    pub fn output_mut<'a>(&'a mut self, x: &'a mut [f32]) -> &'a mut [f32] {
        self.outputs.last_mut().map_or(x, |y| y)
    }
}

/// What flows between layers.
#[derive(Clone, Copy)]
enum Flow {
    Flat(usize),
    Image(Shape),
}

impl Flow {
    fn count(self) -> usize {
        match self {
            Self::Flat(count) => count,
            Self::Image(shape) => shape.count(),
        }
    }

    fn image(self, layer: &str) -> Result<Shape> {
        match self {
            Self::Image(shape) => Ok(shape),
            Self::Flat(count) => Err(Error::Config(format!(
                "{layer} needs an image, but {count} flat values reach it; put an unflatten before it"
            ))),
        }
    }
}

impl Trunk {
    /// Builds the layers and adds their tensors, named `prefix.index.weight` and `.bias`, to `parameters`.
    ///
    /// # Errors
    /// [`Error::Config`] where a layer does not fit what reaches it.
    pub fn new(
        prefix: &str,
        input: TrunkInput,
        layers: &[LayerConfig],
        parameters: &mut Parameters,
    ) -> Result<Self> {
        let mut flow = match input {
            TrunkInput::Image(shape) => Flow::Image(shape),
            TrunkInput::Flat(count) => Flow::Flat(count),
        };
        let inputs = flow.count();
        let mut built: Vec<Layer> = Vec::with_capacity(layers.len());
        for (index, layer) in layers.iter().enumerate() {
            let name = format!("{prefix}.{index}");
            let kind = Kind::new(&name, layer, &mut flow, parameters)?;
            match (built.last_mut(), &kind) {
                (
                    Some(Layer { kind: before, activation: free @ None, .. }),
                    Kind::Activation(next),
                ) if before.is_product() && next.slope_follows_from_output() => {
                    *free = Some(*next);
                }
                _ => built.push(Layer { kind, activation: None, outputs: flow.count() }),
            }
        }
        Ok(Self { layers: built, inputs })
    }

    /// How many values one example has at the end.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.layers.last().map_or(self.inputs, |layer| layer.outputs)
    }

    /// Where the last layer's bias stands, if it has one.
    #[must_use]
    pub fn last_bias(&self) -> Option<Slot> {
        match &self.layers.last()?.kind {
            Kind::Dense(dense) => Some(dense.bias()),
            Kind::ConvTranspose2d(conv) => Some(conv.bias()),
            Kind::Conv2d(conv) => Some(conv.bias()),
            Kind::Flatten(_) | Kind::Unflatten(_) | Kind::Activation(_) => None,
        }
    }

    /// Draws every weight: variance `2 / fan_in` before a rectifier (He et al. 2015), `1 / fan_in` elsewhere.
    pub fn initialise(&self, parameters: &mut Parameters, rng: &mut impl Rng) {
        for (index, layer) in self.layers.iter().enumerate() {
            let rectified = layer.activation == Some(Activation::Relu)
                || matches!(
                    self.layers.get(index + 1),
                    Some(Layer { kind: Kind::Activation(Activation::Relu | Activation::Silu), .. })
                );
            let gain = if rectified { std::f32::consts::SQRT_2 } else { 1.0 };
            match &layer.kind {
                Kind::Dense(dense) => dense.initialise(gain, parameters, rng),
                Kind::Conv2d(conv) => conv.initialise(gain, parameters, rng),
                Kind::ConvTranspose2d(conv) => conv.initialise(gain, parameters, rng),
                Kind::Flatten(_) | Kind::Unflatten(_) | Kind::Activation(_) => {}
            }
        }
    }

    /// Runs a batch through all layers and returns the last one's output.
    ///
    /// # Shapes
    /// `x`: `[b, inputs]` → `[b, outputs]`.
    pub fn forward<'a>(
        &self,
        parameters: &Parameters,
        x: &'a [f32],
        trace: &'a mut Trace,
    ) -> &'a [f32] {
        let (b, inputs) = (x.len() / self.inputs, self.inputs);
        assert!(x.len() == b * inputs, "{} values are no whole rows of {inputs}", x.len());
        let Trace { outputs, scratch, .. } = trace;
        outputs.resize_with(self.layers.len(), Vec::new);
        for (index, layer) in self.layers.iter().enumerate() {
            let (before, rest) = outputs.split_at_mut(index);
            let y = &mut rest[0];
            y.resize(b * layer.outputs, 0.0);
            let x = before.last().map_or(x, |y| y);
            layer.kind.forward(parameters, x, layer.activation, y, scratch);
        }
        trace.output(x)
    }

    /// Goes back through the batch that [`forward`](Self::forward) left in `trace`: writes the gradients of the
    /// parameters, and of the input where it is asked for.
    ///
    /// # Shapes
    /// `x`, `d_x`: `[b, inputs]`, `d_y`: `[b, outputs]`.
    pub fn backward(
        &self,
        parameters: &Parameters,
        x: &[f32],
        trace: &mut Trace,
        d_y: &[f32],
        mut d_x: Option<&mut [f32]>,
        d_parameters: &mut Parameters,
    ) {
        let Trace { outputs, gradients: [above, below], scratch } = trace;
        // Both for the widest layer: which of them starts above changes from pass to pass.
        let widest = outputs.iter().map(Vec::len).max().unwrap_or(0);
        for gradient in [&mut *above, &mut *below] {
            gradient.clear();
            gradient.reserve(widest);
        }
        above.extend_from_slice(d_y);
        for (index, layer) in self.layers.iter().enumerate().rev() {
            let (before, rest) = outputs.split_at(index);
            let x = before.last().map_or(x, |y| y);
            if let Some(activation) = layer.activation {
                activation.backward_in_place(&rest[0], above);
            }
            let d_input = if index > 0 {
                below.resize(x.len(), 0.0);
                Some(&mut below[..])
            } else {
                d_x.as_deref_mut()
            };
            layer.kind.backward(parameters, (x, &rest[0]), above, d_input, d_parameters, scratch);
            std::mem::swap(above, below);
        }
        if let (true, Some(d_x)) = (self.layers.is_empty(), d_x) {
            d_x.copy_from_slice(d_y);
        }
    }
}

/// What enters a trunk.
#[derive(Debug, Clone, Copy)]
pub enum TrunkInput {
    /// Images, channels-last.
    Image(Shape),
    /// Plain vectors of this length.
    Flat(usize),
}

impl Kind {
    fn new(
        name: &str,
        config: &LayerConfig,
        flow: &mut Flow,
        parameters: &mut Parameters,
    ) -> Result<Self> {
        Ok(match *config {
            LayerConfig::Dense(0) => {
                return Err(Error::Config(format!("{name}: dense needs at least 1 output")));
            }
            LayerConfig::Dense(outputs) => {
                if let Flow::Image(shape) = *flow
                    && shape.channels > 1
                {
                    let message = format!(
                        "{name}: an image of {} channels reaches dense; put a flatten before it",
                        shape.channels
                    );
                    return Err(Error::Config(message));
                }
                let dense = Dense::new(name, flow.count(), outputs, parameters)?;
                *flow = Flow::Flat(outputs);
                Self::Dense(dense)
            }
            LayerConfig::Conv2d(ConvConfig { channels, kernel, stride, padding }) => {
                let image = flow.image(name)?;
                let patches = Patches::new(image, kernel, stride, padding)
                    .filter(|patches| {
                        let Patches { height, width, .. } = *patches;
                        Shape { height, width, channels }.checked_count().is_some()
                    })
                    .ok_or_else(|| does_not_fit(name, image))?;
                let conv = Conv2d::new(name, patches, kernel, channels, parameters)?;
                *flow = Flow::Image(conv.output());
                Self::Conv2d(conv)
            }
            LayerConfig::ConvTranspose2d(ConvConfig { channels, kernel, stride, padding }) => {
                let image = flow.image(name)?;
                let patches = Patches::transposed(image, channels, kernel, stride, padding)
                    .ok_or_else(|| does_not_fit(name, image))?;
                let conv = ConvTranspose2d::new(name, patches, kernel, image.channels, parameters)?;
                *flow = Flow::Image(conv.output());
                Self::ConvTranspose2d(conv)
            }
            LayerConfig::Flatten => {
                let image = flow.image(name)?;
                *flow = Flow::Flat(image.count());
                Self::Flatten(image)
            }
            LayerConfig::Unflatten(shape) => {
                let count = flow.count();
                if shape.checked_count() != Some(count) {
                    return Err(Error::Config(format!(
                        "{name}: {count} values cannot become {shape:?}"
                    )));
                }
                *flow = Flow::Image(shape);
                Self::Unflatten(shape)
            }
            LayerConfig::Relu => Self::Activation(Activation::Relu),
            LayerConfig::Silu => Self::Activation(Activation::Silu),
            LayerConfig::Tanh => Self::Activation(Activation::Tanh),
            LayerConfig::Sigmoid => Self::Activation(Activation::Sigmoid),
        })
    }

    /// Whether the layer multiplies by a weight.
    fn is_product(&self) -> bool {
        matches!(self, Self::Dense(_) | Self::Conv2d(_) | Self::ConvTranspose2d(_))
    }

    fn forward(
        &self,
        parameters: &Parameters,
        x: &[f32],
        activation: Option<Activation>,
        y: &mut [f32],
        scratch: &mut Scratch,
    ) {
        match self {
            Self::Dense(dense) => dense.forward(parameters, x, activation, y),
            Self::Conv2d(conv) => conv.forward(parameters, x, activation, y, scratch),
            Self::ConvTranspose2d(conv) => conv.forward(parameters, x, activation, y, scratch),
            Self::Flatten(shape) => channels_first(*shape, x, y),
            Self::Unflatten(shape) => channels_last(*shape, x, y),
            Self::Activation(activation) => activation.forward(x, y),
        }
    }

    fn backward(
        &self,
        parameters: &Parameters,
        (x, y): (&[f32], &[f32]),
        d_y: &[f32],
        d_x: Option<&mut [f32]>,
        d_parameters: &mut Parameters,
        scratch: &mut Scratch,
    ) {
        match (self, d_x) {
            (Self::Dense(dense), d_x) => dense.backward(parameters, x, d_y, d_x, d_parameters),
            (Self::Conv2d(conv), d_x) => {
                conv.backward(parameters, x, d_y, d_x, d_parameters, scratch)
            }
            (Self::ConvTranspose2d(conv), d_x) => {
                conv.backward(parameters, x, d_y, d_x, d_parameters, scratch);
            }
            (Self::Flatten(shape), Some(d_x)) => channels_last(*shape, d_y, d_x),
            (Self::Unflatten(shape), Some(d_x)) => channels_first(*shape, d_y, d_x),
            (Self::Activation(activation), Some(d_x)) => activation.backward(x, y, d_y, d_x),
            (Self::Flatten(_) | Self::Unflatten(_) | Self::Activation(_), None) => {}
        }
    }
}

/// From `[b, height, width, channels]` to `[b, channels, height, width]`.
fn channels_first(shape: Shape, from: &[f32], to: &mut [f32]) {
    let pixels = shape.height * shape.width;
    for (from, to) in from.chunks_exact(shape.count()).zip(to.chunks_exact_mut(shape.count())) {
        for (pixel, values) in from.chunks_exact(shape.channels).enumerate() {
            for (channel, value) in values.iter().enumerate() {
                to[channel * pixels + pixel] = *value;
            }
        }
    }
}

/// From `[b, channels, height, width]` to `[b, height, width, channels]`.
fn channels_last(shape: Shape, from: &[f32], to: &mut [f32]) {
    let pixels = shape.height * shape.width;
    for (from, to) in from.chunks_exact(shape.count()).zip(to.chunks_exact_mut(shape.count())) {
        for (pixel, values) in to.chunks_exact_mut(shape.channels).enumerate() {
            for (channel, value) in values.iter_mut().enumerate() {
                *value = from[channel * pixels + pixel];
            }
        }
    }
}

fn does_not_fit(name: &str, image: Shape) -> Error {
    let Shape { height, width, channels } = image;
    Error::Config(format!("{name}: this kernel does not fit a {height}x{width}x{channels} image"))
}
