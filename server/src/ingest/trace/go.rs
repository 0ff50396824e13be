//! Go: panics, fatal errors of the runtime, goroutines, and the race detector's reports.

use super::{app, number, pattern, push, raised};
use regex::Regex;
use schema::trace::{Frame, Language, Raised, RaisedAs};
use std::sync::LazyLock;

/// What only a Go program says.
pub(super) static HEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s{0,8}(?:panic: |goroutine \d{1,12} (?:gp=\S{1,40} m=\S{1,20}(?: mp=\S{1,40})? )?\[|\[signal SIG[A-Z]+|WARNING: DATA RACE)|^fatal error: .*$",
    )
});
/// Where a call is, in the line after it.
pub(super) static FRAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\s{1,16}(\S.*?\.(?:go|s|cgo1\.go|y)):(\d{1,9})(?: \+0x[0-9a-f]+)?(?: fp=\S+ sp=\S+ pc=\S+)?$"));
/// A call: `main.(*Server).handle(0xc000010000, {0x1, 0x2})`, `created by main.main in goroutine 1`.
static CALL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^\s{0,8}(created by )?([A-Za-z_][^\s()]*?(?:\.\(\*?[^\s()]+\)[^\s()]*)?)(?:\(.*\))?(?: in goroutine \d{1,12})?$")
});
static GOROUTINE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s{0,8}[Gg]oroutine (\d{1,12}) [^\[(]*[\[(]([^\])]+)[\])]"));
/// What the race detector tells of a goroutine.
static RACE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:Previous )?(?:[Rr]ead|[Ww]rite) at 0x[0-9a-f]+ by (?:main )?goroutine"));
/// What differs from build to build: the numbers of closures, the arguments of generics.
static NUMBERS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bfunc\d+(?:\.(?:func)?\d+)*|\.gowrap\d+|\[[^\[\]]*\]|-fm\b"));

pub(super) fn parse(lines: &[&str]) -> Vec<Raised> {
    let mut all: Vec<Raised> = Vec::new();
    let mut call: Option<String> = None;
    let mut message = false;
    for line in lines {
        let text = line.trim();
        if let Some(said) = text.strip_prefix("panic: ") {
            let nested = line.starts_with([' ', '\t']) && all.last().is_some_and(|one| one.frames.is_empty());
            let said = said.trim_end_matches(" [recovered, repanicked]").trim_end_matches(" [recovered]");
            let (kind, said) = match said.strip_prefix("runtime error: ") {
                Some(said) => ("runtime error", said),
                None => ("panic", said),
            };
            if nested {
                // Panicked again with what was recovered: the last word counts, and mostly it is the same.
                all.pop();
            }
            all.push(raised(RaisedAs::Raised, kind, said));
            message = true;
        } else if let Some(said) = line.strip_prefix("fatal error: ") {
            all.push(raised(RaisedAs::Raised, "fatal error", said));
            message = true;
        } else if text == "WARNING: DATA RACE" {
            all.push(raised(RaisedAs::Raised, "DATA RACE", ""));
        } else if text.starts_with("[signal ") || text.starts_with("exit status") || text == "==================" {
            message = false;
        } else if let Some(found) = GOROUTINE.captures(line) {
            message = false;
            call = None;
            if all.is_empty() {
                all.push(raised(RaisedAs::Raised, "", ""));
            } else if all.last().is_some_and(|one| !one.frames.is_empty()) {
                all.push(raised(RaisedAs::Thread, "", if line.starts_with('G') { text } else { "" }));
            }
            all.last_mut().expect("there is one").thread = Some(format!("goroutine {} [{}]", &found[1], &found[2]));
        } else if RACE.is_match(text) {
            if all.last().is_some_and(|one| !one.frames.is_empty()) {
                all.push(raised(RaisedAs::Note, "", text.trim_end_matches(':')));
            }
            call = None;
        } else if let Some(found) = FRAME.captures(line) {
            if all.is_empty() {
                all.push(raised(RaisedAs::Raised, "", ""));
            }
            let mut frame = Frame {
                function: call.take().unwrap_or_default(),
                file: Some(found[1].to_owned()),
                line: number(found.get(2)),
                ..Frame::default()
            };
            frame.module = package(&frame.function);
            app::mark(Language::Go, &mut frame);
            push(all.last_mut().expect("there is one"), frame);
            message = false;
        } else if message && !text.is_empty() {
            if let Some(one) = all.last_mut().filter(|one| one.message.len() < schema::trace::MESSAGE_MAX) {
                one.message.push('\n');
                one.message.push_str(text);
            }
        } else if let Some(found) = CALL.captures(line) {
            let name = NUMBERS.replace_all(&found[2], |found: &regex::Captures<'_>| if found[0].starts_with("func") { "func" } else { "" });
            call = Some(name.into_owned());
        } else if text.is_empty() {
            message = false;
        }
    }
    all.retain(|one| !one.frames.is_empty() || !one.kind.is_empty());
    for (at, one) in all.iter_mut().enumerate() {
        one.relation = match (at, one.relation) {
            (0, _) => RaisedAs::Raised,
            (_, RaisedAs::Raised) => RaisedAs::Thread,
            (_, relation) => relation,
        };
    }
    all
}

/// The package of a function: `github.com/x/y` of `github.com/x/y.(*T).F`.
fn package(function: &str) -> Option<String> {
    let slash = function.rfind('/').map_or(0, |at| at + 1);
    let dot = function[slash..].find('.')?;
    Some(function[..slash + dot].to_owned())
}
