//! A learned prior: a normalising flow of affine couplings (Dinh, Sohl-Dickstein & Bengio 2017, RealNVP).
//!
//! Each coupling keeps some dimensions of u and moves the others: `u' = u exp(s) + t`, where a small network makes s and
//! t from the kept ones. From `u = z` through all of them to `u ~ N(0, I)`, which gives the density,
//!
//! `ln p(z) = ln N(u; 0, I) + sum of all s`,
//!
//! and back from noise to z, which gives samples. Both ways cost the same. All s and t are 0 at first: p is N(0, I).

use rand::Rng;

use crate::{
    error::{Error, Result},
    kernel::functions,
    nn::{LayerConfig, Parameters, Trace, Trunk, TrunkInput},
};

/// The names of a flow's tensors begin with it.
pub(super) const PRIOR: &str = "prior.";
/// |s| is below this: one coupling scales by at most e² = 7.4. Chosen: any of 1 to 4 works.
const MOST_SCALE: f32 = 2.0;
/// More couplings than this are refused: a config from outside must not exhaust the memory of a page.
const MOST_COUPLINGS: usize = 64;

/// The size of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlowConfig {
    /// How many couplings there are; two keep and move the same dimensions in turn.
    pub couplings: usize,
    /// Units in each of the two hidden layers of a coupling's network.
    pub hidden: usize,
}

/// The flow: shapes and where its tensors stand.
#[derive(Debug, Clone)]
pub struct Flow {
    size: usize,
    couplings: Vec<Coupling>,
}

#[derive(Debug, Clone)]
struct Coupling {
    kept: Vec<usize>,
    moved: Vec<usize>,
    /// From the kept dimensions to s before its bound, and t, of each moved one.
    network: Trunk,
}

/// One batch on its way through a flow and back; kept between batches, so that steady training allocates nothing.
#[derive(Debug, Clone, Default)]
pub struct FlowPass {
    /// `ln p(z) - ln N(z; 0, I)` of each row, in nats.
    pub log_ratio: Vec<f64>,
    u: Vec<f32>,
    steps: Vec<Step>,
    d_u: Vec<f32>,
    d_network: Vec<f32>,
    d_kept: Vec<f32>,
}

/// What a coupling leaves behind for the way back.
#[derive(Debug, Clone, Default)]
struct Step {
    kept: Vec<f32>,
    /// The moved dimensions before they were moved.
    before: Vec<f32>,
    s: Vec<f32>,
    /// `exp(s)`.
    growth: Vec<f32>,
    t: Vec<f32>,
    trace: Trace,
}

impl Flow {
    /// Adds the networks' tensors, named `prior.<coupling>.<layer>.weight` and `.bias`, to `parameters`.
    ///
    /// # Errors
    /// [`Error::Config`] for a size that makes no flow.
    pub fn new(size: usize, config: FlowConfig, parameters: &mut Parameters) -> Result<Self> {
        let FlowConfig { couplings, hidden } = config;
        if size < 2 || !(1..=MOST_COUPLINGS).contains(&couplings) {
            return Err(Error::Config(format!(
                "a flow of {couplings} couplings in {size} dimensions: expected 1 to {MOST_COUPLINGS}, in 2 or more"
            )));
        }
        // Dimensions are told apart by a bit of their number, another bit for each pair of couplings.
        let bits = (usize::BITS - (size - 1).leading_zeros()) as usize;
        let coupling = |n: usize| {
            let is_kept = |j: &usize| (j >> (n / 2 % bits)) & 1 == n & 1;
            let (kept, moved): (Vec<usize>, Vec<usize>) = (0..size).partition(is_kept);
            let layers = [
                LayerConfig::Dense(hidden),
                LayerConfig::Silu,
                LayerConfig::Dense(hidden),
                LayerConfig::Silu,
                LayerConfig::Dense(2 * moved.len()),
            ];
            let input = TrunkInput::Flat(kept.len());
            let network = Trunk::new(&format!("{PRIOR}{n}"), input, &layers, parameters)?;
            Ok(Coupling { kept, moved, network })
        };
        let couplings = (0..couplings).map(coupling).collect::<Result<_>>()?;
        Ok(Self { size, couplings })
    }

    /// Draws the networks' weights, those of their last layers 0: the flow begins as the identity.
    pub fn initialise(&self, parameters: &mut Parameters, rng: &mut impl Rng) {
        for coupling in &self.couplings {
            coupling.network.initialise_to_zero(parameters, rng);
        }
    }

    /// `ln p(z) - ln N(z; 0, I)` of each row, in nats; leaves in `pass` what [`backward`](Self::backward) needs.
    ///
    /// # Shapes
    /// `z`: `[B, Z]` → B values.
    pub fn log_ratio<'a>(
        &self,
        parameters: &Parameters,
        z: &[f32],
        pass: &'a mut FlowPass,
    ) -> &'a [f64] {
        let FlowPass { log_ratio, u, steps, .. } = pass;
        u.clear();
        u.extend_from_slice(z);
        log_ratio.clear();
        log_ratio.resize(z.len() / self.size, 0.0);
        steps.resize_with(self.couplings.len(), Step::default);
        for (coupling, step) in self.couplings.iter().zip(steps) {
            let m = coupling.moved.len();
            coupling.run(parameters, self.size, u, step);
            step.before.clear();
            for (row, u) in u.chunks_exact_mut(self.size).enumerate() {
                let (s, growth) = (&step.s[row * m..][..m], &step.growth[row * m..][..m]);
                log_ratio[row] += s.iter().map(|&s| f64::from(s)).sum::<f64>();
                let t = &step.t[row * m..][..m];
                for ((&j, growth), t) in coupling.moved.iter().zip(growth).zip(t) {
                    step.before.push(u[j]);
                    u[j] = u[j] * growth + t;
                }
            }
        }
        let rows = z.chunks_exact(self.size).zip(u.chunks_exact(self.size));
        for (log_ratio, (z, u)) in log_ratio.iter_mut().zip(rows) {
            let square = |x: &f32| f64::from(*x) * f64::from(*x);
            *log_ratio += z.iter().zip(u).map(|(z, u)| square(z) - square(u)).sum::<f64>() / 2.0;
        }
        log_ratio
    }

    /// `ln p(z)` of each row, in nats.
    ///
    /// # Shapes
    /// `z`: `[B, Z]` → B values.
    #[must_use]
    pub fn log_density(&self, parameters: &Parameters, z: &[f32]) -> Vec<f64> {
        let mut pass = FlowPass::default();
        self.log_ratio(parameters, z, &mut pass);
        for (ln_p, z) in pass.log_ratio.iter_mut().zip(z.chunks_exact(self.size)) {
            *ln_p += z.iter().map(|&z| standard_log_density(z)).sum::<f64>();
        }
        pass.log_ratio
    }

    /// Goes back through the batch that [`log_ratio`](Self::log_ratio) left in `pass`: writes the gradient of
    /// `sum of weights * log_ratio` by the flow's parameters, and adds the one by z to `d_z`.
    ///
    /// # Shapes
    /// `z`, `d_z`: `[B, Z]`, `weights`: B values.
    pub fn backward(
        &self,
        parameters: &Parameters,
        z: &[f32],
        weights: &[f32],
        pass: &mut FlowPass,
        d_z: &mut [f32],
        d_parameters: &mut Parameters,
    ) {
        let FlowPass { u, steps, d_u, d_network, d_kept, .. } = pass;
        let weight = |i: usize| weights[i / self.size];
        // forward: log_ratio = sum of all s + (z² - u²) / 2,  at the end
        d_u.clear();
        d_u.extend(u.iter().enumerate().map(|(i, u)| -weight(i) * u));
        for (coupling, step) in self.couplings.iter().zip(steps).rev() {
            let m = coupling.moved.len();
            d_network.resize(2 * step.s.len(), 0.0);
            for (row, d_u) in d_u.chunks_exact_mut(self.size).enumerate() {
                let (d_s, d_t) = d_network[2 * row * m..][..2 * m].split_at_mut(m);
                for (i, &j) in coupling.moved.iter().enumerate() {
                    // forward: s = C tanh(r),  u' = u exp(s) + t
                    // so:      d_t = d_u',  d_u = d_u' exp(s),  d_s = d_u' u exp(s) + weight,  d_r = d_s (C - s² / C)
                    let at = row * m + i;
                    let (s, growth) = (step.s[at], step.growth[at]);
                    d_t[i] = d_u[j];
                    d_u[j] *= growth;
                    d_s[i] = (d_u[j] * step.before[at] + weights[row])
                        * (MOST_SCALE - s * s / MOST_SCALE);
                }
            }
            d_kept.resize(step.kept.len(), 0.0);
            coupling.network.backward(
                parameters,
                &step.kept,
                &mut step.trace,
                d_network,
                Some(d_kept),
                d_parameters,
            );
            let rows =
                d_u.chunks_exact_mut(self.size).zip(d_kept.chunks_exact(coupling.kept.len()));
            for (d_u, d_kept) in rows {
                coupling.kept.iter().zip(d_kept).for_each(|(&j, d_kept)| d_u[j] += d_kept);
            }
        }
        for (i, ((d_z, d_u), z)) in d_z.iter_mut().zip(d_u).zip(z).enumerate() {
            *d_z += *d_u + weight(i) * z;
        }
    }

    /// From noise to z, in place: the other way through the flow.
    ///
    /// # Shapes
    /// `u`: `[B, Z]`, standard normal → z, `[B, Z]`.
    pub fn sample(&self, parameters: &Parameters, u: &mut [f32]) {
        for coupling in self.couplings.iter().rev() {
            let (m, mut step) = (coupling.moved.len(), Step::default());
            coupling.run(parameters, self.size, u, &mut step);
            for (row, u) in u.chunks_exact_mut(self.size).enumerate() {
                let growth = &step.growth[row * m..][..m];
                let t = &step.t[row * m..][..m];
                for ((&j, growth), t) in coupling.moved.iter().zip(growth).zip(t) {
                    u[j] = (u[j] - t) / growth;
                }
            }
        }
    }
}

impl Coupling {
    /// Fills `kept`, `s`, `growth` and `t` of `step`.
    fn run(&self, parameters: &Parameters, size: usize, u: &[f32], step: &mut Step) {
        let Step { kept, s, growth, t, trace, .. } = step;
        kept.clear();
        for u in u.chunks_exact(size) {
            kept.extend(self.kept.iter().map(|&j| u[j]));
        }
        let outputs = self.network.forward(parameters, kept, trace);
        let m = self.moved.len();
        s.clear();
        t.clear();
        for row in outputs.chunks_exact(2 * m) {
            s.extend_from_slice(&row[..m]);
            t.extend_from_slice(&row[m..]);
        }
        functions::tanh_in_place(s);
        s.iter_mut().for_each(|s| *s *= MOST_SCALE);
        growth.resize(s.len(), 0.0);
        functions::exp(s, growth);
    }
}

/// `ln N(z; 0, 1) = -(z² + ln 2π) / 2`.
pub(super) fn standard_log_density(z: f32) -> f64 {
    /// ln 2π.
    const LN_TAU: f64 = 1.837_877_066_409_345_3;
    -(f64::from(z) * f64::from(z) + LN_TAU) / 2.0
}
