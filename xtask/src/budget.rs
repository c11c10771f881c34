//! What a first visit to the static site loads, in bytes, what it loads when it is asked for, and the limits that
//! `cargo xtask test` holds both to. MNIST's digits count to neither: they are data that a person asks for.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::compress::brotli;
use crate::dist::shipped;
use crate::tier::Tier;
use crate::vendor;
use crate::wasm::{GLUE_FILE, Package, WASM_FILE};
use crate::workspace::Workspace;

/// Compressed bytes of a first visit: page, styles, scripts, one tier, the default model.
const FIRST_LOAD: usize = 500 * 1024;

/// Raw bytes of one tier's WebAssembly.
const WASM: usize = 150 * 1024;

/// Compressed bytes of a first visit's scripts, the glue included.
const SCRIPTS: usize = 40 * 1024;

/// Compressed bytes of everything in [`ROOMS`], in the larger language. A quarter is the room for training, and a sixth each own images,
/// the story and since 2026-11 the article under it, for which this was 144 KB before: 15 KB of prose in one language, figures and
/// style, of which nothing is fetched before somebody comes to read it. 24 KB more since the two rooms of a person's hand, which have as
/// many: each has a worker, and they share outlines, paper and files.
const ON_DEMAND: usize = 184 * 1024;

/// Compressed bytes of all libraries of [`vendor`]: a room fetches one when it needs it.
const LIBRARIES: usize = 40 * 1024;

/// The folders of `www/` whose files are imported when a person opens a room. Nothing outside them may import from
/// them but by `import()`; `tests/e2e/digits.test.mjs` holds a first visit to that.
const ROOMS: [&str; 3] = ["rooms", "words/rooms", "styles/rooms"];

/// One file of the site.
#[derive(Debug, Clone)]
struct Item {
    name: String,
    kind: Kind,
    raw: usize,
    packed: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Page,
    Style,
    Script,
    /// The baked example, the icon.
    Data,
    Wasm,
    Model,
}

/// The sizes of everything that the page loads.
#[derive(Debug, Clone)]
pub struct Sizes {
    first: Vec<Item>,
    on_demand: Vec<Item>,
    libraries: Vec<Item>,
}

/// Prints the sizes and fails if one is over its limit.
pub fn check(workspace: &Workspace) -> Result<()> {
    let sizes = Sizes::measure(workspace)?;
    print!("{sizes}");
    sizes.within_limits()
}

impl Sizes {
    /// Measures `www/`, `pkg/` and the default model.
    ///
    /// To the first visit counts everything in `www/` but the rooms and the other models, and the largest tier: what is
    /// over can only be less in truth. Of the catalogues of words it is the larger of each two: a visit has one language.
    pub fn measure(workspace: &Workspace) -> Result<Self> {
        let www = workspace.path("www");
        let (mut files, mut rooms) = (Vec::new(), Vec::new());
        for path in files_below(&www)? {
            let is_on_demand = ROOMS.iter().any(|room| path.starts_with(www.join(room)));
            let kind = match path.extension().and_then(|extension| extension.to_str()) {
                Some("html") => Kind::Page,
                Some("css") => Kind::Style,
                Some("js" | "mjs") => Kind::Script,
                _ if path.starts_with(www.join("models")) => continue,
                _ => Kind::Data,
            };
            if is_on_demand { &mut rooms } else { &mut files }.push((path, kind));
        }
        let largest = largest_tier(workspace)?;
        let package = Package::Page.folder(workspace, largest);
        files.push((package.join(GLUE_FILE), Kind::Script));
        files.push((package.join(WASM_FILE), Kind::Wasm));
        files.push((www.join("models/index.json"), Kind::Model));
        files.push((www.join("models").join(default_model(&www)?), Kind::Model));
        let measure = |files: Vec<(PathBuf, Kind)>| -> Result<Vec<Item>> {
            let all: Result<Vec<Item>> = files
                .into_iter()
                .map(|(path, kind)| Item::measure(workspace, &path, kind))
                .collect();
            Ok(in_one_language(all?))
        };
        let libraries = files_below(&vendor::make(workspace)?)?;
        let libraries = libraries.into_iter().map(|path| (path, Kind::Script)).collect();
        Ok(Self {
            first: measure(files)?,
            on_demand: measure(rooms)?,
            libraries: measure(libraries)?,
        })
    }

    /// Fails with one sentence that names every limit passed.
    pub fn within_limits(&self) -> Result<()> {
        let wasm = self
            .first
            .iter()
            .filter(|item| item.kind == Kind::Wasm)
            .map(|item| item.raw)
            .max()
            .unwrap_or(0);
        let limits = [
            ("the first load, compressed", packed(&self.first), FIRST_LOAD),
            ("the scripts, compressed", self.scripts(), SCRIPTS),
            ("what is loaded on demand, compressed", packed(&self.on_demand), ON_DEMAND),
            ("the libraries, compressed", packed(&self.libraries), LIBRARIES),
            ("the largest tier's WebAssembly, raw", wasm, WASM),
        ];
        let passed: Vec<String> = limits
            .iter()
            .filter(|(_, bytes, limit)| bytes > limit)
            .map(|(what, bytes, limit)| format!("{what}: {bytes} bytes, the budget is {limit}"))
            .collect();
        if !passed.is_empty() {
            bail!("{}", passed.join("; "));
        }
        Ok(())
    }

    fn scripts(&self) -> usize {
        let scripts = self.first.iter().filter(|item| item.kind == Kind::Script);
        scripts.map(|item| item.packed).sum()
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(f, "first load", &self.first, FIRST_LOAD)?;
        writeln!(f, "{:>9} {:>9}  of it scripts; the budget is {SCRIPTS}", "", self.scripts())?;
        list(f, "on demand", &self.on_demand, ON_DEMAND)?;
        list(f, "libraries", &self.libraries, LIBRARIES)
    }
}

fn list(f: &mut fmt::Formatter<'_>, title: &str, items: &[Item], budget: usize) -> fmt::Result {
    writeln!(f, "{:>9} {:>9}  {title}", "raw", "brotli")?;
    for item in items {
        writeln!(f, "{:>9} {:>9}  {}", item.raw, item.packed, item.name)?;
    }
    let raw: usize = items.iter().map(|item| item.raw).sum();
    writeln!(f, "{raw:>9} {:>9}  in all; the budget is {budget}", packed(items))
}

fn packed(items: &[Item]) -> usize {
    items.iter().map(|item| item.packed).sum()
}

impl Item {
    fn measure(workspace: &Workspace, path: &Path, kind: Kind) -> Result<Self> {
        let name = path.strip_prefix(workspace.root()).unwrap_or(path).display().to_string();
        let bytes = shipped(workspace, path)?;
        Ok(Self { name, kind, raw: bytes.len(), packed: brotli(&bytes)?.len() })
    }
}

/// Without the smaller of two catalogues of the same words, `NAME.en.js` and `NAME.zh.js`.
fn in_one_language(items: Vec<Item>) -> Vec<Item> {
    let has_larger = |item: &Item| {
        let other = if item.name.ends_with(".zh.js") {
            item.name.replace(".zh.js", ".en.js")
        } else {
            item.name.replace(".en.js", ".zh.js")
        };
        // Of two as large as each other the English one stays.
        let key = |item: &Item| (item.packed, item.name.ends_with(".en.js"));
        items.iter().any(|one| one.name == other && key(one) > key(item))
    };
    let stays: Vec<bool> = items.iter().map(|item| !has_larger(item)).collect();
    items.into_iter().zip(stays).filter_map(|(item, stays)| stays.then_some(item)).collect()
}

fn largest_tier(workspace: &Workspace) -> Result<Tier> {
    let size = |tier: Tier| {
        let wasm = Package::Page.folder(workspace, tier).join(WASM_FILE);
        fs::metadata(&wasm).map_or(0, |metadata| metadata.len())
    };
    Tier::ALL.into_iter().max_by_key(|&tier| size(tier)).context("there are no tiers")
}

/// The file of the model that the page loads first: the one that `default` names in `models/index.json`, or the first.
fn default_model(www: &Path) -> Result<String> {
    let text = fs::read_to_string(www.join("models/index.json"))
        .context("www/models/index.json cannot be read")?;
    let index: Value = serde_json::from_str(&text).context("www/models/index.json is not JSON")?;
    default_file(&index).context("www/models/index.json names no default model")
}

fn default_file(index: &Value) -> Option<String> {
    let models = index.get("models").unwrap_or(index).as_array()?;
    let named = index
        .get("default")
        .and_then(|name| models.iter().find(|model| model.get("name") == Some(name)));
    named.or(models.first())?.get("file")?.as_str().map(str::to_owned)
}

/// Every file below `folder`, in order of its path, without hidden ones.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in
            fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))?
        {
            let path = entry?.path();
            let is_hidden =
                path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if path.is_dir() {
                folders.push(path);
            } else if !is_hidden {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item(kind: Kind, raw: usize, packed: usize) -> Item {
        Item { name: String::new(), kind, raw, packed }
    }

    #[test]
    fn every_limit_that_is_passed_is_named() {
        let sizes = Sizes {
            first: vec![
                item(Kind::Script, 90_000, SCRIPTS + 1),
                item(Kind::Wasm, WASM + 1, 60_000),
            ],
            on_demand: vec![item(Kind::Style, 200_000, ON_DEMAND + 1)],
            libraries: vec![item(Kind::Script, 200_000, LIBRARIES)],
        };
        let message =
            sizes.within_limits().map_or_else(|error| error.to_string(), |()| String::new());
        assert!(message.contains("scripts") && message.contains("WebAssembly"), "{message}");
        assert!(message.contains("on demand") && !message.contains("first load"), "{message}");
    }

    #[test]
    fn of_two_languages_the_larger_counts() {
        let named =
            |name: &str, packed| Item { name: name.to_owned(), ..item(Kind::Script, 0, packed) };
        let items = [("a.en.js", 5), ("a.zh.js", 7), ("b.en.js", 4), ("b.zh.js", 4), ("c.js", 1)];
        let left = in_one_language(items.map(|(name, packed)| named(name, packed)).into());
        let names: Vec<&str> = left.iter().map(|item| item.name.as_str()).collect();
        assert_eq!(names, ["a.zh.js", "b.en.js", "c.js"]);
    }

    #[test]
    fn what_is_exactly_on_its_limit_is_allowed() -> Result<()> {
        Sizes {
            first: vec![item(Kind::Script, SCRIPTS, SCRIPTS), item(Kind::Wasm, WASM, 60_000)],
            on_demand: vec![item(Kind::Script, ON_DEMAND, ON_DEMAND)],
            libraries: vec![],
        }
        .within_limits()
    }

    #[test]
    fn the_default_model_is_the_one_named_or_the_first() {
        let models = json!([{ "name": "a", "file": "a.safetensors" }, { "name": "b", "file": "b.safetensors" }]);
        assert_eq!(default_file(&models).as_deref(), Some("a.safetensors"));
        assert_eq!(
            default_file(&json!({ "models": models, "default": "b" })).as_deref(),
            Some("b.safetensors")
        );
        assert_eq!(default_file(&json!({ "models": [] })), None);
    }
}
