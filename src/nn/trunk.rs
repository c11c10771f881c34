//! A list of layers, made from a list in the config.

#[cfg(feature = "style")]
use super::film::Condition;
use super::{
    Activation, Dense, Parameters, Scratch, Shape, Slot,
    layer::{Flow, Kind},
};
use crate::error::Result;
use rand::Rng;

/// One layer as a config names it; the names are PyTorch's.
///
/// In JSON: `{"dense": 400}`, `{"conv2d": {"channels": 32, "kernel": 4, "stride": 2, "padding": 1}}`, `"silu"`,
/// `"flatten"`, `{"unflatten": {"height": 7, "width": 7, "channels": 64}}`, `{"pixel_shuffle": 2}`,
/// `{"pixel_unshuffle": 2}`, `{"residual": ["silu", {"dense": 400}]}`, `"film"`.
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
    /// `PixelShuffle` by this factor: each side grows by it.
    PixelShuffle(usize),
    /// `PixelUnshuffle` by this factor: each side shrinks by it.
    PixelUnshuffle(usize),
    /// `x + f(x)` with f a `Sequential` of these layers, which must keep the shape  (He et al. 2016).
    Residual(Vec<LayerConfig>),
    /// `x ⊙ (1 + c A) + c B` with c what the trunk is told: of each value, or of each channel of an image
    /// (Perez et al. 2018).
    #[cfg(feature = "style")]
    Film,
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

/// What one pass through a trunk leaves behind for the way back: every layer's output, and scratch. Kept between passes,
/// so that a steady run of batches allocates nothing.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    outputs: Vec<Vec<f32>>,
    /// Gradients of two neighbouring layers, which take turns.
    gradients: [Vec<f32>; 2],
    pub(super) lent: Lent,
    /// Those of the residual blocks, one to a layer; of other layers empty.
    nested: Vec<Trace>,
}

/// What a trunk lends its residual blocks, which run one after another.
#[derive(Debug, Clone, Default)]
pub(super) struct Lent {
    pub(super) scratch: Scratch,
    #[cfg(feature = "style")]
    pub(super) condition: Condition,
}

impl Trace {
    /// The last layer's output in the last pass, of which `x` was the input.
    #[must_use]
    pub fn output<'a>(&'a self, x: &'a [f32]) -> &'a [f32] {
        self.outputs.last().map_or(x, |y| y)
    }

    /// The same for keeps; `None` of a trunk without layers.
    #[must_use]
    pub fn into_output(mut self) -> Option<Vec<f32>> {
        self.outputs.pop()
    }

    /// The same, to be changed in place; what [`Trunk::backward`] needs may be lost.
    pub fn output_mut<'a>(&'a mut self, x: &'a mut [f32]) -> &'a mut [f32] {
        self.outputs.last_mut().map_or(x, |y| y)
    }

    /// What the trunk is told in the next pass: c of each example, `[b, conditions]`, to be written.
    #[cfg(feature = "style")]
    pub fn condition_mut(&mut self) -> &mut Vec<f32> {
        &mut self.lent.condition.values
    }

    /// The gradient by c that [`Trunk::backward`] left, `[b, conditions]`.
    #[cfg(feature = "style")]
    #[must_use]
    pub fn d_condition(&self) -> &[f32] {
        &self.lent.condition.gradient
    }
}

impl Trunk {
    /// Builds the layers and adds their tensors, named `prefix.index.weight` and `.bias`, to `parameters`.
    ///
    /// # Errors
    /// [`Error::Config`](crate::error::Error::Config) where a layer does not fit what reaches it.
    pub fn new(
        prefix: &str,
        input: TrunkInput,
        layers: &[LayerConfig],
        parameters: &mut Parameters,
    ) -> Result<Self> {
        Self::conditioned(prefix, input, 0, layers, parameters)
    }

    /// [`new`](Self::new) of a trunk that is told so many values beside its input, see [`Trace::condition_mut`].
    ///
    /// # Errors
    /// As [`new`](Self::new), and for a film where it is told none.
    pub fn conditioned(
        prefix: &str,
        input: TrunkInput,
        conditions: usize,
        layers: &[LayerConfig],
        parameters: &mut Parameters,
    ) -> Result<Self> {
        let mut flow = match input {
            TrunkInput::Image(shape) => Flow::Image(shape),
            TrunkInput::Flat(count) => Flow::Flat(count),
        };
        Self::through(prefix, &mut flow, conditions, layers, parameters)
    }

    pub(super) fn through(
        prefix: &str,
        flow: &mut Flow,
        conditions: usize,
        layers: &[LayerConfig],
        parameters: &mut Parameters,
    ) -> Result<Self> {
        let inputs = flow.count();
        let mut built: Vec<Layer> = Vec::with_capacity(layers.len());
        for (index, layer) in layers.iter().enumerate() {
            let name = format!("{prefix}.{index}");
            let kind = Kind::new(&name, layer, flow, conditions, parameters)?;
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

    /// The first layer, where it is a dense one, with its activation, and the trunk of all others.
    #[must_use]
    pub fn split_first(&self) -> Option<(Dense, Option<Activation>, Self)> {
        let (Layer { kind, activation, outputs }, rest) = self.layers.split_first()?;
        let Kind::Dense(dense) = kind else { return None };
        Some((dense.clone(), *activation, Self { layers: rest.to_vec(), inputs: *outputs }))
    }

    /// The last layer, where it is a dense one without activation, and the trunk of all others.
    #[must_use]
    pub fn split_last(&self) -> Option<(Dense, Self)> {
        let (Layer { kind, activation: None, .. }, rest) = self.layers.split_last()? else {
            return None;
        };
        let Kind::Dense(dense) = kind else { return None };
        Some((dense.clone(), Self { layers: rest.to_vec(), inputs: self.inputs }))
    }

    /// How many values one example has at the end.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.layers.last().map_or(self.inputs, |layer| layer.outputs)
    }

    /// Where the last layer's bias stands, if it has one; pixel shuffles at the end do not count.
    #[must_use]
    pub fn last_bias(&self) -> Option<Slot> {
        let is_shuffle = |layer: &&Layer| matches!(layer.kind, Kind::Shuffle(_));
        match &self.layers.iter().rev().find(|layer| !is_shuffle(layer))?.kind {
            Kind::Dense(dense) => Some(dense.bias()),
            Kind::ConvTranspose2d(conv) => Some(conv.bias()),
            Kind::Conv2d(conv) => Some(conv.bias()),
            _ => None,
        }
    }

    /// Draws every weight: variance `2 / fan_in` before a rectifier (He et al. 2015), `1 / fan_in` elsewhere, 0 in the
    /// last product of a residual block, which so begins as the identity (Zhang et al. 2019).
    pub fn initialise(&self, parameters: &mut Parameters, rng: &mut impl Rng) {
        self.draw(None, parameters, rng);
    }

    /// [`initialise`](Self::initialise), but with weights of 0 in the last product.
    pub fn initialise_to_zero(&self, parameters: &mut Parameters, rng: &mut impl Rng) {
        self.draw(self.layers.iter().rposition(|layer| layer.kind.is_product()), parameters, rng);
    }

    fn draw(&self, zero: Option<usize>, parameters: &mut Parameters, rng: &mut impl Rng) {
        for (index, layer) in self.layers.iter().enumerate() {
            // A film begins near the identity.
            let next = self.layers[index + 1..].iter().find(|layer| !layer.kind.is_film());
            let rectified = layer.activation == Some(Activation::Relu)
                || matches!(
                    next,
                    Some(Layer { kind: Kind::Activation(Activation::Relu | Activation::Silu), .. })
                );
            let gain = match (zero == Some(index), rectified) {
                (true, _) => 0.0,
                (false, true) => std::f32::consts::SQRT_2,
                (false, false) => 1.0,
            };
            match &layer.kind {
                Kind::Dense(dense) => dense.initialise(gain, parameters, rng),
                Kind::Conv2d(conv) => conv.initialise(gain, parameters, rng),
                Kind::ConvTranspose2d(conv) => conv.initialise(gain, parameters, rng),
                Kind::Residual(block) => block.initialise_to_zero(parameters, rng),
                #[cfg(feature = "style")]
                Kind::Film(film) => film.initialise(parameters, rng),
                _ => {}
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
        let Trace { outputs, lent, nested, .. } = trace;
        outputs.resize_with(self.layers.len(), Vec::new);
        nested.resize_with(self.layers.len(), Trace::default);
        for (index, layer) in self.layers.iter().enumerate() {
            let (before, rest) = outputs.split_at_mut(index);
            let y = &mut rest[0];
            y.resize(b * layer.outputs, 0.0);
            let x = before.last().map_or(x, |y| y);
            let inner = (&mut *lent, &mut nested[index]);
            layer.kind.forward(parameters, x, layer.activation, y, inner);
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
        d_x: Option<&mut [f32]>,
        d_parameters: &mut Parameters,
    ) {
        #[cfg(feature = "style")]
        trace.lent.condition.clear_gradient();
        self.back(parameters, x, trace, d_y, d_x, d_parameters);
    }

    /// [`backward`](Self::backward), adding to the gradient by the condition, which residual blocks share.
    pub(super) fn back(
        &self,
        parameters: &Parameters,
        x: &[f32],
        trace: &mut Trace,
        d_y: &[f32],
        mut d_x: Option<&mut [f32]>,
        d_parameters: &mut Parameters,
    ) {
        let Trace { outputs, gradients: [above, below], lent, nested } = trace;
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
            let inner = (&mut *lent, &mut nested[index]);
            layer.kind.backward(parameters, (x, &rest[0]), above, d_input, d_parameters, inner);
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
