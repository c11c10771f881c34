//! The shipped models measure in a browser what their records say that they measured natively.

use latent_ink::{
    eval::evaluate,
    model::Latent,
    train::{Dataset, Pixels},
    weights,
};
use serde_json::Value;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

/// A tenth of a test set: the images that seed 0 draws for the importance-weighted bound.
struct Subset {
    images: &'static [u8],
    labels: &'static [u8],
}

macro_rules! subset {
    ($name:literal) => {
        Subset {
            images: include_bytes!(concat!("fixtures/", $name, "-subset-images-idx3-ubyte")),
            labels: include_bytes!(concat!("fixtures/", $name, "-subset-labels-idx1-ubyte")),
        }
    };
}

const MNIST: Subset = subset!("mnist");
const FASHION: Subset = subset!("fashion");

/// In nats. Sums in another order, fused or not, move a hundredth of this.
const TOLERANCE: f64 = 0.02;

macro_rules! measures_what_its_record_says {
    ($($test:ident: $name:literal, $subset:ident;)*) => {
        $(
            #[cfg_attr(not(target_arch = "wasm32"), test)]
            #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
            fn $test() {
                check(include_bytes!(concat!("../www/models/", $name, ".safetensors")), &$subset);
            }
        )*

        #[cfg(not(target_arch = "wasm32"))]
        const MEASURED: &[&str] = &[$($name),*];
    };
}

measures_what_its_record_says! {
    sharp: "sharp", MNIST;
    best: "best", MNIST;
    map2: "map2", MNIST;
    vae: "vae", MNIST;
    ae: "ae", MNIST;
    fashion: "fashion", FASHION;
    hand: "hand", MNIST;
    beta_0: "beta-0", MNIST;
    beta_0_1: "beta-0.1", MNIST;
    beta_0_5: "beta-0.5", MNIST;
    beta_4: "beta-4", MNIST;
    beta_10: "beta-10", MNIST;
}

fn check(file: &[u8], subset: &Subset) {
    let data = Dataset::from_idx(subset.images, subset.labels).expect("the fixture is whole");
    let (model, record) = weights::from_bytes(file).expect("a shipped file is whole");
    let record: Value = serde_json::from_str(&record).expect("its record is JSON");
    let metrics = &record["metrics"];
    let pixels: Pixels =
        serde_json::from_value(metrics["pixels"].clone()).expect("its pixels are known");
    let measured = evaluate(&model, &data, pixels, 0).expect("images of its size");
    let is_plain = matches!(model.config().latent, Latent::Plain { .. });
    for (name, value) in [("recon", measured.recon), ("kl", measured.kl), ("elbo", measured.elbo)] {
        let recorded = metrics["subset"][name].as_f64().expect("it was measured");
        // Only a plain autoencoder has nothing to pay for its code.
        assert_eq!(recorded.abs() < 1.0, is_plain && name == "kl", "{name} {recorded}");
        assert!((value - recorded).abs() <= TOLERANCE, "{name}: {value} here, {recorded} there");
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn every_listed_model_is_measured() {
    let index = include_str!("../www/models/index.json");
    let index: Value = serde_json::from_str(index).expect("the list is JSON");
    let listed = ["models", "ladder", "hands"]
        .iter()
        .flat_map(|list| index[list].as_array().expect("a list"));
    let listed: Vec<&str> = listed.map(|model| model["name"].as_str().expect("a name")).collect();
    let [listed, measured] = [&listed, MEASURED].map(|names| {
        let mut names = names.to_vec();
        names.sort_unstable();
        names
    });
    assert_eq!(listed, measured);
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

/// `cargo test --test shipped -- --ignored` writes the fixtures anew from data/mnist and data/fashion.
#[cfg(not(target_arch = "wasm32"))]
#[test]
#[ignore = "writes files"]
fn write_the_fixtures() {
    let indices = latent_ink::eval::subset(10_000, 1_000, 0);
    let of = |body: &[u8], size: usize| -> Vec<u8> {
        indices.iter().flat_map(|i| body[i * size..][..size].to_vec()).collect()
    };
    let count = 1_000_u32.to_be_bytes();
    for set in ["mnist", "fashion"] {
        let read = |name: &str| {
            std::fs::read(format!("data/{set}/t10k-{name}")).expect("`cargo xtask data` was run")
        };
        let (images, labels) = (read("images-idx3-ubyte"), read("labels-idx1-ubyte"));
        let images = [&images[..4], &count, &images[8..16], &of(&images[16..], 784)].concat();
        let labels = [&labels[..4], &count, &of(&labels[8..], 1)].concat();
        for (name, bytes) in [("images-idx3-ubyte", images), ("labels-idx1-ubyte", labels)] {
            let path = format!("tests/fixtures/{set}-subset-{name}");
            std::fs::write(path, bytes).expect("writable");
        }
    }
}
