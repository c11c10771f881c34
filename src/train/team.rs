//! One step that several trainers of the same run take together.
//!
//! Each takes some images of the batch; every number of a gradient is the sum of all their shares, and everyone changes all
//! numbers alike. Of an MLP the two outer layers, most of its numbers, are divided by their outputs instead ([`Ends`]): what
//! belongs to an output is changed by one trainer alone and never sent, and the layers' activations are. So that nobody waits
//! inside of a computation, a step is a few phases; after each, everyone writes one letter and reads those of all.

use std::ops::Range;

use super::{
    Dataset, Group, Step, Trainer,
    batches::{Batches, Reading},
};
use crate::{
    error::{Error, Result},
    model::{Ends, Loss, Pass},
};

/// One of several equal parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which, counted from 0.
    pub index: usize,
    /// N, how many there are.
    pub of: usize,
}

impl Shard {
    /// Its share of `count` things in a row: together the shards have each once.
    #[must_use]
    pub fn part(self, count: usize) -> Range<usize> {
        assert!(self.index < self.of, "shard {} of {}", self.index, self.of);
        let border = |i: usize| count * i / self.of;
        border(self.index)..border(self.index + 1)
    }
}

/// What one trainer's part of a step comes to; the step's is the sum over the team.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Share {
    /// Of D, averaged over B.
    pub recon: f64,
    /// Of KL, averaged over B.
    pub kl: f64,
    /// The squares of the gradient's numbers that it alone changes.
    pub squares: f64,
}

/// What everyone computes before a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The own outputs of a divided first layer, of the whole batch.
    First,
    /// From there to what enters the last layer, of the own images.
    Inner,
    /// The own pixels, of the whole batch, and back through the last layer.
    Last,
    /// The gradient of all that is not divided, of the own images.
    Gradient,
}

/// A trainer's place in a team.
#[derive(Debug, Clone)]
pub struct Member {
    shard: Shard,
    divided: Option<Divided>,
    /// Numbers that everyone changes, and then those that only this one does.
    parts: Vec<Range<usize>>,
    commons: usize,
    share: Share,
    /// The sum of the letters' common numbers of the gradient.
    sum: Vec<f32>,
    /// A pass of the whole batch, where free bits need its KL.
    whole: Pass,
}

/// What crosses the borders of divided layers; arrays in pairs are values and their gradient.
#[derive(Debug, Clone)]
struct Divided {
    ends: Ends,
    /// Outputs of the first layer, and of the last, that are this member's.
    hidden: Range<usize>,
    pixels: Range<usize>,
    /// The own outputs of the first layer, `[B, hidden.len()]`.
    first: [Vec<f32>; 2],
    /// All its outputs, `[b, H]`, of the own images.
    rows: [Vec<f32>; 2],
    /// What enters the last layer, `[B, I]`; its gradient by the own pixels.
    inner: [Vec<f32>; 2],
    /// The same by all pixels, `[b, I]`, of the own images.
    d_inner: Vec<f32>,
    /// The own pixels, `[B, pixels.len()]`: x, logits, and the gradient of these.
    last: [Vec<f32>; 3],
    /// The own images of the batch after this one, and that batch as the letters bring it together.
    ahead: Batches,
    next: Vec<f32>,
    next_reading: Option<Reading>,
    /// KL of each latent dimension that free bits look at, of the own images, averaged over B.
    kl: Vec<f32>,
}

impl Member {
    /// A place in a team for the trainer of a run. Who has had one before has the numbers that only others changed as they were
    /// then, and is given them first.
    ///
    /// # Errors
    /// [`Error::Config`] where the model has a codebook, whose counts are of whole batches.
    pub fn new(trainer: &Trainer, shard: Shard) -> Result<Self> {
        if trainer.model.codebook().is_some() {
            return Err(Error::Config("workers: a codebook is learned by one, expected 1".into()));
        }
        let parameters = trainer.group(Group::Parameters);
        let pixels = trainer.model.pixels();
        // Importance weights compare the D of all pixels; classes are told with whole images.
        let is_divisible = trainer.training().samples == 1 && trainer.model.classes() == 0;
        let ends = Ends::of(&trainer.model)
            .filter(|ends| is_divisible && ends.hidden().min(pixels) >= shard.of);
        let mut divided = Vec::new();
        let mut own = Vec::new();
        if let Some(ends) = &ends {
            divided = ends.numbers_of(parameters, 0..ends.hidden(), 0..pixels);
            own = own_numbers(ends, trainer, shard);
        }
        let (mut parts, mut from, end) = (Vec::new(), 0, parameters.count());
        divided.push(end..end);
        for divided in divided {
            if from < divided.start {
                parts.push(from..divided.start);
            }
            from = divided.end;
        }
        let commons = parts.len();
        parts.extend(own);
        let divided = ends.map(|ends| Divided {
            hidden: shard.part(ends.hidden()),
            pixels: shard.part(pixels),
            ends,
            first: Default::default(),
            rows: Default::default(),
            inner: Default::default(),
            d_inner: Vec::new(),
            last: Default::default(),
            ahead: Batches::new(trainer.batches.images()),
            next: Vec::new(),
            next_reading: None,
            kl: Vec::new(),
        });
        let (share, sum, whole) = (Share::default(), Vec::new(), Pass::default());
        Ok(Self { shard, divided, parts, commons, share, sum, whole })
    }

    /// Which of the team.
    #[must_use]
    pub fn shard(&self) -> Shard {
        self.shard
    }

    /// What a step consists of, one after another; after the last, [`share`](Self::share) and [`apply`](Self::apply).
    #[must_use]
    pub fn phases(&self) -> &'static [Phase] {
        use Phase::{First, Gradient, Inner, Last};
        if self.divided.is_some() { &[First, Inner, Last, Gradient] } else { &[Gradient] }
    }

    /// Computes a phase of the next step.
    pub fn compute(&mut self, trainer: &mut Trainer, data: &Dataset, phase: Phase) {
        let (batch, free_bits) = (trainer.training().batch, trainer.training().free_bits);
        let (rows, size) = (self.shard.part(batch), trainer.model.latent_size());
        let Some(divided) = &mut self.divided else {
            trainer.pass.kl_of_batch.clear();
            if free_bits > 0.0 {
                // Which dimensions are free is a matter of the whole batch.
                trainer.read(data, 0..batch);
                self.whole.tell(trainer.batches.labels());
                trainer.model.encode_pass(trainer.batches.x(), &mut self.whole);
                trainer.pass.kl_of_batch.extend(self.whole.kl_per_dim(size));
            }
            let Loss { recon, kl } = trainer.gradient(data, rows);
            (self.share.recon, self.share.kl) = (recon, kl);
            return;
        };
        let Divided { ends, first, inner: [inner, d_inner], last, .. } = divided;
        match phase {
            Phase::First => {
                if divided.next_reading.take() == Some(trainer.reading(0)) {
                    trainer.batches.swap(&mut divided.next);
                } else {
                    trainer.read(data, 0..batch);
                }
                let hidden = divided.hidden.clone();
                first[0].resize(batch * hidden.len(), 0.0);
                ends.forward_first(&trainer.model, trainer.batches.x(), hidden, &mut first[0]);
            }
            Phase::Inner => {
                let share = rows.len() as f32 / batch as f32;
                trainer.draw(rows);
                let pass = &mut trainer.pass;
                let kl = ends.forward_inner(&trainer.model, &divided.rows[0], pass);
                self.share.kl = kl / batch as f64;
                divided.kl.clear();
                if free_bits > 0.0 {
                    divided.kl.extend(pass.kl_per_dim(size).map(|kl| kl * share));
                }
            }
            Phase::Last => {
                let (part, pixels) = (divided.pixels.clone(), trainer.model.pixels());
                let [x, logits, d_logits] = last;
                x.clear();
                let images = trainer.batches.x().chunks_exact(pixels);
                images.for_each(|image| x.extend_from_slice(&image[part.clone()]));
                logits.resize(x.len(), 0.0);
                d_logits.resize(x.len(), 0.0);
                d_inner.resize(inner.len(), 0.0);
                let (model, gradient) = (&trainer.model, &mut trainer.gradient);
                let out = [&mut logits[..], d_logits, d_inner];
                self.share.recon = ends.last(model, (inner, x), part, out, gradient);
            }
            Phase::Gradient => {
                let scale = trainer.beta() / batch as f32;
                let [hidden, d_hidden] = &mut divided.rows;
                d_hidden.resize(hidden.len(), 0.0);
                let (pass, gradient) = (&mut trainer.pass, &mut trainer.gradient);
                let hidden = (&hidden[..], &mut d_hidden[..]);
                let d_inner = &divided.d_inner;
                ends.backward_inner(&trainer.model, hidden, d_inner, scale, pass, gradient);
                divided.ahead.read(data, trainer.reading(1), rows);
            }
        }
    }

    /// How many numbers the letter of a member has after a phase.
    #[must_use]
    pub fn letter_len(&self, trainer: &Trainer, phase: Phase, from: usize) -> usize {
        let (from, batch) = (Shard { index: from, ..self.shard }, trainer.training().batch);
        let common = || self.common().iter().map(Range::len).sum::<usize>();
        let Some(Divided { ends, kl, .. }) = &self.divided else { return common() };
        let rows = from.part(batch).len();
        match phase {
            Phase::First => batch * from.part(ends.hidden()).len(),
            Phase::Inner => rows * ends.inner() + kl.len(),
            Phase::Last => batch * ends.inner(),
            Phase::Gradient => rows * (ends.hidden() + trainer.model.pixels()) + common(),
        }
    }

    /// How many numbers a letter has at most, if it is of a phase, or of what one member alone changes.
    #[must_use]
    pub fn longest(&self, trainer: &Trainer) -> usize {
        let lengths = (0..self.shard.of).flat_map(|from| {
            let phases = self.phases().iter().map(move |&phase| (phase, from));
            let letters = phases.map(|(phase, from)| self.letter_len(trainer, phase, from));
            letters.chain([self.own_numbers(trainer, from).iter().map(Range::len).sum()])
        });
        // The KL of free bits, which may be asked for later.
        lengths.max().unwrap_or(0) + trainer.model.latent_size()
    }

    /// Writes what this phase came to, for everyone, this member among them.
    pub fn write(&self, trainer: &Trainer, phase: Phase, letter: &mut Vec<f32>) {
        letter.clear();
        if let Some(Divided { ends, first, rows, inner, ahead, kl, .. }) = &self.divided {
            match phase {
                Phase::First => letter.extend_from_slice(&first[0]),
                Phase::Inner => {
                    letter.extend_from_slice(ends.inner_output(&trainer.pass));
                    letter.extend_from_slice(kl);
                }
                Phase::Last => letter.extend_from_slice(&inner[1]),
                Phase::Gradient => {
                    letter.extend_from_slice(&rows[1]);
                    letter.extend_from_slice(ahead.x());
                }
            }
        }
        if phase == Phase::Gradient {
            let pieces =
                self.common().iter().flat_map(|part| trainer.gradient.pieces(part.clone()));
            pieces.for_each(|(_, values)| letter.extend_from_slice(values));
        }
    }

    /// Which numbers of a letter this member reads.
    #[must_use]
    pub fn wanted(&self, trainer: &Trainer, phase: Phase, from: usize) -> Range<usize> {
        let length = self.letter_len(trainer, phase, from);
        let (batch, rows) = (trainer.training().batch, self.shard.part(trainer.training().batch));
        match phase {
            Phase::First | Phase::Last => rows.start * length / batch..rows.end * length / batch,
            Phase::Inner | Phase::Gradient => 0..length,
        }
    }

    /// Reads of a member's letter what is [wanted](Self::wanted). All are read in the order of the members, the own one too: so
    /// sums are the same everywhere.
    pub fn read(&mut self, trainer: &mut Trainer, phase: Phase, from: usize, letter: &[f32]) {
        let (shard, batch) = (Shard { index: from, ..self.shard }, trainer.training().batch);
        let rows = self.shard.part(batch);
        let mut letter = letter;
        if let Some(divided) = &mut self.divided {
            let (theirs, width, depth) =
                (shard.part(batch), divided.ends.hidden(), divided.ends.inner());
            match phase {
                Phase::First => {
                    let part = shard.part(width);
                    let hidden = &mut divided.rows[0];
                    hidden.resize(rows.len() * width, 0.0);
                    let values = letter.chunks_exact(part.len());
                    for (row, values) in hidden.chunks_exact_mut(width).zip(values) {
                        row[part.clone()].copy_from_slice(values);
                    }
                }
                Phase::Inner => {
                    let inner = &mut divided.inner[0];
                    inner.resize(batch * depth, 0.0);
                    let (values, kl) = letter.split_at(theirs.len() * depth);
                    inner[theirs.start * depth..][..values.len()].copy_from_slice(values);
                    add(from == 0, kl, &mut trainer.pass.kl_of_batch);
                }
                Phase::Last => add(from == 0, letter, &mut divided.d_inner),
                Phase::Gradient => {
                    let (part, d_first) = (divided.hidden.clone(), &mut divided.first[1]);
                    d_first.resize(batch * part.len(), 0.0);
                    let (values, rest) = letter.split_at(theirs.len() * width);
                    let own = d_first.chunks_exact_mut(part.len()).skip(theirs.start);
                    for (row, values) in own.zip(values.chunks_exact(width)) {
                        row.copy_from_slice(&values[part.clone()]);
                    }
                    let pixels = trainer.model.pixels();
                    let (x, rest) = rest.split_at(theirs.len() * pixels);
                    divided.next.resize(batch * pixels, 0.0);
                    divided.next[theirs.start * pixels..][..x.len()].copy_from_slice(x);
                    divided.next_reading = Some(trainer.reading(1));
                    letter = rest;
                }
            }
        }
        if phase == Phase::Gradient {
            add(from == 0, letter, &mut self.sum);
        }
    }

    /// Ends the computation when all letters are read.
    pub fn share(&mut self, trainer: &mut Trainer) -> Share {
        let mut sum = &self.sum[..];
        for part in &self.parts[..self.commons] {
            for (_, values) in trainer.gradient.pieces_mut(part.clone()) {
                let (own, rest) = sum.split_at(values.len());
                values.copy_from_slice(own);
                sum = rest;
            }
        }
        if let Some(Divided { ends, hidden, first: [y, d_y], .. }) = &mut self.divided {
            let (x, gradient) = (trainer.batches.x(), &mut trainer.gradient);
            ends.backward_first(&trainer.model, x, (y, d_y), hidden.clone(), gradient);
        }
        let own = self.parts[self.commons..].iter();
        self.share.squares = own.map(|part| trainer.squares(part)).sum();
        self.share
    }

    /// Takes the step, where `sum` is that of everyone's share, in the order of the members.
    ///
    /// # Errors
    /// As [`Trainer::step`]: the same for all, because it follows from what is the same for all.
    pub fn apply(&self, trainer: &mut Trainer, sum: Share) -> Result<Step> {
        let Share { recon, kl, squares } = sum;
        let common: f64 = self.common().iter().map(|part| trainer.squares(part)).sum();
        trainer.apply(Loss { recon, kl }, squares + common, &self.parts)
    }

    /// The numbers that one member alone changes, as [`Parameters::pieces`](crate::nn::Parameters::pieces) counts them. What
    /// needs all numbers of a group, a file or a measure, needs these of everyone.
    #[must_use]
    pub fn own_numbers(&self, trainer: &Trainer, of: usize) -> Vec<Range<usize>> {
        let shard = Shard { index: of, ..self.shard };
        self.divided.as_ref().map_or_else(Vec::new, |d| own_numbers(&d.ends, trainer, shard))
    }

    fn common(&self) -> &[Range<usize>] {
        &self.parts[..self.commons]
    }
}

fn own_numbers(ends: &Ends, trainer: &Trainer, shard: Shard) -> Vec<Range<usize>> {
    let (hidden, pixels) = (shard.part(ends.hidden()), shard.part(trainer.model.pixels()));
    ends.numbers_of(trainer.group(Group::Parameters), hidden, pixels)
}

/// Adds to a sum, which the first begins.
fn add(is_first: bool, values: &[f32], sum: &mut Vec<f32>) {
    if is_first {
        sum.clear();
        sum.extend_from_slice(values);
    } else {
        sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += *value);
    }
}
