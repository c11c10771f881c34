//! MNIST for the page, and Fashion-MNIST where `data/fashion` is there: cut into files of 10,000 pictures in
//! `target/digits/`, and `index.json`, their list.
//!
//! A file is the gzip of all its labels, a byte each, followed by all its pictures, a byte or half a byte a pixel. Its name
//! does not end in `.gz`: hosts would send it as `Content-Encoding: gzip`, and its bytes as they arrive could not be counted.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::compress::gzip;
use crate::data::{self, Dataset, write_whole};
use crate::digest::sha256;
use crate::workspace::Workspace;

/// Pictures in one file. Chosen: the test set is one file, and a room can begin with a sixth of the training set.
const IMAGES: usize = 10_000;

/// Every so many of the test pictures are held out of training: all hands are among them.
const EVERY: usize = 20;

/// Rows and columns of a picture.
const SIDE: usize = 28;

/// A pair of IDX files, and what it is cut into.
struct Set {
    /// How the names of its files begin.
    source: &'static str,
    /// One picture of so many is taken.
    every: usize,
    /// Of a pixel: 8, or 4 where training learns from it, to which 16 levels are as good.
    bits: usize,
    /// The files in their order, each with as many pictures as the others.
    names: &'static [&'static str],
}

/// What becomes of a dataset.
const fn sets(dataset: Dataset) -> &'static [Set] {
    match dataset {
        Dataset::Mnist => &[
            Set { source: "t10k", every: 1, bits: 8, names: &["mnist-test.bin"] },
            Set { source: "t10k", every: EVERY, bits: 8, names: &["mnist-held-out.bin"] },
            Set {
                source: "train",
                every: 1,
                bits: 4,
                names: &[
                    "mnist-train-0.bin",
                    "mnist-train-1.bin",
                    "mnist-train-2.bin",
                    "mnist-train-3.bin",
                    "mnist-train-4.bin",
                    "mnist-train-5.bin",
                ],
            },
        ],
        Dataset::Fashion => &[
            Set { source: "t10k", every: EVERY, bits: 8, names: &["fashion-held-out.bin"] },
            Set {
                source: "train",
                every: 1,
                bits: 4,
                names: &[
                    "fashion-train-0.bin",
                    "fashion-train-1.bin",
                    "fashion-train-2.bin",
                    "fashion-train-3.bin",
                    "fashion-train-4.bin",
                    "fashion-train-5.bin",
                ],
            },
        ],
    }
}

const INDEX: &str = "index.json";

/// Where the files lie once [`make`] has made them.
pub fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target("digits")
}

/// Makes what is missing or older than its source and returns the folder. MNIST is got first if need be; Fashion-MNIST
/// is 30 MB that few machines need: it is cut where `cargo xtask data fashion` has brought it.
pub fn make(workspace: &Workspace) -> Result<PathBuf> {
    let folder = folder(workspace);
    let source = |dataset: Dataset| (dataset, workspace.path(dataset.folder()));
    let mut sources = vec![source(Dataset::Mnist)];
    if workspace.path(Dataset::Fashion.folder()).is_dir() {
        sources.push(source(Dataset::Fashion));
    }
    if !is_current(&sources, &folder, IMAGES).unwrap_or(false) {
        for (dataset, _) in &sources {
            data::fetch(workspace, *dataset)?;
        }
        cut(&sources, &folder, IMAGES)?;
        println!("{}: pictures cut for the page", folder.display());
    }
    Ok(folder)
}

/// Whether `folder` holds what [`cut`] would make; `None` if it has no list of it. A source that is gone is not newer.
fn is_current(sources: &[(Dataset, PathBuf)], folder: &Path, images: usize) -> Option<bool> {
    let modified = |path: PathBuf| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let index: Value = serde_json::from_slice(&fs::read(folder.join(INDEX)).ok()?).ok()?;
    let entries = index["files"].as_array()?;
    let written = modified(folder.join(INDEX));
    let is_there = |name: &str, raw: usize| {
        let size = fs::metadata(folder.join(name)).map(|metadata| metadata.len()).ok();
        size.is_some()
            && entries.iter().any(|entry| {
                entry["name"] == name && entry["raw"] == raw && entry["bytes"].as_u64() == size
            })
    };
    Some(sources.iter().all(|(dataset, source)| {
        sets(*dataset).iter().all(|set| {
            let newest = idx_names(set.source).map(|name| modified(source.join(name)));
            let raw = images / set.every * (1 + SIDE * SIDE * set.bits / 8);
            newest.into_iter().max().flatten() <= written
                && set.names.iter().all(|name| is_there(name, raw))
        })
    }))
}

/// Writes every file, of `images` pictures where all are taken, and last the list: what is cut off in the middle stays
/// older than its source.
fn cut(sources: &[(Dataset, PathBuf)], folder: &Path, images: usize) -> Result<()> {
    fs::create_dir_all(folder)?;
    let mut entries = Vec::new();
    for (dataset, source) in sources {
        for &Set { source: set, every, bits, names } in sets(*dataset) {
            let count = images * names.len();
            let [pixels, labels] = idx_names(set);
            let pixels = read_idx(&source.join(pixels), &[count, SIDE, SIDE])?;
            let labels = read_idx(&source.join(labels), &[count])?;
            let taken: Vec<usize> = (0..count).step_by(every).collect();
            for (name, part) in names.iter().zip(taken.chunks(images / every)) {
                let mut raw: Vec<u8> = part.iter().map(|&i| labels[i]).collect();
                for &i in part {
                    raw.extend(packed(&pixels[i * SIDE * SIDE..][..SIDE * SIDE], bits));
                }
                let file = gzip(&raw)?;
                write_whole(folder, name, &file)?;
                entries.push(json!({
                    "name": name,
                    "images": part.len(),
                    "bits": bits,
                    "bytes": file.len(),
                    "sha256": sha256(&file),
                    "raw": raw.len(),
                }));
            }
        }
    }
    let index = serde_json::to_string_pretty(&json!({ "files": entries }))? + "\n";
    write_whole(folder, INDEX, index.as_bytes())
}

/// Pixels at 8 bits as they are; at 4 bits two in a byte, the first in its upper half, each the nearest of 0, 17, … 255.
fn packed(pixels: &[u8], bits: usize) -> Vec<u8> {
    if bits == 8 {
        return pixels.to_vec();
    }
    let level = |pixel: u8| ((u16::from(pixel) + 8) / 17) as u8;
    pixels.chunks_exact(2).map(|two| level(two[0]) << 4 | level(two[1])).collect()
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

    /// Both datasets, small enough to cut in no time; all of it goes when it is dropped.
    struct Fixture {
        root: PathBuf,
        sources: Vec<(Dataset, PathBuf)>,
        folder: PathBuf,
    }

    impl Drop for Fixture {
        fn drop(&mut self) {
            // A folder that stays behind in the system's temporary one does no harm.
            let _ = fs::remove_dir_all(&self.root);
        }
    }

    /// Pictures in one file of the fixture: two of them are held out of Fashion-MNIST's.
    const FEW: usize = 2 * EVERY;

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

    fn small_sets(name: &str) -> Result<Fixture> {
        let root =
            std::env::temp_dir().join(format!("latent-ink-digits-{}-{name}", std::process::id()));
        let sources = [Dataset::Mnist, Dataset::Fashion].map(|set| (set, root.join(set.folder())));
        for (dataset, source) in &sources {
            fs::create_dir_all(source)?;
            for set in sets(*dataset) {
                let count = FEW * set.names.len();
                let [images, labels] = idx_names(set.source);
                let pixels = (0..count).flat_map(|i| (0..SIDE * SIDE).map(move |p| pixel(i, p)));
                fs::write(source.join(images), idx(&[count, SIDE, SIDE], pixels))?;
                fs::write(source.join(labels), idx(&[count], (0..count).map(label)))?;
            }
        }
        let folder = root.join("digits");
        Ok(Fixture { root, sources: sources.to_vec(), folder })
    }

    #[test]
    fn files_hold_labels_then_pixels_in_the_order_of_the_source() -> Result<()> {
        let set = small_sets("order")?;
        cut(&set.sources, &set.folder, FEW)?;
        let index: Value = serde_json::from_slice(&fs::read(set.folder.join(INDEX))?)?;
        let entries = index["files"].as_array().context("no list of files")?;
        assert_eq!(entries.len(), 15);
        for entry in entries {
            let name = entry["name"].as_str().context("no name")?;
            let file = fs::read(set.folder.join(name))?;
            let every = if name.contains("held-out") { EVERY } else { 1 };
            let part = name.split_once("train-").map_or(Ok(0), |(_, rest)| rest[..1].parse())?;
            let first: usize = part * FEW;
            let pictures = (first..first + FEW).step_by(every);
            assert_eq!(entry["images"], FEW / every);
            assert_eq!(entry["bytes"], file.len());
            assert_eq!(entry["sha256"], sha256(&file));
            let mut raw = Vec::new();
            GzDecoder::new(file.as_slice()).read_to_end(&mut raw)?;
            assert_eq!(entry["raw"], raw.len());
            let is_training = name.contains("train");
            assert_eq!(entry["bits"], if is_training { 4 } else { 8 });
            let pixels = pictures.clone().flat_map(|i| (0..SIDE * SIDE).map(move |p| pixel(i, p)));
            let mut want: Vec<u8> = pictures.map(label).collect();
            if is_training {
                let level = |pixel: u8| (f64::from(pixel) / 17.0).round() as u8;
                let pixels: Vec<u8> = pixels.map(level).collect();
                want.extend(pixels.chunks(2).map(|two| 16 * two[0] + two[1]));
            } else {
                want.extend(pixels);
            }
            assert!(raw == want, "{name} differs");
        }
        Ok(())
    }

    #[test]
    fn files_are_current_until_one_is_gone_or_the_source_is_newer() -> Result<()> {
        let set = small_sets("current")?;
        let is_current = || is_current(&set.sources, &set.folder, FEW);
        assert_eq!(is_current(), None);
        cut(&set.sources[..1], &set.folder, FEW)?;
        assert_eq!(is_current(), Some(false), "MNIST alone is there");
        cut(&set.sources, &set.folder, FEW)?;
        assert_eq!(is_current(), Some(true));
        assert_eq!(super::is_current(&set.sources, &set.folder, FEW + EVERY), Some(false));

        for gone in ["mnist-train-5.bin", "fashion-held-out.bin"] {
            fs::remove_file(set.folder.join(gone))?;
            assert_eq!(is_current(), Some(false));
            cut(&set.sources, &set.folder, FEW)?;
            assert_eq!(is_current(), Some(true));
        }

        let labels =
            fs::File::options().append(true).open(set.sources[0].1.join(&idx_names("train")[1]))?;
        labels.set_modified(SystemTime::now() + Duration::from_secs(60))?;
        assert_eq!(is_current(), Some(false));

        for (_, source) in &set.sources {
            fs::remove_dir_all(source)?;
        }
        assert_eq!(is_current(), Some(true), "without a source there is nothing newer");
        Ok(())
    }

    #[test]
    fn a_source_of_another_shape_is_refused_and_no_list_is_left() -> Result<()> {
        let set = small_sets("shape")?;
        let labels = set.sources[0].1.join(&idx_names("t10k")[1]);
        let whole = fs::read(&labels)?;
        for wrong in
            [&whole[..whole.len() - 1], &whole[..3], &idx(&[FEW + 1], (0..=FEW).map(label))]
        {
            fs::write(&labels, wrong)?;
            let refused = cut(&set.sources, &set.folder, FEW);
            let message = refused.err().context("a wrong file was taken")?.to_string();
            assert!(message.contains("t10k-labels") && message.contains("[40]"), "{message}");
            assert!(!set.folder.join(INDEX).exists());
        }
        Ok(())
    }
}
