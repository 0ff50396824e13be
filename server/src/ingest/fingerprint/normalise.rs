//! What differs between two runs of the same failure, replaced by what it is.
//!
//! Two passes over the text, each linear: every repetition that a match may be given up on is bounded or ends where the match ends.

use regex::{Captures, Regex};
use std::sync::LazyLock;

/// The most of a line that is looked at, in bytes: what comes later tells failures apart no better.
const LINE_BYTES: usize = 1_000;

/// A path, absolute or not, with `/` or `\`.
static PATH: LazyLock<Regex> = LazyLock::new(|| compile(r"(?:\b[A-Za-z]:)?[A-Za-z0-9_.+@~=%-]*(?:[\\/]+[A-Za-z0-9_.+@~=%-]+)+[\\/]?"));

/// Everything else, the longest and surest forms first.
static VALUE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?x)
        (?P<id> \b(?:req-)?[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b
              | \breq-[0-9A-Za-z-]{1,80} )
      | (?P<time> \b\d{4}-\d{2}-\d{2} (?:[T\ _]\d{2}[:.-]?\d{2}(?:[:.-]?\d{2})?(?:[.,]\d{1,9})? (?:\ ?(?:Z\b|UTC\b|GMT\b|[+-]\d{2}:?\d{2}))? )?
              | \b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},?\ {1,2})?
                (?: \d{1,2}\ (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\b
                  | (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\ {1,2}\d{1,2}\b )
                (?:,?\ \d{4}\b)? (?:,?\ \d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,9})?)? (?:\ (?:UTC|GMT|[A-Z]{3,4}|[+-]\d{4})\b)? (?:\ \d{4}\b)?
              | \b\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,9})? )
      | (?P<addr> \b0[xX][0-9a-fA-F]+ | @[0-9a-f]{5,16}\b )
      | (?P<host> \b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?::\d+|/\d{1,2})?\b
              | \[?(?:\b[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,5})?::(?:[0-9a-fA-F]{1,4}:){0,5}[0-9]{1,4}\b(?:\]:\d+|\])?
              | \[?(?:\b[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}\b(?:\]:\d+|\])? )
      | (?P<tmp> \btmp[a-z0-9_]{6,8}\b )
      | (?P<took> \b\d+(?:\.\d+)?\ ?(?:ns|us|µs|ms|msec|s|secs?|seconds?|milliseconds?|m|mins?|minutes?|h|hrs?|hours?)\b )
      | (?P<hash> \b[0-9a-fA-F]{7,64}\b | _[0-9a-f]{8,64}\b )
      | (?P<number> \d+(?:[.,]\d+)*(?:[eE][+-]?\d+)? )",
    )
});

/// Compiles one of the patterns above.
fn compile(pattern: &str) -> Regex {
    // The patterns are constants of this file, and each is used by its tests: it compiles.
    Regex::new(pattern).expect("a constant pattern")
}

/// `text` with everything that differs from run to run replaced: ids, times, durations, addresses, hosts, directories, hashes and
/// numbers; blanks are drawn together. File names stay, so do relative paths and the paths of web addresses. Only the first 1,000 bytes
/// are looked at.
pub fn normalise(text: &str) -> String {
    let mut end = text.len().min(LINE_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = PATH.replace_all(&text[..end], |found: &Captures<'_>| path(&found[0]));
    let text = VALUE.replace_all(&text, |found: &Captures<'_>| value(found));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The word for a match of `VALUE`.
fn value(found: &Captures<'_>) -> String {
    let text = &found[0];
    let is = |name| found.name(name).is_some();
    if is("hash") {
        let digits = text.trim_start_matches('_');
        let lead = &text[..text.len() - digits.len()];
        // A word such as `defaced` is made of the same letters, but has no digit.
        return match (digits.bytes().any(|b| b.is_ascii_digit()), digits.bytes().all(|b| b.is_ascii_digit())) {
            (_, true) => format!("{lead}<n>"),
            (true, _) => format!("{lead}<hash>"),
            (false, _) => text.to_owned(),
        };
    }
    let word = [("id", "<id>"), ("time", "<time>"), ("addr", "<addr>"), ("host", "<host>"), ("tmp", "<tmp>"), ("took", "<duration>")];
    word.iter().find(|(name, _)| is(name)).map_or("<n>", |(_, word)| word).to_owned()
}

/// A path without its directories where it names a file of one machine; as it is where it is relative or part of a web address.
fn path(path: &str) -> String {
    // `//host/…` follows a scheme; `///…` is a local file after one.
    let local = if path.starts_with("///") { path.trim_start_matches('/') } else { path };
    let drive = path.as_bytes().get(1) == Some(&b':');
    let absolute = drive || local.len() < path.len() || (path.starts_with(['/', '\\']) && !path.starts_with("//"));
    if !absolute {
        return path.to_owned();
    }
    let parts: Vec<&str> = path.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    let (root, name) = (parts.first().copied().unwrap_or_default(), parts.last().copied().unwrap_or_default());
    let has_extension = name.rsplit_once('.').is_some_and(|(stem, end)| !stem.is_empty() && (1..=6).contains(&end.len()));
    let temporary =
        matches!(root, "tmp" | "temp") || path.starts_with("/var/tmp") || path.starts_with("/var/folders") || path.contains("\\Temp\\");
    let known = drive
        || matches!(
            root,
            "home"
                | "Users"
                | "root"
                | "usr"
                | "opt"
                | "var"
                | "etc"
                | "srv"
                | "mnt"
                | "data"
                | "build"
                | "builds"
                | "workspace"
                | "src"
                | "app"
                | "go"
                | "nix"
                | "run"
                | "proc"
                | "dev"
                | "private"
                | "lib"
                | "rustc"
                | "github"
        );
    match (temporary, has_extension, known && parts.len() > 1) {
        (_, true, _) => format!("<path>/{name}"),
        (true, false, _) => "<path>".to_owned(),
        (false, false, true) => format!("<path>/{name}"),
        // `/v2/servers` is a web address's path, and tells failures apart.
        (false, false, false) => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_run_to_run_is_replaced() {
        let cases = [
            ("<Cart object at 0x7f3a9c> is  not\tNone", "<Cart object at <addr>> is not None"),
            ("java.lang.Object@1b6d3586 lost", "java.lang.Object<addr> lost"),
            ("server 4be5a0bc-91d1-44ef-8f2a-3a6e0cb5f001 gone", "server <id> gone"),
            ("(req-4cf1e8f2-91d1-44ef-8f2a-3a6e0cb5f001) denied", "(<id>) denied"),
            ("2026-11-22 10:15:59,123 ERROR no route", "<time> ERROR no route"),
            ("on Sun Nov 22 10:15:59 UTC 2026 it broke", "on <time> it broke"),
            ("timed out after 30.5 seconds", "timed out after <duration>"),
            ("panicked at src/lib.rs:12:129", "panicked at src/lib.rs:<n>:<n>"),
            ("File \"/home/ci/x1/shop/cart.py\", line 12", "File \"<path>/cart.py\", line <n>"),
            ("no /tmp/tmpab12cd9x/out", "no <path>"),
            ("no tmpab12cd9x here", "no <tmp> here"),
            ("C:\\Users\\ci\\cart.cs:line 5", "<path>/cart.cs:line <n>"),
            ("GET http://127.0.0.1:8774/v2/servers/15 gave 404", "GET http://<host>/v<n>/servers/<n> gave <n>"),
            ("connect to [fe80:0:0:1::2]:80 and ::1 failed", "connect to <host> and <host> failed"),
            ("at commit 9fceb02d0ae598e95dc970b74767f19372d61af8", "at commit <hash>"),
            ("thread 'worker-3' (27468) in pid 4411", "thread 'worker-<n>' (<n>) in pid <n>"),
            ("file:///home/ci/a.test.mjs:2:52", "file:<path>/a.test.mjs:<n>:<n>"),
        ];
        for (text, want) in cases {
            assert_eq!(normalise(text), want, "{text}");
        }
    }

    #[test]
    fn words_that_only_look_like_hashes_stay() {
        assert_eq!(normalise("a defaced facade, added"), "a defaced facade, added");
    }

    #[test]
    fn a_hostile_line_is_done_at_once() {
        for piece in ["a1/", "1:", "/", "a", "1.", "ab-", "::", "0x", "Mon "] {
            let text = piece.repeat(500_000);
            assert!(normalise(&text).len() < 10 * LINE_BYTES);
        }
    }
}
