//! `cargo xtask bench`: the native benchmarks of `benches/*.rs`, then those in Chromium and Node.
//!
//! Each prints its tables and writes its JSON into `target/bench`. With `--peers` they also measure what a user would pick
//! instead, which nothing else ever installs or builds.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::browser::Browser;
use crate::data::{self, Dataset};
use crate::digits;
use crate::process::Process;
use crate::serve::{Running, Site};
use crate::tier::Tier;
use crate::tools;
use crate::wasm;
use crate::workspace::Workspace;

/// The script that drives the browser and Node through their measurements.
const BROWSER_BENCH: &str = "benches/browser/run.mjs";

/// Figures of an earlier run, which `--check` compares with and `--record` replaces.
const RECORD: &str = "docs/benchmarks.json";

/// What a run of [`BROWSER_BENCH`] leaves in its folder.
const FIGURES: &str = "browser.json";

/// The names by which `--only` knows the rows that need the page's own packages.
const OF_THE_PAGE: [&str; 2] = ["shipped models", "training step"];

/// The tiers whose kernels are measured; the page alone has the scalar one.
const TIERS: [Tier; 2] = [Tier::Simd128, Tier::Relaxed];

const TARGET: &str = "wasm32-unknown-unknown";

/// What to measure, and what to do with the figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Also what a user would pick instead.
    pub peers: bool,
    /// Fail where a share of the peak is over 15 % below the recorded one.
    pub check: bool,
    /// Make the figures the recorded ones.
    pub record: bool,
    /// In the browser and Node only the workloads whose names hold this word, and nothing natively.
    pub only: Option<String>,
}

/// Runs them all, one after the other, so that none disturbs another.
pub fn command(workspace: &Workspace, options: &Options) -> Result<()> {
    let out = workspace.target("bench");
    fs::create_dir_all(&out)?;
    if options.only.is_none() && !options.check {
        native(workspace, options.peers, &out)?;
    }
    in_browser(workspace, options, &out)?;
    println!("JSON is in {}", out.display());
    if options.record {
        fs::copy(out.join(FIGURES), workspace.path(RECORD))
            .with_context(|| format!("{RECORD} cannot be written"))?;
    }
    Ok(())
}

/// Every file `benches/*.rs`, in order.
fn native(workspace: &Workspace, peers: bool, out: &Path) -> Result<()> {
    data::fetch(workspace, Dataset::Mnist)?;
    let mut names = Vec::new();
    for entry in fs::read_dir(workspace.path("benches")).context("benches/ cannot be read")? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    for name in names {
        Process::new(workspace, "cargo")
            .words("bench --quiet --features latent-ink/cli --bench")
            .arg(name)
            .arg("--")
            .args(peers.then_some("--peers"))
            .env("BENCH_OUT", out)
            .run()?;
    }
    Ok(())
}

fn in_browser(workspace: &Workspace, options: &Options, out: &Path) -> Result<()> {
    tools::ensure_wasm(workspace)?;
    for tier in TIERS {
        build_ours(workspace, tier)?;
    }
    if options.peers {
        install_peers(workspace)?;
        build_peers(workspace)?;
    }
    // What the models are given.
    digits::make(workspace)?;
    let only = options.only.as_deref().unwrap_or_default();
    if OF_THE_PAGE.iter().any(|name| name.contains(only)) {
        wasm::build(workspace, &Tier::ALL)?;
    }
    let checkout = Running::start(Site::of_checkout(workspace), 0)?;
    Process::new(workspace, "node")
        .arg(BROWSER_BENCH)
        .args(options.peers.then_some("--peers"))
        .args(options.check.then_some("--check"))
        .args(options.only.as_deref().map(|word| format!("--only={word}")))
        .env("BASE_URL", checkout.url())
        .env("CHROMIUM", Browser::find(workspace)?.chromium)
        .env("BENCH_OUT", out)
        .run()
}

/// The kernels and models of one tier as a module of their own.
fn build_ours(workspace: &Workspace, tier: Tier) -> Result<()> {
    wasm::tier_process(workspace, "cargo", tier)
        .words("build --quiet --release --example bench_wasm --target")
        .arg(TARGET)
        .run()?;
    let built = workspace.target("wasm").join(tier.name());
    let module = built.join(TARGET).join("release/examples/bench_wasm.wasm");
    bind(workspace, &module, tier.name())
}

/// The npm packages of `benches/peers`, whose install scripts never run.
fn install_peers(workspace: &Workspace) -> Result<()> {
    let lock = fs::read(workspace.path("benches/peers/package-lock.json"))
        .context("the peers have no package-lock.json")?;
    // `npm ci` empties node_modules, so this copy of the lock is there only after a whole install of it.
    let stamp = workspace.path("benches/peers/node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    Process::new(workspace, "npm")
        .words("ci --silent --ignore-scripts --prefix benches/peers")
        .run()?;
    fs::write(&stamp, lock).with_context(|| format!("{} cannot be written", stamp.display()))
}

/// The crate of peers, once for each tier: a feature of that name holds those that compile for it.
fn build_peers(workspace: &Workspace) -> Result<()> {
    for tier in TIERS {
        let folder = workspace.target("peers").join(tier.name());
        // The flags that a user of these crates would find in their documentation: not those that our kernels were written
        // for. Without the last one, getrandom refuses to compile for a target of unknown system.
        let features = if tier == Tier::Relaxed { "+simd128,+relaxed-simd" } else { "+simd128" };
        let flags = format!("-C target-feature={features} --cfg getrandom_backend=\"wasm_js\"");
        Process::new(workspace, "cargo")
            .words("build --quiet --release --locked --manifest-path benches/peers/crate/Cargo.toml --target")
            .args([TARGET, "--features", tier.name()])
            .env("RUSTFLAGS", flags)
            .env("CARGO_TARGET_DIR", &folder)
            .run()?;
        let module = folder.join(TARGET).join("release/latent_ink_peers.wasm");
        bind(workspace, &module, &format!("peers/{tier}"))?;
    }
    Ok(())
}

/// Gives `module` its JavaScript, in a folder of the checkout, because that is what is served.
fn bind(workspace: &Workspace, module: &Path, folder: &str) -> Result<()> {
    Process::new(workspace, "wasm-bindgen")
        .words("--target web --out-dir")
        .arg(workspace.path("target/wasm-bench").join(folder))
        .arg(module)
        .run()
}
