//! `latent-ink eval`.
use crate::Outcome;
#[derive(clap::Args)]
pub struct Args {}
pub fn run(_: &Args) -> Outcome {
    Ok(())
}
