//! Packing: an operand's values in the order in which the tiles read them.

use super::{Strided, lanes::Lanes, tile::NR};

/// A panel's row.
pub(super) type Row = [f32; NR];

/// Packs rows `p..p + depth` of B into panels of [`NR`] columns, one after the other, each `depth` rows; the last is
/// padded with zeros.
pub(super) fn pack_b(b: Strided<'_>, p: usize, depth: usize, n: usize, panels: &mut [Row]) {
    for (panel, j) in panels.chunks_exact_mut(depth).zip((0..n).step_by(NR)) {
        let width = NR.min(n - j);
        let values = &b.values[p * b.row + j * b.column..];
        if b.column == 1 {
            for (q, row) in panel.iter_mut().enumerate() {
                let from = &values[q * b.row..][..width];
                if width == NR {
                    row.copy_from_slice(from);
                } else {
                    *row = [0.0; NR];
                    row[..width].copy_from_slice(from);
                }
            }
        } else if width == NR {
            let columns: [&[f32]; NR] =
                std::array::from_fn(|column| &values[column * b.column..][..depth]);
            interleave(columns, panel);
        } else {
            panel.fill([0.0; NR]);
            for (column, from) in values.chunks(b.column).take(width).enumerate() {
                for (row, &value) in panel.iter_mut().zip(from) {
                    row[column] = value;
                }
            }
        }
    }
}

/// `panel[q][c] = columns[c][q]`: 4x4 blocks turned in registers, the rest one by one.
fn interleave(columns: [&[f32]; NR], panel: &mut [Row]) {
    let depth = panel.len();
    let quads = columns.map(|column| column.as_chunks::<4>().0);
    let (blocks, rest) = panel.as_chunks_mut::<4>();
    for (quad, block) in blocks.iter_mut().enumerate() {
        for half in [0, 4] {
            let turned =
                Lanes::transpose(std::array::from_fn(|c| Lanes::load(&quads[half + c][quad])));
            for (row, lanes) in block.iter_mut().zip(turned) {
                let (halves, _) = row.as_chunks_mut::<4>();
                lanes.store(&mut halves[half / 4]);
            }
        }
    }
    let first = depth - rest.len();
    for (q, row) in rest.iter_mut().enumerate() {
        for (value, column) in row.iter_mut().zip(columns) {
            *value = column[first + q];
        }
    }
}

/// Packs `rows` rows from `i` and columns `p..p + depth` of a transposed A: strip after strip as the tiles take them, value
/// `(r, q)` of a strip of h rows at `q * h + r`.
pub(super) fn pack_a(
    a: Strided<'_>,
    i: usize,
    rows: usize,
    p: usize,
    depth: usize,
    to: &mut [f32],
) {
    let mut r = 0;
    while r < rows {
        let height = super::tile::height(rows - r);
        let values = &a.values[p * a.column + i + r..];
        let strip = to[r * depth..][..height * depth].chunks_exact_mut(height);
        for (q, to) in strip.enumerate() {
            to.copy_from_slice(&values[q * a.column..][..height]);
        }
        r += height;
    }
}
