//! `latent-ink style`.

mod eval;
mod lessons;
mod reader;
mod train;

use crate::Outcome;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Train a model that writes characters in the style of a few examples
    Train(train::Args),
    /// Train the classifier that reads what is written
    Reader(reader::Args),
    /// Measure it on fonts and characters that it has not seen
    Eval(eval::Args),
}

pub fn run(command: &Command) -> Outcome {
    match command {
        Command::Train(args) => train::run(args),
        Command::Reader(args) => reader::run(args),
        Command::Eval(args) => eval::run(args),
    }
}
