//! Native figures: matrix products of a 784-400-20 VAE, inference and training of the shipped architectures.
//!
//! `cargo xtask bench [--peers]`. What is compared runs in turn, A B A B …, and medians are printed; with `--peers` the
//! `gemm` crate multiplies beside us.

use std::{
    error::Error,
    fs,
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

use latent_ink::{
    kernel::{self, Start},
    model::{Config, Model, standard_normal},
    train::{
        Dataset, Trainer, TrainingConfig,
        seeds::{Purpose, generator},
    },
};
use ndarray::Array2;
use serde_json::{Value, json};

const ROUNDS: usize = 25;
/// One measurement lasts at least this long, so that the clock's grain and a single interruption do not show.
const AT_LEAST: Duration = Duration::from_millis(4);

/// A name and what is timed.
type Contestant<'a> = (&'a str, Box<dyn FnMut() + 'a>);

fn main() -> Result<(), Box<dyn Error>> {
    let has_peers = std::env::args().any(|argument| argument == "--peers");
    let report = json!({ "products": products(has_peers), "models": models()? });
    if let Ok(folder) = std::env::var("BENCH_OUT") {
        fs::write(Path::new(&folder).join("native.json"), format!("{report:#}"))?;
    }
    Ok(())
}

/// `C = A Bᵀ` in the shapes of a dense layer.
fn products(has_peers: bool) -> Value {
    println!("products, C = A Bt       median ms   GFLOP/s");
    let mut rows = Vec::new();
    for (m, k, n) in
        [(128, 784, 400), (128, 400, 784), (128, 400, 20), (1, 784, 400), (512, 512, 512)]
    {
        let (a, b) = (noise(m * k), noise(n * k));
        let (mut ours, mut theirs) = (vec![0.0; m * n], vec![0.0; m * n]);
        let mut contestants: Vec<Contestant> = vec![(
            "ours",
            Box::new(|| {
                kernel::matmul_nt(m, k, n, black_box(&a), &b, Start::Zero, black_box(&mut ours))
            }),
        )];
        if has_peers {
            let peer = || gemm_crate(m, k, n, black_box(&a), &b, black_box(&mut theirs));
            contestants.push(("gemm", Box::new(peer)));
        }
        for (name, seconds) in medians(contestants) {
            let gflops = 2e-9 * (m * k * n) as f64 / seconds;
            println!("{:<24} {:>9.4} {gflops:>9.1}", format!("{m}x{k}x{n} {name}"), 1e3 * seconds);
            rows.push(
                json!({ "shape": [m, k, n], "who": name, "ms": 1e3 * seconds, "gflops": gflops }),
            );
        }
    }
    Value::Array(rows)
}

fn gemm_crate(m: usize, k: usize, n: usize, a: &[f32], b: &[f32], c: &mut [f32]) {
    assert_eq!((a.len(), b.len(), c.len()), (m * k, n * k, m * n));
    let (k, n) = (k.cast_signed(), n.cast_signed());
    #[allow(unsafe_code, reason = "the gemm crate has no safe face")]
    // SAFETY: every index i * row stride + j * column stride is below the lengths that were just checked.
    unsafe {
        gemm::gemm(
            m,
            n as usize,
            k as usize,
            c.as_mut_ptr(),
            1,
            n,
            false,
            a.as_ptr(),
            1,
            k,
            b.as_ptr(),
            k,
            1,
            0.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

/// Encode, sample and decode; and a training step.
fn models() -> Result<Value, Box<dyn Error>> {
    println!("\nmodels                        median ms");
    let data = dataset()?;
    let mut rows = Vec::new();
    for name in ["ink24", "map2", "mlp20"] {
        let config: Value = serde_json::from_slice(&fs::read(format!("configs/{name}.json"))?)?;
        let training: TrainingConfig = serde_json::from_value(config["training"].clone())?;
        let config = Config::from_json(&config["model"])?;
        let model =
            Model::random(config.clone(), &data.mean(), &mut generator(0, Purpose::Weights, 0))?;
        let once = |b: usize| {
            let x = Array2::from_shape_fn((b, model.pixels()), |(i, p)| {
                f32::from(data.image(i)[p]) / 255.0
            });
            let eps =
                Array2::from_shape_vec((b, model.latent_size()), noise(b * model.latent_size()));
            (x, eps.expect("as many values as the shape has"))
        };
        let (one, many) = (once(1), once(256));
        let infer = |(x, eps): &(Array2<f32>, Array2<f32>)| {
            let posterior = model.encode(black_box(x.view())).expect("images of the model's size");
            black_box(
                model
                    .decode_mean(posterior.reparameterise(eps).view())
                    .expect("z of the model's size"),
            );
        };
        let batch = training.batch;
        let mut trainer = Trainer::new(config, training, &data, 0, 1000)?;
        let contestants: Vec<Contestant> = vec![
            ("encode, sample, decode x1", Box::new(|| infer(&one))),
            ("encode, sample, decode x256", Box::new(|| infer(&many))),
            ("training step", Box::new(|| drop(black_box(trainer.step(&data))))),
        ];
        for (what, seconds) in medians(contestants) {
            println!("{name:<6} {what:<28} {:>9.4}", 1e3 * seconds);
            rows.push(json!({ "model": name, "what": what, "batch": batch, "ms": 1e3 * seconds }));
        }
    }
    Ok(Value::Array(rows))
}

fn dataset() -> Result<Dataset, Box<dyn Error>> {
    let read = |name: &str| fs::read(Path::new("data/mnist").join(name));
    Ok(Dataset::from_idx(&read("t10k-images-idx3-ubyte")?, &read("t10k-labels-idx1-ubyte")?)?)
}

fn noise(count: usize) -> Vec<f32> {
    let mut values = vec![0.0; count];
    standard_normal(&mut generator(0, Purpose::Prior, 0), &mut values);
    values
}

/// The median seconds of one call of each, measured in turn.
fn medians<'a>(mut contestants: Vec<Contestant<'a>>) -> Vec<(&'a str, f64)> {
    let calls: Vec<u32> = contestants
        .iter_mut()
        .map(|(_, run)| {
            run();
            let start = Instant::now();
            run();
            (AT_LEAST.as_secs_f64() / start.elapsed().as_secs_f64()).ceil() as u32
        })
        .collect();
    let mut seconds = vec![Vec::with_capacity(ROUNDS); contestants.len()];
    for _ in 0..ROUNDS {
        for (((_, run), &calls), seconds) in contestants.iter_mut().zip(&calls).zip(&mut seconds) {
            let start = Instant::now();
            (0..calls).for_each(|_| run());
            seconds.push(start.elapsed().as_secs_f64() / f64::from(calls));
        }
    }
    let median = |mut seconds: Vec<f64>| {
        seconds.sort_by(f64::total_cmp);
        seconds[ROUNDS / 2]
    };
    contestants.iter().map(|(name, _)| *name).zip(seconds.into_iter().map(median)).collect()
}
