use crate::ingest::trace::{fingerprint, keys, parse, similarity};
use schema::trace::Trace;

fn read(text: &str) -> Trace {
    parse(text).unwrap_or_else(|| panic!("no trace: {text}"))
}

const PYTHON: &str = "Traceback (most recent call last):\n  File \"/srv/shop/app.py\", line 18, in main\n  File \"/srv/shop/rate.py\", line 8, in rate\nKeyError: 'USD'\n";
const RUST: &str = "thread 'main' panicked at src/order.rs:5:9:\nindex out of bounds: the len is 3 but the index is 7\nstack backtrace:\n   0: core::panicking::panic_fmt\n   1: shop::order::pick\n   2: shop::main\n";

#[test]
fn the_same_version_keeps_giving_the_same_fingerprint() {
    // Written down when the version was made: a change here is a new version, beside the old one.
    for (text, print) in [
        (PYTHON, "v1:fadacf2067b87cba6a028899060e4b8d"),
        (RUST, "v1:59a646ce3a345336d331077e29be8f65"),
        (
            "Exception in thread \"main\" shop.OrderException: no pen\n\tat shop.Main.order(Main.java:8)\nCaused by: java.lang.NullPointerException\n\tat shop.Main.take(Main.java:7)\n",
            "v1:4acf7f74e0ba8a65bd6e8d2a6eefd24b",
        ),
        (
            "panic: runtime error: index out of range [7] with length 3\n\ngoroutine 6 [running]:\nmain.order(0xc00001)\n\t/srv/shop/main.go:12 +0x1d\n",
            "v1:ec23f86b8df44bcaf7efc0e938e846fc",
        ),
        (
            "==9==ERROR: AddressSanitizer: heap-use-after-free on address 0x6020\n    #0 0x5562 in shop::pack(int) /src/pack.cc:9:3\n",
            "v1:4f10c84a95bbc8062a0d9ceb04853a02",
        ),
        ("TypeError: no\n    at rate (/srv/a.js:3:43)\n", "v1:5e57abdaca42ea6c528f6b6115aebad5"),
    ] {
        assert_eq!(fingerprint(&read(text)), print, "{text}");
    }
}

#[test]
fn lines_values_and_addresses_do_not_matter() {
    let moved = PYTHON.replace("line 8", "line 80").replace("USD", "JPY").replace("/srv/shop", "/home/ci/build-7/shop");
    assert_eq!(fingerprint(&read(PYTHON)), fingerprint(&read(&moved)));
    let moved = RUST
        .replace("7\n", "4096\n")
        .replace("the len is 3", "the len is 10")
        .replace("5:9", "6:1")
        .replace("shop::main", "shop::main::h0123456789abcdef");
    assert_eq!(fingerprint(&read(RUST)), fingerprint(&read(&moved)));
}

#[test]
fn another_error_or_place_is_another_crash() {
    let other = |from: &str, to: &str| fingerprint(&read(&PYTHON.replace(from, to)));
    assert_ne!(fingerprint(&read(PYTHON)), other("KeyError", "IndexError"));
    assert_ne!(fingerprint(&read(PYTHON)), other("in rate", "in price"));
    assert_ne!(
        fingerprint(&read(RUST)),
        fingerprint(&read(&RUST.replace("index out of bounds: the len is 3 but the index is 7", "attempt to add with overflow")))
    );
}

#[test]
fn a_recursion_counts_its_frames_once() {
    let deep = |times: usize| {
        format!(
            "Traceback (most recent call last):\n  File \"/srv/a.py\", line 1, in main\n{}RecursionError: too deep\n",
            "  File \"/srv/a.py\", line 2, in f\n".repeat(times)
        )
    };
    assert_eq!(fingerprint(&read(&deep(3))), fingerprint(&read(&deep(30))));
}

#[test]
fn what_is_rare_and_near_the_top_makes_crashes_alike() {
    let all =
        [PYTHON.to_owned(), PYTHON.replace("in main", "in serve"), PYTHON.replace("in rate", "in price").replace("KeyError", "ValueError")]
            .map(|text| keys(&read(&text)));
    let among = |key: i64| i64::try_from(all.iter().filter(|keys| keys.iter().any(|one| one.key == key)).count()).unwrap();
    let alike = |a: usize, b: usize| similarity(&all[a], &all[b], among, 3);
    assert!((alike(0, 0) - 1.0).abs() < 1e-9);
    assert!(alike(0, 1) > alike(0, 2), "{} {}", alike(0, 1), alike(0, 2));
    assert!((alike(0, 1) - alike(1, 0)).abs() < 1e-9);
}
