//! Values of the instance that could stand at a place of a query: names of projects, people, labels, as far as the caller may see them.

use std::collections::BTreeSet;

use schema::{
    query::{COMPLETIONS, DELTAS, Part, Query as Question, Stub, parse},
    stance::Stance,
};

use super::hint::{Of, beginning};
use crate::{caller::Caller, error::Result, store::db::Tx};

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
    // People are many, and none of them is nearer than another before a letter is written.
    for way in ways.iter().filter(|way| of != Of::User || !way.is_empty()) {
        names.extend(beginning(tx, caller, of, project.as_deref(), way, COMPLETIONS as u64).await?);
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
