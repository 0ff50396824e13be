//! Every state of a delta's text, one of them, and what changed between two.

use leptos::prelude::*;
use schema::{
    delta::{Change, ChangesPage, Format, Piece, Revision, RevisionPage, RevisionsPage},
    route,
};
use time::OffsetDateTime;

use crate::part::{self, Crumb};

/// Unchanged text longer than this is folded, in characters.
const FOLDED: usize = 400;
/// What stays of it on each side of what changed, in characters.
const BESIDE: usize = 140;
/// Longest unchanged text that is there to be unfolded, in characters: a longer one is a click away.
const UNFOLDED: usize = 12_000;

/// All of them, newest first.
pub fn revisions(page: RevisionsPage) -> AnyView {
    let RevisionsPage { key, title, revisions, newest, next, now } = page;
    let compare = (newest > 1).then(|| compare(&key, (newest - 1).max(1), newest, newest));
    let panels = revisions.into_iter().map(|(revision, changes)| panel(&key, revision, changes, now)).collect_view();
    let next = next.map(|cursor| route::with_query(&route::delta_revisions(&key), &[("cursor", &cursor)]));
    view! {
        <div class="narrow">
            {crumbs(&key, None)}
            <div class="bar head"><h1 class="grow">{format!("Revisions of {title}")}</h1>{compare}</div>
            <div class="stack mt">{panels}</div>
            {part::pager(next)}
        </div>
    }
    .into_any()
}

/// One of them, as it is read.
pub fn revision(page: RevisionPage) -> AnyView {
    let RevisionPage { key, revision, html, newest, now } = page;
    let number = revision.number;
    let stands =
        if number == newest { "It is the text as it stands.".to_owned() } else { format!("The text as it stands is revision {newest}.") };
    let before = (number > 1).then(|| view! { <a class="btn small" href=between(&key, number - 1, number)>"What it changed"</a> });
    let since = (number < newest).then(|| view! { <a class="btn small" href=between(&key, number, newest)>"What changed since"</a> });
    let actual = if html.actual.is_empty() { view! { <p class="faint">"Missing."</p> }.into_any() } else { part::prose(&html.actual) };
    let body = (!html.body.is_empty()).then(|| part::panel("More", view! { <div class="body">{part::prose(&html.body)}</div> }));
    view! {
        <div class="narrow stack">
            <div>
                {crumbs(&key, Some(format!("{number}")))}
                <h1>{revision.title.clone()}</h1>
                <p class="small muted mt">{format!("Revision {number}, by ")}{about(&revision, now)}". "{stands}</p>
                <div class="row-of mt">{before}{since}<a class="btn small quiet" href=route::delta(&key)>{format!("To {key}")}</a></div>
            </div>
            <div class="gap">
                <div class="want"><h2>"Desired"</h2>{part::prose(&html.desired)}</div>
                <div class="mid" aria-hidden="true">"Δ"</div>
                <div class="have"><h2>"Actual"</h2>{actual}</div>
            </div>
            {body}
        </div>
    }
    .into_any()
}

/// Two of them compared.
pub fn changes(page: ChangesPage) -> AnyView {
    let ChangesPage { key, from, to, changes, newest, now } = page;
    let same = changes.is_empty().then(|| view! { <p class="muted">"They do not differ."</p> });
    let fields = changes.into_iter().map(field).collect_view();
    let side = |revision: &Revision| {
        let href = route::delta_revision(&key, revision.number);
        view! { <li><a class="link" href=href>{format!("Revision {}", revision.number)}</a>" by "{about(revision, now)}</li> }
    };
    view! {
        <div class="narrow">
            {crumbs(&key, Some(format!("{} and {}", from.number, to.number)))}
            <div class="bar head">
                <div class="grow">
                    <h1>{to.title.clone()}</h1>
                    <ul class="small muted mt">{side(&from)}{side(&to)}</ul>
                </div>
                {compare(&key, from.number, to.number, newest)}
            </div>
            <p class="xs faint mt"><del>"What is gone"</del>" is struck through, "<ins>"what is new"</ins>" is underlined."</p>
            <section class="panel mt"><div class="body stack">{same}{fields}</div></section>
        </div>
    }
    .into_any()
}

fn crumbs(key: &str, last: Option<String>) -> AnyView {
    let mut steps = vec![Crumb::link("Deltas", route::deltas()), Crumb::link(key.to_owned(), route::delta(key))];
    match last {
        Some(last) => steps.extend([Crumb::link("Revisions", route::delta_revisions(key)), Crumb::text(last)]),
        None => steps.push(Crumb::text("Revisions")),
    }
    part::crumbs(steps)
}

/// The address of two revisions compared.
fn between(key: &str, from: i64, to: i64) -> String {
    route::with_query(&route::delta_changes(key), &[("from", &from.to_string()), ("to", &to.to_string())])
}

/// The form to choose two.
fn compare(key: &str, from: i64, to: i64, newest: i64) -> AnyView {
    let number = |name: &'static str, words: &'static str, value: i64| {
        view! {
            <label class="bar small">{words}
                <input class="in small" type="number" name=name value=value.to_string() min="1" max=newest.to_string() required/>
            </label>
        }
    };
    view! {
        <form class="bar compare" method="get" action=route::delta_changes(key)>
            {number("from", "Revision", from)}{number("to", "and", to)}<button class="btn small" type="submit">"Compare"</button>
        </form>
    }
    .into_any()
}

/// Who wrote it, when, and why.
fn about(revision: &Revision, now: OffsetDateTime) -> AnyView {
    let note = (!revision.note.is_empty()).then(|| format!(": “{}”", revision.note));
    view! { <a href=route::person(&revision.author.name)>{revision.author.display_name.clone()}</a>", "{part::ago(revision.at, now)}{note} }
        .into_any()
}

fn panel(key: &str, revision: Revision, changes: Vec<Change>, now: OffsetDateTime) -> AnyView {
    let number = revision.number;
    let tools = view! { <span class="push row-of"><a class="btn small quiet" href=route::delta_revision(key, number)>"Read it"<span class="hid">{format!(": revision {number}")}</span></a></span> };
    let by = view! { <p class="faint small">{about(&revision, now)}</p> };
    let body = if changes.is_empty() {
        let words = if number == 1 { "The text as it was filed." } else { "Nothing of the text changed." };
        view! { <p class="muted small">{words}</p> }.into_any()
    } else {
        changes.into_iter().map(field).collect_view().into_any()
    };
    part::panel_with(&format!("Revision {number}"), "", tools, view! { <div class="body stack-sm">{by}{body}</div> })
}

/// What changed in one field.
fn field(change: Change) -> AnyView {
    let Change { field, pieces } = change;
    if field == "body_format" {
        let name = |word: &str| if word == Format::Rst.as_str() { "reStructuredText" } else { "Markdown" };
        let words = pieces.iter().filter_map(|piece| match piece {
            Piece::New(word) => Some(format!("The body is written in {} from then on.", name(word))),
            _ => None,
        });
        return view! { <p class="small">{words.collect::<String>()}</p> }.into_any();
    }
    let name = match field.as_str() {
        "title" => "Title",
        "desired" => "Desired",
        "actual" => "Actual",
        _ => "More",
    };
    let last = pieces.len().saturating_sub(1);
    let pieces = pieces.into_iter().enumerate().map(|(i, one)| shown(one, i > 0, i < last)).collect_view();
    view! { <div class="stack-xs"><h3>{name}</h3><div class="pre changes small">{pieces}</div></div> }.into_any()
}

/// A piece of a text compared with another one.
pub(super) fn piece(piece: Piece) -> AnyView {
    shown(piece, true, true)
}

fn shown(piece: Piece, before: bool, after: bool) -> AnyView {
    match piece {
        Piece::Same(text) => same(&text, before, after),
        Piece::Gone(text) => view! { <del>{text}</del> }.into_any(),
        Piece::New(text) => view! { <ins>{text}</ins> }.into_any(),
        Piece::MovedAway(text) => moved("A paragraph stood here, and was moved", text),
        Piece::MovedHere(text) => moved("A paragraph was moved here", text),
    }
}

fn moved(words: &'static str, text: String) -> AnyView {
    view! { <details class="moved"><summary>{words}</summary><div class="pre">{text}</div></details> }.into_any()
}

/// Unchanged text: its middle is folded where it is long, and its end or beginning where nothing follows or stands before.
fn same(text: &str, before: bool, after: bool) -> AnyView {
    let count = text.chars().count();
    if count <= FOLDED {
        return text.to_owned().into_any();
    }
    let at = |chars: usize| text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at);
    let head = if before { at(BESIDE) } else { 0 };
    let tail = if after { at(count - BESIDE) } else { text.len() };
    // At the end of a word.
    let head = head + text[head..tail].find(char::is_whitespace).filter(|_| before).unwrap_or(0);
    let tail = text[head..tail].rfind(char::is_whitespace).filter(|_| after).map_or(tail, |space| head + space);
    let middle = &text[head..tail];
    let words = match middle.split_whitespace().count() {
        1 => "1 word unchanged".to_owned(),
        count => format!("{count} words unchanged"),
    };
    let middle = if middle.chars().count() <= UNFOLDED {
        view! { <details class="folded"><summary>{words}</summary><div class="pre">{middle.to_owned()}</div></details> }.into_any()
    } else {
        view! { <p class="folded faint">{words}</p> }.into_any()
    };
    view! { {text[..head].to_owned()}{middle}{text[tail..].to_owned()} }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::html;

    #[test]
    fn long_unchanged_text_is_folded_around_what_changed() {
        let long = "word ".repeat(300);
        let change = Change {
            field: "body".into(),
            pieces: vec![Piece::Same(long.clone()), Piece::Gone("old".into()), Piece::New("new".into()), Piece::Same(long)],
        };
        let html = html(|| field(change));
        assert!(html.contains("words unchanged</summary>") && html.contains("<del>old</del><ins>new</ins>"), "{html}");
        assert_eq!(html.matches("<details").count(), 2, "{html}");
    }
}
