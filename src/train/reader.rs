//! What a reader of glyphs learns from: each glyph of each font is a picture of its character, and a sample of its font.

use rand::Rng;

use super::{
    Glyphs, Labelled,
    seeds::{Purpose, generator},
};

/// One glyph of so many is kept out.
const KEPT_OUT: u32 = 10;

/// What a reader tells of a glyph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Which character it is.
    Character,
    /// Which font drew it.
    Font,
}

/// Some of the glyphs, each labelled with a number.
#[derive(Debug, Clone)]
pub struct Readings<'a> {
    glyphs: &'a Glyphs,
    told: Told,
    /// Font and character.
    pairs: Vec<[u16; 2]>,
}

impl<'a> Readings<'a> {
    /// All glyphs there are, whatever may be seen of them by others: about nine in ten to learn from, and the rest, drawn by
    /// `seed`, to be tested on.
    #[must_use]
    pub fn split(glyphs: &'a Glyphs, told: Told, seed: u32) -> [Self; 2] {
        let mut rng = generator(seed, Purpose::Subset, 0);
        let mut pairs = [Vec::new(), Vec::new()];
        for font in 0..glyphs.fonts().len() {
            for character in 0..glyphs.characters().len() {
                let is_kept_out = rng.next_u32().is_multiple_of(KEPT_OUT);
                if glyphs.glyph(font, character).is_some() {
                    pairs[usize::from(is_kept_out)].push([font as u16, character as u16]);
                }
            }
        }
        pairs.map(|pairs| Self { glyphs, told, pairs })
    }
}

impl Labelled for Readings<'_> {
    fn len(&self) -> usize {
        self.pairs.len()
    }

    fn pixels(&self) -> usize {
        self.glyphs.side().pow(2)
    }

    fn image(&self, index: usize) -> &[u8] {
        let [font, character] = self.pairs[index].map(usize::from);
        self.glyphs.glyph(font, character).expect("only glyphs that are there are listed")
    }

    fn label(&self, index: usize) -> u16 {
        let [font, character] = self.pairs[index];
        match self.told {
            Told::Character => character,
            Told::Font => font,
        }
    }
}
