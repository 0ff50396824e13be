//! How far an import has come: a bar on a terminal, a line now and then elsewhere.

use std::{
    fs::File,
    io::{IsTerminal, Read, stderr},
    path::{Path, PathBuf},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    act::import::Report,
    error::{Error, Result},
};

/// Records between two lines where there is no terminal.
const EVERY: usize = 10_000;

/// The bar of one import. It goes by the bytes that were read, which are known beforehand.
pub struct Progress {
    bar: ProgressBar,
    terminal: bool,
    started: tokio::time::Instant,
    read: usize,
}

impl Progress {
    /// A bar for these files.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn new(files: &[PathBuf]) -> Result<Self> {
        let mut bytes = 0;
        for path in files {
            bytes += std::fs::metadata(path).map_err(|error| Error::start(format!("{}: {error}", path.display())))?.len();
        }
        let terminal = stderr().is_terminal();
        let bar = if terminal { ProgressBar::new(bytes) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}  {eta} left") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(250));
        Ok(Self { bar, terminal, started: tokio::time::Instant::now(), read: 0 })
    }

    /// Opens a file whose bytes move the bar on.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(&self, path: &Path) -> Result<impl Read + use<>> {
        let file = File::open(path).map_err(|error| Error::start(format!("{}: {error}", path.display())))?;
        Ok(self.bar.wrap_read(file))
    }

    /// Counts a record that was read.
    pub fn step(&mut self, report: &Report) {
        self.read += 1;
        if self.read.is_multiple_of(100) && self.terminal {
            self.bar.set_message(self.line(report));
        }
        if self.read.is_multiple_of(EVERY) && !self.terminal {
            eprintln!("{}", self.line(report));
        }
    }

    fn line(&self, report: &Report) -> String {
        let rate = self.read as f64 / self.started.elapsed().as_secs_f64().max(0.001);
        format!(
            "{} read, {} added, {} changed, {} refused, {rate:.0} a second",
            self.read, report.added, report.changed, report.refused_records
        )
    }

    /// Takes the bar away; how many records were read.
    pub fn end(self) -> usize {
        self.bar.finish_and_clear();
        self.read
    }
}
