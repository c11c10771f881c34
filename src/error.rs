//! The one error type of the library: every message says what was expected, what came, and where.

use std::fmt;

/// What can go wrong with input from outside, in words that a person can act on.
///
/// Each message names the place, what came and what was expected; [`Error::kind`] is the stable name that
/// JavaScript sees as `error.name`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A model configuration that describes no network.
    Config(String),
    /// A weights file that does not hold what it should.
    Weights(String),
    /// A dataset file that does not hold what it should.
    Data(String),
    /// A drawing or picture that cannot be read.
    Ink(String),
    /// An argument whose size does not fit the model.
    Shape {
        /// The argument.
        what: &'static str,
        /// The size that the model needs.
        expected: String,
        /// The size that came.
        got: String,
    },
    /// Training left the finite numbers.
    Diverged {
        /// The optimiser step at which it happened, counted from 1.
        step: u64,
    },
}

/// The library's result.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The stable name of this kind of error.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Config(_) => "ConfigError",
            Self::Weights(_) => "WeightsError",
            Self::Data(_) => "DataError",
            Self::Ink(_) => "InkError",
            Self::Shape { .. } => "ShapeError",
            Self::Diverged { .. } => "DivergedError",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(message) => write!(f, "config: {message}"),
            Self::Weights(message) => write!(f, "weights: {message}"),
            Self::Data(message) => write!(f, "data: {message}"),
            Self::Ink(message) => write!(f, "ink: {message}"),
            Self::Shape { what, expected, got } => {
                write!(f, "{what}: expected {expected}, got {got}")
            }
            Self::Diverged { step } => write!(
                f,
                "training: the loss is no longer a finite number at step {step}; try a smaller learning rate"
            ),
        }
    }
}

impl std::error::Error for Error {}
