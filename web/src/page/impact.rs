//! What a person stated about how a delta affects them.

use leptos::prelude::*;
use schema::{
    impact::{MinePage, Statement, severity_word},
    route,
};
use time::OffsetDateTime;

use crate::part::{self, Crumb};

/// The page "Your vote".
pub fn mine(page: MinePage) -> AnyView {
    let MinePage { key, title, mine, now } = page;
    let back = route::delta(key);
    let current = match mine.severity {
        Some(severity) => view! { <p>"Your vote now: "<b>{severity_word(severity)}</b></p> }.into_any(),
        None => view! { <p class="muted">"You have no vote on it now."</p> }.into_any(),
    };
    let lines = mine.history.iter().rev().map(|statement| line(statement, now)).collect_view();
    let body = if mine.history.is_empty() {
        part::empty("Nothing stated yet", "What you vote, change, confirm for a release and take back stands here.", ())
    } else {
        view! { <ol class="body stack-sm small">{lines}</ol> }.into_any()
    };
    view! {
        <div class="slim stack">
            {part::crumbs(vec![Crumb::link(key.to_string(), back.clone()), Crumb::text("Your vote")])}
            <h1>"Your vote"</h1>
            <p><a class="link" href=back>{title}</a></p>
            {current}
            {part::panel_with("What you stated", "only you read this here", (), body)}
        </div>
    }
    .into_any()
}

fn line(statement: &Statement, now: OffsetDateTime) -> impl IntoView + use<> {
    let severity = statement.severity.map(severity_word).unwrap_or_default();
    let words = match (statement.what.as_str(), &statement.release) {
        ("confirmed", Some(release)) => format!("Confirmed for {release}: {severity}"),
        ("withdrawn", _) => "Taken back".to_owned(),
        _ => format!("Voted: {severity}"),
    };
    view! { <li class="bar"><span class="grow">{words}</span><span class="faint">{part::ago(statement.at, now)}</span></li> }
}
