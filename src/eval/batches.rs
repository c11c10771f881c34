//! Work on many images, a batch at a time: natively on every thread, with results that do not depend on how many.

use std::ops::Range;

use super::BATCH;
use crate::error::Result;

/// What `work` makes of each batch of `count` images, in order; `on_batch` hears, in order, how many images are done.
pub(super) fn map_batches<T: Send>(
    count: usize,
    work: impl Fn(Range<usize>) -> Result<T> + Sync,
    mut on_batch: impl FnMut(usize),
) -> Result<Vec<T>> {
    let batch = |number: usize| number * BATCH..count.min((number + 1) * BATCH);
    let batches = count.div_ceil(BATCH);
    let mut made = Vec::with_capacity(batches);
    while made.len() < batches {
        let round = made.len()..batches.min(made.len() + batches_at_once());
        for result in each(round, |number| work(batch(number))) {
            made.push(result?);
            on_batch(count.min(made.len() * BATCH));
        }
    }
    Ok(made)
}

#[cfg(not(target_arch = "wasm32"))]
fn batches_at_once() -> usize {
    rayon::current_num_threads()
}

#[cfg(target_arch = "wasm32")]
fn batches_at_once() -> usize {
    1
}

#[cfg(not(target_arch = "wasm32"))]
fn each<T: Send>(numbers: Range<usize>, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    use rayon::prelude::*;
    numbers.into_par_iter().map(&work).collect()
}

#[cfg(target_arch = "wasm32")]
fn each<T>(numbers: Range<usize>, work: impl Fn(usize) -> T) -> Vec<T> {
    numbers.map(work).collect()
}
