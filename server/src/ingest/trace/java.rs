//! Java and its relatives: causes, suppressed exceptions, frames left out because the one before has them too.

use super::{app, name, number, pattern, push, raised};
use regex::Regex;
use schema::trace::{Frame, Language, Raised, RaisedAs};
use std::sync::LazyLock;

/// What only a program of Java's machine says.
pub(super) static HEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"^\s{0,40}(?:Exception in thread "[^"]*" |(?:Caused by|Suppressed|Wrapped by): (?:[\w$]+\.){1,20}[\w$]+|\.\.\. \d{1,5} (?:more|common frames omitted)$)"#,
    )
});
/// A call: `at java.base/java.util.List.of(List.java:7) ~[?:?]`.
pub(super) static FRAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s{0,80}at (?:[\w.@+-]*/{1,2}){0,3}((?:[\w$\-]+\.){1,40})([\w$<>\-]+)\(((?:[\w$\-]+\.(?:java|kt|kts|scala|groovy|clj|aj))(?::(-?\d{1,9}))?|Native Method|Unknown Source|<generated>|SourceFile(?::\d{1,9})?|[\w.$\-]*)\)",
    )
});
/// What was raised: `Caused by: java.io.IOException: no`; alone in its line only with a package or a telling end.
static RAISED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"^(\s{0,80})(?:Exception in thread "([^"]*)" |(Caused by|Suppressed|Wrapped by): |\[CIRCULAR REFERENCE: ?)?((?:[\w$]+\.){0,20}[A-Za-z_$][\w$]*)(?:(?:: (.*))|:)?$"#,
    )
});
static MORE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s{0,80}\.\.\. (\d{1,5}) (?:more|common frames omitted)"));
/// Ends of the names of exceptions.
const ENDS: [&str; 6] = ["Exception", "Error", "Throwable", "Failure", "Fault", "Exit"];
/// Lines of a message that are kept.
const MESSAGE_LINES: usize = 12;

/// An exception, how far it is indented, and where it is among those read.
struct Open {
    indent: usize,
    at: usize,
}

pub(super) fn parse(lines: &[&str]) -> Vec<Raised> {
    let mut all: Vec<Raised> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut enclosing: Vec<Option<usize>> = Vec::new();
    // A message of several lines goes on until its first frame.
    let mut message = 0;
    // The last line that could have been the one before a stack.
    let mut before: Option<&str> = None;
    for line in lines {
        if let Some(found) = FRAME.captures(line) {
            if all.is_empty() {
                all.push(raised(RaisedAs::Raised, "", before.unwrap_or_default()));
                enclosing.push(None);
                open.push(Open { indent: 0, at: 0 });
            }
            message = 0;
            push(all.last_mut().expect("there is one"), frame(&found));
            continue;
        }
        if let Some(found) = MORE.captures(line) {
            let left = found[1].parse::<usize>().unwrap_or(0);
            if let Some(from) = enclosing.last().copied().flatten() {
                let frames = all[from].frames.clone();
                let skip = frames.len().saturating_sub(left);
                let one = all.last_mut().expect("there is one");
                frames.into_iter().skip(skip).for_each(|frame| push(one, frame));
            }
            message = 0;
            continue;
        }
        let found = RAISED.captures(line).filter(|found| {
            let named = found.get(2).is_some() || found.get(3).is_some();
            let kind = &found[4];
            let last = kind.rsplit('.').next().unwrap_or(kind);
            let telling =
                ENDS.iter().any(|end| last.ends_with(end)) || (kind.contains('.') && last.starts_with(|c: char| c.is_ascii_uppercase()));
            named || (telling && message == 0) || (telling && kind.contains('.'))
        });
        if let Some(found) = found {
            let indent = found[1].len();
            let relation = match found.get(3).map(|word| word.as_str()) {
                Some("Caused by") => RaisedAs::Cause,
                Some("Suppressed") => RaisedAs::Suppressed,
                Some(_) => RaisedAs::Context,
                None if all.is_empty() => RaisedAs::Raised,
                // The same stack is announced once more, or another one follows.
                None => RaisedAs::Thread,
            };
            if relation == RaisedAs::Thread && all.last().is_some_and(|last| last.frames.is_empty()) {
                // Two lines in a row name exceptions: the nearer one has the stack.
                all.pop();
                enclosing.pop();
                open.retain(|open| open.at < all.len());
            }
            let from = match relation {
                RaisedAs::Cause | RaisedAs::Context => open.iter().rev().find(|open| open.indent <= indent),
                RaisedAs::Suppressed => open.iter().rev().find(|open| open.indent < indent).or(open.last()),
                _ => None,
            };
            let from = from.map(|open| open.at);
            let mut one = raised(
                if all.is_empty() { RaisedAs::Raised } else { relation },
                &name::java(&found[4]),
                found.get(5).map_or("", |said| said.as_str()),
            );
            one.thread = found.get(2).map(|thread| thread.as_str().to_owned());
            open.retain(|open| open.indent < indent || relation != RaisedAs::Cause);
            open.push(Open { indent, at: all.len() });
            enclosing.push(from);
            all.push(one);
            message = MESSAGE_LINES;
        } else if message > 0 && !line.trim().is_empty() && !line.trim_start().starts_with("- locked") {
            message -= 1;
            if let Some(last) = all.last_mut().filter(|last| last.frames.is_empty()) {
                last.message.push('\n');
                last.message.push_str(line.trim());
            }
        } else if !line.trim().is_empty() {
            before = Some(line.trim());
        }
    }
    finished(all)
}

/// Without what only looked like an exception: a first or later one that has neither frames nor a word of how it stands.
fn finished(mut all: Vec<Raised>) -> Vec<Raised> {
    let with_stack = all.iter().any(|one| !one.frames.is_empty());
    if with_stack {
        let first = all.iter().position(|one| !one.frames.is_empty()).unwrap_or(0);
        // What came before the first stack was the log's own words, unless the stack is its cause.
        if all[first].relation == RaisedAs::Thread {
            all.drain(..first);
        }
        all.retain(|one| one.relation != RaisedAs::Thread || !one.frames.is_empty());
    }
    if let Some(first) = all.first_mut() {
        first.relation = RaisedAs::Raised;
    }
    all
}

fn frame(found: &regex::Captures<'_>) -> Frame {
    let module = name::java(found[1].trim_end_matches('.')).into_owned();
    let method = name::java(&found[2]).into_owned();
    let place = found[3].split(':').next().unwrap_or_default();
    let file = place.contains('.').then(|| place.to_owned());
    let mut frame = Frame { function: method, module: Some(module), file, line: number(found.get(4)), in_app: false };
    app::mark(Language::Java, &mut frame);
    frame
}
