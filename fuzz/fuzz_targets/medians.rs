//! Any bytes as a file of strokes: an error, or characters that can be drawn.
#![no_main]

use latent_ink::ink::Medians;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(medians) = Medians::from_bytes(bytes) else { return };
    for &character in medians.characters().iter().take(4) {
        let picture = medians.picture(character, 16).expect("it is listed");
        assert!(picture.iter().all(|value| (-1.0..=1.0).contains(value)));
    }
});
