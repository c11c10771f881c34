//! Hands that nobody has: a character written along its medians, as a hand with certain habits would write it.
//!
//! ```text
//! stroke of medians ─shape→ straighter, rounder, longer, bent, off its place ─lay out→ slant, rise, size, tightness
//!                   ─press→ the nib's half width at each point ─join→ the way to the next stroke ─trace→ pixels
//! ```
//!
//! A hand is drawn once and then writes every character alike, but for the small errors that no hand is without. There are
//! three kinds: a pen, a broad nib, a brush. A model that reads styles learns from more of them than there are fonts, and
//! they are like what people draw on a pad.

use rand::Rng;

use super::Medians;
use super::pen::{Nib, Touch, trace};

/// Arc between two points of a stroke, in ems.
const STEP: f32 = 0.02;

/// Share of a stroke at either end in which the pressure changes.
const ENDS: f32 = 0.4;

type Point = [f32; 2];

/// The habits of a hand. Lengths are in ems, angles in radians.
#[derive(Debug, Clone, PartialEq)]
pub struct Hand {
    nib: Nib,
    /// Half of the nib's width.
    radius: f32,
    /// Pressure at the start, the middle and the end of a stroke: multiples of the half width.
    pressure: [f32; 3],
    /// By how much a stroke that goes down to the right ends heavier, and one that goes down to the left lighter.
    sweep: f32,
    /// Share of the way that nearly straight strokes go to straight ones.
    straightness: f32,
    /// How often a stroke's corners are rounded off.
    rounding: usize,
    /// By how much strokes that go across are longer than they should be, as a share.
    reach: f32,
    /// By how much a stroke bows to its left, as a share of its length.
    bow: f32,
    /// How far the top leans to the right, and how far lines rise to the right.
    slant: f32,
    rise: f32,
    /// Width and height.
    size: [f32; 2],
    /// By how much the middle of a character is drawn wider than its edge; tight hands have less than 0.
    openness: f32,
    /// How likely the pen stays down on its way to a stroke that begins close by, and its pressure there.
    joining: f32,
    ligature: f32,
    /// Errors: of a stroke's place, its angle and its length, and of the line's course.
    stray: f32,
    turn: f32,
    unevenness: f32,
    wobble: f32,
}

impl Hand {
    /// Draws a hand.
    #[must_use]
    pub fn random(rng: &mut impl Rng) -> Self {
        // How carefully it writes goes for all of its errors.
        let haste = unit(rng).powi(2);
        let plain = Self {
            nib: Nib::ROUND,
            radius: geometric(rng, 0.014, 0.05),
            pressure: [1.0; 3].map(|at| at + within(rng, 0.15)),
            sweep: within(rng, 0.2).max(0.0),
            straightness: unit(rng),
            rounding: (unit(rng) * 7.0) as usize,
            reach: within(rng, 0.12),
            bow: within(rng, 0.04),
            slant: within(rng, 0.12) + 0.04,
            rise: (within(rng, 0.12) + 0.05).max(-0.02),
            size: [0.94 + within(rng, 0.1), 0.94 + within(rng, 0.1)],
            openness: within(rng, 0.5),
            joining: (unit(rng) * 1.6 - 0.8).max(0.0) * (0.5 + haste),
            ligature: 0.4 + 0.5 * unit(rng),
            stray: 0.002 + 0.012 * haste,
            turn: 0.01 + 0.06 * haste,
            unevenness: 0.01 + 0.07 * haste,
            wobble: 0.001 + 0.006 * haste,
        };
        match unit(rng) {
            kind if kind < 0.5 => plain,
            kind if kind < 0.7 => {
                let angle = within(rng, std::f32::consts::FRAC_PI_2);
                let flatness = 0.25 + 0.5 * unit(rng);
                let radius = geometric(rng, 0.03, 0.065);
                let direction = [libm::cosf(angle), libm::sinf(angle)];
                Self { nib: Nib::flat(direction, flatness), radius, ..plain }
            }
            _ => {
                let (middle, radius) = (0.55 + 0.4 * unit(rng), geometric(rng, 0.028, 0.065));
                let pressure = [0.5 + 0.8 * unit(rng), middle, 0.25 + 0.9 * unit(rng)];
                Self { radius, pressure, sweep: 0.2 + 0.6 * unit(rng), ..plain }
            }
        }
    }

    /// Writes a character; `rng` decides on the errors of this one glyph. `None` for a character that has no medians.
    ///
    /// # Shapes
    /// → `[side, side]`, 255 for ink.
    #[must_use]
    pub fn draw(
        &self,
        medians: &Medians,
        character: char,
        rng: &mut impl Rng,
        side: usize,
    ) -> Option<Vec<u8>> {
        let strokes = medians.strokes(character)?;
        let mut strokes: Vec<Vec<Point>> = strokes.map(|stroke| self.shape(stroke, rng)).collect();
        self.lay_out(&mut strokes, rng);
        let mut ink = vec![0.0_f32; side * side];
        let mut line = |touches: &[Touch]| {
            for pair in touches.windows(2) {
                let pair = [pair[0], pair[1]].map(|touch| touch.times(side as f32));
                trace(side, &self.nib, pair, |pixel, covered| ink[pixel] = ink[pixel].max(covered));
            }
        };
        let touches: Vec<Vec<Touch>> = strokes.iter().map(|stroke| self.press(stroke)).collect();
        touches.iter().for_each(|stroke| line(stroke));
        for pair in touches.windows(2) {
            if let Some(way) = self.join(&pair[0], &pair[1], rng) {
                line(&way);
            }
        }
        Some(ink.into_iter().map(|covered| (covered * 255.0 + 0.5) as u8).collect())
    }

    /// A stroke as this hand makes it, where the character has it.
    fn shape(&self, stroke: &[Point], rng: &mut impl Rng) -> Vec<Point> {
        let mut points = resample(stroke);
        let last = points.len() - 1;
        let (from, to) = (points[0], points[last]);
        let chord = minus(to, from);
        let (arc, length) = (STEP * last as f32, norm(chord));
        let share = |i: usize| i as f32 / last as f32;
        if length > 0.9 * arc {
            for (i, point) in points.iter_mut().enumerate() {
                let straight = mix(from, to, share(i));
                *point = mix(*point, straight, self.straightness);
            }
        }
        for _ in 0..self.rounding {
            let before = points.clone();
            for (point, near) in points[1..last].iter_mut().zip(before.windows(3)) {
                *point = mix(near[1], mix(near[0], near[2], 0.5), 0.5);
            }
        }
        let across = if length > 0.0 { (chord[0] / length).abs() } else { 0.0 };
        let longer = 1.0 + self.reach * across.powi(2) + self.unevenness * bell(rng);
        let angle = self.turn * bell(rng);
        let (cos, sin) = (libm::cosf(angle) * longer, libm::sinf(angle) * longer);
        let shift = [self.stray * bell(rng), self.stray * bell(rng)];
        let (phase, waves) = (unit(rng) * std::f32::consts::TAU, 1.0 + 2.0 * unit(rng));
        let bow = self.bow * length + self.wobble * bell(rng);
        let middle = mix(from, to, 0.5);
        let normal = if length > 0.0 { [chord[1] / length, -chord[0] / length] } else { [0.0; 2] };
        for (i, point) in points.iter_mut().enumerate() {
            let t = share(i);
            let wave = libm::sinf(phase + waves * t * std::f32::consts::PI);
            let aside = bow * 4.0 * t * (1.0 - t) + self.wobble * wave;
            let [x, y] = minus(*point, middle);
            *point = [
                middle[0] + x * cos - y * sin + shift[0] + aside * normal[0],
                middle[1] + x * sin + y * cos + shift[1] + aside * normal[1],
            ];
        }
        points
    }

    /// Puts the strokes where this hand has them in the square.
    fn lay_out(&self, strokes: &mut [Vec<Point>], rng: &mut impl Rng) {
        let size = self.size.map(|side| side * (1.0 + 0.3 * self.unevenness * bell(rng)));
        let shift = [0.5 + self.stray * bell(rng), 0.5 + self.stray * bell(rng)];
        for point in strokes.iter_mut().flatten() {
            let [x, y] = minus(*point, [0.5; 2]);
            let wider = 1.0 + self.openness * (0.25 - x * x - y * y).max(-0.1);
            let [x, y] = [x * size[0] * wider, y * size[1] * wider];
            *point = [x - self.slant * y + shift[0], y - self.rise * x + shift[1]];
        }
    }

    /// The pen along a stroke.
    fn press(&self, stroke: &[Point]) -> Vec<Touch> {
        let last = stroke.len() - 1;
        let [start, middle, mut end] = self.pressure;
        let [x, y] = unit_vector(minus(stroke[last], stroke[last.saturating_sub(4)]));
        if y > 0.3 {
            // Down to the right swells, down to the left thins out.
            end *= if x > 0.3 { 1.0 + self.sweep } else { 1.0 - self.sweep * (-x).max(0.0) };
        }
        let near = |t: f32| (1.0 - t / ENDS).max(0.0).powi(2);
        let pressure =
            |t: f32| middle + (start - middle) * near(t) + (end - middle) * near(1.0 - t);
        let touch = |(i, &at): (usize, &Point)| Touch {
            at,
            radius: self.radius * pressure(i as f32 / last as f32).max(0.15),
        };
        stroke.iter().enumerate().map(touch).collect()
    }

    /// The way from the end of one stroke to the start of the next, if the pen stays down on it.
    fn join(&self, from: &[Touch], to: &[Touch], rng: &mut impl Rng) -> Option<Vec<Touch>> {
        let (a, b) = (from.last()?, to.first()?);
        let gap = norm(minus(b.at, a.at));
        if unit(rng) >= self.joining * (1.0 - gap / 0.6) {
            return None;
        }
        let leave = unit_vector(minus(a.at, from[from.len().saturating_sub(4)].at));
        let arrive = unit_vector(minus(to[3.min(to.len() - 1)].at, b.at));
        let handle = |at: Point, along: Point, way: f32| {
            [at[0] + along[0] * way * gap, at[1] + along[1] * way * gap]
        };
        let (c, d) = (handle(a.at, leave, 0.35), handle(b.at, arrive, -0.35));
        let pieces = (gap / STEP).ceil().clamp(2.0, 40.0) as usize;
        let touch = |piece: usize| {
            let t = piece as f32 / pieces as f32;
            let at = mix(
                mix(mix(a.at, c, t), mix(c, d, t), t),
                mix(mix(c, d, t), mix(d, b.at, t), t),
                t,
            );
            let ends = a.radius + t * (b.radius - a.radius);
            let lift = 4.0 * t * (1.0 - t);
            let radius = ends + lift * (self.ligature * self.radius - ends).min(0.0);
            Touch { at, radius }
        };
        Some((0..=pieces).map(touch).collect())
    }
}

/// Points at equal distances along a line, 3 at least.
fn resample(stroke: &[Point]) -> Vec<Point> {
    let length: f32 = stroke.windows(2).map(|pair| norm(minus(pair[1], pair[0]))).sum();
    let pieces = (length / STEP).ceil().max(2.0);
    let step = length / pieces;
    let (mut points, mut behind) = (vec![stroke[0]], 0.0);
    for pair in stroke.windows(2) {
        let long = norm(minus(pair[1], pair[0]));
        let mut at = step - behind;
        while at <= long && long > 0.0 && points.len() < pieces as usize {
            points.push(mix(pair[0], pair[1], at / long));
            at += step;
        }
        behind = long - (at - step);
    }
    points.resize(pieces as usize, stroke[stroke.len() - 1]);
    points.push(stroke[stroke.len() - 1]);
    points
}

fn minus(a: Point, b: Point) -> Point {
    [a[0] - b[0], a[1] - b[1]]
}

fn mix(a: Point, b: Point, t: f32) -> Point {
    [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]
}

fn norm(v: Point) -> f32 {
    (v[0] * v[0] + v[1] * v[1]).sqrt()
}

fn unit_vector(v: Point) -> Point {
    let length = norm(v);
    if length > 0.0 { v.map(|part| part / length) } else { [0.0; 2] }
}

/// Uniform in [0, 1): the top 24 bits of a draw.
fn unit(rng: &mut impl Rng) -> f32 {
    (rng.next_u32() >> 8) as f32 / (1 << 24) as f32
}

/// Uniform within ± `range`.
fn within(rng: &mut impl Rng, range: f32) -> f32 {
    (2.0 * unit(rng) - 1.0) * range
}

/// Near normal, of variance 1 and never beyond 3: the sum of three uniform draws.
fn bell(rng: &mut impl Rng) -> f32 {
    within(rng, 1.0) + within(rng, 1.0) + within(rng, 1.0)
}

/// Uniform in the logarithm.
fn geometric(rng: &mut impl Rng, low: f32, high: f32) -> f32 {
    low * libm::powf(high / low, unit(rng))
}
