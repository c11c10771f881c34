//! `latent-ink style train`.

use std::{
    io::{Write, stdout},
    path::{Path, PathBuf},
    time::Instant,
};

use latent_ink::{
    model::StyleConfig,
    train::{StyleLessons, StyleTrainer, StyleTraining},
    weights::{self, History},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::lessons::{Source, fonts};
use crate::{
    Outcome, files,
    fitting::{Storage, command},
};

/// Steps between two lines of the log.
const LINE: u64 = 100;

#[derive(clap::Args)]
pub struct Args {
    /// Model and training config, JSON
    #[arg(long)]
    config: PathBuf,
    /// Steps of the whole run, over which the learning rate's decay is stretched
    #[arg(long)]
    steps: u64,
    /// Seed of every random draw
    #[arg(long, default_value_t = 0)]
    seed: u32,
    #[command(flatten)]
    source: Source,
    /// Weights file to write; its state, which is exact, stands beside it for --resume
    #[arg(long)]
    out: PathBuf,
    /// How the weights file stores numbers
    #[arg(long, value_enum, default_value_t = Storage::F32)]
    precision: Storage,
    /// Write both each time so many steps are taken
    #[arg(long, default_value_t = 1000)]
    keep_every: u64,
    /// Go on with the run whose state is beside --out
    #[arg(long)]
    resume: bool,
}

/// A config file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunConfig {
    model: StyleConfig,
    training: StyleTraining,
}

pub fn run(args: &Args) -> Outcome {
    let config: RunConfig = serde_json::from_slice(&files::read(&args.config)?)
        .map_err(|error| format!("{}: {error}", args.config.display()))?;
    let lessons = args.source.lessons(config.model.content)?;
    let RunConfig { model, training } = config.clone();
    let mut trainer = StyleTrainer::new(model, training, &lessons, args.seed, args.steps)?;
    if args.resume {
        let state = state_of(&args.out);
        restore(&mut trainer, &files::read(&state)?)
            .map_err(|error| files::in_file(&state, &error))?;
    }
    let glyphs = (config.training.fonts * config.training.characters) as f64;
    let (mut began, mut sums) = (Instant::now(), [0.0; 3]);
    while trainer.steps() < trainer.total_steps() {
        let loss = trainer.step(&lessons)?;
        for (sum, part) in sums.iter_mut().zip([loss.recon, loss.kl, loss.own]) {
            *sum += part / LINE as f64;
        }
        let step = trainer.steps();
        if step.is_multiple_of(LINE) {
            let rate = LINE as f64 * glyphs / began.elapsed().as_secs_f64();
            let [recon, kl, own] = sums;
            let line = format!(
                "step {step}/{}: recon {recon:.2} KL {kl:.2} own {own:.2} nats, {rate:.0} glyphs/s",
                args.steps
            );
            // A run is trained to its end even if nobody reads this.
            let _ = writeln!(stdout(), "{line}");
            (began, sums) = (Instant::now(), [0.0; 3]);
        }
        if step.is_multiple_of(args.keep_every) {
            keep(args, &config, &trainer, &lessons)?;
        }
    }
    keep(args, &config, &trainer, &lessons)
}

/// Writes the weights as they are now, and beside them all that a resumed run needs.
fn keep(
    args: &Args,
    config: &RunConfig,
    trainer: &StyleTrainer,
    lessons: &StyleLessons,
) -> Outcome {
    save(args, config, trainer, lessons)?;
    let record = json!({ "step": trainer.steps() }).to_string();
    let [parameters, first, second, averaged] = trainer.state();
    let groups =
        [("parameters", parameters), ("first", first), ("second", second), ("averaged", averaged)];
    files::write(&state_of(&args.out), &weights::groups_to_bytes(groups, record)?)
}

/// Where the state of a run with these weights stands.
fn state_of(out: &Path) -> PathBuf {
    out.with_extension("state.safetensors")
}

/// Writes the weights with their history and the fonts' styles.
fn save(
    args: &Args,
    config: &RunConfig,
    trainer: &StyleTrainer,
    lessons: &StyleLessons,
) -> Outcome {
    let precision = args.precision.into();
    let stored = weights::style_to_bytes(trainer.model(), &History::default(), precision)?;
    // As stored, since that is what will read hands to compare with them.
    let (model, _) = weights::style_from_bytes(&stored)?;
    let glyphs = lessons.glyphs();
    let held_out: String = (0..glyphs.characters().len())
        .filter(|&character| glyphs.is_held_out(character))
        .map(|character| glyphs.characters()[character])
        .collect();
    let training = json!({
        "command": command(),
        "seed": args.seed,
        "steps": trainer.steps(),
        "of": trainer.total_steps(),
        "data": args.source.digest()?,
        "config": config.training,
        "version": env!("CARGO_PKG_VERSION"),
        "heldOut": held_out,
        "fonts": fonts(&model, lessons),
    });
    let history = History { training, ..History::default() };
    files::write(&args.out, &weights::style_to_bytes(trainer.model(), &history, precision)?)
}

/// Puts a run back to where its state was written.
fn restore(trainer: &mut StyleTrainer, bytes: &[u8]) -> latent_ink::error::Result<()> {
    let record: serde_json::Value = serde_json::from_str(&weights::record(bytes)?)
        .map_err(|error| latent_ink::error::Error::Weights(format!("the record: {error}")))?;
    let groups = ["parameters", "first", "second", "averaged"];
    let state = weights::groups_from_bytes(groups, trainer.model().parameters(), bytes)?;
    let step = record["step"].as_u64().ok_or_else(|| {
        latent_ink::error::Error::Weights("the record has no step, expected one of a run".into())
    })?;
    trainer.restore(step, state);
    Ok(())
}
