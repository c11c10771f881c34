//! The lines of Rust that the page shows beside its equations, taken from `src/` into `target/excerpts/rust.json`.
//!
//! A region is named where it stands, so that no list of line numbers can go stale; regions may lie in one another:
//!
//! ```text
//! // region: kl
//! let kl = …;
//! // endregion
//! ```

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, json};

use crate::budget::files_below;
use crate::workspace::Workspace;

/// One region.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Excerpt {
    /// Below the root of the repository.
    file: String,
    /// Its first line in that file, counted from 1.
    line: usize,
    /// Without the indentation that they share, and without the marks of regions.
    lines: Vec<String>,
}

/// Where the file lies once [`make`] has made it.
pub fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target("excerpts")
}

/// Makes the file anew and returns its folder. Fails where a region is left open, empty or named twice.
pub fn make(workspace: &Workspace) -> Result<PathBuf> {
    let mut all = Map::new();
    for path in files_below(&workspace.path("src"))? {
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        let file = path.strip_prefix(workspace.root())?.to_str().context("a name is not UTF-8")?;
        for (name, Excerpt { file, line, lines }) in regions(file, &text)? {
            ensure!(!all.contains_key(&name), "{file}:{line}: there are two regions {name}");
            all.insert(name, json!({ "file": file, "line": line, "lines": lines }));
        }
    }
    let folder = folder(workspace);
    fs::create_dir_all(&folder)?;
    let text = json!({ "repository": repository(workspace)?, "regions": all }).to_string();
    let path = folder.join("rust.json");
    // A page that is being served is not told that a file is new when it is not.
    if !fs::read_to_string(&path).is_ok_and(|present| present == text) {
        fs::write(&path, text)?;
    }
    Ok(folder)
}

/// Where the sources can be read by anyone, if `Cargo.toml` says.
fn repository(workspace: &Workspace) -> Result<Option<String>> {
    let manifest = fs::read_to_string(workspace.path("Cargo.toml"))?;
    let line = manifest.lines().find_map(|line| line.strip_prefix("repository = \""));
    Ok(line.and_then(|rest| rest.strip_suffix('"')).map(str::to_owned))
}

/// Every region of a file by its name.
fn regions(file: &str, text: &str) -> Result<Vec<(String, Excerpt)>> {
    let mut open: Vec<(String, usize, Vec<&str>)> = Vec::new();
    let mut done = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let mark = line.trim();
        if let Some(name) = mark.strip_prefix("// region: ") {
            open.push((name.to_owned(), number + 1, Vec::new()));
        } else if mark == "// endregion" {
            let Some((name, line, lines)) = open.pop() else {
                bail!("{file}:{number}: no region is open here");
            };
            ensure!(!lines.is_empty(), "{file}:{number}: the region {name} is empty");
            let lines = without_indentation(&lines);
            done.push((name, Excerpt { file: file.to_owned(), line, lines }));
        } else {
            open.iter_mut().for_each(|(_, _, lines)| lines.push(line));
        }
    }
    if let Some((name, line, _)) = open.pop() {
        bail!("{file}:{line}: the region {name} is never closed");
    }
    Ok(done)
}

fn without_indentation(lines: &[&str]) -> Vec<String> {
    let depth = |line: &&str| line.len() - line.trim_start().len();
    let shared = lines.iter().filter(|line| !line.trim().is_empty()).map(depth).min().unwrap_or(0);
    lines.iter().map(|line| line.get(shared..).unwrap_or_default().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "fn f() {\n    // region: outer\n    let a = 1;\n\n    // region: inner\n    if a {\n        b();\n    }\n    // endregion\n    // endregion\n}\n";

    #[test]
    fn regions_lie_in_one_another_and_lose_marks_and_indentation() -> Result<()> {
        let found = regions("a.rs", TEXT)?;
        let excerpt = |line, lines: &[&str]| Excerpt {
            file: "a.rs".into(),
            line,
            lines: lines.iter().map(|&line| line.to_owned()).collect(),
        };
        let inner = excerpt(6, &["if a {", "    b();", "}"]);
        let outer = excerpt(3, &["let a = 1;", "", "if a {", "    b();", "}"]);
        assert_eq!(found, [("inner".to_owned(), inner), ("outer".to_owned(), outer)]);
        Ok(())
    }

    #[test]
    fn what_is_not_closed_not_open_or_empty_is_refused() {
        for text in ["// region: a\nx", "x\n// endregion", "// region: a\n// endregion"] {
            assert!(regions("a.rs", text).is_err(), "{text}");
        }
    }

    /// The page names a region as `region: "kl"`, and none without its lines is shipped.
    #[test]
    fn every_region_that_the_page_names_is_there() -> Result<()> {
        let workspace = Workspace::find()?;
        let text = fs::read_to_string(make(&workspace)?.join("rust.json"))?;
        let made: serde_json::Value = serde_json::from_str(&text)?;
        let mut named = 0;
        for path in files_below(&workspace.path("www/rooms/story"))? {
            for part in fs::read_to_string(&path)?.split("region: \"").skip(1) {
                let name = part.split('"').next().unwrap_or_default();
                assert!(made["regions"][name].is_object(), "{}: no region {name}", path.display());
                named += 1;
            }
        }
        assert!(named > 0, "the page names none");
        Ok(())
    }
}
