//! Images made a little different, as another hand would have drawn them: an affine map, and thicker or thinner strokes.

use rand::Rng;
use serde::{Deserialize, Serialize};

/// How far an image may be changed. Every amount is drawn anew for each image, uniform in ± its range; all 0 changes
/// nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Augment {
    /// Rotation about the centre, in degrees.
    pub rotate: f32,
    /// Slant: the angle by which upright lines lean, in degrees.
    pub shear: f32,
    /// Size, as a share: 0.1 is 90 to 110 %.
    pub scale: f32,
    /// Width over height, as a share: 0.1 is up to 10 % wider and lower, or narrower and taller.
    #[serde(skip_serializing_if = "is_none")]
    pub stretch: f32,
    /// Shift along each axis, in pixels.
    pub shift: f32,
    /// The chance that strokes become thicker or thinner by up to 1 px.
    pub stroke: f32,
    /// The chance that an image is changed at all.
    pub probability: f32,
}

/// What no range is, so that files do not say it.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it")]
fn is_none(range: &f32) -> bool {
    *range == 0.0
}

/// The widest image whose strokes can be changed: its rows are kept on the stack.
const WIDEST: usize = 256;

/// What one draw does to an image: where each pixel of the result comes from.
struct Affine {
    /// The inverse map's matrix, rows x and y.
    matrix: [[f32; 2]; 2],
    shift: [f32; 2],
}

impl Augment {
    /// That every range is a number of 0 or more, and every chance one from 0 to 1.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        let Self { rotate, shear, scale, stretch, shift, stroke, probability } = *self;
        let ranges = [(rotate, 180.0), (shear, 60.0), (scale, 0.9), (stretch, 0.9), (shift, 1e3)];
        let chances = [(stroke, 1.0), (probability, 1.0)];
        ranges.iter().chain(&chances).all(|(value, most)| (0.0..=*most).contains(value))
    }

    /// Writes `image` to `out`, changed as `rng` says: one bilinear resampling about the centre, then the strokes' width;
    /// what comes from outside is 0.
    ///
    /// # Shapes
    /// `image`, `out`: `[height, width]`, at most 256 wide.
    pub fn apply(
        &self,
        image: &[u8],
        height: usize,
        width: usize,
        rng: &mut impl Rng,
        out: &mut [u8],
    ) {
        let p = height * width;
        assert!(image.len() == p && out.len() == p, "{height} x {width} image and result");
        assert!(width <= WIDEST, "{width} wide, at most {WIDEST}");
        if unit(rng) >= self.probability {
            return out.copy_from_slice(image);
        }
        let Self { rotate, shear, scale, stretch, shift, stroke, .. } = *self;
        if [rotate, shear, scale, stretch, shift].iter().all(|&range| range == 0.0) {
            out.copy_from_slice(image);
        } else {
            self.affine(rng).resample(image, height, width, out);
        }
        if unit(rng) < stroke {
            let (is_dilation, share) = (rng.next_u32() >> 31 == 1, unit(rng));
            change_strokes(is_dilation, share, width, out);
        }
    }

    fn affine(&self, rng: &mut impl Rng) -> Affine {
        let mut within = |range: f32| (2.0 * unit(rng) - 1.0) * range;
        let (angle, lean) = (within(self.rotate).to_radians(), within(self.shear).to_radians());
        let scale = 1.0 + within(self.scale);
        let shift = [within(self.shift), within(self.shift)];
        // Drawn last, and only where it is asked for: runs without it are what they were before there was one.
        let stretch = if self.stretch > 0.0 { 1.0 + within(self.stretch) } else { 1.0 };
        // forward: p' = scale R(angle) S(lean) D p + shift, with S = [1 tan(lean); 0 1], D = [stretch 0; 0 1/stretch]
        // so:      p = D⁻¹ S(-lean) R(-angle) (p' - shift) / scale
        let (sin, cos, tan) = (libm::sinf(angle), libm::cosf(angle), libm::tanf(lean));
        let width = scale * stretch;
        let matrix = [
            [(cos + tan * sin) / width, (sin - tan * cos) / width],
            [-sin * stretch / scale, cos * stretch / scale],
        ];
        Affine { matrix, shift }
    }
}

impl Affine {
    fn resample(&self, image: &[u8], height: usize, width: usize, out: &mut [u8]) {
        let [[xx, xy], [yx, yy]] = self.matrix;
        let centre = [(width as f32 - 1.0) / 2.0, (height as f32 - 1.0) / 2.0];
        let left = -centre[0] - self.shift[0];
        for (row, out) in out.chunks_exact_mut(width).enumerate() {
            let down = row as f32 - centre[1] - self.shift[1];
            let start = [xx * left + xy * down + centre[0], yx * left + yy * down + centre[1]];
            for (column, out) in out.iter_mut().enumerate() {
                let step = column as f32;
                let (x, y) = (start[0] + xx * step, start[1] + yx * step);
                *out = bilinear(image, height, width, x, y);
            }
        }
    }
}

/// The level at a point between pixels, 0 outside.
#[inline(always)]
fn bilinear(image: &[u8], height: usize, width: usize, x: f32, y: f32) -> u8 {
    let is_near = x > -1.0 && y > -1.0 && x < width as f32 && y < height as f32;
    if !is_near {
        return 0;
    }
    // From 0 on truncation is the floor; by way of i32, to which a processor converts at once.
    let (left, top) = ((x + 1.0) as i32 as usize, (y + 1.0) as i32 as usize);
    let (right_share, lower_share) = (x + 1.0 - left as f32, y + 1.0 - top as f32);
    let (upper, lower) = if (1..width).contains(&left) && (1..height).contains(&top) {
        let two = |start: usize| -> [u8; 2] { [image[start], image[start + 1]] };
        let start = (top - 1) * width + left - 1;
        (mix(two(start), right_share), mix(two(start + width), right_share))
    } else {
        // Counted from 1, so that 0 is the line outside.
        let at = |row: usize, column: usize| {
            let is_inside = (1..=height).contains(&row) && (1..=width).contains(&column);
            if is_inside { image[(row - 1) * width + column - 1] } else { 0 }
        };
        let two = |row: usize| [at(row, left), at(row, left + 1)];
        (mix(two(top), right_share), mix(two(top + 1), right_share))
    };
    (upper + (lower - upper) * lower_share + 0.5) as i32 as u8
}

#[inline(always)]
fn mix([a, b]: [u8; 2], share: f32) -> f32 {
    let (a, b) = (f32::from(a), f32::from(b));
    a + (b - a) * share
}

/// Moves each pixel by `share` of the way to the most (or least) of the cross of 1 px around it; outside is 0.
fn change_strokes(is_dilation: bool, share: f32, width: usize, image: &mut [u8]) {
    let pick = |a: u8, b: u8| if is_dilation { a.max(b) } else { a.min(b) };
    let share = (share * 256.0) as i32;
    let (mut above, mut here) = ([0_u8; WIDEST], [0_u8; WIDEST]);
    let rows = image.len() / width;
    for row in 0..rows {
        let (upper, lower) = image.split_at_mut((row + 1) * width);
        let line = &mut upper[row * width..];
        here[..width].copy_from_slice(line);
        for (column, level) in line.iter_mut().enumerate() {
            let left = if column > 0 { here[column - 1] } else { 0 };
            let right = if column + 1 < width { here[column + 1] } else { 0 };
            let below = lower.get(column).copied().unwrap_or(0);
            let most = pick(pick(pick(left, right), pick(above[column], below)), *level);
            let change = (i32::from(most) - i32::from(*level)) * share / 256;
            *level = (i32::from(*level) + change) as u8;
        }
        std::mem::swap(&mut above, &mut here);
    }
}

/// Uniform in [0, 1): the top 24 bits of a draw.
fn unit(rng: &mut impl Rng) -> f32 {
    (rng.next_u32() >> 8) as f32 / (1 << 24) as f32
}
