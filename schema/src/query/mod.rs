//! The query language: one for list filters, saved views, watch rules, boards and signatures.
//!
//! ```text
//! is:open kind:crash,bug impact:>40 updated:<7d (component:ovs OR "session reset") -label:wip* sort:impact
//!
//! query  = [ any ]                                   nothing at all finds everything
//! any    = all { "OR" all }
//! all    = one { [ "AND" ] one }                     terms side by side: AND
//! one    = ( "NOT" | "-" ) one | "(" any ")" | field ":" value { "," value } | word
//! value  = bare | "quoted" | compare bare | [ bare ] ".." [ bare ]
//! ```
//!
//! - Operators are upper case words; field names and closed values are read in any case.
//! - `*` stands for any text, also inside quotes. Inside quotes `\"`, `\\` and `\*` are the characters themselves;
//!   a backslash before anything else is itself, so that pasted text needs no care.
//! - A bare word ends at white space, a parenthesis or a quote; a bare value also at a comma.
//! - `name:` begins a field, but `a::b`, `https://…` and `10:30` are words.
//! - Comparisons (`>40 >=40 <40 <=40 =40`) and ranges (`20..60 20.. ..60`) belong to numbers and dates.
//! - A count within a window is a comparison and a window of whole days, today included: `ci:>5/7d`.
//! - A date is a day in UTC (`2026-01-31`), an age (`7d`: hours `h`, days `d`, weeks `w`, months `m` of 30 days, years `y`
//!   of 365) or a time ahead (`+7d`). Ages compare as ages: `updated:<7d` was updated within the last seven days;
//!   `due:<+7d` is due before seven days from now.
//! - `sort:impact` takes the order its help names, `sort:-impact` the reverse. It stands outside parentheses and NOT.
//!
//! Which fields there are, the user of the language says: [`Fields`]. Reading is linear in the length of the text, and
//! every limit ([`MAX_CHARS`], [`MAX_DEPTH`], [`MAX_TERMS`]) is an error with a column, never a panic. Whoever answers a query says what cannot be
//! asked in the same way ([`QueryError::at`]): a query knows where its values stand ([`Query::values`]).

mod complete;
mod error;
mod eval;
mod fields;
mod lexer;
mod parser;
mod print;
mod span;
mod term;
mod tree;
mod value;
mod vocabulary;

#[cfg(test)]
mod tests;

pub use complete::{COMPLETIONS, Completion, CompletionsQuery, Of, Part, Stub, stub};
pub use error::{QueryError, nearest};
pub use eval::{Folded, Subject, wildcard};
pub use fields::{Field, FieldKind, Fields, Help, SortKey, help};
pub use lexer::{MAX_CHARS, MAX_TERMS};
pub use parser::{MAX_DEPTH, parse};
pub use span::{Moment, Rate, Span};
pub use term::Term;
pub use tree::{Expr, Query, Sort, Test, Written};
pub use vocabulary::{DELTAS, SIGNATURES, TASKS};
