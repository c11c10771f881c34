//! Models that are told the class: gradients, training, weights files, several drawings of one hand, and bad input.

mod compare;

use compare::{assert_close, slope, uniform, wide};
use ndarray::{Array2, array};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

use latent_ink::{
    error::Error,
    model::{Combination, Config, Model, Pass, Posterior, standard_normal},
    nn::Parameters,
    train::{
        Dataset, RunConfig, Trainer,
        seeds::{Purpose, generator},
    },
    weights::{self, History, Precision},
};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

/// Six pixels, three classes, two latent dimensions.
const MODEL: &str = r#"{
    "input": { "height": 3, "width": 2, "channels": 1 },
    "likelihood": "bernoulli",
    "latent": { "gaussian": { "size": 2, "beta": 1 } },
    "classes": 3,
    "encoder": [{ "dense": 5 }, "film", "silu"],
    "decoder": [{ "dense": 4 }, "film", "tanh", { "dense": 6 }]
}"#;

fn config(change: impl FnOnce(&mut serde_json::Value)) -> Result<Config, Error> {
    let mut json = serde_json::from_str(MODEL).expect("JSON");
    change(&mut json);
    Config::from_json(&json)
}

fn model() -> Model {
    let mut model = Model::zeros(config(|_| ()).expect("a config")).expect("layers that fit");
    for (tensor, seed) in model.parameters_mut().iter_mut().zip(1..) {
        tensor.values = uniform(seed, tensor.values.len());
    }
    model
}

/// Before a batch with this noise and these labels.
fn pass(labels: &[u8], eps: &[f32]) -> Pass {
    let mut pass = Pass::default();
    pass.eps = eps.to_vec();
    pass.tell(labels);
    pass
}

/// `recon + beta KL` of a batch, in f64.
fn loss(model: &Model, x: &[f32], labels: &[u8], eps: &[f32]) -> f64 {
    let loss = model.forward(x, &mut pass(labels, eps));
    loss.recon + loss.kl
}

#[test]
fn gradients_are_their_difference_quotients() {
    let (model, labels) = (model(), [2, 0, 1, 2]);
    let x: Vec<f32> = uniform(9, 24).iter().map(|x| x.abs()).collect();
    let mut eps = vec![0.0; 8];
    standard_normal(&mut generator(1, Purpose::Posterior, 0), &mut eps);
    let mut pass = pass(&labels, &eps);
    let mut gradient = model.parameters().zeros_like();
    // The second time with other labels in every buffer.
    for labels in [[0, 0, 0, 1], labels] {
        pass.tell(&labels);
        model.forward(&x, &mut pass);
        model.backward(&x, 1.0, &mut pass, &mut gradient);
    }
    for (index, tensor) in gradient.iter().enumerate() {
        let mut moved = model.clone();
        let want: Vec<f64> = (0..tensor.values.len())
            .map(|i| {
                let at = |parameters: &mut Parameters, value| {
                    parameters.iter_mut().nth(index).expect("as many").values[i] = value;
                };
                let held = model.parameters().iter().nth(index).expect("as many").values[i];
                let quotient = slope(held, |value| {
                    at(moved.parameters_mut(), value);
                    loss(&moved, &x, &labels, &eps)
                });
                at(moved.parameters_mut(), held);
                quotient
            })
            .collect();
        assert_close(&tensor.name, &tensor.values, &want, 1e-3);
    }
}

/// Several z of an image are told the image's class: all with the noise of one, they cost what that one does.
#[test]
fn importance_samples_are_told_the_class_of_their_image() {
    let (model, labels) = (model(), [2, 0]);
    let x: Vec<f32> = uniform(9, 12).iter().map(|x| x.abs()).collect();
    let eps = uniform(3, 4);
    let twice = [&eps[..2], &eps[..2], &eps[2..], &eps[2..]].concat();
    let recon = |eps: &[f32]| model.forward(&x, &mut pass(&labels, eps)).recon;
    let (one, several) = (recon(&eps), recon(&twice));
    assert!((several - one).abs() < 1e-5 * one, "{several}, with one z {one}");
}

#[test]
fn the_class_changes_posterior_and_image() {
    let model = model();
    let x = Array2::from_shape_vec((1, 6), vec![0.5; 6]).expect("six values");
    let [one, other] = [0, 1].map(|label| {
        let posterior = model.encode_told(x.view(), &[label]).expect("a label below 3");
        let image = model.decode_mean_told(array![[0.3, -0.2]].view(), &[label]);
        (posterior, image.expect("a label below 3"))
    });
    assert_ne!(one.0, other.0);
    assert_ne!(one.1, other.1);
}

#[test]
fn of_no_image_at_all_nothing_comes() {
    let model = model();
    let none = |columns: usize| Array2::zeros((0, columns));
    let posterior = model.encode_told(none(6).view(), &[]).expect("no image needs no label");
    assert_eq!(posterior.mu.dim(), (0, 2));
    assert_eq!(model.decode_told(none(2).view(), &[]).expect("none").dim(), (0, 6));
}

#[test]
fn a_weights_file_keeps_the_classes_under_pytorch_names() {
    let model = model();
    for precision in [Precision::F32, Precision::F16, Precision::Int8] {
        let bytes = weights::to_bytes(&model, &History::default(), precision).expect("finite");
        let (read, _) = weights::from_bytes(&bytes).expect("a file of this version");
        assert_eq!(read.config(), model.config());
        assert_eq!(read.classes(), 3);
        let shapes = |model: &Model| -> Vec<(String, Vec<usize>)> {
            model.parameters().iter().map(|t| (t.name.clone(), t.shape.clone())).collect()
        };
        assert_eq!(shapes(&read), shapes(&model));
        let tolerance = if precision == Precision::Int8 { 0.01 } else { 1e-3 };
        for (got, want) in read.parameters().iter().zip(model.parameters().iter()) {
            assert_close(&want.name, &got.values, &wide(&want.values), tolerance);
        }
    }
    let film = model.parameters().iter().find(|tensor| tensor.name == "decoder.1.weight");
    assert_eq!(film.expect("a film in the decoder").shape, [8, 3]);
}

/// Images whose pixels are the class's, and a run that is told which.
fn run(classes: usize) -> Result<Trainer, Error> {
    let labels: Vec<u8> = (0..60).map(|i| i % 3).collect();
    let images = labels.iter().flat_map(|&label| {
        (0..6).map(move |pixel| if pixel / 2 == usize::from(label) { 255 } else { 0 })
    });
    let data = Dataset::new(images.collect(), labels, 6).expect("six pixels each");
    let mut json = serde_json::json!({
        "model": serde_json::from_str::<serde_json::Value>(MODEL).expect("JSON"),
        "training": { "batch": 20, "learning_rate": 0.02, "pixels": "grey" },
    });
    json["model"]["classes"] = classes.into();
    let RunConfig { model, training } = RunConfig::from_json(&json.to_string())?;
    let mut trainer = Trainer::new(model, training, &data, 1, 200)?;
    for _ in 0..trainer.total_steps() {
        trainer.step(&data)?;
    }
    Ok(trainer)
}

#[test]
fn a_trained_model_writes_the_class_that_it_is_told_and_leaves_it_out_of_z() {
    let trainer = run(3).expect("a run");
    let z = Array2::zeros((3, 2));
    let images = trainer.model().decode_mean_told(z.view(), &[0, 1, 2]).expect("three labels");
    for (class, image) in images.rows().into_iter().enumerate() {
        for (pixel, &ink) in image.iter().enumerate() {
            assert_eq!(ink > 0.5, pixel / 2 == class, "class {class}, pixel {pixel}: {ink}");
        }
    }
    let posterior = trainer.model().encode_told(images.view(), &[0, 1, 2]).expect("three labels");
    let kl: f32 = posterior.kl().expect("a VAE").iter().sum::<f32>() / 3.0;
    assert!(kl < 0.1, "nothing is left to say, and z says {kl} nats");
}

#[test]
fn labels_and_classes_that_cannot_be_are_refused_in_one_sentence() {
    let says = |result: Result<(), Error>, expected: &str| {
        let message = result.expect_err(expected).to_string();
        assert_eq!(message, expected);
    };
    let model = model();
    let (x, z) = (Array2::zeros((2, 6)), Array2::zeros((2, 2)));
    let labels = "labels: expected 2, one for each row, got";
    says(model.encode(x.view()).map(drop), &format!("{labels} 0"));
    says(model.decode(z.view()).map(drop), &format!("{labels} 0"));
    says(model.encode_told(x.view(), &[1]).map(drop), &format!("{labels} 1"));
    says(
        model.decode_mean_told(z.view(), &[1, 3]).map(drop),
        "labels: expected each below 3, got 3",
    );
    says(model.reconstruct(x.view(), &mut Pass::default()).map(drop), &format!("{labels} 0"));
    says(run(2).map(drop), "data: a label is 2, expected below 2");
    says(
        run(0).map(drop),
        "config: encoder.1: film needs a condition, such as classes, and nothing is told here",
    );
    let zeros =
        |change: fn(&mut serde_json::Value)| config(change).and_then(Model::zeros).map(drop);
    says(
        zeros(|json| json["decoder"] = serde_json::json!([{ "dense": 6 }])),
        "config: 3 classes, and no layer of the decoder is a film that is told them",
    );
    says(zeros(|json| json["classes"] = 300.into()), "config: 300 classes, expected at most 256");
    says(
        zeros(|json| json["classes"] = "ten".into()),
        "config: classes: expected a whole number, got \"ten\"",
    );
    says(
        zeros(|json| json["clases"] = 3.into()),
        "config: the config has \"clases\", expected input, likelihood, latent, encoder, decoder",
    );
}

#[test]
fn posteriors_of_one_hand_combine_as_their_densities_do() {
    let ln = f32::ln;
    // Precisions 4 and 2 in the first dimension, 2 and 2 in the second.
    let posterior = Posterior {
        mu: array![[1.0, -1.0], [-0.5, 2.0]],
        log_var: Some(array![[ln(0.25), ln(0.5)], [ln(0.5), ln(0.5)]]),
    };
    for (how, mu, variance) in [
        (Combination::Product, [3.0 / 6.0, 2.0 / 4.0], [1.0 / 6.0, 1.0 / 4.0]),
        (Combination::PriorOnce, [3.0 / 5.0, 2.0 / 3.0], [1.0 / 5.0, 1.0 / 3.0]),
        (Combination::Mean, [0.25, 0.5], [0.75 / 4.0, 1.0 / 4.0]),
    ] {
        let hand = posterior.combined(how);
        let got: Vec<f32> = hand.log_var.iter().flatten().map(|log_var| log_var.exp()).collect();
        assert_close(&format!("{how:?}, mu"), &hand.mu.into_raw_vec_and_offset().0, &mu, 1e-6);
        assert_close(&format!("{how:?}, sigma²"), &got, &variance, 1e-6);
    }
    // A posterior that is wider than the prior says no less than nothing.
    let wide = Posterior { mu: array![[1.0], [1.0]], log_var: Some(array![[ln(4.0)], [ln(4.0)]]) };
    assert_eq!(wide.combined(Combination::PriorOnce).log_var, Some(array![[0.0]]));
    let one = Posterior { mu: array![[1.0, 2.0]], log_var: Some(array![[-1.0, -2.0]]) };
    assert_eq!(one.combined(Combination::Product), one);
}
