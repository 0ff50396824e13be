//! What a text is likely written in.

use super::Format;

impl Format {
    /// The format a text looks like: reStructuredText where it has more signs of that than of Markdown.
    pub fn guess(text: &str) -> Self {
        let (mut rst, mut markdown) = (0usize, 0usize);
        let mut before = "";
        for line in text.lines() {
            let trimmed = line.trim();
            if let Some(rest) = trimmed.strip_prefix(".. ") {
                let marks = rest.starts_with(['_', '|', '[']) || rest.split(' ').next().is_some_and(|word| word.ends_with("::"));
                rst += 3 * usize::from(marks);
            }
            let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
            markdown += 3 * usize::from((1..=6).contains(&hashes) && line[hashes..].starts_with(' '));
            markdown += 3 * usize::from(trimmed.starts_with("```") || trimmed.starts_with("~~~ ") || trimmed.starts_with("- [ ] "));
            let first = trimmed.bytes().next();
            let under =
                trimmed.len() >= 3 && first.is_some_and(|first| b"=-~^\"'+*".contains(&first) && trimmed.bytes().all(|byte| byte == first));
            // Both have titles with `=` and `-` below; a title with such a line above too is reStructuredText's.
            rst += usize::from(under && !before.is_empty() && trimmed.len() >= before.chars().count());
            rst += usize::from(trimmed.ends_with("::"));
            rst += usize::from(line.contains("`_") || line.contains(":`") || line.contains("]_"));
            rst += usize::from(line.contains("``") && !line.contains("```"));
            markdown +=
                usize::from(line.contains("](") || trimmed.starts_with("> ") || trimmed.starts_with("|--") || trimmed.starts_with("| --"));
            before = trimmed;
        }
        if rst > markdown { Self::Rst } else { Self::Markdown }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_for_what_it_looks_like() {
        for (text, format) in [
            ("Just words.", Format::Markdown),
            ("", Format::Markdown),
            ("# Title\n\nSee [this](https://a.org) and `code`.\n", Format::Markdown),
            ("Title\n=====\n\n```\ncode\n```\n", Format::Markdown),
            ("=====\nTitle\n=====\n\nPart\n----\n\nSee ``code`` and `this`_.\n\n.. _this: https://a.org\n", Format::Rst),
            (".. note:: Mind the gap.\n", Format::Rst),
            ("Like this::\n\n    code\n", Format::Rst),
        ] {
            assert_eq!(Format::guess(text), format, "{text}");
        }
    }
}
