//! The model's equations: posterior, KL, likelihoods and the whole autoencoder against formulas, integrals and
//! central differences.

mod compare;

use compare::{assert_close, slope, uniform, wide};
use latent_ink::{
    model::{
        Config, FlowConfig, LOG_VAR_LIMIT, Latent, Likelihood, Loss, Model, Pass, Posterior,
        kl_gradient, kl_per_dim, normal_quantile,
    },
    nn::{ConvConfig, LayerConfig, Parameters, Shape},
};
use ndarray::{Array2, arr2};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

/// Relative to the largest |difference quotient| of the same tensor. The loss is a sum of some ten terms of which f32
/// rounds each. The quotients were within 1.4e-4
/// (measured natively, 2026-11-22).
const GRADIENT: f64 = 1e-3;

/// The same for the bound of several samples, whose softmax bends it more than the quotients follow.
const SAMPLES_GRADIENT: f64 = 5e-3;

/// The integral of `q ln(q / p)` by Simpson's rule over 14 sigma on both sides, for q = N(mu, exp(log_var)) and
/// p = N(0, 1).
fn kl_by_integration(mu: f64, log_var: f64) -> f64 {
    const HALF_STEPS: usize = 2000;
    let sigma = (0.5 * log_var).exp();
    let step = 14.0 / HALF_STEPS as f64;
    (0..=2 * HALF_STEPS)
        .map(|i| {
            let t = i as f64 * step - 14.0;
            let x = mu + sigma * t;
            let ln_q = -0.5 * t * t - 0.5 * log_var;
            let ln_p = -0.5 * x * x;
            let q_dx = (-0.5 * t * t).exp() / std::f64::consts::TAU.sqrt();
            let simpson = match i {
                0 => 1.0,
                i if i == 2 * HALF_STEPS => 1.0,
                i if i % 2 == 1 => 4.0,
                _ => 2.0,
            };
            simpson * q_dx * (ln_q - ln_p)
        })
        .sum::<f64>()
        * step
        / 3.0
}

const POSTERIORS: [(f32, f32); 10] = [
    (0.0, 0.5),
    (0.0, -3.0),
    (1.0, 0.0),
    (-2.5, -1.0),
    (0.125, 0.25),
    (3.0, 2.0),
    (-0.5, -8.0),
    (10.0, -10.0),
    (0.75, 6.0),
    (-1.5, 11.5),
];

#[test]
fn kl_is_the_integral_that_it_stands_for() {
    for (mu, log_var) in POSTERIORS {
        let (got, want) = (kl_per_dim(mu, log_var), kl_by_integration(mu.into(), log_var.into()));
        // f32 rounds the four terms, and the exponential is within 2 ulp.
        assert_close(&format!("KL at mu {mu}, log_var {log_var}"), &[got], &[want], 1e-6);
    }
    assert_eq!(kl_per_dim(0.0, 0.0), 0.0);
}

#[test]
fn kl_is_never_negative() {
    for log_var in (-6400..=6400).map(|i| i as f32 / 256.0) {
        // Near log_var = 0 its four terms cancel, and what is left is f32's rounding of 1.
        assert!(kl_per_dim(0.0, log_var) >= -1.2e-7, "at {log_var}: {}", kl_per_dim(0.0, log_var));
    }
}

#[test]
fn kl_gradient_is_the_difference_quotient() {
    for (mu, log_var) in POSTERIORS {
        let (d_mu, d_log_var) = kl_gradient(mu, log_var);
        let want = [
            slope(mu, |mu| kl_per_dim(mu, log_var).into()),
            slope(log_var, |log_var| kl_per_dim(mu, log_var).into()),
        ];
        let what = format!("at mu {mu}, log_var {log_var}");
        assert_close(&what, &[d_mu, d_log_var], &want, 1e-4);
    }
}

#[test]
fn log_var_is_clamped_at_both_ends() {
    let inside = LOG_VAR_LIMIT.next_down();
    for end in [-1.0_f32, 1.0] {
        let limit = end * LOG_VAR_LIMIT;
        let posterior =
            |log_var| Posterior { mu: arr2(&[[0.0]]), log_var: Some(arr2(&[[log_var]])) };
        let sigma = |log_var| posterior(log_var).reparameterise(&arr2(&[[1.0]]))[[0, 0]];
        let want = f64::from(0.5 * limit).exp();
        assert_close("sigma", &[sigma(limit)], &[want], 3e-7);
        assert!(kl_gradient(0.0, end * inside).1 != 0.0, "the gradient just inside {limit}");
        for beyond in [1.0, 1.5, 1e4, f32::INFINITY] {
            let log_var = beyond * limit;
            assert_eq!(sigma(log_var), sigma(limit), "sigma at {log_var}");
            assert_eq!(kl_per_dim(0.5, log_var), kl_per_dim(0.5, limit), "KL at {log_var}");
            assert_eq!(kl_gradient(0.5, log_var), (0.5, 0.0), "KL's gradient at {log_var}");
            assert!(kl_per_dim(0.5, log_var).is_finite());
        }
    }
    assert!(kl_per_dim(0.0, f32::NAN).is_nan() && kl_per_dim(f32::NAN, 0.0).is_nan());
}

#[test]
fn the_posterior_samples_and_measures_itself() {
    let posterior = Posterior {
        mu: arr2(&[[0.5, -1.0], [2.0, 0.0]]),
        log_var: Some(arr2(&[[0.0, 2.0], [-4.0, 1.0]])),
    };
    let eps = arr2(&[[1.0, -2.0], [0.0, 0.5]]);
    let z: Vec<f32> = posterior.reparameterise(&eps).iter().copied().collect();
    let e = f64::exp;
    assert_close("z", &z, &[1.5, -1.0 - 2.0 * e(1.0), 2.0, 0.5 * e(0.5)], 3e-7);
    let kl = posterior.kl().expect("a Gaussian posterior has a KL");
    assert_eq!(kl.dim(), (2, 2));
    assert_eq!(kl[[1, 0]], kl_per_dim(2.0, -4.0));
}

/// In as many dimensions as fill vectors, and some.
#[test]
fn the_posterior_does_not_lose_nan() {
    for (in_mu, in_log_var) in [(true, false), (false, true)] {
        let with_nan = |has_nan| {
            let mut values = Array2::from_elem((3, 7), 0.5);
            values.column_mut(2).fill(if has_nan { f32::NAN } else { 0.5 });
            values
        };
        let posterior = Posterior { mu: with_nan(in_mu), log_var: Some(with_nan(in_log_var)) };
        let z = posterior.reparameterise(&Array2::from_elem((3, 7), 1.0));
        let kl = posterior.kl().expect("a Gaussian posterior has a KL");
        for (what, values) in [("z", z), ("KL", kl)] {
            let are_nan = values.map(|value| value.is_nan());
            assert_eq!(are_nan, with_nan(true).map(|value| value.is_nan()), "{what}");
        }
    }
}

#[test]
fn the_plain_posterior_is_a_point() {
    let posterior = Posterior { mu: arr2(&[[0.5, -1.0]]), log_var: None };
    assert_eq!(posterior.reparameterise(&arr2(&[[3.0, -3.0]])), posterior.mu);
    assert_eq!(posterior.kl(), None);
}

/// `-ln p(x|z)` of one pixel in f64, without the constant of the Gaussian.
fn recon_in_f64(likelihood: Likelihood, logit: f64, x: f64) -> f64 {
    match likelihood {
        Likelihood::Bernoulli => logit.max(0.0) - logit * x + (-logit.abs()).exp().ln_1p(),
        Likelihood::Gaussian => (logit - x).powi(2),
    }
}

fn recon(likelihood: Likelihood, logits: &[f32], x: &[f32]) -> Vec<f64> {
    likelihood.recon(logits.len(), logits, x).collect()
}

#[test]
fn recon_sums_its_formula_over_the_pixels_of_each_image() {
    for likelihood in [Likelihood::Bernoulli, Likelihood::Gaussian] {
        let logits: Vec<f32> = uniform(1, 15).iter().map(|l| 6.0 * l).collect();
        let x: Vec<f32> = uniform(2, 15).iter().map(|x| 0.5 + 0.5 * x).collect();
        let got: Vec<f32> = likelihood.recon(5, &logits, &x).map(|recon| recon as f32).collect();
        let pixels: Vec<f64> = logits
            .iter()
            .zip(&x)
            .map(|(&l, &x)| recon_in_f64(likelihood, l.into(), x.into()))
            .collect();
        let want: Vec<f64> = pixels.chunks(5).map(|pixels| pixels.iter().sum()).collect();
        assert_close(&format!("{likelihood:?}"), &got, &want, 2e-7);
    }
}

/// Rows longer than the runs of the sum of logarithms, and no whole number of vectors.
#[test]
fn recon_of_long_rows_is_exact_with_and_without_its_gradient() {
    for p in [1, 3, 784, 959, 960, 961, 2001] {
        for size in [0.0, 1.0, 30.0] {
            let logits: Vec<f32> = uniform(1, 2 * p).iter().map(|l| size * l).collect();
            let x: Vec<f32> = uniform(2, 2 * p).iter().map(|x| f32::from(*x > 0.0)).collect();
            for likelihood in [Likelihood::Bernoulli, Likelihood::Gaussian] {
                let want: f64 = logits
                    .iter()
                    .zip(&x)
                    .map(|(&l, &x)| recon_in_f64(likelihood, l.into(), x.into()))
                    .sum();
                let mut d = vec![f32::NAN; 2 * p];
                let got = likelihood.recon_and_gradient(p, &logits, &x, &mut d);
                // f32 rounds each term.
                let what = format!("{likelihood:?}, {p} pixels, logits to {size}");
                assert!((got - want).abs() <= 1e-7 * want, "{what}: {got}, expected {want}");
                assert_eq!(likelihood.recon(p, &logits, &x).sum::<f64>(), got, "{what}");
                assert!(d.iter().all(|d| d.is_finite()), "{what}");
            }
        }
    }
}

#[test]
fn the_gradient_of_recon_is_the_difference_quotient() {
    for likelihood in [Likelihood::Bernoulli, Likelihood::Gaussian] {
        for (logit, x) in
            [(0.125, 0.0), (0.0, 1.0), (2.0, 0.25), (-3.0, 0.75), (0.5, 1.0), (5.0, 0.0)]
        {
            let want = slope(logit, |l| recon(likelihood, &[l], &[x])[0]);
            // Averaged over a batch of 4; written over what was there.
            let mut got = [f32::NAN; 4];
            likelihood.recon_and_gradient(1, &[logit; 4], &[x; 4], &mut got);
            assert_close(&format!("{likelihood:?} {logit} {x}"), &got, &[want / 4.0; 4], 2e-5);
        }
    }
}

#[test]
fn recon_of_extreme_logits_is_finite_and_exact() {
    for (logit, x, want) in
        [(1e4, 1.0, 0.0), (1e4, 0.0, 1e4), (-1e4, 1.0, 1e4), (-1e4, 0.0, 0.0), (1e4, 0.25, 7.5e3)]
    {
        let got = recon(Likelihood::Bernoulli, &[logit], &[x])[0];
        assert!(
            (got - want).abs() <= 1e-7 * want.max(1.0),
            "D({logit}, {x}) = {got}, expected {want}"
        );
        let mut d = [f32::NAN];
        Likelihood::Bernoulli.recon_and_gradient(1, &[logit], &[x], &mut d);
        let want = if logit > 0.0 { 1.0 - x } else { -x };
        assert!((d[0] - want).abs() < 1e-7, "d_logit({logit}, {x}) = {}, expected {want}", d[0]);
    }
    for logit in [1e4_f32, -1e4] {
        let got = recon(Likelihood::Gaussian, &[logit], &[0.5])[0];
        assert!((got / f64::from(logit - 0.5).powi(2) - 1.0).abs() < 1e-6, "{got}");
    }
}

#[test]
fn recon_does_not_lose_nan() {
    for likelihood in [Likelihood::Bernoulli, Likelihood::Gaussian] {
        for (logits, x) in [([0.0, f32::NAN], [0.5; 2]), ([0.0; 2], [f32::NAN, 0.5])] {
            assert!(recon(likelihood, &logits, &x)[0].is_nan(), "{likelihood:?}");
            let mut d = [0.0; 2];
            likelihood.recon_and_gradient(2, &logits, &x, &mut d);
            assert_eq!(d.map(f32::is_nan), [x[0].is_nan(), logits[1].is_nan()], "{likelihood:?}");
        }
    }
}

#[test]
fn means_and_outputs_are_each_others_inverse() {
    for mean in [0.001_f32, 0.1, 0.5, 0.75, 0.999] {
        for likelihood in [Likelihood::Bernoulli, Likelihood::Gaussian] {
            let mut back = [likelihood.from_mean(mean)];
            likelihood.to_mean(&mut back);
            assert_close(&format!("{likelihood:?}"), &back, &[mean.into()], 1e-6);
        }
    }
    let limits = [0.0, 1.0].map(|mean| Likelihood::Bernoulli.from_mean(mean));
    assert_close("logits of 0 and 1", &limits, &[-999.0_f64.ln(), 999.0_f64.ln()], 1e-5);
}

fn conv(channels: usize, kernel: usize, stride: usize, padding: usize) -> ConvConfig {
    ConvConfig { channels, kernel, stride, padding }
}

/// Six pixels through dense layers, two times six through convolutions.
fn configs(likelihood: Likelihood, latent: Latent) -> [Config; 2] {
    let mlp = Config {
        input: Shape { height: 2, width: 3, channels: 1 },
        likelihood,
        latent,
        encoder: vec![LayerConfig::Dense(5), LayerConfig::Silu],
        decoder: vec![LayerConfig::Dense(4), LayerConfig::Tanh, LayerConfig::Dense(6)],
        classes: 0,
    };
    let convolutional = Config {
        input: Shape { height: 4, width: 3, channels: 1 },
        likelihood,
        latent,
        encoder: vec![
            LayerConfig::Conv2d(conv(3, 3, 2, 1)),
            LayerConfig::Silu,
            LayerConfig::Flatten,
        ],
        decoder: vec![
            LayerConfig::Dense(8),
            LayerConfig::Tanh,
            LayerConfig::Unflatten(Shape { height: 2, width: 2, channels: 2 }),
            LayerConfig::ConvTranspose2d(conv(2, 4, 2, 1)),
            LayerConfig::Silu,
            LayerConfig::Conv2d(conv(1, 2, 1, 0)),
            LayerConfig::Flatten,
            LayerConfig::Dense(12),
        ],
        classes: 0,
    };
    [mlp, convolutional]
}

const Z: usize = 3;

fn random_model(config: Config) -> Model {
    let mut model = Model::zeros(config).expect("the layers of these tests fit each other");
    for (tensor, seed) in model.parameters_mut().iter_mut().zip(200..) {
        tensor.values = uniform(seed, tensor.values.len());
        // Halved, so that exp(s) does not bend more than the quotients follow.
        if tensor.name.starts_with("prior.") {
            tensor.values.iter_mut().for_each(|value| *value *= 0.5);
        }
    }
    model
}

/// A model's gradient against the difference quotients of `D + beta KL`, eps kept.
fn check_model(config: Config, beta: f32, b: usize) {
    let what = format!("{:?} {:?}, beta {beta}, b = {b}", config.likelihood, config.latent);
    let model = random_model(config);
    let x: Vec<f32> = uniform(1, b * model.pixels()).iter().map(|x| 0.5 + 0.5 * x).collect();
    let mut pass = Pass::default();
    pass.eps = uniform(2, b * Z).iter().map(|eps| 2.0 * eps).collect();
    let mut gradient = model.parameters().zeros_like();
    model.forward(&x, &mut pass);
    model.backward(&x, beta, &mut pass, &mut gradient);

    if b == 1 {
        // A bias is added to the one image's mu or log_var, so that both have one gradient.
        let bias = |name: &str| {
            let tensor = gradient.iter().find(|tensor| tensor.name == name).expect("a head");
            tensor.values.clone()
        };
        assert_eq!(pass.d_mu(), bias("mu.bias"));
        assert_eq!(pass.d_log_var(), bias("log_var.bias"));
    }

    let mut moved = model.clone();
    let values = |parameters: &Parameters, index| -> Vec<f32> {
        parameters.iter().nth(index).expect("it has as many tensors").values.clone()
    };
    for (index, tensor) in model.parameters().iter().enumerate() {
        let want: Vec<f64> = (0..tensor.values.len())
            .map(|i| {
                let set = |moved: &mut Model, value| {
                    let tensor = moved.parameters_mut().iter_mut().nth(index);
                    tensor.expect("a clone has as many tensors").values[i] = value;
                };
                let quotient = slope(tensor.values[i], |value| {
                    set(&mut moved, value);
                    let Loss { recon, kl } = moved.forward(&x, &mut pass);
                    recon + f64::from(beta) * kl
                });
                set(&mut moved, tensor.values[i]);
                quotient
            })
            .collect();
        assert_close(
            &format!("{what}: {}", tensor.name),
            &values(&gradient, index),
            &want,
            GRADIENT,
        );
    }
}

#[test]
fn the_gradient_of_a_vae_is_its_difference_quotient() {
    for likelihood in [Likelihood::Bernoulli, Likelihood::Gaussian] {
        for beta in [0.0, 1.0, 4.0] {
            for config in configs(likelihood, Latent::Gaussian { size: Z, beta, flow: None }) {
                check_model(config, beta, 3);
            }
        }
    }
    for config in
        configs(Likelihood::Bernoulli, Latent::Gaussian { size: Z, beta: 1.0, flow: None })
    {
        check_model(config, 1.0, 1);
    }
}

#[test]
fn the_gradient_of_a_vae_with_a_learned_prior_is_its_difference_quotient() {
    let flow = Some(FlowConfig { couplings: 3, hidden: 4 });
    for beta in [1.0, 4.0] {
        let latent = Latent::Gaussian { size: Z, beta, flow };
        for config in configs(Likelihood::Bernoulli, latent) {
            check_model(config, beta, 3);
        }
    }
}

/// `-1/B sum of ln 1/k sum exp -(D + beta KL)`, of the samples that the forward pass left.
fn weighted_bound(pass: &Pass, beta: f32, k: usize) -> f64 {
    let rows = pass.recon.chunks(k).zip(pass.kl.chunks(k));
    let b = (pass.recon.len() / k) as f64;
    rows.map(|(recon, kl)| {
        let terms = recon.iter().zip(kl).map(|(recon, kl)| recon + f64::from(beta) * kl);
        -(terms.map(|loss| (-loss).exp()).sum::<f64>() / k as f64).ln() / b
    })
    .sum()
}

#[test]
fn the_gradient_of_several_samples_is_the_bounds_difference_quotient() {
    let (b, k) = (2, 3);
    for flow in [None, Some(FlowConfig { couplings: 2, hidden: 4 })] {
        for beta in [1.0, 2.0] {
            let latent = Latent::Gaussian { size: Z, beta, flow };
            let [config, _] = configs(Likelihood::Bernoulli, latent);
            let model = random_model(config);
            let x: Vec<f32> =
                uniform(1, b * model.pixels()).iter().map(|x| 0.5 + 0.5 * x).collect();
            let mut pass = Pass::default();
            pass.eps = uniform(2, b * k * Z).iter().map(|eps| 2.0 * eps).collect();
            let mut gradient = model.parameters().zeros_like();
            let loss = model.forward(&x, &mut pass);
            let mean = |values: &[f64]| values.iter().sum::<f64>() / (b * k) as f64;
            assert_eq!((loss.recon, loss.kl), (mean(&pass.recon), mean(&pass.kl)));
            assert!(weighted_bound(&pass, beta, k) < loss.recon + f64::from(beta) * loss.kl);
            model.backward(&x, beta, &mut pass, &mut gradient);
            let mut moved = model.clone();
            for (index, (tensor, got)) in model.parameters().iter().zip(gradient.iter()).enumerate()
            {
                let want: Vec<f64> = (0..tensor.values.len())
                    .map(|i| {
                        let mut at = |value| {
                            let tensor = moved.parameters_mut().iter_mut().nth(index);
                            tensor.expect("a clone has as many tensors").values[i] = value;
                            moved.forward(&x, &mut pass);
                            weighted_bound(&pass, beta, k)
                        };
                        let quotient = slope(tensor.values[i], &mut at);
                        at(tensor.values[i]);
                        quotient
                    })
                    .collect();
                let what = format!("{flow:?}, beta {beta}: {}", tensor.name);
                assert_close(&what, &got.values, &want, SAMPLES_GRADIENT);
            }
        }
    }
}

/// Twice the same sample is one. KL at a sample is not KL, but the mean of both at eps and -eps of ±1 is: there
/// `z² - eps²` averages to `mu² + sigma² - 1`.
#[test]
fn one_sample_twice_has_the_gradient_of_the_elbo() {
    let b = 2;
    for config in
        configs(Likelihood::Bernoulli, Latent::Gaussian { size: Z, beta: 1.0, flow: None })
    {
        let model = random_model(config);
        let x: Vec<f32> = uniform(1, b * model.pixels()).iter().map(|x| 0.5 + 0.5 * x).collect();
        let signs: Vec<f32> = uniform(2, b * Z).iter().map(|u| 1.0_f32.copysign(*u)).collect();
        let sum = |k: usize| {
            let mut sum = vec![0.0; model.parameters().count()];
            let mut kl = 0.0;
            for sign in [1.0, -1.0] {
                let mut pass = Pass::default();
                for eps in signs.chunks(Z) {
                    (0..k).for_each(|_| pass.eps.extend(eps.iter().map(|eps| sign * eps)));
                }
                let mut gradient = model.parameters().zeros_like();
                kl += model.forward(&x, &mut pass).kl;
                model.backward(&x, 1.0, &mut pass, &mut gradient);
                let values = gradient.iter().flat_map(|tensor| &tensor.values);
                sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            }
            (kl as f32, sum)
        };
        let ((kl, elbo), (sampled_kl, twice)) = (sum(1), sum(2));
        assert_close("KL", &[sampled_kl], &[kl.into()], 1e-6);
        assert_close("the gradient", &twice, &wide(&elbo), 2e-6);
    }
}

#[test]
fn free_bits_take_the_gradient_of_small_kls_only() {
    let [config, _] =
        configs(Likelihood::Bernoulli, Latent::Gaussian { size: Z, beta: 1.0, flow: None });
    let mut model = random_model(config);
    let x: Vec<f32> = uniform(1, 4 * model.pixels()).iter().map(|x| 0.5 + 0.5 * x).collect();
    // Every image alike, so that each dimension's KL is known: mu, log_var = (0.1, 0), (1, 0), (2, -1).
    for tensor in model.parameters_mut().iter_mut() {
        match tensor.name.as_str() {
            "mu.weight" | "log_var.weight" => tensor.values.fill(0.0),
            "mu.bias" => tensor.values.copy_from_slice(&[0.1, 1.0, 2.0]),
            "log_var.bias" => tensor.values.copy_from_slice(&[0.0, 0.0, -1.0]),
            _ => {}
        }
    }
    let gradients = |free_bits: f32, beta: f32| -> [Vec<f32>; 2] {
        let mut pass = Pass::default();
        pass.eps = uniform(2, 4 * Z);
        pass.free_bits = free_bits;
        model.forward(&x, &mut pass);
        let mut gradient = model.parameters().zeros_like();
        model.backward(&x, beta, &mut pass, &mut gradient);
        ["mu.bias", "log_var.bias"].map(|name| {
            let mut tensors = gradient.iter();
            tensors.find(|tensor| tensor.name == name).expect("a head").values.clone()
        })
    };
    // KLs are 0.005, 0.5 and about 2.18.
    let (none, all) = (gradients(0.0, 1.0), gradients(0.0, 0.0));
    for (free_bits, free) in [(0.001, 0), (0.1, 1), (0.6, 2), (5.0, 3)] {
        let got = gradients(free_bits, 1.0);
        for head in 0..2 {
            assert_eq!(got[head][..free], all[head][..free], "{free_bits}, head {head}");
            assert_eq!(got[head][free..], none[head][free..], "{free_bits}, head {head}");
        }
    }
    assert_ne!(none[0], all[0]);
}

#[test]
fn the_gradient_of_a_plain_autoencoder_is_its_difference_quotient() {
    for likelihood in [Likelihood::Bernoulli, Likelihood::Gaussian] {
        for config in configs(likelihood, Latent::Plain { size: Z }) {
            check_model(config, 1.0, 3);
        }
    }
}

fn loss_and_gradient(model: &Model, x: &[f32], beta: f32) -> (Loss, Vec<f32>) {
    let mut pass = Pass::default();
    pass.eps = uniform(2, x.len() / model.pixels() * Z);
    let loss = model.forward(x, &mut pass);
    let mut gradient = model.parameters().zeros_like();
    model.backward(x, beta, &mut pass, &mut gradient);
    (loss, gradient.iter().flat_map(|tensor| tensor.values.clone()).collect())
}

#[test]
fn beta_weighs_the_gradient_and_not_the_loss() {
    let [config, _] =
        configs(Likelihood::Bernoulli, Latent::Gaussian { size: Z, beta: 1.0, flow: None });
    let model = random_model(config);
    let x = vec![0.25; 2 * model.pixels()];
    let [(loss, at_0), (_, at_1), (other_loss, at_4)] =
        [0.0, 1.0, 4.0].map(|beta| loss_and_gradient(&model, &x, beta));
    assert_eq!(loss, other_loss);
    assert!(loss.kl > 0.01, "KL is {}", loss.kl);
    // gradient(beta) = d_D + beta d_KL is linear in beta.
    let want: Vec<f64> = at_0
        .iter()
        .zip(&at_1)
        .map(|(&zero, &one)| f64::from(zero) + 4.0 * (f64::from(one) - f64::from(zero)))
        .collect();
    assert!(at_1 != at_0);
    assert_close("the gradient at beta 4", &at_4, &want, 1e-6);
}

#[test]
fn the_loss_is_summed_over_pixels_and_averaged_over_images() {
    for config in
        configs(Likelihood::Bernoulli, Latent::Gaussian { size: Z, beta: 1.0, flow: None })
    {
        let model = random_model(config);
        let x: Vec<f32> = uniform(1, 3 * model.pixels()).iter().map(|x| 0.5 + 0.5 * x).collect();
        let mut pass = Pass::default();
        pass.eps = uniform(2, 3 * Z);
        let loss = model.forward(&x, &mut pass);
        let images = Array2::from_shape_vec((3, model.pixels()), x.clone()).expect("3 images");
        let posterior = model.encode(images.view()).expect("they are as large as the model's");
        let eps = Array2::from_shape_vec((3, Z), pass.eps.clone()).expect("3 rows");
        let z = posterior.reparameterise(&eps);
        let logits = model.decode(z.view()).expect("z is as large as the model's");
        let recon: f64 = logits
            .iter()
            .zip(&x)
            .map(|(&l, &x)| recon_in_f64(model.likelihood(), l.into(), x.into()))
            .sum();
        let kl = posterior.kl().expect("a VAE has a KL");
        let kl: f64 = kl.iter().map(|&kl| f64::from(kl)).sum();
        assert_close("D", &[loss.recon as f32], &[recon / 3.0], 1e-6);
        assert_close("KL", &[loss.kl as f32], &[kl / 3.0], 1e-6);
    }
}

#[test]
fn a_plain_autoencoder_has_neither_log_var_nor_noise() {
    for config in configs(Likelihood::Gaussian, Latent::Plain { size: Z }) {
        let model = random_model(config);
        let x = vec![0.25; model.pixels()];
        let mut pass = Pass::default();
        pass.eps = vec![5.0; Z];
        assert_eq!(model.forward(&x, &mut pass).kl, 0.0);
        assert!(pass.log_var.is_empty());
        assert_eq!(pass.z, pass.mu);
        let image = Array2::from_elem((1, model.pixels()), 0.25);
        assert_eq!(model.encode(image.view()).expect("one image").log_var, None);
    }
}

/// A log_var beyond its clamp gives no gradient and a finite loss, on both sides.
#[test]
fn a_model_with_an_extreme_log_var_stays_finite() {
    for bias in [-1e6, 1e6] {
        let [config, _] =
            configs(Likelihood::Gaussian, Latent::Gaussian { size: Z, beta: 1.0, flow: None });
        let mut model = random_model(config);
        for tensor in model.parameters_mut().iter_mut().filter(|t| t.name == "log_var.bias") {
            tensor.values.fill(bias);
        }
        let x = vec![0.25; 2 * model.pixels()];
        let mut pass = Pass::default();
        pass.eps = uniform(2, 2 * Z);
        let mut gradient = model.parameters().zeros_like();
        let loss = model.forward(&x, &mut pass);
        model.backward(&x, 1.0, &mut pass, &mut gradient);
        assert!((loss.recon + loss.kl).is_finite(), "{loss:?}");
        for tensor in gradient.iter() {
            assert!(tensor.values.iter().all(|value| value.is_finite()), "{}", tensor.name);
            if tensor.name.starts_with("log_var") {
                assert!(tensor.values.iter().all(|&value| value == 0.0), "{}", tensor.name);
            }
        }
    }
}

#[test]
fn the_normal_quantile_has_its_known_values() {
    // Wichura 1988, table of checks; the rest from tables to 16 digits.
    for (p, z) in [
        (0.5, 0.0),
        (0.25, -0.674_489_750_196_081_7),
        (0.75, 0.674_489_750_196_081_7),
        (0.001, -3.090_232_306_167_813_5),
        (1e-20, -9.262_340_089_798_408),
        (0.9, 1.281_551_565_544_600_4),
        (0.975, 1.959_963_984_540_054),
        (0.99, 2.326_347_874_040_841),
        (1e-10, -6.361_340_902_404_056),
    ] {
        let got = normal_quantile(p);
        assert!((got - z).abs() <= 2e-15 * z.abs(), "the quantile of {p} is {got}, expected {z}");
    }
}

#[test]
fn the_normal_quantile_inverts_the_distribution() {
    // P(Z < z) = erfc(-z / sqrt 2) / 2; the error of z moves it by |z| times as much and more, relatively.
    let below = |z: f64| 0.5 * libm::erfc(-z / std::f64::consts::SQRT_2);
    let inner = (1..4000).map(|i| f64::from(i) / 4000.0);
    let tail = (2..=300).map(|i| 2.0_f64.powi(-i));
    for p in inner.chain(tail) {
        let (z, back) = (normal_quantile(p), below(normal_quantile(p)));
        let error = (back / p - 1.0).abs() / (1.0 + z * z);
        assert!(error < 1e-15, "the quantile of {p} is {z}, below which lies {back}: {error:e}");
    }
    for i in 1..2000 {
        let p = f64::from(i) / 4096.0;
        assert_eq!(normal_quantile(1.0 - p), -normal_quantile(p), "at {p}");
    }
}
