//! `latent-ink style reader`.

use std::path::PathBuf;

use latent_ink::train::{Readings, Told};

use super::lessons::Source;
use crate::{Outcome, fitting::Storage, judge::Plan};

#[derive(clap::Args)]
pub struct Args {
    /// Classifier and training config, JSON
    #[arg(long, default_value = "configs/reader.json")]
    config: PathBuf,
    /// What it tells of a glyph
    #[arg(long, value_enum, default_value_t = Telling::Characters)]
    of: Telling,
    /// Passes through the glyphs; the learning rate's decay is stretched over all of them
    #[arg(long)]
    epochs: u32,
    /// Seed of every random draw, and of the glyphs that are kept out
    #[arg(long, default_value_t = 0)]
    seed: u32,
    #[command(flatten)]
    source: Source,
    /// Weights file to write
    #[arg(long)]
    out: PathBuf,
    /// How the weights file stores numbers
    #[arg(long, value_enum, default_value_t = Storage::F32)]
    precision: Storage,
}

/// [`Told`] as an argument.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Telling {
    Characters,
    Fonts,
}

pub fn run(args: &Args) -> Outcome {
    let lessons = args.source.lessons(1)?;
    let told = match args.of {
        Telling::Characters => Told::Character,
        Telling::Fonts => Told::Font,
    };
    let [learnt, kept_out] = Readings::split(lessons.glyphs(), told, args.seed);
    let plan = Plan {
        config: &args.config,
        epochs: args.epochs,
        seed: args.seed,
        digest: args.source.digest()?,
        out: &args.out,
        precision: args.precision.into(),
    };
    plan.carry_out(&learnt, &kept_out)
}
