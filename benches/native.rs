//! Native figures: matrix products of a 784-400-20 VAE, inference and training of the shipped architectures.
//!
//! `cargo xtask bench [--peers]`. What is compared runs in turn, A B A B …, and medians are printed: on one thread, on all
//! threads, and with `--peers` beside the `matrixmultiply` crate (by way of ndarray), which has one thread. With `--step` only
//! the median of 100 training steps of mlp20 is printed, for jax_step.py.

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
use ndarray::{Array2, ArrayView2, ArrayViewMut2, linalg::general_mat_mul};
use rayon::{ThreadPool, ThreadPoolBuilder};
use serde_json::{Value, json};

const ROUNDS: usize = 25;
/// One measurement lasts at least this long: the clock's grain and a single interruption must not show, and the system takes
/// some milliseconds to give a second thread a processor of its own.
const AT_LEAST: Duration = Duration::from_millis(60);

/// What is timed, and where.
struct Contestant<'a> {
    name: &'a str,
    /// A pool of one thread, or none for the whole machine.
    pool: Option<&'a ThreadPool>,
    run: Box<dyn FnMut() + Send + 'a>,
}

impl<'a> Contestant<'a> {
    fn new(name: &'a str, pool: Option<&'a ThreadPool>, run: impl FnMut() + Send + 'a) -> Self {
        Self { name, pool, run: Box::new(run) }
    }

    /// The seconds that so many calls take, without the way into the pool.
    fn seconds(&mut self, calls: u32) -> f64 {
        let run = &mut self.run;
        let mut timed = || {
            let start = Instant::now();
            (0..calls).for_each(|_| run());
            start.elapsed().as_secs_f64()
        };
        match self.pool {
            Some(pool) => pool.install(timed),
            None => timed(),
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let has = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    if has("--step") {
        return step();
    }
    let one = ThreadPoolBuilder::new().num_threads(1).build()?;
    println!("{} threads", rayon::current_num_threads());
    let report = json!({
        "threads": rayon::current_num_threads(),
        "products": products(&one, has("--peers")),
        "models": models(&one)?,
    });
    if let Ok(folder) = std::env::var("BENCH_OUT") {
        fs::write(Path::new(&folder).join("native.json"), format!("{report:#}"))?;
    }
    Ok(())
}

/// `C = A Bᵀ` in the shapes of a dense layer.
fn products(one: &ThreadPool, has_peers: bool) -> Value {
    println!("\nproducts, C = A Bt                  median ms   GFLOP/s");
    let mut rows = Vec::new();
    for (m, k, n) in [
        (128, 784, 400),
        (128, 400, 784),
        (128, 400, 20),
        (1, 784, 400),
        (8, 784, 400),
        (512, 512, 512),
    ] {
        let (a, b) = (noise(m * k), noise(n * k));
        let product = || {
            let (a, b, mut c) = (&a, &b, vec![0.0; m * n]);
            move || kernel::matmul_nt(m, k, n, black_box(a), b, Start::Zero, black_box(&mut c))
        };
        let mut contestants = vec![
            Contestant::new("one thread", Some(one), product()),
            Contestant::new("all threads", None, product()),
        ];
        if has_peers {
            let mut c = vec![0.0; m * n];
            let (a, b) = (&a, &b);
            contestants.push(Contestant::new("matrixmultiply", Some(one), move || {
                matrixmultiply(m, k, n, black_box(a), b, black_box(&mut c));
            }));
        }
        for (who, seconds) in medians(contestants) {
            let (ms, gflops) = (1e3 * seconds, 2e-9 * (m * k * n) as f64 / seconds);
            println!("{:<34} {ms:>9.4} {gflops:>9.1}", format!("{m}x{k}x{n} {who}"));
            rows.push(json!({ "shape": [m, k, n], "who": who, "ms": ms, "gflops": gflops }));
        }
    }
    Value::Array(rows)
}

fn matrixmultiply(m: usize, k: usize, n: usize, a: &[f32], b: &[f32], c: &mut [f32]) {
    const FITS: &str = "the slices have the product's lengths";
    let a = ArrayView2::from_shape((m, k), a).expect(FITS);
    let b = ArrayView2::from_shape((n, k), b).expect(FITS);
    let mut c = ArrayViewMut2::from_shape((m, n), c).expect(FITS);
    general_mat_mul(1.0, &a, &b.t(), 0.0, &mut c);
}

/// Encode, sample and decode; and a training step.
fn models(one: &ThreadPool) -> Result<Value, Box<dyn Error>> {
    println!("\nmodels                                           median ms");
    let data = dataset()?;
    let mut rows = Vec::new();
    for name in ["sharp", "map2", "mlp20"] {
        let (config, training) = shipped(name)?;
        let batch = training.batch;
        let model =
            Model::random(config.clone(), &data.mean(), &mut generator(0, Purpose::Weights, 0))?;
        let images = |b: usize| {
            let level = |(i, p): (usize, usize)| f32::from(data.image(i)[p]) / 255.0;
            let x = Array2::from_shape_fn((b, model.pixels()), level);
            let eps =
                Array2::from_shape_vec((b, model.latent_size()), noise(b * model.latent_size()));
            (x, eps.expect("as many values as the shape has"))
        };
        let (single, many) = (images(1), images(256));
        let infer = |(x, eps): &(Array2<f32>, Array2<f32>)| {
            let posterior = model.encode(black_box(x.view())).expect("images of the model's size");
            let z = posterior.reparameterise(eps);
            black_box(model.decode_mean(z.view()).expect("z of the model's size"));
        };
        let trainer = || Trainer::new(config.clone(), training.clone(), &data, 0, 1000);
        let train = |mut trainer: Trainer| {
            let data = &data;
            move || drop(black_box(trainer.step(data)))
        };
        for (what, contestants) in [
            ("encode, sample, decode x1", beside(one, || infer(&single), || infer(&single))),
            ("encode, sample, decode x256", beside(one, || infer(&many), || infer(&many))),
            ("training step", beside(one, train(trainer()?), train(trainer()?))),
        ] {
            for (who, seconds) in medians(contestants) {
                let ms = 1e3 * seconds;
                println!("{:<48} {ms:>9.4}", format!("{name:<6} {what:<28} {who}"));
                rows.push(
                    json!({ "model": name, "what": what, "who": who, "batch": batch, "ms": ms }),
                );
            }
        }
    }
    Ok(Value::Array(rows))
}

fn beside<'a>(
    one: &'a ThreadPool,
    alone: impl FnMut() + Send + 'a,
    together: impl FnMut() + Send + 'a,
) -> Vec<Contestant<'a>> {
    vec![
        Contestant::new("one thread", Some(one), alone),
        Contestant::new("all threads", None, together),
    ]
}

/// What `--step` prints.
fn step() -> Result<(), Box<dyn Error>> {
    let (config, training) = shipped("mlp20")?;
    let data = dataset()?;
    let mut trainer = Trainer::new(config, training, &data, 0, 1000)?;
    let mut milliseconds = Vec::new();
    for _ in 0..120 {
        let start = Instant::now();
        trainer.step(&data)?;
        milliseconds.push(1e3 * start.elapsed().as_secs_f64());
    }
    // After the first, which warm up.
    let steps = &mut milliseconds[20..];
    steps.sort_by(f64::total_cmp);
    println!("latent-ink {:.4}", steps[steps.len() / 2]);
    Ok(())
}

/// Model and training of `configs/NAME.json`.
fn shipped(name: &str) -> Result<(Config, TrainingConfig), Box<dyn Error>> {
    let config: Value = serde_json::from_slice(&fs::read(format!("configs/{name}.json"))?)?;
    let training = serde_json::from_value(config["training"].clone())?;
    Ok((Config::from_json(&config["model"])?, training))
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
        .map(|contestant| {
            contestant.seconds(1);
            (AT_LEAST.as_secs_f64() / contestant.seconds(1)).ceil() as u32
        })
        .collect();
    let mut seconds = vec![Vec::with_capacity(ROUNDS); contestants.len()];
    for _ in 0..ROUNDS {
        for ((contestant, &calls), seconds) in contestants.iter_mut().zip(&calls).zip(&mut seconds)
        {
            seconds.push(contestant.seconds(calls) / f64::from(calls));
        }
    }
    let median = |mut seconds: Vec<f64>| {
        seconds.sort_by(f64::total_cmp);
        seconds[ROUNDS / 2]
    };
    contestants.into_iter().map(|c| c.name).zip(seconds.into_iter().map(median)).collect()
}
