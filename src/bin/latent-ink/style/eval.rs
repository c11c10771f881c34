//! `latent-ink style eval`.

use std::{
    error::Error,
    io::{Write, stdout},
    path::{Path, PathBuf},
};

use latent_ink::{
    eval::{StyleJudges, StyleScore, StyleTask, StyleTest, Way},
    model::StyleModel,
    train::{Refining, StyleLessons},
    weights,
};
use ndarray::Array2;
use serde_json::{Value, json};

use super::lessons::Source;
use crate::{Outcome, files, grid};

/// Characters of a font on a sheet.
const COLUMNS: usize = 10;

#[derive(clap::Args)]
pub struct Args {
    /// Weights file of a style model
    #[arg(long)]
    model: PathBuf,
    #[command(flatten)]
    source: Source,
    /// Weights file of the classifier that reads characters
    #[arg(long)]
    reader: Option<PathBuf>,
    /// Weights file of the classifier that tells fonts
    #[arg(long)]
    judge: Option<PathBuf>,
    /// How many examples a font is continued from
    #[arg(long, value_delimiter = ',', default_values_t = [1, 2, 5, 10])]
    examples: Vec<usize>,
    /// Draws of examples for each font, over which scores are averaged
    #[arg(long, default_value_t = 4)]
    draws: u32,
    /// Picture to write: of each font what it looks like and, below, what was written from the first number of examples above 2
    #[arg(long)]
    sheet: Option<PathBuf>,
    /// Steps that the style is refined by on its examples
    #[arg(long, default_value_t = 30)]
    refine: u32,
    /// Table to write, JSON
    #[arg(long)]
    table: Option<PathBuf>,
}

pub fn run(args: &Args) -> Outcome {
    let (model, _) = weights::style_from_bytes(&files::read(&args.model)?)
        .map_err(|error| files::in_file(&args.model, &error))?;
    let lessons = args.source.lessons(model.config().content)?;
    let test = StyleTest::new(&lessons);
    if let Some(sheet) = &args.sheet {
        draw_sheet(sheet, &model, &lessons, &test, sheet_examples(&args.examples))?;
    }
    let classifier = |path: &Option<PathBuf>| path.as_deref().map(files::classifier).transpose();
    let (reader, fonts) = (classifier(&args.reader)?, classifier(&args.judge)?);
    let judges = StyleJudges { reader: reader.as_ref(), fonts: fonts.as_ref() };
    let ways = [
        ("this model", Way::Model(&model), &args.examples[..]),
        ("refined", Way::Refined(&model, Refining::new(args.refine)), &args.examples[..]),
        ("nearest font", Way::NearestFont, &args.examples[..]),
        ("no style inferred", Way::Unread(&model), &[0][..]),
        ("mean glyph", Way::MeanGlyph, &[0][..]),
    ];
    let mut table = Vec::new();
    writeln!(stdout(), "{:<18} examples{COLUMNS_OF_TABLE}", "")?;
    for (name, way, counts) in ways {
        for &count in counts {
            let draws = if count == 0 { 1 } else { args.draws };
            let scores = test.scores(way, count, draws, judges)?;
            let mean = StyleScore::mean(&scores);
            writeln!(stdout(), "{name:<18} {count:>8}{}", line(&mean))?;
            let name_of = |font: usize| &lessons.glyphs().fonts()[font].name;
            let fonts: Vec<Value> = (test.fonts().zip(&scores))
                .map(|((font, nearest), score)| json!({ "font": name_of(font), "nearest": name_of(nearest), "score": score }))
                .collect();
            table.push(json!({ "way": name, "examples": count, "mean": mean, "fonts": fonts }));
        }
    }
    if let Some(path) = &args.table {
        files::write(path, serde_json::to_string_pretty(&table)?.as_bytes())?;
    }
    Ok(())
}

const COLUMNS_OF_TABLE: &str = "    read  judged   first   above   first    rmse";

/// A line below these columns.
fn line(score: &StyleScore) -> String {
    let StyleScore { read, judged_above_nearest, judged_first, above_nearest, first, rmse } =
        *score;
    [read, judged_above_nearest, judged_first, Some(above_nearest), Some(first), Some(rmse)]
        .map(|value| value.map_or_else(|| "       -".into(), |value| format!("{value:>8.3}")))
        .concat()
}

fn sheet_examples(counts: &[usize]) -> usize {
    counts.iter().copied().find(|&count| count > 2).unwrap_or(counts[0])
}

/// Three rows for each font: the truth, what the model wrote, and the nearest font's.
fn draw_sheet(
    path: &Path,
    model: &StyleModel,
    lessons: &StyleLessons,
    test: &StyleTest<'_>,
    count: usize,
) -> Result<(), Box<dyn Error>> {
    let side = lessons.glyphs().side();
    let mut sheet = Vec::new();
    for (font, _) in test.fonts() {
        let mut targets = lessons.glyphs().drawn_by(font, true);
        targets.truncate(COLUMNS);
        let examples = test.examples(font, count, 0);
        let task = StyleTask { font, examples: &examples, targets: &targets };
        let mut rows = [
            lessons.glyphs_of(font, &targets),
            Way::Model(model).write(lessons, task),
            Way::NearestFont.write(lessons, task),
        ];
        for row in &mut rows {
            row.resize(COLUMNS * side * side, 0.0);
            sheet.extend_from_slice(row);
        }
    }
    let rows = sheet.len() / (side * side);
    let sheet = Array2::from_shape_vec((rows, side * side), sheet)?;
    grid::write(path, &sheet, (side, side), COLUMNS)
}
