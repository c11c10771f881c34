//! IDX files: what MNIST holds is read as it is, and what is no such file is refused in one sentence.

use latent_ink::{
    error::Error,
    train::{Dataset, Draws, Pixels},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

/// An IDX file: magic, sizes, bytes.
fn idx(magic: u32, sizes: &[u32], bytes: &[u8]) -> Vec<u8> {
    let mut file = magic.to_be_bytes().to_vec();
    file.extend(sizes.iter().flat_map(|size| size.to_be_bytes()));
    file.extend(bytes);
    file
}

/// Two images of 2x3.
fn images() -> Vec<u8> {
    idx(2051, &[2, 2, 3], &[0, 51, 102, 153, 204, 255, 255, 0, 255, 0, 255, 0])
}

fn labels() -> Vec<u8> {
    idx(2049, &[2], &[7, 3])
}

#[track_caller]
fn refused(images: &[u8], labels: &[u8], words: &[&str]) {
    let message = match Dataset::from_idx(images, labels) {
        Ok(_) => panic!("read, expected an error with {words:?}"),
        Err(error @ Error::Data(_)) => error.to_string(),
        Err(other) => panic!("{other:?} is no error of a dataset"),
    };
    for word in words {
        assert!(message.contains(word), "\"{message}\" does not say \"{word}\"");
    }
    assert!(!message.contains('\n') && message.len() < 200, "\"{message}\" is no sentence");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_valid_pair_is_read_as_it_is() {
    let data = Dataset::from_idx(&images(), &labels()).expect("a valid pair");
    assert_eq!((data.len(), data.pixels(), data.is_empty()), (2, 6, false));
    assert_eq!(data.image(0), [0, 51, 102, 153, 204, 255]);
    assert_eq!(data.image(1), [255, 0, 255, 0, 255, 0]);
    assert_eq!(data.labels(), [7, 3]);
    let mean = [0.5, 0.1, 0.7, 0.3, 0.9, 0.5];
    for (got, want) in data.mean().iter().zip(mean) {
        assert!((got - want).abs() < 1e-6, "{got}, expected {want}");
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn files_that_are_not_idx_are_refused() {
    refused(&[], &labels(), &["images", "0 bytes", "header alone needs 16"]);
    refused(&images()[..15], &labels(), &["images", "15 bytes", "needs 16"]);
    refused(&images(), &labels()[..7], &["labels", "7 bytes", "needs 8"]);
    refused(&labels(), &labels(), &["images", "needs 16"]);
    refused(&images(), &images(), &["labels", "starts with 2051", "magic 2049"]);
    refused(&[0; 100], &labels(), &["images", "starts with 0", "magic 2051"]);
    let gzip = [&[0x1f, 0x8b, 8, 0][..], &[0; 40]].concat();
    refused(&gzip, &labels(), &["images", "magic 2051", "gzip", "unpack"]);
    refused(&images(), &gzip, &["labels", "magic 2049", "gzip", "unpack"]);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn sizes_that_lie_are_refused() {
    let (images, labels) = (images(), labels());
    refused(&images, &idx(2049, &[3], &[7, 3, 1]), &["2 images", "3 labels"]);
    refused(&images[..images.len() - 1], &labels, &["images", "2 x 2 x 3", "11 follow"]);
    refused(&[&images[..], &[0]].concat(), &labels, &["images", "2 x 2 x 3", "13 follow"]);
    refused(&images, &labels[..9], &["labels", "says 2 bytes", "1 follow"]);
    refused(&images, &[&labels[..], &[0]].concat(), &["labels", "says 2 bytes", "3 follow"]);
    refused(&idx(2051, &[0, 28, 28], &[]), &idx(2049, &[0], &[]), &["images", "hold nothing"]);
    refused(&idx(2051, &[2, 0, 28], &[]), &labels, &["2 images of 0x28", "hold nothing"]);
    refused(&idx(2051, &[2, 28, 0], &[]), &labels, &["2 images of 28x0", "hold nothing"]);
    // Their product is 0 modulo 2^32 and 2^64: it must not pass for an empty file, nor ask for memory.
    refused(&idx(2051, &[1 << 31, 1 << 31, 4], &[]), &labels, &["2147483648 x 2147483648 x 4"]);
    refused(&idx(2051, &[u32::MAX; 3], &[1; 12]), &labels, &["4294967295", "12 follow"]);
    refused(&idx(2051, &[0, u32::MAX, u32::MAX], &[]), &idx(2049, &[0], &[]), &["images"]);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn grey_rows_are_levels_over_255() {
    let data = Dataset::from_idx(&images(), &labels()).expect("a valid pair");
    let mut x = [f32::NAN; 18];
    let mut unused = Draws::new(0, 0);
    data.rows([1, 0, 1].into_iter(), Pixels::Grey, &mut unused, &mut x);
    let first = [0.0, 51.0, 102.0, 153.0, 204.0, 255.0].map(|level: f32| level / 255.0);
    assert_eq!(x[..6], [1.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
    assert_eq!(x[6..12], first);
    assert_eq!(x[..6], x[12..]);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn bernoulli_rows_are_ink_as_often_as_the_grey_level_says() {
    // One image of every level, drawn 20,000 times.
    let levels: Vec<u8> = (0..=255).collect();
    let data = Dataset::from_idx(&idx(2051, &[1, 16, 16], &levels), &idx(2049, &[1], &[0]))
        .expect("a valid pair");
    let times = 20_000_u16;
    let mut draws = Draws::new(11, 0);
    let (mut counts, mut x) = ([0.0_f64; 256], [0.0; 256]);
    for _ in 0..times {
        data.rows([0].into_iter(), Pixels::Bernoulli, &mut draws, &mut x);
        for (count, &x) in counts.iter_mut().zip(&x) {
            assert!(x == 0.0 || x == 1.0, "{x} is neither ink nor paper");
            *count += f64::from(x);
        }
    }
    assert_eq!((counts[0], counts[255]), (0.0, f64::from(times)));
    for (level, count) in levels.iter().zip(counts) {
        let p = f64::from(*level) / 255.0;
        let rate = count / f64::from(times);
        // Five standard deviations: one of 256 levels beyond it by chance once in 7,000 seeds.
        let allowed = 5.0 * (p * (1.0 - p) / f64::from(times)).sqrt();
        assert!((rate - p).abs() <= allowed, "level {level}: ink in {rate} of draws, expected {p}");
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn thresholded_rows_are_ink_above_127() {
    let levels: Vec<u8> = (0..=255).collect();
    let data = Dataset::from_idx(&idx(2051, &[1, 16, 16], &levels), &idx(2049, &[1], &[0]))
        .expect("a valid pair");
    let mut x = [f32::NAN; 256];
    let mut unused = Draws::new(0, 0);
    data.rows([0].into_iter(), Pixels::Threshold, &mut unused, &mut x);
    assert_eq!((&x[..128], &x[128..]), (&[0.0; 128][..], &[1.0; 128][..]));
    let name = serde_json::to_value(Pixels::Threshold).expect("a plain enum");
    assert_eq!(name, "threshold");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn bernoulli_rows_follow_from_the_generator() {
    let data = Dataset::from_idx(&idx(2051, &[1, 16, 16], &[128; 256]), &idx(2049, &[1], &[0]))
        .expect("a valid pair");
    let drawn = |seed: u32, counter: u64| {
        let mut x = [0.0; 256];
        let mut draws = Draws::new(seed, counter);
        data.rows([0].into_iter(), Pixels::Bernoulli, &mut draws, &mut x);
        x
    };
    assert_eq!(drawn(5, 9), drawn(5, 9));
    assert_ne!(drawn(5, 9), drawn(6, 9));
    assert_ne!(drawn(5, 9), drawn(5, 10));
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn static_rows_are_drawn_once_by_seed_and_image() {
    let levels: Vec<u8> = (0..=255).cycle().take(3 * 256).collect();
    let data = Dataset::new(levels, vec![0; 3], 256).expect("whole images");
    let drawn = |mut draws: Draws, indices: &[usize]| {
        let mut x = vec![f32::NAN; indices.len() * 256];
        data.rows(indices.iter().copied(), Pixels::Static, &mut draws, &mut x);
        x
    };
    let whole = drawn(Draws::new(5, 0), &[0, 1, 2]);
    assert!(whole.iter().all(|&x| x == 0.0 || x == 1.0));
    // Three draws of the levels 0 to 255, half of which are ink: five standard deviations are less than 60.
    let ink: f32 = whole.iter().sum();
    assert!((324.0..444.0).contains(&ink), "{ink} of 768 pixels are ink");
    // Whatever the step, and whichever images come before: this is a dataset, and not a draw of the moment.
    assert_eq!(drawn(Draws::new(5, 9), &[2, 0, 1]), [&whole[512..], &whole[..512]].concat());
    assert_eq!(drawn(Draws::new(5, 3).of_part(1), &[0, 1]), whole[256..]);
    let settled = Dataset::new(data.settled(1, Pixels::Static, 5), vec![0], 256).expect("one");
    let mut x = [f32::NAN; 256];
    settled.rows([0].into_iter(), Pixels::Static, &mut Draws::new(5, 7), &mut x);
    assert_eq!(x, whole[256..512]);
    assert_eq!(data.settled(1, Pixels::Bernoulli, 5), data.image(1));
    // Images of the same levels differ, and so do seeds.
    assert_ne!(whole[..256], whole[256..512]);
    assert_ne!(drawn(Draws::new(6, 0), &[0, 1, 2]), whole);
    // The same natively and in every browser: how much ink, and the sum of its places.
    let places: usize = whole.iter().zip(0..).filter(|(x, _)| **x == 1.0).map(|(_, i)| i).sum();
    assert_eq!((ink, places), (393.0, 171_488));
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn levels_are_the_nearest_of_as_many_as_were_asked_for() {
    let all = || Dataset::new((0..=255).collect(), vec![0], 256).expect("a whole image");
    for levels in [2, 3, 16, 255, 256_u16] {
        let steps = f64::from(levels - 1);
        let want: Vec<u8> = (0..=255)
            .map(|value| ((f64::from(value) * steps / 255.0).round() * 255.0 / steps).round() as u8)
            .collect();
        assert_eq!(all().with_levels(levels).images(), want, "{levels} levels");
    }
    assert_eq!(all().with_levels(16).images()[..10], [0, 0, 0, 0, 0, 0, 0, 0, 0, 17]);
    assert_eq!(all().with_levels(256), all());
}

#[cfg(not(target_arch = "wasm32"))]
mod mnist {
    use super::*;
    use std::path::Path;

    /// MNIST, where `cargo xtask data` has put it; `cargo xtask test` and so CI always have.
    fn mnist(set: &str) -> Option<Dataset> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/mnist");
        let read = |kind: &str| std::fs::read(folder.join(format!("{set}-{kind}-ubyte"))).ok();
        let (Some(images), Some(labels)) = (read("images-idx3"), read("labels-idx1")) else {
            println!("skipped: no MNIST in {}; `cargo xtask data` gets it", folder.display());
            return None;
        };
        Some(Dataset::from_idx(&images, &labels).expect("MNIST's files are whole"))
    }

    fn zeros(data: &Dataset) -> usize {
        data.labels().iter().filter(|&&label| label == 0).count()
    }

    #[test]
    fn mnist_has_its_known_counts() {
        if let Some(data) = mnist("train") {
            assert_eq!((data.len(), data.pixels(), zeros(&data)), (60_000, 784, 5_923));
            assert_eq!(data.labels()[..5], [5, 0, 4, 1, 9]);
            // 33.32 of 255: MNIST's mean grey level.
            let mean = data.mean().iter().sum::<f32>() / 784.0;
            assert!((mean - 33.318 / 255.0).abs() < 1e-4, "the mean level is {mean}");
        }
        if let Some(data) = mnist("t10k") {
            assert_eq!((data.len(), data.pixels(), zeros(&data)), (10_000, 784, 980));
        }
    }

    #[test]
    fn mnist_cut_short_is_refused() {
        let Some(data) = mnist("t10k") else { return };
        let images = idx(2051, &[10_000, 28, 28], data.image(0));
        refused(&images, &labels(), &["10000 x 28 x 28", "784 follow"]);
    }
}
