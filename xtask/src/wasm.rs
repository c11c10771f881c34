//! `cargo xtask build`: each tier through wasm-pack and wasm-opt into `pkg/TIER`, and with the trainer into
//! `pkg/trainer/TIER`.

use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::digest::sha256;
use crate::process::Process;
use crate::tier::Tier;
use crate::tools;
use crate::workspace::Workspace;

/// The WebAssembly file of every tier's package.
pub const WASM_FILE: &str = "latent_ink_bg.wasm";

/// The JavaScript glue of every tier's package.
pub const GLUE_FILE: &str = "latent_ink.js";

/// How wasm-opt is called; part of the name of what it made, so that a change makes it anew.
///
/// It takes off a fifth. That nothing lies in the first kilobyte, the far end of Rust's stack, lets additions become the
/// offsets of loads: 1.3 KB of 154, November 2026.
const WASM_OPT: &str = "-Oz --low-memory-unused";

/// What a package is for. The trainer has all that the page's has, and is fetched by who trains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Package {
    Page,
    Trainer,
}

impl Package {
    pub const ALL: [Self; 2] = [Self::Page, Self::Trainer];

    /// Its folder below `pkg/`, with `/` between names.
    pub fn path(self, tier: Tier) -> String {
        match self {
            Self::Page => tier.name().to_owned(),
            Self::Trainer => format!("trainer/{tier}"),
        }
    }

    /// Its folder.
    pub fn folder(self, workspace: &Workspace, tier: Tier) -> PathBuf {
        workspace.path("pkg").join(self.path(tier))
    }
}

/// Builds both packages of `tiers` into `pkg/`, getting the tools first. The last and longest part of each build runs on
/// one thread, so there are as many builds at a time as cores.
pub fn build(workspace: &Workspace, tiers: &[Tier]) -> Result<()> {
    tools::ensure_wasm(workspace)?;
    let jobs =
        Mutex::new(tiers.iter().flat_map(|&tier| Package::ALL.map(|package| (tier, package))));
    let next = || jobs.lock().expect("no thread panics with the lock").next();
    let work = || -> Result<()> {
        while let Some((tier, package)) = next() {
            let start = Instant::now();
            let bytes = build_package(workspace, tier, package)?;
            let (path, seconds) = (package.path(tier), start.elapsed().as_secs_f64());
            println!("pkg/{path}: {bytes} bytes of WebAssembly, {seconds:.1} s");
        }
        Ok(())
    };
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("a build does not panic"))
    })
}

/// A child process that builds for `tier`, in a target folder of its own: in a shared one, each tier's library would
/// overwrite the last one's and every build would start anew.
pub fn tier_process(workspace: &Workspace, program: &str, tier: Tier) -> Process {
    Process::new(workspace, program)
        .env("RUSTFLAGS", tier.rustflags())
        .env("CARGO_TARGET_DIR", workspace.target("wasm").join(tier.name()))
}

/// Dependencies are built for size: none of them computes in the page.
const SMALL_DEPENDENCIES: &str = "profile.release.package.\"*\".opt-level=\"s\"";

/// But training draws for each grey pixel, a third faster with these for speed; together less than 1 KB.
const FAST_DRAWS: [&str; 2] = [
    "profile.release.package.chacha20.opt-level=3",
    "profile.release.package.rand_core.opt-level=3",
];

/// The standard library is built with us, so that a panic is one `unreachable` instead of a formatted message with the
/// path of its source: in the page's worker nobody would read it, and the page says the same of every crash. Measured in
/// November 2026: 45 KB of 165. The flags are Cargo's unstable ones, which the pinned compiler takes with
/// `RUSTC_BOOTSTRAP`; tests and a plain `wasm-pack build` keep the ordinary library and its messages.
const SILENT_PANICS: &str = "-Zunstable-options -Cpanic=immediate-abort";
const STANDARD_LIBRARY: &str = "std,panic_abort";

/// What the page runs in loops is vector code already where it matters, and it does not train: 5.4 KB of 154.
const PLAIN_LOOPS: &str = "-Cllvm-args=-vectorize-loops=false";

/// wasm-pack works in a folder of its own, and what changed moves to `pkg/`, so that a page being served never sees half a build.
fn build_package(workspace: &Workspace, tier: Tier, package: Package) -> Result<u64> {
    let path = package.path(tier);
    let fresh = workspace.target("wasm-pack").join(&path);
    let (loops, own): (_, &[&str]) = match package {
        Package::Page => (PLAIN_LOOPS, &["--no-default-features"]),
        Package::Trainer => {
            ("", &["--config", FAST_DRAWS[0], "--config", FAST_DRAWS[1], "--features=trainer"])
        }
    };
    tier_process(workspace, "wasm-pack", tier)
        .env("CARGO_TARGET_DIR", workspace.target("wasm").join(&path))
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", format!("{} {SILENT_PANICS} {loops}", tier.rustflags()))
        .env("CARGO_UNSTABLE_BUILD_STD", STANDARD_LIBRARY)
        .words("--log-level warn build --target web --release --out-dir")
        .arg(&fresh)
        .args(["--", "--config", SMALL_DEPENDENCIES])
        .args(own)
        .run()?;
    optimise(workspace, &fresh.join(WASM_FILE), &path.replace('/', "-"))?;
    let folder = package.folder(workspace, tier);
    publish(&fresh, &folder)?;
    Ok(fs::metadata(folder.join(WASM_FILE))?.len())
}

/// Runs the npm package's wasm-opt on `wasm` in place, or takes what it made of the same bytes before.
fn optimise(workspace: &Workspace, wasm: &Path, name: &str) -> Result<()> {
    let bytes = fs::read(wasm).with_context(|| format!("wasm-pack left no {}", wasm.display()))?;
    let digest = sha256(&bytes);
    let folder = workspace.target("wasm-opt");
    fs::create_dir_all(&folder)?;
    let made = folder.join(format!("{name}{}-{}.wasm", WASM_OPT.replace(' ', ""), &digest[..16]));
    if !made.is_file() {
        let part = made.with_extension("part");
        Process::new(workspace, workspace.npm_program("wasm-opt"))
            .words(WASM_OPT)
            .arg(wasm)
            .arg("-o")
            .arg(&part)
            .run()?;
        fs::rename(&part, &made)?;
    }
    fs::copy(&made, wasm)?;
    Ok(())
}

/// Copies the files of `from` that differ into `to`; each replaces the old one whole.
fn publish(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let source = entry?.path();
        let Some(name) = source.file_name() else { continue };
        let goal = to.join(name);
        if source.is_dir() {
            publish(&source, &goal)?;
            continue;
        }
        let bytes = fs::read(&source)?;
        if !fs::read(&goal).is_ok_and(|present| present == bytes) {
            let part = to.join(".part");
            fs::write(&part, bytes)?;
            fs::rename(&part, &goal)?;
        }
    }
    Ok(())
}
