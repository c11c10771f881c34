//! How a style model is trained: everything that a config file says beside the model.

use serde::{Deserialize, Serialize};

use super::{Augment, Decay, rules};
use crate::{error::Result, nn::AdamConfig};

/// How a style model is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StyleTraining {
    /// F, fonts in a batch; a multiple of 4.
    pub fonts: usize,
    /// M, characters of each; a batch has F M glyphs.
    pub characters: usize,
    /// A glyph is written from 1 to so many examples, fewer than M.
    pub examples: usize,
    /// Which glyphs are examples.
    #[serde(default)]
    pub pairs: Pairs,
    /// The share of fonts that are parametric hands, drawn anew each time.
    #[serde(default)]
    pub hands: f32,
    /// How a font is changed as a whole: one draw for all its glyphs in a batch.
    #[serde(default)]
    pub augment: Augment,
    /// w, the weight of the style's KL.
    pub kl: f32,
    /// Steps over which it rises from 0.
    #[serde(default)]
    pub kl_warm_up: u64,
    /// v, the weight of the KL of what a glyph has of its own.
    #[serde(default = "one")]
    pub own_kl: f32,
    /// What v falls from, so that the style learns first what it can say; in logarithm a straight line.
    #[serde(default = "one")]
    pub own_kl_from: f32,
    /// Steps over which it falls.
    #[serde(default)]
    pub own_kl_fall: u64,
    /// Adam's largest step size.
    pub learning_rate: f32,
    /// Steps over which the learning rate rises from 0.
    #[serde(default)]
    pub warm_up: u64,
    /// What the learning rate does after that.
    #[serde(default)]
    pub decay: Decay,
    /// Adam's other constants.
    #[serde(default)]
    pub adam: AdamConfig,
    /// Decay of the moving average of the weights, which is then the model.
    #[serde(default)]
    pub ema: f32,
    /// The largest norm of the whole gradient, to which a larger one is scaled; 0 for none.
    #[serde(default)]
    pub clip: f32,
}

fn one() -> f32 {
    1.0
}

/// Which glyphs tell the style of the one that is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pairs {
    /// Others of its font  (Sun et al. 2018).
    #[default]
    Intercross,
    /// It alone, as in any autoencoder.
    Within,
}

impl StyleTraining {
    /// w and v in the step after `step`.
    pub(super) fn weights(&self, step: u64) -> [f32; 2] {
        let share = |steps: u64| ((step + 1) as f32 / steps.max(1) as f32).min(1.0);
        let above = libm::powf(self.own_kl_from / self.own_kl, 1.0 - share(self.own_kl_fall));
        [self.kl * share(self.kl_warm_up), self.own_kl * above]
    }

    /// That every number is one that a run may have.
    pub(super) fn check(&self) -> Result<()> {
        let decays = 0.0..1.0;
        let is_number = |value: f32| value >= 0.0 && value.is_finite();
        rules::check(&rules::of_adam(self.adam))?;
        rules::check(&[
            (
                (4..=1024).contains(&self.fonts) && self.fonts.is_multiple_of(super::style::SHARDS),
                "fonts: expected a multiple of 4, at most 1024",
            ),
            ((2..=1024).contains(&self.characters), "characters: expected 2 to 1024"),
            (
                (1..self.characters).contains(&self.examples),
                "examples: expected 1 or more, and fewer than characters",
            ),
            ((0.0..=1.0).contains(&self.hands), "hands: expected a share, 0 to 1"),
            (self.augment.is_possible(), "augment: expected ranges of 0 or more, chances up to 1"),
            (is_number(self.kl), "kl: expected a number, 0 or more"),
            (self.own_kl > 0.0 && is_number(self.own_kl), "own_kl: expected a number above 0"),
            (
                self.own_kl_from > 0.0 && is_number(self.own_kl_from),
                "own_kl_from: expected a number above 0",
            ),
            (
                self.learning_rate > 0.0 && self.learning_rate <= 1.0,
                "learning_rate: expected a number above 0, at most 1",
            ),
            (decays.contains(&self.ema), "ema: expected a number from 0 to below 1"),
            (is_number(self.clip), "clip: expected the norm of a gradient, or 0 for none"),
        ])
    }
}
