//! What `train`, `judge` and `prior` have in common: arguments, and the command that their records hold.

use std::path::{Path, PathBuf};

use latent_ink::weights::Precision;

/// Where images come from and weights go.
#[derive(clap::Args)]
pub struct Fitting {
    /// Folder with the four IDX files
    #[arg(long, default_value = "data/mnist")]
    pub data: PathBuf,
    /// Seed of every random draw
    #[arg(long, default_value_t = 0)]
    pub seed: u32,
    /// Weights file to write; `train` keeps its state, which is exact, beside it for --resume
    #[arg(long)]
    pub out: PathBuf,
    /// How the weights file stores numbers
    #[arg(long, value_enum, default_value_t = Storage::F32)]
    pub precision: Storage,
}

/// [`Precision`] as an argument.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Storage {
    F32,
    F16,
    Int8,
}

impl From<Storage> for Precision {
    fn from(storage: Storage) -> Self {
        match storage {
            Storage::F32 => Self::F32,
            Storage::F16 => Self::F16,
            Storage::Int8 => Self::Int8,
        }
    }
}

/// This command as it can be typed again, for a record that is read elsewhere: of a path from the root only the file's
/// name, and without `--resume`, since a resumed run is the same run.
pub fn command() -> String {
    let words = std::env::args().skip(1).filter(|word| word != "--resume").map(|word| {
        let path = Path::new(&word);
        let name = path.file_name().filter(|_| path.is_absolute());
        name.map_or(word.clone(), |name| name.to_string_lossy().into_owned())
    });
    std::iter::once("latent-ink".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}
