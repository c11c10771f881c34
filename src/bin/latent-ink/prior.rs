//! `latent-ink prior`.

use std::path::PathBuf;

use latent_ink::{
    eval::{Evaluation, evaluate},
    model::FlowConfig,
    train::{Pixels, PriorConfig, fit_prior},
    weights::{self, History},
};

use crate::{
    Outcome, files,
    train::{Storage, command},
};

#[derive(clap::Args)]
pub struct Args {
    /// Weights file of a VAE; a prior that it has learned before is replaced
    #[arg(long)]
    model: PathBuf,
    /// Weights file to write: the same model with a learned prior
    #[arg(long)]
    out: PathBuf,
    /// Folder with the four IDX files
    #[arg(long, default_value = "data/mnist")]
    data: PathBuf,
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
    /// Seed of every random draw
    #[arg(long, default_value_t = 0)]
    seed: u32,
    /// How the weights file stores numbers
    #[arg(long, value_enum, default_value_t = Storage::F32)]
    precision: Storage,
}

pub fn run(args: &Args) -> Outcome {
    let (model, record) = files::model(&args.model)?;
    let record: serde_json::Value = serde_json::from_str(&record)?;
    let pixels: Pixels = serde_json::from_value(record["training"]["config"]["pixels"].clone())
        .map_err(|_| "the file does not say on which pixels the model was trained")?;
    let data = files::training_set(&args.data)?;
    let test = files::test_set(&args.data)?;
    let Args { couplings, hidden, epochs, learning_rate, seed, .. } = *args;
    if !(learning_rate > 0.0 && learning_rate.is_finite()) {
        return Err(format!("--learning-rate is {learning_rate}, expected a number above 0").into());
    }
    let flow = FlowConfig { couplings, hidden };
    let config = PriorConfig { flow, epochs, learning_rate, pixels, seed };
    let mut gain = 0.0;
    let learned = fit_prior(&model, &data, config, |epoch, loss| {
        gain = -loss;
        println!("epoch {epoch}/{epochs}: {gain:.3} nats above N(0, I)");
    })?;

    let mut training = record["training"].clone();
    training["prior"] = serde_json::json!({
        "command": command(),
        "seed": seed,
        "epochs": epochs,
        "learning_rate": learning_rate,
        "data": files::training_digest(&args.data)?,
        "nats_above_standard_normal": gain,
        "version": env!("CARGO_PKG_VERSION"),
    });
    let mut history = History { training, ..History::default() };
    let precision = args.precision.into();
    let (stored, _) = weights::from_bytes(&weights::to_bytes(&learned, &history, precision)?)?;
    let measured = evaluate(&stored, &test, pixels, 0)?;
    let Evaluation { elbo, recon, kl, .. } = measured;
    println!("test: recon {recon:.2} + KL {kl:.2} = {:.2} nats", -elbo);
    history.metrics = serde_json::json!({ "pixels": pixels, "test": measured });
    files::write(&args.out, &weights::to_bytes(&learned, &history, precision)?)
}
