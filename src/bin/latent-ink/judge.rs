//! `latent-ink judge`.

use std::{
    io::{Write, stdout},
    path::{Path, PathBuf},
};

use indicatif::{ProgressBar, ProgressStyle};
use latent_ink::{
    eval::accuracy,
    model::ClassifierConfig,
    train::{ClassifierTrainer, ClassifierTraining, Labelled},
    weights::{self, History, Precision},
};
use serde::{Deserialize, Serialize};

use crate::{
    Outcome, files,
    fitting::{Fitting, command},
};

#[derive(clap::Args)]
pub struct Args {
    /// Classifier and training config, JSON
    #[arg(long)]
    config: PathBuf,
    /// Passes through the training set; the learning rate's decay is stretched over all of them
    #[arg(long)]
    epochs: u32,
    #[command(flatten)]
    fitting: Fitting,
}

/// A config file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunConfig {
    classifier: ClassifierConfig,
    training: ClassifierTraining,
}

pub fn run(args: &Args) -> Outcome {
    let Fitting { data: folder, seed, out, precision } = &args.fitting;
    let plan = Plan {
        config: &args.config,
        epochs: args.epochs,
        seed: *seed,
        digest: files::training_digest(folder)?,
        out,
        precision: (*precision).into(),
    };
    plan.carry_out(&files::training_set(folder)?, &files::test_set(folder)?)
}

/// What is to be trained, how, and where it goes.
pub struct Plan<'a> {
    pub config: &'a Path,
    pub epochs: u32,
    pub seed: u32,
    pub digest: String,
    pub out: &'a Path,
    pub precision: Precision,
}

impl Plan<'_> {
    /// Trains a classifier on `data` and writes it with the share of `test` that it reads right.
    pub fn carry_out(&self, data: &impl Labelled, test: &(impl Labelled + Sync)) -> Outcome {
        let config: RunConfig = serde_json::from_slice(&files::read(self.config)?)
            .map_err(|error| format!("{}: {error}", self.config.display()))?;
        let RunConfig { classifier, training } = config.clone();
        let mut trainer =
            ClassifierTrainer::new(classifier, training, data, self.seed, self.epochs)?;
        let bar = ProgressBar::new(trainer.total_steps());
        bar.set_style(
            ProgressStyle::with_template("[{wide_bar}] {pos}/{len} {eta_precise}")?
                .progress_chars("=> "),
        );
        let mut sum = 0.0;
        while trainer.steps() < trainer.total_steps() {
            sum += trainer.step(data).inspect_err(|_| bar.abandon())?;
            bar.set_position(trainer.steps());
            if trainer.steps().is_multiple_of(trainer.steps_per_epoch()) {
                let epoch = trainer.steps() / trainer.steps_per_epoch();
                let loss = sum / trainer.steps_per_epoch() as f64;
                let line = format!("epoch {epoch}: cross-entropy {loss:.4} nats");
                // Nobody goes on with half a judge, so it is trained to its end even if nobody reads this.
                let _ = bar.suspend(|| writeln!(stdout(), "{line}"));
                sum = 0.0;
            }
        }
        bar.finish_and_clear();

        let history = History {
            training: serde_json::json!({
                "command": command(),
                "seed": self.seed,
                "epochs": self.epochs,
                "steps": trainer.steps(),
                "data": self.digest,
                "config": config.training,
                "version": env!("CARGO_PKG_VERSION"),
            }),
            ..History::default()
        };
        let bytes = weights::classifier_to_bytes(&trainer.averaged(), &history, self.precision)?;
        let (stored, _) = weights::classifier_from_bytes(&bytes)?;
        let accuracy = accuracy(&stored, test)?;
        let metrics = serde_json::json!({ "test": { "images": test.len(), "accuracy": accuracy } });
        files::write(self.out, &weights::with_metrics(&bytes, metrics)?)?;
        let (share, count) = (100.0 * accuracy, test.len());
        writeln!(stdout(), "test: {share:.2} % of {count} images read right, as stored")?;
        Ok(())
    }
}
