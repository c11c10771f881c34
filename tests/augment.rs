//! Augmentation: each amount does what it says and nothing else, and the same generator does the same.

use latent_ink::train::{
    Augment,
    seeds::{Purpose, generator},
};
use rand::Rng;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

const SIDE: usize = 28;

/// A leaning stroke with soft edges, away from the border.
fn stroke() -> Vec<u8> {
    let level = |i: usize| {
        let (y, x) = ((i / SIDE) as f32, (i % SIDE) as f32);
        let off = (x - 13.5 - (y - 13.5) * 0.4).abs();
        if (7.0..21.0).contains(&y) { (255.0 * (2.5 - off).clamp(0.0, 1.0)) as u8 } else { 0 }
    };
    (0..SIDE * SIDE).map(level).collect()
}

fn always() -> Augment {
    Augment { probability: 1.0, ..Augment::default() }
}

fn applied(augment: Augment, image: &[u8], counter: u64) -> Vec<u8> {
    let mut out = vec![9; image.len()];
    let mut rng = generator(1, Purpose::Augment, counter);
    augment.apply(image, SIDE, SIDE, &mut rng, &mut out);
    out
}

fn ink(image: &[u8]) -> f64 {
    image.iter().map(|&level| f64::from(level)).sum()
}

/// Column and row of the ink's centre.
fn centre(image: &[u8]) -> [f64; 2] {
    let moment = |at: fn(usize) -> usize| {
        image.iter().enumerate().map(|(i, &level)| at(i) as f64 * f64::from(level)).sum::<f64>()
            / ink(image)
    };
    [moment(|i| i % SIDE), moment(|i| i / SIDE)]
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn nothing_changes_without_ranges_or_probability() {
    let image = stroke();
    let wild = Augment {
        rotate: 30.0,
        shear: 20.0,
        scale: 0.3,
        stretch: 0.2,
        shift: 5.0,
        stroke: 1.0,
        probability: 0.0,
    };
    for counter in 0..20 {
        assert_eq!(applied(always(), &image, counter), image);
        assert_eq!(applied(wild, &image, counter), image);
        assert_eq!(applied(Augment::default(), &image, counter), image);
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn the_same_generator_makes_the_same_image() {
    let image = stroke();
    let some = Augment { rotate: 10.0, shift: 2.0, stroke: 0.5, ..always() };
    assert_eq!(applied(some, &image, 3), applied(some, &image, 3));
    assert_ne!(applied(some, &image, 3), applied(some, &image, 4));
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_shift_moves_the_centre_within_its_range_and_keeps_the_ink() {
    let image = stroke();
    let shift = Augment { shift: 3.0, ..always() };
    let [x, y] = centre(&image);
    let mut most = 0.0_f64;
    for counter in 0..200 {
        // The draws in the order that the map takes them: chance, angle, lean, scale, then right and down.
        let mut rng = generator(1, Purpose::Augment, counter);
        let draws: [u32; 6] = std::array::from_fn(|_| rng.next_u32());
        let told = |draw: u32| (2.0 * f64::from(draw >> 8) / f64::from(1 << 24) - 1.0) * 3.0;
        let (right, down) = (told(draws[4]), told(draws[5]));
        let moved = applied(shift, &image, counter);
        let [moved_x, moved_y] = centre(&moved);
        assert!((moved_x - x - right).abs() < 0.02, "{} right, told {right}", moved_x - x);
        assert!((moved_y - y - down).abs() < 0.02, "{} down, told {down}", moved_y - y);
        assert!((ink(&moved) / ink(&image) - 1.0).abs() < 0.01);
        most = most.max(right.abs());
    }
    assert!(most > 2.9, "the farthest of 200 was {most} of 3 px");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn rotation_shear_and_stretch_keep_the_ink_and_scale_changes_it_by_its_square() {
    let image = stroke();
    let mut changed = 0;
    for counter in 0..100 {
        for augment in [
            Augment { rotate: 25.0, ..always() },
            Augment { shear: 20.0, ..always() },
            Augment { stretch: 0.2, ..always() },
        ] {
            let turned = applied(augment, &image, counter);
            let share = ink(&turned) / ink(&image);
            assert!((share - 1.0).abs() < 0.03, "{share} of the ink is left");
            let [x, y] = centre(&turned);
            assert!((x - 13.5).abs() < 0.2 && (y - 13.5).abs() < 0.2, "the centre is {x}, {y}");
            changed += u32::from(turned != image);
        }
        let scaled = ink(&applied(Augment { scale: 0.2, ..always() }, &image, counter));
        let share = (scaled / ink(&image)).sqrt();
        assert!((0.78..1.22).contains(&share), "scaled by {share}, told 0.8 to 1.2");
    }
    assert!(changed > 290, "{changed} of 300 changed");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn strokes_become_thicker_or_thinner_everywhere_or_nowhere() {
    let image = stroke();
    let (mut thicker, mut thinner) = (0, 0);
    for counter in 0..100 {
        let changed = applied(Augment { stroke: 1.0, ..always() }, &image, counter);
        let grows = changed.iter().zip(&image).all(|(new, old)| new >= old);
        let shrinks = changed.iter().zip(&image).all(|(new, old)| new <= old);
        assert!(grows || shrinks, "some pixels grew and some shrank");
        thicker += u32::from(ink(&changed) > 1.01 * ink(&image));
        thinner += u32::from(ink(&changed) < 0.99 * ink(&image));
    }
    assert!(thicker > 30 && thinner > 30, "{thicker} thicker, {thinner} thinner of 100");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn white_stays_white_and_full_ink_stays_in_range() {
    let wild = Augment {
        rotate: 180.0,
        shear: 40.0,
        scale: 0.8,
        stretch: 0.3,
        shift: 9.0,
        stroke: 1.0,
        probability: 1.0,
    };
    for counter in 0..100 {
        assert_eq!(applied(wild, &[0; SIDE * SIDE], counter), [0; SIDE * SIDE]);
        let mild = Augment { scale: 0.3, shift: 2.0, ..wild };
        let full = applied(mild, &[255; SIDE * SIDE], counter);
        // A sum that wrapped would show as a light pixel in the middle.
        assert!(full[SIDE / 2 * SIDE..][9..19].iter().all(|&level| level >= 254), "{full:?}");
    }
    // One row, one column, and widths that are not heights.
    for (height, width) in [(1, 7), (7, 1), (3, 5)] {
        let mut out = vec![0; height * width];
        let mut rng = generator(0, Purpose::Augment, 0);
        wild.apply(&vec![200; height * width], height, width, &mut rng, &mut out);
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn unknown_fields_and_impossible_ranges_are_refused() {
    let read = |text: &str| serde_json::from_str::<Augment>(text);
    assert_eq!(read("{}").expect("all default"), Augment::default());
    assert!(read("{\"rotat\": 3}").is_err());
    assert!(read("{\"rotate\": 10, \"probability\": 0.5}").expect("two fields").is_possible());
    for text in ["{\"shift\": -1}", "{\"stroke\": 1.5}", "{\"scale\": 1}"] {
        assert!(!read(text).expect("a number").is_possible(), "{text}");
    }
}

/// Not a limit that a busy machine could miss: over ten times the 7 µs that it takes (November 2026).
#[cfg(not(any(target_arch = "wasm32", debug_assertions)))]
#[test]
fn an_image_takes_microseconds() {
    let image = stroke();
    let all = Augment {
        rotate: 12.0,
        shear: 12.0,
        scale: 0.1,
        stretch: 0.2,
        shift: 2.0,
        stroke: 0.5,
        probability: 1.0,
    };
    let mut out = vec![0; image.len()];
    let mut rng = generator(0, Purpose::Augment, 0);
    let mut hundred = || {
        let start = std::time::Instant::now();
        for _ in 0..100 {
            all.apply(&image, SIDE, SIDE, &mut rng, &mut out);
        }
        start.elapsed() / 100
    };
    let each = (0..50).map(|_| hundred()).min().expect("50 hundreds");
    println!("{each:?} for an image");
    assert!(each.as_micros() < 100, "{each:?}");
}
