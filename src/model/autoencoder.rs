//! The model: encoder, heads, sampler, decoder; forward and backward.

use ndarray::{Array2, ArrayView2};
use rand::Rng;

use super::{
    CodePriorConfig, Codebook, Config, Flow, FlowConfig, FlowPass, Latent, Likelihood, Loss, Pass,
    Posterior,
    flow::PRIOR,
    pass::{free, sample_pass},
};
use crate::{
    error::{Error, Result},
    kernel::losses,
    nn::{Dense, Parameters, Shape, Trace, Trunk, TrunkInput},
};

const FITS: &str = "a pass makes one row for each of its input's";

const CONTIGUOUS: &str = "standard layout is contiguous";

/// An autoencoder of any variant: its config says which.
#[derive(Debug, Clone)]
pub struct Model {
    config: Config,
    pub(super) encoder: Trunk,
    head: Head,
    pub(super) decoder: Trunk,
    pub(super) prior: Option<Flow>,
    pub(super) parameters: Parameters,
}

/// What makes z of what the encoder says.
#[derive(Debug, Clone)]
enum Head {
    /// The parameters of a Gaussian, or a point.
    Dense { mu: Dense, log_var: Option<Dense> },
    /// The nearest codes.
    Codebook(Codebook),
}

impl Model {
    /// A model of this architecture, every parameter 0.
    ///
    /// # Errors
    /// [`Error::Config`] where the layers do not fit each other, the image or the latent size.
    pub fn zeros(config: Config) -> Result<Self> {
        let size = config.latent.size();
        let pixels = config.input.checked_count().filter(|_| size > 0).ok_or_else(|| {
            let Shape { height, width, channels } = config.input;
            Error::Config(format!(
                "{height}x{width}x{channels} images and {size} latent dimensions make no model"
            ))
        })?;
        let flow = match config.latent {
            Latent::Gaussian { flow, .. } => flow,
            Latent::Plain { .. } | Latent::Codebook(_) => None,
        };
        if let Latent::Gaussian { beta, .. } = config.latent
            && !(beta.is_finite() && beta >= 0.0)
        {
            return Err(Error::Config("beta is negative or no number, expected 0 or more".into()));
        }
        #[cfg(feature = "style")]
        config.check_classes()?;
        let mut parameters = Parameters::default();
        let encoder = Trunk::conditioned(
            "encoder",
            TrunkInput::Image(config.input),
            config.classes(),
            &config.encoder,
            &mut parameters,
        )?;
        let head = match config.latent {
            Latent::Codebook(codebook) => {
                let outputs = encoder.outputs();
                if outputs != size {
                    return Err(Error::Config(format!(
                        "the encoder ends with {outputs} values, the map of codes needs {size}"
                    )));
                }
                Head::Codebook(Codebook::new(codebook, &mut parameters)?)
            }
            Latent::Plain { .. } | Latent::Gaussian { .. } => {
                let mu = Dense::new("mu", encoder.outputs(), size, &mut parameters)?;
                let log_var = matches!(config.latent, Latent::Gaussian { .. })
                    .then(|| Dense::new("log_var", encoder.outputs(), size, &mut parameters))
                    .transpose()?;
                Head::Dense { mu, log_var }
            }
        };
        let z = match config.latent {
            Latent::Codebook(codebook) => TrunkInput::Image(codebook.shape()),
            Latent::Plain { .. } | Latent::Gaussian { .. } => TrunkInput::Flat(size),
        };
        let (classes, layers) = (config.classes(), &config.decoder);
        let decoder = Trunk::conditioned("decoder", z, classes, layers, &mut parameters)?;
        if decoder.outputs() != pixels {
            return Err(Error::Config(format!(
                "the decoder ends with {} values, expected {pixels}, one for each of the image",
                decoder.outputs()
            )));
        }
        let prior = flow.map(|flow| Flow::new(size, flow, &mut parameters)).transpose()?;
        Ok(Self { config, encoder, head, decoder, prior, parameters })
    }

    /// The same model with another prior: `parameters` take the place of those of a learned prior, if it has one.
    ///
    /// # Errors
    /// [`Error::Config`] where the model has no posterior, or the parameters are not of that flow.
    pub fn with_prior(&self, flow: FlowConfig, parameters: &Parameters) -> Result<Self> {
        let Latent::Gaussian { size, beta, .. } = self.config.latent else {
            let message = "a prior is learned for a VAE, and this is a plain autoencoder";
            return Err(Error::Config(message.into()));
        };
        self.with_latent(Latent::Gaussian { size, beta, flow: Some(flow) }, parameters)
    }

    /// [`with_prior`](Self::with_prior) for a model with a codebook.
    ///
    /// # Errors
    /// [`Error::Config`] where the model has none, or the parameters are not of that prior.
    pub fn with_code_prior(&self, prior: CodePriorConfig, parameters: &Parameters) -> Result<Self> {
        let Latent::Codebook(mut codebook) = self.config.latent else {
            let message = "a prior over codes is learned for a model with a codebook";
            return Err(Error::Config(message.into()));
        };
        codebook.prior = Some(prior);
        self.with_latent(Latent::Codebook(codebook), parameters)
    }

    fn with_latent(&self, latent: Latent, parameters: &Parameters) -> Result<Self> {
        let config = Config { latent, ..self.config.clone() };
        let mut model = Self::zeros(config)?;
        for tensor in model.parameters.iter_mut() {
            let is_prior = tensor.name.starts_with(PRIOR);
            let of = if is_prior { parameters } else { &self.parameters };
            let from = of
                .iter()
                .find(|from| from.name == tensor.name && from.values.len() == tensor.values.len());
            let Some(from) = from else {
                return Err(Error::Config(format!("{}: of another prior", tensor.name)));
            };
            tensor.values.copy_from_slice(&from.values);
        }
        Ok(model)
    }

    /// A model of this architecture with random weights; `mean` is the mean image of the data, at which the output
    /// starts (its overall mean, where the last layer has one bias for all pixels).
    ///
    /// # Errors
    /// As [`zeros`](Self::zeros).
    pub fn random(config: Config, mean: &[f32], rng: &mut impl Rng) -> Result<Self> {
        let mut model = Self::zeros(config)?;
        let parameters = &mut model.parameters;
        model.encoder.initialise(parameters, rng);
        match &model.head {
            Head::Dense { mu, log_var } => {
                mu.initialise(1.0, parameters, rng);
                if let Some(log_var) = log_var {
                    // Small, so that training starts with sigma near 1 whatever the trunk's scale.
                    log_var.initialise(0.1, parameters, rng);
                }
            }
            Head::Codebook(codebook) => codebook.initialise(parameters, rng),
        }
        model.decoder.initialise(parameters, rng);
        if let Some(prior) = &model.prior {
            prior.initialise(parameters, rng);
        }
        if let Some(bias) = model.decoder.last_bias() {
            let bias = parameters.get_mut(bias);
            let pixels_each = mean.len() / bias.len();
            let likelihood = model.config.likelihood;
            if pixels_each == 1 {
                bias.iter_mut()
                    .zip(mean)
                    .for_each(|(bias, &mean)| *bias = likelihood.from_mean(mean));
            } else {
                bias.fill(likelihood.from_mean(mean.iter().sum::<f32>() / mean.len() as f32));
            }
        }
        Ok(model)
    }

    /// The architecture.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Another weight of KL; nothing that the model computes changes with it, only what training makes of it.
    ///
    /// # Errors
    /// [`Error::Config`] where it is negative or not finite, or the model has no KL.
    pub fn set_beta(&mut self, weight: f32) -> Result<()> {
        let Latent::Gaussian { beta, .. } = &mut self.config.latent else {
            return Err(Error::Config("beta: this model has no KL to weigh".into()));
        };
        if !(weight >= 0.0 && weight.is_finite()) {
            return Err(Error::Config("beta: expected a number, 0 or more".into()));
        }
        *beta = weight;
        Ok(())
    }

    /// P, the number of values in an image.
    #[must_use]
    pub fn pixels(&self) -> usize {
        self.config.input.count()
    }

    /// Z, the number of latent dimensions.
    #[must_use]
    pub fn latent_size(&self) -> usize {
        self.config.latent.size()
    }

    /// What the decoder's output says about a pixel.
    #[must_use]
    pub fn likelihood(&self) -> Likelihood {
        self.config.likelihood
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

    /// The posterior of each image, `q(z|x) = N(mu, exp(log_var))`.
    ///
    /// # Shapes
    /// `x`: `[B, P]` in 0..=1 → mu, log_var: `[B, Z]`.
    ///
    /// # Errors
    /// [`Error::Shape`] for images of another size, and for a model with classes: see [`encode_told`](Self::encode_told).
    pub fn encode(&self, x: ArrayView2<'_, f32>) -> Result<Posterior> {
        self.encode_told(x, &[])
    }

    /// [`encode`](Self::encode) of images whose labels are told; a model without classes does not ask.
    ///
    /// # Shapes
    /// `x`: `[B, P]` in 0..=1, `labels`: B, each below C → mu, log_var: `[B, Z]`.
    ///
    /// # Errors
    /// [`Error::Shape`] for images of another size, and labels that are not one for each and below C.
    pub fn encode_told(&self, x: ArrayView2<'_, f32>, labels: &[u8]) -> Result<Posterior> {
        check_columns("x", x, self.pixels())?;
        self.check_labels(labels, x.nrows())?;
        let x_rows = x.as_standard_layout();
        let mut pass = Pass::default();
        pass.tell(labels);
        self.encode_pass(x_rows.as_slice().expect(CONTIGUOUS), &mut pass);
        let array =
            |values| Array2::from_shape_vec((x.nrows(), self.latent_size()), values).expect(FITS);
        let log_var = self.has_log_var().then(|| array(pass.log_var));
        Ok(Posterior { mu: array(pass.mu), log_var })
    }

    /// [`encode`](Self::encode) of flat rows, mu and log_var; that of a plain autoencoder is empty.
    ///
    /// # Panics
    /// Where `x` is no whole number of images, and for a model with classes; so do the other methods of flat rows.
    #[must_use]
    pub fn encode_rows(&self, x: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let mut pass = Pass::default();
        self.encode_pass(x, &mut pass);
        (pass.mu, pass.log_var)
    }

    /// The decoder's output `g(z)`: logits for the Bernoulli likelihood, means for the Gaussian.
    ///
    /// # Shapes
    /// `z`: `[B, Z]` → `[B, P]`.
    ///
    /// # Errors
    /// [`Error::Shape`] for z of another size, and for a model with classes: see [`decode_told`](Self::decode_told).
    pub fn decode(&self, z: ArrayView2<'_, f32>) -> Result<Array2<f32>> {
        self.decode_told(z, &[])
    }

    /// [`decode`](Self::decode) with a class for each z; a model without classes does not ask.
    ///
    /// # Shapes
    /// `z`: `[B, Z]`, `labels`: B, each below C → `[B, P]`.
    ///
    /// # Errors
    /// [`Error::Shape`] for z of another size, and labels that are not one for each and below C.
    pub fn decode_told(&self, z: ArrayView2<'_, f32>, labels: &[u8]) -> Result<Array2<f32>> {
        check_columns("z", z, self.latent_size())?;
        self.check_labels(labels, z.nrows())?;
        let rows = z.as_standard_layout();
        let mut trace = Trace::default();
        self.tell(labels, 1, &mut trace);
        let rows = rows.as_slice().expect(CONTIGUOUS);
        let logits = self.decoder.forward(&self.parameters, rows, &mut trace).to_vec();
        Ok(Array2::from_shape_vec((z.nrows(), self.pixels()), logits).expect(FITS))
    }

    /// [`decode`](Self::decode) of flat rows.
    #[must_use]
    pub fn decode_rows(&self, z: &[f32]) -> Vec<f32> {
        // region: decoder
        let mut trace = Trace::default();
        self.decoder.forward(&self.parameters, z, &mut trace);
        // What stays of a decoder without layers is z itself.
        trace.into_output().unwrap_or_else(|| z.to_vec())
        // endregion
    }

    /// Whether the prior is learned; else it is N(0, I).
    #[must_use]
    pub fn has_learned_prior(&self) -> bool {
        self.prior.is_some()
    }

    /// Draws z from the prior: from noise through the learned prior, or the noise itself where the prior is N(0, I).
    ///
    /// # Shapes
    /// `eps`: `[B, Z]`, standard normal → `[B, Z]`.
    ///
    /// # Errors
    /// [`Error::Shape`] for noise of another size.
    pub fn prior_sample(&self, eps: ArrayView2<'_, f32>) -> Result<Array2<f32>> {
        check_columns("eps", eps, self.latent_size())?;
        let mut z = eps.as_standard_layout().into_owned();
        self.prior_rows(z.as_slice_mut().expect(CONTIGUOUS));
        Ok(z)
    }

    /// [`prior_sample`](Self::prior_sample) of flat rows, in place.
    pub fn prior_rows(&self, eps: &mut [f32]) {
        if let Some(prior) = &self.prior {
            prior.sample(&self.parameters, eps);
        }
    }

    /// `ln p(z) - ln N(z; 0, I)` of each z, in nats: what the learned prior says more than N(0, I); `None` where that is
    /// the prior.
    ///
    /// # Shapes
    /// `z`: `[B, Z]` → B values.
    ///
    /// # Errors
    /// [`Error::Shape`] for z of another size.
    pub fn prior_log_ratio(&self, z: ArrayView2<'_, f32>) -> Result<Option<Vec<f64>>> {
        check_columns("z", z, self.latent_size())?;
        let z = z.as_standard_layout();
        let z = z.as_slice().expect(CONTIGUOUS);
        Ok(self.prior.as_ref().map(|prior| {
            let mut pass = FlowPass::default();
            prior.log_ratio(&self.parameters, z, &mut pass);
            pass.log_ratio
        }))
    }

    /// The codebook, of a model that has one.
    #[must_use]
    pub fn codebook(&self) -> Option<&Codebook> {
        match &self.head {
            Head::Codebook(codebook) => Some(codebook),
            Head::Dense { .. } => None,
        }
    }

    /// The codes that each image becomes; none without a codebook.
    ///
    /// # Shapes
    /// `x`: `[B, P]` → `[B, height, width, groups]`.
    ///
    /// # Errors
    /// [`Error::Shape`] for images of another size.
    pub fn encode_codes(&self, x: ArrayView2<'_, f32>) -> Result<Vec<u8>> {
        check_columns("x", x, self.pixels())?;
        let z_e = self.encoded_rows(x.as_standard_layout().as_slice().expect(CONTIGUOUS));
        let codebook = self.codebook();
        Ok(codebook.map_or(Vec::new(), |book| book.nearest(&self.parameters, &z_e)))
    }

    /// What the encoder says of flat rows: of a codebook z_e, before codes are put in its place.
    #[must_use]
    pub fn encoded_rows(&self, x: &[f32]) -> Vec<f32> {
        let mut trace = Trace::default();
        self.encoder.forward(&self.parameters, x, &mut trace);
        trace.into_output().unwrap_or_else(|| x.to_vec())
    }

    /// Takes from the batch that [`forward`](Self::forward) left in `pass` what a codebook learns beside its gradient; a
    /// model without one learns nothing.
    pub fn learn_codes(&mut self, x: &[f32], pass: &Pass, rng: &mut impl Rng) {
        if let Head::Codebook(codebook) = &self.head {
            let z_e = pass.encoded.output(x);
            let codes = codebook.nearest(&self.parameters, z_e);
            codebook.learn(&mut self.parameters, (z_e, &codes), rng);
        }
    }

    /// The mean image of each z: `E[x|z]`, in 0..=1 for the Bernoulli likelihood.
    ///
    /// # Shapes
    /// `z`: `[B, Z]` → `[B, P]`.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub fn decode_mean(&self, z: ArrayView2<'_, f32>) -> Result<Array2<f32>> {
        self.decode_mean_told(z, &[])
    }

    /// [`decode_mean`](Self::decode_mean) with a class for each z.
    ///
    /// # Errors
    /// As [`decode_told`](Self::decode_told).
    pub fn decode_mean_told(&self, z: ArrayView2<'_, f32>, labels: &[u8]) -> Result<Array2<f32>> {
        let mut logits = self.decode_told(z, labels)?;
        self.likelihood().to_mean(logits.as_slice_mut().expect("decode returns standard layout"));
        Ok(logits)
    }

    /// The mean image that each image comes back as, through one z: `mu + sigma eps` with `pass.eps`, or mu where that is
    /// empty. What comes between is left in `pass`, and a `pass` that is used again allocates nothing.
    ///
    /// # Shapes
    /// `x`: `[B, P]`, `pass.eps`: `[B, Z]` → `[B, P]`.
    ///
    /// # Errors
    /// [`Error::Shape`] for images or noise of another size.
    pub fn reconstruct<'a>(&self, x: ArrayView2<'_, f32>, pass: &'a mut Pass) -> Result<&'a [f32]> {
        check_columns("x", x, self.pixels())?;
        let (noise, size) = (pass.eps.len(), x.nrows() * self.latent_size());
        if noise != 0 && noise != size {
            let (expected, got) = (format!("{size} values"), noise.to_string());
            return Err(Error::Shape { what: "eps", expected, got });
        }
        let x = x.as_standard_layout();
        #[cfg(feature = "style")]
        self.check_labels(&pass.labels, x.nrows())?;
        self.encode_pass(x.as_slice().expect(CONTIGUOUS), pass);
        if noise == 0 {
            pass.z.clone_from(&pass.mu);
        } else {
            sample_pass(pass);
        }
        self.tell_decoder(1, pass);
        self.decoder.forward(&self.parameters, &pass.z, &mut pass.decoded);
        let means = pass.decoded.output_mut(&mut pass.z);
        self.likelihood().to_mean(means);
        Ok(means)
    }

    /// A batch through encoder, sampler (with `pass.eps`) and decoder; returns its loss, of several samples their mean,
    /// and leaves everything that [`backward`](Self::backward) needs in `pass`.
    ///
    /// # Shapes
    /// `x`: `[B, P]`, `pass.eps`: `[B, Z]`, or `[B, k, Z]` for k importance samples.
    pub fn forward(&self, x: &[f32], pass: &mut Pass) -> Loss {
        let b = x.len() / self.pixels();
        self.encode_pass(x, pass);
        let k = pass.samples();
        if k > 1 {
            return self.forward_weighted(x, k, pass);
        }
        let mut kl = self.sample(pass);
        if let Head::Codebook(_) = self.head {
            kl = squared_error(pass.encoded.output(x), &pass.z);
        }
        self.tell_decoder(1, pass);
        let logits = self.decoder.forward(&self.parameters, &pass.z, &mut pass.decoded);
        pass.d_logits.resize(logits.len(), 0.0);
        let likelihood = self.likelihood();
        let recon = likelihood.recon_and_gradient(self.pixels(), logits, x, &mut pass.d_logits);
        Loss { recon: recon / b as f64, kl: kl / b as f64 }
    }

    /// Writes the gradient of `D + beta KL`, averaged over B, of the batch that [`forward`](Self::forward) left in `pass`;
    /// of several samples that of the importance-weighted bound, of a codebook that of its loss.
    pub fn backward(&self, x: &[f32], beta: f32, pass: &mut Pass, gradient: &mut Parameters) {
        let k = pass.samples();
        if k > 1 {
            self.backward_weighted(x, beta, k, pass, gradient);
        } else {
            let Pass { z, encoded, decoded, d_logits, d_z, .. } = &mut *pass;
            d_z.resize(z.len(), 0.0);
            self.decoder.backward(&self.parameters, z, decoded, d_logits, Some(d_z), gradient);
            let b = x.len() / self.pixels();
            match &self.head {
                Head::Dense { .. } => self.sample_backward(beta / b as f32, pass, gradient),
                Head::Codebook(codebook) => {
                    let (of, weights) = ((encoded.output(x), &z[..]), (beta, 1.0 / b as f32));
                    codebook.backward(&self.parameters, of, weights, d_z, gradient);
                }
            }
        }
        self.encode_backward(&self.encoder, x, None, pass, gradient);
    }

    /// Encodes a batch: mu and log_var are left in `pass`.
    ///
    /// # Shapes
    /// `x`: `[B, P]`.
    pub fn encode_pass(&self, x: &[f32], pass: &mut Pass) {
        self.encode_through(&self.encoder, x, pass);
    }

    /// Draws z from the posterior that `pass` holds; KL to the prior, summed over the batch.
    pub(super) fn sample(&self, pass: &mut Pass) -> f64 {
        let kl = sample_pass(pass);
        let Some(prior) = &self.prior else { return kl };
        let log_ratio = prior.log_ratio(&self.parameters, &pass.z, &mut pass.flow);
        kl - log_ratio.iter().sum::<f64>()
    }

    /// From d loss / d z to mu and log_var, whose gradients are left in `d_z` and `d_log_var`; `scale` is what an image's KL
    /// counts.
    pub(super) fn sample_backward(&self, scale: f32, pass: &mut Pass, gradient: &mut Parameters) {
        let Pass { free_bits, kl_of_batch, mu, log_var, z, d_z, d_log_var, d_kl, d_kl_mu, .. } =
            pass;
        if let Some(prior) = &self.prior {
            let (weights, flow) = (&mut pass.weights, &mut pass.flow);
            weights.clear();
            weights.resize(z.len() / self.latent_size(), -scale);
            prior.backward(&self.parameters, z, weights, flow, d_z, gradient);
        }
        if !self.has_log_var() {
            return;
        }
        let mut d_kl_by_mu = &*mu;
        if *free_bits > 0.0 {
            d_kl_mu.clone_from(mu);
            free(self.latent_size(), *free_bits, kl_of_batch, log_var, d_kl_mu, d_kl);
            d_kl_by_mu = d_kl_mu;
        }
        losses::sample_backward(d_kl_by_mu, d_kl, scale, d_z, d_log_var);
    }

    /// From what enters `encoder`, this model's or the end of it, to mu and log_var.
    pub(super) fn encode_through(&self, encoder: &Trunk, x: &[f32], pass: &mut Pass) {
        self.tell_encoder(pass);
        // region: encoder
        let hidden = encoder.forward(&self.parameters, x, &mut pass.encoded);
        let values = hidden.len() / encoder.outputs() * self.latent_size();
        pass.log_var.clear();
        match &self.head {
            Head::Dense { mu, log_var } => {
                // region: mu
                pass.mu.resize(values, 0.0);
                mu.forward(&self.parameters, hidden, None, &mut pass.mu);
                // endregion
                // region: log-var
                if let Some(log_var) = log_var {
                    pass.log_var.resize(values, 0.0);
                    log_var.forward(&self.parameters, hidden, None, &mut pass.log_var);
                }
                // endregion
            }
            Head::Codebook(codebook) => {
                let codes = codebook.nearest(&self.parameters, hidden);
                codebook.look_up(&self.parameters, &codes, &mut pass.mu);
            }
        }
        // endregion
    }

    /// The way back of [`encode_through`](Self::encode_through), from the gradients in `d_z` and `d_log_var`.
    pub(super) fn encode_backward(
        &self,
        encoder: &Trunk,
        x: &[f32],
        d_x: Option<&mut [f32]>,
        pass: &mut Pass,
        gradient: &mut Parameters,
    ) {
        let parameters = &self.parameters;
        let Pass { encoded, d_z: d_mu, d_log_var, d_hidden, .. } = pass;
        let hidden = encoded.output(x);
        let [d_hidden, d_second] = d_hidden;
        let d_hidden = match &self.head {
            Head::Dense { mu, log_var } => {
                d_hidden.resize(hidden.len(), 0.0);
                mu.backward(parameters, hidden, d_mu, Some(d_hidden), gradient);
                if let Some(head) = log_var {
                    d_second.resize(hidden.len(), 0.0);
                    head.backward(parameters, hidden, d_log_var, Some(d_second), gradient);
                    d_hidden.iter_mut().zip(d_second).for_each(|(d, second)| *d += *second);
                }
                d_hidden
            }
            Head::Codebook(_) => d_mu,
        };
        encoder.backward(parameters, x, encoded, d_hidden, d_x, gradient);
    }

    fn has_log_var(&self) -> bool {
        matches!(self.head, Head::Dense { log_var: Some(_), .. })
    }
}

fn squared_error(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum()
}

fn check_columns(what: &'static str, matrix: ArrayView2<'_, f32>, columns: usize) -> Result<()> {
    if matrix.ncols() == columns {
        return Ok(());
    }
    let (expected, got) =
        (format!("[B, {columns}]"), format!("[{}, {}]", matrix.nrows(), matrix.ncols()));
    Err(Error::Shape { what, expected, got })
}
