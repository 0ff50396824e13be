//! Running other programs: cargo without this run's own variables, steps whose output is read while it is shown, free ports.

use crate::stop::{self, Stop};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A cargo command in the workspace root. Variables that the outer `cargo run` set for xtask are removed: some build scripts watch them and would run again.
pub fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(crate::paths::root()).args(args);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command with its output shown.
///
/// # Errors
/// When it cannot be started or does not exit with 0.
pub fn show(command: &mut Command) -> Result<()> {
    let status = stream(command, |_| {})?;
    if status.success() { Ok(()) } else { bail!("{} ended with {status}", name(command)) }
}

/// Runs a command, shows its output and hands each line of its standard output to `line`. Ctrl-C ends it with everything it started.
///
/// # Errors
/// When it cannot be started or waited for.
pub fn stream(command: &mut Command, mut line: impl FnMut(&str)) -> Result<ExitStatus> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot start {}", name(command)))?;
    let output = child.stdout.take().context("no standard output")?;
    let process = Process::new(child, Duration::from_secs(5), "TERM");
    let mut reader = BufReader::new(output);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes)? > 0 {
        // A closed pipe after us (`| head`) must not stop the step.
        let _ = std::io::stdout().write_all(&bytes);
        line(String::from_utf8_lossy(&bytes).trim_end());
        bytes.clear();
    }
    process.wait()
}

/// The standard output of a short command, trimmed.
///
/// # Errors
/// When it cannot be started or fails; the message holds its standard error.
pub fn output(command: &mut Command) -> Result<String> {
    let done = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {}", name(command)))?;
    if !done.status.success() {
        bail!("{} ended with {}: {}", name(command), done.status, String::from_utf8_lossy(&done.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned())
}

/// The program's name for messages.
fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

/// A TCP port of 127.0.0.1 that was free a moment ago.
///
/// # Errors
/// When the system gives none.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0)).context("no free port on 127.0.0.1")?.local_addr()?.port())
}

/// Random letters and digits from the system, two per byte; for throw-away names and passwords.
///
/// # Errors
/// When the system's source cannot be read.
pub fn random(bytes: usize) -> Result<String> {
    let mut buffer = vec![0; bytes];
    std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut buffer)).context("reading /dev/urandom")?;
    Ok(buffer.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A child that leads its own process group, stopped by its id when dropped or on Ctrl-C.
pub struct Process(Arc<Held>);

struct Held {
    pid: u32,
    child: Mutex<Child>,
    patience: Duration,
    signal: &'static str,
}

impl Process {
    /// Takes over a child started with `process_group(0)`. Stopping sends `signal` to its group and, after `patience`, SIGKILL.
    pub fn new(child: Child, patience: Duration, signal: &'static str) -> Self {
        let held = Arc::new(Held { pid: child.id(), child: Mutex::new(child), patience, signal });
        stop::remember(&held);
        Self(held)
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.0.pid
    }

    /// Waits for its own end. Does not return when the end came with Ctrl-C.
    ///
    /// # Errors
    /// When the system refuses to wait.
    pub fn wait(&self) -> Result<ExitStatus> {
        // Polled, not blocked on: the lock must be free for the signal thread.
        loop {
            if let Some(status) = self.exited()? {
                stop::hold();
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Its exit status, if it has ended.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn exited(&self) -> Result<Option<ExitStatus>> {
        Ok(self.0.child.lock().unwrap_or_else(PoisonError::into_inner).try_wait()?)
    }

    /// Ends it now with SIGKILL.
    pub fn kill(&self) {
        self.0.end("KILL", Duration::from_secs(5));
    }

    /// Ends it as it likes to be ended: its signal, then SIGKILL.
    pub fn stop(&self) {
        self.0.stop();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.stop();
    }
}

impl Held {
    /// Signals the group while the leader is not yet reaped (so the id cannot belong to another), then waits; true when it is gone.
    fn end(&self, signal: &str, patience: Duration) -> bool {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(child.try_wait(), Ok(Some(_))) {
            return true;
        }
        // The shell's own kill: the program `kill` is missing on small systems.
        let _ = Command::new("sh").args(["-c", "kill -s \"$0\" -- \"-$1\"", signal, &self.pid.to_string()]).stderr(Stdio::null()).status();
        let began = Instant::now();
        while began.elapsed() < patience {
            if matches!(child.try_wait(), Ok(Some(_))) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }
}

impl Stop for Held {
    fn stop(&self) {
        if !self.end(self.signal, self.patience) {
            self.end("KILL", Duration::from_secs(5));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn lines_of_a_step_are_read_and_its_status_kept() -> Result<()> {
        let mut lines = Vec::new();
        let status = stream(&mut shell("echo one; printf two; exit 3"), |line| lines.push(line.to_owned()))?;
        assert_eq!((lines.join(","), status.code()), ("one,two".to_owned(), Some(3)));
        Ok(())
    }

    #[test]
    fn what_does_not_listen_is_killed_with_all_it_started() -> Result<()> {
        let mut child = shell("trap '' TERM; sleep 600 & wait; sleep 600").process_group(0).stdout(Stdio::piped()).spawn()?;
        let mut pipe = child.stdout.take().context("no pipe")?;
        let process = Process::new(child, Duration::from_millis(200), "TERM");
        assert!(process.exited()?.is_none());
        process.stop();
        assert!(process.exited()?.is_some_and(|status| !status.success()));
        // Ends only when nobody holds the other side any more.
        assert_eq!(pipe.read_to_end(&mut Vec::new())?, 0);
        Ok(())
    }
}
