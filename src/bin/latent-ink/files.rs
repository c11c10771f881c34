//! Files, with the path in every message.

use std::{fs, io::Write, path::Path};

use sha2::{Digest, Sha256};

use latent_ink::{
    model::{Classifier, Model},
    train::Dataset,
    weights,
};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Writes beside the file and renames, so that a stop in between leaves the old file whole.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let write = || {
        let mut file = fs::File::create(&partial)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&partial, path)
    };
    write().map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Adds text at the end of a file.
pub fn append(path: &Path, text: &str) -> Result<()> {
    let append = || fs::File::options().append(true).open(path)?.write_all(text.as_bytes());
    append().map_err(|error: std::io::Error| format!("{}: {error}", path.display()).into())
}

/// A model and its record.
pub fn model(path: &Path) -> Result<(Model, String)> {
    weights::from_bytes(&read(path)?).map_err(|error| in_file(path, &error))
}

/// A classifier.
pub fn classifier(path: &Path) -> Result<Classifier> {
    let (classifier, _) =
        weights::classifier_from_bytes(&read(path)?).map_err(|error| in_file(path, &error))?;
    Ok(classifier)
}

/// The training set of a folder with the four IDX files.
pub fn training_set(folder: &Path) -> Result<Dataset> {
    dataset(folder, "train")
}

/// The test set of a folder with the four IDX files.
pub fn test_set(folder: &Path) -> Result<Dataset> {
    dataset(folder, "t10k")
}

/// SHA-256 of the training images' file.
pub fn training_digest(folder: &Path) -> Result<String> {
    Ok(digest(&read(&folder.join("train-images-idx3-ubyte"))?))
}

/// SHA-256, hex.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn dataset(folder: &Path, set: &str) -> Result<Dataset> {
    let images = folder.join(format!("{set}-images-idx3-ubyte"));
    let labels = folder.join(format!("{set}-labels-idx1-ubyte"));
    if !images.exists() {
        let message = format!(
            "{} is not there; `cargo xtask data` puts MNIST into data/mnist",
            images.display()
        );
        return Err(message.into());
    }
    Dataset::from_idx(&read(&images)?, &read(&labels)?).map_err(|error| in_file(folder, &error))
}

pub fn in_file(path: &Path, error: &latent_ink::error::Error) -> Box<dyn std::error::Error> {
    format!("{}: {error}", path.display()).into()
}
