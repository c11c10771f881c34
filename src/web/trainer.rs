//! A run of training.

use std::ops::Range;

use js_sys::{Error, Float32Array, Float64Array, Object, Reflect};
use serde_json::Value;
use wasm_bindgen::prelude::*;

use super::{js_error, now};
use crate::{
    error,
    eval::{Measured, measure_part},
    train::{
        Dataset, Group, Member, Run, RunConfig, Shard, Share, Step, Stopped, Trainer,
        TrainingConfig,
    },
    weights::{self, History, Precision},
};

#[wasm_bindgen(typescript_custom_section)]
const MEASURED: &str = r#"
/** Means over images, in nats; `klPerDim` is to N(0, 1). */
export interface Measured { recon: number; kl: number; klPerDim: Float64Array }
"#;

/// A run and the images that it learns from.
#[wasm_bindgen(js_name = Trainer)]
pub struct WebTrainer {
    trainer: Trainer,
    data: Dataset,
    digest: String,
    /// Its place in a team, and the letters that it writes and reads there.
    member: Option<Member>,
    letter: Vec<f32>,
    incoming: Vec<f32>,
}

#[wasm_bindgen(js_class = Trainer)]
impl WebTrainer {
    /// A run from random weights over `epochs` epochs: a config file's JSON, and images of P bytes each (255 = ink) with
    /// a label each, and their digest, by which a saved state knows them. Throws a `ConfigError` or `DataError` that says
    /// what is wrong.
    #[wasm_bindgen(constructor)]
    pub fn new(
        config: &str,
        images: Vec<u8>,
        labels: Vec<u8>,
        seed: u32,
        epochs: u32,
        digest: Option<String>,
    ) -> Result<WebTrainer, Error> {
        let config = RunConfig::from_json(config).map_err(thrown)?;
        let data = dataset(images, labels)?;
        let run = Run { config, seed, epochs, data: digest.unwrap_or_default() };
        let trainer = run.begin(&data).map_err(thrown)?;
        let (letter, incoming) = (Vec::new(), Vec::new());
        Ok(Self { trainer, data, digest: run.data, member: None, letter, incoming })
    }

    /// Whole steps until `milliseconds` have passed, at least one and none after the last: for each its recon and KL in
    /// nats and the norm of its gradient. Throws a `DivergedError` where a step is no longer finite; the model is then
    /// the one before that step. With `end`, no step after that number is taken.
    pub fn train(&mut self, milliseconds: f64, end: Option<f64>) -> Result<Vec<f64>, Error> {
        let (began, mut steps) = (now(), Vec::new());
        let end = end.unwrap_or(f64::INFINITY).min(self.total_steps());
        while self.step() < end {
            let step = match self.trainer.step(&self.data) {
                // The steps before it are told first; the next call comes to the same end.
                Err(_) if !steps.is_empty() => break,
                step => step.map_err(thrown)?,
            };
            steps.extend(triple(step));
            if now() - began >= milliseconds {
                break;
            }
        }
        Ok(steps)
    }

    /// What the model of now measures on up to 100 images, which stand at `first` in a larger set, read as the run reads its
    /// own; the seed is that of the draws.
    #[wasm_bindgen(unchecked_return_type = "Measured")]
    pub fn measure(
        &self,
        images: Vec<u8>,
        labels: Vec<u8>,
        first: u32,
        seed: u32,
    ) -> Result<Object, Error> {
        let (data, pixels) = (dataset(images, labels)?, self.trainer.training().pixels);
        let measured = measure_part(self.trainer.model(), &data, first.into(), pixels, seed);
        let Measured { recon, kl, kl_per_dim } = measured.map_err(thrown)?;
        let object = Object::new();
        let set = |key: &str, value: &JsValue| {
            Reflect::set(&object, &key.into(), value).expect("a new object takes any property")
        };
        set("recon", &recon.into());
        set("kl", &kl.into());
        set("klPerDim", &Float64Array::from(&kl_per_dim[..]));
        Ok(object)
    }

    /// The values of a training image, 0 or 255 where pixels are drawn once: so it is measured as it is learnt.
    #[must_use]
    pub fn image(&self, index: usize) -> Vec<u8> {
        self.data.settled(index, self.trainer.training().pixels, self.trainer.seed())
    }

    /// The weights file of the model as it is now, which `new Model` reads: "f32", "f16" or "int8".
    pub fn weights(&self, precision: &str) -> Result<Vec<u8>, Error> {
        let precision = Precision::from_name(precision).map_err(thrown)?;
        weights::to_bytes(self.trainer.model(), &History::default(), precision).map_err(thrown)
    }

    /// The weights file with a record of the run, to be kept: `training` is a JSON object whose entries join those that the
    /// run knows of itself, `metrics` is JSON or empty.
    pub fn file(&self, precision: &str, training: &str, metrics: &str) -> Result<Vec<u8>, Error> {
        let precision = Precision::from_name(precision).map_err(thrown)?;
        let mut record = self.run().record(&self.trainer);
        let (Value::Object(entries), Value::Object(added)) = (&mut record, json(training)?) else {
            let message = "training: expected a JSON object of entries for the record".into();
            return Err(thrown(error::Error::Config(message)));
        };
        entries.extend(added);
        let metrics = if metrics.is_empty() { Value::Null } else { json(metrics)? };
        let history = History { training: record, metrics };
        weights::to_bytes(self.trainer.model(), &history, precision).map_err(thrown)
    }

    /// All that `restore` needs to go on from here, bit for bit.
    pub fn state(&self) -> Result<Vec<u8>, Error> {
        self.run().state(&self.trainer).map_err(thrown)
    }

    /// Goes on from a state of the same run: config, seed, epochs and digest. Throws a `WeightsError` that says what
    /// differs.
    pub fn restore(&mut self, state: &[u8]) -> Result<(), Error> {
        let run = self.run();
        run.restore(&mut self.trainer, state).map_err(thrown)
    }

    /// What a state says of its run, as JSON: `{ run: { config, seed, epochs, data }, step, past }`.
    #[wasm_bindgen(js_name = stateRecord)]
    pub fn state_record(state: &[u8]) -> Result<String, Error> {
        let stopped = Stopped::from_bytes(state).map_err(thrown)?;
        Ok(serde_json::json!(stopped).to_string())
    }

    /// The digest of the images, where a state that it went on from had another.
    #[wasm_bindgen(setter)]
    pub fn set_digest(&mut self, digest: String) {
        self.digest = digest;
    }

    /// The config of now, as a config file's JSON.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn config(&self) -> String {
        serde_json::json!(self.run().config).to_string()
    }

    /// Steps taken.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn step(&self) -> f64 {
        self.trainer.steps() as f64
    }

    /// Steps in an epoch.
    #[wasm_bindgen(getter, js_name = stepsPerEpoch)]
    #[must_use]
    pub fn steps_per_epoch(&self) -> f64 {
        self.trainer.steps_per_epoch() as f64
    }

    /// Steps in the whole run.
    #[wasm_bindgen(getter, js_name = totalSteps)]
    #[must_use]
    pub fn total_steps(&self) -> f64 {
        self.trainer.total_steps() as f64
    }

    /// Images in a batch.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn batch(&self) -> usize {
        self.trainer.training().batch
    }

    /// The learning rate of the next step.
    #[wasm_bindgen(getter, js_name = learningRate)]
    #[must_use]
    pub fn learning_rate(&self) -> f32 {
        self.trainer.learning_rate()
    }

    /// The weight of KL in the next step.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn beta(&self) -> f32 {
        self.trainer.beta()
    }

    /// Another way to train from the next step on: the JSON of a config file's `training`. Throws a `ConfigError` for what
    /// no run may have or this one cannot change, and goes on as it was.
    #[wasm_bindgen(js_name = setTraining)]
    pub fn set_training(&mut self, training: &str) -> Result<(), Error> {
        let training: TrainingConfig =
            serde_json::from_str(training).map_err(|error| thrown(no_json(&error)))?;
        self.trainer.set_training(training).map_err(thrown)
    }

    /// Another weight of KL from the next step on: what its warm-up rises to. Throws a `ConfigError` for one that no run
    /// may have.
    #[wasm_bindgen(js_name = setBeta)]
    pub fn set_beta(&mut self, beta: f32) -> Result<(), Error> {
        self.trainer.set_beta(beta).map_err(thrown)
    }
}

/// A step that several workers take together, each with a trainer of the same run. Every phase of it ends with a letter, which
/// is as many numbers; a group is one of 0 parameters, 1 and 2 Adam's moments, 3 averaged parameters. Arrays may be on shared
/// memory.
#[wasm_bindgen(js_class = Trainer)]
impl WebTrainer {
    /// Takes the place `index` in a team of `of`; again, after all have been given what only others changed, when the run has
    /// been changed.
    pub fn join(&mut self, index: usize, of: usize) -> Result<(), Error> {
        self.member = Some(Member::new(&self.trainer, Shard { index, of }).map_err(thrown)?);
        Ok(())
    }

    /// How many phases a step has.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn phases(&self) -> usize {
        self.member().phases().len()
    }

    /// How many numbers a letter has at most.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn longest(&self) -> usize {
        self.member().longest(&self.trainer)
    }

    /// Computes a phase of the next step, and returns how many numbers the letter of each in the team has.
    pub fn compute(&mut self, phase: usize) -> Vec<u32> {
        let member = self.member.as_mut().expect(JOINED);
        let phase = member.phases()[phase];
        member.compute(&mut self.trainer, &self.data, phase);
        member.write(&self.trainer, phase, &mut self.letter);
        let of = 0..member.shard().of;
        of.map(|from| member.letter_len(&self.trainer, phase, from) as u32).collect()
    }

    /// Writes the own letter of the phase that was computed.
    pub fn write(&self, letter: &Float32Array) {
        letter.copy_from(&self.letter);
    }

    /// Reads the letter that `from` wrote, nothing instead of the own: of all, one after another.
    pub fn read(&mut self, phase: usize, from: usize, letter: Option<Float32Array>) {
        let member = self.member.as_mut().expect(JOINED);
        let phase = member.phases()[phase];
        let wanted = member.wanted(&self.trainer, phase, from);
        let Some(letter) = letter else {
            return member.read(&mut self.trainer, phase, from, &self.letter[wanted]);
        };
        self.incoming.resize(wanted.len(), 0.0);
        letter.subarray(wanted.start as u32, wanted.end as u32).copy_to(&mut self.incoming);
        member.read(&mut self.trainer, phase, from, &self.incoming);
    }

    /// After the last phase: this one's share of recon, KL and the squares of the gradient.
    pub fn share(&mut self) -> Vec<f64> {
        let Share { recon, kl, squares } =
            self.member.as_mut().expect(JOINED).share(&mut self.trainer);
        vec![recon, kl, squares]
    }

    /// Takes the step, where everyone's shares come to `sums`; what comes back is one step as `train` gives it, or thrown as
    /// there.
    pub fn apply(&mut self, sums: &[f64]) -> Result<Vec<f64>, Error> {
        let sum = Share { recon: sums[0], kl: sums[1], squares: sums[2] };
        let member = self.member.as_ref().expect(JOINED);
        let step = member.apply(&mut self.trainer, sum).map_err(thrown)?;
        Ok(triple(step).to_vec())
    }

    /// How many numbers of a group one in the team changes alone.
    #[must_use]
    pub fn owned(&self, of: usize) -> usize {
        self.member().own_numbers(&self.trainer, of).iter().map(Range::len).sum()
    }

    /// Writes the own numbers of a group, that nobody else has.
    pub fn give(&self, group: usize, to: &Float32Array) {
        let member = self.member();
        let mut at = 0;
        for part in member.own_numbers(&self.trainer, member.shard().index) {
            for (_, values) in self.trainer.group(GROUPS[group]).pieces(part) {
                to.subarray(at, at + values.len() as u32).copy_from(values);
                at += values.len() as u32;
            }
        }
    }

    /// Takes the numbers of a group that `owner` gave.
    pub fn take(&mut self, group: usize, owner: usize, from: &Float32Array) {
        let mut at = 0;
        for part in self.member().own_numbers(&self.trainer, owner) {
            for (_, values) in self.trainer.group_mut(GROUPS[group]).pieces_mut(part) {
                from.subarray(at, at + values.len() as u32).copy_to(values);
                at += values.len() as u32;
            }
        }
    }

    fn member(&self) -> &Member {
        self.member.as_ref().expect(JOINED)
    }

    fn run(&self) -> Run {
        Run::of(&self.trainer, &self.digest)
    }
}

const JOINED: &str = "`join` comes first";

const GROUPS: [Group; 4] =
    [Group::Parameters, Group::FirstMoment, Group::SecondMoment, Group::Averaged];

fn triple(Step { recon, kl, norm, .. }: Step) -> [f64; 3] {
    [recon, kl, norm]
}

/// Images as long as there are labels for.
fn dataset(images: Vec<u8>, labels: Vec<u8>) -> Result<Dataset, Error> {
    let pixels = images.len() / labels.len().max(1);
    Dataset::new(images, labels, pixels).map_err(thrown)
}

fn json(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|error| thrown(no_json(&error)))
}

fn no_json(error: &serde_json::Error) -> error::Error {
    error::Error::Config(error.to_string())
}

#[allow(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn thrown(error: error::Error) -> Error {
    js_error(&error)
}
