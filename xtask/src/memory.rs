//! The kernels of the WebAssembly builds, natively on scalar lanes (feature `portable`), under what sees stray pointers.

use std::path::Path;

use anyhow::Result;

use crate::process::Process;
use crate::stage::{Counts, Suite};
use crate::workspace::Workspace;

/// What Miri runs: products at any offset, of which every remainder of every tile is one.
const MIRI_TEST: &str = "products_at_any_offset_keep_to_their_memory";

/// The stages: a debug build under AddressSanitizer, and where this machine has it, Miri.
pub fn check(workspace: &Workspace, suite: &mut Suite) {
    suite.tests("memory, AddressSanitizer", |counts| address_sanitizer(workspace, counts));
    if has_miri(workspace) {
        suite.tests("memory, Miri", |counts| miri(workspace, counts));
    } else {
        println!(
            "\n=== memory, Miri\n--- memory, Miri: left out, no nightly toolchain here has it"
        );
    }
}

/// Every test of the kernels and layers. The sanitizer is the stable compiler's, behind an unstable flag; it is on where
/// a target is named only, so that build scripts and macros run without it.
fn address_sanitizer(workspace: &Workspace, counts: &mut Counts) -> Result<()> {
    let host = Process::new(workspace, "rustc").words("--print host-tuple").read()?;
    portable_tests(workspace, "asan", "test")
        .words("--test kernel --test layers --target")
        .arg(host.trim())
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Zsanitizer=address")
        .watch(|line| counts.read(line))
}

/// Miri interprets, some thousand times slower than the processor: a few small products, half a minute on two cores.
fn miri(workspace: &Workspace, counts: &mut Counts) -> Result<()> {
    portable_tests(workspace, "miri", "+nightly miri test")
        .words("--test kernel --")
        .arg(MIRI_TEST)
        .watch(|line| counts.read(line))
}

/// `cargo` with the feature, in a target folder of its own.
fn portable_tests(workspace: &Workspace, folder: &str, command: &str) -> Process {
    Process::new(workspace, "cargo")
        .words(command)
        .words("--package latent-ink --features portable")
        .env("CARGO_TARGET_DIR", workspace.target(Path::new("memory").join(folder)))
}

/// Miri is a part of nightly toolchains only. It is added to one that is there; none is fetched for it.
fn has_miri(workspace: &Workspace) -> bool {
    let read = |program: &str, words: &str| Process::new(workspace, program).words(words).read();
    // Asked of the list, since rustup may install a toolchain that is asked for by name.
    let toolchains = read("rustup", "toolchain list").unwrap_or_default();
    let has_nightly = toolchains.lines().any(|line| {
        line.strip_prefix("nightly-")
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    has_nightly
        && (read("cargo", "+nightly miri --version").is_ok()
            || read("rustup", "+nightly component add miri rust-src").is_ok())
}
