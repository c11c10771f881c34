//! `cargo xtask glyphs`: characters as many fonts write them, into `data/glyphs/`, and how they are built, into
//! `www/models/strokes.bin`.
//!
//! `glyphs.json` has `side`, `characters`, `heldOut` (those that no training may see) and `fonts` (`split` says which a
//! training may see); `glyphs.bin` a byte a pixel, 255 for ink, `[fonts][characters][side][side]`. A glyph that a font
//! lacks is all 0. `docs/fonts.md` lists the fonts.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::data::write_whole;
use crate::digest::sha256;
use crate::fonts::{self, Font, Placing, Source};
use crate::strokes;
use crate::workspace::Workspace;

/// Side of a glyph's picture in pixels.
const SIDE: usize = 40;

/// How many characters there are: the most frequent.
const CHARACTERS: usize = 1000;

/// One character of so many is held out.
const HELD_OUT: usize = 10;

/// What the held-out characters are drawn by.
const SEED: &str = "held out";

/// The mean of the longer sides of a font's glyphs lies between these, in ems. Chosen: nine in ten fonts do by themselves.
const SIZES: [f32; 2] = [0.86, 0.96];

/// A font that lacks more of the characters than this is left out.
const LACKING: usize = CHARACTERS * 2 / 5;

/// What `docs/fonts.md` begins with.
const INTRODUCTION: &str = "\
# Fonts

Made by `cargo xtask glyphs` from `configs/fonts.json`, which pins packages of npm and Debian by version and SHA-256. The
glyphs are rendered into `data/glyphs/` and are not in the repository. Faces of one design share a family: weights, and fonts
that were drawn after one another. A family is learned from or tested, never both; what is tested was chosen by kind before any
training. Each font stands with the middle of its glyphs in the middle of the square; those that are small in their em are
enlarged to where most fonts are.

How characters are built (`www/models/strokes.bin`) comes from the npm package `hanzi-writer-data` 2.0.1, which is Make me a
Hanzi's data after the fonts AR PL KaitiM GB and AR PL UKai, copyright Arphic Technology, under the Arphic Public License:
`www/models/ARPHICPL.txt`. It was changed: lines are simplified and rounded to 1/255 of the em square, and the outlines are
left out. Characters are sorted by how often they stand in the dictionary of `python3-jieba` 0.42.1 (MIT).
";

/// Makes both files anew.
pub fn command(workspace: &Workspace) -> Result<()> {
    let archives = workspace.path("data/fonts");
    let scratch = workspace.target("glyphs");
    let mut characters = strokes::make(workspace, &archives, &scratch)?;
    characters.truncate(CHARACTERS);

    let (mut list, mut pixels) = (Vec::new(), Vec::new());
    for source in fonts::read_list(&workspace.path("configs/fonts.json"))? {
        let files: Vec<String> = source.faces.iter().map(|face| face.files.clone()).collect();
        source.package.unpack(workspace, &archives, &files, &scratch)?;
        for face in 0..source.faces.len() {
            let folder = source.package.root(&scratch);
            list.push(render(&folder, &source, face, &characters, &mut pixels)?);
        }
    }
    fs::remove_dir_all(&scratch)?;

    let index = json!({
        "side": SIDE,
        "characters": characters.iter().collect::<String>(),
        "heldOut": held_out(&characters),
        "fonts": list,
    });
    let folder = workspace.path("data/glyphs");
    fs::create_dir_all(&folder)?;
    let index = serde_json::to_string_pretty(&index)?;
    for (name, bytes) in [("glyphs.bin", &pixels[..]), ("glyphs.json", index.as_bytes())] {
        // A training that reads them is not disturbed by what is the same.
        if !fs::read(folder.join(name)).is_ok_and(|present| present == bytes) {
            write_whole(&folder, name, bytes)?;
        }
    }
    write_whole(&workspace.path("docs"), "fonts.md", page(&list, &characters).as_bytes())?;
    println!("data/glyphs: {} fonts, {CHARACTERS} characters, {SIDE} x {SIDE}", list.len());
    Ok(())
}

/// Adds a face's glyphs to `pixels` and returns its entry of the index.
fn render(
    folder: &Path,
    source: &Source,
    face: usize,
    characters: &[char],
    pixels: &mut Vec<u8>,
) -> Result<Value> {
    let entry = &source.faces[face];
    let font = Font::read(folder, entry)?;
    let faces = font.faces().with_context(|| entry.name.clone())?;
    let placing = place(&faces, characters);
    let mut drawn = 0;
    for &character in characters {
        let glyph = fonts::find(&faces, character)
            .and_then(|(face, glyph)| fonts::render(face, glyph, SIDE, placing))
            .filter(|picture| picture.iter().any(|&level| level > 0));
        drawn += usize::from(glyph.is_some());
        pixels.extend(glyph.unwrap_or_else(|| vec![0; SIDE * SIDE]));
    }
    ensure!(
        drawn + LACKING >= characters.len(),
        "{} draws {drawn} of {} characters only",
        entry.name,
        characters.len()
    );
    println!(
        "{}: {drawn} characters, scale {:.3}, shift {:.3?}",
        entry.name, placing.scale, placing.shift
    );
    Ok(json!({
        "name": entry.name,
        "family": entry.family,
        "package": source.package.name,
        "version": source.package.version,
        "licence": source.licence,
        "kind": entry.kind,
        "split": entry.split,
        "glyphs": drawn,
    }))
}

/// Puts a font's glyphs in the middle, and those that are small in their em square, or large, at a common size.
fn place(faces: &[ttf_parser::Face<'_>], characters: &[char]) -> Placing {
    let found = characters.iter().filter_map(|&character| fonts::find(faces, character));
    let bounds: Vec<_> = found.filter_map(|(face, glyph)| fonts::bounds(face, glyph)).collect();
    let mean = |of: &dyn Fn(&[[f32; 2]; 2]) -> f32| {
        bounds.iter().map(of).sum::<f32>() / bounds.len().max(1) as f32
    };
    let middle = [0, 1].map(|axis| mean(&|[low, high]| (low[axis] + high[axis]) / 2.0));
    let size = mean(&|[low, high]| (high[0] - low[0]).max(high[1] - low[1]));
    let scale = size.clamp(SIZES[0], SIZES[1]) / size;
    Placing { scale, shift: middle.map(|at| 0.5 - at * scale) }
}

/// The tenth of the characters whose digests with the seed are the least, in their order.
fn held_out(characters: &[char]) -> String {
    let digest = |character: &char| sha256(format!("{SEED} {character}").as_bytes());
    let mut drawn: Vec<char> = characters.to_vec();
    drawn.sort_by_cached_key(digest);
    drawn.truncate(characters.len() / HELD_OUT);
    characters.iter().filter(|character| drawn.contains(character)).collect()
}

/// The list as a page: those that are tested first.
fn page(fonts: &[Value], characters: &[char]) -> String {
    let text = |font: &Value, name: &str| font[name].as_str().unwrap_or_default().to_owned();
    let of = |split: &str| fonts.iter().filter(|font| font["split"] == split).collect::<Vec<_>>();
    let families = |fonts: &[&Value]| {
        fonts.iter().map(|font| text(font, "family")).collect::<BTreeSet<_>>().len()
    };
    let (test, train) = (of("test"), of("train"));
    let mut page = format!(
        "{INTRODUCTION}\n{} faces of {} families are learned from, and {} of {} tested. Held out are: {}.\n\n\
         | font | family | kind | split | glyphs of {} | package | licence |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
        train.len(),
        families(&train),
        test.len(),
        families(&test),
        held_out(characters),
        characters.len(),
    );
    for font in test.iter().chain(&train) {
        let [name, family, kind, split, package, version, licence] =
            ["name", "family", "kind", "split", "package", "version", "licence"]
                .map(|field| text(font, field));
        let glyphs = &font["glyphs"];
        page += &format!(
            "| {name} | {family} | {kind} | {split} | {glyphs} | `{package}` {version} | {licence} |\n"
        );
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_is_held_out_whatever_the_order() {
        let characters: Vec<char> = ('一'..='七').chain('上'..='世').chain('中'..='丸').collect();
        let held = held_out(&characters);
        assert_eq!(held.chars().count(), characters.len() / HELD_OUT);
        let mut turned = characters.clone();
        turned.reverse();
        assert_eq!(held_out(&turned), held.chars().rev().collect::<String>());
    }
}
