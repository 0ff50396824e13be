//! Names in a query that nobody has: said, with the nearest one, rather than an empty list that explains nothing.

use std::collections::{BTreeSet, HashSet};

use schema::{
    list::Hint,
    query::{Expr as Asked, Query as Question, Term, Test, nearest},
};
use sea_query::{CommonTableExpression, Expr, ExprTrait, Order, Query, SelectStatement, UnionType, WithClause};
use serde::Deserialize;

use crate::{
    caller::Caller,
    error::Result,
    store::{
        db::{Dialect, Tx},
        delta::visible,
        gather::{Gather, Gathered},
        org,
        table::{Component, Delta, DeltaLabel, Org, Project, Segment, User},
    },
};

/// What a name is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Of {
    /// A project.
    Project,
    /// A component of a project.
    Component,
    /// A segment of a project.
    Segment,
    /// An organisation.
    Org,
    /// A person.
    User,
    /// A label of deltas.
    Label,
}

impl Of {
    fn word(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Component => "component",
            Self::Segment => "segment",
            Self::Org => "organisation",
            Self::User => "person",
            Self::Label => "label",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Org => "org",
            Self::User => "user",
            of => of.word(),
        }
    }
}

/// A name that somebody has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub struct Had {
    of: Of,
    name: String,
}

/// The names that a query asks for.
#[derive(Debug, Default)]
pub struct Named {
    names: BTreeSet<Had>,
    /// Components and segments are looked for in the one project that the query requires.
    project: Option<String>,
}

/// What a field's value names, and as what: handles lose their `@`, of a stance the organisation is meant. None where it is a pattern or a word
/// of the language.
fn naming(field: &str, term: &Term) -> Option<Had> {
    let word = term.as_word()?;
    let lower = word.to_lowercase();
    let (of, name) = match field {
        "project" => (Of::Project, lower),
        "component" => (Of::Component, lower),
        "segment" => (Of::Segment, lower),
        "committed" if !matches!(lower.as_str(), "any" | "none") => (Of::Org, lower),
        "stance" => (Of::Org, lower.split('/').next().unwrap_or_default().to_owned()),
        "affecting" | "reporter" if lower != "me" => (Of::User, lower.trim_start_matches('@').to_owned()),
        "label" => (Of::Label, word.to_owned()),
        _ => return None,
    };
    Some(Had { of, name })
}

impl Named {
    /// Those of a query.
    pub fn of(query: &Question) -> Self {
        let mut named = Self { names: BTreeSet::new(), project: query.sole("project").map(str::to_lowercase) };
        if let Some(filter) = &query.filter {
            filter.visit(&mut |expr, _| {
                if let Asked::Field { field, test: Test::Is(terms) } = expr {
                    named.names.extend(terms.iter().filter_map(|term| naming(field, term)));
                }
            });
        }
        named
    }

    fn all(&self, of: Of) -> Vec<&str> {
        self.names.iter().filter(|had| had.of == of).map(|had| had.name.as_str()).collect()
    }
}

/// The names of one kind that a caller may see: a select of the column `name`.
fn names(caller: &Caller, of: Of, project: Option<&str>) -> (SelectStatement, Expr) {
    let mut select = Query::select();
    let column = match of {
        Of::Project => {
            select.from(Project::Table);
            Expr::col((Project::Table, Project::Slug))
        }
        Of::Component => {
            select.from(Component::Table);
            if let Some(project) = project {
                select.and_where(Expr::col((Component::Table, Component::ProjectId)).eq(super::condition::project_id(project)));
            }
            Expr::col((Component::Table, Component::Slug))
        }
        Of::Segment => {
            select.from(Segment::Table);
            if let Some(project) = project {
                select.and_where(Expr::col((Segment::Table, Segment::ProjectId)).eq(super::condition::project_id(project)));
            }
            Expr::col((Segment::Table, Segment::Slug))
        }
        Of::Org => {
            select.from(Org::Table).cond_where(org::visible(caller));
            Expr::col((Org::Table, Org::Slug))
        }
        Of::User => {
            select.from(User::Table);
            Expr::col((User::Table, User::Name))
        }
        Of::Label => {
            select
                .from(DeltaLabel::Table)
                .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((DeltaLabel::Table, DeltaLabel::DeltaId)))
                .cond_where(visible(caller));
            Expr::col((DeltaLabel::Table, DeltaLabel::Label))
        }
    };
    (select, column)
}

/// Asks which of the named there are, as far as the caller may see: by their keys, a handful of rows.
pub fn ask(gather: &mut Gather, caller: &Caller, named: &Named) {
    let mut all: Option<SelectStatement> = None;
    let mut add = |part: SelectStatement| match &mut all {
        Some(all) => {
            all.union(UnionType::All, part);
        }
        None => all = Some(part),
    };
    for of in [Of::Project, Of::Component, Of::Segment, Of::Org, Of::User] {
        let asked = named.all(of);
        if asked.is_empty() {
            continue;
        }
        let (mut select, column) = names(caller, of, named.project.as_deref());
        select.distinct().expr_as(Expr::cust(format!("'{}'", of.name())), "of").expr_as(column.clone(), "name");
        add(select.and_where(column.is_in(asked)).take());
    }
    for label in named.all(Of::Label) {
        // One of many deltas that have it says enough.
        let (mut select, column) = names(caller, Of::Label, None);
        let one = select.expr(Expr::val(1)).and_where(column.is_in([label.to_owned(), label.to_lowercase()])).limit(1).take();
        let found = Expr::SubQuery(None, Box::new(one.into())).is_not_null();
        add(Query::select().expr_as(Expr::cust("'label'"), "of").expr_as(Expr::val(label).cast_as("text"), "name").and_where(found).take());
    }
    if let Some(all) = all {
        gather.part("had", &["of", "name"], all);
    }
}

/// Which there are.
///
/// # Errors
/// When [`ask`] was not.
pub fn told(gathered: &mut Gathered) -> Result<HashSet<Had>> {
    Ok(gathered.take::<Had>("had")?.into_iter().collect())
}

/// Most names that the nearest is looked for among.
const AMONG: u64 = 1_000;

/// A hint for each name in the query that nobody has, as far as the caller may see; no statement where there is none. `text` is what the query was
/// read from.
///
/// # Errors
/// When the database does not answer.
pub async fn hints(tx: &mut Tx, caller: &Caller, text: &str, query: &Question, had: &HashSet<Had>) -> Result<Vec<Hint>> {
    let project = query.sole("project").map(str::to_lowercase);
    let mut hints = Vec::new();
    for value in &query.written {
        let written = value.term.as_word().unwrap_or_default();
        let (word, near) = if value.field == "watching" {
            if written.is_empty() || written.eq_ignore_ascii_case("me") || caller.orgs.iter().any(|org| value.term.is(&org.slug)) {
                continue;
            }
            let near = nearest(written, caller.orgs.iter().map(|org| org.slug.as_str())).map(str::to_owned);
            ("organisation of yours".to_owned(), near)
        } else {
            let Some(name) = naming(value.field, &value.term).filter(|name| !had.contains(name)) else { continue };
            let near = nearest_of(tx, caller, &name, project.as_deref()).await?;
            let inside = project.as_deref().filter(|_| matches!(name.of, Of::Component | Of::Segment));
            (inside.map_or_else(|| name.of.word().to_owned(), |project| format!("{} of {project}", name.of.word())), near)
        };
        let near = near.map(|near| match written.split_once('/') {
            Some((_, state)) if value.field == "stance" => format!("{near}/{state}"),
            _ => near,
        });
        let corrected = near.as_deref().map(|near| replaced(text, value.column, value.end, near));
        hints.push(Hint {
            column: value.column,
            message: format!("There is no {word} \"{written}\" that you could see."),
            suggestion: near,
            corrected,
        });
        // A query of a hundred mistakes is not a conversation.
        if hints.len() == 5 {
            break;
        }
    }
    Ok(hints)
}

/// The text with other characters from one column to before another.
fn replaced(text: &str, from: usize, to: usize, with: &str) -> String {
    let chars = || text.chars().enumerate();
    let before = chars().filter(|(at, _)| *at + 1 < from).map(|(_, c)| c);
    let after = chars().filter(|(at, _)| *at + 1 >= to).map(|(_, c)| c);
    let with = Term::plain(with).to_string();
    before.chain(with.chars()).chain(after).collect()
}

/// The nearest name there is. People and labels are many: of those only the ones with the same first letter are looked at.
async fn nearest_of(tx: &mut Tx, caller: &Caller, name: &Had, project: Option<&str>) -> Result<Option<String>> {
    let mut begins = String::new();
    if matches!(name.of, Of::User | Of::Label) {
        let Some(first) = name.name.chars().next().filter(char::is_ascii_alphanumeric) else { return Ok(None) };
        begins.push(first);
    }
    let names = beginning(tx, caller, name.of, project, &begins, AMONG).await?;
    Ok(nearest(&name.name, names.iter().map(String::as_str)).map(str::to_owned))
}

/// Names that begin like this, in the order of their bytes, each once, at most `most` of them. One statement, which reads no more than it
/// gives.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn beginning(tx: &mut Tx, caller: &Caller, of: Of, project: Option<&str>, begins: &str, most: u64) -> Result<Vec<String>> {
    let behind = behind(begins);
    let part = Part { dialect: tx.dialect(), from: begins, below: behind.as_deref() };
    let select = if of == Of::Label {
        labels(caller, part, most)
    } else {
        let (mut select, column) = names(caller, of, project);
        // The others are one each by themselves, and are read in their order.
        if matches!(of, Of::Component | Of::Segment) {
            select.distinct();
        }
        part.of(&mut select, column, None);
        select.limit(most).take()
    };
    Ok(tx.all::<(String,)>(&select).await?.into_iter().map(|(name,)| name).collect())
}

/// A part of the names in the order of their bytes.
#[derive(Clone, Copy)]
struct Part<'a> {
    dialect: Dialect,
    from: &'a str,
    below: Option<&'a str>,
}

impl Part<'_> {
    /// Selects this part of a column as `name`; of it, what comes after another name, where one is given.
    fn of(self, select: &mut SelectStatement, column: Expr, after: Option<Expr>) {
        // Compared as bytes, as the index of SQLite is.
        let column = if self.dialect == Dialect::Postgres { Expr::cust_with_expr("$1 COLLATE \"C\"", column) } else { column };
        select.expr_as(column.clone(), "name").order_by_expr(column.clone(), Order::Asc);
        select.and_where(match after {
            Some(after) => column.clone().gt(after),
            None => column.clone().gte(self.from),
        });
        select.and_where_option(self.below.map(|below| column.lt(below)));
    }
}

/// Labels of a part, each looked up behind the one before: many deltas have one, and what is read does not grow with them.
fn labels(caller: &Caller, part: Part<'_>, most: u64) -> SelectStatement {
    let next = |after: Option<Expr>| {
        let (mut select, column) = names(caller, Of::Label, None);
        part.of(&mut select, column, after);
        Expr::SubQuery(None, Box::new(select.limit(1).take().into()))
    };
    let (name, turn) = (|| Expr::col(("walk", "name")), || Expr::col(("walk", "turn")));
    let mut steps = Query::select();
    steps.expr_as(next(None), "name").expr_as(Expr::val(1_i64), "turn");
    let mut more = Query::select();
    more.expr(next(Some(name())))
        .expr(turn().add(1_i64))
        .from("walk")
        .and_where(name().is_not_null())
        .and_where(turn().lt(i64::try_from(most).unwrap_or(i64::MAX)));
    steps.union(UnionType::All, more);
    let walk = CommonTableExpression::new().table_name("walk").columns(["name", "turn"]).query(steps).to_owned();
    let mut select = Query::select();
    select.column(("walk", "name")).from("walk").and_where(name().is_not_null()).order_by(("walk", "turn"), Order::Asc);
    select.with_cte(WithClause::new().recursive(true).cte(walk).to_owned());
    select
}

/// The first text, in the order of bytes, after all that begin like this; none where they are the last.
fn behind(begins: &str) -> Option<String> {
    let mut chars: Vec<char> = begins.chars().collect();
    while let Some(last) = chars.pop() {
        if let Some(next) = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_replaced_stands_where_it_stood() {
        assert_eq!(replaced("is:open project:neutorn é", 17, 24, "neutron"), "is:open project:neutron é");
        assert_eq!(replaced("label:x", 7, 8, "a b"), "label:\"a b\"");
    }

    #[test]
    fn what_begins_like_a_text_ends_before_the_one_behind_it() {
        let behind = |begins: &str| behind(begins).unwrap_or_default();
        assert_eq!((behind("cv"), behind("é"), behind("z")), ("cw".to_owned(), "ê".to_owned(), "{".to_owned()));
        assert_eq!((behind("a\u{d7ff}"), behind("a\u{10ffff}")), ("a\u{e000}".to_owned(), "b".to_owned()));
        assert_eq!((behind(""), behind("\u{10ffff}")), (String::new(), String::new()));
    }
}
