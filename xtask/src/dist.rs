//! `cargo xtask dist`: the page as a static site that any host can serve, at its root or below a path.
//!
//! Every file but the HTML pages goes into one folder named after the SHA-256 of all of them:
//!
//! ```text
//! dist/index.html           names 3f2a…/main.js; asked for again at every visit
//! dist/3f2a…/main.js        may be cached for ever: other content has another address
//! dist/3f2a…/pkg/scalar/…
//! dist/3f2a…/digits/…       MNIST, packed already
//! dist/3f2a…/vendor/…       libraries, each with its licence
//! dist/3f2a…/excerpts/…     the lines of Rust beside the equations
//! dist/_headers             the response headers, in the form that several static hosts read
//! ```
//!
//! This needs no bundler because scripts and styles name their neighbours relative to themselves (`import.meta.url`,
//! never the address of the document); only the addresses in the HTML change. Scripts lose their comments and spaces,
//! each file by itself. Beside each file that shrinks lie its `.br` and `.gz`, but for the digits.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::budget::{Sizes, files_below};
use crate::compress::{brotli, gzip};
use crate::digest::sha256;
use crate::digits;
use crate::excerpts;
use crate::headers::SECURITY;
use crate::process::Process;
use crate::tier::Tier;
use crate::vendor;
use crate::wasm::{self, Package};
use crate::workspace::Workspace;

/// Letters of the digest in an address. Chosen: 64 bits, far more than the versions that a site will ever have.
const ADDRESS_LETTERS: usize = 16;

/// How terser is called on each script; part of the name of what it made, so that a change makes it anew.
const TERSER: &str = "--module --ecma 2022 --compress passes=2 --mangle";

/// Where the digits lie in the site: gzip already, so that their compressed forms would only take time.
const DIGITS: &str = "digits/";

/// A compressed form is kept where it saves at least one byte in this many. Chosen: below that, unpacking is wasted work.
const WORTHWHILE: usize = 20;

/// Builds, makes `dist/` and prints what a first visit loads.
pub fn command(workspace: &Workspace) -> Result<()> {
    wasm::build(workspace, &Tier::ALL)?;
    let folder = make(workspace)?;
    let sizes = Sizes::measure(workspace)?;
    print!("{sizes}");
    println!("{}: ready for a static host", folder.display());
    sizes.within_limits()
}

/// A file of the site: where it will lie below the hashed folder, and its bytes.
struct Asset {
    path: String,
    bytes: Vec<u8>,
}

/// Makes `dist/` anew from `www/`, `pkg/`, libraries and MNIST, and returns it.
pub fn make(workspace: &Workspace) -> Result<PathBuf> {
    let (pages, mut assets): (Vec<_>, Vec<_>) = read_assets(workspace, &workspace.path("www"), "")?
        .into_iter()
        .partition(|asset| is_page(&asset.path));
    for (tier, package) in Tier::ALL.into_iter().flat_map(|tier| Package::ALL.map(|of| (tier, of)))
    {
        let folder = package.folder(workspace, tier);
        let files = read_assets(workspace, &folder, &format!("pkg/{}/", package.path(tier)))?;
        let is_served =
            |asset: &Asset| asset.path.ends_with(".js") || asset.path.ends_with(".wasm");
        assets.extend(files.into_iter().filter(is_served));
    }
    assets.extend(read_assets(workspace, &vendor::make(workspace)?, "vendor/")?);
    assets.extend(read_assets(workspace, &excerpts::make(workspace)?, "excerpts/")?);
    let digits = read_assets(workspace, &digits::make(workspace)?, DIGITS)?;
    assets.extend(digits.into_iter().filter(|asset| !asset.path.ends_with(".part")));
    let address = address(&assets);
    let dist = workspace.path("dist");
    if dist.exists() {
        fs::remove_dir_all(&dist)?;
    }
    for page in &pages {
        let html = String::from_utf8(page.bytes.clone())
            .with_context(|| format!("{} is not UTF-8", page.path))?;
        let html =
            redirect(&html, &address, &assets).with_context(|| format!("www/{}", page.path))?;
        let path = dist.join(&page.path);
        write(&path, html.as_bytes())?;
        write_packed(&path, html.as_bytes())?;
    }
    for asset in &assets {
        let path = dist.join(&address).join(&asset.path);
        write(&path, &asset.bytes)?;
        if !asset.path.starts_with(DIGITS) {
            write_packed(&path, &asset.bytes)?;
        }
    }
    fs::write(dist.join("_headers"), header_rules(&address))?;
    Ok(dist)
}

fn is_page(path: &str) -> bool {
    !path.contains('/') && path.ends_with(".html")
}

/// The bytes of a file of the page as they ship: a script minified, with what terser made of the same bytes before where
/// there is that, and any other file as it is.
pub fn shipped(workspace: &Workspace, path: &Path) -> Result<Vec<u8>> {
    let bytes = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    if path.extension().is_none_or(|extension| extension != "js") {
        return Ok(bytes);
    }
    let folder = workspace.target("terser");
    fs::create_dir_all(&folder)?;
    let options = TERSER.replace(' ', "");
    let made = folder.join(format!("{options}-{}.js", &sha256(&bytes)[..ADDRESS_LETTERS]));
    if !made.is_file() {
        let part = made.with_extension("part");
        let terser = Process::new(workspace, workspace.npm_program("terser"));
        terser.arg(path).words(TERSER).arg("--output").arg(&part).read()?;
        fs::rename(&part, &made)?;
    }
    Ok(fs::read(&made)?)
}

fn read_assets(workspace: &Workspace, folder: &Path, prefix: &str) -> Result<Vec<Asset>> {
    let mut assets = Vec::new();
    for path in files_below(folder)? {
        let relative = path.strip_prefix(folder)?.to_str().context("a file name is not UTF-8")?;
        let bytes = shipped(workspace, &path)?;
        assets.push(Asset { path: format!("{prefix}{relative}"), bytes });
    }
    Ok(assets)
}

/// The name of the folder: a digest of every path and every byte.
fn address(assets: &[Asset]) -> String {
    let lines: String =
        assets.iter().map(|asset| format!("{} {}\n", sha256(&asset.bytes), asset.path)).collect();
    sha256(lines.as_bytes())[..ADDRESS_LETTERS].to_owned()
}

/// Puts `address` before every `href` and `src` of `html` that names a file of the site.
fn redirect(html: &str, address: &str, assets: &[Asset]) -> Result<String> {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = next_reference(rest) {
        let (before, after) = rest.split_at(start);
        let end = after.find('"').context("an attribute is not closed")?;
        let (reference, tail) = after.split_at(end);
        out.push_str(before);
        let path = reference.split(['?', '#']).next().unwrap_or_default();
        let path = path.strip_prefix("./").unwrap_or(path);
        if path.is_empty() || reference.contains(':') || is_page(path) {
            out.push_str(reference);
        } else if assets.iter().any(|asset| asset.path == path) {
            out.push_str(&format!(
                "{address}/{}",
                reference.strip_prefix("./").unwrap_or(reference)
            ));
        } else {
            bail!("it names \"{reference}\", and no such file lies beside it");
        }
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

/// Where the value of the next `href` or `src` begins.
fn next_reference(html: &str) -> Option<usize> {
    let starts =
        [" href=\"", " src=\""].iter().filter_map(|name| html.find(name).map(|at| at + name.len()));
    starts.min()
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))
}

/// Writes the compressed forms of a file beside it.
fn write_packed(path: &Path, bytes: &[u8]) -> Result<()> {
    for (extension, packed) in [("br", brotli(bytes)?), ("gz", gzip(bytes)?)] {
        if packed.len() + bytes.len() / WORTHWHILE < bytes.len() {
            fs::write(format!("{}.{extension}", path.display()), packed)?;
        }
    }
    Ok(())
}

fn header_rules(address: &str) -> String {
    let security: String =
        SECURITY.iter().map(|(name, value)| format!("  {name}: {value}\n")).collect();
    format!("/*\n{security}/{address}/*\n  Cache-Control: public, max-age=31536000, immutable\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(path: &str) -> Asset {
        Asset { path: path.to_owned(), bytes: path.as_bytes().to_vec() }
    }

    #[test]
    fn addresses_of_files_move_and_others_stay() -> Result<()> {
        let html = "<link href=\"./a.css\"><script src=\"js/m.js?x\"></script><a href=\"#pad\"><a href=\"https://x.org/a.css\">";
        let moved = redirect(html, "0f", &[asset("a.css"), asset("js/m.js")])?;
        let want = "<link href=\"0f/a.css\"><script src=\"0f/js/m.js?x\"></script><a href=\"#pad\"><a href=\"https://x.org/a.css\">";
        assert_eq!(moved, want);
        Ok(())
    }

    #[test]
    fn a_page_that_names_a_missing_file_is_refused() {
        let message =
            redirect("<img src=\"gone.png\">", "0f", &[]).unwrap_or_else(|error| error.to_string());
        assert!(message.contains("gone.png"), "{message}");
    }

    #[test]
    fn the_address_changes_with_a_byte_and_with_a_name() {
        let one = address(&[asset("a"), asset("b")]);
        assert_eq!(one.len(), ADDRESS_LETTERS);
        assert_ne!(one, address(&[asset("a"), asset("c")]));
        assert_ne!(one, address(&[asset("a"), Asset { path: "b".to_owned(), bytes: vec![0] }]));
    }
}
