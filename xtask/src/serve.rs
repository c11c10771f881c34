//! `cargo xtask serve`: a small static server on the loopback address: `www/` at `/`, `pkg/` at `/pkg/`, MNIST as
//! [`digits`] cut it at `/digits/`, and the libraries of [`vendor`] at `/vendor/`.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow, bail};

use crate::digits;
use crate::headers::{SECURITY, mime_type};
use crate::tier::Tier;
use crate::vendor;
use crate::wasm;
use crate::workspace::Workspace;

/// The port that people know.
const PORT: u16 = 8080;

/// How many ports after [`PORT`] are tried when it is taken. Chosen: more servers than one person runs.
const PORTS_TRIED: u16 = 20;

/// How long an idle connection is kept.
const IDLE: Duration = Duration::from_secs(60);

/// A request's head may have this many bytes. Chosen: ten times what browsers send.
const LONGEST_REQUEST: usize = 32 * 1024;

/// Builds what changed, if `builds`, and serves the page until the process is ended.
pub fn command(workspace: &Workspace, port: Option<u16>, builds: bool) -> Result<()> {
    if builds {
        wasm::build(workspace, &Tier::ALL)?;
    }
    // Only the rooms that show them need them.
    if let Err(error) = digits::make(workspace) {
        eprintln!("warning: the page is served without MNIST's digits: {error:#}");
    }
    if let Err(error) = vendor::make(workspace) {
        eprintln!("warning: the page is served without the libraries of its rooms: {error:#}");
    }
    let site = Site::of_workspace(workspace);
    let running = match port {
        Some(port) => Running::start(site, port)?,
        None => first_free(&site)?,
    };
    println!("\n  Latent Ink is at {}\n\n  (Ctrl-C ends it)", running.url());
    running.wait();
    Ok(())
}

fn first_free(site: &Site) -> Result<Running> {
    for port in PORT..PORT + PORTS_TRIED {
        match Running::start(site.clone(), port) {
            Ok(running) => return Ok(running),
            Err(_) => println!("port {port} is taken, trying the next"),
        }
    }
    bail!("ports {PORT} to {} are all taken; choose one with --port", PORT + PORTS_TRIED - 1)
}

/// Which folders the addresses mean: the first prefix that fits wins.
#[derive(Debug, Clone)]
pub struct Site {
    mounts: Vec<(String, PathBuf)>,
}

impl Site {
    /// The page as it lies in the checkout.
    pub fn of_workspace(workspace: &Workspace) -> Self {
        Self {
            mounts: vec![
                ("pkg/".to_owned(), workspace.path("pkg")),
                ("digits/".to_owned(), digits::folder(workspace)),
                ("vendor/".to_owned(), vendor::folder(workspace)),
                (String::new(), workspace.path("www")),
            ],
        }
    }

    /// The whole checkout, and the page at `page/`.
    pub fn of_checkout(workspace: &Workspace) -> Self {
        Self {
            mounts: vec![
                ("page/pkg/".to_owned(), workspace.path("pkg")),
                ("page/".to_owned(), workspace.path("www")),
                (String::new(), workspace.root().to_owned()),
            ],
        }
    }

    /// One folder at a path below the root, as on a static host.
    pub fn of_folder(prefix: &str, folder: PathBuf) -> Self {
        Self { mounts: vec![(prefix.to_owned(), folder)] }
    }

    /// The file that the path of `url` means, if there is one and it lies inside its folder.
    fn find(&self, url: &str) -> Option<PathBuf> {
        let path = percent_decode(url.split(['?', '#']).next()?.strip_prefix('/')?)?;
        let (prefix, folder) =
            self.mounts.iter().find(|(prefix, _)| path.starts_with(prefix.as_str()))?;
        let relative = Path::new(path.get(prefix.len()..)?);
        let is_plain = |part: Component<'_>| match part {
            Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
            _ => false,
        };
        if path.contains(['\\', '\0']) || !relative.components().all(is_plain) {
            return None;
        }
        let wanted = folder.join(relative);
        let wanted =
            if path.is_empty() || path.ends_with('/') { wanted.join("index.html") } else { wanted };
        // Links that lead out of the folder are not followed.
        let real = wanted.canonicalize().ok()?;
        (real.is_file() && real.starts_with(folder.canonicalize().ok()?)).then_some(real)
    }
}

/// A server at work, which ends when it is dropped.
pub struct Running {
    accepting: Option<thread::JoinHandle<()>>,
    is_ended: Arc<AtomicBool>,
    port: u16,
}

impl Running {
    /// Starts to serve `site` on 127.0.0.1; port 0 takes any free one.
    ///
    /// Each connection has a thread of its own: a browser keeps half a dozen open and idle, and a fixed number of
    /// threads would leave the next one waiting for them.
    pub fn start(site: Site, port: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
            anyhow!("port {port} cannot be used ({error}); choose another with --port")
        })?;
        let port = listener.local_addr().context("the server has no address")?.port();
        let (site, is_ended) = (Arc::new(site), Arc::new(AtomicBool::new(false)));
        let ended = Arc::clone(&is_ended);
        let accepting = thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::Relaxed) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let site = Arc::clone(&site);
                // The browser may go in the middle of anything; that is no error of ours.
                thread::spawn(move || drop(converse(&site, stream)));
            }
        });
        Ok(Self { accepting: Some(accepting), is_ended, port })
    }

    /// The address of the page.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Serves until the process ends.
    fn wait(mut self) {
        if let Some(accepting) = self.accepting.take() {
            // A thread that panicked has said so.
            let _ = accepting.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.is_ended.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for the next connection; if that fails there is none to wake.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

/// Answers the requests of one connection until either side closes it.
fn converse(site: &Site, mut stream: TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(IDLE))?;
    stream.set_nodelay(true)?;
    let mut received = Vec::new();
    loop {
        let mut fields = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut fields);
        let parsed = request.parse(&received);
        let Ok(httparse::Status::Complete(length)) = parsed else {
            let mut more = [0; 4096];
            let count = stream.read(&mut more)?;
            received.extend_from_slice(&more[..count]);
            if count == 0 || parsed.is_err() || received.len() > LONGEST_REQUEST {
                return Ok(());
            }
            continue;
        };
        let (method, url) = (request.method.unwrap_or_default(), request.path.unwrap_or_default());
        let field = |name: &str| {
            let field = request.headers.iter().find(|field| field.name.eq_ignore_ascii_case(name));
            field.and_then(|field| std::str::from_utf8(field.value).ok()).unwrap_or_default()
        };
        let is_last =
            field("Connection").eq_ignore_ascii_case("close") || request.version == Some(0);
        let reply = match method {
            "GET" | "HEAD" => answer(site, url, field("If-None-Match")),
            _ => Reply::text(405, "405: only GET and HEAD are served\n").with("Allow", "GET, HEAD"),
        };
        stream.write_all(&reply.bytes(method != "HEAD", is_last))?;
        // What came with a refused method would be read as the next request.
        if is_last || reply.status == 405 {
            return Ok(());
        }
        received.drain(..length);
    }
}

/// A response without what every response has.
struct Reply {
    status: u16,
    fields: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Reply {
    fn new(status: u16, name: &str, body: Vec<u8>) -> Self {
        Self { status, fields: Vec::new(), body }.with("Content-Type", mime_type(name))
    }

    fn text(status: u16, message: &str) -> Self {
        Self::new(status, "message.txt", message.into())
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    fn bytes(&self, has_body: bool, is_last: bool) -> Vec<u8> {
        let reason = match self.status {
            200 => "OK",
            304 => "Not Modified",
            404 => "Not Found",
            405 => "Method Not Allowed",
            _ => "Internal Server Error",
        };
        let mut head = format!("HTTP/1.1 {} {reason}\r\n", self.status);
        let common = SECURITY.iter().map(|&(name, value)| (name, value));
        let own = self.fields.iter().map(|(name, value)| (*name, value.as_str()));
        let rest = [
            ("Cache-Control", "no-cache"),
            ("Connection", if is_last { "close" } else { "keep-alive" }),
        ];
        for (name, value) in common.chain(own).chain(rest) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", self.body.len()));
        let mut bytes = head.into_bytes();
        if has_body {
            bytes.extend_from_slice(&self.body);
        }
        bytes
    }
}

fn answer(site: &Site, url: &str, known_tag: &str) -> Reply {
    let Some(path) = site.find(url) else {
        return Reply::text(404, "404: there is no such file\n");
    };
    let (Ok(bytes), Some(tag)) = (fs::read(&path), entity_tag(&path)) else {
        return Reply::text(500, "500: the file cannot be read\n");
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (status, body) = if known_tag == tag { (304, Vec::new()) } else { (200, bytes) };
    Reply::new(status, &name, body).with("ETag", tag)
}

/// Changes whenever the file is written.
fn entity_tag(path: &Path) -> Option<String> {
    let metadata = fs::metadata(path).ok()?;
    let written = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("\"{:x}-{:x}\"", metadata.len(), written.as_nanos()))
}

/// `%41` becomes `A`; `None` for what is no valid escape or no UTF-8.
fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server on a folder with one page and, beside the folder, a secret; both go when it is dropped.
    struct Fixture {
        running: Running,
        folder: PathBuf,
    }

    impl Drop for Fixture {
        fn drop(&mut self) {
            // A folder that stays behind in the system's temporary one does no harm.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }

    fn serving(name: &str) -> Result<Fixture> {
        let folder =
            std::env::temp_dir().join(format!("latent-ink-serve-{}-{name}", std::process::id()));
        fs::create_dir_all(folder.join("www/models"))?;
        fs::write(folder.join("secret.txt"), "secret")?;
        fs::write(folder.join("www/index.html"), "<p>page")?;
        fs::write(folder.join("www/models/a b.safetensors"), vec![7; 100_000])?;
        fs::write(folder.join("www/.hidden"), "secret")?;
        let running = Running::start(Site::of_folder("", folder.join("www")), 0)?;
        Ok(Fixture { running, folder })
    }

    fn ask(fixture: &Fixture, line: &str) -> Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, fixture.running.port))?;
        write!(stream, "{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply)?;
        Ok(String::from_utf8_lossy(&reply).into_owned())
    }

    #[test]
    fn the_page_comes_with_its_headers() -> Result<()> {
        let fixture = serving("page")?;
        let reply = ask(&fixture, "GET /?tier=scalar")?;
        assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
        assert!(reply.contains("Content-Type: text/html") && reply.ends_with("<p>page"), "{reply}");
        for (name, value) in SECURITY {
            assert!(
                reply.contains(&format!("{name}: {value}\r\n")),
                "{name} is missing in {reply}"
            );
        }
        Ok(())
    }

    #[test]
    fn head_tells_the_length_and_sends_nothing() -> Result<()> {
        let fixture = serving("head")?;
        let reply = ask(&fixture, "HEAD /models/a%20b.safetensors")?;
        assert!(reply.contains("Content-Length: 100000") && reply.ends_with("\r\n\r\n"), "{reply}");
        assert!(reply.contains("Content-Type: application/octet-stream"), "{reply}");
        Ok(())
    }

    #[test]
    fn an_unchanged_file_is_not_sent_again() -> Result<()> {
        let fixture = serving("again")?;
        let first = ask(&fixture, "GET /")?;
        let tag = first
            .lines()
            .find_map(|line| line.strip_prefix("ETag: "))
            .context("no ETag")?
            .to_owned();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, fixture.running.port))?;
        write!(
            stream,
            "GET / HTTP/1.1\r\nHost: x\r\nIf-None-Match: {tag}\r\nConnection: close\r\n\r\n"
        )?;
        let mut reply = String::new();
        stream.read_to_string(&mut reply)?;
        assert!(reply.starts_with("HTTP/1.1 304") && !reply.contains("<p>page"), "{reply}");
        Ok(())
    }

    #[test]
    fn nothing_outside_the_folder_is_served() -> Result<()> {
        let fixture = serving("outside")?;
        for path in [
            "/../secret.txt",
            "/%2e%2e/secret.txt",
            "/..%2fsecret.txt",
            "/models/../../secret.txt",
            "//etc/passwd",
            "/%2Fetc/passwd",
            "/.hidden",
            "/..%5csecret.txt",
            "/%zz",
            "/missing.js",
            "/models",
        ] {
            let reply = ask(&fixture, &format!("GET {path}"))?;
            assert!(reply.starts_with("HTTP/1.1 404"), "{path}: {reply}");
        }
        Ok(())
    }

    #[test]
    fn idle_connections_keep_nobody_waiting() -> Result<()> {
        let fixture = serving("idle")?;
        let mut idle = Vec::new();
        for _ in 0..12 {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, fixture.running.port))?;
            write!(stream, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")?;
            idle.push(stream);
        }
        assert!(ask(&fixture, "GET /")?.ends_with("<p>page"));
        // And a connection that was idle goes on.
        let stream = &mut idle[0];
        write!(stream, "GET /missing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
        let mut replies = String::new();
        stream.read_to_string(&mut replies)?;
        assert!(replies.contains("HTTP/1.1 200") && replies.contains("HTTP/1.1 404"), "{replies}");
        Ok(())
    }

    #[test]
    fn other_methods_are_refused() -> Result<()> {
        let fixture = serving("methods")?;
        assert!(ask(&fixture, "POST /")?.starts_with("HTTP/1.1 405"));
        Ok(())
    }

    #[test]
    fn a_taken_port_is_said_in_one_sentence() -> Result<()> {
        let fixture = serving("port")?;
        let second =
            Running::start(Site::of_folder("", std::env::temp_dir()), fixture.running.port);
        let message = second.err().context("the port was given twice")?.to_string();
        assert!(
            message.contains(&fixture.running.port.to_string()) && message.contains("--port"),
            "{message}"
        );
        Ok(())
    }
}
