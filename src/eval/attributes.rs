//! What a hand does to every digit, measured on the image: slant, stroke width and aspect.

/// Ink is what is at least half black: an image's levels are between 0 and 1.
const INK: f32 = 0.5;

/// The measures, in the order of [`Attributes::values`].
pub const ATTRIBUTES: [&str; 3] = ["slant", "stroke_width", "aspect"];

/// What one image measured; all 0 where it has no ink.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Attributes {
    /// Columns that the ink moves to the right for each row up: `-μ₁₁ / μ₀₂`, by second moments of the grey image.
    pub slant: f64,
    /// Pixels across a stroke: the ink, `sum of levels`, over the length of its skeleton.
    pub stroke_width: f64,
    /// Width over height: `√((μ₂₀ - μ₁₁² / μ₀₂) / μ₀₂)`, standard deviations after the slant is taken out.
    pub aspect: f64,
}

impl Attributes {
    /// Of an image, row by row.
    ///
    /// # Shapes
    /// `image`: `[height, width]` in 0..=1.
    #[must_use]
    pub fn of(image: &[f32], width: usize) -> Self {
        let (mut ink, mut x, mut y) = (0.0, 0.0, 0.0);
        let mut moments = [0.0; 3];
        let levels = || {
            let places = image.iter().enumerate();
            places.map(|(i, &level)| ((i % width) as f64, (i / width) as f64, f64::from(level)))
        };
        for (column, row, level) in levels() {
            ink += level;
            x += level * column;
            y += level * row;
        }
        if ink <= 0.0 {
            return Self::default();
        }
        (x, y) = (x / ink, y / ink);
        for (column, row, level) in levels() {
            let (across, down) = (column - x, row - y);
            moments[0] += level * across * across;
            moments[1] += level * across * down;
            moments[2] += level * down * down;
        }
        let [xx, xy, yy] = moments.map(|moment| moment / ink);
        let length = skeleton_length(&skeleton(image, width), width);
        Self {
            slant: -xy / yy.max(f64::EPSILON),
            stroke_width: if length > 0.0 { ink / length } else { 0.0 },
            aspect: ((xx - xy * xy / yy.max(f64::EPSILON)).max(0.0) / yy.max(f64::EPSILON)).sqrt(),
        }
    }

    /// The measures by number.
    #[must_use]
    pub fn values(&self) -> [f64; 3] {
        [self.slant, self.stroke_width, self.aspect]
    }
}

/// What is left of the ink when it is thinned to lines one pixel wide  (Zhang & Suen 1984).
fn skeleton(image: &[f32], width: usize) -> Vec<bool> {
    let mut ink: Vec<bool> = image.iter().map(|&level| level >= INK).collect();
    loop {
        let before = ink.clone();
        for is_second in [false, true] {
            let edge: Vec<usize> =
                (0..ink.len()).filter(|&i| ink[i] && is_edge(&ink, width, i, is_second)).collect();
            edge.into_iter().for_each(|i| ink[i] = false);
        }
        if ink == before {
            return ink;
        }
    }
}

/// The eight neighbours clockwise from above; outside there is no ink.
fn neighbours(ink: &[bool], width: usize, i: usize) -> [bool; 8] {
    const STEPS: [(isize, isize); 8] =
        [(0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1)];
    let (column, row) = ((i % width) as isize, (i / width) as isize);
    STEPS.map(|(right, down)| {
        let (column, row) = (column + right, row + down);
        let is_inside = (0..width as isize).contains(&column) && row >= 0;
        is_inside && ink.get((row * width as isize + column) as usize).is_some_and(|&ink| ink)
    })
}

/// Whether a pixel of ink can go: on the edge of a stroke, no end of a line, and nothing breaks without it.
fn is_edge(ink: &[bool], width: usize, i: usize, is_second: bool) -> bool {
    let around = neighbours(ink, width, i);
    let count = around.iter().filter(|&&ink| ink).count();
    let borders = (0..8).filter(|&k| !around[k] && around[(k + 1) % 8]).count();
    let [north, _, east, _, south, _, west, _] = around;
    let [one, two, between] =
        if is_second { [east, south, north && west] } else { [north, west, east && south] };
    let is_open = !between || !one && !two;
    (2..=6).contains(&count) && borders == 1 && is_open
}

/// The length of a skeleton's lines in pixels: steps to the side and down count 1, diagonal ones √2 where there is no way
/// around the corner; and 1 for the halves of its two ends, so that a dot has a length.
fn skeleton_length(ink: &[bool], width: usize) -> f64 {
    let mut length = 0.0;
    for i in (0..ink.len()).filter(|&i| ink[i]) {
        let [_, _, east, south_east, south, south_west, west, _] = neighbours(ink, width, i);
        length += f64::from(u8::from(east)) + f64::from(u8::from(south));
        let diagonals = [south_east && !east && !south, south_west && !west && !south];
        length += std::f64::consts::SQRT_2 * diagonals.iter().filter(|&&is| is).count() as f64;
    }
    if ink.contains(&true) { length + 1.0 } else { 0.0 }
}
