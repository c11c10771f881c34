//! The command line: words in, a [`Command`] out.

use anyhow::{Context, Result, bail};
use lexopt::prelude::*;

use crate::bench;
use crate::data::Dataset;
use crate::tier::Tier;

/// What `cargo xtask` without a command, or with `--help`, says.
pub const USAGE: &str = "\
cargo xtask COMMAND

  serve [--port N]          build what changed and serve the page, by default on http://127.0.0.1:8080;
        [--no-build]        with what pkg/ holds, for work on the page alone
  test [--quick]            every check and test; --quick: formatting, lints, native tests, one tier's wasm tests
  build [TIER…]             the tiers (scalar, simd128, relaxed; by default all three) into pkg/
  data [mnist] [fashion]    the datasets (by default MNIST) into data/, checked by SHA-256
  glyphs                    common characters as many fonts write them into data/glyphs/, and how they are built into
                            www/models/strokes.bin; fonts and licences are in docs/fonts.md
  models [--only NAME]      the list of shipped models, www/models/index.json, and docs/models.md, from the files;
                            --only: train NAME again as its record says, into target/models
  bench [--peers]           the benchmarks, natively, in the browser and in Node; --peers: what one would pick instead, too
        [--only WORD]       in the browser and Node alone, the workloads whose names hold WORD
        [--check]           fail where one is over 15 % worse than docs/benchmarks.json
        [--record]          replace that file
  dist                      the static site in dist/: hashed addresses, precompressed, with its sizes

Each command gets the tools that it misses by itself.
";

/// One parsed command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Print [`USAGE`].
    Help,
    /// Serve the page; `port: None` is 8080 or, where that is taken, the next free one.
    Serve {
        /// The port that was asked for.
        port: Option<u16>,
        /// Build first.
        builds: bool,
    },
    /// Run the suite.
    Test {
        /// Only what takes seconds.
        quick: bool,
    },
    /// Build the page's WebAssembly.
    Build {
        /// Which tiers.
        tiers: Vec<Tier>,
    },
    /// Get datasets.
    Data {
        /// Which ones.
        sets: Vec<Dataset>,
    },
    /// Render fonts.
    Glyphs,
    /// List the shipped models.
    Models {
        /// Train this one again instead.
        only: Option<String>,
    },
    /// Run the benchmarks.
    Bench(bench::Options),
    /// Make the static site.
    Dist,
}

/// Reads this process's arguments.
pub fn parse() -> Result<Command> {
    parse_from(lexopt::Parser::from_env())
}

fn parse_from(mut parser: lexopt::Parser) -> Result<Command> {
    let mut words: Vec<String> = Vec::new();
    let (mut port, mut builds, mut quick) = (None, true, false);
    let mut bench = bench::Options::default();
    let mut only = None;
    while let Some(argument) = parser.next()? {
        let command = words.first().map_or("", String::as_str);
        match (command, argument) {
            (_, Short('h') | Long("help")) => return Ok(Command::Help),
            ("serve", Long("port")) => {
                let value = parser.value()?.string()?;
                port = Some(value.parse().with_context(|| {
                    format!("--port {value}: expected a number from 0 to 65535")
                })?);
            }
            ("serve", Long("no-build")) => builds = false,
            ("test", Long("quick")) => quick = true,
            ("bench", Long("peers")) => bench.peers = true,
            ("bench", Long("check")) => bench.check = true,
            ("bench", Long("record")) => bench.record = true,
            ("bench", Long("only")) => bench.only = Some(parser.value()?.string()?),
            ("models", Long("only")) => only = Some(parser.value()?.string()?),
            (_, Value(word)) => words.push(word.string()?),
            (_, other) => return Err(other.unexpected().into()),
        }
    }
    let mut words = words.into_iter();
    let command = words.next().unwrap_or_else(|| "help".to_owned());
    let operands: Vec<String> = words.collect();
    match command.as_str() {
        "build" => Ok(Command::Build { tiers: or_default(operands, &Tier::ALL)? }),
        "data" => Ok(Command::Data { sets: or_default(operands, &[Dataset::Mnist])? }),
        _ if !operands.is_empty() => {
            bail!("{command} takes no \"{}\"; see cargo xtask --help", operands.join(" "))
        }
        "help" => Ok(Command::Help),
        "serve" => Ok(Command::Serve { port, builds }),
        "test" => Ok(Command::Test { quick }),
        "glyphs" => Ok(Command::Glyphs),
        "models" => Ok(Command::Models { only }),
        "bench" => Ok(Command::Bench(bench)),
        "dist" => Ok(Command::Dist),
        other => bail!("there is no command \"{other}\"; see cargo xtask --help"),
    }
}

fn or_default<T>(words: Vec<String>, default: &[T]) -> Result<Vec<T>>
where
    T: Copy + std::str::FromStr<Err = anyhow::Error>,
{
    if words.is_empty() {
        Ok(default.to_vec())
    } else {
        words.iter().map(|word| word.parse()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Result<Command> {
        parse_from(lexopt::Parser::from_args(words.iter().copied()))
    }

    #[test]
    fn no_word_asks_for_help() -> Result<()> {
        assert_eq!(parsed(&[])?, Command::Help);
        assert_eq!(parsed(&["serve", "--help"])?, Command::Help);
        Ok(())
    }

    #[test]
    fn options_belong_to_their_command() -> Result<()> {
        assert_eq!(
            parsed(&["serve", "--port", "9000"])?,
            Command::Serve { port: Some(9000), builds: true }
        );
        assert_eq!(parsed(&["serve", "--no-build"])?, Command::Serve { port: None, builds: false });
        assert_eq!(parsed(&["test", "--quick"])?, Command::Test { quick: true });
        assert_eq!(
            parsed(&["bench", "--check", "--only", "128x20x400"])?,
            Command::Bench(bench::Options {
                check: true,
                only: Some("128x20x400".to_owned()),
                ..bench::Options::default()
            })
        );
        assert!(parsed(&["serve", "--quick"]).is_err());
        assert!(parsed(&["serve", "--port", "70000"]).is_err());
        Ok(())
    }

    #[test]
    fn operands_default_to_what_the_page_needs() -> Result<()> {
        assert_eq!(parsed(&["build"])?, Command::Build { tiers: Tier::ALL.to_vec() });
        assert_eq!(parsed(&["build", "scalar"])?, Command::Build { tiers: vec![Tier::Scalar] });
        assert_eq!(parsed(&["data"])?, Command::Data { sets: vec![Dataset::Mnist] });
        assert!(parsed(&["data", "cifar"]).is_err());
        assert!(parsed(&["dist", "now"]).is_err());
        Ok(())
    }
}
