//! Weights files: what is written reads back, and what is no weights file is refused in one sentence.

use latent_ink::{
    error::Error,
    model::{Config, Model},
    nn::Tensor,
    train::seeds::{Purpose, generator},
    weights::{self, History, Precision},
};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

/// A config with every kind of layer that has weights, small enough for thousands of files.
fn config() -> Value {
    json!({
        "input": { "height": 4, "width": 4, "channels": 1 },
        "likelihood": "bernoulli",
        "latent": { "gaussian": { "size": 2, "beta": 1.0 } },
        "encoder": [
            { "conv2d": { "channels": 3, "kernel": 2, "stride": 2, "padding": 0 } }, "silu", "flatten",
        ],
        "decoder": [
            { "dense": 12 }, "relu", { "unflatten": { "height": 2, "width": 2, "channels": 3 } },
            { "conv_transpose2d": { "channels": 1, "kernel": 2, "stride": 2, "padding": 0 } },
        ],
    })
}

fn model() -> Model {
    let config = Config::from_json(&config()).expect("the config above is whole");
    let mut rng = generator(7, Purpose::Weights, 0);
    Model::random(config, &[0.2; 16], &mut rng).expect("its layers fit")
}

fn file(precision: Precision) -> Vec<u8> {
    weights::to_bytes(&model(), &History::default(), precision).expect("random weights are finite")
}

fn read(file: &[u8]) -> Model {
    weights::from_bytes(file).expect("the file is whole").0
}

fn tensor<'a>(model: &'a Model, name: &str) -> &'a Tensor {
    model.parameters().iter().find(|tensor| tensor.name == name).expect("a name of this config")
}

/// The pieces of a file, so that one of them can be made wrong.
fn split(file: &[u8]) -> (Value, Vec<u8>) {
    let length = u64::from_le_bytes(file[..8].try_into().expect("8 bytes")) as usize;
    let header = serde_json::from_slice(&file[8..8 + length]).expect("our header is JSON");
    (header, file[8 + length..].to_vec())
}

fn join(header: &Value, body: &[u8]) -> Vec<u8> {
    join_text(&header.to_string(), body)
}

fn join_text(header: &str, body: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), body].concat()
}

/// The valid file with its header changed.
fn with_header(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let (mut header, body) = split(&file(Precision::F32));
    change(&mut header);
    join(&header, &body)
}

/// The valid file with its record changed.
fn with_record(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    with_header(|header| {
        let text = header["__metadata__"]["latent-ink"].as_str().expect("our files have a record");
        let mut record = serde_json::from_str(text).expect("a record is JSON");
        change(&mut record);
        header["__metadata__"]["latent-ink"] = record.to_string().into();
    })
}

/// The valid file with one tensor's bytes changed.
fn with_bytes(precision: Precision, name: &str, change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let (header, mut body) = split(&file(precision));
    let at = |i: usize| header[name]["data_offsets"][i].as_u64().expect("an offset") as usize;
    change(&mut body[at(0)..at(1)]);
    join(&header, &body)
}

/// The file is refused in one sentence that has all of `words`.
#[track_caller]
fn refused(file: &[u8], words: &[&str]) {
    let message = match weights::from_bytes(file) {
        Ok(_) => panic!("read, expected an error with {words:?}"),
        Err(error @ (Error::Weights(_) | Error::Config(_))) => error.to_string(),
        Err(other) => panic!("{other:?} is no error of a weights file"),
    };
    for word in words {
        assert!(message.contains(word), "\"{message}\" does not say \"{word}\"");
    }
    assert!(!message.contains('\n'), "\"{message}\" is more than one line");
    assert!(message.len() < 300, "\"{message}\" is no sentence that a person reads");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn f32_comes_back_bit_for_bit() {
    let mut model = model();
    // Awkward but finite: both zeros, the smallest and the largest.
    for tensor in model.parameters_mut().iter_mut() {
        tensor.values[0] = -0.0;
    }
    let bias = model.parameters_mut().iter_mut().last().expect("a bias");
    bias.values[0] = f32::MAX;
    let weight = model.parameters_mut().iter_mut().next().expect("a weight");
    weight.values[1] = f32::from_bits(1);
    let bytes = weights::to_bytes(&model, &History::default(), Precision::F32).expect("finite");
    let bits = |model: &Model| -> Vec<(String, Vec<usize>, Vec<u32>)> {
        let bits = |t: &Tensor| t.values.iter().map(|v| v.to_bits()).collect();
        model.parameters().iter().map(|t| (t.name.clone(), t.shape.clone(), bits(t))).collect()
    };
    let back = read(&bytes);
    assert_eq!(bits(&back), bits(&model));
    assert_eq!(back.config(), model.config());
    assert_eq!(weights::to_bytes(&back, &History::default(), Precision::F32), Ok(bytes));
}

/// The largest error relative to the largest value of each row, over all tensors.
fn worst(precision: Precision) -> (f32, f32) {
    let (model, back) = (model(), read(&file(precision)));
    let (mut worst, mut largest) = (0.0_f32, 0.0_f32);
    for (want, got) in model.parameters().iter().zip(back.parameters().iter()) {
        let rows = want.values.len() / want.shape[0];
        for (want, got) in want.values.chunks(rows).zip(got.values.chunks(rows)) {
            let most = want.iter().fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs()));
            for (want, got) in want.iter().zip(got) {
                worst = worst.max((want - got).abs() / most);
                largest = largest.max(got.abs());
            }
        }
    }
    (worst, largest)
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn f16_and_int8_come_back_within_half_a_step() {
    // 11 significant bits: half a unit in the last place is 2^-11 of the value at most, so of the row's largest too.
    let (error, largest) = worst(Precision::F16);
    assert!(largest > 0.1, "all zeros would be near enough to all zeros");
    assert!(error > 0.0 && error <= 2.0_f32.powi(-11), "F16 is off by {error} of a row's largest");
    // 127 steps to the row's largest: half a step, and a little for the division's rounding.
    let (error, largest) = worst(Precision::Int8);
    assert!(largest > 0.1, "all zeros would be near enough to all zeros");
    assert!(error > 0.0 && error <= 0.501 / 127.0, "Int8 is off by {error} of a row's largest");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn int8_keeps_biases_exact_and_rows_of_zeros_zero() {
    let mut model = model();
    let row = model.parameters_mut().iter_mut().find(|t| t.name == "mu.weight").expect("a head");
    row.values[..12].fill(0.0);
    let bias = model.parameters_mut().iter_mut().find(|t| t.name == "mu.bias").expect("a head");
    bias.values[1] = 0.123_456_79;
    let bytes = weights::to_bytes(&model, &History::default(), Precision::Int8).expect("finite");
    let back = read(&bytes);
    assert!(tensor(&back, "mu.weight").values[..12].iter().all(|&value| value == 0.0));
    assert!(tensor(&back, "mu.weight").values[12..].iter().any(|&value| value != 0.0));
    assert_eq!(tensor(&back, "mu.bias").values[1].to_bits(), 0.123_456_79_f32.to_bits());
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn the_record_says_what_was_given() {
    let history = History { training: json!({ "seed": 3 }), metrics: json!({ "sse": 5.5 }) };
    let bytes = weights::to_bytes(&model(), &history, Precision::F16).expect("finite");
    let record: Value =
        serde_json::from_str(&weights::record(&bytes).expect("a whole file")).expect("JSON");
    assert_eq!(record["format"], 1);
    assert_eq!(record["training"]["seed"], 3);
    assert_eq!(record["metrics"]["sse"], 5.5);
    assert_eq!(Config::from_json(&record["config"]).as_ref(), Ok(model().config()));
    let (header, _) = split(&bytes);
    assert_eq!(header["__metadata__"].as_object().map(serde_json::Map::len), Some(1));
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn kernels_are_channels_first_in_the_file() {
    let config = json!({
        "input": { "height": 3, "width": 4, "channels": 2 },
        "likelihood": "gaussian",
        "latent": { "plain": { "size": 2 } },
        "encoder": [
            { "conv2d": { "channels": 3, "kernel": 2, "stride": 1, "padding": 0 } }, "flatten",
        ],
        "decoder": [
            { "dense": 30 }, { "unflatten": { "height": 2, "width": 3, "channels": 5 } },
            { "conv_transpose2d": { "channels": 2, "kernel": 2, "stride": 1, "padding": 0 } },
        ],
    });
    let config = Config::from_json(&config).expect("the config above is whole");
    let mut model = Model::zeros(config).expect("its layers fit");
    // Every value says where it stands in memory: 1000 o + 100 y + 10 x + i.
    for tensor in model.parameters_mut().iter_mut() {
        let [_, height, width, inner] = tensor.shape[..] else { continue };
        for (at, value) in tensor.values.iter_mut().enumerate() {
            let (i, x, y) = (at % inner, at / inner % width, at / inner / width % height);
            *value = (1000 * (at / inner / width / height) + 100 * y + 10 * x + i) as f32;
        }
    }
    let bytes = weights::to_bytes(&model, &History::default(), Precision::F32).expect("finite");
    let file = SafeTensors::deserialize(&bytes).expect("the safetensors crate reads our files");
    // PyTorch: Conv2d [outputs, inputs, height, width], ConvTranspose2d [inputs, outputs, height, width].
    for (name, shape) in [("encoder.0.weight", [3, 2, 2, 2]), ("decoder.2.weight", [5, 2, 2, 2])] {
        let view = file.tensor(name).expect("the name is PyTorch's");
        assert_eq!(view.shape(), shape, "{name}");
        for (at, value) in view.data().as_chunks().0.iter().enumerate() {
            let (x, y, i, o) = (at % 2, at / 2 % 2, at / 4 % shape[1], at / 4 / shape[1]);
            let want = (1000 * o + 100 * y + 10 * x + i) as f32;
            assert_eq!(f32::from_le_bytes(*value), want, "{name}[{o}, {i}, {y}, {x}]");
        }
    }
    assert_eq!(read(&bytes).parameters(), model.parameters());
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn the_safetensors_crate_reads_what_we_write() {
    let model = model();
    for precision in [Precision::F32, Precision::F16, Precision::Int8] {
        let bytes = file(precision);
        let theirs = SafeTensors::deserialize(&bytes).expect("the safetensors crate reads it");
        let scales = theirs.names().iter().filter(|name| name.ends_with(".scale")).count();
        assert_eq!(theirs.len() - scales, model.parameters().iter().count());
        for tensor in model.parameters().iter().filter(|tensor| tensor.shape.len() < 3) {
            let view = theirs.tensor(&tensor.name).expect("every tensor is there");
            assert_eq!(view.shape(), tensor.shape, "{}", tensor.name);
            let quantised = precision == Precision::Int8 && tensor.shape.len() == 2;
            match (precision, quantised) {
                (Precision::F16, _) => assert_eq!(view.dtype(), Dtype::F16),
                (_, true) => assert_eq!(view.dtype(), Dtype::I8),
                (_, false) => {
                    assert_eq!(view.dtype(), Dtype::F32);
                    let values: Vec<f32> =
                        view.data().as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)).collect();
                    assert_eq!(values, tensor.values, "{}", tensor.name);
                }
            }
        }
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn we_read_what_the_safetensors_crate_writes() {
    let (header, body) = split(&file(Precision::F32));
    let entries = header.as_object().expect("a header is an object");
    let record = entries["__metadata__"]["latent-ink"].as_str().expect("a record").to_owned();
    let views = entries.iter().filter(|(name, _)| *name != "__metadata__").map(|(name, entry)| {
        let numbers = |key: &str| -> Vec<usize> {
            let list = entry[key].as_array().expect("a list");
            list.iter().map(|number| number.as_u64().expect("a number") as usize).collect()
        };
        let (shape, range) = (numbers("shape"), numbers("data_offsets"));
        let view = TensorView::new(Dtype::F32, shape, &body[range[0]..range[1]]);
        (name.clone(), view.expect("a view of our own tensor"))
    });
    let metadata = [("latent-ink".to_owned(), record)].into_iter().collect();
    let theirs = safetensors::serialize(views, Some(metadata)).expect("the crate writes it");
    assert_eq!(read(&theirs).parameters(), model().parameters());
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn what_is_no_safetensors_file_is_refused() {
    let no_file = "expected a safetensors file, got";
    refused(&[], &[no_file, "0 bytes", "too short"]);
    refused(&[0; 7], &[no_file, "7 bytes", "too short"]);
    let mut valid = file(Precision::F32);
    let length = valid.len() as u64;
    for lie in [length, u64::MAX, 1 << 40, 1 << 63, 100_000_001] {
        valid[..8].copy_from_slice(&lie.to_le_bytes());
        refused(&valid, &[no_file, "header is longer than the file"]);
    }
    let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 75, 76, 74, 6, 0];
    refused(&gzip, &[no_file, "15 bytes of something else"]);
    // As 2 GB of zeros begin, and as many as matter: the header's length is 0.
    refused(&[0; 8], &[no_file, "8 bytes"]);
    refused(&[0; 4096], &[no_file, "4096 bytes"]);
    refused(&join_text("no JSON", &[]), &[no_file, "expected ident"]);
    refused(&join_text("[1, 2]", &[]), &[no_file, "no JSON object"]);
    refused(&join_text("\u{0}\u{1}", &[]), &[no_file]);
    refused(&[&3_u64.to_le_bytes()[..], &[0xff, 0xfe, 0xfd]].concat(), &[no_file]);
    // Nested deeper than any stack: an error, no overflow.
    refused(&join_text(&"[".repeat(1 << 20), &[]), &[no_file, "recursion limit"]);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn files_without_our_record_are_refused() {
    let none = "no \"latent-ink\" metadata";
    refused(&join_text("{}", &[]), &[none]);
    refused(&with_header(|h| *h = json!({ "a": h["mu.bias"] })), &[none]);
    refused(&with_header(|h| h["__metadata__"] = json!({ "format": "pt" })), &[none]);
    refused(&with_header(|h| h["__metadata__"] = json!(["latent-ink"])), &[none]);
    refused(&with_header(|h| h["__metadata__"]["latent-ink"] = json!({ "format": 1 })), &[none]);
    let says = |record: &str| with_header(|h| h["__metadata__"]["latent-ink"] = record.into());
    refused(&says("no record"), &["\"latent-ink\" metadata is no JSON"]);
    refused(&says(""), &["\"latent-ink\" metadata is no JSON"]);
    refused(&says("[1]"), &["has no format", "expected 1"]);
    refused(&says("{\"format\": \"1\"}"), &["has no format", "expected 1"]);
    refused(&with_record(|r| r["format"] = 2.into()), &["format 2", "reads format 1"]);
    refused(&with_record(|r| r["format"] = u64::MAX.into()), &["reads format 1"]);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn configs_that_describe_no_network_are_refused() {
    let config = |change: &dyn Fn(&mut Value)| with_record(|record| change(&mut record["config"]));
    let remove = |c: &mut Value, key: &str| {
        c.as_object_mut().expect("a config is an object").remove(key);
    };
    refused(&with_record(|r| r["config"] = Value::Null), &["config", "an object", "null"]);
    refused(&config(&|c| c["colour"] = 1.into()), &["config", "\"colour\"", "expected input"]);
    for field in ["input", "likelihood", "latent", "encoder", "decoder"] {
        refused(&config(&|c| remove(c, field)), &["config", &format!("has no \"{field}\"")]);
    }
    refused(&config(&|c| remove(&mut c["input"], "width")), &["input", "no \"width\""]);
    refused(
        &config(&|c| c["input"]["width"] = "4".into()),
        &["input.width", "whole number", "\"4\""],
    );
    refused(&config(&|c| c["input"]["width"] = json!(4.5)), &["input.width", "whole number"]);
    refused(&config(&|c| c["input"]["width"] = json!(-4)), &["input.width", "-4"]);
    refused(&config(&|c| c["likelihood"] = "cauchy".into()), &["likelihood", "\"cauchy\""]);
    refused(&config(&|c| c["latent"] = json!({ "vq": {} })), &["latent", "gaussian"]);
    refused(&config(&|c| c["latent"] = json!({})), &["latent"]);
    refused(
        &config(&|c| c["latent"]["gaussian"]["beta"] = "1".into()),
        &["latent.gaussian.beta", "\"1\""],
    );
    refused(&config(&|c| c["latent"]["gaussian"]["beta"] = json!(-1.0)), &["beta", "0 or more"]);
    refused(&config(&|c| c["latent"]["gaussian"]["beta"] = json!(1e300)), &["beta"]);
    refused(&config(&|c| c["latent"]["gaussian"]["size"] = 0.into()), &["0 latent dimensions"]);
    refused(&config(&|c| c["encoder"] = "dense".into()), &["encoder", "a list of layers"]);
    refused(&config(&|c| c["encoder"][1] = "swish".into()), &["encoder[1]", "\"swish\""]);
    refused(
        &config(&|c| c["encoder"][1] = json!({ "dropout": 0.5 })),
        &["encoder[1]", "a layer", "object"],
    );
    refused(&config(&|c| c["encoder"][1] = json!(3)), &["encoder[1]", "a layer", "3"]);
    refused(&config(&|c| c["decoder"][0]["dense"] = json!([12])), &["decoder[0].dense", "a list"]);
    refused(&config(&|c| c["decoder"][0]["dense"] = 0.into()), &["decoder.0", "at least 1"]);
    refused(
        &config(&|c| c["encoder"][0]["conv2d"]["dilation"] = 1.into()),
        &["conv2d", "\"dilation\""],
    );
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn layers_that_do_not_fit_are_refused() {
    let config = |change: &dyn Fn(&mut Value)| with_record(|record| change(&mut record["config"]));
    let no_flatten = |c: &mut Value| c["encoder"] = json!([c["encoder"][0], { "dense": 4 }]);
    refused(&config(&no_flatten), &["encoder.1", "3 channels", "flatten"]);
    let no_unflatten = |c: &mut Value| c["decoder"] = json!([c["decoder"][0], c["decoder"][3]]);
    refused(&config(&no_unflatten), &["decoder.1", "12 flat values", "unflatten"]);
    refused(&config(&|c| c["decoder"][0]["dense"] = 13.into()), &["decoder.2", "13 values"]);
    refused(&config(&|c| c["decoder"] = json!([])), &["decoder", "2 values", "expected 16"]);
    refused(&config(&|c| c["encoder"][0]["conv2d"]["kernel"] = 5.into()), &["encoder.0", "4x4x1"]);
    for key in ["kernel", "stride", "channels"] {
        refused(&config(&|c| c["encoder"][0]["conv2d"][key] = 0.into()), &["encoder.0"]);
        let transposed = |c: &mut Value| c["decoder"][3]["conv_transpose2d"][key] = 0.into();
        refused(&config(&transposed), &["decoder.3"]);
    }
    refused(&config(&|c| c["input"]["height"] = 0.into()), &["0x4x1"]);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn absurd_sizes_are_refused_before_memory_is_asked_for() {
    // Each of these would be gigabytes or overflow; in a page the first allocation would end the worker.
    let config = |change: &dyn Fn(&mut Value)| with_record(|record| change(&mut record["config"]));
    for size in [1_000_000_000_u64, 4_000_000_000, u64::from(u32::MAX), 1 << 62, u64::MAX] {
        let size: Value = size.into();
        let absurd = |change: &dyn Fn(&mut Value, Value)| {
            refused(&config(&|c| change(c, size.clone())), &["config:"]);
        };
        absurd(&|c, size| c["decoder"][0]["dense"] = size);
        absurd(&|c, size| c["latent"]["gaussian"]["size"] = size);
        for key in ["kernel", "stride", "padding", "channels"] {
            absurd(&|c, size| c["encoder"][0]["conv2d"][key] = size);
            absurd(&|c, size| c["decoder"][3]["conv_transpose2d"][key] = size);
        }
        for key in ["height", "width", "channels"] {
            absurd(&|c, size| c["input"][key] = size);
            absurd(&|c, size| c["decoder"][2]["unflatten"][key] = size);
        }
        absurd(&|c, size| {
            c["input"]["height"] = size.clone();
            c["input"]["width"] = size;
        });
    }
    refused(&config(&|c| c["decoder"][0]["dense"] = 4_000_000_000_u64.into()), &["decoder.0"]);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn tensors_that_do_not_match_the_config_are_refused() {
    let without = |name: &str| {
        let (header, body) = split(&file(Precision::F32));
        let range = |i: usize| header[name]["data_offsets"][i].as_u64().expect("an offset");
        let (first, end) = (range(0), range(1));
        let mut rest = header.clone();
        let entries = rest.as_object_mut().expect("a header is an object");
        entries.remove(name);
        for entry in entries.values_mut().filter(|entry| entry.get("data_offsets").is_some()) {
            for offset in entry["data_offsets"].as_array_mut().expect("a list") {
                let at = offset.as_u64().expect("an offset");
                *offset = if at >= end { at - (end - first) } else { at }.into();
            }
        }
        join(&rest, &[&body[..first as usize], &body[end as usize..]].concat())
    };
    for name in ["encoder.0.weight", "mu.bias", "log_var.weight", "decoder.3.bias"] {
        refused(&without(name), &[&format!("\"{name}\" is missing"), "config needs it"]);
    }
    let empty = json!({ "dtype": "F32", "shape": [0], "data_offsets": [0, 0] });
    refused(&with_header(|h| h["spare.weight"] = empty.clone()), &["11 tensors", "needs 10"]);
    refused(
        &with_header(|h| h["mu.weight"]["shape"] = json!([12, 2])),
        &["\"mu.weight\" is [12, 2]", "needs [2, 12]"],
    );
    refused(&with_header(|h| h["mu.weight"]["shape"] = json!([24])), &["[24]", "needs [2, 12]"]);
    refused(
        &with_header(|h| h["encoder.0.weight"]["shape"] = json!([3, 2, 2, 1])),
        &["encoder.0.weight", "[3, 2, 2, 1]", "needs [3, 1, 2, 2]"],
    );
    for dtype in ["BF16", "I64", "F64", "f32", ""] {
        refused(
            &with_header(|h| h["mu.bias"]["dtype"] = dtype.into()),
            &["\"mu.bias\"", &format!("stored as {dtype}"), "expected F32, F16 or I8"],
        );
    }
    refused(&with_header(|h| h["mu.bias"] = Value::Null), &["\"mu.bias\"", "no dtype"]);
    refused(&with_header(|h| h["mu.bias"]["dtype"] = 5.into()), &["\"mu.bias\"", "no dtype"]);
    refused(&with_header(|h| h["mu.bias"]["shape"] = "2".into()), &["\"mu.bias\"", "no shape"]);
    refused(&with_header(|h| h["mu.bias"]["shape"] = json!([-2])), &["\"mu.bias\"", "no shape"]);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn offsets_that_lie_are_refused() {
    let (header, body) = split(&file(Precision::F32));
    let first = header["mu.bias"]["data_offsets"][0].as_u64().expect("an offset");
    let end = body.len() as u64;
    let offsets = |offsets: Value| with_header(|h| h["mu.bias"]["data_offsets"] = offsets);
    refused(&offsets(json!([first, first + 4])), &["\"mu.bias\"", "more or fewer bytes"]);
    refused(&offsets(json!([first + 8, first])), &["\"mu.bias\"", "more or fewer bytes"]);
    refused(&offsets(json!([u64::MAX - 3, 4])), &["\"mu.bias\""]);
    refused(&offsets(json!([end, end + 8])), &["\"mu.bias\"", "cut short"]);
    refused(&offsets(json!([u64::MAX - 8, u64::MAX])), &["\"mu.bias\""]);
    refused(&offsets(json!([first])), &["\"mu.bias\"", "data_offsets"]);
    refused(&offsets(json!([first, first + 8, 0])), &["\"mu.bias\"", "data_offsets"]);
    refused(&offsets(json!([-8, 0])), &["\"mu.bias\"", "data_offsets"]);
    refused(&offsets(json!([0.5, 8.5])), &["\"mu.bias\"", "data_offsets"]);
    refused(&offsets(Value::Null), &["\"mu.bias\"", "data_offsets"]);
    // Two tensors on the same bytes, and bytes that are nobody's: what the format forbids.
    let (from, to) = (&header["log_var.bias"]["data_offsets"], &header["mu.bias"]["data_offsets"]);
    assert_ne!(from, to);
    refused(&offsets(from.clone()), &["overlap"]);
    refused(&[file(Precision::F32), vec![0]].concat(), &["leave a gap"]);
    // A shape whose product overflows.
    let huge = json!([1_u64 << 32, 1_u64 << 32]);
    refused(&with_header(|h| h["mu.bias"]["shape"] = huge.clone()), &["\"mu.bias\""]);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn numbers_that_are_not_finite_are_refused() {
    let f32s = [
        (f32::NAN, "NaN"),
        (f32::INFINITY, "an infinite number"),
        (f32::NEG_INFINITY, "an infinite number"),
    ];
    for (value, word) in f32s {
        let bytes = with_bytes(Precision::F32, "mu.weight", |bytes| {
            bytes[20..24].copy_from_slice(&value.to_le_bytes());
        });
        refused(&bytes, &["\"mu.weight\"", word, "index 5", "expected finite"]);
        let scale = with_bytes(Precision::Int8, "mu.weight.scale", |bytes| {
            bytes[4..].copy_from_slice(&value.to_le_bytes());
        });
        refused(&scale, &["\"mu.weight\"", "expected finite"]);
    }
    for (bits, word) in [(0x7e00_u16, "NaN"), (0x7c00, "infinite"), (0xfc00, "infinite")] {
        let bytes = with_bytes(Precision::F16, "mu.bias", |bytes| {
            bytes[2..].copy_from_slice(&bits.to_le_bytes());
        });
        refused(&bytes, &["\"mu.bias\"", word, "index 1"]);
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn scales_that_are_missing_or_wrong_are_refused() {
    let (header, body) = split(&file(Precision::Int8));
    let change = |change: &dyn Fn(&mut Value)| {
        let mut header = header.clone();
        change(&mut header);
        join(&header, &body)
    };
    let name = "mu.weight.scale";
    let rename = |h: &mut Value| {
        let entry = h.as_object_mut().expect("an object").remove(name).expect("a scale");
        h["other"] = entry;
    };
    refused(&change(&rename), &["\"mu.weight.scale\" is missing"]);
    refused(&change(&|h| h[name]["shape"] = json!([1, 2])), &["mu.weight.scale", "[1, 2]", "[2]"]);
    let halves = |h: &mut Value| {
        h[name]["dtype"] = "F16".into();
        h[name]["shape"] = json!([4]);
    };
    refused(&change(&halves), &["mu.weight.scale", "F16", "expected F32"]);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn files_that_were_cut_short_are_refused() {
    for precision in [Precision::F32, Precision::F16, Precision::Int8] {
        let whole = file(precision);
        for end in (0..whole.len()).step_by(97).chain([whole.len() - 1]) {
            refused(&whole[..end], if end < 8 { &["too short"] } else { &["cut short"] });
        }
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn models_that_no_file_could_hold_are_not_written() {
    let mut model = model();
    let set = |model: &mut Model, value: f32| {
        let bias = model.parameters_mut().iter_mut().find(|t| t.name == "mu.bias");
        bias.expect("a head").values[1] = value;
    };
    let written = |model: &Model, precision| {
        weights::to_bytes(model, &History::default(), precision).map_err(|error| error.to_string())
    };
    for precision in [Precision::F32, Precision::F16, Precision::Int8] {
        for value in [f32::NAN, f32::INFINITY] {
            set(&mut model, value);
            let message = written(&model, precision).expect_err("no finite model");
            assert!(message.contains("\"mu.bias\" is not finite"), "{message}");
        }
    }
    // Finite, but F16 ends at 65,504: infinity would be written, and never read again.
    set(&mut model, 1e6);
    assert!(written(&model, Precision::F32).is_ok());
    let message = written(&model, Precision::F16).expect_err("65,504 is F16's largest");
    assert!(message.contains("mu.bias") && message.contains("F16"), "{message}");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn groups_come_back_bit_for_bit_and_are_checked() {
    let model = model();
    let parameters = model.parameters();
    let mut second = parameters.clone();
    second.fill(0.25);
    let groups = [("first", parameters), ("second", &second)];
    let bytes = weights::groups_to_bytes(groups, "{\"step\":3}".into()).expect("finite");
    assert_eq!(weights::record(&bytes).as_deref(), Ok("{\"step\":3}"));
    let back = weights::groups_from_bytes(["first", "second"], parameters, &bytes);
    assert_eq!(back, Ok([parameters.clone(), second]));
    let message = weights::groups_from_bytes(["third"], parameters, &bytes).expect_err("no third");
    assert!(message.to_string().contains("\"third.encoder.0.weight\" is missing"), "{message}");
    let message = weights::from_bytes(&bytes).map(|_| ()).expect_err("a state is no model");
    assert!(message.to_string().contains("has no format"), "{message}");
    // A group that nobody asked for, whose tensors' lengths overflow when summed.
    let (mut header, body) = split(&bytes);
    for (name, first) in [("spare.a", 0_u64), ("spare.b", 1)] {
        header[name] = json!({ "dtype": "F32", "shape": [], "data_offsets": [first, usize::MAX] });
    }
    let lying = weights::groups_from_bytes(["first", "second"], parameters, &join(&header, &body));
    let message = lying.expect_err("an overlap").to_string();
    assert!(message.contains("overlap"), "{message}");
    for end in (0..bytes.len()).step_by(97) {
        assert!(weights::groups_from_bytes(["first"], parameters, &bytes[..end]).is_err());
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod arbitrary {
    use super::*;
    use proptest::prelude::*;

    /// No panic, and a model that is read is finite.
    fn is_sound(file: &[u8]) -> bool {
        let finite = |tensor: &Tensor| tensor.values.iter().all(|value| value.is_finite());
        weights::from_bytes(file).map_or(true, |(model, _)| model.parameters().iter().all(finite))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn any_bytes_are_refused_or_finite(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(is_sound(&bytes));
        }

        #[test]
        fn any_header_is_refused_or_finite(
            text in "[\\[\\]{}\":,a-z0-9_. -]{0,200}",
            body in prop::collection::vec(any::<u8>(), 0..50),
        ) {
            prop_assert!(is_sound(&join_text(&text, &body)));
        }

        #[test]
        fn any_one_wrong_byte_is_refused_or_finite(
            at in any::<prop::sample::Index>(),
            byte in any::<u8>(),
            precision in prop_oneof![
                Just(Precision::F32), Just(Precision::F16), Just(Precision::Int8)
            ],
        ) {
            let mut file = file(precision);
            let at = at.index(file.len());
            file[at] = byte;
            prop_assert!(is_sound(&file));
        }
    }
}
