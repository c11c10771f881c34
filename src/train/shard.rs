//! One step divided: each of several trainers with the same weights takes some rows of the batch, and later some of the
//! numbers that the step changes.
//!
//! `gradient = 1/N sum over shards of their gradients`, each an average over its own rows, weighted where they are not as many as
//! the others'. The sum is taken by whoever divides the step, in a fixed order.

use std::ops::Range;

/// One of several equal parts of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which, counted from 0.
    pub index: usize,
    /// N, how many there are; at most B.
    pub of: usize,
}

impl Shard {
    /// The undivided step.
    pub const WHOLE: Self = Self { index: 0, of: 1 };

    /// Its share of `count` things in a row: together the shards have each once.
    #[must_use]
    pub fn part(self, count: usize) -> Range<usize> {
        assert!(self.index < self.of, "shard {} of {}", self.index, self.of);
        // In u64, because in WebAssembly the product of parameters and shards need not fit a usize.
        let border = |i: usize| (count as u64 * i as u64 / self.of as u64) as usize;
        border(self.index)..border(self.index + 1)
    }
}

/// What all shards of a step come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShardSums {
    /// D, summed over the shards.
    pub recon: f64,
    /// KL, summed over the shards.
    pub kl: f64,
    /// The squares of the mean gradient, summed over all its numbers.
    pub squares: f64,
}
