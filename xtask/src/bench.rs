//! `cargo xtask bench`: every native benchmark of `benches/*.rs`, then the one in the browser.
//!
//! Each prints its table and writes its JSON into the folder that `BENCH_OUT` names. With `--peers` they also measure
//! what a user would pick instead.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::browser::Browser;
use crate::data::{self, Dataset};
use crate::process::Process;
use crate::serve::{Running, Site};
use crate::tier::Tier;
use crate::wasm;
use crate::workspace::Workspace;

/// The script that drives the browser through its measurements.
const BROWSER_BENCH: &str = "benches/browser/run.mjs";

/// Runs them all, one after the other, so that none disturbs another.
pub fn command(workspace: &Workspace, peers: bool) -> Result<()> {
    let native = native_benches(workspace)?;
    let has_browser_bench = workspace.path(BROWSER_BENCH).is_file();
    if native.is_empty() && !has_browser_bench {
        bail!("benches/ holds no benchmark yet");
    }
    let out = workspace.target("bench");
    fs::create_dir_all(&out)?;
    data::fetch(workspace, Dataset::Mnist)?;
    for name in native {
        let bench = Process::new(workspace, "cargo")
            .words("bench --quiet --features latent-ink/cli --bench")
            .arg(name);
        with_peers(bench.arg("--"), peers).env("BENCH_OUT", &out).run()?;
    }
    if has_browser_bench {
        wasm::build(workspace, &Tier::ALL)?;
        let page = Running::start(Site::of_workspace(workspace), 0)?;
        let script = Process::new(workspace, "node").arg(BROWSER_BENCH);
        with_peers(script, peers)
            .env("BASE_URL", page.url())
            .env("CHROMIUM", Browser::find(workspace)?.chromium)
            .env("BENCH_OUT", &out)
            .run()?;
    }
    println!("JSON is in {}", out.display());
    Ok(())
}

fn with_peers(process: Process, peers: bool) -> Process {
    if peers { process.arg("--peers") } else { process }
}

/// The names of the files `benches/*.rs`, in order.
fn native_benches(workspace: &Workspace) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(workspace.path("benches")).context("benches/ cannot be read")? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}
