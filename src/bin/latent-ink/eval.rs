//! `latent-ink eval`.

use std::path::PathBuf;

use indicatif::ProgressBar;
use latent_ink::{
    eval::{Evaluation, evaluate, importance_weighted_bound, kept_identity},
    model::Latent,
    train::Pixels,
};

use crate::{Outcome, files};

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
    /// Seed of the Bernoulli draws and of eps
    #[arg(long, default_value_t = 0)]
    seed: u32,
    /// Also the importance-weighted bound with K samples
    #[arg(long, value_name = "K")]
    iw: Option<u32>,
    /// One JSON object instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Given {
    /// Grey levels, 0 to 1
    Grey,
    /// 0 or 1, drawn once with the grey level as probability
    Bernoulli,
}

pub fn run(args: &Args) -> Outcome {
    let (model, record) = files::model(&args.model)?;
    let record: serde_json::Value = serde_json::from_str(&record)?;
    let data = files::test_set(&args.data)?;
    let pixels = match args.pixels {
        Some(Given::Grey) => Pixels::Grey,
        Some(Given::Bernoulli) => Pixels::Bernoulli,
        None => serde_json::from_value(record["training"]["config"]["pixels"].clone())
            .map_err(|_| "the file does not say on which pixels it was trained; say --pixels")?,
    };
    let convention = match pixels {
        Pixels::Grey => "grey levels".to_owned(),
        Pixels::Threshold => "thresholded, ink above 127".to_owned(),
        Pixels::Bernoulli => format!("Bernoulli-sampled, ChaCha8 seed {}", args.seed),
    };
    let measured = evaluate(&model, &data, pixels, args.seed)?;
    let identity = kept_identity(&model, &data)?;
    let bound = args
        .iw
        .map(|k| {
            let bar = ProgressBar::new(data.len() as u64);
            importance_weighted_bound(&model, &data, pixels, args.seed, k, |done| {
                bar.set_position(done as u64)
            })
        })
        .transpose()?;
    if args.json {
        let report = serde_json::json!({
            "model": args.model.display().to_string(),
            "convention": convention,
            "images": data.len(),
            "elbo": measured.elbo,
            "recon": measured.recon,
            "kl": measured.kl,
            "sse": measured.sse,
            "kl_per_dim": measured.kl_per_dim,
            "active_units": measured.active_units,
            "identity": identity,
            "iw_k": args.iw,
            "iw_bound": bound,
        });
        println!("{report:#}");
        return Ok(());
    }
    println!("{}: {} test images, {convention}; nats per image", args.model.display(), data.len());
    print_table(&measured, model.config().latent);
    println!(
        "identity      {:8.3}  share of reconstructions that a 5-NN reader reads as the digit",
        identity
    );
    if let Some((k, bound)) = args.iw.zip(bound) {
        println!("IW bound      {bound:8.2}  lower bound on ln p(x) with {k} samples");
    }
    Ok(())
}

fn print_table(measured: &Evaluation, latent: Latent) {
    let Evaluation { elbo, recon, kl, sse, kl_per_dim, active_units } = measured;
    println!("ELBO          {elbo:8.2}  = -(recon + KL); the negative ELBO is {:.2}", -elbo);
    println!("  recon       {recon:8.2}");
    println!("  KL          {kl:8.2}");
    println!("SSE           {sse:8.2}  squared error of the grey image from z = mu");
    println!("active units  {active_units:5}     of {}", latent.size());
    let each: Vec<String> = kl_per_dim.iter().map(|kl| format!("{kl:.2}")).collect();
    println!("KL per dim    {}", each.join(" "));
}
