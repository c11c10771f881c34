//! `latent-ink train`.

use std::{
    io::{Write, stdout},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use clap::Args as ClapArgs;
use indicatif::{ProgressBar, ProgressStyle};
use latent_ink::{
    eval::{Evaluation, evaluate},
    model::Config,
    train::{Dataset, Trainer, TrainingConfig},
    weights::{self, History},
};
use serde::{Deserialize, Serialize};

use crate::{
    Outcome, files,
    fitting::{Fitting, command},
};

#[derive(ClapArgs)]
pub struct Args {
    /// Model and training config, JSON
    #[arg(long)]
    config: PathBuf,
    /// Passes through the training set; the learning rate's decay is stretched over all of them
    #[arg(long)]
    epochs: u32,
    #[command(flatten)]
    fitting: Fitting,
    /// Table to write, a line for each epoch: epoch, step, recon, kl, images_per_s, learning_rate, beta, seconds (of the
    /// epoch); --resume adds to it
    #[arg(long)]
    csv: Option<PathBuf>,
    /// Go on with the run whose state is beside --out, bit for bit as if it had never stopped
    #[arg(long)]
    resume: bool,
}

/// A config file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunConfig {
    model: Config,
    training: TrainingConfig,
}

/// What a run is made of: whoever goes on with it has to agree in all of it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Run {
    config: RunConfig,
    seed: u32,
    epochs: u32,
    /// SHA-256 of the training images' file.
    data: String,
}

/// What the state file says beside its tensors.
#[derive(Debug, Serialize, Deserialize)]
struct Stopped {
    run: Run,
    step: u64,
}

/// How many losses a record holds.
const FIRST_STEPS: u64 = 20;

const GROUPS: [&str; 4] = ["parameters", "first_moment", "second_moment", "averaged"];

pub fn run(args: &Args) -> Outcome {
    let config: RunConfig = serde_json::from_slice(&files::read(&args.config)?)
        .map_err(|error| format!("{}: {error}", args.config.display()))?;
    let Fitting { data: ref folder, seed, ref out, .. } = args.fitting;
    let data = files::training_set(folder)?;
    let test = files::test_set(folder)?;
    let digest = files::training_digest(folder)?;
    let run = Run { config, seed, epochs: args.epochs, data: digest };
    let RunConfig { model, training } = run.config.clone();
    let mut trainer = Trainer::new(model, training, &data, seed, args.epochs)?;
    let state = out.with_extension("state.safetensors");
    if args.resume {
        run.resume(&mut trainer, &state)?;
    } else if state.exists() {
        let message = "is the state of an earlier run; go on with it by --resume, or move it away";
        return Err(format!("{} {message}", state.display()).into());
    }

    if let Some(csv) = &args.csv
        && !(args.resume && csv.exists())
    {
        files::write(csv, COLUMNS.as_bytes())?;
    }

    let is_stopped = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&is_stopped);
    ctrlc::set_handler(move || stop.store(true, Ordering::Relaxed))?;

    let bar = ProgressBar::new(trainer.total_steps()).with_position(trainer.steps());
    bar.set_style(
        ProgressStyle::with_template("{msg} [{wide_bar}] {pos}/{len} {eta_precise}")?
            .progress_chars("=> "),
    );
    let mut epoch = Epoch::new();
    while trainer.steps() < trainer.total_steps() && !is_stopped.load(Ordering::Relaxed) {
        // Nothing is lost where this fails: the state of the last whole epoch stays where it is.
        let (rate, beta) = (trainer.learning_rate(), trainer.beta());
        let step = trainer.step(&data).inspect_err(|_| bar.abandon())?;
        epoch.add(step.recon, step.kl);
        bar.set_position(step.step);
        let number = step.step.div_ceil(trainer.steps_per_epoch());
        let images = bar.per_sec() * run.config.training.batch as f64;
        bar.set_message(format!("epoch {number}/{} {images:.0} images/s {epoch}", args.epochs));
        if step.step.is_multiple_of(trainer.steps_per_epoch()) {
            if let Some(csv) = &args.csv {
                let images = run.config.training.batch as f64;
                let line = epoch.line(number, step.step, images, [rate, beta]);
                files::append(csv, &line)?;
            }
            run.save_state(&trainer, &state)?;
            if bar.suspend(|| writeln!(stdout(), "epoch {number}: {epoch}")).is_err() {
                // Nobody reads any more: as at Ctrl-C. The next line says what the error was.
                is_stopped.store(true, Ordering::Relaxed);
            }
            epoch = Epoch::new();
        }
    }
    bar.finish_and_clear();
    run.save_state(&trainer, &state)?;
    run.save_weights(&trainer, &data, &test, &args.fitting)?;
    if is_stopped.load(Ordering::Relaxed) {
        let (step, total) = (trainer.steps(), trainer.total_steps());
        writeln!(stdout(), "stopped after step {step} of {total}; go on with --resume")?;
    }
    Ok(())
}

impl Run {
    fn save_state(&self, trainer: &Trainer, path: &Path) -> Outcome {
        let record = serde_json::json!({ "run": self, "step": trainer.steps() }).to_string();
        let state = trainer.state();
        let groups = std::array::from_fn::<_, 4, _>(|i| (GROUPS[i], state[i]));
        files::write(path, &weights::groups_to_bytes(groups, record)?)
    }

    fn resume(&self, trainer: &mut Trainer, path: &Path) -> Outcome {
        let bytes = files::read(path)?;
        let in_file = |error| files::in_file(path, &error);
        let record = weights::record(&bytes).map_err(in_file)?;
        let Stopped { run, step } = serde_json::from_str(&record)
            .map_err(|error| format!("{}: no state of a run: {error}", path.display()))?;
        if run != *self {
            let differs = [
                (run.seed != self.seed, format!("seed {} there, {} here", run.seed, self.seed)),
                (
                    run.epochs != self.epochs,
                    format!("{} epochs there, {} here", run.epochs, self.epochs),
                ),
                (run.config != self.config, "another config".to_owned()),
                (run.data != self.data, "other training images".to_owned()),
            ];
            let differs: Vec<String> = differs
                .into_iter()
                .filter_map(|(is_different, what)| is_different.then_some(what))
                .collect();
            let message = format!(
                "{}: another run than this command's: {}",
                path.display(),
                differs.join(", ")
            );
            return Err(message.into());
        }
        let state = weights::groups_from_bytes(GROUPS, trainer.model().parameters(), &bytes)
            .map_err(in_file)?;
        Ok(trainer.restore(step, state)?)
    }

    /// D + KL of the run's first steps, by which whoever trains it again knows early whether it is the same run.
    fn first_losses(&self, data: &Dataset) -> latent_ink::error::Result<Vec<f64>> {
        let RunConfig { model, training } = self.config.clone();
        let mut trainer = Trainer::new(model, training, data, self.seed, self.epochs)?;
        let steps = trainer.total_steps().min(FIRST_STEPS);
        (0..steps).map(|_| trainer.step(data).map(|step| step.recon + step.kl)).collect()
    }

    /// Writes the weights with their history and what they measure as stored.
    fn save_weights(
        &self,
        trainer: &Trainer,
        data: &Dataset,
        test: &Dataset,
        fitting: &Fitting,
    ) -> Outcome {
        let precision = fitting.precision.into();
        let training = serde_json::json!({
            "command": command(),
            "seed": self.seed,
            "epochs": self.epochs,
            "steps": trainer.steps(),
            "data": self.data,
            "config": self.config.training,
            "first_losses": self.first_losses(data)?,
            "version": env!("CARGO_PKG_VERSION"),
        });
        let mut history = History { training, ..History::default() };
        let (stored, _) =
            weights::from_bytes(&weights::to_bytes(trainer.model(), &history, precision)?)?;
        let pixels = self.config.training.pixels;
        let measured = evaluate(&stored, test, pixels, 0)?;
        let Evaluation { elbo, recon, kl, sse, .. } = measured;
        history.metrics = serde_json::json!({ "pixels": pixels, "test": measured });
        files::write(&fitting.out, &weights::to_bytes(trainer.model(), &history, precision)?)?;
        let loss = -elbo;
        writeln!(stdout(), "test: recon {recon:.2} + KL {kl:.2} = {loss:.2} nats, SSE {sse:.2}")?;
        Ok(())
    }
}

const COLUMNS: &str = "epoch,step,recon,kl,images_per_s,learning_rate,beta,seconds\n";

/// Running means over an epoch.
struct Epoch {
    recon: f64,
    kl: f64,
    steps: f64,
    began: Instant,
}

impl Epoch {
    fn new() -> Self {
        Self { recon: 0.0, kl: 0.0, steps: 0.0, began: Instant::now() }
    }

    /// Of the steps that this command took; learning rate and beta are the last step's.
    fn line(&self, number: u64, step: u64, batch: f64, [rate, beta]: [f32; 2]) -> String {
        let Self { recon, kl, steps, began } = self;
        let (recon, kl, seconds) = (recon / steps, kl / steps, began.elapsed().as_secs_f64());
        let images = steps * batch / seconds;
        format!("{number},{step},{recon:.4},{kl:.4},{images:.1},{rate:.6e},{beta},{seconds:.2}\n")
    }

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
