//! Quick filters: the query with one condition put in, replaced or taken out. Links, so that each result has an address.

use leptos::prelude::*;
use schema::query::{Expr, Query, Sort, Term, Test};

/// The list of a query. An empty query is said: left out it would be the list's own.
pub fn href(query: &Query) -> String {
    super::address(&query.to_string())
}

/// The quick filters, and the orders.
pub fn chips(query: &Query, signed_in: bool) -> AnyView {
    let word = |field, word| Expr::Field { field, test: Test::Word(vec![word]) };
    let key = |field, word| Expr::Field { field, test: Test::Is(vec![Term::plain(word)]) };
    let states = [("Open", Some(word("is", "open"))), ("Closed", Some(word("is", "closed"))), ("Open and closed", None)]
        .map(|(text, state)| choice(query, "is", text, state));
    let kinds = [
        ("All kinds", None),
        ("Bugs", Some(word("kind", "bug"))),
        ("Crashes", Some(word("kind", "crash"))),
        ("Specs", Some(word("kind", "spec"))),
    ]
    .map(|(text, kind)| choice(query, "kind", text, kind));
    let mut more = vec![
        toggle(query, "Agreed", word("consensus", "agreed")),
        toggle(query, "Nobody has committed", key("committed", "none")),
        toggle(query, "Regressed", word("is", "regressed")),
    ];
    if signed_in {
        more.push(toggle(query, "Affecting me", key("affecting", "me")));
        more.push(toggle(query, "Filed by me", key("reporter", "me")));
    }
    let orders = [("Impact", "impact"), ("Updated", "updated"), ("Newest", "created")].map(|(text, key)| order(query, text, key));
    view! {
        <nav aria-label="Filters" class="chips">{states}{kinds}{more}</nav>
        <nav aria-label="Order" class="chips"><span class="xs faint">"Order"</span>{orders}</nav>
    }
    .into_any()
}

/// One value of a field that has one at a time.
fn choice(query: &Query, field: &'static str, text: &'static str, value: Option<Expr>) -> AnyView {
    let all = query.required().iter();
    // `is:regressed` is a filter of its own.
    let own = |expr: &&Expr| is_of(expr, field) && !regressed(expr);
    let here = match &value {
        Some(value) => query.required().contains(value),
        None => !all.clone().any(|expr| own(&expr)),
    };
    let rest = all.filter(|expr| !own(expr)).cloned();
    link(Query { filter: Expr::all(value.into_iter().chain(rest)), sort: query.sort.clone(), ..Query::default() }, text, here)
}

/// A condition that is there or not.
fn toggle(query: &Query, text: &'static str, value: Expr) -> AnyView {
    let here = query.required().contains(&value);
    let rest = query.required().iter().filter(|expr| **expr != value).cloned();
    let filter = Expr::all(rest.chain((!here).then(|| value.clone())));
    link(Query { filter, sort: query.sort.clone(), ..Query::default() }, text, here)
}

fn order(query: &Query, text: &'static str, key: &'static str) -> AnyView {
    let here = match query.sort.as_slice() {
        [] => key == "impact",
        [sort, ..] => sort.key == key && !sort.reversed,
    };
    let sort = if key == "impact" { Vec::new() } else { vec![Sort { key, reversed: false }] };
    link(Query { filter: query.filter.clone(), sort, ..Query::default() }, text, here)
}

fn link(query: Query, text: &'static str, here: bool) -> AnyView {
    view! { <a class="pill" href=href(&query) aria-current=here.then_some("true")>{text}</a> }.into_any()
}

fn is_of(expr: &Expr, name: &str) -> bool {
    matches!(expr, Expr::Field { field, .. } if *field == name)
}

fn regressed(expr: &Expr) -> bool {
    matches!(expr, Expr::Field { test: Test::Word(words), .. } if words.as_slice() == ["regressed"])
}
