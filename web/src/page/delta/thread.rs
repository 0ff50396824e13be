//! Comments on passages: beside their passage, and the page to write one.

use leptos::prelude::*;
use schema::{
    delta::TEXT_MAX,
    problem::fault,
    route,
    thread::{Field as Text, Said, ThreadPage, ThreadView},
};
use time::OffsetDateTime;

use crate::island::editor::editor;
use crate::part::{self, Crumb, Field, Tone, Tried};

/// A thread, below its passage; or, where that is gone, with the quote it was written on.
pub fn thread_panel(view: ThreadView) -> AnyView {
    let ThreadView { delta, thread, html, me, settles, refused, now } = view;
    let id = format!("thread-{}", thread.id.simple());
    let changed = thread.now.as_ref().is_some_and(|words| *words != thread.quote);
    let quote = (thread.outdated_since.is_some() || changed).then(|| quote(&delta, &thread.quote, thread.revision, thread.outdated_since));
    let comments = thread.comments.iter().zip(&html).map(|(said, html)| comment(&delta, said, html, &me, now)).collect_view();
    let tried = Tried::of(&refused, "reply");
    let open = tried.refused();
    // What was typed stands there once more, also where nobody may write any longer: it can be copied.
    let reply = (me.is_some() || open).then(|| {
        let action = route::delta_thread_replies(&delta, thread.id);
        let field = tried.field("body", "Reply", "").within(&id).required().max(TEXT_MAX).markdown().hint("Markdown.");
        let field = if open { field.autofocus() } else { field };
        let fields = view! {
            {tried.above(&["body"])}
            {field.area(2)}
            <div class="row-of">{part::submit("Reply")}{part::preview_button(&action, "Reply")}</div>
        };
        view! { <details class="fold" open=open><summary>"Reply"</summary>{part::post(&action, fields)}</details> }
    });
    let action = route::delta_thread_settled(&delta, thread.id);
    let settle = settles.then(|| match &thread.settled {
        None => part::act(&action, "Settle", "btn small quiet", &[("settled", "true")]),
        Some(_) => part::act(&action, "Open again", "btn small quiet", &[("settled", "false")]),
    });
    let count = i64::try_from(thread.comments.len()).unwrap_or(i64::MAX).saturating_add(thread.earlier);
    let earlier = (thread.earlier > 0).then(|| {
        let words = if thread.earlier == 1 { "1 earlier reply is".to_owned() } else { format!("{} earlier replies are", thread.earlier) };
        view! { <p class="faint small">{format!("{words} on the timeline only.")}</p> }
    });
    let body = view! { {quote}{earlier}{comments}<div class="bar">{reply}<span class="push"></span>{settle}</div> };
    match thread.settled {
        None => view! { <div class="thread" id=id role="group" aria-label="Comments on this passage">{body}</div> }.into_any(),
        Some(settled) => {
            let by = settled.by.map(|person| format!(" by {}", person.display_name)).unwrap_or_default();
            let words = if count == 1 { "1 comment".to_owned() } else { format!("{count} comments") };
            view! { <details class="thread settled" id=id open=open><summary>{format!("Settled{by}: {words}")}</summary>{body}</details> }
                .into_any()
        }
    }
}

/// What was commented on, where it does not stand like that any more.
fn quote(delta: &str, words: &str, revision: i64, outdated: Option<i64>) -> AnyView {
    let about = match outdated {
        Some(since) => {
            view! { <span class="pill warn">"outdated"</span>{format!(" The passage is not in the text since revision {since}. ")} }
                .into_any()
        }
        None => "The passage was changed since. ".into_any(),
    };
    view! {
        <p class="xs faint">{about}"It was, in "<a class="link" href=route::delta_revision(delta, revision)>{format!("revision {revision}")}</a>":"</p>
        <blockquote class="small">{words.to_owned()}</blockquote>
    }
    .into_any()
}

fn comment(delta: &str, said: &Said, html: &str, me: &Option<String>, now: OffsetDateTime) -> AnyView {
    let edited = said.edited_at.map(|at| view! { " · edited "{part::ago(at, now)} });
    let edit = (said.deleted.is_none() && me.as_deref() == Some(said.author.name.as_str())).then(|| {
        view! { " · "<a class="link" href=route::delta_comment(delta, said.id)>"Edit"<span class="hid">" your comment"</span></a> }
    });
    let text = match said.deleted {
        None => view! { <div class="small">{part::prose(html)}</div> }.into_any(),
        Some(_) => view! { <p class="small faint">"This comment was deleted."</p> }.into_any(),
    };
    view! {
        <div class="remark">
            <p class="xs faint">{part::avatar(&said.author.display_name, "")}" "<b class="muted">{said.author.display_name.clone()}</b>" · "{part::ago(said.created_at, now)}{edited}{edit}</p>
            {text}
        </div>
    }
    .into_any()
}

/// The page to comment on a passage.
pub fn thread(page: ThreadPage) -> AnyView {
    let ThreadPage { delta, title, new, refused } = page;
    let back = route::delta(&delta);
    let hidden = |name: &'static str, value: String| view! { <input type="hidden" name=name value=value/> };
    let wrong = ["quote", "revision", "before", "after"]
        .into_iter()
        .find_map(|field| fault(&refused, field))
        .map(|words| part::notice(Tone::Bad, &format!("The passage {words}. It may have changed while you wrote: choose it anew.")));
    let above = refused.as_ref().filter(|problem| problem.errors.is_empty()).map(|problem| part::notice(Tone::Bad, &problem.detail));
    let action = route::delta_threads(&delta);
    let place = match new.field {
        Text::Desired => "desired",
        Text::Actual => "actual",
        Text::Body => "the text",
    };
    let body = Field::new("body", "Comment").value(new.body).required().autofocus().error(fault(&refused, "body"));
    let fields = view! {
        {hidden("field", new.field.to_string())}{hidden("quote", new.quote.clone())}{hidden("before", new.before)}{hidden("after", new.after)}
        {hidden("revision", new.revision.map(|revision| revision.to_string()).unwrap_or_default())}
        {body.max(TEXT_MAX).markdown().hint("Markdown.").area(6)}
        {part::text_buttons("Comment", &action, &back)}
    };
    view! {
        <div class="slim">
            {part::crumbs(vec![Crumb::link("Deltas", route::deltas()), Crumb::link(delta.clone(), back.clone()), Crumb::text("Comment on a passage")])}
            <h1>"Comment on a passage"</h1>
            <p class="muted small mt">{format!("In {place} of “{title}”. It stays with the passage when the text changes, or says that it is outdated.")}</p>
            <div class="stack mt">
                {wrong}{above}
                <blockquote class="quoted">{new.quote}</blockquote>
                {editor()}{part::post(&action, fields)}
            </div>
        </div>
    }
    .into_any()
}
