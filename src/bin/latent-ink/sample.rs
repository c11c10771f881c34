//! `latent-ink sample`.

use std::path::PathBuf;

use latent_ink::{
    model::standard_normal,
    train::seeds::{Purpose, generator},
};
use ndarray::Array2;

use crate::{Outcome, files, grid};

#[derive(clap::Args)]
pub struct Args {
    /// Weights file
    model: PathBuf,
    /// Seed of z; the page draws the same images from the same seed
    #[arg(long, default_value_t = 0)]
    seed: u32,
    /// How many images
    #[arg(long, default_value_t = 100)]
    n: usize,
    /// Draw z from N(0, I) even where the model has learned a prior
    #[arg(long)]
    standard: bool,
    /// PNG file to write
    #[arg(long)]
    out: PathBuf,
}

pub fn run(args: &Args) -> Outcome {
    let (model, _) = files::model(&args.model)?;
    if args.n == 0 {
        return Err("--n is 0, expected at least 1 image".into());
    }
    let size = grid::size(&model)?;
    let mut z = Array2::zeros((args.n, model.latent_size()));
    let mut rng = generator(args.seed, Purpose::Prior, 0);
    standard_normal(&mut rng, z.as_slice_mut().expect("zeros are in standard layout"));
    if !args.standard {
        z = model.prior_sample(z.view())?;
    }
    let images = model.decode_mean(z.view())?;
    grid::write(&args.out, &images, size, grid::square(args.n))
}
