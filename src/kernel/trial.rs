//! Which tile is faster here: found by trying, since no browser says whether it joins vectors.

use super::{
    Start, Strided,
    packed::PackedRight,
    tile::{self, NR, Tile},
};

/// A product of both tiles' whole sizes whose operands stay in the first-level cache.
const M: usize = 48;
const K: usize = 160;
const N: usize = 4 * NR;

/// Milliseconds that one tile runs before the other's turn: 15 of the coarsest clock ticks that browsers have.
const TURN: f64 = 1.5;

/// Ends of both loops for a clock that stands still, above what a turn and the page's budget need.
const MOST_PRODUCTS: f64 = 400.0;
const MOST_TURNS: usize = 20;

/// How much faster the wide tile has to be. Where vectors are not joined it is a fifth slower, where they are a fifth
/// faster: chosen between.
const MARGIN: f64 = 1.05;

/// The faster tile, after trials in turn for `budget` milliseconds of the clock `now`. The first turns run in what a
/// browser compiled in haste; only the best turn of each counts.
pub fn faster_tile(now: impl Fn() -> f64, budget: f64) -> Tile {
    if !tile::is_built(tile::WIDE, 2 * NR) {
        return Tile::Tall;
    }
    let before = tile::current();
    // Vectors, because constants of this size would be 50 KB of the WebAssembly.
    let (a, mut c) = (vec![0.5; M * K], vec![0.0; M * N]);
    let mut b = PackedRight::default();
    b.pack(K, N, Strided { values: &vec![0.5; K * N], row: N, column: 1 });
    let mut products_per_ms = [0.0_f64; 2];
    let end = now() + budget;
    for _ in 0..MOST_TURNS {
        if now() >= end {
            break;
        }
        for (tile, best) in [Tile::Tall, Tile::Wide].into_iter().zip(&mut products_per_ms) {
            tile::use_tile(tile);
            let (mut products, start) = (0.0, now());
            let mut passed = 0.0;
            while passed < TURN && products < MOST_PRODUCTS {
                b.multiply(M, Strided { values: &a, row: K, column: 1 }, Start::Zero, &mut c);
                products += 1.0;
                passed = now() - start;
            }
            // A clock that stood still says nothing of either.
            if passed > 0.0 {
                *best = best.max(products / passed);
            }
        }
    }
    tile::use_tile(before);
    let [tall, wide] = products_per_ms;
    if wide > MARGIN * tall { Tile::Wide } else { Tile::Tall }
}
