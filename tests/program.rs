//! The native program, run as people run it: train, stop, go on, measure, sample; and what it says when it cannot.
//!
//! Without the feature `cli` there is no program. (`required-features` would make `cargo test --test '*'` an error.)
#![cfg(all(feature = "cli", not(target_arch = "wasm32")))]

use std::{
    fs,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use latent_ink::weights;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A folder of its own for each test, away when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("latent-ink-{name}-{}", std::process::id()));
        fs::create_dir_all(path.join("data")).expect("the temporary folder is writable");
        let folder = Self(path);
        for (set, count) in [("train", 400_u32), ("t10k", 20)] {
            let side = [count, 8, 8];
            let level = |i: u32| (i.wrapping_mul(i).wrapping_mul(31) >> 3) as u8;
            let images = (0..count * 64).map(level);
            folder.write(&format!("data/{set}-images-idx3-ubyte"), &idx(2051, &side, images));
            let labels = (0..count).map(|i| (i % 10) as u8);
            folder.write(&format!("data/{set}-labels-idx1-ubyte"), &idx(2049, &[count], labels));
        }
        folder.write("config.json", config(0.01).to_string().as_bytes());
        folder
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.join(name), bytes).expect("the temporary folder is writable");
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).expect("the program wrote it")
    }

    /// The program in this folder.
    fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_latent-ink"));
        command.args(words.split(' ')).current_dir(&self.0).stdin(Stdio::null());
        command
    }

    fn run(&self, words: &str) -> Output {
        self.command(words).output().expect("the program starts")
    }

    #[track_caller]
    fn succeeds(&self, words: &str) -> String {
        let Output { status, stdout, stderr } = self.run(words);
        assert!(status.success(), "{words}: {}", String::from_utf8_lossy(&stderr));
        String::from_utf8(stdout).expect("the program prints text")
    }

    /// Nobody reads what it prints, and it ends as if somebody had.
    #[track_caller]
    fn succeeds_unread(&self, words: &str) {
        let (reader, writer) = io::pipe().expect("pipes are there");
        drop(reader);
        let Output { status, stderr, .. } =
            self.command(words).stdout(writer).output().expect("the program starts");
        let message = String::from_utf8_lossy(&stderr);
        assert_eq!((status.code(), &*message), (Some(0), ""), "{words}");
    }

    /// Ends with 1 and one sentence that has all of `expected`.
    #[track_caller]
    fn fails(&self, words: &str, expected: &[&str]) {
        let Output { status, stdout, stderr } = self.run(words);
        let message = String::from_utf8(stderr).expect("the program prints text");
        assert_eq!(status.code(), Some(1), "{words}: {message}");
        assert!(message.starts_with("error: "), "{words}: {message}");
        assert_eq!(message.trim_end().lines().count(), 1, "{words}: {message}");
        for expected in expected {
            assert!(message.contains(expected), "\"{message}\" does not say \"{expected}\"");
        }
        assert_eq!(String::from_utf8_lossy(&stdout), "", "{words}");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing depends on it, and a second panic would hide the first.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn idx(magic: u32, sizes: &[u32], bytes: impl Iterator<Item = u8>) -> Vec<u8> {
    let head = std::iter::once(magic).chain(sizes.iter().copied()).flat_map(u32::to_be_bytes);
    head.chain(bytes).collect()
}

fn config(learning_rate: f64) -> Value {
    json!({
        "model": {
            "input": { "height": 8, "width": 8, "channels": 1 },
            "likelihood": "bernoulli",
            "latent": { "gaussian": { "size": 2, "beta": 1.0 } },
            "encoder": [{ "dense": 16 }, "relu"],
            "decoder": [{ "dense": 16 }, "relu", { "dense": 64 }],
        },
        "training": {
            "batch": 10, "learning_rate": learning_rate, "warm_up": 10, "decay": "cosine",
            "pixels": "bernoulli",
        },
    })
}

const TRAIN: &str = "train --config config.json --data data --seed 3";

fn tensors(file: &[u8]) -> Vec<(String, Vec<u32>)> {
    let (model, _) = weights::from_bytes(file).expect("a whole file");
    let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect();
    model.parameters().iter().map(|t| (t.name.clone(), bits(&t.values))).collect()
}

fn record(file: &[u8]) -> Value {
    serde_json::from_str(&weights::record(file).expect("a whole file")).expect("JSON")
}

#[test]
fn a_trained_model_is_measured_sampled_and_inspected() {
    let folder = Folder::new("story");
    let printed = folder.succeeds(&format!("{TRAIN} --epochs 2 --out model.safetensors"));
    assert!(printed.contains("epoch 1: ") && printed.contains("epoch 2: "), "{printed}");

    let model = folder.read("model.safetensors");
    let training = &record(&model)["training"];
    assert_eq!((&training["seed"], &training["epochs"]), (&json!(3), &json!(2)));
    assert_eq!(training["steps"], 80);
    let command = training["command"].as_str().expect("a command");
    assert!(command.starts_with("latent-ink train --config config.json"), "{command}");
    assert_eq!(training["data"].as_str().map(str::len), Some(64), "a SHA-256 in hexadecimal");

    let printed = folder.succeeds("eval model.safetensors --data data --json --iw 3");
    let report: Value = serde_json::from_str(&printed).expect("one JSON object");
    let keys: Vec<&str> =
        report.as_object().expect("an object").keys().map(String::as_str).collect();
    let expected = [
        "active_units",
        "convention",
        "elbo",
        "identity",
        "images",
        "iw_bound",
        "iw_k",
        "iw_subset",
        "judge",
        "kl",
        "kl_per_dim",
        "model",
        "probe",
        "recon",
        "seed",
        "sse",
        "subset",
    ];
    assert_eq!(keys, expected);
    assert_eq!((&report["images"], &report["iw_k"]), (&json!(20), &json!(3)));
    assert_eq!(report["model"], "model.safetensors");
    let convention = report["convention"].as_str().expect("words");
    assert!(convention.contains("Bernoulli-sampled") && convention.contains("seed 0"));
    let number = |key: &str| report[key].as_f64().expect("a number");
    assert!((number("elbo") + number("recon") + number("kl")).abs() < 1e-9);
    assert!(number("iw_bound") < 0.0 && number("recon") > 1.0);
    // As stored in the file by the training, which measured the same.
    assert_eq!(record(&model)["metrics"]["test"]["elbo"], report["elbo"]);

    let words = "eval model.safetensors --data data --json --pixels grey";
    let report: Value = serde_json::from_str(&folder.succeeds(words)).expect("one JSON object");
    assert_eq!(report["convention"], "grey levels");
    let words = "eval model.safetensors --data data --json --pixels static --seed 4";
    let once: Value = serde_json::from_str(&folder.succeeds(words)).expect("one JSON object");
    assert_eq!(once["convention"], "binarised once, ChaCha8 seed 4");
    assert_ne!(once["recon"], report["recon"]);
    assert_eq!((&report["iw_k"], &report["iw_bound"]), (&Value::Null, &Value::Null));
    // No judge in this folder, and nobody asked for probes.
    assert_eq!((&report["judge"], &report["probe"]), (&Value::Null, &Value::Null));
    let words =
        "eval model.safetensors --data data --json --pixels threshold --iw-subset 2 --probe";
    let report: Value = serde_json::from_str(&folder.succeeds(words)).expect("one JSON object");
    assert_eq!(report["convention"], "thresholded, ink above 127");
    assert_eq!(
        (&report["iw_subset"]["k"], &report["iw_subset"]["images"]),
        (&json!(2), &json!(20))
    );
    assert!(report["iw_subset"]["standard_error"].as_f64().expect("a number") > 0.0);
    for probe in ["linear", "nearest"] {
        let share = report["probe"][probe].as_f64().expect("a share");
        assert!((0.0..=1.0).contains(&share), "{probe}: {share}");
    }
    let printed = folder.succeeds("eval model.safetensors --data data --iw 2");
    for word in ["ELBO", "KL per dim", "active units", "IW bound", "identity"] {
        assert!(printed.contains(word), "{printed}");
    }

    let printed = folder.succeeds("inspect model.safetensors");
    for word in ["encoder.0.weight", "[16, 64]", "2244 parameters", "\"seed\": 3", "bernoulli"] {
        assert!(printed.contains(word), "no {word} in {printed}");
    }
}

/// What the page does with the same images: it has no file of theirs, and takes the digest of what is in it.
#[test]
fn training_images_are_rounded_to_levels_and_known_by_what_they_are_then() {
    let folder = Folder::new("levels");
    let run = format!("{TRAIN} --epochs 1 --levels");
    folder.succeeds(&format!("{run} 16 --out some.safetensors"));
    let some = folder.read("some.safetensors");
    let mut images = folder.read("data/train-images-idx3-ubyte");
    images[16..].iter_mut().for_each(|value| *value = ((u16::from(*value) + 8) / 17 * 17) as u8);
    let digest = Sha256::digest(&images[16..]);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(record(&some)["training"]["data"], json!(digest));
    folder.write("data/train-images-idx3-ubyte", &images);
    folder.succeeds(&format!("{TRAIN} --epochs 1 --out same.safetensors"));
    assert_eq!(tensors(&folder.read("same.safetensors")), tensors(&some));
    let refused = folder.run(&format!("{run} 1 --out none.safetensors"));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("1 is not in 2..=256"));
}

#[test]
fn samples_are_a_png_of_the_grid_and_follow_from_the_seed() {
    let folder = Folder::new("sample");
    folder.succeeds(&format!("{TRAIN} --epochs 1 --out model.safetensors"));
    let sample = |seed: u32, n: usize| {
        folder.succeeds(&format!("sample model.safetensors --seed {seed} --n {n} --out grid.png"));
        folder.read("grid.png")
    };
    let grid = sample(1, 7);
    assert!(grid.starts_with(b"\x89PNG\r\n\x1a\n"));
    // 3 columns and 3 rows of 8 px with 2 px between, in the header's first two numbers.
    let number = |at: usize| u32::from_be_bytes(grid[at..at + 4].try_into().expect("4 bytes"));
    assert_eq!((number(16), number(20)), (28, 28));
    assert_eq!(sample(1, 7), grid);
    assert_ne!(sample(2, 7), grid);
    let two = sample(1, 2);
    assert_eq!(two[16..24], [0, 0, 0, 18, 0, 0, 0, 8]);
    folder.fails("sample model.safetensors --n 0 --out grid.png", &["--n is 0", "at least 1"]);
    folder.fails("sample model.safetensors --out no/grid.png", &["no/grid.png"]);
}

fn judge_config() -> Value {
    json!({
        "classifier": {
            "input": { "height": 8, "width": 8, "channels": 1 },
            "layers": [{ "dense": 12 }, "relu"],
            "classes": 10,
        },
        "training": {
            "batch": 10, "learning_rate": 0.01, "warm_up": 10, "decay": "cosine", "average": 0.9,
            "augment": { "shift": 0.5, "probability": 0.5 },
        },
    })
}

#[test]
fn a_judge_is_trained_reads_samples_and_is_written_into_the_record() {
    let folder = Folder::new("judge");
    folder.succeeds(&format!("{TRAIN} --epochs 1 --out model.safetensors"));
    folder.write("judge.json", judge_config().to_string().as_bytes());
    let judge = "judge --config judge.json --data data --seed 2 --epochs 2 --precision int8";
    let printed = folder.succeeds(&format!("{judge} --out judge.safetensors"));
    assert!(
        printed.contains("epoch 2: ") && printed.contains("of 20 images read right"),
        "{printed}"
    );
    let file = folder.read("judge.safetensors");
    let (training, metrics) = (&record(&file)["training"], &record(&file)["metrics"]);
    assert_eq!((&training["seed"], &training["epochs"]), (&json!(2), &json!(2)));
    let accuracy = metrics["test"]["accuracy"].as_f64().expect("a share");
    let (classifier, _) = weights::classifier_from_bytes(&file).expect("a whole file");
    assert_eq!(classifier.classes(), 10);
    folder.succeeds(&format!("{judge} --out again.safetensors"));
    let (again, _) =
        weights::classifier_from_bytes(&folder.read("again.safetensors")).expect("one");
    assert_eq!(again.parameters(), classifier.parameters());

    let eval = "eval model.safetensors --data data --judge judge.safetensors --samples 300";
    let report: Value =
        serde_json::from_str(&folder.succeeds(&format!("{eval} --json"))).expect("one JSON object");
    let judged = &report["judge"];
    assert_eq!(judged["reference"]["accuracy"], accuracy);
    let sample = |report: &Value| report["judge"]["samples"]["normal"].clone();
    assert_eq!(
        (&sample(&report)["images"], &sample(&report)["temperature"]),
        (&json!(300), &json!(1.0))
    );
    for key in ["confident", "class_entropy", "frechet"] {
        assert!(sample(&report)[key].as_f64().is_some_and(|value| value >= 0.0), "{judged:#}");
    }
    let cold = folder.succeeds(&format!("{eval} --json --temperature 0.5"));
    assert_ne!(sample(&serde_json::from_str(&cold).expect("JSON")), sample(&report));
    let printed = folder.succeeds(&format!("{eval} --probe"));
    for word in ["read right", "confident", "Fréchet", "normal", "real", "linear probe", "1-NN"] {
        assert!(printed.contains(word), "no {word} in {printed}");
    }

    // Everything goes into the record, and no tensor changes.
    let before = folder.read("model.safetensors");
    folder.fails("eval model.safetensors --data data --write", &["--write", "judge.safetensors"]);
    assert_eq!(folder.read("model.safetensors"), before);
    folder.succeeds(&format!("{eval} --write --iw-subset 3"));
    let after = folder.read("model.safetensors");
    assert_eq!(tensors(&after), tensors(&before));
    let (old, new) = (record(&before), record(&after));
    assert_eq!((&new["training"], &new["config"]), (&old["training"], &old["config"]));
    assert_eq!(new["metrics"]["test"]["elbo"], old["metrics"]["test"]["elbo"]);
    assert_eq!(
        (&new["metrics"]["pixels"], &new["metrics"]["judge"]),
        (&json!("bernoulli"), judged)
    );
    assert_eq!(new["metrics"]["iw_subset"]["k"], 3);
    assert!(new["metrics"]["probe"]["linear"].is_number());

    // One is not taken for the other.
    folder.fails("eval judge.safetensors --data data", &["judge.safetensors", "classifier"]);
    folder
        .fails(&eval.replace("judge.safetensors", "model.safetensors"), &["expected a classifier"]);
    folder.fails(&eval.replace("judge.safetensors", "none.safetensors"), &["none.safetensors"]);
    folder.fails(
        &judge.replace("judge.json", "config.json").replace("judge ", "judge --out x "),
        &["config.json", "unknown field"],
    );
}

/// The labels of the data are told, and what a hand is measured by goes into the record.
#[test]
fn a_model_that_is_told_the_class_is_trained_measured_sampled_and_shown() {
    let folder = Folder::new("classes");
    let mut told = config(0.01);
    told["model"]["classes"] = 10.into();
    told["model"]["encoder"] = json!([{ "dense": 16 }, "film", "silu"]);
    told["model"]["decoder"] = json!([{ "dense": 16 }, "film", "silu", { "dense": 64 }]);
    folder.write("told.json", told.to_string().as_bytes());
    let train = TRAIN.replace("config.json", "told.json");
    let printed = folder.succeeds(&format!("{train} --epochs 2 --out model.safetensors"));
    assert!(printed.contains("epoch 2: ") && printed.contains("test: recon"), "{printed}");

    folder.write("judge.json", judge_config().to_string().as_bytes());
    folder.succeeds("judge --config judge.json --data data --epochs 1 --out judge.safetensors");
    let eval = "eval model.safetensors --data data --judge judge.safetensors --samples 300";
    folder.succeeds(&format!("{eval} --write --iw 2 --iw-subset 2"));
    let judged = &record(&folder.read("model.safetensors"))["metrics"]["judge"];
    let share = |value: &Value| value.as_f64().is_some_and(|share| (0.0..=1.0).contains(&share));
    assert!(share(&judged["samples"]["normal"]["as_told"]), "{judged:#}");
    let hand = &judged["hand"];
    for key in ["read_as_told", "read_as_told_others"] {
        assert!(share(&hand[key]), "{hand:#}");
    }
    assert_eq!(hand["read_as_told_by_class"].as_array().map(Vec::len), Some(10));
    assert!(hand["attributes"]["slant"]["one"].is_number(), "{hand:#}");
    let printed = folder.succeeds(eval);
    for word in ["as told", "rank corr.", "stroke_width", "read as the class that was told"] {
        assert!(printed.contains(word), "no {word} in {printed}");
    }

    // Every class in turn, or one alone.
    let sample = |more: &str| {
        folder.succeeds(&format!("sample model.safetensors --n 20 --out grid.png{more}"));
        folder.read("grid.png")
    };
    assert_ne!(sample(""), sample(" --class 3"));
    assert_ne!(sample(" --class 4"), sample(" --class 3"));
    let words = ["--class is 10", "knows 10 classes"];
    folder.fails("sample model.safetensors --class 10 --out grid.png", &words);
    let printed = folder.succeeds("sheet --model model.safetensors --data data --out sheets");
    assert!(printed.contains("hands.png"), "{printed}");
    assert!(folder.read("sheets/hands.png").starts_with(b"\x89PNG\r\n\x1a\n"));

    told["model"]["classes"] = 4.into();
    folder.write("told.json", told.to_string().as_bytes());
    folder.fails(&format!("{train} --epochs 1 --out x"), &["a label is 9, expected below 4"]);
    let prior = "prior --model model.safetensors --data data --couplings 2 --hidden 4 --epochs 1";
    folder.succeeds(&format!("{prior} --out model.safetensors"));
    folder.succeeds("sample model.safetensors --out grid.png");
}

#[test]
fn contact_sheets_are_png_of_pairs_and_samples() {
    let folder = Folder::new("sheet");
    folder.succeeds(&format!("{TRAIN} --epochs 1 --out model.safetensors"));
    let printed = folder.succeeds("sheet --model model.safetensors --data data --out sheets/new");
    assert_eq!(printed.lines().count(), 4, "{printed}");
    let size = |name: &str| {
        let file = folder.read(&format!("sheets/new/{name}.png"));
        assert!(file.starts_with(b"\x89PNG\r\n\x1a\n"), "{name}");
        [16, 20].map(|at| u32::from_be_bytes(file[at..at + 4].try_into().expect("4 bytes")))
    };
    // 20 images of 8 px with 2 px between: 16 columns, two rows of pairs.
    for name in ["best", "median", "worst"] {
        assert_eq!(size(name), [16 * 10 - 2, 4 * 10 - 2], "{name}");
    }
    assert_eq!(size("samples-normal"), [16 * 10 - 2, 16 * 10 - 2]);
    let first = folder.read("sheets/new/worst.png");
    assert_ne!(folder.read("sheets/new/best.png"), first);
    folder
        .succeeds("sheet --model model.safetensors --data data --out sheets/new --temperature 0.5");
    assert_eq!(folder.read("sheets/new/worst.png"), first);
    folder.fails("sheet --model none.safetensors --data data --out x", &["none.safetensors"]);
}

#[test]
fn precisions_are_stored_smaller_and_still_read() {
    let folder = Folder::new("precision");
    let mut sizes = Vec::new();
    for precision in ["f32", "f16", "int8"] {
        let out = format!("{precision}.safetensors");
        folder.succeeds(&format!("{TRAIN} --epochs 1 --precision {precision} --out {out}"));
        folder.succeeds(&format!("inspect {out}"));
        sizes.push(folder.read(&out).len());
    }
    assert!(sizes[0] > sizes[1] && sizes[1] > sizes[2], "{sizes:?}");
}

#[cfg(unix)]
#[test]
fn a_run_stopped_by_ctrl_c_goes_on_to_the_same_weights() {
    let folder = Folder::new("resume");
    // Long enough that the signal comes before the end.
    let run = |out: &str| format!("{TRAIN} --epochs 60 --out {out}.safetensors");
    folder.succeeds(&run("whole"));

    let mut child = folder
        .command(&run("part"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let first = lines.next().expect("a line for each epoch").expect("text");
    assert!(first.starts_with("epoch 1: "), "{first}");
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.expect("kill is there").success());
    let rest: Vec<String> = lines.map(|line| line.expect("text")).collect();
    assert!(child.wait().expect("the program ends").success());
    let last = rest.last().expect("a last line");
    assert!(last.starts_with("stopped after step "), "{rest:?}");
    assert!(last.ends_with("of 2400; go on with --resume"), "{last}");

    // What it has is there, and a model already.
    let part = folder.read("part.safetensors");
    let steps = record(&part)["training"]["steps"].as_u64().expect("a number");
    assert!((40..2400).contains(&steps), "stopped after {steps} steps");
    let whole = folder.read("whole.safetensors");
    assert_ne!(tensors(&part), tensors(&whole));

    // Not by accident over it, and not with anything else than was asked for.
    let state = "part.state.safetensors";
    folder.fails(&run("part"), &[state, "earlier run", "--resume"]);
    let resume = format!("{} --resume", run("part"));
    let refused = |words: &str, expected: &[&str]| {
        folder.fails(words, &[&[state][..], expected].concat());
    };
    refused(&resume.replace("--seed 3", "--seed 4"), &["seed 3 there, 4 here"]);
    refused(&resume.replace("--epochs 60", "--epochs 61"), &["60 epochs there, 61 here"]);
    folder.write("config.json", config(0.02).to_string().as_bytes());
    refused(&resume, &["another config"]);
    folder.write("config.json", config(0.01).to_string().as_bytes());
    let images = folder.read("data/train-images-idx3-ubyte");
    let mut others = images.clone();
    others[16] ^= 1;
    folder.write("data/train-images-idx3-ubyte", &others);
    refused(&resume, &["other training images"]);
    folder.write("data/train-images-idx3-ubyte", &images);
    refused(&format!("{resume} --levels 16"), &["other training images"]);
    assert_eq!(folder.read("part.safetensors"), part, "a refusal changed the weights");

    folder.succeeds(&resume);
    assert_eq!(tensors(&folder.read("part.safetensors")), tensors(&whole));

    folder.write(state, &folder.read(state)[..1000]);
    refused(&resume, &["cut short"]);
    fs::remove_file(folder.0.join(state)).expect("it was there");
    refused(&resume, &["No such file"]);
    folder.write(state, &whole);
    refused(&resume, &["no state of a run"]);
}

#[test]
fn a_reader_that_goes_away_is_the_end_and_no_error() {
    let folder = Folder::new("unread");
    folder.succeeds(&format!("{TRAIN} --epochs 2 --out whole.safetensors"));
    let model = folder.read("whole.safetensors");
    for words in [
        "--help",
        "inspect whole.safetensors",
        "eval whole.safetensors --data data",
        "eval whole.safetensors --data data --json",
    ] {
        folder.succeeds_unread(words);
    }
    // What a command makes is there all the same.
    folder.succeeds_unread("sheet --model whole.safetensors --data data --out sheets");
    for name in ["best", "median", "worst", "samples-normal"] {
        assert!(folder.read(&format!("sheets/{name}.png")).starts_with(b"\x89PNG"), "{name}");
    }
    let prior = "--data data --couplings 2 --hidden 8 --epochs 2 --out prior.safetensors";
    folder.succeeds_unread(&format!("prior --model whole.safetensors {prior}"));
    folder.succeeds("inspect prior.safetensors");
    folder.write("judge.json", judge_config().to_string().as_bytes());
    folder.succeeds_unread(
        "judge --config judge.json --data data --epochs 2 --out judge.safetensors",
    );
    let judge = folder.read("judge.safetensors");
    assert!(weights::classifier_from_bytes(&judge).is_ok());
    // A run stops after the epoch that it could not speak of, and goes on.
    let part = format!("{TRAIN} --epochs 2 --out part.safetensors");
    folder.succeeds_unread(&part);
    assert_eq!(record(&folder.read("part.safetensors"))["training"]["steps"], 40);
    folder.succeeds(&format!("{part} --resume"));
    assert_eq!(tensors(&folder.read("part.safetensors")), tensors(&model));
}

#[test]
fn what_is_missing_or_broken_is_said_in_one_sentence_with_the_path() {
    let folder = Folder::new("missing");
    let train = format!("{TRAIN} --epochs 1 --out model.safetensors");
    folder.succeeds(&train);
    fs::remove_file(folder.0.join("model.state.safetensors")).expect("it was there");

    folder.fails(&train.replace("config.json", "none.json"), &["none.json", "No such file"]);
    folder.fails(
        &train.replace("--data data", "--data nowhere"),
        &["nowhere/train-images-idx3-ubyte is not there", "cargo xtask data"],
    );
    for words in ["eval none.safetensors --data data", "inspect none.safetensors"] {
        folder.fails(words, &["none.safetensors", "No such file"]);
    }
    folder.fails("sample none.safetensors --out grid.png", &["none.safetensors", "No such file"]);
    folder.fails("eval model.safetensors --data nowhere", &["nowhere/t10k-images-idx3-ubyte"]);

    let whole = folder.read("model.safetensors");
    folder.write("cut.safetensors", &whole[..whole.len() - 1]);
    folder.write("empty.safetensors", &[]);
    folder.write("zeros.safetensors", &[0; 5000]);
    for command in ["eval FILE --data data", "inspect FILE", "sample FILE --out grid.png"] {
        let with = |file: &str| command.replace("FILE", file);
        folder.fails(&with("cut.safetensors"), &["cut.safetensors", "cut short"]);
        folder.fails(&with("empty.safetensors"), &["empty.safetensors", "expected a safetensors"]);
        folder.fails(&with("zeros.safetensors"), &["zeros.safetensors", "expected a safetensors"]);
    }
    assert!(!folder.0.join("grid.png").exists());

    for (text, expected) in [
        ("{", "EOF"),
        ("{\"model\": 1}", "an object"),
        ("{\"modle\": {}}", "unknown field `modle`"),
    ] {
        folder.write("wrong.json", text.as_bytes());
        folder.fails(&train.replace("config.json", "wrong.json"), &["wrong.json", expected]);
    }
    let mut wide = config(0.01);
    wide["model"]["input"]["height"] = 9.into();
    folder.write("wrong.json", wide.to_string().as_bytes());
    folder.fails(
        &train.replace("config.json", "wrong.json"),
        &["images have 64 values", "this model needs 9 x 8 x 1"],
    );

    let labels = folder.read("data/t10k-labels-idx1-ubyte");
    folder.write("data/t10k-labels-idx1-ubyte", &labels[..20]);
    folder.fails("eval model.safetensors --data data", &["data: ", "labels", "12 follow"]);
    fs::remove_file(folder.0.join("data/t10k-labels-idx1-ubyte")).expect("it was there");
    folder.fails("eval model.safetensors --data data", &["data/t10k-labels-idx1-ubyte"]);
    assert!(Path::new(&folder.0).join("model.safetensors").exists());
}

#[test]
fn wrong_arguments_end_with_usage() {
    let folder = Folder::new("usage");
    for words in ["", "train", "eval", "draw", "eval model --pixels colour"] {
        let output = folder.run(words);
        assert_eq!(output.status.code(), Some(2), "{words}");
        assert!(!output.stderr.is_empty(), "{words}");
    }
}

#[test]
fn a_table_has_a_line_for_each_epoch_over_a_resume_too() {
    let folder = Folder::new("table");
    let mut config = config(0.01);
    config["training"]["ema"] = json!(0.9);
    folder.write("config.json", config.to_string().as_bytes());
    let train = format!("{TRAIN} --epochs 3 --out model.safetensors --csv run.csv");
    folder.succeeds(&train);
    let table = |name: &str| String::from_utf8(folder.read(name)).expect("text");
    let whole = table("run.csv");
    let lines: Vec<Vec<&str>> = whole.lines().map(|line| line.split(',').collect()).collect();
    let columns = "epoch,step,recon,kl,images_per_s,learning_rate,beta,seconds";
    assert_eq!(lines[0].join(","), columns);
    let column = |index: usize| lines[1..].iter().map(|line| line[index]).collect::<Vec<_>>();
    assert_eq!((column(0), column(1)), (vec!["1", "2", "3"], vec!["40", "80", "120"]));
    assert!(column(2).iter().all(|recon| recon.parse::<f64>().is_ok_and(|recon| recon > 1.0)));
    // The run is over: nothing is added.
    folder.succeeds(&format!("{train} --resume"));
    assert_eq!(table("run.csv"), whole);
}

#[test]
fn a_prior_is_learned_measured_and_sampled() {
    let folder = Folder::new("prior");
    folder.succeeds(&format!("{TRAIN} --epochs 2 --out model.safetensors"));
    let learn = "prior --data data --out learned.safetensors --couplings 2 --hidden 8 --epochs 3 --precision int8";
    let printed = folder.succeeds(&format!("{learn} --model model.safetensors"));
    assert_eq!(printed.lines().filter(|line| line.contains("nats above N(0, I)")).count(), 3);
    let (before, after) =
        (record(&folder.read("model.safetensors")), record(&folder.read("learned.safetensors")));
    let flow = &after["config"]["latent"]["gaussian"]["flow"];
    assert_eq!(flow, &json!({ "couplings": 2, "hidden": 8 }));
    assert_eq!(before["training"]["steps"], after["training"]["steps"]);
    assert_eq!(after["training"]["prior"]["epochs"], 3);
    assert!(after["metrics"]["test"]["kl"].is_number());
    folder.succeeds("eval learned.safetensors --data data --iw 3");
    folder.succeeds("sample learned.safetensors --out learned.png");
    folder.succeeds("sample learned.safetensors --out standard.png --standard");
    assert_ne!(folder.read("learned.png"), folder.read("standard.png"));
    let fitted = folder.read("learned.safetensors");
    folder.succeeds(&format!("{learn} --model learned.safetensors"));
    let anew = record(&folder.read("learned.safetensors"));
    assert_eq!(anew["config"], record(&fitted)["config"]);
    assert_eq!(anew["training"]["prior"]["epochs"], 3);
}
