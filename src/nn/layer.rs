//! What a layer does: built from its config, forward, and backward.

#[cfg(feature = "style")]
use super::film::Film;
use super::{
    Activation, Conv2d, ConvTranspose2d, Dense, Parameters, Patches, PixelShuffle, Shape, Trace,
    Trunk,
    trunk::{ConvConfig, LayerConfig, Lent},
};
use crate::error::{Error, Result};

/// A layer without its fused activation.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    Dense(Dense),
    Conv2d(Conv2d),
    ConvTranspose2d(ConvTranspose2d),
    Flatten(Shape),
    Unflatten(Shape),
    Shuffle(PixelShuffle),
    Unshuffle(PixelShuffle),
    Residual(Trunk),
    #[cfg(feature = "style")]
    Film(Film),
    Activation(Activation),
}

/// What flows between layers.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Flow {
    Flat(usize),
    Image(Shape),
}

impl Flow {
    pub(super) fn count(self) -> usize {
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

impl Kind {
    pub(super) fn new(
        name: &str,
        config: &LayerConfig,
        flow: &mut Flow,
        conditions: usize,
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
            LayerConfig::PixelShuffle(r) => {
                let image = flow.image(name)?;
                let shuffle =
                    PixelShuffle::of_coarse(image, r).ok_or_else(|| does_not_fit(name, image))?;
                *flow = Flow::Image(shuffle.fine());
                Self::Shuffle(shuffle)
            }
            LayerConfig::PixelUnshuffle(r) => {
                let image = flow.image(name)?;
                let shuffle =
                    PixelShuffle::of_fine(image, r).ok_or_else(|| does_not_fit(name, image))?;
                *flow = Flow::Image(shuffle.coarse());
                Self::Unshuffle(shuffle)
            }
            LayerConfig::Residual(ref layers) => {
                let before = *flow;
                let block = Trunk::through(name, flow, conditions, layers, parameters)?;
                if layers.is_empty() || *flow != before {
                    return Err(Error::Config(format!(
                        "{name}: a residual block needs layers that keep the shape; {} values enter and {} leave",
                        before.count(),
                        flow.count()
                    )));
                }
                Self::Residual(block)
            }
            #[cfg(feature = "style")]
            LayerConfig::Film => {
                if conditions == 0 {
                    return Err(Error::Config(format!(
                        "{name}: film needs a condition, such as classes, and nothing is told here"
                    )));
                }
                let features = match *flow {
                    Flow::Flat(count) => count,
                    Flow::Image(shape) => shape.channels,
                };
                Self::Film(Film::new(name, features, conditions, parameters)?)
            }
            LayerConfig::Relu => Self::Activation(Activation::Relu),
            LayerConfig::Silu => Self::Activation(Activation::Silu),
            LayerConfig::Tanh => Self::Activation(Activation::Tanh),
            LayerConfig::Sigmoid => Self::Activation(Activation::Sigmoid),
        })
    }

    /// Whether the layer multiplies by a weight.
    pub(super) fn is_product(&self) -> bool {
        matches!(self, Self::Dense(_) | Self::Conv2d(_) | Self::ConvTranspose2d(_))
    }

    /// Whether the layer modulates what it is given by what the trunk is told.
    pub(super) fn is_film(&self) -> bool {
        #[cfg(feature = "style")]
        return matches!(self, Self::Film(_));
        #[cfg(not(feature = "style"))]
        false
    }

    pub(super) fn forward(
        &self,
        parameters: &Parameters,
        x: &[f32],
        activation: Option<Activation>,
        y: &mut [f32],
        (lent, nested): (&mut Lent, &mut Trace),
    ) {
        let scratch = &mut lent.scratch;
        match self {
            Self::Dense(dense) => dense.forward(parameters, x, activation, y),
            Self::Conv2d(conv) => conv.forward(parameters, x, activation, y, scratch),
            Self::ConvTranspose2d(conv) => conv.forward(parameters, x, activation, y, scratch),
            Self::Flatten(shape) => channels_first(*shape, x, y),
            Self::Unflatten(shape) => channels_last(*shape, x, y),
            Self::Shuffle(shuffle) => shuffle.shuffle(x, y),
            Self::Unshuffle(shuffle) => shuffle.unshuffle(x, y),
            Self::Residual(block) => {
                std::mem::swap(lent, &mut nested.lent);
                let f = block.forward(parameters, x, nested);
                y.iter_mut().zip(x).zip(f).for_each(|((y, x), f)| *y = x + f);
                std::mem::swap(lent, &mut nested.lent);
            }
            #[cfg(feature = "style")]
            Self::Film(film) => film.forward(parameters, x, &mut lent.condition, y),
            Self::Activation(activation) => activation.forward(x, y),
        }
    }

    pub(super) fn backward(
        &self,
        parameters: &Parameters,
        (x, y): (&[f32], &[f32]),
        d_y: &[f32],
        d_x: Option<&mut [f32]>,
        d_parameters: &mut Parameters,
        (lent, nested): (&mut Lent, &mut Trace),
    ) {
        let scratch = &mut lent.scratch;
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
            (Self::Shuffle(shuffle), Some(d_x)) => shuffle.unshuffle(d_y, d_x),
            (Self::Unshuffle(shuffle), Some(d_x)) => shuffle.shuffle(d_y, d_x),
            (Self::Residual(block), mut d_x) => {
                // forward: y = x + f(x)
                // so:      d_x = d_y + f'(x)ᵀ d_y
                std::mem::swap(lent, &mut nested.lent);
                block.back(parameters, x, nested, d_y, d_x.as_deref_mut(), d_parameters);
                std::mem::swap(lent, &mut nested.lent);
                if let Some(d_x) = d_x {
                    d_x.iter_mut().zip(d_y).for_each(|(d_x, d_y)| *d_x += d_y);
                }
            }
            #[cfg(feature = "style")]
            (Self::Film(film), d_x) => {
                film.backward(parameters, x, &mut lent.condition, d_y, d_x, d_parameters);
            }
            (Self::Activation(activation), Some(d_x)) => activation.backward(x, y, d_y, d_x),
            (_, None) => {}
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
