//! The learned prior: an invertible map with the right determinant, its gradient, and that it learns.

mod compare;

use compare::{assert_close, slope, uniform, wide};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

use latent_ink::{
    model::{Config, Flow, FlowConfig, FlowPass, Model, standard_normal},
    nn::{Adam, AdamConfig, Parameters},
    train::seeds::{Purpose, generator},
    weights::{self, History, Precision},
};
use ndarray::Array2;
use serde_json::json;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

fn flow(size: usize, couplings: usize, hidden: usize) -> (Flow, Parameters) {
    let mut parameters = Parameters::default();
    let flow = Flow::new(size, FlowConfig { couplings, hidden }, &mut parameters)
        .expect("a possible size");
    (flow, parameters)
}

/// Random numbers in every parameter: no layer is 0, as the last ones are at first.
fn random(size: usize, couplings: usize) -> (Flow, Parameters) {
    let (flow, mut parameters) = flow(size, couplings, 7);
    for (tensor, seed) in parameters.iter_mut().zip(300..) {
        tensor.values = uniform(seed, tensor.values.len()).iter().map(|v| 0.6 * v).collect();
    }
    (flow, parameters)
}

fn normal(seed: u32, count: usize) -> Vec<f32> {
    let mut eps = vec![0.0; count];
    standard_normal(&mut generator(seed, Purpose::Prior, 0), &mut eps);
    eps
}

fn standard(row: &[f32]) -> f64 {
    let ln_tau = std::f64::consts::TAU.ln();
    row.iter().map(|&z| -(f64::from(z).powi(2) + ln_tau) / 2.0).sum()
}

#[test]
fn a_flow_begins_as_the_identity() {
    let (flow, mut parameters) = flow(5, 6, 8);
    flow.initialise(&mut parameters, &mut generator(1, Purpose::Weights, 0));
    assert!(parameters.iter().any(|tensor| tensor.values.iter().any(|&v| v != 0.0)));
    let z = normal(1, 15);
    let mut same = z.clone();
    flow.sample(&parameters, &mut same);
    assert_eq!(same, z);
    assert_eq!(flow.log_ratio(&parameters, &z, &mut FlowPass::default()), [0.0; 3]);
    for (got, row) in flow.log_density(&parameters, &z).iter().zip(z.chunks(5)) {
        assert!((got - standard(row)).abs() < 1e-12, "{got}, expected {}", standard(row));
    }
}

/// Samples are the density's inverse: `ln p(f(u)) = ln N(u) - ln |det df/du|`, the determinant by differences.
#[test]
fn the_density_is_that_of_the_samples() {
    for (size, couplings) in [(2, 1), (2, 4), (3, 5), (5, 6)] {
        let (flow, parameters) = random(size, couplings);
        for seed in 0..5 {
            let u = normal(seed, size);
            let map = |u: &[f32]| {
                let mut z = u.to_vec();
                flow.sample(&parameters, &mut z);
                z
            };
            let mut moved = u.clone();
            let mut jacobian = vec![vec![0.0; size]; size];
            for i in 0..size {
                for (j, row) in jacobian.iter_mut().enumerate() {
                    row[i] = slope(u[i], |value| {
                        moved[i] = value;
                        f64::from(map(&moved)[j])
                    });
                    moved[i] = u[i];
                }
            }
            let want = standard(&u) - determinant(jacobian).abs().ln();
            let got = flow.log_density(&parameters, &map(&u))[0];
            assert!((got - want).abs() < 2e-3, "{size}, {couplings}: {got}, expected {want}");
            let moves = map(&u).iter().zip(&u).any(|(z, u)| (z - u).abs() > 0.05);
            assert!(moves, "{size}, {couplings}: this flow does nothing");
        }
    }
}

/// By elimination with pivots.
fn determinant(mut a: Vec<Vec<f64>>) -> f64 {
    let n = a.len();
    let mut product = 1.0;
    for column in 0..n {
        let pivot = (column..n)
            .max_by(|&i, &j| a[i][column].abs().total_cmp(&a[j][column].abs()))
            .expect("a row is left");
        if pivot != column {
            a.swap(pivot, column);
            product = -product;
        }
        product *= a[column][column];
        for row in column + 1..n {
            let (above, below) = a.split_at_mut(row);
            let (pivot, rest) = (&above[column], &mut below[0]);
            let factor = rest[column] / pivot[column];
            rest.iter_mut().zip(pivot).for_each(|(value, pivot)| *value -= factor * pivot);
        }
    }
    product
}

#[test]
fn the_gradient_of_the_density_is_its_difference_quotient() {
    for (size, couplings, b) in [(2, 2, 1), (3, 3, 2), (5, 6, 3)] {
        let (flow, parameters) = random(size, couplings);
        let z = normal(3, b * size);
        let weights = uniform(4, b);
        let mut pass = FlowPass::default();
        let sum = |parameters: &Parameters, z: &[f32]| -> f64 {
            let mut pass = FlowPass::default();
            let ratios = flow.log_ratio(parameters, z, &mut pass);
            ratios.iter().zip(&weights).map(|(ratio, &w)| ratio * f64::from(w)).sum()
        };
        // Another batch first: nothing of it may be left.
        flow.log_ratio(&parameters, &normal(9, 4 * size), &mut pass);
        flow.log_ratio(&parameters, &z, &mut pass);
        let mut d_z = vec![0.5; z.len()];
        let mut gradient = parameters.zeros_like();
        gradient.fill(f32::NAN);
        flow.backward(&parameters, &z, &weights, &mut pass, &mut d_z, &mut gradient);
        let mut moved = z.clone();
        let want: Vec<f64> = (0..z.len())
            .map(|i| {
                let quotient = slope(z[i], |value| {
                    moved[i] = value;
                    sum(&parameters, &moved)
                });
                moved[i] = z[i];
                quotient + 0.5
            })
            .collect();
        assert_close(&format!("{size}, {couplings}: d_z"), &d_z, &want, 1e-3);
        let mut moved = parameters.clone();
        for (index, (tensor, got)) in parameters.iter().zip(gradient.iter()).enumerate() {
            let want: Vec<f64> = (0..tensor.values.len())
                .map(|i| {
                    let mut at = |value| {
                        let tensor = moved.iter_mut().nth(index).expect("as many tensors");
                        tensor.values[i] = value;
                        sum(&moved, &z)
                    };
                    let quotient = slope(tensor.values[i], &mut at);
                    at(tensor.values[i]);
                    quotient
                })
                .collect();
            assert_close(
                &format!("{size}, {couplings}: {}", tensor.name),
                &got.values,
                &want,
                1e-3,
            );
        }
    }
}

/// Two half circles, one in the other's arm.
fn moons(seed: u32, count: usize) -> Vec<f32> {
    let noise = normal(seed, 2 * count);
    let angles = uniform(seed, count);
    let mut z = Vec::new();
    for (i, angle) in angles.iter().enumerate() {
        let angle = f64::from(angle + 1.0) * std::f64::consts::FRAC_PI_2;
        let (x, y) = (angle.cos() as f32, angle.sin() as f32);
        let (x, y) = if i % 2 == 0 { (x - 0.5, y - 0.25) } else { (0.5 - x, 0.25 - y) };
        z.extend([x + 0.08 * noise[2 * i], y + 0.08 * noise[2 * i + 1]]);
    }
    z
}

/// The mean `-ln p` of a Gaussian with the rows' own mean and covariance: `ln 2π + ln det / 2 + 1`.
fn best_gaussian(z: &[f32]) -> f64 {
    let n = (z.len() / 2) as f64;
    let mean = |f: &dyn Fn(f64, f64) -> f64| {
        z.chunks(2).map(|z| f(z[0].into(), z[1].into())).sum::<f64>() / n
    };
    let (x, y) = (mean(&|x, _| x), mean(&|_, y| y));
    let (xx, yy) = (mean(&|a, _| (a - x).powi(2)), mean(&|_, b| (b - y).powi(2)));
    let xy = mean(&|a, b| (a - x) * (b - y));
    std::f64::consts::TAU.ln() + 0.5 * (xx * yy - xy * xy).ln() + 1.0
}

#[test]
fn two_moons_are_learned_and_drawn() {
    let (flow, mut parameters) = flow(2, 8, 32);
    flow.initialise(&mut parameters, &mut generator(2, Purpose::Weights, 0));
    let mut adam = Adam::new(AdamConfig::default(), &parameters);
    let mut gradient = parameters.zeros_like();
    let mut pass = FlowPass::default();
    let b = 128;
    for step in 1..=600 {
        let z = moons(step, b);
        flow.log_ratio(&parameters, &z, &mut pass);
        let (weights, mut d_z) = (vec![-1.0 / b as f32; b], vec![0.0; 2 * b]);
        flow.backward(&parameters, &z, &weights, &mut pass, &mut d_z, &mut gradient);
        let rate = 5e-3 * (1.0 - step as f32 / 601.0);
        adam.update(step.into(), rate, &mut parameters, &gradient);
    }
    let unseen = moons(10_000, 4000);
    let densities = flow.log_density(&parameters, &unseen);
    let nll = -densities.iter().sum::<f64>() / densities.len() as f64;
    let gaussian = best_gaussian(&unseen);
    println!("two moons: {nll:.3} nats, the best Gaussian {gaussian:.3}");
    assert!(nll < gaussian - 0.7, "{nll}, the best Gaussian {gaussian}");

    // Samples have the data's moments.
    let mut drawn = normal(5, 8000);
    flow.sample(&parameters, &mut drawn);
    for axis in 0..2 {
        for power in 1..=2 {
            let moment = |z: &[f32]| {
                let powers = z.chunks(2).map(|z| f64::from(z[axis]).powi(power));
                powers.sum::<f64>() / (z.len() / 2) as f64
            };
            let (got, want) = (moment(&drawn), moment(&unseen));
            assert!((got - want).abs() < 0.06, "axis {axis}, power {power}: {got}, not {want}");
        }
    }
}

fn config(flow: bool) -> Config {
    let mut json = json!({
        "input": { "height": 4, "width": 4, "channels": 1 },
        "likelihood": "bernoulli",
        "latent": { "gaussian": { "size": 3, "beta": 1.0 } },
        "encoder": [{ "dense": 8 }, { "residual": ["silu", { "dense": 8 }] }],
        "decoder": [
            { "dense": 16 }, { "unflatten": { "height": 2, "width": 2, "channels": 4 } },
            { "pixel_shuffle": 2 }, { "pixel_unshuffle": 1 },
        ],
    });
    if flow {
        json["latent"]["gaussian"]["flow"] = json!({ "couplings": 4, "hidden": 6 });
    }
    let config = Config::from_json(&json).expect("a whole config");
    assert_eq!(config.to_json()["latent"]["gaussian"].get("flow").is_some(), flow);
    assert_eq!(Config::from_json(&config.to_json()), Ok(config.clone()));
    config
}

#[test]
fn a_learned_prior_goes_through_a_weights_file() {
    let mut model = Model::zeros(config(true)).expect("layers that fit");
    for (tensor, seed) in model.parameters_mut().iter_mut().zip(400..) {
        tensor.values = uniform(seed, tensor.values.len()).iter().map(|v| 0.5 * v).collect();
    }
    let names: Vec<_> = model.parameters().iter().map(|tensor| tensor.name.as_str()).collect();
    assert!(names.contains(&"prior.0.0.weight") && names.contains(&"prior.3.4.bias"), "{names:?}");
    let eps = Array2::from_shape_vec((5, 3), normal(1, 15)).expect("5 rows");
    let z = model.prior_sample(eps.view()).expect("3 columns");
    assert_ne!(z, eps);
    for (precision, tolerance) in [(Precision::F32, 1e-7), (Precision::Int8, 0.05)] {
        let file = weights::to_bytes(&model, &History::default(), precision).expect("finite");
        let (read, _) = weights::from_bytes(&file).expect("our own file");
        assert_eq!(read.config(), model.config());
        let again = read.prior_sample(eps.view()).expect("3 columns");
        let want = wide(z.as_slice().expect("standard layout"));
        assert_close("z", again.as_slice().expect("standard layout"), &want, tolerance);
    }
}

#[test]
fn sizes_that_make_no_flow_are_refused() {
    for (size, couplings, hidden) in [(1, 4, 8), (3, 0, 8), (3, 65, 8), (3, 2, 0), (0, 1, 1)] {
        let config = FlowConfig { couplings, hidden };
        let flow = Flow::new(size, config, &mut Parameters::default());
        assert!(flow.is_err(), "{size}, {config:?}");
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn a_prior_is_learned_for_a_trained_model_and_nothing_else_changes() {
    use latent_ink::{
        eval::{evaluate, importance_weighted_bound},
        model::Latent,
        train::{Dataset, Pixels, PriorConfig, fit_prior},
    };
    let header = |magic: u32, sizes: &[u32]| -> Vec<u8> {
        std::iter::once(magic).chain(sizes.iter().copied()).flat_map(u32::to_be_bytes).collect()
    };
    // Three kinds of image, so that the posteriors fall into three heaps.
    let level = |i: usize| if (i / 16 % 3 + i % 16 / 4).is_multiple_of(3) { 250 } else { 5 };
    let images = [header(2051, &[600, 4, 4]), (0..600 * 16).map(level).collect()].concat();
    let labels = [header(2049, &[600]), vec![0; 600]].concat();
    let data = Dataset::from_idx(&images, &labels).expect("a valid pair");
    let mut model =
        Model::random(config(false), &data.mean(), &mut generator(1, Purpose::Weights, 0))
            .expect("layers that fit");
    // Far apart, and narrow.
    for tensor in model.parameters_mut().iter_mut() {
        let (factor, fill) = match tensor.name.as_str() {
            "mu.weight" => (2.0, None),
            "log_var.weight" => (0.0, None),
            "log_var.bias" => (0.0, Some(-3.0)),
            _ => (1.0, None),
        };
        tensor.values.iter_mut().for_each(|v| *v = fill.unwrap_or(*v * factor));
    }
    let config = PriorConfig {
        flow: FlowConfig { couplings: 4, hidden: 16 },
        epochs: 150,
        learning_rate: 1e-2,
        pixels: Pixels::Bernoulli,
        seed: 3,
    };
    let mut losses = Vec::new();
    let learned = fit_prior(&model, &data, config, |_, loss| losses.push(loss)).expect("a fit");
    println!("{:.3} -> {:.3}", losses[0], losses[149]);
    assert_eq!(
        learned.parameters(),
        fit_again(&model, &data, config).parameters(),
        "the same seed is the same prior"
    );
    for (before, after) in model.parameters().iter().zip(learned.parameters().iter()) {
        assert_eq!(before, after);
    }
    let [before, after] =
        [&model, &learned].map(|model| evaluate(model, &data, Pixels::Bernoulli, 0).expect("fits"));
    assert_eq!((before.recon, &before.kl_per_dim), (after.recon, &after.kl_per_dim));
    assert!(after.kl < before.kl - 0.5, "KL {} fell to {}", before.kl, after.kl);
    let gain = before.kl - after.kl;
    assert!((gain + losses[149]).abs() < 0.3, "{gain}, in training {}", -losses[149]);
    let [before, after] = [&model, &learned].map(|model| {
        importance_weighted_bound(model, &data, Pixels::Bernoulli, 0, 5, |_| ()).expect("fits")
    });
    assert!(after > before + 0.3, "bound {before} rose to {after}");
    assert_eq!(
        learned.parameters(),
        fit_again(&learned, &data, config).parameters(),
        "a prior takes the place of another"
    );
    let mut plain = self::config(false);
    plain.latent = Latent::Plain { size: 3 };
    let plain = Model::zeros(plain).expect("layers that fit");
    let error = fit_prior(&plain, &data, config, |_, _| ()).map(|_| ()).expect_err("no posterior");
    assert!(error.to_string().contains("plain autoencoder"), "{error}");

    fn fit_again(model: &Model, data: &Dataset, config: PriorConfig) -> Model {
        fit_prior(model, data, config, |_, _| ()).expect("a fit")
    }
}
