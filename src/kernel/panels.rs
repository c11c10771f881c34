//! Packing: an operand's values in the order in which the tiles read them.

use super::{
    Strided,
    lanes::Lanes,
    tile::{NR, TALL, WIDE, height},
};

/// Rows of B that are packed side by side: a cache line holds two of a panel.
const ROWS: usize = 4;

/// Columns of A that are packed side by side.
const COLUMNS: usize = 32;

/// A panel's row.
pub(super) type Row = [f32; NR];

/// Packs rows `p..p + depth` and columns `j..j + n` of B into panels of [`NR`] columns, one after the other, each `depth`
/// rows. What the last panel holds beyond B's columns is any value, which no product uses.
pub(super) fn pack_b(
    b: Strided<'_>,
    (p, depth): (usize, usize),
    (j, n): (usize, usize),
    panels: &mut [Row],
) {
    let b = Strided { values: &b.values[p * b.row + j * b.column..], ..b };
    if b.column > 1 {
        for (panel, j) in panels.chunks_exact_mut(depth).zip((0..n).step_by(NR)) {
            let column = |c: usize| &b.values[(j + c).min(n - 1) * b.column..][..depth];
            interleave(std::array::from_fn(column), panel);
        }
        return;
    }
    let width = n % NR;
    let (whole, last) = panels.split_at_mut(n / NR * depth);
    copy_columns(b, depth, whole);
    if width > 0 {
        // With what follows them in B, as far as something does.
        let values = &b.values[n - width..];
        let followed = (0..depth).rev().find(|q| q * b.row + NR <= values.len());
        let (followed, rest) = last.split_at_mut(followed.map_or(0, |q| q + 1));
        let done = followed.len();
        copy_columns(Strided { values, ..b }, done, followed);
        for (q, row) in rest.iter_mut().enumerate() {
            row[..width].copy_from_slice(&values[(done + q) * b.row..][..width]);
        }
    }
}

/// Packs columns that lie side by side in rows. Several rows at a time, so that whole cache lines are written.
#[inline(never)]
#[allow(unsafe_code)]
fn copy_columns(b: Strided<'_>, depth: usize, panels: &mut [Row]) {
    if panels.is_empty() {
        return;
    }
    let n = panels.len() / depth * NR;
    assert!((depth - 1) * b.row + n <= b.values.len(), "{depth} rows of {n} values are there");
    let (from, to): (_, *mut f32) = (b.values.as_ptr(), panels.as_mut_ptr().cast());
    for q in (0..depth).step_by(ROWS) {
        for j in (0..n).step_by(NR) {
            for q in q..depth.min(q + ROWS) {
                // SAFETY: `q < depth` and `j + NR <= n`: the read ends at most at `(depth - 1) * row + n`, the write at
                // `n / NR * depth` rows, which is all of the panels.
                unsafe {
                    let (from, to) = (from.add(q * b.row + j), to.add(j * depth + q * NR));
                    Lanes::load_at(from).store_at(to);
                    Lanes::load_at(from.add(4)).store_at(to.add(4));
                }
            }
        }
    }
}

/// `panel[q][c] = columns[c][q]`: 4x4 blocks turned in registers, the rest one by one.
#[allow(unsafe_code)]
fn interleave(columns: [&[f32]; NR], panel: &mut [Row]) {
    let depth = panel.len();
    assert!(columns.iter().all(|column| column.len() == depth), "every column is {depth} long");
    let whole = depth / 4 * 4;
    let to: *mut f32 = panel.as_mut_ptr().cast();
    for half in [0, 4] {
        let from: [*const f32; 4] = std::array::from_fn(|c| columns[half + c].as_ptr());
        for q in (0..whole).step_by(4) {
            // SAFETY: `q + 4 <= depth`, the length of every column; row `q + r` of the panel is below depth, and
            // `half + 4 <= NR`.
            unsafe {
                let turned = Lanes::transpose(from.map(|column| Lanes::load_at(column.add(q))));
                for (r, lanes) in turned.into_iter().enumerate() {
                    lanes.store_at(to.add((q + r) * NR + half));
                }
            }
        }
    }
    for (q, row) in panel.iter_mut().enumerate().skip(whole) {
        for (value, column) in row.iter_mut().zip(columns) {
            *value = column[q];
        }
    }
}

/// Packs the m rows and columns `p..p + depth` of a transposed A: strip after strip as tiles of `rows` take them, value `(r, q)` of
/// a strip of h rows at `q * h + r`.
#[allow(unsafe_code)]
pub(super) fn pack_a<'a>(
    a: Strided<'_>,
    m: usize,
    rows: usize,
    (p, depth): (usize, usize),
    to: &'a mut [f32],
) -> &'a [f32] {
    let end = (p + depth - 1) * a.column + m;
    assert!(end <= a.values.len(), "{m} rows in each of {depth} columns");
    assert!(to.len() == m * depth, "{} values, {m} x {depth} need as many", to.len());
    // Several columns at a time, so that a cache line of A serves every strip that it touches.
    for first in (0..depth).step_by(COLUMNS) {
        let mut r = 0;
        while r < m {
            let height = height(m - r, rows);
            for q in first..depth.min(first + COLUMNS) {
                let (from, at) = ((p + q) * a.column + r, r * depth + q * height);
                // SAFETY: the column's `height <= m - r` values end at `(p + depth - 1) * column + m <= a.values.len()` at the
                // latest, and the strip at `(r + height) * depth <= to.len()`.
                unsafe {
                    let (from, to) = (a.values.as_ptr().add(from), to.as_mut_ptr().add(at));
                    if height == TALL {
                        copy::<TALL>(from, to);
                    } else if height == WIDE {
                        copy::<WIDE>(from, to);
                    } else {
                        // Volatile, so that no call to a copy in the browser is made of it.
                        (0..height).for_each(|r| to.add(r).write_volatile(*from.add(r)));
                    }
                }
            }
            r += height;
        }
    }
    to
}

/// A copy of known length; one of unknown length would be a call into the browser.
///
/// # Safety
/// R values are readable from `from` on and writable from `to` on.
#[inline(always)]
#[allow(unsafe_code)]
unsafe fn copy<const R: usize>(from: *const f32, to: *mut f32) {
    // SAFETY: the caller's promise.
    unsafe { to.cast::<[f32; R]>().write_unaligned(from.cast::<[f32; R]>().read_unaligned()) }
}
