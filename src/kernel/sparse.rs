//! Products that skip the zeros of an operand: four fifths of a digit's pixels, half of what a rectifier leaves.
//!
//! What is not 0 in a row (or column) of the sparse operand is listed, and that row (or column) of C is a sum of the
//! other operand's:
//!
//! ```text
//! A Bᵀ:  C[i, :] = bias + sum over p where A[i, p] ≠ 0 of A[i, p] B[:, p]
//! Aᵀ B:  C[:, j] =        sum over p where B[p, j] ≠ 0 of B[p, j] A[p, :]
//! ```
//!
//! Some columns of the other operand at a time lie packed in the first-level cache, and their sums in registers. Sums run
//! in the order of p, as those of the tiles do: both give the same bits, but for the sign of a 0 and for 0 · ∞.

#![allow(unsafe_code)]

use std::cell::RefCell;

use super::lanes::Lanes;

/// Whether these products are to be tried. Natively the gemm crate keeps its bits, by which the shipped models can be
/// trained again; the page's package without SIMD has no room for 3 KB.
pub(super) const IS_FASTER: bool = cfg!(any(
    feature = "portable",
    all(target_arch = "wasm32", any(feature = "trainer", target_feature = "simd128"))
));

// Measured in Chromium on a Xeon with 48 KB and 2 MB of cache, November 2026, 128x784x400 with digits for A.

/// Vectors of sums under way: 12 and 13, which V8's 15 x86 registers hold, too, were no faster, and 40 columns divide 400. Without
/// SIMD 3 (and 2) were a quarter faster than 10.
const VECTORS: usize = if cfg!(target_feature = "simd128") { 10 } else { 3 };

/// Columns of the other operand that are packed at a time.
const WIDTH: usize = 4 * VECTORS;

/// Rows of it that are packed at a time: 31 KB. Twice as many were as fast, four times a tenth slower.
const DEPTH: usize = 196;

/// Bytes of a packed row.
const ROW: usize = WIDTH * size_of::<f32>();

/// Columns of C that are put together before they are written: a cache line of each row.
const COLUMNS: usize = 16;

/// The largest share of values that are not 0, as a fraction. A product takes 0.2 + 1.6 times that share of ms, and 1.4
/// by tiles.
const MOST: (usize, usize) = (3, 5);

/// Values that are looked at before an operand is given up.
const SAMPLE: usize = 4096;

/// The least rows and depth of a product: below, listing and packing cost what they save.
const FEW: usize = 16;

thread_local! {
    /// Kept so that a steady run of products allocates nothing.
    static BUFFERS: RefCell<Buffers> = const {
        let lists = Lists { entries: Vec::new(), ends: Vec::new() };
        RefCell::new(Buffers { lists, block: Vec::new(), sums: Vec::new() })
    };
}

struct Buffers {
    lists: Lists,
    /// The packed rows, [`WIDTH`] values each.
    block: Vec<f32>,
    /// [`COLUMNS`] columns of C, [`WIDTH`] values each.
    sums: Vec<f32>,
}

/// `C = bias + A Bᵀ` if enough of A is 0; whether it is.
///
/// The room's face has checked that the slices hold exactly `m k`, `n k`, `n` and `m n` values; so with [`multiply_tn`].
pub(super) fn multiply_nt(
    m: usize,
    k: usize,
    n: usize,
    a: &[f32],
    b: &[f32],
    bias: &[f32],
    c: &mut [f32],
) -> bool {
    if m < FEW || k < FEW || n < WIDTH {
        return false;
    }
    BUFFERS.with_borrow_mut(|Buffers { lists, block, .. }| {
        let parts = || (0..k).step_by(DEPTH).map(|p| (p, DEPTH.min(k - p)));
        let rows = parts().flat_map(|(p, depth)| (0..m).map(move |i| (i * k + p, depth)));
        if !lists.fill(a, 1, DEPTH.min(k), rows) {
            return false;
        }
        let block = grown(block, DEPTH * WIDTH);
        for j in blocks(n) {
            let mut left = lists.all();
            for (p, depth) in parts() {
                let block = &mut block[..depth * WIDTH];
                transpose((&b[j * k + p..], k, WIDTH), (block, WIDTH, depth));
                let start = if p == 0 { Some(&bias[j..]) } else { None };
                left.add_rows(m, block, start, &mut c[j..], n);
            }
        }
        true
    })
}

/// `C = Aᵀ B` if enough of B is 0; whether it is.
pub(super) fn multiply_tn(
    m: usize,
    k: usize,
    n: usize,
    a: &[f32],
    b: &[f32],
    c: &mut [f32],
) -> bool {
    if m < WIDTH || k < FEW || n < FEW {
        return false;
    }
    BUFFERS.with_borrow_mut(|Buffers { lists, block, sums }| {
        if !lists.fill(b, n, k, (0..n).map(|j| (j, k))) {
            return false;
        }
        let (block, sums) = (grown(block, k * WIDTH), grown(sums, COLUMNS * WIDTH));
        for i in blocks(m) {
            for (to, from) in block.chunks_exact_mut(WIDTH).zip(a[i..].chunks(m)) {
                let (to, from) = (to.as_chunks_mut::<4>().0, from.as_chunks::<4>().0);
                to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
            }
            let mut left = lists.all();
            for j in (0..n).step_by(COLUMNS) {
                let columns = COLUMNS.min(n - j);
                left.add_rows(columns, block, Some(&[0.0; WIDTH]), sums, WIDTH);
                transpose((sums, WIDTH, columns), (&mut c[i * n + j..], n, WIDTH));
            }
        }
        true
    })
}

/// The first columns of blocks of [`WIDTH`]. The last block ends where all do: what it shares with the one before is
/// computed twice.
fn blocks(n: usize) -> impl Iterator<Item = usize> {
    (0..n).step_by(WIDTH).map(move |j| j.min(n - WIDTH))
}

/// The first `count` values of a buffer that only grows.
fn grown(buffer: &mut Vec<f32>, count: usize) -> &mut [f32] {
    if buffer.len() < count {
        buffer.resize(count, 0.0);
    }
    &mut buffer[..count]
}

/// A value that is not 0, and which row of the block it multiplies: bytes from the first.
#[derive(Clone, Copy)]
#[repr(C)]
struct Entry {
    row: u32,
    value: f32,
}

/// Lists of entries, one after the other.
struct Lists {
    entries: Vec<Entry>,
    /// Where each list ends.
    ends: Vec<usize>,
}

impl Lists {
    fn all(&self) -> Left<'_> {
        Left { entries: &self.entries, ends: &self.ends, first: 0 }
    }

    /// Makes a list of each `(first, count)`: of `count` values, `step` apart, `longest` at most. Whether few enough of all
    /// values are not 0; it stops as soon as they are too many.
    fn fill(
        &mut self,
        values: &[f32],
        step: usize,
        longest: usize,
        lists: impl Iterator<Item = (usize, usize)>,
    ) -> bool {
        let most = |seen: usize| seen / MOST.1 * MOST.0;
        // What the shape could ever need, so that no later batch needs more.
        let room = most(values.len().max(SAMPLE)) + longest;
        if self.entries.len() < room {
            self.entries.resize(room, Entry { row: 0, value: 0.0 });
        }
        self.ends.clear();
        let (mut end, mut seen) = (0, 0);
        for (first, count) in lists {
            assert!(first + (count - 1) * step < values.len(), "{count} values from {first} on");
            assert!(end + count <= room, "{count} entries from {end} on");
            // SAFETY: the last value is there, and there is room for an entry of each.
            unsafe {
                let from = values.as_ptr().add(first);
                let to = self.entries.as_mut_ptr().add(end);
                // Two copies: where values lie side by side, eight zeros are skipped at once.
                end +=
                    if step == 1 { list(from, 1, count, to) } else { list(from, step, count, to) };
            }
            self.ends.push(end);
            seen += count;
            if end > most(seen.max(SAMPLE)) {
                return false;
            }
        }
        end <= most(seen)
    }
}

/// Lists those of `count` values, `step` apart, that are not 0, and returns how many they are.
///
/// # Safety
/// The values are readable from `from` on, and `count` entries writable from `to` on.
#[inline(always)]
unsafe fn list(from: *const f32, step: usize, count: usize, to: *mut Entry) -> usize {
    // SAFETY: `q < count`, and no more entries than q lie before the one that is written.
    unsafe {
        let mut end = to;
        let mut put = |q: usize| {
            let value = *from.add(q * step);
            // Always written, and kept only if the end moves: nothing that a processor could guess wrong.
            end.write(Entry { row: (q * ROW) as u32, value });
            end = end.add(usize::from(value.to_bits() << 1 != 0));
        };
        let whole = count / 8 * 8;
        for q in (0..whole).step_by(8) {
            if step == 1 {
                let pairs = from.add(q).cast::<[u64; 4]>().read_unaligned();
                if pairs[0] | pairs[1] | pairs[2] | pairs[3] == 0 {
                    continue;
                }
            }
            (q..q + 8).for_each(&mut put);
        }
        (whole..count).for_each(put);
        end.offset_from_unsigned(to)
    }
}

/// Lists that are still to be used: they begin at entry `first`.
struct Left<'a> {
    entries: &'a [Entry],
    ends: &'a [usize],
    first: usize,
}

impl Left<'_> {
    /// Takes the next `count` lists and adds up rows of the block for each: the sums of list i begin at `start` (`None`:
    /// at what stands there) and go to the [`WIDTH`] values from `to[i * step]` on.
    fn add_rows(
        &mut self,
        count: usize,
        block: &[f32],
        start: Option<&[f32]>,
        to: &mut [f32],
        step: usize,
    ) {
        let (ends, left) = self.ends.split_at(count);
        let last = ends.last().map_or(self.first, |&end| end);
        let entries = &self.entries[self.first..last];
        assert!((count - 1) * step + WIDTH <= to.len(), "{count} times {WIDTH} sums");
        assert!(start.is_none_or(|start| start.len() >= WIDTH), "too short a start");
        debug_assert!(
            entries.iter().all(|entry| entry.row as usize / ROW < block.len() / WIDTH),
            "rows that are not in the block"
        );
        let to = to.as_mut_ptr();
        let (start, start_step) = start.map_or((to.cast_const(), step), |s| (s.as_ptr(), 0));
        // SAFETY: the furthest sums are `(count - 1) * step + WIDTH <= to.len()`; they begin there or, with step 0, in `start`,
        // which holds WIDTH. A list's rows are below the count it was made of, which is that of the block's rows.
        unsafe {
            add_rows(
                entries.as_ptr(),
                self.first,
                ends,
                block.as_ptr(),
                start,
                start_step,
                to,
                step,
            );
        }
        (self.ends, self.first) = (left, last);
    }
}

/// # Safety
/// `entries` hold those up to the last of `ends`, which count from `first`; the rows that they name are readable from
/// `block` on; for list i, WIDTH values are readable at `start + i * start_step` and writable at `to + i * step`.
#[inline(never)]
unsafe fn add_rows(
    entries: *const Entry,
    first: usize,
    ends: &[usize],
    block: *const f32,
    start: *const f32,
    start_step: usize,
    to: *mut f32,
    step: usize,
) {
    // SAFETY: the caller's promise; `wrapping_add` makes no claim about where a pointer behind the last list is.
    unsafe {
        let (mut entry, mut start, mut to) = (entries, start, to);
        for &end in ends {
            let mut acc: [Lanes; VECTORS] =
                std::array::from_fn(|v| Lanes::load_at(start.add(4 * v)));
            let end = entries.add(end - first);
            while entry < end {
                let value = Lanes::splat_at(&raw const (*entry).value);
                let row = block.byte_add((*entry).row as usize);
                for (v, acc) in acc.iter_mut().enumerate() {
                    *acc = value.madd(Lanes::load_at(row.add(4 * v)), *acc);
                }
                entry = entry.add(1);
            }
            for (v, acc) in acc.into_iter().enumerate() {
                acc.store_at(to.add(4 * v));
            }
            start = start.wrapping_add(start_step);
            to = to.wrapping_add(step);
        }
    }
}

/// `to[c, r] = from[r, c]`: `(values, distance of rows, rows)` to `(values, distance of rows, rows)`.
fn transpose(
    (from, from_step, rows): (&[f32], usize, usize),
    (to, to_step, columns): (&mut [f32], usize, usize),
) {
    assert!((rows - 1) * from_step + columns <= from.len(), "{rows} rows of {columns}");
    assert!((columns - 1) * to_step + rows <= to.len(), "{columns} rows of {rows}");
    let (whole_rows, whole_columns) = (rows / 4 * 4, columns / 4 * 4);
    for c in (0..whole_columns).step_by(4) {
        for r in (0..whole_rows).step_by(4) {
            // SAFETY: `r + 4 <= rows` and `c + 4 <= columns`: the asserts.
            unsafe {
                let at = from.as_ptr().add(r * from_step + c);
                let put = to.as_mut_ptr().add(c * to_step + r);
                let lanes = std::array::from_fn(|i| Lanes::load_at(at.add(i * from_step)));
                for (i, lanes) in Lanes::transpose(lanes).into_iter().enumerate() {
                    lanes.store_at(put.add(i * to_step));
                }
            }
        }
    }
    for c in 0..columns {
        let done = if c < whole_columns { whole_rows } else { 0 };
        for r in done..rows {
            to[c * to_step + r] = from[r * from_step + c];
        }
    }
}
