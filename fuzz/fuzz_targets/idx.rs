//! Any bytes as the two IDX files of a dataset: an error, or images and labels that agree.
#![no_main]

use latent_ink::train::Dataset;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|files: (&[u8], &[u8])| {
    let (images, labels) = files;
    if let Ok(data) = Dataset::from_idx(images, labels) {
        assert!(data.len() > 0 && data.pixels() > 0 && data.labels().len() == data.len());
        assert_eq!(data.image(data.len() - 1).len(), data.pixels());
        assert!(data.mean().iter().all(|level| (0.0..=1.0).contains(level)));
    }
});
