//! C and C++: the sanitizers, valgrind, gdb, and what the C library and the compiler's runtime say last.

use super::{app, name, number, pattern, push, raised};
use regex::Regex;
use schema::trace::{Frame, Language, Raised, RaisedAs};
use std::sync::LazyLock;

/// What only such a program, or who watches it, says.
pub(super) static HEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)^(?:==\d{1,10}==\ ?ERROR:\ \w+Sanitizer:|WARNING:\ (?:Thread|Memory)Sanitizer:|SUMMARY:\ \w+Sanitizer:|==\d{1,10}==\ (?:Invalid\ (?:read|write|free)|Memcheck,|Process\ terminating)
        |.+:\d{1,9}(?::\d{1,9})?:\ runtime\ error:\ |terminate\ called\ (?:after\ throwing|without|recursively)
        |(?:\*{3}\ )?(?:free|malloc|realloc|munmap_chunk|calloc|corrupted|double\ free|malloc_consolidate)\b[^:]{0,40}:\ .{0,40}(?:detected|invalid|corrupt|corruption|unaligned|error)
        |double\ free\ or\ corruption|corrupted\ (?:size|double)|\*{3}\ (?:stack\ smashing|buffer\ overflow)\ detected|(?:Program|Thread\ .{1,80})\ (?:received|terminated\ with)\ signal\ SIG
        |.*:\ Assertion\ .+\ failed\.|Segmentation\ fault|\#\d{1,4}\s{1,8}0x[0-9a-f]{4,16}\ in\ )",
    )
});
/// A call: `#1 0x55 in shop::pack(int) /src/pack.cc:9:3`, `#1  pack (n=1) at pack.cc:9`, valgrind's `at 0x4: pack (pack.cc:9)`, and the C
/// library's `./shop(_Z4packi+0x12)[0x55]`.
pub(super) static FRAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:\s{0,16}#\d{1,4}\s{1,8}(\S.*)|==\d{1,10}==\s{1,8}(?:at|by) 0x[0-9A-Fa-f]+: (.+)|(/?[\w./+-]+)\(([\w@.]*)\+0x[0-9a-f]+\)\s?\[0x[0-9a-f]+\])$",
    )
});
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^0x[0-9a-fA-F]{1,16}\s{1,8}(?:in\s{1,8})?"));
/// What stands behind a sanitizer's file: the module, the build.
static MODULE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s{1,4}\(([^()\s]+?)\+0x[0-9a-f]+\)(?: \(BuildId: [0-9a-f]{1,80}\))?$"));
static PLACE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(.+?):(\d{1,9})(?::\d{1,9})?$"));
static SANITIZER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:==\d{1,10}==\s?ERROR|WARNING): (\w+Sanitizer): (.+)$"));
static RUNTIME: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(.+?):(\d{1,9})(?::\d{1,9})?: runtime error: (.+)$"));
static ASSERT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:.+: )?([\w./+-]+):(\d{1,9}): (.+): Assertion .(.+). failed\.$"));
static SIGNAL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:Program|Thread .{1,80}) (?:received|terminated with) signal (SIG[A-Z]{1,10}), (.+?)\.?$"));
static THROWN: LazyLock<Regex> = LazyLock::new(|| pattern(r"^terminate called after throwing an instance of '(.+)'$"));
static VALGRIND: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^==\d{1,10}== ((?:Invalid|Conditional jump|Use of uninit|Process terminating|Mismatched|Argument).*)$"));
/// Another place that a report tells of.
static NOTE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s{0,4}((?:(?:freed|previously allocated|allocated|Previous (?:atomic )?(?:read|write)|(?:Direct|Indirect) leak|Uninitialized value|Thread T\d+).*):|Thread \d{1,6} \(.*\):|(?:Read|Write|Atomic read|Atomic write) of size \d+ .*:)$",
    )
});

pub(super) fn parse(lines: &[&str]) -> Vec<Raised> {
    let mut all: Vec<Raised> = Vec::new();
    // A note's words, until its first frame; and what is left to say about the last thing.
    let mut note: Option<&str> = None;
    for line in lines {
        if let Some(found) = FRAME.captures(line) {
            let index_zero = line.trim_start().starts_with("#0 ");
            let fresh = all.last().is_none_or(|one| !one.frames.is_empty() && (note.is_some() || index_zero));
            if fresh {
                let relation = if note.is_some() { RaisedAs::Note } else { RaisedAs::Thread };
                all.push(raised(relation, "", note.unwrap_or_default().trim_end_matches(':')));
            }
            note = None;
            push(all.last_mut().expect("there is one"), frame(&found));
        } else if let Some(found) = SANITIZER.captures(line) {
            let (kind, said) = report(&found[1], &found[2]);
            all.push(raised(RaisedAs::Raised, kind, said));
        } else if let Some(found) = RUNTIME.captures(line) {
            let mut one = raised(RaisedAs::Raised, "runtime error", &found[3]);
            one.thread = None;
            place(&mut one, &found[1], number(found.get(2)), "");
            all.push(one);
        } else if let Some(found) = ASSERT.captures(line) {
            let mut one = raised(RaisedAs::Raised, "assertion failed", &found[4]);
            place(&mut one, &found[1], number(found.get(2)), &name::cpp(&found[3]));
            all.push(one);
        } else if let Some(found) = SIGNAL.captures(line) {
            all.push(raised(RaisedAs::Raised, &found[1], &found[2]));
        } else if let Some(found) = THROWN.captures(line) {
            all.push(raised(RaisedAs::Raised, &found[1], ""));
        } else if let Some(said) = line.trim().strip_prefix("what():") {
            if let Some(one) = all.last_mut().filter(|one| one.message.is_empty()) {
                one.message = said.trim().to_owned();
            }
        } else if let Some(found) = VALGRIND.captures(line) {
            all.push(raised(RaisedAs::Raised, "valgrind", &found[1]));
        } else if let Some(found) = NOTE.captures(line) {
            note = found.get(1).map(|said| said.as_str());
        } else if HEAD.is_match(line)
            && !line.starts_with("SUMMARY")
            && all.last().is_none_or(|one| !one.frames.is_empty())
            && all.is_empty()
        {
            all.push(raised(RaisedAs::Raised, "", line.trim()));
        }
    }
    finished(all)
}

/// A sanitizer's words, as its kind of error and the rest: `heap-use-after-free`, `on address …`.
fn report<'a>(sanitizer: &'a str, said: &'a str) -> (&'a str, &'a str) {
    let said = said.strip_prefix("attempting ").unwrap_or(said);
    match sanitizer {
        "LeakSanitizer" => ("memory leak", ""),
        "ThreadSanitizer" => (said.split(" (").next().unwrap_or(said), ""),
        _ => said.split_once(' ').unwrap_or((said, "")),
    }
}

/// Remembers where something was, for want of a stack: it is the first frame until a stack comes.
fn place(one: &mut Raised, file: &str, line: Option<u32>, function: &str) {
    one.frames.push(Frame { function: function.to_owned(), file: Some(file.to_owned()), line, ..Frame::default() });
}

/// The first is what ended it: a sanitizer's stop before what only ran on, an abort's reason before its signal.
fn finished(mut all: Vec<Raised>) -> Vec<Raised> {
    // A place that a stack follows was only its announcement.
    let mut at = 0;
    while at + 1 < all.len() {
        let announced = all[at].frames.len() == 1 && all[at].relation == RaisedAs::Raised && all[at].frames[0].module.is_none();
        if announced && all[at + 1].relation == RaisedAs::Thread && all[at + 1].kind.is_empty() {
            let next = all.remove(at + 1);
            all[at].frames = next.frames;
        }
        at += 1;
    }
    // A place told apart from the stack (leaks, races): the first of them is its stack.
    let mut at = 0;
    while at + 1 < all.len() {
        if all[at].frames.is_empty()
            && all[at].relation == RaisedAs::Raised
            && matches!(all[at + 1].relation, RaisedAs::Note | RaisedAs::Thread)
        {
            let next = all.remove(at + 1);
            all[at].frames = next.frames;
            if all[at].message.is_empty() && next.relation == RaisedAs::Note {
                all[at].message = next.message;
            }
        }
        at += 1;
    }
    for (at, one) in all.iter_mut().enumerate() {
        one.frames.iter_mut().for_each(|frame| app::mark(Language::Cpp, frame));
        one.relation = match (at, one.relation) {
            (0, _) => RaisedAs::Raised,
            (_, RaisedAs::Raised) => RaisedAs::Thread,
            (_, relation) => relation,
        };
    }
    all
}

fn frame(found: &regex::Captures<'_>) -> Frame {
    if let Some(function) = found.get(4) {
        let module = found.get(3).map(|module| module.as_str().to_owned());
        let function = if function.as_str().is_empty() { String::new() } else { name::cpp(function.as_str()) };
        return Frame { function, module, ..Frame::default() };
    }
    let text = found.get(1).or(found.get(2)).map_or("", |text| text.as_str()).trim_end();
    let start = ADDRESS.find(text).map_or(0, |found| found.end());
    let mut text = &text[start..];
    let mut frame = Frame::default();
    if let Some(found) = MODULE.captures(text) {
        frame.module = Some(found[1].to_owned());
        text = &text[..found.get(0).map_or(text.len(), |whole| whole.start())];
    }
    // gdb: `pack (n=1) at pack.cc:9`, `raise () from /lib/libc.so.6`; valgrind: `pack (pack.cc:9)`, `(in /lib/libc.so.6)`.
    if let Some((before, at)) = text.rsplit_once(") at ") {
        locate(&mut frame, at);
        text = before;
        frame.function = name::cpp(text.split(" (").next().unwrap_or(text));
    } else if let Some((before, from)) = text.rsplit_once(" from ").filter(|(before, _)| before.ends_with(')')) {
        frame.module = Some(from.to_owned());
        frame.function = name::cpp(before.trim_end_matches("()"));
    } else if let Some((before, within)) = text.rsplit_once(" (in ") {
        frame.module = Some(within.trim_end_matches(')').to_owned());
        frame.function = name::cpp(before);
    } else if let Some((before, at)) =
        text.rsplit_once(" (").filter(|(_, at)| at.ends_with(')') && PLACE.is_match(at.trim_end_matches(')')))
    {
        locate(&mut frame, at.trim_end_matches(')'));
        frame.function = name::cpp(before);
    } else {
        // A sanitizer: the function, a blank, the file. Both may have blanks; files mostly have none.
        let (function, file) = match text.rsplit_once(' ') {
            Some((function, file)) if PLACE.is_match(file) || file.contains('/') || file == "<null>" => (function, file),
            _ => (text, ""),
        };
        if !file.is_empty() && file != "<null>" {
            locate(&mut frame, file);
        }
        frame.function = name::cpp(function);
    }
    frame
}

fn locate(frame: &mut Frame, at: &str) {
    match PLACE.captures(at) {
        Some(found) => {
            frame.file = Some(found[1].to_owned());
            frame.line = number(found.get(2));
        }
        None => frame.file = Some(at.to_owned()),
    }
}
