//! Plain text and Jira's markup as Markdown that shows the same.

/// Plain text: line ends stay, what looks like a log or a trace is fenced, nothing is taken for a tag.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for paragraph in text.split("\n\n") {
        let paragraph = paragraph.trim_matches('\n');
        if paragraph.trim().is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        if is_listing(paragraph) {
            push_fenced(&mut out, paragraph);
        } else {
            let lines: Vec<String> = paragraph.lines().map(|line| line.trim_end().replace('<', "\\<")).collect();
            out.push_str(&lines.join("  \n"));
        }
    }
    out
}

fn push_fenced(out: &mut String, listing: &str) {
    let fence = "`".repeat((listing.split(|c| c != '`').map(str::len).max().unwrap_or(0) + 1).max(3));
    out.push_str(&format!("{fence}text\n{listing}\n{fence}"));
}

/// Whether several lines are a log, a trace or code: one of them is indented, or begins with a time.
fn is_listing(paragraph: &str) -> bool {
    let dated = |line: &str| line.len() > 10 && line.as_bytes()[..4].iter().all(u8::is_ascii_digit) && line.as_bytes()[4] == b'-';
    paragraph.lines().count() > 1
        && (paragraph.lines().any(|line| line.starts_with("  ") || line.starts_with('\t'))
            || paragraph.lines().filter(|line| dated(line)).count() > 1)
}

/// Jira's markup: code and noformat blocks are fenced, `{{code}}`, headings, quotes, links and mentions are said in Markdown; the rest
/// shows as it was written.
pub fn jira(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let mut rest = text;
    while let Some((before, inside, after)) = block(rest) {
        push_lines(&mut out, before);
        if !inside.trim().is_empty() {
            push_gap(&mut out);
            push_fenced(&mut out, inside.trim_matches('\n').trim_end());
        }
        rest = after;
    }
    push_lines(&mut out, rest);
    out
}

fn push_gap(out: &mut String) {
    if !out.is_empty() {
        out.push_str("\n\n");
    }
}

/// What stands before, in and after the first block of code.
fn block(text: &str) -> Option<(&str, &str, &str)> {
    let (at, word) = ["{code", "{noformat"].into_iter().filter_map(|word| text.find(word).map(|at| (at, word))).min()?;
    let opened = &text[at + word.len()..];
    let inside = &opened[opened.find('}')? + 1..];
    let close = format!("{word}}}");
    match inside.find(&close) {
        Some(end) => Some((&text[..at], &inside[..end], &inside[end + close.len()..])),
        None => Some((&text[..at], inside, "")),
    }
}

fn push_lines(out: &mut String, text: &str) {
    let text = text.trim_matches('\n');
    if text.trim().is_empty() {
        return;
    }
    push_gap(out);
    let lines: Vec<String> = text.lines().map(line).collect();
    for (index, line) in lines.iter().enumerate() {
        out.push_str(line);
        if let Some(next) = lines.get(index + 1) {
            out.push_str(if line.is_empty() || next.is_empty() { "\n" } else { "  \n" });
        }
    }
}

fn line(text: &str) -> String {
    let text = text.trim_end();
    let bytes = text.as_bytes();
    if bytes.len() > 4 && bytes[0] == b'h' && (b'1'..=b'6').contains(&bytes[1]) && bytes[2] == b'.' {
        return format!("{} {}", "#".repeat(usize::from(bytes[1] - b'0')), inline(text[3..].trim()));
    }
    match text.strip_prefix("bq. ") {
        Some(quote) => format!("> {}", inline(quote)),
        None => inline(text),
    }
}

/// `{{code}}`, `[text|address]`, `[~name]` of one line.
fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '[', '<']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let code = rest.strip_prefix("{{").and_then(|inner| inner.split_once("}}"));
        let link = rest.strip_prefix('[').and_then(|inner| inner.split_once(']'));
        if let Some((code, after)) = code.filter(|(code, _)| !code.contains('`') && !code.is_empty()) {
            out.push_str(&format!("`{code}`"));
            rest = after;
        } else if let Some((name, after)) = link.and_then(|(inner, after)| Some((inner.strip_prefix('~')?, after))) {
            out.push_str(&format!("@{}", name.strip_prefix("accountid:").unwrap_or(name)));
            rest = after;
        } else if let Some((title, url, after)) =
            link.and_then(|(inner, after)| inner.split_once('|').map(|(title, url)| (title, url, after)))
            && !super::web(url.trim()).is_empty()
        {
            out.push_str(&format!("[{}](<{}>)", title.trim(), url.trim()));
            rest = after;
        } else {
            if rest.starts_with('<') {
                out.push('\\');
            }
            out.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_text_shows_as_it_was_written() {
        assert_eq!(
            plain("one\ntwo <b>\n\n\nTraceback:\n  File \"a\", line 3\n"),
            "one  \ntwo \\<b>\n\n```text\nTraceback:\n  File \"a\", line 3\n```"
        );
        assert_eq!(plain(" \n\n"), "");
        assert_eq!(plain("a ``` b\n  c"), "````text\na ``` b\n  c\n````");
    }

    #[test]
    fn jiras_markup_shows_as_it_did() {
        assert_eq!(
            jira("h2. Seen\nThe {{master}} <b> says [docs|https://example.org/a]\n{code:java}\nint a;\n{code}\nbq. so [~tom]"),
            "## Seen  \nThe `master` \\<b> says [docs](<https://example.org/a>)\n\n```text\nint a;\n```\n\n> so @tom"
        );
        assert_eq!(jira("open {code} x\ny"), "open \n\n```text\n x\ny\n```".replace("open \n", "open\n"));
        assert_eq!(jira("[x|javascript:alert(1)] {{}} {"), "[x|javascript:alert(1)] {{}} {");
        for odd in ["h1.", "h1.é", "h1é abc", "{", "[", "{{", "[~", "{code", "{code}", "{noformat}x", "bq. ", "h2.\u{301}a"] {
            jira(odd);
        }
        assert_eq!(jira("h1é abc\nh1. é\nbq. é"), "h1é abc  \n# é  \n> é");
    }

    /// Texts made of what means something in Jira's markup, and of letters of several bytes.
    fn text() -> impl Strategy<Value = String> {
        let parts = prop::sample::select(vec![
            "h1",
            "h6.",
            "bq. ",
            "{code",
            "{code:é}",
            "{noformat}",
            "{{",
            "}}",
            "}",
            "[",
            "]",
            "[~",
            "|",
            "https://a.org",
            "<",
            "`",
            "é",
            "\u{301}",
            "€",
            "😀",
            " ",
            "  ",
            "\n",
            "\n\n",
            "2026-",
            ".",
            "a",
        ]);
        prop::collection::vec(parts, 0..40).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in any::<String>()) {
            plain(&text);
            jira(&text);
        }

        #[test]
        fn any_order_of_what_markup_is_made_of_is_taken(text in text()) {
            plain(&text);
            jira(&text);
        }
    }
}
