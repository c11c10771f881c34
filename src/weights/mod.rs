//! Weights files: safetensors bytes to model and back, with the config inside the file.
//!
//! # Format 1
//!
//! Tensors carry PyTorch's names and layouts for the same network: `encoder.0.weight` is `[outputs, inputs]` for a
//! dense layer, `[outputs, inputs, kernel, kernel]` for a convolution, `[inputs, outputs, kernel, kernel]` for a
//! transposed one; the heads are `mu` and `log_var`. Stored as F32, as F16, or as I8 beside an F32 tensor `NAME.scale`
//! of one factor for each index of the first axis. In memory everything is f32, and kernels are channels-last.
//!
//! The metadata has one key, `latent-ink`. Its value is a JSON object: `format` (1), `config`
//! ([`Config`]) or, in a classifier's file, `classifier` ([`ClassifierConfig`]), in a style model's `style`
//! (`StyleConfig`), and, for people and pages, `training` and `metrics`. A classifier's tensors are `layers.INDEX` and the
//! head `classes`; a style model's are named as an autoencoder's.

mod container;

use std::borrow::Cow;

use half::f16;
use serde_json::{Value, json};

use container::{Container, Dtype, Stored};

#[cfg(feature = "style")]
use crate::model::{StyleConfig, StyleModel};
use crate::{
    error::{Error, Result},
    model::{Classifier, ClassifierConfig, Config, Model},
    nn::{Parameters, Tensor},
};

const KEY: &str = "latent-ink";
const FORMAT: u64 = 1;

/// How numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// 32 bits, exact.
    F32,
    /// 16 bits, 11 of them significant.
    F16,
    /// 8 bits and one scale for each row of a matrix; biases stay 32 bits.
    Int8,
}

impl Precision {
    /// The precision of this name: `f32`, `f16` or `int8`.
    ///
    /// # Errors
    /// [`Error::Config`] for any other.
    pub fn from_name(name: &str) -> Result<Self> {
        match name {
            "f32" => Ok(Self::F32),
            "f16" => Ok(Self::F16),
            "int8" => Ok(Self::Int8),
            _ => Err(Error::Config(format!("precision: {name}, expected f32, f16 or int8"))),
        }
    }
}

/// What a weights file says about its model, for people and pages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// How the model was trained: command, seed, epochs, data, crate version. Null if it was not.
    pub training: Value,
    /// What it measured on test data. Null if it was not measured.
    pub metrics: Value,
}

/// The model and the JSON record of a weights file.
///
/// # Errors
/// [`Error::Weights`] for whatever is not such a file, [`Error::Config`] where its config describes no network.
pub fn from_bytes(bytes: &[u8]) -> Result<(Model, String)> {
    let (file, record) = open(bytes)?;
    if record["config"].is_null() && !record["classifier"].is_null() {
        let message = "the file holds a classifier, such as the judge, expected an autoencoder";
        return Err(Error::Weights(message.into()));
    }
    let mut model = Model::zeros(Config::from_json(&record["config"])?)?;
    read_all(&file, model.parameters_mut())?;
    Ok((model, file.record))
}

/// The bytes of a weights file.
///
/// # Errors
/// [`Error::Weights`] where the model is not finite, or has numbers that [`Precision::F16`] cannot hold.
pub fn to_bytes(model: &Model, history: &History, precision: Precision) -> Result<Vec<u8>> {
    let record = json!({ "format": FORMAT, "config": model.config().to_json() });
    file(record, model.parameters(), history, precision)
}

/// The classifier and the JSON record of a weights file.
///
/// # Errors
/// As [`from_bytes`]; a model's file is refused.
pub fn classifier_from_bytes(bytes: &[u8]) -> Result<(Classifier, String)> {
    let (file, record) = open(bytes)?;
    if record["classifier"].is_null() && !record["config"].is_null() {
        let message = "the file holds an autoencoder, expected a classifier, such as the judge";
        return Err(Error::Weights(message.into()));
    }
    let mut classifier = Classifier::zeros(ClassifierConfig::from_json(&record["classifier"])?)?;
    read_all(&file, classifier.parameters_mut())?;
    Ok((classifier, file.record))
}

/// The bytes of a classifier's weights file.
///
/// # Errors
/// As [`to_bytes`].
pub fn classifier_to_bytes(
    classifier: &Classifier,
    history: &History,
    precision: Precision,
) -> Result<Vec<u8>> {
    let record = json!({ "format": FORMAT, "classifier": classifier.config().to_json() });
    file(record, classifier.parameters(), history, precision)
}

/// The style model and the JSON record of a weights file.
///
/// # Errors
/// As [`from_bytes`]; other models' files are refused.
#[cfg(feature = "style")]
pub fn style_from_bytes(bytes: &[u8]) -> Result<(StyleModel, String)> {
    let (file, record) = open(bytes)?;
    if record["style"].is_null() {
        let message = "the file holds another kind of model, expected one of writing styles";
        return Err(Error::Weights(message.into()));
    }
    let mut model = StyleModel::zeros(StyleConfig::from_json(&record["style"])?)?;
    read_all(&file, model.parameters_mut())?;
    Ok((model, file.record))
}

/// The bytes of a style model's weights file.
///
/// # Errors
/// As [`to_bytes`].
#[cfg(feature = "style")]
pub fn style_to_bytes(
    model: &StyleModel,
    history: &History,
    precision: Precision,
) -> Result<Vec<u8>> {
    let record = json!({ "format": FORMAT, "style": model.config().to_json() });
    file(record, model.parameters(), history, precision)
}

/// The same file with other `metrics` in its record; no byte of a tensor changes.
///
/// # Errors
/// [`Error::Weights`] for whatever is not such a file.
pub fn with_metrics(bytes: &[u8], metrics: Value) -> Result<Vec<u8>> {
    let (file, mut record) = open(bytes)?;
    record["metrics"] = metrics;
    Ok(file.with_record(record.to_string()))
}

/// A file whose format is this version's, and its record.
fn open(bytes: &[u8]) -> Result<(Container<'_>, Value)> {
    let file = Container::open(bytes)?;
    let record: Value = serde_json::from_slice(file.record.as_bytes())
        .map_err(|error| Error::Weights(format!("the \"{KEY}\" metadata is no JSON: {error}")))?;
    match record["format"].as_u64() {
        Some(FORMAT) => Ok((file, record)),
        Some(other) => {
            let message =
                format!("the file has format {other}, this version reads format {FORMAT}");
            Err(Error::Weights(message))
        }
        None => {
            Err(Error::Weights(format!("the \"{KEY}\" metadata has no format, expected {FORMAT}")))
        }
    }
}

/// Fills every tensor, and checks that the file has no other.
fn read_all(file: &Container<'_>, parameters: &mut Parameters) -> Result<()> {
    let mut expected = 0;
    for tensor in parameters.iter_mut() {
        expected += read(file, tensor, &tensor.name.clone())?;
    }
    if file.len() != expected {
        return Err(Error::Weights(format!(
            "the file has {} tensors, this config needs {expected}",
            file.len()
        )));
    }
    file.check_covered()
}

fn file(
    mut record: Value,
    parameters: &Parameters,
    history: &History,
    precision: Precision,
) -> Result<Vec<u8>> {
    for (key, value) in [("training", &history.training), ("metrics", &history.metrics)] {
        if !value.is_null() {
            record[key] = value.clone();
        }
    }
    let mut stored = Vec::new();
    for tensor in parameters.iter() {
        store(tensor, tensor.name.clone(), precision, &mut stored)?;
    }
    Ok(container::write(&stored, record.to_string()))
}

/// The bytes of several groups of exact tensors with a JSON record: what a stopped training run leaves.
///
/// # Errors
/// [`Error::Weights`] where a value is not finite.
pub fn groups_to_bytes<const N: usize>(
    groups: [(&str, &Parameters); N],
    record: String,
) -> Result<Vec<u8>> {
    let mut stored = Vec::new();
    for (group, parameters) in groups {
        for tensor in parameters.iter() {
            store(tensor, format!("{group}.{}", tensor.name), Precision::F32, &mut stored)?;
        }
    }
    Ok(container::write(&stored, record))
}

/// The JSON record of any of our files.
///
/// # Errors
/// [`Error::Weights`] for whatever is not such a file.
pub fn record(bytes: &[u8]) -> Result<String> {
    Ok(Container::open(bytes)?.record)
}

/// The groups of tensors that [`groups_to_bytes`] wrote, each with the names and shapes of `like`.
///
/// # Errors
/// [`Error::Weights`] for whatever is not such a file.
pub fn groups_from_bytes<const N: usize>(
    groups: [&str; N],
    like: &Parameters,
    bytes: &[u8],
) -> Result<[Parameters; N]> {
    let file = Container::open(bytes)?;
    let mut read_groups = [(); N].map(|()| like.clone());
    for (group, parameters) in groups.iter().zip(&mut read_groups) {
        for tensor in parameters.iter_mut() {
            let name = format!("{group}.{}", tensor.name);
            read(&file, tensor, &name)?;
        }
    }
    file.check_covered()?;
    Ok(read_groups)
}

/// Fills `tensor` from the tensor `name` of the file; returns how many of the file's tensors that took.
fn read(file: &Container<'_>, tensor: &mut Tensor, name: &str) -> Result<usize> {
    let view = file.tensor(name)?;
    let shape = file_shape(&tensor.shape);
    if view.shape != shape {
        let message = format!("tensor \"{name}\" is {:?}, this config needs {shape:?}", view.shape);
        return Err(Error::Weights(message));
    }
    let mut taken = 1;
    let mut values: Vec<f32> = match view.dtype {
        Dtype::F32 => view.bytes.as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)).collect(),
        Dtype::F16 => {
            view.bytes.as_chunks().0.iter().map(|&b| f16::from_le_bytes(b).to_f32()).collect()
        }
        Dtype::I8 => {
            taken += 1;
            let scales = read_scales(file, name, shape[0])?;
            let rows = view.bytes.chunks_exact(tensor.values.len() / shape[0]).zip(scales);
            rows.flat_map(|(row, scale)| {
                row.iter().map(move |&q| f32::from(q.cast_signed()) * scale)
            })
            .collect()
        }
    };
    if let Some(index) = values.iter().position(|value| !value.is_finite()) {
        let what = if values[index].is_nan() { "NaN" } else { "an infinite number" };
        let message =
            format!("tensor \"{name}\" holds {what} at index {index}, expected finite numbers");
        return Err(Error::Weights(message));
    }
    if let [outer, height, width, inner] = tensor.shape[..] {
        values = swap_inner_axes([outer, inner, height * width], &values);
    }
    tensor.values = values;
    Ok(taken)
}

fn read_scales(file: &Container<'_>, name: &str, rows: usize) -> Result<Vec<f32>> {
    let view = file.tensor(&format!("{name}.scale"))?;
    if view.dtype != Dtype::F32 || view.shape != [rows] {
        let (dtype, shape) = (view.dtype, view.shape);
        return Err(Error::Weights(format!(
            "tensor \"{name}.scale\" is {dtype:?} of {shape:?}, expected F32 of [{rows}]"
        )));
    }
    Ok(view.bytes.as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)).collect())
}

fn store(tensor: &Tensor, name: String, precision: Precision, to: &mut Vec<Stored>) -> Result<()> {
    if tensor.values.iter().any(|value| !value.is_finite()) {
        return Err(Error::Weights(format!("tensor \"{name}\" is not finite, and so not saved")));
    }
    let shape = file_shape(&tensor.shape);
    let values = match tensor.shape[..] {
        [outer, height, width, inner] => {
            Cow::Owned(swap_inner_axes([outer, height * width, inner], &tensor.values))
        }
        _ => Cow::Borrowed(&tensor.values),
    };
    match precision {
        Precision::F16 => {
            if values.iter().any(|&value| f16::from_f32(value).is_infinite()) {
                let message =
                    format!("tensor \"{name}\" holds a number above F16's largest, 65504");
                return Err(Error::Weights(message));
            }
            let bytes =
                values.iter().flat_map(|&value| f16::from_f32(value).to_le_bytes()).collect();
            to.push(Stored { name, dtype: Dtype::F16, shape, bytes });
        }
        Precision::Int8 if shape.len() > 1 => {
            let rows = values.chunks_exact(values.len() / shape[0]);
            // A row of zeros would have scale 0 and 0 / 0 inside.
            let scales: Vec<f32> = rows
                .clone()
                .map(|row| {
                    row.iter().fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs())) / 127.0
                })
                .collect();
            let bytes = rows
                .zip(&scales)
                .flat_map(|(row, scale)| row.iter().map(move |value| (value / scale).round() as i8))
                .map(i8::cast_unsigned)
                .collect();
            let scale_name = format!("{name}.scale");
            to.push(Stored { name, dtype: Dtype::I8, shape, bytes });
            to.push(stored_f32(scale_name, vec![scales.len()], &scales));
        }
        Precision::F32 | Precision::Int8 => to.push(stored_f32(name, shape, &values)),
    }
    Ok(())
}

fn stored_f32(name: String, shape: Vec<usize>, values: &[f32]) -> Stored {
    let mut bytes = vec![0; 4 * values.len()];
    // A page saves while it trains: 25 ms for a state where flat_map and collect took 45 (busy machine, November 2026).
    for (four, value) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(values) {
        *four = value.to_le_bytes();
    }
    Stored { name, dtype: Dtype::F32, shape, bytes }
}

/// PyTorch's shape of a tensor: kernels are channels-last in memory, channels-first in the file.
fn file_shape(shape: &[usize]) -> Vec<usize> {
    match shape[..] {
        [outer, height, width, inner] => vec![outer, inner, height, width],
        _ => shape.to_vec(),
    }
}

/// From `[outer, rows, columns]` to `[outer, columns, rows]`.
fn swap_inner_axes([outer, rows, columns]: [usize; 3], values: &[f32]) -> Vec<f32> {
    let matrices = values.chunks_exact(rows * columns);
    debug_assert_eq!(matrices.len(), outer);
    matrices
        .flat_map(|matrix| {
            (0..columns).flat_map(move |c| (0..rows).map(move |r| matrix[r * columns + c]))
        })
        .collect()
}
