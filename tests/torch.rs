//! A model that PyTorch made loads here and computes the same: forward, losses, every gradient, Adam.
//!
//! The fixtures are made by tests/fixtures/pytorch.py.

#[allow(dead_code, reason = "PyTorch stands in for difference quotients")]
mod compare;

use compare::{assert_close, wide};
use latent_ink::{
    model::{Model, Pass},
    nn::{Adam, AdamConfig, Parameters},
    weights,
};
use ndarray::ArrayView2;
use safetensors::SafeTensors;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

const MODEL: &[u8] = include_bytes!("fixtures/torch-model.safetensors");
const GRADIENT: &[u8] = include_bytes!("fixtures/torch-gradient.safetensors");
const REFERENCE: &[u8] = include_bytes!("fixtures/torch-reference.safetensors");

/// The beta of the script.
const BETA: f32 = 1.5;

/// Relative to the largest |reference| of a tensor; the references are f64's. All were within 5e-7 (measured
/// natively, 2026-11-22).
const TOLERANCE: f64 = 3e-6;

/// One tensor of the reference file.
fn reference(name: &str) -> Vec<f32> {
    let file = SafeTensors::deserialize(REFERENCE).expect("the script wrote a safetensors file");
    let view = file.tensor(name).expect("the script wrote this tensor");
    view.data().as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
}

fn load(bytes: &[u8]) -> Model {
    weights::from_bytes(bytes).expect("the script wrote a file of format 1").0
}

fn rows(columns: usize, values: &[f32]) -> ArrayView2<'_, f32> {
    ArrayView2::from_shape((values.len() / columns, columns), values)
        .expect("the script wrote whole rows")
}

#[track_caller]
fn assert_matches(name: &str, got: &[f32]) {
    assert_close(name, got, &wide(&reference(name)), TOLERANCE);
}

#[test]
fn a_model_from_pytorch_computes_the_same() {
    let model = load(MODEL);
    let x = reference("x");
    let posterior = model.encode(rows(model.pixels(), &x)).expect("x has the model's pixels");
    let eps = reference("eps");
    let z = posterior.reparameterise(&rows(model.latent_size(), &eps).to_owned());
    let logits = model.decode(z.view()).expect("z has the model's dimensions");
    let flat = |array: &ndarray::Array2<f32>| -> Vec<f32> { array.iter().copied().collect() };
    assert_matches("mu", &flat(&posterior.mu));
    assert_matches("log_var", &flat(posterior.log_var.as_ref().expect("a VAE has log_var")));
    assert_matches("z", &flat(&z));
    assert_matches("logits", &flat(&logits));
    assert_matches("kl", &flat(&posterior.kl().expect("a VAE has a KL")));
    let recon: Vec<f32> = model
        .likelihood()
        .recon(model.pixels(), &flat(&logits), &x)
        .map(|recon| recon as f32)
        .collect();
    assert_matches("recon", &recon);
}

#[test]
fn the_gradient_of_every_parameter_is_pytorchs() {
    let model = load(MODEL);
    let x = reference("x");
    let b = (x.len() / model.pixels()) as f64;
    let mut pass = Pass::default();
    pass.eps = reference("eps");
    let loss = model.forward(&x, &mut pass);
    let mean = |name| wide(&reference(name)).iter().sum::<f64>() / b;
    for (what, got, want) in [("D", loss.recon, mean("recon")), ("KL", loss.kl, mean("kl"))] {
        assert!((got / want - 1.0).abs() < TOLERANCE, "{what} is {got}, expected {want}");
    }

    let mut gradient = model.parameters().zeros_like();
    model.backward(&x, BETA, &mut pass, &mut gradient);
    // The gradients lie in a weights file too, so that reading it turns PyTorch's layouts into ours.
    let want = load(GRADIENT);
    assert_eq!(gradient.iter().count(), 18);
    for (got, want) in gradient.iter().zip(want.parameters().iter()) {
        assert_eq!((&got.name, &got.shape), (&want.name, &want.shape));
        assert_close(&got.name, &got.values, &wide(&want.values), TOLERANCE);
    }
}

#[test]
fn adam_steps_as_pytorchs() {
    let (theta, gradients) = (reference("adam.theta"), reference("adam.gradients"));
    let mut parameters = Parameters::default();
    let slot = parameters.push("theta".to_owned(), vec![3, 4]).expect("12 numbers are not many");
    parameters.get_mut(slot).copy_from_slice(&theta);
    let mut gradient = parameters.zeros_like();
    let mut adam = Adam::new(AdamConfig::default(), &parameters);
    let steps = reference("adam.steps");
    for (step, (given, want)) in (1..).zip(gradients.chunks(12).zip(steps.chunks(12))) {
        gradient.get_mut(slot).copy_from_slice(given);
        adam.update(step, 0.01, &mut parameters, &gradient);
        // How far each has moved, not where it stands: that hardly differs from where it began.
        let moved = |to: &[f32]| -> Vec<f32> {
            to.iter().zip(&theta).map(|(to, from)| to - from).collect()
        };
        let (got, want) = (moved(parameters.get(slot)), moved(want));
        // The largest step is 0.01 and theta about 1, so f32 keeps four to five digits of it.
        assert_close(&format!("step {step}"), &got, &wide(&want), 2e-5);
    }
    assert_eq!(parameters.get(slot)[1], theta[1], "a gradient of 0 moves nothing");
}

#[test]
fn adams_moments_of_a_gradient_that_stays_0_end_at_0_and_are_never_subnormal() {
    let mut parameters = Parameters::default();
    let slot = parameters.push("theta".to_owned(), vec![5]).expect("5 numbers are not many");
    let mut gradient = parameters.zeros_like();
    gradient.get_mut(slot).copy_from_slice(&[1e-3, -1.0, 1e-12, -1e-16, 2e-19]);
    let config = AdamConfig { beta_1: 0.5, beta_2: 0.9, ..AdamConfig::default() };
    let mut adam = Adam::new(config, &parameters);
    for step in 1..1000 {
        adam.update(step, 0.01, &mut parameters, &gradient);
        gradient.fill(0.0);
        let moments = adam.first.get(slot).iter().chain(adam.second.get(slot));
        assert!(moments.clone().all(|value| !value.is_subnormal()), "step {step}");
        assert_eq!(adam.first.get(slot)[1] != 0.0, step < 120, "step {step}");
    }
    assert_eq!(adam.second.get(slot), [0.0; 5]);
}
