//! What stands around a trace's lines where it was copied from: colours, quote marks, a log's time and level.

use super::{LINE_BYTES, LINES, pattern};
use regex::Regex;
use std::{borrow::Cow, sync::LazyLock};

/// Colours and other orders to a terminal; also those whose escape character was lost on the way (`[31m`).
static ANSI: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\x1b\[[0-9;?]{0,16}[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\u{fffd}\[[0-9;]{0,16}m"));
/// What a log writes before a line: a service's name and a bar, a time, then process, level, logger, brackets.
static PREFIX: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)^
        (?: [A-Za-z0-9][A-Za-z0-9_.-]{0,60}\s{1,20}\| )?
        (?: \ ?\[?
            (?: \d{4}[-/]\d{2}[-/]\d{2}[T\ ,_]{1,2}\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:\ ?(?:Z|[+-]\d{2}:?\d{2}|UTC|GMT)\b)?
              | (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\ {1,2}\d{1,2}\ \d{2}:\d{2}:\d{2}(?:\.\d{1,9})?
              | \d{2}:\d{2}:\d{2}[.,]\d{3,9}
              | [IWEF]\d{4}\ \d{2}:\d{2}:\d{2}\.\d{1,6} )
            \]?
            (?: \ (?:stdout|stderr)\ [FP]\b
              | \ [A-Za-z0-9_.-]{1,64}\ [A-Za-z0-9_./-]{1,64}\[\d{1,10}\]:
              | \ [A-Za-z0-9_./-]{1,64}\[[A-Za-z0-9_.-]{1,20}\]:
              | \ {1,4}\d{1,10}\b
              | \ {0,4}\[[^\]]*\]
              | \ {1,2}(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|CRITICAL|FATAL|SEVERE)\b(?:\ [a-z][a-z0-9_]{0,40}(?:\.[a-z0-9_]{1,40}){1,12}\ )?
              | \ [A-Za-z0-9_.-]{1,40}\.(?:go|cc|cpp|rs|py):\d{1,6}\]
              | \ -{1,3}\ ?
              | : )*
        )?",
    )
});

/// The lines of a text as their program wrote them, each cut to what is looked at.
pub(super) fn lines(text: &str) -> Vec<Cow<'_, str>> {
    text.split('\n').take(LINES).map(line).collect()
}

fn line(line: &str) -> Cow<'_, str> {
    let mut end = line.len().min(LINE_BYTES);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let line = line[..end].trim_end_matches(['\r', ' ', '\t']);
    match ANSI.replace_all(line, "") {
        Cow::Borrowed(line) => Cow::Borrowed(bare(line)),
        Cow::Owned(line) => Cow::Owned(bare(&line).to_owned()),
    }
}

/// Without Markdown's quote marks and a log's prefix.
fn bare(line: &str) -> &str {
    let mut line = line;
    while let Some(rest) = line.strip_prefix("> ").or_else(|| if line == ">" { Some("") } else { None }) {
        line = rest;
    }
    let start = PREFIX.find(line).map_or(0, |found| found.end());
    // One blank belongs to the prefix; what follows is the line's own indentation.
    let rest = &line[start..];
    if start == 0 { line } else { rest.strip_prefix(' ').unwrap_or(rest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logs_prefix_goes_and_indentation_stays() {
        for (with, without) in [
            (
                "2026-11-22 10:00:00.123 1234 ERROR heron.agent.rpc [req-1 -]   File \"/srv/a.py\", line 1, in f",
                "  File \"/srv/a.py\", line 1, in f",
            ),
            ("2026-11-22T10:00:00.123456789Z stderr F \tat a.B.c(B.java:1)", "\tat a.B.c(B.java:1)"),
            ("web-1  |     at f (/srv/a.js:1:2)", "    at f (/srv/a.js:1:2)"),
            ("Nov 22 10:00:00 node7 agentd[123]: thread 'main' panicked at src/main.rs:1:2:", "thread 'main' panicked at src/main.rs:1:2:"),
            ("[2026-11-22 10:00:00,123] ERROR Traceback (most recent call last):", "Traceback (most recent call last):"),
            ("\u{1b}[31mTypeError\u{1b}[0m: no", "TypeError: no"),
            ("> > panic: no", "panic: no"),
            ("KeyError: 'x'\r", "KeyError: 'x'"),
            ("  | ExceptionGroup: two", "  | ExceptionGroup: two"),
            ("[AggregateError: two] {", "[AggregateError: two] {"),
            ("2026-11-22 10:00:00 INFO ok", "ok"),
        ] {
            assert_eq!(line(with), without, "{with}");
        }
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        assert!(line(&"é".repeat(LINE_BYTES)).len() <= LINE_BYTES);
    }
}
