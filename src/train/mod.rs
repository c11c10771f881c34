//! LEARNING: a stepper with no clock, files, threads or printing.
//!
//! [`Trainer::step`] takes one batch and one Adam step. Every random draw follows from the seed and the number of the
//! step alone ([`seeds`]), so that a run that is stopped, saved and resumed goes on bit for bit as if it never had been
//! ([`Run`]). Several trainers can take a step together, each a [`Member`] of a team.

mod augment;
mod batches;
mod classifier_trainer;
mod config;
mod dataset;
mod prior;
mod run;
pub mod seeds;
mod team;
mod trainer;

pub use augment::Augment;
pub use classifier_trainer::{ClassifierTrainer, ClassifierTraining};
pub use config::{Decay, TrainingConfig};
pub use dataset::{Dataset, Draws, Pixels, binarise};
pub use prior::{PriorConfig, fit_prior};
pub use run::{Past, Run, RunConfig, Stopped};
pub use team::{Member, Phase, Shard, Share};
pub use trainer::{Group, Step, Trainer};
