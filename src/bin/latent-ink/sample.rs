//! `latent-ink sample`.

use std::path::PathBuf;

use latent_ink::{
    model::standard_normal,
    nn::Shape,
    train::seeds::{Purpose, generator},
};
use ndarray::Array2;

use crate::{Outcome, files};

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

/// Pixels between two images of the grid.
const GAP: usize = 2;

pub fn run(args: &Args) -> Outcome {
    let (model, _) = files::model(&args.model)?;
    if args.n == 0 {
        return Err("--n is 0, expected at least 1 image".into());
    }
    let Shape { height, width, channels } = model.config().input;
    if channels != 1 {
        return Err(format!(
            "the images have {channels} channels, a grid is drawn of grey ones only"
        )
        .into());
    }
    let mut z = Array2::zeros((args.n, model.latent_size()));
    let mut rng = generator(args.seed, Purpose::Prior, 0);
    standard_normal(&mut rng, z.as_slice_mut().expect("zeros are in standard layout"));
    if !args.standard {
        z = model.prior_sample(z.view())?;
    }
    let images = model.decode_mean(z.view())?;

    let columns = (args.n as f64).sqrt().ceil() as usize;
    let rows = args.n.div_ceil(columns);
    let side = |count: usize, size: usize| count * (size + GAP) - GAP;
    let (grid_width, grid_height) = (side(columns, width), side(rows, height));
    let mut grid = vec![255_u8; grid_width * grid_height];
    for (index, image) in images.rows().into_iter().enumerate() {
        let (top, left) = (index / columns * (height + GAP), index % columns * (width + GAP));
        for (pixel, ink) in image.iter().enumerate() {
            let (y, x) = (top + pixel / width, left + pixel % width);
            grid[y * grid_width + x] = (255.0 * (1.0 - ink.clamp(0.0, 1.0))).round() as u8;
        }
    }
    files::write(&args.out, &png(grid_width, grid_height, &grid)?)
}

fn png(width: usize, height: usize, grey: &[u8]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width.try_into()?, height.try_into()?);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(grey)?;
    writer.finish()?;
    Ok(bytes)
}
