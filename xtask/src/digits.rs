//! MNIST for the page: `data/mnist` cut into files of 10,000 digits in `target/digits/`, and `index.json`, their list.
//!
//! A file is the gzip of all its labels, a byte each, followed by all its pictures, 784 bytes each. Its name does not end
//! in `.gz`: hosts would send it as `Content-Encoding: gzip`, and its bytes as they arrive could not be counted.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::compress::gzip;
use crate::data::{self, Dataset, write_whole};
use crate::digest::sha256;
use crate::workspace::Workspace;

/// Digits in one file. Chosen: the test set is one file, and a room can begin with a sixth of the training set.
const IMAGES: usize = 10_000;

/// Rows and columns of a picture.
const SIDE: usize = 28;

/// Bytes of a digit: its label and its pixels.
const DIGIT: usize = 1 + SIDE * SIDE;

/// How MNIST's own files begin, and the files that they are cut into, in their order.
const SETS: [(&str, &[&str]); 2] = [
    ("t10k", &["mnist-test.bin"]),
    (
        "train",
        &[
            "mnist-train-0.bin",
            "mnist-train-1.bin",
            "mnist-train-2.bin",
            "mnist-train-3.bin",
            "mnist-train-4.bin",
            "mnist-train-5.bin",
        ],
    ),
];

const INDEX: &str = "index.json";

/// Where the files lie once [`make`] has made them.
pub fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target("digits")
}

/// Makes what is missing or older than `data/mnist`, which it gets first if need be, and returns the folder.
pub fn make(workspace: &Workspace) -> Result<PathBuf> {
    let (source, folder) = (workspace.path(Dataset::Mnist.folder()), folder(workspace));
    if !is_current(&source, &folder, IMAGES).unwrap_or(false) {
        data::fetch(workspace, Dataset::Mnist)?;
        cut(&source, &folder, IMAGES)?;
        println!("{}: MNIST cut for the page", folder.display());
    }
    Ok(folder)
}

/// Whether `folder` holds what [`cut`] would make; `None` if it has no list of it. A source that is gone is not newer.
fn is_current(source: &Path, folder: &Path, images: usize) -> Option<bool> {
    let modified = |path: PathBuf| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let index: Value = serde_json::from_slice(&fs::read(folder.join(INDEX)).ok()?).ok()?;
    let entries = index["files"].as_array()?;
    let is_there = |name: &str| {
        let size = fs::metadata(folder.join(name)).map(|metadata| metadata.len()).ok();
        size.is_some()
            && entries.iter().any(|entry| {
                entry["name"] == name
                    && entry["raw"] == images * DIGIT
                    && entry["bytes"].as_u64() == size
            })
    };
    let sources = SETS.iter().flat_map(|(set, _)| idx_names(set));
    let newest = sources.map(|name| modified(source.join(name))).max()?;
    let is_whole = SETS.iter().flat_map(|(_, names)| *names).all(|name| is_there(name));
    Some(is_whole && newest <= modified(folder.join(INDEX)))
}

/// Writes every file of `images` digits, and last the list: what is cut off in the middle stays older than its source.
fn cut(source: &Path, folder: &Path, images: usize) -> Result<()> {
    fs::create_dir_all(folder)?;
    let mut entries = Vec::new();
    for (set, names) in SETS {
        let count = images * names.len();
        let [pixels, labels] = idx_names(set);
        let pixels = read_idx(&source.join(pixels), &[count, SIDE, SIDE])?;
        let labels = read_idx(&source.join(labels), &[count])?;
        let parts = labels.chunks(images).zip(pixels.chunks(images * SIDE * SIDE));
        for (name, (labels, pixels)) in names.iter().zip(parts) {
            let raw = [labels, pixels].concat();
            let packed = gzip(&raw)?;
            write_whole(folder, name, &packed)?;
            entries.push(json!({
                "name": name,
                "images": images,
                "bytes": packed.len(),
                "sha256": sha256(&packed),
                "raw": raw.len(),
            }));
        }
    }
    let index = serde_json::to_string_pretty(&json!({ "files": entries }))? + "\n";
    write_whole(folder, INDEX, index.as_bytes())
}

/// The pictures' file and the labels' file of one set.
fn idx_names(set: &str) -> [String; 2] {
    [format!("{set}-images-idx3-ubyte"), format!("{set}-labels-idx1-ubyte")]
}

/// The bytes of an IDX file without its header, which must say unsigned bytes of this `shape`.
fn read_idx(path: &Path, shape: &[usize]) -> Result<Vec<u8>> {
    let mut bytes = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut header = vec![0, 0, 8, u8::try_from(shape.len())?];
    for &size in shape {
        header.extend(u32::try_from(size)?.to_be_bytes());
    }
    let length = header.len() + shape.iter().product::<usize>();
    if !bytes.starts_with(&header) || bytes.len() != length {
        bail!(
            "{}: expected an IDX file of bytes {shape:?}, {length} in all; it has {} and begins with {:?}",
            path.display(),
            bytes.len(),
            &bytes[..bytes.len().min(header.len())]
        );
    }
    Ok(bytes.split_off(header.len()))
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::time::{Duration, SystemTime};

    use flate2::read::GzDecoder;

    use super::*;

    /// A set of IDX files small enough to cut in no time; all of it goes when it is dropped.
    struct Fixture {
        root: PathBuf,
        source: PathBuf,
        folder: PathBuf,
    }

    impl Drop for Fixture {
        fn drop(&mut self) {
            // A folder that stays behind in the system's temporary one does no harm.
            let _ = fs::remove_dir_all(&self.root);
        }
    }

    /// Digits in one file of the fixture.
    const FEW: usize = 3;

    fn label(i: usize) -> u8 {
        (i % 10) as u8
    }

    fn pixel(i: usize, p: usize) -> u8 {
        (i * 31 + p * 7) as u8
    }

    fn idx(shape: &[usize], body: impl Iterator<Item = u8>) -> Vec<u8> {
        let sizes = shape.iter().flat_map(|&size| (size as u32).to_be_bytes());
        [0, 0, 8, shape.len() as u8].into_iter().chain(sizes).chain(body).collect()
    }

    fn small_set(name: &str) -> Result<Fixture> {
        let root =
            std::env::temp_dir().join(format!("latent-ink-digits-{}-{name}", std::process::id()));
        let (source, folder) = (root.join("source"), root.join("digits"));
        fs::create_dir_all(&source)?;
        for (set, names) in SETS {
            let count = FEW * names.len();
            let [images, labels] = idx_names(set);
            let pixels = (0..count).flat_map(|i| (0..SIDE * SIDE).map(move |p| pixel(i, p)));
            fs::write(source.join(images), idx(&[count, SIDE, SIDE], pixels))?;
            fs::write(source.join(labels), idx(&[count], (0..count).map(label)))?;
        }
        Ok(Fixture { root, source, folder })
    }

    #[test]
    fn files_hold_labels_then_pixels_in_the_order_of_the_source() -> Result<()> {
        let set = small_set("order")?;
        cut(&set.source, &set.folder, FEW)?;
        let index: Value = serde_json::from_slice(&fs::read(set.folder.join(INDEX))?)?;
        let entries = index["files"].as_array().context("no list of files")?;
        assert_eq!(entries.len(), 7);
        for (i, entry) in entries.iter().enumerate() {
            let packed = fs::read(set.folder.join(entry["name"].as_str().context("no name")?))?;
            assert_eq!(entry["images"], FEW);
            assert_eq!(entry["bytes"], packed.len());
            assert_eq!(entry["sha256"], sha256(&packed));
            let mut raw = Vec::new();
            GzDecoder::new(packed.as_slice()).read_to_end(&mut raw)?;
            assert_eq!(entry["raw"], raw.len());
            // The test set is the first file, and the training set begins in the second.
            let first = i.saturating_sub(1) * FEW;
            let digits = first..first + FEW;
            let pixels = digits.clone().flat_map(|i| (0..SIDE * SIDE).map(move |p| pixel(i, p)));
            let want: Vec<u8> = digits.map(label).chain(pixels).collect();
            assert!(raw == want, "{} differs", entry["name"]);
        }
        Ok(())
    }

    #[test]
    fn files_are_current_until_one_is_gone_or_the_source_is_newer() -> Result<()> {
        let set = small_set("current")?;
        let is_current = || is_current(&set.source, &set.folder, FEW);
        assert_eq!(is_current(), None);
        cut(&set.source, &set.folder, FEW)?;
        assert_eq!(is_current(), Some(true));
        assert_eq!(super::is_current(&set.source, &set.folder, FEW + 1), Some(false));

        fs::remove_file(set.folder.join("mnist-train-5.bin"))?;
        assert_eq!(is_current(), Some(false));
        cut(&set.source, &set.folder, FEW)?;
        assert_eq!(is_current(), Some(true));

        let labels =
            fs::File::options().append(true).open(set.source.join(&idx_names("train")[1]))?;
        labels.set_modified(SystemTime::now() + Duration::from_secs(60))?;
        assert_eq!(is_current(), Some(false));

        fs::remove_dir_all(&set.source)?;
        assert_eq!(is_current(), Some(true), "without a source there is nothing newer");
        Ok(())
    }

    #[test]
    fn a_source_of_another_shape_is_refused_and_no_list_is_left() -> Result<()> {
        let set = small_set("shape")?;
        let labels = set.source.join(&idx_names("t10k")[1]);
        let whole = fs::read(&labels)?;
        for wrong in
            [&whole[..whole.len() - 1], &whole[..3], &idx(&[FEW + 1], (0..=FEW).map(label))]
        {
            fs::write(&labels, wrong)?;
            let refused = cut(&set.source, &set.folder, FEW);
            let message = refused.err().context("a wrong file was taken")?.to_string();
            assert!(message.contains("t10k-labels") && message.contains("[3]"), "{message}");
            assert!(!set.folder.join(INDEX).exists());
        }
        Ok(())
    }
}
