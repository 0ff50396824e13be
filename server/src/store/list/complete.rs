//! Values of the instance that could stand at a place of a query: names of projects, people, labels, as far as the caller may see them.

use std::collections::BTreeSet;

use schema::{
    query::{COMPLETIONS, DELTAS, Part, Query as Question, Stub, parse},
    stance::Stance,
};
use sea_query::{Expr, ExprTrait, Order};

use super::hint::{Of, names};
use crate::{
    caller::Caller,
    error::Result,
    store::db::{Dialect, Tx},
};

/// What could stand there, each with what it is; nothing that begins otherwise. `text` is the whole query: the project it requires says which
/// components and segments are meant.
///
/// # Errors
/// When the database does not answer.
pub async fn values(tx: &mut Tx, caller: &Caller, stub: &Stub, text: &str) -> Result<Vec<(String, String)>> {
    let Part::Value(Some(field)) = stub.part else { return Ok(Vec::new()) };
    let begins = stub.begins.as_str();
    let project = required(text);
    let fixed = |words: &[(&str, &str)]| -> Vec<(String, String)> {
        words.iter().filter(|(word, _)| word.starts_with(begins)).map(|(word, about)| ((*word).to_owned(), (*about).to_owned())).collect()
    };
    let own = || caller.orgs.iter().map(|org| (org.slug.as_str(), org.name.as_str())).collect::<Vec<_>>();
    let (mut found, of, begins) = match field.name {
        "project" => (Vec::new(), Of::Project, begins),
        "component" => (Vec::new(), Of::Component, begins),
        "segment" => (Vec::new(), Of::Segment, begins),
        "label" => (Vec::new(), Of::Label, begins),
        "committed" => (fixed(&[("none", "Nobody"), ("any", "Somebody")]), Of::Org, begins),
        "reporter" | "affecting" | "assignee" => (fixed(&[("me", "Yourself")]), Of::User, begins.trim_start_matches('@')),
        "stance" => match begins.split_once('/') {
            Some((org, state)) => {
                let states = Stance::ALL.iter().map(|stance| stance.as_str()).filter(|word| word.starts_with(state));
                return Ok(states.map(|word| (format!("{org}/{word}"), String::new())).collect());
            }
            None => (Vec::new(), Of::Org, begins),
        },
        "lens" => return Ok(fixed(&own())),
        "watching" => return Ok([fixed(&[("me", "Any of your organisations")]), fixed(&own())].concat()),
        _ => return Ok(Vec::new()),
    };
    let slash = if field.name == "stance" { "/" } else { "" };
    let mut ways = BTreeSet::from([begins.to_owned()]);
    if of == Of::Label {
        // Labels keep their capitals.
        let mut letters = begins.chars();
        ways.extend(letters.next().map(|first| first.to_uppercase().chain(letters).collect()));
        ways.insert(stub.written.clone());
    }
    let mut names = BTreeSet::new();
    for way in ways {
        names.extend(begin(tx, caller, of, project.as_deref(), &way).await?);
    }
    found.extend(names.into_iter().map(|name| (format!("{name}{slash}"), String::new())));
    Ok(found)
}

/// The project that a query requires, also while its end is still being written.
fn required(text: &str) -> Option<String> {
    let sole = |query: Question| query.sole("project").map(str::to_lowercase);
    // What is being written may be no query yet: what stands before its last blank may be one.
    let before = text.trim_end().rsplit_once(' ').map(|(before, _)| before);
    parse(text, &DELTAS).ok().or_else(|| parse(before?, &DELTAS).ok()).and_then(sole)
}

/// The first names that begin like this, in their order. Each is looked up behind the one before: labels and people are many, and so are the
/// deltas that have a label.
async fn begin(tx: &mut Tx, caller: &Caller, of: Of, project: Option<&str>, begins: &str) -> Result<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    if begins.is_empty() && matches!(of, Of::User) {
        return Ok(found);
    }
    while found.len() < COMPLETIONS {
        let (mut select, column) = names(caller, of, project);
        // Compared as bytes, as the index of SQLite is.
        let column = if tx.dialect() == Dialect::Postgres { Expr::cust_with_expr("$1 COLLATE \"C\"", column) } else { column };
        select.expr_as(column.clone(), "name").order_by_expr(column.clone(), Order::Asc).limit(1);
        match found.last() {
            Some(last) => select.and_where(column.clone().gt(last.as_str())),
            None => select.and_where(column.clone().gte(begins)),
        };
        let next: Option<(String,)> = tx.optional(&select).await?;
        match next {
            Some((name,)) if name.starts_with(begins) => found.push(name),
            _ => break,
        }
    }
    Ok(found)
}
