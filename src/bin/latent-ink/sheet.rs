//! `latent-ink sheet`.

use std::{
    io::{Write, stdout},
    path::PathBuf,
};

use latent_ink::{
    eval::{Told, decode_codes, draw_codes, upper_half},
    model::{CodeSampling, Model, standard_normal},
    train::{
        Dataset, Draws, Pixels,
        seeds::{Purpose, generator},
    },
};
use ndarray::{Array2, Axis, s};

use crate::{Outcome, files, grid, priors::priors};

#[derive(clap::Args)]
pub struct Args {
    /// Weights file
    #[arg(long)]
    model: PathBuf,
    /// Folder with the four IDX files, of which the test set is used
    #[arg(long, default_value = "data/mnist")]
    data: PathBuf,
    /// Folder to write best.png, median.png, worst.png and a samples-PRIOR.png for each prior to; of a model with a codebook
    /// also completed.png, test digits whose lower half the prior wrote; of one with classes hands.png
    #[arg(long)]
    out: PathBuf,
    /// Seed of the samples
    #[arg(long, default_value_t = 0)]
    seed: u32,
    /// eps of the samples is multiplied by it
    #[arg(long, default_value_t = 1.0)]
    temperature: f32,
}

/// Pairs on a sheet of reconstructions: columns, and rows of pairs.
const PAIRS: (usize, usize) = (16, 5);

/// Rows on the sheet of hands.
const HANDS: usize = 20;

/// Samples on a sheet, in a square.
const SAMPLES: usize = 256;

pub fn run(args: &Args) -> Outcome {
    let (model, _) = files::model(&args.model)?;
    let size = grid::size(&model)?;
    let data = files::test_set(&args.data)?;
    std::fs::create_dir_all(&args.out)
        .map_err(|error| format!("{}: {error}", args.out.display()))?;

    let Reconstructed { x, means, recon } = reconstructed(&model, &data)?;
    let mut order: Vec<usize> = (0..data.len()).collect();
    order.sort_by(|&a, &b| recon[a].total_cmp(&recon[b]));
    let count = (PAIRS.0 * PAIRS.1).min(order.len());
    let middle = (order.len() - count) / 2;
    let mut worst = order[order.len() - count..].to_vec();
    worst.reverse();
    let sheets =
        [("best", &order[..count]), ("median", &order[middle..][..count]), ("worst", &worst[..])];
    // Said when all are there: without a reader the command ends at the first line.
    let mut lines = Vec::new();
    for (name, indices) in sheets {
        let path = args.out.join(format!("{name}.png"));
        grid::write(&path, &pairs(&x, &means, indices), size, PAIRS.0)?;
        let nats = |index: usize| recon[index];
        let (first, last) = (nats(indices[0]), nats(indices[indices.len() - 1]));
        writeln!(lines, "{}: recon {first:.1} to {last:.1} nats", path.display())?;
    }
    for (name, prior) in priors(&model) {
        let mut eps = Array2::zeros((SAMPLES, model.latent_size()));
        let mut rng = generator(args.seed, Purpose::Prior, 0);
        standard_normal(&mut rng, eps.as_slice_mut().expect("zeros are in standard layout"));
        eps *= args.temperature;
        let told: Vec<u8> = (0..SAMPLES).map(|i| (i % model.classes().max(1)) as u8).collect();
        let images = model.decode_mean_told(prior(eps).view(), &told)?;
        let path = args.out.join(format!("samples-{name}.png"));
        grid::write(&path, &images, size, grid::square(SAMPLES))?;
        writeln!(lines, "{}: temperature {}", path.display(), args.temperature)?;
    }
    if let Some(codebook) = model.codebook() {
        let count = SAMPLES.min(x.nrows());
        let codes = model.encode_codes(x.slice(s![..count, ..]))?;
        let (tokens, half) = (codebook.config().tokens(), upper_half(codebook.config()));
        let sampling = CodeSampling { temperature: args.temperature, top: 0 };
        for (name, given) in [("samples-codes", 0), ("completed", half)] {
            let told = |map: usize| Told { class: None, codes: &codes[map * tokens..][..given] };
            let drawn = draw_codes(&model, 0..count, told, sampling, args.seed)?;
            let path = args.out.join(format!("{name}.png"));
            grid::write(&path, &decode_codes(&model, &drawn)?, size, grid::square(count))?;
            writeln!(lines, "{}: temperature {}", path.display(), args.temperature)?;
        }
    }
    if model.classes() > 0 {
        let path = args.out.join("hands.png");
        let sheet = hands(&model, &x, data.labels())?;
        grid::write(&path, &sheet, size, model.classes() + 1)?;
        writeln!(lines, "{}: a test digit, and every class with its z", path.display())?;
    }
    Ok(stdout().write_all(&lines)?)
}

/// Rows of one digit and then each class written with its z; the digits are of each class in turn.
fn hands(
    model: &Model,
    x: &Array2<f32>,
    labels: &[u8],
) -> Result<Array2<f32>, Box<dyn std::error::Error>> {
    let classes = model.classes();
    let nth = |row: usize| {
        let of_class = (0..labels.len()).filter(|&i| usize::from(labels[i]) == row % classes);
        of_class.skip(row / classes).step_by(7).nth(row / classes)
    };
    let mut sheet = Array2::zeros((HANDS * (classes + 1), x.ncols()));
    for (row, index) in (0..HANDS).filter_map(nth).enumerate() {
        let mu = model.encode_told(x.slice(s![index..=index, ..]), &labels[index..=index])?.mu;
        let told: Vec<u8> = (0..classes).map(|class| class as u8).collect();
        let made = model.decode_mean_told(mu.select(Axis(0), &vec![0; classes]).view(), &told)?;
        let first = row * (classes + 1);
        sheet.row_mut(first).assign(&x.row(index));
        sheet.slice_mut(s![first + 1..=first + classes, ..]).assign(&made);
    }
    Ok(sheet)
}

/// Grey images, what `z = mu` makes of them, and D between the two in nats.
struct Reconstructed {
    x: Array2<f32>,
    means: Array2<f32>,
    recon: Vec<f64>,
}

fn reconstructed(
    model: &Model,
    data: &Dataset,
) -> Result<Reconstructed, Box<dyn std::error::Error>> {
    let p = data.pixels();
    let mut x = Array2::zeros((data.len(), p));
    let mut unused = Draws::new(0, 0);
    let values = x.as_slice_mut().expect("zeros are in standard layout");
    data.rows(0..data.len(), Pixels::Grey, &mut unused, values);
    let (mut means, mut recon) = (Array2::zeros((data.len(), p)), Vec::with_capacity(data.len()));
    let rows = x.axis_chunks_iter(Axis(0), 100).zip(means.axis_chunks_iter_mut(Axis(0), 100));
    for ((x, mut means), labels) in rows.zip(data.labels().chunks(100)) {
        let mut logits = model.decode_told(model.encode_told(x, labels)?.mu.view(), labels)?;
        let values = logits.as_slice_mut().expect("made in standard layout");
        let x = x.as_slice().expect("rows of a matrix in standard layout");
        recon.extend(model.likelihood().recon(p, values, x));
        model.likelihood().to_mean(values);
        means.assign(&logits);
    }
    Ok(Reconstructed { x, means, recon })
}

/// Rows of originals, each above the row of what became of them; the last row is filled up with white.
fn pairs(x: &Array2<f32>, means: &Array2<f32>, indices: &[usize]) -> Array2<f32> {
    let columns = PAIRS.0;
    let mut sheet = Array2::zeros((2 * columns * indices.len().div_ceil(columns), x.ncols()));
    for (position, &index) in indices.iter().enumerate() {
        let above = position / columns * 2 * columns + position % columns;
        sheet.row_mut(above).assign(&x.row(index));
        sheet.row_mut(above + columns).assign(&means.row(index));
    }
    sheet
}
