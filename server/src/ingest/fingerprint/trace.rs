//! The crux of a stack trace, for failures without a message.

use super::{normalise, telling_line};
use regex::Regex;
use std::sync::LazyLock;

/// How much of a trace is looked at, in lines, from its end: the innermost part of the long ones.
const LINES: usize = 400;
/// How many frames count.
const FRAMES: usize = 3;

/// A line that names an exception: `KeyError: x`, `E   AssertionError`, `java.lang.IllegalStateException: x`, `thread 'x' panicked`.
static EXCEPTION: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"^\s{0,8}(?:E\s{1,8}|Caused by: |\[)?(?:[A-Za-z_][A-Za-z0-9_.$]{0,200}(?:Error|Exception|Failure|Exit|Interrupt|Warning|Fault)\b|panic:|thread '.{0,200}' .{0,20}panicked)",
    )
});
/// A frame of Python.
static PYTHON: LazyLock<Regex> = LazyLock::new(|| compile(r#"^\s*File "([^"]{1,500})", line \d+, in (\S{1,200})"#));
/// A frame of Java, JavaScript, .NET, Rust or Go.
static FRAME: LazyLock<Regex> = LazyLock::new(|| compile(r"^\s*(?:at |\d{1,4}: +)(\S.{0,300})|^\s+(\S{1,300}\.go:\d+)"));

/// Parts of frames that are a language's or a test framework's own.
const FOREIGN: [&str; 22] = [
    "site-packages",
    "dist-packages",
    "/usr/lib/",
    "/lib/python",
    "node:",
    "node_modules",
    "java.",
    "javax.",
    "jdk.",
    "sun.",
    "org.junit",
    "junit.",
    "/rustc/",
    "core::",
    "std::",
    "alloc::",
    "test::",
    "__rust",
    "rust_begin_unwind",
    "/usr/local/go/",
    "org.apache.maven",
    "internal/",
];

/// Compiles one of the patterns above.
fn compile(pattern: &str) -> Regex {
    // The patterns are constants of this file, and each is used by its tests: it compiles.
    Regex::new(pattern).expect("a constant pattern")
}

/// The exception (or the first line that says something) and the innermost frames of the program's own code, normalised, one a line.
pub(super) fn crux(details: &str) -> String {
    let skip = details.lines().count().saturating_sub(LINES);
    let lines: Vec<&str> = details.lines().skip(skip).collect();
    let python: Vec<String> =
        lines.iter().filter_map(|line| PYTHON.captures(line)).filter(|c| is_own(&c[1])).map(|c| python_frame(&c[1], &c[2])).collect();
    let mut exceptions = lines.iter().filter(|line| EXCEPTION.is_match(line));
    // Python prints the innermost last, the others first.
    let (exception, frames) = if python.is_empty() {
        let frames = lines.iter().filter_map(|line| FRAME.captures(line)).filter_map(|c| c.get(1).or(c.get(2)).map(|m| m.as_str()));
        (exceptions.next(), frames.filter(|frame| is_own(frame)).take(FRAMES).map(normalise).collect())
    } else {
        (exceptions.next_back(), python[python.len().saturating_sub(FRAMES)..].to_vec())
    };
    let head = exception.map(|line| normalise(line)).or_else(|| telling_line(details)).unwrap_or_default();
    [vec![head], frames].concat().join("\n")
}

fn is_own(frame: &str) -> bool {
    !FOREIGN.iter().any(|part| frame.contains(part))
}

fn python_frame(file: &str, function: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    format!("{} {}", normalise(name), normalise(function))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn java_counts_its_first_frames_and_leaves_the_frameworks_out() {
        let trace = "java.lang.IllegalStateException: basket 7\n\tat java.base/java.util.List.of(List.java:1)\n\tat shop.Cart.add(Cart.java:31)\n\tat org.junit.Run.go(Run.java:9)";
        assert_eq!(crux(trace), "java.lang.IllegalStateException: basket <n>\nshop.Cart.add(Cart.java:<n>)");
    }

    #[test]
    fn a_chained_python_trace_counts_its_last_exception() {
        let trace = "Traceback (most recent call last):\n  File \"a.py\", line 1, in read\nKeyError: 'x'\n\nDuring handling of the above:\n\n\
                     Traceback (most recent call last):\n  File \"a.py\", line 9, in load\nValueError: no x";
        assert_eq!(crux(trace), "ValueError: no x\na.py read\na.py load");
    }

    #[test]
    fn text_without_an_exception_is_known_by_its_first_telling_line() {
        assert_eq!(crux("\n---\nExpected 5 apples\nbut got 6"), "Expected <n> apples");
    }
}
