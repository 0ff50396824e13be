//! One delta: the gap, whom it hits, who has committed, what CI measures, what people said.

mod behalf;
mod decide;
mod fixed;
mod form;
mod private;
mod revisions;
mod rule;
mod side;
mod text;
mod thread;
mod timeline;

use leptos::prelude::*;
use schema::{
    delta::{Delta, DeltaPage, Kind, Visibility},
    place::Consensus,
    route,
    thread::Field as Text,
};
use time::OffsetDateTime;

pub use self::{
    form::{edit, file},
    revisions::{changes, revision, revisions},
    thread::{thread, thread_panel},
    timeline::{comment, history},
};
use crate::island::{passage::passage_link, vote::vote_panel};
use crate::part::{self, About, Crumb, Icon, Tone, icon};

/// The whole page.
pub fn delta(page: DeltaPage) -> AnyView {
    let key = page.delta.key;
    let refused = page.refused.as_ref().map(|refused| part::notice(Tone::Bad, &refused.problem.in_words()));
    let evidence = match page.delta.kind {
        Kind::Spec => part::acceptance_panel(&page.evidence, page.now),
        Kind::Bug | Kind::Crash => part::evidence_panel(&page.evidence, true, page.now),
    };
    let body = text::body(&page);
    let outline = text::outline(&page);
    view! {
        <div class="narrow">
            {crumbs(&page.delta)}
            {head(&page)}
            {refused}
            {text::choosing(&page)}
            <div class="two delta">
                <div class="first stack">{gap(&page)}{fixed::ended(&page)}</div>
                <aside class="stack" aria-label=format!("About {key}")>
                    {vote(&page)}
                    {decide::places(&page)}
                    {behalf::behalf(&page)}
                    <div class="more stack">{side::side(&page)}</div>
                    {outline}
                </aside>
                <div class="rest stack">
                    {part::impact_panel(&page.delta.impact, |slug| named(&page.delta, slug), page.now)}
                    {part::standings_panel(key, &page.delta.standings, &page.can.stands_for)}
                    {part::crash_panel(&page)}
                    {evidence}
                    {body}
                    {text::outdated(&page)}
                    {files(&page)}
                    {timeline::timeline(&page)}
                </div>
            </div>
            {writes(&page).then(|| passage_link(route::delta_thread_new(key), page.delta.revision))}
        </div>
    }
    .into_any()
}

/// "Does this affect you?"
fn vote(page: &DeltaPage) -> AnyView {
    let project = page.delta.places.first().map(|place| place.project.as_str());
    vote_panel(&page.delta.key.to_string(), &page.delta.impact, page.can.me.is_some(), project)
}

/// Whether the reader may say something here: in a locked discussion only maintainers do.
fn writes(page: &DeltaPage) -> bool {
    page.can.me.is_some() && (page.delta.lock.is_none() || page.can.maintainer)
}

/// Which of its texts an element holds, where words that are selected in it can be commented on.
fn chosen_in(page: &DeltaPage, text: Text) -> Option<&'static str> {
    writes(page).then(|| text.as_str())
}

/// Its files, and the way to bring more.
fn files(page: &DeltaPage) -> AnyView {
    let key = page.delta.key;
    let may = writes(page);
    let refused = page.refused.as_ref().filter(|refused| refused.form == "file").map(|refused| refused.problem.in_words());
    let about = About {
        key: key.to_string(),
        action: may.then(|| route::delta_attachments(key)),
        me: page.can.me.clone(),
        decides: page.can.maintainer,
        refused,
    };
    part::attachments(&page.delta.attachments, about, page.now)
}

fn crumbs(delta: &Delta) -> AnyView {
    let mut steps = Vec::new();
    if let Some(place) = delta.places.first() {
        steps.push(Crumb::link(place.project.clone(), route::project(&place.project)));
        let query = format!("is:open project:{}", place.project);
        steps.push(Crumb::link("Deltas", route::with_query(route::DELTAS, &[("q", &query)])));
    } else {
        steps.push(Crumb::link("Deltas", route::deltas()));
    }
    steps.push(Crumb::text(delta.key.to_string()));
    part::crumbs(steps)
}

/// Title, what state it is in, and what can be done with it.
fn head(page: &DeltaPage) -> AnyView {
    let delta = &page.delta;
    let consensus = delta
        .places
        .iter()
        .filter(|place| place.consensus != Consensus::Proposed)
        .map(|place| part::consensus(place.consensus.as_str(), &place.project))
        .collect_view();
    let private = (delta.visibility == Visibility::Private).then(|| view! { <span class="pill warn">{icon(Icon::Lock)}"private"</span> });
    let edit = page.can.edit().then(|| view! { <a class="btn" href=route::delta_edit(delta.key)>{icon(Icon::Edit)}"Edit"</a> });
    let revisions = (delta.revision > 1).then(|| {
        view! { <a class="link" href=route::delta_revisions(delta.key)>{format!("revision {}", delta.revision)}</a> }
    });
    view! {
        <div class="bar head">
            <div class="stack-xs grow">
                <h1>{delta.title.clone()}</h1>
                <div class="bar small">
                    {part::kind(delta.kind.as_str())}{state(delta, page.now)}{consensus}{private}
                    <span class="faint">
                        "reported by "<a href=route::person(&delta.reporter.name)>{delta.reporter.display_name.clone()}</a>", "
                        {part::ago(delta.created_at, page.now)}
                    </span>
                    {revisions}
                </div>
            </div>
            <div class="row-of">{edit}</div>
        </div>
    }
    .into_any()
}

/// Open or ended; with when it was seen, and that it came back.
fn state(delta: &Delta, now: OffsetDateTime) -> AnyView {
    if let Some(ended) = &delta.resolution {
        return part::resolution(ended.resolution.as_str());
    }
    let words = match (delta.regressed_at, delta.seen_at) {
        (Some(at), _) => format!("regressed · open again {}", part::relative(at, now)),
        (None, Some(at)) => format!("open · seen {}", part::relative(at, now)),
        (None, None) => "open".to_owned(),
    };
    part::pill(Tone::Bad, &words)
}

/// Desired Δ actual.
fn gap(page: &DeltaPage) -> AnyView {
    let actual =
        if page.html.actual.is_empty() { view! { <p class="faint">"Missing."</p> }.into_any() } else { part::prose(&page.html.actual) };
    view! {
        <div class="gap">
            <div class="want" data-text=chosen_in(page, Text::Desired)><h2>"Desired"</h2>{part::prose(&page.html.desired)}</div>
            <div class="mid" aria-hidden="true">"Δ"</div>
            <div class="have" data-text=chosen_in(page, Text::Actual)><h2>"Actual"</h2>{actual}</div>
        </div>
    }
    .into_any()
}

/// What a project is called.
fn named(delta: &Delta, slug: &str) -> String {
    delta.places.iter().find(|place| place.project == slug).map_or_else(|| slug.to_owned(), |place| place.project_name.clone())
}
