//! `latent-ink prior`.

use std::{
    error::Error,
    io::{Write, stdout},
    path::PathBuf,
};

use indicatif::ProgressBar;
use latent_ink::{
    eval::{Evaluation, evaluate},
    model::{CodePriorConfig, FlowConfig, Model},
    train::{CodePriorTrainer, CodePriorTraining, Dataset, Pixels, PriorConfig, fit_prior},
    weights::{self, History},
};

use crate::{
    Outcome, files,
    fitting::{Fitting, command},
};

#[derive(clap::Args)]
pub struct Args {
    /// Weights file of a VAE, or of a model with a codebook; a prior that it has learned before is replaced
    #[arg(long)]
    model: PathBuf,
    /// Affine couplings of a flow
    #[arg(long, default_value_t = 8)]
    couplings: usize,
    /// Units in each of the two hidden layers of a coupling
    #[arg(long, default_value_t = 64)]
    hidden: usize,
    /// Blocks of a prior over codes
    #[arg(long, default_value_t = 3)]
    layers: usize,
    /// Values that stand for a code between its layers
    #[arg(long, default_value_t = 80)]
    width: usize,
    /// Heads of each attention
    #[arg(long, default_value_t = 4)]
    heads: usize,
    /// Codes are learned with so many classes, of which one may be asked for; 0 for none
    #[arg(long, default_value_t = 10)]
    classes: usize,
    /// Maps of codes in a batch
    #[arg(long, default_value_t = 64)]
    batch: usize,
    /// Passes through the training set
    #[arg(long, default_value_t = 30)]
    epochs: u32,
    /// Adam's largest step size
    #[arg(long, default_value_t = 2e-3)]
    learning_rate: f32,
    #[command(flatten)]
    fitting: Fitting,
}

pub fn run(args: &Args) -> Outcome {
    let (model, record) = files::model(&args.model)?;
    let record: serde_json::Value = serde_json::from_str(&record)?;
    let pixels: Pixels = serde_json::from_value(record["training"]["config"]["pixels"].clone())
        .map_err(|_| "the file does not say on which pixels the model was trained")?;
    let Fitting { data: ref folder, seed, ref out, precision } = args.fitting;
    let data = files::training_set(folder)?;
    let test = files::test_set(folder)?;
    let Args { couplings, hidden, epochs, learning_rate, .. } = *args;
    if !(learning_rate > 0.0 && learning_rate.is_finite()) {
        return Err(format!("--learning-rate is {learning_rate}, expected a number above 0").into());
    }
    let mut learning = serde_json::json!({
        "command": command(),
        "seed": seed,
        "epochs": epochs,
        "learning_rate": learning_rate,
        "data": files::training_digest(folder)?,
        "version": env!("CARGO_PKG_VERSION"),
    });
    let learned = if model.codebook().is_some() {
        let Args { layers, width, heads, classes, batch, .. } = *args;
        let prior = CodePriorConfig { layers, width, heads, classes };
        let config = CodePriorTraining { prior, epochs, batch, learning_rate, pixels, seed };
        let (learned, nats) = over_codes(&model, &data, config)?;
        learning["nats"] = nats.into();
        learned
    } else {
        let flow = FlowConfig { couplings, hidden };
        let config = PriorConfig { flow, epochs, learning_rate, pixels, seed };
        let mut gain = 0.0;
        let learned = fit_prior(&model, &data, config, |epoch, loss| {
            gain = -loss;
            // Nobody goes on with half a prior, so it is learned to its end even if nobody reads this.
            let _ = writeln!(stdout(), "epoch {epoch}/{epochs}: {gain:.3} nats above N(0, I)");
        })?;
        learning["nats_above_standard_normal"] = gain.into();
        learned
    };

    let mut training = record["training"].clone();
    training["prior"] = learning;
    let mut history = History { training, ..History::default() };
    let precision = precision.into();
    let (stored, _) = weights::from_bytes(&weights::to_bytes(&learned, &history, precision)?)?;
    let measured = evaluate(&stored, &test, pixels, 0)?;
    let Evaluation { elbo, recon, kl, .. } = measured;
    history.metrics = serde_json::json!({ "pixels": pixels, "test": measured });
    files::write(out, &weights::to_bytes(&learned, &history, precision)?)?;
    writeln!(stdout(), "test: recon {recon:.2} + KL {kl:.2} = {:.2} nats", -elbo)?;
    Ok(())
}

/// The model with a prior over its codes, and the mean of `-ln p(codes)` in the last epoch.
fn over_codes(
    model: &Model,
    data: &Dataset,
    config: CodePriorTraining,
) -> Result<(Model, f64), Box<dyn Error>> {
    let mut trainer = CodePriorTrainer::new(model, data, config)?;
    let bar = ProgressBar::new(trainer.total_steps());
    let (mut sum, mut nats) = (0.0, 0.0);
    while trainer.steps() < trainer.total_steps() {
        sum += trainer.step().inspect_err(|_| bar.abandon())?;
        bar.set_position(trainer.steps());
        if trainer.steps().is_multiple_of(trainer.steps_per_epoch()) {
            let epoch = trainer.steps() / trainer.steps_per_epoch();
            (nats, sum) = (sum / trainer.steps_per_epoch() as f64, 0.0);
            let line = format!("epoch {epoch}/{}: {nats:.3} nats a map", config.epochs);
            // As above.
            let _ = bar.suspend(|| writeln!(stdout(), "{line}"));
        }
    }
    bar.finish_and_clear();
    Ok((trainer.model()?, nats))
}
