//! The vector functions against f64 on a grid over all f32, with their largest errors in ulp; their ends and remainders.

use latent_ink::kernel::{
    functions::{exp, ln, sigmoid, sigmoid_in_place, silu, silu_backward, softplus, tanh},
    sum_of_squares,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

/// Every how manieth f32 is tested: a prime, so that low bits vary too. Natively 8.5 million of them in a second or so.
const STRIDE: usize = if cfg!(target_arch = "wasm32") { 8191 } else { 509 };

type Function = fn(&[f32], &mut [f32]);
/// Arguments and exact results of a function.
type Cases = (&'static str, Function, &'static [(f32, f32)]);

fn of(f: Function, x: &[f32]) -> Vec<f32> {
    let mut y = vec![f32::NAN; x.len()];
    f(x, &mut y);
    y
}

fn of_one(f: Function, x: f32) -> f32 {
    of(f, &[x])[0]
}

/// The distance of neighbouring f32 at `want`.
fn ulp(want: f64) -> f64 {
    let exponent = (want.abs().to_bits() >> 52) as i32 - 1023;
    2.0_f64.powi(exponent.max(-126) - 23)
}

/// Asserts that `f` is within `limit` ulp of `want` at every `STRIDE`th f32 from `least` to `most`, and with the ends.
#[track_caller]
fn check(what: &str, f: Function, want: fn(f64) -> f64, [least, most]: [f32; 2], limit: f64) {
    let grid = (0..=u32::MAX).step_by(STRIDE).map(f32::from_bits);
    // And finely where results are neither 0 nor 1.
    let centre = (-26_624..=26_624).map(|i| i as f32 / 256.0);
    let x: Vec<f32> = grid
        .chain(centre)
        .chain([least, most, least.next_up(), most.next_down()])
        .filter(|x| (least..=most).contains(x))
        .collect();
    let (mut worst, mut at) = (0.0, 0.0);
    for x in x.chunks(1 << 12) {
        for (&x, got) in x.iter().zip(of(f, x)) {
            let want = want(x.into());
            let error = if want.abs() > f64::from(f32::MAX) {
                // Halfway to the number that would follow, infinity is the nearest.
                if f64::from(got) == want.signum() * f64::INFINITY { 0.0 } else { f64::INFINITY }
            } else {
                (f64::from(got) - want).abs() / ulp(want)
            };
            assert!(error <= limit, "{what}({x:e}) = {got:e}, expected {want:e}: {error} ulp");
            if error > worst {
                (worst, at) = (error, x);
            }
        }
    }
    assert!(worst > 0.1, "{what}: f32 cannot be within {worst} ulp everywhere");
    if cfg!(not(target_arch = "wasm32")) {
        println!("{what}: {worst:.3} ulp at {at:e}, of {} numbers", x.len());
    }
}

const ALL: [f32; 2] = [-f32::MAX, f32::MAX];

#[test]
fn exp_is_within_its_ulp_everywhere() {
    check("exp", exp, f64::exp, ALL, 1.5);
}

#[test]
fn ln_is_within_its_ulp_everywhere() {
    check("ln", ln, f64::ln, [f32::from_bits(1), f32::MAX], 1.0);
}

#[test]
fn sigmoid_is_within_its_ulp_everywhere() {
    check("sigmoid", sigmoid, |x| 1.0 / (1.0 + (-x).exp()), ALL, 3.0);
    check("sigmoid_in_place", in_place, |x| 1.0 / (1.0 + (-x).exp()), ALL, 3.0);
}

fn in_place(x: &[f32], y: &mut [f32]) {
    y.copy_from_slice(x);
    sigmoid_in_place(y);
}

#[test]
fn tanh_is_within_its_ulp_everywhere() {
    check("tanh", tanh, f64::tanh, ALL, 3.0);
}

fn softplus_in_f64(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

#[test]
fn softplus_is_within_its_ulp_everywhere() {
    check("softplus", softplus, softplus_in_f64, ALL, 3.0);
}

#[test]
fn silu_is_within_its_ulp_and_small_beyond() {
    let want = |x: f64| x / (1.0 + (-x).exp());
    check("silu", silu, want, [-87.0, f32::MAX], 4.0);
    for i in 0..=10_000 {
        let x = -87.0 - i as f32 / 64.0;
        let error = (f64::from(of_one(silu, x)) - want(x.into())).abs();
        assert!(error < 1e-36, "silu({x}) = {}", of_one(silu, x));
    }
}

#[test]
fn silu_backward_is_its_formula() {
    let x: Vec<f32> = (-700..=700).map(|i| i as f32 / 64.0).collect();
    let d_y: Vec<f32> = x.iter().map(|x| 1.0 + x * x).collect();
    let mut d_x = vec![f32::NAN; x.len()];
    silu_backward(&x, &d_y, &mut d_x);
    for ((&x, &d_y), &got) in x.iter().zip(&d_y).zip(&d_x) {
        let s = 1.0 / (1.0 + (-f64::from(x)).exp());
        let want = f64::from(d_y) * s * (1.0 + f64::from(x) * (1.0 - s));
        // f32 rounds 1 - s to within half an ulp of 1, and that times x.
        let size = f64::from(d_y) * s * (1.0 + f64::from(x.abs()));
        assert!((f64::from(got) - want).abs() <= 3e-7 * size, "at {x}: {got}, expected {want}");
    }
}

#[test]
fn the_ends_are_what_they_say() {
    const INFINITY: f32 = f32::INFINITY;
    const LAST_FINITE: f32 = 88.722_83;
    const CASES: [Cases; 6] = [
        (
            "exp",
            exp,
            &[
                (-INFINITY, 0.0),
                (-104.0, 0.0),
                (-103.9, f32::from_bits(1)),
                (-0.0, 1.0),
                (0.0, 1.0),
                (f32::from_bits(1), 1.0),
                (LAST_FINITE.next_up(), INFINITY),
                (INFINITY, INFINITY),
            ],
        ),
        ("ln", ln, &[(0.0, -INFINITY), (-0.0, -INFINITY), (1.0, 0.0), (INFINITY, INFINITY)]),
        (
            "sigmoid",
            sigmoid,
            &[(-INFINITY, 0.0), (-1e4, 0.0), (0.0, 0.5), (-0.0, 0.5), (1e4, 1.0), (INFINITY, 1.0)],
        ),
        (
            "tanh",
            tanh,
            &[
                (-INFINITY, -1.0),
                (-1e4, -1.0),
                (0.0, 0.0),
                (-0.0, -0.0),
                (1e-45, 1e-45),
                (INFINITY, 1.0),
            ],
        ),
        (
            "softplus",
            softplus,
            &[
                (-INFINITY, 0.0),
                (-1e4, 0.0),
                (1e4, 1e4),
                (f32::MAX, f32::MAX),
                (INFINITY, INFINITY),
            ],
        ),
        (
            "silu",
            silu,
            &[
                (-INFINITY, -0.0),
                (-1e4, -0.0),
                (0.0, 0.0),
                (1e4, 1e4),
                (f32::MAX, f32::MAX),
                (INFINITY, INFINITY),
            ],
        ),
    ];
    for (what, f, cases) in CASES {
        for &(x, want) in cases {
            let got = of_one(f, x);
            assert_eq!(got.to_bits(), want.to_bits(), "{what}({x}) = {got}, expected {want}");
        }
    }
    assert!(of_one(exp, LAST_FINITE).is_finite());
    for x in [-f32::from_bits(1), -1.0, -INFINITY] {
        assert!(of_one(ln, x).is_nan(), "ln({x}) = {}", of_one(ln, x));
    }
}

const EVERY: [(&str, Function); 7] = [
    ("exp", exp),
    ("ln", ln),
    ("sigmoid", sigmoid),
    ("sigmoid_in_place", in_place),
    ("tanh", tanh),
    ("softplus", softplus),
    ("silu", silu),
];

#[test]
fn nan_stays_and_stays_where_it_is() {
    for bits in [0x7fc0_0000, 0xffc0_0000, 0x7fc0_0001, 0x7fff_ffff, 0xffc1_2345] {
        for (what, f) in EVERY {
            for place in [0, 6, 17, 18] {
                let mut x = [0.5; 19];
                x[place] = f32::from_bits(bits);
                let y = of(f, &x);
                let places: Vec<usize> = (0..19).filter(|&i| y[i].is_nan()).collect();
                assert_eq!(places, [place], "{what} of {bits:08x}");
            }
        }
    }
}

#[test]
fn a_result_does_not_depend_on_its_place() {
    let x: Vec<f32> = (0..37).map(|i| 0.37 * i as f32 + 0.01).collect();
    for (what, f) in EVERY {
        let whole = of(f, &x);
        for first in 0..x.len() {
            for last in first..x.len() {
                let piece = of(f, &x[first..last]);
                assert_eq!(piece, whole[first..last], "{what} from {first} to {last}");
            }
        }
    }
}

#[test]
fn the_sum_of_squares_is_infinite_where_one_of_them_is() {
    let mut values: Vec<f32> = (0..1003).map(|i| i as f32).collect();
    assert_eq!(sum_of_squares(&values), (0..1003_u32).map(|i| f64::from(i * i)).sum::<f64>());
    assert_eq!(sum_of_squares(&[]), 0.0);
    // Squares that f32 can hold but whose sum it cannot are no reason to stop.
    assert!(sum_of_squares(&[1.8e19; 9]).is_finite());
    for (place, value) in [(0, 1e20), (501, -1e20), (1002, 1e20), (1002, f32::INFINITY)] {
        let before = std::mem::replace(&mut values[place], value);
        assert_eq!(sum_of_squares(&values), f64::INFINITY, "{value} at {place}");
        values[place] = f32::NAN;
        assert!(sum_of_squares(&values).is_nan(), "NaN at {place}");
        values[place] = before;
    }
}
