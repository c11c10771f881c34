//! Products with a single row, `y = x B`: each value of B is used once, so they are as fast as B can be read.

use super::lanes::Lanes;

/// Rows of B read side by side, so that x or y is loaded once for all of them and several sums are under way. Two were
/// slower, and so were eight where the rows are far apart (Chromium, November 2026).
const ROWS: usize = 4;

/// `y += x Bᵀ`: each value of y is a dot product with a row of B.
///
/// # Shapes
/// `x`: `[k]`, `b`: `[n, k]`, `y`: `[n]`; k and n above 0.
pub(super) fn dot_rows(x: &[f32], b: &[f32], y: &mut [f32]) {
    let k = x.len();
    let (x_blocks, x_rest) = x.as_chunks::<8>();
    let (groups, rest) = y.as_chunks_mut::<ROWS>();
    let (b_groups, b_rest) = b.split_at(groups.len() * ROWS * k);
    for (y, b) in groups.iter_mut().zip(b_groups.chunks_exact(ROWS * k)) {
        let rows: [&[f32]; ROWS] = std::array::from_fn(|r| &b[r * k..][..k]);
        let blocks = rows.map(|row| &row.as_chunks::<8>().0[..x_blocks.len()]);
        let mut acc = [[Lanes::splat(0.0); 2]; ROWS];
        for (i, x) in x_blocks.iter().enumerate() {
            let (x_low, x_high) = halves(x);
            for (acc, blocks) in acc.iter_mut().zip(blocks) {
                let (low, high) = halves(&blocks[i]);
                *acc = [x_low.madd(low, acc[0]), x_high.madd(high, acc[1])];
            }
        }
        for ((y, acc), row) in y.iter_mut().zip(acc).zip(rows) {
            *y += sum(acc[0].add(acc[1]));
            if !x_rest.is_empty() {
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
    let (groups, rest) = x.as_chunks::<ROWS>();
    let (b_groups, b_rest) = b.split_at(groups.len() * ROWS * n);
    for (x, b) in groups.iter().zip(b_groups.chunks_exact(ROWS * n)) {
        let rows: [&[f32]; ROWS] = std::array::from_fn(|r| &b[r * n..][..n]);
        let splats = x.map(Lanes::splat);
        let (y_quads, y_rest) = y.as_chunks_mut::<4>();
        let quads = rows.map(|row| &row.as_chunks::<4>().0[..y_quads.len()]);
        for (i, y) in y_quads.iter_mut().enumerate() {
            let mut acc = Lanes::load(y);
            for (x, quads) in splats.iter().zip(quads) {
                acc = x.madd(Lanes::load(&quads[i]), acc);
            }
            acc.store(y);
        }
        let done = n - y_rest.len();
        for (x, row) in x.iter().zip(rows) {
            add_scaled(*x, &row[done..], y_rest);
        }
    }
    for (x, row) in rest.iter().zip(b_rest.chunks_exact(n)) {
        add_scaled(*x, row, y);
    }
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
