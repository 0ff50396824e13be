//! A delta's text as parts of a page.

use schema::delta::{Delta, Format, Texts};

use crate::{app::App, markdown::Known, prose::Documents};

/// The current text, in which these people are known.
pub(super) fn of(app: &App, delta: &Delta, known: &Known) -> Texts {
    plain(&app.documents, (&delta.desired, &delta.actual, &delta.body), delta.body_format, known)
}

/// Desired, actual and body, the last of this format.
pub(super) fn plain(documents: &Documents, (desired, actual, body): (&str, &str, &str), format: Format, known: &Known) -> Texts {
    let body = documents.of(body, format, "body", known);
    Texts {
        desired: documents.of(desired, Format::Markdown, "desired", known).html.clone(),
        actual: documents.of(actual, Format::Markdown, "actual", known).html.clone(),
        outline: body.outline.clone(),
        unread: body.unread,
        body: body.html.clone(),
    }
}
