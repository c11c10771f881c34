//! Classes that a model is told: both trunks get the label of each image, one-hot, as the condition of their films.
//!
//! `-ELBO = D(g(z, y), x) + beta KL(q(z|x, y) || p(z))`  (Sohn, Lee & Yan 2015). What the decoder is told need not be paid for
//! in z, which so keeps what is not the class: of a digit, the hand that wrote it.

use super::{Config, Model, Pass};
#[cfg(feature = "style")]
use crate::nn::LayerConfig;
use crate::{
    error::{Error, Result},
    nn::Trace,
};

/// A label is a byte.
#[cfg(feature = "style")]
const MOST: usize = 256;

impl Config {
    /// C; without the feature `style` nobody is told anything, and the compiler leaves out all that asks.
    pub(super) fn classes(&self) -> usize {
        #[cfg(feature = "style")]
        return self.classes;
        #[cfg(not(feature = "style"))]
        0
    }

    /// That labels can be told, and that they change what the decoder makes.
    #[cfg(feature = "style")]
    pub(super) fn check_classes(&self) -> Result<()> {
        let classes = self.classes;
        if classes > MOST {
            return Err(Error::Config(format!("{classes} classes, expected at most {MOST}")));
        }
        if classes > 0 && !has_film(&self.decoder) {
            return Err(Error::Config(format!(
                "{classes} classes, and no layer of the decoder is a film that is told them"
            )));
        }
        Ok(())
    }
}

#[cfg(feature = "style")]
fn has_film(layers: &[LayerConfig]) -> bool {
    layers.iter().any(|layer| match layer {
        LayerConfig::Film => true,
        LayerConfig::Residual(layers) => has_film(layers),
        _ => false,
    })
}

impl Model {
    /// C, how many classes the model is told of; 0 where it is told none.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.config().classes()
    }

    /// That there is a label below C for each of so many rows; a model without classes takes any.
    ///
    /// # Errors
    /// [`Error::Shape`] with what was expected.
    pub fn check_labels(&self, labels: &[u8], rows: usize) -> Result<()> {
        let classes = self.classes();
        if classes == 0 {
            return Ok(());
        }
        let stranger = labels.iter().find(|&&label| usize::from(label) >= classes);
        let (expected, got) = match stranger {
            _ if labels.len() != rows => {
                (format!("{rows}, one for each row"), labels.len().to_string())
            }
            Some(label) => (format!("each below {classes}"), label.to_string()),
            None => return Ok(()),
        };
        Err(Error::Shape { what: "labels", expected, got })
    }

    /// Tells the encoder the classes that `pass` was told.
    pub(super) fn tell_encoder(&self, pass: &mut Pass) {
        #[cfg(feature = "style")]
        self.tell(&pass.labels, 1, &mut pass.encoded);
        #[cfg(not(feature = "style"))]
        let _ = pass;
    }

    /// Tells the decoder the classes that `pass` was told, each to `each` rows of z.
    pub(super) fn tell_decoder(&self, each: usize, pass: &mut Pass) {
        #[cfg(feature = "style")]
        self.tell(&pass.labels, each, &mut pass.decoded);
        #[cfg(not(feature = "style"))]
        let _ = (each, pass);
    }

    /// Tells a trunk the class of each row, and of `each` rows the same.
    pub(super) fn tell(&self, labels: &[u8], each: usize, trace: &mut Trace) {
        #[cfg(feature = "style")]
        if self.classes() > 0 {
            let condition = trace.condition_mut();
            condition.clear();
            condition.resize(labels.len() * each * self.classes(), 0.0);
            for (row, one_hot) in condition.chunks_exact_mut(self.classes()).enumerate() {
                one_hot[usize::from(labels[row / each])] = 1.0;
            }
        }
        #[cfg(not(feature = "style"))]
        let _ = (labels, each, trace);
    }
}
