//! `latent-ink train`.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use clap::Args as ClapArgs;
use indicatif::{ProgressBar, ProgressStyle};
use latent_ink::{
    eval::evaluate,
    model::Config,
    train::{Dataset, Trainer, TrainingConfig},
    weights::{self, History, Precision},
};
use serde::{Deserialize, Serialize};

use crate::{Outcome, files};

#[derive(ClapArgs)]
pub struct Args {
    /// Model and training config, JSON
    #[arg(long)]
    config: PathBuf,
    /// Folder with the four IDX files
    #[arg(long, default_value = "data/mnist")]
    data: PathBuf,
    /// Seed of every random draw
    #[arg(long, default_value_t = 0)]
    seed: u32,
    /// Passes through the training set; the learning rate's decay is stretched over all of them
    #[arg(long)]
    epochs: u32,
    /// Weights file to write; the state for --resume goes beside it
    #[arg(long)]
    out: PathBuf,
    /// How the weights file stores numbers; the state is always exact
    #[arg(long, value_enum, default_value_t = Storage::F32)]
    precision: Storage,
    /// Go on with the run whose state is beside --out, bit for bit as if it had never stopped
    #[arg(long)]
    resume: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Storage {
    F32,
    F16,
    Int8,
}

/// A config file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunConfig {
    model: Config,
    training: TrainingConfig,
}

/// What a stopped run has to agree with to go on.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct RunState {
    run: RunConfig,
    seed: u32,
    epochs: u32,
    images: usize,
    step: u64,
}

const GROUPS: [&str; 3] = ["parameters", "first_moment", "second_moment"];

pub fn run(args: &Args) -> Outcome {
    let run: RunConfig = serde_json::from_slice(&files::read(&args.config)?)
        .map_err(|error| format!("{}: {error}", args.config.display()))?;
    let data = files::training_set(&args.data)?;
    let test = files::test_set(&args.data)?;
    let mut trainer =
        Trainer::new(run.model.clone(), run.training.clone(), &data, args.seed, args.epochs)?;
    let state_path = args.out.with_extension("state.safetensors");
    if args.resume {
        resume(&mut trainer, args, &run, &data, &state_path)?;
    } else if state_path.exists() {
        let message = "is the state of an earlier run; go on with it by --resume, or move it away";
        return Err(format!("{} {message}", state_path.display()).into());
    }

    let is_stopped = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&is_stopped);
    ctrlc::set_handler(move || stop.store(true, Ordering::Relaxed))?;

    let bar = ProgressBar::new(trainer.total_steps()).with_position(trainer.steps());
    bar.set_style(
        ProgressStyle::with_template("{msg} [{wide_bar}] {pos}/{len} {eta_precise}")?
            .progress_chars("=> "),
    );
    let mut epoch = Epoch::default();
    let save_state = |trainer: &Trainer| save_state(trainer, args, &run, &data, &state_path);
    while trainer.steps() < trainer.total_steps() && !is_stopped.load(Ordering::Relaxed) {
        let step = trainer.step(&data).inspect_err(|_| {
            // Nothing is lost: the state of the last whole epoch stays where it is.
            bar.abandon();
        })?;
        epoch.add(step.recon, step.kl);
        bar.set_position(step.step);
        let number = step.step.div_ceil(trainer.steps_per_epoch());
        let images = bar.per_sec() * run.training.batch as f64;
        bar.set_message(format!("epoch {number}/{} {images:.0} images/s {epoch}", args.epochs));
        if step.step.is_multiple_of(trainer.steps_per_epoch()) {
            bar.suspend(|| println!("epoch {number}: {epoch}"));
            epoch = Epoch::default();
            save_state(&trainer)?;
        }
    }
    bar.finish_and_clear();
    save_state(&trainer)?;
    save_weights(&trainer, args, &run, &test)?;
    if is_stopped.load(Ordering::Relaxed) {
        println!(
            "stopped after step {} of {}; go on with --resume",
            trainer.steps(),
            trainer.total_steps()
        );
    }
    Ok(())
}

fn save_state(
    trainer: &Trainer,
    args: &Args,
    run: &RunConfig,
    data: &Dataset,
    path: &Path,
) -> Outcome {
    let state = RunState {
        run: run.clone(),
        seed: args.seed,
        epochs: args.epochs,
        images: data.len(),
        step: trainer.steps(),
    };
    let [parameters, first, second] = trainer.state();
    let groups = [(GROUPS[0], parameters), (GROUPS[1], first), (GROUPS[2], second)];
    files::write(path, &weights::groups_to_bytes(groups, serde_json::to_string(&state)?)?)
}

fn resume(
    trainer: &mut Trainer,
    args: &Args,
    run: &RunConfig,
    data: &Dataset,
    path: &Path,
) -> Outcome {
    let bytes = files::read(path)?;
    let record = weights::record(&bytes).map_err(|error| files::in_file(path, &error))?;
    let saved: RunState = serde_json::from_str(&record)
        .map_err(|error| format!("{}: no state of a run: {error}", path.display()))?;
    let step = saved.step;
    let asked = RunState {
        run: run.clone(),
        seed: args.seed,
        epochs: args.epochs,
        images: data.len(),
        step,
    };
    if saved != asked {
        let message = format!(
            "{}: the run there has seed {}, {} epochs and {} images, and its own config; this command asks for seed {}, {} epochs, {} images{}",
            path.display(),
            saved.seed,
            saved.epochs,
            saved.images,
            asked.seed,
            asked.epochs,
            asked.images,
            if saved.run == asked.run { "" } else { ", and another config" },
        );
        return Err(message.into());
    }
    let state = weights::groups_from_bytes(GROUPS, trainer.model().parameters(), &bytes)
        .map_err(|error| files::in_file(path, &error))?;
    trainer.restore(step, state)?;
    Ok(())
}

/// Writes the weights with their history and what they measure as stored.
fn save_weights(trainer: &Trainer, args: &Args, run: &RunConfig, test: &Dataset) -> Outcome {
    let precision = match args.precision {
        Storage::F32 => Precision::F32,
        Storage::F16 => Precision::F16,
        Storage::Int8 => Precision::Int8,
    };
    let training = serde_json::json!({
        "command": command(),
        "seed": args.seed,
        "epochs": args.epochs,
        "steps": trainer.steps(),
        "data": files::training_digest(&args.data)?,
        "config": run.training,
        "version": env!("CARGO_PKG_VERSION"),
    });
    let mut history = History { training, ..History::default() };
    let (stored, _) =
        weights::from_bytes(&weights::to_bytes(trainer.model(), &history, precision)?)?;
    let measured = evaluate(&stored, test, run.training.pixels, 0)?;
    println!(
        "test: recon {:.2} + KL {:.2} = {:.2} nats, SSE {:.2}",
        measured.recon, measured.kl, -measured.elbo, measured.sse
    );
    history.metrics = serde_json::json!({ "pixels": run.training.pixels, "test": measured });
    files::write(&args.out, &weights::to_bytes(trainer.model(), &history, precision)?)
}

/// This command as it can be typed again.
fn command() -> String {
    std::iter::once("latent-ink".to_owned())
        .chain(std::env::args().skip(1))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Running means over an epoch.
#[derive(Default)]
struct Epoch {
    recon: f64,
    kl: f64,
    steps: f64,
}

impl Epoch {
    fn add(&mut self, recon: f64, kl: f64) {
        self.recon += recon;
        self.kl += kl;
        self.steps += 1.0;
    }
}

impl std::fmt::Display for Epoch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (recon, kl) = (self.recon / self.steps, self.kl / self.steps);
        write!(f, "recon {recon:.2} KL {kl:.2} sum {:.2}", recon + kl)
    }
}
