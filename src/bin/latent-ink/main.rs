//! The native program: files, the clock, progress bars and Ctrl-C around the library's stepper and measures.
//!
//! Commands print by `writeln!` to stdout, which `println!` would panic on once its reader is gone.
#![deny(clippy::print_stdout)]

mod eval;
mod files;
mod fitting;
mod grid;
mod inspect;
mod judge;
mod prior;
mod priors;
mod report;
mod sample;
mod sheet;
#[cfg(feature = "style")]
mod style;
mod train;

use std::{
    error::Error,
    io::{self, ErrorKind},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "latent-ink",
    version,
    about = "Trains, measures and samples variational autoencoders"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Train a model from a config, or go on with a stopped run
    Train(train::Args),
    /// Learn the prior of a trained model
    Prior(prior::Args),
    /// Train the classifier that judges what models make
    Judge(judge::Args),
    /// Measure a model on test data
    Eval(eval::Args),
    /// Draw images from the prior as one PNG
    Sample(sample::Args),
    /// Draw reconstructions and samples as contact sheets
    Sheet(sheet::Args),
    /// Train and measure models of writing styles
    #[cfg(feature = "style")]
    #[command(subcommand)]
    Style(style::Command),
    /// Say what is in a weights file
    Inspect(inspect::Args),
}

/// What a command ends with: one sentence for a person.
type Outcome = Result<(), Box<dyn Error>>;

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Train(args) => train::run(&args),
        Command::Prior(args) => prior::run(&args),
        Command::Judge(args) => judge::run(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Sample(args) => sample::run(&args),
        Command::Sheet(args) => sheet::run(&args),
        #[cfg(feature = "style")]
        Command::Style(command) => style::run(&command),
        Command::Inspect(args) => inspect::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_unread(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                eprintln!("  because: {error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

/// Whoever read stdout has gone, as `head` does when it has seen enough. Errors of files come here as sentences.
fn is_unread(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}
