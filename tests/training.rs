//! The trainer: the same seed is the same run, a stopped run goes on as if it never had been, and it learns.

use latent_ink::{
    error::Error,
    model::Config,
    nn::{AdamConfig, Parameters},
    train::{Dataset, Decay, Pixels, Trainer, TrainingConfig},
    weights,
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

fn dataset(count: usize, side: usize, images: &[u8]) -> Dataset {
    let header = |magic: u32, sizes: &[usize]| -> Vec<u8> {
        let sizes = sizes.iter().map(|&size| size as u32);
        std::iter::once(magic).chain(sizes).flat_map(u32::to_be_bytes).collect()
    };
    let images = [&header(2051, &[count, side, side]), images].concat();
    let labels = [header(2049, &[count]), vec![0; count]].concat();
    Dataset::from_idx(&images, &labels).expect("a valid pair")
}

/// 50 grey images of 4x4, none like another.
fn small() -> Dataset {
    let level = |i: usize| ((i * i * 31 + i * 7) % 256) as u8;
    dataset(50, 4, &(0..50 * 16).map(level).collect::<Vec<_>>())
}

fn dense(side: usize, hidden: usize, size: usize, beta: f32) -> Value {
    json!({
        "input": { "height": side, "width": side, "channels": 1 },
        "likelihood": "bernoulli",
        "latent": { "gaussian": { "size": size, "beta": beta } },
        "encoder": [{ "dense": hidden }, "relu"],
        "decoder": [{ "dense": hidden }, "relu", { "dense": side * side }],
    })
}

/// Convolutions both ways for 4x4 images.
fn convolution() -> Value {
    let conv = json!({ "channels": 3, "kernel": 4, "stride": 2, "padding": 1 });
    let up = json!({ "channels": 1, "kernel": 4, "stride": 2, "padding": 1 });
    json!({
        "input": { "height": 4, "width": 4, "channels": 1 },
        "likelihood": "gaussian",
        "latent": { "gaussian": { "size": 2, "beta": 1.0 } },
        "encoder": [{ "conv2d": conv }, "silu", "flatten"],
        "decoder": [
            { "dense": 12 }, "silu", { "unflatten": { "height": 2, "width": 2, "channels": 3 } },
            { "conv_transpose2d": up },
        ],
    })
}

fn config(json: &Value) -> Config {
    Config::from_json(json).expect("a whole config")
}

/// 6 steps to an epoch of [`small`], two images left out.
fn training() -> TrainingConfig {
    TrainingConfig {
        batch: 8,
        learning_rate: 1e-2,
        warm_up: 5,
        decay: Decay::Cosine,
        kl_warm_up: 1.5,
        pixels: Pixels::Bernoulli,
        adam: AdamConfig::default(),
        ..TrainingConfig::default()
    }
}

fn trainer(model: &Value, data: &Dataset, seed: u32) -> Trainer {
    Trainer::new(config(model), training(), data, seed, 3).expect("a possible run")
}

fn bits(parameters: &Parameters) -> Vec<u32> {
    parameters.iter().flat_map(|t| t.values.iter().map(|value| value.to_bits())).collect()
}

fn state(trainer: &Trainer) -> [Vec<u32>; 4] {
    trainer.state().map(bits)
}

fn run(trainer: &mut Trainer, data: &Dataset, steps: u64) -> Vec<(u64, u64)> {
    let step = |_| {
        let step = trainer.step(data).expect("a run that does not diverge");
        (step.recon.to_bits(), step.kl.to_bits())
    };
    (0..steps).map(step).collect()
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn the_same_seed_is_the_same_run_bit_for_bit() {
    let data = small();
    for model in [dense(4, 8, 2, 1.0), convolution()] {
        let mut runs = [5, 5, 6].map(|seed| trainer(&model, &data, seed));
        let first = state(&runs[0]);
        let losses = runs.each_mut().map(|run_| run(run_, &data, 18));
        let [one, same, other] = runs.each_ref().map(state);
        assert_eq!((&one, &losses[0]), (&same, &losses[1]));
        assert_ne!(one[0], other[0]);
        assert_ne!(losses[0], losses[2]);
        // A run that does nothing would be the same as any other.
        assert_ne!(one[0], first[0]);
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_stopped_run_goes_on_as_if_it_never_had_been() {
    let data = small();
    const GROUPS: [&str; 4] = ["parameters", "first_moment", "second_moment", "averaged"];
    for model in [dense(4, 8, 2, 1.0), convolution()] {
        let mut whole = trainer(&model, &data, 5);
        assert_eq!((whole.steps_per_epoch(), whole.total_steps()), (6, 18));
        let losses = run(&mut whole, &data, 18);
        // Before the first step, in an epoch, on both sides of a border, at the end.
        for stop in [0, 1, 3, 5, 6, 7, 12, 17, 18] {
            let mut first = trainer(&model, &data, 5);
            run(&mut first, &data, stop);
            let tensors = first.state();
            let groups = std::array::from_fn::<_, 4, _>(|i| (GROUPS[i], tensors[i]));
            let file = weights::groups_to_bytes(groups, "{}".into()).expect("a finite state");

            let mut second = trainer(&model, &data, 5);
            let saved = weights::groups_from_bytes(GROUPS, second.model().parameters(), &file);
            second.restore(stop, saved.expect("our own file")).expect("the same model");
            assert_eq!(second.steps(), stop);
            let rest = run(&mut second, &data, 18 - stop);
            assert_eq!(rest, losses[stop as usize..], "stopped after step {stop}");
            assert_eq!(state(&second), state(&whole), "stopped after step {stop}");
        }
    }
}

/// With everything that a config can ask for.
fn rich() -> (Value, TrainingConfig) {
    let mut model = dense(4, 8, 3, 1.0);
    model["latent"]["gaussian"]["flow"] = json!({ "couplings": 2, "hidden": 4 });
    model["encoder"] = json!([{ "dense": 8 }, { "residual": ["silu", { "dense": 8 }] }]);
    (model, TrainingConfig { ema: 0.9, clip: 1.0, samples: 3, ..training() })
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_run_of_averaged_weights_goes_on_as_if_it_never_had_been() {
    let data = small();
    let (model, training) = rich();
    let new = || Trainer::new(config(&model), training.clone(), &data, 5, 3).expect("possible");
    let mut whole = new();
    let losses = run(&mut whole, &data, 18);
    for stop in [0, 1, 7, 18] {
        let mut first = new();
        run(&mut first, &data, stop);
        let mut second = new();
        second.restore(stop, first.state().map(Parameters::clone)).expect("the same model");
        assert_eq!(run(&mut second, &data, 18 - stop), losses[stop as usize..], "after {stop}");
        assert_eq!(state(&second), state(&whole), "stopped after step {stop}");
    }
    let [parameters, .., averaged] = state(&whole);
    assert_ne!(parameters, averaged);
    assert_eq!(bits(whole.model().parameters()), averaged, "the model is the averaged one");
}

/// `a = d a + (1 - d) θ` with d = 2/11, 3/12, ... until it is the config's decay.
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn the_average_follows_its_formula() {
    let data = small();
    let training = TrainingConfig { ema: 0.3, ..training() };
    let mut trainer =
        Trainer::new(config(&dense(4, 8, 2, 1.0)), training, &data, 5, 3).expect("a possible run");
    let values = |parameters: &Parameters| -> Vec<f32> {
        parameters.iter().flat_map(|tensor| tensor.values.clone()).collect()
    };
    let mut want = values(trainer.model().parameters());
    for step in 1..=10 {
        trainer.step(&data).expect("no divergence");
        let decay = 0.3_f32.min((1 + step) as f32 / (10 + step) as f32);
        let parameters = values(trainer.state()[0]);
        want.iter_mut().zip(&parameters).for_each(|(a, p)| *a = decay * *a + (1.0 - decay) * p);
        for (got, want) in values(trainer.model().parameters()).iter().zip(&want) {
            assert!((got - want).abs() < 1e-6, "step {step}: {got}, expected {want}");
        }
    }
}

/// After the first step Adam's first moment is (1 - β₁) times the gradient.
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn clipping_bounds_the_norm_and_keeps_the_direction() {
    let data = small();
    let gradient = |clip: f32| -> Vec<f64> {
        let training = TrainingConfig { clip, ..training() };
        let mut run = Trainer::new(config(&dense(4, 8, 2, 1.0)), training, &data, 5, 3)
            .expect("a possible run");
        run.step(&data).expect("no divergence");
        let moment = run.state()[1];
        moment.iter().flat_map(|t| t.values.iter().map(|&m| f64::from(m) / 0.1)).collect()
    };
    let norm = |d: &[f64]| d.iter().map(|d| d * d).sum::<f64>().sqrt();
    let whole = gradient(0.0);
    assert!(norm(&whole) > 0.5, "a gradient of norm {}", norm(&whole));
    assert_eq!(gradient(1e6), whole);
    let clipped = gradient(0.25);
    assert!((norm(&clipped) - 0.25).abs() < 1e-5, "clipped to {}", norm(&clipped));
    for (clipped, whole_) in clipped.iter().zip(&whole) {
        assert!((clipped - whole_ * 0.25 / norm(&whole)).abs() < 1e-6);
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn objectives_that_do_not_exist_are_refused() {
    let data = small();
    let refused = |model: &Value, training: TrainingConfig, word: &str| {
        let run = Trainer::new(config(model), training, &data, 0, 1);
        let message = run.map(|_| ()).expect_err("not possible").to_string();
        assert!(message.contains(word), "{message}: expected {word}");
    };
    let (flow, _) = rich();
    let model = dense(4, 2, 2, 1.0);
    let mut plain = model.clone();
    plain["latent"] = json!({ "plain": { "size": 2 } });
    for ema in [-0.1, 1.0, f32::NAN] {
        refused(&model, TrainingConfig { ema, ..training() }, "ema");
    }
    for clip in [-1.0, f32::INFINITY, f32::NAN] {
        refused(&model, TrainingConfig { clip, ..training() }, "clip");
    }
    for samples in [0, 1001] {
        refused(&model, TrainingConfig { samples, ..training() }, "samples");
    }
    refused(&plain, TrainingConfig { samples: 2, ..training() }, "plain autoencoder");
    for free_bits in [-1.0, f32::NAN] {
        refused(&model, TrainingConfig { free_bits, ..training() }, "free_bits");
    }
    refused(&flow, TrainingConfig { free_bits: 0.1, ..training() }, "without a flow");
    refused(&plain, TrainingConfig { free_bits: 0.1, ..training() }, "gaussian latent");
    let both = TrainingConfig { free_bits: 0.1, samples: 2, ..training() };
    refused(&model, both, "1 sample");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn the_state_of_another_model_is_refused() {
    let data = small();
    let mut run = trainer(&dense(4, 8, 2, 1.0), &data, 5);
    let before = state(&run);
    let other = trainer(&dense(4, 9, 2, 1.0), &data, 5).state().map(Parameters::clone);
    let message = run.restore(3, other).expect_err("9 hidden values, not 8").to_string();
    assert!(message.contains("another model"), "{message}");
    assert_eq!((state(&run), run.steps()), (before, 0));
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn the_learning_rate_rises_and_falls_as_the_config_says() {
    let data = small();
    let rates = |warm_up: u64, decay: Decay| -> Vec<f32> {
        let training = TrainingConfig { warm_up, decay, learning_rate: 0.5, ..training() };
        let mut run = Trainer::new(config(&dense(4, 2, 2, 1.0)), training, &data, 0, 3)
            .expect("a possible run");
        let rate = |step| {
            let state = run.state().map(Parameters::clone);
            run.restore(step, state).expect("the same model");
            run.learning_rate()
        };
        (0..=18).map(rate).collect()
    };
    let close = |rates: &[f32], step: usize, want: f64| {
        let got = f64::from(rates[step]);
        assert!((got - want).abs() < 1e-7, "before step {}: {got}, expected {want}", step + 1);
    };
    assert_eq!(rates(0, Decay::None), [0.5; 19]);
    let rising = rates(5, Decay::None);
    for (step, want) in [(0, 0.1), (1, 0.2), (3, 0.4), (4, 0.5), (5, 0.5), (17, 0.5)] {
        close(&rising, step, want);
    }
    let linear = rates(0, Decay::Linear);
    for (step, want) in [(0, 0.5), (9, 0.25), (17, 0.5 / 18.0), (18, 0.0)] {
        close(&linear, step, want);
    }
    let cosine = rates(0, Decay::Cosine);
    for (step, want) in [(0, 0.5), (6, 0.375), (9, 0.25), (12, 0.125), (18, 0.0)] {
        close(&cosine, step, want);
    }
    close(&rates(5, Decay::Linear), 1, 0.5 * 0.4 * 17.0 / 18.0);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn beta_rises_over_the_kl_warm_up() {
    let data = small();
    let betas = |model: &Value, kl_warm_up: f32| -> Vec<f32> {
        let training = TrainingConfig { kl_warm_up, ..training() };
        let mut run = Trainer::new(config(model), training, &data, 0, 3).expect("a possible run");
        let beta = |_| {
            let beta = run.beta();
            run.step(&data).expect("no divergence");
            beta
        };
        (0..18).map(beta).collect()
    };
    let four = dense(4, 2, 2, 4.0);
    assert_eq!(betas(&four, 0.0), [4.0; 18]);
    // 1.5 epochs of 6 steps.
    for (step, beta) in betas(&four, 1.5).into_iter().enumerate() {
        let want = 4.0 * ((step + 1) as f32 / 9.0).min(1.0);
        assert!((beta - want).abs() < 1e-6, "step {}: {beta}, expected {want}", step + 1);
    }
    let mut plain = four;
    plain["latent"] = json!({ "plain": { "size": 2 } });
    assert_eq!(betas(&plain, 1.5), [0.0; 18]);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn an_absurd_learning_rate_ends_in_diverged_with_finite_weights() {
    let data = small();
    let mut diverged = 0;
    for mut model in [dense(4, 8, 2, 1.0), convolution()] {
        for likelihood in ["bernoulli", "gaussian"] {
            model["likelihood"] = likelihood.into();
            for learning_rate in [10.0, 1e3, 1e4, 1e5, 1e6] {
                let training = TrainingConfig { learning_rate, warm_up: 0, ..training() };
                let mut run = Trainer::new(config(&model), training, &data, 1, 3).expect("finite");
                let ended = (0..18).find_map(|step| run.step(&data).err().map(|e| (step, e)));
                let finite =
                    |p: &Parameters| p.iter().all(|t| t.values.iter().all(|v| v.is_finite()));
                assert!(
                    finite(run.model().parameters()),
                    "{likelihood}, {learning_rate:e}: {ended:?}"
                );
                if let Some((steps, error)) = ended {
                    assert_eq!(error, Error::Diverged { step: steps + 1 });
                    assert_eq!(run.steps(), steps);
                    assert!(error.to_string().contains("smaller learning rate"), "{error}");
                    diverged += 1;
                }
            }
        }
    }
    assert!(diverged >= 10, "only {diverged} of 20 runs diverged");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn runs_that_are_not_possible_are_refused() {
    let data = small();
    let refused = |model: &Value, training: TrainingConfig, words: &[&str]| {
        let run = Trainer::new(config(model), training, &data, 0, 1);
        let message = run.map(|_| ()).expect_err("not possible").to_string();
        assert!(words.iter().all(|word| message.contains(word)), "{message}: expected {words:?}");
    };
    let model = dense(4, 2, 2, 1.0);
    refused(&model, TrainingConfig { batch: 0, ..training() }, &["batch is 0", "1 to 50"]);
    refused(&model, TrainingConfig { batch: 51, ..training() }, &["batch is 51", "1 to 50"]);
    for learning_rate in [0.0, -1.0, 1e7, f32::MAX, f32::NAN, f32::INFINITY] {
        let training = TrainingConfig { learning_rate, ..training() };
        refused(&model, training, &["learning_rate", "above 0"]);
    }
    for kl_warm_up in [-1.0, f32::NAN, f32::INFINITY] {
        refused(&model, TrainingConfig { kl_warm_up, ..training() }, &["kl_warm_up", "0 or more"]);
    }
    for wrong in [1.0, -0.1, 2.0, f32::NAN] {
        let beta_1 = AdamConfig { beta_1: wrong, ..AdamConfig::default() };
        refused(&model, TrainingConfig { adam: beta_1, ..training() }, &["adam", "beta_1"]);
        let beta_2 = AdamConfig { beta_2: wrong, ..AdamConfig::default() };
        refused(&model, TrainingConfig { adam: beta_2, ..training() }, &["adam", "beta_2"]);
    }
    for epsilon in [0.0, -1e-8, f32::NAN, f32::INFINITY] {
        let adam = AdamConfig { epsilon, ..AdamConfig::default() };
        refused(&model, TrainingConfig { adam, ..training() }, &["adam", "epsilon"]);
    }
    refused(&dense(5, 2, 2, 1.0), training(), &["data", "16 values", "needs 5 x 5 x 1"]);
    let mut no_fit = model.clone();
    no_fit["decoder"] = json!([{ "dense": 15 }]);
    refused(&no_fit, training(), &["decoder", "15 values", "expected 16"]);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn training_configs_are_read_in_words() {
    let read = |json: Value| serde_json::from_value::<TrainingConfig>(json);
    let short = json!({ "batch": 8, "learning_rate": 0.01, "pixels": "grey" });
    let config = read(short.clone()).expect("the rest has defaults");
    assert_eq!((config.warm_up, config.decay, config.kl_warm_up), (0, Decay::None, 0.0));
    assert_eq!(config.adam, AdamConfig::default());
    assert_eq!((config.ema, config.clip, config.samples, config.free_bits), (0.0, 0.0, 1, 0.0));
    let wrong = [
        ("pixels", json!("colour"), "unknown variant `colour`"),
        ("decay", json!("steep"), "unknown variant `steep`"),
        ("batch", json!(-1), "invalid value"),
        ("momentum", json!(0.9), "unknown field `momentum`"),
        ("adam", json!({ "beta_3": 1 }), "unknown field `beta_3`"),
    ];
    for (key, value, words) in wrong {
        let mut json = short.clone();
        json[key] = value;
        let message = read(json).expect_err("a wrong field").to_string();
        assert!(message.contains(words), "{message}");
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn the_loss_falls_on_real_digits() {
    use latent_ink::model::Likelihood;
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/mnist/train-images-idx3-ubyte");
    let Ok(file) = std::fs::read(&path) else {
        println!("skipped: no {}; `cargo xtask data` gets it", path.display());
        return;
    };
    let data = dataset(2000, 28, &file[16..16 + 2000 * 784]);
    let plain = json!({ "plain": { "size": 8 } });
    let gaussian = |beta: f32| json!({ "gaussian": { "size": 8, "beta": beta } });
    for likelihood in [Likelihood::Bernoulli, Likelihood::Gaussian] {
        let mut kl_of_beta = Vec::new();
        for (latent, beta) in [(plain.clone(), 0.0), (gaussian(1.0), 1.0), (gaussian(4.0), 4.0)] {
            let mut model = config(&dense(28, 64, 8, 1.0));
            let what = format!("{likelihood:?}, {latent}");
            let mut json = model.to_json();
            json["latent"] = latent;
            model.latent = config(&json).latent;
            model.likelihood = likelihood;
            let training = TrainingConfig {
                batch: 100,
                learning_rate: 2e-3,
                warm_up: 10,
                decay: Decay::None,
                kl_warm_up: 0.0,
                pixels: Pixels::Grey,
                adam: AdamConfig::default(),
                ..TrainingConfig::default()
            };
            let mut run = Trainer::new(model, training, &data, 0, 6).expect("a possible run");
            let steps: Vec<_> = (0..120).map(|_| run.step(&data).expect("no divergence")).collect();
            let mean = |part: &[latent_ink::train::Step]| {
                let loss = part.iter().map(|step| step.recon + beta * step.kl);
                loss.sum::<f64>() / part.len() as f64
            };
            let (first, last) = (mean(&steps[..5]), mean(&steps[115..]));
            println!("{what}: {first:.1} -> {last:.1}, KL {:.2}", steps[119].kl);
            // Of what the mean image leaves to explain, an eighth at the very least.
            assert!(last < 0.875 * first, "{what}: {first} fell to {last} only");
            kl_of_beta.push(steps[119].kl);
        }
        assert_eq!(kl_of_beta[0], 0.0, "a plain autoencoder has no KL");
        assert!(kl_of_beta[2] < kl_of_beta[1], "beta 4 presses KL harder: {kl_of_beta:?}");
    }
}

/// All that a step needs is there after the first: `memory.grow` is never called again.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen_test]
fn memory_does_not_grow_after_the_first_step() {
    let level = |i: usize| (i % 251) as u8;
    let data = dataset(256, 28, &(0..256 * 784).map(level).collect::<Vec<_>>());
    let training = TrainingConfig { batch: 64, ..training() };
    let mut trainer =
        Trainer::new(config(&dense(28, 400, 20, 1.0)), training, &data, 1, 10).expect("a run");
    let pages = || std::arch::wasm32::memory_size(0);
    trainer.step(&data).expect("a first step");
    let after_one = pages();
    for _ in 0..20 {
        trainer.step(&data).expect("another step");
    }
    assert_eq!(pages(), after_one, "pages of 64 KB");
    let larger = vec![1_u8; 16 << 20];
    assert!(pages() > after_one, "{} bytes should have made it grow", larger.len());
}
