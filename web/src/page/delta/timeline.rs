//! What people said of a delta, and what happened to it.

use leptos::prelude::*;
use schema::{
    delta::{CommentHistoryPage, DeltaPage, Spoken},
    problem::{Problem, fault},
    route,
    timeline::{DeletedBy, Entry, Minimised},
};

use crate::island::editor::editor;
use crate::part::{self, Crumb, Field, Icon, Tone, Tried, icon};

/// The timeline with the form for a comment.
pub(super) fn timeline(page: &DeltaPage) -> AnyView {
    let key = page.delta.key;
    let earlier = page.earlier.as_deref().map(|cursor| {
        let href = route::with_query(&route::delta(key), &[("before", cursor)]);
        view! { <a class="link small" href=format!("{href}#timeline")>"Earlier"</a> }
    });
    let lines = page.timeline.iter().map(|spoken| line(page, spoken)).collect_view();
    let locked = page.delta.lock.as_ref().map(|lock| {
        let reason = if lock.reason.is_empty() { String::new() } else { format!(": {}", lock.reason) };
        let who = if page.can.maintainer { "Only you and the other maintainers write here." } else { "Only maintainers write here." };
        view! { <p class="notice warn">{icon(Icon::Lock)}<span>{format!("This discussion is locked{reason}. {who}")}</span></p> }
    });
    let form = match &page.can.me {
        Some(_) if page.delta.lock.is_some() && !page.can.maintainer => ().into_any(),
        Some(_) => {
            let tried = Tried::of(&page.refused, "comment");
            let field = tried.field("body", "Comment", &page.quote).required().max(65_536).markdown();
            // Who quotes goes on writing.
            let field = if page.quote.is_empty() { field } else { field.autofocus() };
            let action = route::delta_comments(key);
            let fields = view! {
                {tried.above(&["body"])}
                {field.hint("Markdown; D-1042, NW-207 and @name become links.").area(3)}
                <div class="row-of">{part::submit("Comment")}{part::preview_button(&action, "Comment")}<a class="link small" href=route::with_query(&route::delta(key), &[("passages", "yes")])>"Comment on a passage"</a></div>
            };
            view! { {editor()}{part::post(&action, fields)} }.into_any()
        }
        None => view! { <p class="muted small"><a class="link" href=route::sign_in()>"Sign in"</a>" to vote or comment."</p> }.into_any(),
    };
    view! {
        <section class="stack" id="timeline" aria-labelledby="timeline-title">
            <h2 class="hid" id="timeline-title">"Timeline"</h2>
            {earlier}
            <ol class="tl">{lines}</ol>
            {locked}{form}{lock(page)}
        </section>
    }
    .into_any()
}

/// Locking the discussion, for maintainers.
fn lock(page: &DeltaPage) -> AnyView {
    if !page.can.maintainer {
        return ().into_any();
    }
    let action = route::delta_lock(page.delta.key);
    if page.delta.lock.is_some() {
        return part::act(&action, "Unlock the discussion", "btn small", &[("open", "yes")]);
    }
    let tried = Tried::of(&page.refused, "lock");
    let fields = view! {
        {tried.above(&["reason"])}
        {tried.field("reason", "Why", "").within("lock").max(300).hint("Everybody reads it.").text("text")}
        <div class="row-of"><button class="btn" type="submit">"Lock"</button></div>
    };
    view! {
        <details class="fold" open=tried.refused()><summary>"Lock the discussion: only maintainers write then"</summary>{part::post(&action, fields)}</details>
    }
    .into_any()
}

fn line(page: &DeltaPage, spoken: &Spoken) -> AnyView {
    let entry = &spoken.entry;
    let id = entry.id.simple().to_string();
    let who = entry.actor.as_ref().map(|person| person.display_name.clone()).unwrap_or_default();
    if let Some(by) = entry.deleted {
        let words = match by {
            DeletedBy::Author => format!("{who} deleted their comment"),
            DeletedBy::Maintainer => format!("a maintainer deleted a comment of {who}"),
        };
        return view! { <li id=id><span></span><div class="ev">{words}" · written "{part::ago(entry.at, page.now)}</div></li> }.into_any();
    }
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
    let (key, name) = (entry.origin.unwrap_or(page.delta.key), entry.actor.as_ref().map(|person| person.name.clone()));
    let mine = name.is_some() && name == page.can.me;
    let face = match &name {
        Some(name) => view! { <a class="muted strong" href=route::person(name)>{who.clone()}</a> }.into_any(),
        None => view! { <b class="muted">{who.clone()}</b> }.into_any(),
    };
    let origin = entry.origin.map(|key| view! { " · on its duplicate "<a class="link" href=route::delta(key)>{key.to_string()}</a> });
    let edited = entry.edited_at.map(|at| {
        view! { " · "<a class="link" href=route::delta_comment_history(key, entry.id)>"edited"<span class="hid">{format!(": how {who}’s comment changed")}</span></a>" "{part::ago(at, page.now)} }
    });
    let open = page.delta.lock.is_none() || page.can.maintainer;
    let edit = (mine && open).then(|| {
        view! { <a class="btn quiet small" href=route::delta_comment(key, entry.id)>"Edit"<span class="hid">" your comment"</span></a> }
    });
    let quote = (page.can.me.is_some() && open).then(|| {
        let href = format!("{}#f-body", route::with_query(&route::delta(key), &[("quote", &id)]));
        let of = format!(" {who}");
        view! { <a class="btn quiet small" href=href data-quote=route::api::comment(key, entry.id)>"Quote"<span class="hid">{of}</span></a> }
    });
    let ticks = (mine && html.contains("class=\"tick\"")).then(|| {
        view! {
            <form class="act" id=format!("tick-{id}") method="post" action=route::delta_comment_tick(key, entry.id)>
                <input type="hidden" name="version" value=entry.version.unwrap_or(1).to_string()/>
            </form>
        }
    });
    let prose = part::prose(html);
    let prose = match entry.minimised {
        Some(reason) => {
            view! { <details class="fold"><summary>{format!("Folded by a maintainer as {reason}")}</summary>{prose}</details> }.into_any()
        }
        None => prose,
    };
    // A comment on a passage is led by it, a reply by the way to its thread.
    let said = |key: &str| entry.data.get(key).and_then(|value| value.as_str()).filter(|text| !text.is_empty());
    let on = match (said("quote"), said("thread")) {
        (Some(quote), _) => view! { <a class="on" href=format!("#thread-{id}")>{format!("“{quote}”")}</a> }.into_any(),
        (None, Some(thread)) => {
            view! { <a class="link xs" href=format!("#thread-{}", thread.replace('-', ""))>"in reply, beside the passage"</a> }.into_any()
        }
        _ => ().into_any(),
    };
    view! {
        <li id=id>
            {part::avatar(&who, "")}
            <div class="panel">
                <div class="body stack-xs said">
                    <div class="bar xs faint">
                        <span class="grow">{face}" · "{part::ago(entry.at, page.now)}{edited}{origin}</span>
                        <span class="tools">{quote}{edit}{more(page, entry, mine)}</span>
                    </div>
                    {on}{ticks}{prose}
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
        () if by("occurrence") => "An occurrence",
        () => "CI",
    }
}

/// What else its author and maintainers may do with a comment.
fn more(page: &DeltaPage, entry: &Entry, mine: bool) -> AnyView {
    if !mine && !page.can.maintainer {
        return ().into_any();
    }
    let key = entry.origin.unwrap_or(page.delta.key);
    let id = format!("more-{}", entry.id.simple());
    let who = entry.actor.as_ref().map(|person| person.display_name.clone()).unwrap_or_default();
    let minimise = route::delta_comment_minimise(key, entry.id);
    let fold = page.can.maintainer.then(|| match entry.minimised {
        Some(_) => part::act(&minimise, "Show it again", "", &[("reason", "")]),
        None => Minimised::ALL
            .iter()
            .map(|reason| part::act(&minimise, &format!("Fold as {reason}"), "", &[("reason", reason.as_str())]))
            .collect_view()
            .into_any(),
    });
    let delete = part::act(&route::delta_comment_delete(key, entry.id), "Delete for good", "danger", &[]);
    view! {
        <button class="btn quiet small icon-only" type="button" popovertarget=id.clone() aria-label=format!("More about the comment of {who}")>{icon(Icon::More)}</button>
        <div class="menu" id=id popover="auto">{fold}{delete}</div>
    }
    .into_any()
}

/// What happened, after the name of who did it.
pub(super) fn words(entry: &Entry) -> String {
    let said = |key: &str| entry.data.get(key).and_then(|value| value.as_str()).unwrap_or_default();
    let project = entry.project.as_deref().unwrap_or_default();
    let because = |text: &str| if text.is_empty() { String::new() } else { format!(": “{text}”") };
    match entry.kind.as_str() {
        "delta.filed" => "filed this".to_owned(),
        "occurrence.added" => {
            let place = [said("version"), said("platform")].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
            if place.is_empty() { "saw this crash too".to_owned() } else { format!("saw this crash too: {place}") }
        }
        "occurrence.removed" => "took an occurrence away".to_owned(),
        "thread.settled" => format!("settled the thread on “{}”", said("quote")),
        "thread.opened" => format!("opened the thread on “{}” again", said("quote")),
        "delta.edited" => {
            let revision = entry.data.get("revision").and_then(|n| n.as_i64()).unwrap_or_default();
            format!("changed the text (revision {revision}){}", because(said("note")))
        }
        "delta.kind" => format!("made this {} a {}", said("from"), said("to")),
        "delta.visibility" => format!("made this {}", said("to")),
        "embargo.set" => format!("put this under an embargo until {}", said("until").get(..16).unwrap_or_default().replace('T', " ")),
        "embargo.ended" => "ended the embargo".to_owned(),
        "delta.labels" => "set the labels".to_owned(),
        "delta.locked" if said("reason").is_empty() => "locked the discussion".to_owned(),
        "delta.locked" => format!("locked the discussion: “{}”", said("reason")),
        "delta.unlocked" => "opened the discussion again".to_owned(),
        "attachment.added" => format!("attached {}", said("name")),
        "attachment.removed" => format!("removed the file {}", said("name")),
        "guest.invited" => format!("let @{} see this", said("name")),
        "guest.left" => format!("no longer lets @{} see this", said("name")),
        "origin.changed" => {
            let (from, to) = (said("from"), said("to"));
            let how = match (from.is_empty(), to.is_empty()) {
                (true, true) => String::new(),
                (true, false) => format!(": {to}"),
                (false, true) => format!(": no longer {from}"),
                (false, false) => format!(" from {from} to {to}"),
            };
            format!("changed {} in {}{how}", said("what"), said("tracker"))
        }
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
        "delta.carried" => match said("duplicate_of") {
            "" => "moved this along: what stands for it became a duplicate itself".to_owned(),
            other => format!("made {other} stand for this, as what stood for it changed"),
        },
        "duplicate.added" => format!("called {} a duplicate of this", said("duplicate")),
        "duplicate.removed" => format!("took back that {} is a duplicate of this", said("duplicate")),
        "relation.added" => format!("said that this {} {}", relation(said("relation")), said("other")),
        "relation.removed" => format!("took back that this {} {}", relation(said("relation")), said("other")),
        "delta.reopened" => format!("reopened this{}", because(said("reason"))),
        "delta.regressed" if entry.data.get("occurrence").is_some() => match said("version") {
            "" => "showed this again: it is open".to_owned(),
            version => format!("in {version} showed this again: it is open"),
        },
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

/// A relation as people say it: "is blocked by".
pub(super) fn relation(word: &str) -> &'static str {
    match word {
        "caused_by" => "is caused by",
        "causes" => "causes",
        "blocks" => "blocks",
        "blocked_by" => "is blocked by",
        "supersedes" => "supersedes",
        "superseded_by" => "is superseded by",
        _ => "relates to",
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

/// The page to change one's own comment of this version. `text` is what stands in the form.
pub fn comment(key: &str, id: &str, version: i64, text: String, refused: Option<Problem>) -> AnyView {
    let (back, action) = (route::delta(key), route::delta_comment(key, id));
    let above = refused.as_ref().filter(|problem| problem.errors.is_empty()).map(|problem| part::notice(Tone::Bad, &problem.detail));
    let fields = view! {
        {above}
        <input type="hidden" name="version" value=version.to_string()/>
        {Field::new("body", "Comment").value(text).required().autofocus().max(65_536).markdown().hint("Markdown.").error(fault(&refused, "body")).area(8)}
        {part::text_buttons("Save", &action, &back)}
    };
    view! {
        <div class="slim">
            {part::crumbs(vec![Crumb::link(key.to_owned(), back.clone()), Crumb::text("Comment")])}
            <h1>"Change your comment"</h1>
            <p class="muted mt">"The text it has now stays readable: “edited” beside the comment leads there."</p>
            <div class="mt">{editor()}{part::post(&action, fields)}</div>
        </div>
    }
    .into_any()
}

/// The page of the texts a comment had, newest first.
pub fn history(page: CommentHistoryPage) -> AnyView {
    let CommentHistoryPage { key, comment, revisions, next, now } = page;
    let next = next.map(|cursor| route::with_query(&route::delta_comment_history(&key, comment.id), &[("cursor", &cursor)]));
    let panels = revisions
        .into_iter()
        .map(|(revision, changes)| {
            let body = if changes.is_empty() {
                revision.body.into_any()
            } else {
                changes.into_iter().map(super::revisions::piece).collect_view().into_any()
            };
            let title = if revision.number == 1 { "First text".to_owned() } else { format!("Text {}", revision.number) };
            let at = view! { <span class="faint small">{part::ago(revision.at, now)}</span> };
            part::panel_with(&title, "", at, view! { <div class="body small"><p class="pre">{body}</p></div> })
        })
        .collect_view();
    let place = format!("{}#{}", route::delta(&key), comment.id.simple());
    view! {
        <div class="narrow">
            {part::crumbs(vec![Crumb::link("Deltas", route::deltas()), Crumb::link(key.clone(), place), Crumb::text("Comment")])}
            <h1>{format!("How the comment of {} changed", comment.author.display_name)}</h1>
            <div class="stack mt">{panels}</div>
            {part::pager(next)}
        </div>
    }
    .into_any()
}
