//! What a model measured, as one JSON object, as a weights file's metrics and as a table.

use std::{
    collections::BTreeMap,
    io::{Result, Write},
};

use latent_ink::{
    eval::{Evaluation, HandReport, Kinship, ReadFrom, Reference, SampleReport, Writers},
    model::CodeUse,
    train::Pixels,
};
use serde::Serialize;
use serde_json::{Value, json};

/// Everything that was asked for.
#[derive(Serialize)]
pub struct Report {
    pub model: String,
    /// What the network was given, in words.
    pub convention: String,
    #[serde(skip)]
    pub pixels: Pixels,
    /// Of the Bernoulli draws, eps, the subset and the samples.
    pub seed: u32,
    /// How many test images there were.
    pub images: usize,
    #[serde(flatten)]
    pub test: Evaluation,
    /// Of 1,000 images that the seed drew, alone: few enough to be measured again in a browser.
    pub subset: Evaluation,
    /// The share of reconstructions that a 5-NN reader reads as their label.
    pub identity: f64,
    /// Over all images.
    pub iw_k: Option<u32>,
    pub iw_bound: Option<f64>,
    pub iw_subset: Option<SubsetBound>,
    pub probe: Option<Probe>,
    pub judge: Option<Judged>,
}

/// The importance-weighted bound on some images.
#[derive(Serialize)]
pub struct SubsetBound {
    pub k: u32,
    pub images: usize,
    pub bound: f64,
    /// Of the mean over images.
    pub standard_error: f64,
}

/// The share of test digits read from their posterior means.
#[derive(Serialize)]
pub struct Probe {
    /// By multinomial logistic regression.
    pub linear: f64,
    /// By the nearest training mean.
    pub nearest: f64,
}

/// What the judge thinks.
#[derive(Serialize)]
pub struct Judged {
    pub file: String,
    /// Of the test digits themselves.
    pub reference: Reference,
    /// The share of reconstructions that it reads as their label.
    pub reads_right: f64,
    /// The share of digits that it reads as their label when the prior has written the lower half of their codes anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completions: Option<f64>,
    /// What a model that is told the class keeps of the hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hand: Option<HandReport>,
    /// By the prior's name.
    pub samples: BTreeMap<&'static str, SampleReport>,
}

impl Report {
    /// The `metrics` of a weights file's record.
    pub fn metrics(&self, command: &str) -> Value {
        json!({
            "pixels": self.pixels,
            "convention": self.convention,
            "command": command,
            "seed": self.seed,
            "images": self.images,
            "test": self.test,
            "subset": { "elbo": self.subset.elbo, "recon": self.subset.recon, "kl": self.subset.kl },
            "identity": self.identity,
            "iw_k": self.iw_k,
            "iw_bound": self.iw_bound,
            "iw_subset": self.iw_subset,
            "probe": self.probe,
            "judge": self.judge,
        })
    }

    pub fn print_table(&self, out: &mut impl Write) -> Result<()> {
        writeln!(
            out,
            "{}: {} test images, {}; nats per image",
            self.model, self.images, self.convention
        )?;
        let Evaluation { elbo, recon, kl, sse, kl_per_dim, active_units, codes } = &self.test;
        line(out, "ELBO", *elbo, &format!("= -(recon + KL); the negative ELBO is {:.2}", -elbo))?;
        line(out, "  recon", *recon, "")?;
        let words = if codes.is_some() { "-ln p(codes), by the prior" } else { "" };
        line(out, "  KL", *kl, words)?;
        line(out, "SSE", *sse, "squared error of the grey image from z = mu")?;
        if let Some(CodeUse { usage, perplexity }) = *codes {
            share(out, "usage", usage, "of the codes are used")?;
            line(out, "perplexity", perplexity, "codes, all used as often, would say as much")?;
        } else {
            writeln!(out, "{:<14}{active_units:>8}  of {}", "active units", kl_per_dim.len())?;
            let each: Vec<String> = kl_per_dim.iter().map(|kl| format!("{kl:.2}")).collect();
            writeln!(out, "{:<14}{}", "KL per dim", each.join(" "))?;
        }
        if let Some((k, bound)) = self.iw_k.zip(self.iw_bound) {
            line(out, "IW bound", bound, &format!("lower bound on ln p(x) with {k} samples"))?;
        }
        if let Some(SubsetBound { k, images, bound, standard_error }) = &self.iw_subset {
            let words = format!(
                "± {standard_error:.2} (standard error); {k} samples, {images} images drawn by the seed"
            );
            line(out, "IW bound", *bound, &words)?;
        }
        let words = "of reconstructions are read as the digit by a 5-NN reader";
        share(out, "identity", self.identity, words)?;
        if let Some(Probe { linear, nearest }) = self.probe {
            share(out, "linear probe", linear, "read from mu by logistic regression")?;
            share(out, "1-NN of mu", nearest, "read from mu by the nearest training digit")?;
        }
        match &self.judge {
            Some(judged) => judged.print_table(out),
            None => {
                let words = "no judge here to read reconstructions and samples; say --judge FILE";
                writeln!(out, "{words}")
            }
        }
    }
}

impl Judged {
    fn print_table(&self, out: &mut impl Write) -> Result<()> {
        let Self { file, reference, reads_right, completions, hand, samples } = self;
        share(out, "read right", *reads_right, &format!("of reconstructions, by {file}"))?;
        if let Some(completions) = *completions {
            share(out, "completed", completions, "read right with the lower half written anew")?;
        }
        writeln!(
            out,
            "{:<14}{:>10}{:>10}{:>10}{:>10}",
            "judged", "images", "confident", "entropy", "Fréchet"
        )?;
        for (prior, report) in samples {
            let SampleReport { images, temperature, confident, class_entropy, frechet, as_told } =
                report;
            let told = as_told.map_or(String::new(), |share| {
                format!(", {:.2} % read as the class that was told", 100.0 * share)
            });
            writeln!(
                out,
                "{prior:<14}{images:>10}{:>8.2} %{class_entropy:>10.3}{frechet:>10.3}  prior samples, temperature {temperature}{told}",
                100.0 * confident
            )?;
        }
        let Reference { accuracy, confident, class_entropy, frechet_halves } = reference;
        writeln!(
            out,
            "{:<14}{:>10}{:>8.2} %{class_entropy:>10.3}{frechet_halves:>10.3}  real test digits, {:.2} % read right; Fréchet of two halves",
            "real",
            "",
            100.0 * confident,
            100.0 * accuracy
        )?;
        hand.as_ref().map_or(Ok(()), |hand| print_hand(hand, out))
    }
}

fn print_hand(hand: &HandReport, out: &mut impl Write) -> Result<()> {
    let words = "of all classes written with one test digit's z are read as told";
    share(out, "as told", hand.read_as_told, words)?;
    share(out, "  others", hand.read_as_told_others, "of the classes that the digit is not")?;
    let each: Vec<String> =
        hand.read_as_told_by_class.iter().map(|share| format!("{:.1}", 100.0 * share)).collect();
    writeln!(out, "{:<14}{}", "  by class", each.join(" "))?;
    writeln!(out, "{:<14}{:>8}{:>8}{:>9}  by class", "rank corr.", "one", "set", "nearer")?;
    for (name, Kinship { one, by_class, set, nearer }) in &hand.attributes {
        let each: Vec<String> = by_class.iter().map(|value| format!("{value:.2}")).collect();
        let nearer = 100.0 * nearer;
        writeln!(out, "  {name:<12}{one:>8.3}{set:>8.3}{nearer:>7.1} %  {}", each.join(" "))?;
    }
    let Some(Writers { runs, read_from }) = &hand.writers else { return Ok(()) };
    writeln!(
        out,
        "{runs} runs of digits by one writer; D of those that were not read, rank corr. (real ones')"
    )?;
    let [own, another, nobody] = ["own", "another", "nobody"];
    write!(out, "  {:<12}{own:>9}{another:>9}{nobody:>9}", "read from")?;
    for name in read_from.iter().take(1).flat_map(|read| read.attributes.keys()) {
        write!(out, "{name:>16}")?;
    }
    writeln!(out)?;
    for ReadFrom {
        drawings,
        combination,
        nats,
        nats_of_another,
        nats_of_nobody,
        attributes,
        of_real,
    } in read_from
    {
        write!(out, "  {drawings} {combination:<10}")?;
        write!(out, "{nats:>9.2}{nats_of_another:>9.2}{nats_of_nobody:>9.2}")?;
        for (name, correlation) in attributes {
            write!(out, "{correlation:>8.3} ({:.3})", of_real[name])?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn line(out: &mut impl Write, name: &str, value: f64, words: &str) -> Result<()> {
    writeln!(out, "{}", format!("{name:<14}{value:>8.2}  {words}").trim_end())
}

fn share(out: &mut impl Write, name: &str, value: f64, words: &str) -> Result<()> {
    writeln!(out, "{name:<14}{:>6.2} %  {words}", 100.0 * value)
}
