//! JavaScript: V8 (node, Chromium), and Gecko and Safari, whose frames read `function@file:line:column`.

use super::{app, number, pattern, push, raised};
use regex::Regex;
use schema::trace::{Frame, Language, Raised, RaisedAs};
use std::sync::LazyLock;

/// What only a JavaScript engine says.
pub(super) static HEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^Node\.js v\d|^\s{0,8}Uncaught (?:\(in promise\) )?\S|\(node:internal/|^node:internal/|Use `node --trace-uncaught")
});
/// A call of V8: `at async get (/srv/a.js:3:43)`, `at file:///srv/a.mjs:1:2`, `at JSON.parse (<anonymous>)`; of the others: `get@https://x/a.js:1:2`.
pub(super) static FRAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)^\s{0,80}(?:
          at\ (?: (?P<function>\S.*?)\ \((?P<within>[^()]*|.*\([^()]*\)[^()]*)\) | (?P<bare>(?:async\ )?\S+:\d{1,9}:\d{1,9}) | (?P<unknown>[\w$.<>\ ]+\ \(index\ \d{1,9}) )
        | (?P<gecko>[^@\s]*(?:\ code)?)@(?P<from>(?:https?|file|resource|chrome|webpack|app|moz-extension|safari-web-extension|capacitor|blob|/|\[native|debugger|self-hosted)\S*(?:\ code\])?)
        )(?:\s{0,4}[{,\[].{0,40})?$",
    )
});
static PLACE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(.+?):(\d{1,9})(?::\d{1,9})?$"));
/// What was raised: `TypeError: no`, `[AggregateError: two] {`, `Uncaught Error: no`, `[cause]: Error: no`.
static RAISED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(\s{0,80})(\[cause\]: |Caused by: )?(?:Uncaught (?:\(in promise\) )?)?(\[?)((?:[A-Za-z_$][\w$]*\.){0,6}[A-Za-z_$][\w$]*)(?: \[[\w$]+\])?(?:: (.*?))?(\]?)(?: \{)?$",
    )
});
static MEMBERS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s{0,80}\[errors\]: \["));
/// The line in front of uncaught errors: `/srv/a.js:10`.
static SOURCE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^((?:/|file:|[A-Z]:\\)\S+\.[cm]?[jt]sx?):(\d{1,9})$"));
/// Ends of the names of errors.
const ENDS: [&str; 5] = ["Error", "Exception", "Warning", "Rejection", "Failure"];
/// Lines of a message that are kept.
const MESSAGE_LINES: usize = 12;

pub(super) fn parse(lines: &[&str]) -> Vec<Raised> {
    let mut all: Vec<Raised> = Vec::new();
    let mut message = 0;
    // Members of an aggregate come at this indentation.
    let mut members: Option<usize> = None;
    let mut source: Option<Frame> = None;
    // The last line with words, for what is thrown without being an error.
    let mut before = "";
    for (at, line) in lines.iter().enumerate() {
        if let Some(found) = FRAME.captures(line).filter(|found| is_frame(found, line)) {
            if all.is_empty() {
                all.push(raised(RaisedAs::Raised, "", before));
            }
            message = 0;
            push(all.last_mut().expect("there is one"), frame(&found));
        } else if let Some(found) = RAISED.captures(line).filter(|found| is_raised(found, message, lines, at)) {
            let indent = found[1].len();
            let cause = found.get(2).is_some();
            let relation = match members {
                _ if all.is_empty() => RaisedAs::Raised,
                _ if cause => RaisedAs::Cause,
                Some(_) => RaisedAs::Member,
                None => RaisedAs::Thread,
            };
            if relation == RaisedAs::Thread && indent > 0 && all.last().is_some_and(|one| one.frames.is_empty()) {
                continue;
            }
            all.push(raised(relation, &found[4], found.get(5).map_or("", |said| said.as_str())));
            message = if found[3].is_empty() { MESSAGE_LINES } else { 0 };
        } else if MEMBERS.is_match(line) {
            members = Some(line.len() - line.trim_start().len());
            message = 0;
        } else if let Some(found) = SOURCE.captures(line) {
            source.get_or_insert(Frame { file: Some(found[1].to_owned()), line: number(found.get(2)), ..Frame::default() });
        } else if message > 0 {
            message -= 1;
            if let Some(one) = all.last_mut().filter(|one| one.frames.is_empty()) {
                one.message.push('\n');
                one.message.push_str(line);
            }
        } else {
            let text = line.trim();
            if !text.is_empty()
                && text.chars().any(char::is_alphanumeric)
                && !text.starts_with("(Use `node")
                && !text.starts_with("Node.js v")
            {
                before = text;
            }
        }
    }
    finished(all, source, before)
}

/// `at` begins many a sentence: its frame names a file, a place within the engine, or stands indented.
fn is_frame(found: &regex::Captures<'_>, line: &str) -> bool {
    let within = found.name("within").map_or("", |within| within.as_str());
    found.name("within").is_none()
        || PLACE.is_match(within)
        || within.starts_with('<')
        || within.starts_with("eval at ")
        || within.starts_with("index ")
        || within == "native" && line.starts_with(' ')
}

/// An error's name ends like one, or it is said by the engine's own words, or a frame follows at once.
fn is_raised(found: &regex::Captures<'_>, message: usize, lines: &[&str], at: usize) -> bool {
    let kind = &found[4];
    let telling = ENDS.iter().any(|end| kind.ends_with(end));
    let named = found.get(2).is_some() || lines[at].trim_start().starts_with("Uncaught ");
    let follows = || {
        kind.starts_with(|c: char| c.is_ascii_uppercase())
            && found.get(5).is_some()
            && lines.get(at + 1).is_some_and(|next| FRAME.is_match(next))
    };
    named || (telling && (message == 0 || !found[1].is_empty() || found.get(5).is_some())) || follows()
}

fn frame(found: &regex::Captures<'_>) -> Frame {
    let text = |name: &str| found.name(name).map(|text| text.as_str());
    let mut frame = Frame::default();
    let place = text("within").or(text("bare").map(|bare| bare.trim_start_matches("async "))).or(text("from")).unwrap_or_default();
    // Of code made by `eval` the place that made it counts.
    let place = match place.strip_prefix("eval at ") {
        Some(rest) => rest.rsplit_once('(').map_or(place, |(_, inner)| inner.split(')').next().unwrap_or(inner)),
        None => place,
    };
    match PLACE.captures(place) {
        Some(found) => {
            frame.file = Some(found[1].to_owned());
            frame.line = number(found.get(2));
        }
        None if place.starts_with("index ") => {}
        None => frame.file = (!place.is_empty()).then(|| place.to_owned()),
    }
    frame.function = function(text("function").or(text("gecko")).or(text("unknown")).unwrap_or_default());
    app::mark(Language::JavaScript, &mut frame);
    frame
}

/// A function without what V8 puts around it: `async`, `new`, `[as alias]`, `Object.<anonymous>`; Gecko's inner functions.
fn function(name: &str) -> String {
    let name = name.strip_prefix("async ").or_else(|| name.strip_prefix("async*")).unwrap_or(name);
    let name = name.split(" [as ").next().unwrap_or(name).split(" (index").next().unwrap_or(name);
    let name = name.trim_end_matches("/<").trim_end_matches('<').trim_end_matches('/');
    match name {
        "Object.<anonymous>" | "<anonymous>" | "anonymous" | "global code" | "module code" | "eval code" | "eval" => {
            "<anonymous>".to_owned()
        }
        name => name.strip_suffix(".<anonymous>").map_or_else(|| name.to_owned(), |of| format!("{of}.<anonymous>")),
    }
}

/// Without words that only looked like errors; what was thrown without being one has its line, at least.
fn finished(mut all: Vec<Raised>, source: Option<Frame>, before: &str) -> Vec<Raised> {
    if all.iter().any(|one| !one.frames.is_empty()) {
        all.retain(|one| one.relation != RaisedAs::Thread || !one.frames.is_empty());
        let told = |one: &Raised| !one.frames.is_empty() || one.kind.starts_with("Aggregate");
        let first = all.iter().position(told).unwrap_or(0);
        // A line that named an error before the one with the stack was a log's own.
        if all[..first].iter().all(|one| one.frames.is_empty()) && all[first].relation == RaisedAs::Thread {
            all.drain(..first);
        }
    } else if let Some(mut frame) = source {
        app::mark(Language::JavaScript, &mut frame);
        if all.is_empty() {
            all.push(raised(RaisedAs::Raised, "", before));
        }
        all[0].frames.push(frame);
    }
    for one in &mut all {
        one.message = one.message.trim_end().to_owned();
    }
    if let Some(first) = all.first_mut() {
        first.relation = RaisedAs::Raised;
    }
    all
}
