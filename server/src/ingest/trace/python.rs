//! Python: chained exceptions, groups, notes, threads, and what `faulthandler` writes.

use super::{app, number, pattern, push, raised};
use regex::Regex;
use schema::trace::{Frame, Language, Raised, RaisedAs};
use std::sync::LazyLock;

/// What only a Python program says.
pub(super) static HEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[\s|+-]*(?:Exception Group )?Traceback \(most recent call last\):|^Fatal Python error: |^(?:Current thread|Thread) 0x[0-9a-f]+ .*\(most recent call first\):",
    )
});
/// A call: `  File "app.py", line 8, in rate`; `faulthandler` leaves the comma out, and a syntax error has no function.
pub(super) static FRAME: LazyLock<Regex> = LazyLock::new(|| pattern(r#"^[\s|]*File "([^"]+)", line (\d{1,9})(?:,? in (.+))?$"#));
/// The bar in front of a group's lines, and the line before each of its members.
static BAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*(?:\+ (?:\s{0,2})|\|(?: |$))"));
static MEMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*\+(?:-\+)?-{8,40} (\d{1,6}|\.\.\.) -{8,40}$"));
static THREAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?:Exception in thread (.+?)(?: \(most likely.{0,60})?:|(Current thread|Thread) (0x[0-9a-f]+).*\(most recent call first\):)")
});
/// `KeyError: 'x'`, `shop.errors.RateError`; a word of another form only right after a stack.
static RAISED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([A-Za-z_][\w.]*|[\w.]+<locals>[\w.<>]+)(?:: (.*))?:?$"));

/// Lines of notes and of longer messages that are kept.
const MESSAGE_LINES: usize = 12;

#[derive(Default)]
struct Reader {
    /// What is finished, first the outermost.
    done: Vec<Raised>,
    /// The chain that is being read, in the order of the text: each came from the one before it.
    chain: Vec<Raised>,
    /// How the next one stands to the one before it in the text.
    how: Option<RaisedAs>,
    /// How the chain's last one will stand to what is finished.
    level: Option<RaisedAs>,
    /// The stack being read, the outermost call first.
    frames: Vec<Frame>,
    thread: Option<String>,
    /// Inside a stack.
    stack: bool,
    /// Lines that may still be added to the last message.
    more: usize,
    /// `faulthandler`: innermost call first.
    fault: bool,
}

pub(super) fn parse(lines: &[&str]) -> Vec<Raised> {
    let mut reader = Reader::default();
    for line in lines {
        reader.line(line);
    }
    reader.end_chain();
    let mut done = reader.done;
    for one in &mut done {
        one.frames.iter_mut().for_each(|frame| app::mark(Language::Python, frame));
    }
    if let Some(first) = done.first_mut() {
        first.relation = RaisedAs::Raised;
    }
    done
}

impl Reader {
    fn line(&mut self, line: &str) {
        if MEMBER.is_match(line) {
            self.end_chain();
            self.level = Some(RaisedAs::Member);
            return;
        }
        let bare = BAR.find(line).map_or(line, |bar| &line[bar.end()..]);
        let text = bare.trim();
        if let Some(found) = FRAME.captures(bare) {
            let file = found[1].to_owned();
            let function = found.get(3).map(|name| name.as_str().trim().to_owned()).unwrap_or_default();
            if !self.stack && self.frames.is_empty() && self.more > 0 {
                self.more = 0;
            }
            self.stack = true;
            // A long stack is cut in its middle: its outermost calls and its innermost are kept by turns.
            if self.frames.len() < 4 * schema::trace::FRAMES_MAX {
                self.frames.push(Frame { module: module(&file), file: Some(file), function, line: number(found.get(2)), in_app: false });
            }
        } else if text.ends_with("Traceback (most recent call last):") {
            self.end_stack("", "");
            self.stack = true;
            self.more = 0;
        } else if let Some(found) = THREAD.captures(bare) {
            self.thread(&found);
        } else if let Some(said) = bare.strip_prefix("Fatal Python error: ") {
            self.chain.push(raised(RaisedAs::Raised, "Fatal Python error", said));
            self.fault = true;
        } else if text.starts_with("The above exception was the direct cause of the following exception") {
            self.how = Some(RaisedAs::Cause);
            self.more = 0;
        } else if text.starts_with("During handling of the above exception, another exception occurred") {
            self.how = Some(RaisedAs::Context);
            self.more = 0;
        } else if self.stack && !bare.starts_with([' ', '\t']) && !text.is_empty() && !text.starts_with('[') {
            match RAISED.captures(text) {
                Some(found) => self.end_stack(&found[1], found.get(2).map_or("", |said| said.as_str())),
                None => self.end_stack("", text),
            }
            self.more = MESSAGE_LINES;
        } else if text.is_empty() {
            self.more = 0;
            if self.fault {
                self.end_stack("", "");
            }
        } else if self.more > 0 && !self.stack {
            self.more -= 1;
            if let Some(last) = self.chain.last_mut() {
                last.message.push('\n');
                last.message.push_str(text);
            }
        }
    }

    /// `Exception in thread x:` before a stack, or a thread of `faulthandler`.
    fn thread(&mut self, found: &regex::Captures<'_>) {
        self.end_stack("", "");
        match (found.get(1), found.get(3)) {
            (Some(name), _) => self.thread = Some(name.as_str().to_owned()),
            (None, Some(address)) => {
                self.fault = true;
                self.stack = true;
                let current = &found[2] == "Current thread";
                self.thread = Some(if current { "current".to_owned() } else { address.as_str().to_owned() });
                if self.chain.is_empty() {
                    self.chain.push(raised(RaisedAs::Raised, "Fatal Python error", ""));
                }
            }
            _ => {}
        }
    }

    /// The stack is at its end: what was raised is known.
    fn end_stack(&mut self, kind: &str, message: &str) {
        let mut frames = std::mem::take(&mut self.frames);
        self.stack = false;
        let thread = self.thread.take();
        if self.fault {
            if frames.is_empty() {
                self.thread = thread;
                return;
            }
            let first = self.chain.iter_mut().find(|one| one.frames.is_empty());
            let first = first.filter(|_| thread.as_deref() == Some("current"));
            match first {
                Some(one) => frames.into_iter().for_each(|frame| push(one, frame)),
                None => {
                    let mut one = raised(RaisedAs::Thread, "", "");
                    one.thread = thread;
                    frames.into_iter().for_each(|frame| push(&mut one, frame));
                    self.chain.push(one);
                }
            }
            return;
        }
        if frames.is_empty() && kind.is_empty() && message.is_empty() {
            self.thread = thread;
            return;
        }
        // A chain goes on only where a sentence says so.
        let how = self.how.take();
        if how.is_none() && !self.chain.is_empty() {
            let level = self.level;
            self.end_chain();
            self.level = level.or(Some(RaisedAs::Thread));
        }
        if let (Some(how), Some(before)) = (how, self.chain.last_mut()) {
            before.relation = how;
        }
        let mut one = raised(RaisedAs::Raised, kind, message);
        one.thread = thread;
        frames.reverse();
        frames.into_iter().for_each(|frame| push(&mut one, frame));
        self.chain.push(one);
    }

    /// The chain is at its end: its last exception is what ended it.
    fn end_chain(&mut self) {
        if !self.frames.is_empty() {
            self.end_stack("", "");
        }
        let level = self.level.take().unwrap_or(if self.done.is_empty() { RaisedAs::Raised } else { RaisedAs::Thread });
        let mut chain = std::mem::take(&mut self.chain);
        if self.fault {
            self.done.append(&mut chain);
        } else if let Some(mut last) = chain.pop() {
            last.relation = level;
            self.done.push(last);
            self.done.extend(chain.into_iter().rev());
        }
        self.more = 0;
    }
}

/// The module of a file, as its program would import it: `requests.api`, `app`; none for what is no file.
fn module(file: &str) -> Option<String> {
    let path = file.replace('\\', "/");
    let path = path.strip_suffix(".py")?;
    let path = path.strip_suffix("/__init__").unwrap_or(path);
    let after = ["site-packages/", "dist-packages/"].iter().find_map(|folder| path.rsplit_once(folder).map(|(_, rest)| rest));
    let inside = after.or_else(|| path.rsplit_once("/lib/python").and_then(|(_, rest)| rest.split_once('/').map(|(_, rest)| rest)));
    let name = inside.unwrap_or_else(|| path.rsplit('/').next().unwrap_or(path));
    (!name.is_empty()).then(|| name.replace('/', "."))
}
