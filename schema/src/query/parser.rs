//! From tokens to the tree, by recursive descent.

use super::error::QueryError;
use super::fields::Fields;
use super::lexer::{Atom, Kind, Token, lex};
use super::tree::{Expr, Query, Sort, Written};
use super::value;

/// How deep parentheses and negations may stand in each other.
pub const MAX_DEPTH: usize = 32;

/// Reads a query about these fields.
///
/// # Errors
/// Where the text is not a query, names what is not known, or passes [`super::MAX_CHARS`], [`super::MAX_TERMS`] or [`MAX_DEPTH`].
pub fn parse(text: &str, fields: &Fields) -> Result<Query, QueryError> {
    let tokens = lex(text)?;
    if tokens.is_empty() {
        return Ok(Query::default());
    }
    let mut parser =
        Parser { fields, end: text.chars().count() + 1, tokens: tokens.into_iter().peekable(), sort: Vec::new(), written: Vec::new() };
    let filter = parser.any(0)?;
    match parser.tokens.next() {
        None => Ok(Query { filter, sort: parser.sort, written: parser.written }),
        // Only a closing parenthesis ends `any` early.
        Some(token) => Err(QueryError::new(token.column, "This parenthesis closes nothing.")),
    }
}

struct Parser<'a> {
    fields: &'a Fields,
    /// One past the last column.
    end: usize,
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    sort: Vec<Sort>,
    written: Vec<Written>,
}

impl Parser<'_> {
    fn column(&mut self) -> usize {
        self.tokens.peek().map_or(self.end, |token| token.column)
    }

    /// Is the next token this? Then it is taken.
    fn take(&mut self, wanted: fn(&Kind) -> bool) -> bool {
        self.tokens.next_if(|token| wanted(&token.kind)).is_some()
    }

    fn missing(&mut self) -> QueryError {
        let column = self.column();
        QueryError::new(column, "A word or field is missing here. To search for AND, OR, NOT or a parenthesis, put it in quotes.")
    }

    /// `any`: None where there are only sorts.
    fn any(&mut self, depth: usize) -> Result<Option<Expr>, QueryError> {
        let start = self.column();
        let mut members = vec![self.all(depth)?];
        while self.take(|kind| matches!(kind, Kind::Or)) {
            members.push(self.all(depth)?);
        }
        if members.len() > 1 && members.iter().any(Option::is_none) {
            return Err(QueryError::new(start, "OR needs words or fields on both sides, not only a sort."));
        }
        Ok(Expr::any(members.into_iter().flatten()))
    }

    /// `all`: None where there are only sorts.
    fn all(&mut self, depth: usize) -> Result<Option<Expr>, QueryError> {
        let mut members = Vec::new();
        loop {
            members.extend(self.one(depth)?);
            let joined = self.take(|kind| matches!(kind, Kind::And));
            let ends = self.tokens.peek().is_none_or(|token| matches!(token.kind, Kind::Or | Kind::Close));
            if ends && !joined {
                return Ok(Expr::all(members));
            }
        }
    }

    /// `one`: None for a sort.
    fn one(&mut self, depth: usize) -> Result<Option<Expr>, QueryError> {
        let startable = |token: &Token| !matches!(token.kind, Kind::Close | Kind::And | Kind::Or);
        let Some(token) = self.tokens.next_if(startable) else { return Err(self.missing()) };
        if depth >= MAX_DEPTH && matches!(token.kind, Kind::Open | Kind::Not) {
            return Err(QueryError::new(token.column, format!("Parentheses and negations go at most {MAX_DEPTH} deep.")));
        }
        match token.kind {
            Kind::Words(term) => {
                self.written.push(Written { field: "", column: token.column, end: token.end, term: term.clone() });
                Ok(Some(Expr::Words(term)))
            }
            Kind::Field(name, atoms) => self.field(depth, token.column, &name, &atoms),
            Kind::Not => Ok(self.one(depth + 1)?.map(Expr::negated)),
            _ => {
                let inner = self.any(depth + 1)?;
                if !self.take(|kind| matches!(kind, Kind::Close)) {
                    return Err(QueryError::new(token.column, "This parenthesis is not closed."));
                }
                Ok(inner)
            }
        }
    }

    fn field(&mut self, depth: usize, column: usize, name: &str, atoms: &[Atom]) -> Result<Option<Expr>, QueryError> {
        if !self.fields.sorts.is_empty() && name.eq_ignore_ascii_case("sort") {
            if depth > 0 {
                return Err(QueryError::new(
                    column,
                    "A sort stands outside parentheses and NOT. For the reverse order write \"sort:-name\".",
                ));
            }
            for atom in atoms {
                let sort = value::sort(self.fields, atom)?;
                if self.sort.iter().any(|earlier| earlier.key == sort.key) {
                    return Err(QueryError::new(atom.column, format!("The list is already sorted by \"{}\".", sort.key)));
                }
                self.sort.push(sort);
            }
            self.note("sort", atoms);
            return Ok(None);
        }
        let Some(field) = self.fields.find(name) else {
            let message = format!("Unknown field \"{name}\". To search for this text, put it in quotes.");
            return Err(QueryError::new(column, message).near(name, self.fields.names()));
        };
        let test = value::test(field, atoms)?;
        self.note(field.name, atoms);
        Ok(Some(Expr::Field { field: field.name, test }))
    }

    /// Remembers where a field's values stand.
    fn note(&mut self, field: &'static str, atoms: &[Atom]) {
        let value = |atom: &Atom| Written { field, column: atom.column, end: atom.end, term: atom.term.clone() };
        self.written.extend(atoms.iter().map(value));
    }
}
