//! How characters are built: for each its strokes in the order of writing, each the line along its middle.
//!
//! ```text
//! file:       "latent-ink strokes 1\n", characters u16, then each character
//! character:  code point u16, strokes u8, then each stroke
//! stroke:     points u8, then x y of each as u8: the step from the point before (the first from 0 0), modulo 256
//! ```
//!
//! Numbers are little-endian. 0 to 255 is the em square from left to right and from top to bottom. What a character is built
//! of says all about it but its style, so it can be written in a style that nobody has seen it in.

use std::collections::BTreeMap;
use std::ops::Range;

use super::pen::{Nib, Touch, trace};
use crate::error::{Error, Result};

/// What the file begins with.
const MAGIC: &[u8] = b"latent-ink strokes 1\n";

/// Width of the lines of [`Medians::picture`], as a share of its side. Chosen: 1.5 of 40 pixels, thin enough to keep lines
/// apart, and wide enough that none falls between pixels.
const LINE: f32 = 1.5 / 40.0;

/// The strokes of many characters.
#[derive(Debug, Clone, PartialEq)]
pub struct Medians {
    /// In units of the em square.
    points: Vec<[f32; 2]>,
    /// Where each stroke lies in `points`.
    strokes: Vec<Range<usize>>,
    characters: Vec<char>,
    /// Where each character's strokes lie in `strokes`.
    places: BTreeMap<char, Range<usize>>,
}

impl Medians {
    /// Reads the file.
    ///
    /// # Errors
    /// [`Error::Ink`] with what was expected and what came.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut rest = bytes.strip_prefix(MAGIC).ok_or_else(|| {
            Error::Ink("strokes: this file does not begin as a file of strokes does".into())
        })?;
        let count = usize::from(u16::from_le_bytes(take(&mut rest)?));
        let mut medians = Self {
            points: Vec::new(),
            strokes: Vec::new(),
            characters: Vec::with_capacity(count),
            places: BTreeMap::new(),
        };
        for _ in 0..count {
            medians.read_character(&mut rest)?;
        }
        if !rest.is_empty() {
            let left = rest.len();
            return Err(Error::Ink(format!(
                "strokes: {left} bytes after the last of {count} characters, expected none"
            )));
        }
        Ok(medians)
    }

    fn read_character(&mut self, rest: &mut &[u8]) -> Result<()> {
        let [low, high, strokes] = take(rest)?;
        let code = u16::from_le_bytes([low, high]);
        let Some(character) = char::from_u32(code.into()) else {
            return Err(Error::Ink(format!("strokes: {code} is no character")));
        };
        let first = self.strokes.len();
        for _ in 0..strokes {
            let ([count], start) = (take(rest)?, self.points.len());
            let mut at = [0_u8; 2];
            for _ in 0..count {
                let step: [u8; 2] = take(rest)?;
                at = [at[0].wrapping_add(step[0]), at[1].wrapping_add(step[1])];
                self.points.push(at.map(|value| f32::from(value) / 255.0));
            }
            if count < 2 {
                let message = format!(
                    "strokes: a stroke of {character} has {count} points, expected 2 or more"
                );
                return Err(Error::Ink(message));
            }
            self.strokes.push(start..self.points.len());
        }
        self.characters.push(character);
        if strokes == 0 || self.places.insert(character, first..self.strokes.len()).is_some() {
            let what = if strokes == 0 { "has no strokes" } else { "comes twice" };
            return Err(Error::Ink(format!("strokes: {character} {what}")));
        }
        Ok(())
    }

    /// The characters in the order of the file: the most frequent first.
    #[must_use]
    pub fn characters(&self) -> &[char] {
        &self.characters
    }

    /// The strokes of a character in the order of writing, each of 2 or more points in 0..=1, y down; `None` for a character
    /// that the file does not have.
    pub fn strokes(&self, character: char) -> Option<impl ExactSizeIterator<Item = &[[f32; 2]]>> {
        let strokes = self.strokes.get(self.places.get(&character)?.clone())?;
        Some(strokes.iter().map(|stroke| &self.points[stroke.clone()]))
    }

    /// A character as thin lines that say where they go: ink, and the direction of the stroke times ink. The same natively
    /// and in WebAssembly.
    ///
    /// # Shapes
    /// → `[side, side, 3]`: ink in 0..=1, cos · ink, sin · ink, with y down.
    #[must_use]
    pub fn picture(&self, character: char, side: usize) -> Option<Vec<f32>> {
        let mut picture = vec![0.0; side * side * 3];
        let touch = |point: &[f32; 2]| Touch { at: *point, radius: LINE / 2.0 }.times(side as f32);
        for stroke in self.strokes(character)? {
            for pair in stroke.windows(2) {
                let [from, to] = [touch(&pair[0]), touch(&pair[1])];
                let along = [to.at[0] - from.at[0], to.at[1] - from.at[1]];
                let length = (along[0] * along[0] + along[1] * along[1]).sqrt();
                if length == 0.0 {
                    continue;
                }
                trace(side, &Nib::ROUND, [from, to], |pixel, ink| {
                    if ink > picture[3 * pixel] {
                        let [cos, sin] = along.map(|part| part / length * ink);
                        picture[3 * pixel..][..3].copy_from_slice(&[ink, cos, sin]);
                    }
                });
            }
        }
        Some(picture)
    }
}

/// The next N bytes.
fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N]> {
    let (bytes, after) = rest.split_first_chunk().ok_or_else(|| {
        let left = rest.len();
        Error::Ink(format!("strokes: the file ends too early: expected {N} more bytes, got {left}"))
    })?;
    *rest = after;
    Ok(*bytes)
}
