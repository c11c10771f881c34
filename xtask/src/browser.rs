//! Chromium and its driver.

use std::env;
use std::path::PathBuf;

use anyhow::Result;

use crate::debian;
use crate::workspace::Workspace;

/// The browser, its driver, and a font so that the page has letters.
const PACKAGES: &str = "chromium chromium-driver fonts-liberation";

/// Where the browser and its driver are.
#[derive(Debug, Clone)]
pub struct Browser {
    /// The program that `CHROMIUM` names, or the system's.
    pub chromium: PathBuf,
    /// The program that `CHROMEDRIVER` names, or the system's.
    pub driver: PathBuf,
}

impl Browser {
    /// Finds both, installing Debian's packages where they are missing and that is allowed.
    pub fn find(workspace: &Workspace) -> Result<Self> {
        let named_or_installed = |variable: &str, program: &str| match env::var_os(variable) {
            Some(path) => Ok(PathBuf::from(path)),
            None => debian::ensure(workspace, program, PACKAGES),
        };
        Ok(Self {
            chromium: named_or_installed("CHROMIUM", "chromium")?,
            driver: named_or_installed("CHROMEDRIVER", "chromedriver")?,
        })
    }
}
