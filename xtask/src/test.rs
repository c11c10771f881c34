//! `cargo xtask test`: every check and test, cheapest first, set-up included.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Result, bail};

use crate::browser::Browser;
use crate::budget;
use crate::data::{self, Dataset};
use crate::dist;
use crate::firefox::Firefox;
use crate::memory;
use crate::models;
use crate::process::Process;
use crate::serve::{Running, Site};
use crate::stage::{Counts, Suite};
use crate::tier::Tier;
use crate::tools;
use crate::wasm::{self, tier_process};
use crate::workspace::Workspace;

/// Seconds that one tier's tests may take in the browser. Chosen: ten times what they take on two cores.
const WASM_TEST_SECONDS: &str = "600";

/// Runs the suite, or its quick part, and says whether all of it passed.
pub fn command(workspace: &Workspace, quick: bool) -> Result<bool> {
    let mut suite = Suite::new();
    suite.check("set-up", || set_up(workspace, quick));
    suite.check("formatting", || cargo(workspace, "fmt --all --check").run());
    suite.check("lints, native", || cargo(workspace, CLIPPY_NATIVE).run());
    if quick {
        native_tests(workspace, &mut suite);
        chromium_tests(workspace, &mut suite, Tier::Simd128);
        return Ok(suite.close());
    }
    for tier in Tier::ALL {
        suite.check(&format!("lints, {tier}"), || {
            tier_process(workspace, "cargo", tier).words(CLIPPY_WASM).run()
        });
    }
    suite.check("documentation", || cargo(workspace, DOC).env("RUSTDOCFLAGS", "-Dwarnings").run());
    native_tests(workspace, &mut suite);
    memory::check(workspace, &mut suite);
    suite.check("list of models", || models::check_index(workspace));
    suite.check("build", || wasm::build(workspace, &Tier::ALL));
    suite.check("budgets", || budget::check(workspace));
    for tier in Tier::ALL {
        tests_in_both(workspace, &mut suite, tier);
    }
    suite
        .check("types of the page", || Process::new(workspace, workspace.npm_program("tsc")).run());
    suite.tests("the page in a browser", |counts| browser_tests(workspace, counts));
    Ok(suite.close())
}

const CLIPPY_NATIVE: &str =
    "clippy --quiet --workspace --all-targets --features latent-ink/cli -- -D warnings";
const CLIPPY_WASM: &str = "clippy --quiet --target wasm32-unknown-unknown --lib --tests --features trainer -- -D warnings";
const DOC: &str = "doc --quiet --no-deps --workspace --features latent-ink/cli";

fn set_up(workspace: &Workspace, quick: bool) -> Result<()> {
    tools::ensure_rust_components(workspace)?;
    tools::ensure_wasm(workspace)?;
    data::fetch(workspace, Dataset::Mnist)?;
    Browser::find(workspace)?;
    if !quick {
        Firefox::find(workspace)?;
    }
    Ok(())
}

fn cargo(workspace: &Workspace, words: &str) -> Process {
    Process::new(workspace, "cargo").words(words)
}

fn native_tests(workspace: &Workspace, suite: &mut Suite) {
    suite.tests("native tests", |counts| {
        cargo(workspace, "test --workspace --no-fail-fast --features latent-ink/cli")
            .watch(|line| counts.read(line))
    });
}

fn chromium_tests(workspace: &Workspace, suite: &mut Suite, tier: Tier) {
    suite.tests(&format!("tests in Chromium, {tier}"), |counts| {
        let driver = Browser::find(workspace)?.driver;
        wasm_tests(workspace, tier, "--chrome --chromedriver", &driver, "", counts)
    });
}

/// Side by side: what takes long is a browser that starts for each file. Where this Firefox has no relaxed SIMD, that tier
/// is left out there and a line says so.
fn tests_in_both(workspace: &Workspace, suite: &mut Suite, tier: Tier) {
    suite.tests(&format!("tests in Chromium and Firefox, {tier}"), |counts| {
        let chromium = Browser::find(workspace)?.driver;
        let firefox = Firefox::find(workspace)?;
        let in_chromium = |counts: &mut Counts| {
            wasm_tests(workspace, tier, "--chrome --chromedriver", &chromium, "chromium: ", counts)
        };
        if !firefox.runs(workspace, tier)? {
            println!("left out in Firefox, which refuses the tier");
            return in_chromium(counts);
        }
        let mut theirs = Counts::default();
        let outcome = thread::scope(|scope| {
            let other = scope.spawn(|| {
                let options = "--firefox --geckodriver";
                wasm_tests(workspace, tier, options, &firefox.driver, "firefox: ", &mut theirs)
            });
            let outcome = in_chromium(counts);
            outcome.and(other.join().expect("a run of tests does not panic"))
        });
        counts.add(theirs);
        outcome
    });
}

/// Runs every test of one tier in the browser that `options` name, through its `driver`; each line begins with `label`.
fn wasm_tests(
    workspace: &Workspace,
    tier: Tier,
    options: &str,
    driver: &Path,
    label: &str,
    counts: &mut Counts,
) -> Result<()> {
    tier_process(workspace, "wasm-pack", tier)
        .words("--log-level warn test --headless")
        .words(options)
        .arg(driver)
        // Without documentation's examples, which the native tests have run.
        .args(["--", "--lib", "--test", "*"])
        .env("WASM_BINDGEN_TEST_TIMEOUT", WASM_TEST_SECONDS)
        .label(label)
        .watch(|line| counts.read(line))
}

/// Serves the page from here and runs every `tests/e2e/**/*.test.mjs`, which find it by `BASE_URL`; the static site of
/// `cargo xtask dist` lies below a path at `DIST_URL`, as on a host that keeps more than one.
fn browser_tests(workspace: &Workspace, counts: &mut Counts) -> Result<()> {
    let mut files = Vec::new();
    collect_tests(&workspace.path("tests/e2e"), &mut files)?;
    if files.is_empty() {
        bail!("tests/e2e holds no file named *.test.mjs");
    }
    // Makes the digits and libraries that the page is served with, too.
    let dist = dist::make(workspace)?;
    let page = Running::start(Site::of_workspace(workspace), 0)?;
    let site = Running::start(Site::of_folder("latent-ink/", dist), 0)?;
    // Two files at a time: they wait for pages more than they compute.
    let node =
        Process::new(workspace, "node").words("--test --test-concurrency=2 --test-reporter=spec");
    node.args(files)
        .env("BASE_URL", page.url())
        .env("DIST_URL", format!("{}/latent-ink/", site.url()))
        .env("CHROMIUM", Browser::find(workspace)?.chromium)
        .watch(|line| counts.read(line))
}

fn collect_tests(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect_tests(&path, files)?;
        } else if path.to_string_lossy().ends_with(".test.mjs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(())
}
