//! What a model is, as data: one type for every variant.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{CodebookConfig, FlowConfig, Likelihood};
use crate::{
    error::{Error, Result},
    nn::{ConvConfig, LayerConfig, Shape},
};

/// A model's architecture.
///
/// In JSON, for example a small VAE of two latent dimensions:
///
/// ```
/// let config = r#"{
///     "input": { "height": 28, "width": 28, "channels": 1 },
///     "likelihood": "bernoulli",
///     "latent": { "gaussian": { "size": 2, "beta": 1 } },
///     "encoder": [{ "dense": 400 }, "relu"],
///     "decoder": [{ "dense": 400 }, "relu", { "dense": 784 }]
/// }"#;
/// let config = latent_ink::model::Config::from_json(&serde_json::from_str(config)?)?;
/// assert_eq!(config.latent.size(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct Config {
    /// The shape of one image.
    pub input: Shape,
    /// What the decoder's output says about a pixel.
    pub likelihood: Likelihood,
    /// What stands between encoder and decoder.
    pub latent: Latent,
    /// Layers from the image to the two heads.
    pub encoder: Vec<LayerConfig>,
    /// Layers from z to P logits.
    pub decoder: Vec<LayerConfig>,
    /// C, how many classes both are told of; 0 where they are told none.
    #[cfg(feature = "style")]
    pub classes: usize,
}

/// What stands between encoder and decoder.
// A tag of its own: one in what a field leaves free takes 180 bytes more of the page's WebAssembly to read.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(u8)]
pub enum Latent {
    /// A point: the plain autoencoder.
    Plain {
        /// Z, the number of dimensions.
        size: usize,
    },
    /// A Gaussian for each image: the VAE, and for `beta != 1` the beta-VAE.
    Gaussian {
        /// Z, the number of dimensions.
        size: usize,
        /// Weight of the KL term while training.
        beta: f32,
        /// The learned prior; N(0, I) where there is none.
        flow: Option<FlowConfig>,
    },
    /// A map of codes: the VQ-VAE.
    Codebook(CodebookConfig),
}

impl Latent {
    /// Z, the number of dimensions; of a map of codes all values of their vectors.
    #[must_use]
    pub fn size(self) -> usize {
        match self {
            Self::Plain { size } | Self::Gaussian { size, .. } => size,
            // 0 where they are more than a usize holds: what has none makes no model.
            Self::Codebook(config) => config.shape().checked_count().unwrap_or(0),
        }
    }
}

impl TryFrom<Value> for Config {
    type Error = Error;

    fn try_from(json: Value) -> Result<Self> {
        Self::from_json(&json)
    }
}

impl From<Config> for Value {
    fn from(config: Config) -> Self {
        config.to_json()
    }
}

/// By hand rather than by derive: less WebAssembly, and messages that name the place.
impl Config {
    /// Reads the JSON form.
    ///
    /// # Errors
    /// [`Error::Config`] with the place, what was expected and what came.
    pub fn from_json(json: &Value) -> Result<Self> {
        let object = Object::new("the config", json)?;
        let keys = ["input", "likelihood", "latent", "encoder", "decoder"];
        #[cfg(not(feature = "style"))]
        let [input, likelihood, latent, encoder, decoder] = object.fields(keys)?;
        #[cfg(feature = "style")]
        let ([input, likelihood, latent, encoder, decoder], classes) =
            object.fields_and(keys, "classes")?;
        let likelihood = match likelihood.as_str() {
            Some("bernoulli") => Likelihood::Bernoulli,
            Some("gaussian") => Likelihood::Gaussian,
            _ => return Err(unexpected("likelihood", "\"bernoulli\" or \"gaussian\"", likelihood)),
        };
        Ok(Self {
            input: shape("input", input)?,
            likelihood,
            latent: latent_from_json(latent)?,
            encoder: layers("encoder", encoder)?,
            decoder: layers("decoder", decoder)?,
            #[cfg(feature = "style")]
            classes: classes.map_or(Ok(0), |classes| count("classes", classes))?,
        })
    }

    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let likelihood = match self.likelihood {
            Likelihood::Bernoulli => "bernoulli",
            Likelihood::Gaussian => "gaussian",
        };
        let latent = match self.latent {
            Latent::Plain { size } => json!({ "plain": { "size": size } }),
            Latent::Gaussian { size, beta, flow: None } => {
                json!({ "gaussian": { "size": size, "beta": beta } })
            }
            Latent::Gaussian { size, beta, flow: Some(FlowConfig { couplings, hidden }) } => {
                let flow = json!({ "couplings": couplings, "hidden": hidden });
                json!({ "gaussian": { "size": size, "beta": beta, "flow": flow } })
            }
            Latent::Codebook(config) => json!({ "codebook": config.to_json() }),
        };
        #[cfg_attr(not(feature = "style"), expect(unused_mut, reason = "no class is told"))]
        let mut json = json!({
            "input": shape_to_json(self.input),
            "likelihood": likelihood,
            "latent": latent,
            "encoder": self.encoder.iter().map(layer_to_json).collect::<Value>(),
            "decoder": self.decoder.iter().map(layer_to_json).collect::<Value>(),
        });
        #[cfg(feature = "style")]
        if self.classes > 0 {
            json["classes"] = json!(self.classes);
        }
        json
    }
}

#[cfg(feature = "codebook")]
const LATENTS: &str = "\"plain\", \"gaussian\" or \"codebook\"";
#[cfg(not(feature = "codebook"))]
const LATENTS: &str = "\"plain\" or \"gaussian\"";

fn latent_from_json(json: &Value) -> Result<Latent> {
    match Object::new("latent", json)?.only() {
        Some(("plain", plain)) => {
            let [size] = Object::new("latent.plain", plain)?.fields(["size"])?;
            Ok(Latent::Plain { size: count("latent.plain.size", size)? })
        }
        Some(("gaussian", gaussian)) => {
            let object = Object::new("latent.gaussian", gaussian)?;
            let (size, beta, flow) = match gaussian.get("flow") {
                None => {
                    let [size, beta] = object.fields(["size", "beta"])?;
                    (size, beta, None)
                }
                Some(_) => {
                    let [size, beta, flow] = object.fields(["size", "beta", "flow"])?;
                    (size, beta, Some(flow))
                }
            };
            let flow = match flow {
                None => None,
                Some(json) => {
                    let [couplings, hidden] =
                        counts("latent.gaussian.flow", json, ["couplings", "hidden"])?;
                    Some(FlowConfig { couplings, hidden })
                }
            };
            let size = count("latent.gaussian.size", size)?;
            let beta = beta
                .as_f64()
                .ok_or_else(|| unexpected("latent.gaussian.beta", "a number", beta))?;
            Ok(Latent::Gaussian { size, beta: beta as f32, flow })
        }
        #[cfg(feature = "codebook")]
        Some(("codebook", codebook)) => Ok(Latent::Codebook(CodebookConfig::from_json(codebook)?)),
        _ => Err(unexpected("latent", LATENTS, json)),
    }
}

pub(super) fn layers(place: &str, json: &Value) -> Result<Vec<LayerConfig>> {
    let list = json.as_array().ok_or_else(|| unexpected(place, "a list of layers", json))?;
    list.iter().enumerate().map(|(index, json)| layer(&format!("{place}[{index}]"), json)).collect()
}

fn layer(place: &str, json: &Value) -> Result<LayerConfig> {
    let unknown = || unexpected(place, "a layer", json);
    if let Some(name) = json.as_str() {
        return match name {
            "flatten" => Ok(LayerConfig::Flatten),
            #[cfg(feature = "style")]
            "film" => Ok(LayerConfig::Film),
            "relu" => Ok(LayerConfig::Relu),
            "silu" => Ok(LayerConfig::Silu),
            "tanh" => Ok(LayerConfig::Tanh),
            "sigmoid" => Ok(LayerConfig::Sigmoid),
            _ => Err(unknown()),
        };
    }
    let (name, sizes) = json.as_object().and_then(only).ok_or_else(unknown)?;
    let place = &format!("{place}.{name}");
    match name {
        "dense" => Ok(LayerConfig::Dense(count(place, sizes)?)),
        "conv2d" => Ok(LayerConfig::Conv2d(conv(place, sizes)?)),
        "conv_transpose2d" => Ok(LayerConfig::ConvTranspose2d(conv(place, sizes)?)),
        "unflatten" => Ok(LayerConfig::Unflatten(shape(place, sizes)?)),
        "pixel_shuffle" => Ok(LayerConfig::PixelShuffle(count(place, sizes)?)),
        "pixel_unshuffle" => Ok(LayerConfig::PixelUnshuffle(count(place, sizes)?)),
        "residual" => Ok(LayerConfig::Residual(layers(place, sizes)?)),
        _ => Err(unknown()),
    }
}

pub(super) fn layer_to_json(layer: &LayerConfig) -> Value {
    let conv = |&ConvConfig { channels, kernel, stride, padding }: &ConvConfig| json!({ "channels": channels, "kernel": kernel, "stride": stride, "padding": padding });
    match layer {
        LayerConfig::Dense(outputs) => json!({ "dense": outputs }),
        LayerConfig::Conv2d(config) => json!({ "conv2d": conv(config) }),
        LayerConfig::ConvTranspose2d(config) => json!({ "conv_transpose2d": conv(config) }),
        LayerConfig::Flatten => json!("flatten"),
        LayerConfig::Unflatten(shape) => json!({ "unflatten": shape_to_json(*shape) }),
        LayerConfig::PixelShuffle(r) => json!({ "pixel_shuffle": r }),
        LayerConfig::PixelUnshuffle(r) => json!({ "pixel_unshuffle": r }),
        LayerConfig::Residual(layers) => {
            json!({ "residual": layers.iter().map(layer_to_json).collect::<Value>() })
        }
        #[cfg(feature = "style")]
        LayerConfig::Film => json!("film"),
        LayerConfig::Relu => json!("relu"),
        LayerConfig::Silu => json!("silu"),
        LayerConfig::Tanh => json!("tanh"),
        LayerConfig::Sigmoid => json!("sigmoid"),
    }
}

pub(super) fn shape_to_json(Shape { height, width, channels }: Shape) -> Value {
    json!({ "height": height, "width": width, "channels": channels })
}

pub(super) fn shape(place: &str, json: &Value) -> Result<Shape> {
    let [height, width, channels] = counts(place, json, ["height", "width", "channels"])?;
    Ok(Shape { height, width, channels })
}

fn conv(place: &str, json: &Value) -> Result<ConvConfig> {
    let [channels, kernel, stride, padding] =
        counts(place, json, ["channels", "kernel", "stride", "padding"])?;
    Ok(ConvConfig { channels, kernel, stride, padding })
}

/// An object of whole numbers.
pub(super) fn counts<const N: usize>(
    place: &str,
    json: &Value,
    keys: [&str; N],
) -> Result<[usize; N]> {
    let fields = Object::new(place, json)?.fields(keys)?;
    let mut counts = [0; N];
    for ((to, key), json) in counts.iter_mut().zip(keys).zip(fields) {
        *to = count(&format!("{place}.{key}"), json)?;
    }
    Ok(counts)
}

pub(super) fn count(place: &str, json: &Value) -> Result<usize> {
    let count = json.as_u64().and_then(|count| usize::try_from(count).ok());
    count.ok_or_else(|| unexpected(place, "a whole number", json))
}

/// A JSON object and where it stands.
pub(super) struct Object<'a> {
    place: &'a str,
    fields: &'a Map<String, Value>,
}

impl<'a> Object<'a> {
    pub(super) fn new(place: &'a str, json: &'a Value) -> Result<Self> {
        let fields = json.as_object().ok_or_else(|| unexpected(place, "an object", json))?;
        Ok(Self { place, fields })
    }

    /// [`fields`](Self::fields), and one that may be missing.
    #[cfg(feature = "style")]
    fn fields_and<const N: usize>(
        &self,
        keys: [&str; N],
        optional: &str,
    ) -> Result<([&'a Value; N], Option<&'a Value>)> {
        let mut fields = self.fields.clone();
        fields.remove(optional);
        Object { place: self.place, fields: &fields }.fields(keys)?;
        let values = keys.map(|key| &self.fields[key]);
        Ok((values, self.fields.get(optional)))
    }

    /// Exactly these fields: a missing one is an error, and so is one that nobody knows.
    pub(super) fn fields<const N: usize>(&self, keys: [&str; N]) -> Result<[&'a Value; N]> {
        let place = self.place;
        if let Some(unknown) = self.fields.keys().find(|key| !keys.contains(&key.as_str())) {
            return Err(Error::Config(format!(
                "{place} has \"{unknown}\", expected {}",
                keys.join(", ")
            )));
        }
        let mut values = [&Value::Null; N];
        for (value, key) in values.iter_mut().zip(keys) {
            *value = self
                .fields
                .get(key)
                .ok_or_else(|| Error::Config(format!("{place} has no \"{key}\"")))?;
        }
        Ok(values)
    }

    pub(super) fn only(&self) -> Option<(&'a str, &'a Value)> {
        only(self.fields)
    }
}

/// The one field of an object that has one.
fn only(fields: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (key, value) = fields.iter().next().filter(|_| fields.len() == 1)?;
    Some((key, value))
}

/// Without the number of a fraction: printing one would bring 30 KB of float formatting into the page.
pub(super) fn unexpected(place: &str, expected: &str, got: &Value) -> Error {
    let got = match got {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => {
            number.as_i64().map_or("another number".to_owned(), |n| n.to_string())
        }
        Value::String(text) => format!("\"{text}\""),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(fields) => format!("an object of {} fields", fields.len()),
    };
    Error::Config(format!("{place}: expected {expected}, got {got}"))
}
