//! A style that was read from examples, moved to where it writes them best: the weights stay as they are.

use crate::{
    kernel::AdamStep,
    model::{Gaussians, StyleModel, StyleRefinement},
};

/// How far a style is moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Refining {
    /// Adam's steps; 0 leaves the style as it was read.
    pub steps: u32,
    /// Adam's step size.
    pub rate: f32,
    /// What the examples' D counts against the distance from what was read, `(s - mu)² / 2σ²`.
    pub weight: f32,
}

impl Refining {
    /// So many steps, small ones: pulled harder, styles follow the accidents of their examples, and less of what they write can be read.
    #[must_use]
    pub fn new(steps: u32) -> Self {
        Self { steps, rate: 0.05, weight: 0.2 }
    }

    /// The style of these examples, of which `read` is the posterior that the model reads: one row.
    ///
    /// # Shapes
    /// `glyphs`: `[B, P]` in 0..=1, `contents`: `[B, P, content]` → `[style_size]`.
    #[must_use]
    pub fn refine(
        self,
        model: &StyleModel,
        read: &Gaussians,
        glyphs: &[f32],
        contents: &[f32],
    ) -> Vec<f32> {
        let Self { steps, rate, weight } = self;
        let mut style = read.mu.clone();
        let (mut m, mut v) = (vec![0.0; style.len()], vec![0.0; style.len()]);
        let mut refinement = StyleRefinement::new(model);
        for step in 1..=steps {
            let mut d_style = refinement.gradient(model, &style, glyphs, contents);
            for (d, ((style, mu), log_var)) in
                d_style.iter_mut().zip(style.iter().zip(&read.mu).zip(&read.log_var))
            {
                *d = weight * *d + (style - mu) * libm::expf(-log_var);
            }
            let correction = |beta: f64| 1.0 - libm::pow(beta, f64::from(step));
            let adam = AdamStep {
                betas: [0.9, 0.99],
                rate: (f64::from(rate) / correction(0.9)) as f32,
                scale: (1.0 / correction(0.99)) as f32,
                epsilon: 1e-8,
            };
            adam.update(&d_style, &mut style, &mut m, &mut v);
        }
        style
    }
}
