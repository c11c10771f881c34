//! Maps of codes that a model's prior writes, each from a seed of its own.

use std::ops::Range;

use ndarray::Array2;
use rand::Rng;

use crate::{
    error::{Error, Result},
    model::{CodeSampling, CodebookConfig, Model},
    train::seeds::{Purpose, generator},
};

/// What is known of a map before its codes are drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told<'a> {
    /// The class that it is to be.
    pub class: Option<u8>,
    /// Its first codes.
    pub codes: &'a [u8],
}

/// Writes the maps of a range, all with as many codes given; a map is the same whatever range it is drawn in. Without a
/// learned prior all codes are as probable.
///
/// # Shapes
/// → `[range, height, width, groups]`.
///
/// # Errors
/// [`Error::Config`] where the model has no codebook.
pub fn draw_codes<'a>(
    model: &Model,
    range: Range<usize>,
    told: impl Fn(usize) -> Told<'a>,
    sampling: CodeSampling,
    seed: u32,
) -> Result<Vec<u8>> {
    let codebook = model.codebook().ok_or_else(|| {
        Error::Config("a model without a codebook has no prior over codes".into())
    })?;
    let (parameters, config) = (model.parameters(), codebook.config());
    let told: Vec<Told<'_>> = range.clone().map(told).collect();
    let mut streams: Vec<_> =
        range.map(|map| generator(seed, Purpose::Prior, map as u64)).collect();
    let mut writing = codebook
        .prior()
        .map(|prior| (prior, prior.begin(told.iter().map(|told| told.class).collect())));
    let even = vec![0.0; told.len() * config.codes];
    let mut maps = vec![Vec::with_capacity(config.tokens()); told.len()];
    for t in 0..config.tokens() {
        let logits = match &mut writing {
            Some((prior, writing)) => prior.next(parameters, writing),
            None => &even,
        };
        for (map, logits) in logits.chunks_exact(config.codes).enumerate() {
            let unit = f64::from(streams[map].next_u32()) / 4_294_967_296.0;
            let drawn = sampling.draw(logits, unit);
            maps[map].push(told[map].codes.get(t).copied().unwrap_or(drawn));
        }
        if let Some((_, writing)) = &mut writing {
            writing.write(maps.iter().map(|map| map[t]).collect());
        }
    }
    Ok(maps.concat())
}

/// Codes of the rows down to the middle one, which is the upper half's.
#[must_use]
pub fn upper_half(config: &CodebookConfig) -> usize {
    config.height.div_ceil(2) * config.width * config.groups
}

/// The mean images of maps of codes.
///
/// # Shapes
/// `codes`: `[B, height, width, groups]` → `[B, P]`.
///
/// # Errors
/// [`Error::Config`] where the model has no codebook, [`Error::Shape`] for no whole number of maps.
pub fn decode_codes(model: &Model, codes: &[u8]) -> Result<Array2<f32>> {
    let codebook = model
        .codebook()
        .ok_or_else(|| Error::Config("a model without a codebook decodes no codes".into()))?;
    let tokens = codebook.config().tokens();
    if !codes.len().is_multiple_of(tokens) {
        let expected = format!("maps of {tokens} codes");
        return Err(Error::Shape { what: "codes", expected, got: codes.len().to_string() });
    }
    let mut z = Vec::new();
    codebook.look_up(model.parameters(), codes, &mut z);
    let z = Array2::from_shape_vec((codes.len() / tokens, model.latent_size()), z)
        .expect("every code has its values");
    model.decode_mean(z.view())
}
