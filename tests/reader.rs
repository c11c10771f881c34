//! The reader of characters: what it learns from, and that it learns.
#![cfg(feature = "style")]

use latent_ink::{
    eval::accuracy,
    model::ClassifierConfig,
    train::{
        Augment, ClassifierTrainer, ClassifierTraining, Decay, Glyphs, Labelled, Readings, Told,
    },
};
use serde_json::json;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

const SIDE: usize = 8;
const FONTS: usize = 40;
const CHARACTERS: usize = 6;

/// Fonts of different weights whose characters are a bar at a height; each lacks one character in its turn.
fn glyphs() -> Glyphs {
    let fonts: Vec<_> = (0..FONTS)
        .map(|font| json!({ "name": font.to_string(), "family": "", "kind": "hei", "split": "train" }))
        .collect();
    let list =
        json!({ "side": SIDE, "characters": "一二三四五六", "heldOut": "六", "fonts": fonts });
    let level = |i: usize| {
        let (font, character) = (i / (CHARACTERS * SIDE * SIDE), i / (SIDE * SIDE) % CHARACTERS);
        let row = i % (SIDE * SIDE) / SIDE;
        let is_there = font % (CHARACTERS + 1) != character;
        if is_there && row.abs_diff(character + 1) == 0 { 100 + 3 * font as u8 } else { 0 }
    };
    let levels = (0..FONTS * CHARACTERS * SIDE * SIDE).map(level).collect();
    Glyphs::from_parts(list.to_string().as_bytes(), levels).expect("a whole list")
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn each_glyph_is_learned_from_or_kept_out() {
    let glyphs = glyphs();
    let [learned, kept_out] = Readings::split(&glyphs, Told::Character, 1);
    let there = (0..FONTS)
        .flat_map(|font| (0..CHARACTERS).map(move |character| (font, character)))
        .filter(|&(font, character)| glyphs.glyph(font, character).is_some())
        .count();
    assert_eq!(learned.len() + kept_out.len(), there);
    assert!((10..40).contains(&kept_out.len()), "{} of {there} kept out", kept_out.len());
    for readings in [&learned, &kept_out] {
        for index in 0..readings.len() {
            let row = usize::from(readings.label(index)) + 1;
            assert!(readings.image(index)[row * SIDE] >= 100, "the image is of its label");
        }
    }
    let [fonts, _] = Readings::split(&glyphs, Told::Font, 1);
    assert_eq!(fonts.len(), learned.len());
    for index in 0..fonts.len() {
        let row = usize::from(learned.label(index)) + 1;
        let level = 100 + 3 * fonts.label(index) as u8;
        assert_eq!(fonts.image(index)[row * SIDE], level, "the image is of its font");
    }
    let [again, _] = Readings::split(&glyphs, Told::Character, 1);
    let [other, _] = Readings::split(&glyphs, Told::Character, 2);
    let labels = |readings: &Readings<'_>| -> Vec<u16> {
        (0..readings.len()).map(|index| readings.label(index)).collect()
    };
    assert_eq!(labels(&learned), labels(&again));
    assert_ne!(labels(&learned), labels(&other));
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_reader_reads_glyphs_that_it_was_not_shown() {
    let glyphs = glyphs();
    let [learned, kept_out] = Readings::split(&glyphs, Told::Character, 1);
    let classifier = ClassifierConfig::from_json(&json!({
        "input": { "height": SIDE, "width": SIDE, "channels": 1 },
        "layers": ["flatten", { "dense": 16 }, "relu"],
        "classes": CHARACTERS,
    }))
    .expect("a whole config");
    let training = ClassifierTraining {
        batch: 20,
        learning_rate: 1e-2,
        warm_up: 5,
        decay: Decay::Cosine,
        augment: Augment::default(),
        average: 0.9,
        adam: Default::default(),
    };
    let mut trainer =
        ClassifierTrainer::new(classifier, training, &learned, 0, 20).expect("a possible training");
    while trainer.steps() < trainer.total_steps() {
        trainer.step(&learned).expect("finite losses");
    }
    let right = accuracy(&trainer.averaged(), &kept_out).expect("images that fit");
    assert!(right > 0.95, "{right} of the glyphs kept out");
}
