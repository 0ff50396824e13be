//! Which crashes are the same: the same kind of error in the same place of the program.
//!
//! What is raised and where is told by its type and the innermost frames of the program's own code; messages vary with data, so they count
//! only where the type says nothing (a panic, a signal, a report of the C library) and where there is no frame.

use super::{
    super::{fingerprint::normalise, text::hex},
    pattern,
};
use regex::Regex;
use schema::trace::{Frame, Language, Raised, RaisedAs, Trace};
use sha2::{Digest, Sha256};
use std::{borrow::Cow, sync::LazyLock};

/// The rules' version, written before every fingerprint. What was filed under older rules stays so: a change of these rules is a new
/// version beside this one, and a new crash is looked for under each.
pub const VERSION: &str = "v1";

/// Frames that count.
const FRAMES: usize = 3;

/// Types that say no more than that it crashed.
const WEAK: [&str; 12] = [
    "",
    "panic",
    "error",
    "runtime error",
    "fatal error",
    "fatal runtime error",
    "Fatal Python error",
    "valgrind",
    "assertion failed",
    "SIGABRT",
    "SIGSEGV",
    "0x00000000 / 0x00000000",
];
/// Values in a message: quoted, or after the words that lead to one.
static QUOTED: LazyLock<Regex> = LazyLock::new(|| pattern(r#""[^"]*"|'[^']*'|`[^`]*`|“[^”]*”|\{.*\}|\[[^\]]*\]"#));
/// What the standard libraries put in front of a value of the program.
static VALUE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?s)( on an `Err` value| on a `None` value|`left == right` failed|`left != right` failed)\b.*"));
/// Hashes that bundlers put into the names of files, and what follows a name in an address.
static BUNDLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"[.-](?:[0-9a-f]{6,40}|chunk|min|bundle)\b|[?#].*$"));

/// The fingerprint of a crash: `v1:` and 32 hexadecimal digits.
pub fn fingerprint(trace: &Trace) -> String {
    let root = root(trace);
    let outer = trace.raised.first();
    let mut said = vec![trace.language.as_str().to_owned()];
    said.extend(outer.into_iter().chain([root]).map(|one| kind(one).into_owned()));
    let frames = telling(trace, root);
    if frames.is_empty() || WEAK.contains(&root.kind.as_str()) {
        said.push(class(&root.message));
    }
    said.extend(frames);
    let mut digest = Sha256::new().chain_update(VERSION);
    for part in said {
        digest.update([0]);
        digest.update(part);
    }
    format!("{VERSION}:{}", hex(&digest.finalize()[..16]))
}

/// The frames that count, the innermost first, each once: the program's own of the root cause, and then of what ended the program; all
/// where none is its own. A recursion's repetitions count once.
fn telling(trace: &Trace, root: &Raised) -> Vec<String> {
    let both = || {
        root.frames
            .iter()
            .chain(trace.raised.first().filter(|first| !std::ptr::eq(*first, root)).into_iter().flat_map(|first| &first.frames))
    };
    let pick = |frames: &mut dyn Iterator<Item = &Frame>| {
        let mut seen: Vec<String> = Vec::new();
        for frame in frames {
            let key = frame_key(trace.language, frame);
            if seen.len() < FRAMES && !key.is_empty() && !seen.contains(&key) {
                seen.push(key);
            }
        }
        seen
    };
    let own = pick(&mut both().filter(|frame| frame.in_app));
    if own.is_empty() { pick(&mut both()) } else { own }
}

/// What everything came from: the last cause of what ended the program; of several at once, that of the first.
pub(super) fn root(trace: &Trace) -> &Raised {
    let mut at = 0;
    let group = |one: &Raised| one.kind.ends_with("Group") || one.kind.starts_with("Aggregate");
    while let Some(next) = trace.raised.get(at + 1) {
        match next.relation {
            RaisedAs::Cause => {}
            RaisedAs::Member if group(&trace.raised[at]) => {}
            _ => break,
        }
        at += 1;
    }
    &trace.raised[at]
}

/// A type without the addresses that some platforms put into it.
fn kind(one: &Raised) -> Cow<'_, str> {
    Cow::Borrowed(one.kind.split(" / ").next().unwrap_or(&one.kind))
}

/// A message without what comes from data: the first line, without quoted values, numbers, ids, addresses, paths.
pub(super) fn class(message: &str) -> String {
    let first = message.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let first = VALUE.replace(first, "$1");
    normalise(&QUOTED.replace_all(&first, "<value>"))
}

/// What a frame is known by: its function and where that is, without the line, which moves with every edit.
pub(super) fn frame_key(language: Language, frame: &Frame) -> String {
    let file = || {
        let file = frame.file.as_deref().unwrap_or_default();
        let name = BUNDLE.replace_all(file, "");
        name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
    };
    let module = || frame.module.clone().unwrap_or_else(file);
    // Functions without a name of their own are told apart by their file.
    let nameless = matches!(frame.function.as_str(), "" | "<anonymous>" | "<lambda>" | "<module>" | "operator()" | "main" | "_start");
    match language {
        Language::Python | Language::Java => format!("{} {}", module(), frame.function),
        Language::JavaScript => format!("{} {}", file(), frame.function),
        Language::Rust | Language::Go | Language::Cpp | Language::Other if !nameless => frame.function.clone(),
        _ if frame.function.is_empty() && frame.file.is_none() => String::new(),
        _ => format!("{} {}", file(), frame.function),
    }
}
