//! What a judge thinks of samples: distances that are known exactly, and a model whose samples are.
//!
//! Without the feature `cli` there is no judge: the eigenvalues come with it.
#![cfg(all(feature = "cli", not(target_arch = "wasm32")))]

use latent_ink::{
    eval::{Cloud, Judge, Sampling, frechet_distance},
    model::{Classifier, ClassifierConfig, Config, Model, standard_normal},
    train::{
        Dataset,
        seeds::{Purpose, generator},
    },
};
use ndarray::Array2;
use serde_json::json;

/// 4,000 rows of `mean + scale eps`.
fn normal(seed: u32, mean: [f32; 3], scale: [f32; 3]) -> Array2<f32> {
    let mut rows = Array2::zeros((4_000, 3));
    let mut rng = generator(seed, Purpose::Prior, 0);
    standard_normal(&mut rng, rows.as_slice_mut().expect("standard layout"));
    for mut row in rows.rows_mut() {
        for (value, (mean, scale)) in row.iter_mut().zip(mean.iter().zip(scale)) {
            *value = mean + scale * *value;
        }
    }
    rows
}

fn distance(a: &Array2<f32>, b: &Array2<f32>) -> f64 {
    frechet_distance(&Cloud::new(a.view()), &Cloud::new(b.view()))
}

#[test]
fn frechet_distances_of_gaussians_are_the_known_ones() {
    let plain = normal(1, [0.0; 3], [1.0; 3]);
    assert!(distance(&plain, &plain).abs() < 1e-9);
    // The same rows shifted: exactly the square of the shift.
    let shifted = normal(1, [3.0, 0.0, -4.0], [1.0; 3]);
    assert!((distance(&plain, &shifted) - 25.0).abs() < 1e-3, "{}", distance(&plain, &shifted));
    // Independent axes: the sum of (sigma_a - sigma_b)², here 1 + 4, but for what 4,000 draws leave.
    let scaled = normal(2, [0.0; 3], [2.0, 1.0, 3.0]);
    assert!((distance(&plain, &scaled) - 5.0).abs() < 0.25, "{}", distance(&plain, &scaled));
    let back = distance(&scaled, &plain);
    assert!((distance(&plain, &scaled) - back).abs() < 1e-9, "it is no distance");
}

#[test]
fn a_feature_that_never_moves_is_no_division_by_zero() {
    let flat = normal(1, [0.0; 3], [1.0, 0.0, 0.0]);
    assert!(distance(&flat, &flat).abs() < 1e-9);
    let other = normal(1, [0.0, 2.0, 0.0], [1.0, 0.0, 0.0]);
    assert!((distance(&flat, &other) - 4.0).abs() < 1e-6, "{}", distance(&flat, &other));
}

/// One pixel; ink is a 1, paper a 0.
fn world() -> (Classifier, Model, Dataset) {
    let input = json!({ "height": 1, "width": 1, "channels": 1 });
    let config = json!({ "input": input, "layers": [], "classes": 2 });
    let config = ClassifierConfig::from_json(&config).expect("a whole config");
    let mut classifier = Classifier::zeros(config).expect("its layers fit");
    for tensor in classifier.parameters_mut().iter_mut() {
        // logits ∓20 (x - 1/2): confident above 0.61 and below 0.39.
        let values = if tensor.name == "classes.weight" { [-10.0, 10.0] } else { [5.0, -5.0] };
        tensor.values.copy_from_slice(&values);
    }
    let config = Config::from_json(&json!({
        "input": input,
        "likelihood": "gaussian",
        "latent": { "gaussian": { "size": 1, "beta": 1.0 } },
        "encoder": [],
        "decoder": [{ "dense": 1 }],
    }));
    // The decoder is x = z, and mu = x.
    let mut model = Model::zeros(config.expect("a whole config")).expect("its layers fit");
    for tensor in model.parameters_mut().iter_mut() {
        if ["mu.weight", "decoder.0.weight"].contains(&tensor.name.as_str()) {
            tensor.values.fill(1.0);
        }
    }
    let header = |magic: u32, sizes: &[u32]| -> Vec<u8> {
        std::iter::once(&magic).chain(sizes).flat_map(|size| size.to_be_bytes()).collect()
    };
    // Of 400 digits every fourth is ink; every fortieth is labelled wrongly.
    let images: Vec<u8> = (0..400).map(|i| if i % 4 == 0 { 255 } else { 0 }).collect();
    let labels: Vec<u8> = (0..400).map(|i| u8::from(i % 4 == 0 && i % 40 != 0)).collect();
    let data = Dataset::from_idx(
        &[header(2051, &[400, 1, 1]), images].concat(),
        &[header(2049, &[400]), labels].concat(),
    );
    (classifier, model, data.expect("a valid pair"))
}

#[test]
fn a_known_model_is_judged_as_what_it_is() {
    let (classifier, model, data) = world();
    let judge = Judge::new(classifier, &data).expect("images of 1 pixel");
    let reference = judge.reference(0);
    assert!((reference.accuracy - 0.975).abs() < 1e-9, "{reference:?}");
    assert!((reference.confident - 1.0).abs() < 1e-9, "{reference:?}");
    let entropy = -(0.25_f64 * 0.25_f64.ln() + 0.75 * 0.75_f64.ln());
    assert!((reference.class_entropy - entropy).abs() < 1e-9, "{reference:?}");
    assert!(reference.frechet_halves < 0.01, "{reference:?}");
    assert_eq!(judge.reads_right(&model, &data), Ok(0.975));

    let sampling = Sampling { count: 20_000, temperature: 1.0, seed: 3 };
    let normal = judge.samples(&model, |eps| eps, sampling).expect("images of 1 pixel");
    // x = z is normal: read as ink above 1/2, confident beyond 0.5 ± 0.11; the features are z itself, against N(1/4, 3/16).
    let confident = 0.2711 + 0.6514;
    assert!((normal.confident - confident).abs() < 0.01, "{normal:?}");
    let ink: f64 = 0.30854;
    let entropy = -(ink * ink.ln() + (1.0 - ink) * (1.0 - ink).ln());
    assert!((normal.class_entropy - entropy).abs() < 0.01, "{normal:?}");
    let frechet = 0.0625 + (1.0 - 0.1875_f64.sqrt()).powi(2);
    assert!((normal.frechet - frechet).abs() < 0.03, "{normal:?}, expected {frechet}");
    assert_eq!(judge.samples(&model, |eps| eps, sampling), Ok(normal.clone()));

    // A prior that knows the data, and temperature 0, which makes one image.
    let learned = |eps: Array2<f32>| eps.mapv(|e| if e > 0.67449 { 1.0 } else { 0.0 });
    let learned = judge.samples(&model, learned, sampling).expect("images of 1 pixel");
    assert!(learned.confident == 1.0 && learned.frechet < 1e-3, "{learned:?}");
    let cold = Sampling { temperature: 0.0, ..sampling };
    let cold = judge.samples(&model, |eps| eps, cold).expect("images of 1 pixel");
    assert!(cold.class_entropy == 0.0 && (cold.frechet - 0.25).abs() < 0.01, "{cold:?}");
}

#[test]
fn too_few_or_other_images_are_refused() {
    let (classifier, model, data) = world();
    let judge = Judge::new(classifier.clone(), &data).expect("images of 1 pixel");
    let one = Sampling { count: 1, temperature: 1.0, seed: 0 };
    let message = judge.samples(&model, |eps| eps, one).expect_err("no cloud").to_string();
    assert!(message.contains("1 samples"), "{message}");
    let header = |magic: u32, sizes: &[u32]| -> Vec<u8> {
        std::iter::once(&magic).chain(sizes).flat_map(|size| size.to_be_bytes()).collect()
    };
    let wide = Dataset::from_idx(
        &[header(2051, &[4, 1, 2]), vec![0; 8]].concat(),
        &[header(2049, &[4]), vec![0; 4]].concat(),
    );
    let wide = wide.expect("a valid pair");
    assert!(Judge::new(classifier, &wide).expect_err("2 pixels").to_string().contains("[B, 1]"));
}
