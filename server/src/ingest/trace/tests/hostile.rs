use crate::ingest::trace::{fingerprint, keys, parse, scrub};
use proptest::prelude::*;
use schema::trace::{FRAMES_ALL, FRAMES_MAX, MESSAGE_MAX, NAME_MAX, RAISED_MAX, TRACE_BYTES};

/// Whatever the text, what comes of it keeps to its limits.
fn take(text: &str) {
    let Some(trace) = parse(&scrub(text)) else { return };
    assert!(!trace.raised.is_empty() && trace.raised.len() <= RAISED_MAX && trace.frames() <= FRAMES_ALL);
    for one in &trace.raised {
        assert!(one.frames.len() <= FRAMES_MAX && one.message.chars().count() <= MESSAGE_MAX);
        for frame in &one.frames {
            assert!(frame.function.chars().count() <= NAME_MAX && !frame.function.contains('\0'));
        }
    }
    assert!(fingerprint(&trace).starts_with("v1:"));
    assert!(keys(&trace).len() <= 24);
}

/// Pieces that parsers look for, to be put together at random.
const PIECES: [&str; 40] = [
    "Traceback (most recent call last):",
    "  File \"a.py\", line 3, in f",
    "KeyError: 'x'",
    "  + Exception Group Traceback (most recent call last):",
    "  +-+---------------- 1 ----------------",
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
    "Fatal Python error: Aborted",
    "Current thread 0x0001 (most recent call first):",
    "Exception in thread t-1:",
    "thread 'main' panicked at src/main.rs:1:2:",
    "stack backtrace:",
    "   0: shop::main",
    "             at ./src/main.rs:1:2",
    "note: run with `RUST_BACKTRACE=1`",
    "Exception in thread \"main\" a.B: c",
    "\tat a.B.c(B.java:1)",
    "Caused by: a.C: d",
    "\tSuppressed: a.D",
    "\t... 99999 more",
    "\t\t... 2 more",
    "panic: no",
    "\tpanic: again",
    "goroutine 1 [running]:",
    "main.f(0x1)",
    "\t/srv/main.go:1 +0x1",
    "==1==ERROR: AddressSanitizer: SEGV on unknown address",
    "    #0 0x55 in f<g<h>>(int) /a.cc:1",
    "freed by thread T0 here:",
    "SUMMARY: AddressSanitizer: x",
    "a.cc:1:2: runtime error: x",
    "TypeError: no",
    "    at f (/srv/a.js:1:2) {",
    "  [cause]: Error: x",
    "  [errors]: [",
    "f@https://a/b.js:1:2",
    "",
    "> ",
    "\u{1b}[31m",
    "2026-11-22 10:00:00.123 1 ERROR a.b [x] ",
];

proptest! {
    #[test]
    fn any_text_is_taken(text in any::<String>()) {
        take(&text);
    }

    #[test]
    fn any_order_of_what_traces_are_made_of_is_taken(picked in prop::collection::vec((0usize..PIECES.len(), any::<bool>(), 0usize..6), 0..80)) {
        let text: String = picked.iter().map(|(at, newline, spaces)| format!("{}{}{}", " ".repeat(*spaces), PIECES[*at], if *newline { "\n" } else { "" })).collect();
        take(&text);
    }

    #[test]
    fn a_trace_with_bytes_changed_is_taken(at in prop::collection::vec((any::<prop::sample::Index>(), any::<char>()), 1..20)) {
        let mut text: Vec<char> = PIECES.join("\n").chars().collect();
        for (index, c) in at {
            let place = index.index(text.len());
            text[place] = c;
        }
        take(&text.into_iter().collect::<String>());
    }
}

#[test]
fn the_largest_hostile_texts_take_moments() {
    let fill = |line: &str| line.repeat(TRACE_BYTES / line.len());
    let texts = [
        fill("\tat a.B.c(B.java:1)\n"),
        fill("Caused by: a.B: "),
        fill("Caused by: a.B: x\n"),
        fill("<"),
        fill("    #0 0x5 in a<b<c<"),
        fill("    #0 0x5 in operator<(((((\n"),
        fill("   0: <<<<a as b>::"),
        fill("   1: a::b<c\n"),
        fill("  File \"a\", line 1, in f\n"),
        fill("  | "),
        fill("  + Exception Group Traceback (most recent call last):\n"),
        fill("at ("),
        fill("    at f (eval at eval at ("),
        fill("[errors]: [\n"),
        fill("panic: "),
        fill("main.f(((((("),
        fill("\tSuppressed: a.B\n\t\t... 99999 more\n"),
        fill("password=password="),
        fill("://:"),
        fill("eyJaaaaaaaa.eyJ"),
        fill("-----BEGIN PRIVATE KEY-----"),
        fill("_ZN1aE+"),
        fill("   0: _ZN1aE\n"),
        fill("    #0 0x5 in _ZN1aIS_IS_IS_\n"),
        fill("Exception in thread \"main\" "),
        fill("{\"exception\":"),
        format!("{{\"exception\":{}", "[".repeat(100_000)),
        fill("[31m"),
        fill("2026-11-22 10:00:00 "),
        fill("\0"),
    ];
    for text in texts {
        let head: String = text.chars().take(40).collect();
        let started = std::time::Instant::now();
        take(&text);
        // Built without optimisation and beside other tests: the bound is for what grows with the square.
        assert!(started.elapsed() < std::time::Duration::from_secs(20), "{head}: {:?}", started.elapsed());
    }
}
