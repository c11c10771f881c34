//! `latent-ink sample`.

use std::path::PathBuf;

use latent_ink::{
    eval::{Told, decode_codes, draw_codes},
    model::{CodeSampling, standard_normal},
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
    /// eps is multiplied by it; of codes their logits divided
    #[arg(long, default_value_t = 1.0)]
    temperature: f32,
    /// Only so many of the most probable codes in each place, where z is a map of codes; 0 for all
    #[arg(long, default_value_t = 0)]
    top: usize,
    /// The class that is told, to the prior over codes or to a model with classes; if not said, none and each in turn
    #[arg(long)]
    class: Option<u8>,
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
    if let Some(codebook) = model.codebook() {
        let sampling = CodeSampling { temperature: args.temperature, top: args.top };
        let class = args.class;
        let classes = codebook.prior().map_or(0, |prior| prior.config().classes);
        if let Some(class) = class.filter(|&class| usize::from(class) >= classes) {
            return Err(format!("--class is {class}, the prior knows {classes} classes").into());
        }
        let told = |_| Told { class, codes: &[] };
        let codes = draw_codes(&model, 0..args.n, told, sampling, args.seed)?;
        let images = decode_codes(&model, &codes)?;
        return grid::write(&args.out, &images, size, grid::square(args.n));
    }
    let mut z = Array2::zeros((args.n, model.latent_size()));
    let mut rng = generator(args.seed, Purpose::Prior, 0);
    standard_normal(&mut rng, z.as_slice_mut().expect("zeros are in standard layout"));
    z *= args.temperature;
    if !args.standard {
        z = model.prior_sample(z.view())?;
    }
    let classes = model.classes();
    let told: Vec<u8> = match args.class {
        Some(class) if usize::from(class) >= classes => {
            return Err(format!("--class is {class}, the model knows {classes} classes").into());
        }
        Some(class) => vec![class; args.n],
        None => (0..args.n).map(|i| (i % classes.max(1)) as u8).collect(),
    };
    let images = model.decode_mean_told(z.view(), &told)?;
    grid::write(&args.out, &images, size, grid::square(args.n))
}
