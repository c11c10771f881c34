//! Films through [`Trunk`]: forward against the formula, gradients by parameters, input and condition against central
//! differences, on flat values, on images and inside residual blocks.

mod compare;

use compare::{assert_close, slope, uniform, wide};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

use latent_ink::{
    error::Error,
    nn::{
        ConvConfig, LayerConfig, Parameters, Shape, Trace, Trunk,
        TrunkInput::{self, Flat, Image},
    },
};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

/// Values of every condition.
const CONDITIONS: usize = 3;

/// Relative to the largest |reference|, as in `layers.rs`.
const FORWARD: f64 = 5e-6;
const GRADIENT: f64 = 5e-5;
const DEEP_GRADIENT: f64 = 1e-3;

struct Network {
    trunk: Trunk,
    parameters: Parameters,
    inputs: usize,
}

/// Everything that the output depends on.
#[derive(Clone)]
struct Given {
    parameters: Parameters,
    x: Vec<f32>,
    condition: Vec<f32>,
}

impl Network {
    fn new(input: TrunkInput, layers: &[LayerConfig]) -> Self {
        let mut parameters = Parameters::default();
        let trunk = Trunk::conditioned("trunk", input, CONDITIONS, layers, &mut parameters)
            .expect("the layers of these tests fit each other");
        for (tensor, seed) in parameters.iter_mut().zip(100..) {
            tensor.values = uniform(seed, tensor.values.len());
            tensor.values.iter_mut().for_each(|value| *value *= 0.5);
        }
        let inputs = match input {
            Image(shape) => shape.count(),
            Flat(count) => count,
        };
        Self { trunk, parameters, inputs }
    }

    fn given(&self, b: usize) -> Given {
        let parameters = self.parameters.clone();
        Given { parameters, x: uniform(1, b * self.inputs), condition: uniform(2, b * CONDITIONS) }
    }

    fn forward(&self, given: &Given, trace: &mut Trace) -> Vec<f32> {
        trace.condition_mut().clone_from(&given.condition);
        self.trunk.forward(&given.parameters, &given.x, trace).to_vec()
    }

    /// The quotients of `sum of weights * output` by the numbers that `at` gives.
    fn quotients(
        &self,
        given: &Given,
        weights: &[f32],
        count: usize,
        at: impl Fn(&mut Given, usize) -> &mut f32,
    ) -> Vec<f64> {
        let (mut moved, mut trace) = (given.clone(), Trace::default());
        let quotient = |i: usize| {
            let held = *at(&mut moved, i);
            let quotient = slope(held, |value| {
                *at(&mut moved, i) = value;
                let y = self.forward(&moved, &mut trace);
                y.iter().zip(weights).map(|(&y, &w)| f64::from(y) * f64::from(w)).sum()
            });
            *at(&mut moved, i) = held;
            quotient
        };
        (0..count).map(quotient).collect()
    }

    fn check_gradients(&self, what: &str, b: usize, tolerance: f64) {
        let given = self.given(b);
        let weights = uniform(7, b * self.trunk.outputs());
        let mut trace = Trace::default();
        let mut d_x = vec![f32::NAN; given.x.len()];
        let mut d_parameters = self.parameters.zeros_like();
        // Twice: a gradient by the condition that is added to the last pass's would be twice as large.
        for _ in 0..2 {
            self.forward(&given, &mut trace);
            let d_x = Some(&mut d_x[..]);
            let parameters = &self.parameters;
            self.trunk.backward(parameters, &given.x, &mut trace, &weights, d_x, &mut d_parameters);
        }
        let close = |name: &str, got: &[f32], at: fn(&mut Given, usize) -> &mut f32| {
            let want = self.quotients(&given, &weights, got.len(), at);
            assert_close(&format!("{what}, b = {b}, {name}"), got, &want, tolerance);
        };
        close("d_x", &d_x, |given, i| &mut given.x[i]);
        close("d_condition", trace.d_condition(), |given, i| &mut given.condition[i]);
        for (index, tensor) in d_parameters.iter().enumerate() {
            let want = self.quotients(&given, &weights, tensor.values.len(), |given, i| {
                let tensor = given.parameters.iter_mut().nth(index);
                &mut tensor.expect("a clone has as many").values[i]
            });
            assert_close(&format!("{what}, {}", tensor.name), &tensor.values, &want, tolerance);
        }
    }
}

fn conv(channels: usize, kernel: usize, padding: usize) -> LayerConfig {
    LayerConfig::Conv2d(ConvConfig { channels, kernel, stride: 1, padding })
}

/// One film alone, between others, last, and nested twice beside one outside.
fn networks() -> Vec<(TrunkInput, Vec<LayerConfig>, f64)> {
    use LayerConfig::{Dense, Film, Flatten, Residual, Silu, Tanh};
    let image = Image(Shape { height: 3, width: 2, channels: 4 });
    vec![
        (Flat(5), vec![Film], GRADIENT),
        (image, vec![Film], GRADIENT),
        (Flat(5), vec![Dense(6), Film, Tanh, Dense(4), Film], DEEP_GRADIENT),
        (image, vec![conv(3, 3, 1), Film, Silu, Flatten, Dense(7), Film], DEEP_GRADIENT),
        (
            image,
            vec![
                Film,
                Residual(vec![Residual(vec![Silu, Film, conv(4, 1, 0)]), conv(4, 3, 1), Film]),
                Residual(vec![Film, conv(4, 1, 0)]),
                Tanh,
            ],
            DEEP_GRADIENT,
        ),
    ]
}

#[test]
fn gradients_of_films_are_their_difference_quotients() {
    for (input, layers, tolerance) in networks() {
        for b in [1, 3] {
            Network::new(input, &layers).check_gradients(&format!("{layers:?}"), b, tolerance);
        }
    }
}

#[test]
fn a_film_matches_its_formula() {
    let (b, features, pixels) = (3, 4, 6);
    let shape = Shape { height: 3, width: 2, channels: features };
    let network = Network::new(Image(shape), &[LayerConfig::Film]);
    let given = network.given(b);
    let weight: Vec<f64> = network.parameters.iter().flat_map(|t| wide(&t.values)).collect();
    let condition = wide(&given.condition);
    let told = |row: usize, feature: usize| -> f64 {
        let weight = &weight[feature * CONDITIONS..][..CONDITIONS];
        weight.iter().zip(&condition[row * CONDITIONS..]).map(|(w, c)| w * c).sum()
    };
    let want: Vec<f64> = wide(&given.x)
        .iter()
        .enumerate()
        .map(|(i, x)| {
            let (row, feature) = (i / (pixels * features), i % features);
            x * (1.0 + told(row, feature)) + told(row, features + feature)
        })
        .collect();
    assert_close("film", &network.forward(&given, &mut Trace::default()), &want, FORWARD);
}

#[test]
fn a_film_has_the_tensor_of_a_linear_without_bias() {
    let network = Network::new(Flat(5), &[LayerConfig::Dense(6), LayerConfig::Film]);
    let names: Vec<_> = network.parameters.iter().map(|t| (&t.name[..], &t.shape[..])).collect();
    assert_eq!(names[2..], [("trunk.1.weight", &[12, CONDITIONS][..])]);
}

#[test]
fn a_film_without_a_condition_is_refused() {
    let layers = [LayerConfig::Residual(vec![LayerConfig::Film])];
    let refused = Trunk::new("trunk", Flat(5), &layers, &mut Parameters::default());
    let Err(Error::Config(message)) = refused else { panic!("made a film of nothing") };
    assert!(message.starts_with("trunk.0.0: film needs a condition"), "{message}");
}
