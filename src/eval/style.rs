//! What writing in a style is worth: fonts that no training has seen are continued from a few examples, on characters that
//! no training has seen, and compared with what they really look like.

use ndarray::{Array2, ArrayView2};
use rand::seq::SliceRandom;
use serde::Serialize;

use crate::{
    error::Result,
    model::{Classifier, StyleModel},
    train::{
        Refining, Split, StyleLessons,
        seeds::{Purpose, generator},
    },
};

/// Classifiers that were trained on the glyphs of all fonts, and tell of a glyph what a person would see.
#[derive(Debug, Clone, Copy, Default)]
pub struct StyleJudges<'a> {
    /// Tells the character.
    pub reader: Option<&'a Classifier>,
    /// Tells the font.
    pub fonts: Option<&'a Classifier>,
}

/// A font, a few of its characters as examples, and those to be written.
#[derive(Debug, Clone, Copy)]
pub struct StyleTask<'a> {
    /// The font's number.
    pub font: usize,
    /// What may be looked at of it.
    pub examples: &'a [usize],
    /// What is to be written.
    pub targets: &'a [usize],
}

/// A way to continue a font.
#[derive(Debug, Clone, Copy)]
pub enum Way<'a> {
    /// A model reads the examples' style and writes in it.
    Model(&'a StyleModel),
    /// The same after the style was refined on the examples.
    Refined(&'a StyleModel, Refining),
    /// The same model with the prior's mean for a style: no example is looked at.
    Unread(&'a StyleModel),
    /// The glyphs of the font, among those learned from, that is nearest on the examples.
    NearestFont,
    /// The mean glyph of all fonts learned from.
    MeanGlyph,
}

/// How well fonts were continued, averaged over glyphs within a font and then over fonts.
#[derive(Debug, Clone, Default, Serialize)]
pub struct StyleScore {
    /// The share of glyphs that are read as the character they are; `None` without a reader.
    pub read: Option<f64>,
    /// The share of glyphs that the judge of fonts holds rather for the true font's than for those of the font, among those
    /// learned from, that is nearest to the true one; `None` without that judge.
    pub judged_above_nearest: Option<f64>,
    /// The share of glyphs that it holds for the true font's, rather than any other's.
    pub judged_first: Option<f64>,
    /// The share of glyphs that are, pixel by pixel, nearer to the true font's than to the nearest font's.
    pub above_nearest: f64,
    /// The share of glyphs to which, of all fonts' glyphs of the character, the true font's is the nearest.
    pub first: f64,
    /// The root of the mean squared error of a pixel.
    pub rmse: f64,
}

/// The fonts that are tested with what is known about them.
pub struct StyleTest<'a> {
    lessons: &'a StyleLessons,
    fonts: Vec<TestFont>,
}

struct TestFont {
    font: usize,
    /// The characters that it may show.
    shown: Vec<usize>,
    targets: Vec<usize>,
    /// The font learned from that is nearest to it on all it may show.
    nearest: usize,
}

impl<'a> StyleTest<'a> {
    /// All test fonts, on the characters that are held out.
    #[must_use]
    pub fn new(lessons: &'a StyleLessons) -> Self {
        let glyphs = lessons.glyphs();
        let fonts = (glyphs.fonts_of(Split::Test))
            .map(|font| {
                let (shown, targets) = (glyphs.drawn_by(font, false), glyphs.drawn_by(font, true));
                let nearest = nearest_fonts(lessons, font, &shown)[0];
                TestFont { font, shown, targets, nearest }
            })
            .collect();
        Self { lessons, fonts }
    }

    /// Each font with that of those learned from which is nearest to it.
    pub fn fonts(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.fonts.iter().map(|font| (font.font, font.nearest))
    }

    /// So many examples of a font, in an order that depends on the draw alone: fewer are the first of more.
    #[must_use]
    pub fn examples(&self, font: usize, count: usize, draw: u32) -> Vec<usize> {
        let font = self.fonts.iter().find(|test| test.font == font).expect("a test font");
        let mut order = font.shown.clone();
        order.shuffle(&mut generator(draw, Purpose::Subset, font.font as u64));
        order.truncate(count);
        order
    }

    /// Continues each font from so many examples, as often as there are draws, and says how well: of each font.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::error::Error::Shape) where a judge is of other glyphs.
    pub fn scores(
        &self,
        way: Way<'_>,
        examples: usize,
        draws: u32,
        judges: StyleJudges<'_>,
    ) -> Result<Vec<StyleScore>> {
        let mut scores = Vec::with_capacity(self.fonts.len());
        for font in &self.fonts {
            let mut sum = StyleScore::default();
            for draw in 0..draws {
                let examples = self.examples(font.font, examples, draw);
                let targets = &font.targets;
                let task = StyleTask { font: font.font, examples: &examples, targets };
                sum.add(
                    &self.score(font, &way.write(self.lessons, task), judges)?,
                    f64::from(draws),
                );
            }
            scores.push(sum);
        }
        Ok(scores)
    }

    fn score(
        &self,
        font: &TestFont,
        written: &[f32],
        judges: StyleJudges<'_>,
    ) -> Result<StyleScore> {
        let TestFont { font, targets, nearest, .. } = font;
        let glyphs = self.lessons.glyphs();
        let p = glyphs.side() * glyphs.side();
        let each = targets.len() as f64;
        let x = ArrayView2::from_shape((targets.len(), p), written).expect("one glyph for each");
        let told =
            |judge: Option<&Classifier>| judge.map(|judge| judge.probabilities(x)).transpose();
        let (characters, fonts) = (told(judges.reader)?, told(judges.fonts)?);
        let mut score = StyleScore::default();
        for (row, (written, &target)) in written.chunks_exact(p).zip(targets).enumerate() {
            let distance_to = |font: usize| {
                let glyph = glyphs.glyph(font, target)?;
                Some(squared_distance(written, glyph))
            };
            let truth = distance_to(*font).expect("a target is drawn by its font");
            let is_first = (0..glyphs.fonts().len())
                .filter(|other| other != font)
                .filter_map(distance_to)
                .all(|other| truth < other);
            let is_above = distance_to(*nearest).is_none_or(|nearest| truth < nearest);
            let most = |told: &Array2<f32>, class: usize| {
                let row = told.row(row);
                f64::from(row.iter().all(|&other| other <= row[class]))
            };
            let above = |told: &Array2<f32>| f64::from(told[[row, *font]] > told[[row, *nearest]]);
            let one = StyleScore {
                read: characters.as_ref().map(|told| most(told, target)),
                judged_above_nearest: fonts.as_ref().map(above),
                judged_first: fonts.as_ref().map(|told| most(told, *font)),
                above_nearest: f64::from(is_above),
                first: f64::from(is_first),
                rmse: (truth / p as f64).sqrt(),
            };
            score.add(&one, each);
        }
        Ok(score)
    }
}

impl StyleScore {
    /// The mean of several.
    #[must_use]
    pub fn mean(scores: &[Self]) -> Self {
        let mut mean = Self::default();
        scores.iter().for_each(|score| mean.add(score, scores.len() as f64));
        mean
    }

    fn add(&mut self, one: &Self, of: f64) {
        let sum = |to: &mut Option<f64>, one: Option<f64>| {
            *to = one.map(|one| to.unwrap_or(0.0) + one / of);
        };
        sum(&mut self.read, one.read);
        sum(&mut self.judged_above_nearest, one.judged_above_nearest);
        sum(&mut self.judged_first, one.judged_first);
        self.above_nearest += one.above_nearest / of;
        self.first += one.first / of;
        self.rmse += one.rmse / of;
    }
}

impl Way<'_> {
    /// The targets of a task, `[B, P]` in 0..=1.
    #[must_use]
    pub fn write(self, lessons: &StyleLessons, task: StyleTask<'_>) -> Vec<f32> {
        let StyleTask { font, examples, targets } = task;
        let in_style = |model: &StyleModel, style: &[f32]| {
            model.write(&style.repeat(targets.len()), &lessons.contents_of(targets))
        };
        match self {
            Self::Model(model) => {
                let shown = lessons.glyphs_of(font, examples);
                let read = model.read_together(&shown, &lessons.contents_of(examples));
                in_style(model, &read.mu)
            }
            Self::Refined(model, refining) => {
                let shown = lessons.glyphs_of(font, examples);
                let contents = lessons.contents_of(examples);
                let read = model.read_together(&shown, &contents);
                in_style(model, &refining.refine(model, &read, &shown, &contents))
            }
            Self::Unread(model) => in_style(model, &vec![0.0; model.style_size()]),
            Self::NearestFont => {
                let order = nearest_fonts(lessons, font, examples);
                let nearest = |&target: &usize| {
                    // The nearest of those that have the character.
                    let has = |&&other: &&usize| lessons.glyphs().glyph(other, target).is_some();
                    let font = order.iter().find(has).expect("some font has every character");
                    lessons.glyphs_of(*font, &[target])
                };
                targets.iter().flat_map(nearest).collect()
            }
            Self::MeanGlyph => targets.iter().flat_map(|&t| mean_glyph(lessons, t)).collect(),
        }
    }
}

/// The fonts that are learned from, the nearest to `font` on these characters first: by the mean squared distance over those
/// that both have.
fn nearest_fonts(lessons: &StyleLessons, font: usize, characters: &[usize]) -> Vec<usize> {
    let glyphs = lessons.glyphs();
    let distance = |other: usize| {
        let (mut sum, mut count) = (0.0, 0.0);
        for &character in characters {
            if let (Some(a), Some(b)) =
                (glyphs.glyph(font, character), glyphs.glyph(other, character))
            {
                let a: Vec<f32> = a.iter().map(|&level| f32::from(level) / 255.0).collect();
                sum += squared_distance(&a, b);
                count += 1.0;
            }
        }
        if count > 0.0 { sum / count } else { f64::INFINITY }
    };
    let mut order: Vec<(f64, usize)> =
        glyphs.fonts_of(Split::Train).map(|other| (distance(other), other)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    order.into_iter().map(|(_, other)| other).collect()
}

/// The mean of a character's glyphs in the fonts that are learned from, each family counting once.
fn mean_glyph(lessons: &StyleLessons, character: usize) -> Vec<f32> {
    let glyphs = lessons.glyphs();
    let mut mean = vec![0.0; glyphs.side() * glyphs.side()];
    let mut weight = 0.0;
    for family in lessons.families() {
        let drawn: Vec<&[u8]> =
            family.iter().filter_map(|&font| glyphs.glyph(font, character)).collect();
        for glyph in &drawn {
            let share = 1.0 / (255.0 * drawn.len() as f32);
            mean.iter_mut()
                .zip(*glyph)
                .for_each(|(mean, &level)| *mean += f32::from(level) * share);
        }
        weight += f32::from(u8::from(!drawn.is_empty()));
    }
    mean.iter_mut().for_each(|mean| *mean /= weight.max(1.0));
    mean
}

/// Of levels in 0..=1 from levels in 0..=255.
fn squared_distance(a: &[f32], b: &[u8]) -> f64 {
    let squares = a.iter().zip(b).map(|(a, &b)| (a - f32::from(b) / 255.0).powi(2));
    f64::from(squares.sum::<f32>())
}
