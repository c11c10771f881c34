//! `latent-ink inspect`.

use std::path::PathBuf;

use crate::{Outcome, files};

#[derive(clap::Args)]
pub struct Args {
    /// Weights file
    model: PathBuf,
}

pub fn run(args: &Args) -> Outcome {
    let (model, record) = files::model(&args.model)?;
    let bytes = std::fs::metadata(&args.model)?.len();
    println!("{}: {bytes} bytes, {} parameters", args.model.display(), model.parameters().count());
    for tensor in model.parameters().iter() {
        let most = tensor.values.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
        println!("  {:<20} {:<18} largest {most:.4}", tensor.name, format!("{:?}", tensor.shape));
    }
    let record: serde_json::Value = serde_json::from_str(&record)?;
    println!("{record:#}");
    Ok(())
}
