//! The one style sheet: the files of `web/style` in the order of the cascade layers, without comments and needless space.

use anyhow::{Context, Result};
use std::path::Path;

/// The layers that come first, in this order; the other files follow by name.
const LAYERS: [&str; 4] = ["tokens", "base", "layout", "parts"];

/// Characters around which space means nothing.
const EDGES: [char; 4] = ['{', '}', ';', ','];

/// Reads and joins `folder/*.css`. Empty when the folder is missing.
///
/// # Errors
/// When a file cannot be read as UTF-8.
pub fn join(folder: &Path) -> Result<String> {
    let mut files: Vec<_> = match folder.read_dir() {
        Ok(entries) => entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect(),
        Err(_) => Vec::new(),
    };
    files.retain(|path| path.extension().is_some_and(|extension| extension == "css"));
    files.sort_by_key(|path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        (LAYERS.iter().position(|layer| *layer == name).unwrap_or(LAYERS.len()), name)
    });
    let mut all = String::new();
    for file in files {
        all += &minify(&std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?);
        all.push('\n');
    }
    Ok(all)
}

/// Drops comments and the space that has no meaning anywhere: around braces and semicolons and after commas. Strings stay as they are. Space around `:`, `+`,
/// `-` and `>` stays too: there it can mean something.
fn minify(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    let mut space = false;
    while let Some(next) = rest.chars().next() {
        if rest.starts_with("/*") {
            rest = rest[2..].split_once("*/").map_or("", |(_, after)| after);
            // `a/**/b` is neither `ab` nor `a b`.
            if !space && !out.ends_with(EDGES) && !rest.starts_with(char::is_whitespace) && !rest.is_empty() && !out.is_empty() {
                out.push_str("/**/");
            }
            continue;
        }
        if next.is_whitespace() {
            rest = rest.trim_start();
            space = true;
            continue;
        }
        if EDGES.contains(&next) {
            if next == '}' && out.ends_with(';') {
                out.pop();
            }
        } else if space && !out.is_empty() && !out.ends_with(EDGES) {
            out.push(' ');
        }
        space = false;
        let length = if next == '"' || next == '\'' { string_length(rest, next) } else { next.len_utf8() };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out
}

/// The bytes of the quoted string that `text` starts with, both quotes included.
fn string_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        if character == quote && !escaped {
            return at + 1;
        }
        escaped = character == '\\' && !escaped;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::minify;

    #[test]
    fn comments_and_space_go() {
        let css = "/* a */\n@layer base {\n  a , b > c :hover {\n    margin: 0 calc(1px + 2px);\n    color: red;\n  }\n}\n";
        assert_eq!(minify(css), "@layer base{a,b > c :hover{margin: 0 calc(1px + 2px);color: red}}");
    }

    #[test]
    fn strings_stay() {
        assert_eq!(minify(r#"a::after { content: "/* {  } \" ' */" ; }"#), r#"a::after{content: "/* {  } \" ' */"}"#);
        assert_eq!(minify("a { content: 'é  ü"), "a{content: 'é  ü");
    }

    #[test]
    fn a_comment_between_words_neither_joins_nor_parts_them() {
        assert_eq!(minify(".a/* x */.b {}/**/c/**/ d{}"), ".a/**/.b{}c d{}");
    }
}
