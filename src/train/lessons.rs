//! What a style model learns from: glyphs of fonts and of parametric hands, and what they are.

use std::ops::Range;

use rand::Rng;

use super::{
    Glyphs, Pairs, Split, StyleTraining,
    seeds::{Purpose, generator},
};
use crate::{
    error::{Error, Result},
    ink::{Hand, Medians},
    model::{StyleBatch, StyleConfig},
};

/// What a style model learns from.
pub struct StyleLessons {
    glyphs: Glyphs,
    /// The content picture of each character, `[characters, P, content]`.
    contents: Vec<f32>,
    /// The fonts to learn from by families, so that one of many weights counts no more than another.
    families: Vec<Vec<usize>>,
    /// The characters to learn from that each font has.
    drawn: Vec<Vec<usize>>,
    /// All characters to learn from.
    shown: Vec<usize>,
    /// What parametric hands write along.
    medians: Option<Medians>,
}

impl StyleLessons {
    /// The glyphs with the content picture of each of their characters, `[characters, P, content]`; with medians also what
    /// parametric hands write.
    ///
    /// # Errors
    /// [`Error::Data`] where there are not as many pictures as characters, medians lack one, or there is no font to learn
    /// from.
    pub fn new(glyphs: Glyphs, contents: Vec<f32>, medians: Option<Medians>) -> Result<Self> {
        let (characters, p) = (glyphs.characters().len(), glyphs.side() * glyphs.side());
        if contents.is_empty() || !contents.len().is_multiple_of(characters * p) {
            let got = contents.len();
            return Err(Error::Data(format!(
                "content pictures: expected values for {characters} x {p} pixels, got {got}"
            )));
        }
        let mut families: Vec<Vec<usize>> = Vec::new();
        let family = |font: usize| &glyphs.fonts()[font].family;
        for font in glyphs.fonts_of(Split::Train) {
            match families.iter_mut().find(|fonts| family(fonts[0]) == family(font)) {
                Some(fonts) => fonts.push(font),
                None => families.push(vec![font]),
            }
        }
        if families.is_empty() {
            return Err(Error::Data("glyphs: no font to learn from".into()));
        }
        let lacks = |medians: &Medians, &&c: &&char| medians.strokes(c).is_none();
        if let Some(medians) = &medians
            && let Some(character) = glyphs.characters().iter().find(|c| lacks(medians, c))
        {
            return Err(Error::Data(format!("medians: {character} is missing")));
        }
        let shown = (0..characters).filter(|&character| !glyphs.is_held_out(character)).collect();
        let drawn = (0..glyphs.fonts().len()).map(|font| glyphs.drawn_by(font, false)).collect();
        Ok(Self { glyphs, contents, families, drawn, shown, medians })
    }

    /// The glyphs.
    #[must_use]
    pub fn glyphs(&self) -> &Glyphs {
        &self.glyphs
    }

    /// The fonts to learn from by families.
    #[must_use]
    pub fn families(&self) -> &[Vec<usize>] {
        &self.families
    }

    /// The content picture of one character, `[P, content]`.
    #[must_use]
    pub fn content(&self, character: usize) -> &[f32] {
        let each = self.contents.len() / self.glyphs.characters().len();
        &self.contents[character * each..][..each]
    }

    /// The glyphs of some characters that a font has, `[B, P]` in 0..=1.
    ///
    /// # Panics
    /// Where it lacks one.
    #[must_use]
    pub fn glyphs_of(&self, font: usize, characters: &[usize]) -> Vec<f32> {
        let glyph = |&character: &usize| {
            self.glyphs.glyph(font, character).expect("a character that this font has")
        };
        characters.iter().flat_map(glyph).map(|&level| f32::from(level) / 255.0).collect()
    }

    /// Their content pictures, `[B, P, content]`.
    #[must_use]
    pub fn contents_of(&self, characters: &[usize]) -> Vec<f32> {
        characters.iter().flat_map(|&character| self.content(character)).copied().collect()
    }

    /// The mean level of the glyphs to learn from, in 0..=1.
    pub(super) fn mean(&self) -> f32 {
        let (mut sum, mut count) = (0.0_f64, 0.0);
        for &font in self.families.iter().flatten() {
            for glyph in self.drawn[font].iter().filter_map(|&c| self.glyphs.glyph(font, c)) {
                sum += glyph.iter().map(|&level| u64::from(level)).sum::<u64>() as f64;
                count += 255.0 * glyph.len() as f64;
            }
        }
        (sum / count) as f32
    }

    /// That a model can learn from these in this way.
    pub(super) fn check(&self, model: &StyleConfig, config: &StyleTraining) -> Result<()> {
        let (side, glyphs) = (model.side, self.glyphs.side());
        if side != glyphs {
            return Err(Error::Data(format!("the glyphs have side {glyphs}, this model {side}")));
        }
        let (channels, got) = (model.content, self.content(0).len() / (side * side));
        if got != channels {
            return Err(Error::Data(format!(
                "the content pictures have {got} channels, this model needs {channels}"
            )));
        }
        if config.hands > 0.0 && self.medians.is_none() {
            return Err(Error::Config("hands: expected 0, there are no medians to write".into()));
        }
        let needed = config.characters;
        let names = |font: usize| self.glyphs.fonts()[font].name.as_str();
        let fonts = self.families.iter().flatten().map(|&font| (names(font), &self.drawn[font]));
        for (name, drawn) in fonts.chain([("a hand", &self.shown)]) {
            let has = drawn.len();
            if has < needed {
                return Err(Error::Data(format!(
                    "{name} has {has} characters, a batch takes {needed}"
                )));
            }
        }
        Ok(())
    }

    /// Draws the fonts in `slots` of a step's batch: which, what of them, and as what hand would have changed them.
    pub(super) fn draw(
        &self,
        config: &StyleTraining,
        seed: u32,
        step: u64,
        slots: Range<usize>,
        batch: &mut StyleBatch,
    ) {
        let StyleBatch { glyphs, contents, examples } = batch;
        glyphs.clear();
        contents.clear();
        examples.clear();
        let (count, side) = (config.characters, self.glyphs.side());
        for slot in slots {
            let counter = step * config.fonts as u64 + slot as u64;
            let mut rng = generator(seed, Purpose::Order, counter);
            let hand = self.medians.as_ref().filter(|_| unit(&mut rng) < config.hands);
            if let Some(medians) = hand {
                let hand = Hand::random(&mut rng);
                for character in some(&mut rng, count, self.shown.len()) {
                    let character = self.shown[character];
                    let name = self.glyphs.characters()[character];
                    let glyph = hand.draw(medians, name, &mut rng, side);
                    push(&glyph.expect("all characters have medians"), glyphs);
                    contents.extend_from_slice(self.content(character));
                }
            } else {
                let family = &self.families[below(&mut rng, self.families.len())];
                let font = family[below(&mut rng, family.len())];
                let mut changed = vec![0; side * side];
                for character in some(&mut rng, count, self.drawn[font].len()) {
                    let character = self.drawn[font][character];
                    let glyph = self.glyphs.glyph(font, character).expect("drawn by this font");
                    // The same stream for each of the font: what changes one changes all.
                    let mut same = generator(seed, Purpose::Augment, counter);
                    config.augment.apply(glyph, side, side, &mut same, &mut changed);
                    push(&changed, glyphs);
                    contents.extend_from_slice(self.content(character));
                }
            }
            let first = examples.len() as u32;
            for own in 0..count as u32 {
                examples.push(match config.pairs {
                    Pairs::Within => vec![first + own],
                    Pairs::Intercross => {
                        let shown = 1 + below(&mut rng, config.examples);
                        let row =
                            |other: usize| first + other as u32 + u32::from(other as u32 >= own);
                        some(&mut rng, shown, count - 1).into_iter().map(row).collect()
                    }
                });
            }
        }
    }
}

/// A number below `end`, each about as likely.
fn below(rng: &mut impl Rng, end: usize) -> usize {
    ((u64::from(rng.next_u32()) * end as u64) >> 32) as usize
}

/// So many different numbers below `end`, which is no less.
fn some(rng: &mut impl Rng, count: usize, end: usize) -> Vec<usize> {
    let mut chosen = Vec::with_capacity(count);
    while chosen.len() < count {
        let next = below(rng, end);
        if !chosen.contains(&next) {
            chosen.push(next);
        }
    }
    chosen
}

/// Uniform in [0, 1): the top 24 bits of a draw.
fn unit(rng: &mut impl Rng) -> f32 {
    (rng.next_u32() >> 8) as f32 / (1 << 24) as f32
}

/// Adds levels as ink in 0..=1.
fn push(levels: &[u8], to: &mut Vec<f32>) {
    to.extend(levels.iter().map(|&level| f32::from(level) / 255.0));
}
