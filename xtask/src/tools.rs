//! What the builds need beyond Cargo: installed when missing, at exact versions, into ignored folders.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::debian;
use crate::process::{Process, which};
use crate::workspace::Workspace;

/// The wasm-pack that the builds are made with.
const WASM_PACK_VERSION: &str = "0.15.1";

/// The geckodriver that the tests in Firefox are driven with.
const GECKODRIVER_VERSION: &str = "0.37.1";

/// The only Rust target that the page needs.
const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The wasm target, wasm-pack, the matching wasm-bindgen, and the npm packages.
pub fn ensure_wasm(workspace: &Workspace) -> Result<()> {
    ensure_wasm_target(workspace)?;
    ensure_library_source(workspace)?;
    // A `--locked` install would ask for one dependency that its registry has withdrawn, so the installs are not locked.
    let bindgen = locked_version(workspace, "wasm-bindgen")?;
    ensure_cargo_tool(
        workspace,
        "wasm-bindgen-cli",
        &["wasm-bindgen", "wasm-bindgen-test-runner"],
        &bindgen,
    )?;
    ensure_cargo_tool(workspace, "wasm-pack", &["wasm-pack"], WASM_PACK_VERSION)?;
    ensure_npm(workspace)
}

/// The path of geckodriver, which Debian has no package of.
pub fn ensure_geckodriver(workspace: &Workspace) -> Result<PathBuf> {
    ensure_cargo_tool(workspace, "geckodriver", &["geckodriver"], GECKODRIVER_VERSION)?;
    which(workspace, "geckodriver").context("geckodriver was installed and cannot be found")
}

/// The standard library for WebAssembly.
fn ensure_wasm_target(workspace: &Workspace) -> Result<()> {
    let libraries = Process::new(workspace, "rustc")
        .words("--print target-libdir --target")
        .arg(WASM_TARGET)
        .read()?;
    if PathBuf::from(libraries.trim()).is_dir() {
        return Ok(());
    }
    Process::new(workspace, "rustup").words("target add").arg(WASM_TARGET).run()
}

/// The standard library's source, from which the page's builds make their own.
fn ensure_library_source(workspace: &Workspace) -> Result<()> {
    let root = Process::new(workspace, "rustc").words("--print sysroot").read()?;
    if PathBuf::from(root.trim()).join("lib/rustlib/src/rust/library/std").is_dir() {
        return Ok(());
    }
    Process::new(workspace, "rustup").words("component add rust-src").run()
}

/// `rustfmt` and `clippy`, which a minimal toolchain lacks.
pub fn ensure_rust_components(workspace: &Workspace) -> Result<()> {
    for (program, component) in [("cargo-fmt", "rustfmt"), ("cargo-clippy", "clippy")] {
        if Process::new(workspace, program).arg("--version").read().is_err() {
            Process::new(workspace, "rustup").words("component add").arg(component).run()?;
        }
    }
    Ok(())
}

/// The npm packages of `package-lock.json`, whose install scripts never run.
pub fn ensure_npm(workspace: &Workspace) -> Result<()> {
    debian::ensure(workspace, "npm", "nodejs npm")?;
    let lock = fs::read(workspace.path("package-lock.json"))
        .context("package-lock.json cannot be read")?;
    // `npm ci` empties node_modules, so this copy of the lock is there only after a whole install of it.
    let stamp = workspace.path("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    Process::new(workspace, "npm").words("ci --silent --ignore-scripts").run()?;
    fs::write(&stamp, lock).with_context(|| format!("{} cannot be written", stamp.display()))
}

/// Installs `package` at `version` into `target/tools`, unless all its `programs` answer with that version.
fn ensure_cargo_tool(
    workspace: &Workspace,
    package: &str,
    programs: &[&str],
    version: &str,
) -> Result<()> {
    if programs.iter().all(|program| has_version(workspace, program, version)) {
        return Ok(());
    }
    println!("installing {package} {version} (once; about a minute and a half on two cores)");
    Process::new(workspace, "cargo")
        .words("install --quiet --no-default-features --root")
        .arg(workspace.target("tools"))
        .arg("--target-dir")
        .arg(workspace.target("tools/build"))
        .arg("--version")
        .arg(version)
        .arg(package)
        .run()
}

fn has_version(workspace: &Workspace, program: &str, version: &str) -> bool {
    which(workspace, program).is_some_and(|path| {
        let answer = Process::new(workspace, path).arg("--version").read();
        answer.is_ok_and(|text| text.split_whitespace().any(|word| word == version))
    })
}

/// The version of `package` in `Cargo.lock`: the one place that says it.
fn locked_version(workspace: &Workspace, package: &str) -> Result<String> {
    let lock =
        fs::read_to_string(workspace.path("Cargo.lock")).context("Cargo.lock cannot be read")?;
    version_in_lock(&lock, package)
}

fn version_in_lock(lock: &str, package: &str) -> Result<String> {
    let wanted = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != wanted);
    let version =
        lines.nth(1).and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    match version {
        Some(version) => Ok(version.to_owned()),
        None => bail!("Cargo.lock names no version of {package}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_gives_the_version_of_exactly_that_package() -> Result<()> {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in_lock(lock, "wasm-bindgen")?, "0.2.130");
        assert!(version_in_lock(lock, "wasm").is_err());
        Ok(())
    }
}
