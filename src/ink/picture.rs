//! Pictures: grey levels of any size → the same 28×28 frame as drawings.
//!
//! ```text
//! paper = median of the border       ink = clamp((|level − paper| − noise) / (peak − noise), 0, 1)
//! ```
//!
//! Dark on light and light on dark are told apart by the border: ink is what lies furthest from it. Dividing by the
//! peak makes faint ink read as ink. Strokes that are thinner than MNIST's are thickened. The ink is cropped, its
//! longest side fitted to 20 px by an area filter, and its centre of mass moved to pixel index 14.0. It looks for one
//! digit on plain paper: it does not find a digit among other things, remove ruled lines or even out a shadow.

use super::frame::{centre_of_mass, is_long, whole};
use super::{BOX, CENTRE, Image, SIDE};
use crate::error::{Error, Result};

/// The least contrast of ink and paper that is not taken for a blank sheet; 1 is black on white. Chosen: 5 of 255.
const LEAST_CONTRAST: f32 = 0.02;

/// Level of ink at which it counts towards the box, in pictures finer than the 28×28 image and in coarser ones, where
/// every grey pixel of an edge is a part of the ink.
const EDGE_FINE: f32 = 0.25;
const EDGE_COARSE: f32 = 0.02;

/// Longest side of the ink, in px, beyond which a picture is reduced to this first. Chosen: 4 px per final pixel.
const FINE: f32 = 4.0 * BOX;

/// Least ink per length of stroke, in px of the 28×28 image: below it a picture's strokes are thickened.
///
/// Fine: 57 of 1,000 training digits on a pad of 280 px read wrongly after reconstruction, and 62 to 72 when they lose half
/// of their pen; without thickening 29 % of eroded digits do. More would be better still (3.0: 56, and 56 to 68), but then a
/// picture of a drawing is no longer what its strokes are (`tests/robustness.rs`, November 2026). Coarse: only whole
/// pixels can be added. A quarter of MNIST's digits are thinner than 2.0, and with it a nearest-neighbour reader makes
/// fewest errors, on those too.
const THIN_FINE: f32 = 2.6;
const THIN_COARSE: f32 = 2.0;

/// The most that strokes are thickened by, in px of the 28×28 image. Chosen: a hairline becomes a pen of 1.6 px.
const MOST: f32 = 1.6;

/// Brings a picture of one digit into MNIST's frame; `None` when it holds no ink.
///
/// # Shapes
/// `luminance`: `[height · width]` in row order, 0 black to 1 white (any range does: only differences count).
///
/// # Errors
/// [`Error::Shape`] when the sizes do not fit or one is 0, [`Error::Ink`] for a level that is NaN or infinite.
pub fn normalise_picture(luminance: &[f32], width: usize, height: usize) -> Result<Option<Image>> {
    check_size("luminance", luminance.len(), 1, width, height)?;
    if let Some(at) = luminance.iter().position(|level| !level.is_finite()) {
        let got = if luminance[at].is_nan() { "NaN" } else { "infinity" };
        let (x, y) = (at % width, at / width);
        return Err(Error::Ink(format!("pixel ({x}, {y}): expected a finite level, got {got}")));
    }
    let Some(ink) = Ink::find(luminance, width, height) else { return Ok(None) };
    Ok(ink.fit())
}

/// [`normalise_picture`] of RGBA bytes, as a canvas gives them.
///
/// Level = 0.2126 R + 0.7152 G + 0.0722 B of the bytes (ITU-R BT.709). What is transparent becomes paper: white behind
/// dark ink, black behind light ink.
///
/// # Shapes
/// `rgba`: `[height · width · 4]` in row order.
///
/// # Errors
/// [`Error::Shape`] when the sizes do not fit or one is 0.
pub fn normalise_rgba(rgba: &[u8], width: usize, height: usize) -> Result<Option<Image>> {
    check_size("rgba", rgba.len(), 4, width, height)?;
    let level = |p: &[u8]| {
        (0.2126 * f32::from(p[0]) + 0.7152 * f32::from(p[1]) + 0.0722 * f32::from(p[2])) / 255.0
    };
    let (mut total, mut sum) = (0.0_f64, 0.0_f64);
    for pixel in rgba.chunks_exact(4) {
        total += f64::from(pixel[3]);
        sum += f64::from(pixel[3]) * f64::from(level(pixel));
    }
    let paper = if sum < 0.5 * total { 1.0 } else { 0.0 };
    let luminance: Vec<f32> = rgba
        .chunks_exact(4)
        .map(|pixel| {
            let alpha = f32::from(pixel[3]) / 255.0;
            alpha * level(pixel) + (1.0 - alpha) * paper
        })
        .collect();
    normalise_picture(&luminance, width, height)
}

fn check_size(
    what: &'static str,
    got: usize,
    channels: usize,
    width: usize,
    height: usize,
) -> Result<()> {
    let expected = width.checked_mul(height).and_then(|pixels| pixels.checked_mul(channels));
    if expected == Some(got) && got > 0 {
        return Ok(());
    }
    Err(Error::Shape {
        what,
        expected: match expected {
            Some(0) => "a picture of at least 1x1 pixels".to_owned(),
            Some(values) => format!("{values} values for {width}x{height} pixels"),
            None => format!("fewer than {width}x{height} pixels"),
        },
        got: format!("{got} values"),
    })
}

/// Ink of a picture in row order, 0..=1.
struct Ink {
    values: Vec<f32>,
    width: usize,
}

impl Ink {
    fn find(luminance: &[f32], width: usize, height: usize) -> Option<Self> {
        let mut border: Vec<f32> = luminance[..width].to_vec();
        border.extend_from_slice(&luminance[(height - 1) * width..]);
        border.extend(luminance.chunks_exact(width).flat_map(|row| [row[0], row[width - 1]]));
        let paper = median(&border);
        for level in &mut border {
            *level = (*level - paper).abs();
        }
        // Four times the median deviation: 2.7 σ of Gaussian noise.
        let grain = 4.0 * median(&border);
        let (low, high) = luminance
            .iter()
            .fold((paper, paper), |(low, high), &level| (low.min(level), high.max(level)));
        let sign = if paper - low > high - paper { -1.0 } else { 1.0 };
        let contrast: Vec<f32> =
            luminance.iter().map(|&level| (sign * (level - paper)).max(0.0)).collect();
        let peak = peak(&contrast, (high - paper).max(paper - low));
        if !(peak.is_finite() && peak >= LEAST_CONTRAST && peak > grain) {
            return None;
        }
        let noise = grain.min(peak / 3.0);
        let values = contrast
            .iter()
            .map(|&level| ((level - noise) / (peak - noise)).clamp(0.0, 1.0))
            .collect();
        Some(Self { values, width })
    }

    /// First and last + 1 column and row with ink of at least `edge`; `None` when there is none.
    fn bounds(&self, edge: f32) -> Option<[[f32; 2]; 2]> {
        let mut bounds = [[usize::MAX, 0]; 2];
        for (row, values) in self.values.chunks_exact(self.width).enumerate() {
            let Some(first) = values.iter().position(|&value| value >= edge) else { continue };
            let last = values.iter().rposition(|&value| value >= edge).unwrap_or(first);
            for (axis, low, high) in [(0, first, last), (1, row, row)] {
                bounds[axis] = [bounds[axis][0].min(low), bounds[axis][1].max(high + 1)];
            }
        }
        (bounds[0][1] > 0).then(|| bounds.map(|side| side.map(|at| at as f32)))
    }

    /// Crops, thickens thin ink, fits and centres.
    fn fit(mut self) -> Option<Image> {
        let mut bounds = self.bounds(EDGE_FINE)?;
        let is_coarse = longest(bounds) < 2.0 * BOX;
        if is_coarse {
            bounds = self.bounds(EDGE_COARSE)?;
        } else if longest(bounds) > FINE {
            let scale = FINE / longest(bounds);
            let side =
                |axis: usize| ((bounds[axis][1] - bounds[axis][0]) * scale).ceil() as usize + 2;
            let origin: [f32; 2] = std::array::from_fn(|axis| 1.0 - bounds[axis][0] * scale);
            self = self.sample(scale, origin, [side(0), side(1)]);
            bounds = std::array::from_fn(|axis| bounds[axis].map(|at| at * scale + origin[axis]));
        }
        let thicker = self.thicken(BOX / longest(bounds), is_coarse);
        for [low, high] in &mut bounds {
            *low -= thicker[0];
            *high += thicker[1];
        }
        let scale = BOX / longest(bounds);
        let sides = bounds.map(|[low, high]| (high - low) * scale);
        // Box borders on pixel borders, as near the middle as that allows.
        let place =
            |axis: usize| ((SIDE as f32 - sides[axis]) / 2.0).round() - bounds[axis][0] * scale;
        let origin = [place(0), place(1)];
        let mass = centre_of_mass(&self.sample(scale, origin, [SIDE; 2]).values);
        let shift: [f32; 2] = std::array::from_fn(|axis| {
            let low = bounds[axis][0] * scale + origin[axis];
            let room = [-low, SIDE as f32 - low - sides[axis]];
            let distance = CENTRE - mass[axis];
            // Coarse pictures move by whole pixels only: anything else would blur them.
            let distance = match (is_coarse, is_long(sides[axis])) {
                (true, _) => distance.round(),
                (false, true) => whole(distance),
                (false, false) => distance,
            };
            distance.max(room[0].min(0.0)).min(room[1].max(0.0))
        });
        let fitted = self.sample(scale, [origin[0] + shift[0], origin[1] + shift[1]], [SIDE; 2]);
        let mut image = Image::blank();
        image.0.copy_from_slice(&fitted.values);
        Some(image)
    }

    /// Ink per length of stroke in px, and the mean of the strokes' darkest level.
    ///
    /// Across a stroke of peak m with ink a per length, the sums of v, |v'| and v |v'| are a, 2 m and m². So over the
    /// picture a = 4 Σv Σ(v |∇v|) / (Σ|∇v|)² and m = 2 Σ(v |∇v|) / Σ|∇v|, and blur does not change a.
    fn stroke_width(&self) -> (f32, f32) {
        let (mut ink, mut outline, mut weighted) = (0.0, 0.0, 0.0);
        for (y, upper) in self.values.chunks_exact(self.width).enumerate() {
            let lower = self.values.get((y + 1) * self.width..).unwrap_or(&[]);
            for (u, l) in upper.windows(2).zip(lower.windows(2)) {
                let (down, up) = (l[1] - u[0], u[1] - l[0]);
                let gradient = ((down * down + up * up) / 2.0).sqrt();
                outline += gradient;
                weighted += gradient * (u[0] + u[1] + l[0] + l[1]) / 4.0;
            }
            ink += upper.iter().sum::<f32>();
        }
        if outline > 0.0 {
            (4.0 * ink * weighted / (outline * outline), 2.0 * weighted / outline)
        } else {
            (0.0, 1.0)
        }
    }

    /// Brings ink that is thinner than [`THIN_FINE`], or [`THIN_COARSE`], up to it, given px of the 28×28 image per px of
    /// this picture; returns by how many px that moves the low and the high sides of the ink.
    fn thicken(&mut self, scale: f32, is_coarse: bool) -> [f32; 2] {
        let (width, peak) = self.stroke_width();
        let thin = if is_coarse { THIN_COARSE } else { THIN_FINE };
        let missing = (thin - width * scale).clamp(0.0, MOST) / scale;
        if missing == 0.0 {
            return [0.0; 2];
        }
        // Lines that fell between pixels are grey all over: make them ink first.
        for value in &mut self.values {
            *value = (*value / peak.max(0.5)).min(1.0);
        }
        if is_coarse {
            // A whole pixel to one side is sharper than half a pixel to each.
            self.dilate(&[[0, 0], [-1, 0], [0, -1], [-1, -1]].map(|to| (to, missing.min(1.0))));
            return [0.0, 1.0];
        }
        let radius = missing / 2.0;
        let reach = radius.ceil() as isize;
        let disc: Vec<([isize; 2], f32)> = (-reach..=reach)
            .flat_map(|y| (-reach..=reach).map(move |x| [x, y]))
            .map(|to| {
                (
                    to,
                    (radius + 0.5 - ((to[0] * to[0] + to[1] * to[1]) as f32).sqrt())
                        .clamp(0.0, 1.0),
                )
            })
            .collect();
        self.dilate(&disc);
        [radius; 2]
    }

    /// Raises each pixel to the highest of its neighbours at the given offsets, times their weights.
    fn dilate(&mut self, neighbours: &[([isize; 2], f32)]) {
        let (width, height) = (self.width as isize, (self.values.len() / self.width) as isize);
        let before = self.values.clone();
        for &([dx, dy], weight) in neighbours.iter().filter(|(_, weight)| *weight > 0.0) {
            for y in 0.max(-dy)..height.min(height - dy) {
                for x in 0.max(-dx)..width.min(width - dx) {
                    let from = before[((y + dy) * width + x + dx) as usize] * weight;
                    let pixel = &mut self.values[(y * width + x) as usize];
                    *pixel = pixel.max(from);
                }
            }
        }
    }

    /// The picture times `scale`, moved by `origin`, averaged over each pixel of a picture of `[width, height]`.
    fn sample(&self, scale: f32, origin: [f32; 2], [width, height]: [usize; 2]) -> Self {
        let across = taps(scale, origin[0], self.width, width);
        let down = taps(scale, origin[1], self.values.len() / self.width, height);
        let mut values = vec![0.0; width * height];
        for (y, row) in self.values.chunks_exact(self.width).enumerate() {
            if !down.iter().any(|taps| taps.weight(y) != 0.0) {
                continue;
            }
            let line: Vec<f32> = across.iter().map(|taps| taps.sum(row)).collect();
            for (pixels, taps) in values.chunks_exact_mut(width).zip(&down) {
                let weight = taps.weight(y);
                if weight != 0.0 {
                    for (pixel, value) in pixels.iter_mut().zip(&line) {
                        *pixel += weight * value;
                    }
                }
            }
        }
        for value in &mut values {
            *value = value.clamp(0.0, 1.0);
        }
        Self { values, width }
    }
}

fn longest(bounds: [[f32; 2]; 2]) -> f32 {
    (bounds[0][1] - bounds[0][0]).max(bounds[1][1] - bounds[1][0])
}

/// Which source pixels a pixel averages, and their weights.
struct Taps {
    first: usize,
    weights: Vec<f32>,
}

impl Taps {
    fn weight(&self, index: usize) -> f32 {
        index.checked_sub(self.first).and_then(|at| self.weights.get(at)).copied().unwrap_or(0.0)
    }

    fn sum(&self, row: &[f32]) -> f32 {
        self.weights.iter().zip(&row[self.first..]).map(|(weight, value)| weight * value).sum()
    }
}

/// For each of `pixels` along an axis: shrinking, the source pixels by the length that lies in it; enlarging, the
/// cubic through the four nearest (Catmull–Rom), since blocks would be neither ink nor paper. What lies beyond the
/// source is paper.
fn taps(scale: f32, origin: f32, count: usize, pixels: usize) -> Vec<Taps> {
    let clip = |at: f32| at.max(0.0).min(count as f32);
    (0..pixels)
        .map(|pixel| {
            let (low, high) =
                ((pixel as f32 - origin) / scale, (pixel as f32 + 1.0 - origin) / scale);
            if scale <= 1.0 {
                let (first, last) = (clip(low.floor()) as usize, clip(high.ceil()) as usize);
                let overlap =
                    |i: usize| (high.min(i as f32 + 1.0) - low.max(i as f32)).max(0.0) * scale;
                return Taps { first, weights: (first..last).map(overlap).collect() };
            }
            let centre = (low + high) / 2.0 - 0.5;
            let (first, last) =
                (clip(centre.floor() - 1.0) as usize, clip(centre.floor() + 3.0) as usize);
            Taps {
                first,
                weights: (first..last).map(|i| cubic((centre - i as f32).abs())).collect(),
            }
        })
        .collect()
}

/// Catmull–Rom's kernel at distance `t` ≥ 0.
fn cubic(t: f32) -> f32 {
    if t < 1.0 {
        1.0 + t * t * (1.5 * t - 2.5)
    } else if t < 2.0 {
        2.0 + t * (-4.0 + t * (2.5 - 0.5 * t))
    } else {
        0.0
    }
}

/// The middle value, to a 2^30th of the range; by bisection, since sorting would be 5 KB of WebAssembly.
fn median(values: &[f32]) -> f32 {
    let mut low = values.iter().copied().fold(f32::INFINITY, f32::min);
    let mut high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for _ in 0..30 {
        let middle = 0.5 * low + 0.5 * high;
        if 2 * values.iter().filter(|&&value| value <= middle).count() > values.len() {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

/// The level that one in 2,000 pixels reaches: a single hot pixel must not be the only ink.
fn peak(contrast: &[f32], highest: f32) -> f32 {
    const BINS: usize = 512;
    if highest <= 0.0 {
        return 0.0;
    }
    let mut histogram = [0_usize; BINS];
    for &level in contrast {
        histogram[((level / highest * BINS as f32) as usize).min(BINS - 1)] += 1;
    }
    let mut left = 1 + contrast.len() / 2000;
    for (bin, &count) in histogram.iter().enumerate().rev() {
        if count >= left {
            return highest * (bin + 1) as f32 / BINS as f32;
        }
        left -= count;
    }
    highest
}
