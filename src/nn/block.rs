//! A block of a transformer: `x + attention(norm(x))`, then `x + f(norm(x))` with f two dense layers
//! (Vaswani et al. 2017; the norms before the layers as in Radford et al. 2019).

use rand::Rng;

use super::{
    Attention, AttentionCache, AttentionTrace, LayerConfig, Parameters, RmsNorm, Trace, Trunk,
    TrunkInput,
};
use crate::error::Result;

/// Hidden values of f for each of the width: what the paper has.
const WIDER: usize = 4;

/// The block: shapes and where its tensors stand.
#[derive(Debug, Clone)]
pub struct Block {
    norms: [RmsNorm; 2],
    attention: Attention,
    f: Trunk,
}

/// What one pass leaves behind for the way back; kept between passes.
#[derive(Debug, Clone, Default)]
pub struct BlockTrace {
    x: Vec<f32>,
    normed: [Vec<f32>; 2],
    between: Vec<f32>,
    attention: AttentionTrace,
    f: Trace,
    d_normed: Vec<f32>,
}

/// What a next step needs of those before it.
#[derive(Debug, Clone, Default)]
pub struct BlockCache {
    attention: AttentionCache,
    normed: Vec<f32>,
    read: Vec<f32>,
    f: Trace,
}

impl Block {
    /// Adds the tensors of `name` to `parameters`.
    ///
    /// # Errors
    /// As [`Attention::new`].
    pub fn new(
        name: &str,
        width: usize,
        heads: usize,
        parameters: &mut Parameters,
    ) -> Result<Self> {
        let first = RmsNorm::new(&format!("{name}.norm_1"), width, parameters)?;
        let attention = Attention::new(&format!("{name}.attention"), width, heads, parameters)?;
        let second = RmsNorm::new(&format!("{name}.norm_2"), width, parameters)?;
        let layers = [
            LayerConfig::Dense(width.saturating_mul(WIDER)),
            LayerConfig::Silu,
            LayerConfig::Dense(width),
        ];
        let input = TrunkInput::Flat(width);
        let f = Trunk::new(&format!("{name}.f"), input, &layers, parameters)?;
        Ok(Self { norms: [first, second], attention, f })
    }

    /// Draws the weights; the block begins as the identity.
    pub fn initialise(&self, parameters: &mut Parameters, rng: &mut impl Rng) {
        self.norms.iter().for_each(|norm| norm.initialise(parameters));
        self.attention.initialise(parameters, rng);
        self.f.initialise_to_zero(parameters, rng);
    }

    /// Runs whole sequences, in place.
    ///
    /// # Shapes
    /// `x`: `[b, steps, width]`.
    pub fn forward(
        &self,
        parameters: &Parameters,
        steps: usize,
        x: &mut [f32],
        trace: &mut BlockTrace,
    ) {
        let BlockTrace { x: before, normed, between, attention, f, d_normed: read } = trace;
        before.clear();
        before.extend_from_slice(x);
        for values in normed.iter_mut().chain([&mut *read]) {
            values.resize(x.len(), 0.0);
        }
        self.norms[0].forward(parameters, x, &mut normed[0]);
        self.attention.forward(parameters, steps, &normed[0], read, attention);
        add(x, read);
        between.clear();
        between.extend_from_slice(x);
        self.norms[1].forward(parameters, x, &mut normed[1]);
        add(x, self.f.forward(parameters, &normed[1], f));
    }

    /// Goes back through the sequences that [`forward`](Self::forward) left in `trace`: from the gradient by the output,
    /// in `d`, to that by the input, in its place; writes the gradients of the parameters.
    ///
    /// # Shapes
    /// `d`: `[b, steps, width]`.
    pub fn backward(
        &self,
        parameters: &Parameters,
        steps: usize,
        trace: &mut BlockTrace,
        d: &mut [f32],
        d_parameters: &mut Parameters,
    ) {
        // forward: x' = x + attention(norm(x)),  y = x' + f(norm(x'))
        // so:      d_x' = d_y + norm'(f' d_y),   d_x = d_x' + norm'(attention' d_x')
        let BlockTrace { x, normed, between, attention, f, d_normed } = trace;
        let [first, second] = normed;
        self.f.backward(parameters, second, f, d, Some(d_normed), d_parameters);
        self.norms[1].backward(parameters, between, d_normed, d, d_parameters);
        let of_attention = (steps, &first[..], &*d);
        self.attention.backward(parameters, of_attention, attention, d_normed, d_parameters);
        self.norms[0].backward(parameters, x, d_normed, d, d_parameters);
    }

    /// Runs one step more of several sequences, in place.
    ///
    /// # Shapes
    /// `x`: `[b, width]`.
    pub fn step(&self, parameters: &Parameters, x: &mut [f32], cache: &mut BlockCache) {
        let BlockCache { attention, normed, read, f } = cache;
        normed.resize(x.len(), 0.0);
        read.resize(x.len(), 0.0);
        self.norms[0].forward(parameters, x, normed);
        self.attention.step(parameters, normed, read, attention);
        add(x, read);
        self.norms[1].forward(parameters, x, normed);
        add(x, self.f.forward(parameters, normed, f));
    }
}

fn add(x: &mut [f32], y: &[f32]) {
    x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
}
