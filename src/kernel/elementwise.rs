//! One pass over slices, four numbers at a time, whatever the function.

use super::lanes::Lanes;

/// Goes once through slices of one length: `f` takes what stood at four places in each of `read` and `write`, and gives
/// what shall stand in `write`, and what to accumulate.
///
/// The last, incomplete four are padded with zeros and go through the same code, so that no result depends on where in a
/// slice its argument stood.
#[inline(always)]
pub(super) fn fold<A, const R: usize, const W: usize>(
    read: [&[f32]; R],
    mut write: [&mut [f32]; W],
    start: A,
    f: impl Fn(A, [Lanes; R], [Lanes; W]) -> (A, [Lanes; W]),
) -> A {
    let count = write.first().map_or_else(|| read[0].len(), |w| w.len());
    for length in read.iter().map(|r| r.len()).chain(write.iter().map(|w| w.len())) {
        assert!(length == count, "{length} values, expected {count}");
    }
    let whole = count - count % 4;
    let fours = read.map(|r| r.as_chunks().0);
    let sum = fours_only(&fours, write.each_mut().map(|w| w.as_chunks_mut().0), start, &f);
    if whole == count {
        return sum;
    }
    let last = read.map(|r| [padded(&r[whole..])]);
    let mut written = write.each_ref().map(|w| [padded(&w[whole..])]);
    let sum = fours_only(
        &last.each_ref().map(|r| &r[..]),
        written.each_mut().map(|w| &mut w[..]),
        sum,
        &f,
    );
    for (to, [from]) in write.iter_mut().zip(&written) {
        copy_rest(from, &mut to[whole..]);
    }
    sum
}

/// Called twice, but compiled once.
#[inline(never)]
fn fours_only<A, const R: usize, const W: usize>(
    read: &[&[[f32; 4]]; R],
    mut write: [&mut [[f32; 4]]; W],
    start: A,
    f: &impl Fn(A, [Lanes; R], [Lanes; W]) -> (A, [Lanes; W]),
) -> A {
    let count = write.first().map_or_else(|| read[0].len(), |w| w.len());
    // Cut to the same length, so that no index needs a check.
    let read = read.map(|r| &r[..count]);
    let mut write = write.each_mut().map(|w| &mut w[..count]);
    let mut sum = start;
    for i in 0..count {
        let now = write.each_ref().map(|w| Lanes::load(&w[i]));
        let (next, results) = f(sum, read.map(|r| Lanes::load(&r[i])), now);
        sum = next;
        for (to, result) in write.iter_mut().zip(results) {
            result.store(&mut to[i]);
        }
    }
    sum
}

#[inline(never)]
fn padded(rest: &[f32]) -> [f32; 4] {
    let mut four = [0.0; 4];
    copy_rest(rest, &mut four);
    four
}

/// Copies as many as both hold.
#[inline(never)]
fn copy_rest(from: &[f32], to: &mut [f32]) {
    for (to, &from) in to.iter_mut().zip(from) {
        *to = from;
    }
}

/// `y = f(x)`.
#[inline(always)]
pub(super) fn map(x: &[f32], y: &mut [f32], f: impl Fn(Lanes) -> Lanes) {
    fold([x], [y], (), |(), [x], [_]| ((), [f(x)]));
}

/// `f(x)` of one number: the same bits as in a slice.
#[inline(always)]
pub(super) fn one(x: f32, f: impl Fn(Lanes) -> Lanes) -> f32 {
    let mut four = [0.0; 4];
    f(Lanes::splat(x)).store(&mut four);
    four[0]
}
