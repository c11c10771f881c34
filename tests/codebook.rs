//! The codebook: nearest codes, the gradient that goes straight through, what the codes learn, how they are used.
//!
//! The fixtures are made by tests/fixtures/codebook.py.
#![cfg(feature = "codebook")]

mod compare;

use compare::{assert_close, slope, uniform, wide};
use latent_ink::{
    error::Error,
    eval::evaluate,
    model::{CodeUpdate, Codebook, CodebookConfig, Config, Latent, Model, Pass},
    nn::Parameters,
    train::{
        Dataset, Member, Pixels, Run, RunConfig, Shard,
        seeds::{Purpose, generator},
    },
    weights::{self, History, Precision},
};
use safetensors::SafeTensors;
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

const MODEL: &[u8] = include_bytes!("fixtures/codebook-model.safetensors");
const GRADIENT: &[u8] = include_bytes!("fixtures/codebook-gradient.safetensors");
const REFERENCE: &[u8] = include_bytes!("fixtures/codebook-reference.safetensors");
const IMAGES: &[u8] = include_bytes!("fixtures/mnist-subset-images-idx3-ubyte");
const LABELS: &[u8] = include_bytes!("fixtures/mnist-subset-labels-idx1-ubyte");

/// The beta of the script.
const BETA: f32 = 0.25;

/// Relative to the largest |reference| of a tensor; the references are f64's.
const TOLERANCE: f64 = 3e-6;

fn reference(name: &str) -> Vec<f32> {
    let file = SafeTensors::deserialize(REFERENCE).expect("the script wrote a safetensors file");
    let view = file.tensor(name).expect("the script wrote this tensor");
    view.data().as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
}

fn load(bytes: &[u8]) -> Model {
    weights::from_bytes(bytes).expect("the script wrote a file of format 1").0
}

/// A config of 4 x 4 images with a map of 2 x 2.
fn config(codebook: Value) -> Value {
    json!({
        "input": { "height": 4, "width": 4, "channels": 1 },
        "likelihood": "gaussian",
        "latent": { "codebook": codebook },
        "encoder": [{ "pixel_unshuffle": 2 }, { "conv2d": { "channels": 6, "kernel": 1, "stride": 1, "padding": 0 } }],
        "decoder": [{ "conv2d": { "channels": 4, "kernel": 1, "stride": 1, "padding": 0 } }, { "pixel_shuffle": 2 }],
    })
}

fn codebook_json() -> Value {
    json!({
        "height": 2, "width": 2, "groups": 2, "codes": 5, "dim": 3,
        "commitment": 0.25, "update": { "average": 0.5 }, "revive": 0.125,
    })
}

/// A codebook of one group by itself, with these vectors and counts.
fn alone(
    [codes, dim]: [usize; 2],
    (update, revive): (CodeUpdate, f32),
    vectors: &[f32],
    counts: &[f32],
) -> (Codebook, Parameters) {
    let json = json!({
        "height": 1, "width": 1, "groups": 1, "codes": codes, "dim": dim,
        "commitment": BETA, "update": "gradient", "revive": revive,
    });
    let config = CodebookConfig::from_json(&json).expect("a possible codebook");
    let config = CodebookConfig { update, ..config };
    let mut parameters = Parameters::default();
    let codebook = Codebook::new(config, &mut parameters).expect("a possible codebook");
    for (tensor, values) in parameters.iter_mut().zip([vectors, counts]) {
        tensor.values.copy_from_slice(values);
    }
    (codebook, parameters)
}

#[test]
fn a_vq_vae_from_pytorch_computes_the_same() {
    let model = load(MODEL);
    let codebook = model.codebook().expect("the script made one");
    let x = reference("x");
    let z_e = model.encoded_rows(&x);
    assert_close("z_e", &z_e, &wide(&reference("z_e")), TOLERANCE);
    let distances = codebook.distances(model.parameters(), &z_e);
    assert_close("distances", &distances, &wide(&reference("distances")), TOLERANCE);
    let codes = codebook.nearest(model.parameters(), &z_e);
    assert_eq!(codes.iter().map(|&code| f32::from(code)).collect::<Vec<_>>(), reference("codes"));
    assert!(codes.iter().any(|&code| code != codes[0]), "one code everywhere tests nothing");
    let (z_q, _) = model.encode_rows(&x);
    let logits = model.decode_rows(&z_q);
    assert_close("logits", &logits, &wide(&reference("logits")), TOLERANCE);
}

#[test]
fn the_gradient_goes_straight_through_as_pytorchs() {
    let (model, x) = (load(MODEL), reference("x"));
    let mut pass = Pass::default();
    let loss = model.forward(&x, &mut pass);
    let b = (x.len() / model.pixels()) as f64;
    for (got, want) in [loss.recon, loss.kl].iter().zip(wide(&reference("losses"))) {
        assert!((got / want - 1.0).abs() < TOLERANCE, "{got}, expected {want}, of {b} images");
    }
    let mut gradient = model.parameters().zeros_like();
    gradient.fill(f32::NAN);
    model.backward(&x, BETA, &mut pass, &mut gradient);
    let want = load(GRADIENT);
    assert_eq!(gradient.iter().count(), 10);
    for (got, want) in gradient.iter().zip(want.parameters().iter()) {
        assert_eq!((&got.name, &got.shape), (&want.name, &want.shape));
        if got.name == "codebook.counts" {
            assert!(got.values.iter().all(|&d| d == 0.0), "nothing learns the counts");
        } else {
            assert_close(&got.name, &got.values, &wide(&want.values), TOLERANCE);
        }
    }
}

/// By differences of a loss in which only what has a gradient moves: the encoder moves z_q as far as it moves z_e, and the
/// codes that were nearest stay so.
#[test]
fn the_encoders_gradient_is_the_difference_quotient_of_what_goes_straight_through() {
    let (model, x) = (load(MODEL), reference("x"));
    let b = (x.len() / model.pixels()) as f64;
    let mut pass = Pass::default();
    model.forward(&x, &mut pass);
    let (z_q, z_e) = (pass.z.clone(), model.encoded_rows(&x));
    let mut gradient = model.parameters().zeros_like();
    model.backward(&x, BETA, &mut pass, &mut gradient);
    let surrogate = |moved: &Model| -> f64 {
        let z: Vec<f32> = moved.encoded_rows(&x);
        let straight: Vec<f32> =
            z.iter().zip(&z_e).zip(&z_q).map(|((z, z_e), z_q)| z_q + (z - z_e)).collect();
        let logits = moved.decode_rows(&straight);
        let recon: f64 = moved.likelihood().recon(moved.pixels(), &logits, &x).sum();
        let commitment: f64 = z.iter().zip(&z_q).map(|(z, z_q)| f64::from(z - z_q).powi(2)).sum();
        (recon + f64::from(BETA) * commitment) / b
    };
    let mut moved = model.clone();
    let encoder = model.parameters().iter().take(4).zip(gradient.iter()).enumerate();
    for (index, (tensor, got)) in encoder {
        assert!(tensor.name.starts_with("encoder."), "{}", tensor.name);
        let mut want = Vec::new();
        for (i, &value) in tensor.values.iter().enumerate() {
            want.push(slope(value, |value| {
                let values = moved.parameters_mut().iter_mut().nth(index).expect("the same list");
                values.values[i] = value;
                surrogate(&moved)
            }));
            let values = moved.parameters_mut().iter_mut().nth(index).expect("the same list");
            values.values[i] = value;
        }
        assert_close(&tensor.name, &got.values, &want, 2e-3);
    }
}

#[test]
fn running_means_are_pytorchs() {
    let (codes, dim, vectors) = (4, 3, 30);
    let (start, counts) = (reference("mean.vectors"), reference("mean.counts"));
    let (codebook, mut parameters) =
        alone([codes, dim], (CodeUpdate::Average(0.9), 0.0), &start, &counts);
    let z = reference("mean.z");
    let (steps, step_counts) = (reference("mean.steps"), reference("mean.step_counts"));
    let wanted = steps.chunks(codes * dim).zip(step_counts.chunks(codes));
    for (z, (e, n)) in z.chunks(vectors * dim).zip(wanted) {
        let nearest = codebook.nearest(&parameters, z);
        codebook.learn(&mut parameters, (z, &nearest), &mut generator(0, Purpose::Codes, 0));
        assert_close("e", &codebook.vectors(&parameters)[..9], &wide(&e[..9]), TOLERANCE);
        assert_eq!(codebook.vectors(&parameters)[9..], [100.0; 3], "it is near nothing");
        assert_close("N", codebook.counts(&parameters), &wide(n), TOLERANCE);
    }
    let moved: f32 =
        start.iter().zip(codebook.vectors(&parameters)).map(|(a, b)| (a - b).abs()).sum();
    assert!(moved > 0.5, "the codes moved by {moved}");
}

#[test]
fn each_group_takes_its_own_nearest_code() {
    let model = Model::zeros(Config::from_json(&config(codebook_json())).expect("possible"));
    let mut model = model.expect("possible");
    for (tensor, seed) in model.parameters_mut().iter_mut().zip(40..) {
        tensor.values = uniform(seed, tensor.values.len());
    }
    let codebook = model.codebook().expect("the config has one");
    let vectors = codebook.vectors(model.parameters());
    let z_e = uniform(1, 3 * 4 * 6);
    let codes = codebook.nearest(model.parameters(), &z_e);
    assert_eq!(codes.len(), 3 * 4 * 2);
    for (i, (z, &code)) in z_e.chunks(3).zip(&codes).enumerate() {
        let distance = |code: usize| -> f64 {
            let e = &vectors[(i % 2 * 5 + code) * 3..][..3];
            z.iter().zip(e).map(|(z, e)| f64::from(z - e).powi(2)).sum()
        };
        let best = (0..5).min_by(|&a, &b| distance(a).total_cmp(&distance(b)));
        assert_eq!(Some(usize::from(code)), best, "vector {i}");
    }
    let mut z_q = Vec::new();
    codebook.look_up(model.parameters(), &codes, &mut z_q);
    assert_eq!(codebook.nearest(model.parameters(), &z_q), codes, "a code is nearest to itself");
}

#[test]
fn a_code_that_is_not_used_takes_the_place_of_a_far_vector() {
    // Two places: many vectors at 0, where code 0 stands, one at (8, 8). Code 1 is far from both.
    let mut z = vec![0.0; 40];
    z[20..22].copy_from_slice(&[8.0, 8.0]);
    let codes = vec![0; 20];
    for seed in 0..5 {
        let (codebook, mut parameters) =
            alone([2, 2], (CodeUpdate::Average(0.5), 0.1), &[0.0, 0.0, 50.0, -50.0], &[20.0, 1.9]);
        let mut rng = generator(seed, Purpose::Codes, 0);
        codebook.learn(&mut parameters, (&z, &codes), &mut rng);
        assert_eq!(codebook.vectors(&parameters)[2..], [8.0, 8.0], "the only vector that is far");
        assert_eq!(codebook.counts(&parameters), [20.0, 10.0]);
        assert!(codebook.vectors(&parameters)[0] < 1.0, "the other one is used");
    }
    // Used enough, or never to be revived.
    for (revive, count) in [(0.1, 2.1), (0.0, 0.0)] {
        let (codebook, mut parameters) = alone(
            [2, 2],
            (CodeUpdate::Average(0.5), revive),
            &[0.0, 0.0, 50.0, -50.0],
            &[20.0, count],
        );
        codebook.learn(&mut parameters, (&z, &codes), &mut generator(0, Purpose::Codes, 0));
        assert_eq!(codebook.vectors(&parameters)[2..], [50.0, -50.0]);
    }
}

#[test]
fn usage_and_perplexity_are_those_of_the_counts() {
    let (codebook, _) = alone([4, 1], (CodeUpdate::Gradient, 0.0), &[0.0; 4], &[0.0; 4]);
    let even = codebook.code_use(&[0, 1, 2, 3]);
    assert!((even.perplexity - 4.0).abs() < 1e-12 && even.usage == 1.0);
    let one = codebook.code_use(&[2, 2, 2]);
    assert!((one.perplexity - 1.0).abs() < 1e-12 && one.usage == 0.25);
    let halves = codebook.code_use(&[0, 0, 3, 3]);
    assert!((halves.perplexity - 2.0).abs() < 1e-12 && halves.usage == 0.5);
}

#[test]
fn a_config_comes_back_from_its_json_and_a_wrong_one_says_what_is_wrong() {
    let mut with_prior = codebook_json();
    with_prior["prior"] = json!({ "layers": 1, "width": 8, "heads": 2, "classes": 10 });
    for codebook in [codebook_json(), with_prior] {
        let json = config(codebook);
        assert_eq!(Config::from_json(&json).expect("possible").to_json(), json);
    }
    for (key, value, part) in [
        ("codes", json!(0), "codes: expected 1 to 256"),
        ("codes", json!(257), "codes: expected 1 to 256"),
        ("dim", json!(0), "0 latent dimensions make no model"),
        ("dim", json!(4), "the encoder ends with 24 values, the map of codes needs 32"),
        ("groups", json!(usize::MAX), "0 latent dimensions make no model"),
        ("commitment", json!(-1), "commitment: expected 0 or more"),
        ("revive", json!(1), "revive: expected a number from 0"),
        ("update", json!("never"), "update: expected \"gradient\" or { \"average\": the decay }"),
        ("update", json!({ "average": 1 }), "update.average: expected a number from 0 to below 1"),
        ("update", json!({ "average": "x" }), "update.average: expected a number, got \"x\""),
        ("prior", json!({ "layers": 1, "width": 8, "heads": 3, "classes": 0 }), "3 heads do not"),
        ("prior", json!({ "layers": 65, "width": 8, "heads": 2, "classes": 0 }), "65 layers"),
        ("width", json!("2"), "latent.codebook.width: expected a whole number, got \"2\""),
        ("colour", json!(1), "latent.codebook has \"colour\""),
    ] {
        let mut codebook = codebook_json();
        codebook[key] = value;
        let made = Config::from_json(&config(codebook)).and_then(Model::zeros);
        let message = made.expect_err("no model").to_string();
        assert!(message.contains(part), "{message}, expected {part}");
    }
}

#[test]
fn a_codebook_survives_its_file_and_is_refused_what_only_gaussians_have() {
    let model = load(MODEL);
    for (precision, tolerance) in [(Precision::F32, 1e-9), (Precision::Int8, 0.01)] {
        let bytes = weights::to_bytes(&model, &History::default(), precision).expect("finite");
        let (read, _) = weights::from_bytes(&bytes).expect("just written");
        assert_eq!(read.config(), model.config());
        let vectors = |model: &Model| {
            model.codebook().expect("both have one").vectors(model.parameters()).to_vec()
        };
        assert_close("codes", &vectors(&read), &wide(&vectors(&model)), tolerance);
    }
    let mut model = model;
    assert!(
        matches!(model.set_beta(1.0), Err(Error::Config(message)) if message.contains("no KL"))
    );
}

fn run(update: Value) -> Run {
    let json = json!({
        "model": {
            "input": { "height": 28, "width": 28, "channels": 1 },
            "likelihood": "bernoulli",
            "latent": { "codebook": {
                "height": 7, "width": 7, "groups": 1, "codes": 16, "dim": 4,
                "commitment": 0.25, "update": update, "revive": 0.01,
            } },
            "encoder": [
                { "pixel_unshuffle": 4 },
                { "conv2d": { "channels": 16, "kernel": 3, "stride": 1, "padding": 1 } }, "silu",
                { "conv2d": { "channels": 4, "kernel": 1, "stride": 1, "padding": 0 } },
            ],
            "decoder": [
                { "conv2d": { "channels": 16, "kernel": 3, "stride": 1, "padding": 1 } }, "silu",
                { "conv2d": { "channels": 16, "kernel": 3, "stride": 1, "padding": 1 } },
                { "pixel_shuffle": 4 },
            ],
        },
        "training": { "batch": 50, "learning_rate": 5e-3, "pixels": "grey" },
    });
    let config = RunConfig::from_json(&json.to_string()).expect("a possible run");
    Run { config, seed: 1, epochs: 8, data: "test".into() }
}

/// Both ways of learning codes, from 1,000 digits: the error falls to a third of the mean image's, and codes are used.
#[test]
fn codes_are_learned_by_running_means_and_by_gradient() {
    let data = Dataset::from_idx(IMAGES, LABELS).expect("the fixture is one");
    for update in [json!({ "average": 0.9 }), json!("gradient")] {
        let mut trainer = run(update.clone()).begin(&data).expect("a possible run");
        while trainer.steps() < trainer.total_steps() {
            trainer.step(&data).expect("finite");
        }
        let measured = evaluate(trainer.model(), &data, Pixels::Grey, 0).expect("its images");
        let codes = measured.codes.expect("it has codes");
        assert!(measured.sse < 18.0, "{update}: squared error {}", measured.sse);
        assert!(codes.usage > 0.85 && codes.perplexity > 4.0, "{update}: {codes:?}");
        // Without a prior every code costs the same.
        assert!((measured.kl / (49.0 * 16_f64.ln()) - 1.0).abs() < 1e-9, "{}", measured.kl);
        assert!(measured.kl_per_dim.is_empty());
    }
}

#[test]
fn a_team_is_refused_a_codebook_in_words() {
    let data = Dataset::from_idx(IMAGES, LABELS).expect("the fixture is one");
    let trainer = run(json!({ "average": 0.9 })).begin(&data).expect("a possible run");
    let Err(Error::Config(said)) = Member::new(&trainer, Shard { index: 0, of: 2 }) else {
        panic!("its counts are of whole batches");
    };
    assert_eq!(said, "workers: a codebook is learned by one, expected 1");
}

#[test]
fn a_run_that_was_stopped_goes_on_bit_for_bit() {
    let data = Dataset::from_idx(IMAGES, LABELS).expect("the fixture is one");
    let run = run(json!({ "average": 0.9 }));
    let mut whole = run.begin(&data).expect("a possible run");
    for _ in 0..5 {
        whole.step(&data).expect("finite");
    }
    let state = run.state(&whole).expect("finite");
    let mut resumed = run.begin(&data).expect("a possible run");
    run.restore(&mut resumed, &state).expect("its own state");
    for _ in 0..3 {
        assert_eq!(whole.step(&data), resumed.step(&data));
    }
    assert_eq!(whole.model().parameters(), resumed.model().parameters());
    let Latent::Codebook(codebook) = whole.model().config().latent else { panic!("a codebook") };
    assert_eq!(whole.beta(), codebook.commitment);
}
