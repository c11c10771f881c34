//! The hand's path: pointer events → the curve that the hand moved along, as short straight pieces.
//!
//! A slow hand leaves many points, rounded to whole pixels: they are smoothed over [`WINDOW`] of arc. A fast hand leaves
//! few: they are joined by arcs. Three points have one circle, which gives the tangent at the middle one,
//!
//! ```text
//! t ∝ û |v| + v̂ |u|        u, v: the chords before and after the point
//! ```
//!
//! and two points with their tangents a cubic Bézier with handles of length 2 |chord| / (3 (1 + cos φ)), φ between
//! tangent and chord: that is a circular arc to the sixth order, and never loops. Corners are ends of both: smoothing
//! and tangents stop there. A slow corner is a point where the hand turns by more than 60° within [`WINDOW`]; a fast
//! one lies between two points, where the arms before and after it meet.

/// Half the arc over which points are averaged, and over which a turn counts as a corner, in px at the 28 scale.
/// Chosen: 5 px on a pad where the digit is 175 px tall, ten times the error of a rounded coordinate.
const WINDOW: f32 = 0.5;

/// Points closer than this are one, before smoothing and after, in px at the 28 scale.
const SAME: f32 = 0.03;
const STEP: f32 = 0.2;

/// cos of the turn that makes a corner.
const CORNER: f32 = 0.5;

type Point = [f32; 2];

/// Pieces of straight line, a stroke's in order.
pub(super) struct Curve {
    points: Vec<Point>,
    /// Where each stroke ends in `points`.
    ends: Vec<usize>,
}

impl Curve {
    /// A stroke of one point.
    pub(super) fn dot(point: Point) -> Self {
        Self { points: vec![point], ends: vec![1] }
    }

    /// The curves through strokes of `lengths` points each, times `scale` (to px at the 28 scale).
    pub(super) fn through(mut points: Vec<Point>, lengths: &[usize], scale: f32) -> Self {
        for point in &mut points {
            *point = point.map(|value| value * scale);
        }
        let mut curve =
            Self { points: Vec::with_capacity(256), ends: Vec::with_capacity(lengths.len()) };
        let mut rest = points.as_slice();
        for &length in lengths {
            let (stroke, later) = rest.split_at(length);
            rest = later;
            if !stroke.is_empty() {
                join(&tidy(stroke), &mut curve.points);
                curve.ends.push(curve.points.len());
            }
        }
        curve
    }

    /// Every straight piece; a dot is a piece of length 0.
    pub(super) fn segments(&self) -> impl Iterator<Item = [Point; 2]> + '_ {
        let mut start = 0;
        self.ends.iter().flat_map(move |&end| {
            let stroke = &self.points[start..end];
            start = end;
            let dot = (stroke.len() == 1).then(|| [stroke[0]; 2]);
            dot.into_iter().chain(stroke.windows(2).map(|pair| [pair[0], pair[1]]))
        })
    }

    /// Lowest and highest x and y.
    pub(super) fn bounds(&self) -> (Point, Point) {
        let start = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
        self.points.iter().fold(start, |(low, high), p| {
            ([low[0].min(p[0]), low[1].min(p[1])], [high[0].max(p[0]), high[1].max(p[1])])
        })
    }

    /// p ← scale · p + shift.
    pub(super) fn transform(&mut self, scale: f32, shift: Point) {
        for point in &mut self.points {
            *point = [point[0] * scale + shift[0], point[1] * scale + shift[1]];
        }
    }
}

/// A point of a tidied stroke, and whether the hand turned sharply there.
#[derive(Clone, Copy)]
struct Knot {
    at: Point,
    is_corner: bool,
}

/// Drops repeated points, finds corners, smooths between them and thins out.
fn tidy(stroke: &[Point]) -> Vec<Knot> {
    let points = thin(stroke.iter().map(|&at| Knot { at, is_corner: false }), SAME);
    let arcs = arc_lengths(&points);
    let corners = mark_slow_corners(&points, &arcs);
    let smooth = smooth(&corners, &arcs);
    insert_fast_corners(&thin(smooth.into_iter(), STEP))
}

/// Keeps knots at least `step` from the last kept one, and the ends and corners in any case.
fn thin(knots: impl Iterator<Item = Knot>, step: f32) -> Vec<Knot> {
    let mut kept: Vec<Knot> = Vec::new();
    let mut skipped = None;
    for knot in knots {
        if kept.last().is_none_or(|last| distance(last.at, knot.at) >= step || knot.is_corner) {
            kept.push(knot);
            skipped = None;
        } else {
            skipped = Some(knot);
        }
    }
    // The last point was skipped: it takes the place of the one before, unless that is the first or a corner.
    if let Some(end) = skipped {
        if kept.len() > 1 && kept.last().is_some_and(|last| !last.is_corner) {
            kept.pop();
        }
        if kept.last().is_some_and(|last| last.at != end.at) {
            kept.push(end);
        }
    }
    kept
}

/// The arc from the first knot to each.
fn arc_lengths(knots: &[Knot]) -> Vec<f32> {
    let mut arc = 0.0;
    let mut arcs = Vec::with_capacity(knots.len());
    arcs.push(arc);
    for pair in knots.windows(2) {
        arc += distance(pair[0].at, pair[1].at);
        arcs.push(arc);
    }
    arcs
}

/// Marks knots where the directions over [`WINDOW`] before and after differ by more than 60°, more than nearby.
fn mark_slow_corners(knots: &[Knot], arcs: &[f32]) -> Vec<Knot> {
    let end = arcs.len() - 1;
    // cos of the turn at each knot; only where the hand was slow enough to leave knots within the window.
    let mut turns = vec![1.0_f32; knots.len()];
    let (mut before, mut after) = (0, 0);
    for i in 0..knots.len() {
        while arcs[i] - arcs[before] > WINDOW {
            before += 1;
        }
        while after < end && arcs[after] - arcs[i] < WINDOW {
            after += 1;
        }
        // The knot just outside the window on one side, as `after` is on the other.
        let from = before.saturating_sub(1);
        if i - from > 1 && after - i > 1 {
            let (u, v) = (minus(knots[i].at, knots[from].at), minus(knots[after].at, knots[i].at));
            turns[i] = cosine(u, v);
        }
    }
    let mut marked = knots.to_vec();
    let (mut best, mut run) = (0, false);
    for i in 0..=knots.len() {
        let is_turning = i < knots.len() && turns[i] < CORNER;
        if is_turning && (!run || turns[i] < turns[best]) {
            best = i;
        }
        if run && !is_turning {
            marked[best].is_corner = true;
        }
        run = is_turning;
    }
    marked
}

/// Averages each knot over the arc around it, with weights falling to 0 at [`WINDOW`]; corners and ends stay.
///
/// A knot counts as much as the arc that it stands for, so the result does not depend on how dense the knots are.
fn smooth(knots: &[Knot], arcs: &[f32]) -> Vec<Knot> {
    let last = knots.len() - 1;
    let share = |i: usize| arcs[(i + 1).min(last)] - arcs[i.saturating_sub(1)];
    let mut result = knots.to_vec();
    // The ends of the stretch without corners that the knot lies in.
    let (mut low, mut high) = (0, 0);
    for i in 1..last {
        if knots[i].is_corner {
            low = i;
            continue;
        }
        if high <= i {
            high = (i + 1..last).find(|&j| knots[j].is_corner).unwrap_or(last);
        }
        // As far to one side as to the other: a one-sided average would pull the ends in.
        let reach = WINDOW.min(arcs[i] - arcs[low]).min(arcs[high] - arcs[i]);
        let (mut total, mut sum) = (share(i), knots[i].at.map(|value| value * share(i)));
        let mut add = |j: usize| {
            let weight = share(j) * (1.0 - (arcs[j] - arcs[i]).abs() / reach);
            if weight > 0.0 {
                total += weight;
                sum = [sum[0] + weight * knots[j].at[0], sum[1] + weight * knots[j].at[1]];
            }
            weight > 0.0
        };
        let _ = (low..i).rev().all(&mut add);
        let _ = (i + 1..=high).all(&mut add);
        result[i].at = sum.map(|value| value / total);
    }
    result
}

/// Adds the corners that a fast hand left between two knots.
///
/// Where several places in a row would do, the one where the arms meet best is taken. A knot with a sharp turn between
/// straight arms is a corner itself.
fn insert_fast_corners(knots: &[Knot]) -> Vec<Knot> {
    let bends: Vec<f32> = (0..knots.len()).map(|i| bend(knots, i)).collect();
    let found: Vec<Option<Meeting>> =
        (0..knots.len()).map(|i| fast_corner(knots, &bends, i)).collect();
    let gap = |i: Option<usize>| {
        i.and_then(|i| found.get(i)?.as_ref()).map_or(f32::INFINITY, |meeting| meeting.gap)
    };
    let mut result = Vec::with_capacity(knots.len() + 4);
    for (i, &knot) in knots.iter().enumerate() {
        let (before, here, after) = (gap(i.checked_sub(1)), gap(Some(i)), gap(Some(i + 1)));
        let arms = [i.checked_sub(1), Some(i + 1)]
            .map(|i| i.and_then(|i| bends.get(i)).copied().unwrap_or(0.0));
        let is_sharp = bends[i] > 1.2
            && bends[i] > 2.5 * (arms[0] + arms[1])
            && before.min(here).is_infinite();
        result.push(Knot { is_corner: knot.is_corner || is_sharp, ..knot });
        if let Some(Meeting { at, .. }) =
            found[i].as_ref().filter(|_| here < before && here <= after)
        {
            result.push(Knot { at: *at, is_corner: true });
        }
    }
    result
}

/// How sharply the hand turns at knot `i`: 2 sin(½ turn), which is the turn in radians while small and 2 for straight
/// back; 0 at the ends, and where the knots are dense enough to show a corner by themselves.
fn bend(knots: &[Knot], i: usize) -> f32 {
    let (Some(before), Some(after)) = (i.checked_sub(1).map(|i| knots[i].at), knots.get(i + 1))
    else {
        return 0.0;
    };
    let (u, v) = (minus(knots[i].at, before), minus(after.at, knots[i].at));
    if norm(u).max(norm(v)) < WINDOW { 0.0 } else { norm(minus(unit(v), unit(u))) }
}

/// A corner between two knots, and by how much the arms miss each other there.
struct Meeting {
    at: Point,
    gap: f32,
}

/// The corner between knots `i` and `i + 1`, if the hand turned there and the arms before and after it do not.
///
/// Events come at equal times, so the hand went about one spacing s between the two knots b and c. Each arm is carried
/// on along its circle, from b by p and from c backwards by s − p; the corner is where they come closest.
fn fast_corner(knots: &[Knot], bends: &[f32], i: usize) -> Option<Meeting> {
    let knot = |offset: isize| i.checked_add_signed(offset).and_then(|at| knots.get(at)).copied();
    let (a, b, c, d) = (knot(-1)?, knot(0)?, knot(1)?, knot(2)?);
    if a.is_corner || b.is_corner || c.is_corner || d.is_corner {
        return None;
    }
    let (left, right) = (distance(a.at, b.at), distance(c.at, d.at));
    // The last interval ends when the pen is lifted, which may be at once.
    let spacing = if i + 3 == knots.len() { left } else { (left + right) / 2.0 };
    let turn = bends[i] + bends[i + 1];
    let arms = bends[i - 1] + bends[i + 2];
    // Arms of a cusp may bend: nothing but a corner turns by so much more in one interval.
    let is_cusp = bends[i].max(bends[i + 1]) > 1.7;
    if left < WINDOW || !(is_cusp || (turn > 0.9 && turn > 2.5 * arms)) {
        return None;
    }
    let before = Arm::new(knot(-2).map(|k| k.at), a.at, b.at);
    let after = Arm::new(knot(3).map(|k| k.at), d.at, c.at);
    let miss = |p: f32| distance(before.at(p), after.at(spacing - p));
    const TRIES: usize = 32;
    let place = |i: usize| spacing * i as f32 / TRIES as f32;
    let best = (0..=TRIES).map(place).min_by(|&p, &q| miss(p).total_cmp(&miss(q)))?;
    let (one, other) = (before.at(best), after.at(spacing - best));
    let gap = distance(one, other);
    (gap < 0.2 * spacing)
        .then(|| Meeting { at: [(one[0] + other[0]) / 2.0, (one[1] + other[1]) / 2.0], gap })
}

/// The path on which a hand came to `near`, to be carried on.
struct Arm {
    near: Point,
    direction: Point,
    /// Half the curvature, towards the left of the direction.
    half_curvature: f32,
}

impl Arm {
    fn new(far: Option<Point>, middle: Point, near: Point) -> Self {
        let chord = minus(near, middle);
        let along = unit(chord);
        let Some(far) = far else { return Self { near, direction: along, half_curvature: 0.0 } };
        let entry = tangent(minus(middle, far), chord);
        Self {
            near,
            direction: reflect(entry, along),
            half_curvature: cross(entry, along) / norm(chord),
        }
    }

    /// The point `way` px further on.
    fn at(&self, way: f32) -> Point {
        let ([x, y], side) = (self.direction, self.half_curvature * way * way);
        [self.near[0] + way * x - side * y, self.near[1] + way * y + side * x]
    }
}

/// Draws the curve through the knots as straight pieces, corner by corner.
fn join(knots: &[Knot], points: &mut Vec<Point>) {
    points.push(knots[0].at);
    let mut start = 0;
    for end in 1..knots.len() {
        if knots[end].is_corner || end + 1 == knots.len() {
            join_smooth(&knots[start..=end], points);
            start = end;
        }
    }
}

/// Draws the curve through two or more knots without a corner between.
fn join_smooth(knots: &[Knot], points: &mut Vec<Point>) {
    let chord = |i: usize| minus(knots[i + 1].at, knots[i].at);
    let inner = |i: usize| tangent(chord(i - 1), chord(i));
    let last = knots.len() - 1;
    for i in 0..last {
        let along = unit(chord(i));
        let (start, end) = match (i > 0, i + 1 < last) {
            (true, true) => (inner(i), inner(i + 1)),
            // The first and last piece: the same circle on.
            (true, false) => (inner(i), reflect(inner(i), along)),
            (false, true) => (reflect(inner(i + 1), along), inner(i + 1)),
            (false, false) => (along, along),
        };
        bezier([knots[i].at, knots[i + 1].at], [start, end], points);
    }
}

/// Adds the arc between two points with these unit tangents, without its first point.
fn bezier([from, to]: [Point; 2], [start, end]: [Point; 2], points: &mut Vec<Point>) {
    let length = distance(from, to);
    let along = unit(minus(to, from));
    let handle = |t: Point| length * 2.0 / (3.0 * (1.0 + dot(t, along).max(0.0)));
    let (h0, h1) = (handle(start), handle(end));
    // A chord of an arc of length c and turn 2φ, cut in n, is off by c φ / (4 n²): at most 0.01 px.
    let turn = cross(start, along).abs() + cross(along, end).abs();
    let pieces = (12.5 * length * turn).sqrt().clamp(1.0, 24.0).ceil();
    let c0 = [from[0] + h0 * start[0], from[1] + h0 * start[1]];
    let c1 = [to[0] - h1 * end[0], to[1] - h1 * end[1]];
    for piece in 1..pieces as usize {
        let t = piece as f32 / pieces;
        let s = 1.0 - t;
        let (w0, w1, w2, w3) = (s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t);
        points.push(std::array::from_fn(|k| w0 * from[k] + w1 * c0[k] + w2 * c1[k] + w3 * to[k]));
    }
    points.push(to);
}

/// The unit tangent of the circle through three points at the middle one, from the chords before and after it.
fn tangent(u: Point, v: Point) -> Point {
    let (long_u, long_v) = (norm(u), norm(v));
    let (u, v) = (unit(u), unit(v));
    let sum = [u[0] * long_v + v[0] * long_u, u[1] * long_v + v[1] * long_u];
    // A hand that goes straight back has no tangent: across its way, so that the turn is round.
    if norm(sum) > 1e-3 * (long_u + long_v) { unit(sum) } else { [-u[1], u[0]] }
}

/// `t` mirrored on the unit vector `along`: the tangent at the other end of a circle's chord.
fn reflect(t: Point, along: Point) -> Point {
    let twice = 2.0 * dot(t, along);
    // More than a half turn in one chord: no circle that a hand draws.
    if twice > 0.6 { [twice * along[0] - t[0], twice * along[1] - t[1]] } else { along }
}

fn minus(a: Point, b: Point) -> Point {
    [a[0] - b[0], a[1] - b[1]]
}

fn dot(a: Point, b: Point) -> f32 {
    a[0] * b[0] + a[1] * b[1]
}

fn cross(a: Point, b: Point) -> f32 {
    a[0] * b[1] - a[1] * b[0]
}

fn norm(a: Point) -> f32 {
    dot(a, a).sqrt()
}

fn distance(a: Point, b: Point) -> f32 {
    norm(minus(a, b))
}

/// `a` with length 1; of no length, any direction.
fn unit(a: Point) -> Point {
    let length = norm(a);
    if length > 0.0 { [a[0] / length, a[1] / length] } else { [1.0, 0.0] }
}

fn cosine(a: Point, b: Point) -> f32 {
    dot(unit(a), unit(b))
}
