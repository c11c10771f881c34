//! Feature-wise affine modulation: what a condition makes of each value, or of each channel of an image
//! (Perez et al. 2018).
//!
//! `y = x ⊙ (1 + c A) + c B`, c the condition of the example: a class as one-hot, a style, or whatever the trunk is told.

use rand::Rng;

use super::{Parameters, Slot};
use crate::{
    error::Result,
    kernel::{self, Start},
};

/// The gain of the first weights: small, so that the layer begins near the identity, and not 0, so that the condition has a
/// gradient at once. Chosen: any of 0.01 to 0.3 works.
const GAIN: f32 = 0.1;

/// What a trunk is told beside its input, and what its layers say of it on the way back.
#[derive(Debug, Clone, Default)]
pub(super) struct Condition {
    /// c, `[b, conditions]`.
    pub(super) values: Vec<f32>,
    /// The gradient by c.
    pub(super) gradient: Vec<f32>,
    /// `[c A, c B]` of the layer at work, `[b, 2 features]`, and its gradient.
    modulation: [Vec<f32>; 2],
}

impl Condition {
    /// Sets the gradient to 0, for the layers to add to.
    pub(super) fn clear_gradient(&mut self) {
        self.gradient.clear();
        self.gradient.resize(self.values.len(), 0.0);
    }
}

/// The layer: shapes and where its tensor stands.
///
/// `weight`: `[2 features, conditions]`, as PyTorch's `Linear` without bias: the rows of Aᵀ, then those of Bᵀ.
#[derive(Debug, Clone)]
pub(super) struct Film {
    features: usize,
    conditions: usize,
    weight: Slot,
}

impl Film {
    /// Adds `name.weight` to `parameters`.
    pub(super) fn new(
        name: &str,
        features: usize,
        conditions: usize,
        parameters: &mut Parameters,
    ) -> Result<Self> {
        let shape = vec![features.saturating_mul(2), conditions];
        let weight = parameters.push(format!("{name}.weight"), shape)?;
        Ok(Self { features, conditions, weight })
    }

    /// Draws the weight: variance `gain² / conditions`.
    pub(super) fn initialise(&self, parameters: &mut Parameters, rng: &mut impl Rng) {
        let bound = GAIN * (3.0 / self.conditions as f32).sqrt();
        parameters.fill_uniform(self.weight, bound, rng);
    }

    /// `y = x ⊙ (1 + c A) + c B`.
    ///
    /// # Shapes
    /// `x`, `y`: `[b, features]`, or `[b, height, width, features]`; `condition.values`: `[b, conditions]`.
    pub(super) fn forward(
        &self,
        parameters: &Parameters,
        x: &[f32],
        condition: &mut Condition,
        y: &mut [f32],
    ) {
        self.modulate(parameters, condition);
        let [modulation, _] = &condition.modulation;
        let each = self.values_of_one(x, modulation);
        let rows = x.chunks_exact(each).zip(y.chunks_exact_mut(each));
        for ((x, y), modulation) in rows.zip(modulation.chunks_exact(2 * self.features)) {
            let (gate, shift) = modulation.split_at(self.features);
            let pixels = x.chunks_exact(self.features).zip(y.chunks_exact_mut(self.features));
            for (x, y) in pixels {
                for (((y, x), gate), shift) in y.iter_mut().zip(x).zip(gate).zip(shift) {
                    *y = x * (1.0 + gate) + shift;
                }
            }
        }
    }

    /// Writes the gradients of the weight, and of the input where it is asked for; adds that of c, which other layers share.
    ///
    /// # Shapes
    /// As [`forward`](Self::forward); `condition.gradient` as `condition.values`.
    pub(super) fn backward(
        &self,
        parameters: &Parameters,
        x: &[f32],
        condition: &mut Condition,
        d_y: &[f32],
        d_x: Option<&mut [f32]>,
        d_parameters: &mut Parameters,
    ) {
        // forward: y = x ⊙ (1 + g) + h,  [g, h] = c W
        // so:      d_g = sum over pixels of d_y ⊙ x,   d_h = sum over pixels of d_y,   d_x = d_y ⊙ (1 + g),
        //          d_W = cᵀ [d_g, d_h],   d_c = [d_g, d_h] Wᵀ
        self.modulate(parameters, condition);
        let Condition { values, gradient, modulation: [modulation, d_modulation] } = condition;
        let (n, each) = (self.features, self.values_of_one(x, modulation));
        d_modulation.clear();
        d_modulation.resize(modulation.len(), 0.0);
        let rows = x.chunks_exact(each).zip(d_y.chunks_exact(each));
        for ((x, d_y), d) in rows.zip(d_modulation.chunks_exact_mut(2 * n)) {
            let (d_gate, d_shift) = d.split_at_mut(n);
            for (x, d_y) in x.chunks_exact(n).zip(d_y.chunks_exact(n)) {
                for (((d_gate, d_shift), x), d_y) in
                    d_gate.iter_mut().zip(&mut *d_shift).zip(x).zip(d_y)
                {
                    *d_gate += d_y * x;
                    *d_shift += d_y;
                }
            }
        }
        if let Some(d_x) = d_x {
            let rows = d_x.chunks_exact_mut(each).zip(d_y.chunks_exact(each));
            for ((d_x, d_y), modulation) in rows.zip(modulation.chunks_exact(2 * n)) {
                for (d_x, d_y) in d_x.chunks_exact_mut(n).zip(d_y.chunks_exact(n)) {
                    for ((d_x, d_y), gate) in d_x.iter_mut().zip(d_y).zip(modulation) {
                        *d_x = d_y * (1.0 + gate);
                    }
                }
            }
        }
        let (b, c) = (values.len() / self.conditions, self.conditions);
        let d_weight = d_parameters.get_mut(self.weight);
        kernel::matmul_tn(2 * n, b, c, d_modulation, values, Start::Zero, d_weight);
        let weight = parameters.get(self.weight);
        kernel::matmul(b, 2 * n, c, d_modulation, weight, Start::Held, gradient);
    }

    /// Writes `[c A, c B]`.
    fn modulate(&self, parameters: &Parameters, condition: &mut Condition) {
        let Condition { values, modulation: [modulation, _], .. } = condition;
        let (n, c) = (2 * self.features, self.conditions);
        let b = values.len() / c;
        modulation.resize(b * n, 0.0);
        let weight = parameters.get(self.weight);
        kernel::matmul_nt(b, c, n, values, weight, Start::Zero, modulation);
    }

    /// How many values an example has, every one of which was given its condition.
    fn values_of_one(&self, x: &[f32], modulation: &[f32]) -> usize {
        let (b, n) = (modulation.len() / (2 * self.features), self.features);
        let each = x.len().checked_div(b).unwrap_or(0);
        let is_whole = each * b == x.len() && each.is_multiple_of(n);
        assert!(is_whole, "{} values of {n} features, {b} conditions", x.len());
        // Of no example at all there is nothing to cut into pieces, however long.
        each.max(n)
    }
}
