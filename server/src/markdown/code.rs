//! Colours for code, by class: a reader of words, strings, comments and numbers that knows a few dozen languages by their
//! families. Linear in the text, and no file of syntaxes is loaded (`docs/adr/0014-files-and-colours.md`).

/// What a piece can be; the style sheet gives each a colour.
pub(super) const CLASSES: &[&str] = &["hl-k", "hl-t", "hl-s", "hl-n", "hl-c", "hl-v", "hl-i", "hl-d"];

/// A family of languages.
struct Family {
    /// The names it goes by, with spaces around each.
    names: &'static str,
    /// Words of the language itself, with spaces around each.
    words: &'static str,
    /// What begins a comment that ends with its line.
    line: &'static [&'static str],
    /// What begins and ends a longer comment.
    block: Option<(&'static str, &'static str)>,
    /// What texts stand between; three of them are a text over several lines.
    quotes: &'static str,
    /// Whether `'` may also begin a lifetime or be an apostrophe, so that a text in it has one character.
    short_quotes: bool,
    /// Whether capitals in its words mean nothing.
    fold: bool,
    /// What begins a variable, such as `$`.
    variable: Option<char>,
    /// Whether a word before `:` or `=` is a key.
    keys: bool,
}

const C_WORDS: &str = " auto break case catch char class const constexpr continue default delete do double else enum explicit export extern false final float for friend goto if inline int long namespace new noexcept nullptr NULL operator override private protected public register restrict return short signed sizeof static struct switch template this throw true try typedef typename union unsigned using virtual void volatile while bool ";

const PLAIN: Family =
    Family { names: "", words: "", line: &[], block: None, quotes: "\"", short_quotes: false, fold: false, variable: None, keys: false };

static FAMILIES: &[Family] = &[
    Family {
        names: " rust rs ",
        words: " as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while ",
        line: &["//"],
        block: Some(("/*", "*/")),
        short_quotes: true,
        ..PLAIN
    },
    Family {
        names: " c h cpp c++ cc hpp cxx objc ",
        words: C_WORDS,
        line: &["//"],
        block: Some(("/*", "*/")),
        quotes: "\"'",
        variable: Some('#'),
        ..PLAIN
    },
    Family {
        names: " go golang ",
        words: " break case chan const continue default defer else fallthrough false for func go goto if import interface iota map nil package range return select struct switch true type var ",
        line: &["//"],
        block: Some(("/*", "*/")),
        quotes: "\"'`",
        ..PLAIN
    },
    Family {
        names: " java kotlin kt scala groovy csharp cs swift dart ",
        words: " abstract as assert async await boolean break byte case catch char class const continue def default do double else enum extends false final finally float for fun func get guard if implements import in instanceof int interface internal is let long namespace native new nil null object open operator out override package private protected public readonly record return sealed set short static string struct super switch this throw throws true try typeof using val var virtual void volatile when where while with yield ",
        line: &["//"],
        block: Some(("/*", "*/")),
        quotes: "\"'",
        variable: Some('@'),
        ..PLAIN
    },
    Family {
        names: " javascript js jsx mjs typescript ts tsx ",
        words: " abstract any as async await boolean break case catch class const continue debugger default delete do else enum export extends false finally for from function get if implements import in instanceof interface keyof let never new null number of private protected public readonly return set static string super switch this throw true try type typeof undefined unknown var void while with yield ",
        line: &["//"],
        block: Some(("/*", "*/")),
        quotes: "\"'`",
        ..PLAIN
    },
    Family {
        names: " python py starlark bzl ",
        words: " and as assert async await break case class continue def del elif else except False finally for from global if import in is lambda match None nonlocal not or pass raise return self True try while with yield ",
        line: &["#"],
        quotes: "\"'",
        variable: Some('@'),
        ..PLAIN
    },
    Family {
        names: " ruby rb elixir ex perl pl lua r julia tcl ",
        words: " alias and begin break case class def defmodule defp do else elsif elseif end ensure false fn for function if in include local module my my next nil not or our package puts raise redo repeat require rescue retry return self sub super then true undef unless until use when while yield ",
        line: &["#", "--"],
        quotes: "\"'",
        variable: Some('$'),
        ..PLAIN
    },
    Family {
        names: " sh bash shell zsh fish console dockerfile docker makefile make cmake ",
        words: " alias break case cd continue do done echo elif else esac eval exec exit export false fi for function if in local printf read return set shift source sudo then trap true unset until while ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM LABEL RUN USER VOLUME WORKDIR ",
        line: &["#"],
        quotes: "\"'",
        variable: Some('$'),
        ..PLAIN
    },
    Family {
        names: " sql postgres postgresql sqlite mysql ",
        words: " add all alter and as asc begin between by case cast check column commit constraint create cross default delete desc distinct drop else end exists false foreign from full group having if in index inner insert into is join key left like limit not null offset on or order outer primary references returning right rollback select set table then true union unique update using values view when where with ",
        line: &["--"],
        block: Some(("/*", "*/")),
        quotes: "'\"",
        fold: true,
        ..PLAIN
    },
    Family { names: " json json5 jsonc ", words: " true false null ", line: &["//"], keys: true, ..PLAIN },
    Family { names: " yaml yml ", words: " true false null yes no on off ", line: &["#"], quotes: "\"'", keys: true, ..PLAIN },
    Family {
        names: " toml ini conf cfg properties editorconfig ",
        words: " true false ",
        line: &["#", ";"],
        quotes: "\"'",
        keys: true,
        ..PLAIN
    },
    Family { names: " html xml svg xhtml vue ", block: Some(("<!--", "-->")), quotes: "\"'", keys: true, ..PLAIN },
    Family {
        names: " css scss less ",
        words: " important ",
        block: Some(("/*", "*/")),
        quotes: "\"'",
        variable: Some('@'),
        keys: true,
        ..PLAIN
    },
];

/// Coloured HTML of code in a language of this name; none for a language that is not known here.
pub(super) fn html(name: &str, text: &str) -> Option<String> {
    if matches!(name, "diff" | "patch") {
        return Some(diff(text));
    }
    if name.is_empty() || name.contains(' ') {
        return None;
    }
    let wanted = format!(" {name} ");
    let family = FAMILIES.iter().find(|family| family.names.contains(&wanted))?;
    Some(read(family, text))
}

/// Lines added and removed.
fn diff(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for line in text.split_inclusive('\n') {
        let class = match line.as_bytes().first() {
            _ if line.starts_with("+++") || line.starts_with("---") || line.starts_with("@@") => "hl-c",
            Some(b'+') => "hl-i",
            Some(b'-') => "hl-d",
            _ => "",
        };
        put(&mut out, class, line);
    }
    out
}

fn read(family: &Family, text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let (length, class) = piece(family, rest, first, before);
        let (taken, after) = rest.split_at(length);
        put(&mut out, class, taken);
        before = taken.chars().next_back().unwrap_or(' ');
        rest = after;
    }
    out
}

/// How many bytes the piece at the beginning has, and what it is.
fn piece(family: &Family, rest: &str, first: char, before: char) -> (usize, &'static str) {
    let line_end = || rest.find('\n').unwrap_or(rest.len());
    if let Some((open, close)) = family.block.filter(|(open, _)| rest.starts_with(open)) {
        let inside = &rest[open.len()..];
        return (inside.find(close).map_or(rest.len(), |at| open.len() + at + close.len()), "hl-c");
    }
    // `#` in the middle of a word, as in an address, begins none.
    if family.line.iter().any(|mark| rest.starts_with(mark)) && (before.is_whitespace() || first == '/' || before == ';') {
        return (line_end(), "hl-c");
    }
    if family.quotes.contains(first) || (family.short_quotes && first == '\'') {
        let length = quoted(family, rest, first);
        if length > 1 {
            let key = family.keys && rest[length..].trim_start_matches([' ', '\t']).starts_with(':');
            return (length, if key { "hl-v" } else { "hl-s" });
        }
    }
    if Some(first) == family.variable {
        let word = rest[first.len_utf8()..].find(|c: char| !is_word(c) && c != '{').map_or(rest.len(), |at| at + first.len_utf8());
        return (word, if word > first.len_utf8() { "hl-v" } else { "" });
    }
    if first.is_ascii_digit() && !is_word(before) {
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').unwrap_or(rest.len());
        return (length, "hl-n");
    }
    if is_word(first) {
        let length = rest.find(|c: char| !(is_word(c) || family.keys && matches!(c, '-' | '.'))).unwrap_or(rest.len());
        return (length, word(family, &rest[..length], &rest[length..], before));
    }
    (first.len_utf8(), "")
}

fn word(family: &Family, word: &str, after: &str, before: char) -> &'static str {
    let folded = if family.fold { word.to_ascii_lowercase() } else { String::new() };
    let known = if family.fold { &folded } else { word };
    if !is_word(before) && family.words.contains(&format!(" {known} ")) {
        return "hl-k";
    }
    if family.keys {
        // A tag's name, or a key.
        let key = before == '<' || before == '/' || after.trim_start_matches([' ', '\t']).starts_with([':', '=']);
        return if key { "hl-v" } else { "" };
    }
    let type_like = word.len() > 1 && word.starts_with(|c: char| c.is_ascii_uppercase()) && word.contains(|c: char| c.is_ascii_lowercase());
    if type_like && !family.fold { "hl-t" } else { "" }
}

/// How many bytes a text in quotes has; 1 where it is none.
fn quoted(family: &Family, rest: &str, quote: char) -> usize {
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    if rest.starts_with(&triple) {
        return rest[3..].find(&triple).map_or(rest.len(), |at| at + 6);
    }
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        // A lifetime, or an apostrophe.
        if family.short_quotes && quote == '\'' && at > 12 {
            return 1;
        }
        match c {
            '\n' if quote != '`' => return if family.short_quotes && quote == '\'' { 1 } else { at },
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => {
                let short = family.short_quotes && quote == '\'';
                let inside = &rest[1..at];
                return if short && inside.chars().count() != 1 && !inside.starts_with('\\') { 1 } else { at + 1 };
            }
            _ => {}
        }
    }
    if family.short_quotes && quote == '\'' { 1 } else { rest.len() }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn put(out: &mut String, class: &str, text: &str) {
    if !class.is_empty() {
        out.push_str("<span class=\"");
        out.push_str(class);
        out.push_str("\">");
    }
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    if !class.is_empty() {
        out.push_str("</span>");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is left of coloured HTML without its tags.
    fn bare(html: &str) -> String {
        let tags = regex::Regex::new("<span class=\"hl-[a-z]\">|</span>").unwrap();
        tags.replace_all(html, "").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    }

    #[test]
    fn words_strings_numbers_and_comments_are_told_apart() {
        let rust = html("rust", "fn f<'a>(x: &'a str) -> Vec<u8> { let c = '\\n'; // \"no\"\n 0xff }").unwrap();
        for part in ["\"hl-k\">fn<", "\"hl-t\">Vec<", "\"hl-s\">'\\n'<", "\"hl-c\">// &quot;no&quot;<", "\"hl-n\">0xff<"] {
            assert!(rust.contains(part), "{part}: {rust}");
        }
        assert!(rust.contains("'a&gt;"), "{rust}");
        let json = html("json", "{\"key\": \"text\", \"n\": -1.5e3, \"t\": true}").unwrap();
        assert!(json.contains("\"hl-v\">&quot;key&quot;<") && json.contains("\"hl-s\">&quot;text&quot;<"), "{json}");
        let sql = html("sql", "SELECT a FROM t -- all").unwrap();
        assert!(sql.contains("\"hl-k\">SELECT<") && sql.contains("\"hl-c\">-- all<"), "{sql}");
        let patch = html("diff", "@@ -1 +1 @@\n-old\n+new\n").unwrap();
        assert!(patch.contains("\"hl-d\">-old") && patch.contains("\"hl-i\">+new"), "{patch}");
        assert_eq!(html("klingon", "x"), None);
        assert_eq!(html("", "x"), None);
    }

    #[test]
    fn a_large_text_takes_little_time() {
        let started = tokio::time::Instant::now();
        for name in ["rust", "html", "yaml", "python"] {
            for text in ["'".repeat(65_536), "\"\"\"".repeat(20_000), "/*".repeat(30_000), "a ".repeat(30_000), "<!--".repeat(16_000)] {
                assert!(html(name, &text).is_some());
            }
        }
        assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    }

    proptest! {
        #[test]
        fn nothing_of_a_text_is_lost(text in "[a-z0-9'\"`#/*<>&$@:=\\\\ \n\u{e9}-]{0,200}", at in 0..FAMILIES.len()) {
            let name = FAMILIES[at].names.split_whitespace().next().unwrap();
            prop_assert_eq!(bare(&html(name, &text).unwrap()), text);
        }
    }
}
