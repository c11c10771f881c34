//! A model that writes characters in the style of a few examples.

use js_sys::Error;
use wasm_bindgen::prelude::*;

use super::{js_error, model::check_rows};
use crate::{
    error,
    ink::{self, Medians, Strokes},
    model::{Gaussians, StyleModel},
    train::Refining,
    weights,
};

/// A style model from a weights file, with how characters are built.
#[wasm_bindgen(js_name = Writer)]
pub struct WebWriter {
    model: StyleModel,
    record: String,
    medians: Medians,
}

#[wasm_bindgen(js_class = Writer)]
impl WebWriter {
    /// Reads a weights file and a file of strokes; throws an error that says what is wrong with them.
    #[wasm_bindgen(constructor)]
    pub fn new(model: &[u8], medians: &[u8]) -> Result<WebWriter, Error> {
        let (model, record) = weights::style_from_bytes(model).map_err(thrown)?;
        let medians = Medians::from_bytes(medians).map_err(thrown)?;
        Ok(Self { model, record, medians })
    }

    /// S, the side of a glyph in pixels.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn side(&self) -> usize {
        self.model.config().side
    }

    /// The dimensions of a style.
    #[wasm_bindgen(getter, js_name = styleSize)]
    #[must_use]
    pub fn style_size(&self) -> usize {
        self.model.style_size()
    }

    /// The characters that can be read and written, the most frequent first.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn characters(&self) -> String {
        self.medians.characters().iter().collect()
    }

    /// The file's record as JSON: format, config, training (with the fonts and their styles), metrics.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn record(&self) -> String {
        self.record.clone()
    }

    /// The style of a hand by n glyphs `[n, S, S]` of these characters: mu and log_var of one posterior, one after the other.
    pub fn read(&self, glyphs: &[f32], characters: &str) -> Result<Vec<f32>, Error> {
        check_rows("glyphs", glyphs, self.model.pixels())?;
        let contents = self.contents(characters, glyphs.len() / self.model.pixels())?;
        let Gaussians { mu, log_var } = self.model.read_together(glyphs, &contents);
        Ok([mu, log_var].concat())
    }

    /// The style that writes these glyphs best, near the one that [`read`](Self::read) says: so many steps of Adam on the style
    /// alone, each as dear as writing all of them three times.
    pub fn refine(&self, glyphs: &[f32], characters: &str, steps: u32) -> Result<Vec<f32>, Error> {
        check_rows("glyphs", glyphs, self.model.pixels())?;
        let contents = self.contents(characters, glyphs.len() / self.model.pixels())?;
        let read = self.model.read_together(glyphs, &contents);
        Ok(Refining::new(steps).refine(&self.model, &read, glyphs, &contents))
    }

    /// These n characters in as many styles: `[n, styleSize]` → `[n, S, S]`.
    pub fn write(&self, styles: &[f32], characters: &str) -> Result<Vec<f32>, Error> {
        check_rows("styles", styles, self.style_size())?;
        let contents = self.contents(characters, styles.len() / self.style_size())?;
        Ok(self.model.write(styles, &contents))
    }

    /// The lines along the middle of a character's strokes: x and y in 0..=1 one after the other, NaN and NaN between two strokes.
    pub fn skeleton(&self, character: &str) -> Result<Vec<f32>, Error> {
        let mut points = Vec::new();
        for character in character.chars() {
            for stroke in self.medians.strokes(character).ok_or_else(|| unknown(character))? {
                if !points.is_empty() {
                    points.extend([f32::NAN; 2]);
                }
                points.extend(stroke.iter().flatten());
            }
        }
        Ok(points)
    }

    /// A drawing as a glyph `[S, S]`, where it was drawn: `points` are x, y as parts of the pad's side, one after the other,
    /// `lengths` says how many points each stroke has, and `pen` is its width as a part of the side.
    pub fn draw(&self, points: &[f32], lengths: &[u32], pen: f32) -> Result<Vec<f32>, Error> {
        let strokes = Strokes::from_parts(points, lengths).map_err(thrown)?;
        ink::draw(&strokes, self.side(), pen).map_err(thrown)
    }

    /// The content pictures of n characters.
    fn contents(&self, characters: &str, n: usize) -> Result<Vec<f32>, Error> {
        let got = characters.chars().count();
        if got != n {
            let (expected, got) = (format!("{n} characters"), got.to_string());
            return Err(thrown(error::Error::Shape { what: "characters", expected, got }));
        }
        let channels = self.model.config().content;
        let mut contents = Vec::new();
        for character in characters.chars() {
            let picture =
                self.medians.picture(character, self.side()).ok_or_else(|| unknown(character))?;
            contents.extend(picture.chunks_exact(3).flat_map(|pixel| &pixel[..channels]));
        }
        Ok(contents)
    }
}

fn unknown(character: char) -> Error {
    let message = format!("{character}: expected a character whose strokes are known");
    thrown(error::Error::Ink(message))
}

#[allow(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn thrown(error: error::Error) -> Error {
    js_error(&error)
}
