use crate::ingest::trace::parse;
use schema::trace::{Language, RaisedAs, Trace};

fn read(text: &str) -> Trace {
    parse(text).unwrap_or_else(|| panic!("no trace: {text}"))
}

/// Functions of what was raised at `at`; the program's own with a star.
fn functions(trace: &Trace, at: usize) -> Vec<String> {
    trace.raised[at].frames.iter().map(|frame| format!("{}{}", frame.function, if frame.in_app { "*" } else { "" })).collect()
}

#[test]
fn a_rust_panic_within_a_log_is_read_with_its_message_and_stack() {
    let trace = read(
        "2026-11-22T10:00:00Z INFO starting\r\n2026-11-22T10:00:01Z thread 'worker-3' (12) panicked at src/order.rs:5:9:\n\
         assertion `left == right` failed: ids differ\n  left: 1\n right: 2\nstack backtrace:\n   0: __rustc::rust_begin_unwind\n\
         \u{20}            at /rustc/0123/library/std/src/panicking.rs:689:5\n   1: core::panicking::panic_fmt\n   2: shop::order::check::h0123456789abcdef\n\
         \u{20}            at ./src/order.rs:5:9\n   3: shop::main::{{closure}}\nnote: Some details are omitted, run with `RUST_BACKTRACE=full`",
    );
    assert_eq!(trace.language, Language::Rust);
    assert_eq!(trace.line(), "panic: assertion `left == right` failed: ids differ");
    assert_eq!(trace.raised[0].thread.as_deref(), Some("worker-3"));
    assert_eq!(
        functions(&trace, 0),
        ["__rustc::rust_begin_unwind", "core::panicking::panic_fmt", "shop::order::check*", "shop::main::{{closure}}*"]
    );
    assert_eq!(trace.raised[0].frames[2].line, Some(5));
}

#[test]
fn a_rust_panic_without_a_backtrace_has_its_place() {
    let trace = read("thread 'main' panicked at src/main.rs:7:1:\nno such order: 17\nnote: run with `RUST_BACKTRACE=1`");
    assert_eq!(trace.raised[0].frames[0].file.as_deref(), Some("src/main.rs"));
    let old = read("thread 'main' panicked at 'no such order', src/main.rs:7:1\nnote: run with `RUST_BACKTRACE=1`");
    assert_eq!((old.line().as_str(), old.raised[0].frames[0].line), ("panic: no such order", Some(7)));
}

#[test]
fn pythons_chain_begins_with_what_ended_the_program() {
    let trace = read(
        "Traceback (most recent call last):\n  File \"/srv/shop/rate.py\", line 8, in rate\n    return table[cur]\n           ~~~~~^^^^^\nKeyError: 'USD'\n\n\
         The above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\n\
         \u{20} File \"/srv/shop/app.py\", line 18, in <module>\n    go()\n  File \"/usr/lib/python3.11/json/__init__.py\", line 3, in loads\nshop.RateError: no rate\nrow 17\n",
    );
    assert_eq!(trace.raised.len(), 2);
    assert_eq!(trace.raised[0].line(), "shop.RateError: no rate");
    assert_eq!(trace.raised[0].message, "no rate\nrow 17");
    assert_eq!(functions(&trace, 0), ["loads", "<module>*"]);
    assert_eq!((trace.raised[1].relation, trace.raised[1].line().as_str()), (RaisedAs::Cause, "KeyError: 'USD'"));
}

#[test]
fn pythons_groups_tell_their_members() {
    let trace = read(
        "  + Exception Group Traceback (most recent call last):\n  |   File \"/srv/a.py\", line 14, in gather\n  |     async with x:\n  | ExceptionGroup: two (2 sub-exceptions)\n\
         \u{20} +-+---------------- 1 ----------------\n    | Traceback (most recent call last):\n    |   File \"/srv/a.py\", line 12, in fetch\n    | OSError: one\n\
         \u{20}   +---------------- 2 ----------------\n    | Traceback (most recent call last):\n    |   File \"/srv/a.py\", line 13, in fetch\n    | ValueError: two\n    +------------------------------------\n",
    );
    let told: Vec<_> = trace.raised.iter().map(|one| (one.relation, one.kind.as_str(), one.frames.len())).collect();
    assert_eq!(told, [(RaisedAs::Raised, "ExceptionGroup", 1), (RaisedAs::Member, "OSError", 1), (RaisedAs::Member, "ValueError", 1)]);
}

#[test]
fn what_faulthandler_writes_begins_with_the_thread_that_crashed() {
    let trace = read(
        "Fatal Python error: Segmentation fault\n\nThread 0x01 (most recent call first):\n  File \"/srv/b.py\", line 1 in wait\n\n\
         Current thread 0x02 (most recent call first):\n  File \"/usr/lib/python3.11/ctypes/__init__.py\", line 5 in string_at\n  File \"/srv/a.py\", line 3 in go\n",
    );
    assert_eq!(trace.raised[0].line(), "Fatal Python error: Segmentation fault");
    assert_eq!(functions(&trace, 0), ["string_at", "go*"]);
    assert_eq!((trace.raised[1].relation, functions(&trace, 1)), (RaisedAs::Thread, vec!["wait*".to_owned()]));
}

#[test]
fn javas_causes_get_back_the_frames_they_share() {
    let trace = read(
        "10:00:00.123 [main] ERROR shop.App - it broke\nException in thread \"main\" shop.OrderException: no pen\n\tat shop.Main.order(Main.java:8)\n\tat shop.Main.main(Main.java:12)\n\
         \tSuppressed: java.lang.IllegalStateException: tx 4\n\t\t... 2 more\nCaused by: java.lang.NullPointerException: is null\n\tat java.base/java.util.Map.get(Map.java:1)\n\
         \tat shop.Main.lambda$take$3(Main.java:7) ~[shop.jar:?]\n\t... 2 more\n",
    );
    let told: Vec<_> = trace.raised.iter().map(|one| (one.relation, one.kind.as_str())).collect();
    assert_eq!(
        told,
        [
            (RaisedAs::Raised, "shop.OrderException"),
            (RaisedAs::Suppressed, "java.lang.IllegalStateException"),
            (RaisedAs::Cause, "java.lang.NullPointerException")
        ]
    );
    assert_eq!(functions(&trace, 2), ["get", "lambda$take*", "order*", "main*"]);
    assert_eq!(trace.raised[0].thread.as_deref(), Some("main"));
}

#[test]
fn gos_panicking_goroutine_comes_first() {
    let trace = read(
        "panic: runtime error: index out of range [7] with length 3\n\ngoroutine 6 [running]:\nmain.(*Shop).order(0xc00001, {0x1, 0x2})\n\t/srv/shop/main.go:12 +0x1d\n\
         main.main.func1()\n\t/srv/shop/main.go:20 +0x2\ncreated by main.main in goroutine 1\n\t/srv/shop/main.go:19 +0x3\n\ngoroutine 1 [chan receive]:\nruntime.gopark(0x1)\n\t/usr/local/go/src/runtime/proc.go:3 +0x4\nexit status 2\n",
    );
    assert_eq!(trace.language, Language::Go);
    assert_eq!(trace.line(), "runtime error: index out of range [7] with length 3");
    assert_eq!(functions(&trace, 0), ["main.(*Shop).order*", "main.main.func*", "main.main*"]);
    assert_eq!((trace.raised[1].relation, functions(&trace, 1)), (RaisedAs::Thread, vec!["runtime.gopark".to_owned()]));
}

#[test]
fn a_sanitizers_report_tells_where_the_memory_was_freed() {
    let trace = read(
        "=====\n==9==ERROR: AddressSanitizer: heap-use-after-free on address 0x6020 at pc 0x55\nREAD of size 4 at 0x6020 thread T0\n    #0 0x5562 in shop::pack(int) /src/pack.cc:9:3\n\
         \u{20}   #1 0x5563 in main /src/main.cc:18\n    #2 0x7fb1 in __libc_start_main ../csu/libc-start.c:360\n\nfreed by thread T0 here:\n    #0 0x7fb2 in operator delete(void*, unsigned long) ../../libsanitizer/asan/x.cpp:164\n\
         \u{20}   #1 0x5564 in shop::drop() /src/pack.cc:4\n\nSUMMARY: AddressSanitizer: heap-use-after-free /src/pack.cc:9 in pack\n==9==ABORTING\n",
    );
    assert_eq!((trace.language, trace.raised[0].kind.as_str()), (Language::Cpp, "heap-use-after-free"));
    assert_eq!(functions(&trace, 0), ["shop::pack*", "main*", "__libc_start_main"]);
    assert_eq!(
        (trace.raised[1].relation, functions(&trace, 1)),
        (RaisedAs::Note, vec!["operator delete".to_owned(), "shop::drop*".to_owned()])
    );
}

#[test]
fn a_debuggers_backtrace_and_the_c_librarys_are_read() {
    let gdb = read(
        "Program received signal SIGSEGV, Segmentation fault.\n#0  0x00005555 in shop::pack (n=1, s=0x7ffe \"a (b) at\") at /src/pack.cc:9\n#1  0x00007fff in raise () from /lib/x86_64-linux-gnu/libc.so.6\n#2  main () at main.cc:3\n",
    );
    assert_eq!(gdb.line(), "SIGSEGV: Segmentation fault");
    assert_eq!(functions(&gdb, 0), ["shop::pack*", "raise", "main*"]);
    let libc =
        read("*** stack smashing detected ***: terminated\n./shop(_ZN4shop4packEi+0x12)[0x5512]\n/lib/libc.so.6(abort+0x3)[0x7f00]\n");
    assert_eq!(functions(&libc, 0), ["shop::pack*", "abort"]);
    let valgrind = read("==7== Invalid read of size 4\n==7==    at 0x4005: pack (pack.c:5)\n==7==    by 0x4006: main (main.c:9)\n");
    assert_eq!(
        (valgrind.line().as_str(), functions(&valgrind, 0)),
        ("valgrind: Invalid read of size 4", vec!["pack*".to_owned(), "main*".to_owned()])
    );
}

#[test]
fn nodes_errors_are_read_with_their_causes() {
    let trace = read(
        "/srv/a.js:3\n  throw new TypeError('x');\n  ^\n\nTypeError: fetch failed\n    at async get (/srv/a.js:3:43)\n    at Object.<anonymous> (/srv/a.js:9:1)\n    at node:internal/main/run_main_module:28:49 {\n\
         \u{20} [cause]: Error: connect ECONNREFUSED 127.0.0.1:1\n      at get (/srv/node_modules/x/a.js:3:105) {\n    code: 'ECONNREFUSED'\n  }\n}\n\nNode.js v20.20.2\n",
    );
    assert_eq!(trace.language, Language::JavaScript);
    assert_eq!(trace.line(), "TypeError: fetch failed");
    assert_eq!(functions(&trace, 0), ["get*", "<anonymous>*", ""]);
    assert_eq!((trace.raised[1].relation, functions(&trace, 1)), (RaisedAs::Cause, vec!["get".to_owned()]));
}

#[test]
fn browsers_other_than_chromium_write_frames_their_own_way() {
    let gecko =
        read("TypeError: t[c] is undefined\nrate@https://shop.example/app.3f2a1b9c.js:1:2\n@https://shop.example/app.3f2a1b9c.js:4:20\n");
    assert_eq!(functions(&gecko, 0), ["rate*", "*"]);
    let safari = read(
        "TypeError: undefined is not an object\nrate@https://shop.example/app.js:1:2\nglobal code@https://shop.example/app.js:4:20\n[native code]\n",
    );
    assert_eq!(functions(&safari, 0), ["rate*", "<anonymous>*"]);
}

#[test]
fn an_event_as_json_is_a_trace() {
    let event = serde_json::json!({ "platform": "python", "exception": { "values": [
        { "type": "KeyError", "value": "'USD'", "stacktrace": { "frames": [
            { "function": "main", "module": "shop.app", "filename": "shop/app.py", "lineno": 3 },
            { "function": "rate", "module": "shop.rate", "filename": "shop/rate.py", "lineno": 8, "in_app": true },
        ] } },
        { "type": "RateError", "value": "no rate" },
    ] } });
    let trace = read(&event.to_string());
    assert_eq!(trace.raised[0].line(), "RateError: no rate");
    assert_eq!((trace.raised[1].relation, functions(&trace, 1)), (RaisedAs::Cause, vec!["rate*".to_owned(), "main*".to_owned()]));
}

#[test]
fn prose_is_no_trace() {
    for text in [
        "",
        "It crashes at startup.",
        "at noon (see D-12) nothing works",
        "panic in the office\n1: first\n2: second",
        "{\"exception\": 1}",
        "user@example.org wrote:\n> see above",
        "- at home\n- at work",
    ] {
        let found = parse(text);
        assert!(found.as_ref().is_none_or(|trace| trace.frames() == 0), "{text}: {found:?}");
    }
}
