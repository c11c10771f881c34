//! `www/models/index.json` and `docs/models.md`: what ships, read from the weights files themselves.

use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::digest::sha256;
use crate::workspace::Workspace;

/// The shipped models by file name, the name that people read and what they are for; the page's default first.
const SHIPPED: [(&str, &str, &str); 2] = [
    ("ink24", "Sharp, 24 dimensions", "reconstruction and morphing"),
    ("map2", "Map, 2 dimensions", "the latent space as a plane"),
];

/// The classifier that reads what they make.
const JUDGE: &str = "judge";

const INDEX: &str = "www/models/index.json";
const DOCS: &str = "docs/models.md";

/// Writes both.
pub fn write_index(workspace: &Workspace) -> Result<()> {
    for (path, text) in [(INDEX, index(workspace)?), (DOCS, docs(workspace)?)] {
        fs::write(workspace.path(path), text)
            .with_context(|| format!("{path} cannot be written"))?;
    }
    Ok(())
}

/// Fails if one of them is not that of the files.
pub fn check_index(workspace: &Workspace) -> Result<()> {
    for (path, text) in [(INDEX, index(workspace)?), (DOCS, docs(workspace)?)] {
        let written = fs::read_to_string(workspace.path(path))
            .with_context(|| format!("{path} cannot be read"))?;
        if written != text {
            bail!("{path} does not describe the files in www/models; run `cargo xtask models`");
        }
    }
    Ok(())
}

fn index(workspace: &Workspace) -> Result<String> {
    let models = SHIPPED
        .iter()
        .map(|(name, title, _)| entry(workspace, name, title))
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

/// A weights file as the table describes it.
struct Described {
    name: &'static str,
    purpose: &'static str,
    bytes: usize,
    parameters: u64,
    record: Value,
}

impl Described {
    fn read(workspace: &Workspace, name: &'static str, purpose: &'static str) -> Result<Self> {
        let path = workspace.path("www/models").join(format!("{name}.safetensors"));
        let bytes =
            fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let in_file = || format!("{} is no weights file", path.display());
        let record = record(&bytes).with_context(in_file)?;
        let parameters = parameters(&header(&bytes).with_context(in_file)?);
        Ok(Self { name, purpose, bytes: bytes.len(), parameters, record })
    }

    fn metric(&self, pointer: &str) -> &Value {
        self.record["metrics"].pointer(pointer).unwrap_or(&Value::Null)
    }

    /// A number with so many decimals and its unit, or a dash where it was not measured.
    fn number(&self, pointer: &str, decimals: usize) -> String {
        let number = self.metric(pointer).as_f64();
        number.map_or("–".into(), |number| format!("{number:.decimals$}"))
    }

    fn share(&self, pointer: &str) -> String {
        let share = self.metric(pointer).as_f64();
        share.map_or("–".into(), |share| format!("{:.2} %", 100.0 * share))
    }

    fn words(&self, pointer: &str) -> String {
        self.metric(pointer).as_str().unwrap_or("–").to_owned()
    }

    fn bound(&self) -> String {
        match self.metric("/iw_subset/bound") {
            Value::Null => "–".into(),
            _ => format!(
                "{} ± {} (K = {}, {} images)",
                self.number("/iw_subset/bound", 2),
                self.number("/iw_subset/standard_error", 2),
                self.number("/iw_subset/k", 0),
                self.number("/iw_subset/images", 0),
            ),
        }
    }

    fn whole_bound(&self) -> String {
        match self.metric("/iw_bound") {
            Value::Null => "–".into(),
            _ => format!("{} (K = {})", self.number("/iw_bound", 2), self.number("/iw_k", 0)),
        }
    }

    /// Samples of the prior of this name: confident share, entropy, Fréchet distance.
    fn samples(&self, prior: &str) -> String {
        let at = |what: &str| format!("/judge/samples/{prior}/{what}");
        if self.metric(&at("confident")).is_null() {
            return "–".into();
        }
        format!(
            "{}, {}, {}",
            self.share(&at("confident")),
            self.number(&at("class_entropy"), 3),
            self.number(&at("frechet"), 1)
        )
    }

    fn command(&self) -> String {
        self.record["training"]["command"].as_str().map_or("–".into(), |command| {
            format!("`{command}`, seed {}", self.record["training"]["seed"])
        })
    }

    /// The dimensions in use, of how many.
    fn active(&self) -> String {
        let units = self.metric("/test/active_units");
        let all = self.metric("/test/kl_per_dim").as_array().map_or(0, Vec::len);
        format!("{units} of {all}")
    }
}

/// What a row of the table says of a model.
type Cell = fn(&Described) -> String;

const ROWS: [(&str, Cell); 20] = [
    ("for", |model| model.purpose.into()),
    ("parameters", |model| model.parameters.to_string()),
    ("bytes", |model| model.bytes.to_string()),
    ("measured on", |model| model.words("/convention")),
    ("ELBO", |model| model.number("/test/elbo", 2)),
    ("reconstruction term", |model| model.number("/test/recon", 2)),
    ("KL", |model| model.number("/test/kl", 2)),
    ("IW bound, all images", Described::whole_bound),
    ("IW bound, drawn images", Described::bound),
    ("squared error from z = mu", |model| model.number("/test/sse", 2)),
    ("active units", Described::active),
    ("reconstructions read right", |model| model.share("/judge/reads_right")),
    ("linear probe of mu", |model| model.share("/probe/linear")),
    ("1-NN of mu", |model| model.share("/probe/nearest")),
    ("samples of N(0, I)", |model| model.samples("normal")),
    ("samples of the learned prior", |model| model.samples("learned")),
    ("real test digits: confident", |model| model.share("/judge/reference/confident")),
    ("real test digits: entropy", |model| model.number("/judge/reference/class_entropy", 3)),
    ("Fréchet of two halves of them", |model| model.number("/judge/reference/frechet_halves", 1)),
    ("trained by", Described::command),
];

fn docs(workspace: &Workspace) -> Result<String> {
    let models = SHIPPED
        .iter()
        .map(|(name, _, purpose)| Described::read(workspace, name, purpose))
        .collect::<Result<Vec<_>>>()?;
    let judge = Described::read(workspace, JUDGE, "reads digits")?;
    let row = |cells: &mut dyn Iterator<Item = String>| {
        cells.fold("|".to_owned(), |row, cell| format!("{row} {cell} |")) + "\n"
    };
    let names = models.iter().map(|model| format!("`{}`", model.name));
    let mut text = INTRODUCTION.to_owned();
    text += &row(&mut std::iter::once("test set, 10,000 images".to_owned()).chain(names));
    text += &row(&mut (0..=models.len()).map(|_| "---".to_owned()));
    for (title, cell) in ROWS {
        text += &row(&mut std::iter::once(title.to_owned()).chain(models.iter().map(cell)));
    }
    text += &format!(
        "\nThe judge, `{}.safetensors`: {} parameters, {} bytes, reads {} of the test digits right; {}.\n",
        judge.name,
        judge.parameters,
        judge.bytes,
        judge.share("/test/accuracy"),
        judge.command()
    );
    Ok(text)
}

const INTRODUCTION: &str = "\
# Models

<!-- Written by `cargo xtask models` from the records in www/models; a change here is lost. -->

Every figure is measured on the file as it ships, by `latent-ink eval www/models/NAME.safetensors --write`. ELBO, its two
terms and the importance-weighted (IW) bounds are in nats per image; squared errors are summed over the 784 pixels.
\"Read right\" is the share of reconstructions from z = mu that the judge reads as their label; both probes read the label
from mu. Of 10,000 samples: the share that the judge reads with a probability above 0.9, the entropy of what it reads
(2.303 nats are ten equal classes), and the Fréchet distance of its features to those of the test digits. Fréchet
distances compare models under this judge only.

";

/// How many numbers the tensors hold; scales of int8 rows are not the network's.
fn parameters(header: &Value) -> u64 {
    let tensors = header.as_object().into_iter().flatten();
    tensors
        .filter(|(name, _)| *name != "__metadata__" && !name.ends_with(".scale"))
        .filter_map(|(_, entry)| entry["shape"].as_array())
        .map(|shape| shape.iter().filter_map(Value::as_u64).product::<u64>())
        .sum()
}

/// The JSON that a weights file carries under its one metadata key.
fn record(file: &[u8]) -> Result<Value> {
    let header = header(file)?;
    let record =
        header["__metadata__"]["latent-ink"].as_str().context("the metadata is missing")?;
    Ok(serde_json::from_str(record)?)
}

fn header(file: &[u8]) -> Result<Value> {
    let (length, rest) = file.split_first_chunk::<8>().context("the file has no header")?;
    let length = usize::try_from(u64::from_le_bytes(*length))?;
    Ok(serde_json::from_slice(rest.get(..length).context("the header is cut short")?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_and_the_table_are_those_of_the_files() -> Result<()> {
        check_index(&Workspace::find()?)
    }

    #[test]
    fn what_was_not_measured_is_a_dash() {
        let record = json!({ "metrics": { "test": { "elbo": -91.567, "kl_per_dim": [1.0] } } });
        let model = Described { name: "a", purpose: "", bytes: 1, parameters: 2, record };
        assert_eq!(model.number("/test/elbo", 1), "-91.6");
        assert_eq!(model.number("/test/kl", 1), "–");
        assert_eq!(model.bound(), "–");
        assert_eq!(model.samples("learned"), "–");
        assert_eq!(model.command(), "–");
    }

    #[test]
    fn scales_are_no_parameters() {
        let header = json!({
            "__metadata__": { "latent-ink": "{}" },
            "a.weight": { "shape": [3, 4] }, "a.weight.scale": { "shape": [3] },
            "a.bias": { "shape": [3] },
        });
        assert_eq!(parameters(&header), 15);
    }
}
