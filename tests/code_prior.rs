//! The prior over codes: its gradient, that no code sees a later one, that steps with a cache are the whole, what it draws.
#![cfg(feature = "codebook")]

#[allow(dead_code, reason = "nothing here has a reference in f32")]
mod compare;

use compare::{assert_close, slope, uniform};
use latent_ink::{
    eval::{Told, decode_codes, draw_codes, upper_half},
    model::{
        CodePrior, CodePriorConfig, CodePriorPass, CodeSampling, CodebookConfig, Config, Model,
    },
    nn::Parameters,
    train::{
        CodePriorTrainer, CodePriorTraining, Dataset, Pixels,
        seeds::{Purpose, generator},
    },
    weights::{self, History, Precision},
};
use serde_json::json;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

const TOKENS: usize = 6;
const GROUPS: usize = 2;
const K: usize = 5;
const SIZE: CodePriorConfig = CodePriorConfig { layers: 2, width: 8, heads: 2, classes: 3 };

/// Random numbers in every parameter: no product is 0, as the last ones are at first.
fn random(size: CodePriorConfig) -> (CodePrior, Parameters) {
    let mut parameters = Parameters::default();
    let prior = CodePrior::new(size, TOKENS, GROUPS, K, &mut parameters).expect("possible");
    for (tensor, seed) in parameters.iter_mut().zip(500..) {
        tensor.values = uniform(seed, tensor.values.len());
    }
    (prior, parameters)
}

/// Three maps: of a class, of none, and of one that the prior does not know, which is none.
fn maps() -> (Vec<u8>, [Option<u8>; 3]) {
    let codes = uniform(7, 3 * TOKENS).iter().map(|u| ((u + 1.0) * 2.49) as u8).collect();
    (codes, [Some(1), None, Some(9)])
}

#[test]
fn at_first_every_code_is_as_probable() {
    let mut parameters = Parameters::default();
    let prior = CodePrior::new(SIZE, TOKENS, GROUPS, K, &mut parameters).expect("possible");
    prior.initialise(&mut parameters, &mut generator(1, Purpose::Weights, 0));
    let (codes, classes) = maps();
    let nats = prior.forward(&parameters, &codes, &classes, &mut CodePriorPass::default());
    assert!((nats - TOKENS as f64 * (K as f64).ln()).abs() < 1e-5, "{nats}");
}

#[test]
fn the_gradient_of_every_parameter_is_its_difference_quotient() {
    let (prior, parameters) = random(SIZE);
    let (codes, classes) = maps();
    let mut pass = CodePriorPass::default();
    // Another batch first: nothing of it may be left.
    prior.forward(&parameters, &[1; 5 * TOKENS], &[None; 5], &mut pass);
    prior.forward(&parameters, &codes, &classes, &mut pass);
    let mut gradient = parameters.zeros_like();
    gradient.fill(f32::NAN);
    prior.backward(&parameters, &codes, &classes, &mut pass, &mut gradient);
    let mut moved = parameters.clone();
    for (index, (tensor, got)) in parameters.iter().zip(gradient.iter()).enumerate() {
        let want: Vec<f64> = (0..tensor.values.len())
            .map(|i| {
                let mut at = |value: f32| {
                    let tensor = moved.iter_mut().nth(index).expect("the same list");
                    tensor.values[i] = value;
                    prior.forward(&moved, &codes, &classes, &mut CodePriorPass::default())
                };
                let quotient = slope(tensor.values[i], &mut at);
                at(tensor.values[i]);
                quotient
            })
            .collect();
        assert_close(&tensor.name, &got.values, &want, 2e-3);
    }
}

#[test]
fn steps_with_a_cache_are_the_whole_pass_and_see_no_later_code() {
    let (prior, parameters) = random(SIZE);
    let (codes, classes) = maps();
    // From the cached steps: -ln p of each code.
    let nats = |codes: &[u8]| -> Vec<f64> {
        let mut writing = prior.begin(classes.to_vec());
        let mut nats = Vec::new();
        for t in 0..TOKENS {
            let logits = prior.next(&parameters, &mut writing);
            for (map, logits) in logits.chunks(K).enumerate() {
                let sum: f64 = logits.iter().map(|&l| f64::from(l).exp()).sum();
                nats.push(sum.ln() - f64::from(logits[usize::from(codes[map * TOKENS + t])]));
            }
            writing.write((0..3).map(|map| codes[map * TOKENS + t]).collect());
        }
        assert_eq!(writing.codes(), codes);
        nats
    };
    let stepped = nats(&codes);
    let whole = prior.forward(&parameters, &codes, &classes, &mut CodePriorPass::default());
    assert!((stepped.iter().sum::<f64>() / 3.0 / whole - 1.0).abs() < 1e-5, "{stepped:?} {whole}");
    let mut other = codes.clone();
    other.iter_mut().skip(3).step_by(TOKENS).for_each(|code| *code = (*code + 1) % K as u8);
    let changed = nats(&other);
    assert_eq!(stepped[..9], changed[..9], "nothing before the code that changed");
    assert!(stepped[12..].iter().zip(&changed[12..]).all(|(a, b)| (a - b).abs() > 1e-7));
}

#[test]
fn a_class_and_a_group_are_told_apart() {
    let (prior, parameters) = random(SIZE);
    let (codes, _) = maps();
    let nats = |class| {
        let map = &codes[..TOKENS];
        prior.forward(&parameters, map, &[class], &mut CodePriorPass::default())
    };
    let told = [None, Some(0), Some(1), Some(2)].map(nats);
    for (i, a) in told.iter().enumerate() {
        assert!(told[..i].iter().all(|b| (a - b).abs() > 1e-4), "{told:?}");
    }
    assert_eq!(nats(Some(3)), told[0], "a class that it does not know is none");
}

#[test]
fn draws_follow_the_probabilities() {
    let logits: Vec<f32> = [0.1_f32, 0.4, 0.2, 0.3].iter().map(|p| p.ln()).collect();
    let counts = |sampling: CodeSampling| -> [u32; 4] {
        let mut counts = [0; 4];
        for i in 0..1000 {
            counts[usize::from(sampling.draw(&logits, (f64::from(i) + 0.5) / 1000.0))] += 1;
        }
        counts
    };
    assert_eq!(counts(CodeSampling { temperature: 1.0, top: 0 }), [100, 400, 200, 300]);
    assert_eq!(counts(CodeSampling { temperature: 0.0, top: 0 }), [0, 1000, 0, 0]);
    assert_eq!(counts(CodeSampling { temperature: 1.0, top: 1 }), [0, 1000, 0, 0]);
    let two = counts(CodeSampling { temperature: 1.0, top: 2 });
    assert_eq!([two[0], two[2]], [0, 0]);
    assert!(two[1].abs_diff(571) <= 1, "{two:?}");
    // p² over the sum of p², which is 0.3.
    let cold = counts(CodeSampling { temperature: 0.5, top: 0 });
    assert!(cold[1].abs_diff(533) <= 1 && cold[0].abs_diff(33) <= 1, "{cold:?}");
}

/// A model of 28 x 28 digits with random codes, without a prior.
fn model() -> Model {
    let json = json!({
        "input": { "height": 28, "width": 28, "channels": 1 },
        "likelihood": "bernoulli",
        "latent": { "codebook": {
            "height": 7, "width": 7, "groups": 1, "codes": 8, "dim": 4,
            "commitment": 0.25, "update": "gradient", "revive": 0,
        } },
        "encoder": [{ "pixel_unshuffle": 4 }, { "conv2d": { "channels": 4, "kernel": 1, "stride": 1, "padding": 0 } }],
        "decoder": [{ "conv2d": { "channels": 16, "kernel": 1, "stride": 1, "padding": 0 } }, { "pixel_shuffle": 4 }],
    });
    let config = Config::from_json(&json).expect("possible");
    let mut model = Model::zeros(config).expect("possible");
    for (tensor, seed) in model.parameters_mut().iter_mut().zip(60..) {
        tensor.values = uniform(seed, tensor.values.len());
    }
    model
}

fn learned() -> (Model, f64) {
    let images = include_bytes!("fixtures/mnist-subset-images-idx3-ubyte");
    let labels = include_bytes!("fixtures/mnist-subset-labels-idx1-ubyte");
    let data = Dataset::from_idx(images, labels).expect("the fixture is one");
    let config = CodePriorTraining {
        prior: CodePriorConfig { layers: 1, width: 16, heads: 2, classes: 10 },
        epochs: 3,
        batch: 50,
        learning_rate: 1e-2,
        pixels: Pixels::Grey,
        seed: 1,
    };
    let mut trainer = CodePriorTrainer::new(&model(), &data, config).expect("possible");
    let mut nats = 0.0;
    while trainer.steps() < trainer.total_steps() {
        nats = trainer.step().expect("finite");
    }
    (trainer.model().expect("its own prior"), nats)
}

#[test]
fn a_prior_is_learned_and_travels_in_the_models_file() {
    let (learned, nats) = learned();
    // All as probable are 102 nats; this takes off a fifth at least.
    assert!(nats < 49.0 * 8_f64.ln() * 0.8, "{nats}");
    let bytes = weights::to_bytes(&learned, &History::default(), Precision::F32).expect("finite");
    let (read, _) = weights::from_bytes(&bytes).expect("just written");
    assert_eq!(read.parameters(), learned.parameters());
    assert_eq!(read.config(), learned.config());
    let own = |model: &Model| -> Vec<f32> {
        let tensors = model.parameters().iter().filter(|t| !t.name.starts_with("prior."));
        tensors.flat_map(|tensor| tensor.values.clone()).collect()
    };
    assert_eq!(own(&learned), own(&model()), "the rest of the model stays as it was");

    let sampling = CodeSampling { temperature: 1.0, top: 0 };
    let untold = |_| Told::default();
    let codes = draw_codes(&read, 0..6, untold, sampling, 3).expect("it has codes");
    assert_eq!(codes.len(), 6 * 49);
    assert_eq!(
        draw_codes(&read, 4..6, untold, sampling, 3).expect("the same")[..],
        codes[4 * 49..]
    );
    assert_ne!(draw_codes(&read, 0..6, untold, sampling, 4).expect("another seed"), codes);
    let half = read.codebook().map_or(0, |book: &_| upper_half(book.config()));
    assert_eq!(half, 28);
    let told = |map: usize| Told { class: None, codes: &codes[map * 49..][..half] };
    let completed = draw_codes(&read, 0..6, told, sampling, 9).expect("it has codes");
    for (map, whole) in completed.chunks(49).zip(codes.chunks(49)) {
        assert_eq!(map[..half], whole[..half]);
    }
    assert_ne!(completed, codes);
    let images = decode_codes(&read, &codes).expect("whole maps");
    assert_eq!(images.dim(), (6, 784));
    let message = decode_codes(&read, &codes[1..]).expect_err("a code is missing").to_string();
    assert!(message.contains("maps of 49 codes"), "{message}");
}

#[test]
fn what_has_no_codebook_gets_no_prior_over_codes() {
    let size = CodePriorConfig { layers: 1, width: 4, heads: 1, classes: 0 };
    let json = json!({
        "input": { "height": 2, "width": 2, "channels": 1 },
        "likelihood": "bernoulli",
        "latent": { "plain": { "size": 2 } },
        "encoder": [],
        "decoder": [{ "dense": 4 }],
    });
    let plain = Model::zeros(Config::from_json(&json).expect("possible")).expect("possible");
    assert!(plain.with_code_prior(size, &Parameters::default()).is_err());
    assert!(plain.codebook().is_none());
    let sampling = CodeSampling { temperature: 1.0, top: 0 };
    assert!(draw_codes(&plain, 0..1, |_| Told::default(), sampling, 0).is_err());
    assert!(model().with_code_prior(size, &Parameters::default()).is_err(), "no tensors");
    let shape = CodebookConfig::shape(model().codebook().expect("it has one").config());
    assert_eq!((shape.height, shape.width, shape.channels), (7, 7, 4));
}
