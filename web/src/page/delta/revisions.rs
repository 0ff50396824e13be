//! Every state of a delta's text, and what changed.

use leptos::prelude::*;
use schema::{
    delta::{Piece, Revision, RevisionsPage},
    route,
};
use time::OffsetDateTime;

use crate::part::{self, Crumb};

/// The whole page.
pub fn revisions(page: RevisionsPage) -> AnyView {
    let RevisionsPage { key, title, revisions, next, now } = page;
    let panels = revisions.into_iter().map(|(revision, changes)| panel(revision, changes, now)).collect_view();
    let next = next.map(|cursor| route::with_query(&route::delta_revisions(&key), &[("cursor", &cursor)]));
    view! {
        <div class="narrow">
            {part::crumbs(vec![Crumb::link("Deltas", route::deltas()), Crumb::link(key.clone(), route::delta(&key)), Crumb::text("Revisions")])}
            <h1>{format!("Revisions of {title}")}</h1>
            <div class="stack mt">{panels}</div>
            {part::pager(next)}
        </div>
    }
    .into_any()
}

fn panel(revision: Revision, changes: Vec<(&'static str, Vec<Piece>)>, now: OffsetDateTime) -> AnyView {
    let about = view! { <span class="faint small">{revision.author.display_name.clone()}", "{part::ago(revision.at, now)}</span> };
    let body = if changes.is_empty() {
        let field = |name: &'static str, text: String| (!text.is_empty()).then(|| view! { <h3>{name}</h3><p class="pre">{text}</p> });
        view! {
            {field("Title", revision.title)}{field("Desired", revision.desired)}{field("Actual", revision.actual)}{field("More", revision.body)}
        }
        .into_any()
    } else {
        changes
            .into_iter()
            .map(|(name, pieces)| {
                let pieces = pieces.into_iter().map(piece).collect_view();
                view! { <h3>{name}</h3><p class="pre">{pieces}</p> }
            })
            .collect_view()
            .into_any()
    };
    let title = format!("Revision {}", revision.number);
    part::panel_with(&title, "", about, view! { <div class="body stack-sm small">{body}</div> })
}

/// A piece of a text compared with the one before it.
pub(super) fn piece(piece: Piece) -> AnyView {
    match piece {
        Piece::Same(text) => text.into_any(),
        Piece::Gone(text) => view! { <del>{text}</del> }.into_any(),
        Piece::New(text) => view! { <ins>{text}</ins> }.into_any(),
    }
}
