//! The input cut into records, one at a time.

use super::{
    Item, Reads, Site, Tracker,
    elements::{Elements, Step},
    table::{self, End, Row},
};
use crate::ingest::encoding;
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
    /// The size of one line, row or element of a list, or of the whole document if the input is none of these, in bytes.
    pub record: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { bytes: 16 * 1024 * 1024 * 1024, record: 64 * 1024 * 1024 }
    }
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// On this line, from 1.
    Line(usize),
    /// In this column (in characters, from 1) of this line.
    Column(usize, usize),
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
            Position::Column(line, column) => write!(f, "line {line}, column {column}"),
            Position::Entry { line: 1, entry } => write!(f, "entry {entry}"),
            Position::Entry { line, entry } => write!(f, "line {line}, entry {entry}"),
        }
    }
}

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{position}: {reason}")]
pub struct BadRecord {
    /// Where it stands in the input.
    pub position: Position,
    /// What is wrong with it.
    pub reason: String,
}

/// Reads a tracker's records from an input, packed with gzip or not; one record is held in memory at a time.
pub fn read<'a>(tracker: Tracker, site: Site, input: impl Read + 'a, limits: Limits) -> Records<'a> {
    let mut input = BufReader::with_capacity(64 * 1024, input);
    // An input that cannot be read says so again when its first record is asked for.
    let packed = input.fill_buf().is_ok_and(|start| start.starts_with(&[0x1f, 0x8b]));
    let source: Box<dyn BufRead + 'a> = match packed {
        true => Box::new(BufReader::with_capacity(64 * 1024, MultiGzDecoder::new(input))),
        false => Box::new(input),
    };
    // One byte more than allowed tells "exactly full" from "too large".
    let source = source.take(limits.bytes.saturating_add(1));
    Records { tracker, site, source, limits, line: 0, shape: Shape::Unknown, ready: VecDeque::new(), position: Position::Line(1) }
}

/// What the input is made of.
enum Shape {
    Unknown,
    Lines,
    /// A list; how many of its elements were read.
    List(usize),
    Table(Vec<String>),
    Ended,
}

/// The items of an input, in order; see [`read`].
pub struct Records<'a> {
    tracker: Tracker,
    site: Site,
    source: std::io::Take<Box<dyn BufRead + 'a>>,
    limits: Limits,
    /// How many lines were read.
    line: usize,
    shape: Shape,
    ready: VecDeque<(Position, Result<Item, BadRecord>)>,
    position: Position,
}

impl Iterator for Records<'_> {
    type Item = Result<Item, BadRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() {
            match self.shape {
                Shape::Unknown => self.shape = self.begin(),
                Shape::Lines => self.step(),
                Shape::List(_) => self.element(),
                Shape::Table(_) => self.row(),
                Shape::Ended => break,
            }
        }
        let (position, read) = self.ready.pop_front()?;
        self.position = position;
        Some(read)
    }
}

impl Records<'_> {
    /// Where the record that was given last stands.
    pub fn position(&self) -> Position {
        self.position
    }

    fn bad(&mut self, position: Position, reason: impl Into<String>) {
        self.ready.push_back((position, Err(BadRecord { position, reason: reason.into() })));
    }

    fn end(&mut self, reason: impl Into<String>) {
        self.shape = Shape::Ended;
        self.bad(Position::Line(self.line.max(1)), reason);
    }

    /// What the input is made of, by its first byte that is no blank; a byte order mark is passed over.
    fn begin(&mut self) -> Shape {
        let mut marked = false;
        loop {
            let start = match self.source.fill_buf() {
                Ok([]) => return Shape::Ended,
                Ok(start) => start,
                Err(error) => {
                    let reason = format!("cannot be read: {error}");
                    self.end(reason);
                    return Shape::Ended;
                }
            };
            if !marked && start.starts_with(b"\xef\xbb\xbf") {
                self.source.consume(3);
                marked = true;
                continue;
            }
            match start[0] {
                byte if byte.is_ascii_whitespace() => {
                    self.line += usize::from(byte == b'\n');
                    self.source.consume(1);
                }
                b'{' => return Shape::Lines,
                b'[' => {
                    self.source.consume(1);
                    self.line += 1;
                    return Shape::List(0);
                }
                b'<' => {
                    self.markup();
                    return Shape::Ended;
                }
                _ => return self.heading(),
            }
        }
    }

    /// Reads one line, or the whole rest where the line is the beginning of a larger document.
    fn step(&mut self) {
        let Some(line) = self.next_line() else { return };
        let start = self.line;
        if line.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        match serde_json::from_slice::<Value>(&line) {
            Ok(value) => self.take(start, value),
            Err(error) if error.is_eof() && is_opening(&line) => self.document(start, line),
            Err(error) => self.bad(Position::Line(start), format!("not JSON: {error}")),
        }
    }

    fn document(&mut self, start: usize, mut document: Vec<u8>) {
        while let Some(line) = self.next_line() {
            document.extend(line);
            if document.len() > self.limits.record {
                return self.end(format!("the document has more than {} bytes; send a list or JSON lines", self.limits.record));
            }
        }
        match serde_json::from_slice::<Value>(&document) {
            Ok(value) => self.take(start, value),
            Err(error) => {
                let at = start + error.line().saturating_sub(1);
                self.bad(Position::Line(at), format!("not JSON: {error}"));
            }
        }
    }

    fn take(&mut self, line: usize, value: Value) {
        let values = match value {
            Value::Array(values) => values.into_iter().enumerate().map(|(index, value)| (Some(index + 1), value)).collect(),
            value => vec![(None, value)],
        };
        for (outer, value) in values {
            self.give(line, outer, value);
        }
    }

    fn give(&mut self, line: usize, outer: Option<usize>, value: Value) {
        for (inner, read) in self.tracker.json(&self.site, value) {
            let position = outer.or(inner).map_or(Position::Line(line), |entry| Position::Entry { line, entry });
            self.ready.push_back((position, read.map_err(|reason| BadRecord { position, reason })));
        }
    }

    /// Reads one element of a list.
    fn element(&mut self) {
        let mut elements = Elements::default();
        loop {
            let bytes = match self.source.fill_buf() {
                Ok([]) => return self.end("the list does not end"),
                Ok(bytes) => bytes,
                Err(error) => {
                    let reason = format!("cannot be read on: {error}");
                    return self.end(reason);
                }
            };
            let (mut used, mut step) = (0, Step::More);
            for &byte in bytes {
                used += 1;
                self.line += usize::from(byte == b'\n');
                step = elements.take(byte);
                if step != Step::More || elements.bytes.len() > self.limits.record {
                    break;
                }
            }
            self.source.consume(used);
            if self.source.limit() == 0 {
                return self.end(format!("the input has more than {} bytes; the rest is not read", self.limits.bytes));
            }
            if elements.bytes.len() > self.limits.record {
                return self.end(format!("an entry has more than {} bytes; the rest is not read", self.limits.record));
            }
            if step == Step::More {
                continue;
            }
            let number = if let Shape::List(count) = &mut self.shape {
                *count += 1;
                *count
            } else {
                1
            };
            if step == Step::End {
                self.shape = Shape::Unknown;
            }
            let bytes = elements.bytes.trim_ascii();
            if bytes.is_empty() && step == Step::End {
                return;
            }
            return match serde_json::from_slice::<Value>(bytes) {
                Ok(value) => self.give(1, Some(number), value),
                Err(error) => self.bad(Position::Entry { line: 1, entry: number }, format!("not JSON: {error}")),
            };
        }
    }

    fn heading(&mut self) -> Shape {
        self.line += 1;
        let mut cells = Vec::new();
        let most = self.limits.record;
        let reason = match table::row(&mut self.source, most, &mut self.line, &mut cells) {
            Ok(End::Row) => {
                let heads: Vec<String> = table::texts(&cells).iter().map(|head| head.trim().to_owned()).collect();
                match self.tracker.heading(&Row { heads: &heads, cells: &[] }) {
                    Ok(()) => return Shape::Table(heads),
                    Err(reason) => reason.to_owned(),
                }
            }
            Ok(End::Input) => return Shape::Ended,
            Ok(End::Bad(reason)) => reason,
            Err(error) => format!("cannot be read on: {error}"),
        };
        self.line = 1;
        self.end(reason);
        Shape::Ended
    }

    fn row(&mut self) {
        let Shape::Table(heads) = &self.shape else { return };
        let start = self.line;
        let mut cells = Vec::new();
        match table::row(&mut self.source, self.limits.record, &mut self.line, &mut cells) {
            Ok(End::Row) => {
                let cells = table::texts(&cells);
                if cells.iter().all(|cell| cell.trim().is_empty()) {
                    return;
                }
                let position = Position::Line(start);
                let read = self.tracker.row(&self.site, &Row { heads, cells: &cells });
                self.ready.push_back((position, read.map_err(|reason| BadRecord { position, reason })));
            }
            Ok(End::Input) => self.shape = Shape::Ended,
            Ok(End::Bad(reason)) => {
                self.line = start;
                self.end(reason);
            }
            Err(error) => {
                let reason = format!("cannot be read on: {error}");
                self.end(reason);
            }
        }
        if self.source.limit() == 0 {
            self.end(format!("the input has more than {} bytes; the rest is not read", self.limits.bytes));
        }
    }

    /// Reads an XML document: the records before an error stay good.
    fn markup(&mut self) {
        let most = self.limits.record;
        let mut bytes = Vec::new();
        let bound = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        if let Err(error) = (&mut self.source).take(bound).read_to_end(&mut bytes) {
            let reason = format!("cannot be read on: {error}");
            return self.end(reason);
        }
        if bytes.len() > most {
            return self.end(format!("the document has more than {most} bytes"));
        }
        let text = match encoding::decode(&bytes) {
            Ok(text) => text,
            Err(error) => return self.bad(Position::Column(error.line, error.column), error.what),
        };
        let (found, error) = self.tracker.xml(&self.site, &text);
        for (entry, read) in found {
            let position = entry.map_or(Position::Line(1), |entry| Position::Entry { line: 1, entry });
            self.ready.push_back((position, read.map_err(|reason| BadRecord { position, reason })));
        }
        if let Some(error) = error {
            self.bad(Position::Column(error.line, error.column), error.what);
        }
    }

    /// The next line with its end; `None` at the end, at damage and past the limit, which are reported.
    fn next_line(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        let most = self.limits.record;
        let bound = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        let result = (&mut self.source).take(bound).read_until(b'\n', &mut line);
        self.line += 1;
        let reason = match result {
            Ok(0) => None,
            Ok(_) if self.source.limit() == 0 => Some(format!("the input has more than {} bytes; the rest is not read", self.limits.bytes)),
            Ok(_) if line.len() > most => Some(format!("the line has more than {most} bytes; the rest is not read")),
            Ok(_) => return Some(line),
            Err(error) => Some(format!("cannot be read on: {error}")),
        };
        self.shape = Shape::Ended;
        if let Some(reason) = reason {
            self.end(reason);
        }
        None
    }
}

/// Whether a line that is not complete JSON opens a document of several lines: `{`, `[`, or a first field written out.
fn is_opening(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    matches!(line, b"{" | b"[") || line.ends_with(b",") || line.ends_with(b"{") || line.ends_with(b"[")
}
