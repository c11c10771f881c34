//! The prior over codes: a small causal transformer that says how probable each code is after those before it.
//!
//! `ln p(codes) = sum over t of ln softmax(head(h_t))[code_t]`, with `h_t` from the code before, where t is, and what
//! digit it is to be. Codes are written row by row, those of a position's groups one after the other. A transformer
//! rather than masked convolutions: every code sees all before it in the first layer already, of the 49 in a map it
//! wastes nothing on padding, and a step that keeps keys and values costs one row of each product.

use rand::Rng;

use super::{cross_entropy, softmax};
use crate::{
    error::{Error, Result},
    nn::{Block, BlockCache, BlockTrace, Dense, Parameters, RmsNorm, Slot},
};

/// More layers than this are refused: a config from outside must not exhaust the memory of a page.
const MOST_LAYERS: usize = 64;

/// The size of a prior over codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodePriorConfig {
    /// Blocks of attention.
    pub layers: usize,
    /// Values that stand for a code between layers.
    pub width: usize,
    /// Heads of each attention.
    pub heads: usize,
    /// C, the classes that it may be told; 0 where it is told none.
    pub classes: usize,
}

/// The prior: shapes and where its tensors stand.
#[derive(Debug, Clone)]
pub struct CodePrior {
    config: CodePriorConfig,
    tokens: usize,
    groups: usize,
    codes: usize,
    /// `[groups * K, width]`.
    code: Slot,
    /// `[tokens, width]`.
    place: Slot,
    /// `[C + 1, width]`; the last is for not being told.
    class: Slot,
    blocks: Vec<Block>,
    norm: RmsNorm,
    head: Dense,
}

/// One batch on its way through the prior and back; kept between batches, so that steady training allocates nothing.
#[derive(Debug, Clone, Default)]
pub struct CodePriorPass {
    /// `[B, tokens, K]`.
    logits: Vec<f32>,
    d_logits: Vec<f32>,
    hidden: Vec<f32>,
    normed: Vec<f32>,
    d_normed: Vec<f32>,
    d_hidden: Vec<f32>,
    blocks: Vec<BlockTrace>,
}

/// Several code maps being written, one code of each at a time.
#[derive(Debug, Clone)]
pub struct Writing {
    classes: Vec<Option<u8>>,
    /// What is written, `[maps, step]`, by steps.
    written: Vec<Vec<u8>>,
    hidden: Vec<f32>,
    normed: Vec<f32>,
    logits: Vec<f32>,
    blocks: Vec<BlockCache>,
}

/// How a code is drawn from its probabilities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CodeSampling {
    /// Logits are divided by it: 1 is the prior itself, 0 takes the most probable code.
    pub temperature: f32,
    /// Only so many of the most probable codes; 0 for all.
    pub top: usize,
}

impl CodePrior {
    /// Adds the tensors of the prior over maps of so many tokens to `parameters`.
    ///
    /// # Errors
    /// [`Error::Config`] where the sizes make no prior.
    pub fn new(
        config: CodePriorConfig,
        tokens: usize,
        groups: usize,
        codes: usize,
        parameters: &mut Parameters,
    ) -> Result<Self> {
        let CodePriorConfig { layers, width, heads, classes } = config;
        if layers > MOST_LAYERS || classes > 256 {
            return Err(Error::Config(format!(
                "latent.codebook.prior: {layers} layers and {classes} classes, expected at most {MOST_LAYERS} and 256"
            )));
        }
        let code = parameters.push("prior.code.weight".into(), vec![groups * codes, width])?;
        let place = parameters.push("prior.place.weight".into(), vec![tokens, width])?;
        let class = parameters.push("prior.class.weight".into(), vec![classes + 1, width])?;
        let blocks = (0..layers)
            .map(|n| Block::new(&format!("prior.{n}"), width, heads, parameters))
            .collect::<Result<_>>()?;
        let norm = RmsNorm::new("prior.norm", width, parameters)?;
        let head = Dense::new("prior.head", width, codes, parameters)?;
        Ok(Self { config, tokens, groups, codes, code, place, class, blocks, norm, head })
    }

    /// Draws the weights; the head's are 0, so that every code is as probable at first.
    pub fn initialise(&self, parameters: &mut Parameters, rng: &mut impl Rng) {
        for slot in [self.code, self.place, self.class] {
            // Three of them are added: a variance of 1 together.
            parameters.fill_uniform(slot, 1.0, rng);
        }
        self.blocks.iter().for_each(|block| block.initialise(parameters, rng));
        self.norm.initialise(parameters);
        self.head.initialise(0.0, parameters, rng);
    }

    /// Its size.
    #[must_use]
    pub fn config(&self) -> &CodePriorConfig {
        &self.config
    }

    /// `-ln p(codes)` in nats, averaged over B; leaves in `pass` what [`backward`](Self::backward) needs.
    ///
    /// # Shapes
    /// `codes`: `[B, tokens]`, `classes`: B.
    pub fn forward(
        &self,
        parameters: &Parameters,
        codes: &[u8],
        classes: &[Option<u8>],
        pass: &mut CodePriorPass,
    ) -> f64 {
        assert!(codes.len() == classes.len() * self.tokens, "{} codes", codes.len());
        let CodePriorPass { logits, d_logits, hidden, normed, blocks, .. } = pass;
        hidden.clear();
        for (codes, &class) in codes.chunks_exact(self.tokens).zip(classes) {
            for t in 0..self.tokens {
                let before = t.checked_sub(1).map(|before| codes[before]);
                self.embed(parameters, t, before, class, hidden);
            }
        }
        blocks.resize_with(self.blocks.len(), BlockTrace::default);
        for (block, trace) in self.blocks.iter().zip(blocks) {
            block.forward(parameters, self.tokens, hidden, trace);
        }
        normed.resize(hidden.len(), 0.0);
        self.norm.forward(parameters, hidden, normed);
        logits.resize(codes.len() * self.codes, 0.0);
        self.head.forward(parameters, normed, None, logits);
        d_logits.resize(logits.len(), 0.0);
        cross_entropy(self.codes, logits, codes, d_logits) * self.tokens as f64
    }

    /// Writes the gradient of what [`forward`](Self::forward) returned by the prior's parameters.
    ///
    /// # Shapes
    /// As there.
    pub fn backward(
        &self,
        parameters: &Parameters,
        codes: &[u8],
        classes: &[Option<u8>],
        pass: &mut CodePriorPass,
        d_parameters: &mut Parameters,
    ) {
        let CodePriorPass { d_logits, hidden, normed, d_normed, d_hidden, blocks, .. } = pass;
        d_logits.iter_mut().for_each(|d| *d *= self.tokens as f32);
        d_normed.resize(normed.len(), 0.0);
        self.head.backward(parameters, normed, d_logits, Some(d_normed), d_parameters);
        d_hidden.clear();
        d_hidden.resize(hidden.len(), 0.0);
        self.norm.backward(parameters, hidden, d_normed, d_hidden, d_parameters);
        for (block, trace) in self.blocks.iter().zip(blocks).rev() {
            block.backward(parameters, self.tokens, trace, d_hidden, d_parameters);
        }
        // forward: h_t = place[t] + class[y] + code[code before]
        // so:      each row's gradient is the sum of those of the h that it went into
        for slot in [self.code, self.place, self.class] {
            d_parameters.get_mut(slot).fill(0.0);
        }
        let width = self.config.width;
        let maps = codes.chunks_exact(self.tokens).zip(classes);
        for ((codes, &class), d) in maps.zip(d_hidden.chunks_exact(self.tokens * width)) {
            for (t, d) in d.chunks_exact(width).enumerate() {
                let before = t.checked_sub(1).map(|before| codes[before]);
                for (slot, row) in self.rows(t, before, class) {
                    let to = &mut d_parameters.get_mut(slot)[row * width..][..width];
                    to.iter_mut().zip(d).for_each(|(to, d)| *to += d);
                }
            }
        }
    }

    /// Begins as many maps as there are classes, of which nothing is written.
    #[must_use]
    pub fn begin(&self, classes: Vec<Option<u8>>) -> Writing {
        Writing {
            classes,
            written: Vec::with_capacity(self.tokens),
            hidden: Vec::new(),
            normed: Vec::new(),
            logits: Vec::new(),
            blocks: vec![BlockCache::default(); self.blocks.len()],
        }
    }

    /// The logits of each map's next code; [`Writing::write`] says what it became.
    ///
    /// # Shapes
    /// → `[maps, K]`.
    ///
    /// # Panics
    /// Where every code is written.
    pub fn next<'a>(&self, parameters: &Parameters, writing: &'a mut Writing) -> &'a [f32] {
        let t = writing.written.len();
        assert!(t < self.tokens, "all {t} codes are written");
        let Writing { classes, written, hidden, normed, logits, blocks } = writing;
        hidden.clear();
        for (map, &class) in classes.iter().enumerate() {
            let before = written.last().map(|before| before[map]);
            self.embed(parameters, t, before, class, hidden);
        }
        for (block, cache) in self.blocks.iter().zip(blocks) {
            block.step(parameters, hidden, cache);
        }
        normed.resize(hidden.len(), 0.0);
        self.norm.forward(parameters, hidden, normed);
        logits.resize(classes.len() * self.codes, 0.0);
        self.head.forward(parameters, normed, None, logits);
        logits
    }

    /// Appends h of one token before the first layer.
    fn embed(
        &self,
        parameters: &Parameters,
        t: usize,
        before: Option<u8>,
        class: Option<u8>,
        hidden: &mut Vec<f32>,
    ) {
        let (width, start) = (self.config.width, hidden.len());
        hidden.resize(start + width, 0.0);
        for (slot, row) in self.rows(t, before, class) {
            let from = &parameters.get(slot)[row * width..][..width];
            hidden[start..].iter_mut().zip(from).for_each(|(h, from)| *h += from);
        }
    }

    /// The rows that h of one token is the sum of.
    fn rows(
        &self,
        t: usize,
        before: Option<u8>,
        class: Option<u8>,
    ) -> impl Iterator<Item = (Slot, usize)> {
        let told = class.map(usize::from).filter(|&class| class < self.config.classes);
        let class = (self.class, told.unwrap_or(self.config.classes));
        let of_code = |code: u8| (t - 1) % self.groups * self.codes + usize::from(code);
        let code = before.map(|code| (self.code, of_code(code)));
        [(self.place, t), class].into_iter().chain(code)
    }
}

impl Writing {
    /// Appends a code to each map.
    pub fn write(&mut self, codes: Vec<u8>) {
        assert!(codes.len() == self.classes.len(), "{} codes", codes.len());
        self.written.push(codes);
    }

    /// How many codes each map has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.written.len()
    }

    /// Whether nothing is written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    /// What is written, map by map.
    #[must_use]
    pub fn codes(&self) -> Vec<u8> {
        let of_map = |map: usize| self.written.iter().map(move |codes| codes[map]);
        (0..self.classes.len()).flat_map(of_map).collect()
    }
}

impl CodeSampling {
    /// Draws a code: the first at which the probabilities of all up to it pass `unit`, which is uniform in [0, 1).
    #[must_use]
    pub fn draw(self, logits: &[f32], unit: f64) -> u8 {
        let mut order: Vec<usize> = (0..logits.len()).collect();
        order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]));
        if self.top > 0 {
            order.truncate(self.top);
        }
        if self.temperature <= 0.0 {
            order.truncate(1);
        }
        // The most probable first, so that a small difference between platforms moves as few draws as can be.
        let mut shares: Vec<f32> =
            order.iter().map(|&code| logits[code] / self.temperature.max(1e-6)).collect();
        softmax(&mut shares);
        let mut left = unit;
        for (&code, &share) in order.iter().zip(&shares) {
            left -= f64::from(share);
            if left < 0.0 {
                return code as u8;
            }
        }
        order[0] as u8
    }
}
