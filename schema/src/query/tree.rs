//! A query as a value: what is asked, with every value typed.

use super::span::{Moment, Rate, Span};
use super::term::Term;

/// A query that was read. Its `Display` is the canonical text, which reads back as the same query.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// What is asked; none finds everything.
    pub filter: Option<Expr>,
    /// In which order, the first sort first; empty leaves it to the list.
    pub sort: Vec<Sort>,
    /// Its values, free words and orders as they stand in the text that was read; none where it was put together. For what is said of a
    /// query that can be read: no part of what it asks.
    pub written: Vec<Written>,
}

/// Queries are equal that ask the same, however it is written.
impl PartialEq for Query {
    fn eq(&self, other: &Self) -> bool {
        self.filter == other.filter && self.sort == other.sort
    }
}

impl Eq for Query {}

/// A field's value, a free word or an order as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The field's name, `sort` of an order; empty of a free word.
    pub field: &'static str,
    /// The column of its first character, its quote included; the first is 1.
    pub column: usize,
    /// The column after its last character.
    pub end: usize,
    /// What it says.
    pub term: Term,
}

/// One order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The name of one of the fields' [`super::SortKey`]s.
    pub key: &'static str,
    /// `sort:-…`: the other end than the key's own comes first.
    pub reversed: bool,
}

/// What is asked. [`Expr::all`], [`Expr::any`] and [`Expr::negated`] build the form that reading gives: no AND directly in an AND,
/// no OR in an OR, no NOT in a NOT, two members at least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// All of these.
    And(Vec<Expr>),
    /// Any of these.
    Or(Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
    /// One field's value.
    Field {
        /// The field's name.
        field: &'static str,
        /// What its value must be.
        test: Test,
    },
    /// A free word or phrase (a term with white space in it).
    Words(Term),
}

/// What a field's value must be: any of the list, which is never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// One of a closed set of words ([`super::FieldKind::Word`]).
    Word(Vec<&'static str>),
    /// The whole value ([`super::FieldKind::Key`], [`super::FieldKind::KeyOf`] and [`super::FieldKind::Text`]).
    Is(Vec<Term>),
    /// Found anywhere in the value ([`super::FieldKind::Prose`]).
    Has(Vec<Term>),
    /// A number.
    Number(Vec<Span<i64>>),
    /// A time.
    Date(Vec<Span<Moment>>),
    /// A count within a window.
    Rate(Vec<Rate>),
}

impl Expr {
    /// All of these: ANDs among them are opened; one alone is itself; none of none.
    pub fn all(members: impl IntoIterator<Item = Self>) -> Option<Self> {
        let open = |member| match member {
            Self::And(inner) => inner,
            other => vec![other],
        };
        Self::joined(members.into_iter().flat_map(open).collect(), Self::And)
    }

    /// Any of these: ORs among them are opened; one alone is itself; none of none.
    pub fn any(members: impl IntoIterator<Item = Self>) -> Option<Self> {
        let open = |member| match member {
            Self::Or(inner) => inner,
            other => vec![other],
        };
        Self::joined(members.into_iter().flat_map(open).collect(), Self::Or)
    }

    /// Not this; the negation of a negation is what was negated.
    pub fn negated(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    fn joined(mut members: Vec<Self>, join: fn(Vec<Self>) -> Self) -> Option<Self> {
        if members.len() > 1 { Some(join(members)) } else { members.pop() }
    }

    /// Visits every field and free word from left to right. `wanted` is false for what stands under a NOT.
    pub fn visit<'a>(&'a self, visit: &mut dyn FnMut(&'a Self, bool)) {
        self.visit_as(true, visit);
    }

    fn visit_as<'a>(&'a self, wanted: bool, visit: &mut dyn FnMut(&'a Self, bool)) {
        match self {
            Self::And(members) | Self::Or(members) => members.iter().for_each(|member| member.visit_as(wanted, visit)),
            Self::Not(inner) => inner.visit_as(!wanted, visit),
            Self::Field { .. } | Self::Words(_) => visit(self, wanted),
        }
    }
}

impl Query {
    /// The free words and phrases in order, without those under a NOT: for full-text search, ranking and highlighting.
    pub fn words(&self) -> Vec<&Term> {
        let mut words = Vec::new();
        self.visit(&mut |expr, wanted| {
            if let (Expr::Words(term), true) = (expr, wanted) {
                words.push(term);
            }
        });
        words
    }

    /// Is this field asked about anywhere, also under a NOT?
    pub fn asks(&self, field: &str) -> bool {
        let mut asked = false;
        self.visit(&mut |expr, _| asked |= matches!(expr, Expr::Field { field: name, .. } if *name == field));
        asked
    }

    /// The one value that everything found has in this field: the query says `field:value` outside OR and NOT, with one value and
    /// no wildcard. The first, where it says so twice. Never of a number, date or prose field.
    pub fn sole(&self, field: &str) -> Option<&str> {
        self.required().iter().find_map(|expr| match expr {
            Expr::Field { field: name, test: Test::Word(values) } if *name == field => match values.as_slice() {
                [value] => Some(*value),
                _ => None,
            },
            Expr::Field { field: name, test: Test::Is(terms) } if *name == field => match terms.as_slice() {
                [term] => term.as_word(),
                _ => None,
            },
            _ => None,
        })
    }

    /// Where the values of this field stand in the text, `sort` and free words (the empty name) included.
    pub fn values(&self, field: &str) -> impl Iterator<Item = &Written> {
        self.written.iter().filter(move |value| value.field == field)
    }

    /// What everything found must meet: the members of the outermost AND, or the filter alone.
    pub fn required(&self) -> &[Expr] {
        match &self.filter {
            None => &[],
            Some(Expr::And(members)) => members,
            Some(one) => std::slice::from_ref(one),
        }
    }

    fn visit<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr, bool)) {
        if let Some(filter) = &self.filter {
            filter.visit(visit);
        }
    }
}
