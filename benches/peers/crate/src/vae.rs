//! The shapes of the dense VAE, 784-400-20.

/// Pixels, hidden units and latent dimensions.
pub const P: usize = 784;
pub const H: usize = 400;
pub const Z: usize = 20;

/// Inputs and outputs of each layer: the first one, mu, log_var, and the decoder's two.
pub const LAYERS: [(usize, usize); 5] = [(P, H), (H, Z), (H, Z), (Z, H), (H, P)];

/// Of Adam, as in benches/browser/workloads.mjs.
pub const RATE: f64 = 1e-3;
pub const BETA_1: f64 = 0.9;
pub const BETA_2: f64 = 0.999;
pub const EPSILON: f64 = 1e-8;

/// Cuts the weights, one tensor after the other, into each layer's weight `[inputs, outputs]` and bias.
pub fn layers(weights: &[f32]) -> [(Vec<f32>, Vec<f32>); 5] {
    let mut rest = weights;
    let cut = LAYERS.map(|(inputs, outputs)| {
        let (weight, after) = rest.split_at(inputs * outputs);
        let (bias, after) = after.split_at(outputs);
        rest = after;
        (weight.to_vec(), bias.to_vec())
    });
    assert!(rest.is_empty(), "{} weights too many", rest.len());
    cut
}
