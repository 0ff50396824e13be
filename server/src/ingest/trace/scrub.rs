//! What nobody meant to publish, put out of a text before it is kept.

use super::pattern;
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// Stands where something was taken out.
const GONE: &str = "[removed]";

/// Each with the part that stays, as `keep` and `after`.
static SECRETS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?x)
        (?P<k1> (?i:\b(?:proxy-)?authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:(?:basic|bearer|token|digest|negotiate|aws4-hmac-sha256)\s{1,4})?) ) [^\s"',;]{4,}
      | (?P<k2> (?i:\b(?:set-)?cookie["']?\s{0,4}:\s{0,4}["']?) ) [^\r\n"]{3,}
      | (?P<k3> \b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@"'<>]*: ) [^\s/@"'<>]+ (?P<a3> @ )
      | (?P<k4> (?i:\b[A-Za-z0-9_.-]{0,60}(?:passw(?:or)?d|passphrase|secret|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?token|access[_-]?token|refresh[_-]?token|client[_-]?secret|session[_-]?id)[A-Za-z0-9_-]{0,20}["']?\s{0,3}(?:=|:|=>)\s{0,3}["']?) )
            [^\s"',;:&)}\]>=\[][^\s"',;&)}\]]{2,}
      | (?P<k5> (?i:\bbearer\s{1,4}) ) [A-Za-z0-9._~+/=-]{12,}
      | (?P<pem> -----BEGIN\ [A-Z\ ]{0,30}PRIVATE\ KEY-----[\s\S]*?(?:-----END\ [A-Z\ ]{0,30}PRIVATE\ KEY-----|\z) )
      | (?P<key> \b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b
            | \bgh[pousr]_[A-Za-z0-9]{20,}\b | \bgithub_pat_[A-Za-z0-9_]{22,}\b | \bglpat-[A-Za-z0-9_-]{20,64}
            | \bdlb_[A-Za-z0-9_-]{16,} | \bxox[abeoprs]-[A-Za-z0-9-]{10,} | \b[sr]k_(?:live|test)_[A-Za-z0-9]{16,} | \bAIza[A-Za-z0-9_-]{35}
            | \bnpm_[A-Za-z0-9]{36}\b | \bpypi-[A-Za-z0-9_-]{40,} | \bSG\.[A-Za-z0-9_-]{16,40}\.[A-Za-z0-9_-]{16,60}
            | \beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,} )"#,
    )
});
/// A person's directory: their name says nothing about the crash.
static HOME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?P<root>(?:/home|/Users|[A-Za-z]:\\{1,2}Users|/var/home)(?:/|\\{1,2}))(?P<who>[^/\\\s:'<>]{1,64})"));

/// `text` without passwords in addresses, authorization and cookie headers, values named like secrets, keys in the forms of well-known
/// services, private keys and signed tokens; and with the owners of home directories left out (`/home/~/shop/cart.py`). What looks like
/// none of these stays: it is no promise that nothing secret is left.
pub fn scrub(text: &str) -> String {
    let text = SECRETS.replace_all(text, |found: &Captures<'_>| {
        let keep = ["k1", "k2", "k3", "k4", "k5"].iter().find_map(|name| found.name(name)).map_or("", |kept| kept.as_str());
        let after = found.name("a3").map_or("", |kept| kept.as_str());
        // Line breaks stay where they were: frames are counted by lines.
        format!("{keep}{GONE}{after}")
    });
    HOME.replace_all(&text, "${root}~").into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_goes_and_the_rest_stays() {
        for (from, to) in [
            ("Authorization: Bearer abc.def.ghi", "Authorization: Bearer [removed]"),
            ("'Authorization': 'Basic dXNlcjpwYXNz'", "'Authorization': 'Basic [removed]'"),
            ("postgres://heron:s3cret@db:5432/x", "postgres://heron:[removed]@db:5432/x"),
            ("password='hunter22', user='a'", "password='[removed]', user='a'"),
            ("DB_PASSWORD=hunter22", "DB_PASSWORD=[removed]"),
            ("key AKIAABCDEFGHIJKLMNOP used", "key [removed] used"),
            ("ghp_0123456789abcdefghij0123456789abcdef", "[removed]"),
            ("Cookie: session=abc; other=def", "Cookie: [removed]"),
            ("File \"/home/mara/shop/cart.py\", line 3", "File \"/home/~/shop/cart.py\", line 3"),
            ("C:\\Users\\mara\\shop.cs", "C:\\Users\\~\\shop.cs"),
            ("at shop.Password.check(Password.java:3)", "at shop.Password.check(Password.java:3)"),
            ("ledger::password::check", "ledger::password::check"),
            ("KeyError: 'USD'", "KeyError: 'USD'"),
            ("http://host:8080/path", "http://host:8080/path"),
        ] {
            assert_eq!(scrub(from), to, "{from}");
        }
    }

    #[test]
    fn a_scrubbed_text_is_scrubbed() {
        let once = scrub("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtYXJhIn0.abcdef and https://a:b@c/d in /home/mara/x");
        assert_eq!(once, "token [removed] and https://a:[removed]@c/d in /home/~/x");
        assert_eq!(scrub(&once), once);
    }
}
