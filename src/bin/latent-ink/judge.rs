//! `latent-ink judge`.

use std::{
    io::{Write, stdout},
    path::PathBuf,
};

use indicatif::{ProgressBar, ProgressStyle};
use latent_ink::{
    eval::accuracy,
    model::ClassifierConfig,
    train::{ClassifierTrainer, ClassifierTraining},
    weights::{self, History},
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
    let config: RunConfig = serde_json::from_slice(&files::read(&args.config)?)
        .map_err(|error| format!("{}: {error}", args.config.display()))?;
    let Fitting { data: ref folder, seed, ref out, precision } = args.fitting;
    let data = files::training_set(folder)?;
    let test = files::test_set(folder)?;
    let digest = files::training_digest(folder)?;
    let RunConfig { classifier, training } = config.clone();
    let mut trainer = ClassifierTrainer::new(classifier, training, &data, seed, args.epochs)?;

    let bar = ProgressBar::new(trainer.total_steps());
    bar.set_style(
        ProgressStyle::with_template("[{wide_bar}] {pos}/{len} {eta_precise}")?
            .progress_chars("=> "),
    );
    let mut sum = 0.0;
    while trainer.steps() < trainer.total_steps() {
        sum += trainer.step(&data).inspect_err(|_| bar.abandon())?;
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
            "seed": seed,
            "epochs": args.epochs,
            "steps": trainer.steps(),
            "data": digest,
            "config": config.training,
            "version": env!("CARGO_PKG_VERSION"),
        }),
        ..History::default()
    };
    let bytes = weights::classifier_to_bytes(&trainer.averaged(), &history, precision.into())?;
    let (stored, _) = weights::classifier_from_bytes(&bytes)?;
    let accuracy = accuracy(&stored, &test)?;
    let metrics = serde_json::json!({ "test": { "images": test.len(), "accuracy": accuracy } });
    files::write(out, &weights::with_metrics(&bytes, metrics)?)?;
    let (share, count) = (100.0 * accuracy, test.len());
    writeln!(stdout(), "test: {share:.2} % of {count} images read right, as stored")?;
    Ok(())
}
