//! What a run is, as data: its config, its state to go on from, and what the record of its model says about it.
//!
//! The state is a safetensors file of the four groups of tensors ([`Trainer::state`]) and a JSON record, [`Stopped`]. A run that
//! was stopped and goes on from it is bit for bit the run that never stopped.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Dataset, Trainer, TrainingConfig};
use crate::{
    error::{Error, Result},
    model::Config,
    weights,
};

/// A config file: a model and how it is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// The model.
    pub model: Config,
    /// How it is trained.
    pub training: TrainingConfig,
}

impl RunConfig {
    /// Reads a config file.
    ///
    /// # Errors
    /// [`Error::Config`] for what is no JSON, or not of this shape.
    pub fn from_json(json: &str) -> Result<Self> {
        serde_json::from_str(json).map_err(|error| Error::Config(error.to_string()))
    }
}

/// What a run is made of: whoever goes on with it has to agree in all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Model and training, as they are for the next step.
    pub config: RunConfig,
    /// Seed of every random draw.
    pub seed: u32,
    /// Passes through the training images.
    pub epochs: u32,
    /// A digest of the training images: of a file, its SHA-256.
    pub data: String,
}

/// What happened in a run that its config does not tell.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Past {
    /// D + KL of the first steps, by which whoever trains it again knows early whether it is the same run.
    #[serde(default)]
    pub first_losses: Vec<f64>,
    /// The steps after which its config was changed: the config is that of the last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed_after: Vec<u64>,
}

/// What the state file says beside its tensors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stopped {
    /// The run that was stopped.
    pub run: Run,
    /// Steps that it had taken.
    pub step: u64,
    /// What had happened in it.
    #[serde(default)]
    pub past: Past,
}

const GROUPS: [&str; 4] = ["parameters", "first_moment", "second_moment", "averaged"];

impl Stopped {
    /// The record of a state file.
    ///
    /// # Errors
    /// [`Error::Weights`] for whatever is no such file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        serde_json::from_str(&weights::record(bytes)?)
            .map_err(|error| Error::Weights(format!("no state of a run: {error}")))
    }
}

impl Run {
    /// What `trainer` is made of; `data` is the digest of its images.
    #[must_use]
    pub fn of(trainer: &Trainer, data: &str) -> Self {
        let config = RunConfig {
            model: trainer.model().config().clone(),
            training: trainer.training().clone(),
        };
        Self { config, seed: trainer.seed(), epochs: trainer.epochs(), data: data.to_owned() }
    }

    /// The run before its first step.
    ///
    /// # Errors
    /// As [`Trainer::new`].
    pub fn begin(&self, data: &Dataset) -> Result<Trainer> {
        let RunConfig { model, training } = self.config.clone();
        Trainer::new(model, training, data, self.seed, self.epochs)
    }

    /// The bytes of a file from which `trainer`, which is this run's, can go on.
    ///
    /// # Errors
    /// [`Error::Weights`] where a value is not finite.
    pub fn state(&self, trainer: &Trainer) -> Result<Vec<u8>> {
        let (step, past) = (trainer.steps(), trainer.past());
        let record = json!({ "run": self, "step": step, "past": past }).to_string();
        let state = trainer.state();
        let groups = std::array::from_fn::<_, 4, _>(|i| (GROUPS[i], state[i]));
        weights::groups_to_bytes(groups, record)
    }

    /// Takes `trainer`, which is this run's, to where the state was saved.
    ///
    /// # Errors
    /// [`Error::Weights`] where the bytes are no state, or another run's: the message says what differs, and nothing
    /// has changed.
    pub fn restore(&self, trainer: &mut Trainer, bytes: &[u8]) -> Result<()> {
        let Stopped { run, step, past } = Stopped::from_bytes(bytes)?;
        let differs = self.differs_from(&run);
        if !differs.is_empty() {
            let message = format!("the state is of another run than this: {}", differs.join(", "));
            return Err(Error::Weights(message));
        }
        if step > trainer.total_steps() {
            let total = trainer.total_steps();
            let message = format!("the state is of step {step}, and this run has {total} steps");
            return Err(Error::Weights(message));
        }
        let state = weights::groups_from_bytes(GROUPS, trainer.model().parameters(), bytes)?;
        trainer.restore(step, state)?;
        trainer.set_past(past);
        Ok(())
    }

    /// In words, what `saved` has otherwise.
    fn differs_from(&self, saved: &Self) -> Vec<String> {
        let mut differs = Vec::new();
        let Self { seed, epochs, .. } = self;
        if saved.seed != *seed {
            differs.push(format!("seed {} there, {seed} here", saved.seed));
        }
        if saved.epochs != *epochs {
            differs.push(format!("{} epochs there, {epochs} here", saved.epochs));
        }
        if saved.config.model != self.config.model {
            differs.push("another config of the model".into());
        }
        if saved.config.training != self.config.training {
            differs.push("another config of the training".into());
        }
        if saved.data != self.data {
            differs.push("other training images".into());
        }
        differs
    }

    /// What the model's file says of how it was trained, but for who trained it.
    #[must_use]
    pub fn record(&self, trainer: &Trainer) -> Value {
        let Past { first_losses, changed_after } = trainer.past();
        let mut record = json!({
            "seed": self.seed,
            "epochs": self.epochs,
            "steps": trainer.steps(),
            "data": self.data,
            "config": self.config.training,
            "first_losses": first_losses,
            "version": env!("CARGO_PKG_VERSION"),
        });
        if !changed_after.is_empty() {
            record["changed_after"] = json!(changed_after);
        }
        record
    }
}
