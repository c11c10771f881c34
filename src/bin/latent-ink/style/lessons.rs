//! The glyphs of `cargo xtask glyphs` with the pictures of what they are.

use std::{error::Error, path::PathBuf};

use latent_ink::{
    ink::Medians,
    model::StyleModel,
    train::{Glyphs, Split, StyleLessons},
};
use serde_json::{Value, json};

use crate::files;

/// Characters that a font's style is read from. Chosen: any of 30 to 300 works.
const READ: usize = 100;

#[derive(clap::Args)]
pub struct Source {
    /// Folder with glyphs.json and glyphs.bin
    #[arg(long, default_value = "data/glyphs")]
    glyphs: PathBuf,
    /// File of strokes
    #[arg(long, default_value = "www/models/strokes.bin")]
    strokes: PathBuf,
}

impl Source {
    /// The glyphs, with content pictures of so many channels.
    pub fn lessons(&self, channels: usize) -> Result<StyleLessons, Box<dyn Error>> {
        let list = self.glyphs.join("glyphs.json");
        if !list.exists() {
            let list = list.display();
            return Err(format!("{list} is not there; `cargo xtask glyphs` makes it").into());
        }
        let levels = files::read(&self.glyphs.join("glyphs.bin"))?;
        let glyphs = Glyphs::from_parts(&files::read(&list)?, levels)
            .map_err(|error| files::in_file(&self.glyphs, &error))?;
        let medians = Medians::from_bytes(&files::read(&self.strokes)?)
            .map_err(|error| files::in_file(&self.strokes, &error))?;
        let mut contents = Vec::new();
        for &character in glyphs.characters() {
            let picture = medians
                .picture(character, glyphs.side())
                .ok_or_else(|| format!("{}: no strokes of {character}", self.strokes.display()))?;
            contents.extend(picture.chunks_exact(3).flat_map(|pixel| &pixel[..channels]));
        }
        Ok(StyleLessons::new(glyphs, contents, Some(medians))?)
    }

    /// SHA-256 of the glyphs' file.
    pub fn digest(&self) -> Result<String, Box<dyn Error>> {
        Ok(files::digest(&files::read(&self.glyphs.join("glyphs.bin"))?))
    }
}

/// The fonts that were learned from, each with its style as the model reads it from many glyphs: what a hand can be
/// compared with.
pub fn fonts(model: &StyleModel, lessons: &StyleLessons) -> Value {
    let glyphs = lessons.glyphs();
    let font = |font: usize| {
        let drawn = glyphs.drawn_by(font, false);
        let read = &drawn[..READ.min(drawn.len())];
        let style =
            model.read_together(&lessons.glyphs_of(font, read), &lessons.contents_of(read)).mu;
        // Three digits are finer than any difference that shows.
        let mean: Vec<f64> =
            style.iter().map(|&value| (f64::from(value) * 1e3).round() / 1e3).collect();
        let about = &glyphs.fonts()[font];
        json!({ "name": about.name, "family": about.family, "kind": about.kind, "mean": mean })
    };
    glyphs.fonts_of(Split::Train).map(font).collect()
}
