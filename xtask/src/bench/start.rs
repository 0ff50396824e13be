//! From the start of the program to its first answers, on the filled database.

use crate::ground::Ground;
use crate::run::{self, Process};
use anyhow::{Context, Result, bail};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Medians in milliseconds.
pub struct Start {
    /// To the first 200 of `/readyz`.
    pub ready: f64,
    /// To the first whole page, the list of deltas.
    pub page: f64,
}

/// Starts and ends it five times.
///
/// # Errors
/// When it does not become ready.
pub fn measure(ground: &Ground) -> Result<Start> {
    let mut ready = Vec::new();
    let mut page = Vec::new();
    for _ in 0..5 {
        let address = format!("127.0.0.1:{}", run::free_port()?);
        let mut command = Command::new(&ground.binary);
        command.args(["serve", "--listen", &address]).env("DELTABOARD_DATABASE_URL", ground.url()).current_dir(ground.folder());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let began = Instant::now();
        let process = Process::new(command.spawn().context("starting the server")?, Duration::from_secs(12), "TERM");
        until(&address, "/readyz", began, &process)?;
        ready.push(began.elapsed().as_secs_f64() * 1_000.0);
        until(&address, "/deltas", began, &process)?;
        page.push(began.elapsed().as_secs_f64() * 1_000.0);
        process.stop();
    }
    Ok(Start { ready: median(ready), page: median(page) })
}

/// Asks until the answer is 200 and read to its end.
fn until(address: &str, path: &str, began: Instant, process: &Process) -> Result<()> {
    loop {
        if answered(address, path).unwrap_or(false) {
            return Ok(());
        }
        if began.elapsed() > Duration::from_secs(30) || process.exited()?.is_some() {
            bail!("{path} was never answered with 200");
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn answered(address: &str, path: &str) -> Result<bool> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer.starts_with(b"HTTP/1.1 200"))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
