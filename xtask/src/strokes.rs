//! `www/models/strokes.bin`: how common characters are built, from the npm package `hanzi-writer-data` (Make me a Hanzi, after
//! Arphic's fonts; Arphic Public License), in the format of `src/ink/medians.rs`.
//!
//! The characters are the 3,755 of GB 2312's first level, the most frequent first. How frequent one is follows from the
//! dictionary of Debian's `python3-jieba` (MIT): the sum over the words that it stands in.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::data::write_whole;
use crate::packages::{Package, Registry};
use crate::workspace::Workspace;

/// Where the file ships.
pub const FILE: &str = "www/models/strokes.bin";

const MAGIC: &[u8] = b"latent-ink strokes 1\n";

/// The em square of the package's coordinates, and where its left and top are, y going up, so that the middle of the 1,000
/// most frequent characters' boxes is that of the square.
const EM: f32 = 1024.0;
const LEFT: f32 = -2.0;
const TOP: f32 = 919.0;

/// How far a line may be from the one that the package has, in its units: 0.2 of 40 pixels. It saves a quarter.
const TOLERANCE: f32 = 5.0;

type Point = [f32; 2];

fn medians_package() -> Package {
    Package {
        registry: Registry::Npm,
        name: "hanzi-writer-data".into(),
        version: "2.0.1".into(),
        sha256: "72baf3d82b114e60d6e40ea05f24d2262a05cd39d544e2f322ba2fceb7beff15".into(),
    }
}

fn dictionary_package() -> Package {
    Package {
        registry: Registry::Debian,
        name: "python3-jieba".into(),
        version: "0.42.1-3".into(),
        sha256: "44e3fb01421b1710e08245eae02416a2d07e9bb08887d96de5b60d58e3d39caa".into(),
    }
}

/// Writes the file and returns its characters, the most frequent first.
pub fn make(workspace: &Workspace, archives: &Path, scratch: &Path) -> Result<Vec<char>> {
    let dictionary = dictionary_package();
    let path = "usr/lib/python3/dist-packages/jieba/dict.txt";
    dictionary.unpack(workspace, archives, &[path.into()], scratch)?;
    let text = fs::read_to_string(dictionary.root(scratch).join(path))?;
    let characters = by_frequency(&text, first_level());

    let medians = medians_package();
    medians.unpack(workspace, archives, &["*.json".into()], scratch)?;
    let mut bytes = MAGIC.to_vec();
    bytes.extend((characters.len() as u16).to_le_bytes());
    for &character in &characters {
        let path = medians.root(scratch).join(format!("{character}.json"));
        let json: Value = serde_json::from_slice(&fs::read(path)?)?;
        write_character(character, &read_strokes(&json)?, &mut bytes)?;
    }
    let path = workspace.path(FILE);
    let (folder, name) = (path.parent().context("a file lies in a folder")?, "strokes.bin");
    if !fs::read(&path).is_ok_and(|present| present == bytes) {
        write_whole(folder, name, &bytes)?;
    }
    println!("{FILE}: {} characters, {} bytes", characters.len(), bytes.len());
    Ok(characters)
}

/// GB 2312's first level: rows 16 to 55.
fn first_level() -> Vec<char> {
    let codes = (0xb0..=0xd7_u8).flat_map(|row| (0xa1..=0xfe_u8).map(move |cell| [row, cell]));
    codes
        .filter_map(|code| {
            let text =
                encoding_rs::GBK.decode_without_bom_handling_and_without_replacement(&code)?;
            // Five places at the end of the last row hold nothing; decoders give them private characters.
            text.chars().next().filter(|character| ('\u{4e00}'..='\u{9fff}').contains(character))
        })
        .collect()
}

/// Sorts characters by how often they stand in `dictionary`, whose lines are a word, how often it was seen, and its kind.
fn by_frequency(dictionary: &str, mut characters: Vec<char>) -> Vec<char> {
    let mut counts: BTreeMap<char, u64> = BTreeMap::new();
    for line in dictionary.lines() {
        let mut words = line.split(' ');
        let (Some(word), Some(Ok(count))) = (words.next(), words.next().map(str::parse::<u64>))
        else {
            continue;
        };
        word.chars().for_each(|character| *counts.entry(character).or_default() += count);
    }
    let count = |character: &char| counts.get(character).copied().unwrap_or(0);
    characters.sort_by_key(|character| (std::cmp::Reverse(count(character)), *character));
    characters
}

fn read_strokes(json: &Value) -> Result<Vec<Vec<Point>>> {
    let list = |value: &Value| value.as_array().cloned().context("medians are lists");
    let point = |point: &Value| -> Result<Point> {
        let number = |axis: usize| point[axis].as_f64().context("a point is two numbers");
        Ok([number(0)? as f32 - LEFT, TOP - number(1)? as f32])
    };
    let stroke = |stroke: &Value| list(stroke)?.iter().map(point).collect();
    list(&json["medians"])?.iter().map(stroke).collect()
}

fn write_character(character: char, strokes: &[Vec<Point>], bytes: &mut Vec<u8>) -> Result<()> {
    bytes.extend(u16::try_from(u32::from(character))?.to_le_bytes());
    bytes.push(u8::try_from(strokes.len())?);
    for stroke in strokes {
        ensure!(stroke.len() > 1, "{character}: a stroke of {} points", stroke.len());
        let points = simplify(stroke);
        bytes.push(u8::try_from(points.len())?);
        let mut before = [0_u8; 2];
        for point in points {
            let at = point.map(|value| (value * 255.0 / EM).round().clamp(0.0, 255.0) as u8);
            bytes.extend([at[0].wrapping_sub(before[0]), at[1].wrapping_sub(before[1])]);
            before = at;
        }
    }
    Ok(())
}

/// Leaves points out that are not missed (Douglas & Peucker 1973).
fn simplify(points: &[Point]) -> Vec<Point> {
    let [first, .., last] = points else { return points.to_vec() };
    let along = [last[0] - first[0], last[1] - first[1]];
    let length = along[0].hypot(along[1]).max(1.0);
    let away =
        |p: &Point| ((p[0] - first[0]) * along[1] - (p[1] - first[1]) * along[0]).abs() / length;
    let inner = 1..points.len() - 1;
    let Some(furthest) = inner.max_by(|&a, &b| away(&points[a]).total_cmp(&away(&points[b])))
    else {
        return points.to_vec();
    };
    if away(&points[furthest]) <= TOLERANCE {
        return vec![*first, *last];
    }
    let mut kept = simplify(&points[..=furthest]);
    kept.pop();
    kept.extend(simplify(&points[furthest..]));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_level_has_its_characters() {
        let characters = first_level();
        assert_eq!(characters.len(), 3755);
        assert_eq!((characters[0], characters[3754]), ('啊', '座'));
    }

    #[test]
    fn frequent_characters_come_first() {
        let order = by_frequency("一 5 m\n中国 10 ns\n国一 2 n\n", "一丁国中".chars().collect());
        assert_eq!(order.into_iter().collect::<String>(), "国中一丁");
    }

    #[test]
    fn what_is_nearly_straight_becomes_straight() {
        let bent = [[0.0, 0.0], [50.0, 4.0], [100.0, 0.0], [100.0, 80.0]];
        assert_eq!(simplify(&bent), [[0.0, 0.0], [100.0, 0.0], [100.0, 80.0]]);
        assert_eq!(simplify(&bent[..2]), &bent[..2]);
    }

    #[test]
    fn a_point_is_stored_as_a_step() -> Result<()> {
        let mut bytes = Vec::new();
        write_character('一', &[vec![[0.0, 512.0], [1024.0, 512.0]]], &mut bytes)?;
        assert_eq!(bytes, [0x00, 0x4e, 1, 2, 0, 128, 255, 0]);
        Ok(())
    }
}
