//! A training step allocates nothing after the first: counted by the allocator itself.
//!
//! Natively a few allocations are left for each product that needs them: the `gemm` crate packs its operands into a buffer
//! that it makes and frees, and notes in bytes which panels are packed. The one is aligned to 16 bytes or more, the other
//! to 1, which no collection of our numbers asks for, and so they are counted apart. In WebAssembly the products are our own.
#![cfg(not(target_arch = "wasm32"))]
#![allow(unsafe_code, reason = "an allocator is an unsafe trait")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use latent_ink::{
    model::Config,
    nn::AdamConfig,
    train::{Dataset, Decay, Pixels, Trainer, TrainingConfig},
};
use serde_json::{Value, json};

/// The gemm crate's alignments: of its flags, and the least of its buffers.
const FLAGS: usize = 1;
const PACKING: usize = 16;

thread_local! {
    /// Allocations of this thread, ours and the gemm crate's; the test harness has threads of its own.
    static COUNTS: Cell<[usize; 2]> = const { Cell::new([0; 2]) };
}

struct Counting;

fn count(layout: Layout) {
    let mut counts = COUNTS.get();
    let is_packing = layout.align() == FLAGS || layout.align() >= PACKING;
    counts[usize::from(is_packing)] += 1;
    COUNTS.set(counts);
}

// SAFETY: every call goes to the system's allocator as it came; counting allocates nothing, because the cell is
// initialised at compile time and has no destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout);
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(layout);
        // SAFETY: the caller's promise about `at`, `layout` and `size` is passed on.
        unsafe { System.realloc(at, layout, size) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise about `at` and `layout` is passed on.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn the_allocator_counts() {
    let before = COUNTS.get();
    let vector = std::hint::black_box(vec![0.0_f32; 100]);
    assert_eq!(COUNTS.get()[0], before[0] + 1, "a vector of {} was not counted", vector.len());
}

#[test]
fn a_step_allocates_nothing_after_the_first() {
    let conv =
        |channels: usize| json!({ "channels": channels, "kernel": 4, "stride": 2, "padding": 1 });
    let dense = json!({
        "input": { "height": 8, "width": 8, "channels": 1 },
        "likelihood": "bernoulli",
        "latent": { "gaussian": { "size": 2, "beta": 1.0 } },
        "encoder": [{ "dense": 32 }, "relu"],
        "decoder": [{ "dense": 32 }, "tanh", { "dense": 64 }],
    });
    let convolution = json!({
        "input": { "height": 8, "width": 8, "channels": 1 },
        "likelihood": "gaussian",
        "latent": { "plain": { "size": 2 } },
        "encoder": [{ "conv2d": conv(4) }, "silu", { "conv2d": conv(6) }, "silu",
            { "residual": ["silu", { "conv2d": { "channels": 6, "kernel": 3, "stride": 1, "padding": 1 } }] },
            { "pixel_unshuffle": 2 }, "flatten"],
        "decoder": [
            { "dense": 24 }, "silu", { "unflatten": { "height": 2, "width": 2, "channels": 6 } },
            { "conv_transpose2d": conv(4) }, "sigmoid", { "conv_transpose2d": conv(1) },
        ],
    });
    for model in [&dense, &convolution] {
        steady(model, &TrainingConfig::default());
    }
    let ema = TrainingConfig { ema: 0.9, clip: 1.0, free_bits: 0.1, ..TrainingConfig::default() };
    steady(&dense, &ema);
    let mut flow = dense;
    flow["latent"]["gaussian"]["flow"] = json!({ "couplings": 3, "hidden": 8 });
    steady(&flow, &TrainingConfig { samples: 3, ..TrainingConfig::default() });
}

fn steady(model: &Value, training: &TrainingConfig) {
    let header = |magic: u32, sizes: &[u32]| -> Vec<u8> {
        std::iter::once(magic).chain(sizes.iter().copied()).flat_map(u32::to_be_bytes).collect()
    };
    let levels: Vec<u8> = (0..40 * 64_u32).map(|i| (i * i % 251) as u8).collect();
    let images = [header(2051, &[40, 8, 8]), levels].concat();
    let labels = [header(2049, &[40]), vec![0; 40]].concat();
    let data = Dataset::from_idx(&images, &labels).expect("a valid pair");
    let training = TrainingConfig {
        batch: 8,
        learning_rate: 1e-3,
        warm_up: 3,
        decay: Decay::Cosine,
        kl_warm_up: 1.0,
        pixels: Pixels::Bernoulli,
        adam: AdamConfig::default(),
        ..training.clone()
    };
    let config = Config::from_json(model).expect("a whole config");
    let mut run = Trainer::new(config, training, &data, 0, 3).expect("a possible run");
    run.step(&data).expect("no divergence");
    let before = COUNTS.get();
    // Over two borders between epochs, where the order is drawn anew.
    for _ in 1..15 {
        run.step(&data).expect("no divergence");
    }
    let [ours, packing] = COUNTS.get();
    assert_eq!(ours - before[0], 0, "allocations in 14 steps of {model}");
    // Bounded, the same in every step: a few dozen products of at most a buffer and three lists of flags each.
    assert!((packing - before[1]).is_multiple_of(14) && packing - before[1] <= 14 * 160);
}
