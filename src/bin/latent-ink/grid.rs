//! Images side by side on a white sheet, as PNG: ink is black.

use std::{error::Error, path::Path};

use latent_ink::{model::Model, nn::Shape};
use ndarray::Array2;

use crate::{Outcome, files};

/// Pixels between two images of the grid.
const GAP: usize = 2;

/// Height and width of a model's images.
pub fn size(model: &Model) -> Result<(usize, usize), Box<dyn Error>> {
    let Shape { height, width, channels } = model.config().input;
    if channels != 1 {
        return Err(format!(
            "the images have {channels} channels, a grid is drawn of grey ones only"
        )
        .into());
    }
    Ok((height, width))
}

/// The number of columns that makes a grid of so many images about square.
pub fn square(count: usize) -> usize {
    (count as f64).sqrt().ceil() as usize
}

/// Writes the rows of `images` in so many columns.
pub fn write(
    path: &Path,
    images: &Array2<f32>,
    (height, width): (usize, usize),
    columns: usize,
) -> Outcome {
    let rows = images.nrows().div_ceil(columns);
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
    files::write(path, &png(grid_width, grid_height, &grid)?)
}

fn png(width: usize, height: usize, grey: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width.try_into()?, height.try_into()?);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(grey)?;
    writer.finish()?;
    Ok(bytes)
}
