//! Random numbers: one ChaCha8 stream for each purpose and counter, so that none depends on how many another drew.

use chacha20::ChaCha8Rng;
use rand::SeedableRng;

/// What random numbers are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Purpose {
    /// The first weights.
    Weights = 1,
    /// The order of the training images in an epoch.
    Order = 2,
    /// Bernoulli draws of grey pixels.
    Binarise = 3,
    /// eps of the posterior's sample.
    Posterior = 4,
    /// eps of samples from the prior.
    Prior = 5,
    /// What is done to a training image before it is learnt from.
    Augment = 8,
    /// Which images of a set are measured, where measuring all would take too long.
    Subset = 9,
    /// New places for codes that are not used, and which maps of codes are told their class.
    Codes = 10,
    /// Draws of grey pixels that stay as they were drawn; the counter is the image's index.
    Static = 11,
}

/// The generator for one purpose and counter (a step, an epoch, a row of a grid).
#[must_use]
pub fn generator(seed: u32, purpose: Purpose, counter: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(u64::from(seed));
    rng.set_stream(((purpose as u64) << 56) | counter);
    rng
}
