//! The three builds of the page's WebAssembly.

use std::fmt;
use std::str::FromStr;

use anyhow::{Result, bail};

/// One build: a set of target features that the browser has or has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// No vector instruction.
    Scalar,
    /// Fixed-width 128-bit vectors.
    Simd128,
    /// The same with the fused multiply-add of relaxed SIMD.
    Relaxed,
}

impl Tier {
    /// All tiers, slowest first.
    pub const ALL: [Self; 3] = [Self::Scalar, Self::Simd128, Self::Relaxed];

    /// The tier's name, which is its folder in `pkg/`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Simd128 => "simd128",
            Self::Relaxed => "relaxed",
        }
    }

    /// What `RUSTFLAGS` must be; the variable takes the place of the default in `.cargo/config.toml`, which says what
    /// LLVM's arguments are for.
    pub fn rustflags(self) -> String {
        let features = match self {
            Self::Scalar => "-simd128,-relaxed-simd",
            Self::Simd128 => "+simd128",
            Self::Relaxed => "+simd128,+relaxed-simd",
        };
        let llvm = "-Cllvm-args=-pre-RA-sched=source -Cllvm-args=-inline-threshold=75";
        format!("-Ctarget-feature={features} {llvm}")
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Tier {
    type Err = anyhow::Error;

    fn from_str(word: &str) -> Result<Self> {
        match Self::ALL.into_iter().find(|tier| tier.name() == word) {
            Some(tier) => Ok(tier),
            None => bail!("there is no tier \"{word}\"; there are scalar, simd128 and relaxed"),
        }
    }
}
