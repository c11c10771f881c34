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
    model::CodeUse,
    train::{Dataset, Run, RunConfig, Trainer},
    weights::{self, History},
};

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
    /// Round each training pixel to the nearest of so many levels from 0 to 255: the page's digits have 16
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(2..=256))]
    levels: Option<u16>,
    /// Go on with the run whose state is beside --out, bit for bit as if it had never stopped
    #[arg(long)]
    resume: bool,
}

pub fn run(args: &Args) -> Outcome {
    let json = String::from_utf8_lossy(&files::read(&args.config)?).into_owned();
    let config =
        RunConfig::from_json(&json).map_err(|error| files::in_file(&args.config, &error))?;
    let Fitting { data: ref folder, seed, ref out, .. } = args.fitting;
    let (data, digest) = training_set(folder, args.levels)?;
    let test = files::test_set(folder)?;
    let run = Run { config, seed, epochs: args.epochs, data: digest };
    let mut trainer = run.begin(&data)?;
    let state = out.with_extension("state.safetensors");
    if args.resume {
        run.restore(&mut trainer, &files::read(&state)?)
            .map_err(|error| files::in_file(&state, &error))?;
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
            files::write(&state, &run.state(&trainer)?)?;
            if bar.suspend(|| writeln!(stdout(), "epoch {number}: {epoch}")).is_err() {
                // Nobody reads any more: as at Ctrl-C. The next line says what the error was.
                is_stopped.store(true, Ordering::Relaxed);
            }
            epoch = Epoch::new();
        }
    }
    bar.finish_and_clear();
    files::write(&state, &run.state(&trainer)?)?;
    save_weights(&run, &trainer, &test, &args.fitting)?;
    if is_stopped.load(Ordering::Relaxed) {
        let (step, total) = (trainer.steps(), trainer.total_steps());
        writeln!(stdout(), "stopped after step {step} of {total}; go on with --resume")?;
    }
    Ok(())
}

/// The images and their digest: of the file, and where they are rounded, of the images themselves, as the page takes it.
fn training_set(
    folder: &Path,
    levels: Option<u16>,
) -> Result<(Dataset, String), Box<dyn std::error::Error>> {
    let data = files::training_set(folder)?;
    let Some(levels) = levels else { return Ok((data, files::training_digest(folder)?)) };
    let data = data.with_levels(levels);
    let digest = files::digest(data.images());
    Ok((data, digest))
}

/// Writes the weights with their history and what they measure as stored.
fn save_weights(run: &Run, trainer: &Trainer, test: &Dataset, fitting: &Fitting) -> Outcome {
    let precision = fitting.precision.into();
    let mut training = run.record(trainer);
    training["command"] = command().into();
    let mut history = History { training, ..History::default() };
    let (stored, _) =
        weights::from_bytes(&weights::to_bytes(trainer.model(), &history, precision)?)?;
    let pixels = run.config.training.pixels;
    let measured = evaluate(&stored, test, pixels, 0)?;
    let Evaluation { elbo, recon, kl, sse, codes, .. } = measured;
    history.metrics = serde_json::json!({ "pixels": pixels, "test": measured });
    files::write(&fitting.out, &weights::to_bytes(trainer.model(), &history, precision)?)?;
    let loss = -elbo;
    writeln!(stdout(), "test: recon {recon:.2} + KL {kl:.2} = {loss:.2} nats, SSE {sse:.2}")?;
    if let Some(CodeUse { usage, perplexity }) = codes {
        let usage = 100.0 * usage;
        writeln!(stdout(), "codes: {usage:.1} % in use, perplexity {perplexity:.1}")?;
    }
    Ok(())
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
