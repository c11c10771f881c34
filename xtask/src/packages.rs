//! Archives of packages, of one version and checked by SHA-256. None of their code runs, and nothing is installed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::digest::sha256_of_file;
use crate::process::{Process, which};
use crate::workspace::Workspace;

/// Where a package comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registry {
    /// npm.
    Npm,
    /// Debian.
    Debian,
}

/// One version of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Who has it.
    pub registry: Registry,
    /// Its name there.
    pub name: String,
    /// The version.
    pub version: String,
    /// SHA-256 of the archive.
    pub sha256: String,
}

impl Package {
    /// The archive's name, as the registry's own client writes it.
    fn archive(&self) -> String {
        let Self { name, version, .. } = self;
        match self.registry {
            Registry::Npm => format!("{}-{version}.tgz", name.replace('@', "").replace('/', "-")),
            Registry::Debian => format!("{name}_{}_all.deb", version.replace(':', "%3a")),
        }
    }

    /// Brings the archive into `folder`, unless it is there, and returns its path.
    fn fetch(&self, workspace: &Workspace, folder: &Path) -> Result<PathBuf> {
        let archive = folder.join(self.archive());
        if sha256_of_file(&archive).is_ok_and(|digest| digest == self.sha256) {
            return Ok(archive);
        }
        fs::create_dir_all(folder)?;
        let Self { name, version, .. } = self;
        match self.registry {
            Registry::Npm => Process::new(workspace, "npm")
                .words("pack --silent --pack-destination")
                .arg(folder)
                .arg(format!("{name}@{version}"))
                .run()?,
            Registry::Debian => download_debian(workspace, folder, &format!("{name}={version}"))?,
        }
        let digest = sha256_of_file(&archive)?;
        if digest != self.sha256 {
            bail!("{}: expected SHA-256 {}, it has {digest}", archive.display(), self.sha256);
        }
        Ok(archive)
    }

    /// Unpacks the files whose paths are or match `files` (`*` is anything) into `folder`, which is emptied first; the
    /// archive is kept in `archives`.
    pub fn unpack(
        &self,
        workspace: &Workspace,
        archives: &Path,
        files: &[String],
        folder: &Path,
    ) -> Result<()> {
        let archive = self.fetch(workspace, archives)?;
        if folder.is_dir() {
            fs::remove_dir_all(folder)
                .with_context(|| format!("{} cannot be emptied", folder.display()))?;
        }
        fs::create_dir_all(folder)?;
        let script = match self.registry {
            Registry::Npm => r#"a="$1"; f="$2"; shift 2; tar -xzf "$a" -C "$f" --wildcards "$@""#,
            Registry::Debian => {
                r#"a="$1"; f="$2"; shift 2; dpkg-deb --fsys-tarfile "$a" | tar -x -C "$f" --wildcards "$@""#
            }
        };
        let root = match self.registry {
            Registry::Npm => "package/",
            Registry::Debian => "./",
        };
        let files = files.iter().map(|file| format!("{root}{file}"));
        Process::new(workspace, "sh")
            .arg("-c")
            .arg(script)
            .arg("sh")
            .arg(archive)
            .arg(folder)
            .args(files)
            .read()?;
        Ok(())
    }

    /// Where [`unpack`](Self::unpack) puts the files that `folder` then has.
    pub fn root(&self, folder: &Path) -> PathBuf {
        match self.registry {
            Registry::Npm => folder.join("package"),
            Registry::Debian => folder.to_owned(),
        }
    }
}

fn download_debian(workspace: &Workspace, folder: &Path, package: &str) -> Result<()> {
    if which(workspace, "apt-get").is_none() {
        bail!("{package} is Debian's, and this machine has no apt-get");
    }
    let script = r#"cd "$1" && { apt-get -qq download "$2" || { apt-get -qq update && apt-get -qq download "$2"; }; }"#;
    Process::new(workspace, "sh").arg("-c").arg(script).arg("sh").arg(folder).arg(package).run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_called_as_its_client_calls_it() {
        let package = |registry, name: &str, version: &str| Package {
            registry,
            name: name.into(),
            version: version.into(),
            sha256: String::new(),
        };
        let npm = package(Registry::Npm, "@fontsource/klee-one", "5.3.0");
        assert_eq!(npm.archive(), "fontsource-klee-one-5.3.0.tgz");
        let debian = package(Registry::Debian, "fonts-kiloji", "1:2.1.0-25");
        assert_eq!(debian.archive(), "fonts-kiloji_1%3a2.1.0-25_all.deb");
    }
}
