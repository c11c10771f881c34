//! LAYERS: dense, convolution, transposed convolution, pixel shuffles, residual blocks, films, attention, activations, and
//! Adam. No VAE words here.
//!
//! A [`Trunk`] is a list of layers made from a list of [`LayerConfig`]; it holds shapes, not numbers. The numbers are
//! [`Parameters`]: named tensors in one fixed order. Parameters, gradients and Adam's moments are that one type, so
//! that the optimiser, the weights file and the gradient tests all walk the same list.
//!
//! Images are channels-last, `[B, height, width, channels]`: a patch is then a few contiguous runs, and a convolution
//! is one matrix product over all pixels of a batch. Weights files keep PyTorch's order (see
//! [`weights`](crate::weights)).

mod activation;
mod adam;
mod attention;
mod block;
mod conv;
mod dense;
#[cfg(feature = "style")]
mod film;
mod layer;
mod norm;
mod parameters;
mod patches;
mod shuffle;
mod trunk;

pub use activation::Activation;
pub use adam::{Adam, AdamConfig};
pub use attention::{Attention, AttentionCache, AttentionTrace};
pub use block::{Block, BlockCache, BlockTrace};
pub use conv::{Conv2d, ConvTranspose2d, Scratch};
pub use dense::Dense;
pub use norm::RmsNorm;
pub use parameters::{Parameters, Slot, Tensor};
pub use patches::{Patches, Shape};
pub use shuffle::PixelShuffle;
pub use trunk::{ConvConfig, LayerConfig, Trace, Trunk, TrunkInput};
