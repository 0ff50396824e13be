//! A really started server, for journeys, benches and crash tests.

use crate::run::{self, Process};
use crate::stop::Folder;
use anyhow::{Context, Result, bail};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to its first ready answer.
const READY: Duration = Duration::from_secs(30);
/// The server drains requests and ends streams within 10 s; then it is killed.
const DRAIN: Duration = Duration::from_secs(12);

/// A running server on 127.0.0.1. Dropping it ends it (SIGTERM, then SIGKILL) and shows its log when the thread is panicking.
pub struct Server {
    /// Where it listens, as `127.0.0.1:49152`.
    pub address: String,
    process: Process,
    log: PathBuf,
    _folder: Folder,
}

impl Server {
    /// Starts `binary serve <args> --listen 127.0.0.1:<free port>` with these variables and waits until `/readyz` answers 200. The working folder is a new
    /// temporary one, so default files do not touch the workspace.
    ///
    /// # Errors
    /// When it cannot be started, ends early or is not ready in 30 s; its log is printed first.
    pub fn start(binary: &Path, args: &[&str], env: &[(&str, &str)]) -> Result<Self> {
        let folder = Folder::new("deltaboard-server-")?;
        let log = folder.path().join("server.log");
        let file = std::fs::File::create(&log)?;
        let address = format!("127.0.0.1:{}", run::free_port()?);
        let child = Command::new(binary)
            .arg("serve")
            .args(args)
            .args(["--listen", &address])
            .envs(env.iter().copied())
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        let server = Self { address, process: Process::new(child, DRAIN, "TERM"), log, _folder: folder };
        if let Err(error) = server.ready() {
            eprintln!("--- log of {}\n{}---", binary.display(), server.log());
            return Err(error);
        }
        Ok(server)
    }

    /// Waits until `/readyz` answers 200.
    ///
    /// # Errors
    /// When the server ends, or is not ready within 30 s.
    pub fn ready(&self) -> Result<()> {
        let began = Instant::now();
        while began.elapsed() < READY {
            if let Some(status) = self.process.exited()? {
                bail!("the server ended with {status} before it was ready");
            }
            if status(&self.address, "/readyz").is_ok_and(|status| status == 200) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("the server was not ready after {} s", READY.as_secs())
    }

    /// `http://127.0.0.1:49152`, without a closing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its process id, to measure it.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// What it has printed so far.
    pub fn log(&self) -> String {
        std::fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Ends it with SIGKILL, as a power cut would.
    pub fn kill(&self) {
        self.process.kill();
    }

    /// Ends it with SIGTERM and waits.
    pub fn stop(&self) {
        self.process.stop();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- log of the server at {}\n{}---", self.address, self.log());
        }
    }
}

/// The status of one GET over plain HTTP.
fn status(address: &str, path: &str) -> Result<u16> {
    let timeout = Duration::from_secs(2);
    let mut stream = TcpStream::connect_timeout(&address.parse::<SocketAddr>()?, timeout)?;
    stream.set_read_timeout(Some(timeout))?;
    // In one piece: who answers may close once it has read the first.
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())?;
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    Ok(std::str::from_utf8(&head[9..])?.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn a_server_that_ends_early_is_an_error() -> Result<()> {
        let error = Server::start(Path::new("false"), &[], &[]).err().context("it started")?;
        assert!(error.to_string().contains("before it was ready"), "{error}");
        Ok(())
    }

    #[test]
    fn the_status_of_an_answer_is_read() -> Result<()> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?.to_string();
        let peer = std::thread::spawn(move || -> Result<()> {
            let (mut stream, _) = listener.accept()?;
            let mut request = [0; 1024];
            let _ = stream.read(&mut request)?;
            Ok(stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")?)
        });
        assert_eq!(status(&address, "/readyz")?, 503);
        assert!(peer.join().is_ok_and(|done| done.is_ok()));
        Ok(())
    }
}
