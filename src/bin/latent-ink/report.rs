//! What a model measured, as one JSON object, as a weights file's metrics and as a table.

use std::{
    collections::BTreeMap,
    io::{Result, Write},
};

use latent_ink::{
    eval::{Evaluation, Reference, SampleReport},
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
        let Evaluation { elbo, recon, kl, sse, kl_per_dim, active_units } = &self.test;
        line(out, "ELBO", *elbo, &format!("= -(recon + KL); the negative ELBO is {:.2}", -elbo))?;
        line(out, "  recon", *recon, "")?;
        line(out, "  KL", *kl, "")?;
        line(out, "SSE", *sse, "squared error of the grey image from z = mu")?;
        writeln!(out, "{:<14}{active_units:>8}  of {}", "active units", kl_per_dim.len())?;
        let each: Vec<String> = kl_per_dim.iter().map(|kl| format!("{kl:.2}")).collect();
        writeln!(out, "{:<14}{}", "KL per dim", each.join(" "))?;
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
        let Self { file, reference, reads_right, samples } = self;
        share(out, "read right", *reads_right, &format!("of reconstructions, by {file}"))?;
        writeln!(
            out,
            "{:<14}{:>10}{:>10}{:>10}{:>10}",
            "judged", "images", "confident", "entropy", "Fréchet"
        )?;
        for (prior, report) in samples {
            let SampleReport { images, temperature, confident, class_entropy, frechet } = report;
            writeln!(
                out,
                "{prior:<14}{images:>10}{:>8.2} %{class_entropy:>10.3}{frechet:>10.3}  prior samples, temperature {temperature}",
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
        )
    }
}

fn line(out: &mut impl Write, name: &str, value: f64, words: &str) -> Result<()> {
    writeln!(out, "{}", format!("{name:<14}{value:>8.2}  {words}").trim_end())
}

fn share(out: &mut impl Write, name: &str, value: f64, words: &str) -> Result<()> {
    writeln!(out, "{name:<14}{:>6.2} %  {words}", 100.0 * value)
}
