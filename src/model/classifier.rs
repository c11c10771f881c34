//! A reader of digits: a trunk and one dense head, `logits = g(x)`; its loss is the cross-entropy of their softmax.
//!
//! It judges what a model makes, and shares the model's layers, weights files and arithmetic; it knows nothing of z.

use ndarray::{Array2, ArrayView2};
use rand::Rng;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::config::{self, Object};
use crate::{
    error::{Error, Result},
    nn::{Dense, LayerConfig, Parameters, Shape, Trace, Trunk, TrunkInput},
};

/// A classifier's architecture; in JSON `{"input": …, "layers": […], "classes": 10}`, layers as in
/// [`Config`](super::Config).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct ClassifierConfig {
    /// The shape of one image.
    pub input: Shape,
    /// Layers from the image to the features; the dense head comes after them.
    pub layers: Vec<LayerConfig>,
    /// C, how many classes there are.
    pub classes: usize,
}

/// A classifier.
#[derive(Debug, Clone)]
pub struct Classifier {
    config: ClassifierConfig,
    trunk: Trunk,
    head: Dense,
    parameters: Parameters,
}

/// One batch on its way through a classifier and back; kept between batches.
#[derive(Debug, Clone, Default)]
pub struct ClassifierPass {
    /// The head's output, `[B, C]`.
    pub logits: Vec<f32>,
    trace: Trace,
    d_logits: Vec<f32>,
    d_features: Vec<f32>,
}

impl TryFrom<Value> for ClassifierConfig {
    type Error = Error;

    fn try_from(json: Value) -> Result<Self> {
        Self::from_json(&json)
    }
}

impl From<ClassifierConfig> for Value {
    fn from(config: ClassifierConfig) -> Self {
        config.to_json()
    }
}

impl ClassifierConfig {
    /// Reads the JSON form.
    ///
    /// # Errors
    /// [`Error::Config`] with the place, what was expected and what came.
    pub fn from_json(json: &Value) -> Result<Self> {
        let object = Object::new("the classifier", json)?;
        let [input, layers, classes] = object.fields(["input", "layers", "classes"])?;
        Ok(Self {
            input: config::shape("input", input)?,
            layers: config::layers("layers", layers)?,
            classes: config::count("classes", classes)?,
        })
    }

    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "input": config::shape_to_json(self.input),
            "layers": self.layers.iter().map(config::layer_to_json).collect::<Value>(),
            "classes": self.classes,
        })
    }
}

impl Classifier {
    /// A classifier of this architecture, every parameter 0.
    ///
    /// # Errors
    /// [`Error::Config`] where the layers do not fit each other or the image, or there are fewer than 2 or more than 4096
    /// classes.
    pub fn zeros(config: ClassifierConfig) -> Result<Self> {
        let Shape { height, width, channels } = config.input;
        if config.input.checked_count().is_none() {
            let message = format!("{height}x{width}x{channels} images make no classifier");
            return Err(Error::Config(message));
        }
        if !(2..=4096).contains(&config.classes) {
            return Err(Error::Config(format!("{} classes, expected 2 to 4096", config.classes)));
        }
        let mut parameters = Parameters::default();
        let input = TrunkInput::Image(config.input);
        let trunk = Trunk::new("layers", input, &config.layers, &mut parameters)?;
        let head = Dense::new("classes", trunk.outputs(), config.classes, &mut parameters)?;
        Ok(Self { config, trunk, head, parameters })
    }

    /// A classifier of this architecture with random weights.
    ///
    /// # Errors
    /// As [`zeros`](Self::zeros).
    pub fn random(config: ClassifierConfig, rng: &mut impl Rng) -> Result<Self> {
        let mut classifier = Self::zeros(config)?;
        classifier.trunk.initialise(&mut classifier.parameters, rng);
        classifier.head.initialise(1.0, &mut classifier.parameters, rng);
        Ok(classifier)
    }

    /// The architecture.
    #[must_use]
    pub fn config(&self) -> &ClassifierConfig {
        &self.config
    }

    /// P, the number of values in an image.
    #[must_use]
    pub fn pixels(&self) -> usize {
        self.config.input.count()
    }

    /// C, how many classes there are.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.config.classes
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

    /// The probability of each class: the softmax of the logits.
    ///
    /// # Shapes
    /// `x`: `[B, P]` in 0..=1 → `[B, C]`.
    ///
    /// # Errors
    /// [`Error::Shape`] for images of another size.
    pub fn probabilities(&self, x: ArrayView2<'_, f32>) -> Result<Array2<f32>> {
        Ok(self.read(x)?.0)
    }

    /// What the head is given: the last layer's output.
    ///
    /// # Shapes
    /// `x`: `[B, P]` in 0..=1 → `[B, features]`.
    ///
    /// # Errors
    /// As [`probabilities`](Self::probabilities).
    pub fn features(&self, x: ArrayView2<'_, f32>) -> Result<Array2<f32>> {
        Ok(self.read(x)?.1)
    }

    /// Probabilities and features in one pass.
    ///
    /// # Shapes
    /// `x`: `[B, P]` in 0..=1 → `[B, C]`, `[B, features]`.
    ///
    /// # Errors
    /// As [`probabilities`](Self::probabilities).
    pub fn read(&self, x: ArrayView2<'_, f32>) -> Result<(Array2<f32>, Array2<f32>)> {
        let (b, p) = (x.nrows(), self.pixels());
        if x.ncols() != p {
            let (expected, got) = (format!("[B, {p}]"), format!("[{b}, {}]", x.ncols()));
            return Err(Error::Shape { what: "x", expected, got });
        }
        let x = x.as_standard_layout();
        let x = x.as_slice().expect("standard layout is contiguous");
        let mut pass = ClassifierPass::default();
        self.forward(x, &mut pass);
        let array = |columns, values| {
            Array2::from_shape_vec((b, columns), values).expect("one row for each image")
        };
        let features = array(self.trunk.outputs(), pass.trace.output(x).to_vec());
        let mut probabilities = array(self.classes(), pass.logits);
        for mut row in probabilities.rows_mut() {
            softmax(row.as_slice_mut().expect("a row of standard layout"));
        }
        Ok((probabilities, features))
    }

    /// The logits of a batch, left in `pass` with all that [`backward`](Self::backward) needs.
    ///
    /// # Shapes
    /// `x`: `[B, P]`, `pass.logits`: `[B, C]`.
    pub fn forward(&self, x: &[f32], pass: &mut ClassifierPass) {
        let features = self.trunk.forward(&self.parameters, x, &mut pass.trace);
        pass.logits.resize(x.len() / self.pixels() * self.classes(), 0.0);
        self.head.forward(&self.parameters, features, None, &mut pass.logits);
    }

    /// The cross-entropy of the batch that [`forward`](Self::forward) left in `pass`, in nats and averaged over B; writes
    /// its gradient.
    ///
    /// # Shapes
    /// `x`: `[B, P]`, `labels`: B, each below C.
    pub fn backward(
        &self,
        x: &[f32],
        labels: &[impl Copy + Into<usize>],
        pass: &mut ClassifierPass,
        gradient: &mut Parameters,
    ) -> f64 {
        let ClassifierPass { logits, trace, d_logits, d_features } = pass;
        d_logits.resize(logits.len(), 0.0);
        let loss = cross_entropy(self.classes(), logits, labels, d_logits);
        let features = trace.output(x);
        d_features.resize(features.len(), 0.0);
        self.head.backward(&self.parameters, features, d_logits, Some(d_features), gradient);
        self.trunk.backward(&self.parameters, x, trace, d_features, None, gradient);
        loss
    }
}

/// The mean over B of `ln sum exp(logits) - logits[label]`, and its gradient by the logits.
///
/// # Shapes
/// `logits`, `d_logits`: `[B, C]` with `classes` = C; `labels`: B, each below C.
pub fn cross_entropy(
    classes: usize,
    logits: &[f32],
    labels: &[impl Copy + Into<usize>],
    d_logits: &mut [f32],
) -> f64 {
    let b = labels.len();
    assert!(logits.len() == b * classes, "{} logits of {b} x {classes}", logits.len());
    d_logits.copy_from_slice(logits);
    let mut total = 0.0;
    for (row, &label) in d_logits.chunks_exact_mut(classes).zip(labels) {
        let label = label.into();
        let logit = row[label];
        // forward: loss = ln sum exp(logits) - logits[label]
        // so:      d_logits = softmax(logits) - one-hot(label)
        total += f64::from(softmax(row)) - f64::from(logit);
        row[label] -= 1.0;
        row.iter_mut().for_each(|d| *d /= b as f32);
    }
    total / b as f64
}

/// `exp(logits) / sum exp(logits)` in place; returns `ln sum exp(logits)`.
pub fn softmax(logits: &mut [f32]) -> f32 {
    // region: softmax
    // With the largest taken off, so that nothing overflows and the sum is at least 1.
    let most = logits.iter().fold(f32::NEG_INFINITY, |most, &logit| most.max(logit));
    logits.iter_mut().for_each(|logit| *logit = libm::expf(*logit - most));
    let sum: f32 = logits.iter().sum();
    logits.iter_mut().for_each(|share| *share /= sum);
    // endregion
    most + libm::logf(sum)
}
