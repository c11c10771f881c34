//! Drawings and pictures: what a hand draws must reach the model as MNIST would have shown it.
#![allow(clippy::unwrap_used, reason = "tests")]

use latent_ink::error::Error;
use latent_ink::ink::{
    BOX, CENTRE, Image, PAD_PEN, PIXELS, SIDE, Strokes, normalise, normalise_picture,
    normalise_rgba, rasterise, rgba,
};
use proptest::prelude::*;

type Point = [f64; 2];
/// Cubic Bézier pieces; where they do not join smoothly is a corner.
type Path = Vec<[Point; 4]>;

fn line(a: Point, b: Point) -> [Point; 4] {
    let at = |t: f64| [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
    [a, at(1.0 / 3.0), at(2.0 / 3.0), b]
}

/// The digits 0 to 9 as hands write them on a pad of 280 px: bows, hooks, cusps, corners, a digit of two strokes.
#[rustfmt::skip]
fn digits() -> Vec<Vec<Path>> {
    vec![
        // 0: an oval that starts and ends at the top, overlapping a little
        vec![vec![
            [[152.0, 62.0], [110.0, 55.0], [84.0, 95.0], [86.0, 148.0]],
            [[86.0, 148.0], [88.0, 200.0], [112.0, 226.0], [142.0, 222.0]],
            [[142.0, 222.0], [180.0, 216.0], [197.0, 170.0], [192.0, 124.0]],
            [[192.0, 124.0], [188.0, 86.0], [170.0, 64.0], [144.0, 66.0]],
        ]],
        // 1: a serif, a sharp corner, a slightly slanted stem
        vec![vec![line([112.0, 98.0], [148.0, 58.0]), line([148.0, 58.0], [136.0, 222.0])]],
        // 2: a hook, a diagonal, a corner, a wavy foot
        vec![vec![
            [[92.0, 102.0], [96.0, 58.0], [178.0, 44.0], [182.0, 96.0]],
            [[182.0, 96.0], [185.0, 138.0], [124.0, 184.0], [86.0, 216.0]],
            [[86.0, 216.0], [120.0, 202.0], [160.0, 226.0], [200.0, 210.0]],
        ]],
        // 3: two bows that meet in a cusp
        vec![vec![
            [[96.0, 78.0], [120.0, 48.0], [186.0, 52.0], [180.0, 98.0]],
            [[180.0, 98.0], [176.0, 124.0], [150.0, 136.0], [126.0, 138.0]],
            [[126.0, 138.0], [164.0, 132.0], [198.0, 152.0], [192.0, 186.0]],
            [[192.0, 186.0], [184.0, 230.0], [118.0, 234.0], [90.0, 204.0]],
        ]],
        // 4: down, corner, across; a stem
        vec![
            vec![line([122.0, 62.0], [84.0, 160.0]), line([84.0, 160.0], [200.0, 152.0])],
            vec![line([172.0, 96.0], [160.0, 226.0])],
        ],
        // 5: a stem, a bow; the flag
        vec![
            vec![
                line([110.0, 66.0], [102.0, 130.0]),
                [[102.0, 130.0], [150.0, 104.0], [196.0, 134.0], [188.0, 176.0]],
                [[188.0, 176.0], [180.0, 222.0], [124.0, 234.0], [88.0, 208.0]],
            ],
            vec![line([110.0, 66.0], [186.0, 60.0])],
        ],
        // 6: one sweep into a loop
        vec![vec![
            [[172.0, 58.0], [128.0, 76.0], [92.0, 130.0], [92.0, 180.0]],
            [[92.0, 180.0], [92.0, 214.0], [122.0, 230.0], [152.0, 220.0]],
            [[152.0, 220.0], [186.0, 208.0], [190.0, 160.0], [158.0, 150.0]],
            [[158.0, 150.0], [130.0, 142.0], [104.0, 166.0], [98.0, 192.0]],
        ]],
        // 7: across, corner, down in a curve
        vec![vec![
            line([88.0, 76.0], [190.0, 66.0]),
            [[190.0, 66.0], [168.0, 110.0], [140.0, 160.0], [134.0, 226.0]],
        ]],
        // 8: one crossing line
        vec![vec![
            [[178.0, 84.0], [160.0, 46.0], [100.0, 52.0], [102.0, 92.0]],
            [[102.0, 92.0], [104.0, 134.0], [186.0, 142.0], [184.0, 186.0]],
            [[184.0, 186.0], [182.0, 228.0], [110.0, 234.0], [104.0, 194.0]],
            [[104.0, 194.0], [98.0, 150.0], [186.0, 128.0], [178.0, 84.0]],
        ]],
        // 9: a loop, back up in a corner, a stem
        vec![vec![
            [[178.0, 80.0], [150.0, 52.0], [100.0, 66.0], [100.0, 108.0]],
            [[100.0, 108.0], [100.0, 146.0], [164.0, 148.0], [178.0, 80.0]],
            [[178.0, 80.0], [180.0, 130.0], [172.0, 180.0], [160.0, 224.0]],
        ]],
    ]
}

/// The path in steps far below anything that a pointer or a 28×28 image resolves.
fn trace(path: &Path) -> Vec<Point> {
    let mut points = vec![path[0][0]];
    for piece in path {
        for i in 1..=2000 {
            let t = f64::from(i) / 2000.0;
            let s = 1.0 - t;
            let weights = [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t];
            points.push(std::array::from_fn(|axis| {
                (0..4).map(|j| weights[j] * piece[j][axis]).sum()
            }));
        }
    }
    points
}

/// How a hand and its pointer turn a path into events.
#[derive(Clone, Copy)]
struct Hand {
    /// px/s, the same all along: harsher than hands, which slow down in corners.
    speed: f64,
    /// Coalesced events per second; pointerdown and pointerup come on top, exactly at the ends.
    rate: f64,
    is_rounded: bool,
    scale: f64,
    shift: Point,
}

const SLOW: Hand =
    Hand { speed: 150.0, rate: 120.0, is_rounded: false, scale: 1.0, shift: [0.0; 2] };
const FAST: Hand = Hand { speed: 2000.0, ..SLOW };

fn draw(paths: &[Path], hand: Hand) -> Strokes {
    let (mut points, mut lengths) = (Vec::new(), Vec::new());
    for path in paths {
        let place = |p: &Point| std::array::from_fn(|axis| p[axis] * hand.scale + hand.shift[axis]);
        let path: Vec<Point> = trace(path).iter().map(place).collect();
        let mut events = vec![path[0]];
        let step = hand.speed * hand.scale / hand.rate;
        let mut arc = 0.0;
        for pair in path.windows(2) {
            arc += (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1]);
            if arc >= step * events.len() as f64 {
                events.push(pair[1]);
            }
        }
        events.push(path[path.len() - 1]);
        lengths.push(events.len() as u32);
        let round = |value: f64| (if hand.is_rounded { value.round() } else { value }) as f32;
        points.extend(events.iter().flatten().map(|&value| round(value)));
    }
    Strokes::from_parts(&points, &lengths).unwrap()
}

fn strokes(points: &[f32]) -> Strokes {
    Strokes::from_parts(points, &[points.len() as u32 / 2]).unwrap()
}

fn ink(image: &Image) -> f32 {
    image.pixels().iter().sum()
}

/// L1 of the difference / L1 of the wanted ink. A blank picture has no ink to compare with and fails.
fn difference(got: &Image, want: &Image) -> f32 {
    assert!(ink(got) > 1.0 && ink(want) > 1.0, "compares pictures without ink");
    let distance: f32 = got.pixels().iter().zip(want.pixels()).map(|(a, b)| (a - b).abs()).sum();
    distance / ink(want)
}

/// First and last + 1 column and row that hold more than `least`.
fn bounds(image: &Image, least: f32) -> [[usize; 2]; 2] {
    let mut bounds = [[usize::MAX, 0]; 2];
    for (i, _) in image.pixels().iter().enumerate().filter(|(_, value)| **value > least) {
        for (axis, at) in [i % SIDE, i / SIDE].into_iter().enumerate() {
            bounds[axis] = [bounds[axis][0].min(at), bounds[axis][1].max(at + 1)];
        }
    }
    bounds
}

fn longest(image: &Image) -> usize {
    let [across, down] = bounds(image, 0.02);
    (across[1] - across[0]).max(down[1] - down[0])
}

fn centre(image: &Image) -> [f32; 2] {
    let mut sum = [0.0; 2];
    for (i, value) in image.pixels().iter().enumerate() {
        sum = [sum[0] + value * (i % SIDE) as f32, sum[1] + value * (i / SIDE) as f32];
    }
    sum.map(|axis| axis / ink(image))
}

/// A pad's grey levels, 1 = ink, `side` px, with a pen `pen` px wide: 2×2 samples by distance, the naive way.
fn render(paths: &[Path], side: usize, pen: f64) -> Vec<f32> {
    let mut ink = vec![0.0_f32; side * side];
    let fine: Vec<Point> =
        paths.iter().flat_map(|path| trace(path).into_iter().step_by(10)).collect();
    let reach = pen / 2.0 + 1.0;
    let mut covered = vec![[false; 4]; side * side];
    for p in &fine {
        for y in (p[1] - reach) as usize..=(p[1] + reach) as usize {
            for x in (p[0] - reach) as usize..=(p[0] + reach) as usize {
                for (k, sample) in covered[y * side + x].iter_mut().enumerate() {
                    let at = [
                        x as f64 + 0.25 + 0.5 * (k % 2) as f64,
                        y as f64 + 0.25 + 0.5 * (k / 2) as f64,
                    ];
                    *sample |= (at[0] - p[0]).hypot(at[1] - p[1]) <= pen / 2.0;
                }
            }
        }
    }
    for (value, samples) in ink.iter_mut().zip(covered) {
        *value = samples.iter().filter(|&&sample| sample).count() as f32 / 4.0;
    }
    ink
}

#[test]
fn blank_drawing_is_none() {
    assert_eq!(normalise(&Strokes::default()), None);
    assert_eq!(normalise(&Strokes::from_parts(&[], &[]).unwrap()), None);
    assert_eq!(normalise(&Strokes::from_parts(&[], &[0, 0]).unwrap()), None);
    assert_eq!(rasterise(&Strokes::default(), 280.0), None);
}

#[test]
fn tap_is_a_dot_of_pen_size_in_the_centre_wherever_it_is_and_however_it_trembles() {
    let dot = normalise(&strokes(&[140.0, 140.0])).unwrap();
    // π 1.25² = 4.9 px.
    assert!((4.6..5.5).contains(&ink(&dot)), "{}", ink(&dot));
    assert!(longest(&dot) <= 3, "{}", longest(&dot));
    for axis in centre(&dot) {
        assert!((axis - CENTRE).abs() < 0.01, "{axis}");
    }
    for tap in
        [&[0.0, 279.0][..], &[5.0, 5.0, 5.0, 5.0], &[5.0, 5.0, 6.0, 5.0, 6.0, 7.0], &[1e30, -1e30]]
    {
        assert_eq!(normalise(&strokes(tap)).unwrap(), dot);
    }
}

#[test]
fn dot_is_part_of_a_larger_drawing() {
    let stem = [140.0, 100.0, 140.0, 220.0];
    let alone = normalise(&strokes(&stem)).unwrap();
    let dotted = [&stem[..], &[140.0, 60.0]].concat();
    let dotted = normalise(&Strokes::from_parts(&dotted, &[2, 1]).unwrap()).unwrap();
    assert!(dotted.pixels()[..PIXELS / 3].iter().sum::<f32>() > 4.0);
    assert!(ink(&dotted) < ink(&alone), "the stem makes room for the dot");
}

#[test]
fn straight_lines_fill_the_box_one_way() {
    for (axis, to) in [(0, [200.0, 50.0]), (1, [50.0, 200.0])] {
        let image = normalise(&strokes(&[50.0, 50.0, to[0], to[1]])).unwrap();
        let [low, high] = bounds(&image, 0.02)[axis];
        assert_eq!(high - low, 20);
        // 17.5 · 2.5 and two half discs.
        assert!((ink(&image) - 48.7).abs() < 1.0, "{}", ink(&image));
    }
}

#[test]
fn a_thick_straight_stroke_is_covered_exactly() {
    // A pen of 2 px from x = 4 to 24 at y = 14: two full rows.
    let image = rasterise(&strokes(&[4.0, 14.0, 24.0, 14.0]), 28.0).unwrap();
    for x in 5..23 {
        for (y, want) in [(12, 0.0), (13, 1.0), (14, 1.0), (15, 0.0)] {
            assert!((image.pixels()[y * SIDE + x] - want).abs() < 1e-5, "({x}, {y})");
        }
    }
}

#[test]
fn slanted_strokes_match_sixteen_by_sixteen_samples() {
    let (from, to, radius) = ([6.0, 5.0], [17.0, 23.0], f64::from(PAD_PEN) * 14.0);
    let image = rasterise(&strokes(&[6.0, 5.0, 17.0, 23.0]), 28.0).unwrap();
    let along = [to[0] - from[0], to[1] - from[1]];
    let mut worst = 0.0_f64;
    for (i, &got) in image.pixels().iter().enumerate() {
        let mut hits = 0;
        for k in 0..256 {
            let at = [
                (i % SIDE) as f64 + ((k % 16) as f64 + 0.5) / 16.0,
                (i / SIDE) as f64 + ((k / 16) as f64 + 0.5) / 16.0,
            ];
            let t: f64 = ((at[0] - from[0]) * along[0] + (at[1] - from[1]) * along[1])
                / (along[0] * along[0] + along[1] * along[1]);
            let t = t.clamp(0.0, 1.0);
            hits += u32::from(
                (at[0] - from[0] - t * along[0]).hypot(at[1] - from[1] - t * along[1]) <= radius,
            );
        }
        worst = worst.max((f64::from(got) - f64::from(hits) / 256.0).abs());
    }
    // Along the stroke only the samples are off; at the round ends a pen of 2 px is, by up to 0.1 of a pixel.
    assert!(worst < 0.12, "{worst}");
    assert!(ink(&image) > 40.0);
}

#[test]
fn digits_fill_mnists_frame() {
    for (digit, paths) in digits().iter().enumerate() {
        let image = normalise(&draw(paths, SLOW)).unwrap();
        assert_eq!(longest(&image) as f32, BOX, "longest side of {digit}");
        for axis in centre(&image) {
            assert!((axis - CENTRE).abs() <= 0.52, "centre of {digit}: {axis}");
        }
        let most = image.pixels().iter().copied().fold(0.0, f32::max);
        assert!(most > 0.99, "{digit} has no full ink");
    }
}

#[test]
fn digits_have_mnists_ink() {
    // MNIST: 104 px of ink per digit, 19 % of pixels not blank.
    let images: Vec<Image> =
        digits().iter().map(|paths| normalise(&draw(paths, SLOW)).unwrap()).collect();
    let mean = images.iter().map(ink).sum::<f32>() / 10.0;
    assert!((mean - 104.0).abs() < 10.0, "{mean}");
    let touched: usize = images
        .iter()
        .map(|image| image.pixels().iter().filter(|&&value| value > 0.0).count())
        .sum();
    assert!((0.15..0.23).contains(&(touched as f64 / 7840.0)), "{touched}");
}

#[test]
fn fast_and_slow_hands_draw_the_same() {
    for (digit, paths) in digits().iter().enumerate() {
        let (slow, fast) =
            (normalise(&draw(paths, SLOW)).unwrap(), normalise(&draw(paths, FAST)).unwrap());
        let difference = difference(&fast, &slow);
        println!("{digit}: {:.2} %", 100.0 * difference);
        assert!(difference < 0.02, "{digit}: {difference}");
    }
}

#[test]
fn events_at_60_hz_lose_little() {
    // 33 px between points, a fifth of the digit: bows and cusps are guesses then.
    let mut total = 0.0;
    for (digit, paths) in digits().iter().enumerate() {
        let slow = normalise(&draw(paths, SLOW)).unwrap();
        let difference =
            difference(&normalise(&draw(paths, Hand { rate: 60.0, ..FAST })).unwrap(), &slow);
        assert!(difference < 0.08, "{digit}: {difference}");
        total += difference;
    }
    assert!(total / 10.0 < 0.03, "{total}");
}

#[test]
fn rounded_coordinates_matter_little() {
    // ±0.5 px on a pad where the digit is 160 px tall is ±0.05 px of the image, 2 % of the pen on either side.
    for (digit, paths) in digits().iter().enumerate() {
        let exact = normalise(&draw(paths, SLOW)).unwrap();
        for hand in [SLOW, FAST] {
            let difference = difference(
                &normalise(&draw(paths, Hand { is_rounded: true, ..hand })).unwrap(),
                &exact,
            );
            assert!(difference < 0.04, "{digit} at {} px/s: {difference}", hand.speed);
        }
    }
}

#[test]
fn repeated_points_do_not_matter() {
    let once = [60.0, 60.0, 150.0, 70.0, 120.0, 200.0];
    let twice: Vec<f32> = once.chunks(2).flat_map(|p| [p, p, p]).flatten().copied().collect();
    let (once, twice) = (normalise(&strokes(&once)).unwrap(), normalise(&strokes(&twice)).unwrap());
    assert!(difference(&twice, &once) < 1e-4);
}

#[test]
fn place_and_size_do_not_matter() {
    for (digit, paths) in digits().iter().enumerate() {
        let want = normalise(&draw(paths, SLOW)).unwrap();
        let hands = [
            // Tiny (8 px), huge, in the pad's corner, off the canvas.
            Hand { scale: 0.05, ..SLOW },
            Hand { scale: 1000.0, ..SLOW },
            Hand { scale: 0.5, shift: [-43.0, -29.0], ..SLOW },
            Hand { shift: [-4000.0, 9000.0], ..SLOW },
        ];
        for hand in hands {
            let got = normalise(&draw(paths, hand)).unwrap();
            // f32 coordinates at 9,000 are 1e-3 apart: 1e-4 px of the image.
            assert!(
                difference(&got, &want) < 2e-3,
                "{digit} × {}: {}",
                hand.scale,
                difference(&got, &want)
            );
        }
    }
}

#[test]
fn corners_stay_corners_and_curves_stay_curves() {
    // A right angle by dense points: its outer tip is inked as far as a round pen reaches.
    let mut corner: Vec<f32> = (0..=100).flat_map(|i| [100.0, 100.0 + i as f32]).collect();
    corner.extend((1..=100).flat_map(|i| [100.0 + i as f32, 200.0]));
    let image = normalise(&strokes(&corner)).unwrap();
    let sharp = normalise(&strokes(&[100.0, 100.0, 100.0, 200.0, 200.0, 200.0])).unwrap();
    assert!(difference(&image, &sharp) < 0.05, "{}", difference(&image, &sharp));
    // Twelve points of a circle: as round as 360.
    let circle = |n: usize| -> Vec<f32> {
        (0..=n)
            .flat_map(|i| {
                let angle = i as f32 / n as f32 * std::f32::consts::TAU;
                [100.0 + 80.0 * angle.cos(), 100.0 + 80.0 * angle.sin()]
            })
            .collect()
    };
    let (few, many) =
        (normalise(&strokes(&circle(12))).unwrap(), normalise(&strokes(&circle(360))).unwrap());
    assert!(difference(&few, &many) < 0.01, "{}", difference(&few, &many));
}

#[test]
fn ink_is_not_pushed_over_the_edge() {
    // Nearly all ink at one end: the centre of mass would pull the other end out of the image.
    let mut points: Vec<f32> =
        (0..200).flat_map(|i| [(i % 20) as f32, (i / 20) as f32 * 2.0]).collect();
    points.extend([0.0, 200.0]);
    let image = normalise(&strokes(&points)).unwrap();
    assert_eq!(longest(&image), 20);
}

#[test]
fn rasterise_shows_the_pad_as_it_is() {
    let image = rasterise(&strokes(&[10.0, 10.0, 10.0, 60.0]), 280.0).unwrap();
    assert_eq!(bounds(&image, 0.02), [[0, 2], [0, 7]]);
    assert_eq!(rasterise(&strokes(&[-100.0, -100.0]), 280.0), None);
    assert!(rasterise(&strokes(&[-1e30, 140.0, 1e30, 140.0]), 280.0).is_some());
    for canvas in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        assert_eq!(rasterise(&strokes(&[10.0, 10.0]), canvas), None);
    }
}

#[test]
fn malformed_strokes_are_answered_in_words() {
    let message = |points: &[f32], lengths: &[u32]| match Strokes::from_parts(points, lengths) {
        Err(Error::Ink(message)) => message,
        other => panic!("{other:?}"),
    };
    assert!(message(&[1.0, 2.0, 3.0], &[1]).contains("odd"));
    assert!(message(&[1.0, 2.0], &[2]).contains("expected a sum of 1 points, got 2"));
    assert!(message(&[1.0, 2.0], &[u32::MAX, u32::MAX]).contains("8589934590"));
    assert!(
        message(&[1.0, 2.0, 3.0, f32::NAN], &[2]).contains("point 1: expected a finite y, got NaN")
    );
    assert!(message(&[f32::INFINITY, 2.0], &[1]).contains("point 0: expected a finite x"));
}

#[test]
fn picture_of_a_drawing_agrees_with_its_strokes() {
    for (digit, paths) in digits().iter().enumerate() {
        let from_strokes = normalise(&draw(paths, SLOW)).unwrap();
        // The pen that makes 2.5 px of 20 with this digit: its longest side is 158 to 172 px.
        let ink = render(paths, 280, 23.5);
        let paper: Vec<f32> = ink.iter().map(|value| 1.0 - value).collect();
        let from_picture = normalise_picture(&paper, 280, 280).unwrap().unwrap();
        let difference = difference(&from_picture, &from_strokes);
        // The picture's box is found to the pixel only: 0.1 px of the image, 4 % of the pen on either side.
        assert!(difference < 0.10, "{digit}: {difference}");
    }
}

#[test]
fn faint_and_inverted_pictures_read_like_plain_ones() {
    let ink = render(&digits()[3], 280, 22.0);
    let of = |level: &dyn Fn(f32) -> f32| {
        let levels: Vec<f32> = ink.iter().map(|&value| level(value)).collect();
        normalise_picture(&levels, 280, 280).unwrap().unwrap()
    };
    let plain = of(&|value| 1.0 - value);
    for (name, image) in [
        ("light on dark", of(&|value| value)),
        ("faint", of(&|value| 1.0 - 0.2 * value)),
        ("faint light on dark", of(&|value| 0.2 * value)),
        ("on grey paper", of(&|value| 0.6 - 0.4 * value)),
        ("bytes", of(&|value| 255.0 * value)),
    ] {
        assert!(difference(&image, &plain) < 0.01, "{name}: {}", difference(&image, &plain));
    }
    // Noise of ±0.02 on the paper is not ink.
    let noisy: Vec<f32> = (0..ink.len())
        .map(|i| 1.0 - ink[i] - 0.02 * ((i * 7919 % 101) as f32 / 50.0 - 1.0))
        .collect();
    let noisy = normalise_picture(&noisy, 280, 280).unwrap().unwrap();
    assert!(difference(&noisy, &plain) < 0.03, "{}", difference(&noisy, &plain));
}

#[test]
fn thin_pictures_are_thickened() {
    let pen = |width: f64| {
        normalise_picture(&render(&digits()[2], 280, width), 280, 280).unwrap().unwrap()
    };
    let (hairline, plain) = (pen(6.0), pen(20.0));
    assert!(ink(&hairline) > 0.55 * ink(&plain), "{} of {}", ink(&hairline), ink(&plain));
    assert_eq!(longest(&hairline), 20);
}

#[test]
fn a_picture_that_is_already_in_the_frame_stays_as_it_is() {
    for (digit, paths) in digits().iter().enumerate() {
        let image = normalise(&draw(paths, SLOW)).unwrap();
        let again = normalise_picture(image.pixels(), SIDE, SIDE).unwrap().unwrap();
        assert!(difference(&again, &image) < 0.02, "{digit}: {}", difference(&again, &image));
    }
}

#[test]
fn blank_pictures_are_none() {
    for level in [0.0, 0.5, 1.0] {
        assert_eq!(normalise_picture(&[level; 100], 10, 10).unwrap(), None);
    }
    assert_eq!(normalise_rgba(&[255; 400], 10, 10).unwrap(), None);
    assert_eq!(normalise_rgba(&[0; 400], 10, 10).unwrap(), None);
}

#[test]
fn transparent_pictures_lie_on_the_paper_that_shows_their_ink() {
    let ink = render(&digits()[5], 280, 22.0);
    let want = normalise_picture(&ink, 280, 280).unwrap().unwrap();
    for colour in [[0, 0, 0], [255, 255, 255], [20, 40, 120]] {
        let got = normalise_rgba(&rgba(&ink, colour), 280, 280).unwrap().unwrap();
        assert!(difference(&got, &want) < 0.02, "{colour:?}: {}", difference(&got, &want));
    }
}

#[test]
fn malformed_pictures_are_answered_in_words() {
    let message = |result: Result<Option<Image>, Error>| result.unwrap_err().to_string();
    let short = message(normalise_picture(&[0.0; 5], 2, 3));
    assert!(short.contains("6 values for 2x3 pixels") && short.contains("got 5"), "{short}");
    assert!(message(normalise_picture(&[], 0, 3)).contains("at least 1x1"));
    assert!(message(normalise_rgba(&[0; 4], usize::MAX, 2)).contains("fewer than"));
    assert!(message(normalise_picture(&[0.0, f32::NAN], 1, 2)).contains("pixel (0, 1)"));
    assert!(normalise_picture(&[0.0], 1, 1).unwrap().is_none());
}

#[test]
fn rgba_puts_the_ink_in_the_alpha() {
    let want = [1, 2, 3, 0, 1, 2, 3, 128, 1, 2, 3, 255, 1, 2, 3, 255, 1, 2, 3, 0, 1, 2, 3, 0];
    assert_eq!(rgba(&[0.0, 0.5, 1.0, 7.0, -1.0, f32::NAN], [1, 2, 3]), want);
}

/// Any finite number, the awkward ones often: huge, denormal, close together.
fn coordinate() -> impl Strategy<Value = f32> {
    prop_oneof![
        4 => -50.0_f32..350.0,
        1 => Just(1e30_f32),
        1 => Just(-1e30_f32),
        1 => Just(f32::MAX),
        1 => Just(f32::MIN),
        1 => Just(f32::from_bits(1)),
        1 => -1e-38_f32..1e-38,
        1 => 139.9_f32..140.1,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_finite_strokes_give_ink_within_0_and_1(
        drawing in prop::collection::vec(prop::collection::vec([coordinate(), coordinate()], 0..40), 0..6),
        canvas in prop_oneof![Just(280.0_f32), any::<f32>()],
    ) {
        let lengths: Vec<u32> = drawing.iter().map(|stroke| stroke.len() as u32).collect();
        let points: Vec<f32> = drawing.into_iter().flatten().flatten().collect();
        let drawn = Strokes::from_parts(&points, &lengths).unwrap();
        let image = normalise(&drawn);
        prop_assert_eq!(image.is_none(), points.is_empty());
        if let Some(image) = &image {
            prop_assert!(ink(image) > 1.0);
        }
        for image in [image, rasterise(&drawn, canvas)].into_iter().flatten() {
            prop_assert!(image.pixels().iter().all(|value| (0.0..=1.0).contains(value)));
        }
    }

    #[test]
    fn any_finite_picture_gives_ink_within_0_and_1(
        (width, height, levels) in (1_usize..40, 1_usize..40).prop_flat_map(|(width, height)| {
            let level = prop_oneof![4 => 0.0_f32..1.0, 2 => Just(0.0), 1 => coordinate()];
            (Just(width), Just(height), prop::collection::vec(level, width * height))
        }),
    ) {
        if let Some(image) = normalise_picture(&levels, width, height).unwrap() {
            prop_assert!(image.pixels().iter().all(|value| (0.0..=1.0).contains(value)));
        }
    }

    #[test]
    fn any_bytes_are_a_picture(bytes in prop::collection::vec(any::<u8>(), 4 * 30 * 50)) {
        let image = normalise_rgba(&bytes, 30, 50).unwrap();
        prop_assert!(image.is_none_or(|image| image.pixels().iter().all(|value| (0.0..=1.0).contains(value))));
    }
}
