//! Firefox and its driver, and which tiers it can run.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::debian;
use crate::tier::Tier;
use crate::tools;
use crate::workspace::Workspace;

/// Says whether Firefox accepts the smallest module with a relaxed instruction, the one that `www/tier.js` asks with:
/// `() => i8x16.relaxed_swizzle(i8x16.splat(1), i8x16.splat(2))`.
const HAS_RELAXED: &str = "return WebAssembly.validate(Uint8Array.of(\
    0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, \
    15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11))";

/// How long one answer of the driver may take. Chosen: several times a first start of Firefox on two busy cores.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where Firefox's driver is; it finds the browser on the search path.
#[derive(Debug, Clone)]
pub struct Firefox {
    /// The program that `GECKODRIVER` names, or ours.
    pub driver: PathBuf,
}

impl Firefox {
    /// Finds both, installing Debian's browser and building the driver where they are missing and that is allowed.
    pub fn find(workspace: &Workspace) -> Result<Self> {
        debian::ensure(workspace, "firefox", "firefox-esr")?;
        let driver = match env::var_os("GECKODRIVER") {
            Some(path) => PathBuf::from(path),
            None => tools::ensure_geckodriver(workspace)?,
        };
        Ok(Self { driver })
    }

    /// Whether this Firefox, with the preferences of `webdriver.json`, runs a build of `tier`.
    pub fn runs(&self, workspace: &Workspace, tier: Tier) -> Result<bool> {
        if tier != Tier::Relaxed {
            return Ok(true);
        }
        let file = fs::read(workspace.path("webdriver.json"))?;
        let mut options =
            serde_json::from_slice::<Value>(&file).context("webdriver.json")?["moz:firefoxOptions"]
                .take();
        options["args"] = json!(["-headless"]);
        let driver = Driver::start(self)?;
        let wanted =
            json!({ "capabilities": { "alwaysMatch": { "moz:firefoxOptions": options } } });
        let session = driver.send("POST", "/session", &wanted)?;
        let id = session["sessionId"].as_str().context("the driver opened no session")?;
        let script = json!({ "script": HAS_RELAXED, "args": [] });
        let answer = driver.send("POST", &format!("/session/{id}/execute/sync"), &script);
        // Closes the browser, too.
        driver.send("DELETE", &format!("/session/{id}"), &Value::Null)?;
        answer?.as_bool().context("WebAssembly.validate did not answer with a boolean")
    }
}

/// A running geckodriver, ended when this is dropped.
struct Driver {
    child: Child,
    /// Kept open: what the driver and the browser say later must find a reader.
    stdout: BufReader<ChildStdout>,
    address: String,
}

impl Driver {
    /// On a free port, which the driver's first line names.
    fn start(firefox: &Firefox) -> Result<Self> {
        let mut child = Command::new(&firefox.driver)
            .args(["--port", "0", "--websocket-port", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("geckodriver could not be started")?;
        let stdout = child.stdout.take().context("geckodriver has no standard output")?;
        let mut driver = Self { child, stdout: BufReader::new(stdout), address: String::new() };
        let mut line = String::new();
        while driver.stdout.read_line(&mut line)? > 0 {
            if let Some((_, address)) = line.split_once("Listening on ") {
                address.trim().clone_into(&mut driver.address);
                return Ok(driver);
            }
            line.clear();
        }
        bail!("geckodriver ended without listening");
    }

    /// One command of the WebDriver protocol, and its answer's value.
    fn send(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (_, body) =
            answer.split_once("\r\n\r\n").context("geckodriver's answer has no body")?;
        let value = serde_json::from_str::<Value>(body)
            .with_context(|| format!("geckodriver answered {body}"))?["value"]
            .take();
        if let Some(error) = value["error"].as_str() {
            bail!("geckodriver: {error}: {}", value["message"].as_str().unwrap_or_default());
        }
        Ok(value)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Nothing is left to do about a driver that has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
