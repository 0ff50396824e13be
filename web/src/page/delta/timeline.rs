//! What people said of a delta, and what happened to it.

use leptos::prelude::*;
use schema::{
    delta::{DeltaPage, Spoken},
    problem::{Problem, fault},
    route,
    timeline::Entry,
};

use crate::part::{self, Crumb, Field, Tried};

/// The timeline with the form for a comment.
pub(super) fn timeline(page: &DeltaPage) -> AnyView {
    let key = page.delta.key;
    let earlier = page.earlier.as_deref().map(|cursor| {
        let href = route::with_query(&route::delta(key), &[("before", cursor)]);
        view! { <a class="link small" href=format!("{href}#timeline")>"Earlier"</a> }
    });
    let lines = page.timeline.iter().map(|spoken| line(page, spoken)).collect_view();
    let form = match &page.can.me {
        Some(_) => {
            let tried = Tried::of(&page.refused, "comment");
            let fields = view! {
                {tried.above(&["body"])}
                {tried.field("body", "Comment", "").required().max(65_536).hint("Markdown; D-1042, NW-207 and @name become links.").area(3)}
                <div class="row-of">{part::submit("Comment")}</div>
            };
            part::post(&route::delta_comments(key), fields)
        }
        None => view! { <p class="muted small"><a class="link" href=route::sign_in()>"Sign in"</a>" to vote or comment."</p> }.into_any(),
    };
    view! {
        <section class="stack" id="timeline" aria-labelledby="timeline-title">
            <h2 class="hid" id="timeline-title">"Timeline"</h2>
            {earlier}
            <ol class="tl">{lines}</ol>
            {form}
        </section>
    }
    .into_any()
}

fn line(page: &DeltaPage, spoken: &Spoken) -> AnyView {
    let entry = &spoken.entry;
    let id = entry.id.simple().to_string();
    let Some(html) = &spoken.html else {
        let who = match (&entry.actor, &entry.org) {
            (_, Some(org)) => org.clone(),
            (Some(person), None) => person.display_name.clone(),
            (None, None) => machine(entry).to_owned(),
        };
        return view! {
            <li id=id><span></span><div class="ev">{format!("{who} {}", words(entry))}" · "{part::ago(entry.at, page.now)}</div></li>
        }
        .into_any();
    };
    let who = entry.actor.as_ref().map(|person| person.display_name.clone()).unwrap_or_default();
    let name = entry.actor.as_ref().map(|person| person.name.clone());
    let edited = entry.edited_at.map(|at| view! { " · edited "{part::ago(at, page.now)} });
    let edit = (name.is_some() && name == page.can.me).then(|| {
        view! { " · "<a class="link" href=route::delta_comment(page.delta.key, entry.id)>"Edit"<span class="hid">" your comment"</span></a> }
    });
    view! {
        <li id=id>
            {part::avatar(&who, "")}
            <div class="panel">
                <div class="body stack-xs">
                    <div class="xs faint"><b class="muted">{who.clone()}</b>" · "{part::ago(entry.at, page.now)}{edited}{edit}</div>
                    {part::prose(html)}
                </div>
            </div>
        </li>
    }
    .into_any()
}

/// Who did it, where that was nobody.
pub(super) fn machine(entry: &Entry) -> &'static str {
    let by = |what: &str| entry.data.get(what).is_some();
    match () {
        () if by("rule") => "The project's rule",
        () if by("embargo") => "The end of the embargo",
        () => "CI",
    }
}

/// What happened, after the name of who did it.
pub(super) fn words(entry: &Entry) -> String {
    let said = |key: &str| entry.data.get(key).and_then(|value| value.as_str()).unwrap_or_default();
    let project = entry.project.as_deref().unwrap_or_default();
    let because = |text: &str| if text.is_empty() { String::new() } else { format!(": “{text}”") };
    match entry.kind.as_str() {
        "delta.filed" => "filed this".to_owned(),
        "delta.edited" => {
            format!("changed the text (revision {})", entry.data.get("revision").and_then(|n| n.as_i64()).unwrap_or_default())
        }
        "delta.kind" => format!("made this {} a {}", said("from"), said("to")),
        "delta.visibility" => format!("made this {}", said("to")),
        "embargo.set" => format!("put this under an embargo until {}", said("until").get(..16).unwrap_or_default().replace('T', " ")),
        "embargo.ended" => "ended the embargo".to_owned(),
        "delta.labels" => "set the labels".to_owned(),
        "guest.invited" => format!("let @{} see this", said("name")),
        "guest.left" => format!("no longer lets @{} see this", said("name")),
        "place.added" => format!("put this into {project}"),
        "place.components" => format!("named the components in {project}"),
        "place.removed" => format!("took this out of {project}"),
        "position.stated" => {
            let verb = match said("position") {
                "agree" => "agrees",
                "object" => "objects",
                _ => "abstains",
            };
            format!("{verb} in {project}{}", because(said("reason")))
        }
        "position.withdrawn" => format!("took a position in {project} back"),
        "objection.answered" => format!("answered @{}'s objection in {project}{}", said("name"), because(said("reason"))),
        "consensus.set" => {
            let past = if said("how") == "override" { " past the rule" } else { "" };
            format!("set the consensus in {project} to {}{past}{}", said("state"), because(said("rationale")))
        }
        "delta.resolved" => {
            let other = said("duplicate_of");
            let of = if other.is_empty() { String::new() } else { format!(" of {other}") };
            let release = said("release");
            let in_release = if release.is_empty() { String::new() } else { format!(" in {release}") };
            let word = match said("resolution") {
                "duplicate" => "called this a duplicate".to_owned(),
                word => format!("{} this", if word == "closed" { "closed" } else { word }),
            };
            format!("{word}{of}{in_release}{}", because(said("reason")))
        }
        "delta.reopened" => format!("reopened this{}", because(said("reason"))),
        "delta.regressed" => "saw this again: it is open".to_owned(),
        "stance.set" => stance(said("stance"), said("reason")),
        "stance.cleared" | "stance.deleted" => "took its stance back".to_owned(),
        "task.linked" => format!("linked {} ({})", said("key"), said("relation")),
        "task.unlinked" => format!("unlinked {}", said("key")),
        "task.committed" => promise(entry),
        "signature.added" => format!("wrote a signature in {project}"),
        "signature.changed" => format!("changed a signature in {project}"),
        "signature.removed" => format!("took a signature in {project} away"),
        "failures.linked" => format!("linked failures of {project}"),
        "failures.unlinked" => format!("unlinked failures of {project}"),
        "evidence.set" => format!("named the tests that decide in {project}"),
        "evidence.removed" => format!("no longer lets tests decide in {project}"),
        "evidence.met" => "saw the deciding tests pass".to_owned(),
        // Another noun's event: its own name says what it is.
        other => other.replace('.', " "),
    }
}

/// What an organisation makes of it from then on.
fn stance(stance: &str, reason: &str) -> String {
    match (stance, reason) {
        ("", _) => "took its stance back".to_owned(),
        ("considering", "") => "is looking into this".to_owned(),
        ("taken", "") => "took this on".to_owned(),
        (word, "") => format!("{word} this"),
        (word, reason) => format!("{word} this: “{reason}”"),
    }
}

/// What an organisation promised, or did with what it had promised.
fn promise(entry: &Entry) -> String {
    let said = |key: &str| entry.data.get(key).and_then(|value| value.as_str()).unwrap_or_default();
    let target = said("target");
    let by = |words: &str| if target.is_empty() { words.to_owned() } else { format!("{words} for {target}") };
    match said("state") {
        "intended" => by("means to do this"),
        "committed" if said("from") == "committed" && !target.is_empty() => format!("moved its promise to {target}"),
        "committed" => by("committed to this"),
        "delivered" => by("delivered this"),
        "withdrawn" => "took its promise back".to_owned(),
        _ => "promises nothing".to_owned(),
    }
}

/// The page to change one's own comment. `text` is what stands in the form.
pub fn comment(key: &str, id: &str, text: String, refused: Option<Problem>) -> AnyView {
    let back = route::delta(key);
    let fields = view! {
        {Field::new("body", "Comment").value(text).required().autofocus().max(65_536).hint("Markdown.").error(fault(&refused, "body")).area(8)}
        {part::buttons("Save", &back)}
    };
    view! {
        <div class="slim">
            {part::crumbs(vec![Crumb::link(key.to_owned(), back.clone()), Crumb::text("Comment")])}
            <h1>"Change your comment"</h1>
            <div class="mt">{part::post(&route::delta_comment(key, id), fields)}</div>
        </div>
    }
    .into_any()
}
