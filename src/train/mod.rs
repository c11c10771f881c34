//! LEARNING: a stepper with no clock, files, threads or printing.
//!
//! [`Trainer::step`] takes one batch and one Adam step. Every random draw follows from the seed and the number of the
//! step alone ([`seeds`]), so that a run that is stopped, saved and resumed goes on bit for bit as if it never had been.

mod augment;
mod classifier_trainer;
mod dataset;
mod prior;
pub mod seeds;
mod trainer;

pub use augment::Augment;
pub use classifier_trainer::{ClassifierTrainer, ClassifierTraining};
pub use dataset::{Dataset, Pixels, binarise};
pub use prior::{PriorConfig, fit_prior};
pub use trainer::{Decay, Step, Trainer, TrainingConfig};
