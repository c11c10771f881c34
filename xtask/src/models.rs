//! `www/models/index.json` and `docs/models.md`: what ships, read from the weights files themselves.

use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::data::{self, Dataset};
use crate::digest::sha256;
use crate::process::Process;
use crate::workspace::Workspace;

/// A weights file that ships.
struct Shipped {
    name: &'static str,
    /// What people read.
    title: &'static str,
    purpose: &'static str,
}

const fn shipped(name: &'static str, title: &'static str, purpose: &'static str) -> Shipped {
    Shipped { name, title, purpose }
}

/// The models that a person can choose in the page, its default first.
const MODELS: [Shipped; 6] = [
    shipped("sharp", "Sharp, 32 dimensions", "the default: reconstruction and samples"),
    shipped("map2", "Map, 2 dimensions", "the latent space as a plane"),
    shipped("best", "Best, 40 dimensions", "the best bound in a megabyte"),
    shipped("vae", "Small VAE, 16 dimensions", "twin of `ae`"),
    shipped("ae", "Plain autoencoder, 16 dimensions", "twin of `vae`"),
    shipped("fashion", "Fashion, 24 dimensions", "clothes instead of digits"),
];

/// The rungs of a ladder of beta, on which `vae` stands at 1: same trunk, same seed.
const LADDER: [Shipped; 5] = [
    shipped("beta-0", "beta = 0", "no KL"),
    shipped("beta-0.1", "beta = 0.1", "hardly any KL"),
    shipped("beta-0.5", "beta = 0.5", "half of KL"),
    shipped("beta-4", "beta = 4", "too much KL"),
    shipped("beta-10", "beta = 10", "far too much KL"),
];

/// Models whose z is a map of codes: rooms of their own fetch them.
const CODES: [Shipped; 1] = [shipped("codes", "Codes, 7 x 7 of 32", "a map of codes")];

/// Models that are told the class and keep the hand: likewise.
const HANDS: [Shipped; 1] =
    [shipped("hand", "Hand, 8 dimensions", "every digit in the hand of one drawing")];

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
    let entries = |list: &[Shipped]| -> Result<Vec<Value>> {
        list.iter().map(|shipped| entry(workspace, shipped)).collect()
    };
    let index = json!({
        "default": MODELS[0].name,
        "models": entries(&MODELS)?,
        "ladder": entries(&LADDER)?,
        "codes": entries(&CODES)?,
        "hands": entries(&HANDS)?,
    });
    Ok(format!("{index:#}\n"))
}

fn entry(workspace: &Workspace, shipped: &Shipped) -> Result<Value> {
    let Shipped { name, title, .. } = shipped;
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

/// The commands that a file's record says it was made by.
fn commands(record: &Value) -> Vec<String> {
    let training = &record["training"];
    let commands = [&training["command"], &training["prior"]["command"]];
    commands.iter().filter_map(|command| command.as_str()).map(str::to_owned).collect()
}

/// Trains the model `name` again, as its record says, into `target/models`, and says how near it came. Where an earlier
/// call was stopped, this one goes on.
pub fn retrain(workspace: &Workspace, name: &str) -> Result<()> {
    let models = MODELS.iter().chain(&LADDER).chain(&CODES).chain(&HANDS);
    let names = models.map(|shipped| shipped.name).chain([JUDGE]);
    if !names.clone().any(|known| known == name) {
        bail!("no model \"{name}\" ships; there are {}", names.collect::<Vec<_>>().join(", "));
    }
    let path = workspace.path("www/models").join(format!("{name}.safetensors"));
    let bytes = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let recorded = record(&bytes)?;
    data::fetch(workspace, Dataset::Mnist)?;
    let folder = workspace.target("models");
    fs::create_dir_all(&folder)?;
    let out = folder.join(format!("{name}.safetensors"));
    let state = folder.join(format!("{name}.state.safetensors"));
    let mut again = Value::Null;
    for command in commands(&recorded) {
        if command.contains(Dataset::Fashion.folder()) {
            data::fetch(workspace, Dataset::Fashion)?;
        }
        let mut process = Process::new(workspace, "cargo").words("latent-ink");
        let mut is_file = false;
        for word in command.split(' ').skip(1) {
            // Whatever the file was called, here it is this one: what is made, and what a prior is added to.
            process = if is_file { process.arg(&out) } else { process.arg(word) };
            is_file = word == "--out" || word == "--model";
        }
        let goes_on = command.starts_with("latent-ink train ") && state.is_file();
        process.args(goes_on.then_some("--resume")).run()?;
        again = record(&fs::read(&out)?)?;
        if again["training"]["steps"] != recorded["training"]["steps"] {
            bail!("stopped before its end; the same command goes on");
        }
    }
    // The run is over, and the next call is another one.
    if state.is_file() {
        fs::remove_file(&state)?;
    }
    println!("trained again: {}; www/models is as it was", out.display());
    for line in compared(&again, &recorded) {
        println!("{line}");
    }
    Ok(())
}

/// What of a model that was trained again can be held against its record.
fn compared(again: &Value, recorded: &Value) -> Vec<String> {
    let of = |record: &Value, pointer| record.pointer(pointer).and_then(Value::as_f64);
    let mut lines = Vec::new();
    for pointer in ["/metrics/test/elbo", "/metrics/test/accuracy"] {
        if let (Some(now), Some(then)) = (of(again, pointer), of(recorded, pointer)) {
            lines.push(format!("  {pointer}: {now:.4} now, {then:.4} in the record"));
        }
    }
    let losses = |record: &Value| record["training"]["first_losses"].as_array().cloned();
    if let (Some(now), Some(then)) = (losses(again), losses(recorded)) {
        let off =
            |(now, then): (&Value, &Value)| Some((now.as_f64()? / then.as_f64()? - 1.0).abs());
        let most = now.iter().zip(&then).filter_map(off).fold(0.0, f64::max);
        lines.push(format!("  the first {} losses: {most:.1e} off at most", then.len()));
    }
    lines
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

    /// A dash for a plain autoencoder: without KL what is recorded is the reconstruction term, which is no bound.
    fn elbo(&self) -> String {
        let is_plain = self.record["config"]["latent"]["plain"].is_object();
        if is_plain { "–".into() } else { self.number("/test/elbo", 2) }
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

    /// How what is written follows what was drawn.
    fn kinship(&self) -> String {
        let at = |name: &str| self.number(&format!("/judge/hand/attributes/{name}/one"), 3);
        if self.metric("/judge/hand").is_null() {
            return "–".into();
        }
        ["slant", "stroke_width", "aspect"].map(at).join(", ")
    }

    /// What trained it, the trunk's command before the prior's.
    fn command(&self) -> String {
        let commands: Vec<String> =
            commands(&self.record).iter().map(|command| format!("`{command}`")).collect();
        if commands.is_empty() {
            return "–".into();
        }
        format!("{}, seed {}", commands.join(", then "), self.record["training"]["seed"])
    }

    /// The dimensions in use, of how many.
    fn active(&self) -> String {
        let units = self.metric("/test/active_units");
        match self.metric("/test/kl_per_dim").as_array().map_or(0, Vec::len) {
            0 => "–".into(),
            all => format!("{units} of {all}"),
        }
    }
}

/// What a row of the table says of a model.
type Cell = fn(&Described) -> String;

const ROWS: [(&str, Cell); 28] = [
    ("for", |model| model.purpose.into()),
    ("parameters", |model| model.parameters.to_string()),
    ("bytes", |model| model.bytes.to_string()),
    ("measured on", |model| model.words("/convention")),
    ("ELBO", Described::elbo),
    ("reconstruction term", |model| model.number("/test/recon", 2)),
    ("KL", |model| model.number("/test/kl", 2)),
    ("IW bound, all images", Described::whole_bound),
    ("IW bound, drawn images", Described::bound),
    ("squared error from z = mu", |model| model.number("/test/sse", 2)),
    ("kept by a 5-NN reader", |model| model.share("/identity")),
    ("active units", Described::active),
    ("codes in use", |model| model.share("/test/codes/usage")),
    ("perplexity of the codes", |model| model.number("/test/codes/perplexity", 2)),
    ("reconstructions read right", |model| model.share("/judge/reads_right")),
    ("linear probe of mu", |model| model.share("/probe/linear")),
    ("1-NN of mu", |model| model.share("/probe/nearest")),
    ("samples of N(0, I)", |model| model.samples("normal")),
    ("samples of the learned prior", |model| model.samples("learned")),
    ("the same, told the class", |model| model.samples("told")),
    ("lower half written anew, read right", |model| model.share("/judge/completions")),
    ("samples of N(0, I), read as the class told", |model| {
        model.share("/judge/samples/normal/as_told")
    }),
    ("written with a test digit's z, read as the class told", |model| {
        model.share("/judge/hand/read_as_told")
    }),
    ("rank correlation with that digit: slant, stroke width, aspect", Described::kinship),
    ("real test digits: confident", |model| model.share("/judge/reference/confident")),
    ("real test digits: entropy", |model| model.number("/judge/reference/class_entropy", 3)),
    ("Fréchet of two halves of them", |model| model.number("/judge/reference/frechet_halves", 1)),
    ("trained by", Described::command),
];

fn docs(workspace: &Workspace) -> Result<String> {
    let judge = Described::read(workspace, JUDGE, "reads digits")?;
    let mut text = INTRODUCTION.to_owned();
    for (title, list) in [
        ("For the page", &MODELS[..]),
        ("The ladder of beta", &LADDER),
        ("Codes", &CODES),
        ("Hands", &HANDS),
    ] {
        text += &format!("## {title}\n\n{}\n", table(workspace, list)?);
    }
    text += "## The judge\n";
    text += &format!(
        "\n`{}.safetensors`: {} parameters, {} bytes, reads {} of the test digits right; {}.\n",
        judge.name,
        judge.parameters,
        judge.bytes,
        judge.share("/test/accuracy"),
        judge.command()
    );
    Ok(text)
}

/// A column for each model.
fn table(workspace: &Workspace, list: &[Shipped]) -> Result<String> {
    let models = list
        .iter()
        .map(|shipped| Described::read(workspace, shipped.name, shipped.purpose))
        .collect::<Result<Vec<_>>>()?;
    let row = |title: &str, cells: &mut dyn Iterator<Item = String>| {
        cells.fold(format!("| {title} |"), |row, cell| format!("{row} {cell} |")) + "\n"
    };
    let names = &mut models.iter().map(|model| format!("`{}`", model.name));
    let mut text = row("test set, 10,000 images", names);
    text += &row("---", &mut models.iter().map(|_| "---".to_owned()));
    for (title, cell) in ROWS {
        text += &row(title, &mut models.iter().map(cell));
    }
    Ok(text)
}

const INTRODUCTION: &str = "\
# Models

<!-- Written by `cargo xtask models` from the records in www/models; a change here is lost. -->

Every figure is measured on the file as it ships, by `latent-ink eval www/models/NAME.safetensors --write`; `cargo xtask
models --only NAME` trains one again as its record says. ELBO, its two terms and the importance-weighted (IW) bounds are
in nats per image; a plain autoencoder has no density to bound, so no ELBO, and its reconstruction term stands alone.
Squared errors are summed over the 784 pixels.
\"Read right\" is the share of reconstructions from z = mu that the judge reads as their label; both probes read the label
from mu. Of 10,000 samples: the share that the judge reads with a probability above 0.9, the entropy of what it reads
(2.303 nats are ten equal classes), and the Fréchet distance of its features to those of the test digits. Fréchet
distances compare models under this judge only.
The KL of a map of codes is -ln p(codes) by its prior, told no class: its encoder is sure of the codes, so recon and KL bound -ln p(x) as
a VAE's do, without the bits that noise hides. \"Told the class\": all ten as often.
A model of hands is told the class, by everything that measures it too; its linear probe says how much of the class is in z all the
same (10 % would be chance). docs/style.md has what else it measured.

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
    fn a_plain_autoencoder_has_no_elbo() {
        let described = |latent: Value| {
            let metrics = json!({ "test": { "elbo": -63.7 } });
            let record = json!({ "config": { "latent": latent }, "metrics": metrics });
            Described { name: "a", purpose: "", bytes: 1, parameters: 2, record }
        };
        let plain = described(json!({ "plain": { "size": 16 } }));
        assert_eq!(plain.elbo(), "–");
        let gaussian = described(json!({ "gaussian": { "size": 16, "beta": 1.0 } }));
        assert_eq!(gaussian.elbo(), "-63.70");
    }

    #[test]
    fn what_is_trained_again_is_held_against_its_record() {
        let record = |elbo: f64, loss: f64| {
            let training = json!({ "first_losses": [500.0, loss] });
            json!({ "metrics": { "test": { "elbo": elbo } }, "training": training })
        };
        let lines = compared(&record(-98.0, 202.0), &record(-98.5, 200.0));
        assert!(lines[0].contains("-98.0000 now, -98.5000 in the record"), "{lines:?}");
        assert_eq!(lines[1], "  the first 2 losses: 1.0e-2 off at most");
        assert_eq!(compared(&json!({}), &record(-98.5, 200.0)).len(), 0);
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
