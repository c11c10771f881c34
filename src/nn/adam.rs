//! Adam (Kingma & Ba 2015, algorithm 1).

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Parameters;
use crate::kernel::AdamStep;

/// Adam's constants, but for the step size, which is given at each step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdamConfig {
    /// Decay of the mean of the gradient, in `[0, 1)`.
    pub beta_1: f32,
    /// Decay of the mean of its square, in `[0, 1)`.
    pub beta_2: f32,
    /// Added to the root of the second moment.
    pub epsilon: f32,
}

impl Default for AdamConfig {
    /// The paper's constants.
    fn default() -> Self {
        Self { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8 }
    }
}

/// The optimiser's state: two moments of the gradient.
#[derive(Debug, Clone)]
pub struct Adam {
    config: AdamConfig,
    /// Running mean of the gradient.
    pub first: Parameters,
    /// Running mean of the squared gradient.
    pub second: Parameters,
}

impl Adam {
    /// Both moments at 0.
    #[must_use]
    pub fn new(config: AdamConfig, parameters: &Parameters) -> Self {
        Self { config, first: parameters.zeros_like(), second: parameters.zeros_like() }
    }

    /// Other constants from the next update on.
    pub fn set_config(&mut self, config: AdamConfig) {
        self.config = config;
    }

    /// One update, with bias correction for the `step`-th step, counted from 1.
    ///
    /// `m = β₁ m + (1 - β₁) g`, `v = β₂ v + (1 - β₂) g²`, `θ -= α m̂ / (√v̂ + ε)`.
    pub fn update(
        &mut self,
        step: u64,
        learning_rate: f32,
        parameters: &mut Parameters,
        gradient: &Parameters,
    ) {
        self.update_part(0..gradient.count(), step, learning_rate, parameters, gradient);
    }

    /// [`update`](Self::update) of some of the numbers, counted as [`Parameters::pieces`] counts them: the parts of a step
    /// come to the same bits as the whole.
    pub fn update_part(
        &mut self,
        part: Range<usize>,
        step: u64,
        learning_rate: f32,
        parameters: &mut Parameters,
        gradient: &Parameters,
    ) {
        let AdamConfig { beta_1, beta_2, epsilon } = self.config;
        let correction = |beta: f32| 1.0 - libm::pow(f64::from(beta), step as f64);
        let pass = AdamStep {
            betas: [beta_1, beta_2],
            rate: (f64::from(learning_rate) / correction(beta_1)) as f32,
            scale: (1.0 / correction(beta_2)) as f32,
            epsilon,
        };
        let moments = self.first.pieces_mut(part.clone()).zip(self.second.pieces_mut(part.clone()));
        let values = parameters.pieces_mut(part.clone()).zip(gradient.pieces(part));
        for (((_, theta), (_, d)), ((_, m), (_, v))) in values.zip(moments) {
            pass.update(d, theta, m, v);
        }
    }
}
