//! `www/models/index.json`: what ships, read from the weights files themselves.

use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::digest::sha256;
use crate::workspace::Workspace;

/// The shipped models by file name and the name that people read, the page's default first.
const SHIPPED: [(&str, &str); 2] =
    [("ink24", "Sharp, 24 dimensions"), ("map2", "Map, 2 dimensions")];

const INDEX: &str = "www/models/index.json";

/// Writes the index.
pub fn write_index(workspace: &Workspace) -> Result<()> {
    fs::write(workspace.path(INDEX), index(workspace)?)
        .with_context(|| format!("{INDEX} cannot be written"))
}

/// Fails if the index is not that of the files.
pub fn check_index(workspace: &Workspace) -> Result<()> {
    let written = fs::read_to_string(workspace.path(INDEX))
        .with_context(|| format!("{INDEX} cannot be read"))?;
    if written != index(workspace)? {
        bail!("{INDEX} does not describe the files beside it; run `cargo xtask models`");
    }
    Ok(())
}

fn index(workspace: &Workspace) -> Result<String> {
    let models = SHIPPED
        .iter()
        .map(|(name, title)| entry(workspace, name, title))
        .collect::<Result<Vec<Value>>>()?;
    Ok(format!("{:#}\n", json!({ "default": SHIPPED[0].0, "models": models })))
}

fn entry(workspace: &Workspace, name: &str, title: &str) -> Result<Value> {
    let file = format!("{name}.safetensors");
    let path = workspace.path("www/models").join(&file);
    let bytes = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let record = record(&bytes).with_context(|| format!("{} has no record", path.display()))?;
    let latent = record["config"]["latent"].as_object().and_then(|latent| latent.values().next());
    Ok(json!({
        "name": name,
        "title": title,
        "file": file,
        "bytes": bytes.len(),
        "sha256": sha256(&bytes),
        "latent": latent.map(|latent| &latent["size"]),
        "config": record["config"],
        "metrics": record["metrics"],
        "command": record["training"]["command"],
        "seed": record["training"]["seed"],
    }))
}

/// The JSON that a weights file carries under its one metadata key.
fn record(file: &[u8]) -> Result<Value> {
    let (length, rest) = file.split_first_chunk::<8>().context("the file has no header")?;
    let length = usize::try_from(u64::from_le_bytes(*length))?;
    let header: Value =
        serde_json::from_slice(rest.get(..length).context("the header is cut short")?)?;
    let record =
        header["__metadata__"]["latent-ink"].as_str().context("the metadata is missing")?;
    Ok(serde_json::from_str(record)?)
}
