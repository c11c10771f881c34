//! The codebook: a map of vectors, each replaced by the nearest of K codes (van den Oord, Vinyals & Kavukcuoglu 2017).
//!
//! The encoder gives z_e, `[height, width, groups * dim]`. At every position each group of `dim` values becomes the code
//! nearest to it, out of K that the group has for itself (Jégou, Douze & Schmid 2011, product quantisation); the decoder
//! reads these codes, z_q. A position costs `groups ln K` nats at most.
//!
//! `loss = D(g(z_q), x) + beta |z_e - sg(z_q)|²`, and where codes learn by gradient `+ |sg(z_e) - z_q|²`
//!
//! sg stops the gradient. That of z_q goes straight to z_e, as if nothing had been replaced.
//!
//! All of this is in the feature `codebook`; without it there is no value of [`CodebookConfig`], so that nothing that
//! needs one reaches the page's WebAssembly.

#[cfg(not(feature = "codebook"))]
use std::convert::Infallible;

use rand::Rng;
use serde::Serialize;
use serde_json::{Value, json};

#[cfg(feature = "codebook")]
use super::config::{Object, count, counts, unexpected};
use super::{CodePrior, CodePriorConfig, CodePriorPass};
use crate::{
    error::{Error, Result},
    kernel::{self, Start},
    nn::{Parameters, Shape, Slot},
};

/// More codes than this are refused: a code is a byte.
const MOST_CODES: usize = 1 << 8;

/// The size of a codebook, and how it learns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CodebookConfig {
    /// Rows of the code map.
    pub height: usize,
    /// Its columns.
    pub width: usize,
    /// Codebooks to a position, each for its own part of the vector.
    pub groups: usize,
    /// K, the codes in each of them.
    pub codes: usize,
    /// Values in a code.
    pub dim: usize,
    /// beta, the weight of the commitment `|z_e - sg(z_q)|²`.
    pub commitment: f32,
    /// How codes follow what the encoder says.
    pub update: CodeUpdate,
    /// A code that is used less than this share of what it would be, were all used as often, begins anew somewhere else;
    /// 0 for never.
    pub revive: f32,
    /// The learned prior over the codes; where there is none, all are as probable.
    pub prior: Option<CodePriorConfig>,
    #[cfg(not(feature = "codebook"))]
    pub(super) never: Infallible,
}

/// How codes follow what the encoder says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CodeUpdate {
    /// By the gradient of `|sg(z_e) - z_q|²`, through the optimiser.
    Gradient,
    /// As running means of what was nearest to them, whose past fades by this factor a step (the paper's appendix A.1).
    Average(f32),
}

impl CodebookConfig {
    /// Reads the JSON form; `prior` may be left out.
    ///
    /// # Errors
    /// [`Error::Config`] with the place, what was expected and what came.
    #[cfg(feature = "codebook")]
    pub fn from_json(json: &Value) -> Result<Self> {
        let object = Object::new("latent.codebook", json)?;
        let (fields, prior) = if json.get("prior").is_some() {
            let [fields @ .., prior] = object.fields([
                "height",
                "width",
                "groups",
                "codes",
                "dim",
                "commitment",
                "update",
                "revive",
                "prior",
            ])?;
            (fields, Some(prior))
        } else {
            let fields = object.fields([
                "height",
                "width",
                "groups",
                "codes",
                "dim",
                "commitment",
                "update",
                "revive",
            ])?;
            (fields, None)
        };
        let [height, width, groups, codes, dim, commitment, update, revive] = fields;
        let number = |name: &str, json: &Value| {
            let place = format!("latent.codebook.{name}");
            let number = json.as_f64().ok_or_else(|| unexpected(&place, "a number", json))?;
            Ok(number as f32)
        };
        let update = match update.as_str() {
            Some("gradient") => CodeUpdate::Gradient,
            Some(_) => return Err(unexpected("latent.codebook.update", UPDATES, update)),
            None => match Object::new("latent.codebook.update", update)?.only() {
                Some(("average", decay)) => CodeUpdate::Average(number("update.average", decay)?),
                _ => return Err(unexpected("latent.codebook.update", UPDATES, update)),
            },
        };
        Ok(Self {
            height: count("latent.codebook.height", height)?,
            width: count("latent.codebook.width", width)?,
            groups: count("latent.codebook.groups", groups)?,
            codes: count("latent.codebook.codes", codes)?,
            dim: count("latent.codebook.dim", dim)?,
            commitment: number("commitment", commitment)?,
            update,
            revive: number("revive", revive)?,
            prior: prior.map(prior_from_json).transpose()?,
        })
    }

    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let Self { height, width, groups, codes, dim, commitment, revive, .. } = *self;
        let update = match self.update {
            CodeUpdate::Gradient => json!("gradient"),
            CodeUpdate::Average(decay) => json!({ "average": decay }),
        };
        let mut json = json!({
            "height": height, "width": width, "groups": groups, "codes": codes, "dim": dim,
            "commitment": commitment, "update": update, "revive": revive,
        });
        if let Some(CodePriorConfig { layers, width, heads, classes }) = self.prior {
            json["prior"] =
                json!({ "layers": layers, "width": width, "heads": heads, "classes": classes });
        }
        json
    }

    /// The shape of z_e and z_q.
    #[must_use]
    pub fn shape(&self) -> Shape {
        let Self { height, width, groups, dim, .. } = *self;
        Shape { height, width, channels: groups.saturating_mul(dim) }
    }

    /// Codes that an image becomes.
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.height * self.width * self.groups
    }
}

#[cfg(feature = "codebook")]
const UPDATES: &str = "\"gradient\" or { \"average\": the decay }";

#[cfg(feature = "codebook")]
fn prior_from_json(json: &Value) -> Result<CodePriorConfig> {
    let [layers, width, heads, classes] =
        counts("latent.codebook.prior", json, ["layers", "width", "heads", "classes"])?;
    Ok(CodePriorConfig { layers, width, heads, classes })
}

/// The codebook: its config and where its tensors stand.
#[derive(Debug, Clone)]
pub struct Codebook {
    config: CodebookConfig,
    /// `[groups * K, dim]`.
    vectors: Slot,
    /// How often each code is used in a batch, as a running mean; what PyTorch calls a buffer: nothing learns it.
    counts: Slot,
    /// Left out where there is no codebook: dropping it would be code all the same.
    #[cfg(feature = "codebook")]
    prior: Option<CodePrior>,
}

/// Codes in use, over many images.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CodeUse {
    /// The share of all codes that was used at least once.
    pub usage: f64,
    /// `exp` of the entropy of how often each is used: as many codes, all used as often, would say as much. Of several
    /// groups their mean.
    pub perplexity: f64,
}

impl Codebook {
    /// Adds `codebook.weight`, `codebook.counts` and the prior's tensors to `parameters`.
    ///
    /// # Errors
    /// [`Error::Config`] where the sizes or rates make no codebook.
    pub fn new(config: CodebookConfig, parameters: &mut Parameters) -> Result<Self> {
        let CodebookConfig { groups, codes, dim, commitment, update, revive, .. } = config;
        let is_decay = match update {
            CodeUpdate::Gradient => true,
            CodeUpdate::Average(decay) => (0.0..1.0).contains(&decay),
        };
        for (is_fine, what) in [
            (config.shape().checked_count().is_some(), "expected a map of at least 1 value"),
            ((1..=MOST_CODES).contains(&codes), "codes: expected 1 to 256"),
            (commitment >= 0.0 && commitment.is_finite(), "commitment: expected 0 or more"),
            (is_decay, "update.average: expected a number from 0 to below 1"),
            ((0.0..1.0).contains(&revive), "revive: expected a number from 0 to below 1"),
        ] {
            if !is_fine {
                return Err(Error::Config(format!("latent.codebook: {what}")));
            }
        }
        let rows = groups.saturating_mul(codes);
        let vectors = parameters.push("codebook.weight".into(), vec![rows, dim])?;
        let counts = parameters.push("codebook.counts".into(), vec![rows])?;
        Ok(Self {
            config,
            vectors,
            counts,
            #[cfg(feature = "codebook")]
            prior: match config.prior {
                Some(size) => {
                    Some(CodePrior::new(size, config.tokens(), groups, codes, parameters)?)
                }
                None => None,
            },
        })
    }

    /// Draws the codes from `U(±1/K)`  (the paper's code); none counts as used, so that the first step revives them all.
    pub fn initialise(&self, parameters: &mut Parameters, rng: &mut impl Rng) {
        parameters.fill_uniform(self.vectors, 1.0 / self.config.codes as f32, rng);
        if let Some(prior) = self.prior() {
            prior.initialise(parameters, rng);
        }
    }

    /// Its config.
    #[must_use]
    pub fn config(&self) -> &CodebookConfig {
        &self.config
    }

    /// The learned prior over the codes.
    #[must_use]
    pub fn prior(&self) -> Option<&CodePrior> {
        #[cfg(feature = "codebook")]
        return self.prior.as_ref();
        #[cfg(not(feature = "codebook"))]
        None
    }

    /// All codes, `[groups * K, dim]`.
    #[must_use]
    pub fn vectors<'a>(&self, parameters: &'a Parameters) -> &'a [f32] {
        parameters.get(self.vectors)
    }

    /// How often each code was used in a batch while it was trained, groups * K values.
    #[must_use]
    pub fn counts<'a>(&self, parameters: &'a Parameters) -> &'a [f32] {
        parameters.get(self.counts)
    }

    /// The squared distance of each vector from each of its group's codes.
    ///
    /// # Shapes
    /// `z_e`: `[B, height, width, groups * dim]` → `[B, height, width, groups, K]`.
    #[must_use]
    pub fn distances(&self, parameters: &Parameters, z_e: &[f32]) -> Vec<f32> {
        let CodebookConfig { groups, codes, dim, .. } = self.config;
        let vectors = self.vectors(parameters);
        let squares: Vec<f32> = vectors.chunks_exact(dim).map(|e| dot(e, e)).collect();
        let rows = z_e.len() / dim;
        let mut distances = vec![0.0; rows * codes];
        let (mut part, mut products) = (Vec::new(), vec![0.0; rows / groups * codes]);
        for group in 0..groups {
            part.clear();
            for z in z_e.chunks_exact(dim).skip(group).step_by(groups) {
                part.extend_from_slice(z);
            }
            let of_group = group * codes..(group + 1) * codes;
            let (e, squares) =
                (&vectors[of_group.start * dim..of_group.end * dim], &squares[of_group]);
            kernel::matmul_nt(rows / groups, dim, codes, &part, e, Start::Zero, &mut products);
            let to = distances.chunks_exact_mut(codes).skip(group).step_by(groups);
            let from = part.chunks_exact(dim).zip(products.chunks_exact(codes));
            for (to, (z, products)) in to.zip(from) {
                let square = dot(z, z);
                for ((to, product), e) in to.iter_mut().zip(products).zip(squares) {
                    // |z - e|² = |z|² - 2 z e + |e|², which rounding may take below 0.
                    *to = (square - 2.0 * product + e).max(0.0);
                }
            }
        }
        distances
    }

    /// The nearest code of each vector, the first where several are.
    ///
    /// # Shapes
    /// `z_e`: `[B, height, width, groups * dim]` → `[B, height, width, groups]`.
    #[must_use]
    pub fn nearest(&self, parameters: &Parameters, z_e: &[f32]) -> Vec<u8> {
        let distances = self.distances(parameters, z_e);
        let least = |distances: &[f32]| {
            let mut best = 0;
            for (code, distance) in distances.iter().enumerate() {
                if *distance < distances[best] {
                    best = code;
                }
            }
            best as u8
        };
        distances.chunks_exact(self.config.codes).map(least).collect()
    }

    /// z_q: what the codes stand for, in place of `z_q`.
    ///
    /// # Shapes
    /// `codes`: `[B, height, width, groups]`, each below K → `[B, height, width, groups * dim]`.
    pub fn look_up(&self, parameters: &Parameters, codes: &[u8], z_q: &mut Vec<f32>) {
        let dim = self.config.dim;
        let vectors = self.vectors(parameters);
        z_q.clear();
        for row in self.rows(codes) {
            z_q.extend_from_slice(&vectors[row * dim..][..dim]);
        }
    }

    /// Where each code's vector stands: codes are counted in their group.
    fn rows(&self, codes: &[u8]) -> impl Iterator<Item = usize> {
        let CodebookConfig { groups, codes: k, .. } = self.config;
        codes.iter().enumerate().map(move |(i, &code)| i % groups * k + usize::from(code))
    }

    /// Goes back through the codebook: from the gradient by z_q, in `d_z`, to that by z_e, in its place; writes the
    /// gradient of the codes. `scale` is 1 / B.
    pub(super) fn backward(
        &self,
        parameters: &Parameters,
        (z_e, z_q): (&[f32], &[f32]),
        (commitment, scale): (f32, f32),
        d_z: &mut [f32],
        d_parameters: &mut Parameters,
    ) {
        // forward: z_q = z_e + sg(e - z_e),  loss = D + beta |z_e - sg(e)|² + |sg(z_e) - e|²
        // so:      d_z_e = d_z_q + 2 beta (z_e - e),   d_e = sum over its vectors of 2 (e - z_e)
        for ((d_z, z_e), e) in d_z.iter_mut().zip(z_e).zip(z_q) {
            *d_z += 2.0 * commitment * scale * (z_e - e);
        }
        d_parameters.get_mut(self.counts).fill(0.0);
        let d_vectors = d_parameters.get_mut(self.vectors);
        d_vectors.fill(0.0);
        if self.config.update != CodeUpdate::Gradient {
            return;
        }
        let dim = self.config.dim;
        let vectors = z_e.chunks_exact(dim).zip(z_q.chunks_exact(dim));
        let codes = self.nearest(parameters, z_e);
        for (row, (z, e)) in self.rows(&codes).zip(vectors) {
            for ((d, z), e) in d_vectors[row * dim..][..dim].iter_mut().zip(z).zip(e) {
                *d += 2.0 * scale * (e - z);
            }
        }
    }

    /// What a batch teaches the codes beside its gradient: the running means, and new places for those that are not used.
    ///
    /// With n vectors nearest to a code, whose sum is s: `N ← γ N + (1 - γ) n`, `e ← e + (1 - γ) (s - n e) / N`, which is
    /// the paper's `m ← γ m + (1 - γ) s`, `e = m / N`.
    pub fn learn(
        &self,
        parameters: &mut Parameters,
        (z_e, codes): (&[f32], &[u8]),
        rng: &mut impl Rng,
    ) {
        let CodebookConfig { dim, update, revive, .. } = self.config;
        let decay = if let CodeUpdate::Average(decay) = update { decay } else { COUNTS_DECAY };
        let used = parameters.get(self.counts).len();
        let (mut n, mut sums) = (vec![0.0_f32; used], vec![0.0; used * dim]);
        for (row, z) in self.rows(codes).zip(z_e.chunks_exact(dim)) {
            n[row] += 1.0;
            sums[row * dim..][..dim].iter_mut().zip(z).for_each(|(sum, z)| *sum += z);
        }
        for (count, n) in parameters.get_mut(self.counts).iter_mut().zip(&n) {
            *count = decay * *count + (1.0 - decay) * n;
        }
        if let CodeUpdate::Average(_) = update {
            let counts = parameters.get(self.counts).to_vec();
            let vectors = parameters.get_mut(self.vectors).chunks_exact_mut(dim);
            for (((e, s), n), count) in vectors.zip(sums.chunks_exact(dim)).zip(n).zip(counts) {
                if n > 0.0 {
                    let share = (1.0 - decay) / count;
                    e.iter_mut().zip(s).for_each(|(e, s)| *e += share * (s - n * *e));
                }
            }
        }
        if revive > 0.0 {
            self.revive(parameters, (z_e, codes), rng);
        }
    }

    /// Gives each code that is hardly used the place of a vector of the batch, drawn with a probability in proportion to
    /// its squared distance from the code that it has (Arthur & Vassilvitskii 2007, k-means++): most vectors are alike,
    /// and a draw among all would put every such code beside the same one.
    fn revive(
        &self,
        parameters: &mut Parameters,
        (z_e, codes): (&[f32], &[u8]),
        rng: &mut impl Rng,
    ) {
        let CodebookConfig { groups, codes: k, dim, revive, .. } = self.config;
        let fair = (codes.len() / groups) as f32 / k as f32;
        for group in 0..groups {
            let of_group = group * k..(group + 1) * k;
            let counts = &parameters.get(self.counts)[of_group.clone()];
            let unused: Vec<usize> =
                of_group.filter(|row| counts[row % k] < revive * fair).collect();
            if unused.is_empty() {
                continue;
            }
            let vectors = self.vectors(parameters);
            let mut total = 0.0;
            let mut sums = Vec::with_capacity(codes.len() / groups);
            let of_batch = z_e.chunks_exact(dim).zip(self.rows(codes)).skip(group).step_by(groups);
            for (z, row) in of_batch {
                let e = &vectors[row * dim..][..dim];
                total += z.iter().zip(e).map(|(z, e)| f64::from(z - e).powi(2)).sum::<f64>();
                sums.push(total);
            }
            for row in unused {
                let unit = f64::from(rng.next_u32()) / 4_294_967_296.0;
                let drawn = sums.partition_point(|&sum| sum <= unit * total).min(sums.len() - 1);
                let z = &z_e[(drawn * groups + group) * dim..][..dim];
                parameters.get_mut(self.vectors)[row * dim..][..dim].copy_from_slice(z);
                // As many as a code that is used as often as all: time to find its place.
                parameters.get_mut(self.counts)[row] = fair;
            }
        }
    }

    /// `-ln p(codes)`, summed over the images: by the learned prior, which is told each image's class, or with all codes as
    /// probable. In nats; what it takes to say the codes.
    ///
    /// # Shapes
    /// `codes`: `[B, height, width, groups]`, `classes`: B.
    #[must_use]
    pub fn nats(&self, parameters: &Parameters, codes: &[u8], classes: &[Option<u8>]) -> f64 {
        match self.prior() {
            Some(prior) => {
                let mut pass = CodePriorPass::default();
                prior.forward(parameters, codes, classes, &mut pass) * classes.len() as f64
            }
            None => codes.len() as f64 * libm::log(self.config.codes as f64),
        }
    }

    /// How the codes of many images are used.
    ///
    /// # Shapes
    /// `codes`: `[B, height, width, groups]`.
    #[must_use]
    pub fn code_use(&self, codes: &[u8]) -> CodeUse {
        let CodebookConfig { groups, codes: k, .. } = self.config;
        let mut counts = vec![0_u32; groups * k];
        self.rows(codes).for_each(|row| counts[row] += 1);
        let used = counts.iter().filter(|&&count| count > 0).count();
        let each = (codes.len() / groups) as f64;
        let of_group = |counts: &[u32]| {
            let shares = counts.iter().filter(|&&count| count > 0).map(|&c| f64::from(c) / each);
            libm::exp(-shares.map(|share| share * libm::log(share)).sum::<f64>())
        };
        let perplexity = counts.chunks_exact(k).map(of_group).sum::<f64>() / groups as f64;
        CodeUse { usage: used as f64 / counts.len() as f64, perplexity }
    }
}

/// How the counts fade where no running mean says it. Chosen: any of 0.9 to 0.999 works.
const COUNTS_DECAY: f32 = 0.99;

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
