//! A delta's text as parts of a page, with the comments on its passages.

use std::sync::Arc;

use schema::{
    delta::{Can, Delta, Format, Texts},
    problem::Refused,
    route,
    thread::{Field, Thread, ThreadView},
};
use time::OffsetDateTime;

use crate::{
    act,
    anchor::Anchor,
    app::App,
    markdown::Known,
    prose::{Document, Documents, Passages},
    render,
    store::search::Words,
};

/// Characters of a passage that its link tells to those who do not see it.
const NAMED: usize = 60;

/// What is put into the text.
pub(super) struct Around<'a> {
    /// The people who are known.
    pub known: &'a Known,
    /// The comments on passages, each with its passage as it was last found.
    pub threads: Vec<(Anchor, Thread)>,
    /// What the reader may do.
    pub can: &'a Can,
    /// Whether each piece has a link to comment on it.
    pub choosing: bool,
    /// What was just refused.
    pub refused: Option<&'a Refused>,
    /// Now.
    pub now: OffsetDateTime,
}

/// The current text.
pub(super) fn of(app: &App, delta: &Delta, around: Around<'_>) -> Texts {
    if around.threads.is_empty() && !around.choosing {
        return plain(&app.documents, (&delta.desired, &delta.actual, &delta.body), delta.body_format, around.known);
    }
    let words = Words { title: &delta.title, desired: &delta.desired, actual: &delta.actual, body: &delta.body };
    let document = |field| act::thread::document(app, words, delta.body_format, field, around.known);
    let documents =
        [(Field::Desired, document(Field::Desired)), (Field::Actual, document(Field::Actual)), (Field::Body, document(Field::Body))];
    let mut put: [Passages; 3] = Default::default();
    let mut outdated = Vec::new();
    let Around { known, threads, can, choosing, refused, now } = around;
    for (anchor, thread) in threads {
        let at = documents.iter().position(|(field, _)| *field == thread.field).unwrap_or(0);
        let document = &documents[at].1;
        let settled = thread.settled.is_some();
        let place = thread.now.is_some().then(|| anchor.exact(&document.text)).flatten();
        let html = panel(app, delta, thread, (can, known, refused), now);
        match place.and_then(|place| Some((document.block_at(place.end)?, place))) {
            Some((block, place)) => {
                if !settled {
                    put[at].marked.push((place.start, place.end));
                }
                put[at].below.push((block, html));
            }
            None => outdated.push(html),
        }
    }
    if choosing {
        for (put, (field, document)) in put.iter_mut().zip(&documents) {
            put.ends = links(delta, *field, document);
        }
    }
    let [desired, actual, body] = [0, 1, 2].map(|at: usize| documents[at].1.with(&put[at]));
    Texts { desired, actual, body, outline: documents[2].1.outline.clone(), unread: documents[2].1.unread, outdated }
}

/// A thread's panel as HTML.
fn panel(app: &App, delta: &Delta, thread: Thread, (can, known, refused): (&Can, &Known, Option<&Refused>), now: OffsetDateTime) -> String {
    let html = thread.comments.iter().map(|said| app.markdown.html(&said.body, known).to_string()).collect();
    let began = thread.comments.first().is_some_and(|said| can.me.as_deref() == Some(said.author.name.as_str()));
    let settles = can.edit() || began;
    // In a locked discussion only maintainers write.
    let me = can.me.clone().filter(|_| delta.lock.is_none() || can.maintainer);
    let here = |refused: &&Refused| refused.form == "reply" && refused.typed.contains(&("thread", thread.id.to_string()));
    let refused = refused.filter(here).cloned();
    let view = ThreadView { delta: delta.key.to_string(), thread, html, me, settles, refused, now };
    render::fragment(|| web::page::delta::thread_panel(view))
}

/// A link at the end of each piece.
fn links(delta: &Delta, field: Field, document: &Arc<Document>) -> Vec<(usize, String)> {
    let link = |piece: usize| {
        let (number, revision) = (piece.to_string(), delta.revision.to_string());
        let pairs = [("field", field.as_str()), ("piece", &number), ("revision", &revision)];
        let href = route::with_query(&route::delta_thread_new(delta.key), &pairs).replace('&', "&amp;");
        let words: String = document.words(piece).chars().take(NAMED).collect();
        let words = words.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
        (piece, format!(" <a class=\"say\" href=\"{href}\" aria-label=\"Comment on “{words}”\">Comment</a>"))
    };
    (0..document.blocks.len()).map(link).collect()
}

/// Desired, actual and body, the last of this format, with nothing put into them.
pub(super) fn plain(documents: &Documents, (desired, actual, body): (&str, &str, &str), format: Format, known: &Known) -> Texts {
    let body = documents.of(body, format, "body", known);
    Texts {
        desired: documents.of(desired, Format::Markdown, "desired", known).html.clone(),
        actual: documents.of(actual, Format::Markdown, "actual", known).html.clone(),
        outline: body.outline.clone(),
        unread: body.unread,
        body: body.html.clone(),
        outdated: Vec::new(),
    }
}
