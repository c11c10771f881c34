//! Products with a single row, `y = x B`: each value of B is used once, so they are as fast as B can be read.

use super::lanes::Lanes;

/// Rows of B whose dot products are under way at once, each in one vector of sums. 8 read B as fast as a loop that only
/// reads, 4 with two vectors each at 86 % of that (Chromium, November 2026). Without SIMD 8 rows are too many numbers.
const DOTS: usize = if cfg!(target_feature = "simd128") { 8 } else { 4 };

/// Rows of B that are added at once, so that y is loaded and stored once for all of them: as many as V8 has general
/// registers to point at. 7 read B at 91 % of what a loop does that only reads, 4 at 77 %, 8 at 80 %.
const SUMMANDS: usize = if cfg!(target_feature = "simd128") { 7 } else { 4 };

/// Columns of y that are summed between two checks of the loop.
const COLUMNS: usize = if cfg!(target_feature = "simd128") { 8 } else { 4 };

/// `y += x Bᵀ`: each value of y is a dot product with a row of B.
///
/// # Shapes
/// `x`: `[k]`, `b`: `[n, k]`, `y`: `[n]`; k and n above 0.
pub(super) fn dot_rows(x: &[f32], b: &[f32], y: &mut [f32]) {
    let k = x.len();
    let (x_blocks, x_rest) = x.as_chunks::<8>();
    let (groups, rest) = y.as_chunks_mut::<DOTS>();
    let (b_groups, b_rest) = b.split_at(groups.len() * DOTS * k);
    for (y, b) in groups.iter_mut().zip(b_groups.chunks_exact(DOTS * k)) {
        let rows: [&[f32]; DOTS] = std::array::from_fn(|r| &b[r * k..][..k]);
        let blocks = rows.map(|row| &row.as_chunks::<8>().0[..x_blocks.len()]);
        let mut acc = [Lanes::splat(0.0); DOTS];
        for (i, x) in x_blocks.iter().enumerate() {
            let (x_low, x_high) = halves(x);
            for (acc, blocks) in acc.iter_mut().zip(blocks) {
                let (low, high) = halves(&blocks[i]);
                *acc = x_high.madd(high, x_low.madd(low, *acc));
            }
        }
        for (y, acc) in y.as_chunks_mut::<4>().0.iter_mut().zip(acc.as_chunks::<4>().0) {
            let [a, b, c, d] = Lanes::transpose(*acc);
            Lanes::load(y).add(a.add(b).add(c.add(d))).store(y);
        }
        if !x_rest.is_empty() {
            for (y, row) in y.iter_mut().zip(rows) {
                *y += short_dot(x_rest, &row[k - x_rest.len()..]);
            }
        }
    }
    for (y, row) in rest.iter_mut().zip(b_rest.chunks_exact(k)) {
        *y += short_dot(x, row);
    }
}

/// `y += x B`: y is a sum of rows of B.
///
/// # Shapes
/// `x`: `[k]`, `b`: `[k, n]`, `y`: `[n]`; k and n above 0.
pub(super) fn add_rows(x: &[f32], b: &[f32], y: &mut [f32]) {
    let n = y.len();
    let (groups, rest) = x.as_chunks::<SUMMANDS>();
    let (b_groups, b_rest) = b.split_at(groups.len() * SUMMANDS * n);
    for (x, b) in groups.iter().zip(b_groups.chunks_exact(SUMMANDS * n)) {
        let done = add_group(x, b, y);
        if done < n {
            for (x, row) in x.iter().zip(b.chunks_exact(n)) {
                add_scaled(*x, &row[done..], &mut y[done..]);
            }
        }
    }
    for (x, row) in rest.iter().zip(b_rest.chunks_exact(n)) {
        add_scaled(*x, row, y);
    }
}

/// [`add_rows`] for as many columns as whole blocks hold: how many those are.
#[inline(never)]
#[allow(unsafe_code)]
fn add_group(x: &[f32; SUMMANDS], b: &[f32], y: &mut [f32]) -> usize {
    let n = y.len();
    assert!(b.len() == SUMMANDS * n, "{SUMMANDS} rows of {n}");
    let splats = x.map(Lanes::splat);
    let done = n / COLUMNS * COLUMNS;
    let (b, y) = (b.as_ptr(), y.as_mut_ptr());
    for j in (0..done).step_by(COLUMNS) {
        // Each sum is stored before the next is begun: of rows that it knows apart from y, LLVM loads all first, and V8 spills.
        for at in (0..COLUMNS).step_by(4) {
            // SAFETY: j + at + 4 <= n, the length of y and of each row.
            unsafe {
                let y = y.add(j).add(at);
                let mut acc = Lanes::load_at(y);
                for (r, x) in splats.iter().enumerate() {
                    acc = x.madd(Lanes::load_at(b.add(r * n + j).add(at)), acc);
                }
                acc.store_at(y);
            }
        }
    }
    done
}

#[inline(always)]
fn halves(values: &[f32; 8]) -> (Lanes, Lanes) {
    let (halves, _) = values.as_chunks::<4>();
    (Lanes::load(&halves[0]), Lanes::load(&halves[1]))
}

#[inline(always)]
fn sum(lanes: Lanes) -> f32 {
    let mut values = [0.0; 4];
    lanes.store(&mut values);
    (values[0] + values[1]) + (values[2] + values[3])
}

/// A dot product with one sum under way: for few values, or few rows.
#[inline(never)]
fn short_dot(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let acc = a
        .iter()
        .zip(b)
        .fold(Lanes::splat(0.0), |acc, (a, b)| Lanes::load(a).madd(Lanes::load(b), acc));
    sum(acc) + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}

#[inline(never)]
fn add_scaled(x: f32, row: &[f32], y: &mut [f32]) {
    for (y, value) in y.iter_mut().zip(row) {
        *y += x * value;
    }
}
