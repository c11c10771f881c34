//! The products that skip zeros against f64 and against those that do not, on every tier: awkward shapes, awkward places
//! in memory, any share of zeros.

#[allow(dead_code, reason = "kernels have no gradients")]
mod compare;

use compare::{uniform, wide};
use latent_ink::kernel::{Start, matmul_nt, matmul_nt_sparse, matmul_tn, matmul_tn_sparse};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

/// What surrounds the operands: a NaN, so that reading it shows, of a pattern that no arithmetic makes, so that writing shows.
const POISON: u32 = 0x7fc5_ca1e;

/// So many values of it before and behind every operand, at least.
const MARGIN: usize = 48;

/// `C = bias + S Dᵀ` and `C = Dᵀ S` with S sparse: m x k by n x k, and k x m by k x n.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    Nt,
    Tn,
}

/// One product, whose operands lie at any offset of larger buffers.
#[derive(Debug, Clone, Copy)]
struct Case {
    form: Form,
    m: usize,
    k: usize,
    n: usize,
    /// The share of the sparse operand that is not 0.
    share: f32,
    seed: u32,
}

impl Case {
    fn operands(&self) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
        let Self { form, m, k, n, share, seed } = *self;
        let (rows, columns) = if form == Form::Nt { (m, n) } else { (n, m) };
        let sparse = thinned(seed, rows * k, share);
        (sparse, uniform(seed ^ 1, columns * k), uniform(seed ^ 2, n))
    }

    /// A and B of the form, in its order.
    fn ordered<'a>(&self, sparse: &'a [f32], dense: &'a [f32]) -> (&'a [f32], &'a [f32]) {
        if self.form == Form::Nt { (sparse, dense) } else { (dense, sparse) }
    }

    fn skipping(&self, (a, b): (&[f32], &[f32]), bias: &[f32], c: &mut [f32]) {
        let Self { form, m, k, n, .. } = *self;
        match form {
            Form::Nt => matmul_nt_sparse(m, k, n, a, b, bias, c),
            Form::Tn => matmul_tn_sparse(m, k, n, a, b, c),
        }
    }

    fn plain(&self, (a, b): (&[f32], &[f32]), bias: &[f32], c: &mut [f32]) {
        let Self { form, m, k, n, .. } = *self;
        match form {
            Form::Nt => matmul_nt(m, k, n, a, b, Start::Bias(bias), c),
            Form::Tn => matmul_tn(m, k, n, a, b, Start::Zero, c),
        }
    }

    /// Every element in f64, with the sum of its terms' magnitudes.
    fn reference(&self, (a, b): (&[f32], &[f32]), bias: &[f32]) -> Vec<(f64, f64)> {
        let Self { form, m, k, n, .. } = *self;
        let (a, b, bias) = (wide(a), wide(b), wide(bias));
        let term = |i: usize, j: usize, p: usize| match form {
            Form::Nt => a[i * k + p] * b[j * k + p],
            Form::Tn => a[p * m + i] * b[p * n + j],
        };
        let element = |i: usize, j: usize| {
            let start = if form == Form::Nt { bias[j] } else { 0.0 };
            (0..k)
                .map(|p| term(i, j, p))
                .fold((start, start.abs()), |(sum, size), term| (sum + term, size + term.abs()))
        };
        (0..m * n).map(|at| element(at / n, at % n)).collect()
    }

    /// Multiplies among poison, and holds every element against f64 and the plain product's, and what surrounds C against
    /// what was there.
    fn check(&self) {
        let Self { form: _, m, k, n, share: _, seed } = *self;
        let (sparse, dense, bias) = self.operands();
        let at = [seed % 5, seed / 5 % 7, seed / 35 % 3, seed / 105 % 9].map(|at| at as usize);
        let placed = [&sparse, &dense, &bias].map(|values| &values[..]);
        let placed: Vec<_> = placed.iter().zip(at).map(|(v, at)| poisoned(at, v)).collect();
        let inside = |i: usize, count: usize| &placed[i][MARGIN + at[i]..][..count];
        let operands = self.ordered(inside(0, sparse.len()), inside(1, dense.len()));
        let mut c = poisoned(at[3], &vec![f32::from_bits(POISON); m * n]);
        let from = MARGIN + at[3];
        self.skipping(operands, inside(2, n), &mut c[from..][..m * n]);

        let mut around = c[..from].iter().chain(&c[from + m * n..]);
        assert!(around.all(|v| v.to_bits() == POISON), "{self:?} wrote beside C");
        let got = &c[from..][..m * n];
        let mut plain = vec![f32::NAN; m * n];
        self.plain(operands, &bias, &mut plain);
        // Not bit for bit: -0 is 0.
        assert!(got == plain, "{self:?}: not the sums of the plain product");
        for (at, (got, (want, size))) in got.iter().zip(self.reference(operands, &bias)).enumerate()
        {
            // As in tests/kernel.rs: each product and sum rounds by half an ulp of all magnitudes (Higham 2002, 3.1).
            let bound = 0.5 * f64::from(f32::EPSILON) * (k + 2) as f64 * size;
            let off = (f64::from(*got) - want).abs();
            assert!(off <= bound, "{self:?}: {got} at {at}, expected {want} ± {bound:e}");
        }
    }
}

/// Uniform values in ±1, all but a share of them 0, and every other 0 negative.
fn thinned(seed: u32, count: usize, share: f32) -> Vec<f32> {
    let kept = uniform(seed ^ 3, count).into_iter().map(|u| (u + 1.0) / 2.0 < share);
    let values = uniform(seed, count).into_iter().zip(kept).enumerate();
    values
        .map(|(i, (value, kept))| match (kept, i % 2) {
            (true, _) => value,
            (false, 0) => 0.0,
            (false, _) => -0.0,
        })
        .collect()
}

/// `values` inside poison.
fn poisoned(offset: usize, values: &[f32]) -> Vec<f32> {
    let poison = f32::from_bits(POISON);
    let mut buffer = vec![poison; MARGIN + offset + values.len() + MARGIN];
    buffer[MARGIN + offset..][..values.len()].copy_from_slice(values);
    buffer
}

#[test]
fn products_that_skip_zeros_match_the_reference_and_the_plain_ones() {
    // Around the least sizes (16; 40 columns, 12 without SIMD), the block (40 x 196), the columns put together (16) and
    // the values listed at a time (8).
    let shapes = [
        (16, 16, 40),
        (15, 16, 40),
        (17, 15, 41),
        (16, 19, 39),
        (23, 31, 47),
        (40, 16, 16),
        (41, 18, 15),
        (47, 33, 17),
        (80, 195, 33),
        (21, 196, 80),
        (18, 197, 81),
        (16, 393, 63),
        (12, 16, 12),
        (25, 40, 13),
    ];
    let shapes = if cfg!(miri) { &shapes[..5] } else { &shapes[..] };
    for (&(m, k, n), seed) in shapes.iter().zip(1..) {
        for form in [Form::Nt, Form::Tn] {
            for (share, more) in [(0.0, 0), (0.01, 100), (0.2, 200), (0.55, 300), (1.0, 400)] {
                Case { form, m, k, n, share, seed: seed + more }.check();
            }
        }
    }
}

#[test]
fn products_that_skip_zeros_keep_to_their_memory_at_any_size() {
    for seed in 0..if cfg!(miri) { 3 } else { 150 } {
        let mut numbers = uniform(seed + 1000, 5).into_iter().map(|u| (u + 1.0) / 2.0);
        let mut below = |count: usize| (numbers.next().unwrap_or(0.0) * count as f32) as usize;
        let (m, k, n) =
            (10 + below(80), 10 + below(if seed % 10 == 0 { 420 } else { 50 }), 10 + below(80));
        let share = below(100) as f32 / 100.0;
        let form = if seed % 2 == 0 { Form::Nt } else { Form::Tn };
        Case { form, m, k, n, share, seed }.check();
    }
}

#[test]
fn products_that_skip_zeros_match_on_the_shapes_of_a_step() {
    if cfg!(miri) {
        return;
    }
    for (form, m, k, n, share) in [
        (Form::Nt, 128, 784, 400, 0.19),
        (Form::Nt, 128, 400, 784, 0.5),
        (Form::Tn, 784, 128, 400, 0.5),
        (Form::Tn, 400, 128, 784, 0.19),
    ] {
        Case { form, m, k, n, share, seed: 7 }.check();
    }
}

/// On the tiers that skip; natively the plain product is taken.
#[cfg(any(feature = "portable", all(target_arch = "wasm32", target_feature = "simd128")))]
#[test]
fn zeros_meet_nothing_and_nan_is_no_zero() {
    for form in [Form::Nt, Form::Tn] {
        let case = Case { form, m: 48, k: 32, n: 48, share: 0.2, seed: 5 };
        let (mut sparse, mut dense, bias) = case.operands();
        // Sum 9 of every element: zeros meet infinity. The sparse operand's row or column 3 holds a NaN.
        let (row, step) = if form == Form::Nt { (case.k, 1) } else { (1, 48) };
        for line in 0..48 {
            sparse[line * row + 9 * step] = 0.0;
            dense[line * row + 9 * step] = f32::INFINITY;
        }
        sparse[3 * row + 17 * step] = f32::NAN;
        let mut c = vec![7.0; 48 * 48];
        case.skipping(case.ordered(&sparse, &dense), &bias, &mut c);
        for (at, value) in c.iter().enumerate() {
            let line = if form == Form::Nt { at / 48 } else { at % 48 };
            assert_eq!(value.is_nan(), line == 3, "{form:?}: {value} at {at}");
            assert!(line == 3 || value.is_finite(), "{form:?}: {value} at {at}");
        }
    }
}

#[test]
#[should_panic(expected = "a holds 639 values, 16 x 40 needs 640")]
fn a_product_that_skips_zeros_checks_its_lengths() {
    matmul_nt_sparse(16, 40, 16, &[0.0; 639], &[0.0; 640], &[0.0; 16], &mut [0.0; 256]);
}
