//! From characters to tokens, each with its column.

use super::error::QueryError;
use super::term::Term;

/// The longest query, in characters.
pub const MAX_CHARS: usize = 1000;

/// The most words, field values and sorts in one query.
pub const MAX_TERMS: usize = 100;

/// A token and where it stands.
pub(super) struct Token {
    pub column: usize,
    /// The column after its last character.
    pub end: usize,
    pub kind: Kind,
}

pub(super) enum Kind {
    Open,
    Close,
    And,
    Or,
    /// `NOT` or `-`
    Not,
    /// The name before a colon and the values behind it, at least one.
    Field(String, Vec<Atom>),
    Words(Term),
}

/// One value of a field as written, not yet typed.
pub(super) struct Atom {
    pub column: usize,
    /// The column after its last character.
    pub end: usize,
    pub term: Term,
}

/// How many characters a field's name takes at the beginning of a word; none where the word is not a field with a colon.
pub(super) fn name_len(word: &[char]) -> Option<usize> {
    let len = word.iter().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).count();
    let named = word.first()?.is_ascii_alphabetic() && word.get(len) == Some(&':');
    // `a::b` is a path and `a://b` an address, not a field.
    let other = word.get(len + 1) == Some(&':') || word[len..].starts_with(&[':', '/', '/']);
    (named && !other).then_some(len)
}

/// Does a minus sign at the beginning of these characters negate what follows? Not `--force`, nor a dash on its own.
fn negates(chars: &[char]) -> bool {
    matches!(chars, ['-', next, ..] if !matches!(next, '-' | ')') && !next.is_whitespace())
}

/// Would a bare free word of this text be read as something else?
pub(super) fn misread(word: &str) -> bool {
    let chars: Vec<char> = word.chars().collect();
    matches!(word, "AND" | "OR" | "NOT") || negates(&chars) || name_len(&chars).is_some()
}

/// Does this character end a bare word?
pub(super) fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '"')
}

/// All tokens of a text.
pub(super) fn lex(text: &str) -> Result<Vec<Token>, QueryError> {
    let chars: Vec<char> = text.chars().take(MAX_CHARS + 1).collect();
    if chars.len() > MAX_CHARS {
        return Err(QueryError::new(MAX_CHARS + 1, format!("A query has at most {MAX_CHARS} characters.")));
    }
    if let Some(at) = chars.iter().position(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
        return Err(QueryError::new(at + 1, "Control characters cannot be searched for."));
    }
    let mut lexer = Lexer { chars, at: 0, terms: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.token()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    terms: usize,
}

impl Lexer {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn rest(&self) -> &[char] {
        &self.chars[self.at..]
    }

    fn token(&mut self) -> Result<Option<Token>, QueryError> {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        let column = self.at + 1;
        let Some(first) = self.peek() else { return Ok(None) };
        let kind = match first {
            '(' => self.step(Kind::Open),
            ')' => self.step(Kind::Close),
            '-' if negates(self.rest()) => self.step(Kind::Not),
            '"' => Kind::Words(self.quoted()?),
            _ => match name_len(self.rest()) {
                Some(len) => self.field(len)?,
                None => self.word(),
            },
        };
        if matches!(kind, Kind::Words(_)) {
            self.count(column)?;
        }
        self.gap(&kind)?;
        Ok(Some(Token { column, end: self.at + 1, kind }))
    }

    fn step(&mut self, kind: Kind) -> Kind {
        self.at += 1;
        kind
    }

    fn count(&mut self, column: usize) -> Result<(), QueryError> {
        self.terms += 1;
        if self.terms > MAX_TERMS {
            return Err(QueryError::new(column, format!("A query has at most {MAX_TERMS} words and values.")));
        }
        Ok(())
    }

    /// What was read must end where it seems to: `kind:bug"x"` would otherwise quietly be two terms.
    fn gap(&self, kind: &Kind) -> Result<(), QueryError> {
        let allowed = match (kind, self.peek()) {
            (_, None) | (Kind::Open, _) => true,
            (Kind::Not, Some(_)) if self.chars[self.at - 1] == '-' => true,
            (Kind::And | Kind::Or | Kind::Not, Some(next)) => next.is_whitespace() || next == '(',
            (Kind::Close | Kind::Field(..) | Kind::Words(_), Some(next)) => next.is_whitespace() || next == ')',
        };
        if allowed {
            return Ok(());
        }
        let message = "A space is missing here; or put the whole text in quotes (\\\" is a quote in it).";
        Err(QueryError::new(self.at + 1, message))
    }

    /// A bare word or operator; the caller has seen that something is there.
    fn word(&mut self) -> Kind {
        let word = self.bare(ends_word);
        match word.as_str() {
            "AND" => Kind::And,
            "OR" => Kind::Or,
            "NOT" => Kind::Not,
            word => Kind::Words(Term::wildcard(word)),
        }
    }

    fn field(&mut self, len: usize) -> Result<Kind, QueryError> {
        let name: String = self.rest()[..len].iter().collect();
        self.at += len + 1;
        let mut atoms = Vec::new();
        loop {
            let column = self.at + 1;
            let term = match self.peek() {
                Some('"') => self.quoted()?,
                _ => Term::wildcard(&self.bare(|c| ends_word(c) || c == ',')),
            };
            if term.is_blank() {
                return Err(QueryError::new(
                    column,
                    format!(
                        "A value is missing here, right after \"{name}:\" or the comma, without a space. To search for this text, put it in quotes."
                    ),
                ));
            }
            self.count(column)?;
            atoms.push(Atom { column, end: self.at + 1, term });
            if self.peek() != Some(',') {
                return Ok(Kind::Field(name, atoms));
            }
            self.at += 1;
        }
    }

    /// Characters up to one that ends them; perhaps none.
    fn bare(&mut self, ends: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.peek().is_some_and(|c| !ends(c)) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect()
    }

    /// Text in quotes; the caller has seen the opening one.
    fn quoted(&mut self) -> Result<Term, QueryError> {
        let column = self.at + 1;
        let (mut parts, mut part) = (Vec::new(), String::new());
        self.at += 1;
        loop {
            let rest = self.rest();
            match *rest {
                [] => return Err(QueryError::new(column, "This quote is not closed.")),
                ['"', ..] => break,
                ['\\', escaped @ ('"' | '\\' | '*'), ..] => {
                    part.push(escaped);
                    self.at += 1;
                }
                ['*', ..] => parts.push(std::mem::take(&mut part)),
                [c, ..] => part.push(c),
            }
            self.at += 1;
        }
        self.at += 1;
        parts.push(part);
        let term = Term::from_parts(parts);
        if term.is_blank() {
            return Err(QueryError::new(column, "There is nothing in these quotes."));
        }
        Ok(term)
    }
}
