//! LEARNING: a stepper with no clock, files, threads or printing.
//!
//! [`Trainer::step`] takes one batch and one Adam step. Every random draw follows from the seed and the number of the
//! step alone ([`seeds`]), so that a run that is stopped, saved and resumed goes on bit for bit as if it never had been
//! ([`Run`]). Several trainers can take a step together, each a [`Member`] of a team.

mod augment;
mod batches;
mod classifier_trainer;
mod code_prior;
mod config;
mod dataset;
#[cfg(feature = "style")]
mod glyphs;
#[cfg(all(feature = "style", not(target_arch = "wasm32")))]
mod lessons;
mod prior;
#[cfg(feature = "style")]
mod reader;
#[cfg(feature = "style")]
mod refining;
mod rules;
mod run;
pub mod seeds;
#[cfg(all(feature = "style", not(target_arch = "wasm32")))]
mod style;
#[cfg(all(feature = "style", not(target_arch = "wasm32")))]
mod style_config;
mod team;
mod trainer;

pub use augment::Augment;
pub use classifier_trainer::{ClassifierTrainer, ClassifierTraining, Labelled};
pub use code_prior::{CodePriorTrainer, CodePriorTraining};
pub use config::{Decay, TrainingConfig};
pub use dataset::{Dataset, Draws, Pixels, binarise};
#[cfg(feature = "style")]
pub use glyphs::{Font, Glyphs, Split};
#[cfg(all(feature = "style", not(target_arch = "wasm32")))]
pub use lessons::StyleLessons;
pub use prior::{PriorConfig, fit_prior};
#[cfg(feature = "style")]
pub use reader::{Readings, Told};
#[cfg(feature = "style")]
pub use refining::Refining;
pub use run::{Past, Run, RunConfig, Stopped};
#[cfg(all(feature = "style", not(target_arch = "wasm32")))]
pub use style::StyleTrainer;
#[cfg(all(feature = "style", not(target_arch = "wasm32")))]
pub use style_config::{Pairs, StyleTraining};
pub use team::{Member, Phase, Shard, Share};
pub use trainer::{Group, Step, Trainer};
