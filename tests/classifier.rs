//! The classifier: its gradient against differences, that it learns, and its weights files.

use latent_ink::{
    error::Error,
    eval::accuracy,
    model::{Classifier, ClassifierConfig, ClassifierPass, Config, Model, cross_entropy, softmax},
    train::{
        Augment, ClassifierTrainer, ClassifierTraining, Dataset, Decay,
        seeds::{Purpose, generator},
    },
    weights::{self, History, Precision},
};
use ndarray::Array2;
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

fn config() -> ClassifierConfig {
    let conv = json!({ "channels": 4, "kernel": 3, "stride": 2, "padding": 1 });
    ClassifierConfig::from_json(&json!({
        "input": { "height": 6, "width": 6, "channels": 1 },
        "layers": [{ "conv2d": conv }, "tanh", "flatten", { "dense": 8 }, "tanh"],
        "classes": 3,
    }))
    .expect("a whole config")
}

fn training() -> ClassifierTraining {
    ClassifierTraining {
        batch: 10,
        learning_rate: 1e-2,
        warm_up: 5,
        decay: Decay::Cosine,
        augment: Augment { shift: 0.5, rotate: 5.0, probability: 0.5, ..Augment::default() },
        average: 0.9,
        adam: Default::default(),
    }
}

/// 90 images of 6x6: a bar at the top, in the middle or at the bottom, on some noise.
fn bars() -> Dataset {
    let header = |magic: u32, sizes: &[u32]| -> Vec<u8> {
        std::iter::once(&magic).chain(sizes).flat_map(|size| size.to_be_bytes()).collect()
    };
    let labels: Vec<u8> = (0..90).map(|i| i % 3).collect();
    let level = |i: usize| {
        let (image, row) = (i / 36, i % 36 / 6);
        let noise = (i * i * 31 % 97) as u8;
        if row / 2 == image % 3 { 150 + noise } else { noise }
    };
    let images: Vec<u8> = (0..90 * 36).map(level).collect();
    Dataset::from_idx(
        &[header(2051, &[90, 6, 6]), images].concat(),
        &[header(2049, &[90]), labels].concat(),
    )
    .expect("a valid pair")
}

fn random() -> Classifier {
    Classifier::random(config(), &mut generator(1, Purpose::Weights, 0)).expect("its layers fit")
}

fn x(rows: usize) -> Array2<f32> {
    Array2::from_shape_fn((rows, 36), |(i, j)| ((i * 37 + j * j * 11) % 101) as f32 / 101.0)
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn softmax_and_cross_entropy_are_those_of_f64_and_do_not_overflow() {
    let logits = [1.0, -2.0, 0.5, 300.0, 299.0, -300.0];
    let (mut d_logits, labels) = ([f32::NAN; 6], [2_u8, 1]);
    let loss = cross_entropy(3, &logits, &labels, &mut d_logits);
    let mut expected = 0.0;
    for (row, (&label, d)) in logits.chunks(3).zip(labels.iter().zip(d_logits.chunks(3))) {
        let most = row.iter().fold(f64::MIN, |most, &l| most.max(f64::from(l)));
        let sum: f64 = row.iter().map(|&l| (f64::from(l) - most).exp()).sum();
        expected += most + sum.ln() - f64::from(row[usize::from(label)]);
        for (class, (&logit, &d)) in row.iter().zip(d).enumerate() {
            let target = if class == usize::from(label) { 1.0 } else { 0.0 };
            let want = ((f64::from(logit) - most).exp() / sum - target) / 2.0;
            assert!((f64::from(d) - want).abs() < 1e-6, "{d}, expected {want}");
        }
    }
    assert!((loss - expected / 2.0).abs() < 1e-4, "{loss}, expected {}", expected / 2.0);
    let mut wide = [1000.0, 1000.0];
    assert!((softmax(&mut wide) - 1000.693).abs() < 1e-3);
    assert_eq!(wide, [0.5, 0.5]);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn the_gradient_is_that_of_differences() {
    let mut classifier = random();
    let (x, labels) = (x(5), [0_u8, 1, 2, 1, 0]);
    let x = x.as_slice().expect("standard layout");
    let mut pass = ClassifierPass::default();
    let mut gradient = classifier.parameters().zeros_like();
    classifier.forward(x, &mut pass);
    classifier.backward(x, &labels, &mut pass, &mut gradient);
    let (mut most, mut unused) = (0.0_f64, gradient.clone());
    for tensor in 0..gradient.iter().count() {
        let wanted = gradient.iter().nth(tensor).expect("counted").values.clone();
        for index in (0..wanted.len()).step_by(3) {
            let mut loss = |by: f32| {
                let nudge = |classifier: &mut Classifier, by: f32| {
                    let mut tensors = classifier.parameters_mut().iter_mut();
                    tensors.nth(tensor).expect("counted").values[index] += by;
                };
                nudge(&mut classifier, by);
                classifier.forward(x, &mut pass);
                let loss = classifier.backward(x, &labels, &mut pass, &mut unused);
                nudge(&mut classifier, -by);
                loss
            };
            let slope = (loss(1e-2) - loss(-1e-2)) / 2e-2;
            let difference = (slope - f64::from(wanted[index])).abs();
            // f32 losses of about 1 over a step of 0.01: 1e-5 of noise, and the third derivative's 1e-4.
            assert!(difference < 1e-3, "tensor {tensor}, {index}: {slope}, {}", wanted[index]);
            most = most.max(slope.abs());
        }
    }
    assert!(most > 0.05, "every slope is 0");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn it_learns_and_the_same_seed_is_the_same_run() {
    let data = bars();
    let trained = |seed: u32| {
        let mut trainer =
            ClassifierTrainer::new(config(), training(), &data, seed, 12).expect("a possible run");
        assert_eq!((trainer.steps_per_epoch(), trainer.total_steps()), (9, 108));
        let losses: Vec<f64> =
            (0..108).map(|_| trainer.step(&data).expect("it does not diverge")).collect();
        assert!(losses[107] < 0.3 * losses[0], "from {} to {}", losses[0], losses[107]);
        (trainer.averaged(), losses)
    };
    let (classifier, losses) = trained(4);
    let right = accuracy(&classifier, &data).expect("images of P values");
    assert!(right > 0.95, "{right} read right");
    assert!(accuracy(&random(), &data).expect("images of P values") < 0.7);
    let (same, same_losses) = trained(4);
    assert_eq!((classifier.parameters(), &losses), (same.parameters(), &same_losses));
    assert_ne!(losses, trained(5).1);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn features_are_what_the_head_is_given() {
    let classifier = random();
    let (probabilities, features) = classifier.read(x(4).view()).expect("images of P values");
    assert_eq!((probabilities.dim(), features.dim()), ((4, 3), (4, 8)));
    assert_eq!(classifier.features(x(4).view()).expect("P values"), features);
    let get = |name: &str| {
        let tensor = classifier.parameters().iter().find(|tensor| tensor.name == name);
        tensor.expect("the head's").values.clone()
    };
    let (weight, bias) = (get("classes.weight"), get("classes.bias"));
    for (shares, features) in probabilities.rows().into_iter().zip(features.rows()) {
        let logit = |class: usize| {
            let weights = &weight[class * 8..][..8];
            bias[class] + features.iter().zip(weights).map(|(f, w)| f * w).sum::<f32>()
        };
        let mut logits = [0, 1, 2].map(logit);
        softmax(&mut logits);
        for (share, want) in shares.iter().zip(logits) {
            assert!((share - want).abs() < 1e-5, "{share}, expected {want}");
        }
        assert!((shares.sum() - 1.0).abs() < 1e-5);
    }
    let error = classifier.probabilities(Array2::zeros((2, 35)).view()).expect_err("35 values");
    assert!(matches!(error, Error::Shape { what: "x", .. }), "{error}");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn weights_files_come_back_and_are_not_taken_for_a_models() {
    let classifier = random();
    let history = History { training: json!({ "seed": 1 }), metrics: Value::Null };
    let write = |precision| {
        weights::classifier_to_bytes(&classifier, &history, precision).expect("finite weights")
    };
    let (read, record) =
        weights::classifier_from_bytes(&write(Precision::F32)).expect("a whole file");
    assert_eq!((read.parameters(), read.config()), (classifier.parameters(), &config()));
    let record: Value = serde_json::from_str(&record).expect("JSON");
    assert_eq!(
        (&record["training"]["seed"], &record["classifier"]["classes"]),
        (&json!(1), &json!(3))
    );
    let exact = classifier.probabilities(x(9).view()).expect("P values");
    for (precision, most) in [(Precision::F16, 1e-3), (Precision::Int8, 2e-2)] {
        let (read, _) = weights::classifier_from_bytes(&write(precision)).expect("a whole file");
        let rounded = read.probabilities(x(9).view()).expect("P values");
        let off = (&rounded - &exact).iter().fold(0.0_f32, |most, d| most.max(d.abs()));
        assert!(off > 0.0 && off < most, "{precision:?} moves a probability by {off}");
    }

    let message = weights::from_bytes(&write(Precision::F32)).expect_err("no model").to_string();
    assert!(message.contains("classifier") && message.contains("autoencoder"), "{message}");
    let model = Config::from_json(&json!({
        "input": { "height": 2, "width": 2, "channels": 1 },
        "likelihood": "bernoulli",
        "latent": { "plain": { "size": 1 } },
        "encoder": [],
        "decoder": [{ "dense": 4 }],
    }));
    let model = Model::zeros(model.expect("a whole config")).expect("its layers fit");
    let file = weights::to_bytes(&model, &History::default(), Precision::F32).expect("finite");
    let message = weights::classifier_from_bytes(&file).expect_err("no classifier").to_string();
    assert!(message.contains("autoencoder") && message.contains("classifier"), "{message}");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn metrics_are_replaced_and_no_tensor_changes() {
    let history = History { training: json!({ "seed": 7 }), metrics: json!({ "old": 1 }) };
    let file = weights::classifier_to_bytes(&random(), &history, Precision::Int8).expect("finite");
    let metrics = json!({ "accuracy": 0.99, "words": "longer than before".repeat(9) });
    let written = weights::with_metrics(&file, metrics.clone()).expect("a whole file");
    let (classifier, record) = weights::classifier_from_bytes(&written).expect("a whole file");
    let (before, _) = weights::classifier_from_bytes(&file).expect("a whole file");
    assert_eq!(classifier.parameters(), before.parameters());
    let record: Value = serde_json::from_str(&record).expect("JSON");
    assert_eq!((&record["metrics"], &record["training"]["seed"]), (&metrics, &json!(7)));
    let body = |file: &[u8]| {
        let length = u64::from_le_bytes(file[..8].try_into().expect("8 bytes")) as usize;
        assert!(length.is_multiple_of(8));
        file[8 + length..].to_vec()
    };
    assert_eq!(body(&written), body(&file));
    assert_eq!(weights::with_metrics(&written, metrics).expect("a whole file"), written);
    assert!(weights::with_metrics(&written[..100], Value::Null).is_err());
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn what_makes_no_classifier_or_run_is_refused() {
    let json = |key: &str, value: Value| {
        let mut json = config().to_json();
        json[key] = value;
        json
    };
    assert_eq!(ClassifierConfig::from_json(&config().to_json()), Ok(config()));
    for (json, words) in [
        (json("classes", json!(1.5)), "classes: expected a whole number"),
        (json("klasses", json!(3)), "\"klasses\""),
        (json("layers", json!(["conv"])), "layers[0]"),
    ] {
        let message = ClassifierConfig::from_json(&json).expect_err("no config").to_string();
        assert!(message.contains(words), "{message}");
    }
    for classes in [0, 1, 4097] {
        let config = ClassifierConfig { classes, ..config() };
        assert!(Classifier::zeros(config).expect_err("classes").to_string().contains("2 to 4096"));
    }
    let data = bars();
    let refused = |config: ClassifierConfig, training: ClassifierTraining| {
        ClassifierTrainer::new(config, training, &data, 0, 1).expect_err("no run").to_string()
    };
    let two = ClassifierConfig { classes: 2, ..config() };
    assert!(refused(two, training()).contains("a label is 2"));
    let mut small = config();
    small.input.height = 5;
    assert!(refused(small, training()).contains("5 x 6 x 1"));
    let with = |change: fn(&mut ClassifierTraining)| {
        let mut training = training();
        change(&mut training);
        refused(config(), training)
    };
    assert!(with(|t| t.batch = 91).contains("batch is 91"));
    assert!(with(|t| t.average = 1.0).contains("average"));
    assert!(with(|t| t.learning_rate = f32::NAN).contains("learning_rate"));
    assert!(with(|t| t.augment.stroke = 2.0).contains("augment"));
}

/// The judge that ships, on all 10,000 test digits.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn the_judge_reads_what_it_promises() {
    let path = |name: &str| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let file = std::fs::read(path("www/models/judge.safetensors")).expect("committed");
    assert!(file.len() <= 200_000, "{} bytes, at most 200,000", file.len());
    let (judge, record) = weights::classifier_from_bytes(&file).expect("a whole file");
    let read = |kind: &str| std::fs::read(path("data/mnist").join(kind)).ok();
    let images = read("t10k-images-idx3-ubyte");
    let Some((images, labels)) = images.zip(read("t10k-labels-idx1-ubyte")) else {
        println!("skipped: no MNIST in data/mnist; `cargo xtask data` gets it");
        return;
    };
    let data = Dataset::from_idx(&images, &labels).expect("MNIST's files are whole");
    let right = accuracy(&judge, &data).expect("images of P values");
    println!("the judge reads {right} right");
    assert!(right >= 0.992, "{right} read right, at least 0.992");
    let record: Value = serde_json::from_str(&record).expect("JSON");
    let claim = record["metrics"]["test"]["accuracy"].as_f64().expect("a claim");
    // Other processors round otherwise: two digits of 10,000.
    assert!((claim - right).abs() < 2.5e-4, "{right}, the file claims {claim}");
}
