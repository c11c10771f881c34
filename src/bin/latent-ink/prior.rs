//! `latent-ink prior`.

use std::{
    io::{Write, stdout},
    path::PathBuf,
};

use latent_ink::{
    eval::{Evaluation, evaluate},
    model::FlowConfig,
    train::{Pixels, PriorConfig, fit_prior},
    weights::{self, History},
};

use crate::{
    Outcome, files,
    fitting::{Fitting, command},
};

#[derive(clap::Args)]
pub struct Args {
    /// Weights file of a VAE; a prior that it has learned before is replaced
    #[arg(long)]
    model: PathBuf,
    /// Affine couplings of the flow
    #[arg(long, default_value_t = 8)]
    couplings: usize,
    /// Units in each of the two hidden layers of a coupling
    #[arg(long, default_value_t = 64)]
    hidden: usize,
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
    let flow = FlowConfig { couplings, hidden };
    let config = PriorConfig { flow, epochs, learning_rate, pixels, seed };
    let mut gain = 0.0;
    let learned = fit_prior(&model, &data, config, |epoch, loss| {
        gain = -loss;
        // Nobody goes on with half a prior, so it is learned to its end even if nobody reads this.
        let _ = writeln!(stdout(), "epoch {epoch}/{epochs}: {gain:.3} nats above N(0, I)");
    })?;

    let mut training = record["training"].clone();
    training["prior"] = serde_json::json!({
        "command": command(),
        "seed": seed,
        "epochs": epochs,
        "learning_rate": learning_rate,
        "data": files::training_digest(folder)?,
        "nats_above_standard_normal": gain,
        "version": env!("CARGO_PKG_VERSION"),
    });
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
