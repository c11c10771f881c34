//! Libraries that the page takes as they are: one file of an npm package each, at `vendor/NAME` beside the page's own.
//!
//! `www/` has no bundler and imports nothing by a bare name, so a file is served as its package has it, with the package's
//! licence before it in a comment that minifying keeps. A room imports it when somebody needs it:
//!
//! ```js
//! const { Unzip } = /** @type {typeof import("fflate")} */ (await import(new URL("../../vendor/fflate.js", import.meta.url).href));
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::budget::files_below;
use crate::tools;
use crate::workspace::Workspace;

/// A file below `vendor/`, and where `node_modules` has it.
struct File {
    name: &'static str,
    package: &'static str,
    path: &'static str,
}

/// Every file that the page takes from a package; `package.json` has the versions.
const FILES: [File; 3] = [
    File { name: "fflate.js", package: "fflate", path: "esm/browser.js" },
    File { name: "uplot.js", package: "uplot", path: "dist/uPlot.esm.js" },
    File { name: "uplot.css", package: "uplot", path: "dist/uPlot.min.css" },
];

/// Where the files lie once [`make`] has made them.
pub fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target("vendor")
}

/// Makes every file anew from `node_modules`, which it fills first if need be, and returns their folder.
pub fn make(workspace: &Workspace) -> Result<PathBuf> {
    tools::ensure_npm(workspace)?;
    let folder = folder(workspace);
    fs::create_dir_all(&folder)?;
    for file in &FILES {
        let source = |name: &str| {
            let path = workspace.path("node_modules").join(file.package).join(name);
            fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))
        };
        let package: Value = serde_json::from_str(&source("package.json")?)?;
        let version = package["version"].as_str().context("a package has no version")?;
        let text = noted(
            &format!("{} {version}", file.package),
            &source("LICENSE")?,
            &source(file.path)?,
        )?;
        let path = folder.join(file.name);
        // A page that is being served is not told that a file is new when it is not.
        if !fs::read_to_string(&path).is_ok_and(|present| present == text) {
            fs::write(&path, text)?;
        }
    }
    drop_unlisted(&folder)?;
    Ok(folder)
}

/// Removes what an earlier list named, so that the site does not go on shipping it.
fn drop_unlisted(folder: &Path) -> Result<()> {
    for path in files_below(folder)? {
        if FILES.iter().all(|file| path != folder.join(file.name)) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// `text` under a comment with its package and its licence. The `!` is what terser keeps it for.
fn noted(package: &str, licence: &str, text: &str) -> Result<String> {
    ensure!(
        !licence.contains("*/"),
        "{package}: its licence would end the comment that it stands in"
    );
    Ok(format!("/*!\n{package}\n\n{}\n*/\n{text}", licence.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_begins_with_its_licence() -> Result<()> {
        let text = noted("few 1.2.3", "MIT\nCopyright\n", "export {};\n")?;
        assert_eq!(text, "/*!\nfew 1.2.3\n\nMIT\nCopyright\n*/\nexport {};\n");
        assert!(noted("few 1.2.3", "MIT */ alert()", "").is_err());
        Ok(())
    }

    #[test]
    fn no_two_files_share_a_name() {
        let mut names = FILES.map(|file| file.name);
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    }
}
