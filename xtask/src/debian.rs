//! Programs that come from the system's packages: found, or installed where this machine lets us.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::process::{Process, which};
use crate::workspace::Workspace;

/// The path of `program`, which Debian's `packages` bring if it is missing and we may install them.
pub fn ensure(workspace: &Workspace, program: &str, packages: &str) -> Result<PathBuf> {
    if let Some(path) = which(workspace, program) {
        return Ok(path);
    }
    install(workspace, program, packages)?;
    match which(workspace, program) {
        Some(path) => Ok(path),
        None => bail!(
            "Debian's {packages} were installed, and {program} is still not on the search path"
        ),
    }
}

fn install(workspace: &Workspace, program: &str, packages: &str) -> Result<()> {
    let advice = format!(
        "{program} is missing: on Debian, install it with `sudo apt-get install {packages}`"
    );
    if which(workspace, "apt-get").is_none() {
        bail!(advice);
    }
    let become_root = if is_root(workspace) {
        ""
    } else if has_sudo(workspace) {
        "sudo "
    } else {
        bail!(advice);
    };
    let script = format!(
        "{become_root}apt-get -qq update && \
         {become_root}env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends {packages}"
    );
    Process::new(workspace, "sh").arg("-c").arg(script).run()
}

fn is_root(workspace: &Workspace) -> bool {
    Process::new(workspace, "id").arg("-u").read().is_ok_and(|id| id.trim() == "0")
}

fn has_sudo(workspace: &Workspace) -> bool {
    which(workspace, "sudo").is_some()
        && Process::new(workspace, "sudo").words("-n true").read().is_ok()
}
