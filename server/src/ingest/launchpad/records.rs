//! The input cut into records, one at a time.

use super::{BadRecord, Bug, parse};
use flate2::bufread::MultiGzDecoder;
use serde_json::Value;
use std::{
    collections::VecDeque,
    fmt,
    io::{BufRead, BufReader, Read},
};

/// How much of an input is taken.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The unpacked size of the whole input in bytes; what comes after it is reported as one bad record.
    pub bytes: u64,
    /// The size of one line, or of the whole document if the input is no JSON lines, in bytes.
    pub record: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { bytes: 4 * 1024 * 1024 * 1024, record: 64 * 1024 * 1024 }
    }
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// On this line, from 1.
    Line(usize),
    /// An entry of a collection or list, from 1, in the record that begins on this line.
    Entry {
        /// The line on which the record begins.
        line: usize,
        /// The entry's number.
        entry: usize,
    },
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Position::Line(line) => write!(f, "line {line}"),
            Position::Entry { line: 1, entry } => write!(f, "entry {entry}"),
            Position::Entry { line, entry } => write!(f, "line {line}, entry {entry}"),
        }
    }
}

/// Reads bugs from JSON lines or one JSON document, packed with gzip or not; one record is held in memory at a time.
pub fn read(bytes: &[u8], limits: Limits) -> Bugs<'_> {
    let source: Box<dyn BufRead + '_> =
        if bytes.starts_with(&[0x1f, 0x8b]) { Box::new(BufReader::new(MultiGzDecoder::new(bytes))) } else { Box::new(bytes) };
    // One byte more than allowed tells "exactly full" from "too large".
    Bugs {
        source: source.take(limits.bytes.saturating_add(1)),
        limits,
        line: 0,
        ready: VecDeque::new(),
        ended: false,
        position: Position::Line(1),
    }
}

/// The bugs of an input, in order; see [`read`].
pub struct Bugs<'a> {
    source: std::io::Take<Box<dyn BufRead + 'a>>,
    limits: Limits,
    /// How many lines were read.
    line: usize,
    ready: VecDeque<(Position, Result<Bug, BadRecord>)>,
    ended: bool,
    position: Position,
}

impl Iterator for Bugs<'_> {
    type Item = Result<Bug, BadRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() && !self.ended {
            self.step();
        }
        let (position, read) = self.ready.pop_front()?;
        self.position = position;
        Some(read)
    }
}

impl Bugs<'_> {
    /// Where the record that was given last stands.
    pub fn position(&self) -> Position {
        self.position
    }

    fn bad(&mut self, line: usize, reason: impl Into<String>) {
        let position = Position::Line(line);
        self.ready.push_back((position, Err(BadRecord { position, reason: reason.into() })));
    }

    /// Reads one line, or the whole rest where the first line is the beginning of a larger document.
    fn step(&mut self) {
        let Some(mut line) = self.next_line() else { return };
        let start = self.line;
        if line.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        if start == 1 && line.starts_with(b"\xef\xbb\xbf") {
            line.drain(..3);
        }
        match serde_json::from_slice::<Value>(&line) {
            Ok(value) => self.take(start, value),
            Err(error) if error.is_eof() && is_opening(&line) => self.document(start, line),
            Err(error) => self.bad(start, format!("not JSON: {error}")),
        }
    }

    fn document(&mut self, start: usize, mut document: Vec<u8>) {
        while let Some(line) = self.next_line() {
            document.extend(line);
            if document.len() > self.limits.record {
                self.ended = true;
                return self.bad(start, format!("the document has more than {} bytes; send JSON lines", self.limits.record));
            }
        }
        match serde_json::from_slice::<Value>(&document) {
            Ok(value) => self.take(start, value),
            Err(error) => {
                let at = start + error.line().saturating_sub(1);
                self.bad(at, format!("not JSON: {error}"));
            }
        }
    }

    fn take(&mut self, line: usize, value: Value) {
        let values = match value {
            Value::Array(values) => values.into_iter().enumerate().map(|(index, value)| (Some(index + 1), value)).collect(),
            value => vec![(None, value)],
        };
        for (outer, value) in values {
            for (inner, read) in parse::record(value) {
                let position = outer.or(inner).map_or(Position::Line(line), |entry| Position::Entry { line, entry });
                self.ready.push_back((position, read.map_err(|reason| BadRecord { position, reason })));
            }
        }
    }

    /// The next line with its end; `None` at the end, at damage and past the limit, which are reported.
    fn next_line(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        let most = self.limits.record;
        let bound = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        let result = (&mut self.source).take(bound).read_until(b'\n', &mut line);
        self.line += 1;
        let at = self.line;
        let reason = match result {
            Ok(0) => None,
            Ok(_) if self.source.limit() == 0 => Some(format!("the input has more than {} bytes; the rest is not read", self.limits.bytes)),
            Ok(_) if line.len() > most => Some(format!("the line has more than {most} bytes; the rest is not read")),
            Ok(_) => return Some(line),
            Err(error) => Some(format!("cannot be read on: {error}")),
        };
        self.ended = true;
        if let Some(reason) = reason {
            self.bad(at, reason);
        }
        None
    }
}

/// Whether a line that is not complete JSON opens a document of several lines: `{`, `[`, or a first field written out.
fn is_opening(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    matches!(line, b"{" | b"[") || line.ends_with(b",") || line.ends_with(b"{") || line.ends_with(b"[")
}
