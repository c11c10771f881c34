//! Characters drawn by many fonts, and which of both no training may see.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What `cargo xtask glyphs` writes: the list, and every glyph as grey levels, 255 = ink.
#[derive(Debug, Clone)]
pub struct Glyphs {
    list: List,
    characters: Vec<char>,
    is_held_out: Vec<bool>,
    levels: Vec<u8>,
}

/// A font, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Font {
    /// Its name.
    pub name: String,
    /// Fonts of one family are one hand's: none of them is tested where another is learned from.
    pub family: String,
    /// `kai`, `song`, `hei`, `running`, `cursive`, `hand` or `display`.
    pub kind: String,
    /// What it may be used for.
    pub split: Split,
}

/// What a font may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// Learning.
    Train,
    /// Measuring.
    Test,
}

#[derive(Debug, Clone, Deserialize)]
struct List {
    side: usize,
    characters: String,
    #[serde(rename = "heldOut")]
    held_out: String,
    fonts: Vec<Font>,
}

impl Glyphs {
    /// Reads the list (JSON) and the levels, `[fonts, characters, side, side]`.
    ///
    /// # Errors
    /// [`Error::Data`] where they are not that.
    pub fn from_parts(list: &[u8], levels: Vec<u8>) -> Result<Self> {
        let list: List = serde_json::from_slice(list)
            .map_err(|error| Error::Data(format!("the list of glyphs: {error}")))?;
        let characters: Vec<char> = list.characters.chars().collect();
        let (fonts, side) = (list.fonts.len(), list.side);
        let expected = fonts * characters.len() * side * side;
        if levels.len() != expected || expected == 0 {
            return Err(Error::Data(format!(
                "glyphs: {fonts} fonts x {} characters x {side} x {side} levels are {expected}, got {}",
                characters.len(),
                levels.len()
            )));
        }
        let is_held_out = characters.iter().map(|&c| list.held_out.contains(c)).collect();
        Ok(Self { list, characters, is_held_out, levels })
    }

    /// Side of a glyph, in pixels.
    #[must_use]
    pub fn side(&self) -> usize {
        self.list.side
    }

    /// The fonts, in the order of their numbers.
    #[must_use]
    pub fn fonts(&self) -> &[Font] {
        &self.list.fonts
    }

    /// The numbers of the fonts of one split.
    pub fn fonts_of(&self, split: Split) -> impl Iterator<Item = usize> + '_ {
        (0..self.list.fonts.len()).filter(move |&font| self.list.fonts[font].split == split)
    }

    /// The characters, in the order of their numbers.
    #[must_use]
    pub fn characters(&self) -> &[char] {
        &self.characters
    }

    /// Whether no training may see this character.
    #[must_use]
    pub fn is_held_out(&self, character: usize) -> bool {
        self.is_held_out[character]
    }

    /// The levels of a glyph, row by row; `None` where the font has none.
    #[must_use]
    pub fn glyph(&self, font: usize, character: usize) -> Option<&[u8]> {
        let p = self.list.side * self.list.side;
        let levels = &self.levels[(font * self.characters.len() + character) * p..][..p];
        levels.iter().any(|&level| level > 0).then_some(levels)
    }

    /// The numbers of the characters that a font has, of those that are held out or of the others.
    #[must_use]
    pub fn drawn_by(&self, font: usize, is_held_out: bool) -> Vec<usize> {
        let fits = |&c: &usize| self.is_held_out[c] == is_held_out && self.glyph(font, c).is_some();
        (0..self.characters.len()).filter(fits).collect()
    }
}
