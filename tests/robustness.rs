//! Must hold (the first landing's issue): "shifted, scaled x0.5 to x1.35 or thin ink changes the reconstruction's
//! 5-NN-read digit in at most 2 of 100 test digits more than the untouched".
//!
//! Every 4th of the last 2,000 test digits (500 of them: of 100, chance alone moves a row by 2) stands on a pad of 280 px
//! as a person would have drawn it, is disturbed there, and goes the whole way: picture → 28×28 → mu → reconstruction →
//! read by its 5 nearest of the first 8,000 test digits. `cargo test --test robustness -- --nocapture` prints the figures.
#![cfg(not(target_arch = "wasm32"))]

use std::path::{Path, PathBuf};

use latent_ink::{
    eval::{Neighbours, reconstruct},
    ink::{PIXELS, SIDE, normalise_picture},
    model::Model,
    train::Dataset,
    weights,
};
use ndarray::Array2;

/// Side of the pad, in px.
const PAD: usize = 280;

/// Digits of a hundred that may be lost beyond those that the untouched ones lose. Source: the issue.
const MORE_LOST_OF_100: usize = 2;

/// Ink on the pad in row order, 0 paper to 1 ink.
#[derive(Clone)]
struct Pad(Vec<f32>);

impl Pad {
    /// A digit drawn `scale` times as large about the pad's middle, then moved by `shift` px, bilinear between its
    /// pixels. A person cannot draw beside the pad, so the shift stops where the ink would leave it.
    fn drawn(digit: &[f32], scale: f32, shift: [f32; 2]) -> Self {
        let unit = scale * PAD as f32 / SIDE as f32;
        let [columns, rows] = bounds(digit);
        let middle = PAD as f32 / 2.0;
        let origin = [(shift[0], columns), (shift[1], rows)].map(|(shift, [first, end])| {
            let place = |at: usize| middle + (at as f32 - SIDE as f32 / 2.0) * unit;
            let room = [-place(first), PAD as f32 - place(end)];
            middle + shift.max(room[0]).min(room[1].max(room[0]))
        });
        let at = |x: isize, y: isize| {
            let inside = |i: isize| usize::try_from(i).ok().filter(|&i| i < SIDE);
            inside(x).zip(inside(y)).map_or(0.0, |(x, y)| digit[y * SIDE + x])
        };
        let level = |pixel: usize| {
            let source = |axis: usize, i: usize| {
                (i as f32 + 0.5 - origin[axis]) / unit + (SIDE as f32 - 1.0) / 2.0
            };
            let (x, y) = (source(0, pixel % PAD), source(1, pixel / PAD));
            let (left, top) = (x.floor(), y.floor());
            let (right, low) = (x - left, y - top);
            let (i, j) = (left as isize, top as isize);
            let upper = at(i, j) * (1.0 - right) + at(i + 1, j) * right;
            let lower = at(i, j + 1) * (1.0 - right) + at(i + 1, j + 1) * right;
            upper * (1.0 - low) + lower * low
        };
        Self((0..PAD * PAD).map(level).collect())
    }

    /// Every pixel the least within `radius` px: a pen that is 2 `radius` narrower.
    fn eroded(&self, radius: isize) -> Self {
        let side = PAD as isize;
        let mut least = self.0.clone();
        for dy in -radius..=radius {
            for dx in -radius..=radius {
                if dx * dx + dy * dy > radius * radius || (dx, dy) == (0, 0) {
                    continue;
                }
                for y in 0.max(-dy)..side.min(side - dy) {
                    let (from, to) = (((y + dy) * side) as usize, (y * side) as usize);
                    for x in 0.max(-dx)..side.min(side - dx) {
                        let other = self.0[from + (x + dx) as usize];
                        let pixel = &mut least[to + x as usize];
                        *pixel = pixel.min(other);
                    }
                }
            }
        }
        Self(least)
    }

    /// Eroded as far as half of the ink is left: about half as wide a pen.
    fn thinned(&self) -> Self {
        let ink = |pad: &Self| pad.0.iter().sum::<f32>();
        let half = ink(self) / 2.0;
        let mut thin = self.clone();
        for radius in 1..=12 {
            let next = self.eroded(radius);
            if ink(&next) < half {
                // Whichever is nearer to half.
                return if half - ink(&next) < ink(&thin) - half { next } else { thin };
            }
            thin = next;
        }
        thin
    }

    fn faint(mut self, level: f32) -> Self {
        self.0.iter_mut().for_each(|value| *value *= level);
        self
    }

    /// What the network sees of it: black ink on white paper, normalised.
    fn seen(&self) -> Vec<f32> {
        let luminance: Vec<f32> = self.0.iter().map(|ink| 1.0 - ink).collect();
        let image = normalise_picture(&luminance, PAD, PAD).expect("finite levels, the right size");
        image.map_or_else(|| vec![0.0; PIXELS], latent_ink::ink::Image::into_vec)
    }
}

/// First and last + 1 column and row with ink.
fn bounds(digit: &[f32]) -> [[usize; 2]; 2] {
    let inked = || (0..PIXELS).filter(|&pixel| digit[pixel] > 0.1);
    let span = |at: fn(usize) -> usize| {
        let low = inked().map(at).min().expect("a digit has ink");
        [low, inked().map(at).max().expect("a digit has ink") + 1]
    };
    [span(|pixel| pixel % SIDE), span(|pixel| pixel / SIDE)]
}

/// A pen one pixel narrower at 28 px: the least of each pixel and its neighbours to the right and below.
fn eroded_small(digit: &[f32]) -> Vec<f32> {
    let at = |x: usize, y: usize| if x < SIDE && y < SIDE { digit[y * SIDE + x] } else { 0.0 };
    let least = |pixel: usize| {
        let (x, y) = (pixel % SIDE, pixel / SIDE);
        at(x, y).min(at(x + 1, y)).min(at(x, y + 1)).min(at(x + 1, y + 1))
    };
    (0..PIXELS).map(least).collect()
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn dataset(set: &str) -> Dataset {
    let read = |name: String| {
        std::fs::read(path("data/mnist").join(name)).expect("MNIST is there: `cargo xtask data`")
    };
    Dataset::from_idx(
        &read(format!("{set}-images-idx3-ubyte")),
        &read(format!("{set}-labels-idx1-ubyte")),
    )
    .expect("MNIST is whole")
}

fn sharp() -> Model {
    let bytes = std::fs::read(path("www/models/sharp.safetensors")).expect("a model is committed");
    weights::from_bytes(&bytes).expect("the committed model is whole").0
}

struct Row {
    name: &'static str,
    pads: fn(&[f32]) -> Pad,
}

#[rustfmt::skip]
const ROWS: [Row; 17] = [
    Row { name: "untouched", pads: |digit| Pad::drawn(digit, 1.0, [0.0, 0.0]) },
    Row { name: "60 px left", pads: |digit| Pad::drawn(digit, 1.0, [-60.0, 0.0]) },
    Row { name: "60 px right", pads: |digit| Pad::drawn(digit, 1.0, [60.0, 0.0]) },
    Row { name: "60 px up", pads: |digit| Pad::drawn(digit, 1.0, [0.0, -60.0]) },
    Row { name: "60 px down", pads: |digit| Pad::drawn(digit, 1.0, [0.0, 60.0]) },
    Row { name: "60 px left and up", pads: |digit| Pad::drawn(digit, 1.0, [-60.0, -60.0]) },
    Row { name: "60 px right and down", pads: |digit| Pad::drawn(digit, 1.0, [60.0, 60.0]) },
    Row { name: "x0.5", pads: |digit| Pad::drawn(digit, 0.5, [0.0, 0.0]) },
    Row { name: "x0.7", pads: |digit| Pad::drawn(digit, 0.7, [0.0, 0.0]) },
    Row { name: "x1.2", pads: |digit| Pad::drawn(digit, 1.2, [0.0, 0.0]) },
    Row { name: "x1.35", pads: |digit| Pad::drawn(digit, 1.35, [0.0, 0.0]) },
    Row { name: "x0.5, 60 px left and up", pads: |digit| Pad::drawn(digit, 0.5, [-60.0, -60.0]) },
    Row { name: "x0.7, 60 px right and down", pads: |digit| Pad::drawn(digit, 0.7, [60.0, 60.0]) },
    Row { name: "ink at 0.2", pads: |digit| Pad::drawn(digit, 1.0, [0.0, 0.0]).faint(0.2) },
    Row { name: "half the pen", pads: |digit| Pad::drawn(digit, 1.0, [0.0, 0.0]).thinned() },
    Row { name: "half the pen, x0.5", pads: |digit| Pad::drawn(digit, 0.5, [0.0, 0.0]).thinned() },
    Row { name: "2x2 erosion at 28 px", pads: |digit| Pad::drawn(&eroded_small(digit), 1.0, [0.0, 0.0]) },
];

fn grey(data: &Dataset, index: usize) -> Vec<f32> {
    data.image(index).iter().map(|&level| f32::from(level) / 255.0).collect()
}

/// How many of the digits at `indices` their reconstructions no longer read as, for each of [`ROWS`].
fn lost(model: &Model, reader: &Neighbours, data: &Dataset, indices: &[usize]) -> Vec<usize> {
    let count = |row: &Row| {
        let mut x = Array2::zeros((indices.len(), PIXELS));
        for (mut x, &index) in x.rows_mut().into_iter().zip(indices) {
            x.iter_mut().zip((row.pads)(&grey(data, index)).seen()).for_each(|(x, seen)| *x = seen);
        }
        let read =
            reader.read(reconstruct(model, x.view(), &[]).expect("images of P values").view());
        read.iter().zip(indices).filter(|(read, index)| **read != data.labels()[**index]).count()
    };
    ROWS.iter().map(count).collect()
}

#[test]
#[ignore = "for tuning the thickening on other digits than the test's: `-- --ignored --nocapture`"]
fn figures_of_training_digits() {
    let (data, known) = (dataset("train"), dataset("t10k"));
    let indices: Vec<usize> = (0..1000).map(|i| i * 59 + 1).collect();
    let lost = lost(&sharp(), &Neighbours::new(&known, 0..8000), &data, &indices);
    for (row, lost) in ROWS.iter().zip(lost) {
        println!("{:<28}{lost:>4} of {} lost", row.name, indices.len());
    }
}

#[test]
fn disturbed_digits_still_read_as_themselves() {
    let data = dataset("t10k");
    let indices: Vec<usize> = (8000..10_000).step_by(4).collect();
    let lost = lost(&sharp(), &Neighbours::new(&data, 0..8000), &data, &indices);
    for (row, lost) in ROWS.iter().zip(&lost) {
        println!("{:<28}{lost:>4} of {} lost", row.name, indices.len());
    }
    for (row, &variant) in ROWS.iter().zip(&lost) {
        let most = lost[0] + MORE_LOST_OF_100 * indices.len() / 100;
        assert!(variant <= most, "{}: {variant} digits lost, expected at most {most}", row.name);
    }
}
