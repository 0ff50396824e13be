//! Which failures are alike: the same test, saying the same once numbers, addresses, times, paths and ids are put aside.

mod normalise;
mod trace;

use super::text::hex;
use sha2::{Digest, Sha256};

pub use normalise::normalise;

/// The rules' version, written before every fingerprint: groups made by older rules stay what they are.
pub const VERSION: &str = "v1";

/// Messages that tell nothing about what went wrong.
const EMPTY_WORDS: [&str; 10] =
    ["failed", "failure", "error", "errored", "test failed", "test error", "null", "none", "undefined", "(no message)"];

/// The fingerprint of a failure: `v1:` and 32 hexadecimal digits.
///
/// It covers the test id as it is (parameters included) and the first line of the message that says something, normalised. Without such
/// a line the details speak: the exception, and the innermost three frames of the program's own code.
pub fn fingerprint(test: &str, message: Option<&str>, details: Option<&str>) -> String {
    let crux = message.and_then(telling_line).or_else(|| details.map(trace::crux)).unwrap_or_default();
    let digest = Sha256::new().chain_update(VERSION).chain_update([0]).chain_update(test).chain_update([0]).chain_update(crux).finalize();
    format!("{VERSION}:{}", hex(&digest[..16]))
}

/// The first line that says something, normalised.
fn telling_line(text: &str) -> Option<String> {
    text.lines().map(normalise).find(|line| {
        let words = line.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        !words.is_empty() && !EMPTY_WORDS.contains(&words.as_str()) && !words.starts_with("traceback (most recent call last")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_same_failure_of_two_runs_has_one_fingerprint() {
        let first = fingerprint("a.B.t[x-1]", Some("agent 41 at 10.0.0.7:8774 lost after 0.31s (req-4cf1, 0x7f00aa12)"), None);
        let second = fingerprint("a.B.t[x-1]", Some("agent 7 at 192.168.1.20:9 lost after 12.7s (req-99be-1, 0x55d0c0)"), Some("other"));
        assert_eq!(first, second);
        assert!(first.starts_with("v1:") && first.len() == 35);
    }

    #[test]
    fn another_test_parameter_or_message_is_another_failure() {
        let base = fingerprint("a.B.t[x-1]", Some("lost"), None);
        assert_ne!(base, fingerprint("a.B.t[x-2]", Some("lost"), None));
        assert_ne!(base, fingerprint("a.B.t[x-1]", Some("found"), None));
    }

    #[test]
    fn an_empty_message_lets_the_exception_and_own_frames_speak() {
        let trace = |line: u32, name: &str, error: &str| {
            format!(
                "Traceback (most recent call last):\n  File \"/usr/lib/python3/unittest/case.py\", line {line}, in run\n  \
                 File \"/home/ci/{line}/shop/cart.py\", line {line}, in {name}\n    go()\n{error}"
            )
        };
        let print = |details: &str| fingerprint("t", Some("Failed"), Some(details));
        assert_eq!(print(&trace(1, "add", "KeyError: 17")), print(&trace(2, "add", "KeyError: 4")));
        assert_ne!(print(&trace(1, "add", "KeyError: 17")), print(&trace(1, "drop", "KeyError: 17")));
        assert_ne!(print(&trace(1, "add", "KeyError: 17")), print(&trace(1, "add", "OSError: 17")));
        assert_eq!(fingerprint("t", None, None), fingerprint("t", Some(" \n"), None));
    }

    proptest! {
        #[test]
        fn numbers_addresses_times_and_paths_do_not_matter(
            words in "[a-z ]{0,20}", a in 0u64..1_000_000, b in 0u64..1_000_000, x in any::<u64>(), y in any::<u64>(),
            day in 1u8..29, hour in 0u8..24, octets in any::<[u8; 4]>(), dir in "[a-z]{1,8}", id in any::<[u8; 16]>(),
        ) {
            let at = |n: u64, address: u64, day: u8, hour: u8, ip: [u8; 4], dir: &str, id: [u8; 16]| {
                let h = hex(&id);
                let uuid = format!("{}-{}-{}-{}-{}", &h[..8], &h[8..12], &h[12..16], &h[16..20], &h[20..]);
                let [i, j, k, l] = ip;
                format!("{words} {n} of 0x{address:x} at 2026-11-{day:02}T{hour:02}:00:01.5Z on {i}.{j}.{k}.{l}:{n} in /tmp/{dir}/log.txt:{n} {uuid} took {n}.5 ms")
            };
            let one = at(a, x, day, hour, octets, &dir, id);
            let two = at(b, y, 28, 3, [1, 2, 3, 4], "zz", [7; 16]);
            prop_assert_eq!(normalise(&one), normalise(&two));
            prop_assert_eq!(fingerprint("t", Some(&one), None), fingerprint("t", Some(&two), None));
        }

        #[test]
        fn any_text_is_taken(text in any::<String>(), details in any::<String>()) {
            let line = normalise(&text);
            prop_assert!(!line.starts_with(' ') && !line.ends_with(' '));
            fingerprint(&text, Some(&text), Some(&details));
            fingerprint(&text, None, Some(&details));
        }
    }
}
