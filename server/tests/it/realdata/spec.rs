use std::{collections::HashMap, path::Path, time::Instant};

use regex::Regex;
use schema::delta::Format;
use server::prose;

use super::{files, folder};

/// Words of letters and digits, with how often each is there.
fn words(text: &str) -> HashMap<String, usize> {
    let mut found = HashMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 1) {
        *found.entry(word.to_lowercase()).or_default() += 1;
    }
    found
}

/// What of reStructuredText is to be read: without comments, names of directives, options, and names that stand for other words.
fn readable(text: &str) -> String {
    let names = text.lines().filter_map(|line| line.trim_start().strip_prefix(".. |")?.split_once('|'));
    let names: Vec<String> = names.map(|(name, _)| format!("|{name}|")).collect();
    let text = &names.iter().fold(text.to_owned(), |text, name| text.replace(name, &" ".repeat(name.len())));
    let indent = |line: &str| line.len() - line.trim_start().len();
    let (mut out, mut lines) = (String::new(), text.lines().peekable());
    while let Some(line) = lines.next() {
        let trimmed = line.trim_start();
        let Some(rest) = trimmed.strip_prefix("..").filter(|rest| rest.is_empty() || rest.starts_with(' ')) else {
            out.push_str(line);
            out.push('\n');
            continue;
        };
        let rest = rest.trim();
        if let Some((directive, argument)) = rest.split_once("::") {
            let code = directive.contains("code");
            out.push_str(if code { "" } else { argument });
            out.push('\n');
            while lines.peek().is_some_and(|next| next.trim_start().starts_with(':') && indent(next) > indent(line)) {
                lines.next();
            }
        } else if rest.starts_with(['_', '[', '|']) {
            // A target's address is in the links that lead there; a name that nothing leads to is not to be read.
            out.push_str(if rest.starts_with('[') { rest } else { "" });
            out.push('\n');
            if rest.starts_with('_') {
                while lines.peek().is_some_and(|next| !next.trim().is_empty() && indent(next) > indent(line)) {
                    lines.next();
                }
            }
        } else {
            while lines.peek().is_some_and(|next| next.trim().is_empty() || indent(next) > indent(line)) {
                lines.next();
            }
        }
    }
    out
}

/// What of Markdown is to be read: without comments and tags, languages of code blocks, numbers of list items, entities, and names that stand
/// for addresses or notes.
fn readable_markdown(text: &str) -> String {
    let drop =
        |pattern: &str, text: String, instead: &str| Regex::new(pattern).expect("an expression").replace_all(&text, instead).into_owned();
    let (mut out, mut fence) = (String::new(), None);
    for line in drop("(?s)<!--.*?-->", text.to_owned(), " ").lines() {
        let trimmed = line.trim_start_matches([' ', '>', '-', '*']);
        let mark = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark));
        match (fence, mark) {
            (None, Some(_)) => fence = mark,
            (Some(open), Some(mark)) if open == mark && trimmed.trim_end().trim_matches(['`', '~']).is_empty() => fence = None,
            (Some(_), _) => out.push_str(line),
            (None, None) => {
                let mut line = drop(r"^[\s>]*\[[^\]]+\]:\s.*$", line.to_owned(), "");
                for (pattern, instead) in [
                    (r"^(\s*)\d+[.)](\s)", "$1$2"),
                    (r"\]\s?\[[^\]]*\]", "]"),
                    (r"\[\^[^\]]*\]", " "),
                    (r"</?[A-Za-z][\w-]*(\s[^<>]*)?/?>", " "),
                ] {
                    line = drop(pattern, line, instead);
                }
                out.push_str(&line);
            }
        }
        out.push('\n');
    }
    drop("&#?[A-Za-z0-9]+;", out, " ")
}

fn render(path: &Path, text: &str, format: Format) -> prose::Document {
    let started = Instant::now();
    let document = prose::render(text, format, "body", &server::markdown::Known::default());
    let name = path.file_name().expect("a name").to_string_lossy();
    println!(
        "{name}: {} bytes in {:?}, {} headings, {} pieces, {} shown as source",
        text.len(),
        started.elapsed(),
        document.outline.len(),
        document.blocks.len(),
        document.unread
    );
    assert!(started.elapsed().as_secs() < 20, "{name}");
    document
}

#[test]
fn every_spec_is_rendered_and_no_word_of_it_is_lost() {
    let Some(folder) = folder("specs") else { return };
    let colours = Regex::new("<span class=\"hl-[a-z]\">|</span>").expect("an expression");
    let mut seen = 0;
    for path in files(&folder) {
        let text = std::fs::read_to_string(&path).expect("a text");
        let rst = path.extension().is_some_and(|extension| extension == "rst");
        let format = if rst { Format::Rst } else { Format::Markdown };
        assert_eq!(Format::guess(&text), format, "{}", path.display());
        let document = render(&path, &text, format);
        assert!(document.outline.len() > 5, "{}", path.display());
        let ids: std::collections::HashSet<&str> = document.outline.iter().map(|heading| heading.id.as_str()).collect();
        assert_eq!(ids.len(), document.outline.len(), "{}", path.display());
        // Colours go through words: `10u32`.
        let html = if rst { document.html.clone() } else { colours.replace_all(&document.html, "").into_owned() };
        let shown = words(&html.replace("&amp;", "&").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">"));
        let source = if rst { readable(&text) } else { readable_markdown(&text) };
        let mut lost: Vec<_> = words(&source).into_iter().filter(|(word, count)| shown.get(word).copied().unwrap_or(0) < *count).collect();
        lost.sort();
        assert!(lost.is_empty(), "{}: {lost:?}", path.display());
        assert!(!rst || document.unread <= 2, "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 13, "{seen}");
}
