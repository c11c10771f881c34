//! The batches of a run: which images, and what becomes of each before the network sees it.
//!
//! Every draw follows from seed and step, and stands at its place in the step's stream whichever rows are asked for: the rows
//! of a part of a batch are, bit for bit, those that the whole batch has there.

use std::ops::Range;

use rand::seq::SliceRandom;

use super::{
    Augment, Dataset, Draws, Pixels,
    seeds::{Purpose, generator},
};
use crate::nn::Shape;

/// Where a batch stands, and how its images are read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reading {
    /// The run's seed.
    pub(super) seed: u32,
    /// The steps before.
    pub(super) step: u64,
    /// B.
    pub(super) batch: usize,
    /// The shape of one image.
    pub(super) shape: Shape,
    /// How images are changed.
    pub(super) augment: Augment,
    /// What the pixels become then.
    pub(super) pixels: Pixels,
}

/// The order of an epoch, and room for one batch.
#[derive(Debug, Clone)]
pub(super) struct Batches {
    order: Vec<u32>,
    order_epoch: Option<u64>,
    image: Vec<u8>,
    x: Vec<f32>,
    labels: Vec<u8>,
}

impl Batches {
    /// Of a set of so many images.
    pub(super) fn new(images: usize) -> Self {
        let order = (0..images as u32).collect();
        Self { order, order_epoch: None, image: Vec::new(), x: Vec::new(), labels: Vec::new() }
    }

    /// How many images there are.
    pub(super) fn images(&self) -> usize {
        self.order.len()
    }

    /// What [`read`](Self::read) read last.
    pub(super) fn x(&self) -> &[f32] {
        &self.x
    }

    /// The labels of those rows.
    pub(super) fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// Takes a batch that has been read elsewhere, for the one before; labels stay what they were.
    pub(super) fn swap(&mut self, x: &mut Vec<f32>) {
        std::mem::swap(&mut self.x, x);
    }

    /// Reads some rows of a batch, `[rows.len(), P]`.
    pub(super) fn read(&mut self, data: &Dataset, reading: Reading, rows: Range<usize>) {
        let Reading { seed, step, batch: b, shape, augment, pixels } = reading;
        let per_epoch = (self.order.len() / b) as u64;
        let (epoch, batch) = (step / per_epoch, step % per_epoch);
        if self.order_epoch != Some(epoch) {
            // From the identity each time: an epoch's order must not depend on the epochs before it.
            self.order.iter_mut().zip(0..).for_each(|(index, i)| *index = i);
            self.order.shuffle(&mut generator(seed, Purpose::Order, epoch));
            self.order_epoch = Some(epoch);
        }
        let mut draws = Draws::new(seed, step);
        let mut rng_augment = generator(seed, Purpose::Augment, step);
        let Shape { height, width, channels } = shape;
        let width = width * channels;
        self.image.resize(data.pixels(), 0);
        self.x.resize(rows.len() * data.pixels(), 0.0);
        let (before, own) = self.order[batch as usize * b..][..rows.end].split_at(rows.start);
        // Rows of others are changed and counted too: how much each draws depends on its pixels.
        let mut drawn = 0;
        for &index in before {
            let image = data.image(index as usize);
            augment.apply(image, height, width, &mut rng_augment, &mut self.image);
            drawn += pixels.draws(&self.image) as u128;
        }
        draws.skip(drawn);
        self.labels.clear();
        self.labels.extend(own.iter().map(|&index| data.labels()[index as usize]));
        for (&index, x) in own.iter().zip(self.x.chunks_exact_mut(data.pixels())) {
            let image = data.image(index as usize);
            augment.apply(image, height, width, &mut rng_augment, &mut self.image);
            pixels.read(&self.image, index as usize, &mut draws, x);
        }
    }
}
