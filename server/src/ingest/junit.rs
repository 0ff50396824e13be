//! JUnit XML: one event reader for all its dialects.
//!
//! Accepted: `<testsuites>` or `<testsuite>` as the root, suites nested in suites, cases in either. Names are compared without their
//! namespace prefix. A document type declaration is skipped unread: entities declared in it are unknown, external ones are never
//! opened, and using one is an error. Nothing recurses, and what is kept is never more than the input.

mod case;
mod xml;

use super::{Limits, ReadError, encoding, text};
use case::{Case, Mark};
use quick_xml::{Reader, events::Event};
use schema::ci::TestResult;
use std::borrow::Cow;

/// A whole report.
#[derive(Debug, Default)]
pub struct Report {
    /// One entry a `<testcase>`, in order; the same test may stand there more than once.
    pub tests: Vec<TestResult>,
    /// Errors and failures that a suite itself reports (its set-up broke, its process died); the test id is the suite's name.
    pub suite_errors: Vec<TestResult>,
}

/// The tests of a JUnit file, one entry a `<testcase>`.
///
/// A case with an `<error>` is errored, else with a `<failure>` failed, else with a `<skipped>` skipped, else passed; passed with a
/// `<flakyFailure>` or `<flakyError>` it is flaky. The test id is `classname.name`; without a class (or with node's constant `test`)
/// the names of the enclosing suites take its place: `suite > suite > name`.
///
/// # Errors
/// Input that is too large, not XML, broken off, nested too deep, or not JUnit: with its place.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<TestResult>, ReadError> {
    report(bytes, limits).map(|report| report.tests)
}

/// Like [`read`], with what the suites themselves report.
///
/// # Errors
/// As for [`read`].
pub fn report(bytes: &[u8], limits: &Limits) -> Result<Report, ReadError> {
    if bytes.len() > limits.bytes {
        return Err(ReadError::whole(format!("the input has more than {} bytes", limits.bytes)));
    }
    let text = encoding::decode(bytes)?;
    if text.trim().is_empty() {
        return Err(ReadError::whole("the input is empty"));
    }
    let mut xml = Reader::from_str(&text);
    xml.config_mut().expand_empty_elements = true;
    let mut walk = Walk { limits: *limits, ..Walk::default() };
    loop {
        let start = offset(xml.buffer_position());
        let event = match xml.read_event() {
            Ok(event) => event,
            Err(error) => return Err(ReadError::at(&text, offset(xml.error_position()), xml::message(&error))),
        };
        let step = match event {
            Event::Start(element) => xml::element(&element, limits.attributes).and_then(|element| walk.open(element, start)),
            Event::End(_) => {
                walk.close();
                Ok(())
            }
            Event::Text(piece) => walk.text(&String::from_utf8_lossy(&piece)),
            Event::CData(piece) => walk.text(&String::from_utf8_lossy(&piece)),
            Event::GeneralRef(entity) => xml::entity(&entity).and_then(|character| walk.text(character.encode_utf8(&mut [0; 4]))),
            Event::Eof => break,
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => Ok(()),
        };
        step.map_err(|what| ReadError::at(&text, start, what))?;
    }
    walk.finish(&text)
}

/// Where the reader stands, as an index; positions in memory always fit.
fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

/// What an open element means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `<testsuites>` as the root: a wrapper without a name of its own.
    Suites,
    /// A suite; its name is on `Walk::suites`.
    Suite,
    /// A case, which is `Walk::case`.
    Case,
    /// `<failure>` and its like in a case.
    Mark(Mark),
    /// `<failure>` or `<error>` in a suite.
    SuiteMark(Mark),
    /// An element inside a mark whose text belongs to the mark (`<stackTrace>`).
    Trace(Mark),
    /// Standard output or error of a case.
    Output,
    /// Anything else, and all in it.
    Other,
}

#[derive(Default)]
struct Walk {
    limits: Limits,
    /// The open elements, each with the offset of its tag.
    open: Vec<(Kind, usize)>,
    /// The open suites' names, each joined with those around it and cut already: a long name is paid for once, not in every case.
    suites: Vec<String>,
    case: Case,
    report: Report,
    ended: bool,
}

impl Walk {
    fn open(&mut self, element: xml::Element, start: usize) -> Result<(), String> {
        if self.ended {
            return Err(format!("a second root element, <{}>: one file is one report", element.name));
        }
        if self.open.len() >= self.limits.depth {
            return Err(format!("elements are nested deeper than {}", self.limits.depth));
        }
        let kind = self.kind(&element.name)?;
        match kind {
            Kind::Suite => self.suites.push(case::suite_path(self.suites.last(), element.get("name"))),
            Kind::Case => {
                if self.report.tests.len() >= self.limits.tests {
                    return Err(format!("more than {} tests", self.limits.tests));
                }
                self.case = Case::new(self.suites.last(), &element);
            }
            Kind::Mark(mark) => self.case.begin(mark, &element),
            Kind::SuiteMark(mark) => {
                if self.report.suite_errors.len() >= self.limits.tests {
                    return Err(format!("more than {} suite errors", self.limits.tests));
                }
                self.case = Case::of_suite(self.suites.last());
                self.case.begin(mark, &element);
            }
            Kind::Suites | Kind::Trace(_) | Kind::Output | Kind::Other => {}
        }
        self.open.push((kind, start));
        Ok(())
    }

    /// What an element of this name means where the walk stands.
    fn kind(&self, name: &str) -> Result<Kind, String> {
        let Some((parent, _)) = self.open.last() else {
            return match name {
                "testsuites" => Ok(Kind::Suites),
                "testsuite" => Ok(Kind::Suite),
                _ => Err(xml::not_junit(name)),
            };
        };
        Ok(match (*parent, name) {
            (Kind::Suites | Kind::Suite, "testsuite" | "testsuites") => Kind::Suite,
            (Kind::Suites | Kind::Suite, "testcase") => Kind::Case,
            (Kind::Suites | Kind::Suite, "error") => Kind::SuiteMark(Mark::Error),
            (Kind::Suites | Kind::Suite, "failure") => Kind::SuiteMark(Mark::Failure),
            (Kind::Case, "system-out" | "system-err") => Kind::Output,
            (Kind::Case, name) => Mark::of(name).map_or(Kind::Other, Kind::Mark),
            (Kind::Mark(_) | Kind::SuiteMark(_) | Kind::Trace(_), "system-out" | "system-err") => Kind::Other,
            (Kind::Mark(mark) | Kind::SuiteMark(mark) | Kind::Trace(mark), _) => Kind::Trace(mark),
            _ => Kind::Other,
        })
    }

    fn close(&mut self) {
        // The reader has matched the tags: there is an open element.
        let Some((kind, _)) = self.open.pop() else { return };
        match kind {
            Kind::Suite => drop(self.suites.pop()),
            Kind::Case => self.report.tests.push(std::mem::take(&mut self.case).finish()),
            Kind::Mark(mark) => self.case.end(mark),
            Kind::SuiteMark(mark) => {
                self.case.end(mark);
                self.report.suite_errors.push(std::mem::take(&mut self.case).finish());
            }
            Kind::Suites | Kind::Trace(_) | Kind::Output | Kind::Other => {}
        }
        self.ended = self.open.is_empty();
    }

    fn text(&mut self, piece: &str) -> Result<(), String> {
        match self.open.last() {
            Some((Kind::Mark(mark) | Kind::SuiteMark(mark) | Kind::Trace(mark), _)) => self.case.text(*mark, piece),
            Some((Kind::Output, _)) => self.case.output(piece),
            Some(_) => {}
            None if piece.trim().is_empty() => {}
            None if self.ended => return Err("text after the end of the report".to_owned()),
            None => return Err("text before the first element: this is not XML".to_owned()),
        }
        Ok(())
    }

    fn finish(self, text: &str) -> Result<Report, ReadError> {
        if let Some((_, start)) = self.open.last() {
            let (line, _) = text::line_column(text, *start);
            let name: Cow<'_, str> =
                text[*start..].chars().skip(1).take(100).take_while(|c| !c.is_whitespace() && !"/>".contains(*c)).collect();
            return Err(ReadError::at(text, text.len(), format!("the file is broken off inside <{name}>, which begins on line {line}")));
        }
        if !self.ended {
            return Err(ReadError::at(text, text.len(), "no element at all: this is not JUnit XML"));
        }
        Ok(self.report)
    }
}
