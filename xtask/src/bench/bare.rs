//! The bare routes, running beside the server on the same kind of database.

use crate::ground::Ground;
use crate::run::{self, Process};
use anyhow::{Context, Result, bail};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The running program; dropping it ends it.
pub struct Bare {
    /// Where it listens.
    pub address: String,
    process: Process,
}

impl Bare {
    /// Its process id, to measure it.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }
}

/// Starts it on a database of its own beside the ground's, on the same disk or in the same cluster.
///
/// # Errors
/// When it does not listen within 10 s.
pub fn start(program: &Path, ground: &Ground) -> Result<Bare> {
    let url = match &ground.cluster {
        Some(cluster) => {
            cluster.create_database("bare")?;
            cluster.url_for("bare")
        }
        None => format!("sqlite:{}", ground.folder().join("bare.db").display()),
    };
    let address = format!("127.0.0.1:{}", run::free_port()?);
    let mut command = Command::new(program);
    command.args([&url, &address]).stdin(Stdio::null()).process_group(0);
    let child = command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
    let process = Process::new(child, Duration::from_secs(2), "TERM");
    let began = Instant::now();
    while TcpStream::connect(&address).is_err() {
        if began.elapsed() > Duration::from_secs(10) || process.exited()?.is_some() {
            bail!("the bare routes do not listen");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(Bare { address, process })
}
