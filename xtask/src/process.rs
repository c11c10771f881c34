//! Child processes: shown, run from the workspace root with our tools first in `PATH`, and judged by their exit status.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// A child process to be.
#[derive(Debug)]
pub struct Process {
    command: Command,
    shown: String,
    label: String,
}

impl Process {
    /// `program` in the root of `workspace`.
    pub fn new(workspace: &Workspace, program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let mut command = Command::new(program);
        command.current_dir(workspace.root()).env("PATH", search_path(workspace));
        // What `cargo run` tells xtask about itself is not true of the packages that the children build.
        for (name, _) in env::vars_os() {
            let name_text = name.to_string_lossy();
            if name_text.starts_with("CARGO_PKG_") || name_text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(name);
            }
        }
        let shown =
            Path::new(program).file_name().unwrap_or(program).to_string_lossy().into_owned();
        Self { command, shown, label: String::new() }
    }

    /// Arguments, separated by spaces.
    #[must_use]
    pub fn words(self, words: &str) -> Self {
        self.args(words.split_whitespace())
    }

    /// Several arguments.
    #[must_use]
    pub fn args<A: AsRef<OsStr>>(self, arguments: impl IntoIterator<Item = A>) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// One argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.shown = format!("{} {}", self.shown, argument.as_ref().to_string_lossy());
        self.command.arg(argument);
        self
    }

    /// One environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// What [`watch`](Self::watch) puts before each line, so that two processes side by side can be told apart.
    #[must_use]
    pub fn label(mut self, label: &str) -> Self {
        label.clone_into(&mut self.label);
        self
    }

    /// Shows the command, runs it and fails if it does.
    pub fn run(mut self) -> Result<()> {
        eprintln!("  $ {}", self.shown);
        let status = self.command.status().with_context(|| self.not_started())?;
        self.judge(status)
    }

    /// Runs the command unseen and returns what it printed.
    pub fn read(mut self) -> Result<String> {
        let output =
            self.command.stdin(Stdio::null()).output().with_context(|| self.not_started())?;
        if !output.status.success() {
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
        }
        self.judge(output.status)?;
        String::from_utf8(output.stdout)
            .with_context(|| format!("`{}` printed bytes that are not UTF-8", self.shown))
    }

    /// Shows the command, passes its lines on to the screen and to `on_line`, and says whether it succeeded.
    pub fn watch(mut self, mut on_line: impl FnMut(&str)) -> Result<()> {
        eprintln!("  $ {}", self.shown);
        let mut child =
            self.command.stdout(Stdio::piped()).spawn().with_context(|| self.not_started())?;
        let stdout = child.stdout.take().context("the child has no standard output")?;
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line?;
            let line = String::from_utf8_lossy(&line);
            writeln!(std::io::stdout(), "{}{line}", self.label)?;
            on_line(&line);
        }
        let status = child.wait()?;
        self.judge(status)
    }

    fn judge(&self, status: ExitStatus) -> Result<()> {
        if !status.success() {
            bail!("`{}` failed ({status})", self.shown);
        }
        Ok(())
    }

    fn not_started(&self) -> String {
        format!("`{}` could not be started", self.shown)
    }
}

/// Where `program` is, if it is anywhere on the search path.
pub fn which(workspace: &Workspace, program: &str) -> Option<PathBuf> {
    env::split_paths(&search_path(workspace))
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

/// `PATH` with the tools that [`crate::tools`] installed in front.
fn search_path(workspace: &Workspace) -> OsString {
    let inherited = env::var_os("PATH").unwrap_or_default();
    let folders =
        std::iter::once(workspace.target("tools/bin")).chain(env::split_paths(&inherited));
    env::join_paths(folders).unwrap_or(inherited)
}
