//! `latent-ink eval`.

use std::{
    collections::BTreeMap,
    error::Error,
    io::{Write, stdout},
    path::{Path, PathBuf},
};

use indicatif::ProgressBar;
use latent_ink::{
    eval::{
        Judge, Sampling, evaluate, importance_weighted_bound, importance_weighted_bounds,
        kept_identity, linear_probe, nearest, posterior_means, share_right, subset,
    },
    model::{Latent, Model},
    train::{Dataset, Pixels},
    weights,
};

use crate::{
    Outcome, files,
    fitting::command,
    priors::priors,
    report::{Judged, Probe, Report, SubsetBound},
};

#[derive(clap::Args)]
pub struct Args {
    /// Weights file
    model: PathBuf,
    /// Folder with the four IDX files, of which the test set is used
    #[arg(long, default_value = "data/mnist")]
    data: PathBuf,
    /// What the network is given; as it was trained, if not said
    #[arg(long, value_enum)]
    pixels: Option<Given>,
    /// Seed of the Bernoulli draws, of eps, of the subset and of the samples
    #[arg(long, default_value_t = 0)]
    seed: u32,
    /// Also the importance-weighted bound with K samples, on all test images
    #[arg(long, value_name = "K")]
    iw: Option<u32>,
    /// Also the importance-weighted bound with K samples, on 1,000 test images drawn by the seed
    #[arg(long, value_name = "K")]
    iw_subset: Option<u32>,
    /// Also what a linear probe and the nearest neighbour read in the posterior means; needs the training set
    #[arg(long)]
    probe: bool,
    /// Classifier that reads reconstructions and samples [default: www/models/judge.safetensors, where it is]
    #[arg(long, value_name = "FILE")]
    judge: Option<PathBuf>,
    /// How many samples the judge is shown of each prior
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    samples: usize,
    /// eps of the samples is multiplied by it; of codes their logits divided
    #[arg(long, default_value_t = 1.0)]
    temperature: f32,
    /// Only so many of the most probable codes in each place of a sample, where z is a map of codes; 0 for all
    #[arg(long, default_value_t = 0)]
    top: usize,
    /// One JSON object instead of a table
    #[arg(long)]
    json: bool,
    /// Nothing that the judge reads: for images that are no digits
    #[arg(long, conflicts_with = "judge")]
    no_judge: bool,
    /// Measure everything (with --iw 100 and --iw-subset 500, if nothing else is said) and put it into the file's record
    #[arg(long)]
    write: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Given {
    /// Grey levels, 0 to 1
    Grey,
    /// 0 or 1, drawn once with the grey level as probability
    Bernoulli,
    /// The same, each image from numbers of its own
    Static,
    /// 1 where the grey level is above 127, else 0
    Threshold,
}

const JUDGE: &str = "www/models/judge.safetensors";

/// How many images `--iw-subset` measures, and its K where `--write` chooses it.
const SUBSET: usize = 1_000;
const WRITTEN_K: u32 = 500;

/// K on all images where `--write` chooses it.
const WRITTEN_K_OF_ALL: u32 = 100;

pub fn run(args: &Args) -> Outcome {
    let (model, record) = files::model(&args.model)?;
    let record: serde_json::Value = serde_json::from_str(&record)?;
    let data = files::test_set(&args.data)?;
    let pixels = match args.pixels {
        Some(Given::Grey) => Pixels::Grey,
        Some(Given::Bernoulli) => Pixels::Bernoulli,
        Some(Given::Static) => Pixels::Static,
        Some(Given::Threshold) => Pixels::Threshold,
        None => serde_json::from_value(record["training"]["config"]["pixels"].clone())
            .map_err(|_| "the file does not say on which pixels it was trained; say --pixels")?,
    };
    let report = measure(args, &model, &data, pixels)?;
    if args.write {
        if report.judge.is_none() && !args.no_judge {
            return Err(format!("--write measures everything, and {JUDGE} is not here").into());
        }
        let bytes = files::read(&args.model)?;
        let bytes = weights::with_metrics(&bytes, report.metrics(&command()))?;
        files::write(&args.model, &bytes)?;
    }
    let mut out = stdout().lock();
    if args.json {
        writeln!(out, "{:#}", serde_json::to_value(&report)?)?;
    } else {
        report.print_table(&mut out)?;
    }
    Ok(())
}

fn measure(
    args: &Args,
    model: &Model,
    data: &Dataset,
    pixels: Pixels,
) -> Result<Report, Box<dyn Error>> {
    let seed = args.seed;
    let convention = match pixels {
        Pixels::Grey => "grey levels".to_owned(),
        Pixels::Threshold => "thresholded, ink above 127".to_owned(),
        Pixels::Bernoulli => format!("Bernoulli-sampled, ChaCha8 seed {seed}"),
        Pixels::Static => format!("binarised once, ChaCha8 seed {seed}"),
    };
    let iw_bound = |k| {
        let bar = ProgressBar::new(data.len() as u64);
        importance_weighted_bound(model, data, pixels, seed, k, |done| {
            bar.set_position(done as u64);
        })
    };
    // A plain autoencoder has no density, and so no bound; of codes, which nothing is drawn for, more samples say no more.
    let is_drawn = matches!(model.config().latent, Latent::Gaussian { .. });
    let writes_bounds = args.write && is_drawn;
    let iw = args.iw.or(writes_bounds.then_some(WRITTEN_K_OF_ALL));
    let iw_subset = args.iw_subset.or(writes_bounds.then_some(WRITTEN_K));
    let probe = args.probe || args.write;
    Ok(Report {
        model: args.model.display().to_string(),
        convention,
        pixels,
        seed,
        images: data.len(),
        test: evaluate(model, data, pixels, seed)?,
        identity: kept_identity(model, data)?,
        subset: evaluate(model, &data.subset(&subset(data.len(), SUBSET, seed)), pixels, seed)?,
        iw_k: iw,
        iw_bound: iw.map(iw_bound).transpose()?,
        iw_subset: iw_subset.map(|k| subset_bound(model, data, pixels, seed, k)).transpose()?,
        probe: probe.then(|| probe_means(model, data, &args.data)).transpose()?,
        judge: judge_file(args).map(|path| judged(args, &path, model, data)).transpose()?,
    })
}

fn subset_bound(
    model: &Model,
    data: &Dataset,
    pixels: Pixels,
    seed: u32,
    k: u32,
) -> Result<SubsetBound, Box<dyn Error>> {
    let indices = subset(data.len(), SUBSET, seed);
    let bar = ProgressBar::new(indices.len() as u64);
    let bounds = importance_weighted_bounds(model, data, &indices, pixels, seed, k, |done| {
        bar.set_position(done as u64);
    })?;
    let count = bounds.len() as f64;
    let bound = bounds.iter().sum::<f64>() / count;
    let squares: f64 = bounds.iter().map(|value| (value - bound).powi(2)).sum();
    let standard_error = (squares / (count - 1.0).max(1.0) / count).sqrt();
    Ok(SubsetBound { k, images: bounds.len(), bound, standard_error })
}

fn probe_means(model: &Model, test: &Dataset, folder: &Path) -> Result<Probe, Box<dyn Error>> {
    let train = files::training_set(folder)?;
    let (known, unseen) = (posterior_means(model, &train)?, posterior_means(model, test)?);
    let classes = train.labels().iter().map(|&label| usize::from(label) + 1).max().unwrap_or(0);
    let linear = linear_probe(known.view(), train.labels(), unseen.view(), classes)?;
    let nearest = nearest(known.view(), train.labels(), unseen.view());
    Ok(Probe {
        linear: share_right(&linear, test.labels()),
        nearest: share_right(&nearest, test.labels()),
    })
}

/// The judge that was asked for, or the one that ships, where it is here.
fn judge_file(args: &Args) -> Option<PathBuf> {
    if args.no_judge {
        return None;
    }
    args.judge.clone().or_else(|| Some(PathBuf::from(JUDGE)).filter(|path| path.exists()))
}

fn judged(
    args: &Args,
    path: &Path,
    model: &Model,
    data: &Dataset,
) -> Result<Judged, Box<dyn Error>> {
    let in_file = |error| files::in_file(path, &error);
    let judge = Judge::new(files::classifier(path)?, data).map_err(in_file)?;
    let Args { samples: count, temperature, seed, .. } = *args;
    let sampling = Sampling { count, temperature, seed };
    let mut samples: BTreeMap<_, _> = priors(model)
        .into_iter()
        .map(|(name, prior)| Ok((name, judge.samples(model, prior, sampling)?)))
        .collect::<Result<_, latent_ink::error::Error>>()?;
    let mut completions = None;
    if let Some(codebook) = model.codebook() {
        let of_codes = |is_told| judge.code_samples(model, (args.top, is_told), sampling);
        if codebook.prior().is_some_and(|prior| prior.config().classes > 0) {
            samples.insert("told", of_codes(true)?);
        }
        let name = if codebook.prior().is_some() { "learned" } else { "even" };
        samples.insert(name, of_codes(false)?);
        completions = Some(judge.completions(model, data, seed)?);
    }
    Ok(Judged {
        file: path.display().to_string(),
        reference: judge.reference(seed),
        reads_right: judge.reads_right(model, data).map_err(in_file)?,
        hand: (model.classes() > 1).then(|| judge.hand(model, data)).transpose()?,
        completions,
        samples,
    })
}
