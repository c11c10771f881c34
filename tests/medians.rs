//! How characters are built: the file that ships, files that are not right, and the pictures that the generator is given.
#![cfg(feature = "style")]

use latent_ink::{error::Error, ink::Medians};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

const SHIPPED: &[u8] = include_bytes!("../www/models/strokes.bin");
const SIDE: usize = 40;

fn shipped() -> Medians {
    Medians::from_bytes(SHIPPED).expect("the shipped file is whole")
}

/// A file of these characters, each with strokes as steps of x and y.
fn file(characters: &[(u16, &[&[[u8; 2]]])]) -> Vec<u8> {
    let mut bytes = b"latent-ink strokes 1\n".to_vec();
    bytes.extend((characters.len() as u16).to_le_bytes());
    for (code, strokes) in characters {
        bytes.extend(code.to_le_bytes());
        bytes.push(strokes.len() as u8);
        for stroke in *strokes {
            bytes.push(stroke.len() as u8);
            bytes.extend(stroke.concat());
        }
    }
    bytes
}

const ACROSS: &[&[[u8; 2]]] = &[&[[51, 102], [153, 0]]];

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn the_shipped_file_has_the_first_level_the_most_frequent_first() {
    let medians = shipped();
    assert_eq!(medians.characters().len(), 3755);
    assert!(medians.characters().starts_with(&['一', '是', '人']));
    let count = |character| medians.strokes(character).map(|strokes| strokes.len());
    assert_eq!([count('永'), count('一'), count('国')], [Some(5), Some(1), Some(8)]);
    assert!(count('a').is_none() && medians.picture('a', SIDE).is_none());
    for &character in medians.characters() {
        for stroke in medians.strokes(character).expect("it is listed") {
            assert!(stroke.len() > 1, "{character}");
            assert!(stroke.iter().flatten().all(|at| (0.0..=1.0).contains(at)), "{character}");
        }
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn steps_become_points() {
    // Back and up by steps that wrap around.
    let strokes: &[&[[u8; 2]]] = &[&[[255, 0], [1, 255], [254, 2]], ACROSS[0]];
    let medians = Medians::from_bytes(&file(&[(0x4e8c, strokes)])).expect("a whole file");
    let read: Vec<&[[f32; 2]]> = medians.strokes('二').expect("it is there").collect();
    assert_eq!(read[0], [[1.0, 0.0], [0.0, 1.0], [254.0 / 255.0, 1.0 / 255.0]]);
    assert_eq!(read[1], [[0.2, 0.4], [0.8, 0.4]]);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_file_that_is_not_right_gets_one_sentence() {
    let sentence = |bytes: &[u8]| match Medians::from_bytes(bytes) {
        Err(Error::Ink(message)) => message,
        other => panic!("expected an error about ink, got {other:?}"),
    };
    let whole = file(&[(0x4e00, ACROSS), (0x4e8c, ACROSS)]);
    for length in 0..whole.len() {
        let message = sentence(&whole[..length]);
        assert!(message.starts_with("strokes: "), "{length} bytes: {message}");
    }
    let one: &[&[[u8; 2]]] = &[&[[5, 5]]];
    for (bytes, expected) in [
        (b"latent-ink".to_vec(), "does not begin as a file of strokes"),
        ([&whole[..], &[0]].concat(), "1 bytes after the last of 2 characters"),
        (whole[..whole.len() - 1].to_vec(), "expected 2 more bytes, got 1"),
        (file(&[(0x4e00, ACROSS), (0x4e00, ACROSS)]), "一 comes twice"),
        (file(&[(0x4e00, &[])]), "一 has no strokes"),
        (file(&[(0x4e00, one)]), "has 1 points, expected 2 or more"),
        (file(&[(0xd800, ACROSS)]), "55296 is no character"),
    ] {
        let message = sentence(&bytes);
        assert!(message.contains(expected), "expected {expected}, got {message}");
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_picture_says_where_a_line_is_and_where_it_goes() {
    let medians = Medians::from_bytes(&file(&[(0x4e00, ACROSS)])).expect("a whole file");
    let picture = medians.picture('一', SIDE).expect("it is there");
    assert_eq!(picture.len(), SIDE * SIDE * 3);
    let at = |x: usize, y: usize| &picture[3 * (y * SIDE + x)..][..3];
    // A line at y = 16, 1.5 px wide: three quarters of the rows above and below.
    for (x, y, ink) in [(20, 15, 0.75), (20, 16, 0.75), (20, 14, 0.0), (20, 17, 0.0), (4, 16, 0.0)]
    {
        assert!((at(x, y)[0] - ink).abs() < 1e-4, "({x}, {y}): {:?}, expected {ink}", at(x, y));
        assert_eq!(at(x, y)[1..], [at(x, y)[0], 0.0], "to the right");
    }
    let ink: f32 = picture.iter().step_by(3).sum();
    // 24 px long with half a pen at either end; round ends are off by a few hundredths a pixel.
    assert!((ink - (24.0 * 1.5 + std::f32::consts::PI * 0.75 * 0.75)).abs() < 0.6, "{ink} px");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_direction_is_as_long_as_its_ink() {
    let medians = shipped();
    for character in ['永', '疑', '霸'] {
        let picture = medians.picture(character, SIDE).expect("it is there");
        for pixel in picture.chunks_exact(3) {
            assert!((0.0..=1.0).contains(&pixel[0]));
            assert!((pixel[1].hypot(pixel[2]) - pixel[0]).abs() < 1e-5, "{character}: {pixel:?}");
        }
        assert!(picture.iter().step_by(3).sum::<f32>() > 60.0, "{character}");
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn pictures_are_the_same_bits_everywhere() {
    let medians = shipped();
    let mut digest = 0xcbf2_9ce4_8422_2325_u64;
    for &character in &medians.characters()[..50] {
        for value in medians.picture(character, SIDE).expect("it is listed") {
            digest = (digest ^ u64::from(value.to_bits())).wrapping_mul(0x0100_0000_01b3);
        }
    }
    assert_eq!(digest, 0x929f_d7c8_226d_88e2, "{digest:#x}");
}
