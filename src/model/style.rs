//! Writing in somebody's style: SA-VAE  (Sun, Ren, Li, Su & Zhu 2018).
//!
//! A glyph x is a character's content c in a hidden style s ~ N(0, I), which all glyphs of a hand share.
//!
//! What of a glyph neither says, that a stroke came out a little lower, is z ~ N(0, I), its own; without it the decoder could
//! only average over all the ways it might have come out, and that is blur.
//!
//! `q(s | x, c)` an encoder reads from one glyph and the picture of its content; of several glyphs it is the product of
//! theirs ([`Gaussians::product`]). The same encoder has heads for `q(z | x, c)`. `p(x | c, s, z)` a decoder writes from a
//! picture of the content, under s and z in every block.
//!
//! The paper's intercross training: a glyph is written from the style of *other* glyphs, so that s can hold nothing of its
//! content. `-ELBO = D(logits, x) + w KL(q(s | examples) || N(0, I)) + v KL(q(z | x, c) || N(0, I))`; w is below 1, since one
//! s writes many glyphs, and v above, so that z keeps off what s can say.
//!
//! Where the paper reads content from glyphs and a code of components and layout, c is here a picture of the character's
//! strokes: it says of characters that no training has seen where everything goes.

use rand::Rng;

use super::{Gaussians, LOG_VAR_LIMIT, Likelihood, StyleConfig};
use crate::{
    error::{Error, Result},
    kernel::losses,
    nn::{Dense, Parameters, Trace, Trunk, TrunkInput},
};

/// Glyphs that are written at a time where none are learned from: few enough that their activations stay in the cache.
const WRITTEN: usize = 8;

/// Channels that say where a pixel is, x and y in ±1: convolutions alone do not know, and hands differ in how they fill the
/// square (Liu et al. 2018).
const PLACE: usize = 2;

/// The most of `side`, `content` and `style`.
const MOST: usize = 512;

/// A model of writing styles.
#[derive(Debug, Clone)]
pub struct StyleModel {
    config: StyleConfig,
    encoder: Trunk,
    mu: Dense,
    log_var: Dense,
    /// mu and log_var of z, where there is one.
    own: Option<[Dense; 2]>,
    decoder: Trunk,
    parameters: Parameters,
}

/// What a batch costs, averaged over B, in nats.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct StyleLoss {
    /// D, summed over P.
    pub recon: f64,
    /// KL of the style, summed over its dimensions; unweighted.
    pub kl: f64,
    /// KL of what each glyph has of its own.
    pub own: f64,
}

/// Glyphs to learn from.
#[derive(Debug, Clone, Default)]
pub struct StyleBatch {
    /// `[B, P]` in 0..=1, 1 = ink.
    pub glyphs: Vec<f32>,
    /// Their content pictures, `[B, P, content]`.
    pub contents: Vec<f32>,
    /// For each glyph those that tell its style, by their rows.
    pub examples: Vec<Vec<u32>>,
}

/// One batch on its way through the model and back; kept between batches.
#[derive(Debug, Clone, Default)]
pub struct StylePass {
    /// Standard normal noise, `[B, style]` and then `[B, own]`; given before [`StyleModel::forward`].
    pub eps: Vec<f32>,
    /// What each glyph says of its style.
    readings: Gaussians,
    /// What the examples of each glyph say together.
    posterior: Gaussians,
    style: Vec<f32>,
    /// Glyphs with their contents behind them, `[B, P, 1 + content]`.
    x: Vec<f32>,
    /// Contents with the place of each pixel behind them, `[B, P, content + 2]`.
    pictures: Vec<f32>,
    encoded: Trace,
    decoded: Trace,
    d_logits: Vec<f32>,
    d_style: Vec<f32>,
    /// d style / d log_var, then d loss / d log_var.
    d_log_var: Vec<f32>,
    d_kl: Vec<f32>,
    d_readings: Gaussians,
    own: Own,
    d_hidden: Vec<f32>,
    share: Vec<f32>,
}

/// z of each glyph, `[B, own]`, and its way back.
#[derive(Debug, Clone, Default)]
struct Own {
    posterior: Gaussians,
    z: Vec<f32>,
    d_z: Vec<f32>,
    d_log_var: Vec<f32>,
    d_kl: Vec<f32>,
}

impl StyleModel {
    /// A model of this architecture, every parameter 0.
    ///
    /// # Errors
    /// [`Error::Config`] where the layers do not fit each other, the glyphs or the style.
    pub fn zeros(config: StyleConfig) -> Result<Self> {
        for (name, count) in
            [("side", config.side), ("content", config.content), ("style", config.style)]
        {
            if !(1..=MOST).contains(&count) {
                return Err(Error::Config(format!("{name}: expected 1 to {MOST}, got {count}")));
            }
        }
        if config.own > MOST {
            return Err(Error::Config(format!("own: expected at most {MOST}, got {}", config.own)));
        }
        let mut parameters = Parameters::default();
        let glyph = TrunkInput::Image(config.image(1 + config.content));
        let encoder = Trunk::new("encoder", glyph, &config.encoder, &mut parameters)?;
        let mu = Dense::new("mu", encoder.outputs(), config.style, &mut parameters)?;
        let log_var = Dense::new("log_var", encoder.outputs(), config.style, &mut parameters)?;
        let own = (config.own > 0)
            .then(|| {
                let head = |name, parameters: &mut Parameters| {
                    Dense::new(name, encoder.outputs(), config.own, parameters)
                };
                Ok([head("own.mu", &mut parameters)?, head("own.log_var", &mut parameters)?])
            })
            .transpose()?;
        let picture = TrunkInput::Image(config.image(config.content + PLACE));
        let decoder = Trunk::conditioned(
            "decoder",
            picture,
            config.style + config.own,
            &config.decoder,
            &mut parameters,
        )?;
        let (ends_with, pixels) = (decoder.outputs(), config.side * config.side);
        if ends_with != pixels {
            return Err(Error::Config(format!(
                "the decoder ends with {ends_with} values, expected {pixels}, one for each pixel of a glyph"
            )));
        }
        Ok(Self { config, encoder, mu, log_var, own, decoder, parameters })
    }

    /// A model of this architecture with random weights; `ink` is the mean level of the glyphs, at which the output starts.
    ///
    /// # Errors
    /// As [`zeros`](Self::zeros).
    pub fn random(config: StyleConfig, ink: f32, rng: &mut impl Rng) -> Result<Self> {
        let mut model = Self::zeros(config)?;
        let parameters = &mut model.parameters;
        model.encoder.initialise(parameters, rng);
        model.mu.initialise(1.0, parameters, rng);
        // Small, so that training starts with sigma near 1 whatever the trunk's scale.
        model.log_var.initialise(0.1, parameters, rng);
        if let Some([mu, log_var]) = &model.own {
            mu.initialise(1.0, parameters, rng);
            log_var.initialise(0.1, parameters, rng);
        }
        model.decoder.initialise(parameters, rng);
        if let Some(bias) = model.decoder.last_bias() {
            parameters.get_mut(bias).fill(Likelihood::Bernoulli.from_mean(ink));
        }
        Ok(model)
    }

    /// The architecture.
    #[must_use]
    pub fn config(&self) -> &StyleConfig {
        &self.config
    }

    /// P, the pixels of a glyph.
    #[must_use]
    pub fn pixels(&self) -> usize {
        self.config.side * self.config.side
    }

    /// Every parameter, named.
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Every parameter, to be changed.
    pub fn parameters_mut(&mut self) -> &mut Parameters {
        &mut self.parameters
    }

    /// The dimensions of what is read of a hand and written with: of s, and of what its glyphs have of their own in common.
    #[must_use]
    pub fn style_size(&self) -> usize {
        self.config.style + self.config.own
    }

    /// What each glyph says of its hand, `[B, style_size]`: of s, and of the mean of z over the hand's glyphs. It is one
    /// observation of that mean, N(z, 1), since z is spread as N(0, I).
    ///
    /// # Shapes
    /// `glyphs`: `[B, P]` in 0..=1, `contents`: `[B, P, content]`.
    ///
    /// # Panics
    /// Where the two have not the same number of glyphs; so do the other methods of flat rows.
    #[must_use]
    pub fn read(&self, glyphs: &[f32], contents: &[f32]) -> Gaussians {
        let mut readings = Gaussians::default();
        let mut pass = StylePass::default();
        let (p, picture) = (self.pixels(), self.config.picture().count());
        let chunks = glyphs.chunks(WRITTEN * p).zip(contents.chunks(WRITTEN * picture));
        for (glyphs, contents) in chunks {
            self.encode(glyphs, contents, &mut pass);
            let StylePass { readings: Gaussians { mu, log_var }, own, .. } = &pass;
            let (size, own_size) = (self.config.style, self.config.own);
            for row in 0..glyphs.len() / p {
                let of_style = row * size..(row + 1) * size;
                readings.mu.extend(&mu[of_style.clone()]);
                readings.log_var.extend(&log_var[of_style]);
                readings.mu.extend(&own.posterior.mu[row * own_size..(row + 1) * own_size]);
                readings.log_var.resize(readings.mu.len(), 0.0);
            }
        }
        readings
    }

    /// The style of a hand by all the glyphs that there are of it: one row.
    ///
    /// # Shapes
    /// As [`read`](Self::read).
    #[must_use]
    pub fn read_together(&self, glyphs: &[f32], contents: &[f32]) -> Gaussians {
        let readings = self.read(glyphs, contents);
        let all: Vec<u32> = (0..(glyphs.len() / self.pixels()) as u32).collect();
        let mut posterior = Gaussians::default();
        posterior.resize(self.style_size());
        let Gaussians { mu, log_var } = &mut posterior;
        readings.product(&all, mu, log_var);
        posterior
    }

    /// The glyphs of these contents in these styles, as [`read_together`](Self::read_together) gives them.
    ///
    /// # Shapes
    /// `styles`: `[B, style_size]`, `contents`: `[B, P, content]` → `[B, P]` in 0..=1.
    #[must_use]
    pub fn write(&self, styles: &[f32], contents: &[f32]) -> Vec<f32> {
        let (style, picture) = (self.style_size(), self.config.picture().count());
        let (b, p) = (styles.len() / style, self.pixels());
        assert!(contents.len() == b * picture, "{} values of {b} pictures", contents.len());
        let mut glyphs = Vec::with_capacity(b * p);
        let (mut trace, mut pictures) = (Trace::default(), Vec::new());
        let chunks = styles.chunks(WRITTEN * style).zip(contents.chunks(WRITTEN * picture));
        for (styles, contents) in chunks {
            trace.condition_mut().clear();
            trace.condition_mut().extend_from_slice(styles);
            self.place(contents, &mut pictures);
            glyphs.extend(self.decoder.forward(&self.parameters, &pictures, &mut trace));
        }
        Likelihood::Bernoulli.to_mean(&mut glyphs);
        glyphs
    }

    /// What a batch costs; leaves in `pass` what [`backward`](Self::backward) needs. Reductions: D is summed over P, each KL
    /// over its dimensions, all are averaged over B.
    pub fn forward(&self, batch: &StyleBatch, pass: &mut StylePass) -> StyleLoss {
        let (b, size) = (batch.examples.len(), self.config.style);
        let (pixels, noise) = (batch.glyphs.len(), pass.eps.len());
        assert!(pixels == b * self.pixels(), "{pixels} pixels of {b} glyphs");
        assert!(noise == b * (size + self.config.own), "{noise} of eps for {b} glyphs");
        self.encode(&batch.glyphs, &batch.contents, pass);
        let StylePass { eps, readings, posterior, style, d_log_var, d_kl, own, .. } = pass;
        posterior.resize(b * size);
        let rows =
            posterior.mu.chunks_exact_mut(size).zip(posterior.log_var.chunks_exact_mut(size));
        for (examples, (mu, log_var)) in batch.examples.iter().zip(rows) {
            readings.product(examples, mu, log_var);
        }
        let (of_style, of_own) = eps.split_at(b * size);
        let kl = sample(posterior, of_style, style, d_log_var, d_kl);
        let Own { posterior, z, d_log_var, d_kl, .. } = own;
        let own = sample(posterior, of_own, z, d_log_var, d_kl);
        let StylePass { style, own: Own { z, .. }, pictures, decoded, d_logits, .. } = pass;
        let condition = decoded.condition_mut();
        condition.clear();
        for row in 0..b {
            condition.extend_from_slice(&style[row * size..(row + 1) * size]);
            condition.extend_from_slice(&z[row * self.config.own..(row + 1) * self.config.own]);
        }
        self.place(&batch.contents, pictures);
        let logits = self.decoder.forward(&self.parameters, pictures, decoded);
        d_logits.resize(logits.len(), 0.0);
        let p = self.pixels();
        let recon = Likelihood::Bernoulli.recon_and_gradient(p, logits, &batch.glyphs, d_logits);
        let b = b as f64;
        StyleLoss { recon: recon / b, kl: kl / b, own: own / b }
    }

    /// Writes the gradient of `recon + w kl + v own` of the batch that [`forward`](Self::forward) left in `pass`.
    pub fn backward(
        &self,
        batch: &StyleBatch,
        [w, v]: [f32; 2],
        pass: &mut StylePass,
        gradient: &mut Parameters,
    ) {
        let (b, size) = (batch.examples.len(), self.config.style);
        let StylePass { pictures, decoded, d_logits, d_style, own, .. } = &mut *pass;
        self.decoder.backward(&self.parameters, pictures, decoded, d_logits, None, gradient);
        d_style.clear();
        own.d_z.clear();
        for d in decoded.d_condition().chunks_exact(size + self.config.own) {
            let (of_style, of_own) = d.split_at(size);
            d_style.extend_from_slice(of_style);
            own.d_z.extend_from_slice(of_own);
        }
        let StylePass { readings, posterior, d_style, d_log_var, d_kl, d_readings, own, .. } = pass;
        losses::sample_backward(&posterior.mu, d_kl, w / b as f32, d_style, d_log_var);
        let Own { posterior: of_own, d_z, d_log_var: d_own, d_kl, .. } = own;
        losses::sample_backward(&of_own.mu, d_kl, v / b as f32, d_z, d_own);
        d_readings.resize(b * size);
        d_readings.mu.fill(0.0);
        d_readings.log_var.fill(0.0);
        for (row, examples) in batch.examples.iter().enumerate() {
            let row = row * size..(row + 1) * size;
            let product = (&posterior.mu[row.clone()], &posterior.log_var[row.clone()]);
            let d_product = (&d_style[row.clone()], &d_log_var[row]);
            readings.product_backward(examples, product, d_product, d_readings);
        }
        let mut heads =
            vec![(&self.mu, &d_readings.mu[..]), (&self.log_var, &d_readings.log_var[..])];
        if let Some([mu, log_var]) = &self.own {
            heads.extend([(mu, &d_z[..]), (log_var, &d_own[..])]);
        }
        let StylePass { x, encoded, d_hidden, share, .. } = pass;
        let hidden = encoded.output(x);
        d_hidden.clear();
        d_hidden.resize(hidden.len(), 0.0);
        share.resize(hidden.len(), 0.0);
        for (head, d) in heads {
            head.backward(&self.parameters, hidden, d, Some(share), gradient);
            d_hidden.iter_mut().zip(&*share).for_each(|(d, share)| *d += share);
        }
        self.encoder.backward(&self.parameters, x, encoded, d_hidden, None, gradient);
    }

    /// Puts the place of each pixel behind its content.
    fn place(&self, contents: &[f32], pictures: &mut Vec<f32>) {
        let (side, channels) = (self.config.side, self.config.content);
        let at = |index: usize| (2 * index + 1) as f32 / side as f32 - 1.0;
        pictures.clear();
        for (pixel, content) in contents.chunks_exact(channels).enumerate() {
            pictures.extend_from_slice(content);
            pictures.extend([at(pixel % side), at(pixel / side % side)]);
        }
    }

    /// Leaves in `pass` what each glyph says of its style.
    fn encode(&self, glyphs: &[f32], contents: &[f32], pass: &mut StylePass) {
        let StylePass { x, encoded, readings, own, .. } = pass;
        let (b, channels) = (glyphs.len() / self.pixels(), self.config.content);
        assert!(contents.len() == glyphs.len() * channels, "{} values of {b}", contents.len());
        x.clear();
        for (&level, content) in glyphs.iter().zip(contents.chunks_exact(channels)) {
            x.push(level);
            x.extend_from_slice(content);
        }
        let hidden = self.encoder.forward(&self.parameters, x, encoded);
        readings.resize(b * self.config.style);
        self.mu.forward(&self.parameters, hidden, None, &mut readings.mu);
        self.log_var.forward(&self.parameters, hidden, None, &mut readings.log_var);
        if let Some([mu, log_var]) = &self.own {
            own.posterior.resize(b * self.config.own);
            mu.forward(&self.parameters, hidden, None, &mut own.posterior.mu);
            log_var.forward(&self.parameters, hidden, None, &mut own.posterior.log_var);
        }
    }
}

/// Draws from Gaussians, and returns the sum of their KL to N(0, I).
fn sample(
    of: &Gaussians,
    eps: &[f32],
    drawn: &mut Vec<f32>,
    d_log_var: &mut Vec<f32>,
    d_kl: &mut Vec<f32>,
) -> f64 {
    drawn.clone_from(&of.mu);
    d_log_var.resize(drawn.len(), 0.0);
    d_kl.resize(drawn.len(), 0.0);
    losses::sample(&of.log_var, eps, LOG_VAR_LIMIT, drawn, d_log_var, d_kl)
}

/// Room for the gradient of how examples are written by the style they are written in.
#[derive(Debug, Clone)]
pub struct StyleRefinement {
    pictures: Vec<f32>,
    trace: Trace,
    d_logits: Vec<f32>,
    unused: Parameters,
}

impl StyleRefinement {
    /// Room for those of this model.
    #[must_use]
    pub fn new(model: &StyleModel) -> Self {
        Self {
            pictures: Vec::new(),
            trace: Trace::default(),
            d_logits: Vec::new(),
            unused: model.parameters.zeros_like(),
        }
    }

    /// The gradient by the style of D summed over the glyphs.
    ///
    /// # Shapes
    /// `style`: `[style_size]`, `glyphs`: `[B, P]`, `contents`: `[B, P, content]` → `[style_size]`.
    #[must_use]
    pub fn gradient(
        &mut self,
        model: &StyleModel,
        style: &[f32],
        glyphs: &[f32],
        contents: &[f32],
    ) -> Vec<f32> {
        let Self { pictures, trace, d_logits, unused } = self;
        let (p, picture) = (model.pixels(), model.config.picture().count());
        let mut d_style = vec![0.0; style.len()];
        let chunks = glyphs.chunks(WRITTEN * p).zip(contents.chunks(WRITTEN * picture));
        for (glyphs, contents) in chunks {
            let b = glyphs.len() / p;
            *trace.condition_mut() = style.repeat(b);
            model.place(contents, pictures);
            let logits = model.decoder.forward(&model.parameters, pictures, trace);
            d_logits.resize(logits.len(), 0.0);
            Likelihood::Bernoulli.recon_and_gradient(p, logits, glyphs, d_logits);
            model.decoder.backward(&model.parameters, pictures, trace, d_logits, None, unused);
            for d in trace.d_condition().chunks_exact(style.len()) {
                // The loss is averaged over glyphs, and so is its gradient.
                d_style.iter_mut().zip(d).for_each(|(sum, d)| *sum += d * b as f32);
            }
        }
        d_style
    }
}
