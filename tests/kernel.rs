//! The products against f64, on every tier: awkward shapes, awkward places in memory, NaN.

#[allow(dead_code, reason = "kernels have no gradients")]
mod compare;

use compare::{assert_close, uniform, wide};
#[cfg(any(target_arch = "wasm32", feature = "portable"))]
use latent_ink::kernel::Tile;
use latent_ink::kernel::{self, Packed, Start, matmul, matmul_nt, matmul_tn};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

/// Relative to the largest |reference|. Rounding sums of up to 784 products moved them by 9e-7 of it at worst (measured
/// natively, 2026-11-22); all tiers keep within this.
const TOLERANCE: f64 = 2e-6;

/// One product's operands in the layouts that the three functions take.
struct Product {
    m: usize,
    k: usize,
    n: usize,
    a: Vec<f32>,
    a_transposed: Vec<f32>,
    b: Vec<f32>,
    b_transposed: Vec<f32>,
}

impl Product {
    fn new(m: usize, k: usize, n: usize) -> Self {
        Self::of(m, k, n, uniform(1, m * k), uniform(2, k * n))
    }

    fn of(m: usize, k: usize, n: usize, a: Vec<f32>, b: Vec<f32>) -> Self {
        let (a_transposed, b_transposed) = (transposed(m, k, &a), transposed(k, n, &b));
        Self { m, k, n, a, a_transposed, b, b_transposed }
    }

    /// `A B` in f64, each element a plain sum.
    fn reference(&self) -> Vec<f64> {
        let (a, b) = (wide(&self.a), wide(&self.b));
        let mut c = vec![0.0; self.m * self.n];
        for i in 0..self.m {
            for p in 0..self.k {
                for j in 0..self.n {
                    c[i * self.n + j] += a[i * self.k + p] * b[p * self.n + j];
                }
            }
        }
        c
    }

    /// Every form's result, written over `before`.
    fn results(&self, start: Start<'_>, before: &[f32]) -> [(&'static str, Vec<f32>); 5] {
        let (m, k, n) = (self.m, self.k, self.n);
        let over = |multiply: &dyn Fn(&mut [f32])| {
            let mut c = before.to_vec();
            multiply(&mut c);
            c
        };
        let [mut packed, mut packed_transposed] = [Packed::default(), Packed::default()];
        packed.pack(k, n, &self.b);
        packed_transposed.pack_transposed(k, n, &self.b_transposed);
        [
            ("matmul", over(&|c| matmul(m, k, n, &self.a, &self.b, start, c))),
            ("matmul_nt", over(&|c| matmul_nt(m, k, n, &self.a, &self.b_transposed, start, c))),
            ("matmul_tn", over(&|c| matmul_tn(m, k, n, &self.a_transposed, &self.b, start, c))),
            ("packed", over(&|c| packed.multiply(m, &self.a, start, c))),
            ("packed transposed", over(&|c| packed_transposed.multiply(m, &self.a, start, c))),
        ]
    }

    fn check(&self) {
        let (m, k, n) = (self.m, self.k, self.n);
        let held: Vec<f32> = uniform(3, m * n).iter().map(|value| value + 2.0).collect();
        let bias: Vec<f32> = uniform(4, n).iter().map(|value| value - 2.0).collect();
        let product = self.reference();
        let poison = vec![f32::NAN; m * n];
        let plus = |added: &dyn Fn(usize) -> f32| -> Vec<f64> {
            product.iter().enumerate().map(|(i, &c)| c + f64::from(added(i))).collect()
        };
        for (start, before, want) in [
            (Start::Zero, &poison, plus(&|_| 0.0)),
            (Start::Bias(&bias), &poison, plus(&|i| bias[i % n])),
            (Start::Held, &held, plus(&|i| held[i])),
        ] {
            // A sum of k products of numbers in ±1 is about sqrt(k) / 3; the few values of a thin result may all be
            // far below that, by cancellation, and their rounding is not.
            let largest = want.iter().fold(0.0, |largest: f64, c| largest.max(c.abs()));
            let tolerance = TOLERANCE * ((k as f64).sqrt() / 3.0 / largest).max(1.0);
            for (name, got) in self.results(start, before) {
                assert_close(&format!("{name} {m} x {k} x {n} {start:?}"), &got, &want, tolerance);
            }
        }
    }
}

fn transposed(rows: usize, columns: usize, values: &[f32]) -> Vec<f32> {
    (0..columns * rows).map(|i| values[i % rows * columns + i / rows]).collect()
}

#[test]
fn the_tier_is_the_one_that_was_built() {
    let features = (cfg!(target_feature = "simd128"), cfg!(target_feature = "relaxed-simd"));
    let expected = match (cfg!(target_arch = "wasm32"), features) {
        (false, _) => "native",
        (true, (false, false)) => "scalar",
        (true, (true, false)) => "simd128",
        (true, (true, true)) => "relaxed",
        (true, (false, true)) => panic!("relaxed-simd without simd128 is no tier"),
    };
    assert_eq!(kernel::tier(), expected);
}

#[test]
fn products_match_the_reference_on_every_small_shape() {
    // Around the lanes (4), the tile (6 x 8) and the few rows that have a path of their own (1 to 3).
    const SIZES: [usize; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 17];
    for m in SIZES {
        for k in SIZES {
            for n in SIZES {
                Product::new(m, k, n).check();
            }
        }
    }
}

#[test]
fn products_match_the_reference_around_blocks_and_tiles() {
    // Around the blocks of rows (144) and of depth (392), and twice that with a remainder.
    const SIZES: [usize; 9] = [95, 143, 144, 145, 289, 391, 392, 393, 785];
    for size in SIZES {
        for (one, other) in [(1, 1), (1, 7), (3, 9), (5, 2), (6, 8), (13, 17)] {
            Product::new(size, one, other).check();
            Product::new(one, size, other).check();
            Product::new(one, other, size).check();
        }
    }
    for (m, k, n) in [(143, 393, 96), (144, 392, 97), (145, 391, 95), (97, 393, 257), (289, 785, 9)]
    {
        Product::new(m, k, n).check();
    }
}

#[test]
fn products_match_the_reference_on_the_shapes_of_the_models() {
    // Dense layers of mlp20, forward and backward, in training and for one drawing; a convolution of sharp.
    let shapes = [
        (128, 784, 400),
        (128, 20, 400),
        (128, 400, 20),
        (1, 784, 400),
        (1, 400, 784),
        (1, 400, 20),
        (1, 20, 400),
        (400, 128, 784),
        (784, 16, 32),
        (196, 512, 64),
    ];
    for (m, k, n) in shapes {
        Product::new(m, k, n).check();
    }
}

#[cfg(any(target_arch = "wasm32", feature = "portable"))]
#[test]
fn the_wide_tile_gives_the_bits_of_the_tall_one() {
    // Whole pairs of panels, a single panel, an edge in either, and remainders of rows.
    for (m, k, n) in [(4, 5, 16), (8, 9, 24), (9, 3, 29), (13, 7, 35), (6, 2, 8), (47, 801, 53)] {
        let (held, bias) = (uniform(3, m * n), uniform(4, n));
        for start in [Start::Zero, Start::Bias(&bias), Start::Held] {
            let [tall, wide] = [Tile::Tall, Tile::Wide].map(|tile| {
                kernel::use_tile(tile);
                Product::new(m, k, n).results(start, &held)
            });
            kernel::use_tile(Tile::Tall);
            assert!(tall[0].1.iter().any(|value| *value != 0.0));
            assert_eq!(tall, wide, "{m} x {k} x {n} {start:?}");
        }
    }
}

#[cfg(any(target_arch = "wasm32", feature = "portable"))]
#[test]
fn a_trial_of_tiles_ends_with_any_clock() {
    let ticks = std::cell::Cell::new(0.0);
    let clock = |tick: f64| {
        let ticks = &ticks;
        move || {
            ticks.set(ticks.get() + tick);
            ticks.get()
        }
    };
    // With a clock that ticks per product both are as fast, and the tall tile stays.
    assert_eq!(kernel::faster_tile(clock(0.1), 30.0), Tile::Tall);
    if !cfg!(miri) {
        assert_eq!(kernel::faster_tile(clock(0.0), 1.0), Tile::Tall);
    }
}

#[test]
fn a_product_over_nothing_is_zero_and_adds_nothing() {
    for (m, n) in [(1, 1), (3, 5), (4, 8), (7, 13), (97, 9)] {
        let (held, bias) = (uniform(3, m * n), uniform(4, n));
        for (start, want) in [
            (Start::Zero, vec![0.0; m * n]),
            (Start::Bias(&bias), bias.repeat(m)),
            (Start::Held, held.clone()),
        ] {
            for (name, got) in Product::new(m, 0, n).results(start, &held) {
                assert_eq!(got, want, "{name} {m} x 0 x {n} {start:?}");
            }
        }
    }
}

#[test]
fn a_product_without_rows_or_columns_is_empty() {
    // The last is packed in two blocks.
    let shapes =
        [(0, 3, 5), (0, 0, 0), (0, 3, 0), (1, 3, 0), (3, 20, 0), (9, 3, 0), (5, 0, 0), (5, 785, 0)];
    for (m, k, n) in shapes {
        for start in [Start::Zero, Start::Held, Start::Bias(&vec![1.0; n])] {
            for (name, got) in Product::new(m, k, n).results(start, &[]) {
                assert!(got.is_empty(), "{name} {m} x {k} x {n}");
            }
        }
    }
}

#[test]
fn nan_reaches_its_row_or_column_and_nothing_else() {
    for (m, k, n) in [(1, 1, 1), (1, 17, 9), (3, 20, 5), (5, 7, 9), (6, 16, 8), (13, 257, 11)] {
        let (row, depth, column) = (m / 2, k - 1, n - 1);
        // Nothing but zeros meets the NaN: 0 * NaN is NaN.
        let mut a = uniform(1, m * k);
        a[row * k + depth] = f32::NAN;
        let mut b = uniform(2, k * n);
        b[depth * n..].fill(0.0);
        let in_a = Product::of(m, k, n, a, b);
        let mut b = uniform(2, k * n);
        b[depth * n + column] = f32::NAN;
        let in_b = Product::of(m, k, n, vec![0.0; m * k], b);
        for (product, place) in [(in_a, "A"), (in_b, "B")] {
            for (name, got) in product.results(Start::Held, &vec![7.0; m * n]) {
                for (index, value) in got.iter().enumerate() {
                    let is_hit = if place == "A" { index / n == row } else { index % n == column };
                    assert_eq!(
                        value.is_nan(),
                        is_hit,
                        "{name} {m} x {k} x {n}, NaN in {place}: {value} at {index}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_product_repeats_bit_for_bit_after_another() {
    let product = Product::new(7, 300, 11);
    let first = product.results(Start::Zero, &[0.0; 77]);
    Product::new(130, 513, 70).check();
    assert_eq!(product.results(Start::Zero, &[f32::NAN; 77]), first);
}

/// One product whose operands lie at any offset of larger buffers.
#[derive(Debug, Clone)]
struct Placed {
    m: usize,
    k: usize,
    n: usize,
    form: usize,
    start: usize,
    /// Where A, B, the bias and C begin: multiples of 4 bytes, but of nothing more.
    offsets: [usize; 4],
    seed: u32,
}

/// What surrounds the operands: a NaN, so that reading it shows, of a pattern that no arithmetic makes, so that writing shows.
const POISON: u32 = 0x7fc5_ca1e;
/// So many values of it behind every operand.
const MARGIN: usize = 24;

/// `values` inside poison, `offset` values from the beginning.
fn poisoned(offset: usize, values: &[f32]) -> Vec<f32> {
    let poison = f32::from_bits(POISON);
    let mut buffer = vec![poison; offset + values.len() + MARGIN];
    buffer[offset..][..values.len()].copy_from_slice(values);
    buffer
}

impl Placed {
    /// The case of that number in a sweep: sizes around lanes, tiles and few rows, and now and then around a block.
    fn of_sweep(seed: u32) -> Self {
        let mut numbers = uniform(seed, 11).into_iter().map(|u| (f64::from(u) + 1.0) / 2.0);
        let mut below = |count: usize| (numbers.next().unwrap_or(0.0) * count as f64) as usize;
        let large = if cfg!(miri) { 0 } else { below(12) };
        let size = |small: usize, around: usize, is_large: bool| {
            if is_large { around + small % 8 } else { small }
        };
        Self {
            m: size(below(15), 93, large == 1),
            k: size(below(if cfg!(miri) { 5 } else { 20 }), 389, large == 2),
            n: size(below(if cfg!(miri) { 20 } else { 35 }), 250, large == 3),
            form: below(5),
            start: below(3),
            offsets: [below(9), below(9), below(9), below(9)],
            seed,
        }
    }

    /// Multiplies, and holds every element against f64 and everything around C against what was there.
    fn check(&self) {
        let &Self { m, k, n, form, start, offsets: [at_a, at_b, at_bias, at_c], seed } = self;
        let product = Product::of(m, k, n, uniform(seed, m * k), uniform(seed ^ 1, k * n));
        let bias = uniform(seed ^ 2, n);
        let held = uniform(seed ^ 3, m * n);
        let a = poisoned(at_a, if form == 2 { &product.a_transposed } else { &product.a });
        let is_transposed = matches!(form, 1 | 4);
        let b = poisoned(at_b, if is_transposed { &product.b_transposed } else { &product.b });
        let bias_buffer = poisoned(at_bias, &bias);
        let is_held = start == 1;
        let before = if is_held { held.clone() } else { vec![f32::from_bits(POISON); m * n] };
        let mut c = poisoned(at_c, &before);
        {
            let (a, b) = (&a[at_a..][..m * k], &b[at_b..][..k * n]);
            let c = &mut c[at_c..][..m * n];
            let start = match start {
                0 => Start::Zero,
                1 => Start::Held,
                _ => Start::Bias(&bias_buffer[at_bias..][..n]),
            };
            match form {
                0 => matmul(m, k, n, a, b, start, c),
                1 => matmul_nt(m, k, n, a, b, start, c),
                2 => matmul_tn(m, k, n, a, b, start, c),
                3 => {
                    let mut packed = Packed::default();
                    packed.pack(k, n, b);
                    packed.multiply(m, a, start, c);
                }
                _ => {
                    let mut packed = Packed::default();
                    packed.pack_transposed(k, n, b);
                    packed.multiply(m, a, start, c);
                }
            }
        }
        let around = c[..at_c].iter().chain(&c[at_c + m * n..]);
        assert!(around.clone().all(|v| v.to_bits() == POISON), "{self:?} wrote beside C");
        assert_eq!(around.count(), at_c + MARGIN);

        let sizes = Product::of(
            m,
            k,
            n,
            product.a.iter().map(|v| v.abs()).collect(),
            product.b.iter().map(|v| v.abs()).collect(),
        );
        let begin = |i: usize| match start {
            0 => 0.0,
            1 => f64::from(held[i]),
            _ => f64::from(bias[i % n]),
        };
        let sums = product.reference().into_iter().zip(sizes.reference());
        for (i, (sum, size)) in sums.enumerate() {
            let (got, want) = (f64::from(c[at_c + i]), begin(i) + sum);
            // Each of the k products and k sums rounds by half an ulp of at most the sum of all magnitudes (Higham 2002, 3.1).
            let bound = 0.5 * f64::from(f32::EPSILON) * (k + 2) as f64 * (size + begin(i).abs());
            assert!(
                (got - want).abs() <= bound,
                "{self:?}: {got} at {i}, expected {want} ± {bound:e}"
            );
        }
    }
}

#[test]
fn products_at_any_offset_keep_to_their_memory() {
    // Miri, which sees every stray pointer, is some thousand times slower.
    for seed in 0..if cfg!(miri) { 30 } else { 600 } {
        Placed::of_sweep(seed).check();
    }
}

#[cfg(not(any(target_arch = "wasm32", miri)))]
mod any_product {
    use proptest::prelude::*;

    use super::Placed;

    fn placed() -> impl Strategy<Value = Placed> {
        let m = prop_oneof![9 => 0..20_usize, 1 => 90..200_usize];
        let k = prop_oneof![9 => 0..40_usize, 1 => 380..800_usize];
        let n = prop_oneof![9 => 0..40_usize, 1 => 90..300_usize];
        let offsets = prop::array::uniform4(0..9_usize);
        (m, k, n, 0..5_usize, 0..3_usize, offsets, any::<u32>()).prop_map(
            |(m, k, n, form, start, offsets, seed)| Placed { m, k, n, form, start, offsets, seed },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1500) })]

        #[test]
        fn matches_f64_and_keeps_to_its_memory(placed in placed()) {
            placed.check();
        }
    }
}

/// Pools of more threads than there are processors cut finer.
#[cfg(not(any(target_arch = "wasm32", miri, feature = "portable")))]
#[test]
fn the_number_of_threads_changes_no_bit() {
    for (m, k, n) in
        [(128, 784, 400), (400, 128, 784), (700, 600, 40), (64, 3000, 200), (4, 9000, 600)]
    {
        let product = Product::new(m, k, n);
        let held = uniform(3, m * n);
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.expect("so many threads").install(|| product.results(Start::Held, &held))
        };
        let want = on(1);
        for threads in [2, 3, 5, 16] {
            assert!(on(threads) == want, "{m} x {k} x {n} on {threads} threads");
        }
    }
}

/// In WebAssembly a panic ends the module, and with it the tests.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn a_wrong_length_panics_with_both_numbers() {
    type Kernel = fn(usize, usize, usize, &[f32], &[f32], Start<'_>, &mut [f32]);
    for (kernel, a, b) in [
        (matmul as Kernel, "2 x 3", "3 x 4"),
        (matmul_nt, "2 x 3", "4 x 3"),
        (matmul_tn, "3 x 2", "3 x 4"),
    ] {
        for (lengths, expected) in [
            ([5, 12, 8], format!("a holds 5 values, {a} needs 6")),
            ([6, 13, 8], format!("b holds 13 values, {b} needs 12")),
            ([6, 12, 0], "c holds 0 values, 2 x 4 needs 8".into()),
        ] {
            let [a, b, mut c] = lengths.map(|length| vec![0.0; length]);
            let panic =
                std::panic::catch_unwind(move || kernel(2, 3, 4, &a, &b, Start::Zero, &mut c))
                    .expect_err("this length is wrong");
            let message = panic.downcast_ref::<String>().expect("the message has numbers in it");
            assert_eq!(*message, expected);
        }
    }
}
