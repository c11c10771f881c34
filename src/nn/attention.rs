//! Causal self-attention: each step of a sequence reads those before it and itself (Vaswani et al. 2017).

use rand::Rng;

use super::{Dense, Parameters};
use crate::{
    error::{Error, Result},
    kernel::{self, Start, functions},
};

/// The layer: `heads` times `O = softmax(Q Kᵀ / √h) V` with h values to a head, and a product over all of them.
///
/// `name.qkv`: from width to q, k and v of all heads, in that order; `name.out`: back to width.
#[derive(Debug, Clone)]
pub struct Attention {
    heads: usize,
    width: usize,
    qkv: Dense,
    out: Dense,
}

/// What one pass leaves behind for the way back; kept between passes.
#[derive(Debug, Clone, Default)]
pub struct AttentionTrace {
    /// `[b, steps, 3 width]`.
    qkv: Vec<f32>,
    /// What each step takes of each, `[b, heads, steps, steps]`.
    shares: Vec<f32>,
    /// What the heads read, `[b, steps, width]`.
    read: Vec<f32>,
    d_qkv: Vec<f32>,
    d_read: Vec<f32>,
    head: HeadScratch,
}

/// q, k, v and the output of one head in one sequence, each `[steps, h]`, and their gradients.
#[derive(Debug, Clone, Default)]
struct HeadScratch {
    parts: [Vec<f32>; 4],
    d_parts: [Vec<f32>; 3],
    d_shares: Vec<f32>,
}

/// k and v of the steps so far, of several sequences: what a next step reads.
#[derive(Debug, Clone, Default)]
pub struct AttentionCache {
    /// For each sequence `[steps, 2 width]`.
    sequences: Vec<Vec<f32>>,
    qkv: Vec<f32>,
    read: Vec<f32>,
    scores: Vec<f32>,
}

impl Attention {
    /// Adds the tensors of both products to `parameters`.
    ///
    /// # Errors
    /// [`Error::Config`] where the heads do not divide the width.
    pub fn new(
        name: &str,
        width: usize,
        heads: usize,
        parameters: &mut Parameters,
    ) -> Result<Self> {
        if heads == 0 || width == 0 || !width.is_multiple_of(heads) {
            let message = format!("{name}: {heads} heads do not divide a width of {width}");
            return Err(Error::Config(message));
        }
        let qkv = Dense::new(&format!("{name}.qkv"), width, 3 * width, parameters)?;
        let out = Dense::new(&format!("{name}.out"), width, width, parameters)?;
        Ok(Self { heads, width, qkv, out })
    }

    /// Draws the weights; those of the last product are 0, so that a residual block begins as the identity.
    pub fn initialise(&self, parameters: &mut Parameters, rng: &mut impl Rng) {
        self.qkv.initialise(1.0, parameters, rng);
        self.out.initialise(0.0, parameters, rng);
    }

    /// Runs whole sequences.
    ///
    /// # Shapes
    /// `x`, `y`: `[b, steps, width]`.
    pub fn forward(
        &self,
        parameters: &Parameters,
        steps: usize,
        x: &[f32],
        y: &mut [f32],
        trace: &mut AttentionTrace,
    ) {
        let (width, h) = (self.width, self.width / self.heads);
        let b = x.len() / (steps * width);
        let AttentionTrace { qkv, shares, read, head, .. } = trace;
        qkv.resize(3 * x.len(), 0.0);
        read.resize(x.len(), 0.0);
        shares.resize(b * self.heads * steps * steps, 0.0);
        self.qkv.forward(parameters, x, None, qkv);
        for (i, shares) in shares.chunks_exact_mut(steps * steps).enumerate() {
            let (sequence, first) = (i / self.heads, i % self.heads * h);
            self.take(steps, sequence, first, qkv, &mut head.parts);
            let [q, k, v, o] = &mut head.parts;
            kernel::matmul_nt(steps, h, steps, q, k, Start::Zero, shares);
            for (step, scores) in shares.chunks_exact_mut(steps).enumerate() {
                let (past, future) = scores.split_at_mut(step + 1);
                softmax(past, self.scale());
                future.fill(0.0);
            }
            o.resize(steps * h, 0.0);
            kernel::matmul(steps, steps, h, shares, v, Start::Zero, o);
            let rows = read[sequence * steps * width..].chunks_exact_mut(width);
            for (row, o) in rows.zip(o.chunks_exact(h)) {
                row[first..first + h].copy_from_slice(o);
            }
        }
        self.out.forward(parameters, read, None, y);
    }

    /// Writes the gradients of the parameters and of the input.
    ///
    /// # Shapes
    /// `x`, `d_y`, `d_x`: `[b, steps, width]`.
    pub fn backward(
        &self,
        parameters: &Parameters,
        (steps, x, d_y): (usize, &[f32], &[f32]),
        trace: &mut AttentionTrace,
        d_x: &mut [f32],
        d_parameters: &mut Parameters,
    ) {
        let (width, h, scale) = (self.width, self.width / self.heads, self.scale());
        let AttentionTrace { qkv, shares, read, d_qkv, d_read, head } = trace;
        d_read.resize(read.len(), 0.0);
        d_qkv.resize(qkv.len(), 0.0);
        self.out.backward(parameters, read, d_y, Some(d_read), d_parameters);
        for (i, shares) in shares.chunks_exact(steps * steps).enumerate() {
            let (sequence, first) = (i / self.heads, i % self.heads * h);
            self.take(steps, sequence, first, qkv, &mut head.parts);
            let HeadScratch { parts: [q, k, v, d_o], d_parts: [d_q, d_k, d_v], d_shares } = head;
            d_o.clear();
            for row in d_read[sequence * steps * width..].chunks_exact(width).take(steps) {
                d_o.extend_from_slice(&row[first..first + h]);
            }
            for d in [&mut *d_q, d_k, d_v] {
                d.resize(steps * h, 0.0);
            }
            d_shares.resize(steps * steps, 0.0);
            // forward: S = Q Kᵀ / √h,  A = softmax(S),  O = A V
            // so:      d_V = Aᵀ d_O,   d_A = d_O Vᵀ,   d_S = A (d_A - sum over a row of A d_A),
            //          d_Q = d_S K / √h,   d_K = d_Sᵀ Q / √h
            kernel::matmul_tn(steps, steps, h, shares, d_o, Start::Zero, d_v);
            kernel::matmul_nt(steps, h, steps, d_o, v, Start::Zero, d_shares);
            for (a, d) in shares.chunks_exact(steps).zip(d_shares.chunks_exact_mut(steps)) {
                let mean: f32 = a.iter().zip(&*d).map(|(a, d)| a * d).sum();
                a.iter().zip(d).for_each(|(a, d)| *d = a * (*d - mean) * scale);
            }
            kernel::matmul(steps, steps, h, d_shares, k, Start::Zero, d_q);
            kernel::matmul_tn(steps, steps, h, d_shares, q, Start::Zero, d_k);
            let rows = d_qkv[sequence * steps * 3 * width..].chunks_exact_mut(3 * width);
            for (step, row) in rows.take(steps).enumerate() {
                for (part, d) in [&*d_q, d_k, d_v].into_iter().enumerate() {
                    row[part * width + first..][..h].copy_from_slice(&d[step * h..][..h]);
                }
            }
        }
        self.qkv.backward(parameters, x, d_qkv, Some(d_x), d_parameters);
    }

    /// Runs one step more of several sequences.
    ///
    /// # Shapes
    /// `x`, `y`: `[b, width]`.
    pub fn step(
        &self,
        parameters: &Parameters,
        x: &[f32],
        y: &mut [f32],
        cache: &mut AttentionCache,
    ) {
        let (width, h) = (self.width, self.width / self.heads);
        let AttentionCache { sequences, qkv, read, scores } = cache;
        sequences.resize_with(x.len() / width, Vec::new);
        qkv.resize(3 * x.len(), 0.0);
        read.resize(x.len(), 0.0);
        self.qkv.forward(parameters, x, None, qkv);
        let rows = qkv.chunks_exact(3 * width).zip(read.chunks_exact_mut(width));
        for ((qkv, read), past) in rows.zip(sequences) {
            let (q, kv) = qkv.split_at(width);
            past.extend_from_slice(kv);
            read.fill(0.0);
            for first in (0..width).step_by(h) {
                let of_head = |row: &[f32]| -> f32 {
                    q[first..first + h].iter().zip(&row[first..]).map(|(q, k)| q * k).sum()
                };
                scores.clear();
                scores.extend(past.chunks_exact(2 * width).map(of_head));
                softmax(scores, self.scale());
                for (share, row) in scores.iter().zip(past.chunks_exact(2 * width)) {
                    let v = &row[width + first..][..h];
                    let o = &mut read[first..first + h];
                    o.iter_mut().zip(v).for_each(|(o, v)| *o += share * v);
                }
            }
        }
        self.out.forward(parameters, read, None, y);
    }

    fn scale(&self) -> f32 {
        1.0 / ((self.width / self.heads) as f32).sqrt()
    }

    /// Copies q, k and v of one head in one sequence.
    fn take(
        &self,
        steps: usize,
        sequence: usize,
        first: usize,
        qkv: &[f32],
        [q, k, v, _]: &mut [Vec<f32>; 4],
    ) {
        let (width, h) = (self.width, self.width / self.heads);
        for (part, to) in [q, k, v].into_iter().enumerate() {
            to.clear();
            for row in qkv[sequence * steps * 3 * width..].chunks_exact(3 * width).take(steps) {
                to.extend_from_slice(&row[part * width + first..][..h]);
            }
        }
    }
}

/// `softmax(scale scores)`, in place.
fn softmax(scores: &mut [f32], scale: f32) {
    let most = scores.iter().fold(f32::NEG_INFINITY, |most, &score| most.max(score));
    scores.iter_mut().for_each(|score| *score = scale * (*score - most));
    functions::exp_in_place(scores);
    let sum: f32 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= sum);
}
