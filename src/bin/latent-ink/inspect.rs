//! `latent-ink inspect`.

use std::{
    io::{Write, stdout},
    path::PathBuf,
};

use crate::{Outcome, files};

#[derive(clap::Args)]
pub struct Args {
    /// Weights file
    model: PathBuf,
}

pub fn run(args: &Args) -> Outcome {
    let (model, record) = files::model(&args.model)?;
    let bytes = std::fs::metadata(&args.model)?.len();
    let (path, count) = (args.model.display(), model.parameters().count());
    let mut out = stdout().lock();
    writeln!(out, "{path}: {bytes} bytes, {count} parameters")?;
    for tensor in model.parameters().iter() {
        let most = tensor.values.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
        let shape = format!("{:?}", tensor.shape);
        writeln!(out, "  {:<20} {shape:<18} largest {most:.4}", tensor.name)?;
    }
    let record: serde_json::Value = serde_json::from_str(&record)?;
    writeln!(out, "{record:#}")?;
    Ok(())
}
