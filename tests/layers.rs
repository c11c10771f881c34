//! Every layer through [`Trunk`]: forward against plain loops in f64, gradients against central differences.

mod compare;

use compare::{STEP, assert_close, slope, uniform, wide};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

use latent_ink::nn::{
    ConvConfig, LayerConfig, Parameters, Shape, Trace, Trunk,
    TrunkInput::{self, Flat, Image},
};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

/// Relative to the largest |difference quotient| of the same tensor; see [`STEP`]. Single layers were within 7e-6
/// (measured natively, 2026-11-22).
const GRADIENT: f64 = 5e-5;

/// The same for a deep trunk, whose gradients are smaller than its output, while f32 rounds in proportion to the
/// output: within 2.4e-4 (measured natively, 2026-11-22).
const DEEP_GRADIENT: f64 = 1e-3;

/// Relative to the largest |reference|: sums of up to 4704 products were within 1.9e-6 (measured natively,
/// 2026-11-22).
const FORWARD: f64 = 5e-6;

/// A trunk with random numbers in every parameter, biases too.
struct Network {
    trunk: Trunk,
    parameters: Parameters,
    inputs: usize,
}

impl Network {
    fn new(input: TrunkInput, layers: &[LayerConfig]) -> Self {
        let mut parameters = Parameters::default();
        let trunk = Trunk::new("trunk", input, layers, &mut parameters)
            .expect("the layers of these tests fit each other");
        for (tensor, seed) in parameters.iter_mut().zip(100..) {
            tensor.values = uniform(seed, tensor.values.len());
        }
        let inputs = match input {
            Image(shape) => shape.count(),
            Flat(count) => count,
        };
        Self { trunk, parameters, inputs }
    }

    fn forward(&self, x: &[f32]) -> Vec<f32> {
        self.trunk.forward(&self.parameters, x, &mut Trace::default()).to_vec()
    }

    /// `sum of weights * output`, in f64: its gradient by the output is `weights`.
    fn projection(
        &self,
        parameters: &Parameters,
        x: &[f32],
        weights: &[f32],
        trace: &mut Trace,
    ) -> f64 {
        let y = self.trunk.forward(parameters, x, trace);
        y.iter().zip(weights).map(|(&y, &w)| f64::from(y) * f64::from(w)).sum()
    }

    /// The gradients of the input, written over NaN, and of the parameters.
    fn gradients(&self, x: &[f32], d_y: &[f32], trace: &mut Trace) -> (Vec<f32>, Parameters) {
        self.trunk.forward(&self.parameters, x, trace);
        let mut d_x = vec![f32::NAN; x.len()];
        let mut d_parameters = self.parameters.zeros_like();
        self.trunk.backward(&self.parameters, x, trace, d_y, Some(&mut d_x), &mut d_parameters);
        (d_x, d_parameters)
    }

    /// Holds every gradient against difference quotients, `b` examples at once.
    fn check_gradients(&self, what: &str, x: &[f32], tolerance: f64) {
        let b = x.len() / self.inputs;
        let weights = uniform(7, b * self.trunk.outputs());
        let mut trace = Trace::default();
        let (d_x, d_parameters) = self.gradients(x, &weights, &mut trace);

        let mut moved = x.to_vec();
        let want: Vec<f64> = (0..x.len())
            .map(|i| {
                let quotient = slope(x[i], |value| {
                    moved[i] = value;
                    self.projection(&self.parameters, &moved, &weights, &mut trace)
                });
                moved[i] = x[i];
                quotient
            })
            .collect();
        assert_close(&format!("{what}, b = {b}, d_x"), &d_x, &want, tolerance);

        let mut moved = self.parameters.clone();
        for (index, (tensor, got)) in self.parameters.iter().zip(d_parameters.iter()).enumerate() {
            let want: Vec<f64> = (0..tensor.values.len())
                .map(|i| {
                    let set = |moved: &mut Parameters, value| {
                        let tensor = moved.iter_mut().nth(index).expect("a clone has as many");
                        tensor.values[i] = value;
                    };
                    let quotient = slope(tensor.values[i], |value| {
                        set(&mut moved, value);
                        self.projection(&moved, x, &weights, &mut trace)
                    });
                    set(&mut moved, tensor.values[i]);
                    quotient
                })
                .collect();
            assert_close(
                &format!("{what}, b = {b}, {}", tensor.name),
                &got.values,
                &want,
                tolerance,
            );
        }
    }
}

fn image(height: usize, width: usize, channels: usize) -> Shape {
    Shape { height, width, channels }
}

fn conv(channels: usize, kernel: usize, stride: usize, padding: usize) -> ConvConfig {
    ConvConfig { channels, kernel, stride, padding }
}

/// Images and kernels: even and odd, with and without a remainder, larger than the image, pixels that no kernel
/// reaches, positions that see only padding.
fn convolutions() -> Vec<(Shape, ConvConfig)> {
    vec![
        (image(5, 4, 1), conv(3, 3, 1, 1)),
        (image(6, 4, 2), conv(3, 4, 2, 1)),
        (image(7, 5, 3), conv(2, 3, 2, 0)),
        (image(8, 5, 2), conv(2, 3, 3, 1)),
        (image(5, 6, 2), conv(3, 1, 1, 0)),
        (image(4, 3, 1), conv(2, 1, 2, 1)),
        (image(6, 7, 2), conv(2, 5, 2, 2)),
        (image(9, 4, 2), conv(2, 2, 3, 0)),
        (image(3, 2, 2), conv(2, 5, 1, 2)),
        (image(2, 3, 1), conv(2, 2, 1, 3)),
    ]
}

/// Grids and kernels of transposed convolutions; a stride above the kernel leaves gaps.
fn transposed_convolutions() -> Vec<(Shape, ConvConfig)> {
    vec![
        (image(3, 4, 2), conv(3, 3, 1, 1)),
        (image(3, 2, 3), conv(2, 4, 2, 1)),
        (image(2, 3, 2), conv(1, 6, 2, 2)),
        (image(3, 3, 1), conv(2, 3, 2, 0)),
        (image(4, 2, 2), conv(2, 1, 1, 0)),
        (image(3, 2, 2), conv(2, 2, 3, 0)),
        (image(3, 4, 1), conv(3, 5, 3, 1)),
        (image(1, 1, 3), conv(2, 4, 1, 0)),
    ]
}

/// Every meeting of a kernel's tap with a pixel: (position in the grid, pixel of the image, tap).
fn taps(shape: Shape, grid: (usize, usize), config: ConvConfig) -> Vec<[usize; 3]> {
    let ConvConfig { kernel, stride, padding, .. } = config;
    let mut taps = Vec::new();
    for (gy, gx) in (0..grid.0).flat_map(|gy| (0..grid.1).map(move |gx| (gy, gx))) {
        for (ky, kx) in (0..kernel).flat_map(|ky| (0..kernel).map(move |kx| (ky, kx))) {
            let (y, x) = (gy * stride + ky, gx * stride + kx);
            let inside = |at: usize, side: usize| (padding..padding + side).contains(&at);
            if inside(y, shape.height) && inside(x, shape.width) {
                let pixel = (y - padding) * shape.width + x - padding;
                taps.push([gy * grid.1 + gx, pixel, ky * kernel + kx]);
            }
        }
    }
    taps
}

/// The size of the grid of a convolution's positions, by PyTorch's formula.
fn grid(shape: Shape, ConvConfig { kernel, stride, padding, .. }: ConvConfig) -> (usize, usize) {
    let side = |side: usize| (side + 2 * padding - kernel) / stride + 1;
    (side(shape.height), side(shape.width))
}

/// What a convolution's forward and backward should give, summed tap by tap in f64.
struct Oracle {
    y: Vec<f64>,
    d_x: Vec<f64>,
    d_weight: Vec<f64>,
}

/// `transposed`: x lies on the grid and y is the image; otherwise the other way round. `weight` is
/// `[grid channels, kernel, kernel, image channels]` in both.
fn convolve(
    (shape, config, transposed): (Shape, ConvConfig, bool),
    [x, weight, bias, d_y]: [&[f32]; 4],
) -> Oracle {
    let (grid, picture, grid_channels) = if transposed {
        let side = |side: usize| (side - 1) * config.stride + config.kernel - 2 * config.padding;
        let picture = image(side(shape.height), side(shape.width), config.channels);
        ((shape.height, shape.width), picture, shape.channels)
    } else {
        (grid(shape, config), shape, config.channels)
    };
    let taps = taps(picture, grid, config);
    let (grid_size, picture_size) = (grid.0 * grid.1 * grid_channels, picture.count());
    let b = x.len() / shape.count();
    let outputs = if transposed { picture_size } else { grid_size };
    let mut oracle = Oracle {
        y: (0..b * outputs).map(|i| f64::from(bias[i % config.channels])).collect(),
        d_x: vec![0.0; x.len()],
        d_weight: vec![0.0; weight.len()],
    };
    let [x, weight, d_y] = [x, weight, d_y].map(wide);
    for example in 0..b {
        for &[position, pixel, tap] in &taps {
            for of_grid in 0..grid_channels {
                for of_picture in 0..picture.channels {
                    let g = example * grid_size + position * grid_channels + of_grid;
                    let p = example * picture_size + pixel * picture.channels + of_picture;
                    let w = (of_grid * config.kernel * config.kernel + tap) * picture.channels
                        + of_picture;
                    let (from, to) = if transposed { (g, p) } else { (p, g) };
                    oracle.y[to] += weight[w] * x[from];
                    oracle.d_x[from] += weight[w] * d_y[to];
                    oracle.d_weight[w] += x[from] * d_y[to];
                }
            }
        }
    }
    oracle
}

fn check_convolution(shape: Shape, config: ConvConfig, transposed: bool, b: usize) {
    let layer =
        if transposed { LayerConfig::ConvTranspose2d(config) } else { LayerConfig::Conv2d(config) };
    let what = format!("{shape:?} {layer:?}, b = {b}");
    let network = Network::new(Image(shape), &[layer]);
    let x = uniform(1, b * shape.count());
    let d_y = uniform(2, b * network.trunk.outputs());
    let (d_x, d_parameters) = network.gradients(&x, &d_y, &mut Trace::default());
    let tensors = |parameters: &Parameters| -> [Vec<f32>; 2] {
        let values: Vec<_> = parameters.iter().map(|tensor| tensor.values.clone()).collect();
        values.try_into().expect("a convolution has a weight and a bias")
    };
    let ([weight, bias], [d_weight, d_bias]) =
        (tensors(&network.parameters), tensors(&d_parameters));
    let want = convolve((shape, config, transposed), [&x, &weight, &bias, &d_y]);
    let mut want_d_bias = vec![0.0; bias.len()];
    for (i, &d_y) in d_y.iter().enumerate() {
        want_d_bias[i % bias.len()] += f64::from(d_y);
    }
    assert_close(&format!("{what}: y"), &network.forward(&x), &want.y, FORWARD);
    assert_close(&format!("{what}: d_x"), &d_x, &want.d_x, FORWARD);
    assert_close(&format!("{what}: d_weight"), &d_weight, &want.d_weight, FORWARD);
    assert_close(&format!("{what}: d_bias"), &d_bias, &want_d_bias, FORWARD);
}

#[test]
fn convolutions_match_plain_loops() {
    for (shape, config) in convolutions() {
        check_convolution(shape, config, false, 1);
        check_convolution(shape, config, false, 3);
    }
}

#[test]
fn transposed_convolutions_match_plain_loops() {
    for (shape, config) in transposed_convolutions() {
        check_convolution(shape, config, true, 1);
        check_convolution(shape, config, true, 3);
    }
}

/// Patches of these fill more than one chunk, with a last chunk that is smaller.
#[test]
fn convolutions_match_plain_loops_across_chunks() {
    check_convolution(image(28, 28, 8), conv(3, 3, 1, 1), false, 6);
    check_convolution(image(14, 14, 3), conv(8, 4, 2, 1), true, 13);
}

#[test]
fn gradients_of_dense_layers_are_their_difference_quotients() {
    for (inputs, outputs) in [(1, 1), (7, 5), (16, 3), (5, 17)] {
        let network = Network::new(Flat(inputs), &[LayerConfig::Dense(outputs)]);
        for b in [1, 2, 5] {
            network.check_gradients("dense", &uniform(1, b * inputs), GRADIENT);
        }
    }
}

#[test]
fn dense_matches_plain_loops() {
    for (b, inputs, outputs) in [(1, 1, 1), (1, 300, 7), (3, 5, 9), (13, 784, 20)] {
        let network = Network::new(Flat(inputs), &[LayerConfig::Dense(outputs)]);
        let x = uniform(1, b * inputs);
        let tensors: Vec<_> =
            network.parameters.iter().map(|tensor| wide(&tensor.values)).collect();
        let want: Vec<f64> = (0..b * outputs)
            .map(|i| {
                let x = wide(&x[i / outputs * inputs..][..inputs]);
                let weight = &tensors[0][i % outputs * inputs..];
                x.iter().zip(weight).map(|(x, w)| x * w).sum::<f64>() + tensors[1][i % outputs]
            })
            .collect();
        assert_close("dense", &network.forward(&x), &want, FORWARD);
    }
}

#[test]
fn gradients_of_convolutions_are_their_difference_quotients() {
    for (shape, config) in convolutions() {
        let network = Network::new(Image(shape), &[LayerConfig::Conv2d(config)]);
        network.check_gradients(&format!("{config:?}"), &uniform(1, 2 * shape.count()), GRADIENT);
    }
}

#[test]
fn gradients_of_transposed_convolutions_are_their_difference_quotients() {
    for (shape, config) in transposed_convolutions() {
        let network = Network::new(Image(shape), &[LayerConfig::ConvTranspose2d(config)]);
        network.check_gradients(
            &format!("transposed {config:?}"),
            &uniform(1, 2 * shape.count()),
            GRADIENT,
        );
    }
}

/// At least 1/4 from 0, further than the differences step, so that no point lies beyond ReLU's corner.
fn away_from_zero(x: &[f32]) -> Vec<f32> {
    x.iter().map(|x| x + 0.25_f32.copysign(*x)).collect()
}

#[test]
fn gradients_of_activations_are_their_difference_quotients() {
    const { assert!(2.0 * STEP < 0.25) };
    for layer in [LayerConfig::Relu, LayerConfig::Silu, LayerConfig::Tanh, LayerConfig::Sigmoid] {
        let network = Network::new(Flat(9), std::slice::from_ref(&layer));
        for b in [1, 4] {
            let x: Vec<f32> = uniform(1, b * 9).iter().map(|x| 2.0 * x).collect();
            network.check_gradients(&format!("{layer:?}"), &away_from_zero(&x), GRADIENT);
        }
    }
}

#[test]
fn activations_match_their_formulas() {
    type Formula = fn(f64) -> f64;
    let sigmoid: Formula = |x| 1.0 / (1.0 + (-x).exp());
    let silu: Formula = |x| x / (1.0 + (-x).exp());
    for (layer, formula) in [
        (LayerConfig::Relu, (|x| x.max(0.0)) as Formula),
        (LayerConfig::Silu, silu),
        (LayerConfig::Tanh, f64::tanh),
        (LayerConfig::Sigmoid, sigmoid),
    ] {
        let x: Vec<f32> = (-800..=800).map(|i| i as f32 / 64.0).collect();
        let want: Vec<f64> = wide(&x).into_iter().map(formula).collect();
        let got = Network::new(Flat(1), std::slice::from_ref(&layer)).forward(&x);
        assert_close(&format!("{layer:?}"), &got, &want, 5e-7);
    }
}

/// NaN is a bug that the trainer must see in the loss, so no layer may turn it into a number.
#[test]
fn no_layer_loses_nan() {
    let shape = image(3, 3, 2);
    for layer in [
        LayerConfig::Dense(4),
        LayerConfig::Conv2d(conv(3, 3, 1, 1)),
        LayerConfig::ConvTranspose2d(conv(3, 3, 1, 1)),
        LayerConfig::Flatten,
        LayerConfig::PixelUnshuffle(3),
        LayerConfig::PixelShuffle(1),
        LayerConfig::Residual(vec![LayerConfig::Relu]),
        LayerConfig::Relu,
        LayerConfig::Silu,
        LayerConfig::Tanh,
        LayerConfig::Sigmoid,
    ] {
        let is_dense = matches!(layer, LayerConfig::Dense(_));
        let input = if is_dense { Flat(shape.count()) } else { Image(shape) };
        let network = Network::new(input, std::slice::from_ref(&layer));
        let mut x = uniform(1, 5 * shape.count());
        x[2 * shape.count() + 7] = f32::NAN;
        let y = network.forward(&x);
        let has_nan: Vec<bool> = y
            .chunks(network.trunk.outputs())
            .map(|y| y.iter().any(|value| value.is_nan()))
            .collect();
        assert_eq!(has_nan, [false, false, true, false, false], "{layer:?}");
    }
}

/// PyTorch's order: channel by channel, each row by row.
#[test]
fn flatten_and_unflatten_turn_images_into_pytorch_order_and_back() {
    let shape = image(2, 3, 2);
    let x: Vec<f32> = (0..24).map(|i| i as f32).collect();
    let want = [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11];
    let want: Vec<f32> =
        want.iter().chain(want.map(|i| i + 12).iter()).map(|&i| i as f32).collect();
    let flat = Network::new(Image(shape), &[LayerConfig::Flatten]).forward(&x);
    assert_eq!(flat, want);
    assert_eq!(Network::new(Flat(12), &[LayerConfig::Unflatten(shape)]).forward(&flat), x);

    for b in [1, 3] {
        let x = uniform(1, b * 12);
        Network::new(Image(shape), &[LayerConfig::Flatten])
            .check_gradients("flatten", &x, GRADIENT);
        Network::new(Flat(12), &[LayerConfig::Unflatten(shape)]).check_gradients(
            "unflatten",
            &x,
            GRADIENT,
        );
    }
}

/// PyTorch's order: `coarse[c r² + i r + j, y, x] = fine[c, y r + i, x r + j]`, both channels-first.
#[test]
fn pixel_shuffles_match_plain_loops() {
    for (coarse, r) in
        [(image(2, 3, 8), 2), (image(3, 1, 9), 3), (image(2, 2, 3), 1), (image(1, 1, 12), 2)]
    {
        let channels = coarse.channels / (r * r);
        let fine = image(coarse.height * r, coarse.width * r, channels);
        let at =
            |shape: Shape, y: usize, x: usize, c: usize| (y * shape.width + x) * shape.channels + c;
        for b in [1, 3] {
            let x = uniform(1, b * coarse.count());
            let mut want = vec![f32::NAN; x.len()];
            for example in 0..b {
                let first = example * coarse.count();
                for (y, x_) in (0..fine.height).flat_map(|y| (0..fine.width).map(move |x| (y, x))) {
                    for c in 0..channels {
                        let from = at(coarse, y / r, x_ / r, (c * r + y % r) * r + x_ % r);
                        want[first + at(fine, y, x_, c)] = x[first + from];
                    }
                }
            }
            let shuffle = Network::new(Image(coarse), &[LayerConfig::PixelShuffle(r)]);
            assert_eq!(shuffle.forward(&x), want, "{coarse:?} by {r}, b = {b}");
            let unshuffle = Network::new(Image(fine), &[LayerConfig::PixelUnshuffle(r)]);
            assert_eq!(unshuffle.forward(&want), x, "{coarse:?} by {r}, b = {b}");
            shuffle.check_gradients("pixel_shuffle", &x, GRADIENT);
            unshuffle.check_gradients("pixel_unshuffle", &want, GRADIENT);
        }
    }
}

fn residual_blocks() -> Vec<(TrunkInput, Vec<LayerConfig>)> {
    let block = |layers: &[LayerConfig]| LayerConfig::Residual(layers.to_vec());
    vec![
        (Flat(5), vec![block(&[LayerConfig::Dense(3), LayerConfig::Tanh, LayerConfig::Dense(5)])]),
        (
            Image(image(3, 4, 2)),
            vec![block(&[
                LayerConfig::Silu,
                LayerConfig::Conv2d(conv(3, 3, 1, 1)),
                LayerConfig::Silu,
                LayerConfig::Conv2d(conv(2, 1, 1, 0)),
            ])],
        ),
        // Nested, at both ends, and after a layer whose scratch is another's.
        (
            Image(image(3, 2, 2)),
            vec![
                LayerConfig::Conv2d(conv(2, 3, 1, 1)),
                block(&[
                    block(&[LayerConfig::Silu, LayerConfig::Conv2d(conv(2, 3, 1, 1))]),
                    LayerConfig::Conv2d(conv(2, 1, 1, 0)),
                    LayerConfig::Tanh,
                ]),
                LayerConfig::Sigmoid,
                LayerConfig::Conv2d(conv(4, 1, 1, 0)),
                LayerConfig::PixelShuffle(2),
            ],
        ),
    ]
}

#[test]
fn gradients_of_residual_blocks_are_their_difference_quotients() {
    for (input, layers) in residual_blocks() {
        let mut network = Network::new(input, &layers);
        for tensor in network.parameters.iter_mut() {
            tensor.values.iter_mut().for_each(|value| *value *= 0.5);
        }
        for b in [1, 3] {
            let what = format!("{layers:?}");
            network.check_gradients(&what, &uniform(1, b * network.inputs), DEEP_GRADIENT);
        }
    }
}

#[test]
fn a_residual_block_begins_as_the_identity_under_pytorch_names() {
    let block = LayerConfig::Residual(vec![
        LayerConfig::Silu,
        LayerConfig::Conv2d(conv(3, 3, 1, 1)),
        LayerConfig::Silu,
        LayerConfig::Conv2d(conv(2, 1, 1, 0)),
    ]);
    let mut network = Network::new(Image(image(4, 4, 2)), &[block]);
    let names: Vec<_> = network.parameters.iter().map(|tensor| tensor.name.as_str()).collect();
    assert_eq!(names, ["trunk.0.1.weight", "trunk.0.1.bias", "trunk.0.3.weight", "trunk.0.3.bias"]);
    let x = uniform(1, 2 * 32);
    assert_ne!(network.forward(&x), x);
    network.parameters.fill(0.0);
    let mut rng =
        latent_ink::train::seeds::generator(1, latent_ink::train::seeds::Purpose::Weights, 0);
    network.trunk.initialise(&mut network.parameters, &mut rng);
    assert_eq!(network.forward(&x), x);
    let largest =
        |tensor: &latent_ink::nn::Tensor| tensor.values.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
    let largest: Vec<f32> = network.parameters.iter().map(largest).collect();
    assert!(largest[0] > 0.1 && largest[2] == 0.0, "{largest:?}");
}

#[test]
fn layers_that_do_not_fit_are_refused_in_words() {
    let refused = |input: TrunkInput, layer: LayerConfig, words: &str| {
        let message = Trunk::new("trunk", input, &[layer], &mut Parameters::default())
            .map(|_| ())
            .expect_err("does not fit")
            .to_string();
        assert!(message.contains(words), "{message}: expected {words}");
    };
    refused(Image(image(4, 5, 1)), LayerConfig::PixelUnshuffle(2), "does not fit a 4x5x1 image");
    refused(Image(image(4, 4, 1)), LayerConfig::PixelUnshuffle(0), "does not fit");
    refused(Image(image(4, 4, 6)), LayerConfig::PixelShuffle(2), "does not fit a 4x4x6 image");
    refused(Image(image(4, 4, 4)), LayerConfig::PixelShuffle(0), "does not fit");
    refused(Image(image(4, 4, 4)), LayerConfig::PixelShuffle(usize::MAX), "does not fit");
    refused(Flat(16), LayerConfig::PixelShuffle(2), "needs an image");
    let residual = |layers: &[LayerConfig]| LayerConfig::Residual(layers.to_vec());
    refused(Flat(4), residual(&[LayerConfig::Dense(3)]), "4 values enter and 3 leave");
    refused(Flat(4), residual(&[]), "keep the shape");
    // As many values, but in another order.
    refused(Image(image(2, 2, 1)), residual(&[LayerConfig::Flatten]), "keep the shape");
}

/// Every kind of layer. ReLU stands first, where [`away_from_zero`] keeps it from its corner.
fn trunk_of_all_layers() -> Network {
    Network::new(
        Image(image(5, 4, 2)),
        &[
            LayerConfig::Relu,
            LayerConfig::Conv2d(conv(3, 3, 2, 1)),
            LayerConfig::Silu,
            LayerConfig::ConvTranspose2d(conv(2, 4, 2, 1)),
            LayerConfig::Tanh,
            LayerConfig::Flatten,
            LayerConfig::Dense(12),
            LayerConfig::Sigmoid,
            LayerConfig::Unflatten(image(2, 3, 2)),
            LayerConfig::Conv2d(conv(2, 2, 1, 0)),
            LayerConfig::Silu,
            LayerConfig::PixelUnshuffle(1),
            LayerConfig::Residual(vec![LayerConfig::Conv2d(conv(2, 3, 1, 1)), LayerConfig::Tanh]),
            LayerConfig::PixelShuffle(1),
            LayerConfig::Flatten,
            LayerConfig::Dense(3),
        ],
    )
}

#[test]
fn gradients_of_a_trunk_of_all_layers_are_its_difference_quotients() {
    let mut network = trunk_of_all_layers();
    // Halved, so that tanh and sigmoid are not saturated.
    for tensor in network.parameters.iter_mut() {
        tensor.values.iter_mut().for_each(|value| *value *= 0.5);
    }
    for b in [1, 3] {
        network.check_gradients("all layers", &away_from_zero(&uniform(1, b * 40)), DEEP_GRADIENT);
    }
}

#[test]
fn a_trace_that_was_used_for_another_batch_changes_nothing() {
    let network = trunk_of_all_layers();
    let mut used = Trace::default();
    for b in [4, 1, 7, 2, 0, 3] {
        let x = uniform(b as u32, b * 40);
        let d_y = uniform(50, b * network.trunk.outputs());
        let fresh = network.gradients(&x, &d_y, &mut Trace::default());
        assert_eq!(network.gradients(&x, &d_y, &mut used), fresh, "b = {b}");
        assert_eq!(used.output(&x), network.forward(&x), "b = {b}");
    }
}

#[test]
fn backward_overwrites_what_the_gradient_held() {
    let network = trunk_of_all_layers();
    let x = uniform(1, 120);
    let d_y = uniform(2, 9);
    let mut trace = Trace::default();
    let (_, once) = network.gradients(&x, &d_y, &mut trace);
    let mut again = once.clone();
    again.fill(f32::NAN);
    network.trunk.backward(&network.parameters, &x, &mut trace, &d_y, None, &mut again);
    assert_eq!(again, once);
}

#[test]
fn each_example_is_on_its_own() {
    let network = trunk_of_all_layers();
    let x = uniform(1, 9 * 40);
    let together = network.forward(&x);
    let alone: Vec<f32> = x.chunks(40).flat_map(|x| network.forward(x)).collect();
    assert_close("a batch of 9", &together, &wide(&alone), 1e-6);
}

#[test]
fn a_batch_of_nothing_gives_nothing() {
    let network = trunk_of_all_layers();
    let (d_x, d_parameters) = network.gradients(&[], &[], &mut Trace::default());
    assert!(network.forward(&[]).is_empty() && d_x.is_empty());
    assert_eq!(d_parameters, network.parameters.zeros_like());
}

#[test]
fn a_trunk_without_layers_is_the_identity_both_ways() {
    let network = Network::new(Flat(3), &[]);
    let x = uniform(1, 6);
    assert_eq!(network.forward(&x), x);
    let d_y = uniform(2, 6);
    assert_eq!(network.gradients(&x, &d_y, &mut Trace::default()).0, d_y);
}

/// In WebAssembly a panic ends the module, and with it the tests.
#[cfg(not(target_arch = "wasm32"))]
#[test]
#[should_panic(expected = "which differs by 1e0 of 2")]
fn a_gradient_of_zeros_is_not_close() {
    assert_close("zeros", &[0.0, 0.0], &[2.0, 0.5], DEEP_GRADIENT);
}
