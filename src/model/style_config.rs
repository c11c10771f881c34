//! What a model of writing styles is, as data.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::config::{self, Object};
use crate::{
    error::{Error, Result},
    nn::{LayerConfig, Shape},
};

/// The architecture of a [`StyleModel`](super::StyleModel); in JSON `{"side": 40, "content": 3, "style": 32, "own": 16,
/// "encoder": […], "decoder": […]}`, layers as in [`Config`](super::Config).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct StyleConfig {
    /// Side of a glyph, in pixels.
    pub side: usize,
    /// Channels of the content picture: 3 with the strokes' directions, 1 without.
    pub content: usize,
    /// Dimensions of the style s.
    pub style: usize,
    /// Dimensions of z, what a glyph has of its own; 0 for none.
    pub own: usize,
    /// Layers from a glyph with its content picture behind it to the two heads.
    pub encoder: Vec<LayerConfig>,
    /// Layers from a content picture, under the condition s and z, to one logit for each pixel.
    pub decoder: Vec<LayerConfig>,
}

impl TryFrom<Value> for StyleConfig {
    type Error = Error;

    fn try_from(json: Value) -> Result<Self> {
        Self::from_json(&json)
    }
}

impl From<StyleConfig> for Value {
    fn from(config: StyleConfig) -> Self {
        config.to_json()
    }
}

impl StyleConfig {
    /// Reads the JSON form.
    ///
    /// # Errors
    /// [`Error::Config`] with the place, what was expected and what came.
    pub fn from_json(json: &Value) -> Result<Self> {
        let object = Object::new("the style model", json)?;
        let [side, content, style, own, encoder, decoder] =
            object.fields(["side", "content", "style", "own", "encoder", "decoder"])?;
        Ok(Self {
            side: config::count("side", side)?,
            content: config::count("content", content)?,
            style: config::count("style", style)?,
            own: config::count("own", own)?,
            encoder: config::layers("encoder", encoder)?,
            decoder: config::layers("decoder", decoder)?,
        })
    }

    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let layers =
            |layers: &[LayerConfig]| layers.iter().map(config::layer_to_json).collect::<Value>();
        json!({
            "side": self.side,
            "content": self.content,
            "style": self.style,
            "own": self.own,
            "encoder": layers(&self.encoder),
            "decoder": layers(&self.decoder),
        })
    }

    /// The shape of a content picture.
    #[must_use]
    pub fn picture(&self) -> Shape {
        self.image(self.content)
    }

    /// A square image of so many channels.
    pub(super) fn image(&self, channels: usize) -> Shape {
        Shape { height: self.side, width: self.side, channels }
    }
}
