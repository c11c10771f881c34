//! What a model is worth: the measures against each other, against what is known exactly, and on the shipped models.

use latent_ink::{
    error::Error,
    eval::{
        Neighbours, evaluate, importance_weighted_bound, importance_weighted_bounds, kept_identity,
        linear_probe, nearest, posterior_means, reconstruct, running_bound, share_right, subset,
    },
    model::{Config, Model},
    train::{
        Dataset, Pixels,
        seeds::{Purpose, generator},
    },
};
use ndarray::{Array2, array};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

fn dataset(side: usize, images: &[u8], labels: &[u8]) -> Dataset {
    let header = |magic: u32, sizes: &[usize]| -> Vec<u8> {
        let sizes = sizes.iter().map(|&size| size as u32);
        std::iter::once(magic).chain(sizes).flat_map(u32::to_be_bytes).collect()
    };
    let images = [&header(2051, &[labels.len(), side, side]), images].concat();
    let labels = [&header(2049, &[labels.len()]), labels].concat();
    Dataset::from_idx(&images, &labels).expect("a valid pair")
}

/// 250 images of 3x3, so that the last batch of 100 is half full.
fn small() -> Dataset {
    let levels: Vec<u8> = (0..250 * 9_usize).map(|i| (i * i * 31 % 256) as u8).collect();
    dataset(3, &levels, &[0; 250])
}

fn config(latent: Value) -> Config {
    Config::from_json(&json!({
        "input": { "height": 3, "width": 3, "channels": 1 },
        "likelihood": "bernoulli",
        "latent": latent,
        "encoder": [{ "dense": 8 }, "tanh"],
        "decoder": [{ "dense": 8 }, "tanh", { "dense": 9 }],
    }))
    .expect("a whole config")
}

fn gaussian() -> Value {
    json!({ "gaussian": { "size": 3, "beta": 1.0 } })
}

fn random(latent: Value) -> Model {
    let mut rng = generator(3, Purpose::Weights, 0);
    Model::random(config(latent), &[0.4; 9], &mut rng).expect("its layers fit")
}

/// Sets every tensor whose name begins so.
fn fill(model: &mut Model, name: &str, value: f32) {
    let tensors = model.parameters_mut().iter_mut().filter(|t| t.name.starts_with(name));
    assert!(tensors.map(|tensor| tensor.values.fill(value)).count() > 0, "no tensor {name}");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn the_parts_of_the_elbo_add_up() {
    let data = small();
    for pixels in [Pixels::Grey, Pixels::Bernoulli] {
        let measured = evaluate(&random(gaussian()), &data, pixels, 4).expect("images of P values");
        assert_eq!(measured.kl_per_dim.len(), 3);
        assert!((measured.kl - measured.kl_per_dim.iter().sum::<f64>()).abs() < 1e-9);
        assert!((measured.elbo + measured.recon + measured.kl).abs() < 1e-9);
        assert!(measured.kl > 0.0 && measured.recon > 1.0 && measured.sse > 0.1, "{measured:?}");
        assert!(measured.active_units <= 3);
        assert_eq!(evaluate(&random(gaussian()), &data, pixels, 4), Ok(measured.clone()));
        let other = evaluate(&random(gaussian()), &data, pixels, 5).expect("images of P values");
        assert!(other.elbo != measured.elbo && other.sse == measured.sse);
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn measures_of_a_known_posterior_are_exact() {
    // mu = 0.5 and sigma = 1 in every dimension, whatever the image: KL = 0.125 each, and no unit is active.
    let mut model = random(gaussian());
    for (name, value) in [("mu.weight", 0.0), ("mu.bias", 0.5), ("log_var", 0.0), ("decoder", 0.0)]
    {
        fill(&mut model, name, value);
    }
    let measured = evaluate(&model, &small(), Pixels::Grey, 0).expect("images of P values");
    assert!(measured.kl_per_dim.iter().all(|kl| (kl - 0.125).abs() < 1e-6), "{measured:?}");
    assert_eq!(measured.active_units, 0);
    // Every pixel is ink with probability a half: ln 2 nats each, whatever the image.
    assert!((measured.recon - 9.0 * std::f64::consts::LN_2).abs() < 1e-5, "{measured:?}");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_unit_whose_mean_moves_is_active() {
    let mut model = random(gaussian());
    fill(&mut model, "mu.weight", 0.0);
    let head = model.parameters_mut().iter_mut().find(|t| t.name == "mu.weight").expect("a head");
    head.values[8..16].fill(1.0);
    let measured = evaluate(&model, &small(), Pixels::Grey, 0).expect("images of P values");
    assert_eq!(measured.active_units, 1);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn the_bound_is_the_elbo_at_one_sample_and_tightens_with_more() {
    let (data, model) = (small(), random(gaussian()));
    let bound = |seed: u32, k: u32| {
        let mut done = Vec::new();
        let bound =
            importance_weighted_bound(&model, &data, Pixels::Grey, seed, k, |n| done.push(n));
        assert_eq!(done, [100, 200, 250]);
        bound.expect("a density")
    };
    let mean = |k: u32| (0..8).map(|seed| bound(seed, k)).sum::<f64>() / 8.0;
    let elbos = (20..28)
        .map(|seed| evaluate(&model, &data, Pixels::Grey, seed).expect("images of P values").elbo);
    let elbo = elbos.sum::<f64>() / 8.0;
    let [one, five, fifty] = [1, 5, 50].map(mean);
    // The same mean over 2,000 other draws; their standard error is about 0.01 here.
    assert!((one - elbo).abs() < 0.06, "K = 1 gives {one}, the ELBO is {elbo}");
    assert!(five > one + 0.05 && fifty > five, "{one}, {five}, {fifty}");
    assert_eq!(bound(1, 5), bound(1, 5));
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_running_bound_is_at_each_of_its_samples_the_bound_of_so_many() {
    let (data, model) = (small(), random(gaussian()));
    let image = data.image(0);
    let x = Array2::from_shape_fn((1, image.len()), |(_, p)| f32::from(image[p]) / 255.0);
    let running = running_bound(&model, &x, 3, 9).expect("a density");
    assert_eq!(running.len(), 9);
    for k in [1, 2, 9] {
        let bounds = importance_weighted_bounds(&model, &data, &[0], Pixels::Grey, 3, k, |_| ());
        assert_eq!(running[k as usize - 1], bounds.expect("a density")[0], "K = {k}");
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn the_bound_stays_below_a_known_density_and_reaches_it() {
    // A decoder that does not look at z: ln p(x) = -recon exactly.
    let (data, mut model) = (small(), random(gaussian()));
    fill(&mut model, "decoder", 0.0);
    fill(&mut model, "decoder.2.bias", 0.7);
    let exact = -evaluate(&model, &data, Pixels::Grey, 0).expect("images of P values").recon;
    let bound = |model: &Model, k| {
        importance_weighted_bound(model, &data, Pixels::Grey, 0, k, |_| ()).expect("a density")
    };
    let [one, many] = [1, 500].map(|k| bound(&model, k));
    assert!(one < exact - 0.05, "{one} at K = 1, exactly {exact}");
    // Unbiased in the limit: at K = 500 what is left is far below the gap, and noise.
    assert!((many - exact).abs() < 0.1 * (exact - one), "{one}, {many}, exactly {exact}");
    // With the prior as posterior every weight is 1, and every K exact.
    for head in ["mu", "log_var"] {
        fill(&mut model, head, 0.0);
    }
    for k in [1, 7] {
        let bound = bound(&model, k);
        assert!((bound - exact).abs() < 1e-5, "{bound} at K = {k}, exactly {exact}");
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn the_bound_takes_log_var_between_the_limits_that_the_elbo_takes_it_between() {
    let data = small();
    for log_var in [-100.0, 100.0] {
        let mut model = random(gaussian());
        for (name, value) in [("mu", 0.0), ("log_var.weight", 0.0), ("log_var.bias", log_var)] {
            fill(&mut model, name, value);
        }
        fill(&mut model, "decoder", 0.0);
        let elbo = evaluate(&model, &data, Pixels::Grey, 0).expect("images of P values").elbo;
        let bound = importance_weighted_bound(&model, &data, Pixels::Grey, 0, 1, |_| ());
        // eps² of 750 draws is 1 with a standard error of 5 %.
        let ratio = bound.expect("a density") / elbo;
        assert!((ratio - 1.0).abs() < 0.2, "log_var {log_var}: {ratio} of the ELBO, {elbo}");
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn what_cannot_be_measured_is_refused() {
    let data = small();
    let bound = |model: &Model, k| {
        let bound = importance_weighted_bound(model, &data, Pixels::Grey, 0, k, |_| ());
        bound.expect_err("no bound").to_string()
    };
    let plain = random(json!({ "plain": { "size": 3 } }));
    assert!(bound(&plain, 5).contains("plain autoencoder"), "{}", bound(&plain, 5));
    assert!(bound(&random(gaussian()), 0).contains("at least 1"));
    let measured = evaluate(&plain, &data, Pixels::Grey, 0).expect("images of P values");
    assert_eq!((measured.kl, &measured.kl_per_dim[..]), (0.0, &[0.0; 3][..]));
    let wide = dataset(4, &[9; 16 * 5], &[0; 5]);
    let error = evaluate(&plain, &wide, Pixels::Grey, 0).expect_err("16 values, not 9");
    assert!(matches!(error, Error::Shape { what: "x", .. }), "{error}");
    // One known image can read another; a single one has nobody to read it.
    let few = |count: usize| dataset(3, &vec![9; 9 * count], &vec![0; count]);
    assert_eq!(kept_identity(&plain, &few(2)), Ok(1.0));
    let message = kept_identity(&plain, &few(1)).expect_err("nobody to read it").to_string();
    assert!(message.contains("1 image") && message.contains("at least 2"), "{message}");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn neighbours_read_by_the_votes_of_five() {
    // One image of a 4; then three of 7 and two of 1 around a point, the 1s nearer to it.
    let levels = |level: u8| [level, 0, 0, 0];
    let images = [255, 100, 130, 96, 104, 140].map(levels).concat();
    let data = dataset(2, &images, &[4, 7, 7, 1, 1, 7]);
    let reader = Neighbours::new(&data, 0..6);
    let x = array![[100.0 / 255.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]];
    // At 1 the five nearest are 4, 7, 7, 1, 7: most votes win, not the nearest.
    assert_eq!(reader.read(x.view()), [7, 7]);
    // Without the last 7, two 7s and two 1s among the five: the nearest of the tied decides.
    let reader = Neighbours::new(&data, 0..5);
    let x = array![[97.0 / 255.0, 0.0, 0.0, 0.0], [0.5, 0.0, 0.0, 0.0]];
    assert_eq!(reader.read(x.view()), [1, 7]);
    // Fewer known than voters: all vote.
    assert_eq!(Neighbours::new(&data, 0..1).read(x.view()), [4, 4]);
    assert_eq!(reader.read(Array2::zeros((0, 4)).view()), [] as [u8; 0]);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn identity_is_what_the_reader_still_reads() {
    // A model that makes one image of everything keeps the identity of just the digits that it looks like.
    let mut model = random(gaussian());
    fill(&mut model, "decoder", 0.0);
    let bias = model.parameters_mut().iter_mut().find(|t| t.name == "decoder.2.bias");
    bias.expect("a bias").values[0] = 8.0;
    let mut images = Vec::new();
    let mut labels = Vec::new();
    for index in 0..50_u8 {
        // Of the last ten, three are 2s: all white but for a corner, as what the model makes.
        let is_two = index % 10 < 3;
        images.extend([if is_two { 255 } else { 0 }, 128, 128, 128, 128, 128, 128, 128, 128]);
        labels.push(if is_two { 2 } else { 5 });
    }
    let data = dataset(3, &images, &labels);
    let made = reconstruct(&model, Array2::zeros((1, 9)).view(), &[]).expect("P values");
    assert!(made[[0, 0]] > 0.99 && (made[[0, 1]] - 0.5).abs() < 1e-6);
    assert_eq!(kept_identity(&model, &data), Ok(0.3));
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_subset_is_seeded_and_not_the_first() {
    let drawn = subset(10_000, 1_000, 3);
    let mut sorted = drawn.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!((sorted.len(), drawn.len()), (1_000, 1_000));
    assert!(sorted[999] > 9_900 && sorted[500] > 4_000, "all from the beginning");
    assert_eq!(subset(10_000, 1_000, 3), drawn);
    assert_ne!(subset(10_000, 1_000, 4), drawn);
    // Fewer are the beginning of more, and more than there are is all.
    assert_eq!(subset(10_000, 10, 3), drawn[..10]);
    assert_eq!(subset(5, 9, 3).len(), 5);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn bounds_of_some_images_are_those_of_the_same_binarised_images() {
    let (data, mut model) = (small(), random(gaussian()));
    // The prior as posterior and a decoder that does not look at z: the bound is -D of the binarised image, exactly.
    for (name, value) in [("mu", 0.0), ("log_var", 0.0), ("decoder", 0.0), ("decoder.2.bias", 0.7)]
    {
        fill(&mut model, name, value);
    }
    let bounds = |indices: &[usize]| {
        importance_weighted_bounds(&model, &data, indices, Pixels::Bernoulli, 6, 2, |_| ())
            .expect("a density")
    };
    let all = bounds(&(0..250).collect::<Vec<_>>());
    let some = [249, 3, 3, 120, 0];
    let picked = bounds(&some);
    assert_eq!(picked, some.map(|index| all[index]));
    assert!(all.iter().any(|bound| (bound - all[0]).abs() > 0.5), "all images are the same");
    let mean = importance_weighted_bound(&model, &data, Pixels::Bernoulli, 6, 2, |_| ());
    assert_eq!(mean, Ok(all.iter().sum::<f64>() / 250.0));
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn probes_separate_what_is_separable() {
    // Three classes along a line in two tight dimensions far from 0, with a third that says nothing.
    let row = |i: usize| {
        let noise = |k: usize| ((i * k * 7919 + k) % 101) as f32 / 101.0 - 0.5;
        let class = (i % 3) as f32;
        [100.0 + 0.01 * (class + 0.3 * noise(3)), 5.0 * noise(5), 0.02 * (class + 0.3 * noise(7))]
    };
    let known =
        Array2::from_shape_vec((300, 3), (0..300).flat_map(row).collect()).expect("300 x 3");
    let unseen =
        Array2::from_shape_vec((60, 3), (300..360).flat_map(row).collect()).expect("60 x 3");
    let labels = |count: usize| (0..count).map(|i| (i % 3) as u8).collect::<Vec<_>>();
    let read = linear_probe(known.view(), &labels(300), unseen.view(), 3).expect("3 classes");
    assert_eq!(share_right(&read, &labels(60)), 1.0);
    assert_eq!(linear_probe(known.view(), &labels(300), unseen.view(), 3), Ok(read));
    // Labels that have nothing to do with the rows: about a third.
    let chance: Vec<u8> = (0..300).map(|i| (i / 3 % 3) as u8).collect();
    let read = linear_probe(known.view(), &chance, unseen.view(), 3).expect("3 classes");
    assert!(share_right(&read, &labels(60)) < 0.7);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn the_nearest_row_gives_its_label() {
    let value = |i: usize| (i * i * 31 % 257) as f32 / 64.0;
    let known = Array2::from_shape_fn((70, 2), |(i, j)| value(2 * i + j));
    let labels: Vec<u8> = (0..70).collect();
    let unseen = Array2::from_shape_fn((230, 2), |(i, j)| value(3 * i + 5 * j + 1) + 0.003);
    let read = nearest(known.view(), &labels, unseen.view());
    assert_eq!(read.len(), 230);
    for (read, row) in read.iter().zip(unseen.rows()) {
        let square = |at: usize| -> f64 {
            let known = known.row(at);
            row.iter().zip(known).map(|(a, b)| f64::from(a - b).powi(2)).sum()
        };
        let least = (0..70).map(square).fold(f64::INFINITY, f64::min);
        assert!(square(usize::from(*read)) <= least + 1e-4, "not the nearest");
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn posterior_means_are_those_of_the_grey_images_in_order() {
    let (data, model) = (small(), random(gaussian()));
    let means = posterior_means(&model, &data).expect("images of P values");
    assert_eq!(means.dim(), (250, 3));
    let x = Array2::from_shape_fn((1, 9), |(_, j)| f32::from(data.image(217)[j]) / 255.0);
    let mu = model.encode(x.view()).expect("P values").mu;
    for (mean, mu) in means.row(217).iter().zip(&mu) {
        assert!((mean - mu).abs() < 1e-5 && mu.abs() > 1e-4, "{mean}, expected {mu}");
    }
}

/// The two models that ship, on all 10,000 test digits. Thresholds: the issue of the first landing, "Must show".
#[cfg(not(target_arch = "wasm32"))]
mod shipped {
    use super::*;
    use latent_ink::weights;
    use std::path::{Path, PathBuf};

    fn path(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
    }

    fn test_set() -> Option<Dataset> {
        let read = |kind: &str| std::fs::read(path("data/mnist").join(kind)).ok();
        let images = read("t10k-images-idx3-ubyte");
        let Some((images, labels)) = images.zip(read("t10k-labels-idx1-ubyte")) else {
            println!("skipped: no MNIST in data/mnist; `cargo xtask data` gets it");
            return None;
        };
        Some(Dataset::from_idx(&images, &labels).expect("MNIST's files are whole"))
    }

    /// The model as committed, and what the list of models says of it.
    fn shipped(name: &str) -> (Model, Value) {
        let read = |file: &str| std::fs::read(path("www/models").join(file)).expect("committed");
        let index: Value = serde_json::from_slice(&read("index.json")).expect("JSON");
        let models = index["models"].as_array().expect("a list of models");
        let entry = models.iter().find(|model| model["name"] == name).expect("a shipped model");
        let bytes = read(entry["file"].as_str().expect("a file name"));
        assert_eq!(entry["bytes"], bytes.len(), "{name}: the list was not made for this file");
        let (model, _) = weights::from_bytes(&bytes).expect("a whole file");
        (model, entry.clone())
    }

    /// Measures, and compares with what the list claims: within 0.05 nats, since other processors round otherwise.
    fn measured(name: &str, pixels: Pixels) -> Option<(f64, f64, f64)> {
        let (data, (model, entry)) = (test_set()?, shipped(name));
        let measured = evaluate(&model, &data, pixels, 0).expect("images of P values");
        let identity = kept_identity(&model, &data).expect("images of P values");
        println!(
            "{name}: negative ELBO {:.3}, recon {:.3}, KL {:.3}, SSE {:.3}, identity {identity:.4}",
            -measured.elbo, measured.recon, measured.kl, measured.sse
        );
        let claims = &entry["metrics"]["test"];
        let parts = [
            ("elbo", measured.elbo),
            ("recon", measured.recon),
            ("kl", measured.kl),
            ("sse", measured.sse),
        ];
        for (key, got) in parts {
            let claim = claims[key].as_f64().expect("the list has this figure");
            assert!((claim - got).abs() < 0.05, "{name}: {key} is {got}, the list claims {claim}");
        }
        assert_eq!(claims["active_units"], measured.active_units);
        let given = serde_json::to_value(pixels).expect("a plain enum");
        assert_eq!(entry["metrics"]["pixels"], given, "{name} was measured on other pixels");
        assert_eq!(measured.kl_per_dim.len(), model.latent_size());
        Some((-measured.elbo, measured.sse, identity))
    }

    #[test]
    fn the_map_keeps_what_it_promises() {
        let Some((negative_elbo, _, _)) = measured("map2", Pixels::Grey) else { return };
        assert!(negative_elbo <= 140.0, "{negative_elbo} nats on grey levels, at most 140");
    }

    #[test]
    fn the_default_keeps_what_it_promises() {
        let Some((negative_elbo, sse, identity)) = measured("sharp", Pixels::Bernoulli) else {
            return;
        };
        assert!(negative_elbo <= 90.0, "{negative_elbo} nats on Bernoulli digits, at most 90");
        assert!(sse <= 7.0, "squared error {sse}, at most 7");
        assert!(identity >= 0.88, "{identity} of reconstructions read as their digit");
    }
}
