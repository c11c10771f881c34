//! `cargo xtask …`: every developer command of Latent Ink.
//!
//! Each command gets what it misses by itself, so that any of them is the first command on a new machine:
//! the wasm target, the two wasm tools ([`tools`]), the npm packages, the browser ([`browser`]), the datasets ([`data`]).
//! Everything it makes lies in ignored folders: `target/`, `node_modules/`, `data/`, `pkg/`, `dist/`.

mod args;
mod bench;
mod browser;
mod budget;
mod compress;
mod data;
mod debian;
mod digest;
mod digits;
mod dist;
mod excerpts;
mod firefox;
mod fonts;
mod glyphs;
mod headers;
mod memory;
mod models;
mod packages;
mod process;
mod serve;
mod stage;
mod strokes;
mod test;
mod tier;
mod tools;
mod vendor;
mod wasm;
mod woff;
mod workspace;

use std::process::ExitCode;

use args::Command;
use workspace::Workspace;

fn main() -> ExitCode {
    match args::parse().and_then(run) {
        Ok(true) => ExitCode::SUCCESS,
        // What failed has been said where it failed, before the suite's closing line.
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Carries `command` out; `false` is a suite that ran and found something.
fn run(command: Command) -> anyhow::Result<bool> {
    if matches!(command, Command::Help) {
        print!("{}", args::USAGE);
        return Ok(true);
    }
    let workspace = Workspace::find()?;
    match command {
        Command::Help => {}
        Command::Serve { port, builds } => serve::command(&workspace, port, builds)?,
        Command::Test { quick } => return test::command(&workspace, quick),
        Command::Build { tiers } => wasm::build(&workspace, &tiers)?,
        Command::Data { sets } => {
            sets.into_iter().try_for_each(|set| data::fetch(&workspace, set))?
        }
        Command::Glyphs => glyphs::command(&workspace)?,
        Command::Models { only: None } => models::write_index(&workspace)?,
        Command::Models { only: Some(name) } => models::retrain(&workspace, &name)?,
        Command::Bench(options) => bench::command(&workspace, &options)?,
        Command::Dist => dist::command(&workspace)?,
    }
    Ok(true)
}
