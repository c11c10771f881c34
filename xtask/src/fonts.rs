//! Fonts: the list of those that glyphs are rendered from (`configs/fonts.json`), and glyphs of one as pictures.

use std::fs;
use std::path::Path;

use ab_glyph_rasterizer::{Point, Rasterizer, point};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use ttf_parser::{Face, GlyphId, OutlineBuilder};

use crate::packages::{Package, Registry};
use crate::woff;

/// A package of fonts, and what is taken from it.
#[derive(Debug, Clone)]
pub struct Source {
    /// The package.
    pub package: Package,
    /// The fonts' licence.
    pub licence: String,
    /// The faces that are taken.
    pub faces: Vec<FaceEntry>,
}

/// A face as it stands in the list.
#[derive(Debug, Clone)]
pub struct FaceEntry {
    /// What it is called.
    pub name: String,
    /// Faces of one design share it: weights, and fonts that were drawn after one another.
    pub family: String,
    /// What kind of writing it is.
    pub kind: String,
    /// `train` or `test`, by families.
    pub split: String,
    /// Its files in the package, `*` for a part of each name: web fonts are cut into many.
    pub files: String,
    /// Which of a collection's faces it is.
    pub index: u32,
}

/// Reads the list.
pub fn read_list(path: &Path) -> Result<Vec<Source>> {
    let json: Value = serde_json::from_slice(&fs::read(path)?)
        .with_context(|| format!("{} is no JSON", path.display()))?;
    let sources = json.as_array().context("the list of fonts is no list")?;
    sources.iter().map(source).collect()
}

fn source(json: &Value) -> Result<Source> {
    let faces = json["faces"].as_array().context("a package of the list has no faces")?;
    let registry = match text(json, "registry")?.as_str() {
        "npm" => Registry::Npm,
        "debian" => Registry::Debian,
        other => bail!("there is no registry \"{other}\"; there are npm and debian"),
    };
    let package = Package {
        registry,
        name: text(json, "package")?,
        version: text(json, "version")?,
        sha256: text(json, "sha256")?,
    };
    let face = |json: &Value| -> Result<FaceEntry> {
        let split = text(json, "split")?;
        ensure!(
            split == "train" || split == "test",
            "split is \"{split}\", expected train or test"
        );
        Ok(FaceEntry {
            name: text(json, "name")?,
            family: text(json, "family")?,
            kind: text(json, "kind")?,
            split,
            files: text(json, "files")?,
            index: json["index"].as_u64().unwrap_or(0) as u32,
        })
    };
    let faces = faces.iter().map(face).collect::<Result<_>>()?;
    Ok(Source { package, licence: text(json, "licence")?, faces })
}

fn text(json: &Value, name: &str) -> Result<String> {
    let value = json[name].as_str();
    Ok(value.with_context(|| format!("an entry of the list of fonts has no {name}"))?.to_owned())
}

/// A font that is cut into files or whole.
pub struct Font {
    files: Vec<Vec<u8>>,
    index: u32,
}

/// Where a font's em square comes to lie in the picture's, so that all fonts stand alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placing {
    /// A font's em in picture sides.
    pub scale: f32,
    /// Added after that, in picture sides, x to the right and y down.
    pub shift: [f32; 2],
}

/// Lowest and highest x and y of a glyph, in ems, y down from the em square's top; x from the left of its advance's middle em.
type Bounds = [[f32; 2]; 2];

impl Font {
    /// Reads the files of `folder` that `entry` names.
    pub fn read(folder: &Path, entry: &FaceEntry) -> Result<Self> {
        let mut paths = matching(folder, &entry.files)?;
        paths.sort();
        ensure!(!paths.is_empty(), "{}: no file of the package is {}", entry.name, entry.files);
        let files = paths
            .iter()
            .map(|path| woff::unpack(fs::read(path)?).with_context(|| path.display().to_string()))
            .collect::<Result<_>>()?;
        Ok(Self { files, index: entry.index })
    }

    /// The face of each file.
    pub fn faces(&self) -> Result<Vec<Face<'_>>> {
        let parse = |file| Face::parse(file, self.index).context("a file is no font");
        self.files.iter().map(|file| parse(file)).collect()
    }
}

/// The paths below `folder` that `pattern` matches; one `*` in the last part of it stands for anything.
fn matching(folder: &Path, pattern: &str) -> Result<Vec<std::path::PathBuf>> {
    let path = folder.join(pattern);
    let Some((before, after)) = pattern.rsplit('/').next().and_then(|name| name.split_once('*'))
    else {
        return Ok(vec![path]);
    };
    let parent = path.parent().context("a file of the list has no folder")?;
    let mut found = Vec::new();
    for entry in fs::read_dir(parent)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with(before) && name.ends_with(after) {
            found.push(path);
        }
    }
    Ok(found)
}

/// The glyph of a character in the first face that has it.
pub fn find<'a, 'f>(faces: &'a [Face<'f>], character: char) -> Option<(&'a Face<'f>, GlyphId)> {
    faces.iter().find_map(|face| Some((face, face.glyph_index(character)?)))
}

/// How far a glyph reaches; `None` for one without an outline.
pub fn bounds(face: &Face<'_>, glyph: GlyphId) -> Option<Bounds> {
    let mut outline = Bounding { low: [f32::INFINITY; 2], high: [f32::NEG_INFINITY; 2] };
    face.outline_glyph(glyph, &mut outline)?;
    let [low, high] = [outline.low, outline.high];
    let is_drawn = low[0] < high[0] && low[1] < high[1];
    let em = |point| to_em(face, glyph, point);
    is_drawn.then(|| [em([low[0], high[1]]), em([high[0], low[1]])])
}

/// The share of each pixel that a glyph covers, 255 for all of it; `None` for a glyph without an outline.
pub fn render(face: &Face<'_>, glyph: GlyphId, side: usize, placing: Placing) -> Option<Vec<u8>> {
    bounds(face, glyph)?;
    // With a margin all around, which is cut off: the rasteriser wants everything inside.
    let wide = 2 * side;
    let mut outline = Drawing {
        place: |x, y| {
            let em = to_em(face, glyph, [x, y]);
            let at = |axis: usize| {
                let at = em[axis] * placing.scale + placing.shift[axis];
                ((at + 0.5) * side as f32).clamp(0.0, wide as f32 - 0.01)
            };
            point(at(0), at(1))
        },
        start: point(0.0, 0.0),
        at: point(0.0, 0.0),
        raster: Rasterizer::new(wide, wide),
    };
    face.outline_glyph(glyph, &mut outline)?;
    let mut picture = vec![0; side * side];
    outline.raster.for_each_pixel_2d(|x, y, covered| {
        let [x, y] = [x, y].map(|at| (at as usize).wrapping_sub(side / 2));
        if x < side && y < side {
            picture[y * side + x] = (covered.min(1.0) * 255.0 + 0.5) as u8;
        }
    });
    Some(picture)
}

/// A point of the font in ems, y down, the middle of the advance at 0.5 and the baseline at 0.88, where fonts of the em
/// square 1 x 1 have it.
fn to_em(face: &Face<'_>, glyph: GlyphId, [x, y]: [f32; 2]) -> [f32; 2] {
    let em = f32::from(face.units_per_em());
    let advance = f32::from(face.glyph_hor_advance(glyph).unwrap_or(face.units_per_em()));
    [(x - advance / 2.0) / em + 0.5, 0.88 - y / em]
}

struct Bounding {
    low: [f32; 2],
    high: [f32; 2],
}

impl Bounding {
    fn add(&mut self, x: f32, y: f32) {
        for (axis, value) in [x, y].into_iter().enumerate() {
            self.low[axis] = self.low[axis].min(value);
            self.high[axis] = self.high[axis].max(value);
        }
    }
}

// Control points count as points: a little outside is near enough for where a font stands.
impl OutlineBuilder for Bounding {
    fn move_to(&mut self, x: f32, y: f32) {
        self.add(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.add(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.add(x1, y1);
        self.add(x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.add(x1, y1);
        self.add(x2, y2);
        self.add(x, y);
    }

    fn close(&mut self) {}
}

struct Drawing<P: Fn(f32, f32) -> Point> {
    /// A point of the font in pixels.
    place: P,
    start: Point,
    at: Point,
    raster: Rasterizer,
}

impl<P: Fn(f32, f32) -> Point> OutlineBuilder for Drawing<P> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.start = (self.place)(x, y);
        self.at = self.start;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = (self.place)(x, y);
        self.raster.draw_line(self.at, to);
        self.at = to;
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let to = (self.place)(x, y);
        self.raster.draw_quad(self.at, (self.place)(x1, y1), to);
        self.at = to;
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let to = (self.place)(x, y);
        self.raster.draw_cubic(self.at, (self.place)(x1, y1), (self.place)(x2, y2), to);
        self.at = to;
    }

    fn close(&mut self) {
        self.raster.draw_line(self.at, self.start);
        self.at = self.start;
    }
}
