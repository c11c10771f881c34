//! The shipped models measure in a browser what their records say that they measured natively.

use latent_ink::{
    eval::evaluate,
    train::{Dataset, Pixels},
    weights,
};
use serde_json::Value;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

/// A tenth of the test digits: those that seed 0 draws for the importance-weighted bound.
const IMAGES: &[u8] = include_bytes!("fixtures/mnist-subset-images-idx3-ubyte");
const LABELS: &[u8] = include_bytes!("fixtures/mnist-subset-labels-idx1-ubyte");

/// In nats. Sums in another order, fused or not, move a hundredth of this.
const TOLERANCE: f64 = 0.02;

macro_rules! measures_what_its_record_says {
    ($($name:ident)*) => {$(
        #[cfg_attr(not(target_arch = "wasm32"), test)]
        #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
        fn $name() {
            check(include_bytes!(concat!("../www/models/", stringify!($name), ".safetensors")));
        }
    )*};
}

measures_what_its_record_says! { sharp best map2 vae }

fn check(file: &[u8]) {
    let data = Dataset::from_idx(IMAGES, LABELS).expect("the fixture is whole");
    let (model, record) = weights::from_bytes(file).expect("a shipped file is whole");
    let record: Value = serde_json::from_str(&record).expect("its record is JSON");
    let metrics = &record["metrics"];
    let pixels: Pixels =
        serde_json::from_value(metrics["pixels"].clone()).expect("its pixels are known");
    let measured = evaluate(&model, &data, pixels, 0).expect("images of its size");
    for (name, value) in [("recon", measured.recon), ("kl", measured.kl), ("elbo", measured.elbo)] {
        let recorded = metrics["subset"][name].as_f64().expect("it was measured");
        assert!(recorded.abs() > 1.0, "{name} {recorded}");
        assert!((value - recorded).abs() <= TOLERANCE, "{name}: {value} here, {recorded} there");
    }
}

/// The first steps of the smallest model's run, taken anew from nothing but its record and the data.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn the_smallest_trains_again_as_its_record_says() {
    use latent_ink::{model::Config, train::Trainer};
    let read = |name: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/mnist").join(name);
        std::fs::read(path).ok()
    };
    let files = (read("train-images-idx3-ubyte"), read("train-labels-idx1-ubyte"));
    let (Some(images), Some(labels)) = files else {
        println!("skipped: no MNIST in data/mnist; `cargo xtask data` gets it");
        return;
    };
    let data = Dataset::from_idx(&images, &labels).expect("MNIST is whole");
    let record = weights::record(include_bytes!("../www/models/vae.safetensors")).expect("whole");
    let record: Value = serde_json::from_str(&record).expect("its record is JSON");
    let run = &record["training"];
    let number = |key: &str| run[key].as_u64().expect("a number") as u32;
    let model = Config::from_json(&record["config"]).expect("its config");
    let training = serde_json::from_value(run["config"].clone()).expect("its training config");
    let mut trainer =
        Trainer::new(model, training, &data, number("seed"), number("epochs")).expect("possible");
    let losses = run["first_losses"].as_array().expect("losses");
    assert_eq!(losses.len(), 20);
    for loss in losses {
        let loss = loss.as_f64().expect("a number");
        let step = trainer.step(&data).expect("no divergence");
        let now = step.recon + step.kl;
        // Products on another processor sum in another order.
        assert!((now / loss - 1.0).abs() < 1e-3, "step {}: {now} now, {loss} then", step.step);
    }
}

/// `cargo test --test shipped -- --ignored` writes the fixture anew from data/mnist.
#[cfg(not(target_arch = "wasm32"))]
#[test]
#[ignore = "writes files"]
fn write_the_fixture() {
    let read =
        |name: &str| std::fs::read(format!("data/mnist/t10k-{name}")).expect("data is there");
    let images = read("images-idx3-ubyte");
    let labels = read("labels-idx1-ubyte");
    let indices = latent_ink::eval::subset(10_000, 1_000, 0);
    let of = |body: &[u8], size: usize| -> Vec<u8> {
        indices.iter().flat_map(|i| body[i * size..][..size].to_vec()).collect()
    };
    let count = 1_000_u32.to_be_bytes();
    let images = [&images[..4], &count, &images[8..16], &of(&images[16..], 784)].concat();
    let labels = [&labels[..4], &count, &of(&labels[8..], 1)].concat();
    for (name, bytes) in [("images-idx3-ubyte", images), ("labels-idx1-ubyte", labels)] {
        std::fs::write(format!("tests/fixtures/mnist-subset-{name}"), bytes).expect("writable");
    }
}
