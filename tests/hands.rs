//! Hands that nobody has: each writes alike, no two write alike, and what they write can be read.
#![cfg(feature = "style")]

use latent_ink::{
    ink::{Hand, Medians},
    train::seeds::{Purpose, generator},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

const SIDE: usize = 40;

fn medians() -> Medians {
    Medians::from_bytes(include_bytes!("../www/models/strokes.bin")).expect("a whole file")
}

/// What a hand writes, glyph by glyph.
fn write(medians: &Medians, hand: u64, characters: &[char]) -> Vec<Vec<u8>> {
    let mut rng = generator(3, Purpose::Subset, hand);
    let hand = Hand::random(&mut rng);
    let draw =
        |&character: &char| hand.draw(medians, character, &mut rng, SIDE).expect("it has medians");
    characters.iter().map(draw).collect()
}

fn ink(glyph: &[u8]) -> f64 {
    glyph.iter().map(|&level| f64::from(level) / 255.0).sum::<f64>() / glyph.len() as f64
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_seed_is_a_hand_bit_for_bit_everywhere() {
    let medians = medians();
    let mut digest = 0xcbf2_9ce4_8422_2325_u64;
    for hand in 0..20 {
        for level in write(&medians, hand, &['永', '国', '我']).concat() {
            digest = (digest ^ u64::from(level)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    assert_eq!(digest, 0x47c5_f671_f9aa_7960, "{digest:#x}");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_character_without_medians_is_not_written() {
    let mut rng = generator(0, Purpose::Subset, 0);
    let hand = Hand::random(&mut rng);
    assert_eq!(hand.draw(&medians(), 'A', &mut rng, SIDE), None);
}

/// A hand's own glyphs agree in how much ink they have more than those of different hands do.
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn hands_differ_more_than_the_glyphs_of_one() {
    let medians = medians();
    // Of as many strokes, so that ink says how the hand writes and not what.
    let characters: Vec<char> = medians.characters()[..300]
        .iter()
        .copied()
        .filter(|&character| medians.strokes(character).map(|strokes| strokes.len()) == Some(7))
        .take(12)
        .collect();
    assert_eq!(characters.len(), 12);
    let (mut means, mut spread) = (Vec::new(), 0.0);
    for hand in 0..60 {
        let logs: Vec<f64> =
            write(&medians, hand, &characters).iter().map(|glyph| ink(glyph).ln()).collect();
        let mean = logs.iter().sum::<f64>() / logs.len() as f64;
        spread +=
            logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / logs.len() as f64 / 60.0;
        means.push(mean);
    }
    let middle = means.iter().sum::<f64>() / means.len() as f64;
    let between = means.iter().map(|mean| (mean - middle).powi(2)).sum::<f64>() / 60.0;
    assert!(between > 4.0 * spread, "between {between}, within {spread}");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn what_hands_write_is_ink_on_the_paper_and_reads_as_what_it_is() {
    let medians = medians();
    let characters = &medians.characters()[..60];
    let pictures: Vec<Vec<f32>> = characters
        .iter()
        .map(|&character| {
            let picture = medians.picture(character, SIDE).expect("it is listed");
            blur(picture.iter().step_by(3).copied().collect())
        })
        .collect();
    let (mut right, mut all) = (0, 0);
    for hand in 0..12 {
        for (index, glyph) in write(&medians, hand, characters).iter().enumerate() {
            let share = ink(glyph);
            assert!((0.008..0.6).contains(&share), "hand {hand}, {}: {share}", characters[index]);
            let glyph = blur(glyph.iter().map(|&level| f32::from(level) / 255.0).collect());
            let alike = |other: &Vec<f32>| cosine(&glyph, other);
            let best = (0..pictures.len())
                .max_by(|&a, &b| alike(&pictures[a]).total_cmp(&alike(&pictures[b])));
            right += usize::from(best == Some(index));
            all += 1;
        }
    }
    assert!(10 * right > 9 * all, "{right} of {all} glyphs are most like their own character");
}

/// Averages over 5 x 5 pixels, so that lines that are a little apart still meet.
fn blur(pixels: Vec<f32>) -> Vec<f32> {
    let at = |x: usize, y: usize| {
        let near = |centre: usize| centre.saturating_sub(2)..SIDE.min(centre + 3);
        near(y).flat_map(|y| near(x).map(move |x| (x, y))).map(|(x, y)| pixels[y * SIDE + x]).sum()
    };
    (0..SIDE * SIDE).map(|pixel| at(pixel % SIDE, pixel / SIDE)).collect()
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}
