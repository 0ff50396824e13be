//! Rust: panics with and without a backtrace, short or full, and the reports of `anyhow`.

use super::{app, name, number, pattern, push, raised};
use regex::Regex;
use schema::trace::{Frame, Language, Raised, RaisedAs};
use std::sync::LazyLock;

/// What only a Rust program says.
pub(super) static HEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*thread '.*' (?:\(\d+\) )?(?:panicked at|has overflowed its stack)|^fatal runtime error: |^note: .{0,60}`?RUST_BACKTRACE=|/rustc/[0-9a-f]{40}/library/",
    )
});
/// A call: `  4: ledger::main`, `  4:  0x5562421ad2ca - ledger::main`.
static FRAME: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s{0,8}\d{1,4}:\s{1,8}(?:0x[0-9a-fA-F]{1,16}\s{1,8}-\s)?\s{0,8}([^\s\d].*)$"));
/// A call that no numbered list has: with a path or an address.
pub(super) static MARK: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s{0,8}\d{1,4}:\s{1,8}(?:0x[0-9a-fA-F]{1,16}\s{1,8}-\s|\S*::)"));
/// Where the call before it is.
static AT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s{4,60}at (.+?):(\d{1,9})(?::\d{1,9})?$"));
static PANIC: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*thread '(.*)' (?:\(\d+\) )?panicked at (.+)$"));
static PLACE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(.+?):(\d{1,9}):\d{1,9}:?$"));
/// The form before 1.73: `'message', src/main.rs:5:10`.
static OLD: LazyLock<Regex> = LazyLock::new(|| pattern(r"^'(.*)', (.+?):(\d{1,9}):\d{1,9}$"));
static OVERFLOW: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*thread '(.*)' (?:\(\d+\) )?has overflowed its stack"));

/// Lines of a message that are kept.
const MESSAGE_LINES: usize = 12;

pub(super) fn parse(lines: &[&str]) -> Vec<Raised> {
    let mut all: Vec<(Raised, Option<Frame>)> = Vec::new();
    // How many more lines belong to the message; none once the stack has begun.
    let mut message = 0;
    let mut stack = false;
    for line in lines {
        if let Some(found) = PANIC.captures(line) {
            let (mut one, place) = panic(&found[2]);
            one.thread = Some(found[1].to_owned());
            message = if one.message.is_empty() { MESSAGE_LINES } else { 0 };
            stack = false;
            all.push((one, place));
        } else if let Some(found) = OVERFLOW.captures(line) {
            let mut one = raised(RaisedAs::Raised, "stack overflow", "");
            one.thread = Some(found[1].to_owned());
            (message, stack) = (0, false);
            all.push((one, None));
        } else if matches!(line.trim(), "stack backtrace:" | "Stack backtrace:") {
            (message, stack) = (0, true);
            if all.is_empty() {
                all.push((raised(RaisedAs::Raised, "error", &before(lines)), None));
            }
        } else if line.starts_with("note: ") || line.starts_with("fatal runtime error") {
            (message, stack) = (0, false);
            if all.is_empty() && line.starts_with("fatal") {
                all.push((raised(RaisedAs::Raised, "fatal runtime error", line.trim_start_matches("fatal runtime error:")), None));
            }
        } else if message > 0 {
            message -= 1;
            let (one, _) = all.last_mut().expect("a message has its panic");
            if !one.message.is_empty() {
                one.message.push('\n');
            }
            one.message.push_str(line.trim_end());
        } else if let Some(found) = AT.captures(line) {
            if let Some(frame) = all.last_mut().and_then(|(one, _)| one.frames.last_mut()).filter(|frame| frame.file.is_none()) {
                frame.file = Some(found[1].to_owned());
                frame.line = number(found.get(2));
            }
        } else if let Some(found) = FRAME.captures(line)
            && (stack || all.is_empty())
        {
            stack = true;
            if all.is_empty() {
                all.push((raised(RaisedAs::Raised, "", ""), None));
            }
            let frame = Frame { function: name::rust(&found[1]), ..Frame::default() };
            push(&mut all.last_mut().expect("there is one").0, frame);
        }
    }
    all.into_iter().enumerate().map(|(at, (one, place))| finished(at, one, place)).collect()
}

/// A panic and where it was, from what follows "panicked at".
fn panic(text: &str) -> (Raised, Option<Frame>) {
    let place = |file: &str, line| Some(Frame { file: Some(file.to_owned()), line, ..Frame::default() });
    if let Some(found) = OLD.captures(text) {
        return (raised(RaisedAs::Raised, "panic", &found[1]), place(&found[2], number(found.get(3))));
    }
    match PLACE.captures(text) {
        Some(found) => (raised(RaisedAs::Raised, "panic", ""), place(&found[1], number(found.get(2)))),
        None => (raised(RaisedAs::Raised, "panic", text), None),
    }
}

/// Its frames told apart, and where it was as a frame, where there is no stack. Whatever panics after the first does so because of it.
fn finished(at: usize, mut one: Raised, place: Option<Frame>) -> Raised {
    one.relation = if at == 0 { RaisedAs::Raised } else { RaisedAs::Thread };
    one.message = one.message.trim().to_owned();
    if one.frames.is_empty() {
        one.frames.extend(place);
    }
    one.frames.iter_mut().for_each(|frame| app::mark(Language::Rust, frame));
    one
}

/// The first line that says something before the stack: `Error: no such file`.
fn before(lines: &[&str]) -> String {
    let line = lines.iter().take_while(|line| line.trim() != "Stack backtrace:").find(|line| !line.trim().is_empty());
    line.map(|line| line.trim().trim_start_matches("Error: ").to_owned()).unwrap_or_default()
}
